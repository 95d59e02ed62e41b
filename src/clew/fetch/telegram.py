"""Telegram: the public preview pages of channels (t.me/s/...), which show about twenty messages each."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from clew.addresses import Address
from clew.fetch.answer import PAGE, Answer
from clew.fetch.visit import Visit

__all__ = ["NAME", "fetch", "numbers", "serves"]

NAME = "telegram"

AROUND = 2
"""Pages before, and pages after the one that shows a message."""
PAGES = 10
"""Pages back from the newest message, of a channel as a whole."""
_MESSAGE = b"tgme_widget_message"
_OWN = re.compile(rb'data-post="(?P<channel>[\w.]+)/(?P<number>\d+)')


def serves(address: Address) -> bool:
    """Say whether the address is of a public channel or of a message in one."""
    return address.platform == "telegram"


async def fetch(address: Address, visit: Visit) -> None:
    """Bring the messages around one, or the latest of a channel.

    Raises:
        NotFetched: The channel shows nothing to who is not signed in; what was tried says so.
    """
    visit.post = address.url if address.id else None
    visit.author = address.handle
    place = f"{visit.settings.telegram}/s/{address.handle}"
    with visit.way("preview") as way:
        first = await visit.client.get(f"{place}/{address.id}" if address.id else place, accept=PAGE)
        found = numbers(first)
        if found and "/s/" in first.url:
            count = 1
            if address.id:
                count += await _turn(place, "after", max(found), AROUND, visit)
            count += await _turn(place, "before", min(found), AROUND if address.id else PAGES - 1, visit)
            way.says = f"{count} {'page' if count == 1 else 'pages'} of the channel's preview"
            way.helped = True
            return
        way.says = f"{urlsplit(place).netloc} shows no preview of @{address.handle}: it is private, or no channel"
    if address.id:
        await _single(address, visit)


async def _single(address: Address, visit: Visit) -> None:
    """Bring one message as it is shown within other pages, which more channels and groups allow."""
    with visit.way("single message") as way:
        url = f"{visit.settings.telegram}/{address.handle}/{address.id}?embed=1&mode=tme"
        answer = await visit.client.get(url, accept=PAGE)
        way.helped = bool(numbers(answer))
        way.says = "the message alone" if way.helped else "the message is not shown on its own either"


async def _turn(place: str, direction: str, number: int, most: int, visit: Visit) -> int:
    """Turn pages from a message on; return how many had messages."""
    for turned in range(most):
        answer = await visit.client.get(f"{place}?{direction}={number}", accept=PAGE)
        fresh = {one for one in numbers(answer) if (one > number if direction == "after" else one < number)}
        if not fresh:
            return turned
        number = max(fresh) if direction == "after" else min(fresh)
        if number <= 1:
            return turned + 1
    return most


def numbers(answer: Answer) -> set[int]:
    """Return the numbers of the messages on a page."""
    if not answer.is_good or _MESSAGE not in answer.body:
        return set()
    return {int(found["number"][:18]) for found in _OWN.finditer(answer.body)}
