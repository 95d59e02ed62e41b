"""What is done to something that has no name: the nouns behind a verb, as in `hired local engineers`."""

from __future__ import annotations

import re

from clew.evidence.finding import Finding
from clew.evidence.passages import Passage
from clew.evidence.relations.told import named_thing

__all__ = ["noun_phrase"]

_WORD = re.compile(r"\s*(?P<word>[^\W_][\w'’-]*)")
#: Nouns in Chinese, up to the end of their clause, a number before them too.
_HAN = re.compile(
    r"[了过]?(?P<name>(?:\d+|[一二两三四五六七八九十百千万]+)?[名个台座家位艘架]?[\u4e00-\u9fff]{2,10})(?=[\s,，。、；;：！？!?]|$)"
)
_OF = re.compile(r"\s+of(?=\s)")
_DETERMINERS = frozenset(
    "its their his her the a an own some several many more new another all both our my your this these".split()
)
#: These begin or go on with no noun phrase.
_NO_NOUNS = frozenset(
    (
        "in on at of to for from by with and or but is are was were be been has have had do does did that which who "
        "when as than will would can could may might must should if so because while after before since until into "
        "over upon under about against between through during without within around near behind beyond across along "
        "like it they we you i he she him them us me himself itself themselves not no never what how why where there "
        "here then now today yesterday tomorrow tonight again once twice soon later together apart away back off out "
        "up down just only also too very really still yet already always often last next ahead "
        "в во на из от к ко с со о об для при по за у под над через против до после и или но а не что как его её их"
    ).split()
)
#: A phrase with one of these says nothing of what was done to whom.
_EMPTY = frozenset(
    (
        "insight insights overview background context thing things stuff lot lots bit one ones each other others sense "
        "progress way ways time use point part place fun love nothing everything something anything everyone someone "
        "well fast hard better less even sure clear right left wrong first happy sad good bad chance opportunity need "
        "value example examples information details idea ideas difference support help awareness most much various "
        "previous possible such any whatever whoever questions concerns"
    ).split()
)
_OPEN_END = re.compile(r"\s*[(#@\x00]|\s+and\s+[a-z-]+(?:able|ible|ful|ive|ous|al)\b")
MOST = 4
"""So many words a phrase has at most, and as many behind an `of`."""


def noun_phrase(passage: Passage, at: int, like: Finding) -> Finding | None:
    """Return the nouns that stand right at a place; None where none do."""
    text = passage.prose
    if found := _HAN.match(text, at):
        return named_thing(passage, like, *found.span("name"), certainty=0.65)
    span = _nouns(text, at)
    if span is None:
        return None
    start, end = span
    if (found := _OF.match(text, end)) and (more := _nouns(text, found.end())):
        end = more[1]
    return named_thing(passage, like, start, end, certainty=0.65)


def _nouns(text: str, at: int) -> tuple[int, int] | None:
    """Return where nouns begin and end that stand at a place, digits before them too; None where none do."""
    start, end, count = -1, at, 0
    while count < MOST and (found := _WORD.match(text, end)):
        word = re.split("['’]", found["word"].lower(), maxsplit=1)[0]
        if word in _EMPTY or (start < 0 and found["word"][0].isupper()):
            return None
        if word in _NO_NOUNS or word.endswith(("ly", "льно")) or (count and word.endswith(("ing", "ed"))):
            break
        end = found.end()
        if start >= 0 or word not in _DETERMINERS:
            start = found.start("word") if start < 0 else start
            count += not word[0].isdigit()
    return (start, end) if count > 1 or (count and not _OPEN_END.match(text, end)) else None
