"""Search in an archive: the index is brought up to it, then asked. The order of things is written here, once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any, TypeAlias

import msgspec

from clew.archive.holdings import named_posts, other_names
from clew.archive.observe import SPAN
from clew.archive.writer import Watch
from clew.errors import NothingFound
from clew.following import PATIENCE, Held, followed, stale
from clew.search import marking, similar, stems
from clew.search.grammar import Everything, Query, renamed
from clew.search.hits import Count, Place, Sort, counted, searched, searched_among, total
from clew.search.index import Index
from clew.search.similar import Likeness
from clew.texts import Span

__all__ = ["Finder", "Found", "Hit", "Like", "Moment"]

_Row: TypeAlias = tuple[Any, ...]
MAPPED = 1 << 31
"""Bytes of the database that are read through the memory of the system, which takes a fifth of the time."""
LIKE = 0.3
"""The least resemblance of posts that say the same."""
PART = 0.8
"""The least containment of a text that stands in another, of those that are not short."""
SHORTEST = 40
"""Pieces of a text that is not short."""
TOGETHER = 500
"""Hits that are read by one statement."""
LAST = 1 << 62
"""No post of a thread has a place behind it."""
CANDIDATES = 300
"""Posts that are compared."""


class Hit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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
    more: bool
    """True where the text goes on after the snippet."""
    spans: tuple[Span, ...]
    """What was found, in code points of the text."""
    title: str
    """Of the thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """A post that says the same as another."""

    hit: Hit
    likeness: Likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of what a search found."""

    hits: tuple[Hit, ...]
    waiting: int
    """Threads that are not indexed yet, because another process is indexing or the disk refuses."""
    counted: Callable[[], int]

    @property
    def total(self) -> int:
        """How many hits there are; counted when it is asked for."""
        return self.counted()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """How far an archive has come."""

    change: int
    """The last change of a thread."""
    capture: int
    """The last capture of which all is read."""


@dataclass(slots=True)
class Finder:
    """Searches an archive, as far as its index has come."""

    archive: Held
    index: Index

    @classmethod
    def of(
        cls,
        archive: Held,
        watch: Watch = lambda what, done, of: None,
        patience: float = PATIENCE,
        *,
        anew: bool = False,
    ) -> Finder:
        """Return what searches an archive, its index brought up to the database; with `anew` it is made again.

        Raises:
            NotWritten: There is no index yet, and the disk refuses.
        """
        archive.connection.execute(f"PRAGMA mmap_size = {MAPPED}")
        return cls(archive, followed(archive, watch, patience, anew=anew))

    def find(self, query: Query, sort: Sort = "best", limit: int = 20, offset: int = 0) -> Found:
        """Return a page of hits. What changed or went since the index was written is never among them."""
        hits, waiting = self._held(query, searched(self.index, self._named(query), sort, limit, offset))
        return Found(hits=tuple(hits), waiting=waiting, counted=lambda: self.total(query))

    def total(self, query: Query) -> int:
        """Return how many hits there are in the index."""
        return total(self.index, self._named(query))

    def count(self, query: Query, by: str, limit: int) -> list[Count]:
        """Return how many hits there are of each value."""
        return counted(self.index, self._named(query), by, limit)

    def like(self, name: str, least: float = LIKE) -> list[Like]:
        """Return posts that say the same as one that goes by a name, most alike first; not that post itself.

        Raises:
            NothingFound: No post goes by the name.
        """
        post = next(iter(named_posts(self.archive.connection, name)), None)
        if post is None:
            raise NothingFound(f"{name}: no such post in {self.archive.path}.")
        own = similar.shingles(post.text)
        hits, _ = self._held(Query(Everything()), similar.candidates(self.index, post.text, CANDIDATES))
        alike = []
        for hit in hits:
            (text,) = self.archive.connection.execute(_TEXT, (f"{hit.platform}:{hit.post}",)).fetchone()
            other = similar.shingles(text)
            found = similar.likeness(own, other)
            is_part = min(len(own), len(other)) >= SHORTEST and found.containment >= PART
            if f"{hit.platform}:{hit.post}" != post.key and (found.resemblance >= least or is_part):
                alike.append(Like(hit=hit, likeness=found))
        return sorted(alike, key=lambda one: (-one.likeness.resemblance, one.hit.time or "", one.hit.post))

    def news(self, query: Query, since: Moment, limit: int = 1000) -> list[Hit]:
        """Return hits that came after a moment, oldest first: posts that no capture up to then shows."""
        rows = self.archive.connection.execute(_CHANGED, (since.change,)).fetchall()
        threads = [thread for (thread,) in rows]
        places = searched_among(self.index, self._named(query), threads, limit) if threads else ()
        hits, _ = self._held(query, places)
        return [hit for hit in hits if self._first_capture(hit) > since.capture]

    def now(self) -> Moment:
        """Return how far the archive, and the index with it, has come."""
        (reading, capture) = self.archive.connection.execute(_CAPTURES).fetchone()
        known = int(reading) - 1 if reading else int(capture or 0)
        return Moment(change=self.index.mark.change if self.index.mark else 0, capture=known)

    def _named(self, query: Query) -> Query:
        """Return a query in which every account is meant under all the names by which it was seen."""
        return renamed(query, lambda name: other_names(self.archive.connection, name))

    def _first_capture(self, hit: Hit) -> int:
        """Return the first capture that shows a post."""
        (first,) = self.archive.connection.execute(_FIRST, (f"{hit.platform}:{hit.post}",)).fetchone()
        return int(first or 0) // SPAN

    def posts(self) -> int:
        """Return how many posts are indexed."""
        return total(self.index, Query(Everything()))

    def _held(self, query: Query, places: Sequence[Place]) -> tuple[list[Hit], int]:
        """Return hits with what the database holds of them, and how many threads are not indexed as they are there."""
        languages = self.index.mark.languages if self.index.mark else ()
        with _at_one_moment(self.archive.connection) as connection:
            changed = stale(connection, self.index)
            if changed is None:
                (waiting,) = connection.execute("SELECT count(*) FROM threads").fetchone()
                return [], int(waiting)
            current = [place for place in places if place.thread not in changed]
            rows = _rows(connection, current)
            marker = marking.Marker(query)
            found = [_hit(marker, place, rows[at], languages) for at, place in enumerate(current) if at in rows]
            return found, len(changed)


@contextmanager
def _at_one_moment(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Give a connection all of whose statements see the database as it is now."""
    connection.execute("BEGIN")
    try:
        yield connection
    finally:
        connection.execute("COMMIT")


def _rows(connection: sqlite3.Connection, places: Sequence[Place]) -> dict[int, list[_Row]]:
    """Return what the database holds of hits, by their place in the list: of a thread all its posts.

    Those that it holds no more are not there.
    """
    wanted = [(at, place.thread, place.position, place.position or LAST) for at, place in enumerate(places)]
    found: dict[int, list[_Row]] = {}
    for some in (wanted[first : first + TOGETHER] for first in range(0, len(wanted), TOGETHER)):
        statement = _HELD.format(", ".join(["(?, ?, ?, ?)"] * len(some)))
        for row in connection.execute(statement, [*chain.from_iterable(some)]):
            found.setdefault(row[-1], []).append(row)
    for rows in found.values():
        rows.sort(key=_position)
    return found


def _hit(marker: marking.Marker, place: Place, rows: Sequence[_Row], languages: tuple[str, ...]) -> Hit:
    """Return a hit with its words marked; of a thread, those of the first post that has any."""
    for row in rows:
        if spans := marker.spans(row[5], _own(row[10], languages)):
            break
    else:
        row, spans = rows[0], ()
    thread, size, title, post, position, text, number, platform, author, moment, language, url, _ = row
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
        more=part.after,
        spans=spans,
        title=title,
    )


def _own(language: str | None, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the language whose stems a post was indexed by; all of them where its source does not say it."""
    stated = stems.primary(language)
    return (stated,) if stated else languages


_position = itemgetter(4)
_HELD = """WITH wanted (at, thread, first, last) AS (VALUES {})
    SELECT t.id, t.posts, t.title, p.id, p.position, p.text, p.number, p.platform, p.author, p.time, p.language,
        p.url, wanted.at
    FROM wanted CROSS JOIN posts AS p ON p.thread = wanted.thread AND p.position BETWEEN wanted.first AND wanted.last
    CROSS JOIN threads AS t ON t.thread = p.thread"""
_CHANGED = "SELECT thread FROM changes WHERE change > ?"
_CAPTURES = """SELECT (SELECT min(capture) FROM captures WHERE state <> 'read' OR EXISTS (SELECT 1 FROM to_weave)),
    (SELECT max(capture) FROM captures)"""
_FIRST = "SELECT min(sighting) FROM sightings WHERE post = ?"
_TEXT = "SELECT text FROM posts WHERE post = ?"
