"""`clew find` as it is typed."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clew.archive import Archive
from clew.cli import main
from clew.finding import Finder
from clew.removing import removed, wanted
from clew.search.grammar import parse
from tests.archive.worlds import add, post, write
from tests.search.test_finding import POSTS
from tests.search.worlds import archive_of, ids
from tests.test_schemas import schema

CLEW = [sys.executable, "-m", "clew"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return archive_of(tmp_path_factory.mktemp("command"), POSTS)


@pytest.fixture
def clew(archive: Archive, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("CLEW_ARCHIVE", str(archive.path))
    return Run(capfd)


class Run:
    """Runs a command; gives its exit code, standard output and standard error."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            main(["find", *arguments])
        return int(done.value.code or 0), *self._capfd.readouterr()


def test_hits_are_text_with_their_number_on_standard_error(clew: Run) -> None:
    code, out, err = clew("port", "sold")
    assert (code, err) == (0, "posts 1 to 1 of 1\n")
    assert out == ("2021-06-04 09:31  @ana  1 of 3  x:1400000000000000001\n    1/ The port was sold to a company 🇺🇦\n")


def test_hits_are_lines_of_json_and_rows_of_a_table(clew: Run) -> None:
    (line,) = clew("核电站", "--to", "jsonl", "--quiet")[1].splitlines()
    hit = json.loads(line)
    assert [hit["snippet"][start:end] for start, end in hit["spans"]] == ["核电站"]
    (row,) = csv.DictReader(io.StringIO(clew("核电站", "--to", "csv")[1]))
    assert (row["post"], row["spans"], row["author"]) == (hit["post"], "2-5", "@li")


@pytest.mark.parametrize(
    "query",
    [["*"], ["port"], ["port", "--sort", "old"], ["company", "harbour", "in:thread"], ["is:single", "in:thread"]],
)
def test_lines_of_hits_keep_to_their_schema(clew: Run, query: list[str]) -> None:
    lines = clew(*query, "--to", "jsonl", "--quiet")[1].splitlines()
    assert lines
    for line in lines:
        schema("hit").validate(json.loads(line))


def test_lines_of_posts_that_say_the_same_keep_to_their_schema(clew: Run, tmp_path: Path) -> None:
    said = "The northern port was sold to a company from the islands that nobody had heard of before the sale in May"
    archive = archive_of(tmp_path, [post(1, said), post(2, f"{said}, they say", by="bob")])
    out = clew("--like", "1400000000000000001", "--to", "jsonl", "--archive", str(archive.path))[1]
    hit = json.loads(out)
    schema("hit").validate(hit)
    assert hit["containment"] == 1 > hit["resemblance"] > 0.8


def test_a_word_to_leave_out_is_typed_without_quotes(clew: Run) -> None:
    assert clew("port", "-sold", "-harbour", "--quiet")[1].count("\n") == 2
    code, _, err = clew("port", "--lmit", "4")
    assert (code, err) == (2, "clew: no such option '--lmit'. See: clew find --help\n")


def test_pages_follow_each_other(clew: Run) -> None:
    every = clew("*", "--sort", "old", "--quiet")[1]
    pages = [clew("*", "--sort", "old", "--limit", "4", "--page", page)[1] for page in "123"]
    assert "".join(pages) == every
    code, _, err = clew("*", "--limit", "4", "--page", "4")
    assert (code, err) == (4, "clew: there is no page 4: 9 posts answer this.\n")


def test_hits_are_counted(clew: Run) -> None:
    assert clew("*", "--by", "author")[1].splitlines() == ["3  @ana", "3  @eve", "2  @bob", "1  @li"]
    assert clew("*", "--by", "place", "--to", "csv")[1].splitlines()[0] == "place,count"


def test_a_search_is_saved_run_narrowed_listed_and_forgotten(clew: Run) -> None:
    clew("port OR harbour", "--save", "harbour")
    assert clew("--saved", "harbour", "-sold", "--quiet")[1].count("\n") == 4
    assert clew("--searches")[1] == "harbour  port OR harbour\n"
    assert clew("--forget", "harbour")[0] == 0
    assert clew("--saved", "harbour")[::2] == (4, "clew: no search is saved as harbour; there are: none.\n")
    assert clew("--searches")[0] == 4


def test_a_post_that_nobody_copied_is_like_no_other(clew: Run) -> None:
    code, _, err = clew("--like", "1400000000000000010")
    assert (code, err) == (4, "clew: no other post says the same as 1400000000000000010.\n")
    assert clew("--like", "1400000000000000099")[0] == 4


def test_what_was_found_is_painted_on_a_terminal(archive: Archive) -> None:
    ours, theirs = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    command = [*CLEW, "find", "sold", "--quiet", "--archive", str(archive.path)]
    process = subprocess.Popen(command, stdout=theirs, env=environment | {"TERM": "xterm"})
    assert process.wait() == 0
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "was \x1b[1;33msold\x1b[0m to" in shown


def test_new_posts_are_shown_as_they_come_in(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, POSTS)
    command = [*CLEW, "find", "company", "--watch", "--every", "0.2", "--archive", str(archive.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        assert process.stderr.readline() == "watching; end it with Ctrl-C\n"
        add(archive, write(tmp_path / "more.jsonl", [post(30, "a new company", by="kim"), post(31, "else", by="kim")]))
        assert "x:1400000000000000030" in process.stdout.readline()
        assert "a new company" in process.stdout.readline()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        try:
            out, _ = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, out) == (130, "")


def test_what_is_removed_is_gone_from_results_at_once(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, [*POSTS, post(40, "an unmistakablesecret of joe", by="joe")])
    finder = Finder.of(archive)
    assert ids(archive, "unmistakablesecret") == {40}
    removed(archive, wanted(archive, "@joe"), "the author asked")
    assert finder.find(parse("unmistakablesecret")).hits == ()
    assert ids(archive, "unmistakablesecret") == set()
    assert ids(archive, "company") == {1, 2}
    assert Finder.of(archive).index.searcher.terms_with_prefix("words", "unmistakablesecret") == []
