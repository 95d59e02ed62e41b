"""A query cut into pieces, and a query with a piece of it put right."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from clew.errors import BadQuery
from clew.search.grammar.table import NAMES

__all__ = ["Piece", "left_out", "pieces", "put_in", "quoted_in"]

MOST = 400
"""Words, phrases and operators of one query."""

_OPEN = {'"': '"', "“": "”", "„": "“”", "«": "»", "”": "”"}
_QUOTED = re.compile(r'"([^"]*)"|[“„”]([^“”"]*)[“”"]|«([^»]*)»')
_NAMED = re.compile(r"([A-Za-z]+):")
_BARE = re.compile(r'[^\s()"“„«]+')
_SLOP = re.compile(r"~(\d{1,3})")
_NEAR = re.compile(r"(?:near|NEAR)[:/](\d{1,9})(?![^\s()])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a query as it is written."""

    kind: str
    """word, phrase, operator, near, (, ), AND, OR, NOT."""
    text: str
    start: int
    end: int
    name: str = ""
    tail: str = ""
    """`~3` after a phrase."""


def pieces(text: str) -> list[Piece]:
    """Return the pieces of a query, in their order.

    Raises:
        BadQuery: Something in it can be no piece, or they are too many.
    """
    found: list[Piece] = []
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


def _piece(text: str, at: int) -> Piece:
    if text[at] in "()":
        return Piece(text[at], text[at], at, at + 1)
    if text[at] in "-−–" and at + 1 < len(text) and not text[at + 1].isspace():
        return Piece("NOT", "-", at, at + 1)
    if text[at] in _OPEN:
        return _quoted(text, at)
    if near := _NEAR.match(text, at):
        return Piece("near", near[1], at, near.end())
    named = _NAMED.match(text, at)
    if named and named[1].lower() in NAMES:
        return _operator(text, at, named)
    bare = _BARE.match(text, at)
    end = bare.end() if bare else at + 1
    word = text[at:end]
    if named and not word.startswith(("http://", "https://", "at://")):
        _suggest(text, at, named[1])
    kind = (
        word if word in ("AND", "OR", "NOT") else "OR" if word in ("|", "||") else "AND" if word in ("&&",) else "word"
    )
    return Piece(kind, word, at, end)


def _quoted(text: str, at: int) -> Piece:
    found = _QUOTED.match(text, at)
    if found is None:
        raise BadQuery(text, at, "this quotation mark is never closed", f"{text}{_OPEN[text[at]][0]}")
    inner = next(group for group in found.groups() if group is not None)
    tail = _SLOP.match(text, found.end())
    return Piece("phrase", inner, at, tail.end() if tail else found.end(), tail=tail[1] if tail else "")


def _operator(text: str, at: int, named: re.Match[str]) -> Piece:
    name, start = NAMES[named[1].lower()].name, named.end()
    if start < len(text) and text[start] in _OPEN:
        value = _quoted(text, start)
        inner, end = value.text, value.end
    else:
        bare = re.compile(r'[^\s()"]+(?:\([^\s()"]*\)[^\s()"]*)*' if name == "url" else r'[^\s()"]+').match(text, start)
        inner, end = (bare[0], bare.end()) if bare else ("", start)
    if not inner.strip():
        example = NAMES[named[1].lower()].example
        raise BadQuery(text, start, f"{named[0]} needs a value", f"{text[:at]}{example}{text[end:]}")
    return Piece("operator", inner, at, end, name=name)


def _suggest(text: str, at: int, name: str) -> None:
    """Complain of a name that is nearly that of an operator; others are words with a colon.

    Raises:
        BadQuery: It is.
    """
    near = difflib.get_close_matches(name.lower(), NAMES, 1, 0.75)
    if near and len(name) > 1:
        raise BadQuery(text, at, f"there is no {name}:", f"{text[:at]}{near[0]}:{text[at + len(name) + 1 :]}")


def put_in(query: str, piece: Piece, better: str) -> str:
    """Return a query with something better in the place of a piece."""
    return f"{query[: piece.start]}{better}{query[piece.end :]}"


def left_out(query: str, piece: Piece) -> str:
    """Return a query without a piece."""
    return " ".join(put_in(query, piece, " ").split())


def quoted_in(query: str, piece: Piece) -> str:
    """Return a query with a piece between quotes, so that it is a word."""
    return put_in(query, piece, f'"{piece.text}"')
