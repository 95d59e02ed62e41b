"""What cases can't show of X's GraphQL: responses that break off, and shapes that X never sends."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from clew.errors import DamagedFile
from clew.exports import opened
from clew.posts import Item, Post, Problem
from clew.sources import Source, x_graphql, zeeschuimer

CASES = Path(__file__).parent / "cases" / "x_graphql"


def read_into(items: list[Item], path: Path) -> None:
    with opened(str(path)) as export:
        items.extend(x_graphql.read(export))


@pytest.mark.parametrize("compact", [True, False])
def test_of_a_response_that_breaks_off_the_entries_before_are_given(compact: bool, tmp_path: Path) -> None:
    response = json.loads((CASES / "cursors-not-followed.json").read_bytes())
    text = json.dumps(response, indent=None if compact else 2)
    (tmp_path / "cut.json").write_text(text[: text.index("PAGE2")])
    given: list[Item] = []
    with pytest.raises(DamagedFile, match="breaks off"):
        read_into(given, tmp_path / "cut.json")
    assert [item.id[-1] for item in given if isinstance(item, Post)] == ["1", "2", "3", "4"]


def test_a_broken_line_costs_no_other_line(tmp_path: Path) -> None:
    whole = (CASES / "bare-results.jsonl").read_bytes().splitlines()
    (tmp_path / "lines.jsonl").write_bytes(b"\n".join([whole[0], whole[1][:300], whole[1]]) + b"\n")
    given: list[Item] = []
    read_into(given, tmp_path / "lines.jsonl")
    assert [type(item) for item in given] == [Post, Problem, Post]


@pytest.mark.parametrize("source", [x_graphql, zeeschuimer], ids=lambda source: source.NAME)
@pytest.mark.parametrize(
    "text", ["1", '"a"', "[[[]]]", '{"data": 1}\n[2]', '{"entries": [null, {"content": 1}]}', "[" * 9000]
)
def test_any_json_is_read_without_a_fall(source: Source, text: str, tmp_path: Path) -> None:
    (tmp_path / "any.json").write_text(text)
    with opened(str(tmp_path / "any.json")) as export, contextlib.suppress(DamagedFile):
        assert not any(isinstance(item, Post) for item in source.read(export))
