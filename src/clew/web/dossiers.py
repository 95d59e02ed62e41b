"""Dossiers: the list, one with its views, and what editors put into them: threads, posts and passages with notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from clew.archive.holdings import found
from clew.archive.standings import links_in, standings
from clew.dossier import Dossier, Gathered, Item, Shelf, gathered
from clew.dossier.annotations import exported, imported
from clew.dossier.bound import as_json
from clew.dossier.page import page as site_page
from clew.dossier.views import views
from clew.errors import BadOption, ClewError, needing
from clew.evidence.joined import held_aliases
from clew.evidence.studying import studying
from clew.posts import Post
from clew.publish.annotations import places
from clew.threads import Thread, from_json
from clew.web.documents import SANDBOX
from clew.web.evidence import plots_of
from clew.web.forms import Given, allowed, given
from clew.web.library import digest
from clew.web.site import Site, in_path, missing, site_of
from clew.web.thread import kept_of

__all__ = ["annotate", "annotated", "brought", "dossier", "dossiers", "made", "removed", "searched", "taken"]

MOST = 300
"""Threads of one search that a page gathers; documents of `clew dossier publish` hold all."""
ROWS = 500
"""Rows of a table on a page."""
_FORMS = {"json": "application/json", "html": "text/html; charset=utf-8", "annotations": "application/ld+json"}


def dossiers(request: Request) -> Response:
    """All dossiers by their names."""
    site = site_of(request)
    return site.page(request, "dossiers.html", held=list(Shelf(site.library.path)), problem=None, given="")


async def made(request: Request) -> Response:
    """Make a dossier, and lead to it."""
    allowed(request)
    site, form = site_of(request), await given(request)
    title = form.of("title")
    try:
        new = await anyio.to_thread.run_sync(_new, Shelf(site.library.path), form.of("name") or _slug(title), title)
    except BadOption as error:
        held = list(Shelf(site.library.path))
        return site.page(request, "dossiers.html", status=422, held=held, problem=str(error), given=title)
    return RedirectResponse(f"/dossier/{new.name}", 303)


def dossier(request: Request) -> Response:
    """A dossier with its views: timeline, map, network, figures, sources, open questions."""
    site = site_of(request)
    own = _of(site, request.path_params["name"])
    return site.page(request, "dossier.html", **_values(site, own), problem=None)


def taken(request: Request) -> Response:
    """A dossier as a file: its page, its data, or its passages as Web Annotations."""
    site, form = site_of(request), request.path_params["form"]
    if form not in _FORMS:
        raise missing("no such form of a dossier")
    own = _of(site, request.path_params["name"])
    held = _gathered(site, own)
    suffix = ".jsonld" if form == "annotations" else f".{form}"
    headers = SANDBOX | {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(own.name + suffix)}"}
    return Response(_written(held, form).encode("utf-8", "replace"), media_type=_FORMS[form], headers=headers)


async def removed(request: Request) -> Response:
    """Take an item out of a dossier."""
    allowed(request)
    form = await given(request)
    number = form.of("number")
    shelf, name = Shelf(site_of(request).library.path), request.path_params["name"]

    def lacking() -> None:
        _of(site_of(request), name)
        try:
            shelf.change(name, lambda own: own.lacking(_number(own, number, form.of("mark"))))
        except (ValueError, IndexError) as error:
            raise missing("no such item in this dossier; it may have been taken out already") from error

    await anyio.to_thread.run_sync(lacking)
    return RedirectResponse(f"/dossier/{in_path(name)}", 303)


async def brought(request: Request) -> Response:
    """Take the passages of a file of Web Annotations into a dossier."""
    allowed(request)
    site, form = site_of(request), await given(request)
    own = _of(site, request.path_params["name"])
    try:
        await anyio.to_thread.run_sync(_bring, site, own.name, form.file or b"")
    except BadOption as error:
        values = await anyio.to_thread.run_sync(_values, site, own)
        return site.page(request, "dossier.html", status=422, problem=str(error), **values)
    return RedirectResponse(f"/dossier/{own.name}", 303)


async def searched(request: Request) -> Response:
    """Put a search into a dossier, which keeps filling it."""
    allowed(request)
    site, form = site_of(request), await given(request)
    name = _of(site, request.path_params["name"]).name
    try:
        await anyio.to_thread.run_sync(_search, site, name, form.of("query"))
    except ClewError as error:
        values = await anyio.to_thread.run_sync(_values, site, _of(site, name))
        return site.page(request, "dossier.html", status=422, problem=str(error), **values)
    return RedirectResponse(f"/dossier/{name}", 303)


def annotate(request: Request) -> Response:
    """The form that puts a thread, a post of it or words of that into a dossier, with a note and tags."""
    allowed(request)
    site, query = site_of(request), request.query_params
    own = from_json(kept_of(site, request.path_params["id"]).record)
    post = _post(own, query.get("post"))
    words = _words(post, query.get("start", ""), query.get("end", "")) if post else ""
    span = {"start": query.get("start", ""), "end": query.get("end", "")} if words else {}
    return site.page(request, "annotate.html", **_form(site, own, post, words) | span, problem=None)


async def annotated(request: Request) -> Response:
    """Put it in, and lead to the dossier."""
    allowed(request)
    site, form = site_of(request), await given(request)
    own = from_json(kept_of(site, request.path_params["id"]).record)
    post = _post(own, form.of("post") or None)
    try:
        name = await anyio.to_thread.run_sync(_put, site, own, post, form)
    except BadOption as error:
        values = _form(site, own, post, form.of("words")) | {"note": form.of("note"), "tags": form.of("tags")}
        return site.page(request, "annotate.html", status=422, problem=str(error), **values)
    return RedirectResponse(f"/dossier/{name}", 303)


# --- what a dossier is about ------------------------------------------------------------------------------------------


def _of(site: Site, name: str) -> Dossier:
    try:
        return Shelf(site.library.path).get(name)
    except BadOption as error:
        raise missing("no such dossier in this archive") from error


def _gathered(site: Site, own: Dossier) -> Gathered:
    with needing("dossiers", "evidence"), studying(site.library.path, keeps=site.library.keeps) as study:
        connection = site.library.connection
        return gathered(
            own,
            lambda name: found(connection, name),
            _answering(site),
            study,
            lambda threads: standings(connection, links_in(threads)),
            held_aliases(site.library.path),
        )


def _answering(site: Site) -> Any:
    def answering(query: str) -> Iterable[str]:
        from clew.search import grammar

        finder = site.searcher.finder()
        hits = finder.find(grammar.parse(query), "old", MOST).hits if finder and not _slip(query) else ()
        return dict.fromkeys(hit.thread for hit in hits)

    return answering


def _slip(query: str) -> str:
    """Return what is wrong with a search; empty where nothing is."""
    from clew.search import grammar

    try:
        grammar.parse(query)
    except ClewError as error:
        return str(error)
    return ""


def _values(site: Site, own: Dossier) -> dict[str, Any]:
    held = _gathered(site, own)
    return {
        "own": own,
        "most": ROWS,
        "held": held,
        "views": views(held),
        "plots": plots_of(held),
        "keys": {post.id: f"{post.platform}:{post.id}" for post in held.posts.values()},
        "openings": {post.id: " ".join(post.text.split())[:100] for post in held.posts.values()},
        "titles": {thread.id: thread.title for thread in held.threads},
        "slips": {item.of: _slip(item.of) for item in own.items if item.kind == "search"},
        "gone": frozenset(map(id, held.gone)),
        "marks": [_mark_of(item) for item in own.items],
    }


def _written(held: Gathered, form: str) -> str:
    if form == "annotations":
        return exported(held)
    if form == "json":
        return as_json(held, views(held))
    return "".join(site_page(held, views(held), datetime.now(UTC)))


def _number(own: Dossier, number: str, mark: str) -> int:
    """Return the number of an item as the dossier is now: that which has the mark, wherever it went meanwhile.

    Raises:
        ValueError: It is not there any more, or the number is none.
    """
    return [_mark_of(item) for item in own.items].index(mark) + 1 if mark else int(number)


def _mark_of(item: Item) -> str:
    """Return what an item is known by, whatever its place."""
    return digest(item.kind, item.of, str(item.start), item.quote or "")


# --- what is put in ---------------------------------------------------------------------------------------------------


def _form(site: Site, own: Thread, post: Post | None, words: str) -> dict[str, Any]:
    held = list(Shelf(site.library.path))
    return {"own": own, "post": post, "passage": words, "held": held, "note": "", "tags": "", "start": "", "end": ""}


def _post(own: Thread, post_id: str | None) -> Post | None:
    post = next((one for one in own.posts() if one.id == post_id), None)
    if post_id and post is None:
        raise missing("no such post in this thread")
    return post


def _words(post: Post, start: str, end: str) -> str:
    """Return the words at a span of a post; empty where it has no such span."""
    span = _span(start, end)
    return post.text[slice(*span)] if span else ""


def _span(start: str, end: str) -> tuple[int, int] | None:
    """Return a span of code points; None where that is none."""
    if not (start.isascii() and start.isdecimal() and end.isascii() and end.isdecimal()):
        return None
    return int(start[:9]), int(end[:9])


def _put(site: Site, own: Thread, post: Post | None, form: Given) -> str:
    """Put what a form names into its dossier, which is made where it is new; returns the dossier's name.

    Raises:
        BadOption: The words do not stand in the post, or no dossier is named.
    """
    shelf, title = Shelf(site.library.path), form.of("title")
    if not title and not form.of("dossier"):
        raise BadOption("name a dossier, or give a new one a title.")
    item = _item(own, post, form)
    name = shelf.new(_slug(title), title).name if title else form.of("dossier")
    return shelf.change(name, lambda held: held.having(item)).name


def _item(own: Thread, post: Post | None, form: Given) -> Item:
    tags = tuple(dict.fromkeys(tag.lstrip("#") for tag in re.split(r"[\s,]+", form.of("tags")) if tag.strip("#")))
    told: dict[str, Any] = {"note": form.of("note") or None, "tags": tags, "added": _now()}
    words = form.of("words")
    span = _span(form.of("start"), form.of("end"))
    if post and span and words and post.text[slice(*span)] == words:
        return Item(kind="passage", of=post.id, quote=words, start=span[0], **told)
    if not words:
        return Item(kind="post", of=post.id, **told) if post else Item(kind="thread", of=own.id, **told)
    standing = places([post] if post else own.posts(), words)
    if not standing:
        raise BadOption("these words do not stand in any post that is meant.")
    where, start, end = standing[0]
    return Item(kind="passage", of=where.id, quote=where.text[start:end], start=start, **told)


def _search(site: Site, name: str, query: str) -> None:
    from clew.search import grammar

    if not query:
        raise BadOption("write what is searched for.")
    grammar.parse(query)
    Shelf(site.library.path).change(name, lambda own: own.having(Item(kind="search", of=query, added=_now())))


def _bring(site: Site, name: str, content: bytes) -> None:
    """Put the passages of annotations into a dossier; those of posts that are not held are left out.

    Raises:
        BadOption: There are none, or none whose post is held.
    """
    items = [item for of, item in imported(content, "the file", _now()) for item in _held(site, of, item)]
    if not items:
        raise BadOption("no post that the file is about is held in this archive.")
    Shelf(site.library.path).change(name, lambda own: own.having(*items))


def _held(site: Site, of: str, item: Item) -> Iterator[Item]:
    """Yield a passage under the id of its post, where that is held."""
    import msgspec

    from clew.archive.holdings import named_posts

    for post in named_posts(site.library.connection, of)[:1]:
        yield msgspec.structs.replace(item, of=post.key.partition(":")[2])


def _new(shelf: Shelf, name: str, title: str) -> Dossier:
    return shelf.new(name, title or None)


def _slug(title: str) -> str:
    """Return a name for a dossier out of its title; empty where that has no letters for one.

    >>> _slug("Who bought the harbour?")
    'who-bought-the-harbour'
    """
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:80].strip("-")
    return name or (f"dossier-{datetime.now(UTC):%Y%m%d-%H%M%S}" if title.strip() else "")


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
