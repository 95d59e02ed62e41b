"""Threads into the database: made again for the accounts that were touched, and for these alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from clew import addresses
from clew.archive import points
from clew.archive.gather import Gathered, accounts_of, gathered, woven
from clew.archive.observe import iso, key_of, many
from clew.archive.schema import writing
from clew.posts import Post
from clew.threads import Gap, PostEntry, Thread, to_json
from clew.threads.thread import Entry

__all__ = ["tell_changes", "weave_touched"]

MOST_POSTS = 20_000
"""Sightings that are woven at a time, where no single account has more."""
MOST_ACCOUNTS = 2_000

Step = Callable[[int, int], None]
"""Is told how many accounts are done, and of how many."""


def weave_touched(connection: sqlite3.Connection, step: Step) -> None:
    """Make the threads of all accounts in `to_weave` again; what is woven together is replaced together."""
    (total,) = connection.execute("SELECT count(*) FROM to_weave").fetchone()
    done = 0
    while rows := _next(connection):
        points.reached("weave-begun")
        found = gathered(connection, rows)
        threads = woven(found)
        with writing(connection):
            _replace(connection, rows, threads, found)
            done += connection.execute(f"DELETE FROM to_weave WHERE account {_LIST}", (many(rows),)).rowcount
            points.reached("weave-filled")
        points.reached("weave-kept")
        step(min(done, total), total)


def _next(connection: sqlite3.Connection) -> list[int]:
    """Return all rows of the next accounts to weave: few enough to be held."""
    waiting = [row for (row,) in connection.execute("SELECT account FROM to_weave LIMIT ?", (MOST_ACCOUNTS,))]
    marks = connection.execute(_MARKS, (many(waiting),)).fetchall()
    chosen: list[int] = []
    count = 0
    for mark, sightings in marks:
        if chosen and count + sightings > MOST_POSTS:
            break
        chosen.append(mark)
        count += sightings
    return accounts_of(connection, chosen)


def _replace(connection: sqlite3.Connection, rows: Sequence[int], threads: Sequence[Thread], found: Gathered) -> None:
    """Put threads in the place of those that the accounts had; what did not change is left alone."""
    records = {to_json(thread): thread for thread in threads}
    stale = []
    for number, record in connection.execute(
        f"SELECT thread, record FROM threads WHERE account {_LIST}", (many(rows),)
    ):
        if records.pop(record, None) is None:
            stale.append(number)
    for table in ("holes", "posts", "threads"):
        connection.execute(f"DELETE FROM {table} WHERE thread {_LIST}", (many(stale),))
    (last,) = connection.execute("SELECT coalesce(max(thread), 0) FROM changes").fetchone()
    new = [(number, thread, record) for number, (record, thread) in enumerate(records.items(), last + 1)]
    accounts = found.accounts
    connection.executemany(
        f"INSERT INTO threads VALUES ({', '.join('?' * 15)})",
        [_thread_row(number, thread, record, accounts) for number, thread, record in new],
    )
    connection.executemany(
        f"INSERT INTO posts VALUES ({', '.join('?' * 19)})",
        (row for number, thread, _ in new for row in _post_rows(number, thread, accounts)),
    )
    connection.executemany(
        f"INSERT INTO holes VALUES ({', '.join('?' * 8)})",
        (row for number, thread, _ in new for row in _hole_rows(number, thread)),
    )
    connection.executemany("INSERT OR IGNORE INTO other_ids VALUES (?, ?)", found.other_ids.items())
    tell_changes(connection, [*stale, *(number for number, _, _ in new)])


def tell_changes(connection: sqlite3.Connection, threads: Iterable[int]) -> None:
    """Let whoever follows the archive know that threads came, changed or went."""
    (last,) = connection.execute("SELECT coalesce(max(change), 0) FROM changes").fetchone()
    connection.executemany("INSERT OR REPLACE INTO changes VALUES (?, ?)", zip(threads, count(last + 1), strict=False))


def _thread_row(number: int, thread: Thread, record: str, accounts: dict[str, int]) -> tuple[Any, ...]:
    posts, gaps = list(thread.posts()), list(thread.gaps())
    first = posts[0]
    numbered = any(isinstance(entry, PostEntry) and entry.number is not None for entry in thread.entries)
    return (
        number,
        thread.id,
        accounts[key_of(first.platform, first.id)],
        thread.platform,
        thread.author.label,
        thread.title,
        iso(thread.first),
        iso(thread.last),
        thread.language,
        len(posts),
        len(gaps),
        thread.completeness.verdict,
        thread.completeness.expected,
        int(len(posts) > 1 or numbered or any(isinstance(entry, Gap) for entry in thread.entries)),
        record,
    )


def _post_rows(number: int, thread: Thread, accounts: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    numbers = {entry.post.id: entry.number for entry in _entries(thread) if isinstance(entry, PostEntry)}
    for position, post in enumerate(thread.posts(), 1):
        key = key_of(post.platform, post.id)
        yield (
            key,
            post.platform,
            post.id,
            number,
            position,
            accounts[key],
            post.author.label,
            iso(post.time),
            post.text,
            numbers.get(post.id),
            post.language,
            post.reply_to,
            post.quotes,
            post.reposts,
            _url(post),
            int(post.cut),
            len(post.versions),
            iso(post.edited),
            iso(post.deleted),
        )


def _hole_rows(number: int, thread: Thread) -> Iterator[tuple[Any, ...]]:
    for position, entry in enumerate(_entries(thread), 1):
        if isinstance(entry, Gap):
            yield (
                number,
                position,
                entry.count,
                many(entry.ids),
                many(entry.numbers),
                entry.state,
                entry.certainty,
                "; ".join(reason.says for reason in entry.reasons),
            )


def _entries(thread: Thread) -> Iterator[Entry]:
    for entries in (thread.entries, *(branch.entries for branch in thread.branches)):
        yield from entries


def _url(post: Post) -> str | None:
    return post.url or addresses.post_url(post.platform, post.author.handle, post.id)


_LIST = "IN (SELECT value FROM json_each(?))"
_MARKS = f"""SELECT same_as, sum((SELECT count(*) FROM sightings AS s WHERE s.account = a.account)) FROM accounts AS a
    WHERE same_as IN (SELECT same_as FROM accounts WHERE account {_LIST}) GROUP BY same_as"""
