"""Places are asked often where much happens, rarely where nothing does, and never all at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clew.watch.schedule import FIRST, LONGEST, SHORTEST, next_interval, spread

seconds = st.floats(min_value=SHORTEST, max_value=LONGEST)
silences = st.none() | st.floats(min_value=0, max_value=3e9)


@given(seconds, st.integers(0, 10_000), silences, st.booleans(), st.booleans())
def test_an_interval_stays_within_bounds(
    interval: float, new: int, silence: float | None, failed: bool, is_thread: bool
) -> None:
    found = next_interval(interval, new, silence, failed=failed, is_thread=is_thread)
    assert SHORTEST <= found <= 7 * LONGEST


def test_a_thread_that_grows_is_asked_within_minutes_and_an_old_one_within_days() -> None:
    interval, asked = FIRST, 0.0
    for _ in range(5):
        interval = next_interval(interval, 2, 60, failed=False, is_thread=True)
    assert interval == SHORTEST
    while interval < LONGEST:
        asked += interval
        interval = next_interval(interval, 0, asked, failed=False, is_thread=True)
    assert asked < 30 * LONGEST
    assert next_interval(interval, 0, 400 * LONGEST, failed=False, is_thread=True) > LONGEST


def test_a_place_that_fails_is_asked_less_and_less_and_never_given_up() -> None:
    interval, found = FIRST, []
    for _ in range(20):
        interval = next_interval(interval, 0, None, failed=True, is_thread=False)
        found.append(interval)
    assert found == sorted(found)
    assert found[-1] == LONGEST


@given(st.text(), seconds)
def test_places_are_spread_by_a_tenth_at_most(name: str, interval: float) -> None:
    assert 0.89 * interval <= spread(name, interval) <= 1.11 * interval
    assert spread(name, interval) == spread(name, interval)
