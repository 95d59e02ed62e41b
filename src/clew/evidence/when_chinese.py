"""Dates and periods in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from clew.evidence.calendar import Build, Dated, Period, Unit, built, counted, day, month, near, period, year
from clew.evidence.numbers import chinese

__all__ = ["dates"]

_HINT = re.compile(r"[年月日号天周週星期昨今明]")
_HAN = "〇零一二两兩三四五六七八九十百"
_N = rf"\d{{1,4}}|[{_HAN}]{{1,4}}"
_BY_DAY = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "昨晚": -1,
    "今天": 0,
    "今日": 0,
    "今晚": 0,
    "今早": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
    "後天": 2,
}
_BY_YEAR = {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2, "後年": 2}
_UNITS: dict[str, Unit] = {
    "年": "year",
    "月": "month",
    "周": "week",
    "週": "week",
    "期": "week",
    "拜": "week",
    "天": "day",
    "日": "day",
}


def dates(text: str, base: date | None) -> Iterator[Dated]:
    """Yield what says when, in no order and overlapping; `base` is the day of the post, None where it is not known."""
    return built(text, base, _RULES) if _HINT.search(text) else iter(())


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else chinese(word)


def _full(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    """Year, month and day, as many of them as are said."""
    of_year = _number(found["year"]) if found["year"] else _BY_YEAR.get(found["near"] or "")
    if found["near"] and base:
        of_year = base.year + _BY_YEAR[found["near"]]
    number = _number(found["month"]) if found["month"] else None
    if of_year is not None and of_year < 100:
        of_year += 2000 if of_year < 50 else 1900
    if number is None:
        if of_year and 1800 <= of_year <= 2100:
            yield Dated(found.start(), found.end(), year(of_year), 0.95, "a year")
        return
    if of_year is None and base is None:
        return
    if found["day"]:
        a = _number(found["day"])
        moment = date(of_year, number, a) if of_year else near(base or date.min, number, a)
        yield Dated(found.start(), found.end(), day(moment), 0.97 if of_year else 0.88, "month and day")
    else:
        whole = month(of_year or near(base or date.min, number, 15).year, number)
        yield Dated(found.start(), found.end(), whole, 0.95 if of_year else 0.75, "a month")


def _years(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    whole = Period(year(int(found[1])).first, year(int(found[2])).last, "year")
    if whole.first < whole.last:
        yield Dated(found.start(), found.end(), whole, 0.95, "from one year to another")


def _near_day(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    whole = day(base + timedelta(_BY_DAY[found[0]])) if base else None
    yield Dated(found.start(), found.end(), whole, 0.95, "a day counted from the post")


def _near_year(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    whole = period(base, "year", _BY_YEAR[found[0]]) if base else None
    yield Dated(found.start(), found.end(), whole, 0.95, "a year counted from the post")


def _side(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    by = {"上": -1, "本": 0, "这": 0, "這": 0, "下": 1}[found[1]]
    unit = _UNITS[found[2][-1]]
    yield Dated(
        found.start(), found.end(), period(base, unit, by) if base else None, 0.9, f"a {unit} counted from the post"
    )


def _ago(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    number, unit, back = _number(found[1]), _UNITS[found[2][-1]], found[3] in ("前", "以前", "之前")
    if not back:
        why = f"so many {unit}s counted from the date named before it"
        yield Dated(found.start(), found.end(), None, 0.75, why, counts=(number, unit))
        return
    moment = counted(day(base), -number, unit) if base else None
    whole = period(moment.first, unit if unit in ("month", "year") else "day") if moment else None
    yield Dated(found.start(), found.end(), whole, 0.85, f"so many {unit}s before the post")


def _weekday(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    number = "一二三四五六".find(found[2]) if found[2] not in "日天" else 6
    by = {"上": -7, "下": 7}.get(found[1] or "", 0)
    moment = base - timedelta(base.weekday()) + timedelta(number + by) if base else None
    yield Dated(
        found.start(), found.end(), day(moment) if moment else None, 0.85, "a day of the week, counted from the post"
    )


def _decade(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    tens = _number(found["tens"])
    if tens > 99:
        yield Dated(found.start(), found.end(), period(date(tens, 1, 1), "decade"), 0.95, "a decade")
        return
    century = 1900 if found["last"] else 2000 if tens < 30 else 1900
    if tens % 10 == 0 and tens < 100:
        yield Dated(found.start(), found.end(), period(date(century + tens, 1, 1), "decade"), 0.85, "a decade")


_RULES: tuple[tuple[re.Pattern[str], Build], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (
            (
                rf"(?:(?:(?P<year>(?:1[89]|20)\d\d|[〇零一二三四五六七八九]{{4}})\s?年(?!前|后|後|来|來|内|间|間|代)|(?P<near>前年|去年"
                rf"|今年|明年))\s?)?(?:(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s?月(?:份)?(?!前|后"
                rf"|後)\s?(?:(?P<day>[12]\d|3[01]|0?[1-9]|[{_HAN}]{{1,3}})\s?[日号號])?)?"
            ),
            _full,
        ),
        (r"(?<!\d)((?:19|20)\d\d)\s?年?\s?(?:-|–|—|～|~|至|到)\s?((?:19|20)\d\d)\s?年", _years),
        ("|".join(_BY_DAY), _near_day),
        ("|".join(_BY_YEAR), _near_year),
        (r"([上本这這下])个?個?(星期|礼拜|周(?![一二三四五六日末边])|週|月|年(?!代))", _side),
        (rf"({_N})\s?个?個?(年|月|周|週|星期|天)(前|以前|之前|后|後|之后|以后)", _ago),
        (r"([上下本这])?(?:周|週|星期|礼拜)([一二三四五六日天])(?!\d)", _weekday),
        (r"(?P<last>上世纪|上世紀|二十世纪|20世纪)?(?P<tens>(?:19|20)?\d0|[二三四五六七八九]十)年代", _decade),
    )
)
