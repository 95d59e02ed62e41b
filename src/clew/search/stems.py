"""Stems, so that `ports` finds `port`: by language, with tantivy's Snowball stemmers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from clew.errors import needing
from clew.search import words

with needing("searching", "search"):
    from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

__all__ = ["STEMMED", "line", "of_surface", "primary", "stem"]

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
    """Return the stems of a text, each as `language:stem`, with a space between; empty for other languages.

    >>> line("Ports were closing", "en")
    'en:port en:were en:close'
    """
    return of_surface(words.surface(text), language) if language in STEMMED else ""


def of_surface(small: str, language: str | None) -> str:
    """Return the same of what `words.surface` gives."""
    if language not in STEMMED:
        return ""
    found = _analyzer(language).analyze(small)
    return f"{language}:" + f" {language}:".join(found) if found else ""


def stem(word: str, languages: Iterable[str]) -> list[str]:
    """Return the stems of a word in each of the languages that is stemmed, as `line` has them.

    >>> stem("running", ["en", "zh"])
    ['en:run']
    """
    return [found for one in languages for found in line(word, one).split()]


@cache
def _analyzer(language: str) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.remove_long(words.LONGEST * 4))
    return builder.filter(Filter.stemmer(STEMMED[language])).filter(Filter.ascii_fold()).build()
