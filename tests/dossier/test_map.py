"""Maps of the places that are named: shapes of Natural Earth, small drawings, every place within them."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from clew.dossier.atlas import Point, Window, atlas, clipped, parts
from clew.dossier.drawing import WIDE, alone
from clew.dossier.map import HIGH, plot_map
from clew.dossier.views import Spot

LARGEST = 150_000
SVG = "{http://www.w3.org/2000/svg}"


def spot(name: str, lat: float | None = None, lon: float | None = None, country: str | None = None) -> Spot:
    return Spot(name=name, country=country or name, lat=lat, lon=lon, count=1, posts=("x:1",))


def is_land(point: Point) -> bool:
    """Say whether a point is within an odd number of rings."""
    inside = False
    for ring in atlas().land:
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (ay > point[1]) != (by > point[1]) and point[0] < (bx - ax) * (point[1] - ay) / (by - ay) + ax:
                inside = not inside
    return inside


def marks(drawing: str) -> list[tuple[float, float]]:
    circles = re.findall(r'<circle cx="([-\d.]+)" cy="([-\d.]+)"', drawing)
    return [(float(x), float(y)) for x, y in circles]


def test_land_is_where_it_is() -> None:
    towns = [(10.9, 60.2), (37.6, 55.75), (116.4, 39.9), (-99.1, 19.4), (149.1, -35.3), (-179.0, 68.0), (178.0, 68.0)]
    seas = [(-30.0, 30.0), (0.0, 72.0), (-150.0, 0.0), (51.0, 42.0), (5.0, 38.5), (-179.0, 0.0)]
    assert [is_land(point) for point in towns] == [True] * len(towns)
    assert [is_land(point) for point in seas] == [False] * len(seas)


def test_no_line_of_the_shapes_runs_across_the_world() -> None:
    lines = [*atlas().land, *atlas().borders]
    jumps = [abs(b[0] - a[0]) for line in lines for a, b in pairwise(line) if a[1] > -85]
    assert max(jumps) < 30


def test_every_country_stands_in_the_world() -> None:
    assert len(atlas().countries) > 230
    assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in atlas().countries.values())


def test_a_map_of_the_world_is_small_and_well_formed() -> None:
    drawing = plot_map([spot("Oslo", 59.9, 10.7), spot("Sydney", -33.9, 151.2), spot("Norway"), spot("Chile")])
    assert len(drawing.encode()) < LARGEST
    root = ElementTree.fromstring(alone(drawing))
    assert len(root.findall(f"{SVG}path")) == 2
    assert len(root.findall(f"{SVG}rect")) == 2
    assert len(root.findall(f"{SVG}circle")) == 2


def test_a_map_of_one_place_shows_what_lies_around_it() -> None:
    near, world = plot_map([spot("Oslo", 59.9, 10.7)]), plot_map([spot("Oslo", 59.9, 10.7), spot("Fiji", -17.0, 178.0)])
    assert 1000 < len(near) < len(world)


def test_places_without_a_point_make_no_map() -> None:
    assert plot_map([]) == ""
    assert plot_map([spot("Elm Square", country="Norway")]) == ""


@given(st.lists(st.tuples(st.floats(-59, 84), st.floats(-180, 180)), min_size=1, max_size=6))
def test_every_place_stands_within_the_drawing(points: list[tuple[float, float]]) -> None:
    drawing = plot_map([spot(f"p{at}", lat, lon) for at, (lat, lon) in enumerate(points)])
    assert len(drawing.encode()) < LARGEST
    assert len(marks(drawing)) == len(points)
    assert all(-0.1 <= x <= WIDE + 0.1 and -0.1 <= y <= HIGH + 0.1 for x, y in marks(drawing))


DEGREES = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(st.lists(DEGREES, min_size=3, max_size=12), st.floats(-170, 100), st.floats(-80, 40))
def test_what_is_cut_out_lies_in_the_window(ring: list[Point], west: float, south: float) -> None:
    window = Window(west, south, west + 60, south + 40)
    near = 1e-6
    for x, y in clipped(ring, window):
        assert window.west - near <= x <= window.east + near
        assert window.south - near <= y <= window.north + near


def test_a_line_that_leaves_the_window_comes_back_as_another() -> None:
    line = [(0.0, 0.0), (1.0, 0.0), (9.0, 0.0), (9.0, 1.0), (1.0, 1.0)]
    assert list(parts(line, Window(-1, -1, 2, 2))) == [[(0.0, 0.0), (1.0, 0.0), (9.0, 0.0)], [(9.0, 1.0), (1.0, 1.0)]]
