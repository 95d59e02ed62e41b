"""Authors, tags, lists and threads on X are watched through its API, and no more is spent than the user allows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clew.fetch import Secret, Settings
from clew.watch import Book
from tests.archive.worlds import made
from tests.fetch.test_x import nowhere
from tests.services.running import until
from tests.services.x import TOKEN, X, x_api
from tests.watch.test_watch import ask, watch

PRICE = 0.005
WEEK = 7 * 86_400.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made(tmp_path / "held").close()
    return tmp_path / "held"


@pytest.fixture
def server() -> Iterator[X]:
    with x_api() as found:
        yield found


def settings(server: X, budget: float = 10.0, **more: Any) -> Settings:
    return nowhere(**{"x": server.url, "budget": budget, "tokens": {"x": Secret(TOKEN)}, **more})


def spent(path: Path) -> float:
    with Book.opened(path) as book:
        ((value,),) = book.connection.execute("SELECT value FROM state WHERE name LIKE 'paid:%'").fetchall()
    return float(value)


@pytest.mark.parametrize("address", ["https://x.com/ana", "https://x.com/hashtag/flood", "https://x.com/i/lists/7"])
@pytest.mark.parametrize("has_archive", [True, False])
def test_what_is_new_is_told_once_and_what_is_known_is_not_paid_again(
    server: X, path: Path, address: str, has_archive: bool
) -> None:
    server.lists["7"], server.has_archive = ("ana",), has_archive
    for number in range(5):
        server.post(f"Before {number} #flood", ago=600 - number)
        server.post("Nothing of it.", by="bob", ago=500)
    watch(path, address)
    assert sorted(str(one.text) for one in ask(path, settings(server))) == [f"Before {n} #flood" for n in range(5)]
    first = server.billed
    assert ask(path, settings(server)) == []
    assert server.billed - first == (0 if "lists" not in address else 5)
    server.post("The water rises #flood")
    (news,) = ask(path, settings(server))
    assert (news.kind, news.text, news.author) == ("new", "The water rises #flood", "@ana")
    assert server.billed - first == (1 if "lists" not in address else 10)
    assert spent(path) == pytest.approx(server.billed * PRICE)


def test_a_list_is_turned_back_to_what_is_known(server: X, path: Path) -> None:
    server.lists["7"] = ("ana", "bob")
    server.post("The first.", ago=600)
    watch(path, "https://x.com/i/lists/7")
    ask(path, settings(server))
    wanted = [
        server.post(f"News {number}.", by="ana" if number % 2 else "bob", ago=500 - number) for number in range(60)
    ]
    assert sorted(str(one.post) for one in ask(path, settings(server))) == sorted(f"x:{own}" for own in wanted)


def test_a_thread_is_watched_and_only_what_is_added_is_paid(server: X, path: Path) -> None:
    first = server.post("1/ The water rises.", ago=900)
    second = server.post("2/ Still.", to=first, ago=800)
    watch(path, f"https://x.com/ana/status/{first}")
    assert len(ask(path, settings(server))) == 2
    before = server.billed
    third = server.post("3/ It falls.", to=second)
    server.post("Is that so?", by="bob", to=second)
    assert [one.text for one in ask(path, settings(server))] == ["3/ It falls."]
    assert server.billed - before <= 3
    assert ask(path, settings(server)) == []
    with Book.opened(path) as book:
        assert book.last_on_x(1) == third


def test_a_place_that_was_silent_for_more_than_a_week_is_asked_in_a_way_that_x_takes(server: X, path: Path) -> None:
    server.has_archive = True
    server.post("Long ago.", ago=3 * WEEK)
    watch(path, "https://x.com/ana")
    ask(path, settings(server))
    server.has_archive = False
    server.post("Here again.")
    assert [one.text for one in ask(path, settings(server))] == ["Here again."]


def test_the_first_asking_does_not_buy_all_that_was_ever_written(server: X, path: Path) -> None:
    for number in range(300):
        server.post(f"Before {number}.", ago=1000 - number)
    watch(path, "https://x.com/ana")
    ask(path, settings(server))
    assert server.billed == 100


def test_a_month_costs_no_more_than_the_budget_however_often_it_is_started(server: X, path: Path) -> None:
    budget = 60 * PRICE
    quoted = server.post("What is quoted.", by="bob", ago=5000)
    asked = server.post("What is asked.", by="bob", ago=5000)
    watch(path, "https://x.com/ana")
    for number in range(40):
        for more in range(5):
            server.post(f"News {number} {more}.", to=asked, quotes=quoted, ago=400 - number)
        ask(path, settings(server, budget))
        assert server.billed <= 60
    assert server.billed > 30  # it was used as far as a whole page, at its dearest, fits in
    with Book.opened(path) as book:
        assert "--budget allows it" in str(book.all()[0].says)


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_process_that_is_killed_while_x_answers_has_spent_what_it_asked_for(server: X, path: Path) -> None:
    server.stalls = "/search/"
    watch(path, "https://x.com/ana")
    env = {**os.environ, "CLEW_X": server.url, "CLEW_X_TOKEN": TOKEN, "CLEW_ARCHIVE": str(path)}
    command = [sys.executable, "-m", "clew", "watch", "run", "--once", "--budget", str(30 * PRICE)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until(lambda: bool(server.site.asked), 30, "the request that stalls")
    process.kill()
    process.communicate(timeout=20)
    assert spent(path) == pytest.approx(30 * PRICE)
    server.stalls = None
    server.post("News.")
    assert ask(path, settings(server, 30 * PRICE)) == []
    assert server.billed == 0


def test_without_a_budget_nobody_is_asked_and_its_price_is_said(server: X, path: Path) -> None:
    watch(path, "https://x.com/ana")
    assert ask(path, settings(server, 0.0)) == []
    assert not server.site.asked
    with Book.opened(path) as book:
        assert "X charges about $0.50 for 100 posts; --budget allows it" in str(book.all()[0].says)
