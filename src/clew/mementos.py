"""Posts that were read from copies in web archives: which copy of when each of them was read from."""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from clew.archive.ledger import Head
from clew.archive.observe import many
from clew.archive.store import Place, Store, now
from clew.errors import ClewError
from clew.exports import opened
from clew.posts import Origin
from clew.standing import Memento, memento_of
from clew.threads import Thread

__all__ = ["Copies", "held_copies", "read_copies"]

LARGEST = 512 * 2**20
"""Bytes of the largest packed capture that is looked into."""
_NAMED = re.compile(r"(?:^|/)\d{6}-.*?\d{14}(?:[a-z]{2})?_https?_")
"""What saved answers of web archives are called as members."""

Copies = Mapping[tuple[str, str], Memento]
"""Copies by the capture that holds them and the file in it."""


def held_copies(path: Path, connection: sqlite3.Connection, threads: Iterable[Thread]) -> Copies:
    """Return the copies that threads of an archive were read from; none from a capture that can't be read."""
    wanted = _wanted(threads)
    store = Store(path, Head(), {}, now)
    found: dict[tuple[str, str], Memento] = {}
    for name, digest, size, warc, offset in connection.execute(_CAPTURES, (many(wanted), LARGEST)).fetchall():
        with tempfile.TemporaryDirectory(prefix="clew-") as folder:
            try:
                copy = store.copied(Place(digest=digest, size=size, warc=warc, offset=offset), name, Path(folder))
            except ClewError:
                continue
            found.update(_found(str(copy), digest, wanted[digest]))
    return found


def read_copies(paths: Iterable[str], threads: Iterable[Thread]) -> Copies:
    """Return the copies that threads of files were read from."""
    wanted = _wanted(threads)
    found: dict[tuple[str, str], Memento] = {}
    for path in paths if wanted else ():
        for digest, files in wanted.items():
            found.update(_found(path, digest, files))
    return found


def _wanted(threads: Iterable[Thread]) -> dict[str, set[str]]:
    """Return the files that are copies by their names, by capture."""
    found: dict[str, set[str]] = {}
    for origin in (origin for thread in threads for origin in _origins(thread)):
        if _NAMED.search(origin.file):
            found.setdefault(origin.capture, set()).add(origin.file)
    return found


def _origins(thread: Thread) -> Iterator[Origin]:
    posts = (*thread.context.posts, *thread.posts(), *thread.quoted)
    return (post.origin for post in posts if post.origin)


def _found(path: str, digest: str, files: Iterable[str]) -> Iterator[tuple[tuple[str, str], Memento]]:
    """Yield the copies that a file holds; nothing where it holds none of them, or can't be read."""
    try:
        with opened(path) as export:
            for member in export.members:
                file = export.place(member)
                memento = memento_of(export.address(member)) if file in files else None
                if memento and export.capture(member) == digest:
                    yield (digest, file), memento
    except ClewError:
        return


_CAPTURES = """SELECT name, digest, size, warc, offset FROM captures
    WHERE digest IN (SELECT value FROM json_each(?)) AND size <= ? AND kind <> 'folder' ORDER BY capture"""
