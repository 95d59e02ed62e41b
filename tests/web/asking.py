"""A plain client: every header as it is given, nothing followed, nothing remembered."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

__all__ = ["Answer", "Asked"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes

    @property
    def page(self) -> LexborHTMLParser:
        """The body as HTML."""
        return LexborHTMLParser(self.body)

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Asked:
    """Asks one server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.netloc = urlsplit(url).netloc

    def __call__(self, path: str, *, method: str = "GET", body: bytes | str | None = None, **headers: str) -> Answer:
        """Return the answer; headers are named as Python names them (`if_none_match`)."""
        connection = http.client.HTTPConnection(self.netloc, timeout=30)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.putrequest(method, path, skip_host="host" in given, skip_accept_encoding=True)
            for name, value in given.items():
                connection.putheader(name, value)
            data = body.encode() if isinstance(body, str) else body
            if data is not None:
                connection.putheader("content-length", str(len(data)))
            connection.endheaders(data)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()
