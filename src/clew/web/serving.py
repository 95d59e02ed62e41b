"""How an application is served: a socket that listens, and a server that is strict and bounded."""

from __future__ import annotations

import socket
import sys
from typing import Any

import uvicorn

from clew.errors import BadOption

__all__ = ["listening", "server"]

_SETTINGS: dict[str, Any] = {
    "log_level": "warning",
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,
    "timeout_graceful_shutdown": 3,
    "timeout_keep_alive": 20,
    "limit_concurrency": 512,
    "h11_max_incomplete_event_size": 32_768,
    "http": "h11",
    "ws": "none",
}


def server(app: Any, cert: str | None = None, key: str | None = None) -> uvicorn.Server:
    """Return a server for an application; with TLS where there is a certificate and its key.

    Raises:
        BadOption: These can't be used.
    """
    config = uvicorn.Config(app, ssl_certfile=cert, ssl_keyfile=key, **_SETTINGS)
    try:
        config.load()
    except (OSError, ValueError) as error:
        raise BadOption(f"--cert {cert} --key {key}: can't be used ({str(error).lower()}).") from error
    return uvicorn.Server(config)


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        BadOption: The address is not this machine's, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    own = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        own.bind((host, port))
        own.listen(256)
    except OSError as error:
        own.close()
        reason = (error.strerror or str(error)).lower()
        raise BadOption(
            f"--host {host} --port {port}: can't listen there ({reason}). Try another with --port."
        ) from error
    return own
