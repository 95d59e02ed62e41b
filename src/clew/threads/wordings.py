"""When two sightings of a post show one wording of it: what sources show differently, and what they cut, makes none."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

from clew.extract import find_links
from clew.posts import Post

__all__ = ["is_shortened", "said", "said_in"]

LONG = 100
"""Code points of a text on X that may be cut: at 140 it was, links and names included, and is at 280."""
_CUT = re.compile(r"(?:…|\.{3})\s*$")


def said(post: Post) -> str:
    """Return what a post says without what sources show differently: links, punctuation, space, case.

    Letters, digits, emoji and signs of currencies are left.
    """
    return _plain(_unlinked(post))


def said_in(text: str) -> str:
    """Return the same of a text whose links are not told.

    >>> said_in("1/ The Port &amp; the 🇫🇷: example.org/harb…") == said_in("1/ the port & the 🇫🇷 https://www.example.org/")
    True
    """
    return _plain(_without(text, _found(text)))


def _plain(text: str) -> str:
    whole = unicodedata.normalize("NFKC", html.unescape(text)).casefold()
    return "".join(sign for sign in whole if sign.isalnum() or unicodedata.category(sign) in ("So", "Sc"))


def is_shortened(post: Post, others: Iterable[Post]) -> bool:
    """Say whether a sighting shows only the beginning of what another sighting of the post shows.

    Dots at its end must tell so, as authors add to what they wrote; not so of long ones on X, where an edit has an
    id of its own.
    """
    if post.cut:
        return True
    words = said(post)
    told = _CUT.search(_unlinked(post)) or (post.platform == "x" and len(post.text) >= LONG)
    if not words or not told:
        return False
    return any(len(whole) > len(words) and whole.startswith(words) for whole in map(said, others))


def _unlinked(post: Post) -> str:
    return _without(post.text, [*((link.start, link.end) for link in post.links), *_found(post.text)])


def _found(text: str) -> list[tuple[int, int]]:
    return [(found.start, found.end) for found in find_links(text)]


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a text without some spans, each of which leaves a space."""
    left, at = "", 0
    for start, end in sorted(spans):
        if start > at:
            left += f"{text[at:start]} "
        at = max(at, end)
    return left + text[at:]
