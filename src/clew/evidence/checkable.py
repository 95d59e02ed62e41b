"""How sure it is that a sentence states something that can be checked: signs with weights, summed.

The weights are those of a logistic regression on the half of the labelled posts that rules are written with
(docs/evidence.md), rounded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator

from clew.evidence.common import is_common

__all__ = ["checkable"]

_BEGIN = -3.0
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
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|been|will|became|becomes?|did|does|do|can|could|may|might"
    r"|[a-z]{2,}ed|[a-z]{1,}(?:izes|ates|ows|akes|ives|ains|ides|ends|ants|urns|ills|its|ays|ells"
    r"|uilds|uys|eads|olds|ets|uts)"
    r"|said|says|told|made|makes?|got|went|came|found|built|sold|bought|won|lost|left|took|gave"
    r"|grew|fell|rose|held|met|led|hit|cut|paid|sent|spent|began|broke|brought|chose|drew|drove"
    r"|kept|knew|meant|ran|saw|shot|spoke|stood|struck|taught|thought|threw|understood|wrote"
    r"|reach(?:es)?|provides?|uses?|supports?|supplies|hires?|owns?|needs?|wants?|contains?|costs?"
    r"|includes?|requires?|produces?|causes?|leads?|shows?|works?|lives?|kills?|destroys?|signs?"
    r"|plans?|raises?|documents?|releases?|contributes?|declares?)\b"
    r"|\b[а-яё]{3,}(?:л|ла|ло|ли|лся|лась|лись|ет|ут|ют|ит|ят|ат|ется|ются)\b|[是有了将将已在被称]",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[?？][\"'”’)]*\s*$")
_ORDERS = re.compile(
    (
        r"\W*(?:please|let'?s|let me|follow|check|read|watch|see|click|retweet|rt\b(?!\s@)|sign up"
        r"|subscribe|join|look|try|think|imagine|consider|remember|ask|tell|give|make|take|use|don'?t"
        r"|never|always|start|stop|get|go|keep|avoid|add|mix|heat|share|thanks?|thank you|congrat\w*"
        r"|happy|welcome|note|step|create|import|set|study|learn|build|find|write|call|donate|help"
        r"|text|visit|act|pray\w*|stay|be|do|say|show|put|turn|listen|buy|sell|spend|enjoy|download"
        r"|feel free|shout ?out|bonus|for example|example|here'?s|here are|that'?s|this is)\b"
    ),
    re.IGNORECASE,
)
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
    score = _BEGIN + sum(_NAMED.get(kind, 0.0) for kind in kinds)
    names = sum(
        1 for token, word in zip(tokens[1:], words[1:], strict=True) if token[0].isupper() and not is_common(word)
    )
    done = _is_done(prose, words)
    score += 0.6 * min(names, 2) + 1.1 * done
    score += sum(_by_words(tokens, frozenset(words))) + sum(_by_form(prose, tokens, words, han=han))
    told = [kind for kind in _NAMED if kind in kinds] + ["name"] * (names > 0 and not kinds)
    why = f"a statement {'of what was ' if done and not told else ''}{'done' if done and not told else _naming(told)}"
    return round(1 / (1 + math.exp(-score)), 2), why


def _is_done(prose: str, words: list[str]) -> bool:
    """Say whether a sentence has a verb in the past."""
    if not _PAST.isdisjoint(words) or any(word.endswith("ed") and len(word) > 4 for word in words):
        return True
    return not prose.isascii() and (_RUSSIAN_PAST.search(prose) is not None or "了" in prose or "已" in prose)


def _by_words(tokens: list[str], words: frozenset[str]) -> Iterator[float]:
    if not _ACTORS.isdisjoint(words):
        yield 0.9
    if "has" in words or "have" in words:
        yield 0.7
    if not _ALERTS.isdisjoint(tokens):
        yield 0.2
    if not _SELF.isdisjoint(words):
        yield -1.1
    if not _YOU.isdisjoint(words):
        yield -0.6
    if not _VIEWS.isdisjoint(words):
        yield -0.8
    if not _MODAL.isdisjoint(words):
        yield -1.0


def _by_form(prose: str, tokens: list[str], words: list[str], *, han: bool) -> Iterator[float]:
    if any(len(word) > 3 and word[-1] == "s" and word[-2] != "s" for word in words):
        yield 0.55
    if _VERB.search(prose):
        yield 0.7
    if "#" in prose:
        yield 0.25
    if _ORDERS.match(prose):
        yield -0.85
    if _BULLET.match(prose):
        yield -0.5
    if _SMALL.match(prose):
        yield -0.55
    if len(tokens) < 5 and not han:
        yield -0.7


def _naming(kinds: list[str]) -> str:
    article = [f"an {kind}" if kind[0] in "aeo" else f"a {kind}" for kind in kinds]
    told = " and ".join([", ".join(article[:-1]), article[-1]] if len(article) > 1 else article)
    return f"that names {told}" if told else "of somebody whom others can ask"
