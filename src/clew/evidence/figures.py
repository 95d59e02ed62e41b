"""Figures: money, counts, multiples, percentages, measures; what they measure; and comparisons of two of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from clew.evidence import when
from clew.evidence.finding import Finding, Found
from clew.evidence.measures import CURRENCY_AFTER, CURRENCY_BEFORE, MEASURE, PERCENT, currency, measure
from clew.evidence.numbers import DIGITS, SCALE, WORDS, amount_of, chinese, scale_of
from clew.evidence.passages import Passage
from clew.evidence.study import Study
from clew.texts import Span

__all__ = ["METHOD", "NAME", "extract", "figures"]

NAME = "figures"
METHOD = "figures 1"


def extract(study: Study) -> Iterator[Finding]:
    """Yield the figures of a thread; numbers that are part of a date, a name or the author's numbering are none."""
    dates: dict[str, list[Span]] = {}
    for finding in study.once(when.NAME, when.extract):
        dates.setdefault(finding.post, []).append((finding.start, finding.end))
    for passage in study.passages:
        if _may_count(passage):
            yield from study.placed(passage, figures(passage, dates.get(passage.post.id, [])), METHOD)


_DIGIT = re.compile(r"\d")
_HAN = re.compile(r"[两兩三四五六七八九十百千万亿倍]")
#: A figure in words has one of these, or a word that ends in `fold`.
_NUMBER_WORDS = frozenset(
    (
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen hundred thousand "
        "million billion trillion"
    ).split()
)
_MULTIPLES = frozenset(
    (
        "half halve halved halves halving twice thrice double doubled doubles doubling triple tripled triples tripling "
        "quadruple quadrupled quadruples quadrupling quintuple quintupled fold twofold threefold fourfold fivefold "
        "tenfold"
    ).split()
)
_RUSSIAN = re.compile(
    r"\b(?:дв[аеуо]|вдв|втр|тр[иеё]|четыр|вчетвер|пят|шест|сем|восем|девят|десят|вдесят|сорок|сто\b|удво|утро"
    r"|полтор)",
    re.IGNORECASE,
)


def _may_count(passage: Passage) -> bool:
    """Say whether a text can hold a figure at all."""
    if _DIGIT.search(passage.prose) or not passage.words.isdisjoint(_NUMBER_WORDS | _MULTIPLES):
        return True
    return not passage.prose.isascii() and bool(_HAN.search(passage.prose) or _RUSSIAN.search(passage.prose))


def figures(passage: Passage, dates: list[Span]) -> list[Found]:
    """Return the figures of a passage in the order of the text, none of them within a date."""
    text = passage.prose
    taken = sorted(dates)
    found: list[Found] = []
    for build in (_percentages, _money, _multiples, _measured, _counted):
        for item in build(text, passage.words):
            if all(item.end <= start or item.start >= end for start, end in taken):
                taken.append((item.start, item.end))
                found.append(item)
    return [_whole(passage, item) for item in sorted(found)]


# --- what a number is behind, before and between ----------------------------------------------------------------------

_RANGE = rf"(?:\s?(?:-|–|—|to|и|до|至|到|～)\s?(?P<most>{DIGITS}))?"
_NUMBER = rf"(?P<number>{DIGITS}){_RANGE}"
#: A number does not begin within a word, a version, a time, a fraction or a name such as `GPT-4`.
_FREE = r"(?<![A-Za-zÀ-ɏЀ-ӿ0-9#№@/:\\^_=+*])(?<!\d[.,])(?<![A-Za-zА-Яа-я)][-–])(?<![-–]\d)"
_PERCENT = re.compile(rf"(?<![\w#@/:])(?<!\d[.,])(?P<sign>[-−+](?=\d))?{_NUMBER}{PERCENT}", re.IGNORECASE)
_PERCENT_WORDS = re.compile(rf"\b(?P<number>{WORDS}){PERCENT}", re.IGNORECASE)
_PERCENT_HAN = re.compile(r"百分之(?P<number>[〇零一二两三四五六七八九十百]+|\d+(?:\.\d+)?)")
_MONEY_BEFORE = re.compile(
    rf"(?P<unit>{CURRENCY_BEFORE}){_NUMBER}(?P<scale>{SCALE})?(?:\s?(?P<again>(?:US )?dollars|USD|долл\w*|美元)\b)?",
    re.IGNORECASE,
)
_MONEY_AFTER = re.compile(
    rf"{_FREE}(?:{_NUMBER}(?P<scale>{SCALE})?|(?P<words>\b{WORDS}))[\s\u00a0-]?(?P<unit>{CURRENCY_AFTER})",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    rf"{_FREE}(?:{_NUMBER}(?P<scale>{SCALE})?\+?|(?P<words>\b{WORDS}))(?P<gap>[\s\u00a0-]?)(?P<unit>{MEASURE})",
    re.IGNORECASE,
)
_AGED = re.compile(r"\b(?:age[ds]?|aged|возрасте)\s+(?P<number>\d{1,3})(?![\w.,]*\d)", re.IGNORECASE)
_COUNTED = re.compile(
    rf"{_FREE}(?:{_NUMBER}(?P<scale>{SCALE})?|(?P<words>\b{WORDS})\b)(?![\w/:%°\\])(?![.,]\d)(?!-\d)", re.IGNORECASE
)
_COUNTED_HAN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)?(?P<scale>[万亿千百]{1,2})?(?:多|余|餘)?(?P<measure>[个個名人家座台架辆艘次项項所条條位只隻种種份起])"
    r"|(?P<han>[两三四五六七八九十百千万亿][一二两三四五六七八九十百千万亿]*)(?:多|余|餘)?(?P<measure2>[个個名人家座台架辆艘次项項所条條位只隻种種份起])"
)


def _percentages(text: str, words: frozenset[str]) -> Iterator[Found]:
    if (
        "%" in text
        or "％" in text
        or "‰" in text
        or "cent" in text
        or "pct" in text.lower()
        or "pp" in text
        or "роцент" in text
        or "п.п" in text
        or "个百" in text
    ):
        for found in _PERCENT.finditer(text):
            sign = -1.0 if found["sign"] in ("-", "−") else 1.0
            yield _figure(found, "percent", sign, "a number and a percent sign")
        for found in () if words.isdisjoint(_NUMBER_WORDS) else _PERCENT_WORDS.finditer(text):
            yield _figure(found, "percent", 1.0, "a number in words and `percent`")
    if "百分之" in text:
        for found in _PERCENT_HAN.finditer(text):
            number = found["number"]
            amount = float(number) if number[0].isdecimal() else float(chinese(number))
            yield Found(
                "figure",
                found.start(),
                found.end(),
                {"amount": _plain(amount), "unit": "percent"},
                0.95,
                "a percentage",
            )


def _money(text: str, words: frozenset[str]) -> Iterator[Found]:
    for pattern in (_MONEY_BEFORE, _MONEY_AFTER):
        for found in pattern.finditer(text):
            unit = currency(found["unit"])
            if unit is None or (unit == "US cent" and found["unit"].lower() == "cent"):
                continue
            scaled = found.groupdict().get("scale") or ""
            why = "a currency sign, a number and a scale" if scaled else "a currency and a number"
            yield _figure(found, unit, 1.0, why)


def _measured(text: str, words: frozenset[str]) -> Iterator[Found]:
    for found in _MEASURED.finditer(text):
        unit = measure(found["unit"])
        if unit is None or (found["unit"] in ("y", "h", "mb", "ms", "bit", "°", "yo") and found["gap"].isspace()):
            continue
        word = found["unit"].lower()
        if unit in ("foot", "pound") and word in ("foot",) and not found["gap"]:
            continue
        yield _figure(
            found,
            unit,
            _PREFIX.get(found["unit"][:1], 1.0) if unit in ("watt", "watt-hour", "byte") else 1.0,
            "a number and a measure",
        )
    for found in _AGED.finditer(text):
        yield Found(
            "figure",
            found.start("number"),
            found.end("number"),
            {"amount": int(found["number"]), "unit": "year", "of": "age"},
            0.85,
            "an age",
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


def _figure(found: re.Match[str], unit: str, factor: float, why: str) -> Found:
    """Return a figure out of what a pattern found: its number, its upper end, its scale."""
    groups = found.groupdict()
    scale = scale_of(groups.get("scale") or "") * factor
    value: dict[str, Any] = {"amount": _plain(amount_of(groups.get("words") or found["number"]) * scale), "unit": unit}
    if groups.get("most"):
        value["most"] = _plain(amount_of(found["most"]) * scale)
    return Found("figure", found.start(), found.end(), value, 0.95, why)


def _plain(amount: float) -> int | float:
    """Return an amount without the noise of binary fractions, whole where it is whole.

    >>> _plain(3.1 * 1e9), _plain(0.1 + 0.2)
    (3100000000, 0.3)
    """
    rounded = float(f"{amount:.12g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e18 else rounded


# --- multiples --------------------------------------------------------------------------------------------------------

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
        ),
        2.0,
    ),
    (
        (
            r"tripl(?:ed|es|ing)\b|triple(?=\s+(?:the|its|their|our|in|to|since|that|what|your|by))|thrice"
            r"|threefold|three-fold|утро(?:ил|ен)\w*|втрое"
        ),
        3.0,
    ),
    (r"quadrupl(?:ed?|es|ing)\b|fourfold|four-fold|вчетверо", 4.0),
    (r"quintupl(?:ed?|es|ing)\b|fivefold", 5.0),
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


def _may_multiply(text: str, words: frozenset[str]) -> bool:
    return not text.isascii() or not words.isdisjoint(_TIMES_WORDS)


_TIMES_WORDS = frozenset(("x", "times", "fold"))


def _multiples(text: str, words: frozenset[str]) -> Iterator[Found]:
    for found in _TIMES.finditer(text) if _may_multiply(text, words) else ():
        number = float(chinese(found["han"])) if found["han"] else amount_of(found["words"] or found["number"])
        if text[found.end() :].lstrip().lower().startswith("speed"):
            continue
        yield Found(
            "figure",
            found.start(),
            found.end(),
            {"amount": _plain(number), "unit": "times", "ratio": _plain(number)},
            0.9,
            "so many times",
        )
    for found in () if text.isascii() and words.isdisjoint(_MULTIPLES) else _MULTIPLIED.finditer(text):
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
            {"amount": _plain(number), "unit": "times", "ratio": _plain(number)},
            0.85,
            "a word that says how many times",
        )


# --- counts -----------------------------------------------------------------------------------------------------------

_NAMED_BEFORE = re.compile(
    r"(?:\b(?:step|part|day|week|chapter|section|page|pages|rule|lesson|tip|no|nr|number|numbers"
    r"|principle|season|episode|ep|vol|volume|version|v"
    r"|article|level|lvl|round|phase|stage|item|point|question|insight|figure|fig|table|group"
    r"|grade|class|type|highway|hwy|route|flight|room|gate|channel"
    r"|line|mark|unit|act|layer|wave|formula|windows|ios|android|iphone|model|tier|area|zone"
    r"|category|cat|block|step|thread|post|tweet|idea|phenomenon|trend|mistake|example|key|exhibit"
    r"|appendix|covid|boeing|apollo|web|ps|mig|su|il"
    r"|шаг|часть|глава|день|номер|пункт|статья|第)\.?\s?[#№]?|(?-i:[A-ZА-Я]{1,6}[ -]|[A-Z][a-z]+[ -]))$",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"(?:^|[\s(\"“])([A-Z][A-Za-z]+)[ -]$")
_LISTED = re.compile(r"(?:^|\n)\s*$")
_LIST_SIGN = re.compile(r"\s*[.)\]:/-]|\ufe0f?\u20e3")
#: Nouns that follow a count: one to four words up to what ends a noun phrase.
_NOUNS = re.compile(
    (
        r"[\s\u00a0+]+(?:of\s+(?:the|my|our|their|its|his|her|these|those)\s+)?(?P<nouns>(?:(?!(?:in"
        r"|on|at|of|to|for|from|by|with|and|or|but|is|are|was|were|be|been|has|have|had|that|which|who"
        r"|when|as|than|will|would|can|could|may|the|a|an|if|so|because|while|after|before|since|until"
        r"|per|into|over|under|it|they|we|you|i|this|these)\b)[^\W\d_][\w'’-]*(?:[ ]|(?=[^\w\s])|$"
        r"|(?=\n))){1,4})"
    ),
    re.IGNORECASE,
)
_BEFORE_NOUNS = re.compile(
    (
        r"(?P<nouns>(?:[^\W\d_][\w'’-]*\s+){1,3})(?:is|are|was|were|reached|reaches|hits?|rises?|rose"
        r"|fell|grew|stands? at|stood at|tops?|has (?:now )?(?:reached|risen|grown|hit))(?:\s+(?:to|at"
        r"|by|above|over|now|nearly|about|around|just|only|more than|at least|up to|below|under))*\s*$"
    ),
    re.IGNORECASE,
)


def _counted(text: str, words: frozenset[str]) -> Iterator[Found]:
    for found in _COUNTED.finditer(text):
        item = _count(text, found)
        if item:
            yield item
    if not text.isascii():
        for found in _COUNTED_HAN.finditer(text):
            if not found["han"] and not found["number"]:
                continue
            amount = float(chinese(found["han"])) if found["han"] else float(found["number"])
            scale = 1.0
            for sign in found["scale"] or "":
                scale *= scale_of(sign) if sign != "百" else 100.0
            end = found.start("measure2") if found["han"] else found.start("measure")
            yield Found(
                "figure",
                found.start(),
                end,
                {"amount": _plain(amount * scale), "unit": "count", "of": found["measure"] or found["measure2"]},
                0.75,
                "a number and a word for counting",
            )


def _count(text: str, found: re.Match[str]) -> Found | None:
    """Return a count; None where the number is a name, an item of a list, or counts nothing that is said."""
    start, digits = found.start(), found["number"]
    before = text[max(0, start - 24) : start]
    if _is_name(before, digits) or _is_item(text, found):
        return None
    nouns = _NOUNS.match(text, found.end())
    led = _BEFORE_NOUNS.search(text[max(0, start - 60) : start])
    what = nouns["nouns"].strip() if nouns else led["nouns"].strip() if led else None
    if what is None and not _stands_alone(before, found):
        return None
    figure = _figure(found, "count", 1.0, "a number and what it counts" if what else "a number that says how many")
    if what:
        figure.value["of"] = what
    return figure._replace(certainty=0.85 if nouns and digits else 0.75 if what else 0.6)


def _is_name(before: str, digits: str | None) -> bool:
    """Say whether a number belongs to a name: `Step 6`, `GPT-4`, `Windows 10`, `Highway 17`."""
    if not before or before[-1] not in " -#":
        return False
    if _NAMED_BEFORE.search(before) and not _SENTENCE_START.search(before):
        low = before.rstrip(" #").rsplit(None, 1)[-1].lower() if before.strip() else ""
        return digits is not None and low not in _VERB_LIKE
    return False


_VERB_LIKE = frozenset(
    (
        "at least over about around nearly almost only just than to of least most some the these "
        "those our my his her their your its last next past first top all another with in for by and "
        "or killed up has have had is are was were get got find found"
    ).split()
)
_SENTENCE_START = re.compile(
    (
        r"(?:^|[.!?:;\n\"“]\s*)(?:the|at|in|over|about|only|just|nearly|almost|some|these|all|around"
        r"|after|for|with|my|our|here are|there are|least|most)\s$"
    ),
    re.IGNORECASE,
)


def _is_item(text: str, found: re.Match[str]) -> bool:
    """Say whether a number numbers an item of a list: it begins a line and a sign follows."""
    return (
        _LISTED.search(text[max(0, found.start() - 8) : found.start()]) is not None
        and _LIST_SIGN.match(text, found.end()) is not None
    )


def _stands_alone(before: str, found: re.Match[str]) -> bool:
    """Say whether a number without a noun still says how many: it is scaled, grouped, or behind such a word."""
    digits = found["number"]
    if digits is None:
        return False
    if found["scale"] or "," in digits or len(digits.replace(" ", "")) > 4:
        return True
    return (
        re.search(
            (
                r"(?:\bthan|\bover|\babout|\baround|\bnearly|\balmost|\bleast|\bmost|\bto|\breached|\bfrom"
                r"|\bby|\babove|\bbelow|\bup to|\bhit|\bat|~|<|>|=|≈)\s?$"
            ),
            before,
            re.IGNORECASE,
        )
        is not None
    )


# --- what stands around -----------------------------------------------------------------------------------------------

_BOUND = re.compile(
    r"(?:(?P<least>at least|more than|over|above|upwards of|no fewer than|не менее|более|больше|свыше|超过|至少|>)"
    r"|(?P<most>at most|up to|less than|fewer than|under|below|as many as|as much as|no more than"
    r"|max|до|менее|не более|不到|最多|<)"
    r"|(?P<about>about|around|approximately|approx\.?|roughly|nearly|almost|some|close to|circa"
    r"|ca\.|около|примерно|почти|порядка|约|大约|近|~|≈))\s*(?:a\s+|an\s+|the\s+)?$",
    re.IGNORECASE,
)
_OF = re.compile(
    (
        r"\s+(?:(?:of|in|worth of)\s+(?:all\s+|the\s+|its\s+|their\s+|our\s+"
        r"|my\s+)?)?(?P<nouns>(?:(?!(?:in|on|at|of|to|for|from|by|with|and|or|but|is|are|was|were|be"
        r"|been|has|have|had|that|which|who|when|as|than|will|would|can|could|may|the|a|an|if|so"
        r"|because|while|after|before|since|until|per|into|over|it|they|we|you|i|this|these|last|next"
        r"|every|each|now|today|more|less|bigger)\b)[^\W\d_][\w'’-]*(?:[ ]|(?=[^\w\s])|$"
        r"|(?=\n))){1,3})"
    ),
    re.IGNORECASE,
)


def _whole(passage: Passage, item: Found) -> Found:
    """Return a figure with what is said around it: a bound, what it is of, a comparison."""
    text, value = passage.prose, dict(item.value)
    bound = _BOUND.search(text[max(0, item.start - 20) : item.start])
    if bound:
        value["bound"] = {"least": "at least", "most": "at most", "about": "about"}[bound.lastgroup or "about"]
    elif text[item.end : item.end + 1] == "+":
        value["bound"] = "at least"
    if "of" not in value and value["unit"] != "times":
        nouns = _OF.match(text, item.end)
        led = None if nouns else _BEFORE_NOUNS.search(text[max(0, item.start - 60) : item.start])
        if nouns or led:
            value["of"] = (nouns or led)["nouns"].strip()  # type: ignore[index]
    if value["unit"] == "times":
        compared = _comparison(passage, item)
        if compared:
            value["comparison"] = compared
        elif grown := _GROWN.match(text, item.end):
            value["of"] = grown["nouns"].strip()
    return item._replace(value=value)


_GROWN = re.compile(
    (
        r"\s+(?:its|their|his|her|our|the)\s+(?P<nouns>(?:(?!(?:in|on|at|of|to|for|from|by|with|and|or"
        r"|but|since)\b)[^\W\d_][\w'’-]*(?:[ ]|(?=[^\w\s])|$|(?=\n))){1,3})"
    ),
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\s*(?:(?:as\s+\w+(?:\s+\w+){0,2}\s+as|bigger|larger|higher|greater|smaller|lower|more|less"
    r"|faster|longer|more\s+\w+|the\s+\w+\s+of|that\s+of|больше|выше|меньше|крупнее)\s*,?\s*)?"
    r"(?:than|of|that\s+of|as|чем|по сравнению с)?\s*(?:with|in|that\s+with|that\s+of|the|с"
    r"|у)?\s*(?P<than>[^,.;!?\n]{1,60})"
)
_SUBJECT = re.compile(
    (
        r"(?P<of>[^,.;!?\n]{2,70}?)\s*(?:(?:is|are|was|were|will be|has been|became|remains?"
        r"|стал[аои]?|был[аои]?)\s+)(?:only|just|now|about|around|nearly|almost|over|still|more than"
        r"|at least|at most|up to|less than|approximately|roughly|exactly|some|в)?\s*$"
    ),
    re.IGNORECASE,
)
_LINKED = re.compile(r"(?:than|of|as|чем)\b", re.IGNORECASE)


#: When something was, before it is said what: `In 2013 trade was 5x of ...`.
_LED = re.compile(r"\W*(?:In|By|Since|During|В|К|С)\s+(?:\w+\s+)?\d{4}(?:\s+год[ау])?,?\s+")


def _comparison(passage: Passage, item: Found) -> dict[str, Any] | None:
    """Return what is so many times what; None where the sentence does not say both."""
    text = passage.text
    sentence = passage.sentence_at(item.start)
    mark = passage.mark
    begin = mark[1] if mark and sentence.start <= mark[0] < item.start else sentence.start
    begin = led.end() if (led := _LED.match(text, begin)) else begin
    subject = _SUBJECT.search(text[begin : item.start])
    rest = _COMPARED.match(text, item.end, sentence.end)
    if subject is None or rest is None or not _LINKED.search(text[item.end : rest.start("than")]):
        return None
    start = begin + subject.start("of")
    lead = len(subject["of"]) - len(subject["of"].lstrip())
    than = rest["than"].rstrip()
    return {
        "of": subject["of"].strip(),
        "of_start": start + lead,
        "of_end": start + len(subject["of"].rstrip()),
        "than": than,
        "than_start": rest.start("than"),
        "than_end": rest.start("than") + len(than),
        "ratio": item.value["ratio"],
    }
