"""Finding: something a post shows, and the exact words that show it (`clew/finding/1`, shared INTERFACE)."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

__all__ = ["KINDS", "Finding", "Found", "from_json", "to_json"]

#: Every kind of finding, in the order in which they are shown.
KINDS = ("person", "organisation", "account", "place", "date", "figure", "source", "claim", "relation")


class Finding(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/finding/1"):
    """Something a post shows, and the exact words that show it."""

    kind: str
    """One of KINDS; more may come."""
    thread: str
    """Id of the thread."""
    post: str
    """Id of the post whose text shows it."""
    start: int
    """First code point of the proof in the post's text."""
    end: int
    """One past its last code point."""
    quote: str
    """The proof: exactly the text at its span."""
    value: dict[str, Any]
    """What was made of it, by kind; nothing in it stands for "unknown" but None or a key that is not there."""
    certainty: float
    """From 0 to 1: how sure the method is that it is what it says. It is no chance that the author is right."""
    why: str
    """One clause that a reader can check against the quote."""
    method: str
    """Name and version of what found it."""


class Found(NamedTuple):
    """The same before it is tied to its post."""

    kind: str
    start: int
    end: int
    value: dict[str, Any]
    certainty: float
    why: str


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Finding)


def to_json(finding: Finding) -> str:
    """Return the finding as one line of `clew/finding/1`, without a line end."""
    return _ENCODER.encode(finding).decode()


def from_json(line: str | bytes) -> Finding:
    """Return the finding that a line holds.

    Raises:
        msgspec.ValidationError: The line is no finding.
    """
    return _DECODER.decode(line)
