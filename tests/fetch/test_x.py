"""X by each of its routes: Thread Reader, web archives, the API with a token and a budget."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.fetch.conftest import QUICK
from tests.services.memento import Page, archive
from tests.services.running import until
from tests.services.site import Asked, Reply, site
from tests.services.x import x_api

from clew import addresses
from clew.fetch import Ear, Secret, Settings, visited, x
from clew.ingest import Intake
from clew.posts import Item, Post
from clew.threads import PostEntry, Thread, weave

FIRST = 1400000000000000001
TOKEN = "a-token-that-nobody-may-see"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def read(address: str, settings: Settings, keep: Path | None = None) -> tuple[Intake, list[Item]]:
    intake = Intake(settings=settings, keep=keep)
    items = list(intake.items(address))
    assert not intake.unread
    return intake, items


def meant(intake: Intake, items: list[Item]) -> Thread:
    assert not intake.errors
    (thread,) = (thread for thread in weave(items) if intake.is_meant(thread))
    return thread


def nowhere(**more: Any) -> Settings:
    """Return settings under which every route leads to this machine."""
    closed = "http://127.0.0.1:9"
    given = {"threadreader": closed, "x": closed, "memento": (f"{closed}/",), "limits": replace(QUICK, attempts=1)}
    return Settings.of({}, **{"keyring": False, **given, **more})


def page(posts: int) -> bytes:
    blocks = "".join(
        f'<div id="tweet_{at}" class="content-tweet allow-preview" data-screenname="ana" data-tweet="{FIRST + at - 1}">'
        f"{at}/{posts} Page {at}.</div>"
        for at in range(1, posts + 1)
    )
    link = f'<link rel="canonical" href="https://threadreaderapp.com/thread/{FIRST}.html">'
    return f"<!DOCTYPE html><html><head>{link}</head><body>{blocks}</body></html>".encode()


@pytest.mark.parametrize(
    "address",
    [
        f"https://x.com/ana/status/{FIRST}?s=46&t=abc",
        f"https://mobile.twitter.com/ana/status/{FIRST}",
        f"fixupx.com/ana/status/{FIRST}/photo/1",
        f"https://threadreaderapp.com/thread/{FIRST}.html",
        f"threadreaderapp.com/convos/{FIRST}",
        f"https://x.com/i/status/{FIRST}",
        f"https://twitter.com/i/web/status/{FIRST}?s=20",
        f"https://vxtwitter.com/ana/status/{FIRST}",
        f"https://fxtwitter.com/ana/status/{FIRST}/en",
        f"https://nitter.net/ana/status/{FIRST}#m",
        f"https://nitter.example.org/i/status/{FIRST}",
        f"https://platform.twitter.com/embed/Tweet.html?id={FIRST}",
        f"<https://x.com/ana/status/{FIRST}?ref_src=twsrc%5Etfw>.",
        f"https://web.archive.org/web/20210605000000/https://twitter.com/ana/status/{FIRST}",
    ],
)
def test_a_thread_is_read_from_its_thread_reader_page(address: str) -> None:
    with site(lambda _: Reply(page(3), headers=HTML)) as reader:
        thread = meant(*read(address, nowhere(threadreader=reader.url)))
        assert reader.paths() == [f"/thread/{FIRST}.html"]
    assert [entry.number for entry in thread.entries if isinstance(entry, PostEntry)] == [1, 2, 3]


def test_each_route_says_why_it_gave_nothing() -> None:
    with site(lambda _: Reply(b"<p>none", 404, HTML)) as reader, site(lambda _: Reply(b"", 404, HTML)) as empty:
        gate = f"{empty.url}/web/"
        intake, _ = read(f"https://x.com/ana/status/{FIRST}", nowhere(threadreader=reader.url, memento=(gate,)))
        asked = empty.paths()
    says = str(intake.errors[0])
    assert "X API: no token; put one of your own into CLEW_X_TOKEN" in says
    assert "has no thread under this post's id" in says
    assert "no copy of https://twitter.com/ana/status/" in says
    assert {f"/web/https://{host}/ana/status/{FIRST}" for host in ("x.com", "twitter.com")} <= set(asked)


def stored(text: str) -> bytes:
    """Return a post as web archives have taken it from X since 2022."""
    post = {
        "id": str(FIRST),
        "text": text,
        "author_id": "1234",
        "conversation_id": str(FIRST),
        "created_at": "2021-06-02T08:33:32.000Z",
        "edit_history_tweet_ids": [str(FIRST)],
    }
    return json.dumps(
        {"data": post, "includes": {"users": [{"id": "1234", "name": "Ana", "username": "ana"}]}}
    ).encode()


def test_a_deleted_post_comes_back_from_a_web_archive() -> None:
    address = f"https://twitter.com/ana/status/{FIRST}"
    shell = b"<!DOCTYPE html><title>X</title><p>JavaScript is not available."
    pages = [
        Page(address, "2021-06-05T00:00:00Z", stored("1/ What was deleted. Удалено.")),
        Page(address, "2023-06-05T00:00:00Z", shell, "text/html"),
        Page(address.replace("twitter", "x"), "2024-06-05T00:00:00Z", shell, "text/html"),
    ]
    with archive(pages) as gate:
        intake, items = read(address.replace("twitter", "x"), nowhere(memento=(gate,)))
    thread = meant(intake, items)
    assert [post.text for post in thread.posts()] == ["1/ What was deleted. Удалено."]
    (way,) = [tried for tried in intake.brought[0].tried if tried.helped]
    assert way.says.endswith(f"{address} as it was on 2021-06-05 00:00 UTC")


def test_a_page_as_twitter_wrote_it_until_2020_comes_back_from_a_web_archive() -> None:
    case = Path(__file__).parents[1] / "sources/cases/x_html/a-thread-by-its-third-post.html"
    address = "https://twitter.com/ana/status/900000000000000003"
    pages = [Page(address, "2017-09-01T00:00:00Z", case.read_bytes(), "text/html; charset=utf-8")]
    with archive(pages) as gate:
        intake, items = read("https://x.com/ana/status/900000000000000003", nowhere(memento=(gate,)))
    thread = meant(intake, items)
    assert [post.text[:2] for post in thread.posts()] == ["1/", "2/", "3/", "4/"]
    assert not list(thread.gaps())


def api(posts: int, asked_for: list[str]) -> Callable[[Asked], Reply]:
    """Return the API of X with one thread, whose second post a search does not find."""
    users = [{"id": "1234", "name": "Ana", "username": "ana"}]

    def post(at: int) -> dict[str, object]:
        parents = [{"type": "replied_to", "id": str(FIRST + at - 1)}] if at else []
        return {
            "id": str(FIRST + at),
            "text": f"{at + 1}/{posts} Page {at + 1}.",
            "author_id": "1234",
            "conversation_id": str(FIRST),
            "created_at": "2021-06-02T08:33:32.000Z",
            "edit_history_tweet_ids": [str(FIRST + at)],
            "referenced_tweets": parents,
        }

    def answer(asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        given = parse_qs(parts.query)
        asked_for.append(parts.path)
        assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
        if parts.path == "/2/tweets":
            found = [post(int(own) - FIRST) for own in given["ids"][0].split(",")]
            return Reply(json.dumps({"data": found, "includes": {"users": users}}).encode())
        if parts.path.endswith("/all"):
            return Reply(b'{"title":"Forbidden","status":403}', 403)
        start = int(given.get("next_token", ["0"])[0])
        most = int(given["max_results"][0])
        found = [post(at) for at in range(start, min(start + most, posts)) if at != 1]
        meta: dict[str, object] = {"result_count": len(found)}
        if start + most < posts:
            meta["next_token"] = str(start + most)
        return Reply(json.dumps({"data": found, "includes": {"users": users}, "meta": meta}).encode())

    return answer


def test_the_api_gives_a_thread_within_the_budget(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    told: list[str] = []
    with site(api(150, [])) as server:
        settings = nowhere(x=server.url, budget=5.0, tokens={"x": Secret(TOKEN)})
        intake = Intake(settings=settings, keep=tmp_path / "kept.warc.gz", tell=told.append)
        items = list(intake.items(f"x.com/ana/status/{FIRST + 7}"))
    thread = meant(intake, items)
    assert [entry.number for entry in thread.entries if isinstance(entry, PostEntry)] == list(range(1, 151))
    assert told == ["X API: at most 1,000 posts, which cost up to $5.00"]
    attempts = intake.brought[0].attempts
    assert round(sum(one.cost for one in attempts) / settings.x_price) == 151
    assert TOKEN not in caplog.text
    assert TOKEN.encode() not in (tmp_path / "kept.warc.gz").read_bytes()
    assert TOKEN not in repr(attempts)


def test_no_more_is_asked_than_the_budget_allows() -> None:
    with site(api(150, [])) as server:
        settings = nowhere(x=server.url, budget=0.5, tokens={"x": Secret(TOKEN)})
        intake, items = read(f"x.com/ana/status/{FIRST}", settings)
    assert len({item.id for item in items if isinstance(item, Post)}) <= 100
    assert sum(one.cost for one in intake.brought[0].attempts) <= 0.5
    assert "the budget was used up" in intake.brought[0].tried[0].says


@pytest.mark.parametrize("posts", [1, 4, 7, 30, 33, 100])
def test_no_post_is_billed_beyond_the_budget_though_each_brings_two_others(posts: int) -> None:
    with x_api() as server:
        quoted, first = server.post("Quoted.", by="bob", ago=9000), server.post("1/ The first.", ago=8000)
        last = first
        for number in range(2, 60):
            quoted = server.post(f"Quoted {number}.", by="bob", ago=7000)
            last = server.post(f"{number}/ More.", to=last, quotes=quoted, ago=6000 - number)
        budget = posts * Settings().x_price
        settings = nowhere(x=server.url, budget=budget, tokens={"x": Secret(TOKEN)})
        intake, _ = read(f"https://x.com/ana/status/{last}", settings)
        assert server.billed <= posts
        assert bool(server.billed) == (posts >= 3)
        brought = intake.brought[0].attempts if intake.brought else ()
        assert sum(one.cost for one in brought) == pytest.approx(server.billed * settings.x_price)


@pytest.mark.parametrize(("fault", "posts"), [("silent", 3), ("reset", 3), ("truncated", 3), (None, 0)])
def test_an_answer_that_does_not_come_counts_as_paid_unless_nobody_was_reached(fault: Any, posts: int) -> None:
    body = json.dumps({"data": [], "pad": "x" * 5000}).encode()
    with site(lambda _: Reply(body, fault=fault)) as server:
        url = server.url if fault else "http://127.0.0.1:9"
        limits = replace(QUICK, attempts=3, silence=0.5)
        settings = nowhere(x=url, budget=0.1, tokens={"x": Secret(TOKEN)}, limits=limits, memento=())
        paid: list[float] = []
        address = addresses.pasted(f"https://x.com/ana/status/{FIRST}")
        assert address
        with tempfile.TemporaryDirectory() as folder:
            ear, into = Ear(paid=paid.append), Path(folder, "a.warc.gz")
            brought = asyncio.run(visited(lambda visit: x.fetch(address, visit), into, settings, ear))
        assert len(server.asked) == (1 if fault else 0)  # what may have been charged is not asked for again
    assert sum(paid) == pytest.approx(posts * settings.x_price)
    assert sum(one.cost for one in brought.attempts) == pytest.approx(posts * settings.x_price)


def test_what_was_paid_before_an_interruption_counts_when_it_is_gone_on_with(tmp_path: Path) -> None:
    keep = tmp_path / "kept.warc.gz"
    command = [sys.executable, "-m", "clew", "read", "--keep", str(keep), "--budget", "0.2", "--quiet", "--posts"]
    with x_api() as server:
        server.has_archive = True
        last = first = server.post("1/ The first.", ago=8000)
        for number in range(2, 40):
            last = server.post(f"{number}/ More.", to=last, ago=6000 - number)
        env = {**os.environ, "CLEW_X": server.url, "CLEW_X_TOKEN": TOKEN, "CLEW_THREADREADER": "http://127.0.0.1:9"}
        command.append(f"https://x.com/ana/status/{first}")
        server.stalls = "/search/"
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until(lambda: any("/search/" in path for path in server.site.paths()), 30, "the request that stalls")
        process.kill()
        process.communicate(timeout=20)
        server.stalls, before = None, server.billed
        assert before == 1
        done = subprocess.run(command, env=env, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        billed, paths = server.billed, server.site.paths()
    assert sum(path.startswith(f"/2/tweets?ids={first}&") for path in paths) == 1  # it is not paid twice
    assert 10 < billed <= 40
    log = requests_of(keep)
    assert sum(one["cost"] for one in log) == pytest.approx(billed * Settings().x_price)
    assert "before it was interrupted" in log[0]["says"]
    assert all(one["time"] and one["url"].startswith(server.url) for one in log)


def requests_of(path: Path) -> list[dict[str, Any]]:
    """Return the log of requests that a file ends with."""
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

    with path.open("rb") as stream:
        found = [
            json.loads(one.content_stream().read()) for one in ArchiveIterator(stream) if one.rec_type == "metadata"
        ]
    return [one for log in found for one in log]


def test_without_a_budget_the_api_is_not_asked_and_its_price_is_said() -> None:
    asked_for: list[str] = []
    with site(api(3, asked_for)) as server:
        intake, _ = read(f"x.com/ana/status/{FIRST}", nowhere(x=server.url, tokens={"x": Secret(TOKEN)}))
    assert not asked_for
    assert "X charges about $0.50 for 100 posts; --budget allows it" in str(intake.errors[0])


def test_a_profile_is_read_by_the_api_alone() -> None:
    intake, _ = read("https://x.com/ana", nowhere())
    assert "no token" in str(intake.errors[0])
