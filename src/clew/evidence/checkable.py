"""How sure it is that a sentence states something that can be checked: signs with weights, summed.

The weights are those of a logistic regression on the labelled posts that rules are written with (docs/evidence.md),
rounded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection

from clew.evidence import signs
from clew.evidence.common import is_common

__all__ = ["checkable"]

_BEGIN = -2.5
_BAR = -0.41
"""Below it the certainty is under 0.4, and nobody asks."""
_MOST = 0.65 + 0.5 + 0.9
"""What a subject with its verb, what is in progress, and names can add."""
#: What a sentence names, with what it adds.
_NAMED = {"figure": 1.65, "place": 1.75, "date": 0.85, "person": 0.65, "organisation": 1.0}
#: The same and what adds nothing, in the order in which it is told.
_TOLD = ("figure", "place", "date", "person", "account", "speaker", "organisation", "relation")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
_PLAIN = re.compile(r"[^\W_]+")
"""The same in a text without apostrophes, in half the time."""
_APOSTROPHE = re.compile("['’]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SELF = frozenset("i i'm i've i'll i'd my me mine myself".split())
_YOU = frozenset("you your you're you'll you've yourself ur".split())
_VIEWS = frozenset(
    (
        "think believe feel opinion view imo imho should must ought hope hopefully love loved hate best  "
        "worst great amazing beautiful awesome cool important interesting boring wonderful terrible absurd  "
        "crazy incredible fun favorite favourite better worse good bad clear clearly obvious obviously  "
        "unfortunately easy hard simple powerful excited glad"
    ).split()
)
_MODAL = frozenset(("can could should must would might ought couldn't shouldn't wouldn't need want gonna").split())
_ASKS = re.compile(r"[?？][\"'”’)]*\s*$")
_BULLET = re.compile(r"\s*(?:[-–—•*▪◦+]|\d+\.|[A-Z] -)")
_SMALL = re.compile(r"(?![\s\x00]*(?:\.\.|…))\W*[a-z]")
_COLON = re.compile(r"[:：][\s\x00]*$")
_CONTRACTED = frozenset("it's that's there's here's don't i'm i've i'll we've we're you're let's isn't".split())


def checkable(prose: str, kinds: Collection[str]) -> tuple[float, str]:
    """Return from 0 to 1 how sure it is that a sentence can be checked, and why; 0 for questions, thanks and scraps.

    `prose` is the sentence with what is no prose blanked out, `kinds` is what was found in it.
    """
    tokens = (_TOKEN if _APOSTROPHE.search(prose) else _PLAIN).findall(prose)
    han = not prose.isascii() and _HAN.search(prose) is not None
    if (len(tokens) < 3 and not han) or _ASKS.search(prose) or signs.gives_thanks(prose):
        return 0.0, ""
    words = list(map(str.lower, tokens))
    if "’" in prose:
        words = [word.replace("’", "'") for word in words]
    done = signs.is_done(prose, words)
    score = _BEGIN + sum(_NAMED.get(kind, 0.0) for kind in kinds) + 1.3 * done + _by_words(prose, words)
    if score + _MOST + ("account" in kinds) < _BAR:
        return 0.0, ""
    score += _by_doing(prose, words, kinds) + _by_form(prose, tokens, words, han=han)
    if score + 0.9 < _BAR:
        return 0.0, ""
    names = sum(1 for token, word in zip(tokens, words, strict=True) if _is_name(token, word))
    score += 0.45 * min(names, 2)
    told = [kind for kind in _TOLD if kind in kinds] + ["name"] * (names > 0 and not kinds)
    why = f"a statement {'of what was ' if done and not told else ''}{'done' if done and not told else _naming(told)}"
    return round(1 / (1 + math.exp(-score)), 2), why


def _is_name(token: str, word: str) -> bool:
    return token[0].isupper() and len(token) > 1 and word not in _CONTRACTED and not is_common(word)


def _by_words(prose: str, words: list[str]) -> float:
    """Return what actors, `has`, an ability, a tag, the author, the reader, views and possibilities add or take."""
    held = frozenset(words)
    return (
        1.0 * signs.tells_of_actors(held)
        + 0.9 * ("has" in held or "have" in held)
        + 0.65 * ("able" in held or "unable" in held)
        + 1.1 * ("#" in prose)
        - 1.2 * (not _SELF.isdisjoint(held))
        - 0.8 * (not _YOU.isdisjoint(held))
        - 1.0 * (not _VIEWS.isdisjoint(held))
        - 0.8 * (not _MODAL.isdisjoint(held))
    )


def _by_doing(prose: str, words: list[str], kinds: Collection[str]) -> float:
    """Return what a subject with its verb, an account that does something, and what is in progress add."""
    told_of = "account" in kinds and not signs.tells_of_actors(words) and signs.is_account_acting(prose)
    return 0.65 * signs.acts(prose) + 1.0 * told_of + 0.5 * signs.is_in_progress(prose)


def _by_form(prose: str, tokens: list[str], words: list[str], *, han: bool) -> float:
    """Return what orders, summing up, the future, conditions, a colon, a bullet, a small letter and shortness take."""
    return (
        -1.35 * signs.points_on(words)
        - 2.0 * signs.sums_up(prose)
        - 1.2 * signs.is_to_come(prose)
        - 1.0 * signs.supposes(prose, words)
        - 1.0 * ((":" in prose or "：" in prose) and _COLON.search(prose) is not None)
        - 0.6 * (_BULLET.match(prose) is not None)
        - 0.45 * (_SMALL.match(prose) is not None)
        - 0.95 * (len(tokens) < 5 and not han)
    )


def _naming(kinds: list[str]) -> str:
    article = [f"an {kind}" if kind[0] in "aeo" else f"a {kind}" for kind in kinds]
    told = " and ".join([", ".join(article[:-1]), article[-1]] if len(article) > 1 else article)
    return f"that names {told}" if told else "of somebody whom others can ask"
