"""Files are written whole or not at all, under names that every system takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clew.cli import main
from clew.cli.output import write_files
from clew.errors import BadOption

INPUTS = Path(__file__).parent / "inputs"


def run(*arguments: str) -> int:
    """Return the exit code of a command line."""
    with pytest.raises(SystemExit) as done:
        main(arguments)
    assert isinstance(done.value.code, int)
    return done.value.code


def test_the_name_tells_the_form(tmp_path: Path) -> None:
    out = tmp_path / "port.html"
    assert run("read", str(INPUTS / "port.jsonl"), "--out", str(out)) == 0
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_folder_gets_a_file_per_thread(tmp_path: Path) -> None:
    assert run("read", str(INPUTS / "port.jsonl"), "--out", f"{tmp_path}/new/", "--to", "md") == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "2021-06-04-ana-1400000000000000001.md",
        "2021-06-05-bob-1400000000000000010.md",
    ]


def test_json_goes_into_a_folder_as_well(tmp_path: Path) -> None:
    assert run("read", str(INPUTS / "port.jsonl"), "--out", str(tmp_path), "--to", "jsonl", "--author", "ana") == 0
    assert [path.name for path in tmp_path.iterdir()] == ["2021-06-04-ana-1400000000000000001.jsonl"]


def test_nothing_is_replaced_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "2021-06-05-bob-1400000000000000010.txt").write_text("mine")
    assert run("read", str(INPUTS / "port.jsonl"), "--out", str(tmp_path)) == 2
    assert "already there. Nothing was written; use --replace to replace it." in capsys.readouterr().err
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
    assert run("read", str(INPUTS / "port.jsonl"), "--out", str(tmp_path), "--replace") == 0
    assert len(list(tmp_path.iterdir())) == 2


def test_posts_go_into_a_file(tmp_path: Path) -> None:
    out = tmp_path / "posts.jsonl"
    assert run("read", str(INPUTS / "port.jsonl"), "--posts", "--notices", "--out", str(out)) == 0
    again = tmp_path / "again.jsonl"
    assert run("read", str(out), "--posts", "--notices", "--out", str(again)) == 0
    assert again.read_bytes() == out.read_bytes()


def test_a_writing_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "half"
        raise KeyboardInterrupt

    path = tmp_path / "thread.md"
    path.write_text("whole")
    with pytest.raises(KeyboardInterrupt):
        write_files({path: pieces()}, replace=True)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["whole"]


def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="no regular file"):
        write_files({Path("/dev/null"): ["text"]}, replace=True)


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadOption, match="cannot be written"):
        write_files({tmp_path / "file" / "thread.md": ["text"]}, replace=False)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for form in ("text", "md", "html", "jsonl"):
        for name in ("a", "b"):
            assert (
                run("read", str(INPUTS / "port.jsonl"), "--to", form, "--out", str(tmp_path / name), "--replace") == 0
            )
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
