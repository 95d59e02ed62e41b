"""The command as a process: pipes that close, Ctrl-C, terminals and pipes, and what it imports."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clew.cli import COMMANDS, clew
from clew.sources import SOURCES

INPUTS = Path(__file__).parent / "inputs"
CLEW = [sys.executable, "-m", "clew"]


def on_a_terminal(arguments: list[str], **environment: str) -> str:
    """Return what a command shows on a terminal of 70 columns."""
    ours, theirs = pty.openpty()
    plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM", "COLUMNS")}
    process = subprocess.Popen(
        [*CLEW, *arguments], stdout=theirs, stderr=theirs, env=plain | {"TERM": "xterm", "COLUMNS": "70"} | environment
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    assert process.wait() == 0
    os.close(ours)
    return shown.decode()


def test_colours_stand_on_a_terminal_only() -> None:
    arguments = ["read", str(INPUTS / "port.jsonl")]
    assert "\x1b[1m@ana · Ana Kova" in on_a_terminal(arguments)
    assert "\x1b" not in on_a_terminal(arguments, NO_COLOR="1")
    assert "\x1b" not in on_a_terminal(arguments, TERM="dumb")
    assert b"\x1b" not in subprocess.run([*CLEW, *arguments], capture_output=True, check=True).stdout


def test_text_is_as_wide_as_the_terminal() -> None:
    first = on_a_terminal(["read", str(INPUTS / "port.jsonl")], NO_COLOR="1").splitlines()[0]
    assert first == "━" * 70


def test_standard_input_is_read() -> None:
    data = (INPUTS / "port.jsonl").read_bytes()
    done = subprocess.run([*CLEW, "read", "-", "--to", "jsonl"], input=data, capture_output=True, check=True)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [
        "x:1400000000000000001",
        "x:1400000000000000010",
    ]


def many_posts(path: Path, count: int) -> Path:
    lines = (f'{{"platform":"x","id":"{at}","author":"ana","text":"{at} {"port " * 40}"}}\n' for at in range(count))
    path.write_text("".join(lines))
    return path


def test_a_pipe_that_closes_is_no_error(tmp_path: Path) -> None:
    path = many_posts(tmp_path / "many.jsonl", 5000)
    for form in ("text", "jsonl"):
        command = [*CLEW, "read", str(path), "--posts", "--to", form]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.read(100)
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode == 0


def test_an_interrupt_is_quiet_and_does_no_harm(tmp_path: Path) -> None:
    fifo = tmp_path / "slow.jsonl"
    os.mkfifo(fifo)
    out = tmp_path / "out.md"
    command = [*CLEW, "read", str(fifo), "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        with fifo.open("wb"):
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 130
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["slow.jsonl"]


def test_output_is_utf8_whatever_the_locale() -> None:
    plain = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([*CLEW, "read", str(INPUTS / "port.jsonl")], capture_output=True, check=True, env=plain)
    assert "港口 🇬🇪" in done.stdout.decode()


def test_help_imports_nothing_that_it_does_not_need() -> None:
    asked = (
        "import sys; from clew.cli import main\ntry: main(['--help'])\nfinally: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)
    loaded = set(done.stderr.split())
    assert not loaded & {"rich", "msgspec", "selectolax", "clew.sources", "clew.posts", "clew.threads", "clew.publish"}


def test_the_list_of_commands_says_what_each_says_itself() -> None:
    context = clew.make_context("clew", ["formats"])
    for name, says in COMMANDS.items():
        command = clew.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.get_short_help_str(200) == says


def test_every_format_is_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run([*CLEW, "formats", "--to", "jsonl"], capture_output=True, check=True)
    assert [json.loads(line)["name"] for line in done.stdout.splitlines()] == [source.NAME for source in SOURCES]
    table = subprocess.run([*CLEW, "formats"], capture_output=True, check=True, text=True).stdout
    assert [line.split()[0] for line in table.splitlines() if line[0] != " "] == [source.NAME for source in SOURCES]


def test_completion_is_offered() -> None:
    done = subprocess.run(CLEW, capture_output=True, env=os.environ | {"_CLEW_COMPLETE": "bash_source"}, text=True)
    assert "_clew_completion" in done.stdout


def test_a_format_that_is_not_there_is_answered_with_those_that_are() -> None:
    done = subprocess.run([*CLEW, "read", "port.jsonl", "--from", "tweets"], capture_output=True, text=True)
    assert done.returncode == 2
    names = ", ".join(source.NAME for source in SOURCES)
    assert done.stderr == f"clew: no format is called 'tweets'. Clew reads: {names}.\n"


@pytest.mark.parametrize(
    ("library", "asked", "extra"),
    [
        ("pyarrow", ["weave", "posts.parquet", "--out", "threads"], "corpus"),
        ("numpy", ["coordinate", "posts.parquet"], "compare"),
        ("httpx2", ["read", "https://mastodon.example.org/@ana/1"], "fetch"),
    ],
)
def test_what_needs_a_library_that_is_absent_says_how_to_get_it(library: str, asked: list[str], extra: str) -> None:
    script = f"import sys; sys.modules[{library!r}] = None; from clew.cli import main; main({asked!r})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("clew: ")
    assert f"{library}, which is not installed. Bring it with: pip install 'clew[{extra}]'" in done.stderr
