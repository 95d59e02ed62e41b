"""Sources: every link, with its publisher and kind, and who is said to have made it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from clew import addresses
from clew.evidence.finding import Finding, Found
from clew.evidence.gazetteer import words_of
from clew.evidence.passages import Passage
from clew.evidence.speakers import attributions
from clew.evidence.study import Study
from clew.posts import Link

__all__ = ["METHOD", "NAME", "extract"]

NAME = "sources"
METHOD = "sources 3"


def extract(study: Study) -> Iterator[Finding]:
    """Yield every link as a source, and every phrase that lays words to somebody."""
    for passage in study.passages:
        found = [_link(passage, link) for link in passage.post.links]
        found += attributions(passage)
        yield from study.placed(passage, sorted(found, key=lambda item: item.start), METHOD)


# --- links ------------------------------------------------------------------------------------------------------------

_HOST = re.compile(r"^(?:https?://)?(?:www\.|m\.|mobile\.|amp\.)?([^/?#:]+)", re.IGNORECASE)
_OFFICIAL = re.compile(
    r"(?:^|\.)(?:gov|mil|gouv|gob|govt|gc|admin|europa|parliament|judiciary)(?:\.[a-z]{2,3})?$"
    r"|\.int$|(?:^|\.)(?:un|who|imf|worldbank|oecd|nato|iaea|icj-cij)\.(?:org|int)$"
)
_LEARNED = re.compile(
    r"\.edu(?:\.[a-z]{2})?$|\.ac\.[a-z]{2}$|(?:^|\.)(?:arxiv|doi|jstor|ssrn|nature|science"
    r"|springer|sciencedirect|wiley|plos|nber|pubmed|ncbi\.nlm\.nih)\."
)
_REPORT = re.compile(r"\.pdf(?:$|[?#])", re.IGNORECASE)


@cache
def _publishers() -> dict[str, tuple[str, str]]:
    """Return publisher and kind by domain."""
    table: dict[str, tuple[str, str]] = {}
    for line in words_of("publishers.txt"):
        kind, _, rest = line.partition("\t")
        name, _, domains = rest.partition("\t")
        table |= dict.fromkeys(domains.split(), (name, kind))
    return table


def _link(passage: Passage, link: Link) -> Found:
    address = link.url or link.shown
    domain = _domain(address)
    name, kind = _publisher(domain)
    value: dict[str, Any] = {
        "url": link.url,
        "shown": link.shown,
        "domain": domain,
        "publisher": name,
        "type": kind,
        "cut": link.cut,
    }
    why = f"a link to {name or domain or 'an address'}"
    if kind == "unknown" and domain in _SHORTENERS:
        why = f"a link shortened by {domain}; where it leads is not known"
    if kind == "other" and _REPORT.search(address):
        value["type"] = "report"
    said = _said_by(passage, link) if passage.post.mentions else []
    if said:
        value["said_by"] = said
    return Found("source", link.start, link.end, value, 0.99 if kind != "unknown" else 0.7, why)


def _domain(address: str) -> str | None:
    found = _HOST.match(address)
    return found[1].lower().rstrip(".") if found and "." in found[1] else addresses.domain(address)


_SHORTENERS = frozenset(
    "t.co bit.ly goo.gl tinyurl.com ow.ly buff.ly dlvr.it is.gd ift.tt trib.al j.mp lnkd.in "
    "fb.me wp.me amzn.to youtu.be.short shar.es "
    "rebrand.ly cutt.ly t.ly hubs.ly hubs.la clck.ru vk.cc dld.bz sco.lt tiny.cc soo.gd s.id "
    "rb.gy urlz.fr apne.ws reut.rs nyti.ms wapo.st bbc.in cnn.it on.wsj.com econ.st bloom.bg".split()
)
_OWN_SHORT = {
    "nyti.ms": "nytimes.com",
    "wapo.st": "washingtonpost.com",
    "reut.rs": "reuters.com",
    "bbc.in": "bbc.com",
    "cnn.it": "cnn.com",
    "apne.ws": "apnews.com",
    "on.wsj.com": "wsj.com",
    "econ.st": "economist.com",
    "bloom.bg": "bloomberg.com",
    "youtu.be": "youtube.com",
    "redd.it": "reddit.com",
    "amzn.to": "amazon.com",
    "lnkd.in": "linkedin.com",
    "fb.me": "facebook.com",
}


def _publisher(domain: str | None) -> tuple[str | None, str]:
    """Return who publishes at a domain and of what kind it is.

    news | official | social | research | report | reference | company | other; unknown for a shortener that serves all.
    """
    if domain is None:
        return None, "unknown"
    domain = _OWN_SHORT.get(domain, domain)
    known = _publishers()
    parts = domain.split(".")
    for at in range(len(parts) - 1):
        if found := known.get(".".join(parts[at:])):
            return found
    if domain in _SHORTENERS:
        return None, "unknown"
    if _OFFICIAL.search(domain):
        return domain, "official"
    if _LEARNED.search(domain):
        return domain, "research"
    return domain, "other"


_THIS = re.compile(
    r"(?:\bthis|\bthe|\ba|\ban|\bour|\bmy|\bnew|\bhis|\bher|\btheir|\bgreat|\bexcellent"
    r"|\blatest)\s+(?:[\w-]+\s+){0,2}?@(?P<handle>\w+)(?:['’]s)?\s+(?:[\w-]+\s+){0,2}?(?P<what>story"
    r"|piece|article|report|interview|op-ed|oped|column|study|paper|thread|"
    r"investigation|analysis|podcast|video|essay|book|post|explainer|scoop|poll|survey|dispatch"
    r"|editorial)s?\b|(?:\bvia|\bh/t|\bhat tip|\bby|\bfrom)\s+@(?P<via>\w+)",
    re.IGNORECASE,
)


def _said_by(passage: Passage, link: Link) -> list[dict[str, Any]]:
    """Return the accounts that a post names as makers of what it links to: `this @example story`, `via @ben`."""
    return [
        {
            "handle": found["handle"] or found["via"],
            "start": found.start(),
            "end": found.end(),
            "as": (found["what"] or "via").lower(),
        }
        for found in _THIS.finditer(passage.text)
    ]
