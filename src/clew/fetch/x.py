"""X: the routes to a thread there. Without a token those are what others have kept: Thread Reader and web archives."""

from __future__ import annotations

from clew import times
from clew.addresses import Address
from clew.fetch import memento, threadreader, x_api
from clew.fetch.visit import Visit

__all__ = ["NAME", "fetch", "serves"]

NAME = "x"


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
        pages = _pages(address, visit)
        await memento.bring(
            pages, visit, near=times.from_snowflake(address.id), is_one=lambda body: _holds(body, address.id or "")
        )


def _pages(address: Address, visit: Visit) -> list[str]:
    """Return the addresses under which an archive may have the post."""
    who = address.handle or "i/web"
    pages = [f"https://{host}/{who}/status/{address.id}" for host in ("x.com", "twitter.com", "mobile.twitter.com")]
    return [*pages, threadreader.page_of("https://threadreaderapp.com", address.id or "")]


def _holds(body: bytes, post: str) -> bool:
    """Say whether a page holds the post, rather than a request to sign in or to switch on a script."""
    own = post.encode()
    signs = (b"tweet-text", b"full_text", b'"text"', threadreader.SIGN)
    return own in body and any(sign in body for sign in signs)
