"""A post's text with its findings and the user's passages marked, whatever overlaps what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from clew.evidence import Finding
from clew.evidence.forms.text import says
from clew.publish.html import escape

__all__ = ["MARKED", "Mark", "marked", "marks"]

#: Kinds that are marked in the text; claims and relations stand beside it.
MARKED = ("person", "organisation", "account", "place", "date", "figure", "source")


class Mark(NamedTuple):
    """A stretch of a text, and what is said of it."""

    start: int
    end: int
    kind: str
    says: str


def marks(findings: Sequence[Finding]) -> Iterator[Mark]:
    """Yield the marks of the findings of a post."""
    for each in findings:
        if each.kind in MARKED:
            yield Mark(each.start, each.end, each.kind, f"{each.kind} {says(each)} ({each.certainty:.2f}: {each.why})")


def marked(text: str, held: Sequence[Mark]) -> str:
    """Return the text as HTML; where marks overlap, each stretch bears all of them.

    >>> marked("a bc", [Mark(0, 3, "x", "one"), Mark(2, 3, "y", "two")])
    '<mark class="x" title="one">a </mark><mark class="x y" title="one; two">b</mark>c'
    """
    edges = sorted({0, len(text), *(each.start for each in held), *(each.end for each in held)})
    pieces = []
    for start, end in pairwise(edges):
        over = [each for each in held if each.start <= start and end <= each.end]
        inner = escape(text[start:end])
        if over:
            kinds = " ".join(dict.fromkeys(each.kind for each in over))
            title = escape("; ".join(each.says for each in over))
            inner = f'<mark class="{kinds}" title="{title}">{inner}</mark>'
        pieces.append(inner)
    return "".join(pieces)
