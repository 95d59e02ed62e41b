"""Preview pages of a Telegram channel, twenty messages each, as t.me gives them."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from tests.services.site import Asked, Reply, Site, site

__all__ = ["Channel", "telegram"]

HTML = {"Content-Type": "text/html; charset=utf-8"}
ON_A_PAGE = 20
BEGAN = datetime(2026, 3, 4, 9, tzinfo=UTC)


@dataclass(slots=True)
class Channel:
    """A channel, whose messages a test writes, changes and takes away."""

    name: str = "port_notes"
    site: Site = field(default_factory=lambda: Site(""))
    messages: dict[int, str] = field(default_factory=dict)
    edited: set[int] = field(default_factory=set)
    last: int = 0

    def post(self, text: str) -> int:
        self.last += 1
        self.messages[self.last] = text
        return self.last

    def edit(self, number: int, text: str) -> None:
        self.messages[number] = text
        self.edited.add(number)

    def __call__(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        given = {name: int(values[0]) for name, values in parse_qs(parts.query).items() if values[0].isdecimal()}
        found = re.fullmatch(rf"/s/{self.name}(?:/(\d+))?", parts.path)
        if found is None:
            return Reply(b"<!DOCTYPE html><p>Join", headers=HTML)
        numbers = sorted(self.messages)
        if "before" in given:
            shown = [one for one in numbers if one < given["before"]][-ON_A_PAGE:]
        elif "after" in given:
            shown = [one for one in numbers if one > given["after"]][:ON_A_PAGE]
        elif found[1]:
            shown = [one for one in numbers if abs(one - int(found[1])) <= ON_A_PAGE // 2]
        else:
            shown = numbers[-ON_A_PAGE:]
        body = "".join(map(self._message, shown))
        head = "<!DOCTYPE html><html><head><meta charset=utf-8></head>"
        return Reply(f'{head}<body><main class="tgme_main">{body}</main></body></html>'.encode(), headers=HTML)

    def _message(self, number: int) -> str:
        time = (BEGAN + timedelta(minutes=number)).isoformat()
        place = f"{self.name}/{number}"
        return (
            '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
            f'<div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="{place}">'
            '<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author accent_color">'
            f'<a class="tgme_widget_message_owner_name" href="https://t.me/{self.name}"><span>Port</span></a>'
            '</div><div class="tgme_widget_message_text js-message_text" dir="auto">'
            f"{html.escape(self.messages[number])}</div>"
            '<div class="tgme_widget_message_footer compact js-message_footer">'
            '<div class="tgme_widget_message_info short js-message_info">'
            f'<span class="tgme_widget_message_views">{number}</span><span class="tgme_widget_message_meta">'
            f"{'edited &nbsp;' if number in self.edited else ''}"
            f'<a class="tgme_widget_message_date" href="https://t.me/{place}">'
            f'<time datetime="{time}" class="time">09:00</time></a></span></div></div></div></div></div>'
        )


@contextlib.contextmanager
def telegram() -> Iterator[Channel]:
    """Serve a channel within the block."""
    found = Channel()
    with site(found) as at:
        found.site = at
        yield found
