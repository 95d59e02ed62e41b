"""Instants: from every way a platform writes them, to aware UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

__all__ = ["from_iso", "from_snowflake", "from_unix", "from_v1", "show"]

#: Twitter's snowflake epoch, milliseconds since 1970 (2010-11-04T01:42:54.657Z).
SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
#: Ids below this one were counted, not made from the clock (before 4 November 2010).
FIRST_SNOWFLAKE = 29_700_859_247

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = {name: n for n, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}


_USUAL = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \+0000 \d{4}\Z", re.ASCII)


def from_iso(text: str) -> datetime:
    """Return the instant of an ISO 8601 date and time; without a zone it is taken as UTC.

    >>> from_iso("2021-06-04T11:30:00.250+02:00").isoformat()
    '2021-06-04T09:30:00.250000+00:00'

    Raises:
        ValueError: It is no such date.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is UTC:
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def from_unix(seconds: float) -> datetime:
    """Return the instant that many seconds after 1970, UTC.

    >>> from_unix(1622799000).isoformat()
    '2021-06-04T09:30:00+00:00'

    Raises:
        ValueError: It lies outside the years 1 to 9999.
    """
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise ValueError(f"{seconds} seconds after 1970 is no date") from error


def from_v1(text: str) -> datetime:
    """Return the instant of the date form of the X API v1.1 and account archives.

    >>> from_v1("Fri Jun 04 09:30:00 +0000 2021").isoformat()
    '2021-06-04T09:30:00+00:00'

    Raises:
        ValueError: It has another form.
    """
    try:
        if _USUAL.match(text):
            return datetime.fromisoformat(f"{text[26:]}-{_MONTHS[text[4:7]]:02}-{text[8:10]}T{text[11:19]}+00:00")
        _, month, day, clock, zone, year = text.split()
        hour, minute, second = clock.split(":")
        moment = datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except (KeyError, ValueError) as error:
        raise ValueError(f"{text!r} is not a date like 'Fri Jun 04 09:30:00 +0000 2021'") from error
    if zone != "+0000":
        sign = -1 if zone.startswith("-") else 1
        moment -= sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
    return moment


def from_snowflake(post_id: str) -> datetime | None:
    """Return when an X id was made, to the millisecond; None for ids from before November 2010.

    The rule: `(id >> 22) + 1288834974657` milliseconds since 1970 (shared FORMATS, section 1).

    >>> from_snowflake("2089858284660662307").isoformat()
    '2026-08-18T23:33:37.409000+00:00'
    >>> from_snowflake("20") is None
    True
    """
    if not (post_id.isascii() and post_id.isdecimal()) or len(post_id) > 19:
        return None
    number = int(post_id)
    if number < FIRST_SNOWFLAKE:
        return None
    return _EPOCH + timedelta(milliseconds=(number >> 22) + SNOWFLAKE_EPOCH_MS)


def show(moment: datetime) -> str:
    """Return an instant as people read it, in UTC, to the minute.

    >>> show(from_unix(1622799000))
    '2021-06-04 09:30 UTC'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
