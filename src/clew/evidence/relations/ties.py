"""What ties two: verbs by the name of their relation, in three languages, and nouns such as `partnership with`."""

from __future__ import annotations

import re
from functools import cache

__all__ = [
    "BURDENS",
    "CONTRACTS",
    "HAN_NAMES",
    "LINKS",
    "LINK_WORDS",
    "NAMES_OF_NOUNS",
    "NOUNS",
    "OPEN",
    "TOWARDS",
    "TOWARDS_HAN",
    "WITH_HAN",
    "contracted",
    "firsts",
    "foreign",
    "leads",
    "named",
    "pattern",
]

#: What is said, by the name of the relation; `!` marks words behind which the object stands first (`built by`).
_VERBS: dict[str, str] = {
    "supplies": (
        r"suppl(?:y|ies|ied|ying)|deliver(?:s|ed|ing)?|provid(?:es?|ed|ing)|sells?|sold|export(?:s|ed"
        r"|ing)?|ships?|shipped"
    ),
    "hires": r"hir(?:es?|ed|ing)|recruit(?:s|ed|ing)?|employ(?:s|ed|ing)?|appoint(?:s|ed|ing)?|poach(?:es|ed|ing)?",
    "builds": (
        r"(?:launch(?:es|ed)|start(?:s|ed)|begins?|began|begun)\s+(?:the\s+)?construction\s+of|builds?|built|building|construct(?:s|ed|ing)?|develop(?:s|ed|ing)?"
        r"|mak(?:es|ing)|made|produc(?:es?|ed|ing)|creat(?:es?|ed|ing)|assembl(?:es?|ed|ing)"
    ),
    "releases": (
        r"releas(?:es?|ed|ing)|launch(?:es|ed|ing)?|unveil(?:s|ed|ing)?|publish(?:es|ed|ing)?|introduc(?:es?|ed|ing)"
    ),
    "sanctions": (
        r"sanction(?:s|ed|ing)?|ban(?:s|ned|ning)?|blacklist(?:s|ed|ing)?|blocks?|blocked|restrict(?:s"
        r"|ed|ing)?|expel(?:s|led)?"
    ),
    "partners with": (
        r"partner(?:s|ed|ing)?\s+with|(?:co)?operat(?:es?|ed|ing)\s+with|work(?:s|ed|ing)?\s+with"
        r"|team(?:s|ed)?\s+up\s+with|beefed\s+up\s+its\s+partnership\s+with|all(?:y|ies|ied)\s+with"
        r"|join(?:s|ed)?\s+forces\s+with"
    ),
    "acquires": (
        r"acquir(?:es?|ed|ing)|buys?|bought|buying|purchas(?:es?|ed|ing)|import(?:s|ed|ing)?|tak(?:es"
        r"|ing)\s+over|took\s+over|merg(?:es|ed|ing)\s+with"
    ),
    "funds": (
        r"fund(?:s|ed|ing)?|financ(?:es?|ed|ing)|invest(?:s|ed|ing)?\s+in|back(?:s|ed|ing)|sponsor(?:s"
        r"|ed|ing)?|donat(?:es?|ed|ing)\s+to|subsidi[sz](?:es?|ed|ing)|gives?|gave"
    ),
    "attacks": (
        r"attack(?:s|ed|ing)?|invad(?:es?|ed|ing)|bomb(?:s|ed|ing)?|strik(?:es|ing)|struck|shell(?:s"
        r"|ed|ing)|hack(?:s|ed|ing)?|poison(?:s|ed|ing)?|kill(?:s|ed|ing)?|shot|shoots?|hits?"
    ),
    "detains": (
        r"arrest(?:s|ed|ing)?|detain(?:s|ed|ing)?|jail(?:s|ed|ing)?|charg(?:es|ed|ing)|su(?:es|ed|ing)"
        r"|indict(?:s|ed|ing)?"
    ),
    "visits": r"visit(?:s|ed|ing)?(?:\s+to)?|travel(?:s|led|ed)?\s+to",
    "meets": (
        r"meets?|met|meeting|host(?:s|ed|ing)?|call(?:s|ed)\s+on|speaks?\s+(?:to|with)|spoke\s+(?:to"
        r"|with)|interview(?:s|ed|ing)?"
    ),
    "agrees with": (
        r"sign(?:s|ed|ing)?\s+(?:\w+\s+){0,4}?with|agree(?:s|d)?\s+with|negotiat(?:es?|ed"
        r"|ing)\s+(?:\w+\s+){0,2}?with"
    ),
    "supports": (
        r"support(?:s|ed|ing)?|help(?:s|ed|ing)?|aid(?:s|ed|ing)?|defend(?:s|ed|ing)?|endors(?:es?|ed"
        r"|ing)|assist(?:s|ed|ing)?|protect(?:s|ed|ing)?|trust(?:s|ed)?|becam?e\s+(?:the\s+)?backbone\s+of"
    ),
    "opposes": (
        r"oppos(?:es?|ed|ing)|critici[sz](?:es?|ed|ing)|condemn(?:s|ed|ing)?|accus(?:es?|ed|ing)"
        r"|threaten(?:s|ed|ing)?|warn(?:s|ed|ing)?|den(?:ies|ied)\s+"
    ),
    "leads": r"leads?|led|heads?|headed|runs?|found(?:s|ed)|chairs?|chaired",
    "owns": r"owns?|owned|controls?|controlled",
    "dominates": r"dominat(?:es?|ed|ing)|monopoli[sz](?:es?|ed|ing)",
    "uses": r"us(?:es|ed|ing)|rel(?:ies|ied|ying)\s+on|depend(?:s|ed|ing)?\s+on|adopt(?:s|ed|ing)?",
    "drops": (
        r"drop(?:s|ped|ping)?|abandon(?:s|ed|ing)?|quits?|exit(?:s|ed|ing)?|withdr(?:aws?|ew)\s+from|ditch(?:es|ed)?"
        r"|scrap(?:s|ped|ping)?|cancel(?:s|led|ed|ling)?|suspend(?:s|ed|ing)?"
    ),
    "signs": r"sign(?:s|ed|ing)?|ratif(?:y|ies|ied)",
    "joins": r"join(?:s|ed|ing)?",
    "raises": (
        r"doubl(?:es?|ed|ing)|tripl(?:es?|ed|ing)|rais(?:es?|ed|ing)|increas(?:es?|ed|ing)|boost(?:s|ed|ing)?"
        r"|expand(?:s|ed|ing)?"
    ),
    "cuts": r"cuts?|cutting|reduc(?:es?|ed|ing)|lower(?:s|ed|ing)|slash(?:es|ed|ing)?",
    "competes with": (
        r"compet(?:es?|ed|ing)\s+(?:with|against)|competition\s+against|rival(?:s|ed|ing)|beats?"
        r"|defeat(?:s|ed|ing)?"
    ),
    "publishes about": r"document(?:s|ed|ing)|describ(?:es?|ed|ing)|report(?:s|ed|ing)?\s+on|investigat(?:es?|ed|ing)",
}
#: The same in Russian and Chinese; looked for only where a text has such letters.
_FOREIGN: dict[str, str] = {
    "supplies": r"\bпостав(?:ил|ля|ит|ят)\w*|\bпрода(?:л|ёт|ет|ют)\w*|出口|供应|卖给|出售",
    "hires": r"\bнан(?:ял|има)\w*|聘请|雇用|招聘",
    "builds": (
        r"\b(?:запусти|нача)\w*\s+строительство(?=\s)|\b(?:по)?стро(?:ил|ит|ят)\w*|\bсозда(?:л|ёт|ет)\w*"
        r"|\bпроизв(?:од|ел|ёл)\w*|建造|建设|制造|开发"
    ),
    "sanctions": r"\bвв[её]л\w*\s+санкции\s+против|制裁|封锁",
    "partners with": r"\bсотруднича\w*\s+с|与.{0,2}合作",
    "acquires": r"\bкуп(?:ил|ит)\w*|\bприобр(?:ел|ёл|ет)\w*|收购|购买|进口",
    "funds": r"\bфинансиру\w*|\bинвестир\w*\s+в|资助|投资",
    "attacks": r"\bатаков\w*|\bнапа(?:л|да)\w*\s+на|攻击|袭击|入侵",
    "detains": r"\bзадержа\w*|\bарестова\w*|逮捕|拘留",
    "owns": r"\bвладе(?:ет|ют|л)\w*|拥有",
    "visits": r"\bпосети\w*|\bприбыл\w*\s+в|访问",
    "releases": r"\bвыпусти\w*|\bпредстави(?:л|т)\w*|\bзапусти\w*|发布|推出|启动",
    "signs": r"\bподписа\w*|签署|签订",
    "drops": r"\bотказа\w*\s+от|\bпокину\w*|放弃|退出",
    "raises": r"\bповыси\w*|\bувеличи\w*|提高|增加",
    "cuts": r"\bсократи\w*|\bсниз\w*|削减|减少",
    "meets": r"\bвстрети\w*\s+с[ою]?|会见|会晤",
    "supports": r"\bподдерж\w*|\bпомога\w*|支持|援助",
    "opposes": r"\bкритику\w*|\bосуд(?:ил|ит)\w*|谴责|批评|反对",
}
#: Relations whose object may be nouns without a name: `hired engineers`.
OPEN = frozenset("supplies hires builds releases acquires drops signs raises cuts".split())
NOUNS = re.compile(
    (
        r"(?P<a>.{0,3}?)\b(?:[a-z]+\s){0,2}?(?P<noun>cooperation|partnership|ties|relations(?:hip)?|trade(?:\s+volume)?"
        r"|alliance|talks|deal|agreement|pushback|rivalry|border|exports|imports)\b"
    ),
    re.IGNORECASE,
)
NAMES_OF_NOUNS = {
    "trade": "trades with",
    "exports": "exports to",
    "imports": "imports from",
    "rivalry": "competes with",
}

#: What goes from one to the other: `🇷🇺 exports to 🇨🇳`.
TOWARDS = re.compile(r"['’]?s?\s*(?P<noun>exports|imports)\s+(?P<to>to|from)\s+(?:the\s+)?", re.IGNORECASE)
#: The same in Chinese, behind `A对B`, and what two do `与` each other.
TOWARDS_HAN = re.compile(r"的?(?P<noun>出口|进口|投资|制裁)")
WITH_HAN = re.compile(r"[\u4e00-\u9fff]{0,6}?(?P<noun>合作|会谈|会晤|会面|签署|签订|结盟)")
HAN_NAMES = {
    "出口": "exports to",
    "进口": "imports from",
    "投资": "funds",
    "制裁": "sanctions",
    "合作": "partners with",
    "结盟": "partners with",
    "签署": "agrees with",
    "签订": "agrees with",
}
"""Other nouns of the two: `meets`."""
#: What somebody is to do by a contract: `the contract to supply fuel`.
CONTRACTS = re.compile(
    r"\b(?P<noun>contract|deal)s?\s+to\s+(?P<verb>supply|deliver|provide|sell|build|construct|develop|produce)\b",
    re.IGNORECASE,
)


def contracted(verb: str) -> str:
    """Return the name of the relation that a verb behind `contract to` stands for."""
    return "supplies" if verb.lower() in ("supply", "deliver", "provide", "sell") else "builds"


#: Nouns that tie what stands before them, however far, to what stands behind them.
LINKS: dict[str, re.Pattern[str]] = {
    "competes with": re.compile(r"\b(?:competition|rivalry|race)\s+(?:against|with)\s+(?:the\s+)?", re.IGNORECASE),
    "partners with": re.compile(
        r"\b(?:partnerships?|cooperation|collaboration|alliance|joint venture)\s+with\s+(?:the\s+)?", re.IGNORECASE
    ),
    "agrees with": re.compile(
        r"\b(?:contracts?|deals?|agreements?|memorandum|treaty)\s+with\s+(?:the\s+)?", re.IGNORECASE
    ),
    "is tied to": re.compile(r"\b(?:ties|relations|relationship|links?)\s+(?:with|to)\s+(?:the\s+)?", re.IGNORECASE),
    "meets": re.compile(r"\b(?:talks|meetings?|summit)\s+with\s+(?:the\s+)?", re.IGNORECASE),
    "hires": re.compile(r"\bhiring(?:\s+spree)?\s+(?:of|for)\s+(?:the\s+)?", re.IGNORECASE),
    "opposes": re.compile(r"\b(?:pushback|protests?|lawsuits?|campaign)\s+against\s+(?:the\s+)?", re.IGNORECASE),
}


#: One of these is in every text that one of the nouns ties.
LINK_WORDS = frozenset(
    (
        "competition rivalry race partnership partnerships cooperation collaboration alliance venture  "
        "contract contracts deal deals agreement agreements memorandum treaty ties relations relationship  "
        "link links talks meeting meetings summit pushback protest protests lawsuit lawsuits campaign hiring"
    ).split()
)
#: What one lays on another: `🇺🇸 sanctions on A`, `after US sanctions A has ...`.
BURDENS = re.compile(
    r"\s*(?P<noun>sanctions|embargo|tariffs|restrictions|ban)(?P<on>\s+(?:on|against)\s+(?:the\s+)?)?[, ]*",
    re.IGNORECASE,
)


_BE = frozenset("is are was were been being be got get gets".split())


@cache
def firsts() -> frozenset[str]:
    """Return the first words of all verbs, in small letters: without one of them a text has no verb that ties."""
    return frozenset(word for verb in _VERBS.values() for word in _first_words(verb))


@cache
def leads() -> frozenset[str]:
    """Return the words at which a verb can be matched: its first ones, and those that make a passive."""
    return firsts() | _BE


def _first_words(verbs: str) -> set[str]:
    """Return the words up to the first blank that a pattern of letters, groups, classes and optional parts spells.

    >>> sorted(_first_words(r"hir(?:es?|ed)|work(?:s)?\\s+with"))
    ['hire', 'hired', 'hires', 'work', 'works']
    """
    words, _ = _spelled(verbs, 0)
    return {word.strip() for word in words}


def _spelled(verbs: str, at: int) -> tuple[set[str], int]:
    """Return what the alternatives from a place on spell, and where they end."""
    words: set[str] = set()
    begun = {""}
    while at < len(verbs) and verbs[at] != ")":
        if verbs[at] == "|":
            words, begun, at = words | begun, {""}, at + 1
            continue
        piece, at = _piece(verbs, at)
        if at < len(verbs) and verbs[at] in "?+{":
            piece = piece if verbs[at] == "+" else piece | {""}
            at = verbs.index("}", at) + 1 if verbs[at] == "{" else at + 1
        begun = {_cut(word + more) if " " not in word else word for word in begun for more in piece}
    return words | begun, at


def _piece(verbs: str, at: int) -> tuple[set[str], int]:
    """Return what one letter, blank, class or group spells, and where it ends."""
    if verbs.startswith("(?:", at):
        words, end = _spelled(verbs, at + 3)
        return words, end + 1
    if verbs[at] == "[":
        end = verbs.index("]", at)
        return set(verbs[at + 1 : end]), end + 1
    return ({" "}, at + 2) if verbs[at] == "\\" else ({verbs[at]}, at + 1)


def _cut(word: str) -> str:
    """Return a word up to its first blank and with it."""
    first, blank, _ = word.partition(" ")
    return first + blank


@cache
def pattern() -> re.Pattern[str]:
    """Return what finds the verbs of English in a text in small letters."""
    groups = (rf"(?P<v{at}>{verb})" for at, verb in enumerate(_VERBS.values()))
    return re.compile(
        rf"(?<![\w-])(?P<be>(?:is|are|was|were|been|being|be|got|get"
        rf"|gets)\s+(?:\w+ly\s+)?)?(?:{'|'.join(groups)})(?![\w-])(?P<by>\s+by\b)?"
    )


@cache
def foreign() -> re.Pattern[str]:
    """Return what finds the verbs of Russian and Chinese."""
    return re.compile("|".join(rf"(?P<v{_verb_names().index(name)}>{verb})" for name, verb in _FOREIGN.items()), re.I)


@cache
def _verb_names() -> list[str]:
    return list(_VERBS)


def named(found: re.Match[str]) -> str:
    """Return the name of the relation that a verb stands for."""
    held = next(group for group, words in found.groupdict().items() if words and group[0] == "v")
    return _verb_names()[int(held[1:])]
