"""Pages that posts link to: as they are now, with what they are made of; where they are gone, as archives have them.

Bounded in size, time and number. Nothing but what a page itself names is fetched with it, and nothing from private
networks, wherever redirects and names lead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias
from urllib.parse import urljoin, urlsplit

from clew import addresses
from clew.errors import NotFetched
from clew.fetch import memento
from clew.fetch.answer import ANYTHING, Answer
from clew.fetch.settings import Settings
from clew.fetch.visit import Visit
from clew.standing import Memento

__all__ = ["Found", "Linked", "bounded", "bring", "is_page", "is_short"]

PAGE = 10 * 1024 * 1024
"""Bytes of one page, and of each thing that it is made of."""
PARTS = 25
"""So many stylesheets, pictures and scripts of one page are kept."""
SECONDS = 30.0
"""For one answer."""

SHORTENERS = frozenset(
    "t.co bit.ly buff.ly ow.ly tinyurl.com is.gd goo.gl dlvr.it lnkd.in ift.tt trib.al amzn.to youtu.be wp.me fb.me"
    " nyti.ms wapo.st bbc.in reut.rs econ.st on.ft.com cnn.it gu.com rb.gy t.ly cutt.ly shorturl.at tiny.cc".split()
)
_POSTS = frozenset({"x.com", "twitter.com", "mobile.twitter.com", "bsky.app", "t.me"})
"""Their pages show nothing without a script; what is in them is brought by other ways."""
_GONE = frozenset({404, 410, 451})

State: TypeAlias = Literal["kept", "gone", "refused", "failed"]
"""kept · gone: the server says that it is not there · refused: it does not give it to programs, or clew does not go
there · failed: no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A link."""

    url: str
    near: datetime | None
    """When it was published."""


@dataclass(slots=True, kw_only=True)
class Found:
    """What came of a link."""

    link: Linked
    state: State
    says: str
    leads_to: str | None = None
    """Where it led in the end, where that is another address."""
    parts: int = 0
    """Things that its page is made of and that are kept."""
    copy: str | None = None
    """What a web archive has of it, in words; None where it was not asked or has nothing."""
    memento: Memento | None = None
    """That copy."""


def is_page(url: str) -> bool:
    """Say whether a link leads to a page that is worth keeping, rather than to a post.

    >>> is_page("https://example.org/report.pdf"), is_page("https://x.com/ana/status/1"), is_page("mailto:a@b.c")
    (True, False, False)
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in host and host not in _POSTS


def is_short(url: str) -> bool:
    """Say whether an address only leads on to another one.

    >>> is_short("https://t.co/abc"), is_short("https://example.org/abc")
    (True, False)
    """
    return addresses.domain(url) in SHORTENERS


def bounded(settings: Settings) -> Settings:
    """Return settings under which pages are fetched."""
    limits = settings.limits
    return replace(
        settings,
        tokens={},
        keyring=False,
        limits=replace(
            limits,
            page=min(PAGE, limits.page),
            exchange=min(SECONDS, limits.exchange),
            silence=min(SECONDS / 2, limits.silence),
            attempts=min(2, limits.attempts),
            patience=min(10.0, limits.patience),
        ),
    )


async def bring(link: Linked, visit: Visit) -> Found:
    """Bring what a link leads to, or what web archives have of it; what came of it is never raised."""
    with visit.way("link"):
        try:
            answer = await visit.client.get(link.url, accept="text/html,application/xhtml+xml,*/*;q=0.8")
        except NotFetched as error:
            refused = error.reason.startswith("was not asked") or "no address that clew asks" in error.reason
            found = Found(link=link, state="refused" if refused else "failed", says=error.reason)
        else:
            found = _judged(link, answer)
            if found.state == "kept":
                found.parts = await _parts(answer, visit)
    if found.state in ("gone", "failed"):
        await _copies(found, visit)
    return found


def _judged(link: Linked, answer: Answer) -> Found:
    leads_to = answer.url if answer.url != link.url.partition("#")[0] else None
    if answer.is_good:
        return Found(link=link, state="kept", says="kept", leads_to=leads_to)
    if answer.status in _GONE:
        return Found(
            link=link, state="gone", says=f"answers {answer.status}: it is not there any more", leads_to=leads_to
        )
    return Found(link=link, state="refused", says=f"answers {answer.status}", leads_to=leads_to)


async def _copies(found: Found, visit: Visit) -> None:
    """Look for a copy in web archives, made soonest after the link was published."""
    pages = list(dict.fromkeys(filter(None, (found.link.url, found.leads_to))))
    found.memento = await memento.bring(pages, visit, near=found.link.near, is_one=lambda body: bool(body.strip()))
    if found.memento:
        found.copy = visit.tried["mementos"].says
        del visit.tried["mementos"]


async def _parts(page: Answer, visit: Visit) -> int:
    """Bring what a page is made of; returns how much of it came."""
    count = 0
    for url in list(_named(page))[:PARTS]:
        try:
            answer = await visit.client.get(url, accept=ANYTHING)
        except NotFetched:
            continue
        count += answer.is_good
    return count


def _named(page: Answer) -> Iterator[str]:
    """Yield the addresses of stylesheets, pictures and scripts that a page names, each once."""
    if "html" not in page.headers.get("Content-Type", "").lower():
        return
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(page.body.decode("utf-8", "replace"))
    seen: dict[str, None] = {}
    for query, attribute in _PARTS:
        for node in tree.css(query):
            value = (node.attributes.get(attribute) or "").strip()
            try:
                url = urljoin(page.url, value).partition("#")[0]
            except ValueError:
                continue
            if value and url.startswith(("http://", "https://")) and url != page.url:
                seen.setdefault(url)
    yield from seen


_PARTS = (
    ('link[rel~="stylesheet"][href]', "href"),
    ("img[src]", "src"),
    ("script[src]", "src"),
    ("source[src]", "src"),
)
