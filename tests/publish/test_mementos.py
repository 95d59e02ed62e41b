"""Documents name the pages that are held, those that rot, and the copies that web archives have of them."""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from selectolax.lexbor import LexborHTMLParser

from clew import keeping, linked
from clew.archive.any_file import verified_file
from clew.archive.standings import standings
from clew.cli import main
from clew.dossier import Item, Shelf
from clew.fetch import origin_of
from clew.posts import Link
from clew.standing import Came, Standing, memento_of, standing_after
from tests.archive.worlds import add, made, post, write
from tests.fetch.conftest import QUICK
from tests.fetch.test_x import FIRST, HTML, nowhere, stored
from tests.linked.test_sources import with_links
from tests.publish.tools import complaints_about_book, complaints_about_page, needs, text_of_pdf
from tests.services.memento import Page, archive
from tests.services.running import SERVICES, need
from tests.services.site import Asked, Reply, site

TOOK = "2021-06-05T00:00:00Z"
THREAD = "x:1400000000000000011"
BEN = Link(start=0, end=26, shown="https://x.com/ben/status/2", url="https://x.com/ben/status/2")
MADE = datetime(2026, 1, 31, tzinfo=UTC)
FORMS = ["text", "md", "html", "epub", "jsonld", "atom", "wacz"]


class Held(NamedTuple):
    """An archive of one thread whose links were followed."""

    path: Path
    web: str
    """Where the linked pages are, or were."""
    gate: str
    """The prefix of the web archive."""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """Give an archive with a page that is held, one that is gone and copied, one that is gone, one never asked for."""

    def answer(asked: Asked) -> Reply:
        if asked.path == "/short":
            return Reply(b"", 301, {"Location": "/report"})
        return Reply(b"<p>The report.", headers=HTML) if asked.path == "/report" else Reply(b"gone", 410, HTML)

    folder = tmp_path_factory.mktemp("mementos")
    with site(answer) as web, made(folder / "held") as own:
        urls = [f"{web.url}/{name}" for name in ("short", "gone", "lost")]
        posts = [with_links(*urls, number=11), post(12, "https://x.com/ben/status/2", to=11, links=(BEN,))]
        added = add(own, write(folder / "posts.jsonl", posts))
        pages = [
            Page(f"{web.url}/gone", TOOK, b"<p>As it was.", "text/html"),
            Page(f"https://x.com/ana/status/{FIRST}", TOOK, stored("What was deleted.")),
        ]
        with archive(pages) as gate:
            limits = replace(QUICK, attempts=1, silence=2.0)
            given = nowhere(local=frozenset({origin_of(web.url)}), limits=limits, memento=(gate,))
            list(linked.Keeper(archive=own, settings=given).of(added.capture))
            keeping.Keeper(archive=own, settings=given).add(f"https://x.com/ana/status/{FIRST}")
            yield Held(own.path, web.url, gate)


def publish(held: Held, form: str, out: Path, *names: str) -> bytes:
    """Return the bytes of a document of the archive's threads."""
    path = out / f"held.{form}"
    with pytest.raises(SystemExit) as done:
        main(["publish", *names, "--archive", str(held.path), "--out", str(path), "--to", form, "--date", "2026-01-31"])
    assert done.value.code == 0
    return path.read_bytes()


def words(form: str, content: bytes) -> str:
    """Return what a reader sees of a document, in one line."""
    text = content.decode("utf-8", "replace")
    match form:
        case "html":
            text = LexborHTMLParser(text).body.text(separator=" ")  # type: ignore[union-attr]
        case "jsonld":
            text = " ".join(_strings(json.loads(text)))
        case "epub" | "wacz":
            text = _packed(content)
    if form in ("epub", "atom"):
        text = re.sub("<[^>]*>", " ", text)
    return " ".join(text.replace("<", " ").replace(">", " ").split())


def _packed(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        pages = [name for name in package.namelist() if name.endswith((".xhtml", ".warc.gz"))]
        return " ".join(_unpacked(package.read(name)).decode("utf-8", "replace") for name in pages)


def _unpacked(content: bytes) -> bytes:
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_what_is_held_of_links_and_names_the_copies(held: Held, form: str, tmp_path: Path) -> None:
    shown = words(form, publish(held, form, tmp_path, THREAD))
    assert f"{held.gate}20210605000000mp_/{held.web}/gone" in shown
    assert "web archive copy of 2021-06-05 00:00 UTC:" in shown
    assert f"leads to {held.web}/report" in shown
    assert shown.count("answers 410: it is not there any more") >= 2
    assert shown.count("UTC in sha256:") >= 2
    assert "not kept" in shown


@needs("typst", "poppler")
def test_a_pdf_tells_the_same(held: Held, tmp_path: Path) -> None:
    publish(held, "pdf", tmp_path, THREAD)
    shown = "".join(text_of_pdf(tmp_path / "held.pdf").split())
    assert f"{held.gate}20210605000000mp_/{held.web}/gone" in shown
    assert "answers410:itisnotthereanymore" in shown
    assert f"leadsto{held.web}/report" in shown


@pytest.mark.parametrize("form", FORMS)
def test_a_post_from_a_web_archive_names_its_copy_among_the_captures(held: Held, form: str, tmp_path: Path) -> None:
    shown = words(form, publish(held, form, tmp_path, f"x:{FIRST}"))
    assert f"{held.gate}20210605000000/https://x.com/ana/status/{FIRST}" in shown


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("csl", '"archive_location": "{memento}"'),
        ("bibtex", "web archive copy of 2021-06-05 00:00 UTC: {memento}"),
        ("ris", "N1  - web archive copy of 2021-06-05 00:00 UTC: {memento}"),
    ],
)
def test_a_citation_names_the_copy(held: Held, form: str, says: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["cite", f"x:{FIRST}", "--archive", str(held.path), "--to", form])
    assert done.value.code == 0
    assert says.format(memento=f"{held.gate}20210605000000/https://x.com/ana/status/{FIRST}") in capfd.readouterr().out


@pytest.mark.parametrize("form", ["html", "json", "md", "epub"])
def test_a_dossier_says_which_of_its_sources_rot(held: Held, form: str, tmp_path: Path) -> None:
    out = tmp_path / f"rot.{form}"
    shelf, name = Shelf(held.path), f"rot-{form}"
    shelf.new(name, "Rot")
    shelf.change(name, lambda own: own.having(Item(kind="thread", of=THREAD, added=MADE)))
    with pytest.raises(SystemExit) as done:
        main(["dossier", "publish", name, "--archive", str(held.path), "--out", str(out), "--quiet"])
    assert done.value.code == 0
    shown = words(form, out.read_bytes())
    assert f"{held.gate}20210605000000mp_/{held.web}/gone" in shown
    assert "it is not there any more" in shown


def test_a_package_holds_the_linked_pages_and_lists_them(held: Held, tmp_path: Path) -> None:
    content = publish(held, "wacz", tmp_path, THREAD)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        _, *rows = (json.loads(line) for line in package.read("pages/pages.jsonl").splitlines())
    assert [(row["title"].removeprefix(held.web), row["url"]) for row in rows[1:]] == [
        ("/short", f"{held.web}/report"),
        ("/gone", f"{held.gate}20210605000000id_/{held.web}/gone"),
    ]
    assert verified_file(tmp_path / "held.wacz").findings == ()


def test_a_package_with_linked_pages_is_valid(held: Held, tmp_path: Path) -> None:
    validator = SERVICES / "web/bin/wacz"
    need(validator)
    publish(held, "wacz", tmp_path, THREAD)
    done = subprocess.run([validator, "validate", "-f", tmp_path / "held.wacz"], capture_output=True, text=True)
    assert "Validation succeeded" in done.stdout, done.stdout + done.stderr


def test_a_look_at_a_thread_tells_what_came_of_its_links(held: Held, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["show", THREAD, f"x:{FIRST}", "--archive", str(held.path)])
    assert done.value.code == 0
    shown = capfd.readouterr().out
    assert f"{held.gate}20210605000000mp_/{held.web}/gone" in shown
    assert f"{held.gate}20210605000000/https://x.com/ana/status/{FIRST}" in shown
    assert "not kept" not in shown


def test_the_reader_names_the_copies_too(held: Held) -> None:
    pytest.importorskip("uvicorn", reason="uvicorn is missing: pip install 'clew[web]'")
    from clew.web.app import Settings
    from tests.web.asking import Asked
    from tests.web.conftest import Served

    with Served(Settings(archive=held.path)) as served:
        links = [
            one.attributes["href"]
            for name in (THREAD, f"x:{FIRST}")
            for one in Asked(served.url)(f"/thread/{name}").page.css(".beside a")
        ]
    assert f"{held.gate}20210605000000mp_/{held.web}/gone" in links
    assert f"{held.gate}20210605000000/https://x.com/ana/status/{FIRST}" in links


def test_json_ld_says_it_in_the_words_of_schema_org(held: Held, tmp_path: Path) -> None:
    found = json.loads(publish(held, "jsonld", tmp_path, THREAD))
    short, gone, lost = found["hasPart"][0]["citation"]
    assert (short["significantLink"], short["creativeWorkStatus"]) == (f"{held.web}/report", "kept")
    assert gone["archivedAt"] == f"{held.gate}20210605000000mp_/{held.web}/gone"
    assert "archivedAt" not in lost
    assert found["hasPart"][1]["citation"][0]["creativeWorkStatus"] == "unasked"


def test_what_is_held_outlives_the_database(held: Held) -> None:
    urls = [f"{held.web}/{name}" for name in ("short", "gone", "lost", "never")]
    with keeping.opened(held.path) as own:
        before = standings(own.connection, urls)
    with keeping.rebuilt(held.path) as again:
        assert standings(again.connection, urls) == before
    assert [before[url].state for url in urls] == ["kept", "gone", "gone", "unasked"]
    assert [before[url].capture is not None for url in urls] == [True, True, False, False]


def test_what_was_held_once_stays_held_and_the_last_answer_counts() -> None:
    first, then = datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    kept = standing_after(Standing(state="unasked"), Came(state="kept"), "kept", first, "sha256:00")
    gone = standing_after(kept, Came(state="gone"), "answers 404", then, None)
    assert (gone.state, gone.asked, gone.capture, gone.kept) == ("gone", then, "sha256:00", first)


@pytest.mark.parametrize(
    ("url", "memento"),
    [
        ("https://web.archive.org/web/20200102030405id_/https://a.example/b?c", ("2020-01-02T03:04:05+00:00", "web/")),
        ("https://arquivo.pt/wayback/20200102030405/http://a.example/b?c", ("2020-01-02T03:04:05+00:00", "wayback/")),
        ("https://web.archive.org/web/20209902030405/https://a.example/", None),
        ("https://a.example/20200102030405/b", None),
        (None, None),
    ],
)
def test_addresses_of_copies_are_known_by_the_time_in_them(url: str | None, memento: tuple[str, str] | None) -> None:
    found = memento_of(url)
    assert (found is None) == (memento is None)
    if found and memento:
        assert (found.time.isoformat(), memento[1] in found.url, "id_" in found.url) == (memento[0], True, False)


@needs("nu", "epubcheck")
def test_checkers_find_nothing_in_what_is_told(held: Held, tmp_path: Path) -> None:
    for form in ("html", "epub"):
        publish(held, form, tmp_path, THREAD, f"x:{FIRST}")
    assert complaints_about_page(tmp_path / "held.html") == []
    assert complaints_about_book(tmp_path / "held.epub") == []
