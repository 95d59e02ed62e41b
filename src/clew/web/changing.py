"""Pages that change the archive: Add, Refresh, and how a job goes on."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import anyio.to_thread
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from clew.errors import BadOption
from clew.web import works
from clew.web.forms import limited
from clew.web.jobs import Job
from clew.web.said import said
from clew.web.shown import kept
from clew.web.site import in_path, language_of, missing, site_of, visitor_of

__all__ = ["add", "added", "events", "job", "refresh"]

TOO_MUCH = "this is more than is taken through a browser; use `clew add`"

STEP = 0.25
"""Seconds between two looks at a job."""
LONGEST = 1800.0
"""Seconds that a page listens at most; it then asks anew."""


def add(request: Request) -> Response:
    """The page with the form."""
    _allowed(request)
    return site_of(request).page(request, "add.html", problem=None, given="")


async def added(request: Request) -> Response:
    """Take what was given, and lead to the job that keeps it."""
    _allowed(request)
    site = site_of(request)
    request = Request(request.scope, limited(request.receive, works.MOST, TOO_MUCH))
    form = await request.form(max_files=20, max_fields=10)
    try:
        given = str(form.get("address") or "").strip()
        files = [one for one in form.getlist("file") if isinstance(one, UploadFile) and one.filename]
        archive = site.library.path
        job: Job | None = None
        for one in files:
            path = await anyio.to_thread.run_sync(_laid_down, one)
            job = site.jobs.begin(path.name, "/add", partial(works.add_file, archive, path))
            if job is None:
                shutil.rmtree(path.parent, ignore_errors=True)
        if given:
            address = works.checked_address(given)
            job = site.jobs.begin(address, "/add", partial(works.add_address, archive, address))
        elif not files:
            raise BadOption("nothing was given: paste an address, or choose a file.")
    except BadOption as error:
        return site.page(request, "add.html", status=422, problem=str(error), given=given)
    finally:
        await form.close()
    return _leading(job)


def refresh(request: Request) -> Response:
    """Begin to fill the holes of a thread."""
    _allowed(request)
    site = site_of(request)
    own = kept(site.library.connection, request.path_params["id"])
    if own is None:
        raise missing("no such thread in this archive")
    back = f"/thread/{in_path(own.id)}"
    return _leading(site.jobs.begin(own.id, back, partial(works.refresh, site.library.path, own.id)))


def job(request: Request) -> Response:
    """What a job has done so far."""
    own = _job(request)
    return site_of(request).page(request, "job.html", job=own)


async def events(request: Request) -> Response:
    """What a job does, as it happens (server-sent events)."""
    own = _job(request)
    start = request.headers.get("last-event-id", request.query_params.get("from", "0"))
    at = int(start) if start.isascii() and start.isdecimal() and len(start) < 9 else 0
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        _told(own, at, said(language_of(request))), media_type="text/event-stream", headers=headers
    )


async def _told(own: Job, at: int, say: Callable[[str], str | None]) -> AsyncIterator[str]:
    """Yield news from a place on, and that the job is over; progress is told again where it changed."""
    loop = asyncio.get_running_loop()
    until, last = loop.time() + LONGEST, None
    while loop.time() < until:
        over = own.is_over
        for number, one in enumerate(own.news[max(at - 1, 0) :], max(at - 1, 0) + 1):
            if number > at or (one.kind == "progress" and one != last):
                last = one
                known = say(one.says)
                told = {"kind": one.kind, "says": known or one.says, "href": one.href, "number": number}
                data = json.dumps(told | {"lang": None if known or one.href else "en"})
                yield f"id: {number}\ndata: {data}\n\n"
        at = len(own.news)
        if over:
            yield f"event: over\ndata: {json.dumps({'state': own.state, 'back': own.back})}\n\n"
            return
        await asyncio.sleep(STEP)


def _allowed(request: Request) -> None:
    if not visitor_of(request).may_change:
        raise HTTPException(403, "you may read this archive, and not change it")


def _job(request: Request) -> Job:
    _allowed(request)
    own = site_of(request).jobs.get(request.path_params["job"])
    if own is None:
        raise missing("no such job, or it was too long ago")
    return own


def _leading(own: Job | None) -> Response:
    if own is None:
        raise HTTPException(503, "too much is waiting to be done; try again later")
    return RedirectResponse(f"/job/{own.id}", 303)


def _laid_down(upload: UploadFile) -> Path:
    """Return a copy of what was sent, in a folder of its own, under a name that leads nowhere."""
    path = Path(tempfile.mkdtemp(prefix="clew-"), works.file_name(upload.filename))
    with path.open("wb") as out:
        shutil.copyfileobj(upload.file, out)
    return path
