"""The latest posts of authors, tags and lists, and threads as they are now: what is asked for again and again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from clew import addresses, fields, times
from clew.addresses import Address
from clew.fetch import bluesky, mastodon, telegram, x, x_api
from clew.fetch.answer import Answer
from clew.fetch.settings import Secret
from clew.fetch.visit import Visit

__all__ = ["Kind", "Place", "Window", "bring", "place_of"]

Kind: TypeAlias = Literal["author", "thread", "tag", "list"]

_BEGINNING = datetime.fromtimestamp(0, UTC)
PAGES = 20
"""So many pages are turned back to what was seen before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where posts appear."""

    kind: Kind
    platform: str
    url: str
    """Its address for people."""
    name: str
    """The account, the tag, or the list's own id; for a thread its post."""
    server: str | None = None
    """Of Mastodon and its like."""
    address: Address | None = None
    """Of an author or a thread."""


@dataclass(slots=True)
class Window:
    """How far back the posts that were given reach without a hole."""

    oldest: datetime | None = None
    """When the oldest of them was published; None where nothing was given."""
    newest: datetime | None = None

    def add(self, moments: list[datetime]) -> None:
        known = [*moments, *filter(None, (self.oldest, self.newest))]
        self.oldest, self.newest = min(known, default=None), max(known, default=None)


def place_of(text: str) -> Place | None:
    """Return the author, thread, tag or list that an address names; None where it names none of them.

    >>> place_of("bsky.app/hashtag/flood").kind, place_of("https://example.social/tags/flood").name
    ('tag', 'flood')
    """
    text = text.strip()
    if at := _AT_LIST.match(text):
        return _place("list", "bluesky", f"https://bsky.app/profile/{at['actor']}/lists/{at['key']}", at["key"])
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    server = f"{parts.scheme}://{host}{port}"
    if host == "bsky.app" and (listed := _BLUESKY_LIST.match(parts.path)):
        return _place("list", "bluesky", f"https://bsky.app{parts.path.rstrip('/')}", listed["key"])
    if found := _tag(host, parts.path, parts.query):
        platform = "bluesky" if host == "bsky.app" else "x" if host in addresses.X_HOSTS else "mastodon"
        own = {"bluesky": "https://bsky.app/hashtag/", "x": "https://x.com/hashtag/"}.get(platform, f"{server}/tags/")
        return _place("tag", platform, own + quote(found), found, server if platform == "mastodon" else None)
    if listed := _LIST.match(parts.path):
        platform = "x" if host in addresses.X_HOSTS else "mastodon"
        url = f"https://x.com/i/lists/{listed['key']}" if platform == "x" else f"{server}/lists/{listed['key']}"
        return _place("list", platform, url, listed["key"], server if platform == "mastodon" else None)
    address = addresses.pasted(text)
    if address is None:
        return None
    kind: Kind = "thread" if address.id else "author"
    name = address.id or address.handle or ""
    return Place(
        kind=kind, platform=address.platform, url=address.url, name=name, server=address.server, address=address
    )


_AT_LIST = re.compile(r"^at://(?P<actor>[\w.:%-]+)/app\.bsky\.graph\.list/(?P<key>[\w.~:-]+)$", re.ASCII)
_BLUESKY_LIST = re.compile(r"^/profile/(?P<actor>[\w.:%-]+)/lists/(?P<key>[\w.~:-]+)/?$", re.ASCII)
_LIST = re.compile(r"^/(?:i/)?lists/(?P<key>\w+)/?$", re.ASCII)
_TAGGED = re.compile(r"^/(?:web/)?(?:hashtag|tags|timelines/tag)/(?P<tag>[^/\s]+)/?$")


def _tag(host: str, path: str, query: str) -> str | None:
    if (found := _TAGGED.match(path)) and host not in ("youtube.com", "instagram.com", "threads.net"):
        return unquote(found["tag"]).lstrip("#")
    if path == "/search" and (host == "bsky.app" or host in addresses.X_HOSTS):
        asked = parse_qs(query).get("q", [""])[0]
        return asked[1:] if re.fullmatch(r"#\w+", asked) else None
    return None


def _place(kind: Kind, platform: str, url: str, name: str, server: str | None = None) -> Place:
    return Place(kind=kind, platform=platform, url=url, name=name, server=server)


async def bring(place: Place, visit: Visit, since: datetime | None, after: str | None = None) -> Window:
    """Bring what is new since a time, with all that stands between; where it is None, the latest page.

    Of a thread all is brought. On X, where each post costs, only what came behind the one with the id `after` is, where
    that is named. The window tells how far back that reaches.
    """
    window = Window()
    if place.platform == "x" and not (place.kind == "thread" and after is None):
        await _x(place, visit, after)
    elif place.kind == "thread":
        assert place.address
        await {"bluesky": bluesky, "mastodon": mastodon, "telegram": telegram, "x": x}[place.platform].fetch(
            place.address, visit
        )
        window.add([_BEGINNING])
    elif place.platform == "bluesky":
        await _bluesky(place, visit, since, window)
    elif place.platform == "mastodon":
        await _mastodon(place, visit, since, window)
    else:
        await _telegram(place, visit, since, window)
    return window


# Pages ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Pages:
    """How pages of posts are turned."""

    onward: Callable[[Answer], str | None]
    """Return the address of the next page; None where there is none."""
    moments: Callable[[Answer], list[datetime]]
    """Return when the posts of a page were published."""
    has_all: bool = False
    """Whether the last page reaches back to the beginning; other servers end somewhere."""


async def _turn(
    first: str, how: _Pages, visit: Visit, since: datetime | None, window: Window, *, token: Secret | None = None
) -> None:
    with visit.way("latest") as way:
        url: str | None = first
        count = 0
        while url is not None and count < PAGES:
            answer = await visit.client.get(url, token=token)
            if not answer.is_good:
                way.says = way.says if way.helped else f"{urlsplit(url).netloc} does not give it ({answer.status})"
                return
            moments = how.moments(answer)
            count += 1
            window.add(moments)
            way.says, way.helped = f"{count} {'page' if count == 1 else 'pages'}", True
            url = how.onward(answer)
            if how.has_all and (url is None or not moments):
                window.add([_BEGINNING])
            if since is None or not moments or min(moments) < since:
                return


def _instants(values: Iterator[Any]) -> list[datetime]:
    found: list[datetime] = []
    for value in values:
        try:
            found.append(times.from_iso(value))
        except (ValueError, OverflowError, TypeError, AttributeError):
            continue
    return found


async def _bluesky(place: Place, visit: Visit, since: datetime | None, window: Window) -> None:
    server = visit.settings.bluesky
    if place.kind == "author":
        actor = await bluesky.did_of(place.name, visit)
        visit.author = actor
        method, given = "app.bsky.feed.getAuthorFeed", {"actor": actor, "filter": "posts_with_replies"}
    elif place.kind == "tag":
        method, given = "app.bsky.feed.searchPosts", {"q": f"#{place.name}", "sort": "latest"}
    else:
        parts = urlsplit(place.url).path.split("/")
        actor = await bluesky.did_of(unquote(parts[2]), visit)
        method, given = "app.bsky.feed.getListFeed", {"list": f"at://{actor}/app.bsky.graph.list/{parts[4]}"}

    def address(cursor: str | None) -> str:
        more = {"cursor": cursor} if cursor else {}
        return f"{server}/xrpc/{method}?{urlencode({**given, 'limit': 100, **more})}"

    def onward(answer: Answer) -> str | None:
        cursor = fields.optional(answer.json(), "cursor", str)
        return address(cursor) if cursor else None

    def moments(answer: Answer) -> list[datetime]:
        value = answer.json()
        entries = fields.optional(value, "feed", list) or fields.optional(value, "posts", list) or ()
        return _instants(_indexed(entry) for entry in entries)

    await _turn(address(None), _Pages(onward, moments, place.kind == "author"), visit, since, window)


def _indexed(entry: Any) -> str | None:
    """Return when an entry of a feed came there: a post, or a repost of one."""
    reason = fields.optional(entry, "reason", dict)
    own = fields.optional(entry, "post", dict) or entry
    return fields.optional(reason, "indexedAt", str) or fields.optional(own, "indexedAt", str)


async def _mastodon(place: Place, visit: Visit, since: datetime | None, window: Window) -> None:
    server = place.server or ""
    token = visit.settings.token(urlsplit(server).netloc.lower())
    if place.kind == "author":
        own = None
        with visit.way("account") as way:
            answer = await visit.client.get(
                f"{server}/api/v1/accounts/lookup?{urlencode({'acct': place.name})}", token=token
            )
            own = fields.optional(answer.json(), "id", str)
            if own is None:
                way.says = f"{urlsplit(server).netloc} knows no account called {place.name} ({answer.status})"
        if own is None:
            return
        first = f"{server}/api/v1/accounts/{own}/statuses?limit=40"
    elif place.kind == "tag":
        first = f"{server}/api/v1/timelines/tag/{quote(place.name)}?limit=40"
    else:
        first = f"{server}/api/v1/timelines/list/{quote(place.name)}?limit=40"

    def moments(answer: Answer) -> list[datetime]:
        value = answer.json()
        page = value if isinstance(value, list) else []
        return _instants(fields.optional(one, "created_at", str) for one in page)

    pages = _Pages(mastodon.next_page, moments, place.kind != "list")
    await _turn(first, pages, visit, since, window, token=token)


async def _telegram(place: Place, visit: Visit, since: datetime | None, window: Window) -> None:
    root = f"{visit.settings.telegram}/s/{place.name}"

    def onward(answer: Answer) -> str | None:
        numbers = telegram.numbers(answer)
        return f"{root}?before={min(numbers)}" if numbers and min(numbers) > 1 else None

    def moments(answer: Answer) -> list[datetime]:
        stamps = re.findall(r'<time[^>]*\bdatetime="([^"]+)"', answer.body.decode("utf-8", "replace"))
        return _instants(iter(stamps))

    await _turn(root, _Pages(onward, moments), visit, since, window)


async def _x(place: Place, visit: Visit, after: str | None) -> None:
    if place.kind == "thread":
        await x_api.bring_more(place.name, visit, after or "0")
    elif place.kind == "list":
        await x_api.bring_list(place.name, visit, after)
    else:
        query = f"from:{place.name}" if place.kind == "author" else f"#{place.name}"
        await x_api.bring_latest(query, visit, after)
