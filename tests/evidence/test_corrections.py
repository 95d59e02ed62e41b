"""What a user says of findings: it outlives methods, edits and other processes, and its values are whole."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.errors import BadOption
from clew.evidence import KINDS, find
from clew.evidence.corrections import Correction, append, corrected, load, parsed, reviewed
from clew.evidence.forms.text import says
from clew.evidence.kept import CORRECTIONS, Kept
from clew.evidence.values import FIELDS, completed, filled, told
from clew.posts import Account, Post
from tests.evidence.made import posted, thread_of

NOON = datetime(2021, 6, 4, 12, tzinfo=UTC)
TEXT = "Siemens built 4 dams in Oslo, and 4 roads"
THREAD = thread_of(posted(TEXT, "1", NOON))
POST = Post(platform="x", id="1", author=Account(handle="ana"), text=TEXT)


def said(verdict: str, kind: str, quote: str, **more: Any) -> Correction:
    start = TEXT.index(quote)
    given_: Any = {"verdict": verdict, "kind": kind, "quote": quote, "made": NOON, **more}
    return Correction(post="1", start=start, end=start + len(quote), **given_)


def test_what_was_changed_or_confirmed_counts_also_where_no_method_finds_it_any_more() -> None:
    changed = said("changed", "place", "Oslo", value={"name": "Oslo, Minnesota"}, by="ana")
    right = said("right", "organisation", "Siemens", value={"name": "Siemens"})
    found = corrected(THREAD, [], [changed, right])
    assert [(each.kind, each.quote, each.value["name"], each.method) for each in found] == [
        ("organisation", "Siemens", "Siemens", "user 1"),
        ("place", "Oslo", "Oslo, Minnesota", "user 1"),
    ]
    assert found[1].why == "corrected by ana on 2021-06-04"


def test_another_kind_takes_the_place_of_what_was_found_and_of_what_is_found_of_that_kind() -> None:
    changed = said("changed", "place", "Oslo", becomes="organisation", value={"name": "Oslo FC"})
    others = [each for each in find(THREAD) if each.quote == "Oslo"]
    (oslo,) = others
    twin = msgspec.structs.replace(oslo, kind="organisation", value={"name": "Oslo"})
    (held,) = corrected(THREAD, [oslo, twin], [changed])
    assert (held.kind, held.value) == ("organisation", {"name": "Oslo FC"})
    (line,) = (each for each in reviewed(THREAD, [oslo, twin], [changed]) if each.said)
    assert line.found == oslo


def test_corrections_stand_above_another_version_of_a_method(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clew.evidence import where

    wrong = said("wrong", "place", "Oslo")
    with Kept(tmp_path) as kept:
        assert not any(each.quote == "Oslo" for each in corrected(THREAD, kept.findings(THREAD), [wrong]))
        monkeypatch.setattr(where, "METHOD", "where 99")
        again = kept.findings(THREAD)
    assert {each.method for each in again if each.quote == "Oslo"} == {"where 99"}
    assert not any(each.quote == "Oslo" for each in corrected(THREAD, again, [wrong]))


_SAYS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from clew.evidence.corrections import Correction, append
print(flush=True)
sys.stdin.readline()
for at in range(80):
    one = Correction(post=sys.argv[2], kind="person", start=at, end=at + 1, quote="x", verdict="wrong",
                     made=datetime(2021, 6, 4, tzinfo=UTC))
    append(Path(sys.argv[1]), [one])
"""


def test_two_processes_that_correct_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / CORRECTIONS
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _SAYS, path, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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
    assert {each.key for each in load(path)} == {
        (name, "person", at, at + 1) for name in ("ana", "ben") for at in range(80)
    }


def test_what_an_interrupted_write_left_behind_is_passed_over_and_cut_off(tmp_path: Path) -> None:
    path = tmp_path / CORRECTIONS
    append(path, [said("wrong", "place", "Oslo")])
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"schema":"clew/corr')
    assert [each.quote for each in load(path)] == ["Oslo"]
    append(path, [said("wrong", "organisation", "Siemens")])
    assert [each.quote for each in load(path)] == ["Oslo", "Siemens"]
    assert path.read_bytes().startswith(whole)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("person", {}),
        ("place", {"name": "X", "lat": "north"}),
        ("place", {"name": "X", "country": "Norway"}),
        ("date", {"from": "May", "to": None}),
        ("figure", {"amount": True, "unit": "USD"}),
        ("relation", {"subject": "a", "relation": "b", "object": "c"}),
        ("claim", {"text": "x", "speaker": "me"}),
    ],
)
def test_a_value_that_pages_and_forms_could_not_read_is_refused(kind: str, value: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"the value of a {kind} lacks"):
        completed(kind, value)
    line = msgspec.json.encode(said("added", kind, "Oslo", value=value))
    with pytest.raises(BadOption, match="line 1 is no correction"):
        list(parsed([line], "mine.jsonl"))


_FILLED = {
    "person": {"name": "Ana Ruiz"},
    "organisation": {"name": "A & B"},
    "account": {"handle": "@ana"},
    "place": {"name": "Oslo", "country": "norway"},
    "date": {"from": "2020-02", "to": "2021"},
    "figure": {"amount": "3 100 000", "unit": "USD", "of": "deal"},
    "source": {"publisher": "Example", "url": "https://example.org/a"},
    "claim": {"speaker": "Ben", "negated": "yes"},
    "relation": {"subject": "@ana", "relation": "hires", "object": "Siemens"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_form_says_is_whole_and_is_told_again_by_the_same_fields(kind: str) -> None:
    value = filled(kind, _FILLED[kind], POST, "Oslo")
    assert completed(kind, value) == value
    again = filled(kind, told(kind, value), POST, "Oslo")
    assert {key: again.get(key) for key in value if key != "subject"} == {
        key: one for key, one in value.items() if key != "subject"
    }
    (held,) = corrected(THREAD, [], [said("added", kind, "Oslo", value=value)])
    assert says(held)


@given(kind=st.sampled_from(sorted(set(KINDS) - {"place", "relation"})), words=st.data())
def test_whatever_is_typed_into_a_form_becomes_a_whole_value_or_is_refused(kind: str, words: st.DataObject) -> None:
    fields = {name: words.draw(st.text(max_size=12), label=name) for name in FIELDS[kind]}
    try:
        value = filled(kind, fields, POST, "Oslo")
    except BadOption:
        return
    assert completed(kind, value) == value
