"""Posts that say the same: candidates by their rarest words, then compared by the pieces that texts share.

Resemblance and containment of sets of shingles: A. Broder, "On the resemblance and containment of documents", 1997.
Candidates are few, so both are counted, not estimated by MinHash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from clew.errors import needing
from clew.search import words
from clew.search.documents import SCOPES
from clew.search.hits import Place, placed
from clew.search.index import Index

with needing("searching", "search"):
    import tantivy
    from tantivy import Occur

__all__ = ["Likeness", "candidates", "likeness", "shingles"]

_NOISE = re.compile(r"https?://\S+|^RT\b|@[\w.]+")
PIECE = 5
"""Code points of a shingle."""
RAREST = 24
"""Words by which candidates are looked for."""
SHARED = 0.3
"""The share of these that a candidate must have."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far two texts are the same."""

    resemblance: float
    """Shingles in both, of those in either: 1 for the same words."""
    containment: float
    """Shingles in both, of those of the shorter one: 1 where it stands in the other whole."""


def shingles(text: str) -> frozenset[str]:
    """Return the pieces of a text that are compared: runs of signs of its folded words, without the spaces.

    Mentions and addresses are passed over: replies to one post share them, and copies do not.

    >>> sorted(shingles("RT @ana: The PORT! https://example.org/a"))
    ['eport', 'hepor', 'thepo']
    """
    whole = words.fold("".join(words.surface(_NOISE.sub(" ", text)).split()))
    return frozenset(whole[at : at + PIECE] for at in range(max(len(whole) - PIECE + 1, 1))) if whole else frozenset()


def likeness(one: frozenset[str], other: frozenset[str]) -> Likeness:
    """Return how far the shingles of two texts are the same.

    >>> likeness(shingles("the port was sold"), shingles("The port, was SOLD!"))
    Likeness(resemblance=1.0, containment=1.0)
    """
    if not one or not other:
        return Likeness(0.0, 0.0)
    shared = len(one & other)
    return Likeness(shared / len(one | other), shared / min(len(one), len(other)))


def candidates(index: Index, text: str, limit: int) -> tuple[Place, ...]:
    """Return posts that share rare words with a text, those with most and rarest first."""
    field = SCOPES["post"]["words"]
    terms = dict.fromkeys(words.line(text).split())
    known = [(count, term) for term in terms if (count := index.searcher.doc_freq(field, term))]
    rarest = [term for _, term in sorted(known)[:RAREST]]
    if not rarest:
        return ()
    wanted = [(Occur.Should, tantivy.Query.term_query(index.schema, field, term)) for term in rarest]
    least = max(1, round(len(rarest) * SHARED))
    found = index.searcher.search(tantivy.Query.boolean_query(wanted, least), limit, count=False)
    return placed(index, found)
