"""What only lists and notes needs none of the libraries with which servers are asked; what asks them says so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.worlds import add, made, write
from tests.fetch.test_x import FIRST
from tests.refresh.test_refresh import post

BARE = """
import sys
for name in "apprise httpcore2 httpx2 keyring stamina websockets".split():
    sys.modules[name] = None
from clew.cli import main
main(sys.argv[1:])
"""


@pytest.fixture
def held(tmp_path: Path) -> Path:
    with made(tmp_path / "held") as archive:
        add(archive, write(tmp_path / "a.jsonl", [post(1, 3), post(3, 3, to=2)]))
    return tmp_path / "held"


def clew(held: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BARE, *words, "--archive", str(held)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_holes_are_listed_without_them(held: Path) -> None:
    done = clew(held, "holes", "--to", "jsonl")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["routes"] == ["thread reader", "mementos"]


def test_places_are_noted_and_listed_without_them(held: Path) -> None:
    done = clew(held, "watch", "add", "https://bsky.app/profile/ana.example.org", "https://example.social/tags/flood")
    assert done.returncode == 0, done.stderr
    assert "https://example.social/tags/flood" in clew(held, "watch", "list").stdout


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["refresh", "--all"], "filling holes"),
        (["watch", "run", "--once"], "clew watch run"),
        (["add", f"https://x.com/ana/status/{FIRST}"], "reading an address"),
    ],
)
def test_what_asks_servers_says_what_it_needs_and_asks_nobody(held: Path, words: list[str], what: str) -> None:
    clew(held, "watch", "add", "https://x.com/ana")
    done = clew(held, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{what} needs httpx2, which is not installed. Bring it with: pip install 'clew[fetch]'" in done.stderr
    assert "Traceback" not in done.stderr
