"""Precision, recall and F1 with 95 % intervals: posts are drawn anew a thousand times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.evidence.gold import Answer, Item

__all__ = ["Counts", "Score", "counts", "score"]

DRAWS = 1000


class Counts(NamedTuple):
    """How many answers of a post were right, wrong and missed."""

    right: int
    wrong: int
    missed: int


class Score(NamedTuple):
    """A share and the interval in which it lies."""

    value: float
    low: float
    high: float


def counts(item: Item, answers: Sequence[Answer]) -> Counts:
    """Return how many answers are exactly those of the post: same start, same end, same kind."""
    given = set(answers)
    return Counts(len(given & item.answers), len(given - item.answers), len(item.answers - given))


def score(found: Sequence[Counts], seed: int = 1) -> tuple[Score, Score, Score]:
    """Return precision, recall and F1 over all posts."""
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    rng = np.random.default_rng(seed)
    drawn = np.array([table[rng.integers(0, len(table), len(table))].sum(axis=0) for _ in range(DRAWS)])
    whole, draws = _shares(table.sum(axis=0, keepdims=True)), _shares(drawn)
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    p, r, f = (Score(float(whole[0, at]), float(low[at]), float(high[at])) for at in range(3))
    return p, r, f


def _shares(sums: np.ndarray) -> np.ndarray:
    right, wrong, missed = sums[:, 0], sums[:, 1], sums[:, 2]
    precision = right / np.maximum(right + wrong, 1)
    recall = right / np.maximum(right + missed, 1)
    return np.stack([precision, recall, 2 * right / np.maximum(2 * right + wrong + missed, 1)], axis=1)
