"""Bluesky's stream as it happens (Jetstream): what some accounts post, change and delete, in lines as they came.

One connection serves ten thousand accounts. Where it breaks it is made again, and goes on with the event behind the
last one that was taken: the time of an event (`time_us`) is its place in the stream.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

import msgspec

from clew.errors import NotFetched
from clew.fetch.answer import agent
from clew.fetch.guard import checked_addresses
from clew.fetch.settings import Settings

__all__ = ["MOST", "Batch", "follow"]

MOST = 10_000
"""So many accounts one connection can be asked for."""
EVENTS = 1_000
"""So many events are taken at a time at most."""
LARGEST = 1 << 20
"""Bytes of one event."""
LONGEST = 60.0
"""The longest pause, in seconds, before a connection is made again."""


class Batch(msgspec.Struct, frozen=True):
    """Events that came together."""

    lines: bytes
    """As they came, one a line."""
    count: int
    last: int
    """The place of the last one in the stream."""


class _Event(msgspec.Struct):
    did: str
    time_us: int


async def follow(
    dids: Sequence[str],
    cursor: int | None,
    settings: Settings,
    *,
    within: float = 1.0,
    connected: Callable[[bool], None] = lambda _: None,
) -> AsyncGenerator[Batch]:
    """Yield what happens to accounts from a place in the stream on, at most so many seconds after it came.

    Each event is given once: what the stream repeats is left out. Ends never; breaks are mended. `connected` is told
    when a connection comes about, and when it is broken.

    Raises:
        NotFetched: There is no such server, or it may not be asked.
    """
    pause, seen = 1.0, cursor or 0
    while True:
        try:
            async with aclosing(_connected(dids, seen, settings, within, connected)) as batches:
                async for batch in batches:
                    seen, pause = batch.last, 1.0
                    yield batch
        except _Broken:
            connected(False)
            await asyncio.sleep(pause * (0.5 + random.random()))
            pause = min(LONGEST, 2 * pause)


class _Broken(Exception):
    """The connection ended."""


async def _connected(
    dids: Sequence[str], seen: int, settings: Settings, within: float, connected: Callable[[bool], None]
) -> AsyncGenerator[Batch]:
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidURI, WebSocketException

    assert settings.jetstream
    parts = urlsplit(settings.jetstream)
    proxy = settings.proxies.of(settings.jetstream)
    through: dict[str, Any] = {"proxy": proxy.value} if proxy else {"proxy": None}
    if proxy is None:
        through["host"] = (await checked_addresses(settings.jetstream, settings.named()))[0]
    url = f"{settings.jetstream}/subscribe?requireHello=true" + (f"&cursor={seen}" if seen else "")
    try:
        async with connect(
            url,
            server_hostname=parts.hostname if parts.scheme == "wss" else None,
            user_agent_header=agent(settings),
            max_size=LARGEST,
            open_timeout=settings.limits.silence,
            **through,
        ) as socket:
            payload = {"wantedCollections": ["app.bsky.feed.post", "app.bsky.feed.repost"], "wantedDids": list(dids)}
            connected(True)
            await socket.send(msgspec.json.encode({"type": "options_update", "payload": payload}).decode())
            wanted = frozenset(dids)
            while True:
                lines = [await socket.recv()]
                ends = asyncio.get_running_loop().time() + within
                while len(lines) < EVENTS:
                    try:
                        async with asyncio.timeout_at(ends):
                            lines.append(await socket.recv())
                    except TimeoutError:
                        break
                batch = _batch(lines, wanted, seen)
                if batch is not None:
                    seen = batch.last
                    yield batch
    except InvalidURI as error:
        raise NotFetched(url, "is no address of a stream") from error
    except (OSError, WebSocketException, TimeoutError) as error:
        raise _Broken from error


def _batch(received: Sequence[str | bytes], wanted: frozenset[str], seen: int) -> Batch | None:
    """Return the events that are new and wanted; None where there are none."""
    kept: list[bytes] = []
    for line in received:
        data = line.encode() if isinstance(line, str) else line
        try:
            event = msgspec.json.decode(data, type=_Event)
        except msgspec.DecodeError:
            continue
        if event.time_us > seen and event.did in wanted:
            seen = event.time_us
            kept.append(data.replace(b"\n", b" "))
    return Batch(b"".join(line + b"\n" for line in kept), len(kept), seen) if kept else None
