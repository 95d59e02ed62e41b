"""Library: an archive that several threads of a server read at the same time."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from clew import keeping
from clew.archive import schema
from clew.archive.archive import DATABASE

__all__ = ["Cache", "Library", "digest"]

_Value = TypeVar("_Value")


def digest(*parts: str | bytes) -> str:
    """Return a short digest of texts, the same for the same texts in the same order."""
    found = hashlib.blake2b(digest_size=12)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        found.update(len(data).to_bytes(8))
        found.update(data)
    return found.hexdigest()


class Cache(Generic[_Value]):
    """The values that were used last, up to a total weight; safe between threads."""

    def __init__(self, most: int, weight: Callable[[_Value], int] = lambda value: 1) -> None:
        self._most = most
        self._weight = weight
        self._held: OrderedDict[object, _Value] = OrderedDict()
        self._total = 0
        self._lock = threading.Lock()

    def get(self, key: object, make: Callable[[], _Value]) -> _Value:
        """Return the value of a key, made if it is not there; two threads may make it at the same time."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        value = make()
        with self._lock:
            if key not in self._held:
                self._held[key] = value
                self._total += self._weight(value)
            while self._total > self._most and self._held:
                _, old = self._held.popitem(last=False)
                self._total -= self._weight(old)
        return value


class Library:
    """An archive for readers. Each thread has a connection of its own, which can write nothing."""

    def __init__(self, path: Path, *, keeps: bool = True) -> None:
        """Take the archive in a folder; what an interrupted write left behind is repaired, if nobody is writing.

        Unless it `keeps`, nothing is repaired, and nothing that is worked out for readers is kept beside it: neither
        the search index nor findings.

        Raises:
            NoArchive: There is none.
            DamagedArchive: The database and the ledger contradict each other.
        """
        self.path = path
        self.keeps = keeps
        with keeping.opened(path, repair=keeps):
            pass
        self._own = threading.local()

    @property
    def name(self) -> str:
        """What the archive is called: its folder."""
        return self.path.resolve().name

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection of this thread; a new one where the database was made again as another file.

        Raises:
            DamagedArchive: There is no database that can be opened.
        """
        path = self.path / DATABASE
        try:
            known = path.stat()
            mark = known.st_dev, known.st_ino
        except OSError:
            mark = None
        held: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if held is None or self._own.mark != mark:
            if held is not None:
                held.close()
            held = schema.reading(path)
            held.execute("PRAGMA cache_size = -8192")
            held.execute("PRAGMA temp_store = MEMORY")
            self._own.connection, self._own.mark = held, mark
        return held
