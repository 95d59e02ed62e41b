"""Plots as SVG, made from the views: a timeline, a map, a network; nothing runs or is fetched."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date

from clew.dossier.drawing import WIDE, svg
from clew.dossier.map import plot_map as plot_map
from clew.dossier.network import plot_network as plot_network
from clew.dossier.views import Event
from clew.publish.html import escape

__all__ = ["plot_map", "plot_network", "plot_timeline"]


def plot_timeline(events: Sequence[Event]) -> str:
    """Return when was posted (above) against the days that are mentioned (below); empty where nothing has a day."""
    spans = [(_day(event.first), _day(event.last), event) for event in events]
    if not spans:
        return ""
    least, most = min(first for first, _, _ in spans), max(last for _, last, _ in spans)

    def x(day: int) -> float:
        return 20 + (WIDE - 40) * (day - least) / (most - least) if most > least else WIDE / 2

    rows = [
        _bar(x(first), x(last + 1 if last > first else last), event, at)
        for at, (first, last, event) in enumerate(spans)
    ]
    ticks = (
        f'<line x1="{x(day):.1f}" x2="{x(day):.1f}" y1="16" y2="150" class="tick"/>'
        f'<text x="{x(day):.1f}" y="166" text-anchor="{_anchored(x(day))}">{label}</text>'
        for day, label in _ticks(least, most)
    )
    label = "When posts were published, above, and the days that they mention, below"
    return svg(WIDE, 172, label, [*ticks, '<line x1="20" x2="740" y1="60" y2="60" class="axis"/>', *rows])


def _day(moment: str) -> int:
    return date.fromisoformat(moment[:10]).toordinal()


def _bar(a: float, b: float, event: Event, at: int) -> str:
    title = f"<title>{escape(f'{event.first}: {event.words}')}</title>"
    if event.kind == "posted":
        return f'<circle cx="{a:.1f}" cy="46" r="4" class="posted">{title}</circle>'
    y = 70 + at * 7 % 70
    return f'<rect x="{a:.1f}" y="{y}" width="{max(b - a, 4):.1f}" height="5" class="mentioned">{title}</rect>'


def _ticks(least: int, most: int) -> Iterator[tuple[int, str]]:
    """Yield the days that bear a mark, and what stands there: years, months or days, ten of them at most."""
    first, last = date.fromordinal(least), date.fromordinal(most)
    months = [(first.year * 12 + first.month - 1 + at) for at in range((most - least) // 28 + 2)]
    if most - least > 3 * 365:
        step = math.ceil((last.year - first.year + 1) / 10)
        days = [(date(year, 1, 1), f"{year}") for year in range(first.year, last.year + 1, step)]
    elif most - least > 62:
        step = math.ceil(len(months) / 10)
        days = [(date(at // 12, at % 12 + 1, 1), f"{at // 12}-{at % 12 + 1:02}") for at in months if at % step == 0]
    else:
        step = max(1, math.ceil((most - least + 1) / 8))
        days = [(date.fromordinal(day), date.fromordinal(day).isoformat()) for day in range(least, most + 1, step)]
    yield from ((day.toordinal(), words) for day, words in days if least <= day.toordinal() <= most)


def _anchored(x: float) -> str:
    """Return where a word stands that must not leave the drawing."""
    return "start" if x < 40 else "end" if x > WIDE - 40 else "middle"
