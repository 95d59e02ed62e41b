"""What was tried to fill holes stands in the ledger: it outlives the database, and cannot be changed unseen."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from clew import keeping
from clew.archive import Archive
from clew.archive.archive import DATABASE, LEDGER
from clew.archive.ledger import Attempt
from tests.archive.worlds import add, made, post, write

TRIED = Attempt(
    thread="x:1",
    holes=("1400000000000000002", "#3"),
    route="mementos",
    asked="https://x.com/ana/status/1400000000000000002",
    tried=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    outcome="nothing",
    says="no copy",
    cost=0.25,
)


def attempts(archive: Archive) -> list[tuple[object, ...]]:
    return archive.connection.execute(
        "SELECT thread, holes, route, tried_at, outcome, cost, capture FROM attempts ORDER BY attempt"
    ).fetchall()


def test_attempts_are_held_with_what_they_brought_and_outlive_the_database(tmp_path: Path) -> None:
    with made(tmp_path / "held") as archive:
        capture = add(archive, write(tmp_path / "a.jsonl", [post(1)]))
        with archive.writing() as writer:
            writer.note_attempts([(TRIED, None), (TRIED, capture.digest)])
        before = attempts(archive)
    assert [row[-1] for row in before] == [None, capture.capture]
    assert before[0][:-1] == (
        "x:1",
        '["1400000000000000002","#3"]',
        "mementos",
        "2026-01-02T03:04:05",
        "nothing",
        0.25,
    )
    (tmp_path / "held" / DATABASE).unlink()
    with keeping.opened(tmp_path / "held") as again:
        assert attempts(again) == before
    assert keeping.verified(tmp_path / "held", deep=True).sound


def test_a_cost_that_is_a_whole_number_is_written_as_it_is_read(tmp_path: Path) -> None:
    with made(tmp_path / "held") as archive, archive.writing() as writer:
        writer.note_attempts([(msgspec.structs.replace(TRIED, cost=cost), None) for cost in (0, 2, 0.5)])
    assert [row[5] for row in attempts(archive)] == [0, 2, 0.5]
    assert keeping.verified(tmp_path / "held").sound


def test_a_changed_attempt_is_seen(tmp_path: Path) -> None:
    with made(tmp_path / "held") as archive, archive.writing() as writer:
        writer.note_attempts([(TRIED, None)])
    ledger = tmp_path / "held" / LEDGER
    ledger.write_bytes(ledger.read_bytes().replace(b'"outcome":"nothing"', b'"outcome":"filled"'))
    assert not keeping.verified(tmp_path / "held").sound
