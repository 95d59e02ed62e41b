"""Whatever order inputs come in, only what they touch is woven again, and the threads are those of a full weave."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from clew.archive.gather import gathered, woven
from clew.archive.schema import closing_after
from clew.posts import Item
from clew.threads import to_json
from tests.archive.worlds import add, made, parts, records, write
from tests.corpus.worlds import notices, posts


@pytest.mark.parametrize("seed", range(150))
def test_threads_of_an_archive_are_those_of_a_full_weave(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    world = posts(seed)
    items: list[Item] = [*world, *notices(seed, world)]
    rng.shuffle(items)
    archive = made(tmp_path / "archive")
    for number, part in enumerate(parts(items, rng.randint(1, 5))):
        add(archive, write(tmp_path / f"{number}.jsonl", part))
    with closing_after(archive.path / "clew.sqlite") as connection:
        everybody = [row for (row,) in connection.execute("SELECT account FROM accounts")]
        whole = woven(gathered(connection, everybody))
    assert records(archive) == sorted(map(to_json, whole))
