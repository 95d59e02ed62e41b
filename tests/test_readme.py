"""The README's session is what the commands really print, and its Python runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def commands() -> list[tuple[str, str]]:
    """Return each command of the session with what is printed below it."""
    session = re.search(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert session
    parts = re.split(r"(?m)^\$ (.*)\n", session[1])[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def run(command: str) -> str:
    """Return all that a shell prints for a command."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env={**os.environ, "PATH": path, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout


def test_the_session_is_what_the_commands_print() -> None:
    for command, printed in commands():
        actual = run(command)
        if os.environ.get("CLEW_REWRITE"):
            text = README.read_text(encoding="utf-8")
            README.write_text(text.replace(f"$ {command}\n{printed}", f"$ {command}\n{actual}"), encoding="utf-8")
        assert actual == printed or os.environ.get("CLEW_REWRITE")


def test_the_python_of_the_readme_runs() -> None:
    code = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert code
    done = subprocess.run([sys.executable, "-c", code[1]], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    assert "missing: 1 likely" in done.stdout


@pytest.mark.parametrize("page", ["formats", "archive", "search"])
def test_the_pages_made_from_the_code_are_up_to_date(page: str) -> None:
    before = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", f"import runpy; print(runpy.run_path('docs/make.py')['{page}'](), end='')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout == before, "run: make docs"


def test_every_signal_of_a_gap_is_explained() -> None:
    source = (ROOT / "src/clew/threads/gaps.py").read_text(encoding="utf-8")
    page = (ROOT / "docs/gaps.md").read_text(encoding="utf-8")
    signals = set(re.findall(r'signal="([a-z-]+)"', source))
    assert signals
    assert [signal for signal in sorted(signals) if f"`{signal}`" not in page] == []
