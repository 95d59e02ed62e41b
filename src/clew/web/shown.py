"""What pages show of an archive, asked for a page at a time; every list has an index behind it."""

from __future__ import annotations

import base64
import binascii
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from clew.archive.gather import accounts_of
from clew.archive.observe import many

__all__ = [
    "CERTAINTIES",
    "PAGE",
    "Author",
    "Capture",
    "Gone",
    "Kept",
    "Listing",
    "Row",
    "Totals",
    "author",
    "authors",
    "capture",
    "captures",
    "changed",
    "cursor",
    "days",
    "disappeared",
    "hole_counts",
    "holes",
    "kept",
    "newest",
    "of_author",
    "place",
    "problems",
    "recent",
    "row",
    "totals",
]

PAGE = 30
"""Rows of a list that stand on one page."""

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Listing(Generic[_Row]):
    """A page of a list."""

    rows: tuple[_Row, ...]
    after: str | None
    """Where the next page begins; None at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A thread in a list."""

    id: str
    platform: str
    author: str
    title: str
    first: str | None
    last: str | None
    language: str | None
    posts: int
    gaps: int
    verdict: str
    expected: int | None
    opening: str
    """The text of its first post."""

    @property
    def more(self) -> str:
        """What the first post says beyond the title; empty where that is nothing."""
        before, title, rest = self.opening.partition(self.title.removesuffix("…"))
        if not title or any(letter.isalpha() for letter in before.replace("THREAD", "")):
            return self.opening.strip()
        rest = rest.strip()
        return f"… {rest}" if self.title.endswith("…") and rest else rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """An account whose threads are held."""

    platform: str
    id: str | None
    handle: str | None
    name: str | None
    threads: int
    rows: tuple[int, ...]
    """Its rows in the database."""

    @property
    def label(self) -> str:
        """What a reader sees."""
        return f"@{self.handle}" if self.handle else self.name or self.id or "an unknown author"

    @property
    def key(self) -> str:
        """What it is called in addresses."""
        return self.handle or self.id or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Bytes that were added."""

    capture: int
    digest: str
    kind: str
    name: str
    size: int
    as_of: str | None
    kept_at: str
    records: int
    problems: int
    unread: tuple[str, ...]


CERTAINTIES = ("proven", "likely", "possible", "cut")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A gap in a list."""

    thread: str
    title: str
    author: str
    language: str | None
    number: int
    """Of the thread in the database."""
    position: int
    count: int | None
    state: str
    certainty: str
    says: str
    """Why it is thought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A thread as the database holds it."""

    thread: int
    id: str
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much is held."""

    threads: int
    posts: int
    captures: int
    holes: int


def cursor(*values: object) -> str:
    """Return a place in a list as an address may hold it.

    >>> place(cursor("2021-06-04", 7), 2)
    ['2021-06-04', 7]
    """
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def place(text: str | None, length: int) -> list[object] | None:
    """Return the place that a cursor names; None for none, and for what is no cursor of that many values."""
    if not text:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        return None
    plain = isinstance(values, list) and len(values) == length
    return values if plain and all(_is_plain(value) for value in values) else None


def _is_plain(value: object) -> bool:
    """Say whether SQLite takes a value: a text without halves of characters, or a number of 64 bits."""
    if isinstance(value, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in value)
    return value is None or (type(value) is int and -(2**63) <= value < 2**63)


def newest(connection: sqlite3.Connection, after: str | None = None, size: int = PAGE) -> Listing[Row]:
    """Return threads, newest first, those whose time is not known last."""
    at = place(after, 2) or ["9", ""]
    rows: list[Sequence[Any]] = []
    if at[0]:
        rows += connection.execute(f"{_ROWS} WHERE t.is_thread AND (t.first, t.id) < (?, ?) {_NEWEST}", (*at, size + 1))
    if len(rows) <= size:
        before = "\U0010ffff" if at[0] else at[1]
        rows += connection.execute(
            f"{_ROWS} WHERE t.is_thread AND t.first IS NULL AND t.id < ? {_NEWEST}", (before, size + 1 - len(rows))
        )
    return _page([_row(row) for row in rows], size, lambda row: cursor(row.first or "", row.id))


def recent(connection: sqlite3.Connection, size: int) -> list[Row]:
    """Return the threads that were made or changed last, latest first."""
    return [
        _row(row) for row in connection.execute(f"{_ROWS} WHERE t.is_thread ORDER BY t.thread DESC LIMIT ?", (size,))
    ]


def of_author(connection: sqlite3.Connection, own: Author, after: str | None = None, size: int = PAGE) -> Listing[Row]:
    """Return the threads of an account, newest first, those without a time last; single posts are left out."""
    at = place(after, 2) or ["9", ""]
    rows = connection.execute(_OF_AUTHOR, (many(own.rows), *at, size + 1))
    return _page([_row(row) for row in rows], size, lambda row: cursor(row.first or "", row.id))


def kept(connection: sqlite3.Connection, identity: str) -> Kept | None:
    """Return a thread by its id."""
    row = connection.execute("SELECT thread, id, record FROM threads WHERE id = ?", (identity,)).fetchone()
    return Kept(thread=row[0], id=row[1], record=row[2]) if row else None


def row(connection: sqlite3.Connection, number: int) -> Row | None:
    """Return a thread by its number in the database, as it stands in lists."""
    found = connection.execute(f"{_ROWS} WHERE t.thread = ?", (number,)).fetchone()
    return _row(found) if found else None


def author(connection: sqlite3.Connection, platform: str, key: str) -> Author | None:
    """Return the account that goes by a handle or an id."""
    for column, value in (("folded", key.casefold()), ("id", key)):
        row = connection.execute(f"SELECT account FROM accounts WHERE {column} = ? AND platform = ?", (value, platform))
        if found := row.fetchone():
            return _author(connection, accounts_of(connection, [found[0]]))
    return None


def authors(connection: sqlite3.Connection, after: str | None = None, size: int = PAGE) -> Listing[Author]:
    """Return accounts that have a handle and threads, in the order of their handles."""
    (at,) = place(after, 1) or [""]
    rows = [row for (row,) in connection.execute(_HANDLES, (at, size + 1))]
    found = [_author(connection, accounts_of(connection, [row])) for row in rows]
    return _page(found, size, lambda row: cursor((row.handle or "").casefold()))


def holes(
    connection: sqlite3.Connection, certainty: str | None, after: str | None = None, size: int = PAGE
) -> Listing[Gone]:
    """Return gaps, those in the threads that were made or changed last first; of one certainty where it is named."""
    at = place(after, 2) or [2**62, 0]
    wanted = "h.certainty = ? AND" if certainty else "? IS NULL AND"
    rows = connection.execute(_HOLES.format(wanted), (certainty, at[0], at[0], at[1], size + 1))
    names = "thread title author language number position count state certainty says".split()
    found = [Gone(**dict(zip(names, row, strict=True))) for row in rows]
    return _page(found, size, lambda row: cursor(row.number, row.position))


def hole_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many gaps there are, by their certainty."""
    return dict(connection.execute("SELECT certainty, count(*) FROM holes GROUP BY certainty"))


def days(connection: sqlite3.Connection, own: Author) -> list[str]:
    """Return when posts of an account were written, of at most ten thousand."""
    return [day for (day,) in connection.execute(_DAYS, (many(own.rows),))]


def captures(connection: sqlite3.Connection, after: str | None = None, size: int = PAGE) -> Listing[Capture]:
    """Return what was added, latest first; files of folders are left out."""
    (at,) = place(after, 1) or [2**62]
    rows = connection.execute(f"{_CAPTURES} c.kind <> 'member' AND c.capture < ? {_LATEST}", (at, size + 1))
    return _page([_capture(row) for row in rows], size, lambda row: cursor(row.capture))


def capture(connection: sqlite3.Connection, mark: str) -> Capture | None:
    """Return a capture by its digest."""
    row = connection.execute(f"{_CAPTURES} c.digest = ?", (mark,)).fetchone()
    return _capture(row) if row else None


def problems(connection: sqlite3.Connection, number: int, size: int) -> list[tuple[str, str, str]]:
    """Return what in a capture could not be read: file, place, reason."""
    rows = connection.execute(
        "SELECT file, place, reason FROM problems WHERE capture = ? ORDER BY item LIMIT ?", (number, size)
    )
    return [(file, where, reason) for file, where, reason in rows]


def changed(connection: sqlite3.Connection, size: int) -> list[tuple[str, str, str, str]]:
    """Return posts of which several wordings are known: id of the thread, post, author, text."""
    return connection.execute(_CHANGED, (size,)).fetchall()


def disappeared(connection: sqlite3.Connection, size: int) -> list[tuple[str, str, str, str, str]]:
    """Return posts whose deletion is proven, latest first: id of the thread, post, author, text, when."""
    return connection.execute(_DELETED, (size,)).fetchall()


def totals(connection: sqlite3.Connection) -> Totals:
    """Return how much is held."""
    one = connection.execute(_TOTALS).fetchone()
    return Totals(threads=one[0], posts=one[1], captures=one[2], holes=one[3])


def _page(rows: Sequence[_Row], size: int, mark: Callable[[_Row], str]) -> Listing[_Row]:
    """Return so many rows, of which there is one more where the list goes on."""
    shown = tuple(rows[:size])
    return Listing(shown, mark(shown[-1]) if len(rows) > size else None)


def _row(row: Sequence[Any]) -> Row:
    names = ("id", "platform", "author", "title", "first", "last", "language", "posts", "gaps", "verdict", "expected")
    values = dict(zip(names, row, strict=False))
    return Row(**values, opening=row[len(names)] or "")


def _capture(row: Sequence[Any]) -> Capture:
    names = ("capture", "digest", "kind", "name", "size", "as_of", "kept_at", "records", "problems")
    values = dict(zip(names, row, strict=False))
    return Capture(**values, unread=tuple((row[len(names)] or "").splitlines()))


def _author(connection: sqlite3.Connection, rows: Sequence[int]) -> Author:
    known = connection.execute(_NAMES, (many(rows),)).fetchall()
    platform = known[0][0]
    identity, handle, name = (next((row[at] for row in known if row[at]), None) for at in (1, 2, 3))
    (threads,) = connection.execute(_COUNT, (many(rows),)).fetchone()
    return Author(platform=platform, id=identity, handle=handle, name=name, threads=threads, rows=tuple(rows))


_LIST = "IN (SELECT value FROM json_each(?))"
_ROWS = """SELECT t.id, t.platform, t.author, t.title, t.first, t.last, t.language, t.posts, t.gaps, t.verdict,
    t.expected, substr(p.text, 1, 400)
    FROM threads AS t LEFT JOIN posts AS p ON p.thread = t.thread AND p.position = 1"""
_NEWEST = "ORDER BY t.first DESC, t.id DESC LIMIT ?"
_OF_AUTHOR = f"""{_ROWS} WHERE t.account {_LIST} AND t.is_thread AND (coalesce(t.first, ''), t.id) < (?, ?)
    ORDER BY coalesce(t.first, '') DESC, t.id DESC LIMIT ?"""
_HANDLES = """SELECT min(a.account) FROM accounts AS a WHERE a.folded > ?
    AND EXISTS (SELECT 1 FROM threads AS t WHERE t.account = a.account)
    GROUP BY a.folded ORDER BY a.folded LIMIT ?"""
_NAMES = f"""SELECT platform, id, handle, name FROM accounts WHERE account {_LIST} ORDER BY account"""
_COUNT = f"SELECT count(*) FROM threads WHERE account {_LIST} AND is_thread"
_HOLES = """SELECT t.id, t.title, t.author, t.language, h.thread, h.position, h.count, h.state, h.certainty, h.says
    FROM holes AS h JOIN threads AS t ON t.thread = h.thread
    WHERE {} h.thread <= ? AND (h.thread < ? OR h.position > ?)
    ORDER BY h.thread DESC, h.position LIMIT ?"""
_DAYS = f"SELECT time FROM posts WHERE account {_LIST} AND time IS NOT NULL LIMIT 10000"
_CAPTURES = """SELECT c.capture, c.digest, c.kind, c.name, c.size, c.as_of, c.kept_at, c.records,
    (SELECT count(*) FROM problems AS p WHERE p.capture = c.capture), c.unread FROM captures AS c WHERE"""
_LATEST = "ORDER BY c.capture DESC LIMIT ?"
_CHANGED = """SELECT t.id, p.id, p.author, p.text FROM posts AS p JOIN threads AS t ON t.thread = p.thread
    WHERE p.wordings > 0 ORDER BY p.thread DESC LIMIT ?"""
_DELETED = """SELECT t.id, p.id, p.author, p.text, p.deleted FROM posts AS p JOIN threads AS t ON t.thread = p.thread
    WHERE p.deleted IS NOT NULL ORDER BY p.deleted DESC LIMIT ?"""
_TOTALS = """SELECT (SELECT count(*) FROM threads WHERE is_thread), (SELECT count(*) FROM posts),
    (SELECT count(*) FROM captures), (SELECT count(*) FROM holes)"""
