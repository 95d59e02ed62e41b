"""What an archive holds is published by author and by search, as documents and as feeds."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import feedparser  # type: ignore[import-untyped]
import pytest

from clew.cli import main
from tests.publish.test_published import picture


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


@pytest.mark.parametrize(
    ("form", "holds"), [("html", "data:image/png;base64,"), ("epub", "pictures/"), ("wacz", "clew/")]
)
def test_pictures_of_an_archive_are_put_inside(
    tmp_path: Path, form: str, holds: str, capfd: pytest.CaptureFixture[str]
) -> None:
    media = [{"type": "image", "url": "https://example.org/quay.png", "alt": "A quay", "file": "quay.png"}]
    line = {
        "schema": "clew/post/1",
        "platform": "x",
        "id": "140",
        "author": "ana",
        "text": "1/ the port",
        "media": media,
    }
    with zipfile.ZipFile(tmp_path / "port.zip", "w") as packed:
        packed.writestr("posts.jsonl", json.dumps(line | {"media": media}))
        packed.writestr("quay.png", picture(60, 40))
    held, out = str(tmp_path / "held"), tmp_path / f"port.{form}"
    assert _clew("init", held) == 0
    assert _clew("add", "--archive", held, str(tmp_path / "port.zip"), "--quiet") == 0
    assert _clew("publish", "x:140", "--archive", held, "--out", str(out), "--date", "2026-01-31", "--quiet") == 0
    if form == "html":
        assert holds in out.read_text(encoding="utf-8")
        assert _clew("publish", "x:140", "--archive", held, "--no-media", "--quiet", "--to", "html") == 0
        assert holds not in capfd.readouterr().out
    else:
        with zipfile.ZipFile(out) as packed:
            assert any(holds in name for name in packed.namelist())
            pages = gzip.decompress(packed.read("archive/threads.warc.gz")) if form == "wacz" else b"data:image/png"
            assert b"data:image/png" in pages
