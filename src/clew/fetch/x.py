"""X: the routes to a thread there. Without a token those are what others have kept: Thread Reader and web archives."""

from __future__ import annotations

from clew import times
from clew.addresses import Address
from clew.fetch import memento, threadreader, x_api
from clew.fetch.visit import Visit

__all__ = ["NAME", "bring_copies", "bring_pages", "fetch", "serves"]

NAME = "x"

READER = "https://threadreaderapp.com"
"""Where web archives have found pages of Thread Reader."""


def serves(address: Address) -> bool:
    """Say whether the address is of X, or of a page that shows what is there."""
    return address.platform == "x"


async def fetch(address: Address, visit: Visit) -> None:
    """Bring the thread around a post by the routes that there are: the API, Thread Reader, web archives.

    A profile is read through the API alone.

    Raises:
        NotFetched: No route gives anything; the reason says it of each.
    """
    if address.id is None:
        visit.author = address.handle
        await x_api.bring_profile(address.handle or "", visit)
        return
    visit.post = address.id
    by_api = await x_api.bring(address.id, visit)
    by_reader = not by_api and await threadreader.bring(address.id, visit)
    if not by_api and not by_reader:
        await bring_copies(address.id, address.handle, visit)


async def bring_copies(post: str, handle: str | None, visit: Visit) -> bool:
    """Bring a copy of a post, or of the page that unrolls a thread from it on, from web archives; False: there is none.

    Every address under which an archive may have it is asked for.
    """
    who = handle or "i/web"
    pages = [f"https://{host}/{who}/status/{post}" for host in ("x.com", "twitter.com", "mobile.twitter.com")]
    pages.append(threadreader.page_of(READER, post))
    near = times.from_snowflake(post)
    return await memento.bring(pages, visit, near=near, is_one=lambda body: _holds(body, post)) is not None


async def bring_pages(post: str, visit: Visit) -> bool:
    """Bring a copy of the page that unrolls a thread from a post on; False where no web archive has one."""
    page = threadreader.page_of(READER, post)
    return await memento.bring([page], visit, near=None, is_one=lambda body: threadreader.SIGN in body) is not None


def _holds(body: bytes, post: str) -> bool:
    """Say whether a page holds the post, rather than a request to sign in or to switch on a script."""
    own = post.encode()
    signs = (b"tweet-text", b"full_text", b'"text"', threadreader.SIGN)
    return own in body and any(sign in body for sign in signs)
