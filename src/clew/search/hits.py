"""What a search gives: which documents, in which order, how many of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from clew.errors import needing
from clew.search.documents import FIELDS, WIDTH
from clew.search.grammar import Query
from clew.search.index import Index
from clew.search.meaning import compiled, expected, is_ranked, meant_by

with needing("searching", "search"):
    import tantivy
    from tantivy import Occur

__all__ = ["Count", "Place", "Sort", "counted", "placed", "searched", "searched_among", "total"]

Sort: TypeAlias = Literal["best", "new", "old"]

FREQUENT = 1_000
"""Hits of words as they are written, from which on these come before others."""
MANY = 20_000
"""Hits by time, from which on they are looked for in few days first."""
SPARE = 5
"""How many more days than should do are looked at."""
MOST = 65_000
"""Values that are counted at most, those with most posts first."""
_POSITION = (1 << WIDTH) - 1


class Place(NamedTuple):
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

    Of what is frequent, posts with the words as they are written come before those with other forms of them. How many
    more hits there are is not counted, which for frequent words would take as long again.
    """
    if sort == "best" and is_ranked(query.node):
        return _best(index, query, limit, offset)
    return tuple(place._replace(score=None) for place in _by_time(index, query, sort, limit, offset))


def _best(index: Index, query: Query, limit: int, offset: int) -> tuple[Place, ...]:
    exactly = meant_by(index, "exact")
    if expected(query.node, exactly) < FREQUENT:
        every = compiled(query, meant_by(index))
        return placed(index, index.searcher.search(every, limit, count=False, offset=offset))
    as_written = compiled(query, exactly)
    found = placed(index, index.searcher.search(as_written, limit, count=False, offset=offset))
    if len(found) == limit:
        return found
    before = offset + len(found) if found or not offset else _count(index, as_written)
    every = compiled(query, meant_by(index))
    others = tantivy.Query.boolean_query([(Occur.Must, every), (Occur.MustNot, as_written)])
    left, skipped = limit - len(found), max(offset - before, 0)
    return found + placed(index, index.searcher.search(others, left, count=False, offset=skipped))


def _by_time(index: Index, query: Query, sort: Sort, limit: int, offset: int) -> tuple[Place, ...]:
    """Return hits by time; of what is frequent, first looked for in the newest, or the oldest, days alone."""
    order = tantivy.Order.Asc if sort == "old" else tantivy.Order.Desc
    meaning = meant_by(index, "any")
    runs = compiled(query, meaning)

    def found(runs: tantivy.Query) -> tantivy.SearchResult:
        return index.searcher.search(runs, limit, count=False, offset=offset, order_by_field="time", order=order)

    hits = expected(query.node, meaning)
    if hits >= MANY and (within := _first_days(index, (limit + offset) / hits, oldest=sort == "old")):
        early = found(tantivy.Query.boolean_query([(Occur.Must, runs), (Occur.Must, within)]))
        if len(early.hits) == limit:
            return placed(index, early)
    return placed(index, found(runs))


def _first_days(index: Index, share: float, *, oldest: bool) -> tantivy.Query | None:
    """Return what finds the posts of the last (or first) days, several times such a share of all of them.

    None where that is no small part, or where some posts have no time, which would be left out.
    """
    taken: list[str] = []
    wanted, within = index.searcher.num_docs * share * SPARE, 0
    for term, count in index.days if oldest else reversed(index.days):
        taken.append(term)
        within += count
        if within >= wanted:
            found = [(Occur.Should, tantivy.Query.term_query(index.schema, "when", one)) for one in taken]
            return tantivy.Query.const_score_query(tantivy.Query.boolean_query(found), 0.0)
        if within * 20 > index.searcher.num_docs or len(taken) > 400:
            return None
    return None


def total(index: Index, query: Query) -> int:
    """Return how many hits there are."""
    return _count(index, compiled(query, meant_by(index, "any")))


def _count(index: Index, runs: tantivy.Query) -> int:
    found: Any = index.searcher.search(runs, 1)  # tantivy's stubs leave out the count
    return int(found.count or 0)


def searched_among(index: Index, query: Query, threads: Sequence[int], limit: int) -> tuple[Place, ...]:
    """Return the hits in some threads, oldest first."""
    among = tantivy.Query.term_set_query(index.schema, "thread", list(threads))
    runs = tantivy.Query.boolean_query([(Occur.Must, one) for one in (compiled(query, meant_by(index, "any")), among)])
    order = tantivy.Order.Asc
    return placed(index, index.searcher.search(runs, limit, order_by_field="time", order=order))


def placed(index: Index, found: tantivy.SearchResult) -> tuple[Place, ...]:
    """Return which posts of the database tantivy's hits are."""
    addresses = [address for _, address in found.hits]
    numbers = [int(number or 0) for number in index.searcher.fast_field_values("which", addresses)]
    return tuple(
        Place(number >> WIDTH, number & _POSITION, score)
        for number, (score, _) in zip(numbers, found.hits, strict=True)
    )


def counted(index: Index, query: Query, by: str, limit: int = MOST) -> list[Count]:
    """Return how many hits there are of each value, most first; of months in their order."""
    runs = compiled(query, meant_by(index, "any"))
    wanted = {"field": FIELDS[by], "size": min(limit, MOST)}
    if by == "month":
        wanted |= {"size": MOST, "order": {"_key": "asc"}}
    found = index.searcher.aggregate(runs, {"values": {"terms": wanted}})
    buckets = found["values"]["buckets"]
    return [Count(_shown(by, bucket["key"]), int(bucket["doc_count"])) for bucket in buckets][:limit]


def _shown(by: str, key: Any) -> str:
    if by == "month":
        return f"{int(key) // 100:04d}-{int(key) % 100:02d}"
    return str(key)
