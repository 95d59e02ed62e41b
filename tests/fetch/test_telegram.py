"""Telegram's preview pages, page by page."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.fetch.conftest import QUICK
from tests.services.site import Asked, Reply, site

from clew.fetch import Settings
from clew.ingest import Intake
from clew.posts import Post
from clew.threads import weave

HTML = {"Content-Type": "text/html; charset=utf-8"}
NEWEST = 100


def page(numbers: range) -> bytes:
    messages = "".join(
        f'<div class="tgme_widget_message js-widget_message" data-post="port_notes/{number}">'
        f'<div class="tgme_widget_message_text js-message_text">{number}</div>'
        f'<a class="tgme_widget_message_date"><time datetime="2021-06-04T09:{number % 60:02}:00Z"></time></a></div>'
        for number in numbers
    )
    return f"<!DOCTYPE html><html><body>{messages}</body></html>".encode()


def channel(asked: Asked) -> Reply:
    parts = urlsplit(asked.path)
    given = parse_qs(parts.query)
    if "before" in given:
        end = int(given["before"][0])
        return Reply(page(range(max(1, end - 20), end)), headers=HTML)
    if "after" in given:
        start = int(given["after"][0]) + 1
        return Reply(page(range(start, min(start + 20, NEWEST + 1))), headers=HTML)
    if found := re.fullmatch(r"/s/port_notes/(\d+)", parts.path):
        middle = int(found[1])
        return Reply(page(range(max(1, middle - 10), min(middle + 10, NEWEST + 1))), headers=HTML)
    return Reply(page(range(NEWEST - 19, NEWEST + 1)), headers=HTML)


def settings(url: str) -> Settings:
    return Settings.of({}, telegram=url, limits=QUICK, keyring=False)


def numbers(address: str, url: str) -> tuple[Intake, list[int]]:
    intake = Intake(settings=settings(url))
    items = list(intake.items(address))
    return intake, sorted({int(item.id.rpartition("/")[2]) for item in items if isinstance(item, Post)})


def test_a_message_comes_with_those_around_it() -> None:
    with site(channel) as found:
        intake, held = numbers("https://t.me/port_notes/50?single", found.url)
    assert not intake.errors
    assert held == list(range(1, 100))


@pytest.mark.parametrize(
    "form",
    "t.me/port_notes/50 https://t.me/s/port_notes/50 telegram.me/port_notes/50?single tg://resolve?domain=port_notes&post=50"
    " https://port_notes.t.me/50 (https://t.me/port_notes/50).".split(),
)
def test_a_message_is_found_by_every_form_of_its_address(form: str) -> None:
    with site(channel) as found:
        intake, held = numbers(form, found.url)
    assert not intake.errors
    assert 50 in held


def test_a_private_chat_is_said_to_be_one() -> None:
    with site(channel) as found:
        intake, held = numbers("https://t.me/c/1234567/17", found.url)
        assert not found.asked
    assert not held
    assert "Export it from Telegram Desktop" in str(intake.errors[0])


def test_a_channel_is_read_back_from_its_newest_message() -> None:
    with site(channel) as found:
        intake, held = numbers("t.me/s/port_notes", found.url)
    assert not intake.errors
    assert held == list(range(1, NEWEST + 1))


def test_the_thread_that_is_meant_is_the_one_with_the_message() -> None:
    with site(channel) as found:
        intake = Intake(settings=settings(found.url))
        threads = [thread for thread in weave(intake.items("https://t.me/port_notes/50")) if intake.is_meant(thread)]
    assert len(threads) == 1
    assert any(post.url == "https://t.me/port_notes/50" for post in threads[0].posts())


def test_a_channel_without_a_preview_is_said_to_have_none() -> None:
    def closed(asked: Asked) -> Reply:
        if asked.path.startswith("/s/"):
            return Reply(status=302, headers={"Location": asked.path.replace("/s/", "/")})
        return Reply(b"<!DOCTYPE html><p>Join the channel", headers=HTML)

    with site(closed) as found:
        intake, held = numbers("https://t.me/port_notes/50", found.url)
    assert not held
    assert "shows no preview of @port_notes: it is private, or no channel" in str(intake.errors[0])
