"""Holes of threads by the names of what is missing in them, and what was tried to fill them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from clew.archive.ledger import Attempt
from clew.archive.observe import key_of, many
from clew.threads import Gap, PostEntry, Thread, from_json

__all__ = ["Followed", "holes_of", "links_followed", "names_of", "threads_with_holes", "tried_of"]


def threads_with_holes(connection: sqlite3.Connection) -> Iterator[Thread]:
    """Yield the threads in which something is missing, oldest first, those without a time last."""
    for (number,) in connection.execute(_WITH_HOLES).fetchall():
        row = connection.execute("SELECT record FROM threads WHERE thread = ?", (number,)).fetchone()
        if row is not None:
            yield from_json(row[0])


def holes_of(thread: Thread) -> list[tuple[int, tuple[str, ...], Gap]]:
    """Return the gaps of a thread: the place among its entries, from 1, what is missing by name, and the gap."""
    found: list[tuple[int, tuple[str, ...], Gap]] = []
    position, last = 0, "the beginning"
    for entries in (thread.entries, *(branch.entries for branch in thread.branches)):
        for entry in entries:
            position += 1
            if isinstance(entry, PostEntry):
                last = entry.post.id
            else:
                found.append((position, names_of(entry, last), entry))
    return found


def names_of(gap: Gap, after: str) -> tuple[str, ...]:
    """Return what is missing in a gap: ids, the author's numbers, else behind which post it is.

    >>> names_of(Gap(count=1, numbers=(3,), certainty="likely", reasons=()), "17")
    ('#3',)
    """
    names = (*gap.ids, *(f"#{number}" for number in gap.numbers))
    return names or (f"after {after}",)


def tried_of(connection: sqlite3.Connection, thread: Thread) -> list[Attempt]:
    """Return what was tried for a thread, oldest first, also under the ids that it had before more of it was known."""
    ids = {thread.id, *(key_of(post.platform, post.id) for post in thread.posts())}
    return [
        Attempt(
            thread=name,
            holes=tuple(msgspec.json.decode(holes)),
            route=route,
            asked=asked,
            tried=datetime.fromisoformat(tried).replace(tzinfo=UTC),
            outcome=outcome,
            says=says,
            cost=cost,
        )
        for name, holes, route, asked, tried, outcome, says, cost in connection.execute(_TRIED, (many(ids),))
    ]


class Followed(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/link/1"):
    """A link that was followed, and what came of it last."""

    url: str
    threads: tuple[str, ...]
    """The threads whose posts have it."""
    tried: str
    """When; UTC."""
    outcome: str
    """brought: its page is held, or a copy of it · nothing: the server does not give it · failed: no answer."""
    says: str


def links_followed(connection: sqlite3.Connection, threads: Sequence[str] = ()) -> Iterator[Followed]:
    """Yield the links that were followed, of all threads or of those with these ids: those without a page first."""
    for url, ids, tried, outcome, says, _ in connection.execute(_FOLLOWED, (many(threads), len(threads))):
        yield Followed(url=url, threads=tuple(msgspec.json.decode(ids)), tried=tried, outcome=outcome, says=says)


_FOLLOWED = """SELECT asked, json_group_array(DISTINCT thread), tried_at, outcome, says, max(attempt) FROM attempts
    WHERE route = 'link' AND (?2 = 0 OR thread IN (SELECT value FROM json_each(?1)))
    GROUP BY asked ORDER BY outcome = 'brought', asked"""
_WITH_HOLES = """SELECT thread FROM threads WHERE thread IN (SELECT thread FROM holes)
    ORDER BY first IS NULL, first, id"""
_TRIED = """SELECT thread, holes, route, asked, tried_at, outcome, says, cost FROM attempts
    WHERE thread IN (SELECT value FROM json_each(?)) ORDER BY attempt"""
