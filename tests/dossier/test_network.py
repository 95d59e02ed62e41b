"""Who does what to whom, drawn: every name and relation once, no name over another, nothing outside."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from clew.dossier.drawing import WIDE
from clew.dossier.network import MOST, ROW, plot_network
from clew.dossier.views import Edge

SVG = "{http://www.w3.org/2000/svg}"
names = st.sampled_from([f"Name {number}" for number in range(90)])
edges = st.lists(
    st.builds(
        Edge,
        subject=names,
        relation=st.sampled_from(["builds", "sanctions", "is <tied> to"]),
        object=names,
        negated=st.booleans(),
        posts=st.just(("1",)),
        quote=st.just("words & words"),
    ),
    max_size=120,
)


def edge(subject: str, thing: str, relation: str = "supplies", *, negated: bool = False) -> Edge:
    return Edge(subject=subject, relation=relation, object=thing, negated=negated, posts=("1",), quote="words")


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


@given(held=edges)
def test_each_name_stands_once_inside_and_over_no_other(held: list[Edge]) -> None:
    svg = plot_network(held)
    if not held:
        assert svg == ""
        return
    root = drawn(svg)
    high = int(root.attrib["viewBox"].split()[3])
    nodes = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in root.iter(f"{SVG}circle")]
    titles = [one.findtext(f"{SVG}title") for one in root.iter(f"{SVG}circle")]
    assert len(set(titles)) == len(titles) <= MOST
    assert all(0 < x < WIDE and 10 < y < high - 10 for x, y in nodes)
    for side in (True, False):
        column = sorted(y for x, y in nodes if (x < WIDE / 2) == side)
        assert all(below - above >= ROW * 0.99 for above, below in pairwise(column))
    known = {name for one in held for name in (one.subject, one.object)}
    assert set(titles) <= known
    if len(known) <= MOST:
        assert set(titles) == known
        assert len(root.findall(f"{SVG}path[@marker-end]")) == len(held)


def test_what_is_drawn_first_is_what_most_posts_state() -> None:
    held = [edge(f"A{number}", f"B{number}") for number in range(50)]
    svg = plot_network(held)
    assert "(the first 30 of 50 relations)" in svg
    assert ">A0<" in svg
    assert ">A49<" not in svg


def test_denied_relations_are_dashed_and_said_so_and_two_between_the_same_are_one_label() -> None:
    svg = plot_network([edge("Ana", "Ben", negated=True), edge("Ben", "Ana", "hires")])
    assert 'class="edge negated"' in svg
    assert re.findall('class="on">([^<]+)<', svg) == ["not: supplies, hires"]


def test_names_of_one_hub_stand_on_the_other_side_of_it() -> None:
    svg = plot_network([edge("Hub", f"Leaf {number}") for number in range(8)])
    nodes = {one.findtext(f"{SVG}title"): float(one.attrib["cx"]) for one in drawn(svg).iter(f"{SVG}circle")}
    sides = {name: x < WIDE / 2 for name, x in nodes.items()}
    assert len({side for name, side in sides.items() if name != "Hub"}) == 1
    assert sides["Hub"] != sides["Leaf 0"]
