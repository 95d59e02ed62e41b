"""Whether an archive is what clew wrote: offline, both ways, to the last byte. Looks and never writes."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from clew.archive import schema, warc
from clew.archive.archive import CAPTURES, DATABASE, LEDGER, LOCK
from clew.archive.aside import ASIDE
from clew.archive.blanks import blank_digest
from clew.archive.compared import content_faults, differences
from clew.archive.ledger import Head, Line, digest_of, parsed
from clew.archive.removal import FETCHING
from clew.archive.report import Report, Trust, View, to_json
from clew.archive.sealed import checked_seals
from clew.archive.store import LISTING, SEALS
from clew.archive.writer import Hand, Writer, head_of
from clew.errors import ArchiveError
from clew.verdicts import Finding, Kind, counted

__all__ = ["Report", "Trust", "ledger_looked_at", "to_json", "verified"]

_RESTORE = "restore the file from a copy; what else is in the archive is not affected"
_REBUILD = "clew rebuild makes the database again from the captures"
_LIMIT = 1 << 26
_FINDINGS = ("evidence.sqlite", "evidence.sqlite-wal", "evidence.sqlite-shm")
_BESIDE = (
    "index",
    "dossiers",
    "dossiers.lock",
    "corrections.jsonl",
    "corrections.lock",
    "aliases.txt",
    *_FINDINGS,
    "clew.toml",
    FETCHING,
    "watch.sqlite",
    "watch.sqlite-wal",
    "watch.sqlite-shm",
    "watch.lock",
)
_ENDS = ("-wal", "-shm", "-journal", ".new", ".new-wal", ".new-shm", ".new-journal")


def verified(path: Path, hand: Hand, *, deep: bool = False, trust: Trust | None = None) -> Report:
    """Return what all checks find; with `deep` every capture is read and woven again and held to the database.

    Damage in one place never keeps the others from being looked at.
    """
    view = View(path, hand, deep, trust or Trust())
    findings = [finding for check in CHECKS for finding in check(view)]
    view.not_proved.append("That what the captures show was true, or is all that was published.")
    return Report(
        sound=not findings,
        lines=len(view.lines),
        head=view.head.digest,
        captures=view.captures,
        bytes=view.bytes,
        posts=view.posts,
        problems=view.problems,
        proved=tuple(view.proved),
        not_proved=tuple(view.not_proved),
        findings=tuple(findings),
        notes=tuple(view.notes),
    )


def ledger_looked_at(view: View) -> list[Finding]:
    """Return what is amiss in a ledger and its seals alone, with no captures or database beside them."""
    return [*_ledger(view), *checked_seals(view)]


def _ledger(view: View) -> Iterator[Finding]:
    """Hold each line to the one before it; after a line that is broken the next are looked at all the same."""
    count = 0
    with (view.path / LEDGER).open("rb") as stream:
        while raw := stream.readline(_LIMIT):
            if not raw.endswith(b"\n"):
                view.notes.append(
                    "The last line of the ledger breaks off: a write was interrupted. The next one mends it."
                )
                break
            count += 1
            line, own = raw[:-1], f"{LEDGER}, line {count}"
            found: Line | None
            try:
                found = parsed(line, view.head)
            except ValueError as error:
                view.chained = False
                restore = "restore the ledger from a copy; the captures themselves are checked all the same"
                yield Finding(kind="changed", where=own, says=str(error), do=restore)
                found = _readable(line)
            if found is not None:
                view.lines.append(found)
            view.head = Head(seq=found.seq if found else count, digest=digest_of(line), size=stream.tell())
            view.digests[view.head.seq] = view.head.digest or ""
    _place_captures(view)
    if view.chained:
        view.proved.append(
            f"The ledger is an unbroken chain of {counted(count, 'line')}: none was changed, taken out or put in"
            " since the last one was written."
        )


def _place_captures(view: View) -> None:
    """Tell where each capture stands now, and which records removals left blank."""
    for line in view.lines:
        if line.event in ("file", "folder", "member"):
            view.stands[line.seq] = line
        elif line.event == "rewritten" and line.of in view.stands:
            view.blanked[view.stands[line.of].seq] = line
            view.stands[line.of] = line


def _readable(line: bytes) -> Line | None:
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(line, type=Line)
    return None


def _captures(view: View) -> Iterator[Finding]:
    """Read every record to its last byte, wherever the ledger says that one is, and see that nothing else is there."""
    listed: dict[str, list[Line]] = {}
    for line in view.lines:
        if line.warc is not None and line.offset is not None and line.length is not None:
            listed.setdefault(line.warc, []).append(line)
    folder = view.path / CAPTURES
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    for name in sorted(there - listed.keys()):
        what = "remove it if clew was not just interrupted while it began this file; the next write does that then"
        yield Finding(kind="unlisted", where=f"{CAPTURES}/{name}", says="the ledger does not know this file", do=what)
    broken = 0
    for name, lines in sorted(listed.items()):
        if name not in there:
            broken += len(lines)
            yield Finding(kind="missing", where=f"{CAPTURES}/{name}", says="it is not there", do=_RESTORE)
            continue
        for finding in _records(view, folder / name, sorted(lines, key=lambda line: line.offset or 0)):
            broken += 1
            yield finding
    if not broken:
        view.proved.append(
            f"Byte for byte what was added: {counted(view.captures, 'capture')}, {counted(view.bytes, 'byte')}. Each"
            " has the length and the SHA-256 digest that record and ledger state, and nothing lies between them."
        )
    elif view.captures:
        view.proved.append(f"Byte for byte what was added, but for those above: {counted(view.captures, 'capture')}.")


def _records(view: View, path: Path, lines: Sequence[Line]) -> Iterator[Finding]:
    where = f"{CAPTURES}/{path.name}"
    try:
        with path.open("rb") as stream:
            end = 0
            for line in lines:
                offset, length = line.offset or 0, line.length or 0
                if offset != end:
                    what = "bytes lie between its records" if offset > end else "its records overlap"
                    yield Finding(kind="unlisted", where=f"{where}, byte {end}", says=what, do=_RESTORE)
                end = offset + length
                yield from _record(view, stream, where, line)
            if stream.seek(0, 2) > end:
                what = "bytes lie behind its last record; if clew was interrupted, the next write takes them off"
                yield Finding(
                    kind="unlisted", where=f"{where}, byte {end}", says=what, do=f"run clew list, else {_RESTORE}"
                )
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        yield Finding(kind="damaged", where=where, says=f"it can't be read ({reason})", do=_RESTORE)


def _beside(view: View) -> Iterator[Finding]:
    """Say what lies in the folder and is no part of the archive."""
    folder = view.path / ASIDE
    count = sum(1 for path in folder.iterdir()) if folder.is_dir() else 0
    if count:
        view.notes.append(
            f"{ASIDE}/ holds {counted(count, 'file')} that no line of the ledger names: an interrupted write left that,"
            " or lines were taken out. Add what should be held, and delete the rest."
        )
    known = {CAPTURES, DATABASE, LEDGER, LOCK, SEALS, ASIDE, *_BESIDE, *(DATABASE + end for end in _ENDS)}
    others = sorted(path.name for path in view.path.iterdir() if path.name not in known)
    if others:
        view.notes.append(f"Not part of the archive, and not looked at: {', '.join(others)}.")
    yield from ()


def _record(view: View, stream: BinaryIO, where: str, line: Line) -> Iterator[Finding]:
    place = f"{where}, byte {line.offset}" + (f" ({line.name})" if line.name else "")
    if line.seq in view.blanked:
        yield from _blank(stream, place, line, view.blanked[line.seq])
        return
    try:
        found = warc.record(stream, line.offset or 0)
        packed = warc.packed_digest(stream, line.offset or 0, line.length or 0)
    except warc.BadWarc as error:
        yield Finding(kind="damaged", where=place, says=str(error), do=_RESTORE)
        return
    kind = "warcinfo" if line.event == "segment" else "resource"
    says = {
        "its record has another length than the ledger says": found.length != line.length,
        "its bytes have another size than the ledger says": found.size != line.size,
        "its bytes have another digest than the ledger says": found.digest != line.digest,
        "it is packed in other bytes than the ledger says": packed != line.packed,
        "its record is of another type than the ledger says": found.type != kind,
    }
    wrong = [text for text, is_so in says.items() if is_so]
    if wrong:
        yield Finding(kind="changed", where=place, says="; ".join(wrong), do=_RESTORE)
    elif kind == "resource":
        view.captures += 1
        view.bytes += found.size
    view.hand.watch("checking captures", view.captures, None)


def _blank(stream: BinaryIO, place: str, line: Line, by: Line) -> Iterator[Finding]:
    """See that nothing is left of a record that was removed."""
    length = line.length or 0
    if warc.packed_digest(stream, line.offset or 0, length) != blank_digest(length, by.seq, by.time):
        says = f"line {by.seq} of the ledger says that this record was removed, and other bytes stand here"
        yield Finding(
            kind="changed", where=place, says=says, do="run clew list, which goes on with what was interrupted"
        )


def _folders(view: View) -> Iterator[Finding]:
    """See that every file in the list of a folder is held."""
    held = {line.digest for line in view.stands.values() if "folder" not in (line.event, line.kind)}
    for line in view.stands.values():
        if "folder" not in (line.event, line.kind) or line.warc is None:
            continue
        try:
            with (view.path / CAPTURES / line.warc).open("rb") as stream:
                data = msgspec.json.decode(warc.opened_block(stream, line.offset or 0).read())
        except (OSError, warc.BadWarc, msgspec.DecodeError):
            continue
        where = f"{LEDGER}, line {line.seq}"
        files = data.get("files") if isinstance(data, dict) and data.get("schema") == LISTING else None
        if not isinstance(files, list):
            yield Finding(
                kind="changed", where=where, says="the list of files of a folder has no known form", do=_RESTORE
            )
            continue
        lacking = [file for file in files if not isinstance(file, dict) or file.get("digest") not in held]
        for file in lacking:
            name = file.get("path") if isinstance(file, dict) else file
            yield Finding(kind="missing", where=where, says=f"{line.name}/{name} is listed and not held", do=_RESTORE)


def _database(view: View) -> Iterator[Finding]:
    """Hold the database to the ledger, and to itself."""
    path = view.path / DATABASE
    if not path.is_file():
        yield Finding(kind="missing", where=DATABASE, says="it is not there", do=_REBUILD)
        return
    try:
        connection = schema.reading(path)
    except ArchiveError as error:
        yield Finding(kind="damaged", where=DATABASE, says=str(error), do=_REBUILD)
        return
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] != schema.VERSION:
            yield Finding(kind="changed", where=DATABASE, says="it was made by another version of clew", do=_REBUILD)
            return
        yield from _sound(connection)
        yield from _follows(view, connection)
        yield from (
            Finding(kind="changed", where=DATABASE, says=says, do=_REBUILD) for says in content_faults(connection)
        )
        yield from _again(view, connection)
        (view.posts,) = connection.execute("SELECT count(*) FROM posts").fetchone()
        (view.problems,) = connection.execute("SELECT count(*) FROM problems").fetchone()
    except sqlite3.DatabaseError as error:
        yield Finding(kind="damaged", where=DATABASE, says=f"it is broken ({error})", do=_REBUILD)
    finally:
        connection.close()


def _sound(connection: sqlite3.Connection) -> Iterator[Finding]:
    for (says,) in connection.execute("PRAGMA integrity_check(20)").fetchall():
        if says != "ok":
            yield Finding(kind="damaged", where=DATABASE, says=str(says), do=_REBUILD)
    for table, row, *_ in connection.execute("PRAGMA foreign_key_check").fetchmany(20):
        yield Finding(kind="damaged", where=f"{DATABASE}, {table}", says=f"row {row} points nowhere", do=_REBUILD)


def _follows(view: View, connection: sqlite3.Connection) -> Iterator[Finding]:
    """Hold the rows of captures to the lines of the ledger, both ways."""
    head = head_of(connection)
    known = [line for line in view.lines if line.seq <= head.seq]
    if head.seq > view.head.seq or (head.seq == view.head.seq and head.digest != view.head.digest):
        says = f"it knows line {head.seq} of the ledger, which is not there as it was"
        yield Finding(kind="missing", where=LEDGER, says=says, do="restore the ledger from a copy")
    elif head.seq < view.head.seq:
        view.notes.append("The database does not know all of the ledger yet: a write goes on, or was interrupted.")
    rows = {row[0]: row[1:] for row in connection.execute(_ROWS)}
    names = {line.seq: line.name for line in known}
    lines = {
        seq: (
            (line.digest, names[seq], line.size, line.warc, line.offset, line.length)
            if line.digest
            else (f"removed:{line.seq}", names[seq], 0, "", 0, 0)
        )
        for seq, line in view.stands.items()
        if seq <= head.seq and line.seq <= head.seq
    }
    for seq in sorted(rows.keys() ^ lines.keys()):
        kind: Kind = "missing" if seq in lines else "unlisted"
        yield Finding(
            kind=kind, where=f"{DATABASE}, captures", says=f"line {seq} of the ledger and it differ", do=_REBUILD
        )
    for seq in sorted(rows.keys() & lines.keys()):
        if rows[seq] != lines[seq]:
            says = f"capture {seq} is not what the ledger says of it"
            yield Finding(kind="changed", where=f"{DATABASE}, captures", says=says, do=_REBUILD)
    for _, at, reason, count in connection.execute("SELECT * FROM removals ORDER BY line"):
        view.notes.append(f"Removed on {at[:10]}: {counted(count, 'post')} ({reason}).")
    waiting = connection.execute("SELECT count(*) FROM captures WHERE state <> 'read'").fetchone()[0]
    if waiting:
        view.notes.append(f"{waiting} captures are kept and not read to their end yet; the next command goes on.")


def _again(view: View, connection: sqlite3.Connection) -> Iterator[Finding]:
    """Read and weave everything again beside the archive, and hold the database to that; only where it is wanted."""
    if not view.deep:
        view.not_proved.append(
            "That the database shows what the captures hold: its records have their digests, but captures were not"
            " read again. --deep does that."
        )
        return
    with tempfile.TemporaryDirectory(prefix="clew-") as temporary:
        again = Path(temporary, DATABASE)
        schema.created(again)
        try:
            with schema.closing_after(again) as fresh:
                Writer(view.path, fresh, view.hand, looking=True).finish()
                found = list(differences(connection, fresh))
        except ArchiveError as error:
            view.not_proved.append(
                f"That the database shows what the captures hold: they can't be read again ({error})"
            )
            return
    for where, says in found:
        yield Finding(kind="changed", where=f"{DATABASE}, {where}", says=says, do=_REBUILD)
    if not found:
        view.proved.append(
            "The database shows what the captures hold: all were read and woven again, with the same result."
        )


CHECKS: tuple[Callable[[View], Iterator[Finding]], ...] = (
    _ledger,
    _captures,
    _folders,
    _database,
    checked_seals,
    _beside,
)
"""In this order: later ones use what earlier ones found."""

_ROWS = "SELECT capture, digest, name, size, warc, offset, length FROM captures"
