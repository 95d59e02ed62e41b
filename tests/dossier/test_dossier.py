"""Dossiers: what is put in stays, what is computed follows from the posts, and what is gone is said."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

import feedparser  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.cli import main
from clew.dossier import Dossier, Gathered, Item, Shelf, gathered
from clew.dossier.annotations import exported, imported
from clew.dossier.bound import as_json, documents
from clew.dossier.marked import Mark, marked
from clew.dossier.page import page
from clew.dossier.plots import plot_timeline
from clew.dossier.views import Event, views
from clew.errors import BadOption
from clew.evidence.joined import ALIASES, held_aliases
from clew.publish import binder, by_name
from clew.threads import Thread
from tests.evidence.made import posted, thread_of

NOON = datetime(2021, 6, 4, 12, tzinfo=UTC)
ONE = thread_of(
    posted("1/ Siemens built 4 dams in Oslo in 2013 <b>bold</b>", "1", NOON),
    posted("2/ Huawei partners with Rosatom, see https://www.ft.com/content/1", "2", NOON, reply_to="1"),
)
TWO = thread_of(posted("Siemens built 6 dams in Bergen last week, near Lake Mjosa", "9", NOON))
HELD = {"x:1": ONE, "1": ONE, "2": ONE, "x:9": TWO, "9": TWO}


def looked_up(own: str) -> list[Thread]:
    return [HELD[own]] if own in HELD else []


def made(*items: Item, found: Sequence[str] = ()) -> Gathered:
    """Return a dossier of items, looked up; every search gives `found`."""
    return gathered(Dossier(name="d", title="Dams & <more>", made=NOON, items=items), looked_up, lambda query: found)


def item(kind: str, of: str, **more: object) -> Item:
    return Item(kind=kind, of=of, added=NOON, **more)  # type: ignore[arg-type]


def test_a_thread_is_there_once_whatever_leads_to_it() -> None:
    found = made(item("thread", "x:1"), item("post", "2"), item("search", "dams"), found=["x:1", "x:9"])
    assert [thread.id for thread in found.threads] == ["x:1", "x:9"]
    assert found.gone == ()


def test_what_is_not_held_any_more_is_gone_and_is_an_open_question() -> None:
    lost = (item("post", "7"), item("passage", "1", quote="never said", start=0))
    found = made(item("thread", "x:1"), *lost)
    assert found.gone == lost
    told = [each.says for each in views(found).questions if each.kind == "gone"]
    assert told == ["7 is not held any more", "“never said” in 1 is not held any more"]


def test_a_passage_is_found_again_where_the_text_was_edited() -> None:
    here = made(item("passage", "1", quote="4 dams", start=ONE.entries[0].post.text.find("4 dams"))).passages[0]  # type: ignore[union-attr]
    assert not here.moved
    moved = made(item("passage", "1", quote="4 dams", start=2)).passages[0]
    assert moved.moved
    assert moved.post.text[moved.start :].startswith("4 dams")


def test_the_views_follow_from_the_findings() -> None:
    held = views(made(item("thread", "x:1"), item("thread", "x:9")))
    assert {place.name for place in held.places} >= {"Oslo", "Bergen"}
    assert ("2013-01-01", "2013-12-31") in {(event.first, event.last) for event in held.timeline}
    assert ("Huawei", "partners with", "Rosatom") in {
        (edge.subject, edge.relation, edge.object) for edge in held.network
    }
    assert [(source.name, source.count) for source in held.sources] == [("Financial Times", 1)]
    assert [question.says for question in held.questions if question.kind == "figures differ"] == [
        "“4” and “6” dams (count)"
    ]
    assert any(question.kind == "no source" for question in held.questions)


def test_the_network_has_one_line_for_one_entity_whatever_it_is_called() -> None:
    thread = thread_of(posted("Rosatom hired Ana Ruiz", "1", NOON), posted("@rosatom hired Ana Ruiz", "2", NOON, "1"))
    dossier = Dossier(name="d", title="D", made=NOON, items=(item("thread", "x:1"),))
    held = views(gathered(dossier, lambda of: [thread], lambda query: ()))
    assert [(edge.subject, edge.object, edge.posts) for edge in held.network] == [("Rosatom", "Ana Ruiz", ("1", "2"))]


def test_names_are_joined_and_parted_as_the_users_of_an_archive_say(tmp_path: Path) -> None:
    thread = thread_of(posted("Rosatom hired Ana Ruiz", "1", NOON), posted("@rosatom hired Ana Ruiz", "2", NOON, "1"))
    dossier = Dossier(name="d", title="D", made=NOON, items=(item("thread", "x:1"),))

    def subjects() -> set[str]:
        known = held_aliases(tmp_path)
        held = views(gathered(dossier, lambda of: [thread], lambda query: (), known=known))
        return {edge.subject for edge in held.network}

    assert subjects() == {"Rosatom"}
    (tmp_path / ALIASES).write_text("@rosatom != Rosatom\n", encoding="utf-8")
    assert subjects() == {"Rosatom", "rosatom"}
    (tmp_path / ALIASES).write_text("# nothing is said\n", encoding="utf-8")
    assert subjects() == {"Rosatom"}
    (tmp_path / ALIASES).write_text("Rosatom\n", encoding="utf-8")
    with pytest.raises(BadOption, match="line 1 is neither"):
        subjects()


@given(first=st.dates(), days=st.integers(0, 20_000))
def test_the_marks_of_a_timeline_are_few_and_stand_apart(first: date, days: int) -> None:
    last = date.fromordinal(min(first.toordinal() + days, date.max.toordinal() - 400))
    first = min(first, last)
    event = Event(
        first=first.isoformat(),
        last=last.isoformat(),
        granularity="day",
        kind="mentioned",
        words="w",
        post="1",
        certainty=1,
    )
    marks = re.findall(r'<text x="([\d.]+)" y="166" text-anchor="(\w+)">([^<]+)</text>', plot_timeline([event]))
    assert 0 < len(marks) <= 13
    places = [float(x) for x, _, _ in marks]
    assert all(b - a > 36 for a, b in pairwise(places))
    assert all((anchor == "start") == (x < 40) for x, (_, anchor, _) in zip(places, marks, strict=True))


def test_the_page_runs_nothing_asks_for_nothing_and_shows_markup_as_text() -> None:
    found = made(item("thread", "x:1", note="<script>x</script>"), item("passage", "1", quote="4 dams", note="why?"))
    told = "".join(page(found, views(found), NOON))
    assert "<script" not in told
    assert "&lt;b&gt;bold" in told
    assert not re.search(r'(?:src|href)="(?!#|https://www\.ft\.com/|https://x\.com/)', told)
    assert re.search(r'<mark class="figure passage"[^>]*>4</mark>', told)
    assert "why?" in told


def test_the_same_dossier_with_the_same_date_gives_the_same_page() -> None:
    first, second = (made(item("thread", "x:1"), item("thread", "x:9")) for _ in range(2))
    assert [*page(first, views(first), NOON)] == [*page(second, views(second), NOON)]


MARKS = st.builds(
    lambda a, b, kind: Mark(min(a, b), max(a, b), kind, kind),
    st.integers(0, 12),
    st.integers(0, 12),
    st.sampled_from(["place", "date", "passage"]),
)


@given(st.text(min_size=12, max_size=12), st.lists(MARKS, max_size=6))
def test_marks_take_no_letter_away_whatever_overlaps(text: str, held: list[Mark]) -> None:
    bare = re.sub(r"</?mark[^>]*>", "", marked(text, held))
    assert bare == marked(text, [])


def test_every_form_holds_views_and_threads() -> None:
    found = made(item("thread", "x:1"))
    held = views(found)
    whole = documents(found, held, NOON)
    told = "".join(by_name("md").render(whole))
    assert "Huawei partners with Rosatom" in told
    assert "Dams" in told
    assert b"".join(binder("epub").bind(whole, lambda says: None)).startswith(b"PK")
    feed = feedparser.parse("".join(by_name("atom").render(whole)))
    assert not feed.bozo
    assert any("partners with Rosatom" in entry.content[0].value for entry in feed.entries)
    value = json.loads(as_json(found, held))
    assert value["network"][0]["relation"] == "partners with"
    assert value["threads"] == ["x:1"]


@pytest.mark.parametrize("form", ["epub", "pdf"])
def test_books_and_papers_show_the_map(form: str, tmp_path: Path) -> None:
    found = made(item("thread", "x:1"))
    bare = b"".join(binder(form).bind(documents(found, views(found), NOON), lambda says: None))
    told: list[str] = []
    whole = b"".join(binder(form).bind(documents(found, views(found), NOON, tmp_path), told.append))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["network.svg", "places.svg", "timeline.svg"]
    assert told == []
    assert len(whole) > len(bare) + 2000


def _having(each: Item, own: Dossier) -> Dossier:
    return own.having(each)


def test_dossiers_are_kept_whole_and_in_order(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.new("dams", "Dams")
    for each in (item("thread", "x:1"), item("post", "9"), item("thread", "x:1", note="again")):
        dossier = shelf.change("dams", partial(_having, each))
    assert [(each.of, each.note) for each in shelf.get("dams").items] == [("x:1", "again"), ("9", None)]
    assert [each.name for each in shelf] == ["dams"]
    assert [each.of for each in dossier.lacking(1).items] == ["9"]
    with pytest.raises(BadOption, match="already"):
        shelf.new("dams")


_ADDS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from clew.dossier import Item, Shelf
shelf = Shelf(Path(sys.argv[1]))
print(flush=True)
sys.stdin.readline()
for number in range(60):
    item = Item(kind="post", of=f"{sys.argv[2]}-{number}", added=datetime(2021, 6, 4, tzinfo=UTC))
    shelf.change("dams", lambda own: own.having(item))
"""


def test_two_processes_that_change_a_dossier_at_once_undo_nothing_of_each_other(tmp_path: Path) -> None:
    Shelf(tmp_path).new("dams")
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _ADDS, tmp_path, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in ("ana", "ben")
    ]
    for one in running:
        assert one.stdout is not None
        one.stdout.readline()
    for one in running:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    assert [one.wait(timeout=60) for one in running] == [0, 0]
    for one in running:
        one.communicate()
    own = Shelf(tmp_path).get("dams")
    assert {item.of for item in own.items} == {f"{name}-{number}" for name in ("ana", "ben") for number in range(60)}


def test_a_change_that_fails_leaves_the_dossier_as_it_was(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    before = shelf.new("dams")
    with pytest.raises(IndexError):
        shelf.change("dams", lambda own: own.having(item("post", "9")).lacking(7))
    assert shelf.get("dams") == before
    with pytest.raises(BadOption, match="no such dossier"):
        shelf.change("roads", lambda own: own)


@pytest.mark.parametrize("name", ["../x", "", "A b", "x" * 99])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadOption):
        Shelf(tmp_path).new(name)
    with pytest.raises(BadOption):
        Shelf(tmp_path).get(name)
    assert not list(tmp_path.rglob("*.json"))


def test_passages_go_out_as_annotations_and_come_back_with_notes_and_tags() -> None:
    items = (
        item("passage", "1", quote="4 dams", start=17, note="why?", tags=("water", "money")),
        item("passage", "9", quote="Bergen", start=24),
    )
    found = made(*items)
    back = [each for _, each in imported(exported(found).encode(), "a.jsonld", NOON)]
    assert [(each.quote, each.note, each.tags) for each in back] == [
        ("4 dams", "why?", ("water", "money")),
        ("Bergen", None, ()),
    ]
    assert [each.of for each in back] == ["x:1", "x:9"]
    assert [each.post.text[each.start :][:6] for each in found.passages] == ["4 dams", "Bergen"]


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(words)
    return int(done.value.code or 0)


def test_the_commands_make_fill_show_and_publish_a_dossier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLEW_ARCHIVE", str(tmp_path / "port"))
    inputs = Path(__file__).parents[1] / "cli" / "inputs" / "treaty.jsonl"
    post = "1400000000000000901"
    assert run("init", "port") == run("add", str(inputs), "--quiet") == run("dossier", "new", "dams") == 0
    assert run("dossier", "add", "dams", "x:1400000000000000900", "--note", "first", "--tag", "water") == 0
    assert run("dossier", "add", "dams", post, "--passage", "4 dams", "--note", "sure?") == 0
    assert run("dossier", "add", "dams", post, "--passage", "5 dams") == 4
    assert run("dossier", "add", "dams", "--search", "dams") == 0
    capfd.readouterr()
    assert run("dossier", "show", "dams", "--to", "jsonl") == 0
    rows = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [(row["kind"], row["note"]) for row in rows] == [("thread", "first"), ("passage", "sure?"), ("search", None)]
    assert run("dossier", "publish", "dams", "--out", "site") == 0
    assert {path.name for path in Path("site").iterdir()} == {
        *("index.html", "dossier.json", "annotations.jsonld", "findings.jsonl"),
        *("places.geojson", "network.gexf", "dates.ics"),
    }
    assert (
        run("dossier", "new", "again")
        == run("dossier", "add", "again", "--annotations", "site/annotations.jsonld")
        == 0
    )
    capfd.readouterr()
    assert run("dossier", "show", "again", "--to", "jsonl") == 0
    (row,) = (json.loads(line) for line in capfd.readouterr().out.splitlines())
    assert (row["kind"], row["of"], row["quote"], row["note"]) == ("passage", post, "4 dams", "sure?")
    assert run("dossier", "remove", "dams", "9") == 2
    assert run("dossier", "remove", "dams", "1", "3") == 0
    assert run("dossier", "show", "nothing") == 2
    assert run("verify", "--quiet") == 0


@pytest.mark.parametrize("form", ["md", "html", "atom"])
def test_documents_of_a_dossier_are_called_after_it(form: str) -> None:
    found = made(item("thread", "x:1", note="first", tags=("water",)), item("thread", "x:9"))
    told = "".join(by_name(form).render(documents(found, views(found), NOON)))
    title = 'title: "Dams & <more>"' if form == "md" else "<title>Dams &amp; &lt;more&gt;</title>"
    assert title in told
    assert "first #water" in told.replace("\\#", "#")
    assert "1 times" not in told
