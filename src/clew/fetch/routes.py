"""The ways to posts that are missing from a thread, in the order in which they are gone: what each asks, and needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from clew import addresses
from clew.addresses import Address
from clew.errors import NotFetched
from clew.fetch import Brought, Ear, Pace, bluesky, mastodon, memento, telegram, threadreader, visited, x, x_api
from clew.fetch.settings import Settings
from clew.fetch.visit import Visit

__all__ = ["Route", "Wanted", "follow", "helps", "routes"]

ABSENT = 40
"""So many missing posts are looked for one by one."""
PAGES = 3
"""So many ids may be that under which a page unrolls the thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is missing from a thread, as far as it is known."""

    platform: str
    handle: str | None
    first: str
    """The id of the first post that is known of, held or not."""
    held: tuple[str, ...]
    """Addresses of posts that are held and lead to the thread, the first of them first."""
    absent: tuple[str, ...]
    """Ids of posts that are missing."""
    cut: tuple[str, ...] = ()
    """Ids of posts whose words or links are known only in their shortened form."""
    states: frozenset[str] = frozenset()
    """Why they are missing, as far as anybody says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way."""

    name: str
    asks: str
    """The address that is asked for, or the first of several."""
    needs: str | None
    """What is needed before it can be gone; None where it can be gone at once."""
    go: Callable[[Visit], Awaitable[None]]
    cost: float = 0.0
    """US dollars that it may cost at most."""


def routes(wanted: Wanted, settings: Settings) -> list[Route]:
    """Return the ways, in the order in which they are worth going; none where nothing has an address."""
    found = _ROUTES.get(wanted.platform)
    return list(found(wanted, settings)) if found and (wanted.held or wanted.absent) else []


async def follow(route: Route, into: Path, settings: Settings, ear: Ear, pace: Pace | None = None) -> Brought:
    """Return what a way brought; one that broke off in the same file is gone on with.

    `pace` says how fast servers are asked, and is handed on from way to way.

    Raises:
        NotReadable: The file can't be written.
    """

    async def go(visit: Visit) -> None:
        with visit.way(route.name) as way:
            try:
                await route.go(visit)
            except NotFetched as error:
                way.says = str(error).rstrip(".")

    return await visited(go, into, settings, ear, pace)


def helps(wanted: Wanted, settings: Settings) -> list[str]:
    """Return what else could bring missing posts, as advice to the user."""
    found: list[str] = []
    if not wanted.held and not wanted.absent:
        found.append("the address of any post of the thread: clew add URL")
    if wanted.states & {"gated", "private"}:
        found.append("login-gated: somebody who may see it, with a token or an export")
    if wanted.platform in _EXPORTS:
        found.append(_EXPORTS[wanted.platform])
    return found


_EXPORTS = {
    "x": "an export from the author (X: Settings, Download an archive of your data): clew add FILE",
    "bluesky": "a repository (CAR) or a saved page that somebody kept before: clew add FILE",
    "mastodon": "an export from the author (Mastodon: Preferences, Import and export): clew add FILE",
    "telegram": "an export from somebody in the channel (Telegram Desktop: Export chat history): clew add FILE",
}


# X -------------------------------------------------------------------------------------------------------------------


def _x(wanted: Wanted, settings: Settings) -> Sequence[Route]:
    held = [own for own in map(_id, wanted.held[: PAGES + 1]) if own.isdecimal()]
    ids = [own for own in dict.fromkeys((wanted.first, *held, *wanted.absent)) if own.isdecimal()]
    absent = [own for own in dict.fromkeys((*wanted.absent, *wanted.cut)) if own.isdecimal()][:ABSENT]
    anchors = held[:1]
    if not ids:
        return ()

    async def ask(visit: Visit) -> None:
        await x_api.fill(absent, anchors or absent[:1], visit)

    async def turn(visit: Visit) -> None:
        for own in ids[:PAGES]:
            if await threadreader.bring(own, visit):
                return

    async def look(visit: Visit) -> None:
        for own in absent:
            await x.bring_copies(own, wanted.handle, visit)
        if not absent:
            await x.bring_pages(ids[0], visit)

    needs = x_api.needs(settings, fewest=x_api.EACH * (len(absent) + 1))
    reader = threadreader.page_of(settings.threadreader, ids[0])
    post = f"https://x.com/{wanted.handle or 'i'}/status/{(absent or ids)[0]}"
    return (
        Route(name="X API", asks=post, needs=needs, go=ask, cost=0.0 if needs else settings.budget),
        Route(name="thread reader", asks=reader, needs=None, go=turn),
        Route(name="mementos", asks=post, needs=None if settings.memento else "a web archive: CLEW_MEMENTO", go=look),
    )


def _id(url: str) -> str:
    found = addresses.pasted(url)
    return (found.id if found else None) or ""


# Bluesky, Mastodon, Telegram -----------------------------------------------------------------------------------------


def _bluesky(wanted: Wanted, settings: Settings) -> Sequence[Route]:
    return _around("thread", wanted, bluesky.fetch)


def _mastodon(wanted: Wanted, settings: Settings) -> Sequence[Route]:
    async def look(visit: Visit) -> None:
        for own in wanted.absent[:ABSENT]:
            await memento.bring([own], visit, near=None, is_one=partial(_is_object, own.encode()))

    found = list(_around("thread", wanted, mastodon.fetch))
    at = [own for own in wanted.absent if urlsplit(own).scheme in ("http", "https")]
    if at and settings.memento:
        found.append(Route(name="mementos", asks=at[0], needs=None, go=look))
    return found


def _is_object(name: bytes, body: bytes) -> bool:
    return body.lstrip().startswith(b"{") and name in body and b'"content"' in body


def _telegram(wanted: Wanted, settings: Settings) -> Sequence[Route]:
    numbers = [own.rpartition("/")[2] for own in wanted.absent[:ABSENT]]
    pages = [f"https://t.me/s/{wanted.handle}/{number}" for number in numbers if wanted.handle and number.isdecimal()]

    async def look(visit: Visit) -> None:
        for page in pages:
            sign = f'data-post="{page.removeprefix("https://t.me/s/")}"'.encode()
            both = [page, page.replace("/s/", "/")]
            await memento.bring(both, visit, near=None, is_one=partial(_has, sign))

    held = tuple(page.replace("/s/", "/") for page in pages) + wanted.held
    found = list(_around("preview", replace(wanted, held=held), telegram.fetch))
    if pages and settings.memento:
        found.append(Route(name="mementos", asks=pages[0], needs=None, go=look))
    return found


def _has(sign: bytes, body: bytes) -> bool:
    return sign in body


def _around(name: str, wanted: Wanted, fetch: Callable[[Address, Visit], Awaitable[None]]) -> Sequence[Route]:
    """Return the way that asks for a thread by the address of a post in it."""
    found = [one for one in map(addresses.pasted, wanted.held) if one and one.platform == wanted.platform]
    if not found:
        return ()
    return (Route(name=name, asks=found[0].url, needs=None, go=lambda visit: fetch(found[0], visit)),)


_ROUTES: dict[str, Callable[[Wanted, Settings], Sequence[Route]]] = {
    "x": _x,
    "bluesky": _bluesky,
    "mastodon": _mastodon,
    "telegram": _telegram,
}
