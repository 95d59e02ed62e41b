"""Inputs into threads: what can be read is read, and what can't is told."""

from __future__ import annotations

import gzip
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import clew
from clew.errors import BadOption, ClewError, DamagedFile, NotReadable, UnknownFormat
from clew.ingest import EVERY, Intake

LINE = '{{"platform":"x","id":"{}","author":"ana","text":"post {}","edges_stated":true}}\n'


def lines(*ids: int) -> str:
    return "".join(LINE.format(own, own) for own in ids)


def test_a_reading_is_a_sequence_of_threads(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(1, 2) + "{broken\n")
    reading = clew.read(tmp_path / "a.jsonl")
    assert [thread.id for thread in reading] == ["x:1", "x:2"]
    assert reading[0] is reading.threads[0]
    assert reading[:1] == reading.threads[:1]
    assert len(reading) == 2
    assert [post.id for post in reading.posts] == ["1", "2"]
    assert [problem.origin.place for problem in reading.problems] == ["line 3"]
    assert [*reading.errors, *reading.unread, *reading.notices] == []


def test_a_file_that_nobody_knows_is_no_error_among_others(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(1))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "note.bin").write_bytes(b"\x01\x02")
    (tmp_path / "note.bin").write_bytes(b"\x01\x02")
    reading = clew.read(tmp_path)
    assert [post.id for post in reading.posts] == ["1"]
    assert reading.unread == (f"{tmp_path}/deep/note.bin", f"{tmp_path}/note.bin")


def test_files_in_a_zip_are_found(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("one/posts.jsonl", lines(1))
        packed.writestr("two/posts.jsonl", lines(2))
        packed.writestr("two/note.bin", b"\x01\x02")
    reading = clew.read(tmp_path / "a.zip")
    assert [post.origin.file for post in reading.posts if post.origin] == ["one/posts.jsonl", "two/posts.jsonl"]
    assert reading.unread == (f"{tmp_path}/a.zip/two/note.bin",)


def test_what_stood_before_the_damage_is_kept(tmp_path: Path) -> None:
    packed = gzip.compress(lines(*range(20_000)).encode(), mtime=0)
    (tmp_path / "a.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    reading = clew.read(tmp_path / "a.jsonl.gz")
    assert 1000 < len(reading.posts) < 20_000
    assert [type(error) for error in reading.errors] == [DamagedFile]
    (problem,) = reading.problems
    assert problem.origin.place == f"after {len(reading.posts):,} records"
    assert problem.reason == str(reading.errors[0])


def test_the_others_are_read_when_one_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(1))
    reading = clew.read(tmp_path / "nowhere", tmp_path / "a.jsonl")
    assert [type(error) for error in reading.errors] == [NotReadable]
    assert len(reading) == 1


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: None, NotReadable),
        (lambda path: path.write_bytes(b"\x01\x02"), UnknownFormat),
        (lambda path: path.write_bytes(b""), UnknownFormat),
        (lambda path: path.mkdir(), UnknownFormat),
        (lambda path: path.write_bytes(b"PK\x03\x04broken"), DamagedFile),
    ],
)
def test_an_input_of_which_nothing_can_be_read_is_an_error(
    tmp_path: Path, make: Callable[[Path], object], error: type[ClewError]
) -> None:
    make(tmp_path / "input")
    with pytest.raises(error):
        clew.read(tmp_path / "input")


def test_a_folder_in_which_nobody_knows_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x01")
    (tmp_path / "b.bin").write_bytes(b"\x02")
    with pytest.raises(UnknownFormat, match="none of its 2 files is in a format clew reads"):
        clew.read(tmp_path)


def test_each_input_that_nobody_knows_is_told(tmp_path: Path) -> None:
    intake = Intake()
    for name in ("a.bin", "b.bin"):
        (tmp_path / name).write_bytes(b"\x01")
        assert list(intake.items(str(tmp_path / name))) == []
    assert [type(error) for error in intake.errors] == [UnknownFormat, UnknownFormat]
    assert intake.unread == []


def test_a_format_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "strange.txt").write_text('\n{"text":"a","id":"1",\n')
    with pytest.raises(UnknownFormat):
        clew.read(tmp_path / "strange.txt")
    assert len(clew.read(tmp_path / "strange.txt", format="clew_lines").problems) == 1
    with pytest.raises(BadOption):
        clew.read(tmp_path / "strange.txt", format="tweets")


def test_a_named_format_is_looked_for_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(1))
    (tmp_path / "b.bin").write_bytes(b"\x01")
    assert [post.id for post in clew.read(tmp_path, format="clew_lines").posts] == ["1"]


def test_columns_make_a_table_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b,c\n1400000000000000001,ana,A port\n")
    with pytest.raises(UnknownFormat):
        clew.read(tmp_path / "a.csv")
    (post,) = clew.read(tmp_path / "a.csv", columns={"id": "a", "author": "b", "text": "c"}).posts
    assert (post.id, post.author.handle, post.text) == ("1400000000000000001", "ana", "A port")
    (tmp_path / "a.jsonl").write_text(lines(1))
    with pytest.raises(BadOption, match="columns can be named"):
        clew.read(tmp_path / "a.jsonl", format="clew_lines", columns={"id": "a"})


@pytest.mark.parametrize("address", ["https://example.org/", "https://x.com/home", "at://nothing at all"])
def test_addresses_of_no_post_are_refused(address: str) -> None:
    with pytest.raises(BadOption, match="no address of a post or a profile"):
        clew.read(address)


def test_a_file_that_is_called_like_an_address_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t.me").mkdir()
    (tmp_path / "t.me" / "posts").write_text(lines(1))
    monkeypatch.chdir(tmp_path)
    assert len(clew.read("t.me/posts")) == 1


def test_the_watch_hears_how_far_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(*range(EVERY + 1)))
    heard: list[int] = []
    intake = Intake(watch=lambda path, count: heard.append(count))
    assert len(list(intake.items(os.fspath(tmp_path / "a.jsonl")))) == EVERY + 1
    assert heard == [0, EVERY]
