"""What a server said, what was tried to hear it, and what it is asked for: values alone, which need no library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import IO, Any

import msgspec

from clew.fetch.settings import Settings

__all__ = ["ANYTHING", "JSON", "PAGE", "REPOSITORY", "Answer", "Attempt", "agent"]

JSON = "application/json"
PAGE = "text/html,application/xhtml+xml"
REPOSITORY = "application/vnd.ipld.car"
ANYTHING = "*/*"


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One request, and what came of it."""

    time: datetime
    route: str
    """Which way was tried: `thread`, `repository`, `memento` ..."""
    url: str
    says: str
    """One clause for the reader."""
    status: int | None = None
    """None where no answer came."""
    cost: float = 0.0
    """US dollars."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said last, redirects followed."""

    url: str
    """Where it was found in the end."""
    status: int
    headers: Mapping[str, str]
    """Found whatever the case of their names."""
    body: bytes
    """Unpacked; empty for repositories, whose bytes are in `file`."""
    file: IO[bytes] | None = None

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the value that it holds; None where it is no JSON."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None


def agent(settings: Settings) -> str:
    """Return what clew calls itself to servers."""
    contact = f"; contact: {settings.contact}" if settings.contact else ""
    return f"clew/{version('clew')} (reads and keeps threads for one person{contact})"
