"""Whatever is damaged or forged gets the right verdict: what, where, and what to do; and what is whole is called so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clew import keeping
from clew.archive.any_file import FileReport, verified_file
from clew.archive.verify import Report
from tests.damaged.corpus import CASES, Case, Ground, damaged, ground


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("ground")) as made:
        yield made


def verdict(path: Path, own: Ground, *, noted: bool = False) -> Report | FileReport:
    return keeping.verified(path, trust=own.trust if noted else None) if path.is_dir() else verified_file(path)


def test_the_corpus_has_at_least_forty_cases_of_three_kinds() -> None:
    assert len({(case.of, case.name) for case in CASES}) == len(CASES) >= 40
    assert {case.of for case in CASES} == {"archive", "wacz", "warc"}


@pytest.mark.parametrize("name", ["archive", "port.wacz", "web.warc.gz"])
def test_what_is_whole_is_called_sound(own: Ground, name: str) -> None:
    for noted in (False, True):
        report = verdict(own.folder / name, own, noted=noted)
        assert report.sound, report.findings


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.of}: {case.name}")
def test_damage_is_found_where_it_is(own: Ground, tmp_path: Path, case: Case) -> None:
    path = damaged(case, own, tmp_path / "damaged")
    if case.noted:
        assert verdict(path, own).sound, "this is told by nothing but what its keeper noted elsewhere"
    report = verdict(path, own, noted=case.noted)
    assert not report.sound
    found = [(finding.kind, finding.where, finding.says) for finding in report.findings]
    assert [one for one in found if one[0] == case.kind and case.where in one[1]], found
    assert all(finding.do for finding in report.findings)
