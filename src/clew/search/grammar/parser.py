"""From the pieces of a query to what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from clew.errors import BadQuery
from clew.search.documents import Scope
from clew.search.grammar.nodes import And, Everything, Near, Node, Not, Or, Phrase, Query, Word
from clew.search.grammar.pieces import Piece, left_out, pieces, put_in, quoted_in
from clew.search.grammar.values import meant
from clew.search.grammar.words import WIDEST, phrase, word

__all__ = ["parse"]

DEEPEST = 40
"""Parentheses within parentheses."""


def parse(text: str) -> Query:
    """Return what a query means.

    Raises:
        BadQuery: It cannot be meant so; says where, and what might be meant.
    """
    return _Parser(text, pieces(text)).query()


@dataclass(slots=True)
class _Parser:
    """Reads pieces from left to right: OR binds least, then AND, then NOT, then near."""

    text: str
    pieces: Sequence[Piece]
    at: int = 0
    scope: Scope | None = None
    ignored: list[Piece] = field(default_factory=list)

    def query(self) -> Query:
        if not self.pieces:
            raise BadQuery(self.text, 0, "there is nothing to look for", "*")
        node = self._either(0)
        if self.at < len(self.pieces):
            piece = self.pieces[self.at]
            raise BadQuery(self.text, piece.start, "there is no ( for this )", left_out(self.text, piece))
        if node is None:
            if self.scope is not None:
                return Query(Everything(), self.scope)
            raise BadQuery(self.text, 0, "there are no words in it to look for", "")
        return Query(node, self.scope or "post")

    def _next(self) -> Piece | None:
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

    def _needs_both_sides(self, piece: Piece) -> None:
        before = self.pieces[self.at - 1] if self.at else None
        after = self.pieces[self.at + 1] if self.at + 1 < len(self.pieces) else None
        if before is None or before.kind in ("(", "OR", "AND", "NOT"):
            raise BadQuery(
                self.text, piece.start, f"{piece.text} needs something before it", quoted_in(self.text, piece)
            )
        if after is None or after.kind in (")", "OR", "AND"):
            raise BadQuery(
                self.text, piece.start, f"{piece.text} needs something after it", quoted_in(self.text, piece)
            )

    def _near(self, depth: int) -> Node | None:
        left = self._one(depth)
        while (piece := self._next()) and piece.kind == "near":
            self.at += 1
            right = self._one(depth) if self._next() else None
            left = self._nearby(piece, left, right)
        return left

    def _nearby(self, piece: Piece, left: Node | None, right: Node | None) -> Node:
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
            return phrase(piece)
        if piece.kind == "operator":
            return self._operator(piece)
        if piece.kind == "near":
            raise BadQuery(
                self.text, piece.start, "near: stands between two words, or words in quotes", "port near:5 sold"
            )
        if piece.kind != "word":
            raise BadQuery(self.text, piece.start, f"{piece.text} cannot stand here", left_out(self.text, piece))
        return word(self.text, piece)

    def _without(self, piece: Piece, depth: int) -> Node | None:
        after = self._next()
        if after is None or after.kind in (")", "OR", "AND"):
            raise BadQuery(self.text, piece.start, f"{piece.text} needs something after it", left_out(self.text, piece))
        if depth > DEEPEST:
            raise BadQuery(self.text, piece.start, f"more than {DEEPEST} within each other", "")
        if after.kind == "operator" and after.name == "in":
            raise BadQuery(self.text, piece.start, "in: says where to look and cannot be left out", "in:post")
        inner = self._one(depth + 1)
        return None if inner is None else Not(inner)

    def _grouped(self, piece: Piece, depth: int) -> Node | None:
        if depth > DEEPEST:
            raise BadQuery(self.text, piece.start, f"more than {DEEPEST} within each other", "")
        inner = self._either(depth + 1)
        closing = self._next()
        if closing is None:
            raise BadQuery(self.text, piece.start, "this ( is never closed", f"{self.text})")
        self.at += 1
        return inner

    def _operator(self, piece: Piece) -> Node | None:
        if piece.name == "in":
            self._looked_in(piece)
            return None
        return meant(self.text, piece)

    def _looked_in(self, piece: Piece) -> None:
        value = piece.text.lower().rstrip("s")
        if value not in ("post", "thread"):
            raise BadQuery(self.text, piece.start, "in: takes post or thread", put_in(self.text, piece, "in:thread"))
        scope: Scope = "thread" if value == "thread" else "post"
        if self.scope not in (None, scope):
            raise BadQuery(self.text, piece.start, "it cannot be in:post and in:thread", left_out(self.text, piece))
        self.scope = scope
