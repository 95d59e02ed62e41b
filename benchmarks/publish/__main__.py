"""Seconds and memory per thousand posts: `python -m benchmarks.publish`, beside pandoc doing the same where it is.

Both begin with the export read: Clew from posts, pandoc from the Markdown that Clew makes of them, pictures named in
it. Each row is a process of its own, RUNS times; the table shows the median of its seconds and the most memory that it
took itself (LaTeX, which pandoc starts for PDF, comes on top).
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.publish.made import export

POSTS, PICTURES, RUNS = 1000, 200, 3
FORMS = ("text", "md", "html", "jsonld", "atom", "epub", "pdf")
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
            print(f"  failed: {' '.join(command[:2])}: {complaints.decode()[-200:]}")
            return None
        seconds.append(time.perf_counter() - begun)
        memory = max(memory, usage.ru_maxrss // 1024)
    return statistics.median(seconds), memory


def with_pictures(markdown: str) -> str:
    """Return the Markdown with its pictures as pictures, so that pandoc puts them in."""
    return re.sub(r"(?m)^- picture: (.*) · (picture\S*png)$", r"![\1](\2)", markdown.replace("\\", ""))


def row(name: str, found: tuple[float, int] | None, out: Path) -> None:
    """Print a row of the table."""
    if found:
        size = out.stat().st_size / 2**20
        print(f"{name:16} {found[0] * 1000 / POSTS:8.2f} s {found[1]:8,} MiB {size:9.1f} MiB", flush=True)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as inside, tempfile.TemporaryDirectory() as outside:
        folder = export(Path(inside), POSTS, PICTURES)
        print(f"{POSTS:,} posts, {PICTURES} pictures of {(folder / 'picture-5.png').stat().st_size // 1024} KiB")
        print(f"{'':16} {'per 1,000':>10} {'memory':>12} {'size':>13}")
        for form in FORMS:
            out = Path(outside, f"clew.{form}")
            command = [sys.executable, "-m", "clew", "publish", ".", "--to", form, "--out", str(out), "--replace"]
            row(f"clew {form}", measured(command, folder), out)
        _pandoc(folder, Path(outside))


def _pandoc(folder: Path, outside: Path) -> None:
    if not shutil.which("pandoc"):
        print("pandoc is not installed (apt-get install pandoc)")
        return
    source = outside / "pandoc.md"
    source.write_text(with_pictures((outside / "clew.md").read_text(encoding="utf-8")), encoding="utf-8")
    for form, options in PANDOC.items():
        if form == "pdf" and not shutil.which("xelatex"):
            print("pandoc pdf: no xelatex (apt-get install texlive-xetex lmodern)")
            continue
        out = outside / f"pandoc.{form}"
        command = ["pandoc", str(source), "--from", "markdown-smart", *options, "--output", str(out)]
        row(f"pandoc {form}", measured(command, folder), out)


if __name__ == "__main__":
    main()
