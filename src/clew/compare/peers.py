"""The figures of CooRTweet and of the coordination-network-toolkit, as they would come out of those tools.

Both are plain window joins with rules of their own. CooRTweet 2.1 asks for accounts with enough rows before the join,
drops pairs in which a post answers to itself, and keeps a pair when *either* of its posts belongs to an account with
enough rows left (its documentation can be read as asking for both). The toolkit counts, for each direction, the
distinct messages of the account that the edge starts from; of a message that is given with several objects it knows the
first, except for links.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clew.compare.actions import Actions, Codes, Flags, selected
from clew.compare.edges import Choice, Edges, Evidence, edges, picked
from clew.compare.join import Pairs, pairs

__all__ = ["Directed", "cnt", "coortweet"]


#: Traces of which a message can have several in the toolkit.
MANY_EACH = frozenset({"link", "domain"})


def coortweet(actions: Actions, window: int, min_participation: int = 2) -> Iterator[Evidence]:
    """Yield the edges that CooRTweet's `detect_groups` and `generate_coordinated_network` give; `pairs` is its weight.

    Raises:
        BadOption: The window is negative or makes too many pairs.
    """
    active = np.bincount(actions.account, minlength=len(actions.accounts)) >= min_participation
    actions = selected(actions, active[actions.account])
    itself = actions.repeats_itself()

    def other(chunk: Pairs) -> Pairs:
        good = actions.content[chunk.left] != actions.content[chunk.right]
        good &= ~(itself[chunk.left] | itself[chunk.right])
        return Pairs(chunk.left[good], chunk.right[good])

    posts = _enough(actions, window, other, min_participation)

    def kept(chunk: Pairs) -> Pairs:
        chunk = other(chunk)
        good = posts[actions.content[chunk.left]] | posts[actions.content[chunk.right]]
        return Pairs(chunk.left[good], chunk.right[good])

    return edges(actions, window, kept)


def _enough(actions: Actions, window: int, other: Choice, least: int) -> Flags:
    """Say of each post whether it is in a pair and its account has so many rows with such posts."""
    seen = np.zeros(len(actions.contents), dtype=bool)
    for chunk in pairs(actions, window):
        chunk = other(chunk)
        seen[actions.content[chunk.left]] = True
        seen[actions.content[chunk.right]] = True
    inside = seen[actions.content]
    rows = np.bincount(actions.account[inside], minlength=len(actions.accounts))
    enough = np.zeros_like(seen)
    enough[actions.content[inside & (rows[actions.account] >= least)]] = True
    return enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Directed:
    """A batch of directed edges, one a row."""

    source: Codes
    target: Codes
    weight: Codes
    """Distinct messages of the source that have one of the target within the window, before or after."""


def cnt(actions: Actions, window: int, min_edge_weight: int = 1) -> Iterator[Directed]:
    """Yield the edges that the coordination-network-toolkit gives, without its loops.

    Raises:
        BadOption: The window is negative or makes too many pairs.
    """
    if not set(actions.traces) <= MANY_EACH:
        actions = selected(actions, actions.leads)
    for found in edges(actions, window):
        yield from _both_ways(found.edges, min_edge_weight)


def _both_ways(batch: Edges, least: int) -> Iterator[Directed]:
    there = picked(batch, batch.posts >= least)
    back = picked(batch, batch.posts_second >= least)
    yield Directed(
        source=np.concatenate([there.first, back.second]),
        target=np.concatenate([there.second, back.first]),
        weight=np.concatenate([there.posts, back.posts_second]),
    )
