"""Out of the database what the weave needs for some accounts: their posts, what is said of them, what they point to."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from clew.archive.observe import decoded, key_of, many, notice_of
from clew.archive.same import joined, renamed
from clew.archive.settled import Seen, settled
from clew.posts import Notice, Post
from clew.threads import Thread, weave
from clew.threads.weave import CONTEXT_POSTS, once

__all__ = ["EVER", "Gathered", "accounts_of", "gathered", "woven"]

EVER = 2**62
"""Later than any capture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All that belongs to some accounts."""

    posts: Sequence[Post]
    """Each once, as it is shown."""
    notices: Sequence[Notice]
    elsewhere: Sequence[Post]
    """Sightings of posts of others that these answer or quote, and of what stands above them."""
    accounts: dict[str, int]
    """The row of each post's author."""
    other_ids: dict[str, str]
    """Ids as they were read, by which posts are known besides their own."""


def accounts_of(connection: sqlite3.Connection, rows: Iterable[int]) -> list[int]:
    """Return all rows of the accounts that some rows belong to."""
    return [row for (row,) in connection.execute(_ROWS, (many(rows),))]


def gathered(connection: sqlite3.Connection, rows: Collection[int], until: int = EVER) -> Gathered:
    """Return what belongs to accounts, of which all rows must be named, as captures up to one show it."""
    sightings: list[Seen] = []
    accounts: dict[str, int] = {}
    for *fields, account in connection.execute(_SIGHTINGS, (many(rows), until)):
        seen = _seen(*fields)
        sightings.append(seen)
        accounts.setdefault(key_of(seen.post.platform, seen.post.id), account)
    found = joined(settled(sightings))
    posts = once(found.posts)
    other_ids = {key_of(*other): key_of(*own) for other, own in found.other_ids.items() if other != own}
    for post in posts:
        own = key_of(post.platform, post.id)
        others = (key_of(post.platform, version.id) for version in post.versions)
        other_ids.update((other, own) for other in others if other != own)
    for other, own in other_ids.items():
        if other in accounts:
            accounts.setdefault(own, accounts[other])
    notices = renamed(_notices(connection, posts, until, found.conversations), found.conversations)
    return Gathered(
        posts=posts,
        notices=notices,
        elsewhere=_elsewhere(connection, posts, notices, until),
        accounts=accounts,
        other_ids=other_ids,
    )


def woven(found: Gathered) -> list[Thread]:
    """Return the threads that the posts form."""
    return weave([*found.posts, *found.notices], found.elsewhere)


def _notices(connection: sqlite3.Connection, posts: Sequence[Post], until: int, pages: Iterable[str]) -> list[Notice]:
    """Return what captures state about posts, in the order in which they were read."""
    ids = {post.id for post in posts} | {post.reply_to for post in posts if post.reply_to}
    names = {name for post in posts for name in (post.author.id, post.author.handle) if name}
    conversations = {post.conversation for post in posts if post.conversation}.union(pages)
    files = {post.origin.capture for post in posts if post.origin}
    found: dict[tuple[int, int], Notice] = {}

    def ask(column: str, values: Iterable[object]) -> None:
        for capture, item, record in connection.execute(_NOTICES[column], (many(values), until)):
            found[capture, item] = notice_of(record)

    ask("post", ids)
    ask("answers", ids)
    ask("author", names)
    ask("conversation", conversations)
    ask("about", files)
    ask("post", {notice.post for notice in found.values() if notice.post} - ids)
    return [found[key] for key in sorted(found)]


def _elsewhere(
    connection: sqlite3.Connection, posts: Sequence[Post], notices: Iterable[Notice], until: int
) -> list[Post]:
    """Return sightings of what posts answer and quote, and of what stands above that, as far as context reaches."""
    seen = {key_of(post.platform, post.id) for post in posts}
    seen |= {key_of(post.platform, version.id) for post in posts for version in post.versions}
    wanted = {key for post in posts for key in _pointed(post)}
    wanted |= {key_of(n.platform, n.post) for n in notices if n.kind == "gone" and n.post and n.reply_to}
    found: list[Post] = []
    for _ in range(CONTEXT_POSTS + 2):
        wanted -= seen
        if not wanted:
            break
        seen |= wanted
        rows = connection.execute(_POINTED, (many(wanted), many(wanted), until))
        level = settled(_seen(*row) for row in rows)
        found += level
        wanted = {key_of(post.platform, post.reply_to) for post in level if post.reply_to and not post.reposts}
        wanted |= {key_of(post.platform, version.id) for post in level for version in post.versions}
        wanted |= {key_of(post.platform, post.id) for post in level}
    return found


def _seen(number: int, record: str, member: str, file: str, place: str, as_of: str | None, kept: str) -> Seen:
    return Seen(post=decoded(record, member, file, place), as_of=as_of, kept=kept, number=number)


def _pointed(post: Post) -> Iterable[str]:
    if post.reply_to and not post.reposts:
        yield key_of(post.platform, post.reply_to)
    if post.quotes:
        yield key_of(post.platform, post.quotes)


_LIST = "IN (SELECT value FROM json_each(?))"
_ROWS = f"SELECT account FROM accounts WHERE same_as IN (SELECT same_as FROM accounts WHERE account {_LIST})"
_FIELDS = "s.sighting, s.record, m.digest, s.file, s.place, c.as_of, c.kept_at"
_FROM = "sightings AS s JOIN captures AS c ON c.capture = s.capture JOIN captures AS m ON m.capture = s.member"
_SIGHTINGS = f"""SELECT {_FIELDS}, s.account FROM {_FROM}
    WHERE s.account {_LIST} AND s.record IS NOT NULL AND s.capture <= ? ORDER BY s.sighting"""
_POINTED = f"""SELECT {_FIELDS} FROM {_FROM}
    WHERE s.sighting IN (
        SELECT sighting FROM sightings WHERE post {_LIST}
        UNION SELECT sighting FROM sightings WHERE post IN (SELECT post FROM other_ids WHERE other {_LIST})
    ) AND s.record IS NOT NULL AND s.capture <= ? ORDER BY s.sighting"""
_NOTICES = {
    column: f"SELECT capture, item, record FROM notices WHERE {column} {_LIST} AND capture <= ?"
    for column in ("post", "answers", "author", "conversation", "about")
}
