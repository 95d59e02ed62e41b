"""Every case is a list of threads (clew/thread/1) with what each renderer makes of it beside it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from clew.posts import Account, Post
from clew.publish import RENDERERS, by_name, html, markdown, text
from clew.publish.document import Document, compose
from clew.publish.text import Paper
from clew.publish.wrap import cells
from clew.threads import Branch, Completeness, Context, Entry, Gap, PostEntry, Thread

Time = datetime | None
CASES = Path(__file__).parent / "cases"

RENDERINGS: dict[str, Callable[[list[Document]], Iterator[str]]] = {
    "text": text.render,
    "narrow": lambda documents: text.render(documents, Paper(width=40)),
    "md": markdown.render,
    "html": html.render,
}


def threads(case: Path) -> list[Thread]:
    """Return the threads of a case; it leaves out what has a default."""
    return [_thread(record) for record in json.loads(case.read_text(encoding="utf-8"))]


def _thread(record: dict[str, Any]) -> Thread:
    def entries(records: list[dict[str, Any]]) -> tuple[Entry, ...]:
        return tuple(_entry(record | {"platform": platform, "author": author}) for record in records)

    platform, author = record["platform"], record["author"]
    branches = [Branch(**branch | {"entries": entries(branch["entries"])}) for branch in record["branches"]]
    kinds = {"author": Account, "first": Time, "last": Time, "context": Context, "completeness": Completeness}
    parts = {key: msgspec.convert(record[key], kind) for key, kind in (kinds | {"quoted": tuple[Post, ...]}).items()}
    rest = {key: record[key] for key in ("id", "platform", "language", "edges")}
    return Thread(**rest, **parts, entries=entries(record["entries"]), branches=tuple(branches))


def _entry(record: dict[str, Any]) -> Entry:
    if record.pop("kind") == "gap":
        return msgspec.convert({key: record[key] for key in Gap.__struct_fields__}, Gap)
    number, total = record.pop("number"), record.pop("total")
    return PostEntry(post=msgspec.convert(record, Post), number=number, total=total)


@pytest.mark.parametrize("form", RENDERINGS)
@pytest.mark.parametrize("case", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_a_case_looks_as_its_expectation_does(case: Path, form: str) -> None:
    actual = "".join(RENDERINGS[form](compose(threads(case))))
    if form == "html":
        actual = actual[: actual.index("<style>")] + actual[actual.index("</style>") :]
    expected = case.with_name(f"{case.stem}.{form}.expected")
    if os.environ.get("CLEW_REWRITE"):
        expected.write_text(actual, encoding="utf-8")
    assert actual == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", RENDERERS)
def test_a_renderer_is_called_what_the_list_says(form: str) -> None:
    assert form == by_name(form).NAME


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("case", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_no_line_is_wider_than_the_paper_but_for_addresses(case: Path, width: int) -> None:
    lines = "".join(text.render(compose(threads(case)), Paper(width=width))).splitlines()
    assert [line for line in lines if cells(line) > width and not re.search("https?://|data:", line)] == []


@pytest.mark.parametrize("case", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_colours_change_nothing_but_colours(case: Path) -> None:
    documents = compose(threads(case))
    coloured = "".join(text.render(documents, Paper(colour=True)))
    plain = "".join(text.render(documents, Paper()))
    assert re.sub(r"\x1b\[[0-9]+m", "", coloured) == plain
    assert coloured != plain
