"""WACZ packages: ours open in ReplayWeb.page and are valid to others; anybody's are checked both ways."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clew import packaging
from clew.archive import Archive
from clew.archive.any_file import verified_file
from clew.archive.holdings import found
from clew.archive.verify import Trust
from clew.archive.wacz import page_url
from clew.cli import main
from clew.posts import to_json
from clew.sealing import sealed
from tests.archive.worlds import add, made, post, write
from tests.damaged.packages import rewritten
from tests.publish.tools import CHROMIUM, needs
from tests.services.authority import authority
from tests.services.memento import Page, _write
from tests.services.replay import served
from tests.services.running import SERVICES, need

MADE = datetime(2024, 5, 3, tzinfo=UTC)
WACZ = SERVICES / "web/bin/wacz"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with a thread that was read from a file, and from saved web traffic."""
    archive = made(tmp_path / "archive")
    posts = [
        post(1, "1/2 港口 The berths lie empty & nobody says why"),
        post(2, "2/2 What the harbour master says", to=1),
    ]
    add(archive, write(tmp_path / "a.jsonl", posts))
    body = "".join(f"{to_json(one)}\n" for one in (*posts, post(3, "3/2 And later", to=2))).encode()
    _write(tmp_path / "web.warc.gz", [Page("https://example.org/posts.jsonl", "2021-06-05T00:00:00Z", body)])
    add(archive, tmp_path / "web.warc.gz")
    return archive


def published(archive: Archive, out: Path, kept: packaging.Kept = "all") -> Path:
    """Write a package of the thread; returns its path."""
    threads = found(archive.connection, post(1).id)
    folder = out.parent / f"{out.name}-captures"
    folder.mkdir()
    held = packaging.from_archive(archive, threads, kept, folder)
    pages = {one.id: [f"<!doctype html><title>t</title><p>{one.title}</p>"] for one in threads}
    out.write_bytes(b"".join(packaging.package(threads, pages, {one.id: one.title for one in threads}, MADE, held)))
    return out


def test_a_package_of_ours_is_sound_and_the_same_bytes_each_time(archive: Archive, tmp_path: Path) -> None:
    one = published(archive, tmp_path / "one.wacz")
    report = verified_file(one)
    assert report.sound, report.findings
    assert report.kind == "wacz"
    assert one.read_bytes() == published(archive, tmp_path / "two.wacz").read_bytes()


def test_web_traffic_goes_in_byte_for_byte_and_files_only_where_they_are_wanted(
    archive: Archive, tmp_path: Path
) -> None:
    traffic = (tmp_path / "web.warc.gz").read_bytes()
    for kept, inside in (("none", 1), ("web", 2), ("all", 2)):
        path = published(archive, tmp_path / f"{kept}.wacz", kept)  # type: ignore[arg-type]
        with zipfile.ZipFile(path) as opened:
            names = [name for name in opened.namelist() if name.startswith("archive/")]
            assert len(names) == inside
            if inside == 2:
                assert opened.read(names[1]) == traffic
            own = gzip.decompress(opened.read(names[0]))
            assert (b"octet-stream" in own) is (kept == "all")
            facts = [json.loads(line) for line in opened.read("clew/captures.jsonl").splitlines()]
            assert [fact["name"] for fact in facts] == ["a.jsonl", "web.warc.gz"]
            threads = [json.loads(line) for line in opened.read("clew/threads.jsonl").splitlines()]
            assert len(threads[0]["entries"]) == 3
            assert json.loads(opened.read("clew/archive.json"))["head"].startswith("sha256:")


def test_no_record_of_ours_pretends_to_be_the_answer_of_a_server(archive: Archive, tmp_path: Path) -> None:
    with zipfile.ZipFile(published(archive, tmp_path / "one.wacz")) as opened:
        own = gzip.decompress(opened.read("archive/threads.warc.gz"))
    assert b"WARC-Type: response" not in own
    assert b"WARC-Target-URI: https://thread.clew.invalid/x/14" in own


def test_others_find_our_packages_valid(archive: Archive, tmp_path: Path) -> None:
    need(WACZ)
    done = subprocess.run(
        [WACZ, "validate", "-f", published(archive, tmp_path / "one.wacz")], capture_output=True, text=True
    )
    assert "Validation succeeded" in done.stdout, done.stdout + done.stderr


def test_packages_of_others_are_sound(tmp_path: Path) -> None:
    need(WACZ)
    pages = [Page(f"https://example.org/{at}", "2021-06-05T00:00:00Z", b"<p>one</p>", "text/html") for at in range(3)]
    _write(tmp_path / "t.warc.gz", pages)
    (tmp_path / "pages.jsonl").write_text(
        '{"format":"json-pages-1.0","id":"pages"}\n{"url":"https://example.org/0","ts":"2021-06-05T00:00:00Z"}\n'
    )
    command = [str(WACZ), "create", "t.warc.gz", "-o", "t.wacz", "-p", "pages.jsonl", "--url", "https://example.org/0"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    report = verified_file(tmp_path / "t.wacz")
    assert report.sound, report.findings
    assert report.records == 3


@needs("chromium")
def test_replay_web_page_opens_a_package_and_shows_the_thread(archive: Archive, tmp_path: Path) -> None:
    from playwright.sync_api import TimeoutError as TooLate
    from playwright.sync_api import sync_playwright

    out = tmp_path / "port.wacz"
    with pytest.raises(SystemExit) as done:
        main(["publish", post(1).id, "--archive", str(archive.path), "--out", str(out), "--quiet"])
    assert done.value.code == 0
    thread = f"x:{post(1).id}"
    options = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    asked: list[str] = []
    with served(out, page_url(thread)) as url, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=options)
        try:
            page = browser.new_page()
            page.on("request", lambda request: asked.append(request.url))
            frame = page.frame_locator("replay-web-page iframe").frame_locator("iframe")
            for left in (2, 1, 0):  # at a first visit its service worker is not always there in time
                page.goto(url)
                try:
                    frame.get_by_text("The berths lie empty").first.wait_for(timeout=15_000)
                    break
                except TooLate:
                    assert left, "ReplayWeb.page does not show the thread"
            frame.get_by_text("And later").first.wait_for(timeout=5_000)
        finally:
            browser.close()
    assert [own for own in asked if not own.startswith((url, "data:", "blob:"))] == []


def test_a_package_with_its_proof_shows_who_sealed_the_archive_and_when(archive: Archive, tmp_path: Path) -> None:
    with authority() as running:
        seal = sealed(archive, tmp_path / "own.key", [running.url], running.root)
        root = running.root.read_bytes()
    out = tmp_path / "proof.wacz"
    with pytest.raises(SystemExit):
        main(["publish", post(1).id, "--archive", str(archive.path), "--proof", "--out", str(out), "--quiet"])
    trust = Trust(keys=(seal.statement.key,), roots=root, heads=(seal.statement.head,))
    report = verified_file(out, trust)
    assert report.sound, report.findings
    assert any("existed in this form by" in line for line in report.proved)
    assert not verified_file(out, Trust(heads=("sha256:00",))).sound
    rewritten(out, lambda files: files.update({"clew/proof/ledger.jsonl": files["clew/proof/ledger.jsonl"][:-90]}))
    kinds = {finding.kind for finding in verified_file(out, trust).findings}
    assert "unlisted" in kinds, "a seal that the ledger, cut by a line, no longer names"


def test_a_package_whose_ledger_does_not_know_its_captures_is_forged(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "proof.wacz"
    with pytest.raises(SystemExit):
        main(["publish", post(1).id, "--archive", str(archive.path), "--proof", "--out", str(out), "--quiet"])
    line = b'{"digest":"sha256:00","name":"a.jsonl"}\n'
    rewritten(out, lambda files: files.update({"clew/captures.jsonl": files["clew/captures.jsonl"] + line}))
    assert [finding.kind for finding in verified_file(out).findings] == ["forged"]


def test_a_file_in_no_archive_makes_a_package_too(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [post(1), post(2, to=1)])
    with pytest.raises(SystemExit) as done:
        main(["publish", str(path), "--captures", "all", "--out", str(tmp_path / "a.wacz"), "--quiet"])
    assert done.value.code == 0
    assert verified_file(tmp_path / "a.wacz").sound
    with zipfile.ZipFile(tmp_path / "a.wacz") as opened:
        own = gzip.decompress(opened.read("archive/threads.warc.gz"))
    assert hashlib.sha256(path.read_bytes()).hexdigest().encode() in own
    assert path.read_bytes() in own
