"""Plots as SVG, made from the views: a timeline, a map, a network; nothing runs or is fetched."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date

from clew.dossier.drawing import WIDE, svg
from clew.dossier.map import plot_map as plot_map
from clew.dossier.views import Edge, Event
from clew.publish.html import escape

__all__ = ["plot_map", "plot_network", "plot_timeline"]


def plot_timeline(events: Sequence[Event]) -> str:
    """Return when was posted (above) against the days that are mentioned (below); empty where nothing has a day."""
    spans = [(_day(event.first), _day(event.last), event) for event in events]
    if not spans:
        return ""
    least, most = min(first for first, _, _ in spans), max(last for _, last, _ in spans)
    width = max(most - least, 1)

    def x(day: int) -> float:
        return 20 + (WIDE - 40) * (day - least) / width

    rows = [
        _bar(x(first), x(last + 1 if last > first else last), event, at)
        for at, (first, last, event) in enumerate(spans)
    ]
    ticks = (
        f'<line x1="{x(day):.1f}" x2="{x(day):.1f}" y1="16" y2="150" class="tick"/>'
        f'<text x="{x(day):.1f}" y="166" text-anchor="middle">{label}</text>'
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
    first, last = date.fromordinal(least).year, date.fromordinal(most).year
    step = max(1, math.ceil((last - first + 1) / 10))
    for year in range(first, last + 2, step):
        day = date(min(year, 9999), 1, 1).toordinal()
        if least <= day <= most:
            yield day, str(year)
    if first == last:
        yield least, date.fromordinal(least).isoformat()


def plot_network(edges: Sequence[Edge]) -> str:
    """Return who does what to whom, on a circle, in the order of the view; empty where no relation is stated."""
    names = list(dict.fromkeys(name for edge in edges for name in (edge.subject, edge.object)))
    if not names:
        return ""
    at = {name: _on_circle(place, len(names)) for place, name in enumerate(names)}
    drawn = []
    for edge in edges:
        (ax, ay), (bx, by) = at[edge.subject], at[edge.object]
        style = "edge negated" if edge.negated else "edge"
        says = f"{edge.subject} {'does not: ' if edge.negated else ''}{edge.relation} {edge.object}: “{edge.quote}”"
        drawn.append(
            f'<line x1="{ax:.1f}" y1="{ay:.1f}" x2="{bx:.1f}" y2="{by:.1f}" class="{style}" marker-end="url(#tip)">'
            f"<title>{escape(says)}</title></line>"
        )
    drawn += _labels(edges, at)
    for name, (x, y) in at.items():
        side, away = ("end", -9) if x < WIDE / 2 - 1 else ("start", 9)
        drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" class="node"/>')
        drawn.append(f'<text x="{x + away:.1f}" y="{y + 4:.1f}" text-anchor="{side}">{escape(name)}</text>')
    tip = (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="13" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z"/></marker></defs>'
    )
    return svg(WIDE, 420, "Who does what to whom, as the posts state it", [tip, *drawn])


def _labels(edges: Sequence[Edge], at: dict[str, tuple[float, float]]) -> Iterator[str]:
    """Yield what stands on the lines: once for each two, whatever they do to each other."""
    held: dict[frozenset[str], dict[str, None]] = {}
    for edge in edges:
        held.setdefault(frozenset((edge.subject, edge.object)), {})[edge.relation] = None
    for ends, relations in held.items():
        points = [at[name] for name in ends]
        x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
        yield f'<text x="{x:.1f}" y="{y - 3:.1f}" class="on">{escape(", ".join(relations))}</text>'


def _on_circle(place: int, count: int) -> tuple[float, float]:
    angle = 2 * math.pi * place / count
    return WIDE / 2 + 210 * math.cos(angle), 210 + 170 * math.sin(angle)
