"""Removal on request: content goes from captures and database, the ledger keeps that it did, when and why."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from clew.archive import points
from clew.archive.ledger import Line
from clew.archive.observe import iso, many
from clew.archive.schema import writing
from clew.archive.store import Place, Store
from clew.posts import Post

__all__ = [
    "FETCHING",
    "Rewritten",
    "account_marks",
    "blank_due",
    "marked",
    "note_removal",
    "note_rewriting",
    "post_mark",
    "purge",
    "removed_before",
]


INDEX = "index"
"""The folder of an archive in which its search index lies."""
FETCHING = "fetching"
"""The folder of an archive in which answers of servers lie that are not kept yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A capture as it is without what was removed."""

    capture: int
    kind: Literal["file", "folder", "member"]
    name: str
    path: Path | None
    """Its bytes; None where nothing is left of it."""
    format: str | None = None
    """What to read it as; None: that is told by its content."""
    columns: Mapping[str, str] | None = None


def post_mark(archive: str, platform: str, post_id: str) -> str:
    """Return what the ledger calls a post that was removed: it gives neither id nor author away.

    The archive's own name is the key, so that the marks of two archives can't be compared.
    """
    return _mark(archive, f"post {platform}:{post_id}")


def account_marks(archive: str, platform: str, identity: str | None, handle: str | None) -> list[str]:
    """Return what the ledger calls an account that was removed, by id and by handle."""
    names = [f"id {platform}:{identity}"] if identity else []
    return [_mark(archive, name) for name in [*names, *([f"handle {platform}:{handle.casefold()}"] if handle else [])]]


def _mark(archive: str, name: str) -> str:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), key=archive.encode()[:64], digest_size=12).hexdigest()


def marked(connection: sqlite3.Connection, archive: str, posts: Iterable[Post]) -> dict[str, int]:
    """Return how many of the posts were removed from the archive before, by the reason that was given."""
    found: dict[str, int] = {}
    for post in posts:
        names = [(post.platform, post.id), *((post.platform, version.id) for version in post.versions)]
        names += [(post.platform, post.reposts)] if post.reposts else []
        marks = [post_mark(archive, *name) for name in names]
        marks += account_marks(archive, post.platform, post.author.id, post.author.handle)
        row = connection.execute(_MARKED, (many(marks),)).fetchone()
        if row is not None:
            found[row[0]] = found.get(row[0], 0) + 1
    return found


def removed_before(connection: sqlite3.Connection, digest: str) -> str | None:
    """Return why bytes that were held under a digest are held no longer; None where they never were."""
    row = connection.execute(_REMOVED, (digest,)).fetchone()
    return row[0] if row else None


def note_removal(connection: sqlite3.Connection, line: Line) -> None:
    """Take into the database that posts were removed."""
    connection.execute(
        "INSERT INTO removals VALUES (?, ?, ?, ?)", (line.seq, iso(line.time), line.reason or "", line.count or 0)
    )
    connection.executemany(
        "INSERT OR REPLACE INTO removed VALUES (?, ?)", [(mark, line.seq) for mark in line.marks or ()]
    )
    connection.execute("INSERT OR REPLACE INTO state VALUES ('purge', '1')")


def note_rewriting(connection: sqlite3.Connection, line: Line) -> None:
    """Take into the database where a capture stands now; what was read from it must be forgotten before."""
    digest, warc, offset, length = connection.execute(_STANDS, (line.of,)).fetchone()
    if length:
        moved = (line.seq, line.of, digest, warc, offset, length, iso(line.time))
        connection.execute("INSERT INTO blanks VALUES (?, ?, ?, ?, ?, ?, ?, 'due')", moved)
    columns = msgspec.json.encode(line.columns).decode() if line.columns else None
    place = line.digest, line.size, line.warc, line.offset, line.length
    if line.digest is None:
        place = f"removed:{line.seq}", 0, "", 0, 0
    state = "read" if line.kind == "member" or line.digest is None else "kept"
    connection.execute(_MOVE, (*place, line.kind, line.format, columns, state, line.of))


def blank_due(connection: sqlite3.Connection, store: Store) -> None:
    """Take the bytes of captures that were written again out of the files where they stood."""
    for line, warc, offset, length, time in connection.execute(_DUE).fetchall():
        points.reached("remove-noted")
        when = datetime.fromisoformat(time).replace(tzinfo=UTC)
        store.blank(Place(digest="", size=0, warc=warc, offset=offset), length, line, when)
        with writing(connection):
            connection.execute("UPDATE blanks SET state = 'done' WHERE line = ?", (line,))


def purge(
    connection: sqlite3.Connection, path: Path | None, unindexed: Callable[[Path, sqlite3.Connection], bool]
) -> None:
    """Wipe what was removed from the pages of the database and from the index, where that is still to be done.

    The index goes as a whole where it cannot be taken out of it.
    """
    if connection.execute("SELECT 1 FROM state WHERE name = 'purge'").fetchone() is None:
        return
    points.reached("remove-read")
    if path is not None and not unindexed(path, connection):
        shutil.rmtree(path / INDEX, ignore_errors=True)
    with writing(connection):
        connection.execute(_LOOSE_IDS)
        connection.execute(_LOOSE_ACCOUNTS)
        connection.execute(_MARKS_OF_ACCOUNTS)
    connection.execute("VACUUM")
    with writing(connection):
        connection.execute("DELETE FROM state WHERE name = 'purge'")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    points.reached("remove-purged")


_REMOVED = """SELECT reason FROM blanks JOIN removals ON removals.line =
    (SELECT max(line) FROM removals WHERE removals.line <= blanks.line) WHERE digest = ?"""
_MARKED = (
    """SELECT reason FROM removed JOIN removals USING (line) WHERE mark IN (SELECT value FROM json_each(?)) LIMIT 1"""
)
_STANDS = "SELECT digest, warc, offset, length FROM captures WHERE capture = ?"
_MOVE = """UPDATE captures SET digest = ?, size = ?, warc = ?, offset = ?, length = ?, kind = ?, format = ?,
    columns = ?, state = ?, records = 0, unread = NULL, as_of = NULL WHERE capture = ?"""
_DUE = "SELECT line, warc, offset, length, rewritten_at FROM blanks WHERE state <> 'done' ORDER BY line"
_LOOSE_IDS = """DELETE FROM other_ids WHERE post NOT IN (SELECT post FROM sightings)
    AND other NOT IN (SELECT post FROM sightings)"""
_LOOSE_ACCOUNTS = """DELETE FROM accounts WHERE account NOT IN (SELECT account FROM sightings)
    AND account NOT IN (SELECT account FROM threads) AND account NOT IN (SELECT account FROM posts)"""
_MARKS_OF_ACCOUNTS = """UPDATE accounts SET same_as = (SELECT min(account) FROM accounts AS a
    WHERE a.same_as = accounts.same_as) WHERE same_as NOT IN (SELECT account FROM accounts)"""
