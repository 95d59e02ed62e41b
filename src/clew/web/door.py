"""The door: who comes in as whom, where users have to say who they are; logging in and out."""

from __future__ import annotations

from urllib.parse import parse_qs, quote

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from clew.web import api
from clew.web.guard import Limit
from clew.web.site import READER, Visitor, site_of
from clew.web.users import LONGEST, Sessions, Users

__all__ = ["COOKIE", "Door", "Open", "inside", "leave", "log_in", "login"]

COOKIE = "clew-session"
_FREE = ("/login", "/static/", "/language/")
BODY = 8_192
"""Bytes of a form of the door."""


class Open:
    """Lets everybody in as the same visitor."""

    def __init__(self, app: ASGIApp, visitor: Visitor) -> None:
        self._app = app
        self._visitor = visitor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["visitor"] = self._visitor
        await self._app(scope, receive, send)


class Door:
    """Lets in who has logged in; sends others to the page where they can."""

    def __init__(self, app: ASGIApp, users: Users, sessions: Sessions, *, read_only: bool) -> None:
        self._app = app
        self._users = users
        self._sessions = sessions
        self._read_only = read_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        user = self._sessions.user(request.cookies.get(COOKIE), self._users.all())
        role = "reader" if self._read_only else user.role if user else "reader"
        scope["visitor"] = Visitor(name=user.name, role=role) if user else READER
        path = request.url.path
        if user is None and not path.startswith(_FREE):
            await self._refused(request, path)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refused(self, request: Request, path: str) -> Response:
        if path.startswith("/api") or request.method not in ("GET", "HEAD"):
            return api.problem(401, "log in first")
        return RedirectResponse(f"/login?to={quote(inside(f'{path}?{request.url.query}'.rstrip('?')), safe='')}", 303)


def inside(address: str) -> str:
    """Return an address if it leads to a page of this server, else that of the home page.

    >>> inside("/threads?after=1"), inside("//evil.example"), inside("https://evil.example"), inside("/\\\\evil")
    ('/threads?after=1', '/', '/', '/')
    """
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if plain else "/"


def login(request: Request) -> Response:
    """The page where users say who they are."""
    to = inside(request.query_params.get("to", "/"))
    return site_of(request).page(request, "login.html", to=to, wrong=None, given="")


async def log_in(request: Request) -> Response:
    """Let a user in, with a session that is new."""
    state = request.app.state
    form = await _form(request)
    name, password, to = (form.get(field, "") for field in ("name", "password", "to"))
    client = request.client.host if request.client else ""
    limits: tuple[Limit, ...] = state.logins
    wait = max(limit.wait(key) for limit, key in zip(limits, (client, f"{name}"), strict=True))
    if wait:
        return site_of(request).page(
            request,
            "login.html",
            status=429,
            headers={"Retry-After": str(int(wait) + 1)},
            to=inside(to),
            wrong="often",
            given=name,
        )
    user = await anyio.to_thread.run_sync(state.users.known, name, password)
    if user is None:
        return site_of(request).page(request, "login.html", status=403, to=inside(to), wrong="wrong", given=name)
    state.sessions.end(request.cookies.get(COOKIE))
    answer = RedirectResponse(inside(to), 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, state.sessions.begin(user), httponly=True, samesite="strict", secure=secure, path="/")
    return answer


def leave(request: Request) -> Response:
    """End the session."""
    request.app.state.sessions.end(request.cookies.get(COOKIE))
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a small form; empty where it is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    return {name: values[0][:LONGEST] for name, values in fields.items()}
