"""Land, borders and countries of Natural Earth (public domain), as far as a window shows them.

The shapes lie in world.txt, made by scripts/shapes.py out of the npm package world-atlas; a line may be off by
.07 degrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple, TypeAlias

__all__ = ["Atlas", "Point", "Window", "atlas", "clipped", "parts"]

Point: TypeAlias = tuple[float, float]
"""Longitude and latitude."""
_GRID = 20


class Window(NamedTuple):
    """What a map shows, in degrees."""

    west: float
    south: float
    east: float
    north: float


class Atlas(NamedTuple):
    """Shapes in degrees."""

    land: tuple[tuple[Point, ...], ...]
    borders: tuple[tuple[Point, ...], ...]
    countries: dict[str, Point]
    """The middle of each country, by its English name."""


@cache
def atlas() -> Atlas:
    """Return the shapes of the world."""
    land: list[tuple[Point, ...]] = []
    borders: list[tuple[Point, ...]] = []
    countries: dict[str, Point] = {}
    text = resources.files("clew.dossier").joinpath("world.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "L":
            land.append(tuple(_points(rest)))
        elif kind == "B":
            borders.append(tuple(_points(rest)))
        elif kind == "C":
            where, _, name = rest.partition(" ")
            countries[name] = next(_points(where))
    return Atlas(tuple(land), tuple(borders), countries)


def _points(steps: str) -> Iterator[Point]:
    x = y = 0
    for step in steps.split(" "):
        dx, _, dy = step.partition(",")
        x, y = x + int(dx), y + int(dy)
        yield x / _GRID, y / _GRID


def clipped(ring: Sequence[Point], window: Window) -> list[Point]:
    """Return what of a ring lies in a window, as one ring (Sutherland and Hodgman); empty where nothing does.

    >>> clipped([(0, 0), (4, 0), (4, 4), (0, 4)], Window(2, 2, 9, 9))
    [(2.0, 4.0), (2.0, 2.0), (4.0, 2.0), (4, 4)]
    """
    held = list(ring)
    for axis, limit, way in ((0, window.west, 1), (0, window.east, -1), (1, window.south, 1), (1, window.north, -1)):
        if not held:
            break
        before, told = held[-1], []
        for point in held:
            inside, was = way * (point[axis] - limit) >= 0, way * (before[axis] - limit) >= 0
            if inside != was:
                told.append(_crossing(before, point, axis, limit))
            if inside:
                told.append(point)
            before = point
        held = told
    return held


def _crossing(a: Point, b: Point, axis: int, limit: float) -> Point:
    share = (limit - a[axis]) / (b[axis] - a[axis])
    other = a[1 - axis] + share * (b[1 - axis] - a[1 - axis])
    return (limit, other) if axis == 0 else (other, limit)


def parts(line: Sequence[Point], window: Window) -> Iterator[list[Point]]:
    """Yield the stretches of a line that lie in a window, each with the points just outside it."""
    held: list[Point] = []
    for before, point in pairwise(line):
        touches = _is_in(before, window) or _is_in(point, window)
        if touches:
            held = held or [before]
            held.append(point)
        elif held:
            yield held
            held = []
    if held:
        yield held


def _is_in(point: Point, window: Window) -> bool:
    return window.west <= point[0] <= window.east and window.south <= point[1] <= window.north
