"""What an archive holds is published by author and by search, as documents and as feeds."""

from __future__ import annotations

import json
from pathlib import Path

import feedparser  # type: ignore[import-untyped]
import pytest

from clew.cli import main


@pytest.fixture
def held(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> str:
    lines = [
        {
            "schema": "clew/post/1",
            "platform": "x",
            "id": f"{140 + n}",
            "author": who,
            "text": text,
            "time": f"2021-06-0{n}T09:00:00Z",
        }
        for n, (who, text) in enumerate(
            [("ana", "1/ the port"), ("ben", "1/ the bridge"), ("ana", "1/ the bridge of boats")], start=1
        )
    ]
    (tmp_path / "posts.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    archive = str(tmp_path / "held")
    assert _clew("init", archive) == 0
    assert _clew("add", "--archive", archive, str(tmp_path / "posts.jsonl")) == 0
    capfd.readouterr()
    return archive


def _clew(*words: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(words)
    assert isinstance(done.value.code, int)
    return done.value.code


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["--find", "bridge"], ["the bridge of boats", "the bridge"]),
        (["--author", "ana"], ["the bridge of boats", "the port"]),
        (["--find", "bridge from:ben", "--author", "@ana"], ["the bridge of boats", "the bridge", "the port"]),
    ],
)
def test_a_feed_holds_the_threads_of_a_search_and_of_an_author_newest_first(
    held: str, asked: list[str], found: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert _clew("publish", "--archive", held, *asked, "--to", "atom", "--date", "2026-01-31", "--quiet") == 0
    feed = feedparser.parse(capfd.readouterr().out)
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == found


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (["--find", "tunnel"], 4, "nothing answers tunnel"),
        (["--author", "zoe"], 4, "no threads by zoe"),
        (["--author", "ana", "--in", "posts.jsonl"], 2, "go with the archive"),
        ([], 2, "name threads, files or folders"),
    ],
)
def test_what_is_not_there_is_said(
    held: str, asked: list[str], code: int, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _clew("publish", "--archive", held, *asked) == code
    assert says in capfd.readouterr().err
