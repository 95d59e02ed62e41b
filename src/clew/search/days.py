"""Days, months and years as terms, so that posts between two dates are found without looking at the time of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

__all__ = ["DAY", "SECONDS", "YEAR", "is_whole", "span", "terms"]

SECONDS = 86_400
"""Of a day."""
DAY, YEAR = "d", "y"
"""How the terms of a day and of a year begin."""


def terms(time: datetime) -> list[str]:
    """Return the terms of a time (UTC): its year, its month, its day.

    >>> terms(datetime(2021, 6, 4, 9, 30, tzinfo=UTC))
    ['y2021', 'm2021-06', 'd2021-06-04']
    """
    return list(_of(time.year, time.month, time.day))


@lru_cache(maxsize=4096)
def _of(year: int, month: int, day: int) -> tuple[str, str, str]:
    return f"{YEAR}{year:04d}", f"m{year:04d}-{month:02d}", f"{DAY}{year:04d}-{month:02d}-{day:02d}"


def is_whole(low: int | None, high: int | None) -> bool:
    """Say whether a range of seconds, both included, begins and ends with a day.

    >>> is_whole(0, SECONDS - 1), is_whole(None, SECONDS)
    (True, False)
    """
    return (low is None or low % SECONDS == 0) and (high is None or high % SECONDS == SECONDS - 1)


def span(low: int | None, high: int | None, years: tuple[int, int]) -> list[str]:
    """Return terms of whole days that hold a range of seconds, within the years that there are: as few as there can be.

    >>> span(1622505600, 1625097599, (2018, 2022))
    ['m2021-06']
    >>> span(1622505600, None, (2018, 2022))[:2], len(span(1622505600, None, (2018, 2022)))
    (['m2021-06', 'm2021-07'], 8)
    """
    first, last = date(years[0], 1, 1), date(years[1], 12, 31)
    if low is not None:
        first = max(first, _day(low))
    if high is not None:
        last = min(last, _day(high))
    return list(_pieces(first, last))


def _day(seconds: int) -> date:
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (ValueError, OverflowError, OSError):
        return date.max if seconds > 0 else date.min


def _pieces(first: date, last: date) -> Iterator[str]:
    """Yield whole years, months and days from a day to another."""
    while first <= last:
        year = _before(first.year + 1, 1)
        month = _before(first.year + first.month // 12, first.month % 12 + 1)
        if (first.month, first.day) == (1, 1) and year <= last:
            yield f"{YEAR}{first.isoformat()[:4]}"
            end = year
        elif first.day == 1 and month <= last:
            yield f"m{first.isoformat()[:7]}"
            end = month
        else:
            yield f"{DAY}{first.isoformat()}"
            end = first
        if end >= date.max:
            return
        first = end + timedelta(days=1)


def _before(year: int, month: int) -> date:
    """Return the day before the first of a month."""
    return date.max if year > date.max.year else date(year, month, 1) - timedelta(days=1)
