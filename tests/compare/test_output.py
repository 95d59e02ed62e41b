"""Reports and files: what they hold, that other programs read them, that nothing in a name breaks them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import igraph
import pyarrow.parquet as pq
import pytest

from clew.compare import export, pages, report, stix
from clew.compare.actions import Row, of
from clew.compare.coordinate import Coordination, Settings, coordinate
from clew.compare.disarm import TECHNIQUES
from clew.compare.groups import assign
from clew.compare.readings import LIMITS, Rules, evidence, read
from clew.compare.spread import adoption, first_uses
from clew.compare.traces import TRACES

NASTY = '<script>alert(1)</script>|`\u202e\x07 & "q"\n# h'


def rows() -> Iterator[Row]:
    for turn in range(8):
        for place, who in enumerate(("ana", "ben", NASTY)):
            yield f"o{turn} {NASTY}", who, f"{who[:3]}{turn}", turn * 9000.0 + place
    for n in range(60):
        yield f"o{n % 8} {NASTY}", f"x{n % 9}", f"x{n}", n * 1201.0


@pytest.fixture(scope="module")
def found() -> Coordination:
    return coordinate(of(rows(), "tag"), Settings(draws=20, nulls=("jitter",)))


@pytest.fixture(scope="module")
def compared() -> pages.Comparison:
    actions = of(rows(), "tag")
    groups = assign(actions, [("ana", "red"), ("ben", NASTY), *((f"x{n}", "news") for n in range(9))])
    rules = Rules(draws=99)
    readings = [read(evidence(actions, groups, "red", NASTY, control, rules), rules) for control in ("news", None)]
    curves = adoption(first_uses(actions, groups), groups)
    return pages.Comparison(actions=actions, groups=groups, rules=rules, curves=curves, readings=readings)


class Page(HTMLParser):
    """Collects the tags of a page, and checks that they close."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(page: str) -> Page:
    parser = Page()
    parser.feed(page)
    assert parser.open == []
    return parser


def test_edges_are_found_to_write(found: Coordination) -> None:
    assert len(found.found.edges) == 3


@pytest.mark.parametrize("kind", ["coordination", "comparison"])
def test_pages_need_nothing_else_and_hold_no_markup_of_others(
    kind: str, found: Coordination, compared: pages.Comparison
) -> None:
    made = pages.coordination_report([found]) if kind == "coordination" else pages.comparison_report(compared)
    page = "".join(report.html(made))
    tags = parsed(page).tags
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in tags}
    assert not any(name.startswith("on") or name in ("src", "href") for _, attributes in tags for name in attributes)
    assert "url(" not in page
    assert not re.search("[\u202e\x07]", page)
    drawings = page.count("<svg ")
    assert drawings >= 2
    assert drawings == page.count('role="img"') == page.count("<desc>")
    assert page.count("<title>") == drawings + 1
    assert [tag for tag, _ in tags].count("h1") == 1


def test_markdown_keeps_names_in_their_cells(found: Coordination) -> None:
    text = "".join(report.markdown(pages.coordination_report([found])))
    tables = re.findall(r"(?m)^\|.*\|$", text)
    assert len({line.replace("\\|", "").count("|") for line in tables if "ana" in line}) <= 3
    assert "<script>" not in text
    assert "\n# h" not in text


def test_every_report_prints_the_limits(found: Coordination, compared: pages.Comparison) -> None:
    for form in (report.html, report.markdown):
        text = "".join(form(pages.comparison_report(compared)))
        assert all(limit in text for limit in LIMITS)
    assert json.loads("".join(pages.comparison_json(compared)))["limits"] == list(LIMITS)
    assert "minute" in "".join(report.html(pages.coordination_report([found])))


def test_json_keeps_the_evidence_of_every_edge(found: Coordination) -> None:
    facts = json.loads("".join(pages.coordination_json([found, found])))
    assert facts["schema"] == "clew/coordination/1"
    (window, _) = facts["windows"]
    assert len(window["edges"]) == window["kept"] == 3
    edge = window["edges"][0]
    assert edge["accounts"] == ["ana", "ben"]
    assert edge["evidence"][0] == {"posts": ["ana0", "ben0"], "trace": "tag", "object": f"o0 {NASTY}", "delay": 1.0}
    assert set(edge["chance"]) == {"jitter"}


def test_the_comparison_as_json_has_the_figures(compared: pages.Comparison) -> None:
    facts = json.loads("".join(pages.comparison_json(compared)))
    assert [reading["verdict"] for reading in facts["readings"]]
    assert facts["readings"][0]["evidence"]["items"] == 8
    assert facts["readings"][0]["evidence"]["precedence"]["draws"] == 99


def test_csv_and_parquet_hold_the_same_edges(found: Coordination, tmp_path: Path) -> None:
    lines = list(csv.DictReader(io.StringIO("".join(export.write_csv(export.edge_rows(found))))))
    path = tmp_path / "edges.parquet"
    path.write_bytes(b"".join(export.write_parquet(export.edge_rows(found))))
    table = pq.read_table(path).to_pylist()
    assert [line["account_b"] for line in lines] == [row["account_b"] for row in table]
    assert [int(line["weight"]) for line in lines] == [row["weight"] for row in table] == [8, 8, 8]


def test_evidence_names_both_posts(found: Coordination) -> None:
    lines = list(csv.DictReader(io.StringIO("".join(export.write_csv(export.evidence_rows(found))))))
    assert len(lines) == 24
    assert (lines[0]["post_first"], lines[0]["post_second"], lines[0]["delay_seconds"]) == ("ana0", "ben0", "1")
    assert lines[0]["time_first"] == "1970-01-01T00:00:00Z"


def test_graphml_is_read_by_igraph(found: Coordination, tmp_path: Path) -> None:
    path = tmp_path / "net.graphml"
    path.write_text("".join(export.write_graphml(export.edge_rows(found), directed=False)), encoding="utf-8")
    graph = igraph.Graph.Read_GraphML(str(path))
    assert (graph.vcount(), graph.ecount(), graph.is_directed()) == (3, 3, False)
    assert graph.es["weight"] == [8.0, 8.0, 8.0]


def test_gexf_is_well_formed_with_nodes_before_edges(found: Coordination) -> None:
    tree = ElementTree.fromstring("".join(export.write_gexf(export.edge_rows(found), directed=False)))
    space = {"g": "http://gexf.net/1.3"}
    assert [part.tag.rpartition("}")[2] for part in tree[0]] == ["attributes", "nodes", "edges"]
    assert len(tree.findall(".//g:node", space)) == 3
    assert [edge.get("weight") for edge in tree.findall(".//g:edge", space)] == ["8", "8", "8"]


@pytest.mark.parametrize("write", [export.write_graphml, export.write_gexf])
def test_networks_without_edges_are_whole_files(write: object) -> None:
    assert callable(write)
    ElementTree.fromstring("".join(write(iter(()), directed=False)))


def test_peers_write_their_own_names_of_columns() -> None:
    actions = of([("o", "ana", "1", 0), ("o", "ben", "2", 5), ("q", "ana", "3", 0), ("q", "ben", "4", 5)])
    weights = "".join(export.write_csv(export.coortweet_rows(actions, 10_000, 2)))
    assert weights.splitlines() == [
        "account_id,account_id_y,weight,avg_time_delta,n_content_id,n_content_id_y,edge_symmetry_score",
        "ana,ben,2,5,2,2,1",
    ]
    directed = "".join(export.write_csv(export.cnt_rows(actions, 10_000, 1)))
    assert directed.splitlines() == ["source,target,weight", "ana,ben,2", "ben,ana,2"]


def test_contributions_are_counted_per_account_whoever_comes_first() -> None:
    """CooRTweet counts the earlier and the later posts, and finds 1.0 where six posts stand against one."""
    rows = [("o", "ana", f"a{n}", n * 2.0) for n in range(6)] + [("o", "ben", "b", 5.0), ("q", "ben", "c", 900.0)]
    (line,) = "".join(export.write_csv(export.coortweet_rows(of(rows), 10_000, 1))).splitlines()[1:]
    assert line.endswith(",6,1,0.166667")


def test_stix_has_accounts_and_techniques_by_their_ids(found: Coordination) -> None:
    bundle = json.loads("".join(stix.bundle([found])))
    kinds = [item["type"] for item in bundle["objects"]]
    assert (kinds.count("user-account"), kinds.count("grouping"), kinds.count("attack-pattern")) == (3, 1, 1)
    pattern = next(item for item in bundle["objects"] if item["type"] == "attack-pattern")
    assert pattern["external_references"] == [{"source_name": "DISARM", "external_id": "T0049.002"}]
    assert pattern["kill_chain_phases"][0]["kill_chain_name"] == "disarm"
    ids = {item["id"] for item in bundle["objects"]}
    assert len(ids) == len(bundle["objects"])
    assert all(set(item.get("object_refs", [])) <= ids for item in bundle["objects"])
    assert "".join(stix.bundle([found])) == "".join(stix.bundle([found]))


def test_every_trace_has_a_technique() -> None:
    assert set(TRACES) <= set(TECHNIQUES)
    assert all(re.fullmatch(r"T0\d{3}(\.\d{3})?", number) for number in TECHNIQUES.values())


def test_nothing_found_is_a_report_too() -> None:
    rows = [("o", "ana", "1", 0), ("o", "ben", "2", 5)]
    made = coordinate(of(rows), Settings(draws=5))
    page = "".join(report.html(pages.coordination_report([made])))
    parsed(page)
    assert "No single edge here is more than chance gives." in page
    assert json.loads("".join(stix.bundle([made])))["objects"] == []


def test_five_thousand_accounts_are_drawn_and_more_are_not() -> None:
    rows = [(f"o{n}", f"{side}{n}", f"{side}{n}", n * 99.0) for n in range(2500) for side in "ab"]
    made = coordinate(of(rows), Settings(nulls=(), min_weight=1))
    assert len(made.members) == 5000
    assert "<circle" in "".join(report.html(pages.coordination_report([made])))
