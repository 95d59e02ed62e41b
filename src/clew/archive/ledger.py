"""The ledger: one line per capture, each holding the digest of the line before it; lines are only ever added."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from clew.archive import points
from clew.errors import DamagedArchive
from clew.standing import Came

__all__ = ["Attempt", "Event", "Head", "Ledger", "Line", "digest_of", "parsed"]

Event: TypeAlias = Literal[
    "made", "segment", "file", "folder", "member", "again", "tried", "seal", "removed", "rewritten"
]
"""made: the archive was made · segment: a WARC file was begun · file: a file that is read by itself · folder: the list
of files of a folder, which is read as a whole · member: a file of a folder, or
pages that posts link to, which are not read by themselves · again: bytes that were held already ·
tried: a way to fill a hole was gone · seal: a file in seals/, which bears on a line before it · removed:
posts were removed at somebody's request · rewritten: a capture stands here without what was removed, or not at all."""

_LIMIT = 1 << 26


class Attempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way that was gone to fill holes of a thread, and what came of it."""

    thread: str
    """The id of the thread, as it was then."""
    holes: tuple[str, ...]
    """What was missing: ids of posts, the author's numbers as `#3`, `after ID` where not even that is known."""
    route: str
    """Which way: `X API`, `thread reader`, `mementos` ..."""
    asked: str
    """The address that was asked for."""
    tried: datetime
    """When; UTC."""
    outcome: str
    """brought: it gave posts · nothing: it gave none · failed: no answer said anything of what was asked for ·
    not-asked: something is needed first."""
    says: str
    """One clause for the reader."""
    cost: float = 0.0
    """US dollars."""
    came: Came | None = None
    """What came of a link that was followed."""


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="schema", tag="clew/ledger/1"):
    """One line."""

    seq: int
    """1, 2, 3 ..."""
    before: str | None
    """`sha256:` and the digest of the line before it, without its line end; None in the first."""
    time: datetime
    """When it was written, by the clock of the machine; UTC."""
    event: Event
    version: str
    """Of clew."""
    archive: str | None = None
    """made: a name that no other archive has."""
    digest: str | None = None
    """`sha256:` and the digest of the bytes: of the capture, or of the warcinfo of a segment."""
    name: str | None = None
    """What the file or folder was called, without the path to it; for a member its path in the folder; for a seal its
    name in seals/."""
    size: int | None = None
    """Bytes of the capture."""
    warc: str | None = None
    """The file in captures/ that holds it."""
    offset: int | None = None
    """Where its record begins there."""
    length: int | None = None
    """How many bytes of the file its record takes."""
    packed: str | None = None
    """`sha256:` and the digest of these bytes, packed as they stand there."""
    format: str | None = None
    """What the user named as its format; None: it was told by its content."""
    columns: Mapping[str, str] | None = None
    """What the user named as the columns of a table."""
    of: int | None = None
    """rewritten: the line of the capture, as it was added; without a `digest` nothing of it is left."""
    kind: Literal["file", "folder", "member"] | None = None
    """rewritten: what the capture is now."""
    reason: str | None = None
    """removed: why, as the keeper of the archive gave it."""
    count: int | None = None
    """removed: how many posts."""
    marks: tuple[str, ...] | None = None
    """removed: keyed hashes of the posts and accounts, by which they are known if they come back."""
    attempt: Attempt | None = None
    """tried: what was tried; `digest` is that of the capture which it brought, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where the ledger stands."""

    seq: int = 0
    digest: str | None = None
    """Of its last line; None where there is none."""
    size: int = 0
    """Bytes up to the end of its last line."""


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Line)


def digest_of(line: bytes) -> str:
    """Return what the next line says of this one."""
    return f"sha256:{hashlib.sha256(line).hexdigest()}"


def parsed(line: bytes, head: Head) -> Line:
    """Return the line that follows a head.

    Raises:
        ValueError: It is no line of a ledger, or does not follow.
    """
    found = _DECODER.decode(line)
    if _ENCODER.encode(found) != line:
        raise ValueError("it is not written as clew writes")
    if found.seq != head.seq + 1:
        raise ValueError(f"its number is {found.seq}, not {head.seq + 1}")
    if found.before != head.digest:
        raise ValueError("it does not hold the digest of the line before it")
    return found


class Ledger:
    """The ledger of an archive."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def after(self, head: Head) -> Iterator[tuple[Line, Head]]:
        """Yield each line behind a head, with the head that it makes; a last line that breaks off is left out.

        Raises:
            DamagedArchive: The ledger is shorter than the head says, or a line is not what it was.
        """
        if self.size() < head.size:
            raise DamagedArchive(str(self.path), "the ledger is shorter than the database knows; lines were taken out")
        with self.path.open("rb") as stream:
            stream.seek(head.size)
            while raw := stream.readline(_LIMIT):
                if not raw.endswith(b"\n"):
                    return
                line = raw[:-1]
                try:
                    found = parsed(line, head)
                except ValueError as error:
                    if b"\0" in line:  # what a power cut leaves
                        return
                    raise DamagedArchive(str(self.path), f"line {head.seq + 1} is damaged: {error}") from error
                head = Head(seq=found.seq, digest=digest_of(line), size=stream.tell())
                yield found, head

    def cut(self, head: Head) -> None:
        """Take off what a write that was interrupted left behind a head."""
        if self.size() > head.size:
            with self.path.open("r+b") as stream:
                stream.truncate(head.size)
                os.fsync(stream.fileno())

    def add(self, lines: Iterable[Line], head: Head) -> Head:
        """Write lines behind a head and through to the disk; return the head that they make.

        Their `seq` and `before` are set here.
        """
        written: list[bytes] = []
        for line in lines:
            whole = msgspec.structs.replace(line, seq=head.seq + 1, before=head.digest)
            text = _ENCODER.encode(_DECODER.decode(_ENCODER.encode(whole)))  # as it is written when it is read
            written.append(text + b"\n")
            head = Head(seq=whole.seq, digest=digest_of(text), size=head.size + len(text) + 1)
        data = b"".join(written)
        with self.path.open("ab") as stream:
            stream.write(data[: len(data) // 2])
            stream.flush()
            points.reached("ledger-half")
            stream.write(data[len(data) // 2 :])
            points.sync(stream, "ledger-sync")
        points.reached("ledger-kept")
        return head

    def name(self) -> str:
        """Return the name that no other archive has, from the first line.

        Raises:
            DamagedArchive: There is no such line.
        """
        first = next(self.after(Head()), None)
        if first is None or first[0].archive is None:
            raise DamagedArchive(str(self.path.parent), "the first line of the ledger does not name the archive")
        return first[0].archive

    def size(self) -> int:
        """Return how many bytes the file has; 0 where there is none."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0
