"""What a user says of findings: wrong, right, changed, or missed by the rules; above them and never overwritten."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

import msgspec

from clew.errors import BadOption, NotWritten
from clew.evidence.finding import KINDS, Finding
from clew.evidence.values import completed
from clew.lock import locked
from clew.threads import Thread

__all__ = [
    *("METHOD", "Correction", "Placed", "Reviewed"),
    *("append", "corrected", "forget", "load", "parsed", "placed", "reviewed"),
]

METHOD = "user 1"
LOCK = "corrections.lock"
"""Is held while corrections are read and more are written, so that several processes undo nothing of each other."""


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
    """For changed and added; for right the one that was confirmed."""
    becomes: str | None = None
    """changed: the kind that it is instead; None: it stays of its kind."""
    by: str | None = None
    """Who says so; None: whoever could write to the archive."""
    note: str | None = None

    @property
    def key(self) -> tuple[str, str, int, int]:
        """What it is about."""
        return self.post, self.kind, self.start, self.end

    @property
    def says(self) -> str:
        """Who said what when, as a reason."""
        what = {"right": "confirmed", "wrong": "taken away", "added": "added"}.get(self.verdict, "corrected")
        return f"{what} by {self.by or 'the user'} on {self.made:%Y-%m-%d}"


class Placed(NamedTuple):
    """A correction and whether it still bears on the text."""

    correction: Correction
    state: Literal["holds", "moved", "stale", "gone"]
    """moved: its words stand elsewhere in the edited text · stale: they stand there no more, or more than once · gone:
    the post is not held any more."""
    start: int
    """Where its words stand now; where they stood where that is not known."""


class Reviewed(NamedTuple):
    """A finding and what the user says of it; one of both may be missing."""

    finding: Finding | None
    """As it counts; None: it was taken away, or what is said bears on no words any more."""
    found: Finding | None
    """As the methods find it now."""
    said: Placed | None


_DECODER = msgspec.json.Decoder(Correction)


def load(path: Path) -> list[Correction]:
    """Return the corrections of a file, the last one of each thing; empty where there is no file.

    Raises:
        BadOption: A line is no correction.
    """
    return [correction for correction in _last(path).values() if correction.verdict != "none"]


def _last(path: Path) -> dict[tuple[str, str, int, int], Correction]:
    held: dict[tuple[str, str, int, int], Correction] = {}
    content = path.read_bytes() if path.exists() else b""
    for correction in parsed(content[: content.rfind(b"\n") + 1].splitlines(), str(path)):
        held.pop(correction.key, None)
        held[correction.key] = correction
    return held


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
            yield _checked(_DECODER.decode(line))
        except (msgspec.MsgspecError, ValueError) as error:
            raise BadOption(f"{name}: line {number} is no correction: {error}.") from error


def _checked(correction: Correction) -> Correction:
    """Return a correction whose value is whole.

    Raises:
        ValueError: There is no such kind, or its value is none of that kind.
    """
    kind = correction.becomes or correction.kind
    if not {correction.kind, kind} <= set(KINDS):
        raise ValueError("no such kind")
    if not 0 <= correction.start <= correction.end or len(correction.quote) != correction.end - correction.start:
        raise ValueError("its span is not as long as its quote")
    if correction.value is None and correction.verdict in ("changed", "added"):
        raise ValueError("it says no value")
    if correction.value is None or correction.verdict in ("wrong", "none"):
        return correction
    return msgspec.structs.replace(correction, value=completed(kind, correction.value))


def append(
    path: Path,
    corrections: Iterable[Correction],
    check: Callable[[Mapping[tuple[str, str, int, int], Correction]], None] = lambda held: None,
) -> int:
    """Write corrections behind those that are there; return how many.

    `check` is given what is held for each thing, while nobody else can write, and may raise an error instead. What an
    interrupted write left behind is cut off.

    Raises:
        NotWritten: The disk refuses.
        BadOption: What is there can't be read.
        Whatever `check` raises.
    """
    lines = [msgspec.json.encode(correction) + b"\n" for correction in corrections]
    with locked(path.with_name(LOCK), wait=True):
        check(_last(path))
        try:
            with path.open("a+b") as stream:
                stream.truncate(_whole(stream))
                stream.write(b"".join(lines))
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise NotWritten(str(path), (error.strerror or str(error)).lower()) from error
    return len(lines)


def _whole(stream: IO[bytes]) -> int:
    """Return where the last whole line of a file ends."""
    stream.seek(0)
    return stream.read().rfind(b"\n") + 1


def forget(path: Path, posts: Collection[str]) -> None:
    """Take what was said of posts out of a file.

    Raises:
        NotWritten: The disk refuses.
    """
    if not path.exists():
        return
    with locked(path.with_name(LOCK), wait=True):
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if line.endswith(b"\n") and msgspec.json.decode(line).get("post") not in posts]
        part = path.with_suffix(".part")
        part.write_bytes(b"".join(kept))
        part.replace(path)


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
    return [each.finding for each in reviewed(thread, findings, corrections) if each.finding is not None]


def reviewed(thread: Thread, findings: Iterable[Finding], corrections: Iterable[Correction]) -> list[Reviewed]:
    """Return findings with what the user says of them, and what else the user says, in the order of the text.

    What the user changed, confirmed or added counts also where the methods do not find it, or not any more.
    """
    texts = {post.id: post.text for post in thread.posts()}
    own = [placed(each, texts) for each in corrections if each.post in texts]
    said = {_place(each): each for each in own if each.state in ("holds", "moved")}
    held = []
    for finding in findings:
        placed_ = said.pop((finding.post, finding.kind, finding.start, finding.end), None)
        held.append(Reviewed(_judged(thread, placed_, finding) if placed_ else finding, finding, placed_))
    held += [Reviewed(_judged(thread, each, None), None, each) for each in said.values()]
    held += [Reviewed(None, None, each) for each in own if each.state == "stale"]
    places = {post: at for at, post in enumerate(texts)}
    return sorted(_once(held), key=lambda each: _order(each, places))


def _place(each: Placed) -> tuple[str, str, int, int]:
    return each.correction.post, each.correction.kind, each.start, each.start + len(each.correction.quote)


def _judged(thread: Thread, said: Placed, found: Finding | None) -> Finding | None:
    """Return a finding as the user has it; None where it was taken away, or nothing is known of its value."""
    correction = said.correction
    value = correction.value if correction.value is not None else found.value if found else None
    if correction.verdict == "wrong" or value is None:
        return None
    return Finding(
        kind=correction.becomes or correction.kind,
        thread=thread.id,
        post=correction.post,
        start=said.start,
        end=said.start + len(correction.quote),
        quote=correction.quote,
        value=value,
        certainty=1.0,
        why=correction.says,
        method=METHOD,
    )


def _once(held: Sequence[Reviewed]) -> Iterator[Reviewed]:
    """Yield what is held, without what the methods find of words that the user calls the same kind already."""
    own = {_span(each.finding) for each in held if each.finding and each.said}
    for each in held:
        if each.said or each.finding is None or _span(each.finding) not in own:
            yield each


def _span(finding: Finding) -> tuple[str, str, int, int]:
    return finding.post, finding.kind, finding.start, finding.end


def _order(each: Reviewed, places: Mapping[str, int]) -> tuple[int, int, int, int]:
    finding = each.finding or each.found
    post, kind, start, end = _span(finding) if finding else _place(each.said) if each.said else ("", KINDS[0], 0, 0)
    return places[post], start, -end, KINDS.index(kind)
