"""Where in a text a query finds what it looks for: spans of code points, and the part around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

from clew.search import looks, stems
from clew.search.countries import flag_named
from clew.search.grammar import And, Everything, Fuzzy, Near, Node, Not, Or, Phrase, Prefix, Query, Range, Sign, Word
from clew.search.words import Token, fold, is_paired, tokens
from clew.texts import Span

__all__ = ["Marker", "Snippet", "snippet"]

AROUND = 160
"""Code points of a part that is shown."""
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_Marking: TypeAlias = Callable[[Sequence[Token], str, tuple[str, ...]], Iterable[int]]


class Snippet(NamedTuple):
    """The part of a text around what was found."""

    text: str
    start: int
    """Its first code point in the whole text."""
    marks: tuple[Span, ...]
    """What was found, in code points of the part."""
    before: bool
    """True where there is more before it."""
    after: bool


class Marker:
    """Tells what of texts a query looks for."""

    def __init__(self, query: Query) -> None:
        self._node = query.node
        leaves = list(_leaves(query.node, flags=False))
        self._begin = _beginnings(leaves)
        self._markings = [_marking(leaf) for leaf in leaves]

    def spans(self, text: str, languages: tuple[str, ...]) -> tuple[Span, ...]:
        """Return what of a text is looked for, in order; spans that touch within a word are one."""
        found = list(tokens(text, self._begin))
        flagged = not text.isascii() and _FLAG.search(text) is not None
        markings = self._with_flags if flagged else self._markings
        if len(markings) == 1:
            marked = [*markings[0](found, text, languages)]
        else:
            marked = [at for marking in markings for at in marking(found, text, languages)]
        if len(marked) > 1:
            marked = sorted(set(marked))
        return _joined([found[at] for at in marked])

    @cached_property
    def _with_flags(self) -> list[_Marking]:
        return [_marking(leaf) for leaf in _leaves(self._node, flags=True)]


def snippet(text: str, marks: Sequence[Span], around: int = AROUND) -> Snippet:
    """Return the part of a text around the first spans, cut between words; the start of it where there are none."""
    if len(text) <= around:
        return Snippet(text, 0, tuple(marks), before=False, after=False)
    first = marks[0][0] if marks else 0
    start = max(0, min(first - around // 4, len(text) - around))
    end = min(len(text), start + around)
    if start and (space := text.find(" ", start, first)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", max(start, marks[0][1] if marks else 0), end)) > start:
        end = space
    inside = tuple((a - start, b - start) for a, b in marks if start <= a and b <= end)
    return Snippet(text[start:end], start, inside, before=start > 0, after=end < len(text))


def _leaves(node: Node, *, flags: bool) -> Iterator[Node]:
    """Yield what has to be there, not what must not; with `flags`, those that words name as well."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _leaves(part, flags=flags)
            if flags:
                yield from _runs(node)
        case _:
            yield node
            if flags and isinstance(node, Word | Phrase) and (flag := flag_named(node.terms)):
                yield Word((flag,), flag)


def _runs(node: Node) -> Iterator[Node]:
    """Yield words that stand side by side as one, for names of countries."""
    if isinstance(node, And):
        near = [part for part in node.parts if isinstance(part, Word)]
        for at in range(len(near)):
            for end in range(at + 2, min(at + 6, len(near) + 1)):
                terms = tuple(term for word in near[at:end] for term in word.terms)
                if flag := flag_named(terms):
                    yield Word((flag,), flag)


def _beginnings(leaves: Iterable[Node]) -> str | None:
    """Return the signs with which words of ASCII begin that may be marked; None where any may, as those between two."""
    found = ""
    for leaf in leaves:
        match leaf:
            case Word((term,)) | Prefix(term):
                found += term[0]
            case Not() | Range() | Everything():
                pass
            case Sign(kind) if kind != "tag":
                pass
            case _:
                return None
    return found


def _marking(leaf: Node) -> _Marking:
    """Return what tells, of the tokens of a text, the numbers of those that a part of a query looks for."""
    match leaf:
        case Word((term,), said):
            return _forms(term, said)
        case Word(terms) | Phrase(terms):
            slop = leaf.slop if isinstance(leaf, Phrase) else 0
            return lambda found, text, languages: _sequences(terms, found, slop)
        case Prefix(start):
            return lambda found, text, languages: (n for n, token in enumerate(found) if token.text.startswith(start))
        case Fuzzy(term, distance):
            return lambda found, text, languages: (
                n for n, token in enumerate(found) if _is_within(term, token.text, distance)
            )
        case Near(left, right, distance):
            orders = (left + right, right + left)
            return lambda found, text, languages: (
                n for terms in orders for n in _sequences(terms, found, distance - 1)
            )
        case Sign("tag", value):
            return _tagged(tuple(token.text for token in tokens(fold(value))))
        case _:
            return lambda found, text, languages: ()


def _tagged(wanted: Sequence[str]) -> _Marking:
    def marked(found: Sequence[Token], text: str, languages: tuple[str, ...]) -> Iterator[int]:
        for first in _starts(wanted, found):
            if found[first].start and text[found[first].start - 1] in "#＃$":
                yield from range(first, first + len(wanted))

    return marked


def _forms(term: str, said: str) -> _Marking:
    """Return what tells the tokens that are a word in any of its forms."""
    paired, skeleton, size = is_paired(term), looks.skeleton(term), len(term)
    one_sign = paired and size == 1

    def marked(found: Sequence[Token], text: str, languages: tuple[str, ...]) -> list[int]:
        wanted = frozenset() if paired else stems.stem(said, languages)
        held = []
        for at, (own, start, end) in enumerate(found):
            if own == term or (one_sign and term in own):
                held.append(at)
            elif wanted and _may_share(term, own):
                if not wanted.isdisjoint(stems.stem(text[start:end], languages)):
                    held.append(at)
            elif len(own) == size and not own.isascii() and looks.skeleton(own) == skeleton:
                held.append(at)
        return held

    return marked


def _may_share(term: str, other: str) -> bool:
    """Say whether two words may have the same stem: stemmers leave how a word begins, but for prefixes in Arabic."""
    return term[0] == other[0] or term[0] in _ARABIC


_ARABIC = frozenset(map(chr, range(0x620, 0x64B)))


def _is_one_sign(term: str) -> bool:
    return len(term) == 1 and is_paired(term)


def _starts(terms: Sequence[str], found: Sequence[Token]) -> Iterator[int]:
    for at in range(len(found) - len(terms) + 1):
        if all(found[at + n].text == term for n, term in enumerate(terms)):
            yield at


def _sequences(terms: Sequence[str], found: Sequence[Token], slop: int) -> Iterator[int]:
    """Yield the tokens of every place where the terms stand in order, with up to `slop` others between them."""
    for start, token in enumerate(found):
        if not _fits(terms[0], token.text):
            continue
        held, at, left = [start], start + 1, slop
        for term in terms[1:]:
            following = next((n for n in range(at, min(at + left + 1, len(found))) if found[n].text == term), None)
            if following is None:
                break
            left -= following - at
            held.append(following)
            at = following + 1
        else:
            yield from held


def _fits(term: str, token: str) -> bool:
    return token == term or (_is_one_sign(term) and term in token)


def _is_within(one: str, other: str, distance: int) -> bool:
    """Say whether a few letters put in, left out, changed or swapped with the next make one word of another."""
    if abs(len(one) - len(other)) > distance:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        following = [i]
        for j, b in enumerate(other, 1):
            cost = min(row[j] + 1, following[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            following.append(cost)
        before, row = row, following
    return row[-1] <= distance


def _joined(found: Iterable[Token]) -> tuple[Span, ...]:
    """Return spans of tokens; pairs of signs that overlap or touch are one."""
    joined: list[Span] = []
    for token in found:
        if joined and token.start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], token.end))
        else:
            joined.append((token.start, token.end))
    return tuple(joined)
