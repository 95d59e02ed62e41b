"""Handles of organisations: the name without what says which of its accounts it is, as in `@SiemensNorway`."""

from __future__ import annotations

from functools import cache

from clew.evidence.gazetteer import words_of

__all__ = ["bare"]

_BEHIND = frozenset("official hq news global press inc corp group media team".split())
_BEFORE = ("official", "the", "real")
LEAST = 4
"""So many letters the name has at least."""


def bare(handle: str) -> str:
    """Return a handle in small letters without `official`, a country or the like at its end; itself where it has none.

    >>> bare("siemensnorway"), bare("theacme_hq"), bare("norway")
    ('siemens', 'acme', 'norway')
    """
    plain = handle.replace("_", "")
    for word in _BEFORE:
        if plain.startswith(word) and len(plain) - len(word) >= LEAST:
            plain = plain.removeprefix(word)
    for at in range(LEAST, len(plain) - 1):
        if plain[at:] in _BEHIND or plain[at:] in _countries():
            return plain[:at]
    return plain


@cache
def _countries() -> frozenset[str]:
    """Return the names of countries as handles have them: small letters, no spaces."""
    called = (line.partition("\t")[2].partition("~")[0] for line in words_of("countries.txt"))
    names = (name.strip().lower().replace(" ", "") for each in called for name in each.split("|"))
    return frozenset(name for name in names if name.isascii() and len(name) > 1)
