"""The sorted window join: every two actions on one object that lie within a window of each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from clew.compare.actions import Actions, Codes, Instants
from clew.errors import BadOption

__all__ = ["MOST_PAIRS", "Pairs", "count", "pairs"]

CHUNK = 1 << 20
"""Pairs that are made at a time."""
MOST_PAIRS = 4_000_000_000
"""More than this is refused; the answer would not fit a disk."""
_ROOM = 1 << 62


class Pairs(NamedTuple):
    """Pairs of actions by two accounts, as rows of Actions; the earlier is on the left."""

    left: Codes
    right: Codes


def count(actions: Actions, window: int) -> int:
    """Return how many pairs lie within a window of so many milliseconds, those of one account with itself too."""
    return int((_ends(actions, window) - np.arange(1, len(actions) + 1)).sum())


def pairs(actions: Actions, window: int, chunk: int = CHUNK) -> Iterator[Pairs]:
    """Yield all pairs of two accounts' actions on an object within a window of milliseconds, a chunk at a time.

    Memory is bounded by the chunk and the number of actions, whatever the hottest object. The pairs come in the order
    of their left action.

    Raises:
        BadOption: The window is negative, or there are more pairs than MOST_PAIRS.
    """
    if window < 0:
        raise BadOption("a window of time cannot be negative.")
    until = np.cumsum(_ends(actions, window) - np.arange(1, len(actions) + 1))
    total = int(until[-1]) if len(until) else 0
    if total > MOST_PAIRS:
        raise BadOption(
            f"the window makes {total:,} pairs of actions; take a smaller one, or leave out the objects that most use"
            " with --most-used."
        )
    start = 0
    while start < len(until):
        before = int(until[start - 1]) if start else 0
        stop = max(int(np.searchsorted(until, before + chunk, side="right")), start + 1)
        if until[stop - 1] > before:
            yield _apart(actions, _between(until, start, stop))
        start = stop


def _between(until: Instants, start: int, stop: int) -> Pairs:
    """Return the pairs whose left action is one of these rows; those of one row are the rows right after it."""
    before = until[start - 1] if start else 0
    counts = np.diff(until[start:stop], prepend=before)
    rows = np.arange(start, stop, dtype=np.int32)
    left = np.repeat(rows, counts)
    first = np.repeat((until[start:stop] - counts - before).astype(np.int32), counts)
    right = np.arange(len(left), dtype=np.int32)
    right -= first
    right += left
    right += 1
    return Pairs(left, right)


def _apart(actions: Actions, found: Pairs) -> Pairs:
    """Return the pairs of two different accounts."""
    apart = actions.account[found.left] != actions.account[found.right]
    return Pairs(found.left[apart], found.right[apart])


def _ends(actions: Actions, window: int) -> Instants:
    """Return for each action one past the last row of its object that is within the window after it."""
    size = len(actions)
    ends = np.empty(size, dtype=np.int64)
    if not size:
        return ends
    base = int(actions.time.min())
    span = int(actions.time.max()) - base + window + 1
    step = max(1, _ROOM // span)
    top = int(actions.object[-1]) + 1
    for low in range(0, top, step):
        start, stop = np.searchsorted(actions.object, [low, min(low + step, top)])
        key = (actions.object[start:stop] - low) * np.int64(span) + (actions.time[start:stop] - base)
        ends[start:stop] = start + np.searchsorted(key, key + window, side="right")
    return ends
