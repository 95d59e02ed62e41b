"""What cases cannot show: sizes, depths and signatures of Bluesky's formats."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from clew.errors import DamagedFile
from clew.exports import opened
from clew.posts import Item, Notice, Post
from clew.sources import bluesky_api, bluesky_car, identify

CARS = Path(__file__).parent / "sources" / "cases" / "bluesky_car"


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


def test_a_repository_that_breaks_off_gives_what_can_be_reached_and_is_not_complete(tmp_path: Path) -> None:
    path = tmp_path / "cut.car"
    path.write_bytes((CARS / "repository-alone.car").read_bytes()[:-300])
    items: list[Item] = []
    with opened(str(path)) as export, pytest.raises(DamagedFile, match="breaks off"):
        items.extend(bluesky_car.read(export))
    assert sum(isinstance(item, Post) for item in items) == 4
    assert not any(isinstance(item, Notice) and item.kind == "complete" for item in items)


def test_a_signed_repository_in_a_zip_is_proved_like_the_folder(tmp_path: Path) -> None:
    folder = CARS / "signed-with-did-document"
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    with opened(str(tmp_path / "export.zip")) as export:
        assert identify(export) is bluesky_car
        last = list(bluesky_car.read(export))[-1]
    assert isinstance(last, Notice)
    assert last.kind == "complete"
    assert "its signature holds" in last.says
