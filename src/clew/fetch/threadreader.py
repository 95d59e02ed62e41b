"""Pages of threadreaderapp.com: threads of X that somebody once had unrolled there."""

from __future__ import annotations

from urllib.parse import urlsplit

from clew.fetch.answer import PAGE
from clew.fetch.visit import Visit

__all__ = ["bring", "page_of"]

SIGN = b"content-tweet"


def page_of(site: str, post: str) -> str:
    """Return the address of the page that unrolls a thread from a post on."""
    return f"{site}/thread/{post}.html"


async def bring(post: str, visit: Visit) -> bool:
    """Bring the page of a thread; False where there is none."""
    host = urlsplit(visit.settings.threadreader).netloc
    with visit.way("thread reader") as way:
        answer = await visit.client.get(page_of(visit.settings.threadreader, post), accept=PAGE)
        if answer.is_good and SIGN in answer.body:
            way.says, way.helped = f"a page of {host}", True
            return True
        if answer.status in (404, 410) or answer.is_good:
            way.says = f"{host} has no thread under this post's id; it may have one under the first post's"
        else:
            way.says = f"{host} does not give the page to programs ({answer.status})"
    return False
