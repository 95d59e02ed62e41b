"""Findings beside an archive: made again where something changed, below what the user said, gone with the posts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from clew.cli import main
from clew.errors import BadOption
from clew.evidence import KINDS, Finding, figures, find
from clew.evidence.corrections import Correction, append, corrected, load, parsed, placed
from clew.evidence.kept import CORRECTIONS, DATABASE, Kept, forget_posts
from tests.evidence.made import posted, thread_of

NOON = datetime(2021, 6, 4, 12, tzinfo=UTC)
TEXT = "Siemens built 4 dams in Oslo, and 4 roads"
THREAD = thread_of(posted(TEXT, "1", NOON))
EDITED = thread_of(posted(f"Update! {TEXT}", "1", NOON))


def figure(thread: Any = THREAD) -> Finding:
    return next(each for each in find(thread) if each.kind == "figure")


def said(verdict: str, finding: Finding | None = None, **more: Any) -> Correction:
    """Return what a user says of a finding."""
    of = finding or figure()
    given = {"post": of.post, "kind": of.kind, "start": of.start, "end": of.end, "quote": of.quote, **more}
    return Correction(verdict=verdict, made=NOON, **given)  # type: ignore[arg-type]


def test_findings_are_kept_and_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Kept(tmp_path) as kept:
        first = kept.findings(THREAD)
        monkeypatch.setattr("clew.evidence.kept.find", lambda *_, **__: pytest.fail("found again"))
        assert kept.findings(THREAD) == first == find(THREAD)
        assert list(kept.changes()) == []


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c", "\r"])
def test_findings_are_kept_whatever_line_ends_the_words_hold(tmp_path: Path, end: str) -> None:
    thread = thread_of(
        posted(f"Siemens{end}built 4{end}dams in 2019.{end}According to @ana, Oslo has 4 roads", "1", NOON)
    )
    with Kept(tmp_path) as kept:
        first = kept.findings(thread)
        assert kept.findings(thread) == first == find(thread)
        assert any(end in each.quote for each in first)


def test_another_version_of_a_method_makes_them_again_and_the_difference_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Kept(tmp_path) as kept:
        before = kept.findings(THREAD)
        monkeypatch.setattr(figures, "METHOD", "figures 99")
        monkeypatch.setattr("clew.evidence.figures._may_count", lambda passage: False)
        after = kept.findings(THREAD)
        assert {each.kind for each in before} - {each.kind for each in after} >= {"figure"}
        changes = [change for change in kept.changes() if change.finding.kind == "figure"]
    assert [(change.reason, change.what, change.finding.quote) for change in changes] == [
        ("method", "went", "4"),
        ("method", "went", "4"),
    ]


def test_an_edit_makes_them_again(tmp_path: Path) -> None:
    with Kept(tmp_path) as kept:
        kept.findings(THREAD)
        assert kept.findings(EDITED) == find(EDITED)
        assert {change.reason for change in kept.changes()} == {"edited"}


def test_what_is_kept_of_threads_that_are_gone_is_dropped(tmp_path: Path) -> None:
    with Kept(tmp_path) as kept:
        kept.findings(THREAD)
        kept.findings(EDITED)
        assert kept.forget([THREAD.id]) == 0
        assert kept.forget([]) == 1
        assert list(kept.changes()) == []


def test_what_the_user_says_stands_above_what_was_found() -> None:
    found = find(THREAD)
    own = figure()
    assert own not in corrected(THREAD, found, [said("wrong")])
    right = next(each for each in corrected(THREAD, found, [said("right")]) if each.start == own.start)
    assert (right.value, right.certainty, right.method) == (own.value, 1.0, "user 1")
    value = {"amount": 5, "unit": "count", "of": "dams"}
    assert any(each.value == value for each in corrected(THREAD, found, [said("changed", value=value)]))
    missed = said("added", kind="organisation", start=34, end=41, quote=TEXT[34:41], value={"name": "roads"})
    assert any(each.why == "added by the user on 2021-06-04" for each in corrected(THREAD, found, [missed]))
    assert corrected(THREAD, found, []) == found


def test_a_correction_moves_with_its_words_and_is_stale_where_they_are_ambiguous_or_gone() -> None:
    texts = {"1": EDITED.entries[0].post.text}  # type: ignore[union-attr]
    oslo = next(each for each in find(THREAD) if each.quote == "Oslo")
    assert placed(said("wrong", oslo), {"1": TEXT}).state == "holds"
    assert placed(said("wrong", oslo), texts) == (said("wrong", oslo), "moved", texts["1"].index("Oslo"))
    assert placed(said("wrong"), texts).state == "stale"
    assert placed(said("wrong"), {}).state == "gone"
    assert not any(each.quote == "Oslo" for each in corrected(EDITED, find(EDITED), [said("wrong", oslo)]))
    assert corrected(EDITED, find(EDITED), [said("wrong")]) == find(EDITED)


def test_the_last_word_counts_and_none_takes_it_back(tmp_path: Path) -> None:
    path = tmp_path / CORRECTIONS
    append(path, [said("wrong"), said("right", note="no, it is")])
    assert [each.verdict for each in load(path)] == ["right"]
    append(path, [said("none")])
    assert load(path) == []
    assert len(path.read_bytes().splitlines()) == 3


def test_a_finding_with_a_verdict_is_a_correction() -> None:
    line = {**json.loads(msgspec.json.encode(figure())), "verdict": "wrong", "note": "a name"}
    (found,) = parsed([json.dumps(line).encode()], "mine.jsonl", NOON)
    assert (found.verdict, found.note, found.made, found.key) == ("wrong", "a name", NOON, said("wrong").key)
    for bad in (
        b"{}",
        b"[1]",
        b'{"verdict":"wrong"}',
        json.dumps({**line, "verdict": "changed", "value": None}).encode(),
    ):
        with pytest.raises(BadOption, match="line 1 is no correction"):
            list(parsed([bad], "mine.jsonl", NOON))


def test_removed_posts_leave_no_words_behind(tmp_path: Path) -> None:
    with Kept(tmp_path) as kept:
        kept.findings(THREAD)
    append(tmp_path / CORRECTIONS, [said("wrong"), said("wrong", post="2", start=0, end=4, quote="kept")])
    forget_posts(tmp_path, {"1"})
    assert not (tmp_path / DATABASE).exists()
    assert [each.post for each in load(tmp_path / CORRECTIONS)] == ["2"]
    assert b"Siemens" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(words)
    return int(done.value.code or 0)


def test_corrections_of_an_archive_are_kept_shown_and_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLEW_ARCHIVE", str(tmp_path / "port"))
    inputs = Path(__file__).parents[1] / "cli" / "inputs" / "treaty.jsonl"
    assert run("init", "port") == run("add", str(inputs), "--quiet") == 0
    capfd.readouterr()
    assert run("evidence", "--all", "--to", "jsonl") == 0
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert {line["kind"] for line in lines} < set(KINDS)
    (dams,) = (line for line in lines if line["kind"] == "figure" and line["value"].get("of") == "dams")
    Path("mine.jsonl").write_text(json.dumps({**dams, "verdict": "wrong"}) + "\n", encoding="utf-8")
    assert run("evidence", "--correct", "mine.jsonl") == 0
    capfd.readouterr()
    assert run("evidence", "--all", "--kind", "figure", "--to", "jsonl") == 0
    assert dams not in [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert run("evidence", "--corrections", "--to", "jsonl") == 0
    (shown,) = (json.loads(line) for line in capfd.readouterr().out.splitlines())
    assert (shown["state"], shown["verdict"], shown["quote"]) == ("holds", "wrong", "4")
    assert run("evidence", "--changes") == 4
    assert run("evidence", "--all", "--entities", "--to", "csv") == 0
    assert run("evidence", str(inputs), "--corrections") == 2
    assert run("verify", "--quiet") == 0
