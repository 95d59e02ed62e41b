"""A relation as a finding: its two ends, what ties them, whether it is denied, only possible, or to come."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import msgspec

from clew.evidence.finding import Finding, Found
from clew.evidence.passages import Passage

__all__ = ["Tie", "called", "named_thing", "phrase_end", "relation", "whole"]


class Tie(NamedTuple):
    """What ties two: a verb or noun, by the name of the relation."""

    start: int
    end: int
    name: str
    passive: bool = False
    joined: bool = False
    """Its subject is that of the verb before: `has sold A and bought B`."""


def called(finding: Finding) -> str:
    """Return the name of somebody or something."""
    return str(finding.value.get("name") or finding.value.get("handle") or finding.quote)


def named_thing(passage: Passage, like: Finding, start: int, end: int, certainty: float = 0.7) -> Finding:
    """Return a stretch of a passage as an end of a relation that is of none of the kinds."""
    quote = passage.text[start:end]
    return msgspec.structs.replace(
        like, kind="thing", start=start, end=end, quote=quote, value={"name": quote}, certainty=certainty, why="a thing"
    )


def whole(finding: Finding) -> Finding:
    """Return a country for its flag or adjective, so that no nouns behind it are taken for a part of it."""
    if finding.kind != "place":
        return finding
    return msgspec.structs.replace(finding, value={**finding.value, "form": "name"})


def relation(passage: Passage, subject: Finding, thing: Finding, tie: Tie) -> Found:
    """Return what is found where a tie stands between or beside two."""
    text = passage.text
    start = min(subject.start, tie.start, thing.start)
    end = max(tie.end, *(phrase_end(each, text, tie) for each in (subject, thing)))
    led = _before(text, subject, tie)
    value: dict[str, Any] = {
        "relation": tie.name,
        "subject": _end(subject, text, tie),
        "verb": {"start": tie.start, "end": tie.end, "quote": text[tie.start : tie.end]},
        "object": _end(thing, text, tie),
        "negated": _NEGATION.search(led) is not None,
    }
    if found := _MODAL.search(led):
        value["modal"] = _MODALS[found[1].lower()]
    elif _FUTURE.search(led) or _TO_COME.match(text, tie.start):
        value["future"] = True
    far = thing.end - tie.start if tie.joined else end - start
    near = max(0, far - len(thing.quote) - (0 if tie.joined else len(subject.quote)))
    sure = max(0.4, 0.8 - near / 200) * (0.9 if tie.joined else 1)
    certainty = round(sure * min(subject.certainty, thing.certainty), 2)
    words = " ".join(text[tie.start : tie.end].split())
    why = f"`{words}` stands between the two" if tie.start > subject.start else f"`{words}` ties the two"
    if subject.why == "meant":
        value["subject"]["meant"] = True
        why += f"; {value['subject']['name']} is meant, as the words before it have it"
    return Found("relation", start, end, value, certainty, why)


REACH = 32
"""So many code points before a verb are looked at for `not` and `may`; fewer where its subject is nearer."""
_NEGATION = re.compile(
    (
        r"\b(?:not(?! only| just| merely)|never|unable|cannot|no longer|without|fail(?:s|ed)? to|refus(?:es|ed) to)\b"
        r"|n['’]t\b|\bне(?! только)\s+\w*\s*$|[不没沒未]\w?$"
    ),
    re.IGNORECASE,
)
_MODALS = {
    **dict.fromkeys(("can", "could", "cannot", "able", "unable"), "can"),
    **dict.fromkeys(("способен", "способна", "способны", "может", "могут", "мог", "могла", "могли"), "can"),
    **dict.fromkeys(("may", "might"), "may"),
    **dict.fromkeys(("must", "should", "ought", "needs", "has", "have"), "must"),
}
_MODAL = re.compile(
    (
        r"\b(can(?:not)?|could|may|might|must|should|ought|needs|able|unable|(?:has|have)(?=\s+to\b)"
        r"|способ(?:ен|на|ны)|может|могут|мог|могла|могли)\b"
        r"[^,;.!?]*$"
    ),
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:will|would|won['’]t|going to|plans? to)\b(?:\s+(?:not|never|fully|also|soon))*\s*$"
    r"|\bбуд(?:ет|ут)\s*$|[将會会]|计划",
    re.IGNORECASE,
)
#: Russian verbs whose present tense says what is to come.
_TO_COME = re.compile(
    r"(?:построит|построят|поставит|поставят|купит|посетит|подпишет|подпишут|выпустит|запустит)\b", re.I
)


def _before(text: str, subject: Finding, tie: Tie) -> str:
    """Return the words before a verb that say whether it holds, those before its subject left out."""
    start = max(0, tie.start - REACH)
    if tie.joined:
        return _AND.split(text[start : tie.start])[-1]
    return text[max(start, subject.end) if subject.end <= tie.start else start : tie.start]


_AND = re.compile(r"\b(?:and|then|but)\b", re.IGNORECASE)


def _end(finding: Finding, text: str, tie: Tie) -> dict[str, Any]:
    """Return what stands at an end: of a flag or adjective with nouns behind it the whole phrase, and whose it is."""
    name = called(finding)
    value: dict[str, Any] = {
        "kind": finding.kind,
        "name": name,
        "start": finding.start,
        "end": finding.end,
        "quote": finding.quote,
    }
    end = phrase_end(finding, text, tie)
    if end > finding.end:
        quote = text[finding.start : end]
        value |= {"kind": "thing", "name": f"{name}: {text[finding.end : end].strip()}", "end": end, "quote": quote}
        value["of"] = name
    return value


#: Nouns behind an adjective; what is no noun ends the phrase.
_PHRASE = re.compile(
    r"(?:[ ]?(?!(?:in|on|at|of|to|for|from|by|with|and|or|but|is|are|was|were|be|been|has|have|had|that|which|who|when"
    r"|as|than|will|would|can|could|may|the|a|an|if|so|because|while|after|before|since|until|into|over|it|they|we|you|not"
    r"|cooperation|partnership|ties|relations|relationship|trade|alliance|talks|deal|agreement|border)\b)"
    r"(?:[a-z][\w-]+|[A-Z]{2,3})){1,3}"
    r"|(?:[ ](?!(?:в|во|на|из|от|к|с|со|о|об|для|при|по|за|у|и|или|а|но|не|что|как)\b)[а-яё]{4,}){1,2}"
)


def phrase_end(finding: Finding, text: str, tie: Tie) -> int:
    """Return where an end of a relation ends: a flag or adjective with the nouns behind it."""
    if finding.kind != "place" or finding.value["form"] not in ("adjective", "flag"):
        return finding.end
    until = tie.start if finding.end <= tie.start else len(text)
    found = _PHRASE.match(text, finding.end, until)
    return finding.end + len(found[0].rstrip()) if found else finding.end
