"""Relations: who supplies, hires, builds, sanctions whom; from patterns, and with a model from parses too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from clew.evidence import where, who
from clew.evidence.finding import Finding, Found
from clew.evidence.models import Triple
from clew.evidence.passages import Passage, Sentence
from clew.evidence.study import Study

__all__ = ["METHOD", "NAME", "extract"]

NAME = "relations"
METHOD = "relations 1"


def extract(study: Study) -> Iterator[Finding]:
    """Yield relations between the people, organisations, accounts and places of a sentence."""
    ends: dict[str, list[Finding]] = {}
    for module in (who, where):
        for finding in study.once(module.NAME, module.extract):
            ends.setdefault(finding.post, []).append(finding)
    for passage in study.passages:
        held = sorted(ends.get(passage.post.id, []), key=lambda finding: finding.start)
        if len(held) < 2:
            continue
        found = [item for sentence in passage.sentences for item in _sentence(passage, sentence, held)]
        if study.parser is not None:
            triples = study.parser.triples(passage.text, passage.post.language or study.thread.language)
            found = _merged(found, _from_parse(passage, triples, held))
        yield from study.placed(passage, found, METHOD)


class _Verb(NamedTuple):
    """A verb that ties two."""

    start: int
    end: int
    name: str
    passive: bool


#: What is said, by the name of the relation; `!` marks words behind which the object stands first (`built by`).
_VERBS: dict[str, str] = {
    "supplies": (
        r"suppl(?:y|ies|ied|ying)|deliver(?:s|ed|ing)?|provid(?:es?|ed|ing)|sells?|sold|export(?:s|ed"
        r"|ing)?|ships?|shipped"
    ),
    "hires": r"hir(?:es?|ed|ing)|recruit(?:s|ed|ing)?|employ(?:s|ed|ing)?|appoint(?:s|ed|ing)?",
    "builds": (
        r"builds?|built|building|construct(?:s|ed|ing)?|launch(?:es|ed|ing)?|develop(?:s|ed|ing)?"
        r"|mak(?:es|ing)|made|produc(?:es?|ed|ing)|releas(?:es?|ed|ing)|creat(?:es?|ed|ing)"
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
    "leads": (
        r"leads?|led|heads?|headed|runs?|found(?:s|ed)|chairs?|chaired|owns?|owned|controls?"
        r"|controlled|dominat(?:es?|ed|ing)"
    ),
    "uses": r"us(?:es|ed|ing)|rel(?:ies|ied|ying)\s+on|depend(?:s|ed|ing)?\s+on|adopt(?:s|ed|ing)?|drop(?:s|ped|ping)",
    "competes with": (
        r"compet(?:es?|ed|ing)\s+(?:with|against)|competition\s+against|rival(?:s|ed|ing)|beats?"
        r"|defeat(?:s|ed|ing)?"
    ),
    "publishes about": r"document(?:s|ed|ing)|describ(?:es?|ed|ing)|report(?:s|ed|ing)?\s+on|investigat(?:es?|ed|ing)",
}
#: The same in Russian and Chinese; looked for only where a text has such letters.
_FOREIGN: dict[str, str] = {
    "supplies": r"\bпостав(?:ил|ля)\w*|\bпрода(?:л|ёт|ет|ют)\w*|出口|供应|卖给|出售",
    "hires": r"\bнан(?:ял|има)\w*|聘请|雇用|招聘",
    "builds": r"\b(?:по)?стро(?:ил|ит|ят)\w*|\bсозда(?:л|ёт|ет)\w*|建造|建设|制造|开发",
    "sanctions": r"\bвв[её]л\w*\s+санкции\s+против|制裁|封锁",
    "partners with": r"\bсотруднича\w*\s+с|与.{0,2}合作",
    "acquires": r"\bкуп(?:ил|ит)\w*|\bприобр(?:ел|ёл|ет)\w*|收购|购买|进口",
    "funds": r"\bфинансиру\w*|\bинвестир\w*\s+в|资助|投资",
    "attacks": r"\bатаков\w*|\bнапа(?:л|да)\w*\s+на|攻击|袭击|入侵",
    "detains": r"\bзадержа\w*|\bарестова\w*|逮捕|拘留",
    "visits": r"\bпосети\w*|\bприбыл\w*\s+в|访问",
    "meets": r"\bвстрети\w*\s+с[ою]?|会见|会晤",
    "supports": r"\bподдерж\w*|\bпомога\w*|支持|援助",
    "opposes": r"\bкритику\w*|\bосуд(?:ил|ит)\w*|谴责|批评|反对",
}
_NOUNS = re.compile(
    (
        r"(?P<a>.{0,3})\b(?P<noun>cooperation|partnership|ties|relations(?:hip)?|trade(?:\s+volume)?"
        r"|alliance|talks|deal|agreement|pushback|rivalry|border|exports|imports)\b"
    ),
    re.IGNORECASE,
)
_NAMES_OF_NOUNS = {
    "trade": "trades with",
    "exports": "exports to",
    "imports": "imports from",
    "rivalry": "competes with",
}


@cache
def _pattern() -> re.Pattern[str]:
    groups = (rf"(?P<v{at}>{pattern})" for at, pattern in enumerate(_VERBS.values()))
    return re.compile(
        (
            rf"(?<![\w-])(?P<be>(?:is|are|was|were|been|being|be|got|get"
            rf"|gets)\s+(?:\w+ly\s+)?)?(?:{'|'.join(groups)})(?![\w-])(?P<by>\s+by\b)?"
        ),
        re.IGNORECASE,
    )


@cache
def _foreign() -> re.Pattern[str]:
    return re.compile("|".join(rf"(?P<v{_verb_names().index(name)}>{verb})" for name, verb in _FOREIGN.items()), re.I)


@cache
def _verb_names() -> list[str]:
    return list(_VERBS)


def _sentence(passage: Passage, sentence: Sentence, held: list[Finding]) -> Iterator[Found]:
    inside = [end for end in held if sentence.start <= end.start < sentence.end and end.certainty >= 0.45]
    if len(inside) < 2:
        return
    seen: set[tuple[int, int]] = set()
    subject: Finding | None = None
    for verb in _verbs(passage.prose, sentence):
        pair = _pair(passage.text, verb, inside, subject)
        if pair and (pair[0].start, pair[1].start) not in seen and pair[0].quote != pair[1].quote:
            seen.add((pair[0].start, pair[1].start))
            subject = pair[0]
            yield _relation(passage, pair[0], pair[1], verb)
    yield from _side_by_side(passage, sentence, inside)


@cache
def _heads() -> frozenset[str]:
    """Return how the words begin with which a verb can: three letters, or two where it has no more."""
    found = {head for pattern in _VERBS.values() for head in re.findall(r"(?:^|\|)([a-z]{2,3})", pattern)}
    return frozenset(found | {"co", "ope", "is", "are", "was", "wer", "bee", "bei", "be", "got", "get"})


_WORD = re.compile(r"(?<![\w-])[A-Za-z]{2,}")


def _verbs(prose: str, sentence: Sentence) -> Iterator[_Verb]:
    at = sentence.start
    for word in _WORD.finditer(prose, sentence.start, sentence.end):
        head = word[0][:3].lower()
        if word.start() < at or not (head in _heads() or head[:2] in _heads()):
            continue
        if found := _pattern().match(prose, word.start(), sentence.end):
            at = found.end()
            start = found.end("be") if found["be"] else found.start()
            end = found.start("by") if found["by"] else found.end()
            yield _Verb(start, end, _named(found), found["by"] is not None)
    if not prose.isascii():
        for found in _foreign().finditer(prose, sentence.start, sentence.end):
            yield _Verb(found.start(), found.end(), _named(found), passive=False)


def _named(found: re.Match[str]) -> str:
    """Return the name of the relation that a verb stands for."""
    held = next(group for group, words in found.groupdict().items() if words and group[0] == "v")
    return _verb_names()[int(held[1:])]


#: What never stands between a verb and what it ties: another clause, and before the verb a list or a comma.
_CLAUSE = (
    r"[;:!?…]|[.]{2,}|\b(?:but|because|while|although|if|when|since|which|who|how|why|that|what"
    r"|after|before|as|so|where|than)\b"
)
_BEFORE_VERB = re.compile(rf"{_CLAUSE}|[,(]|\b(?:and|or|in|on|at|of|for|from|against)\b", re.IGNORECASE)
_AFTER_VERB = re.compile(
    rf"{_CLAUSE}|[,(]|\b(?:and|in|on|at|about|during|is|are|was|were|has|have|will|of)\b", re.IGNORECASE
)
#: Behind these a name is no subject: `rallies in Russia to support`.
_GOVERNED = re.compile(r"\b(?:in|at|on|of|for|to|from|by|with|against|near|into|as)\s+(?:the\s+)?$", re.IGNORECASE)
#: Behind a name: it is the subject of a verb of its own, as in `after US sanctions Huawei has ...`.
_HAS_ITS_OWN = re.compile(r"\s+(?:has|have|had|is|are|was|were|will|would|can|could|did|does)\b")
_JOINED = re.compile(r"\b(?:and|then)\s+(?:(?:also|then|has|have|will|now)\s+){0,2}$", re.IGNORECASE)
FAR = 48
"""So many code points may lie between a verb and what it ties."""


def _pair(text: str, verb: _Verb, inside: list[Finding], last: Finding | None) -> tuple[Finding, Finding] | None:
    """Return subject and object of a verb: the names next to it in the same clause.

    A verb that `and` joins to the one before has its subject, `last`.
    """
    before = [end for end in inside if end.end <= verb.start and verb.start - end.end <= FAR]
    after = [end for end in inside if end.start >= verb.end and end.start - verb.end <= FAR]
    before = [end for end in before if not _BEFORE_VERB.search(text, end.end, verb.start)]
    if not before and last and _JOINED.search(text[max(0, verb.start - 20) : verb.start]):
        before = [last]
    if not before or not after or _AFTER_VERB.search(text, verb.end, after[0].start):
        return None
    subject, thing = _head(before, text), after[0]
    if not verb.passive and _HAS_ITS_OWN.match(text, thing.end):
        return None
    if _GOVERNED.search(text[max(0, subject.start - 14) : subject.start]) and not verb.passive:
        return None
    return (thing, subject) if verb.passive else (subject, thing)


def _head(before: list[Finding], text: str) -> Finding:
    """Return the end nearest to the verb, or the first of several that commas and `and` join."""
    at = len(before) - 1
    while at and re.fullmatch(r"\s*(?:,|&|and|и|、|和)\s*(?:and\s+)?", text[before[at - 1].end : before[at].start]):
        at -= 1
    return before[at]


def _side_by_side(passage: Passage, sentence: Sentence, inside: list[Finding]) -> Iterator[Found]:
    """Yield `🇨🇳🇷🇺 cooperation`, `Beijing-Moscow ties`, `relationship between Moscow and Beijing`."""
    text = passage.text
    for a, b in pairwise(inside):
        if not re.fullmatch(r"\s*(?:[-–—/&]|and|и|和|与)?\s*", text[a.end : b.start]) or a.quote == b.quote:
            continue
        noun = _NOUNS.match(text, b.end) or _NOUNS.match(text, b.end + 1)
        end, start = (noun.end("noun"), noun.start("noun")) if noun else (0, 0)
        if noun is None:
            led = re.search(
                (
                    r"\b(cooperation|partnership|ties|relations(?:hip)?|trade|alliance|talks|deal|agreement"
                    r"|border)\s+(?:between|of)\s*$"
                ),
                text[max(0, a.start - 34) : a.start],
                re.IGNORECASE,
            )
            if led is None:
                continue
            start, end = a.start - (len(led.string) - led.start(1)), a.start - (len(led.string) - led.end(1))
        word = text[start:end].split()[0].lower()
        yield _relation(
            passage,
            a,
            b,
            _Verb(
                start,
                end,
                _NAMES_OF_NOUNS.get(
                    word, "partners with" if word in ("cooperation", "partnership", "alliance") else "is tied to"
                ),
                False,
            ),
        )


def _relation(passage: Passage, subject: Finding, thing: Finding, verb: _Verb) -> Found:
    start = min(subject.start, verb.start, thing.start)
    end = max(verb.end, *(_phrase_end(each, passage.text, verb) for each in (subject, thing)))
    value: dict[str, Any] = {
        "relation": verb.name,
        "subject": _end(subject, passage.text, verb),
        "verb": {"start": verb.start, "end": verb.end, "quote": passage.text[verb.start : verb.end]},
        "object": _end(thing, passage.text, verb),
        "negated": re.search(
            r"\b(?:not|never|unable|cannot|no longer|without|didn|doesn|won|isn|wasn|can)\b|n['’]t\b",
            passage.text[max(0, verb.start - 24) : verb.start],
        )
        is not None,
    }
    near = max(0, end - start - len(subject.quote) - len(thing.quote))
    certainty = round(max(0.4, 0.8 - near / 200) * min(subject.certainty, thing.certainty), 2)
    return Found(
        "relation",
        start,
        end,
        value,
        certainty,
        f"`{passage.text[verb.start : verb.end]}` stands between the two"
        if verb.start > subject.start
        else f"`{passage.text[verb.start : verb.end]}` ties the two",
    )


def _end(finding: Finding, text: str, verb: _Verb) -> dict[str, Any]:
    """Return what stands at an end: of a flag or adjective with nouns behind it the whole phrase, and whose it is."""
    name = str(finding.value.get("name") or finding.value.get("handle") or finding.quote)
    value = {"kind": finding.kind, "name": name, "start": finding.start, "end": finding.end, "quote": finding.quote}
    end = _phrase_end(finding, text, verb)
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
)


def _phrase_end(finding: Finding, text: str, verb: _Verb) -> int:
    if finding.kind != "place" or finding.value["form"] not in ("adjective", "flag"):
        return finding.end
    until = verb.start if finding.end <= verb.start else len(text)
    found = _PHRASE.match(text, finding.end, until)
    return finding.end + len(found[0].rstrip()) if found else finding.end


# --- from parses ------------------------------------------------------------------------------------------------------


def _from_parse(passage: Passage, triples: list[Triple], held: list[Finding]) -> Iterator[Found]:
    for triple in triples:
        subject = next((end for end in held if end.start < triple.subject[1] and triple.subject[0] < end.end), None)
        thing = next((end for end in held if end.start < triple.object[1] and triple.object[0] < end.end), None)
        if subject is None or thing is None or subject is thing:
            continue
        found = _pattern().search(passage.text, *triple.verb)
        name = _named(found) if found else triple.lemma
        item = _relation(passage, subject, thing, _Verb(*triple.verb, name, False))
        item.value["negated"] = triple.negated
        yield item._replace(
            certainty=round(0.85 * min(subject.certainty, thing.certainty), 2),
            why="subject and object of the verb, as a language model parses it",
        )


def _merged(rules: list[Found], parsed: Iterator[Found]) -> list[Found]:
    """Return what the parse says, and of the patterns what it does not contradict."""
    told = list(parsed)
    ends = {(item.value["subject"]["start"], item.value["object"]["start"]) for item in told}
    verbs = {item.value["verb"]["start"] for item in told}
    kept = [
        item
        for item in rules
        if (item.value["subject"]["start"], item.value["object"]["start"]) not in ends
        and item.value["verb"]["start"] not in verbs
    ]
    return sorted([*told, *kept], key=lambda item: (item.start, item.end))
