"""How fast a host is asked: so many requests at once, so far apart, and not at all while it wants rest."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from weakref import WeakKeyDictionary

from clew.fetch.settings import Limits

__all__ = ["Pace", "wait_named"]


class Pace:
    """Gives turns, host by host; may be handed from visit to visit, and shared by visits at the same time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Semaphore]] = WeakKeyDictionary()
        self._next: dict[str, float] = {}
        """When a host may be asked next, by `time.monotonic`."""
        self._down: dict[str, float] = {}
        """Until when a host that could not be reached counts as out of reach."""

    @contextlib.asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at a host; it ends with the block."""
        own = self._turns.setdefault(asyncio.get_running_loop(), {})
        turns = own.setdefault(host, asyncio.Semaphore(self._limits.at_once))
        async with turns:
            while (wait := self._next.get(host, 0.0) - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            self._next[host] = time.monotonic() + self._limits.interval
            yield

    def wish(self, host: str) -> float | None:
        """Return for how many seconds a host wants rest, where that is longer than clew waits; else None."""
        wait = self._next.get(host, 0.0) - time.monotonic()
        return wait if wait > self._limits.patience else None

    def is_down(self, host: str) -> bool:
        """Say whether a host could not be reached a moment ago, so that it is not tried again and again."""
        return self._down.get(host, 0.0) > time.monotonic()

    def note_down(self, host: str) -> None:
        """Note that a host could not be reached, however often it was tried."""
        self._down[host] = time.monotonic() + self._limits.patience

    def rest(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long."""
        self._next[host] = max(self._next.get(host, 0.0), time.monotonic() + seconds)

    def heed(self, host: str, headers: Mapping[str, str]) -> None:
        """Rest until the window is new, where a host says that the last request of this one was used up."""
        left = (
            headers.get("ratelimit-remaining")
            or headers.get("x-ratelimit-remaining")
            or headers.get("x-rate-limit-remaining")
        )
        if left is not None and left.strip() == "0" and (wait := _reset(headers)):
            self.rest(host, min(wait, self._limits.patience))


def wait_named(headers: Mapping[str, str], status: int) -> float | None:
    """Return how many seconds a server asks to wait; None where it does not say.

    >>> wait_named({"retry-after": "7"}, 503)
    7.0
    """
    named = headers.get("retry-after", "").strip()
    if named.isdecimal():
        return float(named[:9])
    if named:
        with contextlib.suppress(ValueError, TypeError):
            return _until(parsedate_to_datetime(named), headers)
    return _reset(headers) if status == 429 else None


def _reset(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until a rate limit's window is new: stated as seconds, as a time, or as seconds since 1970."""
    value = (
        headers.get("ratelimit-reset") or headers.get("x-ratelimit-reset") or headers.get("x-rate-limit-reset") or ""
    ).strip()
    if value.isdecimal():
        number = float(value[:12])
        return _until(datetime.fromtimestamp(number, UTC), headers) if number > 1e9 else number
    with contextlib.suppress(ValueError):
        return _until(datetime.fromisoformat(value), headers)
    return None


def _until(moment: datetime, headers: Mapping[str, str]) -> float:
    """Return the seconds until a moment by the clock of the server, where it says what that shows; else by ours."""
    now = datetime.now(UTC)
    with contextlib.suppress(ValueError, TypeError):
        now = _in_utc(parsedate_to_datetime(headers.get("date", "")))
    return max(0.0, (_in_utc(moment) - now).total_seconds())


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
