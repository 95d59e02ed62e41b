"""How sure it is that a sentence states something that can be checked: signs with weights, summed.

The weights are those of a logistic regression on the half of the labelled posts that rules are written with
(docs/evidence.md), rounded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection

from clew.evidence.common import is_common

__all__ = ["checkable"]

_BEGIN = -3.0
_MOST = 1.2 + 1.1 + 0.55 + 0.7 + 0.25
"""What names, a verb in the past and the form can add."""
_BAR = -0.41
"""Below it the certainty is under 0.4, and nobody asks."""
#: What a sentence names, with what it adds.
_NAMED = {
    "figure": 1.4,
    "place": 1.15,
    "date": 0.55,
    "person": 0.5,
    "account": 0.4,
    "speaker": 0.4,
    "organisation": 0.3,
    "relation": 0.5,
}
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SELF = frozenset("i i'm i've i'll i'd my me mine myself".split())
_YOU = frozenset("you your you're you'll you've yourself u ur".split())
_VIEWS = frozenset(
    (
        "think believe feel opinion view imo imho should must ought hope hopefully love loved hate best  "
        "worst great amazing beautiful awesome cool important interesting boring wonderful terrible absurd  "
        "crazy incredible fun favorite favourite better worse good bad clear clearly obvious obviously  "
        "unfortunately easy hard simple powerful excited glad"
    ).split()
)
_MODAL = frozenset(
    ("can could should must would might ought couldn't shouldn't wouldn't need needs want wants gonna").split()
)
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
        "drove kept knew meant ran saw spoke stood struck taught told thought threw understood"
    ).split()
)
_RUSSIAN_PAST = re.compile(r"\b[а-яё]{2,}(?:л|ла|ло|ли|лся|лась|лось|лись)\b", re.IGNORECASE)
_ALERTS = frozenset("BREAKING URGENT UPDATE CONFIRMED DEVELOPING MORE".split())
_VERBS = _PAST | frozenset(
    (
        "is are has have been will became become becomes did does do can could may might says makes make  "
        "reach reaches provide provides use uses support supports supplies hire hires own owns need needs  "
        "want wants contain contains cost costs include includes require requires produce produces cause  "
        "causes lead leads show shows work works live lives kill kills destroy destroys sign signs plan  "
        "plans raise raises document documents release releases contribute contributes declare declares  "
        "can't cannot couldn't won't isn't aren't wasn't weren't doesn't didn't don't hasn't haven't hadn't  "
        "it's they're we're"
    ).split()
)
_VERB_ENDS = tuple(
    "ed izes ates ows akes ives ains ides ends ants urns ills its ays ells uilds uys eads olds ets uts".split()
)
_OTHER_VERB = re.compile(
    r"\b[а-яё]{3,}(?:л|ла|ло|ли|лся|лась|лись|ет|ут|ют|ит|ят|ат|ется|ются)\b|[是有了將将已在被称]", re.IGNORECASE
)
_ASKS = re.compile(r"[?？][\"'”’)]*\s*$")
_ORDERS = frozenset(
    (
        "please let's lets follow check read watch see click retweet subscribe join look try think imagine consider "
        "remember ask tell give make take use don't dont never always start stop get go keep avoid add mix heat share "
        "thank thanks congrats congratulations happy welcome note step create import set study learn build find write "
        "call donate help text visit act pray stay be do say show put turn listen buy sell spend enjoy download bonus "
        "example here's heres that's thats"
    ).split()
)
"""Words with which orders begin, and what only points at something."""
_ORDERS_OF_TWO = frozenset(("let me", "sign up", "feel free", "shout out", "for example", "here are", "this is"))
_BULLET = re.compile(r"\s*(?:[-–—•*▪◦+]|\d+\.|[A-Z] -)")
_SMALL = re.compile(r"\W*[a-z]")


def checkable(prose: str, kinds: Collection[str]) -> tuple[float, str]:
    """Return from 0 to 1 how sure it is that a sentence can be checked, and why; 0 for questions and scraps.

    `prose` is the sentence with what is no prose blanked out, `kinds` is what was found in it.
    """
    tokens = _TOKEN.findall(prose)
    han = _HAN.search(prose) is not None
    if (len(tokens) < 3 and not han) or _ASKS.search(prose):
        return 0.0, ""
    words = [token.lower().replace("’", "'") for token in tokens]
    score = _BEGIN + sum(_NAMED.get(kind, 0.0) for kind in kinds) + _by_words(tokens, frozenset(words))
    if score + _MOST < _BAR:
        return 0.0, ""
    names = sum(
        1 for token, word in zip(tokens[1:], words[1:], strict=True) if token[0].isupper() and not is_common(word)
    )
    done = _is_done(prose, words)
    score += 0.6 * min(names, 2) + 1.1 * done + _by_form(prose, tokens, words, han=han)
    told = [kind for kind in _NAMED if kind in kinds] + ["name"] * (names > 0 and not kinds)
    why = f"a statement {'of what was ' if done and not told else ''}{'done' if done and not told else _naming(told)}"
    return round(1 / (1 + math.exp(-score)), 2), why


def _is_done(prose: str, words: list[str]) -> bool:
    """Say whether a sentence has a verb in the past."""
    if not _PAST.isdisjoint(words) or any(word.endswith("ed") and len(word) > 4 for word in words):
        return True
    return not prose.isascii() and (_RUSSIAN_PAST.search(prose) is not None or "了" in prose or "已" in prose)


def _by_words(tokens: list[str], words: frozenset[str]) -> float:
    """Return what actors, `has`, alerts, the author, the reader, views and possibilities add or take."""
    return (
        0.9 * (not _ACTORS.isdisjoint(words))
        + 0.7 * ("has" in words or "have" in words)
        + 0.2 * (not _ALERTS.isdisjoint(tokens))
        - 1.1 * (not _SELF.isdisjoint(words))
        - 0.6 * (not _YOU.isdisjoint(words))
        - 0.8 * (not _VIEWS.isdisjoint(words))
        - 1.0 * (not _MODAL.isdisjoint(words))
    )


def _by_form(prose: str, tokens: list[str], words: list[str], *, han: bool) -> float:
    """Return what a plural or present, a verb, a tag, an order, a bullet, a small letter and shortness add or take."""
    return (
        0.55 * any(len(word) > 3 and word[-1] == "s" and word[-2] != "s" for word in words)
        + 0.7 * _has_verb(prose, words)
        + 0.25 * ("#" in prose)
        - 0.85 * (words[0] in _ORDERS or " ".join(words[:2]) in _ORDERS_OF_TWO)
        - 0.5 * (_BULLET.match(prose) is not None)
        - 0.55 * (_SMALL.match(prose) is not None)
        - 0.7 * (len(tokens) < 5 and not han)
    )


def _has_verb(prose: str, words: list[str]) -> bool:
    if not _VERBS.isdisjoint(words) or any(word.endswith(_VERB_ENDS) and len(word) > 3 for word in words):
        return True
    return not prose.isascii() and _OTHER_VERB.search(prose) is not None


def _naming(kinds: list[str]) -> str:
    article = [f"an {kind}" if kind[0] in "aeo" else f"a {kind}" for kind in kinds]
    told = " and ".join([", ".join(article[:-1]), article[-1]] if len(article) > 1 else article)
    return f"that names {told}" if told else "of somebody whom others can ask"
