"""Who follows whom: the tests do what they say, and made stories are told right."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.compare.stories import TRUTHS, clear, unclear, verdict

from clew.compare import spread
from clew.compare.actions import Row, of
from clew.compare.groups import assign
from clew.compare.readings import LIMITS, Rules, evidence, read
from clew.errors import BadOption

RULES = Rules(draws=199)


def told(rows: list[Row]) -> tuple[spread.Uses, dict[str, int]]:
    actions = of(rows)
    groups = assign(actions, [(name, name[0]) for name in actions.accounts])
    return spread.first_uses(actions, groups), {name: groups.number(name) for name in groups.names}


def test_a_use_is_the_first_of_an_account() -> None:
    uses, _ = told([("o", "a1", "1", 5), ("o", "a1", "2", 3), ("o", "b1", "3", 4), ("q", "a1", "4", 9)])
    assert (uses.time // 1000).tolist() == [3, 4, 9]


def test_first_counts_items_and_precedence_counts_accounts() -> None:
    rows: list[Row] = []
    for item in range(6):
        rows += [(f"o{item}", "a1", f"early{item}", 0), (f"o{item}", "a2", f"late{item}", 100)]
        rows += [(f"o{item}", f"b{n}", f"b{n}-{item}", 50 + n) for n in range(3)]
    uses, number = told(rows)
    first = spread.first(uses, number["a"], number["b"], draws=99, seed=1)
    earlier = spread.precedence(uses, number["a"], number["b"], draws=99, seed=1)
    assert first is not None
    assert earlier is not None
    assert first.value == 1.0
    assert first.expected == pytest.approx(0.4, abs=0.1)
    assert earlier.value == pytest.approx(0.5)
    assert earlier.expected == pytest.approx(0.5, abs=0.1)


def test_equal_times_count_half() -> None:
    uses, number = told([(f"o{item}", who, f"{who}{item}", 0) for item in range(6) for who in ("a1", "b1")])
    for test in (spread.first, spread.precedence):
        found = test(uses, number["a"], number["b"], draws=99, seed=1)
        assert found is not None
        assert (found.value, found.expected, found.z) == (0.5, 0.5, None)


def test_too_few_items_are_not_tested() -> None:
    uses, number = told([(f"o{item}", who, f"{who}{item}", 0) for item in range(4) for who in ("a1", "b1")])
    assert spread.precedence(uses, number["a"], number["b"], draws=99, seed=1) is None


def test_the_lead_over_the_control_is_a_difference() -> None:
    rows: list[Row] = []
    for item in range(10):
        rows += [(f"o{item}", who, f"{who}{item}", time) for who, time in (("a1", 0), ("c1", 5), ("b1", 9))]
    uses, number = told(rows)
    a, b, c = (number[name] for name in "abc")
    after = spread.followers(uses, a, b, c, draws=99, seed=1)
    ahead = spread.leaders(uses, a, b, c, draws=99, seed=1)
    assert after is not None
    assert ahead is not None
    assert (after.value, ahead.value) == (0.0, 0.0)


@pytest.mark.parametrize("truth", TRUTHS)
def test_clear_stories_are_told_right(truth: str) -> None:
    told: list[str] = [
        verdict(clear(truth, rng), rng, RULES).verdict
        for rng in map(np.random.default_rng, np.random.SeedSequence([21, TRUTHS.index(truth)]).spawn(12))
    ]
    assert told.count(truth) >= 10
    assert truth == "coordinated" or "coordinated" not in told


def test_too_few_items_are_never_told() -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        reading = verdict(unclear("unrelated", rng), rng, RULES)
        assert reading.verdict == "cannot tell"
        assert reading.possible


def test_without_a_control_a_follower_is_not_told_from_a_slow_group() -> None:
    rng = np.random.default_rng(3)
    rows: list[Row] = []
    for item in range(30):
        event = float(rng.uniform(0, 5e6))
        rows += [(f"o{item}", f"a{n}", f"a{n}-{item}", event + float(rng.exponential(600))) for n in range(5)]
        rows += [(f"o{item}", f"b{n}", f"b{n}-{item}", event + 7200 + float(rng.exponential(600))) for n in range(5)]
    actions = of(rows)
    groups = assign(actions, [(name, name[0]) for name in actions.accounts])
    reading = read(evidence(actions, groups, "a", "b", None, RULES), RULES, actions.grain)
    assert (reading.verdict, set(reading.possible)) == ("cannot tell", {"imitating", "common cause"})
    assert "there is no control group" in reading.cautions


def test_coarse_times_are_cautioned() -> None:
    actions = of([(f"o{item}", who, f"{who}{item}", item * 600) for item in range(8) for who in ("a1", "b1")])
    groups = assign(actions, [(name, name[0]) for name in actions.accounts])
    reading = read(evidence(actions, groups, "a", "b", None, RULES), RULES, actions.grain)
    assert any("the minute" in caution for caution in reading.cautions)


def test_groups_know_accounts_with_and_without_at_sign() -> None:
    actions = of([("o", "Ana", "1", 0), ("o", "ben", "2", 1)])
    groups = assign(actions, [("@ana", "red"), ("BEN", "blue"), ("gone", "blue")])
    assert groups.of.tolist() == [groups.number("red"), groups.number("blue")]
    assert groups.absent == 1


def test_an_account_in_two_groups_is_refused() -> None:
    actions = of([("o", "ana", "1", 0)])
    with pytest.raises(BadOption, match="ana is in two groups, red and blue"):
        assign(actions, [("ana", "red"), ("@ana", "blue")])
    with pytest.raises(BadOption, match="none of the accounts in the groups is in the data"):
        assign(actions, [("zoe", "red")])


def test_the_four_limits_are_there() -> None:
    assert all(any(word in limit for limit in LIMITS) for word in ("delay", "slower", "minute", "bigger"))
