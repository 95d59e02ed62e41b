"""The table: in the terminal and between the markers of docs/threadbench.md."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.threadbench.scores import Estimate
from benchmarks.threadbench.tasks import Row

__all__ = ["markdown", "write"]

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "threadbench.md"
BEGIN, END = "<!-- threadbench: begin -->", "<!-- threadbench: end -->"

#: `false alarms` are no alarms in threads that do lack a number: there they are the share in which a gap is drawn.
_SHOWN = {"false alarms": "likely or proven gap drawn", "false alarms, possible too": "any gap drawn"}


def markdown(table: Sequence[Row], tools: Sequence[str]) -> str:
    """Return the rows as a Markdown table: value, 95 % interval, and of how many it is a share."""
    lines = [
        f"| task | setting | threads | measure | n | {' | '.join(tools)} |",
        f"|---|---|---|---|--:|{'---|' * len(tools)}",
    ]
    lines += [
        f"| {row.task} | {row.setting} | {row.group} | {_SHOWN.get(row.measure, row.measure)} | {_counts(row.figures)} "
        f"| {' | '.join(_figure(figure) for figure in row.figures)} |"
        for row in table
    ]
    return "\n".join(lines)


def _figure(figure: Estimate | None) -> str:
    return f"{figure.value:.3f} [{figure.low:.2f}, {figure.high:.2f}]" if figure else "–"


def _counts(figures: Sequence[Estimate | None]) -> str:
    """Return of how many the first figure is a share; how many gaps a tool draws differs from tool to tool."""
    first = figures[0]
    return f"{first.count:,}" if first else "0"


def write(text: str, command: str, facts: Sequence[str]) -> None:
    """Put the table between the markers of docs/threadbench.md, with the commit and the command that made it."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    said = "\n".join(f"- {fact}" for fact in (f"commit {_commit()}", f"made by `{command}`", *facts))
    PAGE.write_text(f"{head}{BEGIN}\n{said}\n\n{text}\n{END}{tail}", encoding="utf-8")


def _commit() -> str:
    """Return the hash of the commit; `with changes` where the code that is measured is not as committed."""
    name = _git("rev-parse", "--short=10", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", "src/clew", "benchmarks/threadbench")
    return f"{name}, with changes" if changed else name


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
