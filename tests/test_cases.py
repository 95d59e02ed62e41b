"""Every case is a file, folder or zip with its expectation beside it; every source keeps the same contract."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clew.exports import opened
from clew.posts import to_json
from clew.sources import SOURCES, Source, by_name, identify

CASES = Path(__file__).parent / "sources" / "cases"


def cases() -> list[Path]:
    """Return what lies in the folders of cases and is no expectation."""
    return sorted(path for path in CASES.glob("*/*") if path.suffix != ".expected")


@pytest.mark.parametrize("case", cases(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_case_reads_as_its_expectation_says(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.parent)
    with opened(case.name) as export:
        lines = [to_json(item) for item in by_name(case.parent.name).read(export)]
    actual = "".join(line + "\n" for line in lines)
    expected = case.with_name(case.name + ".expected")
    if os.environ.get("CLEW_REWRITE"):
        expected.write_text(actual, encoding="utf-8")
    assert actual == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", cases(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_case_is_claimed_by_its_own_source_alone(case: Path) -> None:
    with opened(str(case)) as export:
        source = identify(export)
    assert source is not None
    assert case.parent.name == source.NAME


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.NAME)
def test_every_source_has_cases(source: Source) -> None:
    assert any(path.parent.name == source.NAME for path in cases())


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"{}", b"[]", b"null", b"\n\n"], ids=repr)
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.NAME)
def test_no_source_claims_what_says_nothing(source: Source, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(content)
    with opened(str(tmp_path / "input")) as export:
        assert not source.claims(export)
