"""The query language: one table of what can be written, and from a query to a tree of what is meant.

The table is what docs/search.md, `clew find --help` and the tests are made of.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from clew import addresses
from clew.errors import BadQuery
from clew.search.documents import HAS, Scope
from clew.search.words import tokens

__all__ = [
    "OPERATORS",
    "WRITTEN",
    "And",
    "Everything",
    "Fuzzy",
    "Near",
    "Node",
    "Not",
    "Operator",
    "Or",
    "Phrase",
    "Prefix",
    "Query",
    "Range",
    "Sign",
    "Word",
    "parse",
    "renamed",
]

DEEPEST = 40
"""Parentheses within parentheses."""
MOST = 400
"""Words, phrases and operators of one query."""
WIDEST = 50
"""The largest distance that `near:` takes."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A `name:value` that narrows a search."""

    name: str
    value: str
    says: str
    example: str
    also: tuple[str, ...] = ()
    """Other names that people know it by."""


OPERATORS = (
    Operator("from", "HANDLE", "posts of an account, by its handle, permanent id or display name", "from:ana", ("by",)),
    Operator("to", "HANDLE", "posts that answer or mention an account", "to:bob", ("mentions", "mentioning")),
    Operator("since", "DATE", "posts of that day or month or year, or later; UTC", "since:2021-06", ("after",)),
    Operator("until", "DATE", "posts before that day or month or year; UTC", "until:2021-07-01", ("before",)),
    Operator("date", "FROM..TO", "posts between two dates, both included", "date:2021-06..2021-07", ("time", "on")),
    Operator("lang", "TAG", "posts in a language, by its BCP 47 tag", "lang:ru", ("language",)),
    Operator("platform", "NAME", "x, bluesky, mastodon, telegram, unknown", "platform:telegram", ("source",)),
    Operator("domain", "HOST", "posts with a link to a site or one below it", "domain:example.org", ("site",)),
    Operator("url", "ADDRESS", "the post at an address, and posts with a link to it", "url:example.org/report"),
    Operator("tag", "TAG", "posts with a hashtag; the same as #TAG", "tag:port", ("hashtag",)),
    Operator("has", "|".join(HAS), "posts, or threads, that have one", "has:link", ("filter",)),
    Operator("is", "reply|repost|first|last|branch|single", "posts by their place", "is:first"),
    Operator("id", "ID", "the post with an id, of any platform", "id:1400000000000000001"),
    Operator("thread", "ID", "the posts of a thread", "thread:x:1400000000000000001"),
    Operator("quotes", "ID", "posts that quote or repost a post", "quotes:1400000000000000001", ("quoting",)),
    Operator("re", "ID", "posts that answer a post", "re:1400000000000000001"),
    Operator("conversation", "ID", "posts of a conversation", "conversation:1400000000000000001"),
    Operator("number", "N..M", "posts by the number that their author gave them", "number:1..3"),
    Operator("size", "N..M", "posts of threads of so many posts", "size:10..", ("posts",)),
    Operator("in", "post|thread", "whether all must stand in one post (so unless said), or in one thread", "in:thread"),
)

#: What else can be written: how, what it means, an example.
WRITTEN = (
    ("word word", "both, in any order; other forms of a word too, by the language of the post", "port sold"),
    ('"words"', "these words side by side, just so", '"sold the port"'),
    ("AND", "both, as a space says", "port AND sold"),
    ("OR", "either; binds less than a space", "port OR harbour"),
    ("-word, NOT word", "without it", "port -airport"),
    ("( )", "what belongs together", "(port OR harbour) sold"),
    ("start*", "words that begin so", "harb*"),
    ("word~1, word~2", "words up to so many letters away", "harbor~1"),
    ('"words"~3', "these words with up to so many others between them", '"port company"~3'),
    ("word near:5 word", "both within so many words of each other, in either order", "port near:5 sold"),
    ("#tag", "a hashtag", "#port"),
    ("@handle", "posts that mention or answer an account", "@bob"),
    ("ADDRESS", "the post at an address, and posts with a link to it", "https://x.com/ana/status/1400000000000000001"),
    ("emoji", "itself; a flag is found by itself and by the name of its country", "🇺🇦"),
    ("*", "everything", "*"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its forms, or the pairs of signs of one."""

    terms: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words side by side, with up to `slop` others between them."""

    terms: tuple[str, ...]
    text: str
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin so."""

    start: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Words up to one or two letters away."""

    term: str
    distance: int


@dataclass(frozen=True, slots=True)
class Near:
    """Words within a distance of each other, in either order."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Sign:
    """An exact sign of a post, such as whose it is."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Range:
    """A number, or a time in seconds, from (included) and up to (included); None: open."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Everything:
    """Every post."""


@dataclass(frozen=True, slots=True)
class Not:
    """Posts that the inner one does not match."""

    inner: Node


@dataclass(frozen=True, slots=True)
class And:
    """Posts that all of them match."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Posts that any of them matches."""

    parts: tuple[Node, ...]


Node: TypeAlias = Word | Phrase | Prefix | Fuzzy | Near | Sign | Range | Everything | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for."""

    node: Node
    scope: Scope = "post"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a query as it is written."""

    kind: str
    """word, phrase, operator, near, (, ), AND, OR, NOT."""
    text: str
    start: int
    end: int
    name: str = ""
    tail: str = ""
    """`~3` after a phrase."""


_PLATFORMS = "x|bluesky|mastodon|telegram|unknown"
_OPEN = {'"': '"', "“": "”", "„": "“”", "«": "»", "”": "”"}
_QUOTED = re.compile(r'"([^"]*)"|[“„”]([^“”"]*)[“”"]|«([^»]*)»')
_NAMED = re.compile(r"([A-Za-z]+):")
_BARE = re.compile(r'[^\s()"“„«]+')
_SLOP = re.compile(r"~(\d{1,3})")
_NEAR = re.compile(r"(?:near|NEAR)[:/](\d{1,9})(?![^\s()])")
_FUZZY = re.compile(r"(.+)~([0-9]?)$", re.DOTALL)
_NAMES = {name: operator for operator in OPERATORS for name in (operator.name, *operator.also)}
_HAS_ALSO = {"links": "link", "images": "image", "videos": "video", "replies": "", "quotes": "quote", "photo": "image"}


def parse(text: str) -> Query:
    """Return what a query means.

    Raises:
        BadQuery: It cannot be meant so; says where, and what might be meant.
    """
    return _Parser(text, _pieces(text)).query()


def renamed(query: Query, names: Callable[[str], Sequence[str]]) -> Query:
    """Return a query in which every account is meant under each of its names."""

    def told(node: Node) -> Node:
        match node:
            case Sign(("from" | "to") as kind, value):
                every = dict.fromkeys([value, *names(value)])
                return Or(tuple(Sign(kind, name) for name in every)) if len(every) > 1 else node
            case Not(inner):
                return Not(told(inner))
            case And(parts):
                return And(tuple(told(part) for part in parts))
            case Or(parts):
                return Or(tuple(told(part) for part in parts))
            case _:
                return node

    return Query(told(query.node), query.scope)


def _pieces(text: str) -> list[_Piece]:
    found: list[_Piece] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        piece = _piece(text, at)
        found.append(piece)
        at = piece.end
    if len(found) > MOST:
        raise BadQuery(text, found[MOST].start, f"a query has at most {MOST} words", "")
    return found


def _piece(text: str, at: int) -> _Piece:
    if text[at] in "()":
        return _Piece(text[at], text[at], at, at + 1)
    if text[at] in "-−–" and at + 1 < len(text) and not text[at + 1].isspace():
        return _Piece("NOT", "-", at, at + 1)
    if text[at] in _OPEN:
        return _quoted(text, at)
    if near := _NEAR.match(text, at):
        return _Piece("near", near[1], at, near.end())
    named = _NAMED.match(text, at)
    if named and named[1].lower() in _NAMES:
        return _operator(text, at, named)
    bare = _BARE.match(text, at)
    end = bare.end() if bare else at + 1
    word = text[at:end]
    if named and not word.startswith(("http://", "https://", "at://")):
        _suggest(text, at, named[1])
    kind = (
        word if word in ("AND", "OR", "NOT") else "OR" if word in ("|", "||") else "AND" if word in ("&&",) else "word"
    )
    return _Piece(kind, word, at, end)


def _quoted(text: str, at: int) -> _Piece:
    found = _QUOTED.match(text, at)
    if found is None:
        raise BadQuery(text, at, "this quotation mark is never closed", f"{text}{_OPEN[text[at]][0]}")
    inner = next(group for group in found.groups() if group is not None)
    tail = _SLOP.match(text, found.end())
    return _Piece("phrase", inner, at, tail.end() if tail else found.end(), tail=tail[1] if tail else "")


def _operator(text: str, at: int, named: re.Match[str]) -> _Piece:
    name, start = _NAMES[named[1].lower()].name, named.end()
    if start < len(text) and text[start] in _OPEN:
        value = _quoted(text, start)
        inner, end = value.text, value.end
    else:
        bare = re.compile(r'[^\s()"]+(?:\([^\s()"]*\)[^\s()"]*)*' if name == "url" else r'[^\s()"]+').match(text, start)
        inner, end = (bare[0], bare.end()) if bare else ("", start)
    if not inner.strip():
        example = _NAMES[named[1].lower()].example
        raise BadQuery(text, start, f"{named[0]} needs a value", f"{text[:at]}{example}{text[end:]}")
    return _Piece("operator", inner, at, end, name=name)


def _suggest(text: str, at: int, name: str) -> None:
    """Complain of a name that is nearly that of an operator; others are words with a colon.

    Raises:
        BadQuery: It is.
    """
    near = difflib.get_close_matches(name.lower(), _NAMES, 1, 0.75)
    if near and len(name) > 1:
        raise BadQuery(text, at, f"there is no {name}:", f"{text[:at]}{near[0]}:{text[at + len(name) + 1 :]}")


@dataclass(slots=True)
class _Parser:
    """Reads pieces from left to right: OR binds least, then AND, then NOT, then near."""

    text: str
    pieces: Sequence[_Piece]
    at: int = 0
    scope: Scope | None = None
    ignored: list[_Piece] = field(default_factory=list)

    def query(self) -> Query:
        if not self.pieces:
            raise BadQuery(self.text, 0, "there is nothing to look for", "*")
        node = self._either(0)
        if self.at < len(self.pieces):
            piece = self.pieces[self.at]
            raise BadQuery(self.text, piece.start, "there is no ( for this )", _without(self.text, piece))
        if node is None:
            if self.scope is not None:
                return Query(Everything(), self.scope)
            raise BadQuery(self.text, 0, "there are no words in it to look for", "")
        return Query(node, self.scope or "post")

    def _next(self) -> _Piece | None:
        return self.pieces[self.at] if self.at < len(self.pieces) else None

    def _either(self, depth: int) -> Node | None:
        parts = [self._all(depth)]
        while (piece := self._next()) and piece.kind == "OR":
            self._needs_both_sides(piece)
            self.at += 1
            parts.append(self._all(depth))
        held = tuple(part for part in parts if part is not None)
        return None if not held else held[0] if len(held) == 1 else Or(held)

    def _all(self, depth: int) -> Node | None:
        parts: list[Node | None] = []
        while (piece := self._next()) and piece.kind not in ("OR", ")"):
            if piece.kind == "AND":
                self._needs_both_sides(piece)
                self.at += 1
                continue
            parts.append(self._near(depth))
        held = tuple(part for part in parts if part is not None)
        return None if not held else held[0] if len(held) == 1 else And(held)

    def _needs_both_sides(self, piece: _Piece) -> None:
        before = self.pieces[self.at - 1] if self.at else None
        after = self.pieces[self.at + 1] if self.at + 1 < len(self.pieces) else None
        if before is None or before.kind in ("(", "OR", "AND", "NOT"):
            raise BadQuery(
                self.text, piece.start, f"{piece.text} needs something before it", _quoting(self.text, piece)
            )
        if after is None or after.kind in (")", "OR", "AND"):
            raise BadQuery(self.text, piece.start, f"{piece.text} needs something after it", _quoting(self.text, piece))

    def _near(self, depth: int) -> Node | None:
        left = self._one(depth)
        while (piece := self._next()) and piece.kind == "near":
            self.at += 1
            right = self._one(depth) if self._next() else None
            left = self._nearby(piece, left, right)
        return left

    def _nearby(self, piece: _Piece, left: Node | None, right: Node | None) -> Node:
        if not isinstance(left, Word | Phrase) or not isinstance(right, Word | Phrase):
            raise BadQuery(
                self.text, piece.start, "near: stands between two words, or words in quotes", "port near:5 sold"
            )
        distance = int(piece.text)
        if not 0 < distance <= WIDEST:
            end = piece.start + piece.end - piece.start
            better = f"{self.text[: piece.start]}near:{min(max(distance, 1), WIDEST)}{self.text[end:]}"
            raise BadQuery(self.text, piece.start, f"near: takes 1 to {WIDEST}", better)
        return Near(left.terms, right.terms, distance)

    def _one(self, depth: int) -> Node | None:
        piece = self._next()
        if piece is None:
            return None
        self.at += 1
        if piece.kind == "NOT":
            return self._without(piece, depth)
        if piece.kind == "(":
            return self._grouped(piece, depth)
        if piece.kind == "phrase":
            return _phrase(piece)
        if piece.kind == "operator":
            return self._operator(piece)
        if piece.kind == "near":
            raise BadQuery(
                self.text, piece.start, "near: stands between two words, or words in quotes", "port near:5 sold"
            )
        if piece.kind != "word":
            raise BadQuery(self.text, piece.start, f"{piece.text} cannot stand here", _without(self.text, piece))
        return _word(self.text, piece)

    def _without(self, piece: _Piece, depth: int) -> Node | None:
        after = self._next()
        if after is None or after.kind in (")", "OR", "AND"):
            raise BadQuery(self.text, piece.start, f"{piece.text} needs something after it", _without(self.text, piece))
        if depth > DEEPEST:
            raise BadQuery(self.text, piece.start, f"more than {DEEPEST} within each other", "")
        if after.kind == "operator" and after.name == "in":
            raise BadQuery(self.text, piece.start, "in: says where to look and cannot be left out", "in:post")
        inner = self._one(depth + 1)
        return None if inner is None else Not(inner)

    def _grouped(self, piece: _Piece, depth: int) -> Node | None:
        if depth > DEEPEST:
            raise BadQuery(self.text, piece.start, f"more than {DEEPEST} within each other", "")
        inner = self._either(depth + 1)
        closing = self._next()
        if closing is None:
            raise BadQuery(self.text, piece.start, "this ( is never closed", f"{self.text})")
        self.at += 1
        return inner

    def _operator(self, piece: _Piece) -> Node | None:
        if piece.name == "in":
            self._looked_in(piece)
            return None
        return _meant(self.text, piece)

    def _looked_in(self, piece: _Piece) -> None:
        value = piece.text.lower().rstrip("s")
        if value not in ("post", "thread"):
            raise BadQuery(self.text, piece.start, "in: takes post or thread", _with(self.text, piece, "in:thread"))
        scope: Scope = "thread" if value == "thread" else "post"
        if self.scope not in (None, scope):
            raise BadQuery(self.text, piece.start, "it cannot be in:post and in:thread", _without(self.text, piece))
        self.scope = scope


def _terms(text: str) -> tuple[str, ...]:
    """Return the terms that a text is found by: the last sign of a run of pairs says nothing that the pairs do not."""
    found = list(tokens(text))
    if len(found) > 1 and len(found[-1].text) == 1 and len(found[-2].text) == 2 and found[-2].text[1] == found[-1].text:
        found.pop()
    return tuple(token.text for token in found)


def _phrase(piece: _Piece) -> Node | None:
    terms = _terms(piece.text)
    return Phrase(terms, piece.text, min(int(piece.tail or 0), WIDEST)) if terms else None


def _word(query: str, piece: _Piece) -> Node | None:
    text = piece.text
    if text == "*":
        return Everything()
    if text[0] in "#＃$" and len(text) > 1 and (terms := _terms(text)):
        return Sign("tag", text[1:].rstrip(".,;:!?")) if not terms[0].isdecimal() else Word(terms, text)
    if re.fullmatch(r"@[\w.-]+(?:@[\w.-]+)?", text):
        return Sign("to", text[1:].rstrip("."))
    if re.match(r"(?:https?|at)://.", text):
        return _address(text)
    if text.endswith("*"):
        return _prefix(query, piece)
    if fuzzy := _FUZZY.match(text):
        return _fuzzy(query, piece, fuzzy[1], int(fuzzy[2] or 1))
    terms = _terms(text)
    if not terms:
        return None
    if re.fullmatch(rf"(?:{_PLATFORMS}|did|unrolled):\S+|[0-9]{{9,}}", text):
        return Or((_identified("id", text), Word(terms, text)))
    return Word(terms, text)


def _address(text: str) -> Node:
    """Return what an address means: the post that it leads to, under any of its addresses, and links to it."""
    found = addresses.pasted(text)
    signs: list[Node] = [Sign("url", text)]
    if found is not None and found.id:
        signs += [Sign("id", found.id), Sign("url", found.url)]
    return Or(tuple(dict.fromkeys(signs))) if len(signs) > 1 else signs[0]


def _prefix(query: str, piece: _Piece) -> Node:
    terms = _terms(piece.text.rstrip("*"))
    if not terms:
        raise BadQuery(query, piece.start, "* needs the start of a word before it", "harb*")
    if len(terms) == 1:
        return Prefix(terms[0])
    return And((Phrase(terms[:-1], piece.text), Prefix(terms[-1])))


def _fuzzy(query: str, piece: _Piece, word: str, distance: int) -> Node | None:
    if distance not in (1, 2):
        raise BadQuery(query, piece.start, "~ takes 1 or 2", _with(query, piece, f"{word}~1"))
    terms = _terms(word)
    if not terms:
        return None
    if len(terms) > 1:
        raise BadQuery(query, piece.start, "~ stands after one word", _with(query, piece, f'"{word}"~{distance}'))
    return Fuzzy(terms[0], distance)


def _meant(query: str, piece: _Piece) -> Node:
    """Return what an operator means."""
    value = piece.text.strip()
    match piece.name:
        case "from" | "to":
            return Sign(piece.name, value.removeprefix("@"))
        case "since":
            return Range("time", _moment(query, piece, value)[0], None)
        case "until":
            return Range("time", None, _moment(query, piece, value)[0] - 1)
        case "date":
            return _dates(query, piece, value)
        case "number" | "size":
            return _numbers(query, piece, value)
        case "has":
            return _having(query, piece, value)
        case "is":
            return _being(query, piece, value)
        case "lang":
            return Sign("lang", value.replace("_", "-").partition("-")[0])
        case "platform":
            return Sign("platform", {"twitter": "x"}.get(value.lower(), value))
        case "domain":
            return Sign("domain", addresses.domain(value) or value)
        case "url":
            return _address(value)
        case "tag":
            return Sign("tag", value.lstrip("#＃$"))
        case _:
            return _identified(piece.name, value)


def _identified(name: str, value: str) -> Node:
    """Return what the id of a post or thread means, with its platform before it or without."""
    found = addresses.pasted(value) if "/" in value else None
    if found is not None and found.id and not value.startswith("at:"):
        value = f"{found.platform}:{found.id}" if name == "thread" else found.id
    platform, own = re.fullmatch(rf"(?:({_PLATFORMS}):)?(.+)", value, re.DOTALL).groups()  # type: ignore[union-attr]
    if name == "thread":
        single = And((_on(platform, Sign("id", own)), Sign("is", "single")))
        return Or((Sign("thread", value), single))
    return _on(platform, Sign(name, own))


def _on(platform: str | None, sign: Sign) -> Node:
    return And((Sign("platform", platform), sign)) if platform else sign


def _having(query: str, piece: _Piece, value: str) -> Node:
    value = value.lower()
    if value == "replies":
        return Sign("is", "reply")
    value = _HAS_ALSO.get(value, value)
    if value not in HAS:
        near = difflib.get_close_matches(value, HAS, 1, 0.5)
        better = _with(query, piece, f"has:{near[0] if near else 'link'}")
        raise BadQuery(query, piece.start, f"has: takes {', '.join(HAS)}", better)
    return Sign("has", value)


def _being(query: str, piece: _Piece, value: str) -> Node:
    known = ("reply", "repost", "first", "middle", "last", "branch", "single", "quote")
    value = {"retweet": "repost", "opening": "first"}.get(value.lower(), value.lower())
    if value not in known:
        near = difflib.get_close_matches(value, known, 1, 0.5)
        better = _with(query, piece, f"is:{near[0] if near else 'first'}")
        raise BadQuery(query, piece.start, f"is: takes {', '.join(known)}", better)
    return Sign("has", value) if value == "quote" else Sign("is", value)


_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T_ ]?(\d{1,2}):(\d{2})(?::(\d{2}))?Z?)?)?)?$")


def _moment(query: str, piece: _Piece, value: str) -> tuple[int, int]:
    """Return the first and the last second that a date means.

    Raises:
        BadQuery: It is none.
    """
    found = _DATE.match(value)
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute, second = (int(part) if part else None for part in found.groups())
        first = datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=UTC)
        if hour is not None:
            end = first + timedelta(seconds=1 if second is not None else 60)
        elif day is not None:
            end = first + timedelta(days=1)
        elif month is not None:
            end = datetime(first.year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        else:
            end = datetime(first.year + 1, 1, 1, tzinfo=UTC)
        return int(first.timestamp()), int(end.timestamp()) - 1
    except (ValueError, OverflowError) as error:
        better = _with(query, piece, f"{piece.name}:2021-06-04")
        raise BadQuery(query, piece.start, f"{value} is no date", better) from error


def _dates(query: str, piece: _Piece, value: str) -> Node:
    low, two, high = value.partition("..")
    if not two:
        return Range("time", *_moment(query, piece, value))
    if not low and not high:
        raise BadQuery(
            query, piece.start, "a range needs a start or an end", _with(query, piece, "date:2021-06..2021-07")
        )
    first = _moment(query, piece, low)[0] if low else None
    last = _moment(query, piece, high)[1] if high else None
    return Range("time", first, last)


def _numbers(query: str, piece: _Piece, value: str) -> Node:
    found = re.fullmatch(r"(\d{1,9})?\.\.(\d{1,9})?|([<>]=?)?(\d{1,9})", value, re.ASCII)
    if found is None or value == "..":
        better = _with(query, piece, f"{piece.name}:1..10")
        raise BadQuery(query, piece.start, f"{value} is no range of numbers", better)
    low, high, sign, one = found.groups()
    if one is None:
        return Range(piece.name, int(low) if low else None, int(high) if high else None)
    number = int(one)
    bounds = {
        None: (number, number),
        ">": (number + 1, None),
        ">=": (number, None),
        "<": (None, number - 1),
        "<=": (None, number),
    }
    return Range(piece.name, *bounds[sign])


def _with(query: str, piece: _Piece, better: str) -> str:
    return f"{query[: piece.start]}{better}{query[piece.end :]}"


def _without(query: str, piece: _Piece) -> str:
    return " ".join(_with(query, piece, " ").split())


def _quoting(query: str, piece: _Piece) -> str:
    return _with(query, piece, f'"{piece.text}"')
