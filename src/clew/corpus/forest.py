"""Forests of replies as arrays: who answers whom, roots, depths, circles. No post is looked at here.

Everything is laid out in order of the ids, so that what was written about the same time lies close together, and a
parent is found by its place in that order. It is gone through in spans that the processor's caches hold, so that a post
costs the same among a million and among fifty.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Roots", "circles", "found", "jumped", "roots"]

Places = npt.NDArray[np.int32]
Ids = npt.NDArray[np.int64] | npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

SPAN = 1 << 16
"""How many places are looked at together."""
FAR = 16
"""So many times as many ids as are sought among them are too many for caches."""


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
    held = ids[order]
    up = np.arange(len(ids), dtype=np.int32)
    lost: list[Places] = []
    for here in _spans(len(ids)):
        rows = order[here]
        wanted = parents[rows]
        answering = _where(wanted != none, here)
        rows, wanted = order[answering], wanted[answering - here.start]
        at = found(held, wanted)
        own = (at >= 0) & (at != answering)
        own &= authors[rows] == authors[order[at]]
        up[answering[own]] = at[own]
        if asked is not None:
            lost.append(answering[(at < 0) & asked[rows]])
    absent = 0
    if lost:
        places = np.concatenate(lost)
        rows = order[places]
        groups, group = np.unique(np.stack([authors[rows], parents[rows]]), axis=1, return_inverse=True)
        absent = groups.shape[1]
        up = np.concatenate([up, np.arange(len(ids), len(ids) + absent, dtype=np.int32)])
        up[places] = len(ids) + group.ravel()
    del held
    root, depth = _without_circles(up)
    return _by_row(root, depth, order, absent)


def _spans(count: int) -> Iterator[slice]:
    for start in range(0, count, SPAN):
        yield slice(start, min(start + SPAN, count))


def _by_row(root: Places, depth: Places, order: Places, absent: int) -> Roots:
    by_row, depths = np.empty(len(order), np.int32), np.empty(len(order), np.int32)
    for here in _spans(len(order)):
        rows, tops = order[here], root[here]
        depths[rows] = depth[here]
        by_row[rows] = np.where(tops < len(order), order[np.minimum(tops, len(order) - 1)], tops)
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
    at = np.full(len(wanted), -1, np.int32)
    if not len(ids):
        return at
    for here in _spans(len(wanted)):
        sought = wanted[here]
        first = int(np.searchsorted(ids, sought.min()))
        near = ids[first : np.searchsorted(ids, sought.max(), side="right")]
        if len(near):
            place = _searched(near, sought)
            place[place == len(near)] = 0
            at[here] = np.where(near[place] == sought, place + first, -1)
    return at


def _searched(ids: Ids, wanted: Ids) -> npt.NDArray[np.int64]:
    """Return where each would stand; where they lie far apart, in their order, so that caches hold what is near."""
    if len(ids) < FAR * len(wanted):
        return np.searchsorted(ids, wanted)
    order = np.argsort(wanted)
    place = np.empty(len(wanted), np.int64)
    place[order] = np.searchsorted(ids, wanted[order])
    return place


def jumped(up: Places) -> tuple[Places, Places, Places]:
    """Return root and depth of every place, and the places that never reach a root since a circle is above them.

    `up` is the place above each; a root is above itself. Each round doubles how far all places see. Spans come in
    order: what answers something older, as nearly all posts do, then finds its root within its span or already known.
    """
    root = up.copy()
    depth = np.empty(len(up), np.int32)
    places = np.arange(min(SPAN, len(up)), dtype=np.int32)
    for here in _spans(len(up)):
        depth[here] = up[here] != places[: here.stop - here.start] + np.int32(here.start)
    none = np.zeros(0, np.int32)
    left = [_jump(root, depth, _where(depth[here] != 0, here)) for here in _spans(len(up))]
    _jump(root, depth, np.concatenate([none, *left]))
    circling = [_where(up[root[here]] != root[here], here) for here in _spans(len(up))]
    return root, depth, np.concatenate([none, *circling])


def _where(holds: Flags, here: slice) -> Places:
    """Return the places of a span for which it holds."""
    return np.flatnonzero(holds).astype(np.int32) + np.int32(here.start)


def _jump(root: Places, depth: Places, moving: Places) -> Places:
    """Let places see further until they see a root; return those that do not after as many rounds as they may need."""
    for _ in range(max(1, len(moving).bit_length() + 1)):
        if not len(moving):
            break
        above = root[moving]
        further = root[above]
        more = further != above
        moving, above, further = moving[more], above[more], further[more]
        depth[moving] += depth[above]
        root[moving] = further
    return moving


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
