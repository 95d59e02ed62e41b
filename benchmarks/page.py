"""Tables in Markdown, put between markers of a page with the command and the commit that made them."""

from __future__ import annotations

import platform
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["ROOT", "table", "write"]

ROOT = Path(__file__).parent.parent


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the first column is words, the others are numbers."""
    lines = [f"| {' | '.join(head)} |", f"|---|{'--:|' * (len(head) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def write(page: Path, name: str, command: str, content: str) -> None:
    """Put what a command printed between the markers of that name.

    Raises:
        ValueError: The page has no such markers.
    """
    text = page.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    made = f"Made by `{command}` at commit {_commit()}, Python {platform.python_version()}."
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    new, count = pattern.subn(lambda found: f"{begin}\n{made}\n\n{content}\n{end}", text)
    if count != 1:
        raise ValueError(f"{page} has no markers {begin}")
    page.write_text(new, encoding="utf-8")


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
