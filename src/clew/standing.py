"""What is held of a page that posts link to: itself, a copy in a web archive, or that it is gone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal, TypeAlias

import msgspec

__all__ = ["Came", "Memento", "Standing", "State", "held_at", "memento_of", "standing_after"]

State: TypeAlias = Literal["kept", "gone", "refused", "failed", "unasked"]
"""kept · gone: the server says that it is not there · refused: it does not give it to programs, or clew does not go
there · failed: no answer · unasked: nobody asked for it yet."""

_STAMPED = re.compile(r"https?://[^\s/]+/(?:[^\s/]+/){0,3}?(\d{14})(?:[a-z]{2}_)?/(?=https?:)")
_STORED = re.compile(r"/(\d{14})(?:[a-z]{2}_)?/(?=https?:)")


class Memento(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of a page in a web archive (RFC 7089)."""

    url: str
    """Where browsers see it."""
    time: datetime
    """When the archive took it; UTC."""


class Came(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of asking for a page once."""

    state: State
    leads_to: str | None = None
    """Where it led in the end, where that is another address."""
    memento: Memento | None = None
    """The copy that was brought instead."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with a page."""

    state: State
    """As it was seen last."""
    says: str = ""
    """What was said then, one clause; empty where nobody asked."""
    asked: datetime | None = None
    """When that was; UTC."""
    leads_to: str | None = None
    capture: str | None = None
    """The digest of what holds it, or the copy of it; None where nothing is held."""
    kept: datetime | None = None
    """When that was received; UTC."""
    memento: Memento | None = None


def held_at(standing: Standing, url: str) -> tuple[str, ...]:
    """Return the addresses under which a capture may hold the page of a link, or its copy; none where nothing is held.

    Copies are received as web archives store them (`id_`), not as they rewrite them for browsers.
    """
    if standing.capture is None:
        return ()
    if standing.memento:
        return (_STORED.sub(r"/\1id_/", standing.memento.url, count=1), standing.memento.url)
    return tuple(one.partition("#")[0] for one in (standing.leads_to, url) if one)


def standing_after(before: Standing, came: Came, says: str, asked: datetime, capture: str | None) -> Standing:
    """Return how it stands after one more time of asking; what is held once stays held."""
    return Standing(
        state=came.state,
        says=says,
        asked=asked,
        leads_to=came.leads_to or before.leads_to,
        capture=capture or before.capture,
        kept=asked if capture else before.kept,
        memento=came.memento or before.memento,
    )


def memento_of(url: str | None) -> Memento | None:
    """Return the copy that an address names by the time in it, as most web archives do; None for other addresses.

    >>> memento_of("https://web.archive.org/web/20200102030405id_/https://x.com/ana").url
    'https://web.archive.org/web/20200102030405/https://x.com/ana'
    """
    found = _STAMPED.match(url or "")
    if url is None or found is None:
        return None
    try:
        time = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Memento(url=f"{url[: found.end(1)]}/{url[found.end() :]}", time=time)
