"""`python -m benchmarks.reading [--rounds 5] [--megabytes 30] [--only NAME] [--write]`."""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import benchmarks.reading
from benchmarks.page import ROOT, table, write
from benchmarks.reading.files import FILES, SAMPLES
from benchmarks.reading.readers import READERS, Reader

PAGE = ROOT / "docs" / "reading.md"
SMALL = 200_000
"""Bytes of the file that is read before the clock runs."""


class Failed(Exception):
    """A peer could not read the file; the name of its error."""


def main() -> int:
    """Print a line per reader; say which could not be asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=benchmarks.reading.__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=30)
    parser.add_argument("--only", choices=FILES, action="append", metavar="FILE", help=", ".join(FILES))
    parser.add_argument("--write", action="store_true", help="put the table into docs/reading.md")
    options = parser.parse_args()
    if not SAMPLES.is_dir():
        print(f"skipped: {SAMPLES} is not here")
        return 0
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory(prefix="clew-reading-") as folder:
        for name in options.only or FILES:
            for row in _rows(name, Path(folder), options.megabytes * 1_000_000, options.rounds):
                rows.append(row)
                print(f"{row[0]:26} {row[1]:32} {row[2]:>9} {row[3]:>10} {row[4]:>7}  {row[5]}", flush=True)
    missing = sorted({reader.needs for readers in READERS.values() for reader in readers if not _is_here(reader)})
    if missing:
        print(f"not installed, so not asked: {', '.join(missing)}")
    if options.write:
        head = ("file", "reader", "posts", "posts a second", "clew is faster by", "what its posts lack")
        command = f"python -m benchmarks.reading --rounds {options.rounds} --megabytes {options.megabytes} --write"
        write(PAGE, "reading", command, table(head, rows))
    return 0


def _is_here(reader: Reader) -> bool:
    return not reader.needs or importlib.util.find_spec(reader.needs) is not None


def _rows(name: str, folder: Path, size: int, rounds: int) -> Iterator[tuple[str, ...]]:
    _, file, make = FILES[name]
    readers = [reader for reader in READERS[name] if _is_here(reader)]
    path = folder / file
    make(path, size)
    make(path.with_name(f"small-{file}"), SMALL)
    if any(reader.needs == "convokit" for reader in readers):
        _corpora(path)
    speeds: dict[str, list[float]] = {reader.name: [] for reader in readers}
    posts: dict[str, int] = {}
    failed: dict[str, str] = {}
    for _ in range(rounds):
        for reader in readers:
            if reader.name in failed:
                continue
            try:
                posts[reader.name], seconds = _run(name, reader, path)
            except Failed as error:
                failed[reader.name] = str(error)
            else:
                speeds[reader.name].append(posts[reader.name] / seconds)
    ours = statistics.median(speeds["clew"])
    for reader in readers:
        if reader.name in failed:
            yield name, reader.name, "–", "–", "", f"it stops with {failed[reader.name]}"
            continue
        speed = statistics.median(speeds[reader.name])
        ratio = "" if reader.name == "clew" else f"{ours / speed:.1f}"
        yield name, reader.name, f"{posts[reader.name]:,}", f"{speed:,.0f}", ratio, reader.lacks
    path.unlink()


def _run(name: str, reader: Reader, path: Path) -> tuple[int, float]:
    command = [sys.executable, "-m", "benchmarks.reading.run", name, reader.name, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode and reader.name == "clew":
        raise SystemExit(f"clew on {name}: {done.stderr[-2000:]}")
    if done.returncode:
        raise Failed(done.stderr.strip().splitlines()[-1].partition(":")[0].rpartition(".")[2])
    found = json.loads(done.stdout.splitlines()[-1])
    return found["posts"], found["seconds"]


def _corpora(path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.reading.corpus", str(path), str(path.with_name(f"small-{path.name}"))]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)


if __name__ == "__main__":
    sys.exit(main())
