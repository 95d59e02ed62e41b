"""What a search gives: which documents, in which order, how many of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from clew.errors import needing
from clew.search.documents import FIELDS
from clew.search.grammar import Query
from clew.search.index import Index
from clew.search.meaning import Meaning, compiled, is_ranked

with needing("searching", "search"):
    import tantivy

__all__ = ["Count", "Place", "Sort", "counted", "placed", "searched", "searched_among", "total"]

Sort: TypeAlias = Literal["best", "new", "old"]

MOST = 65_000
"""Values that are counted at most, those with most posts first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which post of the database a hit is."""

    thread: int
    """The number of the thread in the database."""
    position: int
    """The place of the post in it, from 1; 0 where the thread as a whole is meant."""
    score: float | None
    """How well it answers (BM25); None where hits are in the order of time."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many hits have a value."""

    value: str
    count: int


def searched(index: Index, query: Query, sort: Sort, limit: int, offset: int = 0) -> tuple[Place, ...]:
    """Return hits in the order that is asked for; `best` is by time, newest first, where nothing can be ranked.

    How many more there are is not counted, which for frequent words would take as long again.
    """
    runs = compiled(query, _meaning(index))
    if sort == "best" and is_ranked(query.node):
        return placed(index, index.searcher.search(runs, limit, count=False, offset=offset))
    order = tantivy.Order.Asc if sort == "old" else tantivy.Order.Desc
    found = index.searcher.search(runs, limit, count=False, offset=offset, order_by_field="time", order=order)
    return tuple(replace(place, score=None) for place in placed(index, found))


def total(index: Index, query: Query) -> int:
    """Return how many hits there are."""
    found: Any = index.searcher.search(compiled(query, _meaning(index)), 1)  # tantivy's stubs leave out the count
    return int(found.count or 0)


def searched_among(index: Index, query: Query, threads: Sequence[int], limit: int) -> tuple[Place, ...]:
    """Return the hits in some threads, oldest first."""
    among = tantivy.Query.term_set_query(index.schema, "thread", list(threads))
    runs = tantivy.Query.boolean_query([(tantivy.Occur.Must, one) for one in (compiled(query, _meaning(index)), among)])
    order = tantivy.Order.Asc
    return placed(index, index.searcher.search(runs, limit, order_by_field="time", order=order))


def placed(index: Index, found: tantivy.SearchResult) -> tuple[Place, ...]:
    """Return which posts of the database tantivy's hits are."""
    addresses = [address for _, address in found.hits]
    threads = index.searcher.fast_field_values("thread", addresses)
    positions = index.searcher.fast_field_values("position", addresses)
    return tuple(
        Place(int(thread or 0), int(position or 0), score)
        for thread, position, (score, _) in zip(threads, positions, found.hits, strict=True)
    )


def counted(index: Index, query: Query, by: str, limit: int = MOST) -> list[Count]:
    """Return how many hits there are of each value, most first; of months in their order."""
    runs = compiled(query, _meaning(index))
    wanted = {"field": FIELDS[by], "size": min(limit, MOST)}
    if by == "month":
        wanted |= {"size": MOST, "order": {"_key": "asc"}}
    found = index.searcher.aggregate(runs, {"values": {"terms": wanted}})
    buckets = found["values"]["buckets"]
    return [Count(_shown(by, bucket["key"]), int(bucket["doc_count"])) for bucket in buckets][:limit]


def _meaning(index: Index) -> Meaning:
    languages: Sequence[str] = index.mark.languages if index.mark else ()
    return Meaning(index.schema, index.searcher, languages, index.flags)


def _shown(by: str, key: Any) -> str:
    if by == "month":
        return f"{int(key) // 100:04d}-{int(key) % 100:02d}"
    return str(key)
