"""Archive: threads on disk, as a folder that can be copied, proved and read by other programs."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from clew.archive import points, schema
from clew.archive.ledger import Head, Ledger, Line
from clew.archive.store import SEALS, has_tail, loose_seals, now
from clew.archive.writer import Hand, Writer, seals_of
from clew.errors import DamagedArchive, NoArchive, NotWritten
from clew.lock import locked

__all__ = ["CAPTURES", "DATABASE", "LEDGER", "LOCK", "Archive"]

DATABASE = "clew.sqlite"
CAPTURES = "captures"
LEDGER = "ledger.jsonl"
LOCK = "clew.lock"


class Archive:
    """An archive that is open. Reading it is possible at any time, from several processes; one writes at a time."""

    def __init__(self, path: Path, hand: Hand, *, repair: bool = True) -> None:
        """Open the archive in a folder; what an interrupted write left behind is repaired, if nobody is writing.

        Raises:
            NoArchive: There is none.
            DamagedArchive: The database and the ledger contradict each other.
        """
        self.path = path
        self._hand = hand
        self._reading: sqlite3.Connection | None = None
        if not (path / LEDGER).is_file() or not (path / CAPTURES).is_dir():
            raise NoArchive(str(path))
        self._reading = self._current() if repair else None
        if repair and self._reading is None:
            with suppress(NotWritten), self._locked(wait=False) as held:
                if held:
                    self._caught_up()

    @classmethod
    def made(cls, path: Path, hand: Hand) -> Archive:
        """Make a new archive in a folder, which may be there if it is empty.

        Raises:
            NoArchive: There is something in it already.
            NotWritten: The disk refuses.
        """
        if path.exists() and not (path.is_dir() and _is_begun(path)):
            raise NoArchive(str(path), already=True)
        try:
            (path / CAPTURES).mkdir(parents=True, exist_ok=True)
            points.reached("made-folder")
            _remove(path / DATABASE)
            schema.created(path / DATABASE)
            ledger = Ledger(path / f"{LEDGER}.part")
            ledger.cut(Head())
            ledger.add(
                [
                    Line(
                        seq=0, before=None, time=now(), event="made", version=version("clew"), archive=str(uuid.uuid4())
                    )
                ],
                Head(),
            )
            ledger.path.replace(path / LEDGER)
            points.sync_folder(path)
        except OSError as error:
            raise NotWritten(str(path), (error.strerror or str(error)).lower()) from error
        return cls(path, hand)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the database go."""
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    @property
    def connection(self) -> sqlite3.Connection:
        """A connection that reads; each statement sees whole threads."""
        if self._reading is None:
            self._reading = schema.connected(self.path / DATABASE, writes=False)
        return self._reading

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return Ledger(self.path / LEDGER)

    @property
    def name(self) -> str:
        """A name that no other archive has.

        Raises:
            DamagedArchive: The first line of the ledger does not say it.
        """
        return self.ledger.name()

    @contextmanager
    def writing(self, waiting: Callable[[], None] = lambda: None) -> Iterator[Writer]:
        """Give the writer, brought up to the ledger; at the end of the block all that was kept is read and woven.

        Raises:
            NotWritten: The disk refuses.
            DamagedArchive: The database and the ledger contradict each other.
        """
        with self._locked(wait=True, waiting=waiting), self._writer() as writer:
            writer.finish()
            yield writer
            writer.finish()

    def rebuild(self, waiting: Callable[[], None] = lambda: None) -> None:
        """Make the database again from captures and ledger, and put it in the place of the one that is there.

        Raises:
            DamagedArchive: The ledger or a capture is not what it was.
            NotWritten: The disk refuses.
        """
        with self._locked(wait=True, waiting=waiting), _refusals(self.path):
            self._rebuilt()

    def is_behind(self) -> bool:
        """Say whether the database lacks what the ledger has, because a write was interrupted or is going on."""
        with self._readable() as connection:
            return connection is None or self._lags(connection)

    def _lags(self, connection: sqlite3.Connection) -> bool:
        if connection.execute("PRAGMA user_version").fetchone() != (schema.VERSION,):
            return True
        waiting, size, seals, last, *ends = connection.execute(_WAITING).fetchone()
        if waiting or int(size or 0) != self.ledger.size():
            return True
        if (seals or os.path.isdir(os.path.join(self.path, SEALS))) and loose_seals(self.path, seals_of(connection)):
            return True
        return has_tail(os.path.join(self.path, CAPTURES), last, max(ends))

    def _current(self) -> sqlite3.Connection | None:
        """Return a connection that reads, where the database follows the ledger; else None."""
        try:
            connection = schema.connected(self.path / DATABASE, writes=False)
        except DamagedArchive:
            return None
        try:
            if not self._lags(connection):
                return connection
        except sqlite3.DatabaseError:
            pass
        connection.close()
        return None

    def _locked(self, *, wait: bool, waiting: Callable[[], None] = lambda: None) -> AbstractContextManager[bool]:
        return locked(self.path / LOCK, wait=wait, waiting=waiting)

    def _caught_up(self) -> None:
        with self._writer() as writer:
            writer.finish()

    @contextmanager
    def _writer(self) -> Iterator[Writer]:
        with self._readable() as connection:
            usable = connection is not None
        if not usable:
            self._rebuilt()
        with (
            _refusals(self.path),
            schema.closing_after(self.path / DATABASE) as connection,
            schema.translated(connection),
        ):
            yield Writer(self.path, connection, self._hand)

    @contextmanager
    def _readable(self) -> Iterator[sqlite3.Connection | None]:
        """Give a connection to the database; None where it is not there, broken, or of another version of clew."""
        if not (self.path / DATABASE).is_file():
            yield None
            return
        with schema.closing_after(self.path / DATABASE) as connection:
            try:
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                connection.execute("SELECT 1 FROM to_weave").fetchone()
            except sqlite3.DatabaseError:
                version = None
            yield connection if version == schema.VERSION else None

    def _rebuilt(self) -> None:
        """Make the database beside the old one, then take its content over in one transaction.

        Where the old one is broken, the new one takes its place.
        """
        points.reached("rebuild-begun")
        new, old = self.path / f"{DATABASE}.new", self.path / DATABASE
        _remove(new)
        schema.created(new)
        with self._readable() as readable:
            usable = readable is not None
        with schema.closing_after(new) as connection, schema.translated(connection):
            Writer(self.path, connection, self._hand).finish()
            points.reached("rebuild-filled")
            if usable:
                with schema.closing_after(old) as target:
                    connection.backup(target)
            else:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        points.reached("rebuild-swapped")
        if not usable:
            _remove(old)
            new.replace(old)
        _remove(new)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Turn what the system says of a disk that refuses into our error."""
    try:
        yield
    except OSError as error:
        raise NotWritten(str(path), (error.strerror or str(error)).lower()) from error


def _is_begun(path: Path) -> bool:
    """Say whether a folder holds nothing but what making an archive leaves that was interrupted."""
    names = {entry.name for entry in path.iterdir()}
    known = {CAPTURES, f"{LEDGER}.part", *(f"{DATABASE}{suffix}" for suffix in _SUFFIXES)}
    return names <= known and not (CAPTURES in names and any((path / CAPTURES).iterdir()))


def _remove(database: Path) -> None:
    for suffix in _SUFFIXES:
        Path(f"{database}{suffix}").unlink(missing_ok=True)


_SUFFIXES = ("", "-wal", "-shm", "-journal")
_WAITING = """SELECT EXISTS (SELECT 1 FROM to_weave)
    OR EXISTS (SELECT 1 FROM captures WHERE state <> 'read')
    OR EXISTS (SELECT 1 FROM blanks WHERE state <> 'done')
    OR EXISTS (SELECT 1 FROM state WHERE name = 'purge'),
    (SELECT value FROM state WHERE name = 'size'),
    EXISTS (SELECT 1 FROM seals),
    last,
    coalesce((SELECT length FROM segments WHERE warc = last), 0),
    coalesce((SELECT offset + length FROM captures WHERE warc = last ORDER BY offset DESC LIMIT 1), 0),
    coalesce((SELECT offset + length FROM blanks WHERE warc = last ORDER BY offset DESC LIMIT 1), 0)
    FROM (SELECT max(warc) AS last FROM segments)"""
"""Whether something is left to do; then how ledger, seals/ and captures/ look where nothing was begun."""
