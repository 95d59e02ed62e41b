"""Seconds and memory per thousand posts: `python -m benchmarks.publish`, beside pandoc doing the same where it is.

Both begin with the export read: Clew from posts, pandoc from the Markdown that Clew makes of them, pictures named in
it. Each row is a process of its own, RUNS times; the table shows the median of its seconds and the most memory that it
took itself (LaTeX, which pandoc starts for PDF, comes on top).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import page
from benchmarks.publish.made import export

POSTS, PICTURES, RUNS = 1000, 200, 3
FORMS = ("text", "md", "html", "jsonld", "atom", "epub", "pdf", "wacz")
PANDOC = {
    "html": ["--standalone", "--self-contained", "--to", "html5"],
    "epub": ["--to", "epub3", "--toc"],
    "pdf": ["--pdf-engine", "xelatex"],
}


def measured(command: list[str], folder: Path) -> tuple[float, int] | None:
    """Return the median seconds and the most mebibytes of a command; None where it fails."""
    seconds, memory = [], 0
    for _ in range(RUNS):
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert process.stderr is not None
        complaints = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            print(f"failed: {' '.join(command[:2])}: {complaints.decode()[-200:]}", file=sys.stderr)
            return None
        seconds.append(time.perf_counter() - begun)
        memory = max(memory, usage.ru_maxrss // 1024)
    return statistics.median(seconds), memory


def with_pictures(markdown: str) -> str:
    """Return the Markdown with its pictures as pictures, so that pandoc puts them in."""
    return re.sub(r"(?m)^- picture: (.*) · (picture\S*png)$", r"![\1](\2)", markdown.replace("\\", ""))


def row(name: str, found: tuple[float, int] | None, out: Path) -> Iterator[list[str]]:
    """Yield the row of the table of a command that did not fail."""
    if found:
        size = out.stat().st_size / 2**20
        yield [name, f"{found[0] * 1000 / POSTS:.2f}", f"{found[1]:,}", f"{size:.1f}"]


def main() -> None:
    """Print the table, and with --write put it into docs/publish.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.publish", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/publish.md")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as inside, tempfile.TemporaryDirectory() as outside:
        folder = export(Path(inside), POSTS, PICTURES)
        size = (folder / "picture-5.png").stat().st_size // 1024
        found = [*_clew(folder, Path(outside)), *_pandoc(folder, Path(outside))]
    head = ("form", "seconds per 1,000 posts", "memory, MiB", "size, MiB")
    text = f"{POSTS:,} posts, {PICTURES} pictures of {size} KiB.\n\n{page.table(head, found)}"
    print(text)
    if wish.write:
        page.write(page.ROOT / "docs" / "publish.md", "publish", "python -m benchmarks.publish --write", text)


def _clew(folder: Path, outside: Path) -> Iterator[list[str]]:
    for form in FORMS:
        out = outside / f"clew.{form}"
        command = [sys.executable, "-m", "clew", "publish", ".", "--to", form, "--out", str(out), "--replace"]
        yield from row(f"clew {form}", measured(command, folder), out)


def _pandoc(folder: Path, outside: Path) -> Iterator[list[str]]:
    if not shutil.which("pandoc"):
        print("pandoc is not installed (apt-get install pandoc)", file=sys.stderr)
        return
    source = outside / "pandoc.md"
    source.write_text(with_pictures((outside / "clew.md").read_text(encoding="utf-8")), encoding="utf-8")
    for form, options in PANDOC.items():
        if form == "pdf" and not shutil.which("xelatex"):
            print("pandoc pdf: no xelatex (apt-get install texlive-xetex lmodern)", file=sys.stderr)
            continue
        out = outside / f"pandoc.{form}"
        command = ["pandoc", str(source), "--from", "markdown-smart", *options, "--output", str(out)]
        yield from row(f"pandoc {form}", measured(command, folder), out)


if __name__ == "__main__":
    main()
