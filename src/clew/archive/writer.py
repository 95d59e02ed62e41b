"""The one process that writes: brings the database up to the ledger, keeps inputs, reads and weaves them."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from clew.archive import points
from clew.archive.aside import forgotten
from clew.archive.ledger import Attempt, Head, Ledger, Line
from clew.archive.observe import SPAN, Observer, columns_of, iso, many, numbered
from clew.archive.pages import match_pages
from clew.archive.removal import (
    FETCHING,
    Rewritten,
    blank_due,
    marked,
    note_removal,
    note_rewriting,
    purge,
    removed_before,
)
from clew.archive.schema import writing
from clew.archive.store import LISTING, Place, Store, now
from clew.archive.weaving import weave_touched
from clew.errors import DamagedArchive, WasRemoved
from clew.posts import Item, Post

__all__ = ["BATCH", "Hand", "Reader", "Watch", "Writer", "ends_of", "head_of", "seals_of"]

BATCH = 2_000
"""So many records are taken in at a time: what a process that dies has to read again."""


class Reader(Protocol):
    """Reads a file or folder; what can't be read is added to `unread`, one sentence each."""

    def __call__(
        self,
        path: Path,
        format: str | None,  # noqa: A002
        columns: Mapping[str, str] | None,
        unread: list[str],
    ) -> Iterator[Item]: ...


class Watch(Protocol):
    """Is told what is done, how much of it, and of how much where that is known."""

    def __call__(self, what: str, done: int, of: int | None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What writing needs of the outside world."""

    read: Reader
    watch: Watch = lambda what, done, of: None
    clock: Callable[[], datetime] = now
    tell: Callable[[str], None] = lambda says: None
    """Is told what the user should know."""
    unindexed: Callable[[Path, sqlite3.Connection], bool] = lambda path, connection: False
    """Takes what was removed out of the search index; False where that must go as a whole."""


def head_of(connection: sqlite3.Connection) -> Head:
    """Return up to where the ledger is taken into the database."""
    values = dict(connection.execute("SELECT name, value FROM state"))
    if "seq" not in values:
        return Head()
    return Head(seq=int(values["seq"]), digest=values["digest"], size=int(values["size"]))


def ends_of(connection: sqlite3.Connection) -> dict[str, int]:
    """Return where the WARC files end, as the database knows it."""
    return dict(connection.execute(_ENDS))


def seals_of(connection: sqlite3.Connection) -> set[str]:
    """Return the files in seals/ that the ledger names, as far as it is taken in."""
    return {name for (name,) in connection.execute("SELECT name FROM seals")}


@dataclass(slots=True)
class Writer:
    """Writes an archive; made under its lock."""

    path: Path
    connection: sqlite3.Connection
    hand: Hand
    looking: bool = False
    """True where nothing but the database may be written."""
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        known = head_of(self.connection)
        head = self._note(known)
        self.store = Store(self.path, head, ends_of(self.connection), self.hand.clock)
        if known.seq:
            for path in self.store.repair(seals_of(self.connection)):
                self.hand.tell(
                    f"{path}: no line of the ledger names this. It was put aside: an interrupted write left it, or"
                    " lines were taken out of the ledger. Add it if it should be held"
                )

    def finish(self) -> None:
        """Read what is kept and not read yet, and weave what is not woven."""
        if not self.looking:
            blank_due(self.connection, self.store)
        for (capture,) in self.connection.execute(_UNREAD).fetchall():
            self._read(capture)
        weave_touched(self.connection, lambda done, of: self.hand.watch("weaving accounts", done, of))
        purge(self.connection, None if self.looking else self.path, self.hand.unindexed)
        points.reached("acknowledged")

    def keep_file(self, path: Path, name: str, digest: str, how: How) -> int:
        """Keep a file, unless it is held already; returns the capture.

        Raises:
            WasRemoved: It would bring back what was removed.
        """
        held = self.held([digest]).get(digest)
        if held is not None:
            return self._again(held, digest, name, how)
        self._look_for_removed(path, name, digest, how)
        line = self.store.line("file", name=name, digest=digest, format=how.format, columns=how.columns)
        capture = self._kept(self.store.keep_file(line, path), digest)
        forgotten(self.path, digest)
        return capture

    def keep_folder(self, path: Path, name: str, files: Mapping[str, tuple[Path, str]], digest: str, how: How) -> int:
        """Keep files of a folder and the list of them, unless it is held just so; returns the capture.

        Raises:
            WasRemoved: It would bring back what was removed.
        """
        held = self.held([digest]).get(digest)
        if held is not None:
            return self._again(held, digest, name, how)
        self._look_for_removed(path, name, digest, how)
        line = self.store.line("folder", name=name, digest=digest, format=how.format, columns=how.columns)
        known = self.held(digest for _, digest in files.values())
        return self._kept(self.store.keep_folder(line, files, known), digest)

    def keep_pages(self, path: Path, name: str, digest: str) -> int:
        """Keep pages that posts link to: nothing is read from them; returns the capture."""
        held = self.held([digest]).get(digest)
        if held is not None:
            return held
        return self._kept(self.store.keep_file(self.store.line("member", name=name, digest=digest), path), digest)

    def note_attempts(self, attempts: Sequence[tuple[Attempt, str | None]]) -> None:
        """Note ways that were gone to fill holes, each with the digest of the capture that it brought, if any."""
        self.store.tried(attempts)
        self._note(head_of(self.connection))

    def seal(self, files: Mapping[str, bytes]) -> None:
        """Keep the files of a seal, by their names in seals/."""
        self.store.keep_seal(files)
        self._note(head_of(self.connection))

    def remove(self, reason: str, count: int, marks: Sequence[str], rewritten: Sequence[Rewritten]) -> None:
        """Keep captures as they are without some posts, and note that these were removed, when and why.

        At the end of the block their bytes are gone from captures and database.
        """
        first = self.store.line("removed", reason=reason, count=count, marks=tuple(marks))
        wanted = [
            (
                self.store.line(
                    "rewritten", of=one.capture, kind=one.kind, name=one.name, format=one.format, columns=one.columns
                ),
                one.path,
            )
            for one in rewritten
        ]
        before = [digest for (digest,) in self.connection.execute(_DIGESTS, (many(one.capture for one in rewritten),))]
        self.store.keep_rewritten(first, wanted)
        self._note(head_of(self.connection))
        shutil.rmtree(self.path / FETCHING, ignore_errors=True)
        for digest in before:
            forgotten(self.path, digest)

    def held(self, digests: Iterator[str] | Sequence[str]) -> dict[str, int]:
        """Return the captures that have these digests."""
        return dict(self.connection.execute(_HELD, (many(digests),)))

    def _look_for_removed(self, path: Path, name: str, digest: str, how: How) -> None:
        if how.again or self.connection.execute("SELECT 1 FROM removals").fetchone() is None:
            return
        reason = removed_before(self.connection, digest)
        if reason is not None:
            raise WasRemoved(name, None, reason)
        items = self.hand.read(path, how.format, how.columns, [])
        own = Ledger(self.path / "ledger.jsonl").name()
        found = marked(self.connection, own, (item for item in items if isinstance(item, Post)))
        if found:
            raise WasRemoved(name, sum(found.values()), "; ".join(sorted(found)))

    def _again(self, capture: int, digest: str, name: str, how: How) -> int:
        self.store.again(digest, name, how.format, how.columns)
        self._note(head_of(self.connection))
        return capture

    def _kept(self, lines: Sequence[Line], digest: str) -> int:
        self._note(head_of(self.connection))
        return next(line.seq for line in reversed(lines) if line.digest == digest)

    def _note(self, known: Head) -> Head:
        """Take lines of the ledger into the database; returns where that ends."""
        ledger, head = Ledger(self.path / "ledger.jsonl"), known
        for lines in _in_groups(ledger.after(known)):
            head = lines[-1][1]
            with writing(self.connection):
                for line, _ in lines:
                    self._note_line(line)
                state = {"seq": str(head.seq), "digest": head.digest, "size": str(head.size)}
                self.connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", state.items())
            points.reached("database-noted")
        return head

    def _note_line(self, line: Line) -> None:
        if line.event == "segment":
            self.connection.execute("INSERT INTO segments VALUES (?, ?, ?)", (line.warc, line.seq, line.length))
        elif line.event == "again":
            self._note_again(line)
        elif line.event == "tried":
            self._note_attempt(line)
        elif line.event == "seal":
            self.connection.execute(
                "INSERT OR REPLACE INTO seals VALUES (?, ?, ?, ?)", (line.name, line.seq, line.digest, iso(line.time))
            )
        elif line.event == "removed":
            note_removal(self.connection, line)
        elif line.event == "rewritten":
            self._forget(line.of or 0)
            note_rewriting(self.connection, line)
        elif line.event in ("file", "folder", "member"):
            columns = msgspec.json.encode(line.columns).decode() if line.columns else None
            self.connection.execute(
                _CAPTURE,
                (
                    line.seq,
                    line.digest,
                    line.event,
                    line.name,
                    line.size,
                    iso(line.time),
                    line.warc,
                    line.offset,
                    line.length,
                    line.format,
                    columns,
                    "read" if line.event == "member" else "kept",
                ),
            )

    def _note_attempt(self, line: Line) -> None:
        one = line.attempt
        if one is None:
            raise DamagedArchive(str(self.path), f"line {line.seq} of the ledger does not say what was tried")
        told = one.route, one.asked, iso(one.tried), one.outcome, one.says, one.cost
        came = msgspec.json.encode(one.came).decode() if one.came else None
        self.connection.execute(_ATTEMPT, (line.seq, one.thread, many(one.holes), *told, line.digest, came))

    def _note_again(self, line: Line) -> None:
        """Note that a capture was added again; it is read anew where the user says otherwise how, or it was not yet."""
        capture, kind, *told = self.connection.execute(_TOLD, (line.digest,)).fetchone()
        self.connection.execute(
            "INSERT INTO additions VALUES (?, ?, ?, ?)", (line.seq, capture, line.name, iso(line.time))
        )
        columns = msgspec.json.encode(line.columns).decode() if line.columns else None
        if kind == "member" or (told != [line.format, columns] and (line.format or columns)):
            self._forget(capture)
            self.connection.execute(_TELL, ("file" if kind == "member" else kind, line.format, columns, capture))

    def _forget(self, capture: int) -> None:
        """Take back what was read from a capture; what later sightings share with it stays with the next of them."""
        span = (capture * SPAN, (capture + 1) * SPAN)
        observer = Observer(self.connection, capture, {})
        rows = self.connection.execute(_OWN, span).fetchall()
        self.connection.executemany(
            _HAND_ON, [(record, post, content, *span) for post, content, record in rows if record]
        )
        observer.touch({post for post, _, _ in rows})
        self.connection.execute("DELETE FROM sightings WHERE sighting >= ? AND sighting < ?", span)
        for table in ("notices", "problems"):
            self.connection.execute(f"DELETE FROM {table} WHERE capture = ?", (capture,))

    def _read(self, capture: int) -> None:
        """Read a capture from where reading it broke off."""
        name, form, columns, done = self.connection.execute(_HOW, (capture,)).fetchone()
        unread: list[str] = []
        with self.copied(capture) as (path, members):
            observer = Observer(self.connection, capture, members)
            items = self.hand.read(path, form, columns_of(columns), unread)
            for batch in numbered(items, BATCH, done):
                points.reached("batch-begun")
                with writing(self.connection):
                    observer.take(batch)
                    done = batch[-1][0] + 1
                    self.connection.execute(_PROGRESS, (done, capture))
                    points.reached("batch-filled")
                points.reached("batch-kept")
                self.hand.watch(f"reading {name}", done, None)
        with writing(self.connection):
            self.connection.execute(_AS_OF, (capture,))
            match_pages(self.connection, capture, observer.accounts)
            self.connection.execute(_READ, ("\n".join(unread) or None, capture))
        points.reached("reading-done")

    @contextmanager
    def copied(self, capture: int) -> Iterator[tuple[Path, dict[str, int]]]:
        """Give a copy of a file or folder as it was given, and the captures that it consists of, by digest."""
        kind, name, *rest = self.connection.execute(_PLACE, (capture,)).fetchone()
        place = Place(digest=rest[0], size=rest[1], warc=rest[2], offset=rest[3])
        with tempfile.TemporaryDirectory(prefix="clew-") as temporary:
            if kind == "file":
                yield self.store.copied(place, name, Path(temporary)), {place.digest: capture}
            else:
                yield self._folder(place, name, Path(temporary))

    def listed(self, capture: int) -> dict[str, str]:
        """Return the paths of the files of a folder, each with its digest."""
        _, name, *rest = self.connection.execute(_PLACE, (capture,)).fetchone()
        place = Place(digest=rest[0], size=rest[1], warc=rest[2], offset=rest[3])
        return {file.path: file.digest for file in self._listing(place, name).files}

    def _listing(self, place: Place, name: str) -> _Listing:
        with self.store.opened(place) as block:
            listed = msgspec.json.decode(block.read(), type=_Listing)
        if listed.schema != LISTING:
            raise DamagedArchive(str(self.path), f"the list of files of {name} has an unknown form")
        return listed

    def _folder(self, place: Place, name: str, temporary: Path) -> tuple[Path, dict[str, int]]:
        members: dict[str, int] = {}
        for file in self._listing(place, name).files:
            row = self.connection.execute(_BY_DIGEST, (file.digest,)).fetchone()
            if row is None:
                raise DamagedArchive(str(self.path), f"{name}/{file.path} is listed and not held")
            capture, *rest = row
            members[file.digest] = capture
            own = Place(digest=file.digest, size=rest[0], warc=rest[1], offset=rest[2])
            self.store.copied(own, f"{name}/{file.path}", temporary)
        return temporary / name, members


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What the user says of how to read an input."""

    format: str | None = None
    columns: Mapping[str, str] | None = None
    again: bool = False
    """True where what was removed from the archive may come back."""


class _Listed(msgspec.Struct):
    path: str
    digest: str


class _Listing(msgspec.Struct):
    schema: str
    files: list[_Listed]


def _in_groups(lines: Iterator[tuple[Line, Head]]) -> Iterator[list[tuple[Line, Head]]]:
    group: list[tuple[Line, Head]] = []
    for pair in lines:
        group.append(pair)
        if len(group) >= BATCH:
            yield group
            group = []
    if group:
        yield group


_UNREAD = "SELECT capture FROM captures WHERE state <> 'read' ORDER BY capture"
_HELD = "SELECT digest, capture FROM captures WHERE digest IN (SELECT value FROM json_each(?))"
_CAPTURE = """INSERT INTO captures
    (capture, digest, kind, name, size, kept_at, warc, offset, length, format, columns, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_ATTEMPT = """INSERT INTO attempts VALUES
    (?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT capture FROM captures WHERE digest = ?), ?)"""
_TOLD = "SELECT capture, kind, format, columns FROM captures WHERE digest = ?"
_TELL = """UPDATE captures SET kind = ?, format = ?, columns = ?, state = 'kept', records = 0, unread = NULL
    WHERE capture = ?"""
_OWN = "SELECT post, content, record FROM sightings WHERE sighting >= ? AND sighting < ?"
_HAND_ON = """UPDATE sightings SET record = ? WHERE sighting = (
    SELECT min(sighting) FROM sightings WHERE post = ? AND content = ? AND NOT (sighting >= ? AND sighting < ?))"""
_ENDS = """SELECT warc, max(length,
    coalesce((SELECT offset + length FROM captures AS c WHERE c.warc = s.warc ORDER BY offset DESC LIMIT 1), 0),
    coalesce((SELECT offset + length FROM blanks AS b WHERE b.warc = s.warc ORDER BY offset DESC LIMIT 1), 0))
    FROM segments AS s"""
_HOW = "SELECT name, format, columns, records FROM captures WHERE capture = ?"
_PROGRESS = "UPDATE captures SET records = ?, state = 'reading' WHERE capture = ?"
_READ = "UPDATE captures SET state = 'read', unread = ? WHERE capture = ?"
_AS_OF = """UPDATE captures SET as_of = (SELECT max(time) FROM notices AS n
    WHERE n.capture = captures.capture AND n.kind IN ('complete', 'cut') AND n.author IS NOT NULL) WHERE capture = ?"""
_DIGESTS = "SELECT digest FROM captures WHERE capture IN (SELECT value FROM json_each(?))"
_PLACE = "SELECT kind, name, digest, size, warc, offset FROM captures WHERE capture = ?"
_BY_DIGEST = "SELECT capture, size, warc, offset FROM captures WHERE digest = ?"
