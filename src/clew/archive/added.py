"""What an input brought to an archive."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from clew.archive.gather import accounts_of
from clew.archive.observe import SPAN, many

__all__ = ["Added", "added"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What one input brought, told by comparing it with what was held before."""

    name: str
    """What the input was called."""
    capture: int
    """The number of its line in the ledger."""
    digest: str
    again: bool
    """True where the same bytes were held already."""
    posts: int
    """Posts in it, each once."""
    new: int
    """Posts that were not held before."""
    seen: int
    """Posts that were held before."""
    changed: int
    """Those of them whose words are new."""
    gone: tuple[str, ...]
    """Posts, as platform:id, that are held and that this input, which says that it is whole, no longer has."""
    problems: tuple[str, ...]
    """Records that could not be read: where, and why."""
    left_out: tuple[str, ...]
    """What was not taken, such as private posts; whole sentences."""
    differs: tuple[str, ...]
    """Where servers that were asked do not agree, one sentence for each post."""
    unread: tuple[str, ...]
    """What in it could not be read, one sentence each."""


def added(connection: sqlite3.Connection, capture: int, *, again: bool) -> Added:
    """Return what a capture brought."""
    span = (capture * SPAN, (capture + 1) * SPAN)
    name, digest, unread = connection.execute(
        "SELECT name, digest, unread FROM captures WHERE capture = ?", (capture,)
    ).fetchone()
    posts, seen = connection.execute(_COUNTS, (*span, span[0])).fetchone()
    (changed,) = connection.execute(_CHANGED, (*span, span[0], span[0])).fetchone()
    problems = connection.execute(
        "SELECT file, place, reason FROM problems WHERE capture = ? ORDER BY item", (capture,)
    )
    left_out = connection.execute(
        "SELECT says FROM notices WHERE capture = ? AND kind = 'left-out' ORDER BY item", (capture,)
    )
    return Added(
        name=name,
        capture=capture,
        digest=digest,
        again=again,
        posts=posts,
        new=posts - seen,
        seen=seen,
        changed=changed,
        gone=tuple(gone(connection, capture)),
        problems=tuple(f"{file}, {place}: {reason}" for file, place, reason in problems),
        left_out=tuple(says for (says,) in left_out),
        differs=tuple(says for (says,) in connection.execute(_DIFFERS, (capture,))),
        unread=tuple((unread or "").splitlines()),
    )


def gone(connection: sqlite3.Connection, capture: int) -> list[str]:
    """Return the posts that are held, were there before a capture was made, and that it does not have.

    Only captures tell that whose source says that all posts of an author are in them. A post that is in a capture
    that was made as late or later is not gone.
    """
    found: dict[str, None] = {}
    for ids, handles, time in connection.execute(_COMPLETE, (capture,)).fetchall():
        names = many([name for name in (ids, handles and handles.casefold()) if name])
        rows = accounts_of(connection, [row for (row,) in connection.execute(_NAMED, (names, names))])
        found.update((post, None) for (post,) in connection.execute(_GONE, (many(rows), time, capture, time)))
    return list(found)


_COUNTS = """WITH own AS (SELECT DISTINCT post FROM sightings WHERE sighting >= ? AND sighting < ?)
    SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM sightings AS o WHERE o.post = own.post AND o.sighting < ?)), 0)
    FROM own"""
_CHANGED = """SELECT count(DISTINCT s.post) FROM sightings AS s
    WHERE s.sighting >= ? AND s.sighting < ? AND s.record IS NOT NULL AND NOT (s.record ->> '$.cut')
    AND EXISTS (SELECT 1 FROM sightings AS o
        WHERE o.post = s.post AND o.sighting < ? AND o.record IS NOT NULL AND NOT (o.record ->> '$.cut'))
    AND NOT EXISTS (SELECT 1 FROM sightings AS o WHERE o.post = s.post AND o.sighting < ?
        AND o.record IS NOT NULL AND o.record ->> '$.text' = s.record ->> '$.text')"""
_DIFFERS = """SELECT CASE WHEN post IS NULL THEN says ELSE rtrim(says, '.') || ': ' || post END FROM notices
    WHERE capture = ? AND kind = 'differs' ORDER BY item"""
_COMPLETE = """SELECT record ->> '$.author.id', record ->> '$.author.handle', time FROM notices
    WHERE capture = ? AND kind = 'complete' AND time IS NOT NULL AND author IS NOT NULL"""
_NAMED = """SELECT account FROM accounts WHERE id IN (SELECT value FROM json_each(?))
    UNION SELECT account FROM accounts WHERE folded IN (SELECT value FROM json_each(?))"""
_GONE = """SELECT p.post FROM posts AS p
    WHERE p.account IN (SELECT value FROM json_each(?1)) AND p.time <= ?2
    AND p.reposts IS NULL AND p.id NOT LIKE 'unrolled:%'
    AND NOT EXISTS (SELECT 1 FROM sightings AS s
        WHERE s.capture = ?3 AND s.post IN (SELECT p.post UNION SELECT other FROM other_ids AS i WHERE i.post = p.post))
    AND NOT EXISTS (SELECT 1 FROM sightings AS s JOIN notices AS n ON n.capture = s.capture
        WHERE s.post = p.post AND n.kind = 'complete' AND n.time >= ?4)
    ORDER BY p.time, p.post"""
