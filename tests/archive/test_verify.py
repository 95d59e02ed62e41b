"""Verify finds every damage, says what to do, and lets damage in one place hide nothing elsewhere."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from clew import keeping
from clew.archive import Archive
from clew.archive.verify import Report, to_json
from tests.archive.worlds import add, made, post, write
from tests.damaged.archives import (
    broken_database,
    change,
    damaged_record,
    extra_file,
    flip,
    ledger,
    no_database,
    text_in_the_database,
    warc,
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive of three captures, closed."""
    archive = made(tmp_path / "archive")
    for number, text in ((1, "short"), (2, "港口 stands still, and nobody says why: berths 4, 17 and 29 lie empty")):
        # Their records differ in size, packed too, so that one never fits into the other's place.
        add(archive, write(tmp_path / f"{number}.jsonl", [post(number), post(number + 10, text, to=number)]))
    folder = tmp_path / "folder"
    folder.mkdir()
    write(folder / "3.jsonl", [post(3)])
    add(archive, folder)
    archive.close()
    return archive


def test_an_archive_that_nobody_touched_is_sound(archive: Archive) -> None:
    report = keeping.verified(archive.path, deep=True)
    assert report.sound
    assert report.findings == ()
    assert (report.captures, report.lines) == (4, 6)
    assert any("When any of it was there" in line for line in report.not_proved)
    assert report.head is not None
    assert report.head in report.not_proved[-2]
    assert json.loads(to_json(report))["sound"] is True


def test_verify_writes_nothing(archive: Archive) -> None:
    def state() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in archive.path.rglob("*") if path.is_file()}

    before = state()
    keeping.verified(archive.path, deep=True)
    after = {name: data for name, data in state().items() if not name.endswith(("-wal", "-shm"))}
    assert after == {name: data for name, data in before.items() if not name.endswith(("-wal", "-shm"))}


def test_damage_in_one_capture_hides_none_of_the_rest(archive: Archive) -> None:
    damaged_record(archive.path)
    extra_file(archive.path)
    text_in_the_database(archive.path)
    report = keeping.verified(archive.path)
    assert report.captures == 3
    assert {finding.kind for finding in report.findings} == {"damaged", "unlisted", "changed"}


def test_only_a_deep_look_finds_a_thread_that_was_forged_with_care(archive: Archive) -> None:
    change(archive.path, 'UPDATE threads SET record = replace(record, \'"text":"post 3"\', \'"text":"post X"\')')
    change(archive.path, "UPDATE posts SET text = 'post X' WHERE text = 'post 3'")
    report = keeping.verified(archive.path)
    assert report.sound
    assert any("--deep" in line for line in report.not_proved)
    assert not keeping.verified(archive.path, deep=True).sound


def test_a_database_that_is_damaged_is_made_again(archive: Archive) -> None:
    broken_database(archive.path)
    keeping.rebuilt(archive.path).close()
    assert keeping.verified(archive.path, deep=True).sound


def test_a_database_that_is_gone_is_made_again_by_whatever_comes_next(archive: Archive) -> None:
    no_database(archive.path)
    with keeping.opened(archive.path) as again:
        assert again.connection.execute("SELECT count(*) FROM posts").fetchone() == (5,)
    assert keeping.verified(archive.path, deep=True).sound


def test_an_archive_that_cannot_be_written_to_can_be_read_and_verified(archive: Archive) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is forbidden to this user")
    os.chmod(archive.path, stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert keeping.verified(archive.path).sound
    finally:
        os.chmod(archive.path, stat.S_IRWXU)


def kinds(report: Report) -> list[str]:
    return [finding.kind for finding in report.findings]


def test_flipping_any_byte_of_a_capture_or_the_ledger_is_found(archive: Archive) -> None:
    for path in (warc(archive.path), ledger(archive.path)):
        whole = path.read_bytes()
        for at in range(0, len(whole), 53):
            flip(path, at)
            report = keeping.verified(archive.path)
            assert not report.sound, f"{path.name}, byte {at}"
            path.write_bytes(whole)
