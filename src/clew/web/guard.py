"""What stands before every page: the host that was asked for, where a change comes from, how often, and headers."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "Guard", "Limit", "is_known_host", "is_own"]

#: Nothing comes from elsewhere, nothing runs or styles inline, nobody may frame a page.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: What belongs to pages and is the same for all: asking for it does not count.
_FREE = "/static/"


def is_known_host(host: str, names: Iterable[str]) -> bool:
    """Say whether a Host header names this server: by an IP address, as localhost, or by a name that it was given.

    A page elsewhere whose name is made to lead here (DNS rebinding) has a name of its own, which is none of these.

    >>> [is_known_host(host, ["own.example"]) for host in ("127.0.0.1:80", "[::1]", "localhost:80", "a.example")]
    [True, True, True, False]
    """
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    if not name or any(letter in host for letter in "/?#@\\ "):
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost" or name in {own.lower() for own in names}
    return True


def is_own(headers: Headers, scheme: str) -> bool:
    """Say whether a request that changes something was made by a page of this server.

    Browsers say so (`Sec-Fetch-Site`, and to servers without TLS `Origin`); programs say it with `X-Clew: 1`, which
    no page of another origin can send without being asked first, and is then refused.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    if origin is not None:
        return origin == f"{scheme}://{headers.get('host', '')}"
    return headers.get("x-clew") == "1"


@dataclass(slots=True)
class Limit:
    """So many requests of one kind by one client in so many seconds, given back evenly."""

    most: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, client: str) -> float:
        """Return the seconds after which a client may ask, 0 for now; asking counts where it is allowed."""
        now = self.clock()
        left, since = self._left.pop(client, (float(self.most), now))
        left = min(self.most, left + (now - since) * self.most / self.seconds)
        allowed = left >= 1
        self._left[client] = (left - 1 if allowed else left, now)
        while len(self._left) > 10_000:
            self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) * self.seconds / self.most


class Guard:
    """Refuses what must not come in, and gives every answer its headers."""

    def __init__(self, app: ASGIApp, names: Iterable[str], reads: Limit | None, changes: Limit) -> None:
        self._app = app
        self._names = tuple(names)
        self._reads = reads
        self._changes = changes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if not is_known_host(headers.get("host", ""), self._names):
            says = "This server does not go by that name. Ask for it by its address, or start it with --name.\n"
            return PlainTextResponse(says, 421)
        changes = scope["method"] not in _SAFE
        if changes and not is_own(headers, scope["scheme"]):
            return PlainTextResponse("A change can be made from this server's own pages alone.\n", 403)
        limit = self._changes if changes else None if scope["path"].startswith(_FREE) else self._reads
        wait = limit.wait((scope.get("client") or ("",))[0]) if limit else 0.0
        if wait:
            says = "Too many requests; wait a little.\n"
            return PlainTextResponse(says, 429, {"Retry-After": str(int(wait) + 1)})
        return None
