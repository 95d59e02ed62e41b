"""The network of kept edges: communities by the Leiden method, and why each account is in it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import igraph
import numpy as np

from clew.compare.actions import Actions, Instants
from clew.compare.edges import Edges, Evidence

__all__ = ["Community", "Member", "Places", "communities", "layout", "members"]

Places = dict[int, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Accounts that have more to do with each other than with the rest."""

    number: int
    """From 1, the largest first."""
    accounts: tuple[int, ...]
    edges: int
    """Edges inside it."""
    objects: tuple[tuple[str, str, int], ...]
    """Trace, object and number of pairs for the things that they most do together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Why an account is in."""

    account: int
    community: int
    partners: int
    """Accounts that it has edges with."""
    posts: int
    """Its distinct posts in them."""
    pairs: int
    delay: float
    """The median of the seconds between its posts and theirs."""
    first: float
    """The share of pairs in which it was first; ties count half."""
    partner: int
    """The account with the heaviest edge."""
    weight: int
    traces: tuple[tuple[str, int], ...]
    """By how many pairs of each trace."""
    objects: tuple[tuple[str, str, int], ...]


def communities(actions: Actions, evidence: Evidence, seed: int) -> list[Community]:
    """Return the communities, the largest first; the same seed gives the same."""
    found = evidence.edges
    if not len(found):
        return []
    nodes, ends = np.unique(np.stack([found.first, found.second], axis=1), return_inverse=True)
    graph = igraph.Graph(n=len(nodes), edges=ends.reshape(-1, 2).tolist())
    igraph.set_random_number_generator(random.Random(seed))
    try:
        parted = graph.community_leiden(
            objective_function="modularity", weights=found.weight.tolist(), n_iterations=-1
        ).membership
    finally:
        igraph.set_random_number_generator(random)
    group_of = np.full(len(actions.accounts), -1, dtype=np.int32)
    group_of[nodes] = parted
    sizes = np.bincount(parted)
    inside = np.where(group_of[found.first] == group_of[found.second], group_of[found.first], -1)
    of_pairs = np.repeat(inside, np.diff(evidence.starts))
    ranked = sorted(range(len(sizes)), key=lambda group: (-int(sizes[group]), int(np.argmax(group_of == group))))
    return [
        Community(
            number=number,
            accounts=tuple(np.flatnonzero(group_of == group).tolist()),
            edges=int((inside == group).sum()),
            objects=_named(
                actions, Counter(actions.object[evidence.pairs.left[of_pairs == group]].tolist()).most_common(5)
            ),
        )
        for number, group in enumerate(ranked, 1)
    ]


def layout(found: Edges, seed: int) -> Places:
    """Return where to draw each account, between 0 and 1 both ways."""
    nodes, ends = np.unique(np.stack([found.first, found.second], axis=1), return_inverse=True)
    graph = igraph.Graph(n=len(nodes), edges=ends.reshape(-1, 2).tolist())
    igraph.set_random_number_generator(random.Random(seed))
    try:
        spots = np.array(graph.layout("fr" if len(nodes) <= 400 else "drl").coords)
    finally:
        igraph.set_random_number_generator(random)
    low, high = spots.min(axis=0), spots.max(axis=0)
    spots = (spots - low) / np.maximum(high - low, 1e-9)
    return {int(node): (float(x), float(y)) for node, (x, y) in zip(nodes, spots, strict=True)}


def members(actions: Actions, found: Evidence, grouped: Sequence[Community]) -> list[Member]:
    """Return why each account is in, those with the most partners first."""
    if not len(found.edges):
        return []
    community = {account: group.number for group in grouped for account in group.accounts}
    ends = np.concatenate([found.edges.first, found.edges.second])
    both = np.concatenate([actions.account[found.pairs.left], actions.account[found.pairs.right]])
    order = np.argsort(both, kind="stable")
    starts = np.searchsorted(both[order], np.unique(both))
    by_end = np.argsort(ends, kind="stable")
    end_starts = np.searchsorted(ends[by_end], np.unique(ends))
    reasons = [
        _member(actions, found, community, rows, of_edges % len(found.edges))
        for rows, of_edges in zip(np.split(order, starts[1:]), np.split(by_end, end_starts[1:]), strict=True)
    ]
    return sorted(reasons, key=lambda member: (-member.partners, -member.pairs, member.account))


def _member(
    actions: Actions,
    found: Evidence,
    community: dict[int, int],
    rows: Instants,
    of_edges: Instants,
) -> Member:
    """Return why one account is in; its rows are pairs, those past their number are seen from the right."""
    size = len(found.pairs.left)
    is_left, at = rows < size, rows % size
    left, right = found.pairs.left[at], found.pairs.right[at]
    own = np.where(is_left, left, right)
    delays = actions.time[right] - actions.time[left]
    account = int(actions.account[own[0]])
    heaviest = int(of_edges[np.argmax(found.edges.weight[of_edges])])
    partner = int(found.edges.first[heaviest])
    objects = Counter(actions.object[own].tolist())
    return Member(
        account=account,
        community=community[account],
        partners=len(of_edges),
        posts=len(np.unique(actions.content[own])),
        pairs=len(rows),
        delay=float(np.median(delays)) / 1000,
        first=float(np.where(delays == 0, 0.5, is_left).mean()),
        partner=int(found.edges.second[heaviest]) if partner == account else partner,
        weight=int(found.edges.weight[heaviest]),
        traces=_traces(actions, objects),
        objects=_named(actions, objects.most_common(5)),
    )


def _traces(actions: Actions, objects: Counter[int]) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for code, often in objects.items():
        counts[actions.traces[actions.trace_of[code]]] += often
    return tuple(counts.most_common())


def _named(actions: Actions, objects: Iterable[tuple[int, int]]) -> tuple[tuple[str, str, int], ...]:
    return tuple((actions.traces[actions.trace_of[code]], actions.objects[code], often) for code, often in objects)
