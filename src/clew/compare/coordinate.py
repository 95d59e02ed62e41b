"""Coordination: accounts that do the same things within a window more often than chance gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from clew.compare.actions import SECOND, Actions, Flags, selected
from clew.compare.chance import Verdict, adjusted, judged, possible_pairs
from clew.compare.edges import Edges, Evidence, Timing, chosen, edges, timing
from clew.compare.join import Pairs
from clew.compare.network import Community, Member, communities, members
from clew.errors import BadOption

__all__ = ["Coordination", "Settings", "coordinate", "without_hot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to look for coordination."""

    window: float = 60.0
    """Seconds within which two posts count as one act."""
    min_weight: int = 2
    """Edges below this are counted and not judged."""
    nulls: tuple[str, ...] = ("rewire", "jitter")
    draws: int = 100
    seed: int = 1
    jitter: float | None = None
    """Seconds by which posts are moved; None: ten windows."""
    alpha: float = 0.05
    """The share of false edges that is put up with."""

    @property
    def width(self) -> float:
        """Seconds by which posts are moved."""
        return self.window * 10 if self.jitter is None else self.jitter


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordination:
    """What was found within one window."""

    actions: Actions
    settings: Settings
    pairs: int
    """Pairs of actions within the window."""
    edges: int
    """Pairs of accounts with any."""
    judged: int
    """Edges of the least weight or more."""
    possible: int
    """Pairs of accounts that could have had an edge, at most."""
    verdicts: tuple[Verdict, ...]
    """For the edges that were kept, what each null model says."""
    found: Evidence
    """The edges that no null model explains, in the order of their accounts, with their pairs."""
    timing: Timing
    communities: tuple[Community, ...]
    members: tuple[Member, ...]
    """Why each account is in, those with the most edges first."""


def coordinate(
    actions: Actions, settings: Settings, watch: Callable[[str, int, int], None] | None = None
) -> Coordination:
    """Return the edges that chance does not explain, their communities and why each account is in.

    The first null model is judged among all pairs of accounts that could be, each later one among the edges that still
    stand; an edge is kept when it stands against all.

    Raises:
        BadOption: A setting makes no sense, or the window makes too many pairs.
    """
    window = _window(settings)
    total = edge_count = 0
    batches: list[Evidence] = []
    for batch in edges(actions, window):
        total += len(batch.pairs.left)
        edge_count += len(batch.edges)
        batches.append(chosen(batch, batch.edges.weight >= settings.min_weight))
    found = _together(batches)
    candidates = len(found.edges)
    possible = possible_pairs(actions)
    verdicts = [
        judged(
            actions,
            window,
            found.edges,
            null,
            draws=settings.draws,
            seed=settings.seed,
            width=round(settings.width * SECOND),
            tests=possible,
            watch=watch,
        )
        for null in settings.nulls
    ]
    stands = _standing(verdicts, settings.alpha, candidates)
    found = chosen(found, stands)
    grouped = communities(actions, found, settings.seed)
    return Coordination(
        actions=actions,
        settings=settings,
        pairs=total,
        edges=edge_count,
        judged=candidates,
        possible=possible,
        verdicts=tuple(_narrowed(verdict, stands) for verdict in verdicts),
        found=found,
        timing=timing(actions, found),
        communities=tuple(grouped),
        members=tuple(members(actions, found, grouped)),
    )


def _window(settings: Settings) -> int:
    if settings.window < 0:
        raise BadOption(f"a window of {settings.window:g} seconds is negative.")
    if settings.width <= 0 and "jitter" in settings.nulls:
        raise BadOption("the null model jitter has to move posts by more than nothing; give --jitter.")
    if not 0 < settings.alpha < 1:
        raise BadOption("--alpha is a share between 0 and 1, such as 0.05.")
    return round(settings.window * SECOND)


def _together(batches: Sequence[Evidence]) -> Evidence:
    """Return several batches as one."""
    if not batches:
        none = np.zeros(0, dtype=np.int32)
        no_edges: dict[str, Any] = {field.name: none for field in fields(Edges)}
        return Evidence(Edges(**no_edges), Pairs(none, none), np.zeros(1, dtype=np.int64))
    sizes = np.concatenate([np.diff(batch.starts) for batch in batches])
    columns: dict[str, Any] = {
        field.name: np.concatenate([getattr(batch.edges, field.name) for batch in batches]) for field in fields(Edges)
    }
    return Evidence(
        Edges(**columns),
        Pairs(
            np.concatenate([batch.pairs.left for batch in batches]),
            np.concatenate([batch.pairs.right for batch in batches]),
        ),
        np.concatenate([[0], np.cumsum(sizes)]),
    )


def _standing(verdicts: list[Verdict], alpha: float, edges: int) -> Flags:
    """Say which edges stand against all null models; the verdicts get the q of those that they were asked about."""
    stands = np.ones(edges, dtype=bool)
    for number, verdict in enumerate(verdicts):
        if number:
            q = np.ones(edges)
            q[stands] = adjusted(verdict.p[stands], int(stands.sum()))
            verdicts[number] = verdict = replace(verdict, q=q)
        stands &= verdict.q <= alpha
    return stands


def _narrowed(verdict: Verdict, stands: Flags) -> Verdict:
    return replace(verdict, expected=verdict.expected[stands], p=verdict.p[stands], q=verdict.q[stands])


def without_hot(actions: Actions, most: int) -> tuple[Actions, list[str]]:
    """Return the actions without those on objects that are used more often than this, and the names of these."""
    sizes = np.bincount(actions.object, minlength=len(actions.objects))
    hot = np.flatnonzero(sizes > most)
    return selected(actions, sizes[actions.object] <= most), actions.objects.take(hot)
