"""Who does what to whom, as SVG: names in two columns that bend outwards, lines with what they say between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from clew.dossier.drawing import WIDE, svg
from clew.dossier.views import Edge
from clew.publish.html import escape

__all__ = ["plot_network"]

MOST = 60
"""Names that are drawn; the table has all."""
ROW = 21
LEAST = 260
LONGEST = 30
"""Letters of a name that are drawn."""
_Point = tuple[float, float]
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="13" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 8 4 0 8z"/></marker></defs>'
)


def plot_network(edges: Sequence[Edge]) -> str:
    """Return who does what to whom; empty where no relation is stated. Those that most posts state come first."""
    held = _first(edges)
    names = list(dict.fromkeys(name for edge in held for name in (edge.subject, edge.object)))
    if not names:
        return ""
    left, right = _columns(names, held)
    high = max(LEAST, ROW * max(len(left), len(right)) + 30)
    at = dict([*_standing(left, high, -1), *_standing(right, high, 1)])
    degrees = _degrees(held)
    drawn = [_line(edge, at) for edge in held]
    drawn += _labels(held, at, degrees)
    drawn += [part for name in names for part in _node(name, at[name])]
    some = "" if len(held) == len(edges) else f" (the first {len(held)} of {len(edges)} relations)"
    return svg(WIDE, high, f"Who does what to whom, as the posts state it{some}", [_TIP, *drawn])


def _first(edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges between the first so many names."""
    names: set[str] = set()
    held = []
    for edge in edges:
        more = names | {edge.subject, edge.object}
        if len(more) <= MOST:
            names = more
            held.append(edge)
    return held


def _degrees(edges: Sequence[Edge]) -> Counter[str]:
    return Counter(name for edge in edges for name in {edge.subject, edge.object})


def _columns(names: Sequence[str], edges: Sequence[Edge]) -> tuple[list[str], list[str]]:
    """Return the names of the left and of the right column: few lines within one, few lines that cross."""
    near: dict[str, set[str]] = {name: set() for name in names}
    for edge in edges:
        near[edge.subject].add(edge.object)
        near[edge.object].add(edge.subject)
    degrees, columns = _degrees(edges), (list[str](), list[str]())
    for name in sorted(names, key=lambda name: (-degrees[name], names.index(name))):
        own = [(len(near[name] & {*column}), len(column), at) for at, column in enumerate(columns)]
        columns[min(own)[2]].append(name)
    for at in (0, 1, 0, 1):
        other = {name: place / max(1, len(columns[1 - at])) for place, name in enumerate(columns[1 - at])}
        columns[at].sort(key=lambda name: _middle([other[each] for each in near[name] if each in other]))
    return columns


def _middle(places: Sequence[float]) -> float:
    return sum(places) / len(places) if places else 1.0


def _standing(names: Sequence[str], high: int, side: int) -> Iterator[tuple[str, _Point]]:
    """Yield where each name of a column stands, the column of the left or the right side."""
    for place, name in enumerate(names):
        y = 15 + (high - 30) * (place + 0.5) / len(names)
        bend = (2 * y / high - 1) ** 2
        yield name, (WIDE / 2 + side * (190 - 50 * bend), y)


def _line(edge: Edge, at: Mapping[str, _Point]) -> str:
    (ax, ay), (bx, by) = at[edge.subject], at[edge.object]
    style = "edge negated" if edge.negated else "edge"
    says = f"{edge.subject} {'does not: ' if edge.negated else ''}{edge.relation} {edge.object}: “{edge.quote}”"
    cx, cy = _bend((ax, ay), (bx, by))
    return (
        f'<path d="M{ax:.1f} {ay:.1f}Q{cx:.1f} {cy:.1f} {bx:.1f} {by:.1f}" class="{style}" marker-end="url(#tip)">'
        f"<title>{escape(says)}</title></path>"
    )


def _bend(a: _Point, b: _Point) -> _Point:
    """Return towards what a line bends: inwards between names of one column, else it is straight."""
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    return ((x + WIDE) / 3, y) if (a[0] < WIDE / 2) == (b[0] < WIDE / 2) else (x, y)


def _labels(edges: Sequence[Edge], at: Mapping[str, _Point], degrees: Counter[str]) -> Iterator[str]:
    """Yield what stands on the lines: once for each two, nearer to that which has fewer lines."""
    held: dict[tuple[str, ...], dict[str, None]] = {}
    for edge in edges:
        ends = tuple(sorted({edge.subject, edge.object}, key=lambda name: (degrees[name], name)))
        held.setdefault(ends, {})[("not: " if edge.negated else "") + edge.relation] = None
    for ends, relations in held.items():
        a, b = at[ends[0]], at[ends[-1]]
        x, y = _along(a, _bend(a, b), b, 0.32)
        yield f'<text x="{x:.1f}" y="{y - 2:.1f}" class="on">{escape(", ".join(relations))}</text>'


def _along(a: _Point, bend: _Point, b: _Point, part: float) -> _Point:
    """Return a point of a quadratic curve."""
    weights = (1 - part) ** 2, 2 * part * (1 - part), part**2
    x, y = (sum(weight * end[axis] for weight, end in zip(weights, (a, bend, b), strict=True)) for axis in (0, 1))
    return x, y


def _node(name: str, at: _Point) -> Iterator[str]:
    x, y = at
    side, away = ("end", -9) if x < WIDE / 2 else ("start", 9)
    shown = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" class="node"><title>{escape(name)}</title></circle>'
    yield f'<text x="{x + away:.1f}" y="{y + 4:.1f}" text-anchor="{side}">{escape(shown)}</text>'
