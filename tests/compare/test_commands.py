"""`clew coordinate` and `clew compare` as processes: whole output, exit codes, clear words about bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest


def clew(*arguments: str, folder: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "clew", *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def ring(folder: Path) -> None:
    """Write a crowd and a ring of three as a table of actions, and as posts."""
    rng = np.random.default_rng(1)
    rows = [(f"t{rng.integers(60)}", f"a{rng.integers(40)}", int(rng.uniform(0, 800_000))) for _ in range(1500)]
    for turn in range(10):
        start = int(rng.uniform(0, 800_000))
        rows += [(f"t{turn}", f"ring{n}", start + n) for n in range(3)]
    (folder / "table.csv").write_text(
        "object,account,content,time\n"
        + "".join(f"{tag},{who},c{n},{1_600_000_000 + when}\n" for n, (tag, who, when) in enumerate(rows))
    )
    (folder / "posts.jsonl").write_text(
        "".join(
            json.dumps(
                {
                    "schema": "clew/post/1",
                    "platform": "x",
                    "id": str(1_400_000_000_000_000_000 + n),
                    "author": who,
                    "time": f"{np.datetime64(1_600_000_000 + when, 's')}Z",
                    "text": f"look #{tag}",
                }
            )
            + "\n"
            for n, (tag, who, when) in enumerate(rows)
        )
    )


def edges(out: str) -> set[tuple[str, ...]]:
    return {tuple(line.split(",")[:2]) for line in out.splitlines()[1:]}


def test_a_ring_is_found_in_a_table_and_in_posts_alike(tmp_path: Path) -> None:
    ring(tmp_path)
    wanted = {("ring0", "ring1"), ("ring0", "ring2"), ("ring1", "ring2")}
    for given in (["table.csv"], ["posts.jsonl", "--trace", "tag"]):
        code, out, error = clew("coordinate", *given, "--to", "csv", "--draws", "30", folder=tmp_path)
        assert (code, edges(out)) == (0, wanted)
        assert "60 s: 3 edges of" in error


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    ring(tmp_path)
    for form in ("json", "html", "stix"):
        one, same = (
            clew("coordinate", "table.csv", "--to", form, "--draws", "10", "--quiet", folder=tmp_path) for _ in range(2)
        )
        assert one == same
        assert one[0] == 0


def test_files_are_written_by_their_names_with_the_evidence_beside(tmp_path: Path) -> None:
    ring(tmp_path)
    arguments = ("coordinate", "table.csv", "--draws", "10", "--out", "net.graphml", "--evidence", "pairs.csv")
    assert clew(*arguments, folder=tmp_path)[0] == 0
    assert "<graphml" in (tmp_path / "net.graphml").read_text()
    assert len((tmp_path / "pairs.csv").read_text().splitlines()) == 31
    code, _, error = clew(*arguments, folder=tmp_path)
    assert code == 2
    assert "already there" in error


def test_each_window_is_kept_apart(tmp_path: Path) -> None:
    ring(tmp_path)
    code, out, _ = clew("coordinate", "table.csv", "--window", "1s,1m", "--to", "csv", "--draws", "30", folder=tmp_path)
    assert code == 0
    windows = [(line.split(",")[0], line.split(",")[1], line.split(",")[2]) for line in out.splitlines()[1:]]
    assert ("ring0", "ring2", "1.0") not in windows
    assert ("ring0", "ring1", "1") in windows
    assert ("ring0", "ring2", "60") in windows


def test_the_mode_of_a_peer_gives_its_figures(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("object,account,content,time\no,ana,1,0\no,ben,2,5\nq,ana,3,0\nq,ben,4,5\n")
    code, out, error = clew("coordinate", "t.csv", "--mode", "coortweet", "--window", "10s", folder=tmp_path)
    assert (code, out.splitlines()[1]) == (0, "ana,ben,2,5,2,2,1")
    assert error == "1 edges between 2 accounts · sum of weights 2 · heaviest 2\n"
    code, _, error = clew("coordinate", "t.csv", "--mode", "cnt", "--to", "html", folder=tmp_path)
    assert code == 2
    assert "--mode cnt goes with --to csv, parquet, graphml, gexf" in error


def test_nothing_beyond_chance_is_exit_4_with_a_report(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("object,account,time\no,ana,0\no,ben,5\n")
    code, out, error = clew("coordinate", "t.csv", "--draws", "5", folder=tmp_path)
    assert code == 4
    assert "No single edge here is more than chance gives." in out
    assert "no accounts act together in t.csv within 60s" in error


@pytest.mark.parametrize(
    ("table", "arguments", "says"),
    [
        ("object,account,time\no,ana,\n", [], "t.csv: no row has all of object, account and time"),
        ("object,account,time\no,ana,1\nq,ana,2\n", [], "all actions are by one account; it takes two"),
        ("object,account,time\no,1.4E+18,1\no,1.5E+18,2\n", [], "holds ids that a spreadsheet has rounded (1.4E+18)"),
        (
            "object,account,time\no,ana,1\no,ben,2\n",
            ["--window=-5s"],
            "--window -5s: a span of time cannot be negative",
        ),
        (
            "object,account,time\no,ana,1\no,ben,2\n",
            ["--window", "soon"],
            "--window soon: write it as 60s, 5m, 2h or 1d",
        ),
        ("object,account,time\no,ana,1\no,ben,2\n", ["--null", "magic"], "no null model is called 'magic'"),
        ("object,account,time\no,ana,1\no,ben,2\n", ["--columns", "object"], "write it as what=name"),
        ("object,account,time\no,ana,1\no,ben,2\n", ["--columns", "object=x"], "no column is called 'x'"),
        ("object,account,time\no,ana,1\no,ben,2\n", ["--evidence", "x.txt"], "name it .csv or .parquet"),
        ("just words\n", ["--columns", "object=x"], "its first line names no columns"),
    ],
)
def test_bad_input_is_said_in_words(tmp_path: Path, table: str, arguments: list[str], says: str) -> None:
    (tmp_path / "t.csv").write_text(table)
    code, out, error = clew("coordinate", "t.csv", *arguments, folder=tmp_path)
    assert (code, out) == (2, "")
    assert says in error


def test_equal_times_are_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "object,account,time\n" + "".join(f"o{n},{who},5\n" for n in range(3) for who in "ab")
    )
    code, _, error = clew("coordinate", "t.csv", "--draws", "5", folder=tmp_path)
    assert code in (0, 4)
    assert "all times are equal" in error


def test_a_file_that_is_not_there_is_exit_2(tmp_path: Path) -> None:
    for arguments in (["coordinate", "none.csv"], ["compare", "none.jsonl", "--groups", "g.csv"]):
        code, _, error = clew(*arguments, folder=tmp_path)
        assert code == 2
        assert "none." in error


def test_groups_are_compared_and_read(tmp_path: Path) -> None:
    ring(tmp_path)
    (tmp_path / "groups.csv").write_text(
        "account,group\nring0,red\nring1,blue\n@ring2,blue\n" + "".join(f"a{n},news\n" for n in range(40))
    )
    code, out, error = clew(
        "compare", "posts.jsonl", "--groups", "groups.csv", "--control", "news", "--draws", "199", folder=tmp_path
    )
    assert code == 0
    assert "red → blue: coordinated" in error
    assert "# Who follows whom" in out
    assert "Deliberate delay looks like imitation" in out


def test_groups_can_be_whole_inputs_and_tactics_single_tags(tmp_path: Path) -> None:
    ring(tmp_path)
    lines = (tmp_path / "posts.jsonl").read_text().splitlines(keepends=True)
    for name in ("ring0", "ring1"):
        (tmp_path / f"{name}.jsonl").write_text("".join(line for line in lines if f'"{name}"' in line))
    code, out, _ = clew(
        *("compare", "posts.jsonl", "--group", "red=ring0.jsonl", "--group", "blue=ring1.jsonl"),
        *("--tactic", "tag:t1", "--tactic", "tag:#T2", "--tactic", "phrase:look", "--to", "json"),
        folder=tmp_path,
    )
    facts = json.loads(out)
    assert code == 0
    assert facts["traces"] == ["tag", "phrase"]
    assert {reading["verdict"] for reading in facts["readings"]} == {"cannot tell"}


def test_an_archive_is_an_input_and_searches_in_it_make_groups(tmp_path: Path) -> None:
    ring(tmp_path)
    clew("init", "held", folder=tmp_path)
    assert clew("add", "--archive", "held", "posts.jsonl", folder=tmp_path)[0] == 0
    asked = ("--trace", "tag", "--to", "csv", "--draws", "30", "--quiet")
    code, out, _ = clew("coordinate", "held", *asked, folder=tmp_path)
    assert (code, edges(out)) == (0, {("ring0", "ring1"), ("ring0", "ring2"), ("ring1", "ring2")})
    others = " OR ".join(f"from:a{n}" for n in range(40))
    groups = ("--group", "red=find:from:ring0", "--group", "blue=find:from:ring1 OR from:ring2")
    more = ("--group", f"news=find:{others}", "--control", "news", "--draws", "199")
    code, _, error = clew("compare", "held", *groups, *more, folder=tmp_path)
    assert code == 0
    assert "red → blue: coordinated" in error
    code, _, error = clew("compare", "posts.jsonl", *groups, folder=tmp_path)
    assert code == 2
    assert "there is no archive to look into" in error
    clew("dossier", "new", "blue", "--archive", "held", folder=tmp_path)
    for number in (1, 2):
        assert (
            clew("dossier", "add", "blue", "--archive", "held", "--search", f"from:ring{number}", folder=tmp_path)[0]
            == 0
        )
    code, _, error = clew("compare", "held", *groups[:2], "--group", "blue=dossier:blue", *more, folder=tmp_path)
    assert code == 0
    assert "red → blue: coordinated" in error


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name the groups with --groups FILE"),
        (["--groups", "g.csv", "--control", "nws"], "no group is called 'nws'; there are: blue, red"),
        (["--groups", "g.csv", "--pair", "red"], "write it as two groups"),
        (["--groups", "g.csv", "--group-columns", "x,y"], "no column is called 'x'"),
        (["--groups", "g.csv", "--group", "red"], "write it as name=input"),
        (["--groups", "g.csv", "--tactic", "maga"], "write it as trace:name"),
        (["--groups", "g.csv", "--trace", "tgas"], "no trace is called 'tgas'"),
        (["--groups", "one.csv"], "there is one group only"),
    ],
)
def test_bad_groups_are_said_in_words(tmp_path: Path, arguments: list[str], says: str) -> None:
    ring(tmp_path)
    (tmp_path / "g.csv").write_text("account,group\nring0,red\nring1,blue\n")
    (tmp_path / "one.csv").write_text("account,group\nring0,red\n")
    code, _, error = clew("compare", "posts.jsonl", *arguments, folder=tmp_path)
    assert code == 2
    assert says in error
