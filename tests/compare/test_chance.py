"""Null models keep what they promise, and what is found stands against them only where it should."""

from __future__ import annotations

import numpy as np
import pytest

from clew.compare.actions import Actions, Row, of
from clew.compare.chance import adjusted, at_least, judged, possible_pairs
from clew.compare.coordinate import Settings, coordinate, without_hot
from clew.compare.edges import edges
from clew.compare.nulls import DAY, NULLS
from clew.errors import BadOption

HOUR = 3600


def crowd(seed: int, ring: int = 0) -> Actions:
    """Return sixty accounts that link as they like over ten days, and a ring that links the same within seconds."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = [
        (f"o{int(80 * rng.random() ** 2)}", f"a{rng.integers(60)}", f"p{n}", float(rng.uniform(0, 240 * HOUR)))
        for n in range(4000)
    ]
    for turn in range(12):
        start, object_ = float(rng.uniform(0, 240 * HOUR)), f"o{rng.integers(80)}"
        rows += [(object_, f"ring{n}", f"r{turn}-{n}", start + float(rng.uniform(0, 20))) for n in range(ring)]
    return of(rows)


@pytest.mark.parametrize("null", NULLS)
def test_null_models_keep_activity_and_use(null: str) -> None:
    made = crowd(1)
    world = NULLS[null](made, 60_000, np.random.default_rng(2))
    assert np.bincount(world.account).tolist() == np.bincount(made.account).tolist()
    assert np.bincount(world.object).tolist() == np.bincount(made.object).tolist()


def test_labels_stay_within_their_object() -> None:
    made = crowd(1)
    world = NULLS["labels"](made, 0, np.random.default_rng(2))
    for object_ in range(5):
        mine = made.object == object_
        assert sorted(world.account[mine]) == sorted(made.account[mine])
    assert (world.account != made.account).any()


def test_rewired_posts_stay_within_their_day() -> None:
    made = crowd(1)
    world = NULLS["rewire"](made, 0, np.random.default_rng(2))
    for day in range(5):
        mine = made.time // DAY == day
        assert sorted(world.account[mine]) == sorted(made.account[mine])


def test_jitter_moves_all_that_a_post_does_together_and_keeps_the_grain() -> None:
    rows = [(o, "ana", "p", 600.0) for o in ("a", "b", "c")] + [("a", "ben", "q", 1200.0)]
    world = NULLS["jitter"](of(rows), 600_000, np.random.default_rng(5))
    assert len(set(world.time[world.content == 0].tolist())) == 1
    assert (world.time % 60_000 == 0).all()


def test_draws_are_the_same_for_the_same_seed() -> None:
    made = crowd(3, ring=4)
    (found,) = edges(made, 60_000)
    one, same, other = (
        judged(made, 60_000, found.edges, "jitter", draws=5, seed=seed, width=600_000) for seed in (1, 1, 2)
    )
    assert one.expected.tolist() == same.expected.tolist()
    assert one.expected.tolist() != other.expected.tolist()


def test_a_ring_is_found_whole_with_a_reason_for_each_account() -> None:
    found = coordinate(crowd(4, ring=5), Settings(draws=30))
    names = {found.actions.accounts[member.account] for member in found.members}
    assert names == {f"ring{n}" for n in range(5)}
    assert [len(group.accounts) for group in found.communities] == [5]
    assert all(member.partners == 4 and member.posts >= 10 and member.delay < 20 for member in found.members)


def test_several_traces_together_find_what_none_finds_alone() -> None:
    made = crowd(5, ring=3)
    assert len(coordinate(made, Settings(draws=30)).found.edges) == 3


@pytest.mark.parametrize("seed", range(8))
def test_a_crowd_without_a_ring_holds_next_to_nothing(seed: int) -> None:
    assert len(coordinate(crowd(100 + seed), Settings(draws=30)).found.edges) <= 1


def test_news_that_all_take_up_is_no_coordination_by_labels() -> None:
    rng = np.random.default_rng(6)
    rows: list[Row] = [
        (f"news{turn}", f"a{who}", f"{turn}-{who}", turn * 5 * HOUR + float(rng.exponential(120)))
        for turn in range(40)
        for who in rng.permutation(40)[:30]
    ]
    assert len(coordinate(of(rows), Settings(draws=30, nulls=("labels",))).found.edges) == 0


def test_without_null_models_all_edges_are_kept() -> None:
    rows = [("o", "ana", "1", 0.0), ("o", "ben", "2", 5.0), ("q", "ana", "3", 9.0), ("q", "ben", "4", 10.0)]
    found = coordinate(of(rows), Settings(nulls=()))
    assert (len(found.found.edges), found.found.edges.weight.tolist()) == (1, [2])


def test_probabilities_are_those_of_the_laws() -> None:
    assert at_least(np.array([2]), np.array([1.0]), np.array([1.0]))[0] == pytest.approx(1 - 2 / np.e)
    wide = at_least(np.array([5]), np.array([1.0]), np.array([3.0]))[0]
    assert wide > at_least(np.array([5]), np.array([1.0]), np.array([1.0]))[0]


def test_rates_are_those_of_benjamini_and_hochberg() -> None:
    p = np.array([0.001, 0.008, 0.039, 0.041, 0.042, 0.06])
    assert adjusted(p, 6).round(4).tolist() == [0.006, 0.024, 0.0504, 0.0504, 0.0504, 0.06]
    assert len(adjusted(np.array([]), 5)) == 0


def test_pairs_that_could_be_are_counted_by_common_objects() -> None:
    rows = [("o", "ana", "1", 0.0), ("o", "ben", "2", 1.0), ("o", "ana", "3", 2.0), ("q", "cem", "4", 0.0)]
    assert possible_pairs(of(rows)) == 1


def test_hot_objects_can_be_left_out() -> None:
    rows = [("hot", f"a{n}", str(n), float(n)) for n in range(9)] + [("o", "ana", "x", 0.0)]
    kept, hot = without_hot(of(rows), 5)
    assert (len(kept), hot) == (1, ["hot"])


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (Settings(window=-1), "negative"),
        (Settings(nulls=("jiter",)), "no null model is called 'jiter'"),
        (Settings(alpha=2), "between 0 and 1"),
        (Settings(jitter=0), "more than nothing"),
        (Settings(draws=0), "one draw at least"),
    ],
)
def test_settings_that_make_no_sense_are_said(settings: Settings, says: str) -> None:
    with pytest.raises(BadOption, match=says):
        coordinate(crowd(1), settings)
