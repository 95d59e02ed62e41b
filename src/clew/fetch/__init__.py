"""Live services. Each module brings *captures* of one service: what was asked and what was answered, byte for byte.

A live fetch is only another way to get a capture: the sources read it like any saved traffic and never
know the network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from clew.addresses import Address
from clew.errors import NotFetched as NotFetched
from clew.errors import needing
from clew.fetch import bluesky, mastodon, telegram, x
from clew.fetch.answer import Attempt, agent
from clew.fetch.pace import Pace
from clew.fetch.settings import Limits, Secret, Settings, origin_of
from clew.fetch.visit import Note, Tried, Visit
from clew.fetch.warc import Warc

__all__ = [
    "SERVICES",
    "Attempt",
    "Brought",
    "Ear",
    "Limits",
    "Note",
    "Pace",
    "Secret",
    "Service",
    "Settings",
    "Tried",
    "bring",
    "origin_of",
    "ready",
    "visited",
]


class Service(Protocol):
    """What a service's module gives. Its docstring says by which routes."""

    NAME: str

    def serves(self, address: Address) -> bool:
        """Say whether the address is of this service."""
        ...

    async def fetch(self, address: Address, visit: Visit) -> None:
        """Bring what the address names, and what belongs to it.

        Raises:
            NotFetched: Nothing of it can be had.
        """
        ...


SERVICES: tuple[Service, ...] = (bluesky, mastodon, telegram, x)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a visit brought; its captures are in the file."""

    path: Path
    post: str | None
    """The id of the post that was meant, as sources write it; None for a profile, or where it is not known."""
    author: str | None
    tried: tuple[Tried, ...]
    notes: tuple[Note, ...]
    attempts: tuple[Attempt, ...]
    """Every request, in order."""
    asides: frozenset[str]
    """Addresses whose answers only led on and hold no posts."""
    answers: int
    """Answers that the file holds of this visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """Who listens while servers are asked."""

    tell: Callable[[str], None] = lambda _: None
    """Is told what the user should know before it is done, such as what it will cost."""
    asked: Callable[[Attempt], None] = lambda _: None
    """Is told of every request as soon as something came of it."""
    tried: Callable[[Tried], None] = lambda _: None
    """Is told what came of each way as soon as it is known."""
    paid: Callable[[float], None] = lambda _: None
    """Is told of US dollars before they may be spent; of fewer than none, where they were not."""


def ready(what: str) -> None:
    """See to it that servers can be asked; all else in this package works without it.

    Raises:
        MissingLibrary: What they are asked with is not installed.
    """
    with needing(what, "fetch"):
        import httpx2  # noqa: F401

        from clew.fetch import client  # noqa: F401


def bring(address: Address, into: Path, settings: Settings, tell: Callable[[str], None] | None = None) -> Brought:
    """Write what the address names into a WARC; one that broke off there is gone on with.

    A whole one is asked anew: what has not changed since is noted, and what has is added. `tell` is told what the user
    should know before it is done, such as what it will cost.

    Raises:
        NotFetched: Nothing can be had; the reason tells what was tried.
        NotReadable: The file can't be written.
    """
    service = next(service for service in SERVICES if service.serves(address))
    ear = Ear(tell=tell) if tell else Ear()
    brought = asyncio.run(visited(lambda visit: service.fetch(address, visit), into, settings, ear))
    if not any(tried.helped for tried in brought.tried):
        raise NotFetched(address.url, "; ".join(f"{tried.route}: {tried.says}" for tried in brought.tried))
    return brought


async def visited(
    go: Callable[[Visit], Awaitable[None]],
    into: Path,
    settings: Settings,
    ear: Ear,
    pace: Pace | None = None,
) -> Brought:
    """Return what a visit brought, its captures in a WARC; nothing is raised where it brought nothing.

    `pace` says how fast servers are asked, and until when they want to be left alone.

    Raises:
        NotFetched: What is asked for is known to nobody.
        NotReadable: The file can't be written.
        MissingLibrary: What servers are asked with is not installed.
    """
    ready("asking servers")
    from clew.fetch.client import Client

    with Warc(into, agent(settings)) as warc:
        async with Client(settings, warc, pace, ear.asked, ear.paid) as client:
            visit = Visit(client, ear.tell, ear.tried)
            await go(visit)
        if client.answered:
            warc.finish(msgspec.json.encode(client.attempts), b"".join(note.to_json() for note in visit.notes))
    return Brought(
        path=into,
        post=visit.post,
        author=visit.author,
        tried=tuple(visit.tried.values()),
        notes=tuple(visit.notes),
        attempts=tuple(client.attempts),
        asides=frozenset(client.asides),
        answers=client.answered,
    )
