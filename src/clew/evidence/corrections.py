"""What a user says of findings: wrong, right, changed, or missed by the rules; above them and never overwritten."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from clew.errors import BadOption, NotWritten
from clew.evidence.finding import KINDS, Finding
from clew.threads import Thread

__all__ = ["Correction", "Placed", "append", "corrected", "load", "parsed", "placed"]

METHOD = "user 1"


class Correction(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/correction/1"):
    """One thing that a user says of a stretch of a post."""

    post: str
    kind: str
    start: int
    end: int
    quote: str
    verdict: Literal["wrong", "right", "changed", "added", "none"]
    """wrong: it is no such thing · right: it is as it was found · changed: it has another value · added: it was not
    found · none: nothing is said any more."""
    made: datetime
    """UTC."""
    value: dict[str, Any] | None = None
    """For changed and added."""
    note: str | None = None

    @property
    def key(self) -> tuple[str, str, int, int]:
        """What it is about."""
        return self.post, self.kind, self.start, self.end


class Placed(NamedTuple):
    """A correction and whether it still bears on the text."""

    correction: Correction
    state: Literal["holds", "moved", "stale", "gone"]
    """moved: its words stand elsewhere in the edited text · stale: they stand there no more, or more than once · gone:
    the post is not held any more."""
    start: int
    """Where its words stand now; where they stood where that is not known."""


_DECODER = msgspec.json.Decoder(Correction)


def load(path: Path) -> list[Correction]:
    """Return the corrections of a file, the last one of each thing; empty where there is no file.

    Raises:
        BadOption: A line is no correction.
    """
    if not path.exists():
        return []
    held: dict[tuple[str, str, int, int], Correction] = {}
    for correction in parsed(path.read_bytes().splitlines(), str(path)):
        held.pop(correction.key, None)
        held[correction.key] = correction
    return [correction for correction in held.values() if correction.verdict != "none"]


def parsed(lines: Iterable[bytes], name: str, made: datetime | None = None) -> Iterator[Correction]:
    """Yield the corrections that lines hold; a line of `clew/finding/1` with a `verdict` is one, made at `made`.

    Raises:
        BadOption: A line is none.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = msgspec.json.decode(line)
            if isinstance(value, dict) and value.get("schema") != "clew/correction/1":
                moment = value.get("made") or (made.isoformat() if made else None)
                line = msgspec.json.encode({**value, "schema": "clew/correction/1", "made": moment})
            found = _DECODER.decode(line)
            if found.kind not in KINDS or (found.verdict in ("changed", "added") and found.value is None):
                raise ValueError("no such kind, or no value")
        except (msgspec.MsgspecError, ValueError) as error:
            raise BadOption(f"{name}: line {number} is no correction: {error}.") from error
        yield found


def append(path: Path, corrections: Iterable[Correction]) -> int:
    """Write corrections behind those that are there; return how many.

    Raises:
        NotWritten: The disk refuses.
    """
    lines = [msgspec.json.encode(correction) + b"\n" for correction in corrections]
    try:
        with path.open("ab") as stream:
            stream.write(b"".join(lines))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise NotWritten(str(path), (error.strerror or str(error)).lower()) from error
    return len(lines)


def placed(correction: Correction, texts: Mapping[str, str]) -> Placed:
    """Return a correction with what became of it, by the texts of the posts as they are now."""
    text = texts.get(correction.post)
    if text is None:
        return Placed(correction, "gone", correction.start)
    if text[correction.start : correction.end] == correction.quote:
        return Placed(correction, "holds", correction.start)
    if text.count(correction.quote) == 1:
        return Placed(correction, "moved", text.index(correction.quote))
    return Placed(correction, "stale", correction.start)


def corrected(thread: Thread, findings: Iterable[Finding], corrections: Iterable[Correction]) -> list[Finding]:
    """Return findings as the user has them; corrections that do not hold any more change nothing."""
    texts = {post.id: post.text for post in thread.posts()}
    own = [placed(each, texts) for each in corrections if each.post in texts]
    said = {
        (
            each.correction.post,
            each.correction.kind,
            each.start,
            each.start + len(each.correction.quote),
        ): each.correction
        for each in own
        if each.state in ("holds", "moved")
    }
    held: list[Finding] = []
    for finding in findings:
        correction = said.pop((finding.post, finding.kind, finding.start, finding.end), None)
        if correction is None:
            held.append(finding)
        elif correction.verdict != "wrong":
            value = correction.value if correction.value is not None else finding.value
            why = "confirmed by the user" if correction.verdict == "right" else "corrected by the user"
            held.append(msgspec.structs.replace(finding, value=value, certainty=1.0, why=why, method=METHOD))
    for (post, kind, start, end), correction in said.items():
        if correction.verdict == "added":
            held.append(
                Finding(
                    kind=kind,
                    thread=thread.id,
                    post=post,
                    start=start,
                    end=end,
                    quote=correction.quote,
                    value=correction.value or {},
                    certainty=1.0,
                    why="added by the user",
                    method=METHOD,
                )
            )
    places = {post: at for at, post in enumerate(texts)}
    return sorted(held, key=lambda each: (places[each.post], each.start, -each.end, KINDS.index(each.kind)))
