"""How much memory reading takes: `python -m benchmarks.memory [--gigabytes 2] [--write]`.

For each format a file of invented posts is written into a temporary folder and read by `clew read FILE --posts --to
jsonl` in a process of its own, whose highest memory the system tells. Two more files have no lines and no posts: one
endless line, and zeros. Every post that was written must come out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.page import ROOT, table, write
from benchmarks.posts import FORMS, Form

__all__ = ["LIMIT", "Measured", "measured", "rest", "written"]

LIMIT = 300
"""Megabytes that reading may take, whatever the size of the file."""
PAGE = ROOT / "docs" / "reading.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one run of clew took."""

    posts: int
    megabytes: float
    """The highest memory of the process."""
    seconds: float
    """Processor time."""
    code: int


def measured(path: Path) -> Measured:
    """Return what `clew read` takes for a file."""
    command = [sys.executable, "-m", "clew", "read", str(path), "--posts", "--to", "jsonl", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        posts = 0
        while chunk := process.stdout.read(1 << 20):
            posts += chunk.count(b"\n")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    scale = 1 if sys.platform == "darwin" else 1024
    return Measured(
        posts=posts,
        megabytes=usage.ru_maxrss * scale / 1_000_000,
        seconds=usage.ru_utime + usage.ru_stime,
        code=process.returncode,
    )


def written(form: Form, path: Path, size: int) -> int:
    """Write posts into a file until it is as long as that; return how many."""
    count = 0
    with path.open("wb") as stream:
        for piece, posts in form.written(size):
            stream.write(piece)
            count += posts
    return count


def rest(path: Path, size: int) -> Iterator[str]:
    """Write the files that hold no posts, one after the other in the same place; yield what each is."""
    opening = FORMS["X API v1.1 lines"].post(0).partition(b'"full_text":"')[0] + b'"full_text":"'
    for name, first, chunk in (
        ("one line without an end", opening, b"x" * (1 << 20)),
        ("zeros", b"", bytes(1 << 20)),
    ):
        with path.open("wb") as stream:
            stream.write(first)
            for _ in range(size >> 20):
                stream.write(chunk)
        yield name


def main() -> int:
    """Print the table; return 1 where a format takes more than LIMIT or loses posts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--write", action="store_true", help="put the table into docs/reading.md")
    options = parser.parse_args()
    size = int(options.gigabytes * 1_000_000_000)
    rows: list[tuple[str, ...]] = []
    amiss = False
    with tempfile.TemporaryDirectory(prefix="clew-memory-") as folder:
        for name, count, seen in _runs(Path(folder), size):
            amiss = amiss or seen.megabytes > LIMIT or seen.posts != count
            speed = f"{seen.posts / seen.seconds:,.0f}" if seen.posts else "-"
            rows.append((name, f"{seen.posts:,}", f"{seen.megabytes:,.0f}", speed))
            lost = "" if seen.posts == count else f"   {count - seen.posts:,} posts are missing"
            print(f"{name:28} {seen.megabytes:6,.0f} MB {speed:>9} posts/s{lost}", flush=True)
    if options.write:
        head = ("file", "posts", "highest memory, MB", "posts a second")
        write(
            PAGE, "memory", f"python -m benchmarks.memory --gigabytes {options.gigabytes:g} --write", table(head, rows)
        )
    return int(amiss)


def _runs(folder: Path, size: int) -> Iterator[tuple[str, int, Measured]]:
    for name, form in FORMS.items():
        path = folder / form.name
        count = written(form, path, size)
        yield name, count, measured(path)
        path.unlink()
    path = folder / "endless.jsonl"
    for name in rest(path, size):
        yield name, 0, measured(path)


if __name__ == "__main__":
    sys.exit(main())
