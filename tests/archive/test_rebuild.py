"""A database that is made again holds the same, byte for byte, whatever happened to the archive before."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from clew import keeping
from clew.archive import Archive, How
from clew.keeping import Keeper
from clew.posts import Item
from clew.removing import removed, wanted
from clew.sealing import sealed
from tests.archive.worlds import add, made, parts, write
from tests.corpus.worlds import notices, posts

#: What an analyst reads: every column but for the numbers of accounts and threads, which are for use in one database.
SHOWN = {
    "captures": "*",
    "segments": "*",
    "additions": "*",
    "removals": "*",
    "removed": "*",
    "blanks": "*",
    "seals": "*",
    "attempts": "*",
    "notices": "*",
    "problems": "*",
    "sightings": "sighting, capture, post, member, file, place, answers, quotes, conversation, stated, words, content,"
    " record",
    "threads": "id, platform, author, title, first, last, language, posts, gaps, verdict, expected, is_thread, record",
    "posts": "post, platform, id, position, author, time, text, number, language, answers, quotes, reposts, url, cut,"
    " wordings, edited, deleted",
    "holes": "count, ids, numbers, state, certainty, says",
}


def content(connection: sqlite3.Connection) -> dict[str, list[object]]:
    """Return all rows of all tables, sorted."""
    return {
        table: sorted(connection.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)
        for table, columns in SHOWN.items()
    }


def is_the_same_again(archive: Archive) -> None:
    before = content(archive.connection)
    threads = [record for (record,) in archive.connection.execute("SELECT record FROM threads ORDER BY id, record")]
    archive.close()
    keeping.rebuilt(archive.path).close()
    with keeping.opened(archive.path) as again:
        assert content(again.connection) == before
        rows = again.connection.execute("SELECT record FROM threads ORDER BY id, record")
        assert [record for (record,) in rows] == threads
    assert keeping.verified(archive.path, deep=True).sound


@pytest.mark.parametrize("seed", range(20))
def test_a_database_made_again_is_the_same_byte_for_byte(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    world = posts(seed)
    items: list[Item] = [*world, *notices(seed, world)]
    rng.shuffle(items)
    archive = made(tmp_path / "archive")
    files = [write(tmp_path / f"{at}.jsonl", part) for at, part in enumerate(parts(items, rng.randint(2, 5)))]
    folder = tmp_path / "folder"
    folder.mkdir()
    write(folder / "both.jsonl", [*items[:3], *items[-3:]])
    for path in (*files, folder, folder / "both.jsonl", rng.choice(files)):
        add(archive, path)
    Keeper(archive=archive, how=How(format="clew_lines")).add(str(files[0]))  # told how to read it: it is read anew
    if seed % 2:
        sealed(archive, tmp_path / "own.key")
    is_the_same_again(archive)


@pytest.mark.parametrize("seed", range(20, 30))
def test_it_is_so_after_removals_and_what_was_added_since(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    items: list[Item] = list(posts(seed))
    archive = made(tmp_path / "archive")
    for at, part in enumerate(parts(items, 3)):
        add(archive, write(tmp_path / f"{at}.jsonl", part))
    for turn in range(2):
        names = [name for (name,) in archive.connection.execute("SELECT id FROM threads ORDER BY id")]
        if not names:
            break
        removed(archive, wanted(archive, rng.choice(names)), f"asked {turn}")
        is_the_same_again(archive)
        archive = keeping.opened(archive.path)
    Keeper(archive=archive, how=How(again=True)).add(str(tmp_path / "0.jsonl"))
    is_the_same_again(archive)
