"""Forms that pages send: their fields and files, up to a size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from clew.web.site import visitor_of

if TYPE_CHECKING:
    from starlette.types import Message, Receive

__all__ = ["Given", "allowed", "given", "limited"]

MOST = 8 * 2**20
"""Bytes of a form."""
LONGEST = 20_000
"""Characters of a field."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a form holds."""

    fields: dict[str, str]
    file: bytes | None
    """Of a form that sends a file."""

    def of(self, name: str) -> str:
        """Return a field without white space around it; empty where it is not there."""
        return self.fields.get(name, "").strip()


def allowed(request: Request) -> None:
    """Let go on who may change the archive.

    Raises:
        HTTPException: The visitor may only read.
    """
    if not visitor_of(request).may_change:
        raise HTTPException(403, "you may read this archive, and not change it")


async def given(request: Request) -> Given:
    """Return what a form holds.

    Raises:
        HTTPException: It is larger than is taken.
    """
    own = Request(request.scope, limited(request.receive, MOST))
    async with own.form(max_files=1, max_fields=60) as form:
        fields = {name: value[:LONGEST] for name, value in form.items() if isinstance(value, str)}
        file = next((value for value in form.values() if isinstance(value, UploadFile) and value.filename), None)
        return Given(fields, await file.read() if file else None)


def limited(receive: Receive, most: int, says: str = "this is more than a form may hold") -> Receive:
    """Return a way to receive that ends where more bytes come than are taken."""
    had = 0

    async def counted() -> Message:
        nonlocal had
        message = await receive()
        had += len(message.get("body", b""))
        if had > most:
            raise HTTPException(413, says)
        return message

    return counted
