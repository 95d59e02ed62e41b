"""Percentages, sums of money, and measures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clew.evidence.figures.numerals import FREE, NUMBER, NUMBER_WORDS, Numbered, figure, plain
from clew.evidence.finding import Found
from clew.evidence.measures import CURRENCY_AFTER, CURRENCY_BEFORE, MEASURE, PERCENT, currency, measure
from clew.evidence.numbers import DIGITS, SCALE, WORDS, chinese

__all__ = ["measured", "money", "percentages"]

_PERCENT = re.compile(
    rf"(?:(?<![\w#@/:])|(?<=[\u4e00-\u9fff]))(?<!\d[.,])(?P<sign>(?<![%％])[-−+](?=\d))?(?P<number>{DIGITS})"
    rf"(?:\s?[%％]?(?P<to>\s?(?:-|–|—|to|и|до|至|到|～)\s?)(?P<most>{DIGITS}))?{PERCENT}(?!\d)",
    re.IGNORECASE,
)
_PERCENT_WORDS = re.compile(rf"\b(?P<number>{WORDS}){PERCENT}", re.IGNORECASE)
_PERCENT_HAN = re.compile(r"百分之(?P<number>[〇零一二两三四五六七八九十百]+|\d+(?:\.\d+)?)")
_MONEY_BEFORE = re.compile(
    rf"(?P<unit>{CURRENCY_BEFORE}){NUMBER}(?P<scale>{SCALE})?(?:\s?(?P<again>(?:US )?dollars|USD|долл\w*|美元)\b)?",
    re.IGNORECASE,
)
_MONEY_AFTER = re.compile(
    rf"{FREE}(?:{NUMBER}(?P<scale>{SCALE})?|(?P<words>\b{WORDS}))[\s\u00a0-]?(?P<unit>{CURRENCY_AFTER})",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    rf"{FREE}(?:{NUMBER}(?P<scale>{SCALE})?\+?|(?P<words>\b{WORDS}))(?P<gap>[\s\u00a0-]?)(?P<unit>{MEASURE})",
    re.IGNORECASE,
)
_AGED = re.compile(r"\b(?:age[ds]?|aged|возрасте)\s+(?P<number>\d{1,3})(?![\w.,]*\d)", re.IGNORECASE)


def percentages(numbered: Numbered) -> Iterator[Found]:
    """Yield percentages: `5%`, `10 to 20 percent`, `百分之五`."""
    text = numbered.text
    if not _PERCENT_SIGN.search(text) and numbered.words.isdisjoint(_PERCENT_WORDS_OF) and not numbered.foreign:
        return
    for found in _PERCENT.finditer(text):
        sign = -1.0 if found["sign"] in ("-", "−") else 1.0
        yield figure(found, "percent", sign, "a number and a percent sign")
    if not numbered.words.isdisjoint(NUMBER_WORDS):
        for found in numbered.matches(_PERCENT_WORDS):
            yield figure(found, "percent", 1.0, "a number in words and `percent`")
    for found in _PERCENT_HAN.finditer(text) if "百分之" in text else ():
        number = found["number"]
        amount = float(number) if number[0].isdecimal() else float(chinese(number))
        value = {"amount": plain(amount), "unit": "percent"}
        yield Found("figure", found.start(), found.end(), value, 0.95, "a percentage")


_PERCENT_SIGN = re.compile("[%％‰]")
_PERCENT_WORDS_OF = frozenset("cent percent pct percentage pp".split())
_MONEY_SIGN = re.compile("[$€£¥￥₽₹₩₴₺₦₱₿]")
_MONEY_WORDS = frozenset(
    (
        "us usd cad aud nzd hkd sgd eur gbp rmb cny cn jpy rub inr rs krw uah try ngn php chf btc eth "
        "dollar dollars bucks euro euros pounds sterling quid rouble roubles ruble rubles yuan renminbi yen "
        "rupee rupees hryvnia hryvnias won franc francs peso pesos bitcoin bitcoins ether cent cents"
    ).split()
)


def money(numbered: Numbered) -> Iterator[Found]:
    """Yield sums of money: `$3.1b`, `20 million euros`, `5 млрд руб.`, `100亿元`."""
    text = numbered.text
    if not _MONEY_SIGN.search(text) and numbered.words.isdisjoint(_MONEY_WORDS) and not numbered.foreign:
        return
    for found in (*_MONEY_BEFORE.finditer(text), *numbered.matches(_MONEY_AFTER)):
        unit = currency(found["unit"])
        if unit is None or (unit == "US cent" and found["unit"].lower() == "cent"):
            continue
        if found["unit"].strip().isalpha() and (found["number"] or "").endswith(".0"):
            continue
        scaled = found.groupdict().get("scale") or ""
        yield figure(found, unit, 1.0, "a currency sign, a number and a scale" if scaled else "a currency and a number")


def measured(numbered: Numbered) -> Iterator[Found]:
    """Yield measures: lengths, weights, areas, energy, data, times and ages."""
    text = numbered.text
    for found in numbered.matches(_MEASURED):
        unit = measure(found["unit"])
        if unit is None or (found["unit"] in _TOUCHING and found["gap"].isspace()):
            continue
        if unit == "second" and not found["gap"] and (found["number"] or "").isdigit() and len(found["number"]) > 2:
            continue
        if unit == "foot" and found["unit"].lower() == "foot" and not found["gap"]:
            continue
        if found["unit"] in ("G", "D") or (found["unit"] == "d" and found["number"] in "1234"):
            continue
        if found["unit"] == "s" and not _lasts(text, found):
            continue
        factor = _PREFIX.get(found["unit"][:1], 1.0) if unit in ("watt", "watt-hour", "byte") else 1.0
        yield figure(found, unit, factor, "a number and a measure")
    if numbered.words.isdisjoint(_AGES) and not numbered.foreign:
        return
    for found in _AGED.finditer(text):
        yield Found(
            "figure",
            found.start("number"),
            found.end("number"),
            {"amount": int(found["number"]), "unit": "year", "of": "age"},
            0.85,
            "an age",
        )


_TOUCHING = frozenset(("y", "h", "mb", "ms", "bit", "°", "yo", "s", "d"))
"""Units that are none unless they touch the number."""
_AGES = frozenset(("age", "aged", "ages"))
_TOOK = re.compile(r"(?:\b(?:than|within|under|about|around|after|takes?|took|every|~)\s?|[~<>≈])$", re.IGNORECASE)


def _lasts(text: str, found: re.Match[str]) -> bool:
    """Say whether a bare `s` stands for seconds: `less than 20s`, not `in her 20s`."""
    return (
        not found["number"].endswith("0") or _TOOK.search(text[max(0, found.start() - 8) : found.start()]) is not None
    )


_PREFIX = {
    "k": 1e3,
    "K": 1e3,
    "m": 1e6,
    "M": 1e6,
    "g": 1e9,
    "G": 1e9,
    "t": 1e12,
    "T": 1e12,
    "P": 1e15,
    "М": 1e6,
    "Г": 1e9,
}
