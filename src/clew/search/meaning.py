"""From what is meant to what tantivy runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, assert_never

from clew.errors import needing
from clew.search import countries, days, looks, pairs, stems, words
from clew.search.documents import SCOPES, Scope, exact, url_key
from clew.search.grammar import (
    And,
    Everything,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Sign,
    Word,
)
from clew.search.index import Index

with needing("searching", "search"):
    import tantivy
    from tantivy import FieldType, Occur

__all__ = ["Meaning", "Way", "compiled", "expected", "is_ranked", "meant_by"]

_Query: TypeAlias = "tantivy.Query"
_SPECIAL = frozenset(r"\.+*?()|[]{}^$#&-~/@\"<>")


FEW = 64
"""Words that begin alike which are looked for one by one; more are looked for by a pattern."""
NARROW = 8
"""A range of time in which at most one of so many posts is, is looked for by its days."""

Way: TypeAlias = Literal["ranked", "exact", "any"]
"""How words are looked for: in any form, those as they are written counting more; only as written; in any form."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a search needs to know of the index."""

    index: Index
    schema: tantivy.Schema
    searcher: tantivy.Searcher
    languages: tuple[str, ...]
    """Those whose stems are in it."""
    common: Collection[str]
    """Words of which pairs are in it."""
    way: Way = "ranked"
    scope: Scope = "post"

    def field(self, name: str) -> str:
        """Return the field of the scope."""
        return SCOPES[self.scope].get(name, name)

    def term(self, name: str, term: str) -> _Query:
        """Return what finds a term."""
        return tantivy.Query.term_query(self.schema, self.field(name), term)

    def sign(self, sign: str) -> _Query:
        """Return what finds an exact sign, without a say in the ranking."""
        return tantivy.Query.const_score_query(self.term("signs", sign), 0.0)

    def count(self, name: str, term: str) -> int:
        """Return in how many documents a term stands, deleted ones included."""
        return self.searcher.doc_freq(self.field(name), term)

    def holds(self, name: str, term: str) -> bool:
        """Say whether a term stands anywhere."""
        return bool(self.count(name, term))


def meant_by(index: Index, way: Way = "ranked") -> Meaning:
    """Return what a search needs to know of an index."""
    languages = index.mark.languages if index.mark else ()
    common: Collection[str] = index.mark.common if index.mark else ()
    return Meaning(index, index.schema, index.searcher, (*languages, stems.OTHER), common, way)


def compiled(query: Query, meaning: Meaning) -> _Query:
    """Return what finds the documents that a query means: posts, or threads."""
    posts = _anchored(query.node, replace(meaning, scope="post"))
    if query.scope == "post":
        return posts
    single = replace(meaning, scope="post").sign("is:single")
    threads = _anchored(query.node, replace(meaning, scope="thread"))
    return _either([threads, _all([posts, single])])


def is_ranked(node: Node) -> bool:
    """Say whether some posts answer better than others: where there are words, and not only signs."""
    match node:
        case Word() | Phrase() | Near():
            return True
        case And(parts) | Or(parts):
            return any(is_ranked(part) for part in parts)
        case _:
            return False


def expected(node: Node, meaning: Meaning) -> float:
    """Return about how many documents a node finds where its words stand as they are written."""
    every = max(meaning.searcher.num_docs, 1)
    match node:
        case Word(terms) | Phrase(terms):
            least = min(meaning.count("words", term) for term in terms)
            return least if len(terms) == 1 else least / 4
        case Near(left, right):
            return min(meaning.count("words", term) for term in left + right) / 4
        case Prefix(start):
            return sum(count for _, count in _beginning(start, meaning)[:FEW])
        case Fuzzy(term):
            return meaning.count("words", term)
        case Sign(kind, value):
            return meaning.count("signs", _sign(kind, value))
        case And(parts):
            share = 1.0
            for part in parts:
                share *= expected(part, meaning) / every
            return share * every
        case Or(parts):
            return max(expected(part, meaning) for part in parts)
        case Range("time", low, high):
            return sum(meaning.count("when", term) for term in days.span(low, high, meaning.index.years))
        case _:
            return every


def _anchored(node: Node, meaning: Meaning) -> _Query:
    """Return what a node finds, kept to documents of the scope where the node itself does not do so."""
    found = _built(node, meaning)
    return found if _is_anchored(node) else _all([found, _every(meaning)])


def _is_anchored(node: Node) -> bool:
    match node:
        case Range():
            return False
        case And(parts):
            return any(_is_anchored(part) for part in parts)
        case Or(parts):
            return all(_is_anchored(part) for part in parts)
        case _:
            return True


def _built(node: Node, meaning: Meaning) -> _Query:
    match node:
        case Word(terms, text):
            return _word(terms, text, meaning)
        case Phrase(terms, _, slop):
            return _or_flag(_phrase(terms, slop, meaning), terms, meaning)
        case Prefix(start):
            return _prefix(start, meaning)
        case Fuzzy(term, distance):
            return tantivy.Query.fuzzy_term_query(meaning.schema, meaning.field("words"), term, distance)
        case Near(left, right, distance):
            slop = distance - 1
            return _either([_phrase(left + right, slop, meaning), _phrase(right + left, slop, meaning)])
        case Sign(kind, value):
            return meaning.sign(_sign(kind, value))
        case Range(field, low, high):
            return _range(field, low, high, meaning)
        case Everything():
            return _every(meaning)
        case Not(inner):
            return _without([_every(meaning)], [_anchored(inner, replace(meaning, way="any"))])
        case And(parts):
            wanted = [part for part in parts if not isinstance(part, Not)]
            refused = replace(meaning, way="any")
            unwanted = [_built(part.inner, refused) for part in parts if isinstance(part, Not)]
            queries = _together(wanted, meaning) or [_every(meaning)]
            return _without(queries, unwanted)
        case Or(parts):
            return _either([_anchored(part, meaning) for part in parts])
        case _:
            assert_never(node)


def _every(meaning: Meaning) -> _Query:
    return meaning.sign("is:post" if meaning.scope == "post" else "is:thread")


def _word(terms: Sequence[str], text: str, meaning: Meaning) -> _Query:
    """Return what finds a word: itself, its other forms, spellings that look like it, the flag that it names."""
    if len(terms) > 1:
        return _or_flag(_phrase(terms, 0, meaning), terms, meaning)
    (term,) = terms
    if words.is_paired(term):
        exactly = _prefix(term, meaning) if len(term) == 1 else meaning.term("words", term)
        return _or_flag(exactly, terms, meaning)
    exactly = meaning.term("words", term)
    if meaning.way == "exact":
        return exactly
    ranked = meaning.way == "ranked"
    found = [
        meaning.term("stems", stem)
        for stem in stems.stem(text, meaning.languages)
        if ranked or meaning.holds("stems", stem)
    ]
    if ranked or not found:
        found.insert(0, exactly)
    skeleton = looks.skeleton(term)
    if ranked or meaning.holds("looks", skeleton):
        found.append(meaning.term("looks", skeleton))
    return _or_flag(_either(found), terms, meaning)


def _or_flag(found: _Query, terms: Sequence[str], meaning: Meaning) -> _Query:
    flag = _flag(terms, meaning)
    return _either([found, meaning.term("words", flag)]) if flag else found


def _flag(terms: Sequence[str], meaning: Meaning) -> str | None:
    """Return the flag that terms name; None where they name none that stands in any text."""
    flags = meaning.index.flags
    flag = countries.flag_named(terms) if flags and meaning.way != "exact" else None
    return flag if flag in flags else None


def _phrase(terms: Sequence[str], slop: int, meaning: Meaning) -> _Query:
    if len(terms) == 1:
        return _prefix(terms[0], meaning) if _is_one_sign(terms[0]) else meaning.term("words", terms[0])
    paired = pairs.of(terms, meaning.common) if slop == 0 and meaning.scope == "post" else []
    if paired and len(terms) == 2:
        return meaning.term("pairs", paired[0])
    found = tantivy.Query.phrase_query(meaning.schema, meaning.field("words"), list(terms), slop)
    return _all([found, *(tantivy.Query.const_score_query(meaning.term("pairs", pair), 0.0) for pair in paired)])


def _is_one_sign(term: str) -> bool:
    return len(term) == 1 and words.is_paired(term)


def _prefix(start: str, meaning: Meaning) -> _Query:
    """Return what finds words that begin so, one no better than another."""
    terms = [term for term, _ in _beginning(start, meaning)]
    if len(terms) > FEW:
        escaped = "".join(f"\\{sign}" if sign in _SPECIAL else sign for sign in start)
        return tantivy.Query.regex_query(meaning.schema, meaning.field("words"), f"{escaped}.*")
    if not terms:
        return tantivy.Query.empty_query()
    return tantivy.Query.const_score_query(_either([meaning.term("words", term) for term in terms]), 1.0)


def _beginning(start: str, meaning: Meaning) -> Sequence[tuple[str, int]]:
    """Return words that begin so and in how many documents each is, those in most first; of many, one more than FEW."""
    return meaning.index.beginning(meaning.field("words"), start, FEW + 1)


def _sign(kind: str, value: str) -> str:
    if kind == "url":
        return exact(kind, url_key(value))
    return exact(kind, words.fold(value) if kind == "tag" else value)


def _range(field: str, low: int | None, high: int | None, meaning: Meaning) -> _Query:
    if low is not None and high is not None and low > high:
        return tantivy.Query.empty_query()
    kind = FieldType.Integer if field == "time" else FieldType.Unsigned
    if high is not None and high < 0 and field != "time":
        return tantivy.Query.empty_query()
    if field == "time" and (found := _in_days(low, high, meaning)):
        if days.is_whole(low, high):
            return found
        return _all([found, _between(field, kind, low, high, meaning)])
    return _between(field, kind, low, high, meaning)


def _in_days(low: int | None, high: int | None, meaning: Meaning) -> _Query | None:
    """Return what finds posts of the days that hold a range of time; None where that are many posts."""
    terms = days.span(low, high, meaning.index.years)
    if sum(meaning.count("when", term) for term in terms) * NARROW > meaning.searcher.num_docs:
        return None
    if not terms:
        return tantivy.Query.empty_query()
    return tantivy.Query.const_score_query(_either([meaning.term("when", term) for term in terms]), 0.0)


def _between(field: str, kind: FieldType, low: int | None, high: int | None, meaning: Meaning) -> _Query:
    least, most = -(1 << 62) if field == "time" else 0, 1 << 62
    found = tantivy.Query.range_query(
        meaning.schema, field, kind, least if low is None else low, most if high is None else high
    )
    return tantivy.Query.const_score_query(found, 0.0)


def _together(parts: Sequence[Node], meaning: Meaning) -> list[_Query]:
    """Return what finds each of the parts; words that together name a country find its flag as well."""
    found: list[_Query] = []
    at = 0
    while at < len(parts):
        length, flag = _named_at(parts, at, meaning)
        own = [_built(part, meaning) for part in parts[at : at + length]]
        found += own if flag is None else [_either([_all(own), meaning.term("words", flag)])]
        at += length
    return found


def _named_at(parts: Sequence[Node], at: int, meaning: Meaning) -> tuple[int, str | None]:
    """Return how many words from a place on name a country, and its flag; 1 and None where they name none."""
    for length in range(min(countries.LONGEST, len(parts) - at), 1, -1):
        named = parts[at : at + length]
        if all(isinstance(part, Word) for part in named):
            flag = _flag([term for part in named if isinstance(part, Word) for term in part.terms], meaning)
            if flag:
                return length, flag
    return 1, None


def _all(queries: Sequence[_Query]) -> _Query:
    return _without(queries, [])


def _without(wanted: Sequence[_Query], unwanted: Iterable[_Query]) -> _Query:
    refused = [(Occur.MustNot, query) for query in unwanted]
    if len(wanted) == 1 and not refused:
        return wanted[0]
    return tantivy.Query.boolean_query([*((Occur.Must, query) for query in wanted), *refused])


def _either(queries: Sequence[_Query]) -> _Query:
    return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(Occur.Should, one) for one in queries])
