"""The one place where rows of a corpus become threads, for every engine: a bucket holds all that its authors wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from clew import numbering
from clew.corpus import columns, tables
from clew.corpus.columns import Reading
from clew.posts import Notice, Post, Problem
from clew.threads import weave

__all__ = ["GUEST", "LIGHT", "OWN", "ROLE", "Woven", "single_posts", "woven"]

ROLE = "_role"
"""The column that says what a row is in a bucket."""
OWN, LIGHT, GUEST = 0, 1, 2
"""To be woven · to be woven if it bears a number, and else a single post · only to be looked up."""


@dataclass(frozen=True, slots=True)
class Woven:
    """What came out of a bucket."""

    threads: pa.Table
    posts: pa.Table
    gaps: pa.Table
    problems: pa.Table
    singles: int
    """Posts that nothing joins and that are not among the threads."""


def woven(bucket: pa.Table, notices: Sequence[Notice], reading: Reading, *, singles: bool = False) -> Woven:
    """Return the threads of a bucket; with `singles` those of a single post without any sign of a thread as well."""
    role = bucket.column(ROLE)
    light = bucket.filter(pc.equal(role, LIGHT))
    numbered = pa.array([bool(numbering.marks(text)) for text in _texts(light)], pa.bool_())
    own = pa.concat_tables([bucket.filter(pc.equal(role, OWN)), light.filter(numbered)])
    alone = light.filter(pc.invert(numbered))
    held, problems = _read(own, reading)
    guests, _ = _read(bucket.filter(pc.equal(role, GUEST)), reading)
    ids = {(post.platform, post.id) for post in held}
    found = weave([*held, *notices], (post for post in guests if (post.platform, post.id) not in ids))
    shown = [thread for thread in found if singles or tables.is_shown(thread)]
    return Woven(
        threads=tables.threads(shown),
        posts=pa.concat_tables([tables.posts(found), single_posts(alone, reading)]),
        gaps=tables.gaps(shown),
        problems=tables.problems(problems),
        singles=len(found) - len(shown) + alone.num_rows,
    )


def _texts(table: pa.Table) -> list[str]:
    text = columns.column(table, "text")
    return [""] * table.num_rows if text is None else [value or "" for value in text.to_pylist()]


def _read(table: pa.Table, reading: Reading) -> tuple[list[Post], list[tuple[str | None, Problem]]]:
    held: list[Post] = []
    problems: list[tuple[str | None, Problem]] = []
    for at, item in enumerate(columns.posts(table, reading)):
        if isinstance(item, Post):
            held.append(item)
        else:
            own = table.column("id")[at].as_py()
            problems.append((None if own is None else str(own), item))
    return held, problems


def single_posts(table: pa.Table | pa.RecordBatch, reading: Reading) -> pa.Table:
    """Return where posts stand that nothing joins: each is a thread of its own."""
    own = pc.cast(columns.column(table, "id"), pa.string())
    platforms = columns.column(table, "platform")
    if platforms is None:
        platforms = pa.array([reading.platform], pa.string()).take(pa.array([0] * len(own), pa.int32()))
    platforms = pc.if_else(pc.equal(pc.fill_null(platforms, ""), ""), reading.platform, platforms)
    threads = pc.binary_join_element_wise(platforms, own, ":")
    nothing = pa.nulls(len(own), pa.int32())
    positions = pc.cast(pc.fill_null(nothing, 0), pa.int32())
    return pa.table([threads, platforms, own, positions, nothing, nothing, nothing], schema=tables.POSTS)
