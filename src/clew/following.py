"""The search index kept in step with an archive: whatever changes there is taken in before anybody searches."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeAlias

from msgspec.structs import replace

from clew.archive.holdings import records_of, replayed
from clew.archive.writer import Watch
from clew.errors import NotWritten
from clew.lock import locked
from clew.search.index import Index, Mark

__all__ = ["INDEX", "Held", "followed", "forgotten", "is_behind", "stale"]

Row: TypeAlias = tuple[int, int, str | None]
INDEX = "index"
LOCK = "index.lock"
HALF = 0.5
"""The share of an index from which on it is not worth while to keep the rest."""
PATIENCE = 5.0
"""Seconds to wait for another process that is indexing; then what it has committed is searched."""


class Held(Protocol):
    """An archive, or what else reads one."""

    @property
    def path(self) -> Path:
        """Its folder."""
        ...

    @property
    def connection(self) -> sqlite3.Connection:
        """A connection that reads."""
        ...


def followed(
    archive: Held, watch: Watch = lambda what, done, of: None, patience: float = PATIENCE, *, anew: bool = False
) -> Index:
    """Return the index of an archive, brought up to the database; with `anew` it is made again.

    Where another process is indexing for longer than there is patience, or the disk refuses, it is as it is.

    Raises:
        NotWritten: There is none yet, and the disk refuses.
    """
    path = archive.path / INDEX
    until = time.monotonic() + patience
    while True:
        index = None if anew else Index.opened(path)
        if index is not None and not is_behind(archive.connection, index):
            return index
        try:
            with locked(archive.path / LOCK, wait=anew) as held:
                if held:
                    return _caught_up(archive, path, watch, anew=anew)
        except NotWritten:
            if index is None:
                raise
            return index
        if index is not None and time.monotonic() > until:
            return index
        time.sleep(0.05)


def stale(connection: sqlite3.Connection, index: Index) -> set[int] | None:
    """Return the threads that changed or went since the index was written; None where it is of another database."""
    if index.mark is None or not _is_of(connection, index.mark):
        return None
    return {thread for (thread,) in connection.execute(_STALE, (index.mark.change,))}


def forgotten(path: Path, connection: sqlite3.Connection) -> bool:
    """Take what changed or went out of the index of the archive in a folder, and out of its files.

    Files of an index keep what is deleted, so the segments that ever held any of it are written anew, without it. False
    where that is half of the index or more, or cannot be done: then it must go as a whole, and the next search makes it
    again.
    """
    try:
        with locked(path / LOCK, wait=False) as held:
            index = Index.opened(path / INDEX) if held else None
            return index is not None and _is_rewritten(connection, index)
    except NotWritten:
        return False


def _is_rewritten(connection: sqlite3.Connection, index: Index) -> bool:
    begun = _begun(connection)
    if index.mark is None or index.mark.of != begun.of:
        return False
    index.follow(replayed(connection, index.mark.change), index.mark)
    if index.share_parted() >= HALF:
        return False
    parted, mark = index.parted(), replace(index.mark, removal=begun.removal)
    records = records_of(connection, parted.threads)
    index.follow(((mark.change, thread, record) for thread, record in records), mark, parted.marks)
    return not index.holds_any(parted.segments)


def _caught_up(archive: Held, path: Path, watch: Watch, *, anew: bool) -> Index:
    """Return the index with all changes of the database in it."""
    connection = archive.connection
    index = None if anew else Index.opened(path)
    if index is None or index.mark is None or not _is_of(connection, index.mark):
        index = Index.made(path)
    mark = index.mark or _begun(connection)
    (total,) = connection.execute(f"SELECT count(*) FROM ({_STALE})", (mark.change,)).fetchone()
    index.follow(_told(replayed(connection, mark.change), total, watch), mark)
    return index


def _told(rows: Iterator[Row], total: int, watch: Watch) -> Iterator[Row]:
    for done, row in enumerate(rows):
        if done % 1000 == 0:
            watch("indexing threads", done, max(total, done))
        yield row


def is_behind(connection: sqlite3.Connection, index: Index) -> bool:
    """Say whether the database has changes that the index lacks."""
    if index.mark is None or not _is_of(connection, index.mark):
        return True
    (more,) = connection.execute(f"SELECT EXISTS ({_STALE})", (index.mark.change,)).fetchone()
    return bool(more)


def _is_of(connection: sqlite3.Connection, mark: Mark) -> bool:
    """Say whether a mark is of this database, and nothing was removed at somebody's request since it was begun."""
    begun = _begun(connection)
    return (mark.of, mark.removal) == (begun.of, begun.removal)


def _begun(connection: sqlite3.Connection) -> Mark:
    """Return the mark of an index of this database before anything is in it."""
    made, removal = connection.execute(_BEGUN).fetchone()
    return Mark(of=str(made), change=0, removal=int(removal))


_BEGUN = "SELECT value, (SELECT coalesce(max(line), 0) FROM removals) FROM state WHERE name = 'made'"
_STALE = "SELECT thread FROM changes WHERE change > ?"
