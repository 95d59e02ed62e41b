"""What became of posts: who saw them when, in which words, where they are no longer, and proof of deletion."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from clew.archive.gather import EVER
from clew.archive.observe import decoded, key_of, many
from clew.archive.settled import Seen, in_order
from clew.posts import Notice, Post
from clew.threads import Thread
from clew.threads.wordings import is_shortened, said, said_in

__all__ = ["Absence", "Deletion", "History", "Sighting", "Wording", "histories", "to_json"]


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """Where a post was seen."""

    capture: str
    """`sha256:` and the digest of the bytes that hold it."""
    name: str
    """What the input was called."""
    kept: str
    """When it was added; UTC."""
    as_of: str | None
    """As of when its source says that it shows posts; UTC."""
    file: str
    place: str


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """A text that a post had."""

    text: str
    cut: bool
    """True where it is known to be shortened."""
    id: str | None
    """The id of this wording, where that is another one than the post's."""
    written: datetime | None
    """When it was written, where a source says so; UTC."""
    seen: tuple[Sighting, ...]
    """Empty where a source only states it."""


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """A capture that should hold a post and does not."""

    name: str
    capture: str
    until: str
    """All posts of the author up to then are in it, as its source says; UTC."""
    says: str


class Deletion(msgspec.Struct, frozen=True, kw_only=True):
    """A source's word that a post was deleted."""

    time: str | None
    """When, where that is known; UTC."""
    says: str
    capture: str
    file: str
    place: str


class History(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/history/1"):
    """What became of one post."""

    thread: str
    post: str
    number: int | None
    """Its place in the thread, from 1."""
    time: datetime | None
    wordings: tuple[Wording, ...]
    """Oldest first, as far as that is known; the last is the one that is shown, if `shown` does not say otherwise."""
    shown: str
    """The text that is shown."""
    absences: tuple[Absence, ...]
    deletions: tuple[Deletion, ...]


def to_json(history: History) -> str:
    """Return one line of `clew/history/1`, without a line end."""
    return msgspec.json.encode(history).decode()


def histories(connection: sqlite3.Connection, threads: Iterable[Thread], until: int | None = None) -> list[History]:
    """Return what became of each post of threads, in reading order, up to a capture."""
    last = EVER if until is None else until
    return [
        _history(connection, thread, post, place, last)
        for thread in threads
        for place, post in enumerate(thread.posts(), 1)
    ]


def _history(connection: sqlite3.Connection, thread: Thread, post: Post, place: int, until: int) -> History:
    names = [key_of(post.platform, post.id)]
    names += [other for (other,) in connection.execute("SELECT other FROM other_ids WHERE post = ?", (names[0],))]
    return History(
        thread=thread.id,
        post=post.id,
        number=place,
        time=post.time,
        wordings=tuple(_wordings(post, _sightings(connection, names, until))),
        shown=post.text,
        absences=tuple(_absences(connection, post, names, until)),
        deletions=tuple(_deletions(connection, post, names, until)),
    )


def _sightings(connection: sqlite3.Connection, names: Sequence[str], until: int) -> list[tuple[Seen, Sighting]]:
    """Return all sightings of a post, the latest state last; those of the same content take its record."""
    records: dict[bytes, str] = {}
    found: list[tuple[Seen, Sighting]] = []
    for number, content, record, digest, file, place, name, kept, as_of in connection.execute(
        _SIGHTINGS, (many(names), until)
    ):
        records.setdefault(content, record)
        post = decoded(record or records[content], digest, file, place)
        seen = Seen(post=post, as_of=as_of, kept=kept, number=number)
        found.append((seen, Sighting(capture=digest, name=name, kept=kept, as_of=as_of, file=file, place=place)))
    order = {seen.number: at for at, seen in enumerate(in_order(seen for seen, _ in found))}
    return sorted(found, key=lambda pair: order[pair[0].number])


def _wordings(post: Post, sightings: Sequence[tuple[Seen, Sighting]]) -> list[Wording]:
    """Return the texts of a post, oldest first; those that differ in nothing but links and space count as one."""
    groups: dict[tuple[str, bool], list[tuple[Seen, Sighting]]] = {}
    names: dict[str, str] = {}
    every = [seen.post for seen, _ in sightings]
    for seen, sighting in sightings:
        text, words = seen.post.text, said(seen.post)
        name = names.get(text) or names.get(words) or words
        names |= {text: name, words: name}
        groups.setdefault((name, is_shortened(seen.post, every)), []).append((seen, sighting))
    own = names.get(post.text) or names.get(said(post)) or said(post)
    found = [
        Wording(text=version.text, cut=False, id=version.id, written=version.time, seen=())
        for version in post.versions
        if version.id != post.id and (said_in(version.text), False) not in groups
    ]
    ordered = sorted(groups.items(), key=lambda item: item[0][0] == own)
    for (words, cut), group in ordered:
        first = group[0][0].post
        text = post.text if words == own and not cut else first.text
        other = first.id if first.id != post.id and not first.id.startswith("unrolled:") else None
        written = first.edited or (first.time if other else None)
        found.append(
            Wording(text=text, cut=cut, id=other, written=written, seen=tuple(sighting for _, sighting in group))
        )
    return found


def _absences(connection: sqlite3.Connection, post: Post, names: Sequence[str], until: int) -> list[Absence]:
    """Return the captures whose source says that all posts of the author are in them, and that lack this one."""
    if post.time is None or post.reposts is not None:
        return []
    own = [name for name in (post.author.id, post.author.handle) if name]
    found = []
    for name, digest, time, says in connection.execute(_ABSENT, (many(own), many(names), until)):
        if time >= post.time.isoformat()[:19]:
            found.append(Absence(name=name, capture=digest, until=time, says=says))
    return found


def _deletions(connection: sqlite3.Connection, post: Post, names: Sequence[str], until: int) -> list[Deletion]:
    """Return every word of a source that the post was deleted."""
    ids = [name.partition(":")[2] for name in names]
    found: dict[tuple[str, str, str], Deletion] = {}
    for (record,) in connection.execute(_DELETED, (many(ids), until)):
        notice = msgspec.json.decode(record, type=Notice)
        origin = notice.origin
        found[origin.capture, origin.file, origin.place] = Deletion(
            time=notice.time.isoformat() if notice.time else None,
            says=notice.says,
            capture=origin.capture,
            file=origin.file,
            place=origin.place,
        )
    for time, digest, file, place in connection.execute(_STATED, (many(names), until)):
        found[digest, file, place] = Deletion(
            time=time, says="the source gives the time of the deletion", capture=digest, file=file, place=place
        )
    return list(found.values())


_LIST = "IN (SELECT value FROM json_each(?))"
_SIGHTINGS = f"""SELECT s.sighting, s.content, s.record, m.digest, s.file, s.place, c.name, c.kept_at, c.as_of
    FROM sightings AS s JOIN captures AS c ON c.capture = s.capture JOIN captures AS m ON m.capture = s.member
    WHERE s.post {_LIST} AND s.capture <= ? ORDER BY s.sighting"""
_ABSENT = f"""SELECT c.name, c.digest, n.time, n.says FROM notices AS n JOIN captures AS c ON c.capture = n.capture
    WHERE n.kind = 'complete' AND n.time IS NOT NULL AND n.author {_LIST}
    AND NOT EXISTS (SELECT 1 FROM sightings AS s WHERE s.capture = n.capture AND s.post {_LIST})
    AND n.capture <= ? ORDER BY n.time"""
_DELETED = f"SELECT record FROM notices WHERE kind = 'gone' AND state = 'deleted' AND post {_LIST} AND capture <= ?"
_STATED = f"""SELECT s.record ->> '$.deleted', m.digest, s.file, s.place
    FROM sightings AS s JOIN captures AS m ON m.capture = s.member
    WHERE s.record ->> '$.deleted' IS NOT NULL AND s.post {_LIST} AND s.capture <= ?"""
