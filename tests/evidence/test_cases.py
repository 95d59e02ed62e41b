"""Each case is a page of invented posts of one kind and language, with everything that is found in them beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from clew.evidence import EXTRACTORS, Finding, Study
from clew.evidence.forms.text import says
from clew.posts import Post
from tests.evidence.made import posted, thread_of

CASES = sorted((Path(__file__).parent / "cases").glob("*/*.txt"))


def posts(case: Path) -> Iterator[Post]:
    """Yield a post for each line behind the first, which says when they were published."""
    moment, *texts = case.read_text(encoding="utf-8").splitlines()
    for at, text in enumerate(texts, 1):
        yield posted(text, str(at), datetime.fromisoformat(moment))


def line(finding: Finding) -> str:
    """Return a finding as a case has it."""
    return (
        f"  {finding.kind} {finding.start}-{finding.end} “{finding.quote}” {says(finding)} "
        f"({finding.certainty}: {finding.why})"
    )


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_found_is_what_the_case_says(case: Path) -> None:
    maker = next(each for each in EXTRACTORS if case.parent.name == each.NAME)
    told: list[str] = []
    for post in posts(case):
        told += [post.text, *(line(finding) for finding in maker.extract(Study(thread_of(post))))]
    actual = "".join(f"{each}\n" for each in told)
    expected = case.with_suffix(".expected")
    if os.environ.get("CLEW_REWRITE"):
        expected.write_text(actual, encoding="utf-8")
    assert actual == expected.read_text(encoding="utf-8")


def test_every_kind_has_cases_in_three_languages() -> None:
    assert {(path.parent.name, path.stem) for path in CASES} == {
        (maker.NAME, language) for maker in EXTRACTORS for language in ("en", "ru", "zh")
    }
