"""Countries by their names, so that a name finds the flag: Unicode's own names (CLDR), where babel is installed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from clew.derived import derived
from clew.search.words import tokens

__all__ = ["LONGEST", "flag", "flag_named", "is_flag"]

LANGUAGES = "en ru uk zh zh_Hant ja ko ar fa he hi es pt fr de it nl pl tr el sv vi id th".split()
LONGEST = 5
"""Words of a name at most; longer ones are not looked for."""
_VERSION = "countries 1"
"""Of these names; another where words are folded otherwise."""
_ALSO = {"usa": "US", "uk": "GB", "britain": "GB", "сша": "US", "uae": "AE", "оаэ": "AE", "czechia": "CZ"}


def flag(country: str) -> str:
    """Return the flag of a country, by its ISO 3166 code: two regional indicators.

    >>> flag("UA")
    '🇺🇦'
    """
    return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in country)


def is_flag(term: str) -> bool:
    """Say whether a term is a flag.

    >>> is_flag("🇺🇦"), is_flag("ua")
    (True, False)
    """
    return "\U0001f1e6" <= term[0] <= "\U0001f1ff"


def flag_named(terms: Sequence[str]) -> str | None:
    """Return the flag of the country that terms name in one of many languages; None where they name none."""
    country = _names().get(" ".join(terms)) if 0 < len(terms) <= LONGEST else None
    return flag(country) if country else None


@cache
def _names() -> dict[str, str]:
    """Return countries by their names as searched terms with a space between them; worked out once for a user."""
    return derived("countries", dict[str, str], (_VERSION, *LANGUAGES), ("babel",), _built)


def _built() -> dict[str, str]:
    found = dict(_ALSO)
    try:
        from babel import Locale
    except ModuleNotFoundError:
        return found
    for language in LANGUAGES:
        for country, name in Locale.parse(language).territories.items():
            if len(country) == 2 and country.isalpha() and country not in ("EU", "UN", "EZ", "ZZ"):
                for said in _said(name):
                    found.setdefault(" ".join(said), country)
    return found


def _said(name: str) -> set[tuple[str, ...]]:
    """Return a name as searched terms: with and without its last sign alone, where it is of pairs of signs."""
    terms = tuple(token.text for token in tokens(name))
    return {terms, terms[:-1]} if len(terms) > 1 and len(terms[-1]) == 1 else {terms}
