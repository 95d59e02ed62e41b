"""Who is meant where a sentence does not name him: `It`, `the company`, or nobody at all."""

from __future__ import annotations

import re
from collections import Counter

import msgspec

from clew.evidence.finding import Finding
from clew.evidence.passages import BLANK, Passage, Sentence
from clew.evidence.relations.roles import BODIES

__all__ = ["Recent"]

_SOMEBODY = ("organisation", "account", "person")
_PRONOUN = re.compile(
    rf"[\s{BLANK}.…]*(?P<word>(?P<person>He|She)|It|They|The\s(?:company|group|firm|bank|ministry|corporation|agency|giant))\b"
)
_PRESENTS = re.compile(
    r"(?:['’]s)?\s+(?:[\w-]+\s+)?(?:story|piece|article|report|interview|op-ed|column|study|paper|thread|analysis|essay|poll"
    r"|survey)\b"
)
_BODY = re.compile(rf"\s*(?:[a-z][\w-]*\s){{0,2}}?(?:{'|'.join(sorted(BODIES))})\b(?!\s[A-Z@])")
_CLAUSE = re.compile(r"[,;:.]|\b(?:how|that|which|why|while|after|before|because|as)\b")
KEPT = 3
"""So many sentences back somebody can be meant."""


class Recent:
    """Those whom the last sentences of a thread name; the one named most in the thread is meant first."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._last: list[list[Finding]] = []

    @property
    def is_empty(self) -> bool:
        """Whether nobody was named so far."""
        return not self._counts

    def note(self, passage: Passage, inside: list[Finding]) -> None:
        """Remember whom a sentence names; not who presents something, as in `this @example story`."""
        held = [each for each in inside if each.kind in _SOMEBODY and not _PRESENTS.match(passage.text, each.end)]
        self._counts.update(_name(each) for each in held)
        self._last = [*self._last, held][-KEPT:]

    def meant(self, *others: Finding, person: bool | None = None) -> Finding | None:
        """Return who is likeliest meant; nobody who is one of `others` under another name."""
        held = [
            each
            for sentence in self._last
            for each in sentence
            if (person is None or (each.kind == "person") == person)
            and not any(_name(each) in _name(other) or _name(other) in _name(each) for other in others)
        ]
        return max(held, key=lambda each: self._counts[_name(each)], default=None)

    def pronoun(self, passage: Passage, sentence: Sentence) -> Finding | None:
        """Return the word that stands for somebody at the start of a sentence, with his name; None for none."""
        found = _PRONOUN.match(passage.prose, sentence.start, sentence.end)
        meant = self.meant(person=found["person"] is not None) if found else None
        if found is None or meant is None:
            return None
        return self.standing(meant, passage, found.start("word"), found.end("word"))

    def resolved(self, passage: Passage, ends: list[Finding]) -> list[Finding]:
        """Return the ends of a sentence, `🇨🇳 tech giant` for the organisation that it means: the first one before it,
        in another clause, else the one that the sentences before it name most.
        """
        if passage.words.isdisjoint(BODIES):
            return ends
        return [self._body(passage, each, ends) or each for each in ends]

    def _body(self, passage: Passage, end: Finding, ends: list[Finding]) -> Finding | None:
        if end.kind != "place" or end.value["form"] not in ("adjective", "flag"):
            return None
        found = _BODY.match(passage.text, end.end)
        if found is None or any(each.start in (found.end(), found.end() + 1) for each in ends):
            return None
        before = (
            each
            for each in ends
            if each.kind in ("organisation", "account")
            and each.end <= end.start
            and _CLAUSE.search(passage.text, each.end, end.start)
            and not _PRESENTS.match(passage.text, each.end)
        )
        meant = next(before, None) or self.meant(person=False)
        return self.standing(meant, passage, end.start, found.end()) if meant else None

    def standing(self, meant: Finding, passage: Passage, start: int, end: int) -> Finding:
        """Return somebody as meant by a stretch of a passage; less sure than where he is named."""
        return msgspec.structs.replace(
            meant,
            post=passage.post.id,
            start=start,
            end=end,
            quote=passage.text[start:end],
            certainty=round(meant.certainty * 0.7, 2),
            why="meant",
        )


def _name(finding: Finding) -> str:
    return str(finding.value.get("name") or finding.value.get("handle") or finding.quote).casefold()
