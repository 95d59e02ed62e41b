"""Readers stay within their memory and take broken input; `make fuzz` and benchmarks.memory look longer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from benchmarks.fuzz.mutate import mutated
from benchmarks.fuzz.targets import NAMES, target
from benchmarks.fuzz.watch import faulty

ROOT = Path(__file__).parent.parent
ROUNDS = 40
SIZE = 25_000_000
"""Bytes of a file; the same as objects take some hundred million."""
MOST = 100
"""Megabytes of memory, of which Python and clew take 35."""


@pytest.mark.parametrize("name", NAMES)
def test_broken_input_gives_problems_and_no_unexpected_error(name: str) -> None:
    random, own = Random(1), target(name)
    for _ in range(ROUNDS):
        data = mutated(random.choice(own.seeds), random, own.seeds)
        assert faulty(own, data) is None, data


@pytest.mark.parametrize("name", ["X API v1.1 lines", "X API v1.1 array", "X archive, tweets.js", "Mastodon outbox"])
def test_reading_a_file_takes_little_memory_and_loses_nothing(name: str, tmp_path: Path) -> None:
    script = """if True:
        import json, sys
        from dataclasses import asdict
        from pathlib import Path
        from benchmarks.memory import measured, written
        from benchmarks.posts import FORMS
        name, folder, size = sys.argv[1:]
        path = Path(folder) / FORMS[name].name
        print(json.dumps({"written": written(FORMS[name], path, int(size)), **asdict(measured(path))}))"""
    command = [sys.executable, "-c", script, name, str(tmp_path), str(SIZE)]  # a child counts the memory of its parent
    seen = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    assert (seen["posts"], seen["code"]) == (seen["written"], 0)
    assert seen["megabytes"] < MOST
