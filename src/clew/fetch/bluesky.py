"""Bluesky: threads from the AppView, and from the repositories of accounts what it does not show.

The thread is asked for flat, then nested from its root, and again from below wherever the answer was cut. What hangs
below a deleted post is found in the author's feed. Where any of this shows that something is hidden, the author's whole
repository is brought, with the document that holds the key of its signature; other people's hidden posts come as
single records with their proof.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from clew import atproto, fields
from clew.addresses import Address
from clew.errors import BadRecord, DamagedFile, NotFetched
from clew.fetch._bluesky_seen import POST, Held, Seen, held_in
from clew.fetch.answer import REPOSITORY, Answer
from clew.fetch.public import is_public
from clew.fetch.visit import Note, Visit, Way

__all__ = ["NAME", "did_of", "fetch", "serves"]

NAME = "bluesky"

DEPTH = 1000
"""Levels of replies, and of parents, asked for at once."""
FLAT_DEPTH, FLAT_WIDTH = 20, 100
"""The most that the flat answer gives."""
DESCENTS = 60
"""How often a thread is asked for again from below."""
FEED_PAGES = 20
"""Pages of 100 posts of an author's feed that are turned before the repository is brought instead."""
HIDDEN = 100
"""Hidden posts of other people that are asked for one by one."""


def serves(address: Address) -> bool:
    """Say whether the address is of Bluesky."""
    return address.platform == "bluesky"


async def fetch(address: Address, visit: Visit) -> None:
    """Bring the thread around a post, or all that an account shows.

    Raises:
        NotFetched: Nobody knows the account.
    """
    did = await did_of(address.handle or "", visit)
    document = await _document(did, visit)
    visit.author = did
    if address.id is None:
        await _profile(did, document, visit)
        return
    key = address.id.rpartition("/")[2]
    visit.post = f"at://{did}/{POST}/{key}"
    await _Thread(visit, did, document).bring(visit.post)


# Accounts ------------------------------------------------------------------------------------------------------------


async def did_of(name: str, visit: Visit) -> str:
    """Return the permanent id of an account.

    Raises:
        NotFetched: Nobody knows one of that name.
    """
    if atproto.SYNTAX["did"](name):
        return name
    if not atproto.SYNTAX["handle"](name):
        raise NotFetched(name, "is no name of an account on Bluesky")
    with visit.way("handle") as way:
        url = _query(visit.settings.bluesky, "com.atproto.identity.resolveHandle", handle=name.lower())
        answer = await visit.client.get(url)
        did = fields.optional(answer.json(), "did", str) if answer.is_good else None
        if did and atproto.SYNTAX["did"](did):
            return did
        way.says = f"the AppView knows no account called {name}"
    with visit.way("handle") as way:
        answer = await visit.client.get(f"https://{name.lower()}/.well-known/atproto-did", accept="text/plain")
        did = answer.body[:2048].decode("utf-8", "replace").strip()
        if answer.is_good and atproto.SYNTAX["did"](did):
            return did
        way.says = f"{name} itself names no account"
    says = f"no account is called {name} now. If it has changed its name, an address with its DID still leads to it"
    raise NotFetched(f"@{name}", says)


async def _document(did: str, visit: Visit) -> dict[str, Any] | None:
    """Return what an account publishes of itself: its server, its key, its name; None where it can't be had."""
    if did not in visit.documents:
        visit.documents[did] = await _published(did, visit)
    found: dict[str, Any] | None = visit.documents[did]
    return found


async def _published(did: str, visit: Visit) -> dict[str, Any] | None:
    method, _, rest = did.removeprefix("did:").partition(":")
    if method == "plc":
        url = f"{visit.settings.plc}/{did}"
    elif method == "web" and re.fullmatch(r"[A-Za-z0-9.-]+(?:%3A\d{1,5})?", rest):
        url = f"https://{rest.replace('%3A', ':')}/.well-known/did.json"
    else:
        return None
    with visit.way("account") as way:
        answer = await visit.client.get(url, accept="application/did+ld+json,application/json")
        document = answer.json()
        if answer.is_good and fields.optional(document, "id", str) == did:
            return dict(document)
        way.says = f"{urlsplit(url).hostname} has no document of {did}"
    return None


def _server(document: Mapping[str, Any] | None, visit: Visit) -> str | None:
    """Return the address of the server that holds an account's repository; None where its document names none.

    A directory in the user's own network may name a server there.
    """
    for service in fields.optional(document, "service", list) or ():
        name = fields.optional(service, "id", str) or ""
        url = fields.optional(service, "serviceEndpoint", str) or ""
        if name.endswith("#atproto_pds") and re.match(r"https?://[^/?#@\s]+/?$", url):
            if visit.settings.plc and _is_own(visit.settings.plc) and _is_own(url):
                visit.client.trust(url)
            return url.rstrip("/")
    return None


def _is_own(url: str) -> bool:
    """Say whether a server is on this machine, or in this network by its number."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    is_number = re.fullmatch(r"[\d.]+|[0-9a-fA-F:]+", host) is not None
    return is_number and not is_public(host) and not host.startswith(("169.254.", "fe80"))


async def _profile(did: str, document: Mapping[str, Any] | None, visit: Visit) -> None:
    """Bring an account's whole repository; its feed where that can't be had."""
    thread = _Thread(visit, did, document)
    if not await thread.repository():
        await thread.feed(since=None)


# Threads -------------------------------------------------------------------------------------------------------------


class _Thread:
    """The thread around one post, as more and more of it is seen."""

    def __init__(self, visit: Visit, did: str, document: Mapping[str, Any] | None) -> None:
        self._visit = visit
        self._did = did
        self._document = document
        self._seen = Seen()
        self._held: dict[str, Held] | None = None
        self._asked: set[str] = set()
        self._descents = 0

    async def bring(self, post: str) -> None:
        """Bring all that can be had of the thread that a post is in."""
        await self._around(post)
        root = self._seen.root_of(post)
        if root is None and await self.repository():
            root = (self._held or {}).get(post, Held("", None, post)).root
        self._report_document()
        for start in dict.fromkeys((root or post, post)):
            if start not in self._asked and (start == root or start not in self._seen.posts):
                await self._below(start)
        await self._deeper()
        reached = await self.feed(since=self._seen.time_of(root or post))
        await self._loose(root or post)
        if not reached or self._seen.hides(self._did, root or post):
            await self.repository()
            await self._loose(root or post)
        await self._others(root or post)
        self._compare(root or post)

    async def _around(self, post: str) -> None:
        with self._visit.way("thread") as way:
            method = "app.bsky.unspecced.getPostThreadV2"
            answer = await self._ask(method, anchor=post, below=FLAT_DEPTH, branchingFactor=FLAT_WIDTH, sort="oldest")
            if not answer.is_good:
                way.says = f"the AppView does not give the post ({_error(answer)})"
                return
            self._tell(way)
            self._asked.add(post)
            if fields.optional(answer.json(), "hasOtherReplies", bool):
                await self._ask("app.bsky.unspecced.getPostThreadOtherV2", anchor=post)
                self._tell(way)

    async def _below(self, post: str) -> None:
        """Ask for all above and below a post."""
        self._descents += 1
        self._asked.add(post)
        with self._visit.way("thread") as way:
            answer = await self._ask("app.bsky.feed.getPostThread", uri=post, depth=DEPTH, parentHeight=DEPTH)
            if answer.is_good:
                self._tell(way)

    async def _deeper(self) -> None:
        """Ask again from every post where an answer went no deeper."""
        while self._descents < DESCENTS:
            post = next((post for post in self._seen.shallow() if post not in self._asked), None)
            if post is None:
                return
            await self._below(post)

    async def _loose(self, root: str) -> None:
        """Ask for what hangs below posts of the author's that no answer from above led to."""
        for post in self._seen.of(self._did, root):
            if post not in self._asked and not self._seen.was_led_to(post) and self._descents < DESCENTS:
                await self._below(post)
        await self._deeper()

    def _tell(self, way: Way) -> None:
        way.says = f"{_posts(len(self._seen.posts))} from the AppView"
        way.helped = bool(self._seen.posts)

    async def _ask(self, method: str, **given: object) -> Answer:
        answer = await self._visit.client.get(_query(self._visit.settings.bluesky, method, **given))
        if answer.is_good:
            self._seen.learn(answer.json(), answer.url, is_thread="Feed" not in method)
        return answer

    async def feed(self, *, since: datetime | None) -> bool:
        """Turn the pages of the author's feed back to a time; False where they end before it is reached."""
        cursor: str | None = None
        with self._visit.way("feed") as way:
            for page in range(FEED_PAGES):
                more = {"cursor": cursor} if cursor else {}
                given = {"actor": self._did, "limit": 100, "filter": "posts_with_replies", **more}
                answer = await self._ask("app.bsky.feed.getAuthorFeed", **given)
                value = answer.json()
                if not answer.is_good:
                    way.says = f"the AppView does not give the author's feed ({_error(answer)})"
                    return False
                way.says, way.helped = f"{page + 1:,} pages of the author's feed", True
                way.says = way.says.replace("1 pages", "1 page") if page == 0 else way.says
                last = self._seen.last_in(value)
                cursor = fields.optional(value, "cursor", str)
                if not cursor or not fields.optional(value, "feed", list) or (since and last and last < since):
                    return True
        return False

    # Repositories ----------------------------------------------------------------------------------------------------

    async def repository(self) -> bool:
        """Bring the author's repository; False where it can't be had."""
        if self._held is not None:
            return bool(self._held)
        self._held = {}
        server = _server(self._document, self._visit)
        with self._visit.way("repository") as way:
            if server is None:
                way.says = "no server of the account is known"
                return False
            url = _query(server, "com.atproto.sync.getRepo", did=self._did)
            answer = await self._visit.client.get(url, accept=REPOSITORY)
            if not answer.is_good or answer.file is None:
                way.says = f"the account's server does not give its repository ({answer.status})"
                return False
            self._url = answer.url
            try:
                with answer.file as file:
                    self._held = held_in(file, self._did)
            except (DamagedFile, BadRecord) as error:
                way.says = f"the account's repository cannot be read ({error})"
                return False
            way.says, way.helped = f"{_posts(len(self._held))} in the account's repository", True
            for uri, held in self._held.items():
                self._seen.hold(uri, held)
        return bool(self._held)

    async def _others(self, root: str) -> None:
        """Bring what other people's repositories hold of the hidden posts of this thread."""
        brought = asked = 0
        with self._visit.way("records") as way:
            for uri in self._seen.hidden(root):
                owner, key = atproto.authority(uri) or "", uri.rpartition("/")[2]
                if owner == self._did and self._held:
                    continue
                if asked == HIDDEN:
                    break
                asked += 1
                brought += await self._record(owner, key)
            if asked:
                way.says = f"{brought:,} of {_posts(asked)} that the AppView does not show"
                way.helped = brought > 0

    async def _record(self, owner: str, key: str) -> bool:
        document = self._document if owner == self._did else await _document(owner, self._visit)
        server = _server(document, self._visit)
        if server is None:
            return False
        url = _query(server, "com.atproto.sync.getRecord", did=owner, collection=POST, rkey=key)
        try:
            answer = await self._visit.client.get(url, accept=REPOSITORY)
        except NotFetched:
            return False
        if not answer.is_good or answer.file is None:
            return False
        try:
            with answer.file as file:
                held = held_in(file, owner)
        except (DamagedFile, BadRecord):
            return False
        uri = f"at://{owner}/{POST}/{key}"
        if uri in held:
            says = "Its author's repository holds this post; the AppView does not show it."
            self._visit.notes.append(Note(says=says, url=answer.url, platform=NAME, post=uri, author=owner))
        return uri in held

    # Findings --------------------------------------------------------------------------------------------------------

    def _report_document(self) -> None:
        """Say where the account's own document names it otherwise than the AppView does."""
        names = [name for name in fields.optional(self._document, "alsoKnownAs", list) or () if isinstance(name, str)]
        own = next((name.removeprefix("at://") for name in names if name.startswith("at://")), None)
        shown = self._seen.handle_of(self._did)
        if own and shown and own.lower() != shown.lower() and shown != "handle.invalid":
            says = f"The AppView calls the account @{shown}; its own document calls it @{own}."
            url = f"{self._visit.settings.plc}/{self._did}"
            self._visit.notes.append(Note(says=says, url=url, platform=NAME, author=self._did))

    def _compare(self, root: str) -> None:
        """Note each post in which the AppView and the author's repository differ."""
        if not self._held:
            return
        for uri, held in self._held.items():
            if held.root != root:
                continue
            shown = self._seen.posts.get(uri)
            if shown is None:
                self._note("The account's repository holds this post; the AppView does not show it.", uri)
            elif shown.cid and held.cid and shown.cid != held.cid:
                self._note("The AppView shows another version of this post than the account's repository holds.", uri)
        for uri in self._seen.of(self._did, root):
            if uri not in self._held:
                self._note("The AppView shows this post; the account's repository no longer holds it.", uri)

    def _note(self, says: str, uri: str) -> None:
        self._visit.notes.append(Note(says=says, url=self._url, platform=NAME, post=uri, author=self._did))


def _posts(count: int) -> str:
    return f"{count:,} {'post' if count == 1 else 'posts'}"


def _query(server: str, method: str, **given: object) -> str:
    return f"{server}/xrpc/{method}?{urlencode(given, quote_via=quote, safe=':/')}"


def _error(answer: Answer) -> str:
    return fields.optional(answer.json(), "error", str) or str(answer.status)
