"""Words of the pages in the reader's language, from one catalogue (gettext); English is what stands in the code."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

__all__ = ["LANGUAGES", "LOCALE", "chosen", "translations"]

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = {"en": "English", "ru": "Русский", "zh": "中文"}
"""By the tag that pages bear, as their speakers call them."""


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Return the catalogue of a language; what it lacks stays English."""
    return gettext.translation("clew", LOCALE, [language], fallback=True)


def chosen(wish: str | None, accepted: str) -> str:
    """Return the language of pages: what the reader chose, else the first that the browser names and there is.

    >>> chosen(None, "fr, ru-RU;q=0.8, en;q=0.5"), chosen("zh", "ru"), chosen("xx", "")
    ('ru', 'zh', 'en')
    """
    if wish in LANGUAGES:
        return wish
    ranked: list[tuple[float, int, str]] = []
    for at, part in enumerate(accepted.split(",")[:20]):
        tag, _, rest = part.partition(";")
        try:
            weight = float(rest.partition("=")[2] or 1)
        except ValueError:
            weight = 0.0
        ranked.append((-weight, at, tag.strip().lower().partition("-")[0]))
    return next((tag for weight, _, tag in sorted(ranked) if weight and tag in LANGUAGES), "en")
