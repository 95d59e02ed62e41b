"""An indexing that is killed at random moments."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks.search.kill import Ground


def test_an_index_catches_up_with_its_archive_whenever_it_was_killed(tmp_path: Path) -> None:
    ground = Ground(tmp_path, random.Random(5))
    for _ in range(8):
        ground.round()
    assert sum(ground.outcomes.values()) == 8
