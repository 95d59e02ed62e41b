"""Unrolled pages whose author is not named: whose posts they show, told by their words."""

from __future__ import annotations

import sqlite3

from clew.archive.accounts import Accounts
from clew.archive.gather import accounts_of, gathered
from clew.archive.observe import SPAN

__all__ = ["match_pages"]

MOST = 20
"""Words that more accounts have written are no sign of whose they are."""


def match_pages(connection: sqlite3.Connection, capture: int, accounts: Accounts) -> None:
    """Join the authors of pages that a capture brings, or knows the posts of, with the accounts that wrote them."""
    span = (capture * SPAN, (capture + 1) * SPAN)
    pairs = connection.execute(_PAIRS_OF_PAGES, span).fetchall() + connection.execute(_PAIRS_OF_POSTS, span).fetchall()
    writers: dict[int, set[int]] = {}
    for page, writer in pairs:
        writers.setdefault(page, set()).add(writer)
    for page in sorted(writers):
        if len(writers[page]) > MOST:
            continue
        rows = accounts_of(connection, [page, *writers[page]])
        if gathered(connection, rows).other_ids:
            _join(connection, page, sorted(writers[page]), accounts)


def _join(connection: sqlite3.Connection, page: int, writers: list[int], accounts: Accounts) -> None:
    for writer in writers:
        rows = accounts_of(connection, [page, writer])
        found = gathered(connection, rows)
        if any(other.partition(":")[2].startswith("unrolled:") for other in found.other_ids):
            accounts.join([page, writer])
            connection.execute("INSERT OR IGNORE INTO to_weave VALUES (?)", (page,))
            return


_PAIRS = """SELECT DISTINCT u.account, p.account FROM accounts AS page
    CROSS JOIN sightings AS u ON u.account = page.account AND u.words IS NOT NULL AND u.post LIKE '%:unrolled:%'
    CROSS JOIN sightings AS p ON p.words = u.words AND p.account <> u.account
    CROSS JOIN accounts AS a ON a.account = p.account AND a.page IS NULL AND a.same_as <> page.same_as
    WHERE page.page IS NOT NULL AND {0}.sighting >= ? AND {0}.sighting < ?"""
_PAIRS_OF_PAGES, _PAIRS_OF_POSTS = _PAIRS.format("u"), _PAIRS.format("p")
