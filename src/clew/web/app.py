"""The application: its addresses, and what stands around them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from clew.errors import ClewError
from clew.web import (
    api,
    changing,
    correcting,
    documents,
    door,
    dossiers,
    evidence,
    feeds,
    groups,
    network,
    pages,
    searching,
    thread,
    versions,
)
from clew.web.door import Door, Open, inside
from clew.web.guard import Guard, Limit
from clew.web.library import Library
from clew.web.searching import Searcher
from clew.web.site import Site, Visitor, assets, missing, site_of
from clew.web.words import LANGUAGES

__all__ = ["Settings", "application"]

THREADS = 8
"""Requests that are answered at the same time; the others wait, so that memory stays bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a site is served."""

    archive: Path
    users: Path | None = None
    """The file of those who may come in; None: whoever reaches it may."""
    names: tuple[str, ...] = ()
    """Host names that it goes by, beside addresses and localhost."""
    read_only: bool = False
    """Whether nobody may change anything."""
    reads: int | None = None
    """Pages and pictures that one address may ask for in a minute; None: any number."""
    changes: int = 60
    """Changes that one client may make in a minute."""
    logins: int = 10
    """Attempts to log in that one client, or as one user, may make in five minutes."""


def application(settings: Settings) -> Any:
    """Return the application for an archive.

    Raises:
        NoArchive: There is none.
    """
    library = Library(settings.archive, keeps=not settings.read_only)
    site = Site(library, Searcher(library), has_users=settings.users is not None)
    app = Starlette(
        routes=_routes(),
        lifespan=_lifespan,
        exception_handlers={HTTPException: _problem, ClewError: _trouble},
    )
    app.state.site = site
    inner: Any
    if settings.users is None:
        inner = Open(app, Visitor(name=None, role="reader" if settings.read_only else "editor"))
    else:
        from clew.web.users import Sessions, Users

        app.state.users, app.state.sessions = Users(settings.users), Sessions()
        app.state.logins = (Limit(settings.logins, 300.0), Limit(settings.logins, 300.0))
        inner = Door(app, app.state.users, app.state.sessions, read_only=settings.read_only)
    reads = Limit(settings.reads, 60.0) if settings.reads else None
    return Guard(inner, settings.names, reads, Limit(settings.changes, 60.0))


class _Whole(PathConvertor):
    """Any text, with slashes and line ends in it: ids are what platforms make them."""

    regex = "(?s:.*)"


register_url_convertor("whole", _Whole())


def _routes() -> list[Route]:
    return [
        Route("/", pages.home),
        Route("/threads", pages.threads),
        Route("/authors", pages.authors),
        Route("/author/{platform}/{name:whole}", pages.author),
        Route("/captures", pages.captures),
        Route("/capture/{digest}", pages.capture),
        Route("/thread/{id:whole}", thread.thread),
        Route("/post/{id:whole}", thread.post),
        Route("/cite/{id:whole}", documents.cite),
        Route("/export/{form}/{id:whole}", documents.export),
        Route("/versions/{id:whole}", versions.versions),
        Route("/compare/{id:whole}", versions.compare),
        Route("/at/{stamp}/{id:whole}", versions.at),
        Route("/timemap/{id:whole}", versions.time_map),
        Route("/timegate/{id:whole}", versions.time_gate),
        Route("/evidence/{id:whole}", evidence.evidence),
        Route("/correct/{id:whole}", correcting.correct, methods=["GET"]),
        Route("/correct/{id:whole}", correcting.corrected, methods=["POST"]),
        Route("/dossiers", dossiers.dossiers, methods=["GET"]),
        Route("/dossiers", dossiers.made, methods=["POST"]),
        Route("/dossier/{name}", dossiers.dossier),
        Route("/dossier/{name}/as/{form}", dossiers.taken),
        Route("/dossier/{name}/remove", dossiers.removed, methods=["POST"]),
        Route("/dossier/{name}/annotations", dossiers.brought, methods=["POST"]),
        Route("/dossier/{name}/search", dossiers.searched, methods=["POST"]),
        Route("/annotate/{id:whole}", dossiers.annotate, methods=["GET"]),
        Route("/annotate/{id:whole}", dossiers.annotated, methods=["POST"]),
        Route("/search", searching.search),
        Route("/sources", searching.sources),
        Route("/source/{name:whole}", searching.source),
        Route("/holes", pages.holes),
        Route("/network", network.network),
        Route("/network/account", network.account),
        Route("/network/edge", network.edge),
        Route("/network/figures", network.network_data),
        Route("/network/picture", network.network_picture),
        Route("/groups", groups.groups),
        Route("/add", changing.add, methods=["GET"]),
        Route("/add", changing.added, methods=["POST"]),
        Route("/refresh/{id:whole}", changing.refresh, methods=["POST"]),
        Route("/job/{job}", changing.job),
        Route("/job/{job}/events", changing.events),
        Route("/feed.atom", feeds.atom),
        Route("/oembed", feeds.oembed),
        Route("/picture/{digest}", picture),
        Route("/language/{language}", language),
        Route("/login", door.login, methods=["GET"]),
        Route("/login", door.log_in, methods=["POST"]),
        Route("/logout", door.leave, methods=["POST"]),
        Route("/static/{name}", static),
        Route("/api/threads", api.threads),
        Route("/api/threads/{id:whole}", api.thread),
        Route("/api/authors", api.authors),
        Route("/api/captures", api.captures),
        Route("/api/holes", api.holes),
        Route("/api/search", api.search),
        Route("/api/openapi.json", api.described),
    ]


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    app.state.site.searcher.warm()
    yield
    app.state.site.close()


def static(request: Request) -> Response:
    """Give a file that pages need."""
    found = assets().get(request.path_params["name"])
    if found is None:
        raise missing("no such file")
    content, media, mark = found
    fresh = request.query_params.get("v") == mark[:10]
    age = "public, max-age=31536000, immutable" if fresh else "no-cache"
    return Response(content, media_type=media, headers={"Cache-Control": age, "ETag": f'"{mark}"'})


def picture(request: Request) -> Response:
    """Give a picture that a page showed."""
    found = site_of(request).gallery.by_digest(request.path_params["digest"])
    if found is None:
        raise missing("no such picture")
    headers = {"Cache-Control": "private, max-age=86400", "Content-Security-Policy": "sandbox; default-src 'none'"}
    return FileResponse(found.path, media_type=found.type, headers=headers)


def language(request: Request) -> Response:
    """Remember the language of pages, and go back to where the reader was."""
    back = inside(request.query_params.get("to", "/"))
    wished = request.path_params["language"]
    answer = RedirectResponse(back, 303)
    if wished in LANGUAGES:
        answer.set_cookie("clew-language", wished, max_age=365 * 86400, httponly=True, samesite="lax")
    return answer


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.url.path.startswith("/api"):
        return api.problem(error.status_code, error.detail, error.headers)
    return site_of(request).page(
        request, "problem.html", status=error.status_code, says=error.detail, headers=dict(error.headers or {})
    )


async def _trouble(request: Request, error: Exception) -> Response:
    status = 404 if isinstance(error, ClewError) and error.exit_code == 4 else 503
    if request.url.path.startswith("/api"):
        return api.problem(status, str(error))
    return site_of(request).page(request, "problem.html", status=status, says=str(error))
