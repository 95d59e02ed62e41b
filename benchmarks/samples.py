"""Read every file under ../shared/samples and count what came out: `make samples` writes docs/samples.md.

The table holds names and numbers only, no words of the posts. Each sample is read the way a user would give it: a
folder that is one export as a whole, any other file on its own.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from clew.errors import ClewError
from clew.ingest import Intake
from clew.posts import Item, Notice, Post, Problem
from clew.threads import weave

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT.parent / "shared" / "samples"
PAGE = ROOT / "docs" / "samples.md"

#: Folders that are read as one: exports of an account or a chat, trees of a corpus.
WHOLE = (
    "x_archive/milahu_2026",
    "x_archive/andreruffert_2022",
    "x_archive/ajitg25_2025",
    "bluesky/interop",
    "telegram/uponthepathofsalaf/export",
)


@dataclass(slots=True)
class Row:
    """What one sample gave."""

    name: str
    formats: Counter[str] = field(default_factory=Counter)
    posts: int = 0
    notices: Counter[str] = field(default_factory=Counter)
    problems: int = 0
    threads: int = 0
    gaps: int = 0
    unread: int = 0
    errors: list[str] = field(default_factory=list)


def samples() -> Iterator[Path]:
    """Yield what is read, in order of name: folders in WHOLE, and every file outside of them."""
    whole = [SAMPLES / name for name in WHOLE]
    yield from (path for path in whole if path.exists())
    for path in sorted(SAMPLES.rglob("*")):
        if path.is_file() and not any(path.is_relative_to(folder) for folder in whole):
            yield path


def row(path: Path) -> Row:
    """Return what a sample gives."""
    intake = Intake()
    items: list[Item] = []
    try:
        items = list(intake.items(str(path)))
    except ClewError as error:
        intake.errors.append(error)
    threads = [thread for thread in weave(items) if len(list(thread.posts())) > 1]
    return Row(
        name=path.relative_to(SAMPLES).as_posix(),
        formats=intake.formats,
        posts=sum(isinstance(item, Post) for item in items),
        notices=Counter(item.kind for item in items if isinstance(item, Notice)),
        problems=sum(isinstance(item, Problem) for item in items),
        threads=len(threads),
        gaps=sum(1 for thread in threads for _ in thread.gaps()),
        unread=len(intake.unread),
        errors=[type(error).__name__ for error in intake.errors],
    )


def page(rows: list[Row]) -> str:
    """Return the table as a page of Markdown."""
    read = [one for one in rows if one.formats]
    other = [one for one in rows if not one.formats]
    lines = [
        "# What is read of the samples",
        "",
        "Made by `make samples`; names and numbers only. *Threads* are of two posts or more.",
        "",
        "| sample | format | posts | notices | problems | threads | gaps | files in no known format |",
        "|---|---|--:|---|--:|--:|--:|--:|",
    ]
    for one in read:
        notices = ", ".join(f"{count} {kind}" for kind, count in sorted(one.notices.items()))
        formats = ", ".join(name if count == 1 else f"{name} x {count}" for name, count in sorted(one.formats.items()))
        lines.append(
            f"| {one.name} | {formats} | {one.posts:,} | {notices} | {one.problems:,} | {one.threads:,} | {one.gaps:,}"
            f" | {one.unread or ''} |"
        )
    total = sum(one.posts for one in read)
    lines += [
        "",
        f"{len(read):,} samples, {total:,} posts. {len(other):,} more files hold no posts that clew reads:",
        "",
    ]
    by_folder = Counter(one.name.rpartition("/")[0] or "." for one in other)
    lines += [f"- {folder}: {count}" for folder, count in sorted(by_folder.items())]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Read all samples; print progress, write the page."""
    if not SAMPLES.is_dir():
        print(f"skipped: {SAMPLES} is not here, so docs/samples.md stays as it is")
        return 0
    rows: list[Row] = []
    begun = time.perf_counter()
    for path in samples():
        rows.append(row(path))
        if rows[-1].errors and rows[-1].errors != ["UnknownFormat"]:
            print(f"{rows[-1].name}: {', '.join(rows[-1].errors)}", file=sys.stderr)
    PAGE.write_text(page(rows), encoding="utf-8")
    print(f"{len(rows):,} samples in {time.perf_counter() - begun:.0f} s; see {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
