"""The tables that come out of a corpus: threads, where each post stands, gaps, problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from clew.posts import Problem
from clew.threads import Entry, Gap, Thread, to_json

__all__ = ["GAPS", "POSTS", "PROBLEMS", "TABLES", "THREADS", "gaps", "is_shown", "posts", "problems", "threads"]

_TIME = pa.timestamp("us", tz="UTC")

THREADS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("platform", pa.string(), nullable=False),
        pa.field("author_id", pa.string()),
        pa.field("author_handle", pa.string()),
        pa.field("author_name", pa.string()),
        pa.field("first", _TIME),
        pa.field("last", _TIME),
        pa.field("language", pa.string()),
        pa.field("edges", pa.string(), nullable=False),
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("held", pa.int32(), nullable=False),
        pa.field("expected", pa.int32()),
        pa.field("gaps", pa.int32(), nullable=False),
        pa.field("branches", pa.int32(), nullable=False),
        pa.field("json", pa.string(), nullable=False),
    ]
)
"""One row a thread; `json` is its line of `clew/thread/1`."""

POSTS = pa.schema(
    [
        pa.field("thread", pa.string(), nullable=False),
        pa.field("platform", pa.string(), nullable=False),
        pa.field("post", pa.string(), nullable=False),
        pa.field("position", pa.int32(), nullable=False),
        pa.field("number", pa.int32()),
        pa.field("total", pa.int32()),
        pa.field("branch", pa.int32()),
    ]
)
"""One row a post: its place among the thread's posts from 0 on, the author's own number, and the branch from 0 on."""

GAPS = pa.schema(
    [
        pa.field("thread", pa.string(), nullable=False),
        pa.field("branch", pa.int32()),
        pa.field("position", pa.int32(), nullable=False),
        pa.field("count", pa.int32()),
        pa.field("numbers", pa.list_(pa.int32())),
        pa.field("ids", pa.list_(pa.string())),
        pa.field("state", pa.string(), nullable=False),
        pa.field("certainty", pa.string(), nullable=False),
        pa.field("signals", pa.list_(pa.string())),
        pa.field("says", pa.list_(pa.string())),
    ]
)
"""One row a gap: `position` is that of the post after it."""

PROBLEMS = pa.schema([pa.field("id", pa.string()), pa.field("reason", pa.string(), nullable=False)])

TABLES = {"threads": THREADS, "posts": POSTS, "gaps": GAPS, "problems": PROBLEMS}


def is_shown(thread: Thread) -> bool:
    """Say whether it is a thread in a reader's eyes: two posts or more, or one with a number or a gap."""
    entries = [*thread.entries, *(entry for branch in thread.branches for entry in branch.entries)]
    return len(entries) > 1 or any(isinstance(entry, Gap) or entry.number is not None for entry in entries)


def threads(found: Iterable[Thread]) -> pa.Table:
    """Return the table of threads."""
    return _table(THREADS, map(_thread, found))


def _thread(thread: Thread) -> tuple[Any, ...]:
    author, whole = thread.author, thread.completeness
    return (
        thread.id,
        thread.platform,
        author.id,
        author.handle,
        author.name,
        thread.first,
        thread.last,
        thread.language,
        thread.edges,
        whole.verdict,
        whole.held,
        whole.expected,
        sum(1 for _ in thread.gaps()),
        len(thread.branches),
        to_json(thread),
    )


def posts(found: Iterable[Thread]) -> pa.Table:
    """Return where each post of the threads stands."""
    return _table(POSTS, (row for thread in found for row in _posts(thread)))


def _posts(thread: Thread) -> Iterator[tuple[Any, ...]]:
    position = 0
    for branch, entries in _lines(thread):
        for entry in entries:
            if not isinstance(entry, Gap):
                yield thread.id, thread.platform, entry.post.id, position, entry.number, entry.total, branch
                position += 1


def gaps(found: Iterable[Thread]) -> pa.Table:
    """Return the gaps of the threads."""
    return _table(GAPS, (row for thread in found for row in _gaps(thread)))


def _gaps(thread: Thread) -> Iterator[tuple[Any, ...]]:
    position = 0
    for branch, entries in _lines(thread):
        for entry in entries:
            if isinstance(entry, Gap):
                signals = [reason.signal for reason in entry.reasons]
                says = [reason.says for reason in entry.reasons]
                own = (entry.count, list(entry.numbers), list(entry.ids), entry.state, entry.certainty)
                yield (thread.id, branch, position, *own, signals, says)
            else:
                position += 1


def _lines(thread: Thread) -> Iterator[tuple[int | None, Sequence[Entry]]]:
    yield None, thread.entries
    yield from enumerate(branch.entries for branch in thread.branches)


def problems(found: Iterable[tuple[str | None, Problem]]) -> pa.Table:
    """Return the rows that could not be read, with their ids where they have some."""
    return _table(PROBLEMS, ((own, problem.reason) for own, problem in found))


def _table(schema: pa.Schema, rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(values, own.type) for own, values in zip(schema, columns, strict=True)], schema=schema)
