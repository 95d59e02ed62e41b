"""A map of the places that are named, over land and borders of Natural Earth, as SVG; nothing is fetched."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from clew.dossier.atlas import Point, Window, atlas, clipped, parts
from clew.dossier.drawing import WIDE, svg
from clew.dossier.views import Spot
from clew.publish.html import escape

__all__ = ["plot_map"]

HIGH = 380
LEAST = 16.0
"""So many degrees of latitude a map shows at least."""
_WORLD = Window(-180, -60, 180, 85)
_Place: TypeAlias = tuple[Spot, Point, bool]
"""A place, where it stands, and whether it stands there for a whole country."""
_At: TypeAlias = Callable[[Point], Point]


def plot_map(places: Sequence[Spot]) -> str:
    """Return the places on the part of the world that holds them; countries stand in their middle, as squares.

    Empty where none of them has a place.
    """
    held = list(_placed(places))
    if not held:
        return ""
    window = _window([point for _, point, _ in held])
    at = _projected(window)
    shapes = [*_land(window, at), *_borders(window, at)]
    label = "Places that are named, on a map of Natural Earth; squares are countries"
    return svg(WIDE, HIGH, label, [*shapes, *_marks(held, at)])


def _placed(places: Sequence[Spot]) -> Iterator[_Place]:
    countries = atlas().countries
    for place in places:
        if place.lat is not None and place.lon is not None:
            yield place, (place.lon, place.lat), False
        elif place.name == place.country and place.name in countries:
            yield place, countries[place.name], True


def _window(points: Sequence[Point]) -> Window:
    """Return what to show: all points with room around them, the world where they lie far apart."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    if east - west > 150:
        return _WORLD
    middle = (south + north) / 2
    narrow = max(0.3, math.cos(math.radians(middle)))
    high = max((north - south) * 1.3, (east - west) * 1.3 * narrow * HIGH / WIDE, LEAST)
    wide = high * WIDE / HIGH / narrow
    if wide >= 360 or high >= 145:
        return _WORLD
    south, west = middle - high / 2, (west + east) / 2 - wide / 2
    south = min(max(south, -85), 89 - high)
    west = min(max(west, -180), 180 - wide)
    return Window(west, south, west + wide, south + high)


def _projected(window: Window) -> _At:
    """Return what turns degrees into points of the drawing, north up, both axes straight."""
    across, up = WIDE / (window.east - window.west), HIGH / (window.north - window.south)
    return lambda point: ((point[0] - window.west) * across, (window.north - point[1]) * up)


def _land(window: Window, at: _At) -> Iterator[str]:
    rings = (_thinned(clipped(ring, window), at) for ring in atlas().land)
    drawn = "".join(f"{_path(ring)}z" for ring in rings if len(ring) > 2)
    yield f'<path class="land" fill-rule="evenodd" transform="scale(.5)" d="{drawn}"/>'


def _borders(window: Window, at: _At) -> Iterator[str]:
    lines = (_thinned(part, at) for border in atlas().borders for part in parts(border, window))
    drawn = "".join(_path(line) for line in lines if len(line) > 1)
    yield f'<path class="border" transform="scale(.5)" d="{drawn}"/>'


def _thinned(line: Sequence[Point], at: _At) -> list[tuple[int, int]]:
    """Return a line in half points of the drawing, without those nearer than a point to the one before."""
    told: list[tuple[int, int]] = []
    for x, y in map(at, line):
        half = round(2 * x), round(2 * y)
        if not told or abs(half[0] - told[-1][0]) + abs(half[1] - told[-1][1]) > 2:
            told.append(half)
    return told


def _path(line: Sequence[tuple[int, int]]) -> str:
    """Return a line as SVG has it, each point from the one before."""
    steps = (f"{bx - ax} {by - ay}" for (ax, ay), (bx, by) in pairwise(line))
    return f"M{line[0][0]} {line[0][1]}l{' '.join(steps)}"


def _marks(held: Sequence[_Place], at: _At) -> Iterator[str]:
    """Yield a mark for each place, and its name where no other name stands."""
    taken: list[tuple[float, float, float]] = []
    for place, point, is_country in held:
        x, y = at(point)
        radius = 3 + 1.5 * math.sqrt(place.count)
        title = f"<title>{escape(f'{place.name}: named {place.count} times')}</title>"
        if is_country:
            side, half = f"{2 * radius:.1f}", radius
            yield (
                f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{side}" height="{side}" class="place country">'
                f"{title}</rect>"
            )
        else:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" class="place">{title}</circle>'
        yield from _name(place.name, x, y, radius, taken)


def _name(name: str, x: float, y: float, radius: float, taken: list[tuple[float, float, float]]) -> Iterator[str]:
    wide = 6.2 * len(name)
    left = x + radius + 2 if x + radius + 2 + wide < WIDE else x - radius - 2 - wide
    for down in (4.0, 16.0, -8.0):
        if all(abs(y + down - b) > 10 or left > a + w or a > left + wide for a, b, w in taken):
            taken.append((left, y + down, wide))
            yield f'<text x="{left:.1f}" y="{y + down:.1f}">{escape(name)}</text>'
            return
