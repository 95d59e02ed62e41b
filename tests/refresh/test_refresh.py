"""Holes of an archive, and what fills them: ways in order, attempts in the log, nothing lost and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from clew import keeping
from clew.archive import Archive
from clew.fetch import Secret, Settings
from clew.posts import Account, Notice, Origin, Post
from clew.refresh import Ended, Event, Hole, Refresher, Tried, holes
from tests.archive.worlds import add, made, write
from tests.fetch.test_x import FIRST, HTML, TOKEN, api, nowhere, page, stored
from tests.services.memento import Page
from tests.services.memento import archive as web_archive
from tests.services.site import Asked, Reply, site


def post(number: int, of: int, *, to: int | None = None) -> Post:
    return Post(
        platform="x",
        id=str(FIRST + number - 1),
        author=Account(id="1234", handle="ana"),
        time=datetime(2021, 6, 2, 8, 3, 5, tzinfo=UTC),
        text=f"{number}/{of} Page {number}.",
        reply_to=None if to is None else str(FIRST + to - 1),
        reply_to_author="1234" if to else None,
        edges_stated=True,
    )


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Archive]:
    """Give an archive with a thread of three whose second post is missing."""
    with made(tmp_path / "held") as archive:
        add(archive, write(tmp_path / "a.jsonl", [post(1, 3), post(3, 3, to=2)]))
        yield archive


def refreshed(archive: Archive, settings: Settings, *names: str) -> list[Event]:
    refresher = Refresher(archive=archive, settings=settings)
    return list(refresher.of(names) if names else refresher.all())


def tried(events: list[Event]) -> list[tuple[str, str]]:
    return [(one.attempt.route, one.attempt.outcome) for one in events if isinstance(one, Tried)]


def ended(events: list[Event]) -> Ended:
    (found,) = (one for one in events if isinstance(one, Ended))
    return found


def logged(archive: Archive) -> list[tuple[str, str]]:
    return archive.connection.execute("SELECT route, outcome FROM attempts ORDER BY attempt").fetchall()


def counts(archive: Archive) -> tuple[int, int]:
    """Return how many posts are shown, and how many there are by their ids."""
    row: tuple[int, int] = archive.connection.execute("SELECT count(*), count(DISTINCT post) FROM posts").fetchone()
    return row


def test_a_hole_says_what_can_be_tried_what_is_needed_and_what_would_help(held: Archive) -> None:
    (hole,) = holes(held, nowhere())
    assert hole.names == (str(FIRST + 1), "#2")
    assert (hole.count, hole.certainty, hole.state) == (1, "proven", "absent")
    assert hole.routes == ("thread reader", "mementos")
    assert hole.needs == ("X API: needs a token; put one of your own into CLEW_X_TOKEN",)
    assert hole.helps[0].startswith("an export from the author")
    assert hole.attempts == ()
    with_token = replace(nowhere(), tokens={"x": Secret(TOKEN)})
    assert "needs a budget" in next(iter(holes(held, with_token))).needs[0]
    assert next(iter(holes(held, replace(with_token, budget=1.0)))).routes[0] == "X API"


def test_ways_are_gone_in_order_until_nothing_is_missing(held: Archive) -> None:
    with site(lambda _: Reply(page(3), headers=HTML)) as reader:
        events = refreshed(held, nowhere(threadreader=reader.url), str(FIRST))
    assert tried(events) == [("X API", "not-asked"), ("thread reader", "brought")]
    assert [hole.names for hole in ended(events).filled] == [(str(FIRST + 1), "#2")]
    assert ended(events).new == (str(FIRST + 1),)
    assert not ended(events).open
    assert logged(held) == [("thread reader", "brought")]
    assert not list(holes(held, nowhere()))
    assert counts(held) == (3, 3)


def test_what_is_not_found_stays_a_hole_with_every_attempt_and_is_not_called_deleted(held: Archive) -> None:
    with site(lambda _: Reply(b"<p>none", 404, HTML)) as empty:
        settings = nowhere(threadreader=empty.url, memento=(f"{empty.url}/web/",))
        first = refreshed(held, settings, str(FIRST))
        refreshed(held, settings)
    assert tried(first)[1:] == [("thread reader", "nothing"), ("mementos", "nothing")]
    (hole,) = holes(held, settings)
    assert (hole.state, len(hole.attempts)) == ("absent", 4)
    assert "has no thread under this post's id" in hole.attempts[0].says
    assert "no copy" in hole.attempts[1].says
    assert ended(first).open[0].names == hole.names


def test_a_server_that_is_not_there_is_a_failed_attempt(held: Archive) -> None:
    events = refreshed(held, nowhere(), str(FIRST))
    assert tried(events)[1:] == [("thread reader", "failed"), ("mementos", "failed")]
    assert held.connection.execute("SELECT count(*) FROM captures").fetchone() == (1,)


def test_a_deleted_post_comes_back_from_a_web_archive_into_its_hole(held: Archive) -> None:
    gone = f"https://twitter.com/ana/status/{FIRST + 1}"
    given = json.loads(stored("2/3 What was deleted."))
    given["data"] |= {"id": str(FIRST + 1), "referenced_tweets": [{"type": "replied_to", "id": str(FIRST)}]}
    pages = [Page(gone, "2021-06-05T00:00:00Z", json.dumps(given).encode())]
    with web_archive(pages) as gate, site(lambda _: Reply(b"", 404, HTML)) as reader:
        events = refreshed(held, nowhere(threadreader=reader.url, memento=(gate,)), str(FIRST))
    assert ended(events).new == (str(FIRST + 1),)
    assert tried(events)[-1] == ("mementos", "brought")
    assert "as it was on 2021-06-05" in [one.attempt.says for one in events if isinstance(one, Tried)][-1]


def test_the_api_brings_missing_posts_and_its_cost_is_logged(held: Archive) -> None:
    asked: list[str] = []
    with site(api(3, asked)) as server:
        settings = nowhere(x=server.url, budget=1.0, tokens={"x": Secret(TOKEN)})
        events = refreshed(held, settings, str(FIRST))
    assert ended(events).new == (str(FIRST + 1),)
    ((cost,),) = held.connection.execute("SELECT cost FROM attempts").fetchall()
    assert cost == pytest.approx(2 * settings.x_price)
    assert asked == ["/2/tweets"]  # the thread is not searched once every missing post is given
    assert all(TOKEN.encode() not in path.read_bytes() for path in held.path.rglob("*") if path.is_file())


def test_attempts_outlive_the_database(held: Archive) -> None:
    refreshed(held, nowhere(), str(FIRST))
    before = logged(held)
    held.close()
    with keeping.rebuilt(held.path) as again:
        assert logged(again) == before != []
    assert keeping.verified(held.path, deep=True).sound


def test_an_interrupted_way_is_gone_on_with_and_nothing_is_kept_twice(held: Archive) -> None:
    answers = {"slow": True}

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/thread/"):
            return Reply(b"<p>none", 404, HTML)
        slow = answers["slow"] and "mobile.twitter" in asked.path
        return Reply(b"", 404, HTML, fault="silent" if slow else None)

    with site(answer) as server:
        settings = nowhere(threadreader=server.url, memento=(f"{server.url}/web/",))
        events = Refresher(archive=held, settings=settings).of([str(FIRST)])
        for event in events:
            if getattr(event, "url", "").endswith(f"/twitter.com/ana/status/{FIRST + 1}"):
                break
        events.close()  # type: ignore[attr-defined]
        assert logged(held) == [("thread reader", "nothing")]
        asked = len(server.asked)
        answers["slow"] = False
        refreshed(held, settings, str(FIRST))
        again = [path for path in server.paths()[asked:] if "/web/" in path]
    assert [path for path in again if "/x.com/" in path or "/web/https://twitter.com/" in path] == []
    assert any("mobile.twitter" in path for path in again)
    assert not (held.path / "fetching").exists()
    assert keeping.verified(held.path, deep=True).sound


def test_a_server_that_wants_rest_is_left_alone_by_the_threads_that_follow(tmp_path: Path) -> None:
    second = [replace_id(post(1, 3), 100), replace_id(post(3, 3), 102)]
    with made(tmp_path / "held") as archive, site(lambda _: Reply(b"", 429, {"Retry-After": "3000"})) as server:
        add(archive, write(tmp_path / "a.jsonl", [post(1, 3), post(3, 3, to=2), *second]))
        events = refreshed(archive, nowhere(threadreader=server.url))
        assert len(server.asked) == 1
        says = [one.attempt.says for one in events if isinstance(one, Tried) and one.attempt.route == "thread reader"]
    assert "asks to wait 3000 s" in says[0]
    assert "it wants to be left alone" in says[1]


def replace_id(one: Post, by: int) -> Post:
    return msgspec.structs.replace(one, id=str(int(one.id) + by), author=Account(id="77", handle="bo"), reply_to=None)


def test_a_thread_that_lacks_nothing_is_asked_for_again_to_see_what_changed(tmp_path: Path) -> None:
    with made(tmp_path / "held") as archive:
        add(archive, write(tmp_path / "a.jsonl", [post(1, 2), post(2, 2, to=1)]))
        with site(lambda _: Reply(page(2).replace(b"Page 1.", b"Other words."), headers=HTML)) as reader:
            events = refreshed(archive, nowhere(threadreader=reader.url), str(FIRST))
    assert tried(events)[1:] == [("thread reader", "brought")]
    assert ended(events).changed == 1


def test_a_page_without_ids_says_what_it_would_take(tmp_path: Path) -> None:
    with made(tmp_path / "held") as archive:
        text = tmp_path / "thread.txt"
        text.write_text("1/ One.\n\n2/ Two.\n\n4/ Four.\n", encoding="utf-8")
        add(archive, text)
        found: list[Hole] = list(holes(archive, nowhere()))
    assert found
    assert all(hole.routes == () for hole in found)
    assert found[0].helps[0] == "the address of any post of the thread: clew add URL"


def test_what_a_source_says_of_an_absent_post_is_learned(held: Archive, tmp_path: Path) -> None:
    before = list(holes(held, nowhere()))
    says = Notice(
        kind="gone",
        says="X says that its author deleted it.",
        origin=Origin(capture="sha256:0", file="a", place="$"),
        platform="x",
        post=str(FIRST + 1),
        state="deleted",
    )
    add(held, write(tmp_path / "b.jsonl", [says]))
    assert [hole.state for hole in before] == ["absent"]
    assert [hole.state for hole in holes(held, nowhere())] == ["deleted"]


def test_the_budget_is_for_all_threads_together(tmp_path: Path) -> None:
    others = [
        replace_id(post(1, 3), 100),
        msgspec.structs.replace(replace_id(post(3, 3), 102), reply_to=str(FIRST + 101), reply_to_author="77"),
    ]
    with made(tmp_path / "held") as archive, site(api(3, [])) as server:
        add(archive, write(tmp_path / "a.jsonl", [post(1, 3), post(3, 3, to=2), *others]))
        settings = nowhere(x=server.url, budget=0.035, tokens={"x": Secret(TOKEN)})
        refresher = Refresher(archive=archive, settings=settings)
        events = list(refresher.all())
    asked = [one.attempt for one in events if isinstance(one, Tried) and one.attempt.route == "X API"]
    assert [one.outcome for one in asked] == ["brought", "not-asked"]
    assert "needs a budget" in asked[1].says
    assert refresher.spent <= settings.budget
