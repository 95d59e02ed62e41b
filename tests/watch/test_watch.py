"""What happens where somebody watches is kept once, told once, and told as what it is."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import feedparser  # type: ignore[import-untyped]
import pytest

from clew import keeping, removing
from clew.errors import BadOption, NothingFound
from clew.fetch import Settings
from clew.fetch.latest import place_of
from clew.lock import locked
from clew.watch import Book, News, Runner, run
from clew.watch.hold import Hold
from clew.watch.tell import feed
from tests.archive.worlds import made
from tests.fetch.conftest import QUICK
from tests.fetch.test_mastodon import chain
from tests.services.jetstream import jetstream
from tests.services.mastodon import Mastodon
from tests.services.network import Network
from tests.services.running import until
from tests.services.site import Reply, site


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made(tmp_path / "held").close()
    return tmp_path / "held"


def watch(path: Path, *urls: str, every: float | None = None, did: str | None = None) -> None:
    with Book.opened(path) as book:
        for url in urls:
            found = place_of(url)
            assert found is not None
            book.add(found.kind, found.platform, found.url, added="2020-01-01T00:00:00Z", now=0.0, every=every)
            if found.kind == "author" and found.name.startswith("did:"):
                book.know(next(one.watch for one in book.all() if one.url == found.url), found.name)


def ask(path: Path, settings: Settings) -> list[News]:
    """Ask every place now; returns what is told."""
    told: list[News] = []
    with Book.opened(path) as book:
        book.connection.execute("UPDATE watches SET due = 0")
    Runner(path=path, settings=settings, tell=told.extend, say=print).run(once=True)
    return told


def plain(news: Sequence[News]) -> list[tuple[str, str]]:
    return [(one.kind, one.text or "") for one in news]


SETTINGS = Settings.of({}, limits=QUICK, keyring=False)


@pytest.mark.parametrize("place", ["author", "thread"])
def test_new_posts_edits_and_disappearances_are_told_once(server: Mastodon, path: Path, place: str) -> None:
    first, second = server.post("1/ The water rises."), ""
    second = server.post("2/ Still.", to=first)
    watch(path, f"{server.url}/@ana" if place == "author" else f"{server.url}/@ana/{first}")
    told = ask(path, SETTINGS)
    assert {("new", "1/ The water rises."), ("new", "2/ Still.")} <= set(plain(told))
    assert ask(path, SETTINGS) == []
    third = server.post("3/ It falls.", to=second)
    assert plain(ask(path, SETTINGS)) == [("new", "3/ It falls.")]
    server.edit(first, "1/ The water rose.")
    (edit,) = ask(path, SETTINGS)
    assert (edit.kind, edit.text, edit.before) == ("edited", "1/ The water rose.", "1/ The water rises.")
    server.delete(third)
    assert plain(ask(path, SETTINGS)) == [("absent", "3/ It falls.")]
    assert ask(path, SETTINGS) == []
    assert keeping.verified(path, deep=True).sound


def test_what_brings_nothing_new_is_not_kept(server: Mastodon, path: Path) -> None:
    server.post("One word.")
    watch(path, f"{server.url}/@ana")
    ask(path, SETTINGS)
    before = (path / "ledger.jsonl").read_bytes()
    ask(path, SETTINGS)
    assert (path / "ledger.jsonl").read_bytes() == before


def test_what_was_there_before_is_kept_and_is_no_news(server: Mastodon, path: Path) -> None:
    server.post("An old word.")
    with Book.opened(path) as book:
        book.add("author", "mastodon", f"{server.url}/@ana", added="2100-01-01T00:00:00Z", now=0.0, every=None)
    assert ask(path, SETTINGS) == []
    with keeping.opened(path) as archive:
        assert archive.connection.execute("SELECT count(*) FROM posts WHERE text = 'An old word.'").fetchone() == (1,)


def test_what_was_removed_from_the_archive_does_not_come_back(server: Mastodon, path: Path) -> None:
    first = server.post("A word that was regretted.")
    watch(path, f"{server.url}/@ana/{first}")
    (news,) = ask(path, SETTINGS)
    with keeping.opened(path) as archive:
        removing.removed(archive, removing.wanted(archive, str(news.thread)), "the author asked")
    assert ask(path, SETTINGS) == []
    with keeping.opened(path) as archive:
        assert archive.connection.execute("SELECT count(*) FROM posts").fetchone() == (0,)


def test_events_of_what_was_removed_are_left_out_and_the_others_are_kept(path: Path) -> None:
    def event(key: str, text: str, at: int) -> bytes:
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-01-02T03:04:05.000Z"}
        commit = {"rev": "3", "operation": "create", "collection": "app.bsky.feed.post", "rkey": key, "record": record}
        did = "did:plc:abcdefghijklmnopqrstuvwx"
        return json.dumps({"did": did, "time_us": at, "kind": "commit", "commit": commit}).encode() + b"\n"

    events = [event(f"3lkiz2uvhqk2{letter}", f"Word {letter}.", at) for at, letter in enumerate("abc", 1)]
    hold = Hold(path, lambda: None)
    (kept,) = hold.keep_events(events[1], 2)
    with keeping.opened(path) as archive:
        removing.removed(archive, removing.wanted(archive, str(kept.changes[0].thread)), "the author asked")
    found = list(hold.keep_events(b"".join(events), 3))
    assert sorted(change.text for one in found for change in one.changes) == ["Word a.", "Word c."]
    assert hold.cursor() == 3
    hold.close()


def test_a_tag_is_watched(server: Mastodon, path: Path) -> None:
    watch(path, f"{server.url}/tags/flood")
    server.post("Nothing of it.")
    gone = server.post("Here it comes #flood", by="bob")
    assert [one.text for one in ask(path, SETTINGS)] == ["Here it comes #flood"]
    server.post("More of it #flood", by="bob")
    ask(path, SETTINGS)
    server.delete(gone, by="bob")
    assert plain(ask(path, SETTINGS)) == [("absent", "Here it comes #flood")]


def test_a_process_that_died_between_keeping_and_telling_has_lost_no_news(
    server: Mastodon, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = chain(server, 2)
    watch(path, f"{server.url}/@ana/{posts[0]}")

    class Died(Exception):
        pass

    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(Runner, "_take", die)
        with pytest.raises(Died):
            ask(path, SETTINGS)
    assert {one.text for one in ask(path, SETTINGS)} == {"1/2 Page 1.", "2/2 Page 2."}
    with Book.opened(path) as book:
        book.connection.execute("UPDATE news SET told = 0")
    runner = Runner(path=path, settings=SETTINGS, tell=die)
    with pytest.raises(Died):
        runner.run(once=True)
    assert len(ask(path, SETTINGS)) == 2


def test_a_place_that_can_t_be_asked_is_told_in_the_end_and_asked_ever_more_rarely(path: Path) -> None:
    with site(lambda _: Reply(b"", 500)) as server:
        watch(path, f"{server.url}/@ana")
        quick = replace(SETTINGS, limits=replace(QUICK, attempts=1))
        told = [ask(path, quick) for _ in range(4)]
    assert [[one.kind for one in news] for news in told] == [[], [], ["failed"], []]
    with Book.opened(path) as book:
        (one,) = book.all()
    assert (one.failures, one.interval) == (4, 300 * 2**4)


def test_authors_on_bluesky_are_followed_in_the_stream(atproto: Network, path: Path, tmp_path: Path) -> None:
    authors = [atproto.account(f"streamed{number}.test") for number in range(3)]
    stranger = atproto.account("unfollowed.test")
    watch(path, *(f"https://bsky.app/profile/{one.did}" for one in authors))
    told: list[News] = []
    with jetstream(atproto.pds, tmp_path) as stream:
        settings = Settings.of(
            {"CLEW_BLUESKY": atproto.appview, "CLEW_PLC": atproto.plc, "CLEW_JETSTREAM": stream},
            limits=QUICK,
            keyring=False,
        )
        import threading

        runner = Runner(path=path, settings=settings, tell=told.extend, say=print, within=0.2)
        watching = threading.Thread(target=runner.run, args=(12.0,))
        watching.start()
        time.sleep(3)
        stranger.post("Not asked for.")
        refs = [one.post(f"Word {number} of {one.handle}.") for number in range(5) for one in authors]
        until(lambda: len(told) >= len(refs), 10, "the posts")
        authors[0].delete(refs[0])
        until(lambda: any(one.kind == "deleted" for one in told), 10, "the deletion")
        watching.join()
        missed = [one.post(f"Missed by {one.handle}.") for one in authors]
        Runner(path=path, settings=settings, tell=told.extend, say=print, within=0.2).run(5.0)
    new = [one.post for one in told if one.kind == "new"]
    assert sorted(str(one) for one in new) == sorted(f"bluesky:{ref['uri']}" for ref in [*refs, *missed])
    assert [one.post for one in told if one.kind == "deleted"] == [f"bluesky:{refs[0]['uri']}"]
    with keeping.opened(path) as archive:
        rows = archive.connection.execute("SELECT post, count(*) FROM sightings GROUP BY post").fetchall()
    assert {count for _, count in rows} == {1}
    assert len(rows) == len(refs) + len(missed)


def test_authors_are_asked_one_by_one_where_there_is_no_stream(
    atproto: Network, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = atproto.account("streamless.test")
    ref = ana.post("Nobody hears this at once.")
    until(lambda: atproto.shown(ref["uri"]), 30, "the AppView")
    watch(path, f"https://bsky.app/profile/{ana.did}")
    told: list[News] = []
    said: list[str] = []
    given = {"CLEW_BLUESKY": atproto.appview, "CLEW_PLC": atproto.plc, "CLEW_JETSTREAM": "ws://127.0.0.1:9"}
    monkeypatch.setattr(run, "PATIENCE", 1.0)
    monkeypatch.setattr(run, "LOOK", 0.5)
    settings = Settings.of(given, limits=QUICK, keyring=False)
    Runner(path=path, settings=settings, tell=told.extend, say=said.append).run(6.0)
    assert [one.text for one in told] == ["Nobody hears this at once."]
    assert said == ["the stream of Bluesky can't be reached; authors are asked one by one until it can"]


def test_lists_and_tags_of_bluesky_are_watched(atproto: Network, path: Path) -> None:
    ana, bob, eve = (atproto.account(f"lister-{name}.test") for name in ("ana", "bob", "eve"))
    now = {"createdAt": "2026-03-04T09:00:00.000Z"}
    purpose = "app.bsky.graph.defs#curatelist"
    listed = ana.write("app.bsky.graph.list", {"name": "Harbour", "purpose": purpose, **now})
    ana.write("app.bsky.graph.listitem", {"subject": bob.did, "list": listed["uri"], **now})
    key = listed["uri"].rpartition("/")[2]
    settings = Settings.of({"CLEW_BLUESKY": atproto.appview, "CLEW_PLC": atproto.plc}, limits=QUICK, keyring=False)
    watch(path, f"https://bsky.app/profile/{ana.did}/lists/{key}", "https://bsky.app/hashtag/harbour")
    tag = {"$type": "app.bsky.richtext.facet#tag", "tag": "harbour"}
    facets = [{"index": {"byteStart": 8, "byteEnd": 16}, "features": [tag]}]
    asked = eve.post("A question to the list.")
    bob.post("An answer.", below=asked)
    refs = [bob.post("Of the list."), eve.post("Of the  #harbour", facets=facets), eve.post("Of neither.")]
    until(lambda: atproto.shown(*(ref["uri"] for ref in refs)), 30, "the AppView")
    told = ask(path, settings)
    assert sorted((one.watch.split("/")[3], one.text) for one in told) == [
        ("hashtag", "Of the  #harbour"),
        ("profile", "An answer."),
        ("profile", "Of the list."),
    ]
    assert ask(path, settings) == []
    bob.delete(refs[0])
    until(lambda: not atproto.shown(refs[0]["uri"]), 30, "the deletion")
    assert plain(ask(path, settings)) == [("absent", "Of the list.")]


NEWS = News(
    id="1",
    kind="edited",
    watch="https://example.social/@ana",
    noticed="2026-01-02T03:04:05.000Z",
    post="mastodon:https://example.social/users/ana/statuses/1",
    author="@ana@example.social",
    published="2026-01-01T00:00:00",
    text="The <b>water</b> & the \x00 wind 🌊",
    before="The water",
    url="https://example.social/@ana/1?a=1&b=2",
)


def test_a_feed_is_one_that_readers_take() -> None:
    found = feedparser.parse("".join(feed([NEWS, NEWS], "news")).encode())
    assert not found.bozo
    entry = found.entries[0]
    assert entry.link == NEWS.url
    assert "Before: The water" in entry.content[0].value
    assert entry.id == "urn:clew:news:1"


def test_places_are_known_by_their_addresses() -> None:
    kinds = {
        "https://bsky.app/profile/ana.example.org": ("author", "bluesky"),
        "https://bsky.app/profile/ana.example.org/post/3lkiz2uvhqk2v": ("thread", "bluesky"),
        "https://bsky.app/profile/ana.example.org/lists/3lkiz2uvhqk2v": ("list", "bluesky"),
        "at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.graph.list/3lkiz2uvhqk2v": ("list", "bluesky"),
        "https://bsky.app/hashtag/flood": ("tag", "bluesky"),
        "https://bsky.app/search?q=%23flood": ("tag", "bluesky"),
        "https://example.social/@ana": ("author", "mastodon"),
        "https://example.social/tags/flood": ("tag", "mastodon"),
        "https://example.social/lists/7": ("list", "mastodon"),
        "https://x.com/ana": ("author", "x"),
        "https://x.com/hashtag/flood?src=hash": ("tag", "x"),
        "https://x.com/i/lists/1400000000000000001": ("list", "x"),
        "t.me/s/channel": ("author", "telegram"),
    }
    found = {url: place_of(url) for url in kinds}
    assert {url: (one.kind, one.platform) if one else None for url, one in found.items()} == kinds
    assert place_of("https://example.org/") is None


def test_an_archive_is_watched_by_one_process_at_a_time(path: Path) -> None:
    with locked(path / run.LOCK, wait=False), pytest.raises(BadOption, match="another `clew watch run`"):
        Runner(path=path, settings=SETTINGS, tell=lambda _: None).run(once=True)


def test_a_place_is_watched_once_and_no_longer_when_removed(path: Path) -> None:
    watch(path, "https://x.com/ana", "https://twitter.com/ana?s=20")
    with Book.opened(path) as book:
        assert [one.url for one in book.all()] == ["https://x.com/ana"]
        book.remove("1")
        with pytest.raises(NothingFound):
            book.remove("1")
