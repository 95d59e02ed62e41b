"""Made actions on objects with a heavy tail: a million, of which the largest object has 45,000, or more of both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ACTIONS = 1_000_000
LARGEST = 45_000
ACCOUNTS = 60_000
DAYS = 30


def sizes(actions: int = ACTIONS, largest: int = LARGEST) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the sizes of objects, largest first: falling as 1/rank, down to single uses."""
    falling = np.maximum(largest / np.arange(1, actions + 1) ** 0.9, 1).astype(np.int64)
    until = int(np.searchsorted(np.cumsum(falling), actions))
    return falling[:until]


def write(path: Path, actions: int = ACTIONS, largest: int = LARGEST, seed: int = 7) -> None:
    """Write the table: each object has a birth and a burst after it; few accounts do much."""
    rng = np.random.default_rng(seed)
    size = sizes(actions, largest)
    objects = np.repeat(np.arange(len(size)), size)
    birth = rng.uniform(0, DAYS * 86_400, len(size))
    time = (birth[objects] + rng.exponential(6 * 3600, len(objects))).astype(np.int64) + 1_600_000_000
    account = (ACCOUNTS * actions / ACTIONS * rng.random(len(objects)) ** 2).astype(np.int64)
    order = rng.permutation(len(objects))
    table = {
        "object_id": pa.array([f"o{n}" for n in objects[order]]),
        "account_id": pa.array([f"a{n}" for n in account[order]]),
        "content_id": pa.array([f"c{n}" for n in range(len(objects))]),
        "timestamp_share": pa.array(time[order]),
    }
    pq.write_table(pa.table(table), path)
