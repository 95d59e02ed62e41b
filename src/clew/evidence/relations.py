"""Relations: who supplies, hires, builds, sanctions whom; from patterns, and with a model from parses too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from clew.evidence import where, who
from clew.evidence.common import is_common
from clew.evidence.finding import Finding, Found
from clew.evidence.models import Triple
from clew.evidence.passages import Passage, Sentence
from clew.evidence.standins import Recent
from clew.evidence.study import Study
from clew.evidence.ties import BURDENS, LINK_WORDS, LINKS, NAMES_OF_NOUNS, NOUNS, firsts, foreign, leads, named, pattern

__all__ = ["METHOD", "NAME", "extract"]

NAME = "relations"
METHOD = "relations 2"


def extract(study: Study) -> Iterator[Finding]:
    """Yield relations between the people, organisations, accounts and places of a sentence.

    A subject that is not named there (`It has hired ...`) is looked for in the sentences before it.
    """
    ends: dict[str, list[Finding]] = {}
    for module in (who, where):
        for finding in study.once(module.NAME, module.extract):
            ends.setdefault(finding.post, []).append(finding)
    recent = Recent()
    for passage in study.passages:
        held = sorted(ends.get(passage.post.id, []), key=lambda finding: finding.start)
        if not held:
            continue
        found = [item for sentence in passage.sentences for item in _sentence(passage, sentence, held, recent)]
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


def _sentence(passage: Passage, sentence: Sentence, held: list[Finding], recent: Recent) -> list[Found]:
    """Return the relations of a sentence, each pair once."""
    inside = [end for end in held if sentence.start <= end.start < sentence.end and end.certainty >= 0.45]
    meant = recent.pronoun(passage, sentence) if inside else None
    ends = [meant, *inside] if meant else inside
    found: list[Found] = []
    if ends:
        found = list(_by_verbs(passage, sentence, ends))
        verbs = [(item.value["verb"]["start"], item.value["verb"]["end"]) for item in found]
        found += (
            item
            for item in _by_links(passage, sentence, ends, recent)
            if not any(a < item.value["verb"]["end"] and item.value["verb"]["start"] < b for a, b in verbs)
        )
    if len(inside) > 1:
        found += [*_side_by_side(passage, sentence, inside), *_burdens(passage, inside)]
    recent.note(inside)
    once = {(item.value["subject"]["start"], item.value["object"]["start"]): item for item in reversed(found)}
    return sorted(once.values(), key=lambda item: (item.start, item.end))


def _by_verbs(passage: Passage, sentence: Sentence, ends: list[Finding]) -> Iterator[Found]:
    subject: Finding | None = None
    for verb in _verbs(passage, sentence):
        pair = _pair(passage.text, verb, ends, subject) or _with_thing(passage, verb, ends, subject)
        if pair and pair[0].quote != pair[1].quote:
            subject = pair[0]
            yield _relation(passage, pair[0], pair[1], verb)


_THING = re.compile(
    r"\s+(?:(?:its|their|his|her|the|a|an|new|own)\s+){0,3}(?P<name>[A-Z][\w'’-]*[A-Za-z](?:\s[A-Z][\w'’-]*){0,3})"
)


def _with_thing(
    passage: Passage, verb: _Verb, ends: list[Finding], last: Finding | None
) -> tuple[Finding, Finding] | None:
    """Return subject and object where the object is a name that nothing else found: `A releases Blue Harbour`."""
    found = None if verb.passive else _THING.match(passage.text, verb.end)
    if found is None or (" " not in found["name"] and is_common(found["name"].lower())):
        return None
    start, end = found.span("name")
    if any(each.start < end and start < each.end for each in ends):
        return None
    thing = msgspec.structs.replace(
        ends[0], kind="thing", start=start, end=end, quote=found["name"], value={"name": found["name"]}, certainty=0.6
    )
    pair = _pair(passage.text, verb, sorted([*ends, thing], key=lambda each: each.start), last)
    return pair if pair and pair[1] is thing else None


_FOR = re.compile(r"\bFor\s+(?:the\s+)?$")


def _by_links(passage: Passage, sentence: Sentence, ends: list[Finding], recent: Recent) -> Iterator[Found]:
    """Yield what nouns such as `in competition against` tie: to each of a list the one whom the sentence is about."""
    if passage.words.isdisjoint(LINK_WORDS):
        return
    for name, link in LINKS.items():
        for found in link.finditer(passage.prose, sentence.start, sentence.end):
            things = _listed(passage.text, ends, found.end())
            before = [each for each in ends if each.end <= found.start() and each.kind != "place"]
            led = [each for each in before if _FOR.search(passage.text[max(0, each.start - 9) : each.start])]
            subject = next(iter([*led, *before[::-1]]), None)
            if things and subject is None and (meant := recent.meant(*things)):
                subject = recent.standing(meant, passage, found.start(), found.end())
            if subject:
                verb = _Verb(found.start(), found.end(), name, False)
                yield from (_relation(passage, subject, thing, verb) for thing in things if thing is not subject)


def _listed(text: str, ends: list[Finding], at: int) -> list[Finding]:
    """Return the ends from a place on, as long as commas and `and` join them."""
    listed: list[Finding] = []
    for each in ends:
        if each.start == at or (listed and _AND.fullmatch(text, listed[-1].end, each.start)):
            listed.append(each)
    return listed


_AND = re.compile(r"\s*(?:,|&|and|,\s*and)\s*")
_UNDER = re.compile(r"\b(?:after|since|because of|due to|under|despite|amid|with)\s+(?:the\s+)?$", re.IGNORECASE)


def _burdens(passage: Passage, inside: list[Finding]) -> Iterator[Found]:
    """Yield `US sanctions on A`, and less surely `after US sanctions A has ...`."""
    text = passage.text
    for a, b in pairwise(inside):
        found = BURDENS.match(text, a.end, b.start)
        if found is None or found.end() != b.start or a.kind not in ("place", "organisation", "person"):
            continue
        under = _UNDER.search(text[max(0, a.start - 16) : a.start]) and _HAS_ITS_OWN.match(text, b.end)
        if found["on"] or under:
            item = _relation(passage, a, b, _Verb(found.start("noun"), found.end("noun"), "sanctions", False))
            item.value["subject"] |= {"kind": a.kind, "name": _name(a), "end": a.end, "quote": a.quote}
            yield (
                item
                if found["on"]
                else item._replace(
                    certainty=0.5, why=f"`{found['noun']}` of the one stand before what the other then did"
                )
            )


_WORD = re.compile(r"(?<![\w-])[A-Za-z]{2,}")


def _verbs(passage: Passage, sentence: Sentence) -> Iterator[_Verb]:
    prose, at, known = passage.prose, sentence.start, leads()
    for word in () if passage.words.isdisjoint(firsts()) else _WORD.finditer(prose, sentence.start, sentence.end):
        if word.start() < at or word[0].lower() not in known:
            continue
        if found := pattern().match(prose, word.start(), sentence.end):
            at = found.end()
            start = found.end("be") if found["be"] else found.start()
            end = found.start("by") if found["by"] else found.end()
            yield _Verb(start, end, named(found), found["by"] is not None)
    if not prose.isascii():
        for found in foreign().finditer(prose, sentence.start, sentence.end):
            yield _Verb(found.start(), found.end(), named(found), passive=False)


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
    led = text[max(0, subject.start - 14) : subject.start]
    if _GOVERNED.search(led) and not led.endswith("As ") and not verb.passive:
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
        noun = NOUNS.match(text, b.end) or NOUNS.match(text, b.end + 1)
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
                NAMES_OF_NOUNS.get(
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
    if _FUTURE.search(passage.text[max(0, verb.start - 24) : verb.start]):
        value["future"] = True
    near = max(0, end - start - len(subject.quote) - len(thing.quote))
    certainty = round(max(0.4, 0.8 - near / 200) * min(subject.certainty, thing.certainty), 2)
    words = " ".join(passage.text[verb.start : verb.end].split())
    why = f"`{words}` stands between the two" if verb.start > subject.start else f"`{words}` ties the two"
    if subject.why == "meant":
        value["subject"]["meant"] = True
        why += f"; {value['subject']['name']} is meant, as the sentences before it have it"
    return Found("relation", start, end, value, certainty, why)


_FUTURE = re.compile(
    r"\b(?:will|would|won['’]t|going to|plans? to)\b(?:\s+(?:not|never|fully|also|soon))*\s*$", re.IGNORECASE
)


def _end(finding: Finding, text: str, verb: _Verb) -> dict[str, Any]:
    """Return what stands at an end: of a flag or adjective with nouns behind it the whole phrase, and whose it is."""
    name = _name(finding)
    value: dict[str, Any] = {
        "kind": finding.kind,
        "name": name,
        "start": finding.start,
        "end": finding.end,
        "quote": finding.quote,
    }
    end = _phrase_end(finding, text, verb)
    if end > finding.end:
        quote = text[finding.start : end]
        value |= {"kind": "thing", "name": f"{name}: {text[finding.end : end].strip()}", "end": end, "quote": quote}
        value["of"] = name
    return value


def _name(finding: Finding) -> str:
    return str(finding.value.get("name") or finding.value.get("handle") or finding.quote)


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
        found = pattern().search(passage.text, *triple.verb)
        name = named(found) if found else triple.lemma
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
