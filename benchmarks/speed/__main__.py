"""Measure the ways on made corpora and print one table: `python -m benchmarks.speed --millions 1 10`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from benchmarks import page
from benchmarks.speed import engines, made
from benchmarks.speed.ways import WAYS

ROOT = Path(__file__).parent.parent.parent
ENGINES = [name for name in WAYS if name.startswith("clew-weave,")]
MOST = {"networkx": 1, "convokit": 0.1, "duckdb": 20, "clew-weave": 10, **dict.fromkeys(ENGINES, 1)}
"""How many millions of posts a way is asked for at the most, since it takes too long or too much beyond."""
NEEDS = {"duckdb": "duckdb", "scipy": "scipy", "networkx": "networkx"}
TICK = 0.01
"""Seconds: the system counts no smaller share of a processor."""
PYTHONS = {"convokit": os.environ.get("CONVOKIT_PYTHON", ""), **dict.fromkeys(ENGINES, str(engines.CLIENT))}
"""The Python that runs a way, where it is another one."""


def measured(name: str, path: Path, rounds: int) -> dict[str, float] | None:
    """Return what one way found and used on one corpus, in the best of some rounds; None where it failed."""
    found = [_once(name, path) for _ in range(rounds)]
    return min((got for got in found if got), key=lambda got: got["computed"], default=None)


def _once(name: str, path: Path) -> dict[str, float] | None:
    command = [PYTHONS.get(name, sys.executable), "-W", "ignore", "-m", "benchmarks.speed.ways", name, str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        print(f"{name}: {done.stderr.strip().rpartition(chr(10))[2][:200]}", file=sys.stderr)
        return None
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _is_there(name: str) -> bool:
    return Path(PYTHONS[name]).is_file() if name in PYTHONS else name not in NEEDS or bool(find_spec(NEEDS[name]))


def rows(millions: list[float], rounds: int, ways: list[str], folder: Path) -> list[list[str]]:
    """Return the table's rows: each way on each size, beside the floor of the same run."""
    table: list[list[str]] = []
    first: dict[str, float] = {}
    for size in millions:
        path = folder / f"posts-{size}.parquet"
        made.write(path, int(size * 1_000_000))
        floor: float | None = None
        for name in ways:
            if size > MOST.get(name, size) or not _is_there(name):
                continue
            got = measured(name, path, 1 if name in MOST else rounds)
            if got is None:
                continue
            floor = floor or got["computed"] or TICK
            spent = got["seconds"] if name in ENGINES else got["computed"]
            each = spent / size
            first.setdefault(name, each)
            table.append(
                [
                    name,
                    f"{size:g}",
                    f"{got['found']:,.0f}",
                    f"{got['seconds']:.2f}",
                    "–" if name in ENGINES else f"{spent:.2f}",
                    "–" if name in ENGINES else f"{spent / floor:.2f}",
                    f"{each / (first[name] or 1):.2f}",
                    "–" if name in ENGINES else f"{got['bytes'] / 2**30:.2f}",
                ]
            )
            print("  ".join(table[-1]), file=sys.stderr)
        path.unlink()
    return sorted(table, key=lambda row: (list(WAYS).index(row[0]), float(row[1])))


HEAD = [
    "way",
    "million posts",
    "roots or threads",
    "seconds",
    "CPU seconds",
    "of the floor",
    "per post, of the smallest size",
    "GiB",
]


def main() -> None:
    """Print the table, and with --write put it into docs/scale.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--write", action="store_true", help="put the table into docs/scale.md")
    parser.add_argument("--rounds", type=int, default=3, help="how often each way over arrays runs; the best counts")
    parser.add_argument("--mark", default="speed", help="between which markers of that page: speed or engines")
    parser.add_argument("--no-engines", action="store_true", help="leave Sail and Spark out")
    chosen = parser.parse_args()
    ways = [name for name in WAYS if not (chosen.no_engines and name in ENGINES)]
    with tempfile.TemporaryDirectory() as folder:
        found = rows(chosen.millions, chosen.rounds, ways, Path(folder))
    content = page.table(HEAD, found)
    print(content)
    if chosen.write:
        sizes = " ".join(f"{size:g}" for size in chosen.millions)
        page.write(
            ROOT / "docs" / "scale.md",
            chosen.mark,
            f"python -m benchmarks.speed --millions {sizes} --rounds {chosen.rounds} --mark {chosen.mark}"
            + " --no-engines" * chosen.no_engines,
            content,
        )


if __name__ == "__main__":
    main()
