"""Each session is a command line with all that it prints and its exit code: standard output, standard error, exit."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from clew.cli import main

SESSIONS = Path(__file__).parent / "sessions"
INPUTS = Path(__file__).parent / "inputs"


@pytest.mark.parametrize("session", sorted(SESSIONS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_session_goes_as_it_is_written(
    session: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(INPUTS)
    monkeypatch.setenv("COLUMNS", "80")
    written = session.read_text(encoding="utf-8")
    command = written.partition("\n")[0]
    with pytest.raises(SystemExit) as done:
        main(shlex.split(command.removeprefix("$ clew ")))
    out, err = capfd.readouterr()
    actual = f"{command}\n{out}--- standard error\n{err}--- exit {done.value.code}\n"
    if os.environ.get("CLEW_REWRITE"):
        session.write_text(actual, encoding="utf-8")
    assert actual == session.read_text(encoding="utf-8")
