"""Threads made ready for the index by several processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from clew.search import workers
from clew.search.workers import Given, prepared


def given(count: int) -> list[Given]:
    """Return changes of threads of one post, of which every seventh is gone."""
    return [(at, at, None if at % 7 == 0 else _record(at)) for at in range(1, count + 1)]


def _record(number: int) -> str:
    entry = {"kind": "post", "id": f"{number}", "text": f"own{number} 港口 ports", "language": "en"}
    thread = {"id": f"x:{number}", "platform": "x", "author": {"handle": "ana"}, "language": None, "entries": [entry]}
    return json.dumps(thread)


def test_they_give_the_same_in_the_same_order_as_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = list(prepared(given(95)))
    monkeypatch.setattr(workers, "CHUNK", 10)
    assert list(prepared(given(95))) == alone
    assert list(prepared(given(10))) == alone[:10]
    assert list(prepared([])) == []


def test_they_end_when_nobody_takes_what_they_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "CHUNK", 10)
    some = prepared(given(200))
    assert [next(some).change for _ in range(15)] == list(range(1, 16))
    some.close()  # type: ignore[attr-defined]


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="looks for processes in /proc")
def test_they_end_with_the_process_that_is_killed() -> None:
    code = "from clew.search import workers; from tests.search.test_workers import given; workers.CHUNK = 10\n"
    code += "for one in workers.prepared(given(100_000)): print(one.change, flush=True) if one.change == 50 else None"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "50\n"
        children = _children(process.pid)
        assert children
        process.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while any(os.path.exists(f"/proc/{child}") for child in children) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [child for child in children if os.path.exists(f"/proc/{child}")]


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]
