"""The page of a thread."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from clew.archive.holdings import found
from clew.publish import BINDERS, PUBLISHERS
from clew.publish.differences import Piece, differences
from clew.publish.document import Said, Style
from clew.threads import Thread, from_json
from clew.web import shown
from clew.web.library import digest
from clew.web.reading import Reading, reading, stretch_of
from clew.web.shown import Kept
from clew.web.site import Site, in_path, missing, site_of
from clew.web.timeline import marks, timeline

__all__ = ["kept_of", "post", "thread"]


def thread(request: Request) -> Response:
    """A thread, a stretch of a hundred posts at a time."""
    site = site_of(request)
    name = request.path_params["id"]
    kept = kept_of(site, name)
    if kept.id != name:
        return RedirectResponse(f"/thread/{in_path(kept.id)}", 302)
    page = request.query_params.get("page", "1")
    if not page.isascii() or not page.isdecimal() or len(page) > 6:
        raise missing("no such page of this thread")
    return site.kept_page(request, "thread.html", digest(kept.record), lambda: _values(site, kept, int(page)))


def post(request: Request) -> Response:
    """Lead to the place of a post in its thread."""
    site = site_of(request)
    name = request.path_params["id"]
    threads = found(site.library.connection, name)
    for one in threads:
        place = stretch_of(one, name.partition(":")[2]) or stretch_of(one, name)
        if place is not None:
            page, anchor = place
            query = f"?page={page}" if page > 1 else ""
            return RedirectResponse(f"/thread/{in_path(one.id)}{query}#{anchor}", 302)
    raise missing("no such post in this archive")


def kept_of(site: Site, name: str) -> Kept:
    """Return a thread by its id, or by the id or address of a post in it.

    Raises:
        HTTPException: There is none.
    """
    connection = site.library.connection
    kept = shown.kept(connection, name)
    if kept is None:
        threads = found(connection, name)
        kept = shown.kept(connection, threads[0].id) if threads else None
    if kept is None:
        raise missing("no such thread in this archive")
    return kept


def _values(site: Site, kept: Kept, page: int) -> dict[str, Any]:
    own = from_json(kept.record)
    base = f"/thread/{in_path(kept.id)}"
    one = reading(own, page, base, Style())
    if one is None:
        raise missing("no such page of this thread")
    drawing = timeline(marks(one.document.blocks, one.addresses), own.title)
    return {
        "one": one,
        "head": one.document.head,
        "drawing": drawing,
        "edits": lambda said: _edits(one, said),
        "forms": [*PUBLISHERS, *BINDERS],
        "base": base,
        "author_page": _author_page(site, own),
    }


def _author_page(site: Site, own: Thread) -> str | None:
    """Return the address of the author's page; None where the author is not known."""
    key = own.author.handle or own.author.id
    known = key and shown.author(site.library.connection, own.platform, key)
    return f"/author/{in_path(own.platform)}/{in_path(key)}" if key and known else None


def _edits(one: Reading, said: Said) -> list[tuple[str | None, list[Piece]]]:
    """Return when each wording but the first came about, and how it differs from the one before."""
    texts = [earlier.text for earlier in said.earlier] + [said.text]
    times = [earlier.when for earlier in said.earlier]
    times = [*times[1:], None]
    return [(when, differences(before, after)) for before, after, when in zip(texts, texts[1:], times, strict=False)]
