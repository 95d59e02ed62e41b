"""Ordinary English words: words first and names second (`reading`, `nice`), whose capital alone proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from clew.derived import derived
from clew.errors import needing

__all__ = ["is_common"]

FREQUENT = 25_000
"""So many of the most frequent words count, as far as a dictionary has them in small letters."""
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "ly", "ies", "ied")


def is_common(word: str) -> bool:
    """Say whether a word in small letters is an ordinary English word, inflected or not.

    Frequencies come from the package wordfreq, which has names as well; the word list of the package english-words
    (Webster's of 1934) tells the two apart: it has names with a capital only.

    Raises:
        MissingLibrary: One of the two is not installed.
    """
    return word in _ordinary()


@cache
def _ordinary() -> frozenset[str]:
    """Return the ordinary words; they are worked out in half a second where the user's cache does not have them yet."""
    words = derived("words", list[str], (f"words 1, {FREQUENT}",), ("wordfreq", "english-words"), _worked_out)
    return _CALENDAR.union(words)


def _worked_out() -> list[str]:
    words, names = _dictionary()
    return sorted(
        word
        for word in _frequent()
        if word in words or (word not in names and any(stem in words for stem in _stems(word)))
    )


def _stems(word: str) -> Iterator[str]:
    """Yield what a word may be made of, as far as that is frequent as well: `making` is of `make`."""
    known = _frequent()
    for end in _ENDINGS:
        stem = word.removesuffix(end)
        if stem != word and len(stem) > 2:
            yield from (form for form in (stem, f"{stem}e", f"{stem}y", stem[:-1]) if form in known)


#: What a dictionary has with a capital only, and is no name all the same.
_CALENDAR = frozenset(
    (
        "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
        "september october november december jan feb mar apr jun jul aug sept oct nov dec mon tue tues wed thu thur "
        "thurs fri sat sun"
    ).split()
)


@cache
def _frequent() -> frozenset[str]:
    with needing("finding names", "evidence"):
        from wordfreq import top_n_list
    return frozenset(top_n_list("en", FREQUENT))


@cache
def _dictionary() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of the dictionary in small letters, and in small letters those that it has with a capital."""
    with needing("finding names", "evidence"):
        from english_words import get_english_words_set
    words = get_english_words_set(["web2"])
    return (
        frozenset(word for word in words if word.islower()),
        frozenset(word.lower() for word in words if word[:1].isupper()),
    )
