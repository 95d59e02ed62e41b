"""A sign of life on standard error while a long reading goes on; nothing for short ones, nor where nobody looks."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status

__all__ = ["Progress"]

PATIENCE = 1.0
"""Seconds that pass before anything is shown."""


class Progress:
    """Is told how far the reading is; shows it from the second second on, where standard error is a terminal."""

    def __init__(self, *, quiet: bool) -> None:
        self._start = time.monotonic()
        self._wanted = not quiet and sys.stderr.isatty()
        self._status: Status | None = None
        self._what = ""
        self._since = self._start
        self._from = 0

    def __enter__(self) -> Progress:
        return self

    def __call__(self, path: str, count: int) -> None:
        """Say how many records of an input were read."""
        self._say(f"reading {path}: {count:,} records")

    def asked(self, route: str, url: str, says: str) -> None:
        """Say what a server answered."""
        self._say(f"{route}: {url} {says}")

    def step(self, what: str, done: int, of: int) -> None:
        """Say how much of a long work is done, and how long the rest of it may take."""
        now = time.monotonic()
        if what != self._what:
            self._what, self._since = what, now
        spent = now - self._since
        left = f", {spent * (of - done) / done:.0f} s left" if 0 < done < of and spent > PATIENCE else ""
        self._say(f"{what}: {done:,} of {of:,}{left}")

    def work(self, what: str, done: int, of: int | None) -> None:
        """Say how much of a work is done, how fast, and where it is known how long the rest may take."""
        if of is not None:
            self.step(what, done, of)
            return
        now = time.monotonic()
        if what != self._what:
            self._what, self._since, self._from = what, now, done
        spent = now - self._since
        rate = f", {(done - self._from) / spent:,.0f} a second" if spent > PATIENCE else ""
        self._say(f"{what}: {done:,} records{rate}")

    def _say(self, words: str) -> None:
        if not self._wanted or time.monotonic() - self._start < PATIENCE:
            return
        from rich.markup import escape

        from clew.publish.terminal import safe

        self._shown().update(escape(safe(words.replace(",", " "))))

    def _shown(self) -> Status:
        if self._status is None:
            from rich.console import Console
            from rich.status import Status

            self._status = Status("reading", console=Console(stderr=True))
            self._status.start()
        return self._status

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()
