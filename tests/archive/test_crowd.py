"""Many at once: readers see whole threads, no update is lost, and nobody is told that the database is locked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks.crowd import crowd


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_eleven_processes_get_on_with_each_other(tmp_path: Path) -> None:
    done = crowd(tmp_path / "archive", 10)
    assert len(done) == 11
    assert all(one.seconds for one in done), "everybody had a turn"
