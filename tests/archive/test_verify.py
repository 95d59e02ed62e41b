"""Verify finds every damage, says what to do, and lets damage in one place hide nothing elsewhere."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from clew import keeping
from clew.archive import Archive
from clew.archive.verify import Report, to_json
from tests.archive.worlds import add, made, post, write


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


def warc(archive: Archive) -> Path:
    return archive.path / "captures" / "clew-000001.warc.gz"


def ledger(archive: Archive) -> Path:
    return archive.path / "ledger.jsonl"


def place(archive: Archive, name: str) -> tuple[int, int]:
    """Return where the record of a capture begins and ends."""
    for line in ledger(archive).read_bytes().splitlines():
        found = json.loads(line)
        if found.get("name") == name:
            return found["offset"], found["offset"] + found["length"]
    raise AssertionError(name)


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def change(archive: Archive, statement: str) -> None:
    with sqlite3.connect(archive.path / "clew.sqlite") as connection:
        connection.execute(statement)
    connection.close()


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


def damaged_record(archive: Archive) -> None:
    start, end = place(archive, "1.jsonl")
    flip(warc(archive), (start + end) // 2)


def cut_file(archive: Archive) -> None:
    os.truncate(warc(archive), warc(archive).stat().st_size - 10)


def missing_file(archive: Archive) -> None:
    warc(archive).unlink()


def bytes_behind(archive: Archive) -> None:
    with warc(archive).open("ab") as out:
        out.write(gzip.compress(b"WARC/1.1\r\n"))


def bytes_between(archive: Archive) -> None:
    start, _ = place(archive, "2.jsonl")
    data = warc(archive).read_bytes()
    warc(archive).write_bytes(data[:start] + b"\0" + data[start:])


def swapped_records(archive: Archive) -> None:
    a, b = place(archive, "1.jsonl"), place(archive, "2.jsonl")
    data = warc(archive).read_bytes()
    warc(archive).write_bytes(data[: a[0]] + data[b[0] : b[1]] + data[a[0] : a[1]] + data[b[1] :])


def packed_again(archive: Archive) -> None:
    warc(archive).write_bytes(gzip.compress(gzip.decompress(warc(archive).read_bytes())))


def extra_file(archive: Archive) -> None:
    (archive.path / "captures" / "more.warc.gz").write_bytes(warc(archive).read_bytes())


def hidden_extra_file(archive: Archive) -> None:
    (archive.path / "captures" / "deep").mkdir()
    (archive.path / "captures" / "deep" / ".more").write_bytes(b"more")


def changed_line(archive: Archive) -> None:
    ledger(archive).write_bytes(ledger(archive).read_bytes().replace(b'"1.jsonl"', b'"9.jsonl"'))


def line_taken_out(archive: Archive) -> None:
    lines = ledger(archive).read_bytes().splitlines(keepends=True)
    ledger(archive).write_bytes(b"".join(lines[:2] + lines[3:]))


def last_line_taken_out(archive: Archive) -> None:
    lines = ledger(archive).read_bytes().splitlines(keepends=True)
    ledger(archive).write_bytes(b"".join(lines[:-1]))


def line_that_is_no_json(archive: Archive) -> None:
    lines = ledger(archive).read_bytes().splitlines(keepends=True)
    ledger(archive).write_bytes(b"".join([*lines[:2], b"{\n", *lines[3:]]))


def line_with_another_key(archive: Archive) -> None:
    ledger(archive).write_bytes(ledger(archive).read_bytes().replace(b'"event":"made"', b'"event":"made","more":1'))


def ledger_made_anew(archive: Archive) -> None:
    """The chain holds, the digest of one capture does not: who forged it had no WARC to it."""
    import hashlib

    lines, before = [], None
    for raw in ledger(archive).read_bytes().splitlines():
        line = json.loads(raw)
        line["before"] = before
        if line.get("name") == "1.jsonl":
            line["digest"] = "sha256:" + "0" * 64
        text = json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode()
        before = f"sha256:{hashlib.sha256(text).hexdigest()}"
        lines.append(text + b"\n")
    ledger(archive).write_bytes(b"".join(lines))


def broken_database(archive: Archive) -> None:
    path = archive.path / "clew.sqlite"
    data = bytearray(path.read_bytes())
    data[8192:40000] = b"\xff" * (40000 - 8192)
    path.write_bytes(data)


def no_database(archive: Archive) -> None:
    (archive.path / "clew.sqlite").unlink()


def text_in_the_database(archive: Archive) -> None:
    change(archive, "UPDATE posts SET text = 'another' WHERE id LIKE '%01'")


def record_in_the_database(archive: Archive) -> None:
    change(archive, "UPDATE sightings SET record = replace(record, 'post 1', 'post 7')")


def capture_in_the_database(archive: Archive) -> None:
    change(archive, "UPDATE captures SET name = 'another' WHERE name = '1.jsonl'")


def other_version(archive: Archive) -> None:
    change(archive, "PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("damage", "kind", "where"),
    [
        (damaged_record, "damaged", "(1.jsonl)"),
        (cut_file, "damaged", "(folder)"),
        (missing_file, "missing", "clew-000001.warc.gz"),
        (bytes_behind, "unlisted", "clew-000001.warc.gz, byte"),
        (bytes_between, "damaged", "(2.jsonl)"),
        (swapped_records, "damaged", "(2.jsonl)"),
        (packed_again, "damaged", "(1.jsonl)"),
        (extra_file, "unlisted", "captures/more.warc.gz"),
        (hidden_extra_file, "unlisted", "captures/deep/.more"),
        (changed_line, "changed", "ledger.jsonl, line 4"),
        (line_taken_out, "changed", "ledger.jsonl, line 3"),
        (last_line_taken_out, "missing", "ledger.jsonl"),
        (line_that_is_no_json, "changed", "ledger.jsonl, line 3"),
        (line_with_another_key, "changed", "ledger.jsonl, line 1"),
        (ledger_made_anew, "changed", "(1.jsonl)"),
        (broken_database, "damaged", "clew.sqlite"),
        (no_database, "missing", "clew.sqlite"),
        (text_in_the_database, "changed", "clew.sqlite"),
        (record_in_the_database, "changed", "clew.sqlite"),
        (capture_in_the_database, "changed", "clew.sqlite, captures"),
        (other_version, "changed", "clew.sqlite"),
    ],
)
def test_damage_is_found_where_it_is(
    archive: Archive, damage: Callable[[Archive], None], kind: str, where: str
) -> None:
    damage(archive)
    report = keeping.verified(archive.path)
    assert not report.sound
    assert [finding for finding in report.findings if finding.kind == kind and where in finding.where], report.findings
    assert all(finding.do for finding in report.findings)


def test_damage_in_one_capture_hides_none_of_the_rest(archive: Archive) -> None:
    damaged_record(archive)
    extra_file(archive)
    text_in_the_database(archive)
    report = keeping.verified(archive.path)
    assert report.captures == 3
    assert {finding.kind for finding in report.findings} == {"damaged", "unlisted", "changed"}


def test_only_a_deep_look_finds_a_thread_that_was_forged_with_care(archive: Archive) -> None:
    change(archive, 'UPDATE threads SET record = replace(record, \'"text":"post 3"\', \'"text":"post X"\')')
    change(archive, "UPDATE posts SET text = 'post X' WHERE text = 'post 3'")
    report = keeping.verified(archive.path)
    assert report.sound
    assert any("--deep" in line for line in report.not_proved)
    assert not keeping.verified(archive.path, deep=True).sound


def test_a_database_that_is_damaged_is_made_again(archive: Archive) -> None:
    broken_database(archive)
    keeping.rebuilt(archive.path).close()
    assert keeping.verified(archive.path, deep=True).sound


def test_a_database_that_is_gone_is_made_again_by_whatever_comes_next(archive: Archive) -> None:
    no_database(archive)
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
    for path in (warc(archive), ledger(archive)):
        whole = path.read_bytes()
        for at in range(0, len(whole), 53):
            flip(path, at)
            report = keeping.verified(archive.path)
            assert not report.sound, f"{path.name}, byte {at}"
            path.write_bytes(whole)
