"""What the weave must see together: for each row its bucket, and the posts that a bucket has to look up.

A bucket holds all that its authors wrote, but for posts that nothing can join to others: those never become Python
objects. Whatever could join two posts in `clew.threads.weave` stays within one author (one *unit*); units are made one
where an account is known by id here and by handle there, where a post is seen twice, and where replies run in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.corpus import forest, keys, marks
from clew.corpus.bucket import LIGHT, OWN
from clew.corpus.keys import Keys
from clew.corpus.marks import Marks
from clew.threads.weave import CONTEXT_POSTS

__all__ = ["SINGLE", "Gathered", "Guests", "Plan", "join", "made"]

SINGLE = 3
"""A role beside those in a bucket: the post stands alone, and is in no bucket."""

Places = npt.NDArray[np.int32]
Truth = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Gathered:
    """The marks of all rows, as they are filled in batch by batch."""

    id: Keys
    parent: Keys
    author: Keys
    flags: npt.NDArray[np.uint8]
    quotes: list[tuple[npt.NDArray[np.int64], Keys]]
    versions: list[tuple[npt.NDArray[np.int64], Keys]]
    handles: list[tuple[Keys, Keys]]
    """Authors' ids with the handles beside them, each pair once a batch."""
    rows: int = 0

    @classmethod
    def of(cls, rows: int) -> Gathered:
        """Return room for so many rows."""
        own, parent, author = (np.zeros(rows, np.uint64) for _ in range(3))
        return cls(own, parent, author, np.zeros(rows, np.uint8), [], [], [])

    def add(self, found: Marks) -> None:
        """Add the marks of the next batch."""
        here = slice(self.rows, self.rows + len(found.id))
        self.id[here], self.parent[here] = found.id, found.parent
        self.author[here], self.flags[here] = found.author, found.flags
        quoting = np.flatnonzero(found.quote != keys.NONE)
        if len(quoting):
            self.quotes.append((quoting + self.rows, found.quote[quoting]))
        if len(found.versions):
            self.versions.append((found.version_rows + self.rows, found.versions))
        named = found.handle != keys.NONE
        if named.any():
            pairs = np.unique(np.stack([found.author[named], found.handle[named]]), axis=1)
            self.handles.append((pairs[0], pairs[1]))
        self.rows += len(found.id)


@dataclass(frozen=True, slots=True)
class Guests:
    """Rows that buckets look up, in order of the rows."""

    rows: npt.NDArray[np.int64]
    buckets: npt.NDArray[np.int32]

    def between(self, first: int, end: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Return the rows from `first` to `end`, counted from `first` on, and their buckets."""
        here = slice(*np.searchsorted(self.rows, [first, end]))
        return self.rows[here] - first, self.buckets[here]


@dataclass(frozen=True, slots=True)
class Plan:
    """By row: its role, and its bucket."""

    role: npt.NDArray[np.uint8]
    bucket: npt.NDArray[np.int32]
    guests: Guests
    buckets: int


@dataclass(slots=True)
class _Laid:
    """The rows in order of their ids."""

    id: Keys
    parent_of: Places
    """Places that answer something."""
    parent: Places
    """By these: the place of what they answer, the first where it was seen twice; -1 where it is absent."""
    unit: Keys
    flags: npt.NDArray[np.uint8]
    twin: Truth
    """Places of posts that were seen more than once."""
    mates: tuple[Places, Places]
    """Pairs of places that are wordings of the same post, both ways, in order of the first."""
    circling: Truth
    """Places of posts that lie on circles of replies."""


def made(gathered: Gathered, *, bucket_rows: int, everything: bool = False) -> Plan:
    """Return the plan; `gathered` is used up. With `everything` no post is taken for single beforehand."""
    order = np.argsort(gathered.id).astype(np.int32)
    laid, links = _laid(gathered, order)
    laid.unit, united = _united(laid.unit, links)
    role = _roles(laid, united)
    if everything:
        role[:] = OWN
    woven = role != SINGLE
    buckets = max(1, min(MOST_BUCKETS, -(-int(woven.sum()) // bucket_rows)))
    bucket = (laid.unit % np.uint64(buckets)).astype(np.int32)
    guests = _guests(laid, role, bucket, _quotes(gathered, laid, order), buckets)
    by_row = np.empty(len(order), np.int32)
    by_row[order] = bucket
    roles = np.empty(len(order), np.uint8)
    roles[order] = role
    rows = order[guests // buckets].astype(np.int64)
    sort = np.argsort(rows, kind="stable")
    return Plan(roles, by_row, Guests(rows[sort], (guests % buckets)[sort].astype(np.int32)), buckets)


MOST_BUCKETS = 512


def _laid(gathered: Gathered, order: Places) -> tuple[_Laid, Iterator[tuple[int, int]]]:
    """Return the rows laid out, and what makes units one."""
    own = gathered.id[order]
    wanted = gathered.parent[order]
    children = np.flatnonzero(wanted != keys.NONE).astype(np.int32)
    wanted = wanted[children]
    again = np.zeros(len(own), np.bool_)
    again[1:] = (own[1:] == own[:-1]) & (own[1:] != keys.NONE)
    twin = again.copy()
    twin[:-1] |= again[1:]
    at = forest.found(own, wanted)
    version_places, version_ids = _versions(gathered, order)
    lost = np.flatnonzero(at < 0)
    if len(version_ids) and len(lost):
        known = forest.found(version_ids, wanted[lost])
        at[lost[known >= 0]] = forest.found(own, own[version_places[known[known >= 0]]])
    unit, flags = gathered.author[order], gathered.flags[order]
    gathered.id = gathered.parent = gathered.author = np.zeros(0, np.uint64)
    mates = _mates(own, version_places, version_ids)
    flags[mates[0]] |= marks.WIDE
    laid = _Laid(own, children, at, unit, flags, twin, mates, np.zeros(len(own), np.bool_))
    return laid, _links(gathered, laid, again, version_places, version_ids)


def _versions(gathered: Gathered, order: Places) -> tuple[Places, Keys]:
    """Return the ids of other wordings, sorted, before them the places of their posts."""
    if not gathered.versions:
        return np.zeros(0, np.int32), np.zeros(0, np.uint64)
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    rows, ids = (np.concatenate(parts) for parts in zip(*gathered.versions, strict=True))
    sort = np.argsort(ids, kind="stable")
    return place[rows[sort]], ids[sort]


def _mates(own: Keys, version_places: Places, version_ids: Keys) -> tuple[Places, Places]:
    """Return the pairs of places that are wordings of the same post, and the first sightings of each."""
    at = forest.found(own, version_ids)
    one, other = forest.found(own, own[version_places[at >= 0]]), at[at >= 0]
    one, other = np.concatenate([one, other]), np.concatenate([other, one])
    sort = np.argsort(one, kind="stable")
    return one[sort], other[sort]


def _links(
    gathered: Gathered, laid: _Laid, again: Truth, version_places: Places, version_ids: Keys
) -> Iterator[tuple[int, int]]:
    """Yield pairs of units that must be seen together."""
    seen = np.flatnonzero(again)
    yield from _pairs(laid.unit[seen], laid.unit[seen - 1])
    if len(version_ids):
        at = forest.found(laid.id, version_ids)
        yield from _pairs(laid.unit[version_places[at >= 0]], laid.unit[at[at >= 0]])
        same = np.flatnonzero(version_ids[1:] == version_ids[:-1])
        yield from _pairs(laid.unit[version_places[same]], laid.unit[version_places[same + 1]])
    lone = laid.unit[(laid.flags & marks.HANDLE_ONLY) != 0]
    if len(lone) and gathered.handles:
        known = np.unique(lone)
        for ids, handles in gathered.handles:
            both = np.isin(handles, known)
            yield from _pairs(ids[both], handles[both])
    yield from _circles(laid)


def _pairs(one: Keys, other: Keys) -> Iterator[tuple[int, int]]:
    differ = one != other
    yield from zip(one[differ].tolist(), other[differ].tolist(), strict=True)


def _circles(laid: _Laid) -> Iterator[tuple[int, int]]:
    """Yield pairs of the units of posts that lie on the same circle of replies."""
    held = laid.parent >= 0
    children, parents = laid.parent_of[held], laid.parent[held]
    if not (laid.flags[children] & marks.UPHILL).any():
        return
    children = forest.found(laid.id, laid.id[children])
    children, parents = _as_one(children, laid.mates), _as_one(parents, laid.mates)
    other = children != parents
    children, parents = children[other], parents[other]
    up = np.arange(len(laid.id), dtype=np.int32)
    up[children] = parents
    several = np.unique(children[up[children] != parents])
    up[several] = several
    root, _, circling = forest.jumped(up)
    ending = np.zeros(len(up), np.bool_)
    ending[several] = True
    near = ending[root]
    near[circling] = True
    on = near[children] & near[parents]
    for group in forest.circles(children[on].tolist(), parents[on].tolist()):
        places = np.array(group)
        laid.circling[places] = True
        yield from _pairs(laid.unit[places[1:]], laid.unit[places[:-1]])


def _as_one(places: Places, mates: tuple[Places, Places]) -> Places:
    """Return for each place the least of those that are wordings of the same post."""
    least = join(zip(mates[0].tolist(), mates[1].tolist(), strict=True))
    if not least:
        return places
    olds = np.array(sorted(least), np.int64)
    news = np.array([least[int(old)] for old in olds], np.int32)
    at = forest.found(olds, places.astype(np.int64))
    return np.where(at >= 0, news[at], places).astype(np.int32)


def _united(unit: Keys, links: Iterable[tuple[int, int]]) -> tuple[Keys, Keys]:
    """Return the units after those that belong together were made one, and all that were made from several."""
    labels = join(links)
    if not labels:
        return unit, np.zeros(0, np.uint64)
    olds = np.array(sorted(labels), np.uint64)
    news = np.array([labels[int(old)] for old in olds], np.uint64)
    at = forest.found(olds, unit)
    return np.where(at >= 0, news[at], unit), np.unique(news)


def join(links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return for each linked unit the least of those that it is linked with, near or far."""
    above: dict[int, int] = {}

    def top(unit: int) -> int:
        while (higher := above.setdefault(unit, unit)) != unit:
            above[unit] = above[higher]
            unit = higher
        return unit

    for one, other in links:
        a, b = top(one), top(other)
        above[max(a, b)] = min(a, b)
    return {unit: top(unit) for unit in list(above)}


class _Units:
    """Says of units whether something holds for any of their rows; now and then of one for which it does not."""

    def __init__(self, unit: Keys) -> None:
        size = 1 << min(max(len(unit).bit_length() + 1, 10), 27)
        self._at = (unit & np.uint64(size - 1)).astype(np.int32)
        self._size = size

    def of(self, rows: Truth) -> Truth:
        """Return the rows whose unit has one of these rows."""
        held = np.zeros(self._size, np.bool_)
        held[self._at[rows]] = True
        return held[self._at]

    def several(self, rows: Truth) -> Truth:
        """Return the rows whose unit has more than one of these rows."""
        return (np.bincount(self._at[rows], minlength=self._size) > 1)[self._at]


def _roles(laid: _Laid, united: Keys) -> npt.NDArray[np.uint8]:
    """Return OWN for posts that something may join to others, LIGHT for those that a number may, else SINGLE."""
    flags, children, parents = laid.flags, laid.parent_of, laid.parent
    units = _Units(laid.unit)
    joined = np.zeros(len(flags), np.bool_)
    held = parents >= 0
    same = np.zeros(len(children), np.bool_)
    same[held] = laid.unit[children[held]] == laid.unit[parents[held]]
    joined[children[same]] = joined[parents[same]] = True
    lost = np.zeros(len(flags), np.bool_)
    lost[children[~held]] = (flags[children[~held]] & marks.ODD) != 0
    if lost.any():
        joined |= units.of(lost)
    free = (flags & marks.FREE) != 0
    if free.any():
        everyone = np.ones(len(flags), np.bool_)
        joined |= units.of(free) & units.several(everyone)  # a page may put a free post beside one with stated edges
    joined |= laid.twin | ((flags & (marks.WIDE | marks.NOTICED)) != 0)
    if len(united):
        joined |= forest.found(united, laid.unit) >= 0
    numbered = (flags & marks.NUMBERED) != 0
    return np.where(joined, OWN, np.where(numbered, LIGHT, SINGLE)).astype(np.uint8)


def _quotes(gathered: Gathered, laid: _Laid, order: Places) -> tuple[Places, Places]:
    """Return places of quoting posts, and of what they quote where that is held."""
    if not gathered.quotes:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    rows, ids = (np.concatenate(parts) for parts in zip(*gathered.quotes, strict=True))
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    sort = np.argsort(ids)
    at = forest.found(laid.id, ids[sort])
    return place[rows[sort]][at >= 0], at[at >= 0]


def _guests(
    laid: _Laid, role: npt.NDArray[np.uint8], bucket: Places, quotes: tuple[Places, Places], buckets: int
) -> npt.NDArray[np.int64]:
    """Return what buckets look up, as place * buckets + bucket: the posts above their own, and those quoted."""
    up = np.full(len(role), -1, np.int32)
    up[laid.parent_of] = laid.parent
    up[up == np.arange(len(up), dtype=np.int32)] = -1
    quoting, quoted = quotes
    ours = role[quoting] != SINGLE
    found = [_away(quoted[ours], bucket[quoting[ours]], role, bucket, buckets)]
    starts = np.flatnonzero((up >= 0) & (role != SINGLE))
    wanted = _away(up[starts], bucket[starts], role, bucket, buckets)
    steps = 0
    while len(wanted):
        wanted = _with_twins(laid, wanted, buckets)
        found.append(wanted)
        above, into = up[wanted // buckets], (wanted % buckets).astype(np.int32)
        wanted = _away(above[above >= 0], into[above >= 0], role, bucket, buckets)
        steps += 1
        if steps >= CONTEXT_POSTS:
            wanted = wanted[laid.circling[wanted // buckets]]
            wanted = np.setdiff1d(wanted, np.concatenate(found))
    return _with_twins(laid, np.unique(np.concatenate(found)), buckets)


def _away(
    places: Places, into: Places, role: npt.NDArray[np.uint8], bucket: Places, buckets: int
) -> npt.NDArray[np.int64]:
    """Return the pairs of a place and a bucket where the bucket does not hold the place itself."""
    there = (role[places] == OWN) & (bucket[places] == into)
    return np.unique(places[~there].astype(np.int64) * buckets + into[~there])


def _with_twins(laid: _Laid, wanted: npt.NDArray[np.int64], buckets: int) -> npt.NDArray[np.int64]:
    """Return the same with all sightings and wordings of each post; `wanted` are the first sightings."""
    found = wanted
    while True:
        twins = found[laid.twin[found // buckets]]
        after = twins[_is_same(laid.id, twins // buckets)] + buckets
        mates = _mates_of(found, laid.mates, buckets)
        more = np.unique(np.concatenate([found, after, mates]))
        if len(more) == len(found):
            return more
        found = more


def _is_same(ids: Keys, places: npt.NDArray[np.int64]) -> Truth:
    """Say of each place whether the next one has the same id."""
    following = np.minimum(places + 1, len(ids) - 1)
    same: Truth = (ids[following] == ids[places]) & (following != places)
    return same


def _mates_of(found: npt.NDArray[np.int64], mates: tuple[Places, Places], buckets: int) -> npt.NDArray[np.int64]:
    if not len(mates[0]):
        return np.zeros(0, np.int64)
    places, into = found // buckets, found % buckets
    starts, ends = np.searchsorted(mates[0], places), np.searchsorted(mates[0], places, side="right")
    counts = ends - starts
    picked = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    pairs: npt.NDArray[np.int64] = mates[1][picked].astype(np.int64) * buckets + np.repeat(into, counts)
    return pairs
