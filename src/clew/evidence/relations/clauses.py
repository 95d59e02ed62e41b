"""Relations by verbs: the names beside a verb in its clause, and for some verbs what stands there without a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clew.evidence.common import is_common
from clew.evidence.finding import Finding, Found
from clew.evidence.passages import Passage, Sentence
from clew.evidence.relations.phrases import noun_phrase
from clew.evidence.relations.ties import OPEN, firsts, foreign, leads, named, pattern
from clew.evidence.relations.told import Tie, named_thing, relation

__all__ = ["AND", "by_verbs"]


def by_verbs(passage: Passage, sentence: Sentence, ends: list[Finding]) -> Iterator[Found]:
    """Yield what the verbs of a sentence tie: each of several subjects to the object, two that sign to each other."""
    last: list[Finding] = []
    taken: Finding | None = None
    for tie in _verbs(passage, sentence):
        subjects = _subjects(passage.text, tie, ends, taken)
        if not subjects and last and _JOINED.search(passage.text[max(0, tie.start - 44) : tie.start]):
            subjects, tie = last, tie._replace(joined=True)
        if subjects:
            last = subjects
            taken = _object(passage, tie, ends, subjects[0])
            yield from _tied(passage, tie, subjects, taken)


def _tied(passage: Passage, tie: Tie, subjects: list[Finding], thing: Finding | None) -> Iterator[Found]:
    if tie.name == "signs" and len(subjects) > 1:
        yield relation(passage, subjects[0], subjects[1], tie._replace(name="agrees with"))
        return
    if thing is not None:
        pairs = [(thing, each) if tie.passive else (each, thing) for each in subjects if each.quote != thing.quote]
        found = [relation(passage, *pair, tie) for pair in pairs]
        yield from (item._replace(certainty=max(each.certainty for each in found)) for item in found)


_WORD = re.compile(r"(?<![\w-])[A-Za-z]{2,}")


def _verbs(passage: Passage, sentence: Sentence) -> Iterator[Tie]:
    prose, at, known = passage.prose, sentence.start, leads()
    for word in () if passage.words.isdisjoint(firsts()) else _WORD.finditer(prose, sentence.start, sentence.end):
        if word.start() < at or word[0].lower() not in known:
            continue
        if found := pattern().match(prose, word.start(), sentence.end):
            at = found.end()
            start = found.end("be") if found["be"] else found.start()
            end = found.start("by") if found["by"] else found.end()
            yield Tie(start, end, named(found), found["by"] is not None)
    if not prose.isascii():
        for found in foreign().finditer(prose, sentence.start, sentence.end):
            yield Tie(found.start(), found.end(), named(found))


# --- who and whom -----------------------------------------------------------------------------------------------------

#: What never stands between a verb and what it ties: another clause, and before the verb a list or a comma.
_CLAUSE = (
    r"[;:!?…。！？；]|[.]{2,}|\b(?:but|because|while|although|if|when|since|which|who|how|why|that|what"
    r"|after|before|as|so|where|than|но|что|чтобы|котор\w+|когда|если|потому|где)\b"
)
_RUSSIAN = r"в|во|на|из|от|к|ко|с|со|о|об|для|при|по|за|у|под|над|через|против|до|после"
_BEFORE_VERB = re.compile(
    rf"{_CLAUSE}|[,(，、]|\b(?:and|or|in|on|at|of|for|from|against|и|или|{_RUSSIAN})\b", re.IGNORECASE
)
_AFTER_VERB = re.compile(
    rf"{_CLAUSE}|[,(，]|\b(?:and|in|on|at|about|during|is|are|was|were|has|have|will|of|by|with|off|away|{_RUSSIAN})\b",
    re.IGNORECASE,
)
#: Behind these a name is no subject: `rallies in Russia to support`.
_GOVERNED = re.compile(
    rf"\b(?:in|at|on|of|for|to|from|by|with|against|near|into|as|{_RUSSIAN})\s+(?:the\s+)?$|[在从对向]$", re.IGNORECASE
)
#: Behind a name: it is the subject of a verb of its own, as in `after US sanctions Huawei has ...`.
_HAS_ITS_OWN = re.compile(r"\s+(?:has|have|had|is|are|was|were|will|would|can|could|did|does)\b")
_JOINED = re.compile(
    (
        r"\b(?:and|then|but)\s+(?:(?:for (?:that|this)|therefore|thus|so|later|also|then|has|have|had|will|now|can"
        r"|recently|even|[a-z]+ly)\s+){0,4}$"
    ),
    re.IGNORECASE,
)
FAR = 48
"""So many code points may lie between a verb and what it ties."""


def _subjects(text: str, tie: Tie, ends: list[Finding], taken: Finding | None) -> list[Finding]:
    """Return the name next before a verb in its clause, with those that commas and `and` join to it; not what is
    `taken`, the object of the verb before.
    """
    before = [end for end in ends if end.end <= tie.start and tie.start - end.end <= FAR]
    before = [end for end in before if not _BEFORE_VERB.search(text, end.end, tie.start)]
    if not tie.passive:
        before = [end for end in before if not _is_governed(text[max(0, end.start - 14) : end.start])]
    heads = _heads([end for end in ends if end.end <= before[-1].end], text) if before else []
    return heads[heads.index(taken) + 1 :] or heads if taken in heads else heads


def _is_governed(led: str) -> bool:
    return _GOVERNED.search(led) is not None and not led.endswith("As ")


AND = re.compile(r"\s*(?:,|&|and|,\s*and|и|、|和|与)\s*")


def _heads(before: list[Finding], text: str) -> list[Finding]:
    """Return the end nearest to the verb with those that commas and `and` join to it, in the order of the text."""
    at = len(before) - 1
    while at and AND.fullmatch(text, before[at - 1].end, before[at].start):
        at -= 1
    return before[at:]


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
    if after and not _AFTER_VERB.search(text, at, after.start):
        return None if not tie.passive and _HAS_ITS_OWN.match(text, after.end) else after
    if tie.passive:
        return None
    found = _THING.match(text, tie.end)
    if found and (" " in found["name"] or not is_common(found["name"].lower())):
        return named_thing(passage, subject, *found.span("name"))
    if tie.name not in OPEN:
        return None
    inserted = after is not None and _IN.fullmatch(text, at, after.start) and after.kind == "place"
    return noun_phrase(passage, after.end if after and inserted else at, subject)
