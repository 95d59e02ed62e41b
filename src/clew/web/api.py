"""The same as the pages show, as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from clew.errors import BadQuery, needing
from clew.web import openapi, shown
from clew.web.answers import answer, made
from clew.web.shown import Listing
from clew.web.site import in_path, site_of

__all__ = ["authors", "captures", "described", "holes", "problem", "search", "thread", "threads"]

MOST = 200
"""Rows that one answer can hold."""
DEEPEST = 300
"""The last page of a search that is given."""
LONGEST = 1_000
"""Code points of the longest query."""


def problem(status: int, says: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as RFC 9457 says."""
    body = msgspec.json.encode({"status": status, "title": says})
    return Response(body, status, dict(headers or {}), "application/problem+json")


def threads(request: Request) -> Response:
    """List threads, newest first."""
    return _listed(request, shown.newest, _thread)


def thread(request: Request) -> Response:
    """Give a thread as `clew/thread/1`."""
    kept = shown.kept(site_of(request).library.connection, request.path_params["id"])
    if kept is None:
        return problem(404, "no such thread in this archive")
    return answer(request, made(kept.record), "application/json")


def authors(request: Request) -> Response:
    """List authors, by their handles."""
    return _listed(request, shown.authors, _author)


def captures(request: Request) -> Response:
    """List what was added, latest first."""
    return _listed(request, shown.captures, asdict)


def holes(request: Request) -> Response:
    """List gaps, those in the threads that were made or changed last first."""
    certainty = request.query_params.get("certainty")
    if certainty is not None and certainty not in shown.CERTAINTIES:
        return problem(422, f"certainty: is one of {', '.join(shown.CERTAINTIES)}")
    return _listed(request, lambda connection, after, size: shown.holes(connection, certainty, after, size), asdict)


def search(request: Request) -> Response:
    """Give a page of what answers a query."""
    words = request.query_params.get("q", "")
    sort, page = request.query_params.get("sort", "best"), request.query_params.get("page", "1")
    if not words.strip() or len(words) > LONGEST:
        return problem(422, f"q: takes 1 to {LONGEST} letters")
    if sort not in ("best", "new", "old"):
        return problem(422, "sort: is one of best, new, old")
    if not (page.isascii() and page.isdecimal() and 1 <= int(page[:9]) <= DEEPEST):
        return problem(422, f"page: is no number from 1 to {DEEPEST}")
    with needing("searching", "search"):
        from clew.search import grammar
    try:
        query = grammar.parse(words)
    except BadQuery as error:
        return problem(422, str(error))
    finder = site_of(request).searcher.finder()
    if finder is None:
        return problem(503, "the index of this archive is being made", {"Retry-After": "10"})
    found = finder.find(query, sort, shown.PAGE, (int(page) - 1) * shown.PAGE)  # type: ignore[arg-type]
    body = {"total": found.total, "waiting": found.waiting, "items": found.hits}
    return answer(request, made(msgspec.json.encode(body)), "application/json")


def described(request: Request) -> Response:
    """Describe all of this (OpenAPI)."""
    return answer(request, made(msgspec.json.encode(openapi.DESCRIPTION)), "application/json")


def _listed(request: Request, ask: Callable[..., Listing[Any]], plain: Callable[[Any], dict[str, Any]]) -> Response:
    after = request.query_params.get("after")
    size = request.query_params.get("size", str(shown.PAGE))
    if not (size.isascii() and size.isdecimal() and 1 <= int(size[:9]) <= MOST):
        return problem(422, f"size: is no number from 1 to {MOST}")
    found = ask(site_of(request).library.connection, after, int(size))
    body: dict[str, Any] = {"items": [plain(row) for row in found.rows], "after": found.after}
    headers = {}
    if found.after:
        headers["Link"] = f'<{request.url.path}?after={found.after}&size={size}>; rel="next"'
    return answer(request, made(msgspec.json.encode(body)), "application/json", headers=headers)


def _thread(row: shown.Row) -> dict[str, Any]:
    return asdict(row) | {"href": f"/api/threads/{in_path(row.id)}", "page": f"/thread/{in_path(row.id)}"}


def _author(row: shown.Author) -> dict[str, Any]:
    values = asdict(row)
    values.pop("rows")
    return values | {"page": f"/author/{in_path(row.platform)}/{in_path(row.key)}"}
