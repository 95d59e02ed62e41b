"""A proxy as offices have them: it forwards, opens tunnels, knows names that nobody else knows, may want a password."""

from __future__ import annotations

import base64
import contextlib
import select
import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["Proxy", "proxy"]


@dataclass(slots=True)
class Proxy:
    """A proxy that is running."""

    url: str = ""
    names: Mapping[str, int] = field(default_factory=dict)
    """Ports of 127.0.0.1 by the names that it knows."""
    password: str | None = None
    asked: list[str] = field(default_factory=list)
    """The first line of every request."""
    heads: list[bytes] = field(default_factory=list)


@contextlib.contextmanager
def proxy(names: Mapping[str, int], password: str | None = None) -> Iterator[Proxy]:
    """Run a proxy on a free loopback port within the block; whoever brings the password may be anybody."""
    found = Proxy(names=names, password=password)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                while self._request():
                    pass

        def _request(self) -> bool:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = self.rfile.readline()
                if not line:
                    return False
                head += line
            first, _, rest = head.partition(b"\r\n")
            method, target, _ = first.decode().split(" ")
            found.asked.append(first.decode())
            found.heads.append(head)
            if found.password and base64.b64encode(f"ana:{found.password}".encode()) not in head:
                return self._refuse(b"407 Proxy Authentication Required")
            host = target.removeprefix("http://").partition("/")[0].partition(":")[0]
            if host not in found.names:
                return self._refuse(b"502 Bad Gateway")
            with socket.create_connection(("127.0.0.1", found.names[host]), timeout=10) as upstream:
                if method == "CONNECT":
                    self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    self._tunnel(upstream)
                    return False
                path = "/" + target.removeprefix("http://").partition("/")[2]
                lines = [
                    line for line in rest.split(b"\r\n") if not line.lower().startswith((b"proxy-", b"connection:"))
                ]
                upstream.sendall(b"\r\n".join([f"{method} {path} HTTP/1.1".encode(), b"Connection: close", *lines]))
                while data := upstream.recv(65_536):
                    self.wfile.write(data)
            return False

        def _refuse(self, status: bytes) -> bool:
            self.wfile.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return False

        def _tunnel(self, upstream: socket.socket) -> None:
            ends = {self.connection: upstream, upstream: self.connection}
            while not ended.is_set():
                for one in select.select(list(ends), [], [], 0.1)[0]:
                    data = one.recv(65_536)
                    if not data:
                        return
                    ends[one].sendall(data)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    ended = threading.Event()
    with Server(("127.0.0.1", 0), Handler) as server:
        sign_in = f"ana:{password}@" if password else ""
        found.url = f"http://{sign_in}127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield found
        finally:
            ended.set()
            server.shutdown()
            thread.join()
