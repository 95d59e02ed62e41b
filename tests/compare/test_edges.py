"""The join and the edges agree with plain loops, in chunks and in parts as well."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np
import pytest

from clew.compare import join
from clew.compare.actions import Actions, Row, joined
from clew.compare.actions import of as actions
from clew.compare.edges import edges, evidence_of, timing
from clew.errors import BadOption


def scattered(seed: int, size: int, objects: int, accounts: int, span: int) -> list[Row]:
    """Return rows at random, some posts with several objects, some times equal."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for number in range(size):
        who, when = f"a{rng.integers(accounts)}", float(rng.integers(span))
        rows += [(f"o{rng.integers(objects)}", who, f"p{number}", when) for _ in range(1 + int(rng.integers(2)))]
    return rows


def by_loops(made: Actions, window: int) -> dict[tuple[int, int], tuple[int, ...]]:
    """Return pairs, posts of both sides, objects, ahead and behind for each two accounts."""
    behind: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for i, j in combinations(range(len(made)), 2):
        near = abs(int(made.time[i] - made.time[j])) <= window
        if made.object[i] == made.object[j] and near and made.account[i] != made.account[j]:
            pair = (i, j) if made.account[i] < made.account[j] else (j, i)
            behind[int(made.account[pair[0]]), int(made.account[pair[1]])].append(pair)
    return {
        key: (
            len(found),
            len({int(made.content[i]) for i, _ in found}),
            len({int(made.content[j]) for _, j in found}),
            len({int(made.object[i]) for i, _ in found}),
            sum(int(made.time[i] < made.time[j]) for i, j in found),
            sum(int(made.time[i] > made.time[j]) for i, j in found),
        )
        for key, found in behind.items()
    }


def by_join(made: Actions, window: int, at_once: int = 10_000) -> dict[tuple[int, int], tuple[int, ...]]:
    got: dict[tuple[int, int], tuple[int, ...]] = {}
    for found in edges(made, window, at_once=at_once):
        batch, times = found.edges, timing(made, found)
        columns = (batch.pairs, batch.posts, batch.posts_second, batch.objects, times.ahead, times.behind)
        ends = zip(batch.first.tolist(), batch.second.tolist(), strict=True)
        got |= zip(ends, zip(*(column.tolist() for column in columns), strict=True), strict=True)
    return got


@pytest.mark.parametrize("seed", range(12))
def test_edges_are_those_of_plain_loops(seed: int) -> None:
    made = actions(scattered(seed, 120, 5 + seed, 12, 300))
    for window in (0, 1000, 20_000, 1_000_000):
        assert by_join(made, window) == by_loops(made, window)


@pytest.mark.parametrize("at_once", [1, 7, 500])
def test_edges_are_the_same_in_parts(at_once: int) -> None:
    made = actions(scattered(3, 200, 6, 15, 300))
    whole, parts = by_join(made, 30_000), by_join(made, 30_000, at_once)
    assert list(parts) == sorted(parts)
    assert parts == whole


@pytest.mark.parametrize("chunk", [1, 2, 50])
def test_pairs_are_the_same_in_chunks(chunk: int) -> None:
    made = actions(scattered(4, 100, 3, 8, 200))
    whole = list(zip(*(np.concatenate(side) for side in zip(*join.pairs(made, 20_000), strict=True)), strict=True))
    small = list(join.pairs(made, 20_000, chunk))
    assert list(zip(*(np.concatenate(side) for side in zip(*small, strict=True)), strict=True)) == whole


def test_evidence_names_the_posts_the_object_and_the_delay() -> None:
    made = actions([("o", "ana", "1", 0), ("o", "ben", "2", 4), ("q", "ben", "3", 9), ("q", "ana", "4", 10)])
    (found,) = edges(made, 10_000)
    left, right = evidence_of(found, 0)
    posts = [(made.contents[made.content[i]], made.contents[made.content[j]]) for i, j in zip(left, right, strict=True)]
    assert posts == [("1", "2"), ("3", "4")]
    assert timing(made, found).delay.tolist() == [2.5]


def test_a_flood_by_one_account_counts_once_for_both() -> None:
    rows = [("o", "ana", str(n), n) for n in range(6)] + [("o", "ben", "x", 3.0)]
    (found,) = edges(actions(rows), 10_000)
    assert found.edges.pairs.tolist() == [6]
    assert found.edges.weight.tolist() == [1]
    assert found.edges.symmetry.tolist() == pytest.approx([1 / 6])


def test_far_apart_times_do_not_overflow() -> None:
    rows = [(f"o{n}", who, f"{who}{n}", n * 9e12 + shift) for n in range(3) for who, shift in (("ana", 0), ("ben", 1))]
    assert sum(int(found.edges.pairs.sum()) for found in edges(actions(rows), 2000)) == 3


def test_no_actions_give_no_edges() -> None:
    assert list(edges(actions([]), 1000)) == []


def test_a_negative_window_is_refused() -> None:
    with pytest.raises(BadOption, match="negative"):
        list(edges(actions([("o", "ana", "1", 0)]), -1))


def test_actions_of_several_inputs_are_one() -> None:
    rows = scattered(5, 60, 5, 8, 200)
    whole, parts = actions(rows), joined([actions(rows[:40]), actions(rows[35:])])

    def named(made: Actions) -> list[tuple[str, str, str, int]]:
        return sorted(
            zip(
                made.objects.take(made.object),
                made.accounts.take(made.account),
                made.contents.take(made.content),
                made.time.tolist(),
                strict=True,
            )
        )

    assert named(whole) == named(parts)
