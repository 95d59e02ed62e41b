"""What other programs ask for: a feed of new threads, and what they need to show a thread in a page of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from clew.publish.html import escape
from clew.publish.links import named
from clew.publish.sentences import counted
from clew.web import api, shown
from clew.web.answers import answer, made
from clew.web.site import in_path, site_of

__all__ = ["atom", "oembed"]

MOST = 50
"""Threads in the feed."""


def atom(request: Request) -> Response:
    """The threads that were made or changed last, of one author where one is named, as Atom."""
    site = site_of(request)
    connection = site.library.connection
    platform, key = request.query_params.get("platform"), request.query_params.get("author")
    title = f"Clew: {site.library.name}"
    if platform and key:
        own = shown.author(connection, platform, key)
        if own is None:
            return api.problem(404, "no such author in this archive")
        rows: Sequence[shown.Row] = shown.of_author(connection, own, None, MOST).rows
        title = f"{title}, {own.label}"
    else:
        rows = shown.recent(connection, MOST)
    here = str(request.base_url).rstrip("/")
    newest = shown.captures(connection, None, 1).rows
    changed = f"{newest[0].kept_at[:19]}Z" if newest else "1970-01-01T00:00:00Z"
    body = "".join(_feed(rows, title, here, str(request.url), changed))
    return answer(request, made(body), "application/atom+xml")


def _feed(rows: Sequence[shown.Row], title: str, here: str, own: str, changed: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield f"<id>{named(own)}</id>\n<title>{escape(title)}</title>\n<updated>{changed}</updated>\n"
    yield f'<link rel="self" href="{escape(own)}"/>\n<link href="{escape(here)}/"/>\n'
    for row in rows:
        moment = f"{(row.last or row.first or changed)[:19].rstrip('Z')}Z"
        says = f"{counted(row.posts, 'post')}, {counted(row.gaps, 'gap')}"
        yield f"<entry>\n<id>{named(row.id)}</id>\n<title>{escape(row.title)}</title>\n<updated>{moment}</updated>\n"
        yield f"<author><name>{escape(row.author)}</name></author>\n"
        yield f'<link href="{escape(here)}/thread/{in_path(row.id)}"/>\n'
        yield f"<summary>{escape(row.opening)} ({says})</summary>\n</entry>\n"
    yield "</feed>\n"


def oembed(request: Request) -> Response:
    """Say of a thread that is held what a page needs that links to it; no HTML of ours runs elsewhere."""
    if request.query_params.get("format", "json") != "json":
        return api.problem(501, "oembed is given as JSON alone")
    site = site_of(request)
    path = unquote(urlsplit(request.query_params.get("url", "")[:2_000]).path)
    name = path.removeprefix("/thread/")
    own = shown.kept(site.library.connection, name) if path.startswith("/thread/") else None
    row = shown.row(site.library.connection, own.thread) if own else None
    if row is None:
        return api.problem(404, "this is the address of no thread in this archive")
    body = {
        "version": "1.0",
        "type": "link",
        "title": row.title,
        "author_name": row.author,
        "provider_name": f"Clew: {site.library.name}",
        "provider_url": str(request.base_url),
        "cache_age": 3600,
    }
    return answer(request, made(msgspec.json.encode(body)), "application/json")
