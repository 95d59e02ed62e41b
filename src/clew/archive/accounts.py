"""Accounts in the database: rows by id and handle, and which rows are one and the same account."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from clew.posts import Post

__all__ = ["Accounts"]

_MOST = 200_000
"""So many accounts are remembered."""


class Accounts:
    """Finds and makes rows of accounts, and joins them.

    Rows are one account where they share an id or a handle, as the weave takes them for one, and where the same post
    names both. An author of whom nothing is known is one only within a page.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str | None, str | None, str | None], int] = {}

    def row(self, post: Post) -> int:
        """Return the row of a post's author; a new one is made where there is none."""
        author = post.author
        unknown = not author.id and not author.handle
        page = (post.conversation or f"post {post.id}") if unknown else None
        handle = author.handle.casefold() if author.handle else None
        key = post.platform, author.id or None, handle, page
        if key not in self._known:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = self._found(post, page) or self._made(post, page)
        return self._known[key]

    def join(self, rows: Iterable[int]) -> None:
        """Make several rows one account."""
        marks = {self._connection.execute(_SAME_AS, (row,)).fetchone()[0] for row in set(rows)}
        if len(marks) > 1:
            first = min(marks)
            self._connection.executemany(
                "UPDATE accounts SET same_as = ? WHERE same_as = ?", [(first, mark) for mark in marks if mark != first]
            )

    def forget(self) -> None:
        """Forget what was found in a transaction that did not come about."""
        self._known.clear()

    def _found(self, post: Post, page: str | None) -> int | None:
        row = self._connection.execute(
            _FIND_PAGE if page else _FIND_ID if post.author.id else _FIND_HANDLE,
            (post.platform, page)
            if page
            else (post.platform, post.author.id or None, post.author.handle.casefold() if post.author.handle else None),
        ).fetchone()
        return int(row[0]) if row else None

    def _made(self, post: Post, page: str | None) -> int:
        author = post.author
        folded = author.handle.casefold() if author.handle else None
        values = (post.platform, author.id or None, author.handle or None, folded, author.name, page)
        cursor = self._connection.execute(_INSERT, values)
        row = cursor.lastrowid
        assert row is not None
        self._connection.execute("UPDATE accounts SET same_as = account WHERE account = ?", (row,))
        alike = [row]
        if author.id:
            alike += [found for (found,) in self._connection.execute(_WITH_ID, (post.platform, author.id))]
        if author.handle:
            alike += [found for (found,) in self._connection.execute(_WITH_HANDLE, (post.platform, folded))]
        self.join(alike)
        return row


_SAME_AS = "SELECT same_as FROM accounts WHERE account = ?"
_FIND_PAGE = "SELECT account FROM accounts WHERE platform = ? AND page = ?"
_FIND_ID = "SELECT account FROM accounts WHERE platform = ? AND id = ? AND folded IS ?"
_FIND_HANDLE = "SELECT account FROM accounts WHERE platform = ? AND id IS ? AND folded = ?"
_WITH_ID = "SELECT account FROM accounts WHERE platform = ? AND id = ?"
_WITH_HANDLE = "SELECT account FROM accounts WHERE platform = ? AND folded = ?"
_INSERT = "INSERT INTO accounts (same_as, platform, id, handle, folded, name, page) VALUES (0, ?, ?, ?, ?, ?, ?)"
