"""Whatever clew writes keeps to the schemas that others rely on."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from clew.exports import opened
from clew.posts import Post, to_json
from clew.sources import by_name
from clew.threads import to_json as thread_to_json
from clew.threads import weave

ROOT = Path(__file__).parent.parent
CASES = sorted(p for p in (ROOT / "tests/sources/cases").glob("*/*") if p.suffix != ".expected")


@cache
def schema(name: str) -> Draft202012Validator:
    """Return the validator of a schema in docs/schema."""
    found: dict[str, Any] = json.loads((ROOT / f"docs/schema/{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_items_and_threads_keep_to_their_schemas(case: Path) -> None:
    with opened(str(case)) as export:
        items = list(by_name(case.parent.name).read(export))
    for item in items:
        line = json.loads(to_json(item))
        schema(line["schema"].split("/")[1]).validate(line)
    for thread in weave(items):
        schema("thread").validate(json.loads(thread_to_json(thread)))


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_spans_hold_what_they_say(case: Path) -> None:
    with opened(str(case)) as export:
        posts = [item for item in by_name(case.parent.name).read(export) if isinstance(item, Post)]
    for post in posts:
        for link in post.links:
            assert post.text[link.start : link.end] == link.shown or link.start == link.end
        for mention in post.mentions:
            assert 0 <= mention.start <= mention.end <= len(post.text)
        for tag in post.tags:
            assert 0 <= tag.start <= tag.end <= len(post.text)
