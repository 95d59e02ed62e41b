"""An archive gives the same posts in every wrapping, and what is broken in it costs nothing else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from clew.errors import DamagedFile
from clew.exports import opened
from clew.posts import Item, Notice, Post
from clew.sources import x_archive

ARCHIVE = Path(__file__).parent / "cases" / "x_archive" / "whole-archive"


def read(path: Path) -> list[Item]:
    with opened(str(path)) as export:
        return list(x_archive.read(export))


def posts(path: Path) -> dict[str, Post]:
    """Return the posts by id, without the places where they were read."""
    return {
        item.id: msgspec.structs.replace(item, origin=None, author=msgspec.structs.replace(item.author, name=None))
        for item in read(path)
        if isinstance(item, Post)
    }


def test_folder_and_zip_give_the_same_posts() -> None:
    assert posts(ARCHIVE) == posts(ARCHIVE.with_suffix(".zip"))


def test_a_single_file_gives_the_posts_that_it_holds_with_the_same_author() -> None:
    whole = posts(ARCHIVE)
    single = posts(ARCHIVE / "data" / "tweets-part1.js")
    assert len(single) == 3
    for own_id, post in single.items():
        assert msgspec.structs.replace(whole[own_id], media=()) == msgspec.structs.replace(post, media=())


def test_a_collection_of_archives_is_left_to_its_parts() -> None:
    with opened(str(ARCHIVE.parent)) as export:
        assert not x_archive.claims(export)
        assert [part.name for part in export.parts() if part.name.endswith("/whole-archive") and x_archive.claims(part)]


def test_private_files_are_never_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened_members = []
    with opened(str(ARCHIVE)) as export:
        original = export.open
        monkeypatch.setattr(export, "open", lambda member: opened_members.append(member) or original(member))  # type: ignore[func-returns-value]
        assert x_archive.claims(export)
        list(x_archive.read(export))
    names = {member.rpartition("/")[2] for member in opened_members}
    assert names.isdisjoint({"direct-messages.js", "account.js", "twitter-circle-tweet.js"})


def test_what_stands_before_the_damage_and_in_other_files_is_read(tmp_path: Path) -> None:
    for member in ARCHIVE.rglob("*.js"):
        (tmp_path / member.name).write_bytes(member.read_bytes())
    whole = (tmp_path / "tweets-part1.js").read_bytes()
    (tmp_path / "tweets-part1.js").write_bytes(whole[: len(whole) * 2 // 3])
    items: list[Item] = []
    with opened(str(tmp_path)) as export, pytest.raises(DamagedFile, match=r"tweets-part1\.js"):
        items.extend(x_archive.read(export))
    ids = {item.id for item in items if isinstance(item, Post)}
    assert {"1600000000000000004", "1600000000000000009", "1600000000000000002"} <= ids
    assert "1600000000000000001" not in ids
    verdict = items[-1]
    assert isinstance(verdict, Notice)
    assert verdict.kind == "cut"
    assert "by the manifest tweets-part1.js holds 3 records, and 1 were found" in verdict.says
