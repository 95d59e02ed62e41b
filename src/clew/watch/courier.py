"""News as messages: by e-mail, to web hooks, or through any service that apprise knows.

Messages go out in a thread of their own, so that no slow mail server holds up what is kept. Each address has its own
place in the news of the book: what could not be sent is sent later, also by the next process; a message that was under
way while the process died may come twice.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clew.errors import BadOption, MissingLibrary
from clew.watch.book import Book, News
from clew.watch.tell import sentence

__all__ = ["Courier"]

IN_A_MESSAGE = 20
"""So many news go into one message."""
LOOK = 2.0
"""Seconds until the book is looked into again."""
PAUSE, LONGEST = 60.0, 3600.0
"""Seconds until an address that failed is tried again: at first, and at most."""


@dataclass(slots=True)
class _Address:
    """Where messages go."""

    number: int
    """Its place among those that the user gave, from 1: what it says may hold a password."""
    name: str
    """How the book knows it."""
    sender: Any
    failures: int = 0
    due: float = 0.0
    """When it is tried again, by `time.monotonic`."""


class Courier:
    """Sends news out of the book of an archive while its block lasts, and what is left at its end."""

    def __init__(self, archive: Path, urls: Sequence[str], say: Callable[[str], None]) -> None:
        """Take addresses to send to.

        Raises:
            MissingLibrary: apprise is not installed.
            BadOption: An address is none that it knows.
        """
        self._archive, self._say = archive, say
        self._addresses = [_address(number, url) for number, url in enumerate(urls, 1)]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clew-courier", daemon=True)

    def __enter__(self) -> Courier:
        with Book.opened(self._archive) as book:
            for one in self._addresses:
                book.begin_sending(one.name)
        if self._addresses:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._addresses:
            self._thread.join()

    def _run(self) -> None:
        with Book.opened(self._archive) as book:
            while not self._ended.wait(LOOK):
                self._round(book)
            for one in self._addresses:
                one.due = 0.0
            self._round(book)

    def _round(self, book: Book) -> None:
        for one in self._addresses:
            while one.due <= time.monotonic() and (found := book.unsent(one.name, IN_A_MESSAGE)):
                if not _sent(one, [news for _, news in found]):
                    self._failed(one)
                    break
                one.failures = 0
                book.sent(one.name, found[-1][0])

    def _failed(self, one: _Address) -> None:
        one.due = time.monotonic() + min(LONGEST, PAUSE * 2.0**one.failures)
        one.failures += 1
        if one.failures == 1:
            self._say(f"clew: address number {one.number} to notify takes no message now; its news are sent later")


def _sent(to: _Address, news: Sequence[News]) -> bool:
    """Send a message, as plain text: what people write is no markup of the message; False where that failed."""
    title = f"clew: {len(news)} news" if len(news) > 1 else f"clew: {news[0].author or news[0].watch}"
    return bool(to.sender.notify(body="\n\n".join(map(sentence, news)), title=title, body_format="text"))


def _address(number: int, url: str) -> _Address:
    try:
        import apprise
    except ModuleNotFoundError as error:
        raise MissingLibrary("sending news", "apprise", "notify") from error
    logging.getLogger("apprise").addHandler(logging.NullHandler())  # what fails is said above, without addresses
    sender: Any = apprise.Apprise()
    if not sender.add(url):
        raise BadOption(f"the address number {number} to notify is none that apprise knows. See its documentation.")
    shown = "".join(one.url(privacy=True) for one in sender)
    return _Address(number, hashlib.blake2b(shown.encode(), digest_size=12).hexdigest(), sender)
