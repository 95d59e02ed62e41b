"""Thread and its parts: entries that are posts or gaps, branches, context, completeness."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal, TypeAlias

import msgspec

from clew import numbering
from clew.posts import Account, Platform, Post, State

__all__ = [
    "Branch",
    "Certainty",
    "Completeness",
    "Context",
    "Entry",
    "Gap",
    "Label",
    "PostEntry",
    "Reason",
    "Thread",
    "from_json",
    "to_json",
]

TITLE_LENGTH = 90
"""The longest title, in code points."""

Certainty: TypeAlias = Literal["proven", "likely", "possible", "cut"]
"""proven: a parent id that is absent, a tombstone, a stated total · likely: a jump in an otherwise regular numbering,
or a jump with a second sign · possible: a lone irregularity · cut: the view itself was limited."""

Verdict: TypeAlias = Literal["whole", "nothing-known-missing", "gaps", "cut"]

Label: TypeAlias = Literal["aside", "correction", "later"]

Edges: TypeAlias = Literal["stated", "inferred", "mixed"]


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One sign on which a gap or a verdict rests."""

    signal: str
    """Its kind, such as `number-jump`, `stated-total`, `absent-parent`, `preview`."""
    says: str
    """One clause that a reader can check."""


class PostEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A post at its place in a thread."""

    post: Post
    number: int | None = None
    """The author's own number; None where there is none."""
    total: int | None = None
    """The author's own total beside the number."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A place where a post should be and is not."""

    count: int | None
    """How many posts; None where that is not known."""
    numbers: tuple[int, ...] = ()
    """The author's numbers that are missing here."""
    ids: tuple[str, ...] = ()
    """The ids that are known of them."""
    state: State = "absent"
    certainty: Certainty
    reasons: tuple[Reason, ...]


Entry: TypeAlias = PostEntry | Gap


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """Posts of the same thread that left its main line."""

    after: str
    """Id of the post that its first post answers."""
    label: Label
    """later: written long after the main line had gone on."""
    delay: float | None = None
    """Seconds between the post that it answers and its first post; None where a time is not known."""
    entries: tuple[Entry, ...]


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before the thread: the post of somebody else that it answers."""

    reply_to: str | None = None
    reply_to_author: str | None = None
    posts: tuple[Post, ...] = ()
    """What is held of the chain that leads to the thread, oldest first."""


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """How whole the thread is, and how that is known."""

    verdict: Verdict
    """whole: both ends are evident and there is no gap. `nothing-known-missing` claims less."""
    held: int
    """Posts of the main line that are held."""
    expected: int | None
    """How many there should be; None where nothing tells."""
    signals: tuple[Reason, ...]


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """One author's self-reply tree as a document."""

    id: str
    """Platform, colon, id of the first post; of one that is not held where its id is known, so that it stays."""
    platform: Platform
    author: Account
    first: datetime | None
    """Time of the earliest post; UTC."""
    last: datetime | None
    """Time of the latest post; UTC."""
    language: str | None
    """The language that most posts state; None where none does."""
    edges: Edges
    entries: tuple[Entry, ...]
    branches: tuple[Branch, ...] = ()
    context: Context = Context()
    completeness: Completeness
    quoted: tuple[Post, ...] = ()
    """The quoted posts that are held, in the order in which they are quoted."""

    def posts(self) -> Iterator[Post]:
        """Yield every held post of the main line, then of the branches."""
        for entries in (self.entries, *(branch.entries for branch in self.branches)):
            for entry in entries:
                if isinstance(entry, PostEntry):
                    yield entry.post

    def gaps(self) -> Iterator[Gap]:
        """Yield every gap of the main line, then of the branches."""
        for entries in (self.entries, *(branch.entries for branch in self.branches)):
            for entry in entries:
                if isinstance(entry, Gap):
                    yield entry

    @property
    def title(self) -> str:
        """The first line that says something, without its number and shortened at a word; else whose thread it is."""
        first = next(self.posts())
        lines = numbering.without_number(first.text).split("\n")
        title = next((line.strip() for line in lines if _says_something(line)), "")
        if len(title) > TITLE_LENGTH:
            title = f"{title[:TITLE_LENGTH].rsplit(' ', 1)[0]}…"
        return title or f"A thread by {self.author.label}"


def _says_something(line: str) -> bool:
    return any(letter.isalnum() for letter in line) and not (len(line.split()) <= 3 and numbering.is_opener(line))


_ENCODER = msgspec.json.Encoder()


def to_json(thread: Thread) -> str:
    """Return the thread as one line of `clew/thread/1`, without a line end."""
    return _ENCODER.encode(to_builtins(thread)).decode()


def to_builtins(thread: Thread) -> dict[str, Any]:
    """Return the thread as `clew/thread/1` says, in plain dictionaries and lists."""
    plain: dict[str, Any] = {
        "schema": "clew/thread/1",
        "id": thread.id,
        "platform": thread.platform,
        "author": thread.author,
        "first": thread.first,
        "last": thread.last,
        "language": thread.language,
        "edges": thread.edges,
        "entries": [_entry(entry) for entry in thread.entries],
        "branches": [
            {
                "after": branch.after,
                "label": branch.label,
                "delay": branch.delay,
                "entries": [_entry(entry) for entry in branch.entries],
            }
            for branch in thread.branches
        ],
        "context": thread.context,
        "completeness": thread.completeness,
        "quoted": thread.quoted,
    }
    return plain


#: Fields of a post that its thread already states, or that stand first in an entry.
_ELSEWHERE = frozenset({"schema", "platform", "author", "id", "time", "text", "links", "media", "origin"})


def _entry(entry: Entry) -> dict[str, Any]:
    if isinstance(entry, Gap):
        return {"kind": "gap", **{name: getattr(entry, name) for name in Gap.__struct_fields__}}
    post = entry.post
    rest = {name: getattr(post, name) for name in Post.__struct_fields__ if name not in _ELSEWHERE}
    return {
        "kind": "post",
        "id": post.id,
        "number": entry.number,
        "total": entry.total,
        "time": post.time,
        "text": post.text,
        "links": post.links,
        "media": post.media,
        "state": "cut" if post.cut else "held",
        "origin": post.origin,
        **rest,
    }


def from_json(record: str | bytes) -> Thread:
    """Return the thread that a line of `clew/thread/1` holds; its posts bear the thread's author.

    Raises:
        msgspec.ValidationError: It is no such line.
    """
    plain = msgspec.json.decode(record, type=dict[str, Any])
    given = {"platform": plain["platform"], "author": plain["author"]}
    entries = tuple(_read_entry(entry, given) for entry in plain.pop("entries"))
    branches = tuple(
        Branch(
            after=branch["after"],
            label=branch["label"],
            delay=branch["delay"],
            entries=tuple(_read_entry(entry, given) for entry in branch["entries"]),
        )
        for branch in plain.pop("branches")
    )
    rest = msgspec.convert(plain, _Rest)
    return Thread(entries=entries, branches=branches, **{name: getattr(rest, name) for name in _Rest.__struct_fields__})


class _Rest(msgspec.Struct, frozen=True, kw_only=True):
    """What is written of a thread besides its entries and branches."""

    id: str
    platform: Platform
    author: Account
    first: datetime | None
    last: datetime | None
    language: str | None
    edges: Edges
    context: Context
    completeness: Completeness
    quoted: tuple[Post, ...]


def _read_entry(entry: dict[str, Any], given: dict[str, Any]) -> Entry:
    if entry.pop("kind") == "gap":
        return msgspec.convert(entry, Gap)
    number, total = entry.pop("number"), entry.pop("total")
    entry.pop("state")
    return PostEntry(post=msgspec.convert({**given, **entry}, Post), number=number, total=total)
