"""A thread of which a part was saved becomes whole on a real AT Protocol network, but for what its author deleted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clew import keeping
from clew.archive.holdings import found
from clew.cli import main
from clew.fetch import Settings
from clew.refresh import Ended, Refresher, Tried, holes
from clew.threads import PostEntry
from tests.archive.worlds import add, made
from tests.fetch.stories import DELETED, LENGTH, Story
from tests.services.network import Network
from tests.services.running import until


def test_a_part_becomes_whole_but_for_what_was_deleted_which_stays_a_hole(
    atproto: Network, story: Story, settings: Settings, tmp_path: Path
) -> None:
    given: dict[str, str | int] = {"uri": story.chain[4], "depth": 3, "parentHeight": 2}
    answer = atproto.client.get(f"{atproto.appview}/xrpc/app.bsky.feed.getPostThread", params=given)
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(answer.json()), "utf-8")
    with made(tmp_path / "held") as archive:
        add(archive, saved)
        before = list(holes(archive, settings))
        assert before
        assert before[0].routes == ("thread",)
        events = list(Refresher(archive=archive, settings=settings).of([story.chain[4]]))
        (thread,) = found(archive.connection, story.chain[4])
        numbers = [entry.number for entry in thread.entries if isinstance(entry, PostEntry)]
        assert numbers == [number for number in range(1, LENGTH + 1) if number != DELETED]
        (hole,) = holes(archive, settings, [thread.id])
    assert hole.names == (story.deleted, f"#{DELETED}")
    assert hole.certainty == "proven"
    ended = events[-1]
    assert isinstance(ended, Ended)
    assert len(ended.new) > 40
    tried = {one.attempt.route: one.attempt for one in events if isinstance(one, Tried)}
    assert {"thread", "feed", "repository"} <= tried.keys()
    assert {one.outcome for one in tried.values()} == {"brought"}
    assert {one.route for one in hole.attempts} >= {"thread", "repository"}
    assert keeping.verified(tmp_path / "held", deep=True).sound


def test_what_bluesky_counts_is_missing_from_no_other_thread_of_the_conversation(
    story: Story, settings: Settings, tmp_path: Path
) -> None:
    with made(tmp_path / "held") as archive:
        keeping.Keeper(archive=archive, settings=settings).add(story.chain[0])
        found_holes = list(holes(archive, settings))
    assert [(hole.thread, hole.names) for hole in found_holes] == [
        (f"bluesky:{story.chain[0]}", (story.deleted, f"#{DELETED}"))
    ]


def test_where_appview_and_repository_differ_is_kept_in_the_archive(
    story: Story, settings: Settings, tmp_path: Path
) -> None:
    with made(tmp_path / "held") as archive:
        keeping.Keeper(archive=archive, settings=settings).add(story.chain[0])
        rows = archive.connection.execute("SELECT post, says FROM notices WHERE kind = 'differs'").fetchall()
        archive.close()
        with keeping.rebuilt(archive.path) as again:
            assert again.connection.execute("SELECT post, says FROM notices WHERE kind = 'differs'").fetchall() == rows
    says = "Its author's repository holds this post; the AppView does not show it."
    assert {post for post, words in rows if words == says} >= {story.under_block[0], story.quoted}


def test_a_thread_is_refreshed_though_its_author_has_another_name_now(
    atproto: Network, settings: Settings, tmp_path: Path
) -> None:
    author = atproto.account("vera.test")
    first = author.post("1/2 Before the change.")
    until(lambda: atproto.shown(first["uri"]), 30, "the AppView")
    with made(tmp_path / "held") as archive:
        keeping.Keeper(archive=archive, settings=settings).add(first["uri"])
        atproto.call("com.atproto.identity.updateHandle", headers=dict(author.token), json={"handle": "viera.test"})
        second = author.post("2/2 After it.", below=first)
        until(lambda: atproto.shown(second["uri"]), 30, "the AppView")
        list(Refresher(archive=archive, settings=settings).all())
        (thread,) = found(archive.connection, first["uri"])
        assert [post.text for post in thread.posts()] == ["1/2 Before the change.", "2/2 After it."]
        assert not list(holes(archive, settings))


def test_people_are_told_which_posts_servers_do_not_agree_on(
    story: Story, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLEW_BLUESKY", settings.bluesky)
    monkeypatch.setenv("CLEW_PLC", settings.plc)
    monkeypatch.setenv("CLEW_ARCHIVE", str(tmp_path / "held"))
    made(tmp_path / "held").close()
    says = f"Its author's repository holds this post; the AppView does not show it: {story.under_block[0]}"
    for words in (["read", story.chain[0]], ["add", story.chain[0]], ["refresh", story.chain[0]]):
        with pytest.raises(SystemExit):
            main(words)
        out, err = capfd.readouterr()
        told = [line.strip() for line in f"{out}\n{err}".splitlines()]
        assert told.count(says) == 1, words
