"""Through a cluster the window join gives the edges that one machine finds."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.speed import engines

from clew.compare import tables
from clew.compare.coordinate import Settings, coordinate

ROOT = Path(__file__).parents[2]


def shares(path: Path, *, stamps: bool) -> None:
    """Write actions, some of them twice, some without an object; a post may do several things."""
    rng = np.random.default_rng(3)
    rows = 3_000
    times = 1_600_000_000 + rng.integers(0, 8_000, rows)
    table = pa.table(
        {
            "object_id": [None if n % 97 == 0 else f"o{n}" for n in rng.integers(0, 60, rows).tolist()],
            "account_id": [f"a{n}" for n in rng.integers(0, 40, rows).tolist()],
            "content_id": [f"c{n}" for n in rng.integers(0, 2_000, rows).tolist()],
            "timestamp_share": pa.array(times).cast(pa.timestamp("s")) if stamps else pa.array(times),
        }
    )
    pq.write_table(pa.concat_tables([table, table.slice(0, 50)]), path)


def here(path: Path, window: float) -> set[tuple[str, ...]]:
    found = coordinate(tables.read(str(path)), Settings(window=window, min_weight=2, nulls=()))
    names, edges = found.actions.accounts, found.found.edges
    rows = zip(edges.first, edges.second, edges.posts, edges.posts_second, edges.pairs, edges.objects, strict=True)
    kept = set()
    for first, second, posts, others, pairs, objects in rows:
        one, other = sorted([(names[first], posts), (names[second], others)])
        kept.add((one[0], other[0], *(str(n) for n in (pairs, one[1], other[1], objects))))
    return kept


@pytest.mark.parametrize("stamps", [False, True])
def test_a_cluster_finds_the_edges_of_one_machine(stamps: bool, tmp_path: Path) -> None:
    path = tmp_path / "shares.parquet"
    shares(path, stamps=stamps)
    wanted = here(path, 60)
    asked = [str(path), "--null", "none", "--to", "csv", "--window", "60s", "--engine", "spark", "--connect"]
    try:
        with engines.sail(2) as address:
            done = subprocess.run(
                [str(engines.CLIENT), "-W", "ignore", "-m", "clew", "coordinate", *asked, address],
                env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
                capture_output=True,
                text=True,
                timeout=120,
            )
    except engines.Absent as absent:
        pytest.skip(str(absent))
    assert done.returncode == 0, done.stderr[-2000:]
    rows = csv.DictReader(io.StringIO(done.stdout))
    names = ("account_a", "account_b", "pairs", "posts_a", "posts_b", "objects")
    assert {tuple(row[name] for name in names) for row in rows} == wanted
    assert len(wanted) > 100


def test_a_cluster_is_not_asked_for_an_archive(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "clew", "coordinate", "--engine", "spark", "--connect", "sc://127.0.0.1:1"]
    done = subprocess.run([*command, "--null", "none", "--to", "csv"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("clew: --engine spark takes tables in Parquet; name them.")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--engine spark needs --connect"),
        (["--connect", "sc://127.0.0.1:1"], "goes with --mode clew, --null none and --to csv"),
        (["--connect", "sc://127.0.0.1:1", "--null", "none", "--to", "html"], "goes with --mode clew, --null none"),
    ],
)
def test_what_a_cluster_does_not_do_is_said(arguments: list[str], says: str, tmp_path: Path) -> None:
    shares(tmp_path / "shares.parquet", stamps=False)
    command = [sys.executable, "-m", "clew", "coordinate", "shares.parquet", "--engine", "spark", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert says in done.stderr
