"""Near-duplicates: texts of which most word pairs are the same, found by MinHash signatures and checked."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from clew.compare.actions import Codes

__all__ = ["families", "likeness"]

BANDS = 16
ROWS = 4
"""A pair as alike as LEAST meets in one of the bands with a chance of 0.9998."""
LEAST = 0.8
"""The share of word pairs that two near-duplicates have in common."""
_PRIME = (1 << 61) - 1


def _shingles(text: str) -> frozenset[int]:
    words = text.split()
    pairs = pairwise(words) if len(words) > 1 else [(text, "")]
    return frozenset(zlib.crc32(" ".join(pair).encode()) for pair in pairs)


def likeness(first: str, second: str) -> float:
    """Return the share of word pairs that two texts have in common.

    >>> likeness("a b c d e", "a b c d e"), likeness("a b", "c d")
    (1.0, 0.0)
    """
    one, two = _shingles(first), _shingles(second)
    return len(one & two) / len(one | two)


def families(names: Sequence[tuple[int, str]], trace: int) -> Codes:
    """Return for each object the one that stands for it: of near-duplicate texts the first, for others itself.

    A text joins the family of the first text that is like it, never through a chain of others, so that a family holds
    only what is like its head.
    """
    stands = np.arange(len(names), dtype=np.int32)
    rng = np.random.default_rng(1)
    factors = rng.integers(1, 1 << 31, (2, BANDS * ROWS), dtype=np.uint64)
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for code, (number, text) in enumerate(names):
        if number != trace:
            continue
        bands = _bands(_shingles(text), factors)
        met = chain.from_iterable(buckets.get(band, ()) for band in bands)
        head = next((head for head in met if likeness(names[head][1], text) >= LEAST), None)
        if head is not None:
            stands[code] = head
        else:
            for band in bands:
                buckets[band].append(code)
    return stands


def _bands(shingles: frozenset[int], factors: npt.NDArray[np.uint64]) -> list[tuple[int, bytes]]:
    values = np.fromiter(shingles, dtype=np.uint64, count=len(shingles))
    hashed = (np.outer(values, factors[0]) + factors[1]) % np.uint64(_PRIME)
    signature = hashed.min(axis=0).reshape(BANDS, ROWS)
    return [(number, band.tobytes()) for number, band in enumerate(signature)]
