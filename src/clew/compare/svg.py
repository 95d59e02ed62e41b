"""Plots as SVG text, drawn here and not in the browser: a title and a description in words, colours from the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape

import numpy as np
import numpy.typing as npt

from clew.compare.report import clean, number
from clew.compare.spread import Curve

__all__ = ["bars", "curves", "network", "ranges"]

WIDTH = 760
COLOURS = 8
DASHES = ("", "7 3", "2 3", "9 3 2 3", "12 4", "4 4", "1 4", "14 3 3 3")
STEPS = 300
"""Points of a curve at most."""


def _svg(title: str, words: str, height: int, body: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{_safe(title)}</title><desc>{_safe(words)}</desc>\n{''.join(body)}</svg>"
    )


def _safe(text: str) -> str:
    return escape(clean(text))


def _text(x: float, y: float, words: str, *, anchor: str = "start", kind: str = "") -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{name}>{_safe(words)}</text>\n'


def _colour(number_: int) -> str:
    return f"var(--c{number_ % COLOURS})"


def curves(found: Sequence[Curve], title: str) -> str:
    """Return adoption curves: the share of each group's accounts that have used any of the items, over time."""
    kept = [curve for curve in found if len(curve.times)][:COLOURS]
    height, left, top, bottom, right = 320, 48, 16, 40, 150
    start = min(int(curve.times[0]) for curve in kept)
    end = max(max(int(curve.times[-1]) for curve in kept), start + 1)
    width, tall = WIDTH - left - right, height - top - bottom

    def x(time: float) -> float:
        return left + width * (time - start) / (end - start)

    body = [f'<path class="axis" d="M{left} {top}V{height - bottom}H{WIDTH - right}"/>\n']
    for share in (0, 0.5, 1):
        body.append(_text(left - 6, top + tall * (1 - share) + 4, f"{share:.0%}", anchor="end", kind="faint"))
    for at in range(4):
        time = start + (end - start) * at / 3
        day = datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%d")
        body.append(
            _text(x(time), height - bottom + 18, day, anchor=("start", "middle", "middle", "end")[at], kind="faint")
        )
    for place, curve in enumerate(kept):
        body.append(_curve(curve, place, x, top, tall, end))
        y = top + 14 + place * 20
        mark = WIDTH - right + 10
        body.append(_line(place, f"M{mark} {y - 4}h24"))
        body.append(_text(mark + 30, y, f"{curve.group} ({len(curve.times)})"))
    words = "; ".join(
        f"{curve.group}: {len(curve.times)} of {curve.size} accounts, half of them by "
        f"{datetime.fromtimestamp(int(np.median(curve.times)) / 1000, UTC):%Y-%m-%d}"
        for curve in kept
    )
    return _svg(title, words, height, body)


def _curve(curve: Curve, place: int, x: Callable[[float], float], top: int, tall: int, end: int) -> str:
    step = max(1, len(curve.times) // STEPS)
    at = np.arange(0, len(curve.times), step)
    points = [f"M{x(int(curve.times[0])):.1f} {top + tall:.1f}"]
    points += [f"H{x(int(curve.times[n])):.1f}V{top + tall * (1 - (n + 1) / curve.size):.1f}" for n in at.tolist()]
    points.append(f"V{top + tall * (1 - len(curve.times) / curve.size):.1f}H{x(end):.1f}")
    return _line(place, "".join(points))


def _line(place: int, path: str) -> str:
    return f'<path class="line" stroke="{_colour(place)}" stroke-dasharray="{DASHES[place]}" d="{path}"/>\n'


def bars(seen: Sequence[float], chance: Sequence[float], title: str, least: int) -> str:
    """Return how many edges have each weight or more beside what chance gives; the scale is of powers of ten."""
    height, left, top, bottom = 260, 60, 16, 40
    tall, width = height - top - bottom, WIDTH - left - 16
    most = max(max(seen, default=1), max(chance, default=1), 10)
    low = -2.0

    def y(value: float) -> float:
        share = (np.log10(max(value, 10**low)) - low) / (np.log10(most) - low)
        return top + tall * (1 - float(share))

    body = [f'<path class="axis" d="M{left} {top}V{height - bottom}H{WIDTH - 16}"/>\n']
    for power in range(int(low), int(np.log10(most)) + 1):
        body.append(_text(left - 6, y(10.0**power) + 4, number(10.0**power), anchor="end", kind="faint"))
    step = width / max(len(seen), 1)
    for at, (one, other) in enumerate(zip(seen, chance, strict=True)):
        x = left + step * at
        for shift, value, colour in ((0.12, one, 0), (0.5, other, 1)):
            tip = y(value)
            body.append(
                f'<rect x="{x + step * shift:.1f}" y="{tip:.1f}" width="{step * 0.36:.1f}"'
                f' height="{height - bottom - tip:.1f}" fill="{_colour(colour)}"/>\n'
            )
        body.append(_text(x + step / 2, height - bottom + 16, f"≥ {at + least}", anchor="middle", kind="faint"))
    body.append(_text(left, height - 6, "left bar: seen · right bar: by chance", kind="faint"))
    words = "; ".join(
        f"weight {at} or more: {number(one)} seen, {number(other)} by chance"
        for at, (one, other) in enumerate(zip(seen, chance, strict=True), least)
    )
    return _svg(title, words, height, body)


def ranges(rows: Sequence[tuple[str, float, float, float]], title: str) -> str:
    """Return figures as dots beside the range that chance gives: name, value, mean and deviation of chance."""
    rows = rows[:40]
    height, left = 30 + 24 * len(rows), 250
    low = min(min(value, mean - 3 * deviation) for _, value, mean, deviation in rows)
    high = max(max(value, mean + 3 * deviation) for _, value, mean, deviation in rows)
    width = WIDTH - left - 60

    def x(value: float) -> float:
        return left + width * (value - low) / max(high - low, 1e-9)

    body: list[str] = []
    for at, (name, value, mean, deviation) in enumerate(rows):
        y = 20 + 24 * at
        body.append(_text(left - 12, y + 4, name, anchor="end"))
        start, end = x(mean - 2 * deviation), x(mean + 2 * deviation)
        band = f'<rect x="{start:.1f}" y="{y - 5}" width="{max(end - start, 1):.1f}" height="10" fill="var(--line)"/>\n'
        body.append(band)
        body.append(f'<path stroke="var(--faint)" d="M{x(mean):.1f} {y - 8}v16"/>\n')
        body.append(f'<circle cx="{x(value):.1f}" cy="{y}" r="5" fill="{_colour(0)}"/>\n')
        body.append(_text(WIDTH - 50, y + 4, number(value)))
    words = "; ".join(f"{name}: {number(value)}, by chance {number(mean)}" for name, value, mean, _ in rows)
    return _svg(title, words, height, body)


def network(
    places: Mapping[int, tuple[float, float]],
    ends: npt.NDArray[np.int32],
    community: Mapping[int, int],
    title: str,
    words: str,
) -> str:
    """Return the accounts as dots in the colours of their communities, and the edges as lines."""
    height, margin = 520, 16

    def spot(account: int) -> tuple[float, float]:
        x, y = places[account]
        return margin + x * (WIDTH - 2 * margin), margin + y * (height - 2 * margin)

    lines = []
    for a, b in ends.tolist():
        (x, y), (u, v) = spot(a), spot(b)
        lines.append(f"M{x:.0f} {y:.0f}L{u:.0f} {v:.0f}")
    dots = []
    for account in places:
        x, y = spot(account)
        dots.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{_colour(community[account] - 1)}"/>\n')
    return _svg(title, words, height, [f'<path class="edge" d="{"".join(lines)}"/>\n', *dots])
