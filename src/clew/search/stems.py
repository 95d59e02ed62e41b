"""Stems, so that `ports` finds `port`: by language, with tantivy's Snowball stemmers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from clew.errors import needing
from clew.search import words

with needing("searching", "search"):
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

__all__ = ["OTHER", "STEMMED", "line", "of_words", "primary", "stem"]

#: BCP 47 primary subtags, and what tantivy calls them.
STEMMED = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}


OTHER = "-"
"""Stands for the languages that are not stemmed."""
MOST = 200_000
"""Words of a language whose stems are remembered at a time."""


@lru_cache(maxsize=1024)
def primary(language: str | None) -> str | None:
    """Return the first subtag of a language tag in small letters; None where there is none, or it names no language.

    >>> primary("pt-BR"), primary("und"), primary(None)
    ('pt', None, None)
    """
    subtag = language.replace("_", "-").partition("-")[0].lower() if language else ""
    return None if subtag in _NONE else _NEWER.get(subtag, subtag)


_NONE = frozenset("und zxx art mis mul qam qct qht qme qst".split()) | {""}
"""Subtags for texts of no language, or of an unknown one; those that begin with q are X's own."""
_NEWER = {"in": "id", "iw": "he", "ji": "yi"}


def line(text: str, language: str | None) -> str:
    """Return what a text is found by in other forms than its own, each once for each time it stands there.

    That is `language:stem` of every word, as it is written and as it is folded, so that whatever folds to a word of the
    text has a stem with it in common; in languages that are not stemmed it is `-:word`.

    >>> line("Ports were closing", "en"), line("Корабли, ports", None)
    ('en:port en:were en:close', '-:корабли -:ports')
    """
    return " ".join(of_words(*words.parted(text), language))


def of_words(folded: Sequence[str], small: Sequence[str], language: str | None) -> list[str]:
    """Return the same of what `words.parted` gives."""
    if language not in STEMMED:
        return [f"{OTHER}:{word}" for word in folded if word.isascii() or not words.is_paired(word)]
    known = _known(language)
    found = list(map(known.__getitem__, small))
    if folded is not small:
        held = set(found)
        found += [stem for word in folded if (stem := known[word]) not in held]
    return found


@lru_cache(maxsize=50_000)
def stem(word: str, languages: tuple[str, ...]) -> frozenset[str]:
    """Return the stems of a word in each of the languages, as `line` has them.

    >>> sorted(stem("running", ("en", "zh")))
    ['-:running', 'en:run']
    """
    folded, small = words.parted(word)
    return frozenset(found for one in languages for found in of_words(folded, small, one))


class _Known(dict[str, str]):
    """The stems of words that were met in one language; forgotten when they are many."""

    def __init__(self, language: str) -> None:
        builder = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.stemmer(STEMMED[language]))
        self._analyzer = builder.filter(Filter.ascii_fold()).build()
        self._language = language

    def __missing__(self, word: str) -> str:
        if len(self) > MOST:
            self.clear()
        found = self._analyzer.analyze(word[: words.LONGEST])
        stem = f"{self._language}:{''.join(found) or word}"
        self[word] = stem
        return stem


@cache
def _known(language: str) -> _Known:
    return _Known(language)
