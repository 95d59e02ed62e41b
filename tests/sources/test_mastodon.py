"""Where Mastodon's contexts are cut, what stands before damage, and which JSON of these servers holds no posts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clew.errors import DamagedFile
from clew.exports import opened
from clew.posts import Item, Notice, Post
from clew.sources import SOURCES, activitypub, mastodon_api, mastodon_outbox

HOME = "https://example.social"
ANA = {"id": "11", "username": "ana", "acct": "ana", "url": f"{HOME}/@ana", "uri": f"{HOME}/users/ana"}


def status(number: int, parent: int | None = None, **more: Any) -> dict[str, Any]:
    """Return a status by ana with an id made of a number, which answers another one of hers."""
    return {
        "id": str(number),
        "created_at": "2024-03-01T09:00:00.000Z",
        "in_reply_to_id": None if parent is None else str(parent),
        "in_reply_to_account_id": None if parent is None else "11",
        "visibility": "public",
        "uri": f"{HOME}/users/ana/statuses/{number}",
        "content": f"<p>{number}/</p>",
        "account": ANA,
        **more,
    }


def chain(first: int, last: int) -> list[dict[str, Any]]:
    """Return statuses that answer one another; the first answers the one before it."""
    return [status(number, number - 1) for number in range(first, last + 1)]


def notices(folder: Path, ancestors: list[Any], descendants: list[Any]) -> list[tuple[str, str | None]]:
    """Return kind and post of each notice of a context."""
    path = folder / "context.json"
    path.write_text(json.dumps({"ancestors": ancestors, "descendants": descendants}))
    with opened(str(path)) as export:
        return [(item.kind, item.post) for item in mastodon_api.read(export) if isinstance(item, Notice)]


def test_exactly_sixty_replies_are_a_cut_view(tmp_path: Path) -> None:
    wide = [status(number, 1000) for number in range(1001, 1061)]
    assert notices(tmp_path, [], wide) == [("cut", None)]


def test_fewer_replies_are_not(tmp_path: Path) -> None:
    assert notices(tmp_path, [], chain(1001, 1003)) == [("end", f"{HOME}/users/ana/statuses/1003")]


def test_more_replies_were_asked_for_with_a_login(tmp_path: Path) -> None:
    assert notices(tmp_path, [], chain(1001, 1070)) == [("end", f"{HOME}/users/ana/statuses/1070")]


def test_a_reply_twenty_deep_is_where_the_view_is_cut(tmp_path: Path) -> None:
    assert notices(tmp_path, [], chain(1001, 1020)) == [("cut", f"{HOME}/users/ana/statuses/1020")]


def test_forty_posts_above_are_a_cut_view_only_if_the_topmost_is_a_reply(tmp_path: Path) -> None:
    assert notices(tmp_path, chain(1001, 1040), []) == [("cut", f"{HOME}/users/ana/statuses/1001")]
    assert notices(tmp_path, [status(1000), *chain(1001, 1039)], []) == []


def test_replies_of_other_servers_end_nothing(tmp_path: Path) -> None:
    remote = {**ANA, "acct": "ana@other.example"}
    assert notices(tmp_path, [], [status(1001, 1000, account=remote)]) == []


def test_a_private_reply_is_not_named(tmp_path: Path) -> None:
    found = notices(tmp_path, [], [status(1001, 1000), status(1002, 1001, visibility="private")])
    assert found == [("left-out", None), ("end", f"{HOME}/users/ana/statuses/1001")]


@pytest.mark.parametrize("cut", [30, 200])
def test_what_stands_before_damage_is_given_out(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "timeline.json"
    text = json.dumps([status(1), status(2, visibility="direct"), status(3, 1)], indent=1)
    path.write_text(text[:-cut])
    given: list[Item] = []
    with opened(str(path)) as export, pytest.raises(DamagedFile):
        given.extend(mastodon_api.read(export))
    assert [item.text for item in given if isinstance(item, Post)] == ["1/"]
    assert [item.count for item in given if isinstance(item, Notice)] == [1]


NO_POSTS: dict[str, Any] = {
    "account": ANA,
    "accounts": [ANA, ANA],
    "relationships": [{"id": "1", "following": True, "note": ""}],
    "instance": {"domain": "example.social", "title": "x", "contact": {"account": ANA}},
    "scheduled": {"id": "1", "scheduled_at": "2030-01-01T00:00:00Z", "params": {"text": "x", "in_reply_to_id": None}},
    "source": {"id": "1", "text": "x", "spoiler_text": ""},
    "announcements": [{"id": "1", "content": "<p>x</p>", "published_at": "2024-01-01T00:00:00Z", "statuses": []}],
    "follow request": {"id": "1", "type": "follow_request", "account": ANA},
    "empty search": {"accounts": [ANA], "statuses": [], "hashtags": []},
    "error": {"error": "Record not found"},
    "likes.json": {"@context": "x", "id": "likes.json", "type": "OrderedCollection", "orderedItems": [HOME]},
    "actor": {"@context": "x", "id": HOME, "type": "Person", "preferredUsername": "ana", "outbox": "outbox.json"},
    "followers": {"@context": "x", "id": f"{HOME}/followers", "type": "Collection", "items": [HOME]},
    "outbox without items": {"@context": "x", "id": f"{HOME}/outbox", "type": "OrderedCollection", "first": HOME},
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", NO_POSTS)
def test_what_holds_no_posts_is_claimed_by_nobody(tmp_path: Path, name: str, indent: int | None) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(NO_POSTS[name], indent=indent))
    with opened(str(path)) as export:
        assert [source.NAME for source in SOURCES if source.claims(export)] == []


def test_an_outbox_among_foreign_files_is_not_taken_with_them(tmp_path: Path) -> None:
    outbox = {"@context": "x", "id": "outbox.json", "type": "OrderedCollection", "totalItems": 0, "orderedItems": []}
    (tmp_path / "outbox.json").write_text(json.dumps(outbox))
    (tmp_path / "actor.json").write_text("{}")
    with opened(str(tmp_path)) as export:
        assert mastodon_outbox.claims(export)
    (tmp_path / "other.json").write_text("[]")
    with opened(str(tmp_path)) as export:
        assert not mastodon_outbox.claims(export)
        assert not any(activitypub.claims(part) for part in export.parts())
