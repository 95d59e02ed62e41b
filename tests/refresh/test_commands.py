"""`clew holes` and `clew refresh` as people and programs see them."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clew.cli import main
from tests.archive.worlds import add, made, write
from tests.fetch.test_x import FIRST, HTML, page
from tests.refresh.test_refresh import post
from tests.services.running import until
from tests.services.site import Asked, Reply, site

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a command on an archive whose thread of three lacks its second post."""
    closed = "http://127.0.0.1:9"
    for name in ("THREADREADER", "X", "MEMENTO"):
        monkeypatch.setenv(f"CLEW_{name}", f"{closed}/")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("CLEW_X_TOKEN", raising=False)
    with made(tmp_path / "held") as archive:
        add(archive, write(tmp_path / "a.jsonl", [post(1, 3), post(3, 3, to=2)]))
    monkeypatch.setenv("CLEW_ARCHIVE", str(tmp_path / "held"))

    def ran(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            main(words)
        out, err = capfd.readouterr()
        return int(done.value.code or 0), out, err

    return ran


def test_holes_are_told_in_words(run: Run) -> None:
    code, out, err = run("holes")
    assert code == 0
    assert out.startswith(f"x:{FIRST}  @ana\n  Page 1.\n    number 2 (proven): ")
    assert "      can be tried: thread reader, mementos\n" in out
    assert "      X API: needs a token; put one of your own into CLEW_X_TOKEN\n" in out
    assert "      would help: an export from the author" in out
    assert "clew refresh" in err


def test_holes_are_told_to_programs(run: Run) -> None:
    (line,) = run("holes", "--to", "jsonl")[1].splitlines()
    assert json.loads(line)["names"] == [str(FIRST + 1), "#2"]
    (row,) = csv.DictReader(io.StringIO(run("holes", "--to", "csv")[1]))
    assert (row["thread"], row["missing"], row["attempts"]) == (f"x:{FIRST}", f"{FIRST + 1} #2", "0")


def test_a_hole_that_is_filled_is_said_to_be(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with site(lambda _: Reply(page(3), headers=HTML)) as reader:
        monkeypatch.setenv("CLEW_THREADREADER", reader.url)
        code, out, _ = run("refresh", str(FIRST))
    assert code == 0
    assert out.splitlines() == [
        f"x:{FIRST}  Page 1.",
        "  missing: number 2 (proven)",
        "  X API: needs a token; put one of your own into CLEW_X_TOKEN",
        f"  thread reader: a page of {reader.url.removeprefix('http://')}",
        "  filled: number 2",
        "  1 new post of the thread",
    ]
    assert run("holes")[0] == 4


def test_what_happens_is_told_to_programs_as_it_happens(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with site(lambda _: Reply(page(3), headers=HTML)) as reader:
        monkeypatch.setenv("CLEW_THREADREADER", reader.url)
        code, out, err = run("refresh", "--all", "--to", "jsonl", "--quiet")
    events = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [one["event"] for one in events] == ["begun", "tried", "asking", "asked", "tried", "ended"]
    assert events[-2]["attempt"]["outcome"] == "brought"
    assert events[-2]["capture"].startswith("sha256:")


def test_a_thread_that_nobody_holds_is_not_found(run: Run) -> None:
    code, _, err = run("refresh", "x:17")
    assert code == 4
    assert err.startswith("clew: x:17: no such thread or post in ")


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_a_refresh_that_is_killed_goes_on_when_it_is_started_again(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sign: signal.Signals
) -> None:
    stalled: list[str] = []

    def answer(asked: Asked) -> Reply:
        if "mobile.twitter" in asked.path and not stalled:
            stalled.append(asked.path)
            return Reply(fault="silent")
        return Reply(b"", 404, HTML)

    with site(answer) as server:
        monkeypatch.setenv("CLEW_THREADREADER", server.url)
        monkeypatch.setenv("CLEW_MEMENTO", f"{server.url}/web/")
        command = [sys.executable, "-m", "clew", "refresh", "--all", "--to", "csv"]
        first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until(lambda: bool(stalled), 30, "the request that stalls")
        first.send_signal(sign)
        first.communicate(timeout=20)
        if sign == signal.SIGINT:
            assert first.returncode == 130
        before = [path for path in server.paths() if path.startswith("/web/") and path not in stalled]
        code, out, _ = run("refresh", "--all", "--to", "csv")
        after = server.paths()[len(before) + len(stalled) + 3 :]
    assert code == 0
    assert [row["outcome"] for row in csv.DictReader(io.StringIO(out))] == ["not-asked", "nothing", "nothing"]
    assert not set(before) & {path for path in after if path.startswith("/web/")}
    assert run("verify", "--deep")[0] == 0
    (hole,) = [json.loads(line) for line in run("holes", "--to", "jsonl")[1].splitlines()]
    assert [one["route"] for one in hole["attempts"]] == ["thread reader", "thread reader", "mementos"]


def test_a_dry_run_says_what_would_be_asked_and_asks_nobody(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with site(lambda _: Reply(page(3), headers=HTML)) as server:
        for name in ("THREADREADER", "MEMENTO", "X"):
            monkeypatch.setenv(f"CLEW_{name}", server.url)
        code, out, _ = run("refresh", str(FIRST), "--dry-run")
        monkeypatch.setenv("CLEW_X_TOKEN", "a-token")
        paid = run("refresh", "--all", "--dry-run", "--budget", "2.5")[1]
        events = [json.loads(one) for one in run("refresh", "--all", "--dry-run", "--to", "jsonl")[1].splitlines()]
        asked = server.paths()
    post_url = f"https://x.com/ana/status/{FIRST + 1}"
    assert (code, asked) == (0, [])
    assert out.splitlines() == [
        f"x:{FIRST}  Page 1.",
        "  missing: number 2 (proven)",
        "  X API: needs a token; put one of your own into CLEW_X_TOKEN",
        f"  would ask thread reader: {server.url}/thread/{FIRST}.html",
        f"  would ask mementos: {post_url}",
    ]
    assert f"  would ask X API: {post_url}, for up to $2.50\n" in paid
    assert [one["event"] for one in events] == ["begun", "tried", "asking", "asking"]
    assert json.loads(run("holes", "--to", "jsonl")[1])["attempts"] == []


def test_a_dry_run_says_what_would_help_where_no_way_leads(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "thread.txt"
    page.write_text("1/ One.\n\n2/ Two.\n\n4/ Four.\n", encoding="utf-8")
    run("add", str(page))
    (thread,) = {
        one["thread"]
        for one in map(json.loads, run("holes", "--to", "jsonl")[1].splitlines())
        if ":unrolled:" in one["thread"]
    }
    assert (
        "  would help: the address of any post of the thread: clew add URL\n" in run("refresh", thread, "--dry-run")[1]
    )
    code, out, err = run("refresh", "--all", "--dry-run")
    assert (code, thread in out) == (0, False)
    assert "1 thread lacks what no way leads to now" in err


@pytest.fixture
def two(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return what runs a command on an archive whose thread of five lacks its second and its fourth post."""
    with made(tmp_path / "two") as archive:
        kept = [post(1, 5), post(3, 5, to=2), post(5, 5, to=4)]
        add(archive, write(tmp_path / "b.jsonl", kept))
    monkeypatch.setenv("CLEW_ARCHIVE", str(tmp_path / "two"))
    return run


@pytest.mark.parametrize("name", ["#4", "4", str(FIRST + 3), f"https://twitter.com/ana/status/{FIRST + 3}?s=20"])
def test_one_hole_alone_is_looked_for(two: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with site(lambda _: Reply(b"", 404, HTML)) as server:
        monkeypatch.setenv("CLEW_THREADREADER", server.url)
        monkeypatch.setenv("CLEW_MEMENTO", f"{server.url}/web/")
        code, _, _ = two("refresh", str(FIRST), "--hole", name, "--to", "csv")
        paths = server.paths()
    assert code == 0
    assert any(str(FIRST + 3) in path for path in paths)
    assert not any(str(FIRST + 1) in path for path in paths)
    holes = [json.loads(line) for line in two("holes", "--to", "jsonl")[1].splitlines()]
    assert [bool(one["attempts"]) for one in holes] == [False, True]


def test_a_hole_that_nobody_knows_is_not_found(two: Run) -> None:
    code, _, err = two("refresh", str(FIRST), "--hole", "#9")
    assert (code, err) == (4, f"clew: x:{FIRST}: no hole is called #9. `clew holes` says what is missing.\n")
    assert two("refresh", "--all", "--hole", "#2")[0] == 2
