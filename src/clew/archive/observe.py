"""Items into the database: sightings, notices and problems as they were read, and whose threads they touch."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from clew.archive.accounts import Accounts
from clew.archive.same import words_hash
from clew.posts import Item, Notice, Origin, Post, Problem, to_json
from clew.threads.weave import CONTEXT_POSTS

__all__ = ["SPAN", "Observer", "key_of", "many"]

SPAN = 1 << 32
"""The number of a sighting is that of its capture times this, and the number of the record in it."""


def key_of(platform: str, post_id: str) -> str:
    """Return what the database calls a post.

    >>> key_of("x", "1400000000000000001")
    'x:1400000000000000001'
    """
    return f"{platform}:{post_id}"


def iso(moment: datetime | None) -> str | None:
    """Return an instant as the database writes it: in UTC without saying so, which sorts as time does.

    >>> iso(datetime(2021, 6, 4, 9, 30, tzinfo=UTC))
    '2021-06-04T09:30:00'
    """
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def many(values: Iterable[object]) -> str:
    """Return values as SQL takes a list of them: `IN (SELECT value FROM json_each(?))`."""
    return msgspec.json.encode(list(values)).decode()


class Observer:
    """Takes in what was read from one capture."""

    def __init__(self, connection: sqlite3.Connection, capture: int, members: dict[str, int]) -> None:
        self._connection = connection
        self._capture = capture
        self._members = members
        """The captures whose bytes may hold what was read, by digest."""
        self.accounts = Accounts(connection)

    def take(self, items: Iterable[tuple[int, Item]]) -> None:
        """Write numbered items, and remember whose threads have to be made again. Runs within a transaction."""
        posts: list[tuple[int, Post]] = []
        notices: list[tuple[int, Notice]] = []
        problems: list[tuple[int, Problem]] = []
        for number, item in items:
            if isinstance(item, Post):
                posts.append((number, item))
            elif isinstance(item, Notice):
                notices.append((number, item))
            else:
                problems.append((number, item))
        touched = self._posts(posts) | self._notices(notices)
        self._problems(problems)
        self._weave_later(touched)

    def touch(self, keys: Collection[str]) -> None:
        """Remember that the threads of some posts, and those that show them, have to be made again."""
        own = {account for _, _, account, _ in self._connection.execute(_KNOWN, (many(keys),))}
        self._weave_later(own | self._below(keys))

    def _weave_later(self, accounts: Collection[int]) -> None:
        self._connection.executemany("INSERT OR IGNORE INTO to_weave VALUES (?)", [(row,) for row in accounts])

    def _posts(self, posts: list[tuple[int, Post]]) -> set[int]:
        """Write sightings; returns the accounts whose threads they may change."""
        known = self._known({key_of(post.platform, post.id) for _, post in posts})
        rows: list[tuple[Any, ...]] = []
        others: list[tuple[str, str]] = []
        changed: set[str] = set()
        touched: set[int] = set()
        for number, post in posts:
            row = self._row(number, post)
            key, account, content = row[2], row[3], row[12]
            contents, accounts = known.setdefault(key, (set(), set()))
            if accounts and account not in accounts:
                self.accounts.join([account, *accounts])
            accounts.add(account)
            if content in contents:
                row = (*row[:13], None)
            else:
                contents.add(content)
                touched.add(account)
                changed.add(key)
                others += [
                    (key_of(post.platform, version.id), key) for version in post.versions if version.id != post.id
                ]
            rows.append(row)
        self._connection.executemany(_SIGHTING, rows)
        self._take_over(rows)
        self._connection.executemany("INSERT OR IGNORE INTO other_ids VALUES (?, ?)", others)
        return touched | self._below(changed.union(other for other, _ in others))

    def _row(self, number: int, post: Post) -> tuple[Any, ...]:
        origin = post.origin
        bare = msgspec.structs.replace(post, origin=None)
        member = self._members.get(origin.capture) if origin else None
        record = to_json(bare)
        return (
            self._capture * SPAN + number,
            self._capture,
            key_of(post.platform, post.id),
            self.accounts.row(post),
            member or self._capture,
            origin.file if origin else "",
            origin.place if origin else "",
            key_of(post.platform, post.reply_to) if post.reply_to and not post.reposts else None,
            key_of(post.platform, post.quotes) if post.quotes else None,
            post.conversation,
            origin.capture if origin and member is None else None,
            words_hash(post),
            hashlib.blake2b(record.encode(), digest_size=16).digest(),
            record if member is not None or origin is None else to_json(post),
        )

    def _known(self, keys: Collection[str]) -> dict[str, tuple[set[bytes], set[int]]]:
        """Return what is held of posts: hashes of contents up to this capture, and accounts."""
        known: dict[str, tuple[set[bytes], set[int]]] = {}
        end = (self._capture + 1) * SPAN
        for key, content, account, number in self._connection.execute(_KNOWN, (many(keys),)):
            contents, accounts = known.setdefault(key, (set(), set()))
            accounts.add(account)
            if number < end:
                contents.add(content)
        return known

    def _take_over(self, rows: Collection[tuple[Any, ...]]) -> None:
        """Leave a record with the first sighting of its content, where a capture is read that later ones know."""
        end = (self._capture + 1) * SPAN
        if self._connection.execute("SELECT 1 FROM sightings WHERE sighting >= ? LIMIT 1", (end,)).fetchone():
            self._connection.executemany(_TAKE_OVER, [(row[2], row[12], end) for row in rows if row[13] is not None])

    def _below(self, keys: Collection[str]) -> set[int]:
        """Return the accounts that answer or quote posts, and those that answer these: as far as context reaches."""
        touched = {account for (account,) in self._connection.execute(_QUOTING, (many(keys),))}
        seen, front = set(keys), set(keys)
        for _ in range(CONTEXT_POSTS):
            answers = self._connection.execute(_ANSWERING, (many(front),)).fetchall()
            touched.update(account for _, account in answers)
            front = {key for key, _ in answers} - seen
            if not front:
                break
            seen |= front
        return touched

    def _notices(self, notices: list[tuple[int, Notice]]) -> set[int]:
        """Write notices; returns the accounts that they concern."""
        if not notices:
            return set()
        self._connection.executemany(_NOTICE, [self._notice_row(number, notice) for number, notice in notices])
        told = [notice for _, notice in notices if notice.kind not in ("left-out", "guess")]
        ids = many({key_of(n.platform, own) for n in told for own in (n.post, n.reply_to) if own})
        names = many({name for n in told if n.author for name in (n.author.id, n.author.handle) if name})
        conversations = many({n.conversation for n in told if n.conversation})
        asked = (
            (_ABOUT_POSTS, ids),
            (_ANSWERING_POSTS, ids),
            (_WITH_IDS, names),
            (_WITH_HANDLES, names.casefold()),
            (_IN, conversations),
            (_HANDED_ON, many({n.origin.capture for n in told} - self._members.keys())),
        )
        return {account for statement, values in asked for (account,) in self._connection.execute(statement, (values,))}

    def _notice_row(self, number: int, notice: Notice) -> tuple[Any, ...]:
        author = notice.author
        wide = notice.post is None and notice.conversation is None and author is None
        return (
            self._capture,
            number,
            notice.kind,
            notice.says,
            notice.platform,
            notice.post,
            (author.id or author.handle) if author else None,
            notice.conversation,
            notice.reply_to,
            notice.state,
            notice.count,
            iso(notice.time),
            notice.origin.capture if wide else None,
            to_json(notice),
        )

    def _problems(self, problems: list[tuple[int, Problem]]) -> None:
        self._connection.executemany(
            "INSERT INTO problems VALUES (?, ?, ?, ?, ?)",
            [
                (self._capture, number, problem.origin.file, problem.origin.place, problem.reason)
                for number, problem in problems
            ],
        )


_LIST = "IN (SELECT value FROM json_each(?))"
_SIGHTING = f"INSERT INTO sightings VALUES ({', '.join('?' * 14)})"
_NOTICE = f"INSERT INTO notices VALUES ({', '.join('?' * 14)})"
_KNOWN = f"SELECT post, content, account, sighting FROM sightings WHERE post {_LIST}"
_TAKE_OVER = "UPDATE sightings SET record = NULL WHERE post = ? AND content = ? AND sighting >= ?"
_QUOTING = f"SELECT DISTINCT account FROM sightings WHERE quotes {_LIST}"
_ANSWERING = f"SELECT post, account FROM sightings WHERE answers {_LIST}"
_ABOUT_POSTS = f"SELECT account FROM sightings WHERE post {_LIST}"
_ANSWERING_POSTS = f"SELECT account FROM sightings WHERE answers {_LIST}"
_WITH_IDS = f"SELECT account FROM accounts WHERE id {_LIST}"
_WITH_HANDLES = f"SELECT account FROM accounts WHERE folded {_LIST}"
_HANDED_ON = f"SELECT DISTINCT account FROM sightings WHERE stated {_LIST}"
_IN = f"SELECT DISTINCT account FROM sightings WHERE conversation {_LIST}"


def decoded(record: str, member: str, file: str, place: str) -> Post:
    """Return a sighting's post as it was read."""
    post = _POST.decode(record)
    if post.origin is not None:
        return post
    return msgspec.structs.replace(post, origin=Origin(capture=member, file=file, place=place))


def notice_of(record: str) -> Notice:
    """Return a notice as it was read."""
    return _NOTICES.decode(record)


_POST = msgspec.json.Decoder(Post)
_NOTICES = msgspec.json.Decoder(Notice)


def columns_of(text: str | None) -> dict[str, str] | None:
    """Return columns that a user named, from their JSON."""
    return json.loads(text) if text else None


def numbered(items: Iterable[Item], size: int, skip: int) -> Iterator[list[tuple[int, Item]]]:
    """Yield items with their numbers, in lists of a size, without the first so many."""
    batch: list[tuple[int, Item]] = []
    for number, item in enumerate(items):
        if number < skip:
            continue
        batch.append((number, item))
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
