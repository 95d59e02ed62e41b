"""What a word, a phrase, an address or the id of a post means in a query."""

from __future__ import annotations

import re

from clew import addresses
from clew.errors import BadQuery
from clew.search.grammar.nodes import And, Everything, Fuzzy, Node, Or, Phrase, Prefix, Sign, Word
from clew.search.grammar.pieces import Piece, put_in
from clew.search.grammar.table import PLATFORMS
from clew.search.words import tokens

__all__ = ["WIDEST", "address", "identified", "phrase", "word"]

WIDEST = 50
"""The largest distance of words that stand near each other."""

_FUZZY = re.compile(r"(.+)~([0-9]?)$", re.DOTALL)


def _terms(text: str) -> tuple[str, ...]:
    """Return the terms that a text is found by: the last sign of a run of pairs says nothing that the pairs do not."""
    found = list(tokens(text))
    if len(found) > 1 and len(found[-1].text) == 1 and len(found[-2].text) == 2 and found[-2].text[1] == found[-1].text:
        found.pop()
    return tuple(token.text for token in found)


def phrase(piece: Piece) -> Node | None:
    """Return what words between quotes mean; None where there are none."""
    terms = _terms(piece.text)
    return Phrase(terms, piece.text, min(int(piece.tail or 0), WIDEST)) if terms else None


def word(query: str, piece: Piece) -> Node | None:
    """Return what a word means, by the signs that it begins or ends with; None where nothing in it is searched.

    Raises:
        BadQuery: Such a sign stands with nothing, or with too much.
    """
    text = piece.text
    if text == "*":
        return Everything()
    if text[0] in "#＃$" and len(text) > 1 and (terms := _terms(text)):
        return Sign("tag", text[1:].rstrip(".,;:!?")) if not terms[0].isdecimal() else Word(terms, text)
    if re.fullmatch(r"@[\w.-]+(?:@[\w.-]+)?", text):
        return Sign("to", text[1:].rstrip("."))
    if re.match(r"(?:https?|at)://.", text):
        return address(text)
    if text.endswith("*"):
        return _prefix(query, piece)
    if fuzzy := _FUZZY.match(text):
        return _fuzzy(query, piece, fuzzy[1], int(fuzzy[2] or 1))
    terms = _terms(text)
    if not terms:
        return None
    if re.fullmatch(rf"(?:{PLATFORMS}|did|unrolled):\S+|[0-9]{{9,}}", text):
        return Or((identified("id", text), Word(terms, text)))
    return Word(terms, text)


def address(text: str) -> Node:
    """Return what an address means: the post that it leads to, under any of its addresses, and links to it."""
    found = addresses.pasted(text)
    signs: list[Node] = [Sign("url", text)]
    if found is not None and found.id:
        signs += [Sign("id", found.id), Sign("url", found.url)]
    return Or(tuple(dict.fromkeys(signs))) if len(signs) > 1 else signs[0]


def _prefix(query: str, piece: Piece) -> Node:
    terms = _terms(piece.text.rstrip("*"))
    if not terms:
        raise BadQuery(query, piece.start, "* needs the start of a word before it", "harb*")
    if len(terms) == 1:
        return Prefix(terms[0])
    return And((Phrase(terms[:-1], piece.text), Prefix(terms[-1])))


def _fuzzy(query: str, piece: Piece, word: str, distance: int) -> Node | None:
    if distance not in (1, 2):
        raise BadQuery(query, piece.start, "~ takes 1 or 2", put_in(query, piece, f"{word}~1"))
    terms = _terms(word)
    if not terms:
        return None
    if len(terms) > 1:
        raise BadQuery(query, piece.start, "~ stands after one word", put_in(query, piece, f'"{word}"~{distance}'))
    return Fuzzy(terms[0], distance)


def identified(name: str, value: str) -> Node:
    """Return what the id of a post or thread means, with its platform before it or without."""
    found = addresses.pasted(value) if "/" in value else None
    if found is not None and found.id and not value.startswith("at:"):
        value = f"{found.platform}:{found.id}" if name == "thread" else found.id
    platform, own = re.fullmatch(rf"(?:({PLATFORMS}):)?(.+)", value, re.DOTALL).groups()  # type: ignore[union-attr]
    if name == "thread":
        single = And((_on(platform, Sign("id", own)), Sign("is", "single")))
        return Or((Sign("thread", value), single))
    return _on(platform, Sign(name, own))


def _on(platform: str | None, sign: Sign) -> Node:
    return And((Sign("platform", platform), sign)) if platform else sign
