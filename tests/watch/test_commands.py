"""`clew watch` as people and programs see it."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import feedparser  # type: ignore[import-untyped]
import pytest

from clew.cli import main
from tests.archive.worlds import made
from tests.services.mastodon import Mastodon
from tests.services.x import TOKEN, x_api

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a command on an empty archive."""
    made(tmp_path / "held").close()
    monkeypatch.setenv("CLEW_ARCHIVE", str(tmp_path / "held"))
    monkeypatch.setenv("COLUMNS", "100")

    def ran(*words: str, given: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        with pytest.raises(SystemExit) as done:
            main(words)
        out, err = capfd.readouterr()
        return int(done.value.code or 0), out, err

    return ran


def test_places_are_added_listed_and_removed(run: Run) -> None:
    given = "# what the desk follows\nhttps://x.com/ana\n\nhttps://bsky.app/hashtag/flood\nhttps://example.org/\n"
    code, _, err = run("watch", "add", "-", "https://twitter.com/ana?s=20", "--every", "30", given=given)
    assert code == 2
    assert err.splitlines() == [
        "clew: https://example.org/: is no address of an author, a list, a tag or a thread that clew knows.",
        "2 added, 2 watched; `clew watch run` follows them",
    ]
    found = list(csv.DictReader(io.StringIO(run("watch", "list", "--to", "csv")[1])))
    assert [(row["kind"], row["platform"], row["url"], row["every"]) for row in found] == [
        ("author", "x", "https://x.com/ana", "1800.0"),
        ("tag", "bluesky", "https://bsky.app/hashtag/flood", "1800.0"),
    ]
    assert run("watch", "remove", "https://mobile.twitter.com/ana")[2] == "https://x.com/ana: no longer watched\n"
    assert run("watch", "list")[1].startswith("2  tag  https://bsky.app/hashtag/flood\n    not asked yet; next ")
    code, _, err = run("watch", "remove", "7")
    assert (code, err) == (4, "clew: 7: is not watched. `clew watch list` says what is.\n")


def test_nothing_to_watch_is_said(run: Run) -> None:
    assert run("watch", "list")[0] == 4
    assert run("watch", "run")[0] == 4
    assert run("watch", "add", "https://x.com/ana", "--every", "0.1")[0] == 2


def test_news_come_as_lines_for_programs_and_as_a_feed(run: Run, server: Mastodon, tmp_path: Path) -> None:
    run("watch", "add", f"{server.url}/@ana", "--quiet")
    own = server.post("The water rises.")
    code, out, err = run("watch", "run", "--once", "--to", "jsonl", "--atom", str(tmp_path / "news.atom"))
    (news,) = [one for one in map(json.loads, out.splitlines()) if one["text"] == "The water rises."]
    assert (code, err) == (0, "")
    assert (news["schema"], news["kind"], news["watch"]) == ("clew/news/1", "new", f"{server.url}/@ana")
    assert news["capture"].startswith("sha256:")
    feed = feedparser.parse(str(tmp_path / "news.atom"))
    assert any(own in entry.link for entry in feed.entries)
    assert run("watch", "run", "--once", "--to", "jsonl")[1] == ""


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_who_interrupts_it_is_obeyed_at_once_and_what_was_spent_is_said(run: Run, server: Mastodon) -> None:
    with x_api() as api:
        run("watch", "add", "https://x.com/ana", f"{server.url}/@ana", "--quiet")
        api.post("Of this month.")
        env = {**os.environ, "CLEW_X": api.url, "CLEW_X_TOKEN": TOKEN}
        command = [sys.executable, "-m", "clew", "watch", "run", "--budget", "2.5"]
        subprocess.run([*command, "--once"], env=env, check=True, capture_output=True, timeout=60)
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stderr
        assert process.stderr.readline() == "clew: X: $0.01 of $2.50 are spent this month\n"
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
