"""What an archive holds, for looking at: threads, posts by any of their names, accounts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clew import addresses
from clew.archive.gather import accounts_of, gathered, woven
from clew.archive.observe import key_of, many
from clew.threads import Thread, from_json

__all__ = [
    "Changes",
    "Holder",
    "Listed",
    "Named",
    "authors",
    "capture_before",
    "changed",
    "every",
    "found",
    "known_then",
    "listed",
    "named",
    "named_posts",
    "other_names",
    "records_of",
    "replayed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A thread in a list."""

    id: str
    author: str
    """@handle, else name, else id."""
    title: str
    first: str | None
    """When its earliest post was published; UTC."""
    last: str | None
    posts: int
    gaps: int
    verdict: str
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An account in a list."""

    platform: str
    author: str
    id: str | None
    """The permanent id of the platform."""
    handles: tuple[str, ...]
    """Every handle by which it was seen."""
    posts: int
    threads: int
    """Of two posts or more, or with a sign that there was more."""
    first: str | None
    """When its earliest post was published; UTC."""
    last: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What became of threads since somebody last looked."""

    of: str
    """The name of the database: where it is another than last time, it was made again, and everything is new."""
    last: int
    """The last change; 0 where there was none yet."""
    threads: tuple[int, ...]
    """Those that came, changed or went, by their number in the database, in the order of that."""


def changed(connection: sqlite3.Connection, since: int = 0) -> Changes:
    """Return the threads that came, changed or went after a change.

    One that went has no row in `threads` any more: removed on request, or joined with another.
    """
    rows = connection.execute(
        "SELECT thread, change FROM changes WHERE change > ? ORDER BY change", (since,)
    ).fetchall()
    (made,) = connection.execute("SELECT value FROM state WHERE name = 'made'").fetchone()
    return Changes(of=made, last=rows[-1][1] if rows else since, threads=tuple(thread for thread, _ in rows))


def replayed(connection: sqlite3.Connection, since: int = 0) -> Iterator[tuple[int, int, str | None]]:
    """Yield each change after one, in order, the thread, and its record as it is now; None where it is gone.

    Few are held at a time; what changes meanwhile comes again at the end.
    """
    while rows := connection.execute(_REPLAYED, (since,)).fetchall():
        yield from rows
        since = rows[-1][0]


def records_of(connection: sqlite3.Connection, threads: Sequence[int]) -> Iterator[tuple[int, str | None]]:
    """Yield threads by their numbers, each with its record; None where it is gone. Few are held at a time."""
    for first in range(0, len(threads), 5000):
        some = threads[first : first + 5000]
        held = dict(connection.execute(f"SELECT thread, record FROM threads WHERE thread {_LIST}", (many(some),)))
        yield from ((thread, held.get(thread)) for thread in some)


def listed(connection: sqlite3.Connection, *, author: str | None = None, singles: bool = False) -> Iterator[Listed]:
    """Yield threads, oldest first, those without a time last; single posts too where they are wanted."""
    wanted = "WHERE 1" if singles else "WHERE is_thread"
    values: tuple[str, ...] = ()
    if author is not None:
        name = author.removeprefix("@")
        values = (many(accounts_of(connection, named(connection, name))),)
        wanted += " AND account IN (SELECT value FROM json_each(?))"
    rows = connection.execute(f"{_LISTED} {wanted} ORDER BY first IS NULL, first, id", values)
    for identity, own, title, first, last, posts, gaps, verdict, language in rows:
        yield Listed(
            id=identity,
            author=own,
            title=title,
            first=first,
            last=last,
            posts=posts,
            gaps=gaps,
            verdict=verdict,
            language=language,
        )


def authors(connection: sqlite3.Connection) -> Iterator[Holder]:
    """Yield the accounts whose posts are held, those with most threads first."""
    for platform, author, identity, handles, posts, threads, first, last in connection.execute(_AUTHORS):
        yield Holder(
            platform=platform,
            author=author,
            id=identity,
            handles=tuple(handles.split(",")) if handles else (),
            posts=posts,
            threads=threads,
            first=first,
            last=last,
        )


def found(connection: sqlite3.Connection, name: str) -> list[Thread]:
    """Return the threads that go by a name: their id, or the id or address of any post in them; one as a rule."""
    for statement in (_BY_ID, _BY_POST, _BY_OTHER):
        rows = connection.execute(statement, (many(_names(name)),)).fetchall()
        if rows:
            return [from_json(record) for (record,) in rows]
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A post that goes by a name."""

    key: str
    """Platform, colon, id."""
    text: str


def named_posts(connection: sqlite3.Connection, name: str) -> list[Named]:
    """Return the posts that go by a name: their id, with or without its platform, another of their ids, an address."""
    rows = connection.execute(_NAMED_POSTS, (many(_names(name)),)).fetchall()
    return [Named(key=key, text=text) for key, text in rows]


def every(connection: sqlite3.Connection) -> Iterator[Thread]:
    """Yield every thread, single posts too, in no order that means anything; few are held at a time."""
    last = -1
    while rows := connection.execute(_EVERY, (last,)).fetchall():
        yield from (from_json(record) for _, record in rows)
        last = rows[-1][0]


def other_names(connection: sqlite3.Connection, name: str) -> list[str]:
    """Return the ids and handles of the accounts that were seen under a handle or id, that one included."""
    return [known for (known,) in connection.execute(_OTHER_NAMES, (name.casefold(), name))]


def known_then(connection: sqlite3.Connection, name: str, until: int) -> list[Thread]:
    """Return the threads that go by a name, as the captures up to one show them; none where they show nothing of it."""
    names = _names(name)
    rows = [row for (row,) in connection.execute(_WRITERS, (many(names), many(names), many(names)))]
    threads = woven(gathered(connection, accounts_of(connection, rows), until)) if rows else []
    known = set(names)
    known.update(post for (post,) in connection.execute(_OTHERS, (many(names),)))
    known.update(post for (post,) in connection.execute(_MEMBERS, (many(names),)))
    return [
        thread
        for thread in threads
        if thread.id in known or any(key_of(post.platform, post.id) in known for post in thread.posts())
    ]


def capture_before(connection: sqlite3.Connection, moment: str) -> int:
    """Return the last capture that was kept up to a moment (as the database writes it); 0 where there was none."""
    (capture,) = connection.execute("SELECT max(capture) FROM captures WHERE kept_at <= ?", (moment,)).fetchone()
    return int(capture or 0)


def named(connection: sqlite3.Connection, name: str) -> list[int]:
    """Return the rows of accounts that have this id or handle."""
    return [row for (row,) in connection.execute(_NAMED, (name, name.casefold()))]


def _names(name: str) -> list[str]:
    """Return what a post or thread may be called in the database, for a name that a user gives."""
    address = addresses.parse(name) if "/" in name else None
    own = address.id if address and address.id else name
    platforms = [address.platform] if address else ["x", "bluesky", "mastodon", "telegram", "unknown"]
    return [name, own, *(key_of(platform, own) for platform in platforms)]


_LIST = "IN (SELECT value FROM json_each(?))"
_REPLAYED = """SELECT change, changes.thread, record FROM changes LEFT JOIN threads USING (thread)
    WHERE change > ? ORDER BY change LIMIT 5000"""
_EVERY = "SELECT thread, record FROM threads WHERE thread > ? ORDER BY thread LIMIT 1000"
_LISTED = "SELECT id, author, title, first, last, posts, gaps, verdict, language FROM threads"
_BY_ID = f"SELECT record FROM threads WHERE id {_LIST}"
_BY_POST = f"SELECT record FROM threads WHERE thread IN (SELECT thread FROM posts WHERE post {_LIST})"
_OTHER_NAMES = """WITH own AS (SELECT same_as FROM accounts WHERE folded = ?1 OR id = ?2)
    SELECT handle FROM accounts WHERE same_as IN own AND handle IS NOT NULL
    UNION SELECT id FROM accounts WHERE same_as IN own AND id IS NOT NULL"""
_NAMED_POSTS = f"""SELECT post, text FROM posts WHERE post {_LIST.replace("?", "?1")}
    OR post IN (SELECT post FROM other_ids WHERE other {_LIST.replace("?", "?1")}) OR url {_LIST.replace("?", "?1")}"""
_BY_OTHER = f"""SELECT record FROM threads WHERE thread IN (SELECT thread FROM posts
    WHERE post IN (SELECT post FROM other_ids WHERE other {_LIST}) OR url {_LIST.replace("?", "?1")})"""
_WRITERS = f"""SELECT account FROM sightings WHERE post {_LIST}
    UNION SELECT account FROM threads WHERE id {_LIST}
    UNION SELECT account FROM sightings WHERE post IN (SELECT post FROM other_ids WHERE other {_LIST})"""
_OTHERS = f"SELECT post FROM other_ids WHERE other {_LIST}"
_MEMBERS = f"SELECT post FROM posts WHERE thread IN (SELECT thread FROM threads WHERE id {_LIST})"
_NAMED = """SELECT account FROM accounts WHERE id = ?
    UNION SELECT account FROM accounts WHERE folded = ?"""
_AUTHORS = """SELECT platform, author,
        (SELECT max(id) FROM accounts AS a WHERE a.same_as = mark),
        (SELECT group_concat(DISTINCT handle) FROM accounts AS a WHERE a.same_as = mark),
        posts, threads, first, last
    FROM (SELECT own.same_as AS mark, t.platform, t.author, sum(t.posts) AS posts, sum(t.is_thread) AS threads,
            min(t.first) AS first, max(t.last) AS last
        FROM threads AS t JOIN accounts AS own ON own.account = t.account GROUP BY own.same_as)
    ORDER BY threads DESC, posts DESC, author"""
