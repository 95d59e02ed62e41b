"""Forests of replies as arrays: who answers whom, roots, depths, circles. No post is looked at here.

Everything is laid out in order of the ids, so that what was written about the same time lies close together, and a
parent is found by its place in that order.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Roots", "circles", "found", "jumped", "roots"]

Places = npt.NDArray[np.int32]
Ids = npt.NDArray[np.int64] | npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Roots:
    """By row: where the author's own chain of replies begins, and how far down it a post stands."""

    root: Places
    """The row of the first post of the chain; beyond the rows, one number for each absent post that begins one."""
    depth: Places
    """How many of the author's own posts stand above it, an absent one at the top included."""
    absent: int
    """How many absent posts begin chains."""


def roots(ids: Ids, parents: Ids, authors: Ids, *, none: int = 0, asked: Flags | None = None) -> Roots:
    """Return the self-reply roots of posts, by the rule of `clew.threads.weave`.

    A post hangs below the post that it answers where both are the same author's. `asked` tells which posts answer
    their own author where the parent is absent: posts that answer the same absent one hang together. `none` in
    `parents` is no parent. A circle is cut at its lowest id. No two rows have the same id.
    """
    order = np.argsort(ids).astype(np.int32)
    ids, authors = ids[order], authors[order]
    wanted = parents[order]
    rows = np.flatnonzero(wanted != none).astype(np.int32)
    wanted = wanted[rows]
    at = found(ids, wanted)
    own = (at >= 0) & (at != rows)
    own &= authors[rows] == authors[at]
    up = np.arange(len(ids), dtype=np.int32)
    up[rows[own]] = at[own]
    absent = 0
    if asked is not None:
        lost = (at < 0) & asked[order[rows]]
        keys = np.stack([authors[rows[lost]], wanted[lost]])
        groups, group = np.unique(keys, axis=1, return_inverse=True)
        absent = groups.shape[1]
        up = np.concatenate([up, np.arange(len(ids), len(ids) + absent, dtype=np.int32)])
        up[rows[lost]] = len(ids) + group.ravel()
    del ids, authors, wanted, at, own, rows
    root, depth = _without_circles(up)
    return _by_row(root, depth, order, absent)


def _by_row(root: Places, depth: Places, order: Places, absent: int) -> Roots:
    rows = np.concatenate([order, np.arange(len(order), len(order) + absent, dtype=np.int32)])
    by_row, depths = np.empty(len(order), np.int32), np.empty(len(order), np.int32)
    by_row[order] = rows[root[: len(order)]]
    depths[order] = depth[: len(order)]
    return Roots(by_row, depths, absent)


def _without_circles(up: Places) -> tuple[Places, Places]:
    root, depth, circling = jumped(up)
    while len(circling):
        lowest = _lowest(up, np.unique(root[circling]))
        up[lowest] = lowest
        root, depth, circling = jumped(up)
    return root, depth


def _lowest(up: Places, on_circles: Places) -> Places:
    """Return the lowest place of each circle."""
    left, lows = set(on_circles.tolist()), []
    while left:
        start = lowest = left.pop()
        at = int(up[start])
        while at != start:
            left.discard(at)
            lowest, at = min(lowest, at), int(up[at])
        lows.append(lowest)
    return np.array(lows, np.int32)


def found(ids: Ids, wanted: Ids) -> Places:
    """Return the place of each wanted id among sorted ids, the first where it stands more than once; -1 for none."""
    at = np.searchsorted(ids, wanted).astype(np.int32)
    at[at == len(ids)] = 0
    if len(ids):
        at[ids[at] != wanted] = -1
    else:
        at[:] = -1
    return at


def jumped(up: Places) -> tuple[Places, Places, Places]:
    """Return root and depth of every place, and the places that never reach a root since a circle is above them.

    `up` is the place above each; a root is above itself. Each round doubles how far all places see.
    """
    root = up.copy()
    depth = np.zeros(len(up), np.int32)
    moving = starts = np.flatnonzero(up != np.arange(len(up), dtype=np.int32)).astype(np.int32)
    depth[moving] = 1
    rounds = max(1, len(moving).bit_length() + 1)
    for _ in range(rounds):
        if not len(moving):
            break
        above = root[moving]
        further = root[above]
        more = further != above
        moving, above, further = moving[more], above[more], further[more]
        depth[moving] += depth[above]
        root[moving] = further
    tops = root[starts]
    return root, depth, starts[up[tops] != tops]


def circles(child: Iterable[int], parent: Iterable[int]) -> list[list[int]]:
    """Return groups of nodes that lie on the same circle, or between circles; nodes may have several parents."""
    above: dict[int, set[int]] = defaultdict(set)
    below: dict[int, set[int]] = defaultdict(set)
    for low, high in zip(child, parent, strict=True):
        above[low].add(high)
        below[high].add(low)
    left = set(above) | set(below)
    for one, other in ((above, below), (below, above)):
        ends = deque(node for node in left if not one[node] & left)
        while ends:
            node = ends.popleft()
            if node in left:
                left.discard(node)
                ends.extend(next_ for next_ in other[node] & left if not one[next_] & left)
    return _connected(left, above)


def _connected(nodes: set[int], above: dict[int, set[int]]) -> list[list[int]]:
    beside: dict[int, set[int]] = defaultdict(set)
    for node in nodes:
        for high in above[node] & nodes:
            beside[node].add(high)
            beside[high].add(node)
    groups: list[list[int]] = []
    while nodes:
        group, waiting = [], [nodes.pop()]
        while waiting:
            group.append(waiting.pop())
            more = beside[group[-1]] & nodes
            nodes -= more
            waiting += more
        groups.append(group)
    return groups
