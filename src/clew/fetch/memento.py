"""Copies in web archives, by the Memento protocol (RFC 7089): what was there when an archive came by.

Each archive is known by the prefix of its TimeGate. Its answer names the TimeMap, the list of all copies. Copies are
taken as they were stored (`id_`), not as archives rewrite them for browsers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from clew.errors import NotFetched
from clew.fetch.answer import ANYTHING, Answer
from clew.fetch.visit import Visit
from clew.standing import Memento

__all__ = ["bring", "links"]

COPIES = 4
"""How many copies of one address are looked at."""
LISTED = "application/link-format"
_STAMP = re.compile(r"/(\d{14})(?:[a-z]{2}_)?/(?=https?:)")
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s\",;]+))*)")
_PARAMETER = re.compile(r"([\w*-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))")


async def bring(
    pages: Sequence[str], visit: Visit, *, near: datetime | None, is_one: Callable[[bytes], bool]
) -> Memento | None:
    """Bring copies of any of some addresses; return the first that is what was looked for (`is_one`), None for none.

    The copy made soonest after `near` is looked at first, then the last one, then others.
    """
    with visit.way("mementos") as way:
        looked: list[str] = []
        for gate in visit.settings.memento:
            host = urlsplit(gate).netloc
            for page in pages:
                found, says = await _from(gate, page, visit, near, is_one)
                if found:
                    way.says, way.helped = f"a copy in {host}: {says}", True
                    return found
                looked.append(f"{host} has {says} of {page}")
        way.says = "; ".join(looked)
    return None


async def _from(
    gate: str, page: str, visit: Visit, near: datetime | None, is_one: Callable[[bytes], bool]
) -> tuple[Memento | None, str]:
    """Return the copy of an archive that holds what is looked for, and words for it."""
    try:
        copies = await _copies(gate, page, visit, near)
    except NotFetched as error:
        return None, f"no answer ({error.reason}) for copies"
    for copy in _in_order(copies, near)[:COPIES]:
        try:
            answer = await visit.client.get(_as_stored(copy.url), accept=ANYTHING)
        except NotFetched:
            continue
        if answer.is_good and is_one(answer.body):
            return copy, f"{page} as it was on {copy.time:%Y-%m-%d %H:%M} UTC"
        visit.client.asides.add(answer.url)
    return None, f"{len(copies)} copies, none with the post," if copies else "no copy"


async def _copies(gate: str, page: str, visit: Visit, near: datetime | None) -> list[Memento]:
    """Return the copies that an archive has of a page."""
    when = {"Accept-Datetime": format_datetime((near or datetime.now(UTC)).astimezone(UTC), usegmt=True)}
    first = await visit.client.get(f"{gate}{page}", accept=ANYTHING, more=when, aside=True)
    listed = [url for url, given in links(first.headers.get("Link", "")) if "timemap" in given.get("rel", "").split()]
    found: dict[str, Memento] = {}
    for url in listed[:1]:
        answer = await visit.client.get(urljoin(first.url, url), accept=LISTED, aside=True)
        if answer.is_good:
            found |= _mementos(answer.body.decode("utf-8", "replace"), answer)
    own = first.headers.get("Memento-Datetime")
    if first.is_good and own and not found:
        found[first.url] = Memento(url=first.url, time=parsedate_to_datetime(own))
    return sorted(found.values(), key=lambda copy: (copy.time, copy.url))


def _mementos(text: str, answer: Answer) -> dict[str, Memento]:
    found: dict[str, Memento] = {}
    for url, given in links(text):
        if "memento" not in given.get("rel", "").split():
            continue
        try:
            time = parsedate_to_datetime(given.get("datetime", ""))
        except (ValueError, TypeError):
            continue
        found[url] = Memento(
            url=urljoin(answer.url, url), time=time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
        )
    return found


def _in_order(copies: Sequence[Memento], near: datetime | None) -> list[Memento]:
    """Return copies in the order in which they are worth looking at."""
    after = [copy for copy in copies if near is None or copy.time >= near] or list(copies)
    chosen = [*after[:1], *copies[-1:], *after[1:], *copies]
    return list(dict.fromkeys(chosen))


def _as_stored(url: str) -> str:
    """Return the address of a copy without what an archive adds for browsers.

    >>> _as_stored("https://web.archive.org/web/20200102030405/https://x.com/ana/status/1")
    'https://web.archive.org/web/20200102030405id_/https://x.com/ana/status/1'
    """
    return _STAMP.sub(r"/\1id_/", url, count=1)


def links(header: str) -> list[tuple[str, dict[str, str]]]:
    """Return the links of a Link header or of a list in link format, each with its parameters.

    >>> links('<a>; rel="timemap"; type="application/link-format", <b,c>; rel="first memento"')
    [('a', {'rel': 'timemap', 'type': 'application/link-format'}), ('b,c', {'rel': 'first memento'})]
    """
    return [
        (url, {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)})
        for url, rest in _LINK.findall(header)
    ]
