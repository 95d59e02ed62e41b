"""States, provinces and regions: ISO 3166-2 from pycountry with its translations, and the states of the USA."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["american", "subdivisions", "translations"]

#: Two letters in capitals that name a state and are no word, no name and no other common short form.
_CLEAR_STATES = frozenset(
    "AZ AR CA CT DC FL GA KS KY MD MI MN MO MT NC ND NE NH NJ NM NV NY RI SC SD TN TX UT VA VT WA WI WV WY".split()
)
_KINDS = frozenset(
    "State Province Region Oblast Republic Krai Territory Emirate Governorate Department Prefecture Country Nation "
    "County Land".split()
)
#: What stands behind the name of a Chinese, Russian or Ukrainian unit, or before it, and is no part of it.
_FORMS = re.compile(
    r"(?: (?:Sheng|Shi|Zizhiqu|oblast['’]?|kray|krai|province))$"
    r"|(?:省|特别行政区|(?:壮族|回族|维吾尔)?自治区)$"
    r"|^Республика |(?: область| край)$"
)


def american(states: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield code and each name of the states of the USA."""
    for code, state in states.items():
        yield code, state["name"]
        if code in _CLEAR_STATES:
            yield code, code


def subdivisions(found: Iterable[Any], folder: str) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield country, code, English or native name, and all names of first-level divisions outside the USA.

    `folder` holds the catalogues that translate them.
    """
    catalogues = list(translations("iso3166-2", folder))
    for each in found:
        if each.country_code == "US" or each.type.split()[-1] not in _KINDS | {"Municipality", "region"}:
            continue
        if each.parent_code is not None and each.country_code != "GB":
            continue
        whole = each.name.split(" [")[0].split(",")[0]
        told = [whole, *(catalogue.gettext(each.name) for catalogue in catalogues)]
        names = dict.fromkeys(form for name in told for form in (name, _FORMS.sub("", name)) if len(form) > 1)
        yield each.country_code, each.code.partition("-")[2], _FORMS.sub("", whole), list(names)


def translations(domain: str, folder: str) -> Iterator[gettext.NullTranslations]:
    """Yield the catalogues of pycountry in the languages that clew reads."""
    for language in ("ru", "zh_CN", "zh_TW", "uk"):
        yield gettext.translation(domain, folder, languages=[language], fallback=True)
