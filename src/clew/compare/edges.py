"""Edges: two accounts and all that they did within a window of each other, gathered from pairs of actions."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt

from clew.compare.actions import Actions, Codes, Instants
from clew.compare.join import Pairs, count, pairs

__all__ = ["Choice", "Edges", "Evidence", "Timing", "chosen", "edges", "evidence_of", "picked", "timing"]

AT_ONCE = 6_000_000
"""Pairs that are sorted at a time; more are parted by accounts into temporary files."""
_SAMPLE = 200_000

Choice = Callable[[Pairs], Pairs]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """A batch of edges, one a row. The first account is the one with the smaller code."""

    first: Codes
    second: Codes
    pairs: Instants
    """Pairs of their actions on one object within the window."""
    posts: Codes
    """Distinct posts of the first account in these pairs."""
    posts_second: Codes
    objects: Codes
    """Distinct objects."""

    def __len__(self) -> int:
        return len(self.first)

    @property
    def weight(self) -> Codes:
        """How often both acted: the smaller number of posts, so that nobody's flood counts for two."""
        return np.minimum(self.posts, self.posts_second)

    @property
    def symmetry(self) -> npt.NDArray[np.float64]:
        """The smaller number of posts by the larger: 1 where both did as much."""
        return self.weight / np.maximum(self.posts, self.posts_second)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Who of a batch of edges came first, and by how much."""

    ahead: Codes
    """Pairs in which the first account was earlier; a tie counts for neither."""
    behind: Codes
    delay: npt.NDArray[np.float64]
    """Mean seconds between the two posts."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The pairs of actions behind a batch of edges."""

    edges: Edges
    pairs: Pairs
    starts: Instants
    """For each edge, the first of its pairs; one more stands at the end."""


def edges(actions: Actions, window: int, choose: Choice | None = None, at_once: int = AT_ONCE) -> Iterator[Evidence]:
    """Yield all edges within a window of milliseconds with their pairs, in the order of the two accounts.

    `choose` may drop pairs first. No more than about `at_once` pairs are in memory: more are parted by accounts into
    temporary files.

    Raises:
        BadOption: The window is negative or makes too many pairs.
    """
    found = pairs(actions, window)
    chosen = (choose(chunk) for chunk in found) if choose else found
    parts = -(-count(actions, window) // at_once) if window >= 0 else 1
    if parts <= 1:
        chunks = list(chosen)
        if chunks:
            yield from _gathered(actions, Pairs(*(np.concatenate(side) for side in zip(*chunks, strict=True))))
        return
    with ExitStack() as open_files:
        bounds = _bounds(actions, window, parts)
        spools = [open_files.enter_context(tempfile.TemporaryFile()) for _ in range(len(bounds) + 1)]
        for chunk in chosen:
            _parted(actions, chunk, bounds, cast("list[BinaryIO]", spools))
        for spool in spools:
            spool.seek(0)
            rows = np.frombuffer(spool.read(), dtype=np.int32).reshape(-1, 2)
            yield from _gathered(actions, Pairs(rows[:, 0].copy(), rows[:, 1].copy()))
            spool.truncate(0)


def _keys(actions: Actions, found: Pairs) -> Instants:
    """Return one number for the two accounts of each pair."""
    left, right = actions.account[found.left], actions.account[found.right]
    return np.minimum(left, right) * np.int64(len(actions.accounts)) + np.maximum(left, right)


def _bounds(actions: Actions, window: int, parts: int) -> Instants:
    """Return where to part the keys so that the parts are about equal, judged by a sample of actions."""
    parts = min(2 * parts, 400)
    sample: list[Instants] = []
    got = seen = 0
    for chunk in pairs(actions, window):
        step = max(1, seen // _SAMPLE)
        sample.append(_keys(actions, Pairs(chunk.left[::97], chunk.right[::97]))[::step])
        got += len(sample[-1])
        seen += len(chunk.left)
    keys = np.sort(np.concatenate(sample))
    return np.unique(keys[np.linspace(0, len(keys) - 1, parts + 1).astype(np.int64)[1:-1]])


def _parted(actions: Actions, chunk: Pairs, bounds: Instants, spools: list[BinaryIO]) -> None:
    """Append each pair to the file of its part."""
    part = np.searchsorted(bounds, _keys(actions, chunk), side="right").astype(np.uint16)
    order = np.argsort(part, kind="stable")
    rows = np.stack([chunk.left[order], chunk.right[order]], axis=1)
    stops = np.cumsum(np.bincount(part, minlength=len(spools)))
    for spool, start, stop in zip(spools, [0, *stops[:-1]], stops, strict=True):
        if stop > start:
            spool.write(rows[start:stop].tobytes())


def _gathered(actions: Actions, found: Pairs) -> Iterator[Evidence]:
    """Yield the edges of pairs that hold all pairs of their accounts."""
    if not len(found.left):
        return
    keys = _keys(actions, found)
    order = np.argsort(keys)
    keys = keys[order]
    found = Pairs(found.left[order], found.right[order])
    del order
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1], [True]]))
    yield Evidence(_summed(actions, found, starts), found, starts)


def _summed(actions: Actions, found: Pairs, starts: Instants) -> Edges:
    """Return the edges of sorted pairs; only those with several pairs need any counting."""
    sizes = np.diff(starts)
    several = np.flatnonzero(sizes > 1)
    edge = np.repeat(np.arange(len(several)), sizes[several])
    rows = _runs(starts[several], sizes[several])
    ends = [actions.account[side[starts[:-1]]] for side in found]
    first, second = np.minimum(*ends), np.maximum(*ends)
    is_first = actions.account[found.left[rows]] == first[several][edge]
    own = np.where(is_first, found.left[rows], found.right[rows])
    other = np.where(is_first, found.right[rows], found.left[rows])

    def distinct(values: Codes, names: int) -> Codes:
        counts = np.ones(len(sizes), dtype=np.int32)
        if len(several):
            both = np.sort(edge * np.int64(names) + values)
            fresh = np.concatenate([[True], both[1:] != both[:-1]])
            counts[several] = np.bincount(both[fresh] // names, minlength=len(several))
        return counts

    return Edges(
        first=first,
        second=second,
        pairs=sizes,
        posts=distinct(actions.content[own], len(actions.contents)),
        posts_second=distinct(actions.content[other], len(actions.contents)),
        objects=distinct(actions.object[own], len(actions.objects)),
    )


def _runs(starts: Instants, sizes: Instants) -> Instants:
    """Return the numbers of runs, one after the other.

    >>> _runs(np.array([3, 10]), np.array([2, 3])).tolist()
    [3, 4, 10, 11, 12]
    """
    shift = np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
    return np.arange(len(shift)) + shift


def timing(actions: Actions, found: Evidence) -> Timing:
    """Return who came first in a batch of edges, and by how much."""
    sizes = np.diff(found.starts)
    delays = actions.time[found.pairs.right] - actions.time[found.pairs.left]
    is_first = actions.account[found.pairs.left] == np.repeat(found.edges.first, sizes)
    starts = found.starts[:-1]
    return Timing(
        ahead=np.add.reduceat((delays > 0) & is_first, starts, dtype=np.int32),
        behind=np.add.reduceat((delays > 0) & ~is_first, starts, dtype=np.int32),
        delay=np.add.reduceat(delays, starts) / sizes / 1000,
    )


def chosen(found: Evidence, wanted: npt.NDArray[np.bool_]) -> Evidence:
    """Return some of the edges of a batch with their pairs."""
    sizes = np.diff(found.starts)
    kept = np.repeat(wanted, sizes)
    return Evidence(
        picked(found.edges, wanted),
        Pairs(found.pairs.left[kept], found.pairs.right[kept]),
        np.concatenate([[0], np.cumsum(sizes[wanted])]),
    )


def picked(batch: Edges, wanted: npt.NDArray[np.bool_] | Instants) -> Edges:
    """Return some of the edges of a batch."""
    return Edges(**{field.name: getattr(batch, field.name)[wanted] for field in fields(batch)})


def evidence_of(found: Evidence, edge: int) -> Pairs:
    """Return the pairs behind one edge of a batch, in the order of the actions."""
    part = slice(int(found.starts[edge]), int(found.starts[edge + 1]))
    left, right = found.pairs.left[part], found.pairs.right[part]
    order = np.lexsort((right, left))
    return Pairs(left[order], right[order])
