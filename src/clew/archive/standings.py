"""How it stands with the pages that posts link to, as the log of what was asked for tells it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from clew.archive.observe import many
from clew.standing import Came, Standing, State, standing_after
from clew.threads import Thread

__all__ = ["links_in", "standings"]


def standings(connection: sqlite3.Connection, urls: Iterable[str]) -> dict[str, Standing]:
    """Return how it stands with each address; one that nobody asked for is `unasked`."""
    found = dict.fromkeys(urls, Standing(state="unasked"))
    for asked, tried, outcome, says, came, digest in connection.execute(_ASKED, (many(found),)):
        told = msgspec.json.decode(came, type=Came) if came else Came(state=_state(outcome, says))
        held = digest if outcome == "brought" else None
        when = datetime.fromisoformat(tried).replace(tzinfo=UTC)
        found[asked] = standing_after(found[asked], told, says.partition("; ")[0], when, held)
    return found


def links_in(threads: Iterable[Thread]) -> list[str]:
    """Return the full addresses that posts link to, each once, also those of posts that are quoted or answered."""
    posts = (post for thread in threads for post in (*thread.context.posts, *thread.posts(), *thread.quoted))
    return list(dict.fromkeys(link.url for post in posts for link in post.links if link.url and not link.cut))


def _state(outcome: str, says: str) -> State:
    """Return the state that older lines of the ledger, which do not name it, tell in words."""
    if outcome == "failed":
        return "failed"
    if outcome == "brought" and says.startswith("kept"):
        return "kept"
    return "gone" if "it is not there any more" in says else "refused"


_ASKED = """SELECT a.asked, a.tried_at, a.outcome, a.says, a.came, c.digest
    FROM attempts AS a LEFT JOIN captures AS c USING (capture)
    WHERE a.route = 'link' AND a.asked IN (SELECT value FROM json_each(?)) ORDER BY a.attempt"""
