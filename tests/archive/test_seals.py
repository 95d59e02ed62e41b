"""Seals and time stamps: what they prove, offline, and what no forged one does."""

from __future__ import annotations

import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clew import keeping
from clew.archive import Archive
from clew.archive.verify import Report, Trust
from clew.errors import BadOption, NotFetched
from clew.sealing import sealed
from tests.archive.worlds import add, made, post, write
from tests.services.authority import Authority, authority


@pytest.fixture(scope="module")
def stamper() -> Iterator[Authority]:
    with authority() as running:
        yield running


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = made(tmp_path / "archive")
    add(archive, write(tmp_path / "a.jsonl", [post(1), post(2, to=1)]))
    return archive


def says(report: Report, *words: str) -> bool:
    """Say whether one sentence of what is proved has all these words."""
    return any(all(word in line for word in words) for line in report.proved)


def test_a_seal_proves_who_and_a_stamp_proves_when(archive: Archive, tmp_path: Path, stamper: Authority) -> None:
    found = sealed(archive, tmp_path / "key.pem", [stamper.url], stamper.root)
    assert found.made_key
    report = keeping.verified(archive.path)
    assert report.sound
    assert says(report, "Lines 1 to 3", found.statement.key)
    assert says(report, "existed in this form by", f"{found.stamps[0].time:%Y-%m-%d %H:%M}", "CN=Test Authority")
    assert any("root of its certificate lies in the archive itself" in line for line in report.not_proved)
    trust = Trust(
        keys=(found.statement.key,), roots=stamper.root.read_bytes(), heads=(found.statement.head, report.head or "")
    )
    trusted = keeping.verified(archive.path, trust=trust)
    assert trusted.sound
    assert not any("who it says" in line or "Who sealed it" in line for line in trusted.not_proved)


def test_what_came_behind_the_last_seal_is_said_not_to_be_sealed(archive: Archive, tmp_path: Path) -> None:
    sealed(archive, tmp_path / "key.pem")
    add(archive, write(tmp_path / "b.jsonl", [post(3)]))
    report = keeping.verified(archive.path)
    assert report.sound
    assert any("behind the last seal, 1 line" in line for line in report.not_proved)
    assert any("no time stamp proves it" in line for line in report.not_proved)
    again = sealed(archive, tmp_path / "key.pem")
    assert not again.made_key
    assert not any("behind the last seal" in line for line in keeping.verified(archive.path).not_proved)


def test_a_rebuild_keeps_seals_and_whatever_comes_next_leaves_them_alone(archive: Archive, tmp_path: Path) -> None:
    sealed(archive, tmp_path / "key.pem")
    before = {path.name: path.read_bytes() for path in (archive.path / "seals").iterdir()}
    archive.close()
    (archive.path / "clew.sqlite").unlink()
    keeping.rebuilt(archive.path).close()
    keeping.opened(archive.path).close()
    assert {path.name: path.read_bytes() for path in (archive.path / "seals").iterdir()} == before
    assert keeping.verified(archive.path, deep=True).sound


def test_the_key_is_for_its_keeper_alone_and_never_in_the_archive(archive: Archive, tmp_path: Path) -> None:
    sealed(archive, tmp_path / "deep" / "key.pem")
    assert stat.S_IMODE((tmp_path / "deep" / "key.pem").stat().st_mode) == 0o600
    (tmp_path / "deep" / "key.pem").chmod(0o644)
    with pytest.raises(BadOption, match="chmod 600"):
        sealed(archive, tmp_path / "deep" / "key.pem")
    with pytest.raises(BadOption, match="lies in the archive"):
        sealed(archive, archive.path / "key.pem")
    assert not (archive.path / "key.pem").exists()


def test_openssl_checks_seal_and_stamp_alike(archive: Archive, tmp_path: Path, stamper: Authority) -> None:
    sealed(archive, tmp_path / "key.pem", [stamper.url], stamper.root)
    seals = archive.path / "seals"
    subprocess.run(
        ["openssl", "pkey", "-in", tmp_path / "key.pem", "-pubout", "-out", tmp_path / "pub.pem"], check=True
    )
    for command in (
        f"openssl pkeyutl -verify -rawin -pubin -inkey {tmp_path}/pub.pem -in 000003.json -sigfile 000003.sig",
        f"openssl ts -verify -data 000003.json -in 000003-1.tsr -CAfile {stamper.root}",
    ):
        done = subprocess.run(command.split(), cwd=seals, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_nothing_is_sealed_where_no_stamp_comes(archive: Archive, tmp_path: Path, stamper: Authority) -> None:
    for url, given in (
        ("http://127.0.0.1:9/tsr", None),
        (stamper.url, None),  # its root is not at hand
    ):
        with pytest.raises(NotFetched, match="Nothing was sealed"):
            sealed(archive, tmp_path / "key.pem", [url], given)
    assert not (archive.path / "seals").exists()
    assert keeping.verified(archive.path).lines == 3


def test_an_authority_whose_certificate_does_not_hold_is_refused(archive: Archive, tmp_path: Path) -> None:
    with (
        authority("Late", begins=timedelta(days=-30), lasts=timedelta(days=10)) as late,
        pytest.raises(NotFetched, match="the certificate of its authority held from"),
    ):
        sealed(archive, tmp_path / "key.pem", [late.url], late.root)


def test_a_stamp_outlives_the_certificate_of_its_authority(archive: Archive, tmp_path: Path) -> None:
    with authority("Short", begins=timedelta(seconds=-5), lasts=timedelta(seconds=8)) as short:
        found = sealed(archive, tmp_path / "key.pem", [short.url], short.root)
        time.sleep(max(0.0, found.stamps[0].expires.timestamp() - time.time() + 0.1))
    report = keeping.verified(archive.path)
    assert report.sound
    assert says(report, "existed in this form by", "CN=Short Authority")
    assert any("The certificate of CN=Short Authority ended" in line for line in report.notes)


def test_a_stamp_by_another_authority_than_the_user_names_proves_nothing(
    archive: Archive, tmp_path: Path, stamper: Authority
) -> None:
    sealed(archive, tmp_path / "key.pem", [stamper.url], stamper.root)
    with authority("Test") as other:  # the same names, other keys
        report = keeping.verified(archive.path, trust=Trust(roots=other.root.read_bytes()))
    assert [(finding.kind, finding.where) for finding in report.findings] == [("forged", "seals/000003-1.tsr")]
    assert not says(report, "existed in this form by")


def test_a_head_that_was_noted_tells_an_archive_that_was_made_anew(archive: Archive, tmp_path: Path) -> None:
    head = keeping.verified(archive.path).head or ""
    assert keeping.verified(archive.path, trust=Trust(heads=(head,))).sound
    shutil.rmtree(archive.path)
    again = made(archive.path)
    add(again, tmp_path / "a.jsonl")
    report = keeping.verified(again.path, trust=Trust(heads=(head,)))
    assert [finding.kind for finding in report.findings] == ["changed"]
    assert "made anew" in report.findings[0].says


def test_a_seal_that_no_line_names_is_put_aside(archive: Archive) -> None:
    archive.close()
    (archive.path / "seals").mkdir()
    (archive.path / "seals" / "000003.json").write_bytes(b"{}")
    assert [finding.kind for finding in keeping.verified(archive.path).findings] == ["unlisted"]
    keeping.opened(archive.path).close()
    report = keeping.verified(archive.path)
    assert report.sound
    assert (archive.path / "aside" / "000003.json").read_bytes() == b"{}"
    assert any("aside/ holds 1 file that" in line for line in report.notes)


def test_captures_whose_last_line_was_taken_out_of_the_ledger_are_put_aside_and_not_lost(
    archive: Archive, tmp_path: Path
) -> None:
    add(archive, write(tmp_path / "b.jsonl", [post(7, "the berths lie empty")]))
    archive.close()
    ledger = archive.path / "ledger.jsonl"
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[:-1]))
    (archive.path / "clew.sqlite").unlink()
    told: list[str] = []
    again = keeping.opened(archive.path, tell=told.append)
    (kept,) = (archive.path / "aside").iterdir()
    assert len(told) == 1
    assert str(kept) in told[0]
    assert add(again, kept).new == 1
    assert keeping.verified(archive.path, deep=True).sound
