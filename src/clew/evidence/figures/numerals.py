"""Where numbers stand in a text, so that patterns are tried there alone; and figures made of what they find."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from clew.evidence.finding import Found
from clew.evidence.numbers import DIGITS, RUSSIAN_WORDS, amount_of, scale_of
from clew.evidence.passages import Passage

__all__ = ["FREE", "NUMBER", "NUMBER_WORDS", "Numbered", "figure", "plain", "starts"]

_RANGE = rf"(?:(?P<to>\s?(?:-|–|—|to|и|до|至|到|～)\s?)(?P<most>{DIGITS}))?"
NUMBER = rf"(?P<number>{DIGITS}){_RANGE}"
#: A number does not begin within a word, a version, a time, a fraction or a name such as `GPT-4`.
FREE = r"(?<![A-Za-zÀ-ɏЀ-ӿ0-9#№@/:\\^_=+*])(?<!\d[.,])(?<![\w)],)(?<![A-Za-zА-Яа-я)][-–])(?<![-–]\d)"
#: A figure in words has one of these, or a word that ends in `fold`.
NUMBER_WORDS = frozenset(
    (
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen hundred thousand "
        "million billion trillion"
    ).split()
)
_LEADS = NUMBER_WORDS | {"a", "one", "half"}
_LATIN = re.compile(r"[A-Za-z]+")
_CYRILLIC = re.compile(r"[А-Яа-яё]+")
_DIGITS = re.compile(r"\d+")


class Numbered(NamedTuple):
    """A text in which figures are looked for."""

    text: str
    words: frozenset[str]
    """Its runs of letters, in small letters."""
    foreign: bool
    """Whether it has Cyrillic letters or Chinese characters."""
    starts: tuple[int, ...]
    """Where digits and numbers in words begin."""

    @classmethod
    def of(cls, passage: Passage) -> Numbered:
        """Return the prose of a passage with where its numbers stand."""
        foreign = passage.has_cyrillic or passage.has_han
        return cls(passage.prose, passage.words, foreign, starts(passage.prose, passage.words))

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Yield what a pattern that begins with a number finds, in the order of the text, not overlapping.

        A range does not fall: of `the first 10 - 1 sheet` the first number stands by itself.
        """
        at = 0
        for start in self.starts:
            found = pattern.match(self.text, start) if start >= at else None
            if found and _falls(found):
                found = pattern.match(self.text, start, found.end("number"))
            if found:
                at = found.end()
                yield found


def starts(text: str, words: frozenset[str]) -> tuple[int, ...]:
    """Return where numbers can begin in a text with these words: each run of digits, each number in words.

    >>> starts("In 2013 a dozen paid 3,100", frozenset(("in", "a", "dozen", "paid")))
    (3, 8, 10, 21, 23)
    """
    found = [each.start() for each in _DIGITS.finditer(text)]
    if not words.isdisjoint(NUMBER_WORDS):
        found += (each.start() for each in _LATIN.finditer(text) if each[0].lower() in _LEADS)
    if not words.isdisjoint(RUSSIAN_WORDS):
        found += (each.start() for each in _CYRILLIC.finditer(text) if each[0].lower() in RUSSIAN_WORDS)
    return tuple(sorted(found))


def _falls(found: re.Match[str]) -> bool:
    groups = found.groupdict()
    most, between = groups.get("most"), groups.get("to")
    return bool(most and between and between.strip() in "-–—" and between != between.strip()) and (
        amount_of(most or "") <= amount_of(found["number"])
    )


def figure(found: re.Match[str], unit: str, factor: float, why: str) -> Found:
    """Return a figure out of what a pattern found: its number, its upper end, its scale."""
    groups = found.groupdict()
    scale = scale_of(groups.get("scale") or "") * factor
    value: dict[str, Any] = {"amount": plain(amount_of(groups.get("words") or found["number"]) * scale), "unit": unit}
    if groups.get("most"):
        value["most"] = plain(amount_of(found["most"]) * scale)
    return Found("figure", found.start(), found.end(), value, 0.95, why)


def plain(amount: float) -> int | float:
    """Return an amount without the noise of binary fractions, whole where it is whole.

    >>> plain(3.1 * 1e9), plain(0.1 + 0.2)
    (3100000000, 0.3)
    """
    rounded = float(f"{amount:.12g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e18 else rounded
