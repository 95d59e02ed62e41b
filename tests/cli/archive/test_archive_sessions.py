"""Sessions with an archive: commands one after the other, with all that they print and their exit codes.

What differs from run to run is written otherwise: digests and keys by their order, times of today as NOW.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clew.cli import main

SESSIONS = Path(__file__).parent / "sessions"
INPUTS = Path(__file__).parent / "inputs"


def plain(text: str, today: str) -> str:
    """Return what was printed without what differs from run to run."""
    known: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        name = f"{found[1]}:<{sum(own.startswith(found[1]) for own in known.values()) + 1}>"
        return known.setdefault(found[0], name)

    text = re.sub(r"(sha256|ed25519):(?:[0-9a-f]{64}|[A-Za-z0-9+/]{43}=)", named, text)
    text = re.sub(r"urn:uuid:[0-9a-f-]{36}", "urn:uuid:<one>", text)
    return re.sub(rf"{today}(?:[T ]\d\d:\d\d(?::\d\d)?)?", "NOW", text)


@pytest.mark.parametrize("session", sorted(SESSIONS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_session_goes_as_it_is_written(
    session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "here"
    shutil.copytree(INPUTS, place)
    monkeypatch.chdir(place)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("CLEW_KEY", str(tmp_path / "own.key"))
    today = datetime.now(UTC).date().isoformat()
    commands = [line for line in session.read_text(encoding="utf-8").splitlines() if line.startswith("$ clew ")]
    parts = []
    for command in commands:
        with pytest.raises(SystemExit) as done:
            main(shlex.split(command.removeprefix("$ clew ").replace("TODAY", today)))
        out, err = capfd.readouterr()
        parts.append(f"{command}\n{out}--- standard error\n{err}--- exit {done.value.code}\n")
    actual = plain("\n".join(parts), today)
    if os.environ.get("CLEW_REWRITE"):
        session.write_text(actual, encoding="utf-8")
    assert actual == session.read_text(encoding="utf-8")
