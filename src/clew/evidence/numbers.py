"""Numbers as people write them, in digits and in words, in English, Russian and Chinese; and their scales."""

from __future__ import annotations

import re

__all__ = ["DIGITS", "RUSSIAN_WORDS", "SCALE", "WORDS", "amount_of", "chinese", "scale_of"]

#: Digits with their separators: `1,500`, `1 500`, `3.1`, `1,5`.
DIGITS = r"\d{1,3}(?:[,’'\u00a0\u202f\u2009 ]\d{3})+(?![\d])(?:\.\d+)?|\d+(?:[.,]\d+)?"

_SCALES: tuple[tuple[str, float], ...] = (
    (r"k|K|thousand|тыс\.?|тысяч[аи]?|千", 1e3),
    (r"万|萬", 1e4),
    (r"lakhs?", 1e5),
    (r"m|M|mn|mln|mil|MM|million|миллион(?:а|ов)?|млн|百万", 1e6),
    (r"千万", 1e7),
    (r"crores?", 1e7),
    (r"亿|億", 1e8),
    (r"b|B|bn|bln|bil|billion|миллиард(?:а|ов)?|млрд|十亿", 1e9),
    (r"百亿", 1e10),
    (r"千亿", 1e11),
    (r"t|T|tn|trn|trillion|триллион(?:а|ов)?|трлн|万亿|兆", 1e12),
)
_SCALE_OF = [(re.compile(pattern), factor) for pattern, factor in _SCALES]
#: A scale behind digits; single letters only where they touch them.
SCALE = (
    r"(?:(?:k|K|m|M|mn|mln|mil|MM|b|B|bn|bln|bil|t|T|tn|trn)(?![\w])"
    r"|[ \u00a0-]?(?:mn|mln|bn|bln|tn|trn|thousand|million|billion|trillion|lakhs?|crores?)\b"
    r"|[ \u00a0]?(?:тыс\.?|тысяч[аи]?|миллион(?:а|ов)?|миллиард(?:а|ов)?|триллион(?:а|ов)?|млн|млрд|трлн)(?!\w)"
    r"|[ ]?(?:万亿|千亿|百亿|十亿|千万|百万|[万萬亿億兆千]))"
)

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ENGLISH: dict[str, float] = {word: number for number, word in enumerate(_ONES)}
_ENGLISH |= {word: 20 + 10 * at for at, word in enumerate(_TENS)}
_BIG = {"dozen": 12.0, "hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_RUSSIAN: dict[str, float] = {
    **dict.fromkeys(("два", "две", "двух", "двое", "двумя", "двум"), 2.0),
    **dict.fromkeys(("три", "трёх", "трех", "трое", "тремя", "трем"), 3.0),
    **dict.fromkeys(("четыре", "четырёх", "четырех", "четверо"), 4.0),
    **dict.fromkeys(("пять", "пяти", "пятеро"), 5.0),
    **dict.fromkeys(("шесть", "шести"), 6.0),
    **dict.fromkeys(("семь", "семи"), 7.0),
    **dict.fromkeys(("восемь", "восьми"), 8.0),
    **dict.fromkeys(("девять", "девяти"), 9.0),
    **dict.fromkeys(("десять", "десяти"), 10.0),
    **dict.fromkeys(("двадцать", "двадцати"), 20.0),
    **dict.fromkeys(("тридцать", "тридцати"), 30.0),
    **dict.fromkeys(("сорок", "сорока"), 40.0),
    **dict.fromkeys(("пятьдесят", "пятидесяти"), 50.0),
    **dict.fromkeys(("сто", "ста"), 100.0),
    **dict.fromkeys(("двести", "двухсот"), 200.0),
    **dict.fromkeys(("триста", "трехсот", "трёхсот"), 300.0),
    **dict.fromkeys(("пятьсот", "пятисот"), 500.0),
    **dict.fromkeys(("полтора", "полторы", "полутора"), 1.5),
}
RUSSIAN_WORDS = frozenset(_RUSSIAN)
_UNITS = "|".join(word for word in _ONES if word not in ("zero", "one"))
_TEN = "|".join(_TENS)
_BIGS = "|".join(_BIG)
#: A number in words, from two on; `one` is mostly no count.
WORDS = (
    rf"(?:half[ -]a[ -](?:dozen|million|billion|trillion)"
    rf"|(?:a|one)[ ](?:dozen|hundred|thousand|million|billion|trillion)(?:[ ](?:{_BIGS}))?"
    rf"|(?:(?:{_TEN})(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|{_UNITS})(?:[ ](?:{_BIGS}))*"
    rf"|{'|'.join(_RUSSIAN)})"
)

_SPACES = re.compile(r"[,’'\u00a0\u202f\u2009 ](?=\d{3}(?!\d))")
_HAN = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "兩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_HAN_TENS = {"十": 10, "百": 100, "千": 1000}
_HAN_BIG = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}


def amount_of(text: str) -> float:
    """Return the number that digits or words say, without a scale behind digits.

    >>> amount_of("1,500"), amount_of("3.1"), amount_of("1,5"), amount_of("twenty-five thousand"), amount_of("полтора")
    (1500.0, 3.1, 1.5, 25000.0, 1.5)

    Raises:
        ValueError: They say none.
    """
    plain = _SPACES.sub("", text)
    if plain[:1].isdigit():
        return float(plain.replace(",", "."))
    words = text.lower().replace("-", " ").split()
    if words[0] in _RUSSIAN:
        return _RUSSIAN[words[0]]
    total = 0.0
    for word in words:
        if word == "half":
            total = 0.5
        elif word in _BIG:
            total = (total or 1.0) * _BIG[word]
        elif word in _ENGLISH:
            total += _ENGLISH[word]
        elif word != "a":
            raise ValueError(f"{text!r} is no number")
    return total


def scale_of(text: str) -> float:
    """Return what a scale behind digits multiplies by; 1 for none.

    >>> scale_of("b"), scale_of(" млн"), scale_of("亿"), scale_of("")
    (1000000000.0, 1000000.0, 100000000.0, 1.0)
    """
    word = text.strip(" \u00a0-")
    return next((factor for pattern, factor in _SCALE_OF if word and pattern.fullmatch(word)), 1.0)


def chinese(text: str) -> int:
    """Return what a number in Chinese characters says.

    >>> chinese("二十五"), chinese("一百零三"), chinese("两千万"), chinese("二〇二一")
    (25, 103, 20000000, 2021)

    Raises:
        ValueError: It holds another character.
    """
    if len(text) > 1 and all(letter in _HAN for letter in text):
        return int("".join(str(_HAN[letter]) for letter in text))
    total = part = digit = 0
    for letter in text:
        if letter in _HAN:
            digit = _HAN[letter]
        elif letter in _HAN_TENS:
            part += (digit or 1) * _HAN_TENS[letter]
            digit = 0
        elif letter in _HAN_BIG:
            total = (total + part + digit) * _HAN_BIG[letter]
            part = digit = 0
        else:
            raise ValueError(f"{text!r} is no number")
    return total + part + digit
