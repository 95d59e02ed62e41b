"""A server that speaks X's API v2 over real HTTP: lookups, searches and lists, with its limits and its bill."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.services.site import Asked, Reply, Site, site

__all__ = ["TOKEN", "Posted", "X", "x_api"]

TOKEN = "a-token-that-nobody-may-see"
EPOCH = 1_288_834_974_657
"""Milliseconds since 1970 from which ids are counted."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A post on the server."""

    id: str
    author: str
    text: str
    conversation: str
    to: str | None
    quotes: str | None
    time: datetime


@dataclass(slots=True)
class X:
    """What is on the server, and what it has billed."""

    site: Site = field(default_factory=lambda: Site(""))
    posts: dict[str, Posted] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Authors by the number of the list."""
    links: dict[str, str] = field(default_factory=dict)
    """Where shortened links in texts lead."""
    has_archive: bool = False
    """Whether the token allows searches of the whole archive."""
    billed: int = 0
    """Posts that were given."""
    stalls: str | None = None
    """A path to which no answer comes."""

    @property
    def url(self) -> str:
        return self.site.url

    def post(
        self, text: str, *, by: str = "ana", to: str | None = None, quotes: str | None = None, ago: float = 60.0
    ) -> str:
        """Write a post so many seconds ago and return its id."""
        time = datetime.now(UTC) - timedelta(seconds=ago)
        own = str(((int(time.timestamp() * 1000) - EPOCH) << 22) + len(self.posts))
        conversation = self.posts[to].conversation if to else own
        self.posts[own] = Posted(own, by, text, conversation, to, quotes, time)
        return own

    # Answers ---------------------------------------------------------------------------------------------------------

    def __call__(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _problem(401, "Unauthorized")
        if self.stalls is not None and self.stalls in parts.path:
            return Reply(fault="silent")
        if parts.path == "/2/tweets":
            return self._given([self.posts[own] for own in given["ids"].split(",") if own in self.posts], None)
        if parts.path == "/2/tweets/search/all" and not self.has_archive:
            return _problem(403, "Client Forbidden")
        if parts.path.startswith("/2/tweets/search/"):
            return self._found(given, is_recent=parts.path.endswith("recent"))
        if found := re.fullmatch(r"/2/lists/(\d+)/tweets", parts.path):
            return self._paged(lambda one: one.author in self.lists[found[1]], given, fewest=1)
        return _problem(404, "Not Found")

    def _found(self, given: dict[str, str], *, is_recent: bool) -> Reply:
        week = datetime.now(UTC) - timedelta(days=7)
        begins = datetime.min.replace(tzinfo=UTC)
        if "start_time" in given:
            begins = datetime.fromisoformat(given["start_time"])
        if "since_id" in given:
            begins = max(begins, _written(given["since_id"]))
        if {"start_time", "since_id"} <= given.keys() or (
            is_recent and datetime.min.replace(tzinfo=UTC) < begins < week
        ):
            return _problem(400, "Invalid Request")
        terms = given["query"].split()

        def is_meant(one: Posted) -> bool:
            is_new = one.time >= begins and int(one.id) > int(given.get("since_id", "0"))
            return is_new and (not is_recent or one.time > week) and all(_matches(one, term) for term in terms)

        return self._paged(is_meant, given, fewest=10)

    def _paged(self, is_meant: Any, given: dict[str, str], *, fewest: int) -> Reply:
        most = int(given.get("max_results", "10"))
        if not fewest <= most <= 100:
            return _problem(400, "Invalid Request")
        found = sorted(filter(is_meant, self.posts.values()), key=lambda one: int(one.id), reverse=True)
        start = int(given.get("next_token", given.get("pagination_token", "0")))
        onward = str(start + most) if start + most < len(found) else None
        return self._given(found[start : start + most], onward)

    def _given(self, found: list[Posted], onward: str | None) -> Reply:
        own = {one.id for one in found}
        others = {other for one in found for other in (one.to, one.quotes) if other in self.posts} - own
        self.billed += len(own) + len(others)
        users = [{"id": _number(name), "name": name.title(), "username": name} for name in ("ana", "bob")]
        value: dict[str, Any] = {
            "includes": {"users": users, "tweets": [_json(self.posts[other], self.links) for other in others]}
        }
        value["meta"] = {"result_count": len(found), **({"next_token": onward} if onward else {})}
        return Reply(
            json.dumps({**({"data": [_json(one, self.links) for one in found]} if found else {}), **value}).encode()
        )


def _json(one: Posted, links: dict[str, str]) -> dict[str, Any]:
    urls = [
        {
            "start": found.start(),
            "end": found.end(),
            "url": found[0],
            "expanded_url": links[found[0]],
            "display_url": f"{links[found[0]].removeprefix('https://')[:20]}…",
        }
        for found in re.finditer(r"https://t\.co/\w+", one.text)
    ]
    referenced = [{"type": "replied_to", "id": one.to}] if one.to else []
    referenced += [{"type": "quoted", "id": one.quotes}] if one.quotes else []
    tags = [{"tag": found[1], "start": found.start(), "end": found.end()} for found in re.finditer(r"#(\w+)", one.text)]
    return {
        "id": one.id,
        "text": one.text,
        "author_id": _number(one.author),
        "conversation_id": one.conversation,
        "created_at": one.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "edit_history_tweet_ids": [one.id],
        "entities": {"hashtags": tags, "urls": urls},
        **({"referenced_tweets": referenced} if referenced else {}),
    }


def _matches(one: Posted, term: str) -> bool:
    name, _, value = term.partition(":")
    match name:
        case "from":
            return value in (one.author, _number(one.author))
        case "conversation_id":
            return one.conversation == value
        case "-is":
            return True
    return term in one.text.split()


def _number(name: str) -> str:
    return {"ana": "1234", "bob": "77"}[name]


def _written(own: str) -> datetime:
    return datetime.fromtimestamp(((int(own) >> 22) + EPOCH) / 1000, UTC)


def _problem(status: int, title: str) -> Reply:
    return Reply(json.dumps({"title": title, "status": status, "type": "about:blank"}).encode(), status)


@contextlib.contextmanager
def x_api() -> Iterator[X]:
    """Run the server within the block."""
    found = X()
    with site(found) as at:
        found.site = at
        yield found
