"""Signs for and against a sentence that can be checked: what its words and its form show, each as yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

__all__ = [
    "acts",
    "gives_thanks",
    "is_account_acting",
    "is_done",
    "is_in_progress",
    "is_to_come",
    "points_on",
    "sums_up",
    "supposes",
    "tells_of_actors",
]

#: Who does what is reported: no names, but somebody whom others can ask.
_ACTORS = frozenset(
    (
        "police official officials government governments minister ministers ministry president court courts  "
        "army military company companies authorities people gunman gunmen suspect suspects hostage hostages  "
        "soldier soldiers team teams researchers scientists law laws bank banks parliament union shooter  "
        "students customers users workers residents citizens troops protesters voters investors firm firms"
    ).split()
)
_PAST = frozenset(
    (
        "was were had said won lost built hit shot made took gave led sold bought found began became held  "
        "wrote came went killed left got grew fell rose met cut paid sent spent broke brought chose drew  "
        "drove kept knew meant ran saw spoke stood struck taught told thought threw understood did didn't  "
        "hadn't wasn't weren't couldn't felt lay sat ate flew done hid fled wore swore shut"
    ).split()
)
_NO_PAST = frozenset("need speed feed seed weed indeed hundred embed exceed proceed succeed bleed breed united".split())
#: Behind these a word in -ed is no verb in the past: `is priced`, `the proposed law`.
_BEFORE_ADJECTIVES = frozenset(
    (
        "is are am be being get gets getting a an the its their his her our my your 's 're this these those some more "
        "most very of with to by"
    ).split()
)
_RUSSIAN_PAST = re.compile(r"\b[а-яё]{2,}(?:л|ла|ло|ли|лся|лась|лось|лись)\b", re.IGNORECASE)


def is_done(prose: str, words: list[str]) -> bool:
    """Say whether a sentence has a verb in the past, or a Chinese mark of what is done."""
    for before, word in pairwise(words):
        past = word in _PAST or (word.endswith("ed") and len(word) > 4 and word not in _NO_PAST)
        if past and before not in _BEFORE_ADJECTIVES:
            return True
    return not prose.isascii() and (_RUSSIAN_PAST.search(prose) is not None or "了" in prose or "已" in prose)


_DOING = (
    r"(?:has|have|had|is|are|was|were|will|did|does|do|can|cannot|could|won['’]t|didn['’]t|isn['’]t"
    r"|[a-z]{2,}(?:ed|[^su\W]s))\b"
)
_ADVERB = r"(?:(?:also|now|never|always|still|just|only|[a-z]+ly)\s+)?"
_ACTS = re.compile(
    rf"(?:\x00|\b[A-Z][\w.&'’-]*[^\W_]|\b(?:it|they|who|which|company|government|police))\s+{_ADVERB}{_DOING}"
    rf"|^[\s\x00]*(?:\.\.+|…)\s*(?:and|but|or)?\s*{_DOING}"
    rf"|\b(?:[Hh]e|[Ss]he|[Ww]e|[Tt]hey|[Ii]t)\s+{_ADVERB}(?:has|had|was|were|did|didn['’]t|[a-z]{{2,}}ed)\b"
)
_ACCOUNT_ACTS = re.compile(rf"\x00\s+{_ADVERB}{_DOING}")
_OTHER_VERB = re.compile(
    r"\b[а-яё]{3,}(?:л|ла|ло|ли|лся|лась|лись|ет|ут|ют|ит|ят|ат|ется|ются)\b|[是有了將将已在被称]", re.IGNORECASE
)


def acts(prose: str) -> bool:
    """Say whether somebody or something does something: a name or pronoun with its verb behind it.

    A sentence that goes on from the post before (`... and gets`) may begin with the verb.
    """
    return _ACTS.search(prose) is not None or (not prose.isascii() and _OTHER_VERB.search(prose) is not None)


def is_account_acting(prose: str) -> bool:
    """Say whether an account, which is blanked out, has a verb behind it."""
    return _ACCOUNT_ACTS.search(prose) is not None


def tells_of_actors(words: Iterable[str]) -> bool:
    """Say whether a sentence speaks of somebody whom others can ask: `police`, `residents`."""
    return not _ACTORS.isdisjoint(words)


_TO_COME = re.compile(r"\b(?:will|going to|gonna|won['’]t)\b|['’]ll\b", re.IGNORECASE)


def is_to_come(prose: str) -> bool:
    """Say whether a sentence speaks of what will be."""
    return _TO_COME.search(prose) is not None


_IN_PROGRESS = re.compile(r"\b(?:is|are|was|were|['’](?:re|s|m))\s+(?:[a-z]+ly |now |still |also |not )?[a-z]{3,}ing\b")


def is_in_progress(prose: str) -> bool:
    """Say whether something is being done: `is building`."""
    return "ing" in prose and _IN_PROGRESS.search(prose) is not None


_ORDERS = frozenset(
    (
        "please let's lets follow check read watch see click retweet subscribe join look try think imagine consider "
        "remember ask tell give make take use don't dont never always stop start get go keep avoid add mix heat share "
        "thank thanks congrats congratulations kudos happy welcome note step create import set study learn build find "
        "write call donate help text visit act pray stay be do say show put turn listen buy sell spend enjoy download "
        "bonus example here's heres that's thats"
    ).split()
)
_ORDERS_OF_TWO = frozenset(("let me", "sign up", "feel free", "shout out", "for example", "here are", "this is"))
#: What sums up, weighs, or announces what follows, and states nothing by itself.
_OPENERS = re.compile(
    (
        r"\W*(?:bottom line|in short|in other words|tl;?dr|to sum up|all in all|overall|the (?:point|idea|takeaway"
        r"|problem|question|answer|goal|key|trick|issue|good news|bad news)\b|my (?:take|point|view)\b|it(?:['’]s| is) "
        r"(?:hard|difficult|easy|impossible|important|worth|time|too early|clear|tempting)\b|there (?:are|is|were|was) "
        r"(?:\w+ ){0,3}(?:reasons?|ways?|things?|lessons?|points?|types?|kinds?|steps?|questions?|examples?)\b)"
    ),
    re.IGNORECASE,
)


def points_on(words: list[str]) -> bool:
    """Say whether a sentence begins as orders do, or as what only points at something."""
    return words[0] in _ORDERS or " ".join(words[:2]) in _ORDERS_OF_TWO


def sums_up(prose: str) -> bool:
    """Say whether a sentence begins as what sums up, weighs, or announces something."""
    return _OPENERS.match(prose) is not None


_CREDITS = re.compile(
    r"\W*(?:many |big |huge |special )?(?:thanks|thank you|kudos|congrats|congratulations|props|credits?|shout.?out)"
    r"\b[^.!?\x00]{0,40}\x00",
    re.IGNORECASE,
)


def gives_thanks(prose: str) -> bool:
    """Say whether a sentence begins with thanks to an account."""
    return "\x00" in prose and _CREDITS.match(prose) is not None


_SUPPOSES = frozenset("if when imagine suppose assume unless whether let assuming say".split())


_LEADS = frozenset("so and but or even now".split())


def supposes(prose: str, words: list[str]) -> bool:
    """Say whether a sentence begins with a condition, or with `when`."""
    first = words[1] if words[0] in _LEADS and len(words) > 1 else words[0]
    return first in _SUPPOSES or " if " in prose[:25].lower()
