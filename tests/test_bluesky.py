"""What cases cannot show: sizes, depths and signatures of Bluesky's formats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clew.errors import DamagedFile
from clew.exports import opened
from clew.posts import Item, Post
from clew.sources import bluesky_api


def thread(levels: int) -> str:
    """Return a thread answer in which each post answers the one before it."""
    posts = [
        {
            "uri": f"at://did:plc:ana/app.bsky.feed.post/post{number}",
            "author": {"did": "did:plc:ana"},
            "record": {"text": f"{number}/", "createdAt": "2024-05-01T10:00:00Z"},
            "replyCount": 1,
        }
        for number in range(levels)
    ]
    opening = "".join(f'{{"post":{json.dumps(post)},"replies":[' for post in posts)
    return '{"thread":' + opening + "]}" * levels + "}"


def read(path: Path) -> list[Item]:
    with opened(str(path)) as export:
        return list(bluesky_api.read(export))


def test_a_thread_as_deep_as_servers_give_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "thread.json"
    path.write_text(thread(1_000), encoding="utf-8")
    posts = [item for item in read(path) if isinstance(item, Post)]
    assert [post.text for post in posts] == [f"{number}/" for number in range(1_000)]


def test_a_thread_that_is_deeper_than_any_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "thread.json"
    path.write_text(thread(5_000), encoding="utf-8")
    with pytest.raises(DamagedFile, match="nested too deep"):
        read(path)
