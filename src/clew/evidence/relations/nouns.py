"""Relations by nouns: `🇨🇳🇷🇺 cooperation`, `competition against A`, `US sanctions on A`, `a contract to supply`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from clew.evidence.finding import Finding, Found
from clew.evidence.passages import Passage, Sentence
from clew.evidence.relations.phrases import noun_phrase
from clew.evidence.relations.standins import Recent
from clew.evidence.relations.subjects import AND
from clew.evidence.relations.ties import (
    BURDENS,
    CONTRACTS,
    HAN_NAMES,
    LINK_WORDS,
    LINKS,
    NAMES_OF_NOUNS,
    NOUNS,
    TOWARDS,
    TOWARDS_HAN,
    WITH_HAN,
    contracted,
)
from clew.evidence.relations.told import Tie, called, relation, whole

__all__ = ["burdens", "by_contracts", "by_links", "in_chinese", "side_by_side"]

_FOR = re.compile(r"\bFor\s+(?:the\s+)?$")


def by_links(passage: Passage, sentence: Sentence, ends: list[Finding], recent: Recent) -> Iterator[Found]:
    """Yield what nouns such as `in competition against` tie: to each of a list the one whom the sentence is about."""
    if passage.words.isdisjoint(LINK_WORDS):
        return
    for name, link in LINKS.items():
        for found in link.finditer(passage.prose, sentence.start, sentence.end):
            things = _listed(passage.text, ends, found.end())
            beside = _beside(passage.text, ends, found.start())
            subjects = beside or _about(passage, ends, found.start())
            if things and not subjects and (meant := recent.meant(*things)):
                subjects = [recent.standing(meant, passage, found.start(), found.end())]
            tie = Tie(found.start(), found.end(), name)
            yield from (
                relation(passage, subject, thing, _after_and(passage.text, tie, subject))
                for subject in subjects
                for thing in things
                if thing is not subject
            )


_GOES_ON = re.compile(r"\band\s+(?:then\s+|also\s+)?(?:[a-z]+ed|went|has|have|had|is|are|was|were|will)\b[^.,;]*$")


def _after_and(text: str, tie: Tie, subject: Finding) -> Tie:
    """Return a tie as joined where `and went on` stands between its subject and it."""
    return tie._replace(joined=_GOES_ON.search(text, subject.end, tie.start) is not None)


def _about(passage: Passage, ends: list[Finding], until: int) -> list[Finding]:
    """Return the one whom a sentence is about, as far as it goes: the one behind `For`, else the last named."""
    before = [each for each in ends if each.end <= until and each.kind != "place"]
    led = [each for each in before if _FOR.search(passage.text[max(0, each.start - 9) : each.start])]
    return [*led, *before[::-1]][:1]


_BESIDE = re.compile(r"\s*(?:[a-z]+\s){0,1}")


def _beside(text: str, ends: list[Finding], at: int) -> list[Finding]:
    """Return flags and adjectives that stand right before a noun: `🇨🇳🇷🇺 joint pushback`."""
    near = [each for each in ends if each.end <= at and each.kind == "place" and each.value["form"] != "name"]
    if not near or not _BESIDE.fullmatch(text, near[-1].end, at):
        return []
    first = len(near) - 1
    while first and near[first - 1].end == near[first].start:
        first -= 1
    return [whole(each) for each in near[first:]]


def _listed(text: str, ends: list[Finding], at: int) -> list[Finding]:
    """Return the ends from a place on, as long as commas and `and` join them."""
    listed: list[Finding] = []
    for each in ends:
        if each.start == at or (listed and AND.fullmatch(text, listed[-1].end, each.start)):
            listed.append(each)
    return listed


def by_contracts(passage: Passage, sentence: Sentence, ends: list[Finding], recent: Recent) -> Iterator[Found]:
    """Yield who is to do what by a contract: the one whom the sentence is about, or is meant."""
    if "contract" not in passage.words and "deal" not in passage.words:
        return
    for found in CONTRACTS.finditer(passage.prose, sentence.start, sentence.end):
        meant = recent.meant(person=False)
        about = [each for each in _about(passage, ends, found.start()) if each.kind != "person"]
        subjects = about or ([recent.standing(meant, passage, *found.span("noun"))] if meant else [])
        tie = Tie(*found.span("verb"), contracted(found["verb"]))
        thing = noun_phrase(passage, tie.end, subjects[0]) if subjects else None
        if thing:
            yield relation(passage, subjects[0], thing, tie)


_UNDER = re.compile(r"\b(?:after|since|because of|due to|under|despite|amid|with)\s+(?:the\s+)?$", re.IGNORECASE)
_HAS_ITS_OWN = re.compile(r"\s+(?:has|have|had|is|are|was|were|will|would|can|could|did|does)\b")


def burdens(passage: Passage, inside: list[Finding]) -> Iterator[Found]:
    """Yield `US sanctions on A`, and less surely `after US sanctions A has ...`."""
    text = passage.text
    for a, b in pairwise(inside):
        found = BURDENS.match(text, a.end, b.start)
        if found is None or found.end() != b.start or a.kind not in ("place", "organisation", "person"):
            continue
        under = _UNDER.search(text[max(0, a.start - 16) : a.start]) and _HAS_ITS_OWN.match(text, b.end)
        if found["on"] or under:
            item = relation(passage, a, b, Tie(found.start("noun"), found.end("noun"), "sanctions"))
            item.value["subject"] |= {"kind": a.kind, "name": called(a), "end": a.end, "quote": a.quote}
            yield (
                item
                if found["on"]
                else item._replace(
                    certainty=0.5, why=f"`{found['noun']}` of the one stand before what the other then did"
                )
            )


_BETWEEN = re.compile(
    (
        r"\b(cooperation|partnership|ties|relations(?:hip)?|trade|alliance|talks|deal|agreement|border)"
        r"\s+(?:between|of)\s*$"
    ),
    re.IGNORECASE,
)
_PARTNERS = frozenset(("cooperation", "partnership", "alliance"))


def side_by_side(passage: Passage, inside: list[Finding]) -> Iterator[Found]:
    """Yield `🇨🇳🇷🇺 cooperation`, `Beijing-Moscow ties`, `relationship between A and B`, `🇷🇺 exports to 🇨🇳`."""
    text = passage.text
    for a, b in pairwise(inside):
        if a.quote == b.quote:
            continue
        if (found := TOWARDS.fullmatch(text, a.end, b.start)) and a.kind != "account":
            yield relation(passage, whole(a), b, Tie(*found.span("noun"), f"{found['noun'].lower()} {found['to']}"))
        if not _SIDE.fullmatch(text, a.end, b.start):
            continue
        noun = NOUNS.match(text, b.end) or NOUNS.match(text, b.end + 1)
        led = None if noun else _BETWEEN.search(text, max(0, a.start - 34), a.start)
        if found := noun or led:
            start, end = found.span("noun" if noun else 1)
            word = text[start:end].split()[0].lower()
            name = NAMES_OF_NOUNS.get(word, "partners with" if word in _PARTNERS else "is tied to")
            yield relation(passage, whole(a), whole(b), Tie(start, end, name))


def in_chinese(passage: Passage, inside: list[Finding]) -> Iterator[Found]:
    """Yield `A对B的出口` and `A与B合作`; words may stand between A and `与`."""
    text = passage.text
    free = [each for each in inside if not each.start or text[each.start - 1] not in "在从向"]
    for a, b in pairwise(free):
        word = text[b.start - 1] if b.start else ""
        found = (
            TOWARDS_HAN.match(text, b.end)
            if word == "对" and a.end == b.start - 1
            else WITH_HAN.match(text, b.end)
            if word and word in "与和同跟" and "。" not in text[a.end : b.start]
            else None
        )
        if found:
            yield relation(passage, whole(a), whole(b), Tie(*found.span("noun"), HAN_NAMES.get(found["noun"], "meets")))


_SIDE = re.compile(r"\s*(?:[-–—/&]|and|и|和|与)?\s*")
