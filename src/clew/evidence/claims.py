"""Claims: sentences that can be checked, with what they name, whose words they are, and what is cited for them.

A claim is not judged: nothing here says whether it is true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from clew.evidence import figures, relations, sources, when, where, who
from clew.evidence.checkable import checkable
from clew.evidence.finding import Finding, Found
from clew.evidence.passages import BLANK, Passage, Sentence
from clew.evidence.study import Study

__all__ = ["METHOD", "NAME", "extract"]

NAME = "claims"
METHOD = "claims 3"
LEAST = 0.4
"""From this certainty on a sentence counts as one that can be checked."""


def extract(study: Study) -> Iterator[Finding]:
    """Yield the sentences of a thread that state something that can be checked."""
    parts = _by_post(study)
    piece, since = None, 0
    for passage in study.passages:
        held = parts.get(passage.post.id, [])
        presented = _presented(passage, held)
        piece, since = (presented, 0) if presented else (piece, since + 1)
        if piece and not presented and passage.post.links:
            piece = None
        found = (_claim(passage, sentence, held, study) for sentence in passage.sentences)
        named = (_resting(item, passage, piece, since) for item in found if item)
        yield from study.placed(passage, named, METHOD)


_PARTS = (who, where, when, figures, sources, relations)


def _by_post(study: Study) -> dict[str, list[Finding]]:
    held: dict[str, list[Finding]] = {}
    for module in _PARTS:
        for finding in study.once(module.NAME, module.extract):
            held.setdefault(finding.post, []).append(finding)
    return held


def _claim(passage: Passage, sentence: Sentence, held: list[Finding], study: Study) -> Found | None:
    inside = [part for part in held if sentence.start <= part.start < sentence.end]
    prose = passage.prose[sentence.start : sentence.end]
    certainty, why = checkable(prose, {_sign(part) for part in inside if part.certainty >= 0.5 or part.kind == "date"})
    if certainty < LEAST:
        return None
    start, end = _bare(passage, sentence)
    value: dict[str, Any] = {
        "text": passage.text[start:end],
        "parts": [
            {"kind": part.kind, "start": part.start, "end": part.end, "quote": part.quote}
            for part in inside
            if part.kind != "source"
        ],
        "hedges": [word.group().lower() for word in _HEDGES.finditer(prose)] if _may_hedge(passage) else [],
        "negated": _may_deny(passage) and _NEGATION.search(prose) is not None,
        "speaker": _speaker(inside, study),
        "source": _source(passage, sentence, held),
    }
    return Found("claim", start, end, value, certainty, why)


def _sign(part: Finding) -> str:
    return "speaker" if part.kind == "source" and part.value["type"] == "attribution" else part.kind


_HEDGE_WORDS = (
    "may might could can perhaps probably possibly likely unlikely reportedly allegedly apparently seem seems "
    "seemingly appear appears supposedly suggest suggests believed rumored rumoured maybe potentially presumably about "
    "around approximately roughly nearly almost often usually mostly"
).split()
_HEDGES = re.compile(
    rf"\b(?:{'|'.join(_HEDGE_WORDS)}|some say|i think|i believe|i guess|most of the times)\b(?!(?<=can)['’]t)"
    r"|\b(?:возможно|вероятно|якобы|по-видимому|похоже|кажется|может)\b|可能|据说|似乎|大概|也许",
    re.IGNORECASE,
)
_HEDGED = frozenset(_HEDGE_WORDS) | {"say", "think", "believe", "guess", "most"}
_NEGATION = re.compile(
    (
        r"\b(?:not(?! only| just| merely| to mention)|no(?! doubt| wonder| less)|never|none|nobody|nothing|neither|nor"
        r"|without|unable|cannot|fail(?:s|ed)? to|refus(?:es|ed) to|den(?:ies|ied)|lacks?|hardly|barely)\b|n['’]t\b"
        r"|\b(?:не(?! только)|нет|ни|никогда|никто|без)\b|不(?![仅只但])|[没無无未非]"
    ),
    re.IGNORECASE,
)
_DENIED = frozenset(
    (
        "not no never none nobody nothing neither nor without unable cannot fail fails failed refuses refused denies "
        "denied lack lacks hardly barely t"
    ).split()
)


def _may_hedge(passage: Passage) -> bool:
    return passage.has_cyrillic or passage.has_han or not passage.words.isdisjoint(_HEDGED)


def _may_deny(passage: Passage) -> bool:
    return passage.has_cyrillic or passage.has_han or not passage.words.isdisjoint(_DENIED)


def _bare(passage: Passage, sentence: Sentence) -> tuple[int, int]:
    """Return the span of a sentence without the author's number, links and blanks at its ends."""
    start, end, prose = sentence.start, sentence.end, passage.prose
    while start < end and (prose[start].isspace() or (prose[start] == BLANK and not _is_mention(passage, start))):
        start += 1
    while end > start and (prose[end - 1].isspace() or (prose[end - 1] == BLANK and not _is_mention(passage, end - 1))):
        end -= 1
    return start, end


def _is_mention(passage: Passage, at: int) -> bool:
    return any(mention.start <= at < mention.end for mention in passage.post.mentions)


# --- whose words, and on what they rest -------------------------------------------------------------------------------


def _speaker(inside: list[Finding], study: Study) -> dict[str, Any]:
    """Return whom the words are laid to: a speaker that the sentence names, else the author of the post."""
    said = next((part for part in inside if part.kind == "source" and part.value["type"] == "attribution"), None)
    if said:
        return {"name": said.quote, "start": said.start, "end": said.end, "author": False}
    return {"name": study.thread.author.label, "author": True}


#: A post that presents what it links to: `this @example story`, `in our new paper`.
_PIECE = re.compile(
    r"\b(?:this|new|our|my|their|great|latest)\b[^.!?\n]{0,40}?\b(?:story|piece|article|report|interview|op-ed|paper|study"
    r"|investigation|analysis|essay|column)\b",
    re.IGNORECASE,
)
_PIECES = frozenset("story piece article report interview ed paper study investigation analysis essay column".split())
NEAR = 3
"""So many posts on, what a post presents is still taken for the source of claims that have none of their own, unless
a post between cites something else.
"""


def _presented(passage: Passage, held: list[Finding]) -> Finding | None:
    """Return the link that a post presents as what it speaks of; None where it presents none."""
    if passage.words.isdisjoint(_PIECES):
        return None
    links = [part for part in held if part.kind == "source" and part.value["type"] != "attribution"]
    return links[0] if links and _PIECE.search(passage.text) else None


def _resting(item: Found, passage: Passage, piece: Finding | None, since: int) -> Found:
    """Return a claim without a source of its own with the piece that an earlier post presents; not where the author
    speaks for himself, in the sentence or before it in the post.
    """
    if piece is None or not 0 < since <= NEAR or item.value["source"] != "none":
        return item
    if _OWN.search(passage.text, 0, item.end):
        return item
    cited = {
        "post": piece.post,
        "start": piece.start,
        "end": piece.end,
        "publisher": piece.value["publisher"],
        "url": piece.value["url"],
        "where": "in an earlier post",
    }
    return item._replace(value={**item.value, "source": cited})


_OWN = re.compile(r"\b(?:I|[Mm]y|[Ww]e|[Oo]ur)\b")


def _source(passage: Passage, sentence: Sentence, held: list[Finding]) -> dict[str, Any] | str:
    """Return what is cited for a sentence: a link in it, else the next link of the post; "none" where there is none."""
    links = [part for part in held if part.kind == "source" and part.value["type"] != "attribution"]
    near = next((part for part in links if sentence.start <= part.start < sentence.end), None)
    found = near or next((part for part in links if part.start >= sentence.end), None)
    if found is None:
        return "none"
    return {
        "start": found.start,
        "end": found.end,
        "publisher": found.value["publisher"],
        "url": found.value["url"],
        "where": "in the sentence" if near else "in the post",
    }
