"""Archives that are damaged or forged: each function does it to the one in a folder."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["change", "flip", "ledger", "rechained", "warc"]


def warc(archive: Path) -> Path:
    return archive / "captures" / "clew-000001.warc.gz"


def ledger(archive: Path) -> Path:
    return archive / "ledger.jsonl"


def place(archive: Path, name: str) -> tuple[int, int]:
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


def change(archive: Path, statement: str) -> None:
    with sqlite3.connect(archive / "clew.sqlite") as connection:
        connection.execute(statement)
    connection.close()


def damaged_record(archive: Path) -> None:
    start, end = place(archive, "1.jsonl")
    flip(warc(archive), (start + end) // 2)


def cut_file(archive: Path) -> None:
    os.truncate(warc(archive), warc(archive).stat().st_size - 10)


def missing_file(archive: Path) -> None:
    warc(archive).unlink()


def bytes_behind(archive: Path) -> None:
    with warc(archive).open("ab") as out:
        out.write(gzip.compress(b"WARC/1.1\r\n"))


def bytes_between(archive: Path) -> None:
    start, _ = place(archive, "2.jsonl")
    data = warc(archive).read_bytes()
    warc(archive).write_bytes(data[:start] + b"\0" + data[start:])


def swapped_records(archive: Path) -> None:
    a, b = place(archive, "1.jsonl"), place(archive, "2.jsonl")
    data = warc(archive).read_bytes()
    warc(archive).write_bytes(data[: a[0]] + data[b[0] : b[1]] + data[a[0] : a[1]] + data[b[1] :])


def packed_again(archive: Path) -> None:
    warc(archive).write_bytes(gzip.compress(gzip.decompress(warc(archive).read_bytes())))


def extra_file(archive: Path) -> None:
    (archive / "captures" / "more.warc.gz").write_bytes(warc(archive).read_bytes())


def hidden_extra_file(archive: Path) -> None:
    (archive / "captures" / "deep").mkdir()
    (archive / "captures" / "deep" / ".more").write_bytes(b"more")


def changed_line(archive: Path) -> None:
    ledger(archive).write_bytes(ledger(archive).read_bytes().replace(b'"1.jsonl"', b'"9.jsonl"'))


def line_taken_out(archive: Path) -> None:
    lines = ledger(archive).read_bytes().splitlines(keepends=True)
    ledger(archive).write_bytes(b"".join(lines[:2] + lines[3:]))


def last_line_taken_out(archive: Path) -> None:
    lines = ledger(archive).read_bytes().splitlines(keepends=True)
    ledger(archive).write_bytes(b"".join(lines[:-1]))


def line_that_is_no_json(archive: Path) -> None:
    lines = ledger(archive).read_bytes().splitlines(keepends=True)
    ledger(archive).write_bytes(b"".join([*lines[:2], b"{\n", *lines[3:]]))


def line_with_another_key(archive: Path) -> None:
    ledger(archive).write_bytes(ledger(archive).read_bytes().replace(b'"event":"made"', b'"event":"made","more":1'))


def rechained(archive: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Edit lines of the ledger, and make the chain anew so that it holds."""
    lines, before = [], None
    for raw in ledger(archive).read_bytes().splitlines():
        line = json.loads(raw)
        edit(line)
        line["before"] = before
        text = json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode()
        before = f"sha256:{hashlib.sha256(text).hexdigest()}"
        lines.append(text + b"\n")
    ledger(archive).write_bytes(b"".join(lines))


def ledger_made_anew(archive: Path) -> None:
    """The chain holds, the digest of one capture does not: who forged it had no WARC to it."""
    rechained(archive, lambda line: line.update(digest="sha256:" + "0" * 64) if line.get("name") == "1.jsonl" else None)


def broken_database(archive: Path) -> None:
    path = archive / "clew.sqlite"
    data = bytearray(path.read_bytes())
    data[8192:40000] = b"\xff" * (40000 - 8192)
    path.write_bytes(data)


def no_database(archive: Path) -> None:
    (archive / "clew.sqlite").unlink()


def text_in_the_database(archive: Path) -> None:
    change(archive, "UPDATE posts SET text = 'another' WHERE id LIKE '%01'")


def record_in_the_database(archive: Path) -> None:
    change(archive, "UPDATE sightings SET record = replace(record, 'post 1', 'post 7')")


def capture_in_the_database(archive: Path) -> None:
    change(archive, "UPDATE captures SET name = 'another' WHERE name = '1.jsonl'")


def other_version(archive: Path) -> None:
    change(archive, "PRAGMA user_version = 99")
