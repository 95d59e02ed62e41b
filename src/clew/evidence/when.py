"""Dates and periods, resolved against the time of their own post: English, Russian, Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from clew.evidence import when_chinese, when_english, when_russian
from clew.evidence.calendar import Dated, Period, counted
from clew.evidence.finding import Finding, Found
from clew.evidence.passages import Passage
from clew.evidence.study import Study
from clew.evidence.undated import REFERENCES, unresolved

__all__ = ["METHOD", "NAME", "dated", "extract"]

NAME = "when"
METHOD = "dates 2"


def extract(study: Study) -> Iterator[Finding]:
    """Yield what the posts of a thread say of when, post by post and in the order of the text.

    A count of years or days from a date named before it ("just 7 years after") is resolved against the last date of
    the same post, else of the posts before it.
    """
    last: Period | None = None
    for passage in study.passages:
        found: list[Found] = []
        for item in dated(passage):
            if item.counts and last:
                item = _counted(item, last)
            if item.period and item.certainty >= SURE_ENOUGH:
                last = item.period
            found.append(_found(item))
        yield from study.placed(passage, found, METHOD)


SURE_ENOUGH = 0.6
"""A date below it is not counted from."""


def dated(passage: Passage) -> list[Dated]:
    """Return what says when in a passage, in the order of the text; of two that overlap the longer one."""
    base = passage.post.time.date() if passage.post.time else None
    found = _all(passage, base)
    if base is None and any(item.period is None for item in found):
        found = unresolved(found, *(_all(passage, day) for day in REFERENCES))
    return _joined(passage.prose, _longest(found)) if found else []


def _all(passage: Passage, base: date | None) -> list[Dated]:
    found = list(when_english.dates(passage, base))
    if passage.has_cyrillic:
        found += when_russian.dates(passage.prose, base)
    if passage.has_han:
        found += when_chinese.dates(passage.prose, base)
    return found


def _longest(found: Iterable[Dated]) -> list[Dated]:
    kept: list[Dated] = []
    for item in sorted(found, key=lambda item: (item.start - item.end, -item.certainty)):
        if all(item.end <= other.start or item.start >= other.end for other in kept):
            kept.append(item)
    return sorted(kept)


_BETWEEN = re.compile(r"\s*(?:[,@-]|at|on|in|from|around|by)?\s*(?:the\s+)?$", re.IGNORECASE)


def _joined(text: str, found: list[Dated]) -> list[Dated]:
    """Return the same with a time of day and the day beside it as one: `tomorrow at 5pm`."""
    joined: list[Dated] = []
    for item in found:
        before = joined[-1] if joined else None
        if before and _is_pair(before, item) and _BETWEEN.match(text[before.end : item.start]):
            joined[-1] = _pair(before, item)
        else:
            joined.append(item)
    return joined


def _is_pair(a: Dated, b: Dated) -> bool:
    """Say whether one of two is a mere time of day and the other a day without one."""
    if a.period is None or b.period is None:
        return False
    one, other = (a, b) if a.why == when_english.CLOCK else (b, a)
    return (
        one.why == when_english.CLOCK
        and other.period is not None
        and other.period.clock is None
        and (other.period.granularity == "day")
    )


def _pair(a: Dated, b: Dated) -> Dated:
    of_day, of_clock = (a, b) if b.period and b.period.clock else (b, a)
    assert of_day.period is not None
    assert of_clock.period is not None
    whole = of_day.period._replace(granularity="minute", clock=of_clock.period.clock)
    return of_day._replace(start=a.start, end=b.end, period=whole, why=f"{of_day.why}, and a time of day")


def _counted(item: Dated, last: Period) -> Dated:
    number, unit = item.counts or (0, "day")
    try:
        return item._replace(period=counted(last, number, unit))
    except (ValueError, OverflowError):
        return item


def _found(item: Dated) -> Found:
    whole = item.period
    value: dict[str, Any] = {
        "from": _iso(whole.first, whole.clock) if whole else None,
        "to": _iso(whole.last, whole.clock) if whole else None,
        "granularity": whole.granularity if whole else None,
    }
    if item.bound:
        value["bound"] = item.bound
    if item.repeats:
        value["repeats"] = item.repeats
    if item.partial:
        value |= item.partial
    certainty = item.certainty if whole or item.repeats or item.partial else min(item.certainty, 0.4)
    return Found("date", item.start, item.end, value, round(certainty, 2), item.why)


def _iso(moment: date, clock: str | None) -> str:
    return f"{moment.isoformat()}T{clock}" if clock else moment.isoformat()
