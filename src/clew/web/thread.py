"""The page of a thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from clew import addresses
from clew.archive.holdings import found
from clew.archive.observe import key_of, many
from clew.errors import ClewError
from clew.publish import BINDERS, PUBLISHERS
from clew.publish.differences import Piece, differences
from clew.publish.document import Missing, Note, Said
from clew.threads import Thread, from_json
from clew.web import shown
from clew.web.known import style_of
from clew.web.library import digest
from clew.web.reading import reading, stretch_of
from clew.web.shown import Kept
from clew.web.site import Site, in_path, missing, site_of
from clew.web.timeline import marks, timeline

if TYPE_CHECKING:
    from clew.refresh import Hole

__all__ = ["kept_of", "page_of", "post", "thread", "values_of"]


@dataclass(frozen=True, slots=True)
class Held:
    """Which holes of a thread are remembered, by what is missing in them."""

    by_names: dict[frozenset[str], Hole] = field(default_factory=dict)
    by_words: dict[str, Hole] = field(default_factory=dict)

    def of(self, gap: Missing) -> Hole | None:
        """Return what is remembered of a gap; None where nothing is."""
        names = frozenset((*gap.ids, *(f"#{number}" for number in gap.numbers)))
        return self.by_names.get(names) if names else self.by_words.get("; ".join(gap.reasons))


def page_of(request: Request) -> int:
    """Return which page of a thread is asked for.

    Raises:
        HTTPException: There can be none such.
    """
    page = request.query_params.get("page", "1")
    if not page.isascii() or not page.isdecimal() or len(page) > 6:
        raise missing("no such page of this thread")
    return int(page)


def thread(request: Request) -> Response:
    """A thread, a stretch of a hundred posts at a time."""
    site = site_of(request)
    name = request.path_params["id"]
    kept = kept_of(site, name)
    base = f"/thread/{in_path(kept.id)}"
    if kept.id != name:
        return RedirectResponse(base, 302)
    page = page_of(request)
    (tried,) = site.library.connection.execute("SELECT count(*) FROM attempts WHERE thread = ?", (kept.id,)).fetchone()
    key = digest(kept.record, str(tried))
    headers = {"Link": f'</timegate/{in_path(kept.id)}>; rel="timegate", </timemap/{in_path(kept.id)}>; rel="timemap"'}
    return site.kept_page(
        request, "thread.html", key, lambda: values_of(site, from_json(kept.record), page, base), headers
    )


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


def values_of(
    site: Site, own: Thread, page: int, base: str, *, version: Any = None, whole: bool = False
) -> dict[str, Any]:
    """Return what the template needs; `version` is the one that is shown instead of what is known now.

    Raises:
        HTTPException: The thread has no such page.
    """
    one = reading(own, page, base, style_of(site, [own]), whole=whole)
    if one is None:
        raise missing("no such page of this thread")
    return {
        "one": one,
        "head": one.document.head,
        "drawing": timeline(marks(one.document.blocks, one.addresses), own.title),
        "edits": _edits,
        "forms": [*PUBLISHERS, *BINDERS, "jsonl"],
        "base": base,
        "name": in_path(own.id),
        "author_page": _author_page(own),
        "holes": Held() if version else _holes(site, own),
        "version": version,
        "held": _held(site, one.notes),
    }


def _holes(site: Site, own: Thread) -> Held:
    """Return what is remembered of the gaps; nothing where ways to fill them are not installed."""
    from clew.refresh import holes_in

    try:
        from clew.fetch import Settings

        holes = holes_in(site.library.connection, own, Settings.of(archive=site.library.path, keyring=False))
    except (ClewError, ImportError):
        return Held()
    return Held(
        {frozenset(hole.names): hole for hole in holes if not hole.names[0].startswith("after ")},
        {hole.says: hole for hole in holes if hole.names[0].startswith("after ")},
    )


def _held(site: Site, notes: Sequence[Note]) -> dict[int, str]:
    """Return the page of each link that leads to a post which is held, by its number."""
    keys: dict[str, list[int]] = {}
    for note in notes:
        address = addresses.parse(note.url) if note.url else None
        if address and address.id:
            keys.setdefault(key_of(address.platform, address.id), []).append(note.number)
    if not keys:
        return {}
    rows = site.library.connection.execute(
        "SELECT post FROM posts WHERE post IN (SELECT value FROM json_each(?))", (many(keys),)
    )
    return {number: f"/post/{in_path(key)}" for (key,) in rows for number in keys[key]}


def _author_page(own: Thread) -> str | None:
    """Return the address of the author's page; None where the author is not known."""
    key = own.author.handle or own.author.id
    return f"/author/{in_path(own.platform)}/{in_path(key)}" if key else None


def _edits(said: Said) -> Iterator[tuple[str | None, list[Piece]]]:
    """Yield when each wording but the first came about, and how it differs from the one before."""
    texts = [earlier.text for earlier in said.earlier] + [said.text]
    times = [*[earlier.when for earlier in said.earlier][1:], None]
    for before, after, when in zip(texts, texts[1:], times, strict=False):
        yield when, differences(before, after)
