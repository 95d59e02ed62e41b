"""Threads brought from a real AT Protocol network, whole from any post's address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fetch.stories import DELETED, LENGTH, Story
from tests.services.network import Network
from tests.services.running import until

from clew import fetch
from clew.addresses import pasted
from clew.fetch import Settings, bluesky
from clew.ingest import Intake
from clew.posts import Item, Notice, Post, Problem
from clew.threads import PostEntry, Thread, weave


def read(address: str, settings: Settings, keep: Path | None = None) -> tuple[Intake, list[Item]]:
    intake = Intake(settings=settings, keep=keep)
    items = list(intake.items(address))
    assert not intake.errors
    assert not intake.unread
    assert not [item for item in items if isinstance(item, Problem)]
    return intake, items


def meant(address: str, settings: Settings) -> Thread:
    intake, items = read(address, settings)
    (thread,) = (thread for thread in weave(items) if intake.is_meant(thread))
    return thread


def differences(items: list[Item]) -> dict[str | None, str]:
    return {item.post: item.says for item in items if isinstance(item, Notice) and item.kind == "differs"}


@pytest.mark.parametrize("number", [1, 2, 20, DELETED - 1, DELETED, DELETED + 1, LENGTH])
def test_the_thread_is_whole_from_any_of_its_posts(story: Story, settings: Settings, number: int) -> None:
    thread = meant(story.chain[number - 1], settings)
    numbers = [entry.number for entry in thread.entries if isinstance(entry, PostEntry)]
    assert numbers == [at for at in range(1, LENGTH + 1) if at != DELETED]
    (gap,) = thread.gaps()
    assert (gap.ids, gap.numbers, gap.certainty, gap.count) == ((story.deleted,), (DELETED,), "proven", 1)
    assert {post.id for post in thread.posts()} == {*story.chain, *story.aside, story.late} - {story.deleted}


def test_addresses_for_people_lead_to_the_same_thread(story: Story, settings: Settings) -> None:
    key = story.chain[9].rpartition("/")[2]
    by_handle = meant(f"bsky.app/profile/{story.author.handle}/post/{key}?ref_src=embed", settings)
    by_did = meant(f"https://fxbsky.app/profile/{story.author.did}/post/{key}/quotes", settings)
    assert by_handle.id == by_did.id == f"bluesky:{story.chain[0]}"


def test_what_the_appview_hides_comes_from_repositories_and_is_noted(story: Story, settings: Settings) -> None:
    _, items = read(story.chain[0], settings)
    posts = {item.id: item for item in items if isinstance(item, Post)}
    question, answer = story.under_block
    assert posts[question].text == "Is that so?"
    assert posts[answer].reply_to == question
    assert posts[story.quoted].text == "The report of the year before."
    assert story.hidden in posts
    assert story.deleted not in posts
    says = "Its author's repository holds this post; the AppView does not show it."
    assert {differences(items)[post] for post in (question, story.quoted)} == {says}


def test_the_signature_of_the_repository_is_checked(story: Story, settings: Settings) -> None:
    _, items = read(story.chain[0], settings)
    complete = [item for item in items if isinstance(item, Notice) and item.kind == "complete"]
    assert story.author.did in {notice.author.id for notice in complete if notice.author}
    assert all("its signature holds" in notice.says for notice in complete)


def test_a_long_thread_is_asked_for_again_from_where_it_was_cut(
    story: Story, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bluesky, "DEPTH", 7)
    monkeypatch.setattr(bluesky, "FLAT_DEPTH", 3)
    thread = meant(story.chain[0], settings)
    assert len(list(thread.posts())) == LENGTH - 1 + len(story.aside) + 1


def test_an_answer_to_a_blocked_account_leads_to_it(story: Story, settings: Settings) -> None:
    thread = meant(story.under_block[1], settings)
    assert [post.text for post in thread.posts()] == ["It is. Мост закрыт."]
    assert thread.context.reply_to == story.under_block[0]
    assert thread.context.posts[-1].text == "Is that so?"


def test_a_profile_gives_the_threads_of_the_account(story: Story, settings: Settings) -> None:
    intake, items = read(f"https://bsky.app/profile/{story.author.handle}", settings)
    threads = [thread for thread in weave(items) if intake.is_meant(thread)]
    assert {thread.author.id for thread in threads} == {story.author.did}
    assert f"bluesky:{story.chain[0]}" in {thread.id for thread in threads}


def test_what_has_not_changed_is_not_brought_twice(story: Story, settings: Settings, tmp_path: Path) -> None:
    keep = tmp_path / "kept.warc.gz"
    _, before = read(story.chain[0], settings, keep)
    kinds = list(_kinds(keep))
    _, after = read(story.chain[0], settings, keep)
    assert "revisit" not in kinds
    assert "revisit" in list(_kinds(keep))
    assert {item.id for item in before if isinstance(item, Post)} == {
        item.id for item in after if isinstance(item, Post)
    }


def test_an_account_that_nobody_knows_is_said_to_be_unknown(settings: Settings, tmp_path: Path) -> None:
    address = pasted("https://bsky.app/profile/nobody.test/post/3lkiz2uvhqk2v")
    assert address
    with pytest.raises(fetch.NotFetched, match=r"no account is called nobody\.test now"):
        fetch.bring(address, tmp_path / "out.warc.gz", settings)


def test_a_changed_handle_is_found_by_its_did(atproto: Network, settings: Settings) -> None:
    old = atproto.account("olga.test")
    post = old.post("1/ Before the change.")
    atproto.call("com.atproto.identity.updateHandle", headers=dict(old.token), json={"handle": "olha.test"})
    until(lambda: atproto.shown(post["uri"]), 30, "the AppView")
    _, items = read(post["uri"], settings)
    (found,) = {item.id: item for item in items if isinstance(item, Post)}.values()
    assert found.author.id == old.did


def _kinds(path: Path) -> Iterator[str]:
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

    with path.open("rb") as stream:
        yield from (record.rec_type for record in ArchiveIterator(stream))
