"""`python scripts/shapes.py countries-50m.json`: make the shapes that the maps of dossiers are drawn from.

The file is that of the npm package world-atlas 2.0.2 (`npm pack world-atlas@2.0.2`), which holds Natural Earth 4.1.0
(public domain) as TopoJSON. Written is src/clew/dossier/world.txt: a line for each ring of land (`L`), each border
between two countries (`B`) and each country (`C`, with the middle of its largest part and
its English name). Coordinates are twentieths of a degree,
the first of a line absolute, the others from the one before.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import pycountry

from clew.dossier.atlas import Window, clipped
from clew.evidence.gazetteer import gazetteer

Point: TypeAlias = tuple[float, float]
OUT = Path(__file__).parents[1] / "src" / "clew" / "dossier" / "world.txt"
EXACT = 0.07
"""So many degrees a line may move."""
SMALLEST = 0.15
"""Islands less wide and high are left out, unless a country has no larger part."""
GRID = 20


def main() -> None:
    """Read the atlas and write the shapes."""
    atlas = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    arcs = [simplified(arc) for arc in decoded(atlas)]
    countries = atlas["objects"]["countries"]["geometries"]
    lines = [
        "# Natural Earth 4.1.0, public domain, through the npm package world-atlas 2.0.2; made by scripts/shapes.py",
        *(told("L", ring) for ring in land(atlas, arcs)),
        *(told("B", part) for at in borders(countries) for part in cut_line(arcs[at])),
        *points(countries, arcs),
    ]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{OUT}: {OUT.stat().st_size:,} bytes\n")


def decoded(atlas: dict[str, Any]) -> Iterator[list[Point]]:
    """Yield the arcs in degrees."""
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    for arc in atlas["arcs"]:
        x = y = 0
        told_: list[Point] = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            told_.append((x * sx + tx, y * sy + ty))
        yield told_


def simplified(line: list[Point]) -> list[Point]:
    """Return a line with fewer points, none of those left out farther from it than EXACT (Douglas and Peucker)."""
    kept, waiting = {0, len(line) - 1}, [(0, len(line) - 1)]
    while waiting:
        a, b = waiting.pop()
        far, at = max(((distance(line[at], line[a], line[b]), at) for at in range(a + 1, b)), default=(0.0, a))
        if far > EXACT:
            kept.add(at)
            waiting += [(a, at), (at, b)]
    return [line[at] for at in sorted(kept)]


def distance(point: Point, a: Point, b: Point) -> float:
    """Return how far a point is from the line between two others."""
    (px, py), (ax, ay), (bx, by) = point, a, b
    length = (bx - ax) ** 2 + (by - ay) ** 2
    along = max(0.0, min(1.0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length)) if length else 0.0
    return float(((px - ax - along * (bx - ax)) ** 2 + (py - ay - along * (by - ay)) ** 2) ** 0.5)


def ring_of(numbers: list[int], arcs: list[list[Point]]) -> list[Point]:
    """Return a ring out of its arcs; a negative number is an arc the other way round."""
    ring: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += arc[1:] if ring else arc
    return ring


def rings(geometry: dict[str, Any], arcs: list[list[Point]]) -> Iterator[list[Point]]:
    """Yield the outer and inner rings of a polygon or of several."""
    kinds = {"Polygon": lambda held: [held], "MultiPolygon": lambda held: held}
    for polygon in kinds.get(geometry["type"], lambda held: [])(geometry.get("arcs", [])):
        for numbers in polygon:
            yield ring_of(numbers, arcs)


def size(ring: list[Point]) -> float:
    """Return the longer side of the box around a ring."""
    xs, ys = zip(*ring, strict=True)
    return float(max(max(xs) - min(xs), max(ys) - min(ys)))


def land(atlas: dict[str, Any], arcs: list[list[Point]]) -> Iterator[list[Point]]:
    """Yield the rings of land that are large enough to be seen."""
    for geometry in atlas["objects"]["land"]["geometries"]:
        for whole in rings(geometry, arcs):
            for ring in cut(unwrapped(whole)):
                if size(ring) >= SMALLEST:
                    yield ring


def unwrapped(ring: list[Point]) -> list[Point]:
    """Return a ring that goes on beyond 180 degrees where it crosses them; one around a pole is led over the pole."""
    told_ = [ring[0]]
    for x, y in ring[1:]:
        before = told_[-1][0]
        told_.append((x + 360 * round((before - x) / 360), y))
    if abs(told_[-1][0] - told_[0][0]) > 180:
        told_ += [(told_[-1][0], -90.0), (told_[0][0], -90.0)]
    return told_


def cut(ring: list[Point]) -> Iterator[list[Point]]:
    """Yield what of an unwrapped ring lies between 180 degrees west and east, whichever turn it is on."""
    for turn in (-360, 0, 360):
        part = clipped([(x + turn, y) for x, y in ring], Window(-180, -90, 180, 90))
        if len(part) > 2:
            yield part


def borders(countries: list[dict[str, Any]]) -> list[int]:
    """Return the numbers of the arcs that two countries share."""
    users: dict[int, set[int]] = defaultdict(set)

    def walk(held: Any, at: int) -> None:
        if isinstance(held, int):
            users[held if held >= 0 else ~held].add(at)
        else:
            for each in held:
                walk(each, at)

    for at, country in enumerate(countries):
        walk(country.get("arcs", []), at)
    return sorted(number for number, held in users.items() if len(held) > 1)


def cut_line(line: list[Point]) -> Iterator[list[Point]]:
    """Yield the stretches of a line between its jumps over 180 degrees."""
    at = 0
    for end in range(1, len(line)):
        if abs(line[end][0] - line[end - 1][0]) > 180:
            yield line[at:end]
            at = end
    yield line[at:]


def points(countries: list[dict[str, Any]], arcs: list[list[Point]]) -> Iterator[str]:
    """Yield the middle of each country's largest ring, with its name."""
    for country in countries:
        found = pycountry.countries.get(numeric=str(country.get("id", "")).zfill(3))
        held = list(rings(country, arcs))
        if found and held:
            x, y = middle(max(map(unwrapped, held), key=size))
            x = (x + 180) % 360 - 180
            yield f"C {round(x * GRID)},{round(y * GRID)} {gazetteer().countries.get(found.alpha_2, found.name)}"


def middle(ring: list[Point]) -> Point:
    """Return the centre of gravity of a ring; of one without an area the middle of its box."""
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = ax * by - bx * ay
        area, x, y = area + cross, x + (ax + bx) * cross, y + (ay + by) * cross
    if abs(area) < 1e-9:
        xs, ys = zip(*ring, strict=True)
        return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    return x / (3 * area), y / (3 * area)


def told(kind: str, line: list[Point]) -> str:
    """Return a line of the file."""
    grid = [(round(x * GRID), round(y * GRID)) for x, y in line]
    steps = [grid[0]] + [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(grid)]
    return f"{kind} " + " ".join(f"{x},{y}" for x, y in steps if (x, y) != (0, 0) or (x, y) == steps[0])


if __name__ == "__main__":
    main()
