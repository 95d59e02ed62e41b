"""Places in Cyrillic and in Chinese characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clew.evidence.gazetteer import Gazetteer, Place, stem
from clew.evidence.spots import Spot

__all__ = ["cyrillic", "han", "pairs"]

_CYRILLIC = re.compile(
    r"[А-ЯЁІЇЄ][а-яёіїєґ]{2,}(?:-[А-ЯЁа-яё][а-яё]+)*|\b(?:США|РФ|КНР|КНДР|ЕС|ЮАР|ФРГ|ОАЭ)\b"
    r"|\b[а-яё]{5,}(?:ск|цк)(?:ий|ая|ое|ие|ого|ой|ому|им|ом|их|ую|ими|ем)\b"
)
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")


def cyrillic(text: str, known: Gazetteer) -> Iterator[Spot]:
    """Yield places and their adjectives in Russian, whatever their case."""
    for found in _CYRILLIC.finditer(text):
        word = found[0]
        places = known.stems.get(word.lower() if word.isupper() else stem(word))
        if not places or (places[0].adjective is False and word[0].islower()):
            continue
        if places[0].adjective:
            yield Spot(found.start(), found.end(), places, 0.8, f"an adjective of {places[0].name}", "adjective")
        elif places[0].type != "city" or places[0].population > 150_000 or stem(word) == word.lower():
            yield Spot(found.start(), found.end(), places, 0.85, f"the Russian name of {places[0].name}", "name")


def han(text: str, known: Gazetteer) -> Iterator[Spot]:
    """Yield places in Chinese characters: at each of them the longest name that the gazetteer has."""
    for run in _HAN.finditer(text):
        at = run.start()
        while at < run.end() - 1:
            for length in range(min(known.longest_han, run.end() - at), 1, -1):
                places = known.han.get(text[at : at + length])
                if places and (length > 2 or places[0].population >= 1_000_000):
                    yield Spot(
                        at,
                        at + length,
                        places,
                        0.9 if places[0].type != "city" else 0.8,
                        f"the Chinese name of {places[0].name}",
                        "name",
                    )
                    at += length
                    break
            else:
                at += 1


#: Countries by one character, as Chinese headlines pair them: 中俄 is China and Russia.
_SIGNS = {
    "中": "CN",
    "俄": "RU",
    "美": "US",
    "英": "GB",
    "法": "FR",
    "德": "DE",
    "日": "JP",
    "韩": "KR",
    "朝": "KP",
    "印": "IN",
    "乌": "UA",
    "澳": "AU",
    "加": "CA",
    "巴": "PK",
    "伊": "IR",
    "以": "IL",
    "欧": "EU",
}
_PAIR = re.compile(
    rf"(?<![\u4e00-\u9fff])([{''.join(_SIGNS)}])([{''.join(_SIGNS)}])(?=两国|双方|关系|贸易|合作|会谈|边境|在|签|领导|元首|战争)"
)


def pairs(text: str, known: Gazetteer) -> Iterator[Spot]:
    """Yield countries that a headline names by one character each, in pairs."""
    for found in _PAIR.finditer(text):
        for group in (1, 2):
            code = _SIGNS[found[group]]
            place = Place(known.countries[code], "union" if code == "EU" else "country", code, None, None, None, 10**7)
            yield Spot(
                found.start(group),
                found.end(group),
                (place,),
                0.8,
                "a country by one character, paired with another",
                "name",
            )
