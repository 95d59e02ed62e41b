"""The language of a text whose source does not say it: by its script where that tells, else by lingua."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

__all__ = ["MOST", "guess"]

MOST = 600
"""Code points that are looked at; more changes nothing."""
LEAST = 12
"""Letters below which nothing is guessed from the words."""

_SCRIPTS = (
    (re.compile("[\u3041-\u30ff]"), "ja"),
    (re.compile("[\uac00-\ud7a3]"), "ko"),
    (re.compile("[\u3400-\u9fff]"), "zh"),
    (re.compile("[\u0e01-\u0e5b]"), "th"),
    (re.compile("[\u0370-\u03ff]{2}"), "el"),
    (re.compile("[\u0b80-\u0bff]"), "ta"),
    (re.compile("[\u0590-\u05ff]"), "he"),
)
_WORDS = re.compile(r"[^\W\d_]+")
_NOISE = re.compile(r"https?://\S+|[@#]\w+|www\.\S+")
_NAMES = (
    "ARABIC BULGARIAN CATALAN CZECH DANISH DUTCH ENGLISH FINNISH FRENCH GERMAN GREEK HEBREW HINDI HUNGARIAN INDONESIAN"
    " ITALIAN JAPANESE KOREAN BOKMAL PERSIAN POLISH PORTUGUESE ROMANIAN RUSSIAN SERBIAN SPANISH SWEDISH TAMIL THAI"
    " TURKISH UKRAINIAN URDU VIETNAMESE CHINESE"
)


def guess(text: str) -> str | None:
    """Return the language of a text as a BCP 47 primary subtag; None where nothing tells.

    >>> guess("田湾核电站"), guess("Порт"), guess("10:30")
    ('zh', None, None)
    """
    said = _NOISE.sub(" ", text[:MOST])
    letters = sum(len(word) for word in _WORDS.findall(said))
    for sign, language in _SCRIPTS:
        if letters and len("".join(sign.findall(said))) * 5 > letters:
            return language
    detector = _detector() if letters >= LEAST else None
    found = detector.detect_language_of(said) if detector else None
    return found.iso_code_639_1.name.lower() if found else None


@cache
def _detector() -> Any:
    """Return what tells languages apart by their words; None where lingua is not installed."""
    try:
        from lingua import Language, LanguageDetectorBuilder
    except ModuleNotFoundError:
        return None
    wanted = [getattr(Language, name) for name in _NAMES.split()]
    return LanguageDetectorBuilder.from_languages(*wanted).with_low_accuracy_mode().build()
