"""Answers: bytes with a tag by which a browser asks whether they changed, packed where it takes that."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from clew.web.library import digest

__all__ = ["Made", "answer", "made"]

WORTH = 600
"""Bytes below which packing saves nothing."""


@dataclass(frozen=True, slots=True)
class Made:
    """A body that can be sent many times."""

    body: bytes
    packed: bytes | None
    """The same in gzip; None where that is not worth it."""
    tag: str
    """A weak ETag."""

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory."""
        return len(self.body) + len(self.packed or b"")


def made(body: str | bytes) -> Made:
    """Return a body with its tag and its packed form."""
    data = body if isinstance(body, bytes) else body.encode("utf-8", "replace")
    packed = gzip.compress(data, 5, mtime=0) if len(data) > WORTH else None
    return Made(data, packed, f'W/"{digest(data)}"')


def answer(
    request: Request, one: Made, media: str, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Return the answer, or that nothing changed since the one that the browser holds."""
    own = {"ETag": one.tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Accept-Language, Cookie"}
    own |= headers or {}
    if status == 200 and one.tag in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=own)
    body = one.body
    if one.packed and "gzip" in request.headers.get("accept-encoding", ""):
        body, own["Content-Encoding"] = one.packed, "gzip"
    return Response(body, status, own, media)
