"""One visit to a service: what was tried on which route, what was found out, and which post was meant."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from clew.errors import NotFetched
from clew.fetch.settings import Settings

if TYPE_CHECKING:
    from clew.fetch.client import Client

__all__ = ["Note", "Tried", "Visit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A route and what came of it."""

    route: str
    says: str
    """One clause for the reader."""
    helped: bool
    """Whether it brought posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that only a comparison of answers shows; becomes a Notice."""

    says: str
    url: str
    """The answer that shows it."""
    platform: str
    post: str | None = None
    author: str | None = None
    """The permanent id of an account."""

    def to_json(self) -> bytes:
        """Return the note as a line of `clew/notice/1` without an origin, which is where the line stands."""
        author = {"id": self.author} if self.author else None
        says = {"schema": "clew/notice/1", "kind": "differs", "says": self.says, "platform": self.platform}
        return msgspec.json.encode({**says, "post": self.post, "author": author}) + b"\n"


@dataclass(slots=True)
class Visit:
    """What a service's module works with, and where it puts what it learns."""

    client: Client
    tell: Callable[[str], None] = lambda _: None
    """Is told what the user should know before it is done."""
    heard: Callable[[Tried], None] = lambda _: None
    """Is told what came of each way as soon as it is known."""
    tried: dict[str, Tried] = field(default_factory=dict)
    """By route; of one that helped what was said last."""
    notes: list[Note] = field(default_factory=list)
    post: str | None = None
    """The id, as sources write it, of the post that was meant; None for a profile, or where it is not known."""
    author: str | None = None
    """The permanent id of the account that was meant."""
    documents: dict[str, Any] = field(default_factory=dict)
    """What accounts publish of themselves, by permanent id."""

    @property
    def settings(self) -> Settings:
        return self.client.settings

    @contextlib.contextmanager
    def way(self, route: str) -> Iterator[Way]:
        """Give a route to report on; that no server answers on it ends the route, not the visit."""
        way, before = Way(), self.client.route
        self.client.route = route
        try:
            yield way
        except NotFetched as error:
            way.says = way.says or _words(error)
        finally:
            self.client.route = before
        if way.says:
            known = self.tried.get(route)
            if way.helped or known is None or not known.helped:
                says = way.says if way.helped or known is None else _both(known.says, way.says)
                self.tried[route] = Tried(route=route, says=says, helped=way.helped)
                self.heard(self.tried[route])


def _words(error: NotFetched) -> str:
    """Return why an address could not be had, by the name of its server alone where it has one."""
    try:
        host = urlsplit(error.url).netloc.rpartition("@")[2] if error.url.startswith(("http://", "https://")) else ""
    except ValueError:
        host = ""
    return f"{host} {error.reason}" if host else str(error).rstrip(".")


_LONGEST = 600
"""Characters of what is said of a way that was gone several times in vain."""


def _both(known: str, says: str) -> str:
    return known if says in known or len(known) + len(says) > _LONGEST else f"{known}; {says}"


@dataclass(slots=True)
class Way:
    """How a route goes."""

    says: str = ""
    """Nothing is reported where this stays empty."""
    helped: bool = False
