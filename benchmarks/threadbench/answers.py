"""What a tool says: which posts stand together, in which order, with which numbers and gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Answer", "Claim", "answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A gap that a tool draws."""

    before: str | None
    """Id of the post before it in its line; None where it stands at the beginning."""
    after: str | None
    """Id of the post after it; None where it stands at the end."""
    certainty: str
    """proven, likely, possible or cut."""
    count: int | None


@dataclass(slots=True)
class Answer:
    """All that a tool says in one trial."""

    thread: dict[str, int] = field(default_factory=dict)
    """Post id -> the thread in which it stands."""
    place: dict[str, int] = field(default_factory=dict)
    """Post id -> its place in reading order, over all threads."""
    numbers: dict[str, int | None] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    twice: int = 0
    """Posts that stood in more than one place; the first one counts."""


def answer(threads: Iterable[Mapping[str, Any]]) -> Answer:
    """Return what `clew/thread/1` objects say; of each only entries and branches are read."""
    found = Answer()
    for at, thread in enumerate(threads):
        for above, entries in _lines(thread):
            _take(found, at, above, entries)
    return found


def _lines(thread: Mapping[str, Any]) -> Iterator[tuple[str | None, list[Mapping[str, Any]]]]:
    """Yield the main line, then the branches, each with the id of the post that it leaves."""
    yield None, thread.get("entries") or []
    for branch in thread.get("branches") or []:
        yield branch.get("after"), branch.get("entries") or []


def _take(found: Answer, at: int, above: str | None, entries: list[Mapping[str, Any]]) -> None:
    before = above
    waiting: list[Mapping[str, Any]] = []
    for entry in entries:
        if entry.get("kind") == "gap":
            waiting.append(entry)
            continue
        post = str(entry["id"])
        found.claims += [_claim(gap, before, post) for gap in waiting]
        before, waiting = post, []
        if post in found.thread:
            found.twice += 1
            continue
        found.thread[post] = at
        found.place[post] = len(found.place)
        found.numbers[post] = entry.get("number")
    found.claims += [_claim(gap, before, None) for gap in waiting]


def _claim(gap: Mapping[str, Any], before: str | None, after: str | None) -> Claim:
    return Claim(before=before, after=after, certainty=str(gap.get("certainty")), count=gap.get("count"))
