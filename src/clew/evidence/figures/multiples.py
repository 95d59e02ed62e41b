"""Multiples: `5x`, `three times as much`, `tripled`, `cut in half`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clew.evidence.figures.numerals import Numbered, plain
from clew.evidence.finding import Found
from clew.evidence.numbers import DIGITS, WORDS, amount_of, chinese

__all__ = ["MULTIPLES", "multiples"]

#: `duplicó`, `triplicaba`, `quintuplicará`: stem and ending of the verbs that Spanish has for it.
_SPANISH = r"lic(?:a|an|ó|aba|aban|aron|ado|ada|aría|ará|arán|ando)\b"
_SPANISH_WORD = re.compile(rf"\b(?:dup|trip|cuadrup|quintup){_SPANISH}", re.IGNORECASE)
MULTIPLES = frozenset(
    (
        "half halve halved halves halving twice thrice double doubled doubles doubling triple tripled triples tripling "
        "quadruple quadrupled quadruples quadrupling quintuple quintupled fold twofold threefold fourfold fivefold "
        "tenfold"
    ).split()
)

_TIMES = re.compile(
    rf"(?<![\w#@/:.,$])(?P<number>{DIGITS})\s?(?:[xX×](?![\w-])|[xX](?=-)|-?fold\b|[ "
    rf"-]times\b(?!\s+(?:square|union|colonist|at\b|in\b|since|when|a\b|per|we|i|you|he|they|this"
    rf"|the)\b)|раза?\b(?!\s+в\b)|倍)"
    rf"|\b(?P<words>{WORDS})(?:[ -]times\b(?=\s+(?:as|more|less|big|larg|high|fast|the|great|small"
    rf"|better|that|bigger|longer|what|of|over|its|their|faster))|-?fold\b|\s+раза?\b)|(?P<han>[两兩三四五六七八九十百]+)倍",
    re.IGNORECASE,
)
_VERBS: tuple[tuple[str, float], ...] = (
    (
        (
            r"doubl(?:ed|es|ing)\b|doubled?(?=\s+(?:the|its|their|his|our|in|to|since|that|what|as|your"
            r"|by))|twice|twofold|two-fold|удво\w+|вдвое|翻番|翻一番|翻了一番"
            rf"|dup{_SPANISH}"
        ),
        2.0,
    ),
    (
        (
            r"tripl(?:ed|es|ing)\b|triple(?=\s+(?:the|its|their|our|in|to|since|that|what|your|by))|thrice"
            r"|threefold|three-fold|утро(?:ил|ен)\w*|втрое"
            rf"|trip{_SPANISH}"
        ),
        3.0,
    ),
    (r"quadrupl(?:ed?|es|ing)\b|fourfold|four-fold|вчетверо|cuadrup" + _SPANISH, 4.0),
    (r"quintupl(?:ed?|es|ing)\b|fivefold|quintup" + _SPANISH, 5.0),
    (r"tenfold|ten-fold|вдесятеро", 10.0),
    (
        (
            r"halv(?:ed|es|ing)\b|(?:cut|fell|drop(?:ped)?|reduced?|slashed|down)\s+(?:\S+\s+){0,4}?(?:in"
            r"|by)\s+half|half\s+(?:as|the\s+(?:size|price|number|cost|time|amount))\b"
        ),
        0.5,
    ),
)
_MULTIPLIED = re.compile(
    "|".join(rf"(?P<v{at}>\b(?:{pattern}))" for at, (pattern, _) in enumerate(_VERBS)), re.IGNORECASE
)
_NO_MULTIPLE = re.compile(r"\s*(?:down|check|edged|standard|click|tap|bond|agent|dip|bed|room|-)", re.IGNORECASE)


def _may_multiply(numbered: Numbered) -> bool:
    return numbered.foreign or "×" in numbered.text or not numbered.words.isdisjoint(_TIMES_WORDS)


_TIMES_WORDS = frozenset(("x", "times", "fold"))


def _may_grow(numbered: Numbered) -> bool:
    if numbered.foreign or not numbered.words.isdisjoint(MULTIPLES):
        return True
    return "lic" in numbered.text and _SPANISH_WORD.search(numbered.text) is not None


def multiples(numbered: Numbered) -> Iterator[Found]:
    """Yield multiples, each with its `ratio`."""
    text = numbered.text
    for found in _TIMES.finditer(text) if _may_multiply(numbered) else ():
        number = float(chinese(found["han"])) if found["han"] else amount_of(found["words"] or found["number"])
        if text[found.end() :].lstrip().lower().startswith(("speed", "a day", "a week", "a month", "a year", "per ")):
            continue
        yield Found(
            "figure",
            found.start(),
            found.end(),
            {"amount": plain(number), "unit": "times", "ratio": plain(number)},
            0.9,
            "so many times",
        )
    for found in _MULTIPLIED.finditer(text) if _may_grow(numbered) else ():
        if _NO_MULTIPLE.match(text, found.end()):
            continue
        number = _VERBS[int((found.lastgroup or "v0")[1:])][1]
        start = (
            found.start()
            if number != 0.5 or found[0].lower().startswith("hal")
            else found.start()
            + found[0].lower().rindex("half")
            - len(found[0][: found[0].lower().rindex("half")].rsplit(None, 1)[-1])
            - 1
        )
        yield Found(
            "figure",
            start,
            found.end(),
            {"amount": plain(number), "unit": "times", "ratio": plain(number)},
            0.85,
            "a word that says how many times",
        )
