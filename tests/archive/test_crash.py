"""Whatever is killed when: archives open, and nothing that was acknowledged is lost. `make crash` does more of it."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest
from benchmarks.crash import Fault, Ground, records, rounds

from clew import keeping
from clew.archive import Archive, Hand, points, writer
from clew.archive.observe import Observer
from clew.keeping import reader
from tests.archive.worlds import add, made, post, write

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")


@pytest.mark.parametrize("how", ["kill", "fail"])
@pytest.mark.parametrize("point", points.POINTS)
def test_no_acknowledged_post_is_lost_at_any_point(tmp_path: Path, point: str, how: str) -> None:
    ground = Ground(tmp_path, random.Random(0))
    ground.prepare()
    if point != "made-folder":
        Archive.made(ground.path, Hand(read=reader)).close()
        ground.round(Fault(how="kill", point="never"))
    fault = Fault(how=how if how == "kill" else "eio" if point.endswith("sync") else "full", point=point)
    ground.round(fault)
    ground.round(Fault(how="kill", point="never"))


def test_no_acknowledged_post_is_lost_at_random_moments(tmp_path: Path) -> None:
    outcomes = rounds(tmp_path, 20, seed=int(os.environ.get("CLEW_SEED", "1")), named=False)
    assert sum(outcomes.values()) >= 20


def test_an_import_that_was_killed_midway_ends_as_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "BATCH", 10)
    path = write(tmp_path / "a.jsonl", [post(at, to=at - 1 if at % 10 else None) for at in range(1, 101)])
    whole, broken = made(tmp_path / "whole"), made(tmp_path / "broken")
    add(whole, path)
    batches = 0

    class Died(Exception):
        pass

    def die(point: str) -> None:
        nonlocal batches
        batches += point == "batch-kept"
        if batches == 6:
            raise Died

    points.set_hook(die)
    try:
        with pytest.raises(Died):
            add(broken, path)
    finally:
        points.set_hook(None)
    assert broken.connection.execute("SELECT state, records FROM captures").fetchall() == [("reading", 60)]
    read_again: list[int] = []
    monkeypatch.setattr(Observer, "take", _counting(Observer.take, read_again))
    assert records(broken.path) == records(whole.path)
    assert sum(read_again) == 40


def _counting(take, counts: list[int]):  # type: ignore[no-untyped-def]
    def counted(self, items):  # type: ignore[no-untyped-def]
        counts.append(len(items))
        take(self, items)

    return counted


def test_making_an_archive_again_after_it_was_interrupted_works(tmp_path: Path) -> None:
    (tmp_path / "archive" / "captures").mkdir(parents=True)
    Archive.made(tmp_path / "archive", Hand(read=reader)).close()
    assert keeping.verified(tmp_path / "archive").sound


def test_a_disk_that_refuses_is_said_to_do_so_and_what_was_kept_stays(tmp_path: Path) -> None:
    from clew.errors import NotWritten

    archive = made(tmp_path / "archive")
    add(archive, write(tmp_path / "a.jsonl", [post(1)]))

    def refuse(point: str) -> None:
        if point == "capture-half":
            raise OSError(28, "No space left on device")

    points.set_hook(refuse)
    try:
        with pytest.raises(NotWritten, match="no space left on device"):
            add(archive, write(tmp_path / "b.jsonl", [post(2)]))
    finally:
        points.set_hook(None)
    assert len(records(archive.path)) == 1
    assert keeping.verified(archive.path, deep=True).sound
