"""Search over an archive in the browser; which threads cite a site or a page."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from clew.errors import ClewError, MissingLibrary
from clew.web.known import standings_of
from clew.web.library import Library
from clew.web.site import site_of

if TYPE_CHECKING:
    from clew.finding import Finder, Hit
    from clew.search.grammar import Query
    from clew.search.index import Index

__all__ = ["Searcher", "search", "source", "sources"]

PAGE = 20
PATIENCE = 1.5
"""Seconds that a search waits for what was just added."""
DEEPEST = 500
"""The last page that is given."""
#: What is counted beside the hits, and how a query is narrowed down to a value.
FACETS = {
    "author": "from:{}",
    "month": "date:{}",
    "language": "lang:{}",
    "domain": "domain:{}",
    "tag": "#{}",
}
FACET = 8
"""Values of each that are shown."""
_LOG = logging.getLogger(__name__)


class Searcher:
    """The index of an archive, which a thread of its own brings up to the database."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._following: threading.Thread | None = None

    @property
    def is_open(self) -> bool:
        """Whether the index is open."""
        return self._index is not None

    def warm(self) -> None:
        """Open the index, if there is one, and search once, so that the first reader does not wait for that."""
        threading.Thread(target=self._warmed, name="clew-warm", daemon=True).start()

    def _warmed(self) -> None:
        try:
            from clew.following import INDEX
            from clew.search import grammar

            if (self._library.path / INDEX).is_dir() and (finder := self.finder()) is not None:
                query = grammar.parse("the")
                finder.find(query, "best", 1)
                for name in FACETS:
                    finder.count(query, name, 1)
        except (ClewError, ImportError, OSError) as error:
            _LOG.info("the index was not opened in advance: %s", error)

    def finder(self) -> Finder | None:
        """Return what searches the archive; None where the index is still being made for the first time.

        A library that keeps nothing is searched as far as it is indexed; None where it is not.

        Raises:
            MissingLibrary: tantivy is not installed.
        """
        from clew.finding import Finder
        from clew.following import INDEX, is_behind
        from clew.search.index import Index

        with self._lock:
            if self._index is None:
                self._index = Index.opened(self._library.path / INDEX)
        if self._library.keeps and (self._index is None or is_behind(self._library.connection, self._index)):
            self._follow().join(PATIENCE)
        return Finder(self._library, self._index) if self._index is not None else None

    def _follow(self) -> threading.Thread:
        """Return the thread that brings the index up to the database."""
        with self._lock:
            if self._following is None or not self._following.is_alive():
                self._following = threading.Thread(target=self._caught_up, name="clew-index", daemon=True)
                self._following.start()
            return self._following

    def _caught_up(self) -> None:
        from clew.following import followed

        try:
            self._index = followed(self._library)
        except ClewError as error:
            _LOG.warning("%s", error)


def search(request: Request) -> Response:
    """What answers a query, with how many there are of each author, month, site, tag and language."""
    words = request.query_params.get("q", "").strip()[:1000]
    page = _page(request)
    sort = request.query_params.get("sort", "best")
    sort = sort if sort in ("best", "new", "old") else "best"
    values: dict[str, Any] = {"words": words, "page": page, "sort": sort, "found": None, "facets": {}, "problem": None}
    if words:
        values |= _searched(request, words, sort, page)
    return site_of(request).page(request, "search.html", **values)


def sources(request: Request) -> Response:
    """The sites that posts link to, those with most posts first."""
    from clew.search.grammar import Everything, Query

    finder = _finder(request)
    counts = finder.count(Query(Everything()), "domain", 500) if finder else None
    return site_of(request).page(request, "sources.html", counts=counts)


def source(request: Request) -> Response:
    """The threads that cite a site, or a page of it."""
    name = request.path_params["name"]
    page = _page(request)
    operator = "url" if "/" in name.strip("/") else "domain"
    values = _searched(request, f'{operator}:"{name.replace(chr(34), "")}"', "new", page)
    return site_of(request).page(
        request,
        "source.html",
        name=name,
        page=page,
        known=standings_of(site_of(request), name) if operator == "url" else [],
        **{"problem": None, "found": None} | values,
    )


def _searched(request: Request, words: str, sort: Any, page: int) -> dict[str, Any]:
    """Return what templates show of a search: hits and facets, or what stands in the way."""
    from clew.search import grammar

    try:
        query = grammar.parse(words)
        finder = _finder(request)
        if finder is None:
            return {"problem": "index"}
        found = finder.find(query, sort, PAGE, (page - 1) * PAGE)
        return {
            "found": found,
            "hits": [(hit, _pieces(hit)) for hit in found.hits],
            "pages": min(-(-found.total // PAGE), DEEPEST),
            "facets": _facets(finder, query, words) if page == 1 else {},
        }
    except MissingLibrary:
        raise
    except ClewError as error:
        return {"problem": str(error)}


def _facets(finder: Finder, query: Query, words: str) -> dict[str, list[tuple[str, int, str]]]:
    """Return values, how many hits have each, and the address of the search that is narrowed down to it."""
    facets: dict[str, list[tuple[str, int, str]]] = {}
    for name, operator in FACETS.items():
        counts = finder.count(query, name, 400 if name == "month" else FACET)
        counts = sorted(counts, key=lambda one: -one.count)[:FACET]
        if len(counts) > 1:
            facets[name] = [
                (one.value, one.count, "/search?q=" + quote_plus(f"{words} {operator.format(_value(one.value))}"))
                for one in counts
                if one.value
            ]
    return facets


def _value(value: str) -> str:
    """Return a value as a query takes it."""
    bare = value.removeprefix("@")
    return f'"{bare}"' if any(letter.isspace() or letter in '()"' for letter in bare) else bare


def _pieces(hit: Hit) -> Sequence[tuple[str, bool]]:
    """Return the part of a text around what was found, cut into what was found and what was not."""
    pieces: list[tuple[str, bool]] = []
    at, end = 0, len(hit.snippet)
    for start, stop in hit.spans:
        start, stop = start - hit.start, stop - hit.start
        if at <= start and stop <= end:
            pieces += [(hit.snippet[at:start], False), (hit.snippet[start:stop], True)]
            at = stop
    pieces.append((hit.snippet[at:], False))
    return [(text, marked) for text, marked in pieces if text]


def _finder(request: Request) -> Finder | None:
    return site_of(request).searcher.finder()


def _page(request: Request) -> int:
    page = request.query_params.get("page", "1")
    if not (page.isascii() and page.isdecimal() and 1 <= int(page[:6]) <= DEEPEST):
        raise HTTPException(404, f"there are pages 1 to {DEEPEST}")
    return int(page[:6])
