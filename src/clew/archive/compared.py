"""The database held to itself, and to one that was made again."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator

import msgspec

from clew.posts import Post, to_json
from clew.threads import from_json

__all__ = ["content_faults", "differences"]

MOST = 20
"""So many differences of a kind are told one by one."""

_POST = msgspec.json.Decoder(Post)


def content_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what in the database contradicts itself: records without their digest, posts unlike their thread."""
    told = 0
    for number, content, record in connection.execute(
        "SELECT sighting, content, record FROM sightings ORDER BY sighting"
    ):
        if record is not None and not _has_digest(record, content):
            told += 1
            if told <= MOST:
                yield f"sightings: the record of {number} has not its digest"
    told = 0
    for thread, identity, record in connection.execute("SELECT thread, id, record FROM threads").fetchall():
        rows = connection.execute("SELECT id, text, position FROM posts WHERE thread = ? ORDER BY position", (thread,))
        try:
            expected = [(post.id, post.text, at) for at, post in enumerate(from_json(record).posts(), 1)]
        except (msgspec.MsgspecError, KeyError, TypeError):
            expected = []
        if rows.fetchall() != expected or not expected:
            told += 1
            if told <= MOST:
                yield f"posts: those of thread {identity} are not what its record says"


def _has_digest(record: str, content: bytes) -> bool:
    if hashlib.blake2b(record.encode(), digest_size=16).digest() == content:
        return True
    try:
        bare = msgspec.structs.replace(_POST.decode(record), origin=None)
    except msgspec.DecodeError:
        return False
    return hashlib.blake2b(to_json(bare).encode(), digest_size=16).digest() == content


def differences(kept: sqlite3.Connection, fresh: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield where a database differs from one that was made again: the table, and what is amiss."""
    for table, (columns, order) in _TABLES.items():
        statement = f"SELECT {columns} FROM {table} ORDER BY {order}"
        told = 0
        ours, theirs = iter(kept.execute(statement)), iter(fresh.execute(statement))
        one, other = next(ours, None), next(theirs, None)
        while one is not None or other is not None:
            if one == other:
                one, other = next(ours, None), next(theirs, None)
                continue
            told += 1
            if told > MOST:
                yield table, "and more"
                break
            yield table, _difference(one, other)
            behind = one is None or (other is not None and _key(other) < _key(one))
            same = one is not None and other is not None and _key(other) == _key(one)
            if same or not behind:
                one = next(ours, None)
            if same or behind:
                other = next(theirs, None)


def _key(row: tuple[object, ...]) -> str:
    return str(row[0])


def _difference(one: tuple[object, ...] | None, other: tuple[object, ...] | None) -> str:
    if one is None or (other is not None and _key(other) < _key(one)):
        assert other is not None
        return f"{_key(other)} is in the captures and not in it"
    if other is None or _key(one) < _key(other):
        return f"{_key(one)} is in it and not in the captures"
    return f"{_key(one)} is not what the captures hold"


#: What is compared, first its key as text, and the order.
_TABLES = {
    "sightings": (
        "printf('%020d', sighting), post, file, place, content, answers, quotes, conversation, record",
        "sighting",
    ),
    "notices": ("printf('%012d.%012d', capture, item), record", "capture, item"),
    "problems": ("printf('%012d.%012d', capture, item), file, place, reason", "capture, item"),
    "threads": ("id || ' ' || record, title, first, last, posts, gaps, verdict, is_thread", "id || ' ' || record"),
    "attempts": (
        "printf('%012d', attempt), thread, holes, route, asked, tried_at, outcome, says, cost, came",
        "attempt",
    ),
    "posts": ("post, text, position, number, time, url, cut, edited, deleted", "post"),
}
