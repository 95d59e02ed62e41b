"""Links, mentions and tags that stand in plain text, for formats that do not say where."""

from __future__ import annotations

import re

from clew import texts
from clew.posts import Link

__all__ = ["links_in", "signed", "without_stop"]

_URL = re.compile(r"(?<![\w/@])https?://[^\s<>\"“”«»\[\]]+", re.IGNORECASE)


def links_in(text: str) -> tuple[Link, ...]:
    """Return the addresses that stand in a text, each shown as it stands; one that ends in "…" is cut.

    >>> [link.url for link in links_in("see https://example.org/a. (http://example.org/b) https://example.org/asia…")]
    ['https://example.org/a', 'http://example.org/b', None]
    """
    links = []
    for found in _URL.finditer(text):
        cut = texts.is_cut(found[0])
        shown = found[0] if cut else without_stop(found[0])
        end = found.start() + len(shown)
        links.append(Link(start=found.start(), end=end, shown=shown, url=None if cut else shown, cut=cut))
    return tuple(links)


def without_stop(url: str) -> str:
    """Return an address without the full stop or bracket of the sentence around it.

    >>> without_stop("https://example.org/a)."), without_stop("https://example.org/a_(b)")
    ('https://example.org/a', 'https://example.org/a_(b)')
    """
    while url and (url[-1] in ".,;:!?'\"”’" or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url


def signed(text: str, signs: str, word: str) -> list[texts.Span]:
    """Return where a word stands whole behind one of the signs, in any case.

    >>> signed("@Ana and @anastasia", "@＠", "ana")
    [(0, 4)]
    """
    if not word:
        return []
    pattern = re.compile(rf"(?<!\w)[{re.escape(signs)}]{re.escape(word)}(?!\w)", re.IGNORECASE)
    return [found.span() for found in pattern.finditer(text)]
