"""Dates and periods in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from clew.evidence.calendar import (
    Build,
    Dated,
    Period,
    Tense,
    Unit,
    built,
    counted,
    day,
    month,
    near,
    period,
    span,
    weekday,
    year,
)
from clew.evidence.numbers import WORDS, amount_of
from clew.evidence.passages import Passage

__all__ = ["CLOCK", "dates"]

_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_MONTHS = {name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_DAYS = {name: at for at, name in enumerate("mon tue wed thu fri sat sun".split())}
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1[89]|20)\d\d"
_SINCE = r"(?:(?P<bound>since|until|till|before|after|by|from)\s+)?"


def dates(passage: Passage, base: date | None) -> Iterator[Dated]:
    """Yield what says when, in no order and overlapping; `base` is the day of the post, None where it is not known."""
    signs = _signs(passage)
    rules = [(pattern, build) for pattern, build, needs in _RULES if needs <= signs] if signs else []
    return built(passage.prose, base, rules, _starts(passage.lower)) if rules else iter(())


def _starts(text: str) -> list[int]:
    """Return where a date can begin in a text in small letters: a number, a word that tells, one that leads up to it.

    >>> _starts("we met in early may of that year")
    [7, 10, 16, 28]
    """
    starts: list[int] = []
    leading: list[int] = []
    for token in _TOKEN.finditer(text):
        word, at = token["word"], token.start()
        here = (at, token.start("word")) if token["sign"] else (at,)
        if word in _LEADING:
            leading += here
        elif word in _TELLING or word.isdecimal():
            starts += (*leading, *here)
            leading = []
        elif word not in _ORDINAL:
            leading = []
    return starts


_TOKEN = re.compile(r"(?P<sign>[#'’])?(?P<word>[^\W\d_]+|\d+)")
_ORDINAL = frozenset("st nd rd th".split())
#: What stands before words that tell when, and by itself tells nothing.
_LEADING = frozenset(
    (
        "since until till before after by from in to of between and during through on for around circa back within at "
        "the a an early mid late beginning start end last past previous this next nxt coming following upcoming every "
        "each single just only couple few several many first second third fourth one two three four five six seven "
        "eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty "
        "forty fifty sixty seventy eighty ninety dozen hundred thousand million billion trillion"
    ).split()
)


def _signs(passage: Passage) -> set[str]:
    """Return what a text has of what the rules need."""
    signs: set[str] = set()
    for word in passage.words & _TELLING.keys():
        signs |= _TELLING[word]
    if passage.has_digit:
        text = passage.prose
        signs.add("digit")
        signs |= {name for name, (letters, pattern) in _SHAPES.items() if _has(text, letters) and pattern.search(text)}
    return signs


#: Signs by their look, each with letters of which a text with it has one; all texts where there are none.
_SHAPES = {
    "year": ("", re.compile(r"(?:1[89]|20)\d\d")),
    "sign": ("/.-", re.compile(r"\d[/.-]\d")),
    "decade": ("'’", re.compile(r"['’]\d0s")),
    "colon": (":", re.compile(r"\d:\d")),
    "clock": ("mM", re.compile(r"\d\s?[ap]\.?m", re.IGNORECASE)),
    "near": ("2", re.compile(r"2(?:day|nite|moro|morrow|mrw|mo|night)", re.IGNORECASE)),
}


def _has(text: str, letters: str) -> bool:
    return not letters or any(letter in text for letter in letters)


_WORDS = {
    name: frozenset(words.split())
    for name, words in {
        "month": "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct "
        "october nov november dec december",
        "quarter": "q h half quarter",
        "part": "night nite morning afternoon evening",
        "weekday": "mon monday mondays tue tues tuesday tuesdays wed wednesday wednesdays weds thu thur thurs thursday "
        "thursdays fri friday fridays sat saturday saturdays sun sunday sundays",
        "side": "last past previous this next nxt coming following upcoming the",
        "aside": "last past previous next coming",
        "unit": "day days week weeks weekend wk wks month months mth mths quarter quarters year years yr yrs decade "
        "decades century centuries fortnight fortnights",
        "ago": "ago back",
        "in": "in within",
        "from": "from",
        "now": "now today",
        "then": "later after afterwards earlier before",
        "again": "every each daily everyday weekly monthly yearly annually annual",
        "feast": "christmas xmas new halloween valentine valentines boxing",
        "clock": "noon midnight",
        "season": "spring summer autumn fall winter",
    }.items()
}


# --- named dates ------------------------------------------------------------------------------------------------------


def _iso(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    moment = date(int(found[1]), int(found[2]), int(found[3]))
    yield Dated(found.start(), found.end(), day(moment), 0.98, "a full date, year first")


def _numeric(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    a, b, of_year = int(found[1]), int(found[3]), int(found[4])
    of_year += 2000 if of_year < 70 else 1900 if of_year < 100 else 0
    if found[2] == "." or a > 12:
        moment, sure = date(of_year, b, a), a > 12 or found[2] == "."
    else:
        moment, sure = date(of_year, a, b), b > 12 or a == b
    why = "a full date in digits" if sure else "a date in digits, read as month/day; it could be day/month"
    yield Dated(found.start(), found.end(), day(moment), 0.95 if sure else 0.6, why)


def _month_day(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    """Month and day in either order, with or without a year, one day, two, or from one to another."""
    if _is_verb(found["month"], found.string, found.start("month")):
        return
    number, bound = _MONTHS[found["month"][:3].lower()], _bound(found)
    of_year, a = found["year"], int(re.sub(r"\D", "", found["day"]))
    if of_year is None and base is None:
        yield Dated(found.start("at"), found.end("day"), None, 0.4, "month and day; the time of the post is not known")
        return
    first = date(int(of_year), number, a) if of_year else near(base or date.min, number, a, _tense(found))
    why = "month, day and year" if of_year else "month and day, in the year next to the post"
    certainty = 0.97 if of_year else 0.88
    start = found.start("at")
    if not found["more"]:
        yield Dated(start, found.end(), day(first), certainty, why, bound)
        return
    last = date(first.year, number, int(re.sub(r"\D", "", found["more"])))
    if found["join"].strip().lower() in ("&", "and", ",", "/"):
        yield Dated(start, found.end("day"), day(first), certainty, why, bound)
        yield Dated(
            found.start("more"), found.end("more"), day(last), certainty - 0.05, f"{why}; the month is said before"
        )
    elif last > first:
        yield Dated(start, found.end(), Period(first, last, "day"), certainty, f"from one day to another: {why}", bound)


def _month_year(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    of_year = int(re.sub(r"\D", "", found["year"]))
    whole = month(of_year + (2000 if of_year < 100 else 0), _MONTHS[found["month"][:3].lower()])
    yield Dated(found.start("at"), found.end(), _part(whole, found["part"]), 0.96, "month and year", _bound(found))


def _month_alone(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    name, side = found["month"], (found["side"] or "").lower()
    weak = name[:3].lower() in ("may", "mar", "jan", "jun", "apr", "aug", "sep", "dec") and len(name) < 5
    led = side or found["part"] or found["lead"]
    if base is None or not name[0].isupper() or (weak and not led) or (name.lower() == "march" and not led):
        return
    if _is_name(found.string, found.end()):
        return
    number = _MONTHS[name[:3].lower()]
    by = {"last": -1, "next": 1}.get(side, 0)
    middle = near(base, number, 15, _tense(found)) if by == 0 else _beside(base, number, by)
    whole = _part(month(middle.year, number), found["part"])
    yield Dated(
        found.start("at"),
        found.end(),
        whole,
        0.85 if led else 0.7,
        "a month, in the year next to the post",
        _bound(found),
    )


def _years(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    number = int(found["year"])
    lead, part = (found["lead"] or "").lower(), found["part"]
    if not 1800 <= number <= 2100 or (not lead and not part and not 1900 <= number <= 2060):
        return
    if not found["to"] and _counts(found.string, found.end(), lead):
        return
    whole, end = _part(year(number), part), found.end("year")
    if found["to"]:
        last = int(found["to"]) if len(found["to"]) == 4 else number // 100 * 100 + int(found["to"])
        if last <= number:
            return
        whole, end = Period(whole.first, year(last).last, "year"), found.end("to")
    elif found["s"]:
        whole, end = _part(period(date(number, 1, 1), "decade"), part), found.end("s")
        if number % 10:
            return
    bound = _bound(found) if not found["to"] else None
    certainty = 0.95 if lead or part or found["to"] else 0.8
    yield Dated(
        found.start("at"), end, whole, certainty, "a year" if not found["to"] else "from one year to another", bound
    )


def _century(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    number = int(found["number"])
    if 10 <= number <= 21:
        whole = _part(Period(date(number * 100 - 99, 1, 1), date(number * 100, 12, 31), "century"), found["part"])
        yield Dated(found.start("at"), found.end(), whole, 0.95, "a century")


_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}


def _season(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    """`winter 2013`, `last summer`: three months of the northern half of the world."""
    if not found["side"] and not found["year"]:
        return
    side, number = (found["side"] or "").lower(), _SEASONS[found["season"].lower()]
    if found["year"]:
        of_year = int(found["year"])
    elif base is None:
        return
    else:
        of_year = base.year + (-1 if side == "last" and number >= base.month else 1 if side == "next" else 0)
    whole = Period(month(of_year, number).first, month(of_year, number + 2).last, "quarter")
    yield Dated(found.start("at"), found.end(), whole, 0.7, "a season, as the northern half of the world has it")


def _short_decade(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    tens = int(found[2])
    whole = period(date((2000 if tens < 30 else 1900) + tens, 1, 1), "decade")
    yield Dated(found.start(), found.end(), _part(whole, found[1]), 0.85, "a decade; the century is the last that fits")


def _quarter(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    named = found["year"] or found["before"]
    if not named and base is None:
        return
    of_year = int(named) if named else (base or date.min).year
    of_year += 2000 if of_year < 100 else 0
    which = found["which"].lower()
    number = (
        int(which[1]) if which[1:2].isdigit() else {"first": 1, "second": 2, "third": 3, "fourth": 4}[which.split()[0]]
    )
    unit: Unit = "quarter" if which[0] == "q" or which.endswith("quarter") else "half"
    size = 3 if unit == "quarter" else 6
    if number * size > 12:
        return
    first = month(of_year, size * (number - 1) + 1).first
    whole = Period(first, month(of_year, size * number).last, unit)
    yield Dated(found.start(), found.end(), whole, 0.95 if named else 0.75, f"a {unit} of a year")


# --- counted from the post --------------------------------------------------------------------------------------------

_BY_WORD = {
    "today": 0,
    "tdy": 0,
    "2day": 0,
    "tday": 0,
    "tonight": 0,
    "tonite": 0,
    "2nite": 0,
    "2night": 0,
    "yesterday": -1,
    "yday": -1,
    "yest": -1,
    "yesterdays": -1,
    "tomorrow": 1,
    "tomorow": 1,
    "tommorow": 1,
    "tommorrow": 1,
    "2morrow": 1,
    "2morow": 1,
    "2moro": 1,
    "tmr": 1,
    "tmrw": 1,
    "tmrow": 1,
    "tmw": 1,
    "tomo": 1,
    "tomoz": 1,
    "tomoro": 1,
    "2mrw": 1,
}


def _near_day(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    word = found["word"].lower()
    by = _BY_WORD[word] + (-1 if found["before"] else 1 if found["after"] else 0)
    whole = day(base + timedelta(by)) if base else None
    yield Dated(found.start(), found.end(), whole, 0.95, "a day counted from the post", _bound(found))


def _part_of_day(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    side = found[1].lower()
    by = -1 if side == "last" else 1 if side == "next" else 0
    yield Dated(
        found.start(), found.end(), day(base + timedelta(by)) if base else None, 0.9, "a part of a day near the post"
    )


def _is_short_day(found: re.Match[str]) -> bool:
    """Say whether `Tue` by itself is a day: with a capital, and where it is a word as well (`Sun`) before a number."""
    name = found["day"]
    if not name[0].isupper():
        return False
    after = found.string[found.end() : found.end() + 12]
    return name.lower() not in _WORDS_TOO or re.match(r"\W{0,2}\d|\s*(?:night|morning|evening)\b", after) is not None


_WORDS_TOO = frozenset(("sun", "sat", "mon", "wed", "fri"))


def _day_of_week(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    name, side, lead = found["day"], (found["side"] or "").lower(), found["lead"]
    number, short = _DAYS[name[:3].lower()], not name.lower().rstrip("s").endswith("day")
    if short and not (side or lead or _is_short_day(found)):
        return
    start, end = found.start("at"), found.end()
    if side in ("every", "each") or (name.lower().endswith("days") and not (base and base.weekday() == number)):
        yield Dated(start, end, None, 0.8, "a day of every week", repeats="weekly")
        return
    if base is None:
        yield Dated(start, end, None, 0.5, "a day of the week; the time of the post is not known")
        return
    moment = _weekday(base, number, side, found)
    sure = 0.55 if name.lower().endswith("days") else 0.75 if side == "next" or short else 0.85
    yield Dated(start, end, day(moment), sure, "a day of the week, counted from the post", _bound(found))


def _weekday(base: date, number: int, side: str, found: re.Match[str]) -> date:
    ahead = (number - base.weekday()) % 7
    if side in ("last", "past"):
        return base + timedelta(ahead - 7 if ahead else -7)
    if side == "next":
        return base + timedelta(ahead or 7)
    if side in ("this", "coming"):
        return base + timedelta(ahead)
    return weekday(base, number, _tense(found))


_UNITS: dict[str, Unit] = {
    "day": "day",
    "week": "week",
    "wk": "week",
    "weekend": "weekend",
    "month": "month",
    "mth": "month",
    "quarter": "quarter",
    "year": "year",
    "yr": "year",
    "decade": "decade",
    "century": "century",
    "centurie": "century",
    "fortnight": "week",
}
_UNIT = r"(?:days?|weeks?|wks?|months?|mths?|quarters?|years?|yrs?|decades?|centur(?:y|ies)|fortnights?)"


def _unit(word: str) -> tuple[Unit, int]:
    """Return a unit and how many of it a word means."""
    plain = word.lower().removesuffix("s")
    return _UNITS[plain], 2 if plain == "fortnight" else 1


def _side_unit(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    """`last week`, `this year`, `the coming month`."""
    unit, _ = _unit(found["unit"])
    by = {"last": -1, "past": -1, "previous": -1, "next": 1, "nxt": 1, "coming": 1, "following": 1, "upcoming": 1}.get(
        found["side"].lower(), 0
    )
    if found["side"].lower() == "the" and unit != "weekend":
        return
    whole = _part(period(base, unit, by), found["part"]) if base else None
    start = found.start("at")
    yield Dated(start, found.end(), whole, 0.9, f"a {unit} counted from the post", _bound(found))


def _last_several(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    """`the past 7 days`, `over the next two years`."""
    (unit, times), number = _unit(found["unit"]), _count(found["number"])
    if number is None:
        yield Dated(found.start(), found.end(), None, 0.6, "some time near the post; how much is not said")
        return
    number *= times
    back = found["side"].lower() in ("last", "past", "previous")
    if base is None:
        whole = None
    elif back:
        whole = Period(counted(day(base), -number, unit).first, base, unit)
    else:
        whole = span(base, unit, number)
    yield Dated(found.start(), found.end(), whole, 0.85, f"{number} times a {unit}, up to the post or from it on")


def _ago(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    (unit, times), number = _unit(found["unit"]), _count(found["number"])
    if number is None:
        yield Dated(found.start(), found.end(), None, 0.5, "some time before the post; how much is not said")
        return
    whole = None
    if base:
        moment = counted(day(base), -number * times, unit)
        whole = period(moment.first, unit if unit in ("month", "year", "decade", "century") else "day")
    yield Dated(found.start(), found.end(), whole, 0.85, f"so many {unit}s before the post")


def _from_now(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    (unit, times), number = _unit(found["unit"]), _count(found["number"])
    if number is None:
        return
    whole = None
    if base:
        moment = counted(day(base), number * times, unit)
        whole = period(moment.first, unit if unit in ("month", "year", "decade", "century") else "day")
    yield Dated(found.start(), found.end(), whole, 0.65 if found["in"] else 0.85, f"so many {unit}s after the post")


def _from_then(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    """`just 7 years after`: counted from the date that was named last; nothing where an event is named instead."""
    (unit, times), number = _unit(found["unit"]), _count(found["number"])
    if number is None or number > 3000:
        return
    sign = -1 if found["way"].lower() in ("earlier", "before") else 1
    yield Dated(
        found.start(),
        found.end(),
        None,
        0.75,
        f"so many {unit}s counted from the date named before it",
        counts=(sign * number * times, unit),
    )


def _repeated(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    word = found[0].lower()
    how = next(how for stem, how in _REPEATS if stem in word)
    yield Dated(found.start(), found.end(), None, 0.7, "it comes again and again", repeats=how)


_REPEATS = (
    ("da", "daily"),
    ("night", "daily"),
    ("morning", "daily"),
    ("week", "weekly"),
    ("month", "monthly"),
    ("ye", "yearly"),
    ("annual", "yearly"),
)
_FEASTS: dict[str, tuple[int, int]] = {
    "christmas eve": (12, 24),
    "christmas": (12, 25),
    "xmas": (12, 25),
    "new year's eve": (12, 31),
    "new years eve": (12, 31),
    "new year's day": (1, 1),
    "halloween": (10, 31),
    "valentine's day": (2, 14),
    "valentines day": (2, 14),
    "boxing day": (12, 26),
    "independence day": (7, 4),
}


def _feast(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    if base and not _is_name(found.string, found.end()):
        number, of_day = _FEASTS[
            found[1].lower().replace("’", "'").removesuffix(" day")
            if found[1].lower().startswith(("chr", "xmas"))
            else found[1].lower().replace("’", "'")
        ]
        yield Dated(
            found.start(),
            found.end(),
            day(near(base, number, of_day, _tense(found))),
            0.75,
            "a feast, next to the post",
        )


def _clock(found: re.Match[str], base: date | None) -> Iterator[Dated]:
    hour, minute = int(found["hour"] or 0), int(found["minute"] or 0)
    half = (found["half"] or "").lower().replace(".", "")
    if found["word"]:
        hour, minute = (12, 0) if "noon" in found["word"].lower() else (0, 0)
    elif half:
        if not 1 <= hour <= 12:
            return
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 23 or minute > 59:
        return
    yield Dated(found.start(), found.end(), day(base, f"{hour:02}:{minute:02}") if base else None, 0.5, CLOCK)


CLOCK = "a time of day, on the day of the post as far as nothing else is said"


# --- what stands around -----------------------------------------------------------------------------------------------

_BOUNDS = frozenset({"since", "until", "till", "before", "after", "by", "from"})


def _bound(found: re.Match[str]) -> str | None:
    word = found.groupdict().get("bound") or found.groupdict().get("lead")
    word = (word or "").lower()
    return None if word not in _BOUNDS or word == "from" else "until" if word == "till" else word


def _part(whole: Period, word: str | None) -> Period:
    """Return the early, middle or late part of a period; the whole where no word says so."""
    if not word:
        return whole
    days = (whole.last - whole.first).days + 1
    third = max(days // 3, 1)
    word = word.lower()
    if word.startswith(("early", "beginning", "start")):
        return whole._replace(last=whole.first + timedelta(third - 1))
    if word.startswith("mid"):
        return Period(whole.first + timedelta(third), whole.last - timedelta(third), whole.granularity)
    return whole._replace(first=whole.last - timedelta(third - 1))


def _beside(base: date, number: int, by: int) -> date:
    """Return the middle of the next month of that number after the base's own, or of the last one before it."""
    middle = date(base.year, number, 15)
    if by > 0:
        return middle if number > base.month else date(base.year + 1, number, 15)
    return middle if number < base.month else date(base.year - 1, number, 15)


def _count(words: str) -> int | None:
    """Return how many: digits, words or `a`; None for `a few` and the like."""
    plain = words.lower().strip()
    if plain in ("a", "an", "one"):
        return 1
    if plain in ("a couple", "a couple of", "couple of"):
        return 2
    if plain in ("a few", "few", "several", "many", "some", "recent", "couple"):
        return None
    return int(amount_of(plain))


_PAST = re.compile(
    r"\b(?:was|were|wasn't|weren't|had|did|didn't|went|said|made|got|took|came|saw|found|won|lost"
    r"|held|met|told|left|began|fell|rose|"
    r"couldn't|[a-z]{2,}ed|been|ago)\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:will|won't|'ll|gonna|going to|shall|upcoming|soon|wait|until|till|tonight|tomorrow|next"
    r"|coming|register|tickets?|tix|"
    r"join|deadline|begins?|starts?|starting|extended|excited|expect(?:ed)?|plans?|due|scheduled"
    r"|slated|miss|can't|tune|rsvp)\b|'ll\b",
    re.IGNORECASE,
)


def _tense(found: re.Match[str]) -> Tense:
    """Return whether the words around speak of the past or the future."""
    text, at = found.string, found.start()
    around = text[max(0, at - 70) : found.end() + 70]
    if _FUTURE.search(around):
        return "future"
    return "past" if _PAST.search(around) else "unknown"


def _is_verb(name: str, text: str, at: int) -> bool:
    """Say whether `may`, `march` or `mar` is no month: in small letters only a month with a day that touches it."""
    return name in ("may", "march", "mar", "dec", "jan") and name[0].islower() and name not in ("jan", "dec", "mar")


def _is_name(text: str, end: int) -> bool:
    """Say whether a capitalised word that is part of a name, or a thing, follows: `Jan Smit`, `Christmas party`."""
    return (
        re.match(
            r"[ ](?:[A-Z][a-z]+|part(?:y|ies)|tree|card|gift|present|shopping|song|movie|music|market|light|dinner)",
            text[end : end + 12],
        )
        is not None
    )


_COUNTED = re.compile(
    r"[ ](?:people|users?|followers|words|men|women|children|kids|jobs|deaths|cases|dollars|euros"
    r"|km|miles|meters|metres|feet|tons|tonnes"
    r"|votes|voters|seats|articles|books|papers|hours|days|calories|posts|tweets|points|employees|soldiers|troops|more|times|years|square"
    r"|homes|workers|students|pages)\b|%|\.\d|,\d{3}|[-/]\d|:\d|\s?(?:k|m|bn|km|mw|hz)\b",
    re.IGNORECASE,
)


def _counts(text: str, end: int, lead: str) -> bool:
    """Say whether a number that could be a year counts something."""
    return _COUNTED.match(text, end) is not None


_PART = r"(?:(?P<part>early|mid|late|beginning of|start of|end of)(?:[ -]|\s+the\s+)?)?"
_NUMBER = rf"(?:\d{{1,4}}|{WORDS}|an?|one|a\s+couple(?:\s+of)?|couple\s+of|a\s+few|few|several|many)"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?"

_WORDS["near"] = frozenset(re.findall(r"[a-z]+", " ".join(_BY_WORD)))

#: The signs by each word that is one.
_TELLING: dict[str, set[str]] = {}
for _sign, _telling in _WORDS.items():
    for _each in _telling:
        _TELLING.setdefault(_each, set()).add(_sign)

#: Pattern, what is made of what it matches, and the signs of a text without which it can't match.
_RULES: tuple[tuple[re.Pattern[str], Build, frozenset[str]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), build, frozenset(needs.split()))
    for pattern, build, needs in (
        (r"(?<![\w/.-])((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?![\w/-])", _iso, "year"),
        (r"(?<![\w/.$€£-])(\d{1,2})([/.-])(\d{1,2})\2((?:19|20)\d\d|\d\d)(?![\w/]|[.-]\d)", _numeric, "sign"),
        (
            rf"{_SINCE}(?P<at>\b(?P<month>{_MONTH})(?![a-z])\.?\s*(?:the\s+)?\#?(?P<day>{_NTH})(?![\w%:/]|[.,]?\d))"
            rf"(?:(?P<join>\s*(?:-|–|to|&|and|/)\s*)(?P<more>{_NTH})(?![\w%:/]"
            rf"|[.,]?\d))?(?:\s*,?\s*(?P<year>{_YEAR})\b)?",
            _month_day,
            "digit month",
        ),
        (
            rf"{_SINCE}(?P<at>(?:the\s+)?(?<![\w.,$€£-])(?P<day>{_NTH})(?:(?P<join>\s*(?:-|–|to|&"
            rf"|and)\s*)(?P<more>{_NTH}))?\s*(?:of\s+)?(?P<month>{_MONTH})\b)"
            rf"(?:\s*,?\s*(?P<year>{_YEAR})\b)?",
            _month_day,
            "digit month",
        ),
        (
            rf"{_SINCE}(?P<at>{_PART}\b(?P<month>{_MONTH})\.?\s*,?\s*(?:of\s+)?(?P<year>{_YEAR}|['’]\d\d)\b)",
            _month_year,
            "digit month",
        ),
        (
            (
                rf"(?:\b(?P<lead>in|by|since|until|till|from|to|of|between|and|during|before|after"
                rf"|through)\s+)?(?P<at>(?:the\s+)?{_PART}(?:\b(?P<side>last|next"
                rf"|this)\s+)?\b(?P<month>{_MONTH})\b)(?!\s*\d)"
            ),
            _month_alone,
            "month",
        ),
        (
            rf"(?:\b(?P<lead>in|since|by|from|until|till|before|after|between|during|of|for|and|to|through"
            rf"|around|circa|back in)\s+)?(?<![\w$€£¥#.,/:–-])(?P<at>{_PART}(?P<year>{_YEAR}))"
            rf"(?:(?P<s>['’]?s)\b|\s*(?:-|–|—|to|and)\s*(?P<to>{_YEAR}|(?<=[-–—])\d\d)\b)?(?![\w])",
            _years,
            "year",
        ),
        (r"(?:\b(early|mid|late)[ -])?(?<!\w)['’](\d0)s\b", _short_decade, "decade"),
        (rf"(?P<at>(?:the\s+)?{_PART}\b(?P<number>\d\d)(?:st|nd|rd|th)\s+century\b)", _century, "digit unit"),
        (
            rf"(?P<at>\b(?:the\s+)?(?:(?P<side>last|this|next)\s+)?(?P<season>spring|summer|autumn|fall|winter)\b"
            rf"(?:\s+(?:of\s+)?(?P<year>{_YEAR}))?)(?<!\bthe\sfall)",
            _season,
            "season",
        ),
        (
            (
                rf"(?:\b(?P<before>{_YEAR})\s?)?\b(?P<which>[qh][1-4]|(?:first|second|third|fourth)\s+(?:half"
                rf"|quarter))\b(?:\s*(?:of\s+)?['’]?(?P<year>{_YEAR}|\d\d)\b)?"
            ),
            _quarter,
            "quarter",
        ),
        (
            (
                rf"(?:(?P<bound>since|until|till|before|by|after)\s+)?(?:the\s+day\s+(?:(?P<before>before)"
                rf"|(?P<after>after))\s+)?\#?\b(?P<word>{'|'.join(_BY_WORD)})\b(?:\s+(?:night|morning|afternoon|evening)\b)?"
            ),
            _near_day,
            "near",
        ),
        (r"\b(last|this|next)\s+(night|nite|morning|afternoon|evening)\b", _part_of_day, "part"),
        (
            (
                rf"(?:\b(?P<lead>on|by|until|till|since|from|to|before|after)\s+)?\#?(?P<at>(?:\b(?P<side>last"
                rf"|this|next|coming|past|every|each)\s+)?\b(?P<day>{_WEEKDAY})\b(?:\s+(?:night|morning|afternoon|evening)\b)?)"
            ),
            _day_of_week,
            "weekday",
        ),
        (
            (
                rf"{_SINCE}(?P<at>(?:the\s+)?{_PART}(?:the\s+)?\b(?P<side>last|past|previous|this|next|nxt"
                rf"|coming|following|upcoming|the)\s+(?P<unit>weekend|week|wk|month|quarter|year|yr|decade"
                rf"|century)\b)(?!\s*'?s?\s*old)"
            ),
            _side_unit,
            "side unit",
        ),
        (
            rf"(?:\bthe\s+)?\b(?P<side>last|past|previous|next|coming)\s+(?P<number>{_NUMBER})\s+(?P<unit>{_UNIT})\b",
            _last_several,
            "aside unit",
        ),
        (rf"\b(?P<number>{_NUMBER})\s?(?P<unit>{_UNIT})\s+(?:ago|back)\b", _ago, "ago"),
        (
            (
                rf"\b(?:(?P<in>in|within)\s+(?P<number>{_NUMBER})\s+(?P<unit>{_UNIT})(?:['’]\s+time)?(?=\s*(?:[.,!?;)]"
                rf"|$)))"
            ),
            _from_now,
            "in unit",
        ),
        (
            rf"\b(?P<number>{_NUMBER})\s+(?P<unit>{_UNIT})\s+(?P<in>(?!))?(?:from\s+(?:now|today))\b",
            _from_now,
            "from now unit",
        ),
        (
            (
                rf"(?:\bjust\s+|\bonly\s+)?\b(?P<number>{_NUMBER})\s+(?P<unit>{_UNIT})\s+(?P<way>later|after"
                rf"|afterwards|earlier|before)\b(?=\s*(?:[,.!?;:)…]|$)|(?<=later)|(?<=earlier))"
            ),
            _from_then,
            "then unit",
        ),
        (
            (
                r"\b(?:every|each)\s+(?:single\s+)?(?:day|night|morning|week|weekend|month|year)\b|\b(?:daily"
                r"|everyday|weekly|monthly|yearly|annually|annual)\b"
            ),
            _repeated,
            "again",
        ),
        (
            (
                r"\#?\b(christmas eve|christmas(?: day)?|xmas|new year['’]?s (?:eve|day)|halloween"
                r"|valentine['’]?s day|boxing day)\b"
            ),
            _feast,
            "feast",
        ),
        (
            (
                r"(?<![\w:.$€£/-])(?:(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s?(?P<half>[ap](?:\.m\.?|m\b))"
                r"|(?P<word>\b(?:noon|midnight)\b))"
            ),
            _clock,
            "clock",
        ),
        (
            r"(?<![\w:.$€£/-])(?P<hour>[012]?\d):(?P<minute>[0-5]\d)(?![\d:])(?P<half>(?!))?(?P<word>(?!))?",
            _clock,
            "colon",
        ),
    )
)
