"""There is one definition of what belongs to a thread: files, corpus and Spark agree to the last byte."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.speed import engines
from tests.corpus import worlds

from clew.corpus import Reading, Task, columns, local, weave
from clew.corpus.tables import is_shown
from clew.errors import BadOption
from clew.posts import Account, Notice, Origin, Post
from clew.threads import to_json
from clew.threads import weave as weave_posts

ROOT = Path(__file__).parent.parent.parent


def wanted(seed: int, *, singles: bool) -> list[str]:
    """Return the threads of a random world, woven from its posts at once."""
    made = worlds.posts(seed)
    found = weave_posts([*made, *worlds.notices(seed, made)])
    return sorted(to_json(thread) for thread in found if singles or is_shown(thread))


def given(folder: Path) -> list[str]:
    """Return the threads that a run has written."""
    parts = sorted((folder / "threads.parquet").glob("*.parquet"))
    return sorted(line for part in parts for line in pq.read_table(part).column("json").to_pylist())


@pytest.fixture
def small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "LEAST_ROWS", 5)
    monkeypatch.setattr(local, "MOST_ROWS", 5)


@pytest.mark.usefixtures("small_buckets")
@pytest.mark.parametrize("singles", [False, True])
@pytest.mark.parametrize("seed", range(60))
def test_a_corpus_gives_the_same_threads_as_its_posts(seed: int, singles: bool, tmp_path: Path) -> None:
    made = worlds.posts(seed)
    paths = worlds.write(made, tmp_path / "in", parts=1 + seed % 3, flat=seed % 2 == 0)
    notices = worlds.notices(seed, made)
    task = Task(inputs=paths, out=tmp_path / "out", notices=notices, singles=singles, workers=1)
    total = weave(task)
    assert given(tmp_path / "out") == wanted(seed, singles=singles)
    assert total.posts == len(made)


@pytest.mark.usefixtures("small_buckets")
def test_a_run_that_was_broken_off_goes_on_and_ends_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = worlds.posts(7)
    task = Task(inputs=worlds.write(made, tmp_path / "in"), out=tmp_path / "out", workers=1)
    whole = local._weave_bucket
    done: list[int] = []

    def breaks(at: int) -> int:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(at)
        return whole(at)

    monkeypatch.setattr(local, "_weave_bucket", breaks)
    with pytest.raises(KeyboardInterrupt):
        weave(task)
    monkeypatch.setattr(local, "_weave_bucket", whole)
    weave(task)
    again = Task(inputs=task.inputs, out=tmp_path / "again", workers=1)
    weave(again)
    assert given(tmp_path / "out") == given(tmp_path / "again")


@pytest.mark.parametrize(("engine", "seeds"), [(engines.sail, range(12)), (engines.jvm, range(2))])
def test_spark_gives_the_same_threads_to_the_last_byte(
    engine: Callable[[int], AbstractContextManager[str]], seeds: range, tmp_path: Path
) -> None:
    script = "import sys; from tests.corpus.through_spark import weave_through; weave_through(*sys.argv[1:])"
    for seed in seeds:
        worlds.write(worlds.posts(seed), tmp_path / f"in-{seed}", parts=2)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    try:
        with engine(2) as address:
            done = subprocess.run(
                [str(engines.CLIENT), "-W", "ignore", "-c", script, address, str(tmp_path)],
                env=environment,
                capture_output=True,
                text=True,
                timeout=300,
            )
    except engines.Absent as absent:
        pytest.skip(str(absent))
    assert done.returncode == 0, done.stderr[-2000:]
    assert [given(tmp_path / f"out-{seed}") for seed in seeds] == [wanted(seed, singles=False) for seed in seeds]


def test_columns_that_hold_nothing_may_be_whole_numbers_as_spark_reads_them() -> None:
    made = [Post(platform="x", id="1", author=Account(handle="ana"), text="1/ the port", edges_stated=True)]
    table = worlds.columns(made)
    nothing = {name for name in table.schema.names if columns.column(table, name) is None}
    assert {"origin", "links", "url"} <= nothing
    for name in nothing:
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, pa.array([None], pa.int32()))
    assert list(columns.posts(table, Reading())) == made


def test_a_column_of_a_strange_type_is_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["1"], "text": [7]}), tmp_path / "posts.parquet")
    with pytest.raises(BadOption, match="'text' is of the type int64; expected strings"):
        weave(Task(inputs=[str(tmp_path / "posts.parquet")], out=tmp_path / "out"))


def test_the_client_is_asked_for_in_clear_words(tmp_path: Path) -> None:
    paths = worlds.write(worlds.posts(1), tmp_path / "in")
    done = subprocess.run(
        [sys.executable, "-m", "clew", "weave", *paths, "--out", str(tmp_path / "out"), "--engine", "spark"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr == "clew: --engine spark needs --connect sc://HOST:PORT. See: clew weave --help\n"


def test_a_notice_that_names_another_author_than_the_held_post_has_is_taken_as_in_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "LEAST_ROWS", 1)
    monkeypatch.setattr(local, "MOST_ROWS", 1)
    ana, others = Account(id="1", handle="ana"), [Account(id=str(own), handle=f"u{own}") for own in range(2, 9)]
    first = Post(platform="x", id="100", author=ana, text="1/ the port", edges_stated=True)
    made = [first, *(Post(platform="x", id=f"20{n}", author=own, text="2/") for n, own in enumerate(others))]
    here = Origin(capture="sha256:0", file="f", place="line 1")
    gone = [
        Notice(kind="gone", says="not given", origin=here, platform="x", post=own.id, author=ana, reply_to="100")
        for own in made[1:]
    ]
    weave(Task(inputs=worlds.write(made, tmp_path / "in"), out=tmp_path / "out", notices=gone, workers=1))
    assert given(tmp_path / "out") == sorted(map(to_json, filter(is_shown, weave_posts([*made, *gone]))))
