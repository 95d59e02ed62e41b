"""The guard against being sent into private networks, and a record of the bytes that pass through a connection."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable
from typing import IO, Any
from urllib.parse import urlsplit

import httpcore2

from clew.errors import NotFetched
from clew.fetch.public import is_public
from clew.fetch.spool import Spool

__all__ = ["Guarded", "Refused", "Tape", "checked_addresses"]


PROXIED = 3.0
"""Seconds for which a name is looked up that a proxy will look up as well."""


class Refused(httpcore2.ConnectError):
    """An address that clew does not go to; never tried again."""


class Tape(httpcore2.AsyncNetworkStream):
    """A connection that keeps what was received since the last request began."""

    def __init__(self, inner: httpcore2.AsyncNetworkStream) -> None:
        self._inner = inner
        self._received = Spool()
        self._has_heard = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._inner.read(max_bytes, timeout)
        self._received.write(data)
        self._has_heard = True
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._has_heard:
            self.taken().close()
        await self._inner.write(buffer, timeout)

    def taken(self) -> IO[bytes]:
        """Return what was received, as it came, and begin anew."""
        taken, self._received, self._has_heard = self._received, Spool(), False
        return taken.whole()

    async def aclose(self) -> None:
        await self._inner.aclose()  # what was received may still be taken

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        return Tape(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Guarded(httpcore2.AsyncNetworkBackend):
    """Connections to public addresses, and to the private ones that the user has named; all of them taped.

    A name is looked up once and the connection goes to the address that was checked, so that no second look-up can
    lead elsewhere. A name with any private address is refused as a whole.
    """

    def __init__(self, named: Iterable[str]) -> None:
        self.named = set(named)
        """`host:port` that may be private."""
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        found = await _looked_up(host, port, timeout)
        self._allow(host, port, found)
        failure: Exception | None = None
        for address in found:
            try:
                inner = await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
                return Tape(inner)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore2.ConnectError(f"{host} has no address")

    async def check(self, host: str, port: int) -> None:
        """See to it that a proxy may be asked for a host; one that only the proxy can look up is left to it.

        Raises:
            Refused: It has a private address.
        """
        try:
            found = await _looked_up(host, port, PROXIED)
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
            return
        self._allow(host, port, found)

    def _allow(self, host: str, port: int, found: Iterable[str]) -> None:
        if f"{host.lower()}:{port}" not in self.named and not all(map(is_public, found)):
            raise Refused(f"{host} is in a private network")


async def checked_addresses(url: str, named: Iterable[str]) -> list[str]:
    """Return the addresses of the server of a URL, to which alone a connection may be made.

    Raises:
        NotFetched: It is in a private network and not among those that the user has named, or nobody knows it.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (80 if parts.scheme in ("http", "ws") else 443)
    try:
        found = await _looked_up(host, port, 15.0)
    except httpcore2.ConnectError as error:
        raise NotFetched(url, str(error)) from error
    if f"{host.lower()}:{port}" not in named and not all(map(is_public, found)):
        raise NotFetched(url, "is in a private network")
    return found


async def _looked_up(host: str, port: int, timeout: float | None) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise httpcore2.ConnectTimeout(f"{host} was not looked up in time") from error
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(f"{host} is not known") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
