"""HTTP/1.1 over guarded connections, directly or through a proxy."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import httpcore2
import httpx2

from clew.fetch.guard import Guarded, Refused
from clew.fetch.secret import Secret
from clew.fetch.settings import Settings, origin_of

__all__ = ["Connections"]


class Connections(httpx2.AsyncBaseTransport):
    """Each request goes its way: to the server itself, or to the proxy that the settings name for it."""

    def __init__(self, guard: Guarded, settings: Settings) -> None:
        self._guard = guard
        self._settings = settings
        self._context = httpx2.create_ssl_context(trust_env=True)  # SSL_CERT_FILE: certificates of the user's own
        self._by_proxy: dict[str, _Transport] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = str(request.url)
        proxy = self._settings.proxies.of(url)
        if proxy is not None:
            port = request.url.port or (80 if request.url.scheme == "http" else 443)
            try:
                await self._guard.check(request.url.host, port)
            except Refused as error:
                raise httpx2.ConnectError(str(error)) from error
        return await self._transport(proxy).handle_async_request(request)

    def _transport(self, proxy: Secret | None) -> _Transport:
        name = proxy.value if proxy else ""
        if name not in self._by_proxy:
            guard = self._guard if proxy is None else Guarded({origin_of(name)})
            self._by_proxy[name] = _Transport(_pool(proxy, guard, self._context))
        return self._by_proxy[name]

    async def aclose(self) -> None:
        for transport in self._by_proxy.values():
            await transport.aclose()


class _Transport(httpx2.AsyncHTTPTransport):
    """Requests over the connections of a pool."""

    def __init__(self, pool: httpcore2.AsyncConnectionPool) -> None:
        self._pool = pool


def _pool(proxy: Secret | None, guard: Guarded, context: object) -> httpcore2.AsyncConnectionPool:
    common = {"ssl_context": context, "max_connections": 20, "keepalive_expiry": 20, "network_backend": guard}
    if proxy is None:
        return httpcore2.AsyncConnectionPool(**common)  # type: ignore[arg-type]
    parts = urlsplit(proxy.value)
    own = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"
    sign_in = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return httpcore2.AsyncHTTPProxy(own, proxy_auth=sign_in, **common)  # type: ignore[arg-type]
