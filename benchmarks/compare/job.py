"""One measured run in a process of its own: `python -m benchmarks.compare.job ours|plain FILE COLUMN WINDOW`.

It prints one line of JSON: seconds for the join and its edges, seconds for reading, edges, peak memory in megabytes.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np

from clew.compare import tables
from clew.compare.actions import Actions
from clew.compare.edges import edges


def ours(actions: Actions, window: int) -> tuple[int, float]:
    """Return how many edges clew finds, with weights, posts on both sides, objects, evidence; and the seconds."""
    start = time.perf_counter()
    count = sum(len(found.edges) for found in edges(actions, window))
    return count, time.perf_counter() - start


def plain(actions: Actions, window: int) -> tuple[int, float]:
    """Return how many edges a numpy join of unordered rows finds: sort, search, repeat, count; and the seconds."""
    shuffled = np.random.default_rng(0).permutation(len(actions))
    objects, accounts, times = (column[shuffled] for column in (actions.object, actions.account, actions.time))
    start = time.perf_counter()
    order = np.lexsort((times, objects))
    objects, accounts, times = objects[order], accounts[order], times[order]
    key = objects.astype(np.int64) * (times.max() - times.min() + window + 1) + (times - times.min())
    counts = np.searchsorted(key, key + window, side="right") - np.arange(len(key)) - 1
    left = np.repeat(np.arange(len(key)), counts)
    right = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + left + 1
    one, other = accounts[left], accounts[right]
    apart = one != other
    both = np.minimum(one, other)[apart] * np.int64(accounts.max() + 1) + np.maximum(one, other)[apart]
    found = np.unique(both, return_counts=True)
    return len(found[0]), time.perf_counter() - start


def peak_megabytes() -> float:
    """Return the most memory that this process had, without what it inherited from the one that started it."""
    with open("/proc/self/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Run one job."""
    name, path, column, window = sys.argv[1:]
    start = time.perf_counter()
    actions = tables.read(path, {"object": column, "content": "post_id" if column.endswith("url_id") else "content_id"})
    reading = time.perf_counter() - start
    job: Callable[[Actions, int], tuple[int, float]] = {"ours": ours, "plain": plain}[name]
    count, seconds = job(actions, round(float(window) * 1000))
    peak = peak_megabytes()
    print(json.dumps({"seconds": seconds, "reading": reading, "edges": count, "megabytes": peak}))


if __name__ == "__main__":
    main()
