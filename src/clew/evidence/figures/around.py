"""What stands around a figure: a bound, what it is of, and for a multiple what is compared with what."""

from __future__ import annotations

import re
from typing import Any

from clew.evidence.finding import Finding, Found
from clew.evidence.passages import Passage

__all__ = ["BEFORE_NOUNS", "whole"]

#: Nouns before a verb of standing or growing, behind which a number comes: `Trade reached 100`.
BEFORE_NOUNS = re.compile(
    (
        r"(?P<nouns>(?:(?!(?:there|it|they|that|this|which|what|who|we)\b)[^\W\d_][\w'’-]*\s+){1,3})(?:is|are|was|were|reached|reaches|hits?|rises?|rose"
        r"|fell|grew|stands? at|stood at|tops?|has (?:now )?(?:reached|risen|grown|hit))(?:\s+(?:to|at"
        r"|by|above|over|now|nearly|about|around|just|only|more than|at least|up to|below|under))*\s*$"
    ),
    re.IGNORECASE,
)
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
        r"|every|each|now|today|more|less|bigger|vs|versus|down|up|off|higher|lower|в|во|на|из|от|к|ко|с|со|о|об|для|при|по|за|у|под|над|через|против|до|после|и|или|а|но|что|чтобы|как"
        r")\b)[^\W\d_][\w'’-]*(?:[ ]|(?=[^\w\s])|$"
        r"|(?=\n))){1,3})"
    ),
    re.IGNORECASE,
)


_BOUND_WORDS = frozenset(
    (
        "least than over above of most to under below many much max about around approximately approx  "
        "roughly nearly almost some circa ca a an the"
    ).split()
)


def _bound(before: str) -> re.Match[str] | None:
    """Return what bounds a number; most of those that nothing bounds are told by the word before them alone."""
    if before.isascii():
        core = before.rstrip(" .\n")
        last = core[core.rfind(" ") + 1 :].lower()
        if core[-1:] not in "<>~" and last.strip("(\"'") not in _BOUND_WORDS:
            return None
    return _BOUND.search(before)


def whole(passage: Passage, item: Found, dates: list[Finding]) -> Found:
    """Return a figure with what is said around it: a bound, what it is of, a comparison."""
    text, value = passage.prose, dict(item.value)
    bound = _bound(text[max(0, item.start - 20) : item.start])
    if bound:
        value["bound"] = {"least": "at least", "most": "at most", "about": "about"}[bound.lastgroup or "about"]
    elif text[item.end : item.end + 1] == "+":
        value["bound"] = "at least"
    if "of" not in value and value["unit"] != "times":
        nouns = _OF.match(text, item.end)
        led = None if nouns else BEFORE_NOUNS.search(text[max(0, item.start - 60) : item.start])
        if nouns or led:
            value["of"] = (nouns or led)["nouns"].strip()  # type: ignore[index]
    if value["unit"] == "times":
        compared = _comparison(passage, item)
        if compared:
            value["comparison"] = compared
        elif grown := _GROWN.match(text, item.end):
            value["of"] = grown["nouns"].strip()
        if not compared and _GROWTH.match(text, item.start):
            value |= _growth(passage, item, dates)
    return item._replace(value=value)


_GROWN = re.compile(
    (
        r"\s+(?:its|their|his|her|our|the)\s+(?P<nouns>(?:(?!(?:in|on|at|of|to|for|from|by|with|and|or"
        r"|but|since)\b)[^\W\d_][\w'’-]*(?:[ ]|(?=[^\w\s])|$|(?=\n))){1,3})"
    ),
    re.IGNORECASE,
)
#: A verb of growth or shrinking by itself: what it grew from is its own earlier value.
_GROWTH = re.compile(r"(?:doubl|tripl|quadrupl|quintupl|halv|удво|утро|dup|trip|cuadrup|quintup|翻)", re.IGNORECASE)
_GREW = re.compile(
    r"(?:^|[,;:.!?\n(]\s*|\band\s+)(?P<whose>[^,;:.!?\n()]{2,60}?)\s+(?:has|have|had|will have|is|are|was|were)?"
    r"(?:\s*\b(?:nearly|almost|more|than|about|also|since|now|then|over))*\s*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;:.!?\n]")


def _growth(passage: Passage, item: Found, dates: list[Finding]) -> dict[str, Any]:
    """Return who or what grew, and from when: `since 2018`; "not said" where the sentence has no such date."""
    sentence = passage.sentence_at(item.start)
    told: dict[str, Any] = {"baseline": "not said"}
    held = [
        date
        for date in dates
        if sentence.start <= date.start < sentence.end
        and not _CLAUSE.search(passage.prose, min(date.end, item.end), max(date.start, item.start))
    ]
    since = next((date for date in held if _SINCE.search(passage.text[max(0, date.start - 14) : date.start + 6])), None)
    if since:
        told["baseline"] = {"quote": since.quote, "start": since.start, "end": since.end, "from": since.value["from"]}
    grew = _GREW.search(passage.text[sentence.start : item.start])
    if grew and grew["whose"].lower() not in ("then", "that", "this", "which", "now", "has", "have", "also"):
        told["whose"] = grew["whose"]
    return told


_SINCE = re.compile(r"\b(?:since|from|compared (?:with|to)|over|in the (?:last|past)|с)\b", re.IGNORECASE)
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
