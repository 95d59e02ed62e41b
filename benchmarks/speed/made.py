"""A corpus of any size with the shape of a real one, written as Parquet in a stream.

Sparse 64-bit ids that grow with time, a million rows at a time out of order; heavy-tailed authors, of whom a corpus ten
times as large has ten times as many; 30 % of posts in self-threads of heavy-tailed length, 3 % of parents absent, the
rest single posts and replies to others; short texts, numbered in 36 of 100 threads.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["SHARE", "write"]

SHARE = 1_000_000
"""Rows that are made at a time."""
Ids = npt.NDArray[np.int64]


def write(path: Path, rows: int, seed: int = 1) -> None:
    """Write so many posts; the same seed gives the same bytes."""
    rng = np.random.default_rng(seed)
    with pq.ParquetWriter(path, _batch(rng, 10, 0, rows).schema) as writer:
        for first in range(0, rows, SHARE):
            writer.write_batch(_batch(rng, min(SHARE, rows - first), first, rows))


def _batch(rng: np.random.Generator, rows: int, first: int, total: int) -> pa.RecordBatch:
    ids = (np.arange(first, first + rows, dtype=np.int64) * 7_919 + rng.integers(0, 7_000, rows)) * 512 + 10**18
    lengths = np.minimum(2 + rng.pareto(1.2, rows // 8 + 1), 60).astype(np.int64)
    lengths = lengths[np.cumsum(lengths) <= rows * 3 // 10]
    starts = np.sort(rng.choice(max(rows - 70, 1), len(lengths), replace=False)) if len(lengths) else lengths
    author = (rng.pareto(0.9, rows) * total / 1000).astype(np.int64) % max(total // 3, 1) + 1
    parent = np.zeros(rows, np.int64)
    to = author.copy()
    number = np.zeros(rows, np.int64)
    free = np.ones(rows, np.bool_)
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        if free[start : start + length].all():
            free[start : start + length] = False
            author[start : start + length] = author[start]
            parent[start + 1 : start + length] = ids[start : start + length - 1]
            number[start : start + length] = np.arange(1, length + 1) if start % 100 < 36 else 0
    replies = free & (rng.random(rows) < 0.4)
    back = np.maximum(np.arange(rows) - rng.integers(1, 5_000, rows), 0)
    replies &= back < np.arange(rows)
    parent[replies], to[replies] = ids[back[replies]], author[back[replies]]
    threaded = ~free & (parent != 0)
    to[threaded] = author[threaded]
    lost = (parent != 0) & (rng.random(rows) < 0.03)
    parent[lost] += 1
    whole = pa.record_batch(
        {
            "platform": pa.array(["x"], pa.string()).take(pa.array(np.zeros(rows, np.int32))),
            "id": pa.array(ids),
            "author_id": pa.array(author),
            "time": pa.array((ids - 10**18) // 512, pa.timestamp("ms", tz="UTC")),
            "text": _texts(number, ids),
            "reply_to": pa.array(parent, mask=parent == 0),
            "reply_to_author": pa.array(to, mask=parent == 0),
        }
    )
    return whole.take(pa.array(rng.permutation(rows)))


def _texts(number: Ids, ids: Ids) -> pa.Array:
    words = "The port of the north takes ships and trains of every size and kind".split()
    said = [" ".join(words[: 4 + own % 10]) for own in range(10)]
    return pa.array(
        [
            f"{n}/ {said[own]}" if n else said[own]
            for n, own in zip(number.tolist(), (ids // 512 % 10).tolist(), strict=True)
        ]
    )
