"""Roots over arrays are those that walking up post by post gives, whatever lies in one span."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.corpus import forest


def walked(ids: list[int], parents: list[int], authors: list[int]) -> tuple[list[int], list[int]]:
    """Return root and depth of each row, one step at a time; a circle is cut at its lowest id."""
    row = {own: at for at, own in enumerate(ids)}
    up = [row.get(parent, at) for at, parent in enumerate(parents)]
    up = [above if authors[above] == authors[at] else at for at, above in enumerate(up)]
    for at in range(len(ids)):
        seen = [at]
        while up[seen[-1]] not in seen:
            seen.append(up[seen[-1]])
        circle = seen[seen.index(up[seen[-1]]) :]
        lowest = min(circle, key=lambda one: ids[one])
        up[lowest] = lowest
    roots, depths = [], []
    for at in range(len(ids)):
        top, depth = at, 0
        while up[top] != top:
            top, depth = up[top], depth + 1
        roots.append(top)
        depths.append(depth)
    return roots, depths


@given(
    rows=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 3)), max_size=30),
    order=st.randoms(use_true_random=False),
    span=st.sampled_from([1, 2, 3, 7, 64]),
)
def test_spans_of_any_size_give_the_roots_that_walking_gives(
    rows: list[tuple[int, int]], order: Random, span: int
) -> None:
    ids = [10 + at for at in range(len(rows))]
    order.shuffle(ids)
    parents, authors = [9 + parent if parent else 0 for parent, _ in rows], [who for _, who in rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "SPAN", span)
        found = forest.roots(*(np.array(column, np.int64) for column in (ids, parents, authors)))
    assert (found.root.tolist(), found.depth.tolist()) == walked(ids, parents, authors)


@given(
    ids=st.lists(st.integers(0, 20), max_size=20),
    wanted=st.lists(st.integers(-1, 21), max_size=20),
    span=st.integers(1, 8),
)
def test_an_id_is_found_at_its_first_place_or_not_at_all(ids: list[int], wanted: list[int], span: int) -> None:
    ids.sort()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "SPAN", span)
        found = forest.found(np.array(ids, np.int64), np.array(wanted, np.int64))
    assert found.tolist() == [ids.index(one) if one in ids else -1 for one in wanted]
