"""Places by signs: flag emoji and coordinates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clew.evidence.gazetteer import Gazetteer, Place
from clew.evidence.spots import Spot

__all__ = ["coordinates", "flags"]

_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4\U000e0067\U000e0062[\U000e0061-\U000e007a]{3}\U000e007f")
_PARTS = {"eng": "England", "sct": "Scotland", "wls": "Wales"}


def flags(text: str, known: Gazetteer) -> Iterator[Spot]:
    """Yield the flags of countries, and of the parts of the United Kingdom."""
    for found in _FLAG.finditer(text):
        if len(found[0]) > 2:
            name = _PARTS.get("".join(chr(ord(letter) - 0xE0000) for letter in found[0][3:6]))
            if name:
                place = Place(name, "region", "GB", None, None, None, 10**7)
                yield Spot(found.start(), found.end(), (place,), 0.99, "the flag of a part of the country", "flag")
            continue
        code = "".join(chr(ord(letter) - 0x1F1E6 + 65) for letter in found[0])
        if code in known.countries:
            kind = "union" if code == "EU" else "country"
            place = Place(known.countries[code], kind, code, None, None, None, 10**8)
            yield Spot(found.start(), found.end(), (place,), 0.99, f"the flag of {place.name}", "flag")


#: In every pair of coordinates.
_EXACT = re.compile(r"\d(?:\.\d{3}|°)")
_DEGREES = re.compile(
    r"(?<![\w.])(-?\d{1,2}\.\d{3,8})°?\s?([NS])?\s?[,; ]\s?(-?\d{1,3}\.\d{3,8})(?:°?\s?([EW])\b|°)?(?![\d.])"
    r"|(\d{1,2})°\s?(\d{1,2})[′']\s?(?:(\d{1,2}(?:\.\d+)?)[″\"]\s?)?([NS])[,; "
    r"]{0,2}(\d{1,3})°\s?(\d{1,2})[′']\s?(?:(\d{1,2}(?:\.\d+)?)[″\"]\s?)?([EW])"
)


def coordinates(text: str) -> Iterator[Spot]:
    """Yield pairs of latitude and longitude, in decimals or in degrees and minutes."""
    for found in _DEGREES.finditer(text) if _EXACT.search(text) else ():
        if found[1]:
            lat = float(found[1]) * (-1 if found[2] == "S" else 1)
            lon = float(found[3]) * (-1 if found[4] == "W" else 1)
        else:
            lat = _degrees(found[5], found[6], found[7]) * (-1 if found[8] == "S" else 1)
            lon = _degrees(found[9], found[10], found[11]) * (-1 if found[12] == "W" else 1)
        if abs(lat) <= 90 and abs(lon) <= 180:
            place = Place(f"{lat:.5f}, {lon:.5f}", "site", None, None, lat, lon, 0)
            yield Spot(found.start(), found.end(), (place,), 0.9, "latitude and longitude", "coordinates")


def _degrees(whole: str, minutes: str, seconds: str | None) -> float:
    return int(whole) + int(minutes) / 60 + float(seconds or 0) / 3600
