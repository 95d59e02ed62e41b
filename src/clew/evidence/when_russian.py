"""Dates and periods in Russian."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from clew.evidence.calendar import Build, Dated, Period, Unit, built, counted, day, month, near, period, weekday, year
from clew.evidence.numbers import amount_of

__all__ = ["dates"]

_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_MONTH = (
    r"январ[яьею]|феврал[яьею]|марта?[еу]?|апрел[яьею]|ма[яйею]|июн[яьею]|июл[яьею]|августа?[еу]?|сентябр[яьею]"
    r"|октябр[яьею]|ноябр[яьею]|декабр[яьею]"
)
_DAYS = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")
_WEEKDAY = r"понедельник[ау]?|вторник[ау]?|сред[ауы]|четверг[ау]?|пятниц[ауы]|суббот[ауы]|воскресень[ею]"
_UNITS: dict[str, Unit] = {"д": "day", "н": "week", "м": "month", "г": "year", "л": "year"}
_UNIT = r"день|дня|дней|недел[юиьея]+|месяца?|месяцев|год(?:а|у)?|лет"
_NUMBER = r"\d{1,3}|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|двадцать|пару"
_HINT = re.compile(
    r"\d{4}|\d\d?\.\d|год|лет\b|вчера|завтра|сегодня|недел|месяц|янв|фев|март|апр|ма[йяе]\b|июн"
    r"|июл|авг|сент|окт|ноя|дек"
    r"|понед|вторн|сред[ау]|четв|пятн|субб|воскр",
    re.IGNORECASE,
)
_SINCE = {"с": "since", "со": "since", "до": "until", "после": "after", "к": "by"}
_BY_WORD = {"позавчера": -2, "вчера": -1, "сегодня": 0, "завтра": 1, "послезавтра": 2}
_SIDES = {"прошл": -1, "минувш": -1, "предыдущ": -1, "эт": 0, "текущ": 0, "нынешн": 0, "следующ": 1, "будущ": 1}


def dates(text: str, base: date | None) -> Iterator[Dated]:
    """Yield what says when, in no order and overlapping; `base` is the day of the post, None where it is not known."""
    return built(text, base, _RULES) if _HINT.search(text) else iter(())


def _number_of(name: str) -> int:
    low = name.lower()
    return next(at for at, stem in enumerate(_STEMS, 1) if low.startswith(stem) and (stem != "ма" or low[2:3] != "р"))


def _day_month(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    number, a, named = _number_of(found["month"]), int(found["day"]), found["year"]
    if not named and base is None:
        return
    first = date(int(named), number, a) if named else near(base or date.min, number, a)
    why = "day, month and year" if named else "day and month, in the year next to the post"
    whole = day(first)
    if found["more"]:
        whole = Period(first, date(first.year, number, int(found["more"])), "day")
    yield Dated(found.start("at"), found.end(), whole, 0.97 if named else 0.88, why, _bound(found))


def _month(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    number, named = _number_of(found["month"]), found["year"]
    if not named and (base is None or not found["lead"]):
        return
    of_year = int(named) if named else near(base or date.min, number, 15).year
    why = "month and year" if named else "a month, in the year next to the post"
    yield Dated(found.start("at"), found.end(), month(of_year, number), 0.96 if named else 0.8, why, _bound(found))


def _year(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    whole = year(int(found["year"]))
    if found["to"]:
        last = int(found["to"])
        whole = Period(whole.first, year(last if last > 99 else whole.first.year // 100 * 100 + last).last, "year")
    if whole.last >= whole.first:
        yield Dated(found.start("at"), found.end(), whole, 0.95, "a year", _bound(found))


def _decade(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    number = int(found[1])
    number += 0 if number > 99 else 2000 if number < 30 else 1900
    yield Dated(found.start(), found.end(), period(date(number, 1, 1), "decade"), 0.85, "a decade")


def _digits(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    of_year = int(found[3])
    moment = date(of_year if of_year > 99 else of_year + 2000, int(found[2]), int(found[1]))
    yield Dated(found.start(), found.end(), day(moment), 0.95, "a full date in digits")


def _near_day(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    whole = day(base + timedelta(_BY_WORD[found[1].lower()])) if base else None
    yield Dated(found.start(), found.end(), whole, 0.95, "a day counted from the post")


def _side(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    word = found["side"].lower()
    by = next(by for stem, by in _SIDES.items() if word.startswith(stem))
    unit: Unit = (
        "week" if found["unit"].lower().startswith("нед") else "month" if found["unit"].lower()[0] == "м" else "year"
    )
    whole = period(base, unit, by) if base else None
    yield Dated(found.start("at"), found.end(), whole, 0.9, f"a {unit} counted from the post")


def _ago(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    unit, number = _unit(found["unit"]), _count(found["number"])
    moment = counted(day(base), -number, unit) if base else None
    whole = period(moment.first, unit if unit in ("month", "year") else "day") if moment else None
    yield Dated(found.start(), found.end(), whole, 0.85, f"so many {unit}s before the post")


def _later(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    unit, number = _unit(found["unit"]), _count(found["number"])
    if found["way"].lower() == "спустя" or found["then"]:
        yield Dated(
            found.start(),
            found.end(),
            None,
            0.75,
            f"so many {unit}s counted from the date named before it",
            counts=(number, unit),
        )
        return
    moment = counted(day(base), number, unit) if base else None
    whole = period(moment.first, unit if unit in ("month", "year") else "day") if moment else None
    yield Dated(found.start(), found.end(), whole, 0.65, f"so many {unit}s after the post")


def _weekday(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    low = found["day"].lower()
    number = next(at for at, stem in enumerate(_DAYS) if low.startswith(stem))
    past = re.search(r"\w(?:л|ла|ли|лся|лась|лись)\b", found.string) is not None
    whole = day(weekday(base, number, "past" if past else "unknown")) if base else None
    yield Dated(found.start("at"), found.end(), whole, 0.8, "a day of the week, counted from the post")


def _bound(found: re.Match[str]) -> str | None:
    return _SINCE.get((found["lead"] or "").lower())


def _unit(word: str) -> Unit:
    return _UNITS[word[0].lower()]


def _count(word: str | None) -> int:
    return 1 if not word else 2 if word.lower() == "пару" else int(amount_of(word))


_LEAD = r"(?:\b(?P<lead>в|с|со|до|после|к|по|на|за)\s+)?"
_RULES: tuple[tuple[re.Pattern[str], Build], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), build)
    for pattern, build in (
        (
            (
                rf"{_LEAD}(?P<at>(?<![\d.,])(?P<day>\d{{1,2}})(?:\s?[-–—]\s?(?P<more>\d{{1,2}}))?\s+(?P<month>{_MONTH})\b(?:\s+(?P<year>\d{{4}})\b(?:\s*(?:года?"
                rf"|г\.))?)?)"
            ),
            _day_month,
        ),
        (rf"{_LEAD}(?P<at>\b(?P<month>{_MONTH})\b(?:\s+(?P<year>\d{{4}})\b(?:\s*(?:году|года|г\.?))?)?)", _month),
        (
            (
                rf"{_LEAD}(?P<at>(?<![\d.,-])(?P<year>(?:1[89]|20)\d\d)(?:\s?[-–—]\s?(?P<to>(?:19|20)\d\d"
                rf"|\d\d))?(?:-?(?:го|м|й|е))?\s*(?:году|года|годом|годах|годы|год|гг\.?|г\.))"
            ),
            _year,
        ),
        (r"(?:\b((?:19|20)\d0|\d0)-(?:е|х|ые|ых)\b(?:\s+год(?:ы|ах|ов))?)", _decade),
        (r"(?<![\w.])(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d)(?![\w.]\d)", _digits),
        (rf"\b({'|'.join(_BY_WORD)})\b", _near_day),
        (
            (
                r"\b(?:(?:в|на)\s+)?(?P<at>(?P<side>(?:прошл|минувш|предыдущ|эт|текущ|нынешн|следующ"
                r"|будущ)\w{1,3})\s+(?P<unit>недел[еюия]|месяц[еау]?|год[уа]?))\b"
            ),
            _side,
        ),
        (rf"(?:\b(?P<number>{_NUMBER})\s+)?\b(?P<unit>{_UNIT})\s+(?:тому\s+)?назад\b", _ago),
        (
            rf"\b(?P<way>через|спустя)\s+(?:(?P<number>{_NUMBER})\s+)?(?P<unit>{_UNIT})\b(?:\s+(?P<then>после\s+(?:этого|того)|спустя))?",
            _later,
        ),
        (rf"\b(?:в|во|на)\s+(?P<at>{'(?P<day>' + _WEEKDAY + ')'})\b", _weekday),
    )
)
