"""Instants as tables write them: each form that a tool, a spreadsheet or a country has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from clew import times

__all__ = ["Instant", "day_order", "instant"]

_NUMBER = re.compile(r"^\d{9,19}(?:\.\d+)?$", re.ASCII)
_ISO = re.compile(
    r"^(?P<date>\d{4}[-/]\d\d[-/]\d\d)"
    r"(?:[T ,]+(?P<clock>\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\s*(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?$",
    re.ASCII,
)
#: What most tools write; the forms above and below take longer.
_USUAL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{3}|\.\d{6})?(?:Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_SLASHES = re.compile(
    r"^(?P<a>\d{1,2})(?P<sign>[/.-])(?P<b>\d{1,2})(?P=sign)(?P<year>\d{4}|\d\d)"
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT)?)?$",
    re.ASCII,
)
_NAMED = re.compile(
    r"^(?:(?P<month>[A-Za-z]{3})[a-z]*\.? (?P<day>\d{1,2})|(?P<day2>\d{1,2}) (?P<month2>[A-Za-z]{3})[a-z]*\.?),? "
    r"(?P<year>\d{4})(?:[ ,·at]+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    r"\s*(?P<half>[AaPp][Mm])?\s*(?P<zone>UTC|GMT)?)?$",
    re.ASCII,
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
#: So many digits of a number since 1970 count in this part of a second.
_SCALES = ((11, 1), (14, 10**3), (17, 10**6), (19, 10**9))
#: Years that a two-digit one can mean: there were no posts before.
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class Instant:
    """What a cell says of a time."""

    time: datetime
    """UTC, also where no zone is stated."""
    zone: bool
    """True where the zone is stated, or the cell counts seconds."""
    clock: bool = True
    """False where only the day is told."""


def instant(text: str, order: str | None = None) -> Instant:
    """Return what a cell says; `order` (`dmy` or `mdy`) decides between 3/4 and 4/3.

    >>> instant("4/3/2021 9:30", "dmy").time.isoformat()
    '2021-03-04T09:30:00+00:00'

    Raises:
        ValueError: It is no date, or it may be one of two.
    """
    text = text.strip()
    if _USUAL.match(text):
        return Instant(times.from_iso(text), zone=True)
    if _NUMBER.match(text):
        return Instant(_counted(text), zone=True)
    if found := _ISO.match(text):
        return _iso(found)
    if found := _SLASHES.match(text):
        return _slashes(found, order)
    if found := _NAMED.match(text):
        month = _MONTHS.index((found["month"] or found["month2"]).lower()) + 1
        return _clocked(found, int(found["year"]), month, int(found["day"] or found["day2"]))
    if re.match(r"^[A-Z][a-z]{2}, ", text):
        moment = parsedate_to_datetime(text)
        return Instant(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC), zone=True)
    if not text.endswith(tuple("0123456789")) or len(text.split()) != 6:
        raise ValueError(f"{text[:40]!r} is no date in a form that clew knows")
    return Instant(times.from_v1(text), zone=True)


def day_order(text: str) -> str | None:
    """Return `dmy` or `mdy` where one cell decides it, `?` where it can be either, None for other dates.

    There are twelve months, and who writes dots writes the day first.

    >>> day_order("25/12/2021"), day_order("12/25/2021"), day_order("3/4/2021"), day_order("2021-03-04")
    ('dmy', 'mdy', '?', None)
    """
    found = _SLASHES.match(text.strip())
    if found is None:
        return None
    a, b = int(found["a"]), int(found["b"])
    if a > 12 >= b or found["sign"] == ".":
        return "dmy"
    return "mdy" if b > 12 >= a else "?"


def _counted(text: str) -> datetime:
    """Return the instant of seconds, milli-, micro- or nanoseconds since 1970, told apart by their size."""
    whole, _, rest = text.partition(".")
    scale = next(scale for digits, scale in _SCALES if len(whole) <= digits)
    return times.from_unix(int(whole) / scale + (float(f"0.{rest}") if rest and scale == 1 else 0))


def _iso(found: re.Match[str]) -> Instant:
    date, clock, zone = found["date"].replace("/", "-"), found["clock"], found["zone"]
    if clock is None:
        return Instant(times.from_iso(date), zone=False, clock=False)
    if zone in ("Z", "UTC", "GMT"):
        zone_text = "+00:00"
    else:
        zone_text = zone or ""
    clock, _, fraction = clock.replace(",", ".").partition(".")
    moment = times.from_iso(f"{date}T{clock}{'.' + fraction[:6].ljust(6, '0') if fraction else ''}{zone_text}")
    return Instant(moment, zone=zone is not None)


def _slashes(found: re.Match[str], order: str | None) -> Instant:
    a, b, year = int(found["a"]), int(found["b"]), int(found["year"])
    own = day_order(found[0])
    if own == "?" and a != b:
        own = order
        if own is None:
            raise ValueError(f"{found[0]!r} may be day {a} of month {b} or day {b} of month {a}")
    day, month = (b, a) if own == "mdy" else (a, b)
    return _clocked(found, year if year > 99 else _CENTURY + year, month, day)


def _clocked(found: re.Match[str], year: int, month: int, day: int) -> Instant:
    if found["hour"] is None:
        return Instant(datetime(year, month, day, tzinfo=UTC), zone=False, clock=False)
    hour = int(found["hour"])
    if half := found["half"]:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    moment = datetime(year, month, day, hour, int(found["minute"]), int(found["second"] or 0), tzinfo=UTC)
    return Instant(moment, zone=found["zone"] is not None)
