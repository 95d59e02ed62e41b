"""A hole, and what happens while it is filled, as values that can be shown and written as JSON."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from clew.archive.ledger import Attempt

__all__ = ["Asked", "Asking", "Begun", "Ended", "Event", "Hole", "Told", "Tried", "to_json"]


class Hole(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/hole/1"):
    """A gap that the archive remembers."""

    thread: str
    author: str
    title: str
    position: int
    """Its place among the entries of the thread, from 1."""
    names: tuple[str, ...]
    """What is missing: ids of posts, the author's numbers as `#3`, `after ID` where not even that is known."""
    count: int | None
    """How many posts; None where that is not known."""
    state: str
    certainty: str
    says: str
    """Why it is thought."""
    routes: tuple[str, ...]
    """The ways that can be gone now, in order."""
    needs: tuple[str, ...]
    """The ways that can't, each with what it needs."""
    helps: tuple[str, ...]
    """What else would help."""
    attempts: tuple[Attempt, ...]
    """What was tried for it, oldest first."""


class Begun(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="begun"):
    """A thread is taken up."""

    thread: str
    title: str
    posts: int
    holes: tuple[Hole, ...]


class Asking(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="asking"):
    """A way is about to be gone, or would be."""

    thread: str
    route: str
    asked: str
    cost: float = 0.0
    """US dollars that it may cost at most."""


class Told(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="told"):
    """What the user should know before it is done, such as what it may cost."""

    thread: str
    says: str


class Asked(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="asked"):
    """A server was asked, and something came of it."""

    thread: str
    route: str
    url: str
    says: str
    status: int | None


class Tried(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="tried"):
    """A way was gone; it stands in the log of the archive, unless it was not asked at all."""

    thread: str
    attempt: Attempt
    capture: str | None
    """The digest of what was received."""


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="ended"):
    """All ways of a thread were gone, or nothing is missing any more."""

    thread: str
    """Its id now."""
    filled: tuple[Hole, ...]
    """Holes in which nothing is missing any more."""
    learned: tuple[Hole, ...]
    """Holes of which more is known than before: why, how many, which."""
    open: tuple[Hole, ...]
    new: tuple[str, ...]
    """Posts of the thread that were not held before."""
    changed: int
    """Posts whose words are others than before."""
    differs: tuple[str, ...]
    """Where servers that were asked do not agree, one sentence for each post."""
    gone: tuple[str, ...]
    """Posts that are held and that a source which says that it is whole no longer has; that is not the same as
    deleted."""


Event: TypeAlias = Begun | Asking | Told | Asked | Tried | Ended


def to_json(value: Event | Hole) -> str:
    """Return one line of JSON, without a line end."""
    return msgspec.json.encode(value).decode()
