"""Mastodon and servers with its client API: GoToSocial, Pleroma, Akkoma, Pixelfed and others.

The server that an address names may only show a copy. Its own answer tells where the post was published; that server
is asked first, and the one that was looked at where the other does not answer. Without a token servers give 40 posts
above and 60 below, 20 deep; the thread is asked for again from its ends. Posts that lost their parent, since it was
deleted, are found among the author's posts. Where the API gives nothing, the post's own ActivityPub object may.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from clew import addresses, fields
from clew.addresses import Address
from clew.errors import NotFetched
from clew.fetch.answer import Answer
from clew.fetch.visit import Visit

__all__ = ["NAME", "fetch", "next_page", "serves"]

NAME = "mastodon"

ACTIVITY = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
DESCENTS = 40
"""How often a thread is asked for again from its ends."""
PAGES = 10
"""Pages of 40 posts of the author's that are turned in search of posts that lost their parent."""
PROFILE_PAGES = 50
EDITS = 60
"""Edited posts whose history is asked for."""
GONE = 40
"""Absent posts that are asked for one by one."""
REFRESH_SECONDS = 30.0
"""How long is waited for a server that is still bringing replies from others."""
SHY = (401, 403)


def serves(address: Address) -> bool:
    """Say whether the address is of a server of this kind."""
    return address.platform == "mastodon" and address.server is not None


async def fetch(address: Address, visit: Visit) -> None:
    """Bring the thread around a post, or the posts of an account.

    Raises:
        NotFetched: Nothing of it can be had; what was tried says why.
    """
    assert address.server
    server = _Server(visit, address.server)
    if address.id is None:
        await _profile(server, address.handle or "", visit)
        return
    status = await server.status(address)
    if status is None:
        await _object(address.url, visit)
        return
    visit.post = fields.optional(status, "uri", str) or fields.optional(status, "url", str)
    own = _origin(status, server)
    if own is not None:
        there = await _Server(visit, own.server or "").status(own)
        if there is not None and await _Thread(visit, _Server(visit, own.server or ""), there).bring("thread"):
            return
        visit.tried.pop("thread", None)
    await _Thread(visit, server, status).bring("copy" if own else "thread")


def _origin(status: dict[str, Any], server: _Server) -> Address | None:
    """Return where a post was published; None where that is the server that gave it, or nobody knows."""
    acct = fields.optional(fields.optional(status, "account", dict), "acct", str) or ""
    if "@" not in acct:
        return None
    for key in ("url", "uri"):
        found = addresses.pasted(fields.optional(status, key, str) or "")
        if found and found.platform == "mastodon" and found.server not in (None, server.url) and found.id:
            return found
    return None


async def _object(url: str, visit: Visit) -> None:
    """Bring a post as its own server publishes it to other servers."""
    with visit.way("object") as way:
        answer = await visit.client.get(url, accept=ACTIVITY)
        value = answer.json()
        own = fields.optional(value, "id", str)
        if answer.is_good and own and fields.optional(value, "type", str):
            visit.post = own
            way.says, way.helped = "the post as its server publishes it to others", True
        else:
            way.says = f"the post's address gives no post to other programs ({answer.status})"


async def _profile(server: _Server, handle: str, visit: Visit) -> None:
    account, own = None, None
    with visit.way("account") as way:
        answer = await server.ask("/api/v1/accounts/lookup", acct=handle)
        account = answer.json()
        own = fields.optional(account, "id", str) if answer.is_good else None
        if own is None:
            way.says = server.refusal(answer, f"no account called {handle} is known there")
    if own is None:
        return
    host = urlsplit(fields.optional(account, "url", str) or server.url).netloc
    name = fields.optional(account, "username", str) or handle.partition("@")[0]
    visit.author = f"{name}@{host}"
    with visit.way("posts") as way:
        count = 0
        url: str | None = server.address(f"/api/v1/accounts/{own}/statuses", limit=40)
        for _ in range(PROFILE_PAGES):
            answer = await server.get(url or "")
            page = answer.json()
            if not answer.is_good or not isinstance(page, list):
                way.says = way.says or server.refusal(answer, "the account's posts are not given")
                return
            count += len(page)
            way.says, way.helped = f"{count:,} posts of the account", count > 0
            url = next_page(answer)
            if url is None or not page:
                return


def next_page(answer: Answer) -> str | None:
    """Return the address of the next page; None where there is none, or it leads to another server."""
    found = re.search(r'<([^<>]+)>;\s*rel="?next"?', answer.headers.get("Link", ""))
    if found is None or urlsplit(found[1]).netloc != urlsplit(answer.url).netloc:
        return None
    return found[1]


class _Server:
    """A server, and what it is asked."""

    def __init__(self, visit: Visit, url: str) -> None:
        self.url = url
        self._visit = visit
        self._token = visit.settings.token((urlsplit(url).netloc or "").lower())

    def address(self, path: str, **given: object) -> str:
        """Return the address of a question."""
        return f"{self.url}{path}" + (f"?{urlencode(given)}" if given else "")

    async def ask(self, path: str, **given: object) -> Answer:
        return await self.get(self.address(path, **given))

    async def get(self, url: str) -> Answer:
        return await self._visit.client.get(url, token=self._token)

    def refusal(self, answer: Answer, otherwise: str) -> str:
        """Return what a refusal means, and what would help."""
        host = urlsplit(self.url).netloc
        if answer.status in SHY and self._token is None:
            return f"{host} shows this only to people who sign in; a token would help: CLEW_TOKENS={host}=..."
        if answer.status in SHY:
            return f"{host} does not show this with the token that it was given"
        return f"{host}: {otherwise} ({answer.status})"

    async def status(self, address: Address) -> dict[str, Any] | None:
        """Return the post that an address names, as this server gives it; None where it does not."""
        with self._visit.way("post") as way:
            if address.key:
                answer = await self.ask(f"/api/v1/statuses/{address.key}")
                found = answer.json()
            else:
                answer = await self.ask("/api/v2/search", q=address.url, type="statuses", limit=1)
                found = next(iter(fields.optional(answer.json(), "statuses", list) or [None]))
            if answer.is_good and isinstance(found, dict) and _id(found):
                way.says, way.helped = f"the post from {urlsplit(self.url).netloc}", True
                return found
            way.says = self.refusal(answer, "the post is not there, or shown to nobody who asks")
        return None


class _Thread:
    """The thread around one post, as one server gives it."""

    def __init__(self, visit: Visit, server: _Server, status: dict[str, Any]) -> None:
        self._visit = visit
        self._server = server
        self._start = fields.optional(status, "id", str) or ""
        self._author = _id(fields.optional(status, "account", dict))
        self._seen: dict[str, dict[str, Any]] = {self._start: status}
        self._asked: set[str] = set()

    async def bring(self, route: str) -> bool:
        """Bring what the server has of the thread; False where it gives nothing but the post."""
        with self._visit.way(route) as way:
            if not await self._around(self._start):
                way.says = f"{self._server.url} gives the post, but not what stands around it"
                return False
            await self._from_the_ends()
            way.says, way.helped = self._count(), True
            await self._posts()
            await self._from_the_ends()
            way.says = self._count()
            await self._absent()
            await self._edits()
        return True

    def _count(self) -> str:
        return f"{len(self._seen):,} posts from {urlsplit(self._server.url).netloc}"

    async def _around(self, own: str) -> bool:
        """Ask for all above and below a post; once more, where the server is still bringing replies from others."""
        self._asked.add(own)
        answer = await self._server.ask(f"/api/v1/statuses/{own}/context")
        if answer.is_good and (waiting := _refresh(answer)):
            await self._refreshed(*waiting)
            later = await self._server.ask(f"/api/v1/statuses/{own}/context", refreshed="true")
            answer = later if later.is_good else answer
        value = answer.json()
        if not answer.is_good or not isinstance(value, dict):
            return False
        for key in ("ancestors", "descendants"):
            self._learn(fields.optional(value, key, list) or ())
        return True

    async def _refreshed(self, number: str, seconds: float) -> None:
        """Wait until the server has brought what others hold, or too long."""
        waited = 0.0
        while waited < min(REFRESH_SECONDS, self._visit.settings.limits.patience):
            await asyncio.sleep(seconds)
            waited += seconds
            answer = await self._server.ask(f"/api/v1_alpha/async_refreshes/{number}", after=f"{waited:g}")
            state = fields.optional(fields.optional(answer.json(), "async_refresh", dict), "status", str)
            if not answer.is_good or state != "running":
                return

    def _learn(self, statuses: Any) -> None:
        for status in statuses:
            own = _id(status)
            if own and isinstance(status, dict):
                self._seen[own] = status

    def _own(self) -> list[str]:
        """Return the author's posts, in the server's order."""
        return [own for own, one in self._seen.items() if _id(fields.optional(one, "account", dict)) == self._author]

    async def _from_the_ends(self) -> None:
        """Ask again from the top, and from each of the author's posts that has more replies than were given."""
        for _ in range(DESCENTS):
            end = next((own for own in self._ends() if own not in self._asked), None)
            if end is None:
                return
            await self._around(end)

    def _ends(self) -> Iterator[str]:
        parents = [_parent(status) for status in self._seen.values()]
        for own, status in self._seen.items():
            parent = _parent(status)
            if parent and parent not in self._seen and own != self._start:
                yield own
        for own in self._own():
            stated = fields.optional(self._seen[own], "replies_count", int) or 0
            if stated > 0 and own not in parents:
                yield own

    async def _posts(self) -> None:
        """Look through what the author wrote around the thread, for posts that lost their parent."""
        own = self._own()
        if not own or self._author is None:
            return
        first = min(own, key=_order)
        if self._continues(self._seen[first]):
            await self._turn("max_id", first, pages=3)
        await self._turn("min_id", first, pages=PAGES)

    def _continues(self, status: dict[str, Any]) -> bool:
        """Say whether a post answers one of the author's that nobody gave."""
        is_to_self = fields.optional(status, "in_reply_to_account_id", str) == self._author
        return is_to_self and (_parent(status) or "") not in self._seen

    async def _turn(self, direction: str, start: str, *, pages: int) -> None:
        """Turn the pages of the author's posts, older or newer than one, as long as posts of the thread are on them."""
        known = set(self._seen)
        for page_number in range(pages):
            given: dict[str, object] = {"limit": 40, "exclude_reblogs": "true", direction: start}
            answer = await self._server.ask(f"/api/v1/accounts/{self._author}/statuses", **given)
            page = answer.json()
            if not answer.is_good or not isinstance(page, list):
                return
            self._learn(one for one in page if _id(fields.optional(one, "account", dict)) == self._author)
            ids = [one for one in map(_id, page) if one]
            if len(page) < 40 or not ids or (page_number > 0 and not known & set(ids)):
                return
            start = (min if direction == "max_id" else max)(ids, key=_order)

    async def _absent(self) -> None:
        """Ask for each post that the author answers and nobody gave, so that the server says what it knows of it."""
        parents = [_parent(self._seen[own]) for own in self._own()]
        absent = [parent for parent in dict.fromkeys(parents) if parent and parent not in self._seen]
        for parent in absent[:GONE]:
            try:
                answer = await self._server.ask(f"/api/v1/statuses/{parent}")
            except NotFetched:
                return
            if answer.is_good:
                self._learn([answer.json()])

    async def _edits(self) -> None:
        """Ask for the earlier wordings of the author's posts."""
        edited = [own for own in self._own() if fields.optional(self._seen[own], "edited_at", str)]
        for own in edited[:EDITS]:
            try:
                await self._server.ask(f"/api/v1/statuses/{own}/history")
            except NotFetched:
                return


def _order(own: str) -> tuple[int, str]:
    """Return by what a server's ids are in order of time: numbers, and words of one length."""
    return len(own), own


def _id(value: object) -> str | None:
    return fields.optional(value, "id", str)


def _parent(status: object) -> str | None:
    return fields.optional(status, "in_reply_to_id", str)


def _refresh(answer: Answer) -> tuple[str, float] | None:
    """Return what a server is still bringing, and after how many seconds it wants to be asked."""
    named = answer.headers.get("Mastodon-Async-Refresh", "")
    number = re.search(r'\bid="([\w.=+/-]+)"', named)
    retry = re.search(r"\bretry=(\d{1,3})\b", named)
    return (number[1], max(1.0, float(retry[1]) if retry else 1.0)) if number else None
