"""What befalls answers on their way, each time before a real server: nothing lost, nothing doubled, no endless asking.

A server that speaks Mastodon's API stands behind a proxy that fails as servers and networks do.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from tests.archive.worlds import add as keep
from tests.archive.worlds import made, write
from tests.fetch.conftest import QUICK
from tests.fetch.test_mastodon import chain
from tests.services.mastodon import Mastodon, limited, mastodon
from tests.services.running import until
from tests.services.site import Asked, Reply, Site, forwarding, site

from clew import keeping
from clew.archive import Archive
from clew.archive.spool import spooled
from clew.fetch import NotFetched, Settings, guard, origin_of
from clew.fetch.guard import Guarded, Refused
from clew.fetch.pace import wait_named
from clew.fetch.public import is_public
from clew.ingest import Intake
from clew.keeping import Keeper
from clew.posts import Account, Post
from clew.refresh import Refresher, Tried
from clew.threads import weave

LENGTH = 6
HTML = {"Content-Type": "text/html; charset=utf-8"}
GARBAGE = bytes(range(256)) * 40_960  # 10 MB

Answer = Callable[[Asked], Reply]
Fault = Callable[[Reply], Reply]


@dataclass(slots=True)
class Faulty:
    """An answer that fails a number of times wherever a path holds some words, and is right otherwise."""

    right: Answer
    fault: Fault
    at: str
    times: int
    failed: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Reply:
        if self.at in asked.path and len(self.failed) < self.times:
            self.failed.append(asked.path)
            return self.fault(self.right(asked))
        return self.right(asked)


def late(seconds: float) -> Fault:
    """Return a refusal that asks to wait until a time by the server's own clock, which is years behind."""
    clock = datetime(2019, 1, 1, tzinfo=UTC)
    headers = {"Retry-After": format_datetime(clock + timedelta(seconds=seconds), usegmt=True)}
    return lambda reply: Reply(b"", 429, {**headers, "Date": format_datetime(clock, usegmt=True)})


FAULTS: dict[str, Fault] = {
    "asks to wait": lambda reply: Reply(b"{}", 429, {"Retry-After": "1"}),
    "asks to wait by a clock of its own": late(1),
    "fails": lambda reply: Reply(b"Internal Server Error", 500, HTML),
    "is in maintenance": lambda reply: Reply(b"<h1>Back soon</h1>", 503, {**HTML, "Retry-After": "1"}),
    "tears the connection": lambda reply: replace(reply, fault="reset"),
    "breaks off": lambda reply: replace(reply, fault="truncated"),
    "trickles": lambda reply: replace(reply, fault="slow"),
    "says nothing": lambda reply: replace(reply, fault="silent"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Mastodon]:
    with mastodon() as found:
        yield found


@pytest.fixture(scope="module")
def posts(server: Mastodon) -> list[str]:
    return chain(server, LENGTH)


@pytest.fixture
def real(server: Mastodon) -> Iterator[Answer]:
    with forwarding(server.url) as answer:
        yield limited(answer)


@pytest.fixture
def settings() -> Settings:
    return Settings.of({}, limits=replace(QUICK, exchange=2.0, silence=1.0), keyring=False)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Archive]:
    with made(tmp_path / "held") as archive:
        yield archive


def add(archive: Archive, found: Site, post: str, settings: Settings) -> Sequence[str]:
    """Keep a thread by its address; returns what could not be had."""
    return Keeper(archive=archive, settings=settings).add(f"{found.url}/@ana/{post}").unread


def texts(archive: Archive) -> list[str]:
    """Return what the posts of the thread say; other threads of the account may have come with it."""
    wanted = (f"%/{LENGTH} Page %",)
    return [
        text for (text,) in archive.connection.execute("SELECT text FROM posts WHERE text LIKE ? ORDER BY text", wanted)
    ]


WHOLE = [f"{number}/{LENGTH} Page {number}." for number in range(1, LENGTH + 1)]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_what_fails_for_a_while_is_asked_for_again_and_nothing_is_lost(
    posts: list[str], real: Answer, settings: Settings, held: Archive, fault: Fault
) -> None:
    faulty = Faulty(real, fault, "/context", 2)
    with site(faulty) as found:
        add(held, found, posts[2], settings)
        contexts = [path for path in found.paths() if "/context" in path]
    assert texts(held) == WHOLE
    assert len(faulty.failed) == 2
    assert len(contexts) <= 2 + len(set(contexts))
    assert keeping.verified(held.path, deep=True).sound


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_what_fails_for_good_is_given_up_said_and_called_no_deletion(
    posts: list[str], real: Answer, settings: Settings, held: Archive, fault: Fault
) -> None:
    settings = replace(settings, limits=replace(settings.limits, attempts=2, exchange=1.0, silence=0.5))
    with site(Faulty(real, fault, "/context", 10**6)) as found:
        add(held, found, posts[2], settings)
        assert max(found.paths().count(path) for path in found.paths()) <= settings.limits.attempts
    found_texts = texts(held)
    assert WHOLE[2] in found_texts
    assert len(found_texts) == (1 if fault is not FAULTS["breaks off"] else 3)  # what came before the break is kept
    states = held.connection.execute("SELECT DISTINCT state FROM holes").fetchall()
    assert states == [("absent",)]


def test_a_page_where_json_was_asked_for_is_no_thread_and_no_deletion(
    posts: list[str], real: Answer, settings: Settings, held: Archive
) -> None:
    page = Reply(b"<!doctype html><h1>Checking your browser</h1>", 200, HTML)
    with site(Faulty(real, lambda reply: page, "/context", 10**6)) as found:
        add(held, found, posts[2], settings)
    assert texts(held) == WHOLE[2:3]
    assert held.connection.execute("SELECT DISTINCT state FROM holes").fetchall() == [("absent",)]


def test_json_is_read_whatever_it_says_it_is(posts: list[str], real: Answer, settings: Settings, held: Archive) -> None:
    with site(Faulty(real, lambda reply: replace(reply, headers=HTML), "/api/", 10**6)) as found:
        add(held, found, posts[2], settings)
    assert texts(held) == WHOLE


def test_ten_megabytes_of_garbage_are_cut_where_the_limit_is(
    posts: list[str], real: Answer, settings: Settings, held: Archive
) -> None:
    settings = replace(settings, limits=replace(settings.limits, page=1 << 20))
    with site(Faulty(real, lambda reply: Reply(GARBAGE), "/context", 1)) as found:
        add(held, found, posts[2], settings)
    ((size,),) = held.connection.execute("SELECT sum(size) FROM captures").fetchall()
    assert size < 4 << 20
    assert WHOLE[2] in texts(held)


@pytest.mark.parametrize(
    "where",
    [
        "http://127.0.0.1:{}/",
        "http://localhost:{}/",
        "http://[::1]:{}/",
        "http://0.0.0.0:{}/",
        "http://2130706433:{}/",
        "http://127.1:{}/",
        "http://0x7f000001:{}/",
        "http://0177.0.0.1:{}/",
        "http://[::ffff:127.0.0.1]:{}/",
        "http://localhost.:{}/",
    ],
)
def test_no_redirect_leads_to_this_machine(
    posts: list[str], real: Answer, settings: Settings, held: Archive, where: str
) -> None:
    with site(lambda _: Reply(b"secret")) as other:
        moved = where.format(other.url.rpartition(":")[2])
        with site(Faulty(real, lambda reply: Reply(b"", 302, {"Location": moved}), "/context", 10**6)) as found:
            add(held, found, posts[2], settings)
        assert not other.asked
    assert texts(held) == WHOLE[2:3]


@pytest.mark.parametrize(
    "where",
    "http://[ http://a:99999/ http://:80/ http://1.1.1.1:0/ http://[v1.x]/ http://xn--/ ftp://a/ javascript:1 // http:///x"
    " http://%00/ http://ana:word@127.0.0.1/ data:text/html,a".split(),
)
def test_no_redirect_is_too_strange(
    posts: list[str], real: Answer, settings: Settings, held: Archive, where: str
) -> None:
    with site(Faulty(real, lambda reply: Reply(b"", 302, {"Location": where}), "/context", 10**6)) as found:
        add(held, found, posts[2], settings)
    assert texts(held) == WHOLE[2:3]
    assert keeping.verified(held.path, deep=True).sound


@pytest.mark.parametrize(
    "where",
    ["http://169.254.169.254/latest/meta-data/", "http://[fe80::1%25eth0]/", "http://10.0.0.1/", "file:///etc/passwd"],
)
def test_no_redirect_leads_into_private_networks(
    posts: list[str], real: Answer, settings: Settings, held: Archive, where: str
) -> None:
    began = time.monotonic()
    with site(Faulty(real, lambda reply: Reply(b"", 302, {"Location": where}), "/context", 10**6)) as found:
        add(held, found, posts[2], settings)
    assert texts(held) == WHOLE[2:3]
    assert time.monotonic() - began < 10  # nobody was waited for


def test_a_way_on_which_nobody_is_asked_leaves_a_sound_ledger(tmp_path: Path) -> None:
    post = Post(
        platform="bluesky",
        id="at://did:plc:nobody/app.bsky.feed.post/a",
        author=Account(id="did:plc:nobody", handle="nobody.test"),
        time=datetime(2026, 1, 1, tzinfo=UTC),
        text="1/3 Nobody's.",
        edges_stated=True,
    )
    with made(tmp_path / "held") as archive:
        keep(archive, write(tmp_path / "a.jsonl", [post]))
        closed = "http://127.0.0.1:9"
        nowhere = Settings.of({"CLEW_BLUESKY": closed, "CLEW_PLC": closed}, limits=replace(QUICK, attempts=1))
        events = list(Refresher(archive=archive, settings=nowhere).all())
    assert [one.attempt.outcome for one in events if isinstance(one, Tried)]
    assert keeping.verified(tmp_path / "held", deep=True).sound


def test_a_circle_of_redirects_ends(posts: list[str], real: Answer, settings: Settings, held: Archive) -> None:
    around = Faulty(real, lambda reply: Reply(b"", 302, {"Location": "/api/v1/statuses/1/context"}), "/context", 10**6)
    with site(around) as found:
        add(held, found, posts[2], settings)
    assert len(around.failed) < 40
    assert texts(held) == WHOLE[2:3]


@pytest.fixture
def home(server: Mastodon, real: Answer) -> Iterator[tuple[Site, Faulty]]:
    """Give a proxy that is where its posts say that they were published, and that gives no contexts."""
    faulty = Faulty(real, lambda reply: Reply(b"", 500), "/context", 10**6)

    def moved(asked: Asked) -> Reply:
        reply = faulty(asked)
        return replace(reply, body=reply.body.replace(server.url.replace("127.0.0.1", "localhost").encode(), at))

    with site(moved) as found:
        at = found.url.encode()
        yield found, faulty


def test_an_address_in_what_was_read_does_not_lead_into_a_private_network(
    home: tuple[Site, Faulty], posts: list[str], settings: Settings, held: Archive
) -> None:
    found, _ = home
    quick = replace(settings, limits=replace(settings.limits, attempts=1))
    add(held, found, posts[2], quick)
    asked = len(found.asked)
    events = list(Refresher(archive=held, settings=quick).all())
    assert len(found.asked) == asked  # the user named this server to `add`, and not for what was read
    says = [one.attempt.says for one in events if isinstance(one, Tried)]
    assert any("is in a private network" in one for one in says)


def test_attempts_that_failed_are_logged_and_a_later_one_brings_the_rest(
    home: tuple[Site, Faulty], posts: list[str], settings: Settings, held: Archive
) -> None:
    found, faulty = home
    limits = replace(settings.limits, attempts=1)
    mine = replace(settings, limits=limits, local=frozenset({origin_of(found.url)}), memento=())
    add(held, found, posts[2], mine)
    list(Refresher(archive=held, settings=mine).all())
    before = held.connection.execute("SELECT route, outcome FROM attempts ORDER BY attempt").fetchall()
    assert before == [("post", "brought"), ("thread", "failed")]
    faulty.times = 0
    list(Refresher(archive=held, settings=mine).all())
    after = held.connection.execute("SELECT route, outcome FROM attempts ORDER BY attempt").fetchall()
    assert after == [*before, ("post", "brought"), ("thread", "brought")]
    assert texts(held) == WHOLE
    assert not held.connection.execute("SELECT 1 FROM holes").fetchall()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "Tue, 01 Jan 2019 00:00:09 GMT", "date": "Tue, 01 Jan 2019 00:00:00 GMT"}, 9),
        ({"retry-after": "Fri, 01 Jan 2100 00:00:09 GMT", "date": "Fri, 01 Jan 2100 00:00:00 GMT"}, 9),
        ({"x-ratelimit-reset": "2019-01-01T00:00:30Z", "date": "Tue, 01 Jan 2019 00:00:00 GMT"}, 30),
        ({"x-rate-limit-reset": "1546300830", "date": "Tue, 01 Jan 2019 00:00:00 GMT"}, 30),
        ({"retry-after": "Tue, 01 Jan 2019 00:00:00 GMT"}, 0),
    ],
)
def test_a_server_s_times_are_taken_by_its_own_clock(headers: dict[str, str], seconds: float) -> None:
    assert wait_named(headers, 429) == seconds


def test_a_post_from_the_future_is_in_its_place(settings: Settings, server: Mastodon, real: Answer) -> None:
    posts = chain(server, 3)

    def ahead(asked: Asked) -> Reply:
        reply = real(asked)
        year = datetime.now(UTC).year
        return replace(reply, body=reply.body.replace(f'"created_at":"{year}-'.encode(), b'"created_at":"2099-'))

    with site(ahead) as found:
        intake = Intake(settings=settings)
        items = list(intake.items(f"{found.url}/@ana/{posts[0]}"))
    (thread,) = (thread for thread in weave(items) if intake.is_meant(thread))
    assert [post.text[:1] for post in thread.posts()] == ["1", "2", "3"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_a_program_that_is_killed_goes_on_when_it_is_started_again(
    posts: list[str], real: Answer, tmp_path: Path, sign: signal.Signals
) -> None:
    stalls = Faulty(real, lambda reply: replace(reply, fault="silent"), "/accounts/", 1)
    kept = tmp_path / "kept.warc.gz"
    with site(stalls) as found:
        command = [sys.executable, "-m", "clew", "read", f"{found.url}/@ana/{posts[2]}", "--keep", str(kept), "--quiet"]
        first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ))
        until(lambda: bool(stalls.failed), 30, "the request that stalls")
        first.send_signal(sign)
        first.communicate(timeout=20)
        before = found.paths()
        again = subprocess.run([*command, "--to", "jsonl"], capture_output=True, text=True, timeout=60, check=False)
        after = found.paths()[len(before) :]
    assert again.returncode == 0, again.stderr
    assert all(f"Page {number}." in again.stdout for number in range(1, LENGTH + 1))
    answered = {path for path in before if "/accounts/" not in path}
    assert not answered & set(after)


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_an_addition_that_is_killed_goes_on_when_it_is_made_again(
    posts: list[str], real: Answer, tmp_path: Path
) -> None:
    stalls = Faulty(real, lambda reply: replace(reply, fault="silent"), "/accounts/", 1)
    made(tmp_path / "held").close()
    with site(stalls) as found:
        command = [
            sys.executable,
            "-m",
            "clew",
            "add",
            f"{found.url}/@ana/{posts[2]}",
            "--archive",
            str(tmp_path / "held"),
        ]
        first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until(lambda: bool(stalls.failed), 30, "the request that stalls")
        first.kill()
        first.communicate(timeout=20)
        before = found.paths()
        again = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        after = found.paths()[len(before) :]
    assert again.returncode == 0, again.stderr
    assert not {path for path in before if "/accounts/" not in path} & set(after)
    assert not (tmp_path / "held" / "fetching").exists()
    with keeping.opened(tmp_path / "held") as archive:
        assert texts(archive) == WHOLE


def test_two_processes_at_the_same_question_do_not_share_a_file(tmp_path: Path) -> None:
    with spooled(tmp_path, "a question") as one, spooled(tmp_path, "a question") as other:
        assert one != other
    with spooled(tmp_path, "a question") as again:
        assert again == one


@pytest.mark.parametrize("answers", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["127.0.0.1"], ["::ffff:169.254.169.254"]])
def test_a_name_with_any_private_address_is_not_gone_to_and_is_looked_up_once(
    answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def look_up(host: str, port: int, timeout: float | None) -> list[str]:
        asked.append(host)
        return answers

    monkeypatch.setattr(guard, "_looked_up", look_up)
    found = Guarded(())
    with pytest.raises(Refused, match=r"rebound\.example is in a private network"):
        asyncio.run(found.connect_tcp("rebound.example", 443))
    assert asked == ["rebound.example"]


def test_the_connection_goes_to_the_address_that_was_checked(
    posts: list[str], real: Answer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(real) as found:
        port = int(found.url.rpartition(":")[2])
        asked: list[str] = []

        async def look_up(host: str, port: int, timeout: float | None) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]  # the system knows no such name, so that a second look-up would fail

        monkeypatch.setattr(guard, "_looked_up", look_up)
        intake = Intake(settings=settings)
        items = list(intake.items(f"http://no-such-name.invalid:{port}/@ana/{posts[0]}"))
    assert {item.text for item in items if isinstance(item, Post) and f"/{LENGTH} " in item.text} == set(WHOLE)
    assert set(asked) == {"no-such-name.invalid"}


def test_what_is_private_is_known_in_every_disguise() -> None:
    private = (
        "127.0.0.1 10.1.2.3 169.254.169.254 192.168.0.1 100.64.0.1 0.0.0.0 ::1 :: fe80::1 fd00::1 ::ffff:127.0.0.1"
    )
    private += " 64:ff9b::a00:1 2002:a00:1:: ::10.0.0.1 224.0.0.1 255.255.255.255 ff02::1"
    assert [one for one in private.split() if is_public(one)] == []
    assert all(map(is_public, ("8.8.8.8", "2606:4700::1111")))


def test_a_profile_of_a_server_that_is_not_there_is_said_to_be_out_of_reach(settings: Settings, held: Archive) -> None:
    with site(lambda _: Reply(b"", 500)) as found:
        quick = replace(settings, limits=replace(settings.limits, attempts=1))
        with pytest.raises(NotFetched, match="answered 500"):
            Keeper(archive=held, settings=quick).add(f"{found.url}/@ana")


def test_a_server_that_can_t_be_reached_is_not_tried_again_for_every_address(
    settings: Settings, tmp_path: Path
) -> None:
    quick = replace(settings, limits=replace(settings.limits, attempts=3))
    intake = Intake(settings=replace(quick, memento=("http://127.0.0.1:9/",), threadreader="http://127.0.0.1:9"))
    assert list(intake.items("https://x.com/ana/status/1400000000000000001")) == []
    says = str(intake.errors[0])
    assert "could not be reached" in says
    assert "a moment ago" in says
    assert len(intake.errors) == 1
