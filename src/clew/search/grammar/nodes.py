"""What a query means: a tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from clew.search.documents import Scope

__all__ = [
    "And",
    "Everything",
    "Fuzzy",
    "Near",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Prefix",
    "Query",
    "Range",
    "Sign",
    "Word",
    "renamed",
]


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
