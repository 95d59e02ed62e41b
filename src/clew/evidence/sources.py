"""Sources: every link, with its publisher and kind; and to whom words are laid ("according to organisers")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from clew import addresses
from clew.evidence.finding import Finding, Found
from clew.evidence.gazetteer import words_of
from clew.evidence.passages import Passage, Sentence
from clew.evidence.study import Study
from clew.posts import Link

__all__ = ["METHOD", "NAME", "attributions", "extract"]

NAME = "sources"
METHOD = "sources 1"


def extract(study: Study) -> Iterator[Finding]:
    """Yield every link as a source, and every phrase that lays words to somebody."""
    for passage in study.passages:
        found = [_link(passage, link) for link in passage.post.links]
        found += attributions(passage)
        yield from study.placed(passage, sorted(found, key=lambda item: item.start), METHOD)


# --- links ------------------------------------------------------------------------------------------------------------

_HOST = re.compile(r"^(?:https?://)?(?:www\.|m\.|mobile\.|amp\.)?([^/?#:]+)", re.IGNORECASE)
_OFFICIAL = re.compile(
    r"(?:^|\.)(?:gov|mil|gouv|gob|govt|gc|admin|europa|parliament|judiciary)(?:\.[a-z]{2,3})?$"
    r"|\.int$|(?:^|\.)(?:un|who|imf|worldbank|oecd|nato|iaea|icj-cij)\.(?:org|int)$"
)
_LEARNED = re.compile(
    r"\.edu(?:\.[a-z]{2})?$|\.ac\.[a-z]{2}$|(?:^|\.)(?:arxiv|doi|jstor|ssrn|nature|science"
    r"|springer|sciencedirect|wiley|plos|nber|pubmed|ncbi\.nlm\.nih)\."
)
_REPORT = re.compile(r"\.pdf(?:$|[?#])", re.IGNORECASE)


@cache
def _publishers() -> dict[str, tuple[str, str]]:
    """Return publisher and kind by domain."""
    table: dict[str, tuple[str, str]] = {}
    for line in words_of("publishers.txt"):
        kind, _, rest = line.partition("\t")
        name, _, domains = rest.partition("\t")
        table |= dict.fromkeys(domains.split(), (name, kind))
    return table


def _link(passage: Passage, link: Link) -> Found:
    address = link.url or link.shown
    domain = _domain(address)
    name, kind = _publisher(domain)
    value: dict[str, Any] = {
        "url": link.url,
        "shown": link.shown,
        "domain": domain,
        "publisher": name,
        "type": kind,
        "cut": link.cut,
    }
    why = f"a link to {name or domain or 'an address'}"
    if kind == "unknown" and domain in _SHORTENERS:
        why = f"a link shortened by {domain}; where it leads is not known"
    if kind == "other" and _REPORT.search(address):
        value["type"] = "report"
    said = _said_by(passage, link) if passage.post.mentions else []
    if said:
        value["said_by"] = said
    return Found("source", link.start, link.end, value, 0.99 if kind != "unknown" else 0.7, why)


def _domain(address: str) -> str | None:
    found = _HOST.match(address)
    return found[1].lower().rstrip(".") if found and "." in found[1] else addresses.domain(address)


_SHORTENERS = frozenset(
    "t.co bit.ly goo.gl tinyurl.com ow.ly buff.ly dlvr.it is.gd ift.tt trib.al j.mp lnkd.in "
    "fb.me wp.me amzn.to youtu.be.short shar.es "
    "rebrand.ly cutt.ly t.ly hubs.ly hubs.la clck.ru vk.cc dld.bz sco.lt tiny.cc soo.gd s.id "
    "rb.gy urlz.fr apne.ws reut.rs nyti.ms wapo.st bbc.in cnn.it on.wsj.com econ.st bloom.bg".split()
)
_OWN_SHORT = {
    "nyti.ms": "nytimes.com",
    "wapo.st": "washingtonpost.com",
    "reut.rs": "reuters.com",
    "bbc.in": "bbc.com",
    "cnn.it": "cnn.com",
    "apne.ws": "apnews.com",
    "on.wsj.com": "wsj.com",
    "econ.st": "economist.com",
    "bloom.bg": "bloomberg.com",
    "youtu.be": "youtube.com",
    "redd.it": "reddit.com",
    "amzn.to": "amazon.com",
    "lnkd.in": "linkedin.com",
    "fb.me": "facebook.com",
}


def _publisher(domain: str | None) -> tuple[str | None, str]:
    """Return who publishes at a domain and of what kind it is.

    news | official | social | research | report | reference | company | other; unknown for a shortener that serves all.
    """
    if domain is None:
        return None, "unknown"
    domain = _OWN_SHORT.get(domain, domain)
    known = _publishers()
    parts = domain.split(".")
    for at in range(len(parts) - 1):
        if found := known.get(".".join(parts[at:])):
            return found
    if domain in _SHORTENERS:
        return None, "unknown"
    if _OFFICIAL.search(domain):
        return domain, "official"
    if _LEARNED.search(domain):
        return domain, "research"
    return domain, "other"


_THIS = re.compile(
    r"(?:\bthis|\bthe|\ba|\ban|\bour|\bmy|\bnew|\bhis|\bher|\btheir|\bgreat|\bexcellent"
    r"|\blatest)\s+(?:[\w-]+\s+){0,2}?@(?P<handle>\w+)(?:['’]s)?\s+(?:[\w-]+\s+){0,2}?(?P<what>story"
    r"|piece|article|report|interview|op-ed|oped|column|study|paper|thread|"
    r"investigation|analysis|podcast|video|essay|book|post|explainer|scoop|poll|survey|dispatch"
    r"|editorial)s?\b|(?:\bvia|\bh/t|\bhat tip|\bby|\bfrom)\s+@(?P<via>\w+)",
    re.IGNORECASE,
)


def _said_by(passage: Passage, link: Link) -> list[dict[str, Any]]:
    """Return the accounts that a post names as makers of what it links to: `this @example story`, `via @ben`."""
    return [
        {
            "handle": found["handle"] or found["via"],
            "start": found.start(),
            "end": found.end(),
            "as": (found["what"] or "via").lower(),
        }
        for found in _THIS.finditer(passage.text)
    ]


# --- whom words are laid to -------------------------------------------------------------------------------------------

_SAYS = frozenset(
    (
        "say says said saying claim claims claimed told tells report reports reported reporting announce announces "
        "announced confirm confirms confirmed warn warns warned admit admits admitted confesses confessed argue argues "
        "argued note notes noted state states stated explain explains explained write writes wrote tweets tweeted "
        "denies denied insist insists insisted believe believes estimate estimates estimated predict "
        "predicts predicted find "
        "finds found show shows showed reveal reveals revealed suggest suggests suggested describe describes described "
        "acknowledges acknowledged declare declares declared allege alleges alleged testified quip quips"
    ).split()
)
_SAYING = "|".join(sorted(_SAYS))
#: A capitalised word, initials, or a short title with its full stop.
_WORD = r"(?:(?:[A-ZА-ЯЁ]\.)+|(?:Dr|Mr|Mrs|Ms|Prof|Sen|Rep|Gov|Gen|Col|Lt|Sgt|St)\.|[A-ZÀ-ÞА-ЯЁ][\w'’-]*)"
_NAME = (
    rf"(?:@\w+|{_WORD}(?:[ ](?:of|the|for|and|&|de|von|van|bin"
    rf"|al)(?=[ ][A-Z])|[ ]{_WORD}){{0,5}})"
)
_GROUP = (
    r"(?:(?:the|local|state|federal|some|several|many|most|two|three|company|government|police"
    r"|health|senior|former|russian|chinese|american|western|our|his|her|my)\s+){0,3}(?:officials?"
    r"|authorities|organi[sz]ers|experts|analysts|scientists|researchers|sources|police|witnesses"
    r"|critics|doctors|lawyers|reports?|media|economists|locals|residents|study|studies|data"
    r"|polls?|survey|investigators|prosecutors|diplomats|founder|spokes(?:man|woman|person)"
    r"|government|ministry|minister|president|sheriff|mayor|firefighters|rescuers|colleagues)"
)
_ACCORDING = re.compile(
    (
        rf"\b(?i:according to|as per|in the words of|as (?:reported|told|described|noted|confirmed"
        rf"|argued|explained) by|citing|quoting)\s+(?:the\s+|an?\s+)?(?P<who>{_NAME}|(?i:{_GROUP}))"
    ),
)
_SUBJECT = re.compile(
    rf"(?<![\w@#])(?P<who>{_NAME}(?:(?:,\s+|,?\s+(?:&|and)\s+){_NAME}){{0,3}}(?:\s\([^)]{{1,30}}\))?"
    rf"|(?i:{_GROUP}))(?:,[^,.]{{2,40}},)?\s+(?:(?:has|have|had|also|now|just|recently"
    rf"|never)\s+){{0,2}}(?P<verb>{_SAYING})\b(?!\s+(?:up|out of|themselves|a|an|their|his|her|its"
    rf"|my|your|our)\b)"
)
_AFTER = re.compile(rf"(?:,|\"|”|-|–|—)\s*(?P<verb>{_SAYING})\s+(?P<who>{_NAME}|(?i:{_GROUP}))")
_COLON = re.compile(rf"^(?P<who>{_NAME}):\s+[\"“'‘A-Z]|[\"”]\s*(?:-|–|—|~)\s*(?P<end>{_NAME})\s*$", re.MULTILINE)
_QUOTED = re.compile(r"[\"”“‘]|^[^:\n]{2,60}:\s", re.MULTILINE)
_RT = re.compile(r"^RT @(?P<who>\w+)(?=:)")
_VIA = re.compile(
    r"(?:\bvia|\bh/t|\bhat tip(?: to)?|\bcourtesy(?: of)?:?|\bsource:|\(via)\s+(?P<who>@\w+)", re.IGNORECASE
)
_RUSSIAN = re.compile(
    r"(?:[Пп]о (?:словам|данным|мнению|сообщению|информации|оценкам?)|[Кк]ак (?:сообщил[аи]?|сообщает"
    r"|заявил[аи]?|пишет|отметил[аи]?)|[Сс]о ссылкой "
    r"на)\s+(?P<who>(?:[а-яё]+\s+){0,2}(?:[А-ЯЁ«\"@][\w«»\".-]*)(?:\s[А-ЯЁ][\w.-]*){0,3}"
    r"|[а-яё]+(?:\s[а-яё]+)?)"
)
_CHINESE = re.compile(
    r"(?:据|根据)(?P<who>[\u4e00-\u9fffA-Za-z《》]{2,12}?)(?:报道|消息|透露|称|介绍|统计|的说法)"
    r"|(?P<who2>[\u4e00-\u9fff]{2,8}?)(?:表示|指出|宣布|声称|强调)"
)
_NOBODY = frozenset(
    (
        "i we it this that here there what who which he she they you the a an and but so if when as "
        "in on for my our their his her its these those how why also then now one no yes most today "
        "data step note news update breaking if let don not just more some many all new"
    ).split()
)


def attributions(passage: Passage) -> list[Found]:
    """Return the stretches of a text that say whose words or figures something is."""
    text = passage.text
    found: list[Found] = []
    for pattern, why, certainty, needs in _PATTERNS:
        if not needs(passage):
            continue
        for match in pattern.finditer(text):
            group = next(name for name, held in match.groupdict().items() if held and name != "verb")
            who, start = match[group], match.start(group)
            if group == "who" and pattern is _RT:
                start -= 1
            end = match.end(group)
            who = text[start:end].rstrip(".,'’:»")
            end = start + len(who)
            if len(who) < 2 or _is_nobody(who):
                continue
            if any(start < item.end and item.start < end for item in found):
                continue
            value: dict[str, Any] = {"said_by": who, "type": "attribution"}
            verb = match.groupdict().get("verb")
            if verb:
                value["verb"] = verb.lower()
            if who.startswith("@"):
                value["handle"] = who[1:]
            found.append(Found("source", start, end, value, certainty, why))
    return found


def _is_nobody(who: str) -> bool:
    first = re.split(r"[\s'’]", who.lower(), maxsplit=1)[0]
    return first in _NOBODY and (who.lower() == first or first not in _LEADS)


_LEADS = frozenset("the some many most our his her my".split())


def _has(*words: str) -> Callable[[Passage], bool]:
    """Return a test for one of some words: a look that spares most texts the pattern."""
    telling = frozenset(words)
    return lambda passage: not telling.isdisjoint(passage.words)


_PATTERNS: tuple[tuple[re.Pattern[str], str, float, Callable[[Passage], bool]], ...] = (
    (_RT, "a repost names whose words they are", 0.95, lambda passage: passage.text.startswith("RT @")),
    (
        _ACCORDING,
        "words such as `according to` stand before it",
        0.92,
        _has(*"according per words by citing quoting".split()),
    ),
    (_VIA, "words such as `via` stand before it", 0.85, _has("via", "h", "hat", "courtesy", "source")),
    (_SUBJECT, "it is the subject of a verb of saying", 0.8, lambda passage: not _SAYS.isdisjoint(passage.words)),
    (_AFTER, "it stands behind a verb of saying", 0.75, lambda passage: not _SAYS.isdisjoint(passage.words)),
    (_COLON, "it stands before or behind quoted words", 0.6, lambda passage: _QUOTED.search(passage.text) is not None),
    (_RUSSIAN, "it stands behind words such as «по словам»", 0.85, lambda passage: not passage.text.isascii()),
    (_CHINESE, "it stands with words such as 据…报道", 0.7, lambda passage: not passage.text.isascii()),
)


def speakers(passage: Passage, sentence: Sentence) -> list[Found]:
    """Return whom the words of one sentence are laid to."""
    return [item for item in attributions(passage) if sentence.start <= item.start < sentence.end]
