"""People and organisations in Cyrillic and Chinese: listed names in any case, surnames, `美国商务部`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from clew.evidence.finding import Found
from clew.evidence.gazetteer import stem, words_of

__all__ = ["chinese", "russian_organisations", "russian_people"]

_RUSSIAN_ORG = re.compile(
    r"\b(?P<name>МИД|ФСБ|МВД|ФСО|ЦБ|Минобороны|Минфин|Минэкономразвития|Госдума|Госдум|Кремль|Кремл|Совфед"
    r"|Роскомнадзор|Росатом|Ростех|Газпром|Роснефть|Роснефт|Сбербанк|Сбер|Яндекс|НАТО|ООН|ОБСЕ|ВОЗ|ВТО|ЦРУ"
    r"|ФБР|Пентагон|Белый дом|ФАС|Лукойл|Аэрофлот|РЖД|Рособоронэкспорт|Роскосмос)(?:а|у|ом|ем|е|ы|и|я|ю|ью|ём)?\b"
)
_WHOLE = {"Госдум": "Госдума", "Кремл": "Кремль", "Роснефт": "Роснефть"}


def russian_organisations(text: str) -> Iterator[Found]:
    """Yield Russian organisations of clew's list, in any case, by the name that they have without it."""
    for found in _RUSSIAN_ORG.finditer(text):
        name = _WHOLE.get(found["name"], found["name"])
        yield Found("organisation", *found.span(), {"name": name}, 0.9, "a Russian organisation of clew's list")


_RUSSIAN_PERSON = re.compile(
    r"(?<!\w)(?P<first>[А-ЯЁ][а-яё]+) (?:(?P<father>[А-ЯЁ][а-яё]+(?:вич|вна|вича|вны|вичу|вичем)) "
    r")?(?P<last>[А-ЯЁ][а-яё]+(?:ов|ев|ин|ын|ский|цкий|ова|ева|ина|ая|ко|ук|юк|дзе|ян|ой)(?:а|у|ым"
    r"|ом|е|ой|ого|ому|им)?)(?!\w)"
)
_SURNAME = re.compile(r"(?<![\w-])(?:(?P<first>[А-ЯЁ][а-яё]+) )?(?P<last>[А-ЯЁ][а-яё]{4,})(?![\w-])")
_TITLES = frozenset(
    (
        "президент премьер министр канцлер глава господин госпожа король король принц генерал адмирал сенатор депутат "
        "губернатор мэр посол директор основатель товарищ команда соратник адвокат лидер"
    ).split()
)


def russian_people(text: str, known: Mapping[str, tuple[str, str]]) -> Iterator[Found]:
    """Yield people of clew's list in any case, with a first name that is theirs; first names with Russian surnames."""
    surnames = _surnames(tuple(name for name, (kind, _) in known.items() if kind == "person" and name > "А"))
    for found in _SURNAME.finditer(text):
        own = surnames.get(stem(found["last"]))
        if own is not None:
            name = known[own][1]
            ours = found["first"] is not None and _is_first(found["first"], name)
            start = found.start("first") if ours else found.start("last")
            yield Found("person", start, found.end(), {"name": name}, 0.92, "a name of clew's list")
    for found in _RUSSIAN_PERSON.finditer(text):
        if found["first"].lower() not in _TITLES:
            yield Found("person", *found.span(), {"name": found[0]}, 0.8, "a first name and a Russian surname")


@cache
def _surnames(names: tuple[str, ...]) -> dict[str, str]:
    """Return the listed names of one word in Cyrillic by their stems."""
    return {stem(name): name for name in names if " " not in name and re.fullmatch(r"[А-ЯЁ][а-яё]+", name)}


_LATIN = dict(zip("бвгджзйклмнпрстфхц", "bvgdjziklmnprstfhc", strict=True))


def _is_first(word: str, name: str) -> bool:
    """Say whether a first name in Cyrillic has the consonants of that of a person known in Latin letters."""
    if word.lower() in _TITLES:
        return False
    own = "".join(_LATIN[letter] for letter in word.lower() if letter in _LATIN)
    first = "".join(letter for letter in name.split()[0].lower() if letter in _LATIN.values())
    return first[:3] == own[:3]


@cache
def _countries() -> str:
    """Return a pattern of the Chinese names of countries."""
    called = (line.partition("\t")[2].partition("~")[0].split("|") for line in words_of("countries.txt"))
    names = {name.strip() for each in called for name in each if re.fullmatch(r"[\u4e00-\u9fff]{2,}", name.strip())}
    return "|".join(sorted(names, key=len, reverse=True))


@cache
def _bodies() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{_countries()})[\u4e00-\u9fff]{{0,8}}?(?:公司|集团|银行|大学|科学院|研究院|委员会|交易所|部|央行|国会|议会|最高法院|海军|空军)"
        r"(?![门分长落队])"
    )


def chinese(text: str) -> Iterator[Found]:
    """Yield organisations that begin with the name of their country: `美国商务部`."""
    for found in _bodies().finditer(text):
        yield Found(
            "organisation", *found.span(), {"name": found[0]}, 0.75, "the name of a country and a word of organisations"
        )
