"""Counts: a number and what it counts; numbers that are names or items of a list are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clew.evidence.common import is_common
from clew.evidence.figures.around import BEFORE_NOUNS
from clew.evidence.figures.numerals import FREE, NUMBER, Numbered, figure, plain
from clew.evidence.finding import Found
from clew.evidence.numbers import SCALE, WORDS, chinese, scale_of

__all__ = ["counted"]

_COUNTED = re.compile(
    rf"{FREE}(?:{NUMBER}(?P<scale>{SCALE})?|(?P<words>\b{WORDS})\b)(?![\w/:%°\\])(?![.,]\d)(?!-\d)", re.IGNORECASE
)
_COUNTED_HAN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)?(?P<scale>[万亿千百]{1,2})?(?:多|余|餘)?(?P<measure>[个個名人家座台架辆艘次项項所条條位只隻种種份起])"
    r"|(?P<han>[两三四五六七八九十百千万亿][一二两三四五六七八九十百千万亿]*)(?:多|余|餘)?(?P<measure2>[个個名人家座台架辆艘次项項所条條位只隻种種份起])"
)


#: Words for counting that say by themselves what is counted.
_HAN_UNITS = "人次起"
_HAN_NOUNS = re.compile(r"[\u4e00-\u9fff]{2,6}?(?=[的在将把被向对,，。、；;：！？!?\s]|$)")
#: Words behind which a number is a name.
_NAMING = frozenset(
    (
        "step part day week chapter section page pages rule lesson tip no nr number numbers principle season "
        "episode ep vol volume version v article level lvl round phase stage item point question insight "
        "figure fig table group grade class type highway hwy route flight room gate channel line mark unit "
        "act layer wave formula windows ios android iphone model tier area zone category cat block thread "
        "post tweet idea phenomenon trend mistake example key exhibit appendix covid boeing apollo web ps "
        "mig su il шаг часть глава день номер пункт статья 第"
    ).split()
)
_CAPITAL = re.compile(r"[A-ZА-Я]{1,6}|(?:[A-Z][a-z]+){1,3}")
_LAST = re.compile(r"[^\W_]+$")
_LISTED = re.compile(r"(?:^|\n)\s*$")
_LIST_SIGN = re.compile(r"\s*[.)\]:/-]|\ufe0f?\u20e3")
#: Nouns that follow a count: one to four words up to what ends a noun phrase.
_NOUNS = re.compile(
    (
        r"[\s\u00a0+]+(?:of\s+(?:the|my|our|their|its|his|her|these|those)\s+)?\$?(?P<nouns>(?:(?!(?:in"
        r"|on|at|of|to|for|from|by|with|and|or|but|is|are|was|were|be|been|has|have|had|that|which|who|being"
        r"|when|as|than|will|would|can|could|may|might|must|should|the|a|an|if|so|because|while|after|before|since|until"
        r"|per|into|over|under|it|they|we|you|i|this|these|в|во|на|из|от|к|ко|с|со|о|об|для|при|по|за|у|под|над|через|против|до|после|и|или|а|но|что|чтобы|как"
        r")\b)[^\W\d_][\w'’-]*(?:[ ]|(?=[^\w\s])|$"
        r"|(?=\n))){1,4})"
    ),
    re.IGNORECASE,
)


def counted(numbered: Numbered) -> Iterator[Found]:
    """Yield counts, with what they are of where that is said."""
    text = numbered.text
    for found in numbered.matches(_COUNTED):
        item = _count(text, found)
        if item:
            yield item
    if numbered.foreign:
        for found in _COUNTED_HAN.finditer(text):
            if not found["han"] and not found["number"]:
                continue
            amount = float(chinese(found["han"])) if found["han"] else float(found["number"])
            scale = 1.0
            for sign in found["scale"] or "":
                scale *= scale_of(sign) if sign != "百" else 100.0
            end = found.start("measure2") if found["han"] else found.start("measure")
            of = found["measure"] or found["measure2"]
            if of not in _HAN_UNITS and (nouns := _HAN_NOUNS.match(text, found.end())):
                of = nouns[0]
            yield Found(
                "figure",
                found.start(),
                end,
                {"amount": plain(amount * scale), "unit": "count", "of": of},
                0.75,
                "a number and a word for counting",
            )


#: Behind a number: the rest of an address, or a month in a language whose dates are not read.
_NO_COUNT = re.compile(
    r"\s+(?:[A-Z][\w'-]+\s+){1,3}(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Drive|Dr|Boulevard|Blvd|Way|Court|Place)\b"
    r"|\.?\s+(?:de\s+)?(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro"
    r"|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre"
    r"|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)\b"
)


def _count(text: str, found: re.Match[str]) -> Found | None:
    """Return a count; None where the number is a name or version, an item of a list, or counts nothing that is said."""
    start, digits = found.start(), found["number"]
    if digits and digits.endswith(".0") and not found["scale"]:
        return None
    before = text[max(0, start - 24) : start]
    if _is_name(before, digits) or _is_item(text, found) or _NO_COUNT.match(text, found.end()):
        return None
    nouns = _NOUNS.match(text, found.end())
    led = None if nouns else BEFORE_NOUNS.search(text[max(0, start - 60) : start])
    what = nouns["nouns"].strip() if nouns else led["nouns"].strip() if led else None
    if what is None and not _stands_alone(before, found):
        return None
    count = figure(found, "count", 1.0, "a number and what it counts" if what else "a number that says how many")
    if what:
        count.value["of"] = what
    return count._replace(certainty=0.85 if nouns and digits else 0.75 if what else 0.6)


def _is_name(before: str, digits: str | None) -> bool:
    """Say whether a number belongs to a name: `Step 6`, `GPT-4`, `Windows 10`, `Highway 17`."""
    if digits is None or not before or before[-1] not in " -#":
        return False
    core = before.rstrip("#№")
    tight = len(core) < len(before)
    core = core[:-1] if core[-1:] in (" ", "-") else core
    last = _LAST.search(core.rstrip("."))
    if last is None or _SENTENCE_START.search(before):
        return False
    word, low = last[0], last[0].lower()
    named = (low in _NAMING and before[-1] != "-") or (
        not tight and core[-1:] != "." and _CAPITAL.fullmatch(word) is not None
    )
    return named and low not in _VERB_LIKE and not _begins(core[: last.start()], word, digits)


def _begins(before: str, word: str, digits: str) -> bool:
    """Say whether the capital before a number only begins a sentence: `Join 53,000 others`."""
    low = word.lower()
    if "," in digits:
        return True
    return (
        word[0].isupper()
        and not word.isupper()
        and low not in _NAMING
        and is_common(low)
        and _BEGIN.search(before) is not None
    )


_BEGIN = re.compile(r"(?:^|[.!?:\n])[\s\"“]*$")
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
