"""Activity over time as SVG: a bar for each month, or for each day of a short time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from clew.publish.html import escape

__all__ = ["strip"]

WIDTH, HEIGHT = 1000, 90
MOST = 240
"""Bars that are drawn."""


def strip(times: Sequence[datetime], title: str) -> str:
    """Return the drawing; empty where nothing has a time."""
    if not times:
        return ""
    first, last = min(times), max(times)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months <= 2:
        bars = Counter((time.date() - first.date()).days for time in times)
        length = (last.date() - first.date()).days + 1
        unit = "%Y-%m-%d"
    else:
        bars = Counter((time.year - first.year) * 12 + time.month - first.month for time in times)
        length = months
        unit = "%Y-%m"
    every = -(-length // MOST)
    drawn = Counter[int]()
    for at, count in bars.items():
        drawn[at // every] += count
    return _svg(drawn, -(-length // every), f"{title}: {first.strftime(unit)} – {last.strftime(unit)}")


def _svg(bars: Counter[int], length: int, says: str) -> str:
    step = WIDTH / max(length, 12)
    most = max(bars.values())
    body = []
    for at, count in sorted(bars.items()):
        tall = max(3.0, (HEIGHT - 14) * count / most)
        place = f'x="{at * step:.1f}" y="{HEIGHT - 10 - tall:.1f}" width="{max(step - 2, 2):.1f}" height="{tall:.1f}"'
        body.append(f"<rect {place}><title>{count}</title></rect>")
    axis = f'<path class="line" d="M0 {HEIGHT - 9}H{WIDTH}"/>'
    return (
        f'<svg class="activity" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(says)}" '
        f'preserveAspectRatio="none">{axis}{"".join(body)}</svg>'
    )
