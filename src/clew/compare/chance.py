"""How likely chance alone is to give what was seen: p-values, false discovery rates, effect sizes, thresholds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from clew.compare.actions import Actions, Instants
from clew.compare.edges import Edges, edges
from clew.compare.nulls import NULLS
from clew.errors import BadOption

__all__ = ["Verdict", "adjusted", "at_least", "judged", "possible_pairs"]

Floats = npt.NDArray[np.float64]
HEAVIEST = 1000
"""Weights above this count as this in histograms."""
ENOUGH = 10
"""Chance must have given an edge so often before its own spread is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one null model says of a set of edges."""

    null: str
    draws: int
    expected: Floats
    """For each edge, the weight that chance gives; never less than one in all draws."""
    p: Floats
    """How likely chance is to give this weight or more."""
    q: Floats
    """The share of false edges among all with a p this small or smaller, at most (Benjamini and Hochberg)."""
    seen: Instants
    """How many edges have each weight or more; the index is the weight."""
    by_chance: Floats
    """How many chance gives, on average over the draws."""

    def threshold(self, alpha: float) -> int | None:
        """Return the smallest weight from which on chance gives at most this share of the edges; None where none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share = self.by_chance / self.seen
        good = np.flatnonzero((self.seen > 0) & (share <= alpha))
        good = good[good > 0]
        return int(good[0]) if len(good) else None


def judged(
    actions: Actions,
    window: int,
    found: Edges,
    null: str,
    *,
    draws: int,
    seed: int,
    width: int,
    tests: int | None = None,
    watch: Callable[[str, int, int], None] | None = None,
) -> Verdict:
    """Return what a null model says of edges.

    The world is drawn so often; each time all edges are gathered again. What chance gives an edge is the mean of the
    draws and one more edge among them all, so that it is never nothing; how likely the weight is then follows from
    Poisson's law, or a wider one where the draws spread more. `tests` is how many edges could have been found, for q;
    without it every pair of accounts that use a common object counts.

    Raises:
        BadOption: There is no such null model, or no draws.
    """
    if null not in NULLS:
        raise BadOption(f"no null model is called {null!r}; there are: {', '.join(NULLS)}.")
    if draws < 1:
        raise BadOption("a null model needs one draw at least.")
    keys = _keys(actions, found)
    order = np.argsort(keys)
    total, squares = np.zeros(len(keys)), np.zeros(len(keys))
    counts = np.zeros(HEAVIEST + 1)
    for number, child in enumerate(np.random.SeedSequence([seed, *null.encode()]).spawn(draws)):
        if watch:
            watch(null, number, draws)
        world = NULLS[null](actions, width, np.random.default_rng(child))
        for batch in edges(world, window):
            weight = batch.edges.weight
            counts += np.bincount(np.minimum(weight, HEAVIEST), minlength=HEAVIEST + 1)
            at, there = _looked_up(keys, order, _keys(actions, batch.edges))
            total[at] += weight[there]
            squares[at] += weight[there].astype(np.float64) ** 2
    expected = (total + 1) / draws
    p = at_least(found.weight, expected, _spread(total, squares, draws))
    return Verdict(
        null=null,
        draws=draws,
        expected=expected,
        p=p,
        q=adjusted(p, possible_pairs(actions) if tests is None else tests),
        seen=_or_more(np.bincount(np.minimum(found.weight, HEAVIEST), minlength=HEAVIEST + 1)).astype(np.int64),
        by_chance=_or_more(counts) / draws,
    )


def _keys(actions: Actions, found: Edges) -> Instants:
    return found.first * np.int64(len(actions.accounts)) + found.second


def _looked_up(keys: Instants, order: Instants, wanted: Instants) -> tuple[Instants, Instants]:
    """Return where the wanted keys are among the keys, and which of the wanted are there."""
    if not len(keys):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
    there = np.flatnonzero(keys[order[at]] == wanted)
    return order[at[there]], there


def _spread(total: Floats, squares: Floats, draws: int) -> Floats:
    """Return the variance by the mean of each edge over the draws: 1 is Poisson's; never less."""
    mean = total / draws
    variance = np.maximum(squares / draws - mean**2, 0)
    pooled = float(variance.sum() / mean.sum()) if mean.sum() else 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(total >= ENOUGH, variance / mean, pooled)
    return np.maximum(own, 1.0)


def at_least(weight: npt.NDArray[np.integer[Any]], expected: Floats, spread: Floats) -> Floats:
    """Return how likely such a weight or more is: Poisson's law, or the negative binomial where the spread is over 1.

    >>> at_least(np.array([0, 3]), np.array([1.0, 0.01]), np.array([1.0, 1.0])).round(9).tolist()
    [1.0, 1.65e-07]
    """
    wide = np.maximum(spread, 1 + 1e-9)
    size = expected / (wide - 1)
    plain = stats.poisson.sf(weight - 1, expected)
    wider = stats.nbinom.sf(weight - 1, size, 1 / wide)
    return np.asarray(np.where(spread > 1 + 1e-6, wider, plain), dtype=np.float64)


def adjusted(p: Floats, tests: int) -> Floats:
    """Return the false discovery rates of Benjamini and Hochberg for the smallest p-values of so many tests.

    >>> adjusted(np.array([0.01, 0.04, 0.03]), 4).round(3).tolist()
    [0.04, 0.053, 0.053]
    """
    order = np.argsort(p)
    raw = p[order] * max(tests, len(p)) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return q


def possible_pairs(actions: Actions) -> int:
    """Return at most how many pairs of accounts use a common object."""
    users = np.unique(actions.object * np.int64(len(actions.accounts)) + actions.account) // len(actions.accounts)
    sizes = np.bincount(users.astype(np.int64)).astype(np.float64)
    active = len(np.unique(actions.account))
    return int(min((sizes * (sizes - 1) / 2).sum(), active * (active - 1) / 2))


def _or_more(counts: npt.NDArray[np.generic]) -> Floats:
    return np.asarray(np.cumsum(np.asarray(counts, dtype=np.float64)[::-1])[::-1])
