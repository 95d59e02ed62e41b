"""Search in an archive: the index is brought up to it, then asked. The order of things is written here, once."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from clew.archive import Archive
from clew.archive.holdings import replayed
from clew.archive.lock import locked
from clew.archive.writer import Watch
from clew.errors import NotWritten
from clew.search import marking, stems
from clew.search.grammar import Everything, Query
from clew.search.hits import Count, Place, Sort, counted, searched
from clew.search.index import Index, is_there
from clew.texts import Span

__all__ = ["Finder", "Found", "Hit", "followed"]

Row: TypeAlias = tuple[int, int, str | None]
INDEX = "index"
LOCK = "index.lock"
PATIENCE = 5.0
"""Seconds to wait for another process that is indexing; then what it has committed is searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A post, or a thread, that a search found."""

    kind: str
    """post | thread"""
    thread: str
    """The id of the thread."""
    post: str
    """The id of the post; of a thread, that of its first post in which something was found."""
    position: int
    """The place of that post in the thread, from 1."""
    size: int
    """Posts of the thread."""
    number: int | None
    """The author's own number."""
    platform: str
    author: str
    time: str | None
    language: str | None
    url: str | None
    score: float | None
    """How well it answers (BM25); None where hits are in the order of time."""
    snippet: str
    """The part of the text around what was found."""
    start: int
    """Where the snippet begins in the text, in code points."""
    spans: tuple[Span, ...]
    """What was found, in code points of the text."""
    title: str
    """Of the thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of what a search found."""

    total: int
    hits: tuple[Hit, ...]
    waiting: int
    """Threads that are not indexed yet, because another process is indexing or the disk refuses."""


@dataclass(slots=True)
class Finder:
    """Searches an archive."""

    archive: Archive
    index: Index
    patience: float = PATIENCE

    def find(self, query: Query, sort: Sort = "best", limit: int = 20, offset: int = 0) -> Found:
        """Return a page of hits. What changed or went since the index was written is never among them."""
        connection = self.archive.connection
        stale = set(self._stale())
        page = searched(self.index, query, sort, limit, offset)
        languages = self.index.mark.languages if self.index.mark else ()
        hits = []
        for place in page.places:
            hit = None if place.thread in stale else _hit(connection, query, place, languages)
            if hit is not None:
                hits.append(hit)
        lost = len(page.places) - len(hits)
        return Found(total=page.total - lost, hits=tuple(hits), waiting=len(stale))

    def count(self, query: Query, by: str, limit: int) -> list[Count]:
        """Return how many hits there are of each value."""
        return counted(self.index, query, by, limit)

    def posts(self) -> int:
        """Return how many posts are indexed."""
        return searched(self.index, Query(Everything()), "new", 1).total

    def _stale(self) -> Iterator[int]:
        mark = self.index.mark
        rows = self.archive.connection.execute(_STALE, (mark.change if mark else 0,))
        yield from (thread for (thread,) in rows)


def followed(
    archive: Archive, watch: Watch = lambda what, done, of: None, patience: float = PATIENCE, *, anew: bool = False
) -> Finder:
    """Return what searches an archive, its index brought up to the database; with `anew` it is made again.

    Raises:
        NotWritten: There is no index yet, and the disk refuses.
        MissingLibrary: tantivy is not installed.
    """
    path = archive.path / INDEX
    index = Index(path) if is_there(path) and not anew else None
    if index is not None and not _is_behind(archive, index):
        return Finder(archive, index)
    until = time.monotonic() + patience
    while True:
        try:
            with locked(archive.path / LOCK, wait=anew) as held:
                if held:
                    return Finder(archive, _caught_up(archive, path, watch, anew=anew))
        except NotWritten:
            if index is None:
                raise
            return Finder(archive, index)
        if index is not None and time.monotonic() > until:
            index.refresh()
            return Finder(archive, index)
        time.sleep(0.05)


def _caught_up(archive: Archive, path: Path, watch: Watch, *, anew: bool) -> Index:
    """Return the index with all changes of the database in it."""
    if anew:
        Index.removed(path)
    index = Index(path)
    connection = archive.connection
    of, since = _made(connection), index.mark.change if index.mark else 0
    if index.mark is None or index.mark.of != of:
        since = 0
    (total,) = connection.execute("SELECT count(*) FROM changes WHERE change > ?", (since,)).fetchone()
    if total or since == 0:
        index.follow(_told(replayed(connection, since), total, watch), of)
    return index


def _told(rows: Iterator[Row], total: int, watch: Watch) -> Iterator[Row]:
    for done, row in enumerate(rows):
        if done % 1000 == 0:
            watch("indexing threads", done, max(total, done))
        yield row


def _is_behind(archive: Archive, index: Index) -> bool:
    mark = index.mark
    if mark is None or mark.of != _made(archive.connection):
        return True
    (more,) = archive.connection.execute(
        "SELECT EXISTS (SELECT 1 FROM changes WHERE change > ?)", (mark.change,)
    ).fetchone()
    return bool(more)


def _made(connection: sqlite3.Connection) -> str:
    (made,) = connection.execute("SELECT value FROM state WHERE name = 'made'").fetchone()
    return str(made)


def _hit(connection: sqlite3.Connection, query: Query, place: Place, languages: Sequence[str]) -> Hit | None:
    """Return a hit with what the database holds of it; None where it holds it no more."""
    rows = connection.execute(_POSTS if place.position == 0 else _POST, _keys(place)).fetchall()
    if not rows:
        return None
    marked = ((row, marking.spans(query, row[5], _own(row[10], languages))) for row in rows)
    row, spans = next(((row, spans) for row, spans in marked if spans), (rows[0], ()))
    thread, size, title, post, position, text, number, platform, author, moment, language, url = row
    part = marking.snippet(text, spans)
    return Hit(
        kind="post" if place.position else "thread",
        thread=thread,
        post=post,
        position=position,
        size=size,
        number=number,
        platform=platform,
        author=author,
        time=f"{moment}Z" if moment else None,
        language=language,
        url=url,
        score=round(place.score, 3) if place.score is not None else None,
        snippet=part.text,
        start=part.start,
        spans=spans,
        title=title,
    )


def _own(language: str | None, languages: Sequence[str]) -> Sequence[str]:
    """Return the language whose stems a post was indexed by; all of them where its source does not say it."""
    stated = stems.primary(language)
    return (stated,) if stated else languages


def _keys(place: Place) -> tuple[int, ...]:
    return (place.thread, place.position) if place.position else (place.thread,)


_POSTS = """SELECT t.id, t.posts, t.title, p.id, p.position, p.text, p.number, p.platform, p.author, p.time,
        p.language, p.url
    FROM posts AS p JOIN threads AS t USING (thread) WHERE p.thread = ? ORDER BY p.position"""
_POST = _POSTS.replace("ORDER BY", "AND p.position = ? ORDER BY")
_STALE = "SELECT thread FROM changes WHERE change > ?"
