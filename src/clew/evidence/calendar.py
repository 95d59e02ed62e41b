"""Periods of the calendar, and what is counted from one of them to another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple, TypeAlias

from clew.evidence.passages import matches

__all__ = [
    "Build",
    "Dated",
    "Period",
    "Tense",
    "Unit",
    "built",
    "counted",
    "day",
    "month",
    "near",
    "period",
    "span",
    "weekday",
    "year",
]

Unit: TypeAlias = Literal["day", "weekend", "week", "month", "quarter", "half", "year", "decade", "century"]
Tense: TypeAlias = Literal["past", "future", "unknown"]


class Period(NamedTuple):
    """Days in a row; both ends belong to it."""

    first: date
    last: date
    granularity: str
    """A unit; `minute` for a day with a time on it."""
    clock: str | None = None
    """The time of day as 24-hour `09:30`, as its author said it; in which zone is not known."""


class Dated(NamedTuple):
    """Words that say when."""

    start: int
    end: int
    period: Period | None
    """None where it can't be told, or where it comes again and again."""
    certainty: float
    why: str
    bound: str | None = None
    """since | until | before | after | by, where such a word stands before it."""
    repeats: str | None = None
    """daily | weekly | monthly | yearly."""
    counts: tuple[int, Unit] | None = None
    """Counted from a date that was named before: `7 years after` is (7, "year")."""
    partial: dict[str, Any] | None = None
    """What is known without the time of the post: month and day, or how far from it."""


Build: TypeAlias = Callable[[re.Match[str], date | None], Iterator[Dated]]
"""Makes dates of what a pattern matches, for the day of the post."""


def built(
    text: str, base: date | None, rules: Sequence[tuple[re.Pattern[str], Build]], starts: Sequence[int] | None = None
) -> Iterator[Dated]:
    """Yield what rules make of a text, rule by rule; what is no day of the calendar is left out.

    `starts` are the places at which they can begin; None means anywhere.
    """
    for pattern, build in rules:
        for found in pattern.finditer(text) if starts is None else matches(pattern, text, starts):
            try:
                yield from build(found, base)
            except (ValueError, OverflowError):
                continue


def day(moment: date, clock: str | None = None) -> Period:
    """Return a day as a period."""
    return Period(moment, moment, "minute" if clock else "day", clock)


def month(of_year: int, number: int) -> Period:
    """Return a month; numbers beyond 1 to 12 run into the years around.

    >>> month(2020, 14).first.isoformat(), month(2021, 2).last.isoformat()
    ('2021-02-01', '2021-02-28')
    """
    of_year, number = of_year + (number - 1) // 12, (number - 1) % 12 + 1
    following = date(of_year + number // 12, number % 12 + 1, 1)
    return Period(date(of_year, number, 1), following - timedelta(1), "month")


def year(number: int) -> Period:
    """Return a year."""
    return Period(date(number, 1, 1), date(number, 12, 31), "year")


def span(first: date, unit: Unit, number: int) -> Period:
    """Return so many units from a day on."""
    last = counted(day(first), number, unit).first - timedelta(1)
    return Period(first, last, unit)


def period(moment: date, unit: Unit, by: int = 0) -> Period:
    """Return the period around a day, or the one that lies so many of them after it.

    >>> period(date(2021, 6, 4), "week", -1).first.isoformat()
    '2021-05-24'
    >>> period(date(2021, 6, 4), "decade").last.isoformat()
    '2029-12-31'
    """
    monday = moment - timedelta(moment.weekday())
    match unit:
        case "day":
            return day(moment + timedelta(by))
        case "week":
            first = monday + timedelta(7 * by)
            return Period(first, first + timedelta(6), unit)
        case "weekend":
            first = monday + timedelta(5 + 7 * by)
            return Period(first, first + timedelta(1), unit)
        case "month":
            return month(moment.year, moment.month + by)
        case "quarter" | "half":
            size = 3 if unit == "quarter" else 6
            start = month(moment.year, (moment.month - 1) // size * size + 1 + size * by).first
            return Period(start, month(start.year, start.month + size - 1).last, unit)
        case "year":
            return year(moment.year + by)
        case "decade" | "century":
            size = 10 if unit == "decade" else 100
            start_year = moment.year // size * size + size * by
            return Period(date(start_year, 1, 1), date(start_year + size - 1, 12, 31), unit)


def counted(start: Period, number: int, unit: Unit) -> Period:
    """Return the period of a unit that lies so many units after another, or before it where the number is negative.

    >>> counted(year(2013), 7, "year").first.year
    2020
    >>> counted(day(date(2021, 3, 31)), -1, "month").first.isoformat()
    '2021-02-28'

    Raises:
        ValueError: It lies outside the years 1 to 9999.
        OverflowError: The same.
    """
    first = start.first
    if unit in ("day", "week", "weekend"):
        return day(first + timedelta(number * (1 if unit == "day" else 7)))
    months = number * {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120, "century": 1200}[unit]
    whole = month(first.year, first.month + months)
    if start.granularity == "year" and months % 12 == 0:
        return year(whole.first.year)
    if start.granularity == "month":
        return whole
    return day(whole.first.replace(day=min(first.day, whole.last.day)))


def near(base: date, number: int, of_day: int, tense: Tense = "unknown") -> date:
    """Return the date with that month and day that lies next to a base, or on the side that the tense says.

    >>> near(date(2021, 1, 30), 1, 31).isoformat(), near(date(2014, 12, 30), 1, 2).isoformat()
    ('2021-01-31', '2015-01-02')

    Raises:
        ValueError: No year has that day.
    """
    around = [_on(base.year + by, number, of_day) for by in (-1, 0, 1)]
    found = [moment for moment in around if moment is not None]
    if not found:
        raise ValueError(f"no year has a day {of_day} in month {number}")
    fitting = [
        moment
        for moment in found
        if tense == "unknown"
        or moment == base
        or (moment < base) == (tense == "past")
        or abs((moment - base).days) < 60
    ]
    return min(fitting or found, key=lambda moment: (abs((moment - base).days), moment))


def _on(of_year: int, number: int, of_day: int) -> date | None:
    try:
        return date(of_year, number, of_day)
    except ValueError:
        return None


def weekday(base: date, number: int, tense: Tense) -> date:
    """Return the day of that number (0 is Monday): the base itself, the next one, or the last one in the past tense.

    >>> weekday(date(2021, 6, 4), 0, "past").isoformat(), weekday(date(2021, 6, 4), 4, "past").isoformat()
    ('2021-05-31', '2021-06-04')
    """
    ahead = (number - base.weekday()) % 7
    return base + timedelta(ahead if ahead == 0 or tense != "past" else ahead - 7)
