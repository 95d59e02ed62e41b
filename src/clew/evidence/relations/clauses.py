"""Relations by verbs: the names beside a verb in its clause, and for some verbs what stands there without a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clew.evidence.common import is_common
from clew.evidence.finding import Finding, Found
from clew.evidence.passages import Passage, Sentence
from clew.evidence.relations.phrases import noun_phrase
from clew.evidence.relations.subjects import AND, CLAUSE, FAR, PREPOSITIONS, follows, is_next, subjects_of
from clew.evidence.relations.ties import OPEN, firsts, foreign, leads, named, pattern
from clew.evidence.relations.told import Tie, named_thing, relation

__all__ = ["by_verbs"]


def by_verbs(passage: Passage, sentence: Sentence, ends: list[Finding]) -> Iterator[Found]:
    """Yield what the verbs of a sentence tie: each of several subjects to the object, two that sign to each other."""
    last: list[Finding] = []
    taken: Finding | None = None
    for tie in _verbs(passage, sentence):
        subjects = subjects_of(passage.text, sentence, tie, ends, taken)
        if not subjects and last and follows(passage.text, tie):
            subjects, tie = last, tie._replace(joined=True)
        if subjects:
            last = subjects
            taken = _object(passage, tie, ends, subjects[-1])
            yield from _tied(passage, tie, subjects, _with_others(passage.text, taken, ends))


_VERB = re.compile(
    r"\s+(?:[a-z]+ly\s+)?(?:has|have|had|is|are|was|were|will|would|can|could|did|does|[a-z]+(?:s|ed))\b"
)


def _with_others(text: str, thing: Finding | None, ends: list[Finding]) -> list[Finding]:
    """Return an object with the names that `and` joins to it, as far as they have no verb of their own."""
    if thing is None or thing not in ends:
        return [thing] if thing else []
    held, at = [thing], ends.index(thing) + 1
    while at < len(ends) and AND.fullmatch(text, held[-1].end, ends[at].start) and not _VERB.match(text, ends[at].end):
        held.append(ends[at])
        at += 1
    return held


def _tied(passage: Passage, tie: Tie, subjects: list[Finding], things: list[Finding]) -> Iterator[Found]:
    if tie.name == "signs" and len(subjects) > 1:
        yield relation(passage, subjects[0], subjects[1], tie._replace(name="agrees with"))
        return
    for thing in things:
        pairs = [(thing, each) if tie.passive else (each, thing) for each in subjects if each.quote != thing.quote]
        found = [relation(passage, *pair, tie) for pair in pairs]
        yield from (item._replace(certainty=max(each.certainty for each in found)) for item in found)


_WORD = re.compile(r"(?<![\w-])[a-z]{2,}")


def _verbs(passage: Passage, sentence: Sentence) -> Iterator[Tie]:
    """Yield the verbs that tie; not those of a passive that does not say by whom."""
    prose, at, known = passage.lower, sentence.start, leads()
    for word in () if passage.words.isdisjoint(firsts()) else _WORD.finditer(prose, sentence.start, sentence.end):
        if word.start() < at or word[0] not in known:
            continue
        if found := pattern().match(prose, word.start(), sentence.end):
            at = found.end()
            start = found.end("be") if found["be"] else found.start()
            end = found.start("by") if found["by"] else found.end()
            if not found["be"] or found["by"] or prose[start:end].split()[0].endswith("ing"):
                yield Tie(start, end, named(found), found["by"] is not None)
    if passage.has_cyrillic or passage.has_han:
        for found in foreign().finditer(prose, sentence.start, sentence.end):
            yield Tie(found.start(), found.end(), named(found))


_AFTER_VERB = re.compile(
    rf"{CLAUSE}|[,(，]|\b(?:and|in|on|at|about|during|is|are|was|were|has|have|will|of|by|with|off|away|from|between"
    rf"|among|onto|upon|atop|{PREPOSITIONS})\b",
    re.IGNORECASE,
)
_TO = re.compile(r"\bto\b", re.IGNORECASE)
#: Behind a name: it is the subject of a verb of its own, as in `after US sanctions Huawei has ...`.
_HAS_ITS_OWN = re.compile(r"\s+(?:has|have|had|is|are|was|were|will|would|can|could|did|does)\b")
_BY = re.compile(r"\s+by\b", re.IGNORECASE)
_IN = re.compile(r"\s+(?:in|at|в|во|на)\s+(?:the\s+)?", re.IGNORECASE)
_THING = re.compile(
    r"\s+(?:(?:its|their|his|her|the|a|an|new|own)\s+){0,3}(?P<name>[A-Z][\w'’-]*[A-Za-z](?:\s[A-Z][\w'’-]*){0,3})"
)


def _object(passage: Passage, tie: Tie, ends: list[Finding], subject: Finding) -> Finding | None:
    """Return the name behind a verb in its clause, one that nothing else found, or for some verbs a phrase of nouns."""
    text = passage.text
    by = _BY.match(text, tie.end)
    at = by.end() if by and tie.passive else tie.end
    after = next((end for end in ends if end.start >= at and end.start - at <= FAR), None)
    if after and not _is_apart(text, tie, at, after):
        return None if not tie.passive and _HAS_ITS_OWN.match(text, after.end) else after
    if tie.passive:
        return None
    found = _THING.match(text, tie.end)
    if found and (" " in found["name"] or not is_common(found["name"].lower())):
        return named_thing(passage, subject, *found.span("name"))
    if tie.name not in OPEN or _VAGUE.match(text, tie.start) or not (tie.joined or is_next(text, subject, tie)):
        return None
    inserted = after is not None and _IN.fullmatch(text, at, after.start) and after.kind == "place"
    return noun_phrase(passage, after.end if after and inserted else at, subject)


#: These say too little where what they are done to has no name: `made noise`, `gave hope`.
_VAGUE = re.compile(r"(?:ma[dk]|g[ai]v)", re.IGNORECASE)


def _is_apart(text: str, tie: Tie, at: int, after: Finding) -> bool:
    """Say whether something stands between a verb and a name that keeps them apart; goods go `to` somebody."""
    if _AFTER_VERB.search(text, at, after.start):
        return True
    return tie.name != "supplies" and _TO.search(text, at, after.start) is not None
