"""What checking an archive found so far, and the report that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from clew.archive.ledger import Head, Line
from clew.archive.writer import Hand
from clew.verdicts import Finding

__all__ = ["Report", "Trust", "View", "to_json"]


class Report(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/verify/1"):
    """What was looked at, and what came of it."""

    sound: bool
    """True where there are no findings."""
    lines: int
    """Of the ledger."""
    head: str | None
    """The digest of its last line: it stands for everything in the archive."""
    captures: int
    bytes: int
    """Of the captures, as they were given."""
    posts: int | None
    """In the database; None where it can't be read."""
    problems: int | None
    """Records of captures that could not be read when they were added; they are no damage."""
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    """What is in order, and yet should be known."""


def to_json(report: Report) -> str:
    """Return one line of `clew/verify/1`, without a line end."""
    return msgspec.json.encode(report).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the user holds from elsewhere: it tells an archive that was made anew from the one that was sealed."""

    keys: tuple[str, ...] = ()
    """Public keys, as seals name them; where there are any, no other seals."""
    roots: bytes = b""
    """Certificates in PEM in which chains of time stamps must end; empty: those that are kept beside them do."""
    heads: tuple[str, ...] = ()
    """Digests that lines of the ledger had."""


@dataclass(slots=True)
class View:
    """What the checks found so far."""

    path: Path
    hand: Hand
    deep: bool
    trust: Trust = field(default_factory=Trust)
    lines: list[Line] = field(default_factory=list)
    """Of the ledger, those that can be read."""
    head: Head = field(default_factory=Head)
    digests: dict[int, str] = field(default_factory=dict)
    """Of the lines of the ledger, by number."""
    stands: dict[int, Line] = field(default_factory=dict)
    """By the line of each capture: that line, or the last one by which it was written again."""
    blanked: dict[int, Line] = field(default_factory=dict)
    """By the line of a record: the line by which it was written again elsewhere, or removed."""
    chained: bool = True
    notes: list[str] = field(default_factory=list)
    captures: int = 0
    bytes: int = 0
    proved: list[str] = field(default_factory=list)
    not_proved: list[str] = field(default_factory=list)
    posts: int | None = None
    problems: int | None = None
