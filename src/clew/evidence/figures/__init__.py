"""Figures: money, counts, multiples, percentages, measures; what they measure; and comparisons of two of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clew.evidence import when
from clew.evidence.figures.amounts import measured, money, percentages
from clew.evidence.figures.around import whole
from clew.evidence.figures.counts import counted
from clew.evidence.figures.multiples import MULTIPLES, multiples
from clew.evidence.figures.numerals import NUMBER_WORDS, Numbered
from clew.evidence.finding import Finding, Found
from clew.evidence.passages import Passage
from clew.evidence.study import Study

__all__ = ["METHOD", "NAME", "extract", "figures"]

NAME = "figures"
METHOD = "figures 3"


def extract(study: Study) -> Iterator[Finding]:
    """Yield the figures of a thread; numbers that are part of a date, a name or the author's numbering are none."""
    dates: dict[str, list[Finding]] = {}
    for finding in study.once(when.NAME, when.extract):
        dates.setdefault(finding.post, []).append(finding)
    for passage in study.passages:
        if _may_count(passage):
            yield from study.placed(passage, figures(passage, dates.get(passage.post.id, [])), METHOD)


_TELLING = NUMBER_WORDS | MULTIPLES
_HAN = re.compile(r"[两兩三四五六七八九十百千万亿倍]")
_RUSSIAN = re.compile(
    r"\b(?:дв[аеуо]|вдв|втр|тр[иеё]|четыр|вчетвер|пят|шест|сем|восем|девят|десят|вдесят|сорок|сто\b|удво|утро"
    r"|полтор)",
    re.IGNORECASE,
)


def _may_count(passage: Passage) -> bool:
    """Say whether a text can hold a figure at all."""
    if passage.has_digit or not passage.words.isdisjoint(_TELLING):
        return True
    if passage.has_han and _HAN.search(passage.prose):
        return True
    return passage.has_cyrillic and _RUSSIAN.search(passage.prose) is not None


def figures(passage: Passage, dates: list[Finding]) -> list[Found]:
    """Return the figures of a passage in the order of the text, none of them within a date."""
    text = Numbered.of(passage)
    taken = [(date.start, date.end) for date in dates]
    found: list[Found] = []
    for build in (percentages, money, multiples, measured, counted):
        for item in build(text):
            if all(item.end <= start or item.start >= end for start, end in taken):
                taken.append((item.start, item.end))
                found.append(item)
    return [whole(passage, item, dates) for item in sorted(found)]
