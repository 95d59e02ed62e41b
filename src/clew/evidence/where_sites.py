"""Sites and roads: a name with a word for what it is, which no gazetteer has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clew.evidence.common import is_common
from clew.evidence.gazetteer import Place
from clew.evidence.spots import Spot

__all__ = ["sites"]

_SITE_AFTER = (
    r"County|Co\.?|Islands?|River|Beach|Lake|Bay|Valley|Creek|Street|St\.?|Road|Rd\.?|Avenue"
    r"|Ave\.?|Blvd|Boulevard|Highway|Hwy|Drive|Lane|Bridge"
    r"|Airport|Harbou?r|Port|Province|District|Region|Oblast|Peninsula|Mountains?|Hills|Park"
    r"|Square|Squares|Strait|Sea|Ocean|Falls|Springs"
    r"|Township|Parish|Prefecture|Governorate|Forest|Desert|Canal|Plaza|Stadium|Arena"
)
_SITE = re.compile(
    rf"(?<![\w#@])(?:(?:[A-Z][\w'’.-]+|&|of|and|de|del|la)[ ]){{1,3}}(?<!& )(?:{_SITE_AFTER})(?![\w])"
    rf"|(?<![\w#@])(?:Lake|Mount|Mt\.?|Fort|Port|Cape|Gulf of|Bay of|Strait of|Isle of|Sea of"
    rf"|Ulitsa|ulitsa)\s[A-Z][\w'’-]+(?:\s[A-Z][\w'’-]+)?"
)
_ROAD = re.compile(r"(?<![\w#@])(?:Highway|Hwy\.?|Route|Interstate|SH|State Highway|US|I)[ -]?\d{1,3}\b")


def sites(text: str, words: frozenset[str]) -> Iterator[Spot]:
    """Yield sites and roads of a text with these words."""
    for pattern, telling in ((_SITE, _SITE_WORDS), (_ROAD, _ROAD_WORDS)):
        for found in () if words.isdisjoint(telling) else pattern.finditer(text):
            start = found.start()
            while (first := text[start : found.end()].split(" ", 1))[0].lower() in _NO_SITE_HEAD and len(first) == 2:
                start += len(first[0]) + 1
            pieces = text[start : found.end()].split()
            if len(pieces) < 2 or all(is_common(word.lower()) for word in pieces):
                continue
            yield from _named_sites(text, start, found.end())


_TWO = re.compile(r"(?P<a>.+?)(?:,? and | & )(?P<b>.+) (?P<what>[A-Z][a-z]+?)s")


def _named_sites(text: str, start: int, end: int) -> Iterator[Spot]:
    """Yield a site, or both of `Elm and Old Squares`, each with the word for it in its name."""
    two = _TWO.fullmatch(text, start, end)
    named = [(start, end, text[start:end])]
    if two and not any(is_common(two[part].lower()) and " " not in two[part] and part == "a" for part in "ab"):
        named = [(*two.span("a"), f"{two['a']} {two['what']}"), (two.start("b"), end, f"{two['b']} {two['what']}")]
    for first, last, name in named:
        place = Place(name, "site", None, None, None, None, 0)
        yield Spot(first, last, (place,), 0.7, "a name with a word for a site", "site")


#: One of these is in every site and every road that the patterns find.
_SITE_WORDS = frozenset(
    (
        "county co island islands river beach lake bay valley creek street st road rd avenue ave blvd  "
        "boulevard highway hwy drive lane bridge airport harbor harbour port province district region oblast  "
        "peninsula mountain mountains hills park square squares strait sea ocean falls springs township  "
        "parish prefecture governorate forest desert canal plaza stadium arena mount mt fort cape gulf isle  "
        "ulitsa"
    ).split()
)
_ROAD_WORDS = frozenset("highway hwy route interstate sh us i".split())
_NO_SITE_HEAD = frozenset("the in at on near of and from to a an this that for with by & over new".split()) - {"new"}
