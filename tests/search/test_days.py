"""Days, months and years as terms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clew.search import days

YEARS = (2018, 2022)
START = datetime(2018, 1, 1, tzinfo=UTC)
SECONDS = st.integers(0, 5 * 365 * days.SECONDS - 1).map(lambda after: int(START.timestamp()) + after)


@given(SECONDS, SECONDS, st.integers(0, 1825))
def test_the_terms_of_a_range_are_those_of_its_days_and_of_no_others(one: int, other: int, day: int) -> None:
    low, high = sorted((one, other))
    noon = START + timedelta(days=day, hours=12)
    inside = datetime.fromtimestamp(low, UTC).date() <= noon.date() <= datetime.fromtimestamp(high, UTC).date()
    found = days.span(low, high, YEARS)
    assert len(set(found) & set(days.terms(noon))) == int(inside)
    assert len(found) <= 4 + 2 * 11 + 2 * 30


@given(st.none() | st.integers(-(1 << 60), 1 << 60), st.none() | st.integers(-(1 << 60), 1 << 60))
def test_any_range_has_terms(low: int | None, high: int | None) -> None:
    assert all(term[0] in "ymd" for term in days.span(low, high, YEARS))
    assert days.span(low, high, (2000, 1999)) == []


def test_an_open_range_ends_with_the_years_that_there_are() -> None:
    assert days.span(None, None, YEARS) == [f"y{year}" for year in range(2018, 2023)]
