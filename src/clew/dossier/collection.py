"""Dossier: what a user put together, as it is kept (`clew/dossier/1`)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

__all__ = ["Dossier", "Item", "from_json", "to_json"]


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was put into a dossier."""

    kind: Literal["thread", "post", "passage", "search"]
    of: str
    """Id of the thread or post; of a search its query."""
    added: datetime
    """UTC."""
    start: int | None = None
    """passage: its first code point in the post's text."""
    quote: str | None = None
    """passage: its words, by which it is known where the text was edited."""
    note: str | None = None
    """The user's own words."""
    tags: tuple[str, ...] = ()


class Dossier(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/dossier/1"):
    """A named collection about one matter."""

    name: str
    """By which it is called: lower-case letters, digits and dashes."""
    title: str
    made: datetime
    """UTC."""
    items: tuple[Item, ...] = ()
    """In the order in which they were added."""

    def having(self, *items: Item) -> Dossier:
        """Return the dossier with items more; one of the same thing is replaced, in its place."""
        held = self.items
        for item in items:
            kept = tuple(item if _is_same(item, each) else each for each in held)
            held = kept if item in kept else (*kept, item)
        return msgspec.structs.replace(self, items=held)

    def lacking(self, at: int) -> Dossier:
        """Return the dossier without its item of that number, counted from 1.

        Raises:
            IndexError: It has no such item.
        """
        if not 1 <= at <= len(self.items):
            raise IndexError(at)
        return msgspec.structs.replace(self, items=(*self.items[: at - 1], *self.items[at:]))


def _is_same(a: Item, b: Item) -> bool:
    return (a.kind, a.of, a.start, a.quote) == (b.kind, b.of, b.start, b.quote)


def to_json(dossier: Dossier) -> bytes:
    """Return the dossier as readable JSON."""
    return msgspec.json.format(msgspec.json.encode(dossier), indent=1) + b"\n"


def from_json(data: bytes) -> Dossier:
    """Return the dossier that JSON holds.

    Raises:
        msgspec.DecodeError: It is none.
    """
    return msgspec.json.decode(data, type=Dossier)
