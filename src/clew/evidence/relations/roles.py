"""What somebody is: `Chinese tech giant Huawei`, `Rostec, a state corporation`, `Siemens CEO Ana Ruiz`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from clew.evidence.finding import Finding, Found
from clew.evidence.passages import Passage, Sentence
from clew.evidence.relations.told import Tie, called, named_thing, relation, whole

__all__ = ["BODIES", "roles"]

_BODY_WORDS = (
    "giant company firm corporation conglomerate maker manufacturer producer operator developer vendor supplier "
    "provider retailer contractor carrier airline bank startup start-up group holding agency ministry regulator "
    "newspaper broadcaster outlet channel magazine publisher university institute think-tank party union association "
    "federation militia platform subsidiary monopoly компания корпорация концерн холдинг банк фирма"
)
BODIES = frozenset(_BODY_WORDS.split())
"""What an organisation may be called without its name."""
_HEADS = frozenset(
    (
        "president premier chancellor ceo chief head director chairman chairwoman chair leader founder co-founder "
        "cofounder owner king queen mayor governor boss commander"
    ).split()
)
_STAFF = frozenset(
    (
        "spokesman spokeswoman spokesperson analyst economist engineer lawyer adviser advisor ambassador envoy "
        "reporter journalist correspondent editor professor researcher scientist fellow employee member diplomat "
        "official manager executive lawmaker senator minister"
    ).split()
)
_PEOPLE = _HEADS | _STAFF
_ALL = BODIES | _PEOPLE
_WORDS = "|".join(sorted(_ALL, key=lambda word: (-len(word), word)))
_PERSON = "|".join(sorted(_PEOPLE, key=lambda word: (-len(word), word)))
_APART = re.compile(rf"['’]?s?\s(?P<what>(?:[a-z][\w-]*\s){{0,3}}?(?P<role>{_WORDS}))\s", re.IGNORECASE)
_BEHIND = re.compile(
    rf",\s+(?:an?\s|the\s)(?P<what>(?:[A-Za-z][\w'’-]*\s){{0,4}}?(?P<role>{_WORDS}))\b(?P<of>\s(?:of|at|for|with)\s"
    r"(?:the\s)?)?",
)
_BARE = re.compile(rf",\s+(?P<what>(?P<role>{_PERSON}))(?P<of>\s(?:of|at|for)\s(?:the\s)?)", re.IGNORECASE)


_CALLED = re.compile(r"[A-Z][\w&-]*(?:\s[A-Z][\w&-]*){0,2}")


def roles(passage: Passage, sentence: Sentence, inside: list[Finding]) -> Iterator[Found]:
    """Yield who leads or works for whom, and what an organisation is said to be, where two names stand side by side."""
    if passage.words.isdisjoint(_ALL):
        return
    for a, b in pairwise(inside):
        if b.kind in ("person", "organisation", "account") and (
            found := _APART.fullmatch(passage.text, a.end, b.start)
        ):
            yield from _before(passage, a, b, found)
    for at, a in enumerate(inside):
        if a.kind in ("person", "organisation", "account") and (
            found := _BEHIND.match(passage.text, a.end, sentence.end) or _BARE.match(passage.text, a.end, sentence.end)
        ):
            yield from _behind(passage, a, inside[at + 1 :], found)


def _before(passage: Passage, a: Finding, b: Finding, found: re.Match[str]) -> Iterator[Found]:
    role = found["role"].lower()
    if role in _PEOPLE and b.kind != "organisation":
        yield relation(passage, b, whole(a), Tie(*found.span("role"), _named(role)))
    elif role in BODIES and b.kind != "person" and a.kind == "place":
        yield _is(passage, b, a.start, found.end("what"), found.span("role"), a)


def _behind(passage: Passage, a: Finding, others: list[Finding], found: re.Match[str]) -> Iterator[Found]:
    role = found["role"].lower()
    of = next((each for each in others if found["of"] and each.start == found.end()), None)
    if of is None and found["of"] and (name := _CALLED.match(passage.text, found.end())):
        of = named_thing(passage, a, *name.span())
    if role in _PEOPLE and of and a.kind != "organisation":
        yield relation(passage, a, whole(of), Tie(*found.span("role"), _named(role)))
    elif found.re is _BEHIND and (a.kind == "account" or (role in BODIES) == (a.kind == "organisation")):
        country = next((each for each in others if found.start("what") <= each.start < found.end("what")), None)
        yield _is(passage, a, *found.span("what"), found.span("role"), country)


def _is(
    passage: Passage, somebody: Finding, start: int, end: int, role: tuple[int, int], country: Finding | None
) -> Found:
    """Return that somebody is what a phrase says, of the country that it names."""
    item = relation(passage, somebody, named_thing(passage, somebody, start, end, 0.8), Tie(*role, "is"))
    if country is not None and country.kind == "place":
        item.value["object"]["of"] = called(country)
    return item._replace(why=f"`{passage.text[slice(*role)]}` stands beside the name")


def _named(role: str) -> str:
    return "leads" if role in _HEADS else "works for"
