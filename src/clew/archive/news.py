"""What a capture shows that was not known before: posts that are new, other words, deletions, absences."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import msgspec

from clew.archive.observe import SPAN, key_of
from clew.posts import Post, to_json
from clew.threads.wordings import said_in

__all__ = ["Change", "Kind", "absent_from", "captures_named", "changes", "is_held"]

Kind: TypeAlias = Literal["new", "edited", "deleted", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that is otherwise than before."""

    kind: Kind
    """new: not held before · edited: other words than before · deleted: a source proves it · absent: no longer where it
    was, which is not the same as deleted."""
    post: str
    """Platform, colon, id."""
    account: str | None
    """The permanent id, else the handle of its author."""
    author: str
    """@handle, else name, else id."""
    published: str | None
    """When; UTC."""
    text: str
    """What is shown now, or was shown last."""
    before: str | None
    """What was shown before an edit."""
    url: str | None
    thread: str | None
    """The id of the thread that it stands in."""
    beside: bool = False
    """True where it was only shown beside what was asked for: as a quoted post, or as one that is answered."""


def captures_named(connection: sqlite3.Connection, beginning: str, after: int) -> list[tuple[int, str, str]]:
    """Return the captures whose name begins so, behind one, in order: number, name, digest."""
    return connection.execute(
        "SELECT capture, name, digest FROM captures WHERE capture > ? AND substr(name, 1, ?) = ? ORDER BY capture",
        (after, len(beginning), beginning),
    ).fetchall()


def changes(connection: sqlite3.Connection, capture: int) -> Iterator[Change]:
    """Yield what a capture shows that none before it does: new posts, edits, deletions; each by time."""
    first, end = capture * SPAN, (capture + 1) * SPAN
    for row in connection.execute(_NEW, (first, end, first)).fetchall():
        yield replace(_change("new", row, None), beside=_is_beside(connection, row[0], capture))
    for *row, before in connection.execute(_EDITED, (first, first, end, first, first)).fetchall():
        if said_in(before or "") != said_in(row[4] or ""):
            yield _change("edited", row, before)
    for row in connection.execute(_DELETED, (capture, first)).fetchall():
        yield _change("deleted", row, None)


def absent_from(connection: sqlite3.Connection, before: int, here: Collection[str], since: str) -> Iterator[Change]:
    """Yield the posts since a time that a capture has, and that are not among those which are here now."""
    for row in connection.execute(_ABSENT, (before * SPAN, (before + 1) * SPAN, since)).fetchall():
        if row[0] not in here and not _is_beside(connection, row[0], before):
            yield _change("absent", row, None)


def _is_beside(connection: sqlite3.Connection, post: str, capture: int) -> bool:
    """Say whether a capture shows a post only beside others: everywhere in the part of an answer that is about them."""
    places = connection.execute(_PLACES, (post, capture * SPAN, (capture + 1) * SPAN)).fetchall()
    return bool(places) and all(_BESIDE.search(place) for (place,) in places)


def is_held(connection: sqlite3.Connection, posts: Iterable[Post]) -> bool:
    """Say whether all that is known of posts is held already, word for word."""
    by_key: dict[str, set[bytes]] = {}
    for post in posts:
        record = to_json(msgspec.structs.replace(post, origin=None)).encode()
        content = hashlib.blake2b(record, digest_size=16).digest()
        by_key.setdefault(key_of(post.platform, post.id), set()).add(content)
    for key, contents in by_key.items():
        held = {content for (content,) in connection.execute("SELECT content FROM sightings WHERE post = ?", (key,))}
        if not contents <= held:
            return False
    return True


def _change(kind: Kind, row: tuple[str | None, ...] | list[str | None], before: str | None) -> Change:
    post, account, author, published, text, url, thread = row
    return Change(
        kind=kind,
        post=post or "",
        account=account,
        author=author or "",
        published=published,
        text=text or "",
        before=before,
        url=url,
        thread=thread,
    )


_BESIDE = re.compile(r"\.(?:reply|embed|embeds|quote|quoted_status|parent|includes)\b")
_PLACES = "SELECT place FROM sightings WHERE post = ? AND sighting >= ? AND sighting < ?"
_FIELDS = """p.post, coalesce((SELECT max(id) FROM accounts AS b WHERE b.same_as = a.same_as), a.handle), p.author,
    p.time, p.text, p.url, t.id"""
_FROM = "posts AS p JOIN accounts AS a ON a.account = p.account JOIN threads AS t ON t.thread = p.thread"
_ORDER = "ORDER BY p.time IS NULL, p.time, p.post"
_NEW = f"""SELECT {_FIELDS} FROM {_FROM} WHERE p.post IN (
        SELECT DISTINCT post FROM sightings AS s WHERE sighting >= ? AND sighting < ?
        AND NOT EXISTS (SELECT 1 FROM sightings AS o WHERE o.post = s.post AND o.sighting < ?)) {_ORDER}"""
_EDITED = f"""SELECT {_FIELDS}, (SELECT o.record ->> '$.text' FROM sightings AS o
        WHERE o.post = p.post AND o.sighting < ? AND o.record IS NOT NULL ORDER BY o.sighting DESC LIMIT 1)
    FROM {_FROM} WHERE p.post IN (
        SELECT s.post FROM sightings AS s WHERE s.sighting >= ? AND s.sighting < ? AND s.record IS NOT NULL
        AND NOT (s.record ->> '$.cut')
        AND EXISTS (SELECT 1 FROM sightings AS o
            WHERE o.post = s.post AND o.sighting < ? AND o.record IS NOT NULL AND NOT (o.record ->> '$.cut'))
        AND NOT EXISTS (SELECT 1 FROM sightings AS o WHERE o.post = s.post AND o.sighting < ?
            AND o.record IS NOT NULL AND o.record ->> '$.text' = s.record ->> '$.text')) {_ORDER}"""
_DELETED = f"""SELECT {_FIELDS} FROM {_FROM} WHERE p.post IN (
        SELECT platform || ':' || post FROM notices WHERE capture = ? AND kind = 'gone' AND state = 'deleted')
    AND EXISTS (SELECT 1 FROM sightings AS o WHERE o.post = p.post AND o.sighting < ?) {_ORDER}"""
_ABSENT = f"""SELECT {_FIELDS} FROM {_FROM} WHERE p.post IN (
        SELECT s.post FROM sightings AS s WHERE s.sighting >= ? AND s.sighting < ?) AND p.time >= ?
    AND p.reposts IS NULL AND p.deleted IS NULL {_ORDER}"""
