"""A web server whose every answer a test decides on: pages, and all the ways in which servers and networks fail."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import httpx2

__all__ = ["Asked", "Reply", "Site", "forwarding", "limited_to", "secured", "site"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request."""

    path: str
    """With its query."""
    headers: Mapping[str, str]
    body: bytes = b""
    """Of what was sent with it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and what befalls it on its way."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    fault: Literal["reset", "truncated", "slow", "silent"] | None = None
    """reset: the connection is torn down before a word · truncated: it ends in the middle of the body ·
    slow: the body trickles · silent: nothing comes at all."""


@dataclass(slots=True)
class Site:
    """A server that is running."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    """Every request so far."""

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]


@contextlib.contextmanager
def site(
    answer: Callable[[Asked], Reply], *, host: str = "127.0.0.1", context: ssl.SSLContext | None = None
) -> Iterator[Site]:
    """Run a server on a free loopback port within the block, encrypted where a context is given."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):
                super().handle()

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.path, dict(self.headers.items()), body)
            found.asked.append(asked)
            reply = answer(asked)
            with contextlib.suppress(ConnectionError):
                self._send(reply)

        do_POST = do_GET  # noqa: N815

        def _send(self, reply: Reply) -> None:
            self.close_connection = reply.fault is not None
            if reply.fault == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            if reply.fault == "silent":
                ended.wait(30)
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if reply.fault == "truncated":
                self.wfile.write(reply.body[: len(reply.body) // 2])
            elif reply.fault == "slow":
                for at in range(len(reply.body)):
                    self.wfile.write(reply.body[at : at + 1])
                    if ended.wait(0.2):
                        return
            else:
                self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        daemon_threads = True

    server = Server((host, 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme, name = "http" if context is None else "https", f"[{host}]" if ":" in host else host
    found = Site(f"{scheme}://{name}:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def secured(name: str, answer: Callable[[Asked], Reply], folder: Path) -> Iterator[tuple[Site, Path]]:
    """Run a server with a certificate for a name; gives it, and the file of the authority that signed it: itself."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    command += ["-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with site(answer, context=context) as found:
        yield found, certificate


@contextlib.contextmanager
def forwarding(upstream: str) -> Iterator[Callable[[Asked], Reply]]:
    """Give an answer that is whatever another server answers, unpacked."""
    with httpx2.Client(base_url=upstream, timeout=20, trust_env=False) as client:

        def answer(asked: Asked) -> Reply:
            kept = {name: value for name, value in asked.headers.items() if name.lower() in _PASSED}
            got = client.get(asked.path, headers={**kept, "Accept-Encoding": "identity"})
            headers = {name: value for name, value in got.headers.items() if name.lower() in _RETURNED}
            return Reply(got.content, got.status_code, headers)

        yield answer


def limited_to(token: str, answer: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
    """Return an answer that is given only to who brings a token."""

    def asked_for(asked: Asked) -> Reply:
        if asked.headers.get("Authorization") != f"Bearer {token}":
            return Reply(b'{"error":"Unauthorized: token not supplied"}', 401)
        others = {name: value for name, value in asked.headers.items() if name != "Authorization"}
        return answer(Asked(asked.path, others, asked.body))

    return asked_for


_PASSED = frozenset({"accept", "accept-datetime", "authorization", "if-none-match", "user-agent"})
_RETURNED = frozenset({"content-type", "etag", "link", "location", "memento-datetime", "retry-after", "vary"})
