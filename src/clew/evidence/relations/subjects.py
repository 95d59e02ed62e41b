"""Who does what a verb says: the names before it in its clause."""

from __future__ import annotations

import re
from functools import cache

from clew.evidence.finding import Finding
from clew.evidence.passages import BLANK, Passage, Sentence
from clew.evidence.relations.ties import firsts
from clew.evidence.relations.told import Tie

__all__ = ["AND", "CLAUSE", "FAR", "PREPOSITIONS", "follows", "is_next", "subjects_of", "unaddressed"]

CLAUSE = (
    r"[;:!?…。！？；]|[.]{2,}|\b(?:but|because|while|although|if|when|since|which|who|how|why|that|what|whatever|whoever"
    r"|after|before|as|so|where|than|но|что|чтобы|котор\w+|когда|если|потому|где)\b"
)
"""What never stands between a verb and what it ties: another clause."""
PREPOSITIONS = "в|во|на|из|от|к|ко|с|со|о|об|для|при|по|за|у|под|над|через|против|до|после"
"""The Russian ones."""
FAR = 48
"""So many code points may lie between a verb and what it ties."""
AND = re.compile(r"\s*(?:,|&|and|,\s*and|и|、|和|与)\s*")
_BEFORE_VERB = re.compile(
    rf"{CLAUSE}|[,(，、]|\b(?:and|or|in|on|at|of|for|from|against|и|или|{PREPOSITIONS})\b", re.IGNORECASE
)
#: Behind these a name is no subject: `rallies in Russia to support`.
_GOVERNED = re.compile(
    rf"\b(?:in|at|on|of|for|to|from|by|with|against|near|into|as|{PREPOSITIONS})\s+(?:the\s+)?$|[在从对向]$",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"['’]s?\b")
_JOINED = re.compile(
    (
        r"\b(?:and|then|but)\s+(?:(?:for (?:that|this)|therefore|thus|so|later|also|then|has|have|had|will|now|can"
        r"|recently|even|[a-z]+ly)\s+){0,4}$"
    ),
    re.IGNORECASE,
)


def subjects_of(text: str, sentence: Sentence, tie: Tie, ends: list[Finding], taken: Finding | None) -> list[Finding]:
    """Return the name next before a verb in its clause, with those that commas and `and` join to it; not what is
    `taken`, the object of the verb before.
    """
    before = [end for end in ends if end.end <= tie.start and tie.start - end.end <= FAR]
    before = [end for end in before if not _BEFORE_VERB.search(text, end.end, tie.start)]
    if not tie.passive:
        before = [end for end in before if _can_do(text, sentence, tie, end)]
    heads = _heads([end for end in ends if end.end <= before[-1].end], text) if before else []
    return heads[heads.index(taken) + 1 :] or heads if taken in heads else heads


def follows(text: str, tie: Tie) -> bool:
    """Say whether `and` joins a verb to the one before it."""
    return _JOINED.search(text[max(0, tie.start - 44) : tie.start]) is not None


def _heads(before: list[Finding], text: str) -> list[Finding]:
    """Return the end nearest to the verb with those that commas and `and` join to it, in the order of the text."""
    at = len(before) - 1
    while at and _are_joined(before[at - 1], before[at], text):
        at -= 1
    return before[at:]


def _are_joined(a: Finding, b: Finding, text: str) -> bool:
    """Say whether `and` or a comma joins two, or, as in 中俄, nothing stands between two countries."""
    beside = a.end == b.start and a.kind == b.kind == "place" and text[a.start] > BEGIN_HAN
    return beside or AND.fullmatch(text, a.end, b.start) is not None


BEGIN_HAN = "\u4e00"


def _can_do(text: str, sentence: Sentence, tie: Tie, end: Finding) -> bool:
    """Say whether a name before a verb can be its subject."""
    led = text[max(0, end.start - 14) : end.start]
    if (_GOVERNED.search(led) and not led.endswith("As ")) or text.startswith("的", tie.start - 1):
        return False
    if _POSSESSIVE.match(text, end.end):
        return text.startswith("visit to", tie.start)
    between = text[end.end : tie.start]
    if between == " to ":
        return not text[sentence.start : end.start].strip(BLANK + " \"“'‘")
    return _OWNED.search(between) is None and _is_verb(text, tie, end, between)


#: Behind these stands a noun: `his exports`.
_OWNED = re.compile(r"\b(?:the|an?|his|her|its|their|our|my|your|this|these|no|any)\s+$", re.IGNORECASE)
#: Forms that are past and plain, and no nouns.
_PLAIN = frozenset(("cut", "hit", "quit", "cuts", "join", "build", "supply", "hire", "sell", "buy", "acquire"))
_WITH_PLAIN = re.compile(
    r"(?:\b(?:to|can|could|may|might|must|should|will|would|not|never|do|did|does|help|police|people|we|they|you|[a-z]{3,}[^su]s"
    r"|[a-z]+ly)|n['’]t)\s+$",
    re.IGNORECASE,
)


def _is_verb(text: str, tie: Tie, end: Finding, between: str) -> bool:
    """Say whether a plain form such as `support` can be a verb behind a name: it takes `will` or a plural."""
    word = re.split(r"\s", text[tie.start : tie.end], maxsplit=1)[0].lower()
    if word in _PLAIN or word not in _plain_forms() or end.quote.endswith(("States", "ese")):
        return True
    return _WITH_PLAIN.search(between) is not None


@cache
def _plain_forms() -> frozenset[str]:
    """Return the verbs without an ending."""
    known = firsts()
    return frozenset(
        word
        for word in known
        if not word.endswith("s") and known & {f"{word}s", f"{word}es", f"{word.removesuffix('y')}ies"}
    )


_HAN = re.compile(r"[\u4e00-\u9fff]")
_NEXT = re.compile(
    r"(?:\s+(?:has|have|had|is|are|was|were|been|will|would|can(?:not)?|could|may|might|must|should|to|also|now|just|then"
    r"|recently|already|not|never|able|unable|did|does|do|reportedly|\w+n['’]t|[a-z]+ly|не|уже|также|снова|способ\w+|мо[гж]\w+|будет|будут))*\s+"
)


def is_next(text: str, subject: Finding, tie: Tie) -> bool:
    """Say whether nothing but auxiliaries and adverbs stands between a subject and its verb."""
    if _HAN.search(text, subject.end, tie.start):
        return True
    return _NEXT.fullmatch(text, subject.end, tie.start) is not None or _has_nouns(subject, text, tie)


def _has_nouns(subject: Finding, text: str, tie: Tie) -> bool:
    """Say whether a flag or adjective has its nouns before the verb: `Chinese companies built`."""
    if subject.kind != "place" or subject.value["form"] not in ("adjective", "flag"):
        return False
    return re.fullmatch(r"(?:\s?[a-z][\w-]+){1,3}\s+", text[subject.end : tie.start]) is not None


_SAYS_OF = re.compile(
    r"\s+(?:has|is|was|will|had|did|does|can|went|made|built|sold|took|gave|led|bought|won|began|became|got|came|put|cut"
    r"|[a-z]{2,}(?:ed|[^su\W]s))\b"
)


def unaddressed(passage: Passage, ends: list[Finding]) -> list[Finding]:
    """Return the ends without the accounts to which a post is addressed: those at its start, unless one alone has a
    verb behind it.
    """
    led = []
    at = passage.mark[1] if passage.mark else 0
    for each in ends:
        if each.kind != "account" or passage.text[at : each.start].strip(" ."):
            break
        led.append(each)
        at = each.end
    if not led or (len(led) == 1 and _SAYS_OF.match(passage.text, at)):
        return ends
    return ends[len(led) :]
