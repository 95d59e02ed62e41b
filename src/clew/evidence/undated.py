"""Dates of posts whose time is not known: the month and day, or how far from the post, as far as the words say that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from clew.evidence.calendar import Dated, Period

__all__ = ["REFERENCES", "unresolved"]

#: Days of different years, months and weekdays: what the words say from both alike, they say from any.
REFERENCES = (date(2001, 3, 14), date(2006, 8, 18))
SURE = 0.6


def unresolved(found: Sequence[Dated], a: Sequence[Dated], b: Sequence[Dated]) -> list[Dated]:
    """Return the same dates with what is known of those without a period; `a` and `b` are they as of REFERENCES."""
    as_of_a = {(item.start, item.end): item for item in a if item.period}
    as_of_b = {(item.start, item.end): item for item in b if item.period}
    told = []
    for item in found:
        one, other = as_of_a.get((item.start, item.end)), as_of_b.get((item.start, item.end))
        known = _known(one.period, other.period) if one and other and one.period and other.period else {}
        if item.period is None and known and one:
            what = ("month and day" if known["granularity"] == "day" else "a month") if "partial" in known else one.why
            why = f"{what}; the time of the post is not known"
            item = item._replace(partial=known, certainty=SURE, why=why, bound=one.bound)
        told.append(item)
    return told


def _known(a: Period, b: Period) -> dict[str, Any]:
    """Return what two readings of the same words have in common."""
    if a.granularity == "day" and (a.first.month, a.first.day) == (b.first.month, b.first.day):
        return {"granularity": "day", "partial": f"--{a.first.month:02}-{a.first.day:02}", "unresolved": "year"}
    if a.granularity == "month" and a.first.month == b.first.month:
        return {"granularity": "month", "partial": f"--{a.first.month:02}", "unresolved": "year"}
    far = _far(a, REFERENCES[0])
    if far is not None and far == _far(b, REFERENCES[1]):
        return {
            "granularity": a.granularity,
            "relative": {"unit": a.granularity, "count": far},
            "unresolved": "time of the post",
        }
    return {}


def _far(found: Period, base: date) -> int | None:
    """Return how many of its own units a period lies behind the day of the post; None for periods of other kinds."""
    if found.granularity in ("day", "minute"):
        return (found.first - base).days
    if found.granularity == "week":
        return (found.first - (base - timedelta(base.weekday()))).days // 7
    if found.granularity == "month":
        return (found.first.year - base.year) * 12 + found.first.month - base.month
    if found.granularity == "year":
        return found.first.year - base.year
    return None
