"""Pages over the whole archive: home, threads, authors, what was added."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from clew.web import shown
from clew.web.site import missing, site_of
from clew.web.strip import strip

__all__ = ["author", "authors", "capture", "captures", "holes", "home", "threads"]


def home(request: Request) -> Response:
    """What is new, what changed, what disappeared."""
    site = site_of(request)
    connection = site.library.connection
    return site.page(
        request,
        "home.html",
        totals=site.totals(),
        recent=shown.recent(connection, 8),
        captures=shown.captures(connection, None, 5).rows,
        changed=shown.changed(connection, 5),
        disappeared=shown.disappeared(connection, 5),
    )


def threads(request: Request) -> Response:
    """All threads, newest first."""
    site = site_of(request)
    found = shown.newest(site.library.connection, request.query_params.get("after"))
    return site.page(request, "threads.html", found=found, totals=site.totals())


def authors(request: Request) -> Response:
    """All authors of threads, by their handles."""
    site = site_of(request)
    found = shown.authors(site.library.connection, request.query_params.get("after"))
    return site.page(request, "authors.html", found=found)


def author(request: Request) -> Response:
    """An author's threads with their first posts, and when they were written."""
    site = site_of(request)
    connection = site.library.connection
    own = shown.author(connection, request.path_params["platform"], request.path_params["name"])
    if own is None:
        raise missing("no such author in this archive")
    found = shown.of_author(connection, own, request.query_params.get("after"))
    times = [datetime.fromisoformat(day) for day in shown.days(connection, own)]
    return site.page(request, "author.html", own=own, found=found, activity=strip(times, own.label))


def holes(request: Request) -> Response:
    """What is missing, across the archive."""
    site = site_of(request)
    certainty = request.query_params.get("certainty")
    wanted = certainty if certainty in shown.CERTAINTIES else None
    found = shown.holes(site.library.connection, wanted, request.query_params.get("after"))
    counts = site.hole_counts()
    return site.page(request, "holes.html", found=found, counts=counts, certainty=wanted)


def captures(request: Request) -> Response:
    """What was added, latest first."""
    site = site_of(request)
    found = shown.captures(site.library.connection, request.query_params.get("after"))
    return site.page(request, "captures.html", found=found)


def capture(request: Request) -> Response:
    """What was added, and what of it could not be read."""
    site = site_of(request)
    connection = site.library.connection
    own = shown.capture(connection, request.path_params["digest"])
    if own is None:
        raise missing("no such capture in this archive")
    problems = shown.problems(connection, own.capture, 200)
    return site.page(request, "capture.html", own=own, problems=problems)
