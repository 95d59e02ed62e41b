"""Channels of Telegram and lists of Mastodon are watched, and killing the process loses nothing and doubles nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from clew import keeping
from clew.fetch import Secret, Settings
from clew.watch import Book
from tests.archive.worlds import made
from tests.fetch.conftest import QUICK
from tests.services.mastodon import Mastodon
from tests.services.running import until
from tests.services.site import forwarding, site
from tests.services.telegram import telegram
from tests.watch.test_watch import SETTINGS, ask, plain, watch


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made(tmp_path / "held").close()
    return tmp_path / "held"


@pytest.mark.parametrize("address", ["t.me/s/port_notes", "https://t.me/port_notes/1"])
def test_a_channel_and_a_message_of_telegram_are_watched(path: Path, address: str) -> None:
    with telegram() as channel:
        given = Settings.of({}, telegram=channel.site.url, limits=QUICK, keyring=False)
        first = channel.post("1/3 The water rises. Вода.")
        watch(path, address)
        assert plain(ask(path, given)) == [("new", "1/3 The water rises. Вода.")]
        assert ask(path, given) == []
        second = channel.post("2/3 Still.")
        assert plain(ask(path, given)) == [("new", "2/3 Still.")]
        channel.edit(first, "1/3 The water rose.")
        (edit,) = ask(path, given)
        assert (edit.kind, edit.text, edit.before) == ("edited", "1/3 The water rose.", "1/3 The water rises. Вода.")
        assert edit.url == "https://t.me/port_notes/1"
        del channel.messages[second]
        assert plain(ask(path, given)) == [("absent", "2/3 Still.")]
        assert ask(path, given) == []
    assert keeping.verified(path, deep=True).sound


def test_a_channel_that_was_busy_meanwhile_is_turned_back_to_what_is_known(path: Path) -> None:
    with telegram() as channel:
        given = Settings.of({}, telegram=channel.site.url, limits=QUICK, keyring=False)
        channel.post("The first.")
        watch(path, "https://t.me/port_notes")
        ask(path, given)
        wanted = {f"Message {number}." for number in range(70) if channel.post(f"Message {number}.")}
        assert {one.text for one in ask(path, given)} == wanted
        assert ask(path, given) == []


def test_a_list_of_mastodon_is_watched_with_a_token_and_not_without(server: Mastodon, path: Path) -> None:
    headers = {"Authorization": "Bearer token-of-ana"}
    made_list = server.client.post(f"{server.url}/api/v1/lists", headers=headers, json={"title": "Harbour"}).json()
    bob = server.client.get(f"{server.url}/api/v1/accounts/lookup", params={"acct": "bob"}).json()["id"]
    followed = server.client.post(f"{server.url}/api/v1/accounts/{bob}/follow", headers=headers)
    followed.raise_for_status()
    members = {"account_ids": [bob]}
    server.client.post(
        f"{server.url}/api/v1/lists/{made_list['id']}/accounts", headers=headers, json=members
    ).raise_for_status()
    with forwarding(server.url) as real, site(real) as found:
        watch(path, f"{found.url}/lists/{made_list['id']}")
        server.post("Of the list.", by="bob")
        server.post("Not of it.", by="ana")
        assert ask(path, SETTINGS) == []
        with Book.opened(path) as book:
            assert "401" in str(book.all()[0].says)
        host = found.url.removeprefix("http://")
        given = replace(SETTINGS, tokens={host: Secret("token-of-ana")})
        assert plain(ask(path, given)) == [("new", "Of the list.")]
        gone = server.post("More of it.", by="bob")
        assert plain(ask(path, given)) == [("new", "More of it.")]
        server.delete(gone, by="bob")
        assert plain(ask(path, given)) == [("absent", "More of it.")]


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_watcher_that_is_killed_again_and_again_loses_nothing_and_keeps_nothing_twice(
    server: Mastodon, path: Path, tmp_path: Path
) -> None:
    first = server.post("1/ The beginning.")
    with forwarding(server.url) as real, site(real) as found:
        watch(path, f"{found.url}/@ana/{first}", f"{found.url}/tags/flood")
        with Book.opened(path) as book:
            book.connection.execute("UPDATE watches SET every = 0.3, interval = 0.3")
        chance, told, last = random.Random(7), tmp_path / "told.jsonl", first
        wanted = {"1/ The beginning."}
        command = [sys.executable, "-m", "clew", "watch", "run", "--to", "jsonl", "--quiet"]
        env = {**os.environ, "CLEW_ARCHIVE": str(path)}
        for round_number in range(6):
            with told.open("ab") as out:
                process = subprocess.Popen(command, env=env, stdout=out)
                until(lambda: len(found.asked) > 0, 30, "a request")
                for number in range(3):
                    text = f"{round_number}.{number} More #flood"
                    last = server.post(text, to=last)
                    wanted.add(text)
                    time.sleep(chance.random() * 0.4)
                found.asked.clear()
                if round_number < 5:
                    process.kill()
                else:
                    until(lambda: len(found.asked) > 12, 60, "the last requests")
                    process.send_signal(signal.SIGINT)
                process.wait(30)
    lines = told.read_bytes().splitlines()
    news = [json.loads(line) for line in lines if line.endswith(b"}")]
    per_place = Counter((one["watch"], one["id"]) for one in news)
    assert {one["text"] for one in news if one["kind"] == "new"} == wanted
    assert sum(count - 1 for count in per_place.values()) <= 5  # what was told and not noted, as it was killed
    assert {one["kind"] for one in news} == {"new"}
    with keeping.opened(path) as archive:
        held = archive.connection.execute("SELECT text FROM posts").fetchall()
    assert Counter(text for (text,) in held) == Counter(wanted)
    assert keeping.verified(path, deep=True).sound
