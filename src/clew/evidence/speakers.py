"""Speakers: to whom a text lays words or knowledge: `according to organisers`, `Uber says`, `Official: ...`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from clew.evidence.common import is_common
from clew.evidence.finding import Found
from clew.evidence.gazetteer import words_of
from clew.evidence.passages import BLANK, Passage, blanked, matches

__all__ = ["attributions"]

_STRONG = (
    "say says said saying claim claims claimed tell told tells report reports reported reporting  "
    "announce announces announced confirm confirms confirmed clarify clarifies clarified warn warns  "
    "warned admit admits admitted confesses confessed argue argues argued explain explains explained  "
    "tweets tweeted denies denied insist insists insisted estimate estimates estimated predict predicts  "
    "predicted suggest suggests suggested acknowledges acknowledged declare declares declared allege  "
    "alleges alleged testified quip quips ask asks asked disclosed disclosing disclose discloses"
).split()
#: Verbs that say something only where what is said follows them: `found that`, `wrote: ...`, `describe how`.
_WEAK = (
    "note notes noted state states stated write writes wrote believe believes find finds found show  "
    "shows showed reveal reveals revealed describe describes described"
).split()
_SAYS = frozenset(_STRONG + _WEAK)
_VERB = (
    r"(?!(?:reports?|claims?|estimates?)(?:\s*[.;,\n]|\s+(?:are|is|was|were)\b|\s*$))"
    rf"(?:{'|'.join(sorted(_STRONG))})\b(?!\s+(?:up|out of|themselves|a|an|their|his|her|its|my|your|our)\b)"
    rf"|(?:{'|'.join(sorted(_WEAK))})(?=\s+(?:that|how|why|what|whether)\b|\s?[:,]?\s[\"“]|:)"
)
_ADVERBS = r"(?:(?:has|have|had|also|now|just|recently|never|later|then|[a-z]{2,12}ly)\s+){0,3}"
#: A capitalised word, initials, or a short title with its full stop.
_WORD = r"(?:(?:[A-ZА-ЯЁ]\.)+|(?:Dr|Mr|Mrs|Ms|Prof|Sen|Rep|Gov|Gen|Col|Lt|Sgt|St)\.|[A-ZÀ-ÞА-ЯЁ][\w'’-]*)"
_NAME = (
    rf"(?:@\w+|{_WORD}(?:[ ](?:of|the|for|and|&|de|von|van|bin"
    rf"|al)(?=[ ][A-Z])|[ ]{_WORD}){{0,5}})"
)
#: Who speaks without a name.
_ROLES = frozenset(
    (
        "official officials authorities organizer organizers organiser organisers expert experts analyst  "
        "analysts scientist scientists researcher researchers source sources police witness witnesses  "
        "critics doctor doctors lawyer lawyers report reports media press tv radio economist economists  "
        "locals residents study studies data literature poll polls survey investigator investigators  "
        "prosecutor prosecutors diplomat diplomats founder spokesman spokeswoman spokesperson government  "
        "minister ministry president sheriff mayor firefighters rescuers colleagues chief suspect suspects  "
        "hostage hostages victim victims family relatives neighbor neighbors neighbour neighbours employee  "
        "employees worker workers army military"
    ).split()
)
_ROLE = rf"police\s(?:chief|union)|{'|'.join(sorted(_ROLES, key=lambda word: (-len(word), word)))}"
_KIND = (
    r"local|state|federal|some|several|many|most|two|three|company|government|police|health|senior|former|new"
    r"|western|union|military|army|shooting|defen[cs]e|foreign|interior|finance|prime"
    r"|american|british|english|scottish|irish|welsh|canadian|australian|french|german|italian|spanish|portuguese|dutch"
    r"|belgian|swiss|austrian|swedish|danish|norwegian|finnish|polish|czech|hungarian|romanian|bulgarian|serbian|greek"
    r"|turkish|russian|ukrainian|belarusian|georgian|armenian|israeli|palestinian|lebanese|syrian|iraqi|iranian|saudi"
    r"|egyptian|libyan|tunisian|moroccan|nigerian|kenyan|ethiopian|african|indian|pakistani|afghan|chinese|taiwanese"
    r"|japanese|korean|vietnamese|indonesian|filipino|thai|mexican|brazilian|argentine|chilean|colombian|venezuelan|cuban"
    r"|european|asian"
)
_ARTICLE = r"(?:(?i:the|an?|our|his|her|my|their|one)\s+|#)?"
_GROUP = rf"(?:(?:[A-Z]\w+\s)?(?i:(?:(?:{_KIND})\s+){{0,3}}(?:{_ROLE})))(?!\w)"
_WHO = rf"(?:{_GROUP}(?![ ][A-Z])|{_NAME}(?![ ](?:{_ROLE})\b)|{_GROUP})"
_ACCORDING = re.compile(
    (
        rf"\b(?i:according to|as per|in the words of|in the view of|as (?:reported|told|described|noted|confirmed"
        rf"|argued|explained) by|citing|quoting)\s+(?:[a-z]+er\s)?{_ARTICLE}(?P<who>{_WHO})"
    ),
)
_OF_GROUPS = _ROLES | frozenset(_KIND.replace("defen[cs]e", "defence|defense").split("|"))
_SUBJECT = re.compile(
    rf"(?<![\w@])(?P<who>{_GROUP}|{_NAME}(?:(?:,\s+|,?\s+(?:&|and)\s+){_NAME}){{0,3}}(?:\s\([^)]{{1,30}}\))?)"
    rf"(?:,[^,.\n]{{2,40}},)?[ ]+{_ADVERBS}(?P<verb>{_VERB})"
)
_AFTER = re.compile(
    rf"(?:,|\"|”|-|–|—)\s*(?P<verb>{'|'.join(sorted(_SAYS))})\s+{_ARTICLE}(?P<who>{_WHO})"
    r"|[,!?.][\"”]\s*(?P<verb2>said|says|asked|replied|wrote)\s+the\s(?P<who2>[a-z]{3,20})\b"
)
#: What stands before the words of somebody else without being anybody: `BREAKING: Police: ...`.
_LEAD = r"(?:[\W_]*(?:MORE|BREAKING|UPDATE|URGENT|DEVELOPING|CONFIRMED|NEW|JUST IN|WATCH|READ)\b[\s:|–—-]*)*"
_COLON = re.compile(
    rf"(?:^|[\"“])\s*{_LEAD}{_ARTICLE}(?:(?P<who>@\w+|{_GROUP}|(?P<outlet>[A-Z][\w.&]*(?:\s[A-Z][\w.&]*){{0,3}}))"
    rf"|(?P<quoted>{_NAME})(?=:\s+[\"“'‘]))\s?:\s(?!{BLANK})",
    re.MULTILINE,
)
_SIGN = re.compile(r":\s")
_CLOSING = re.compile(
    rf"[\"”]\s*(?:-|–|—|~)\s*(?P<who>{_NAME})\s*$"
    rf"|(?:\s[-–—|]\s?|:\s+|,\s){_ARTICLE}(?P<group>{_GROUP})(?=[\s.{BLANK}]*(?:[#@]\w+[\s{BLANK}]*)*$)"
    r"|[.!?\"”'’…)]\s*\((?P<credit>@\w+)\s?\)\s*$",
    re.MULTILINE,
)
_RT = re.compile(r"(?<!\w)[RM]T (?P<who>@\w+)")
_VIA = re.compile(
    r"(?:\bvia|\bh/t(?:\sto)?|\bhat tip(?: to)?|\bcourtesy(?: of)?:?|\bsource:|\(via)\s+(?P<who>@\w+)"
    r"|\b(?:updates?|more)\b[^.!?\n]{0,60}?\sfrom\s(?P<more>@\w+)",
    re.IGNORECASE,
)
_STATEMENT = re.compile(rf"\b(?i:statements?|comments?|remarks)\s+(?:from|by)\s+{_ARTICLE}(?P<who>{_WHO})")
_RUSSIAN = re.compile(
    r"(?:[Пп]о (?:словам|данным|мнению|сообщению|информации|оценкам?)|[Кк]ак (?:сообщил[аи]?|сообщает"
    r"|заявил[аи]?|пишет|отметил[аи]?)|[Сс]о ссылкой "
    r"на)\s+(?P<who>(?:[а-яё]+\s+){0,2}(?:[А-ЯЁA-Z«\"@][\w«»\".-]*)(?:\s[А-ЯЁA-Z][\w.-]*){0,3}"
    r"|[а-яё]+(?:\s[а-яё]+)?)"
    r"|(?P<who2>@\w+|[А-ЯЁA-Z][\w-]*(?:\s[А-ЯЁA-Z][\w-]*){0,3})\s+(?:сообщ|заяв|утвержда|отрица|подтверд|объяв|призна|пиш)"
    r"(?:и(?:л|ла|ло|ли|т)|ет|ют|ут|л|ла|ли|яет|яют|ил[аио]?)\b(?=\s*,?\s*(?:что|о|об|:|про)\b|:)"
)
_CHINESE = re.compile(
    r"(?:据|根据)(?P<who>[\u4e00-\u9fffA-Za-z《》]{2,12}?)(?:报道|消息|透露|称|介绍|统计|的说法)"
    r"|(?<![\u4e00-\u9fff])(?P<who2>[\u4e00-\u9fff]{2,14}?)(?:表示|指出|宣布|声称|强调)"
)
_NOBODY = frozenset(
    (
        "i we it this that here there what who which he she they you the a an and but so if when as side  "
        "easier needless in on for my our their his her its these those how why also then now one no yes  "
        "most today step note news update breaking if let don not just more some many all new"
    ).split()
)


def attributions(passage: Passage) -> list[Found]:
    """Return the stretches of a text that say whose words or figures something is."""
    found: list[Found] = []
    text = blanked(passage.text, [(link.start, link.end) for link in passage.post.links])
    for pattern, why, certainty, needs in _PATTERNS:
        if needs(passage):
            for match in matches(pattern, text, _begins(text)) if pattern is _SUBJECT else pattern.finditer(text):
                item = _speaker(text, pattern, match, certainty, why)
                if item and all(item.end <= other.start or other.end <= item.start for other in found):
                    found.append(item)
    return found


_TOKEN = re.compile(r"(?<![\w@])(?:@\w+|[^\W\d_]\w*)")


def _begins(text: str) -> Iterator[int]:
    """Yield where the subject of a verb of saying can begin: names, handles, and words for those without a name."""
    tokens = list(_TOKEN.finditer(text))
    last = max((token.start() for token in tokens if token[0] in _SAYS), default=0)
    for token in tokens:
        if token.start() < last and (not token[0][0].islower() or token[0].lower() in _OF_GROUPS):
            yield token.start()


def _speaker(text: str, pattern: re.Pattern[str], match: re.Match[str], certainty: float, why: str) -> Found | None:
    """Return the one whom a pattern found; None where that is nobody."""
    groups = match.groupdict()
    group = next(name for name, held in groups.items() if held and not name.startswith("verb"))
    start = match.start(group)
    who = text[start : match.end(group)].rstrip(".,'’:»")
    if len(who) < 2 or _is_nobody(who) or who.endswith(("'s", "’s")):
        return None
    if pattern is _COLON and groups.get("outlet") and not _is_outlet(who):
        return None
    if pattern is _COLON and groups.get("quoted") and all(is_common(word.lower()) for word in who.split()):
        return None
    value: dict[str, Any] = {"said_by": who, "type": "attribution"}
    if verb := groups.get("verb") or groups.get("verb2"):
        value["verb"] = verb.lower()
    if who.startswith("@"):
        value["handle"] = who[1:]
    return Found("source", start, start + len(who), value, certainty, why)


@cache
def _outlets() -> frozenset[str]:
    """Return the names of publishers, and of organisations that clew's list has."""
    listed = {line.split("\t")[1] for line in words_of("publishers.txt") if "\t" in line}
    for line in words_of("entities.txt"):
        kind, _, called = line.partition("\t")
        if kind == "organisation":
            listed |= {name.strip() for name in called.split("|")}
    return frozenset(listed)


_INITIALS = frozenset(
    (
        "AFP AP BBC CNN NBC ABC CBS CBC CTV NPR PBS WSJ NYT FT TASS DPA ANSA EFE UPI ITV SBS NHK FBI CIA DOJ UN "
        "WHO NATO CDC EU IMF IAEA Reuters Bloomberg Interfax Xinhua Kyodo Axios Politico"
    ).split()
)


def _is_outlet(name: str) -> bool:
    return name in _INITIALS or name in _outlets() or name.split()[0] in _INITIALS


def _is_nobody(who: str) -> bool:
    first = re.split(r"[\s'’]", who.lower(), maxsplit=1)[0]
    if who.endswith(" I"):
        return True
    return first in _NOBODY and (who.lower() == first or first not in _LEADS)


_LEADS = frozenset("the some many most our his her my".split())


def _has(*words: str) -> Callable[[Passage], bool]:
    """Return a test for one of some words: a look that spares most texts the pattern."""
    telling = frozenset(words)
    return lambda passage: not telling.isdisjoint(passage.words)


_END = re.compile('["”)]')


def _may_close(passage: Passage) -> bool:
    """Say whether a line can end with who said it: a word for a role, a quotation, or a handle in brackets."""
    return not passage.words.isdisjoint(_ROLES) or _END.search(passage.text) is not None


_PATTERNS: tuple[tuple[re.Pattern[str], str, float, Callable[[Passage], bool]], ...] = (
    (_RT, "a repost names whose words they are", 0.95, _has("rt", "mt")),
    (
        _ACCORDING,
        "words such as `according to` stand before it",
        0.92,
        _has(*"according per words view by citing quoting".split()),
    ),
    (
        _VIA,
        "words such as `via` stand before it",
        0.85,
        _has("via", "h", "hat", "courtesy", "source", "update", "updates", "more"),
    ),
    (_STATEMENT, "a statement is said to be its", 0.85, _has(*"statement statements comment comments remarks".split())),
    (_SUBJECT, "it is the subject of a verb of saying", 0.8, lambda passage: not _SAYS.isdisjoint(passage.words)),
    (_AFTER, "it stands behind a verb of saying", 0.75, lambda passage: not _SAYS.isdisjoint(passage.words)),
    (_COLON, "its words stand behind it", 0.7, lambda passage: _SIGN.search(passage.prose) is not None),
    (_CLOSING, "it stands behind its words", 0.65, _may_close),
    (_RUSSIAN, "it stands behind words such as «по словам»", 0.85, lambda passage: passage.has_cyrillic),
    (_CHINESE, "it stands with words such as 据…报道", 0.7, lambda passage: passage.has_han),
)
