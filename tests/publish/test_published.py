"""Whatever is published stands up to the checkers of its form, asks for nothing, and says the same in every form."""

from __future__ import annotations

import json
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

import clew
from clew.cli import main
from clew.publish import BINDERS, PUBLISHERS, binder, by_name
from clew.publish.document import Document, Said, Style, compose
from clew.publish.pictures import measured
from tests.publish.test_documents import CASES, threads
from tests.publish.test_hostile_text import TEXTS, assert_in_order, core
from tests.publish.test_hostile_text import documents as hostile
from tests.publish.tools import (
    AXE,
    CHROMIUM,
    complaints_about_book,
    complaints_about_page,
    fonts_of_pdf,
    needs,
    text_of_pdf,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
STYLE = Style(made=datetime(2026, 1, 31, tzinfo=UTC), maker="clew")
XHTML = "{http://www.w3.org/1999/xhtml}"
ATOM = "{http://www.w3.org/2005/Atom}"


def picture(width: int, height: int) -> bytes:
    """Return a PNG of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = (b"\0" + b"\x3a\x6e\xa5" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with posts and their pictures: good, described, damaged, none."""
    folder = tmp_path_factory.mktemp("export")
    files = ("quay.png", "crane.png", "broken.png", "absent.png")
    for name, width in zip(files[:2], (640, 60), strict=True):
        (folder / name).write_bytes(picture(width, 400))
    (folder / "broken.png").write_bytes(picture(9, 9)[:40])
    with (folder / "posts.jsonl").open("w", encoding="utf-8") as stream:
        for at, name in enumerate(files, 1):
            alt = "A quay with two cranes" if at == 1 else None
            media = [{"type": "image", "url": f"https://example.org/{name}", "alt": alt, "file": name}]
            post: dict[str, Any] = {"platform": "x", "id": f"140000000000000000{at}", "author": {"handle": "ana"}}
            post |= {"text": f"{at}/ The quay 港口 🇬🇪", "time": f"2021-06-04T09:3{at}:00Z", "media": media}
            post |= {"reply_to": f"140000000000000000{at - 1}"} if at > 1 else {}
            stream.write(json.dumps(post) + "\n")
    return folder


def publish(*arguments: str | Path) -> None:
    """Run clew publish with a date, without a word."""
    with pytest.raises(SystemExit) as done:
        main(["publish", *map(str, arguments), "--quiet", "--date", "2026-01-31"])
    assert done.value.code == 0


def all_cases() -> list[Document]:
    """Return the documents of all cases as those of one file."""
    return compose([thread for case in sorted(CASES.glob("*.json")) for thread in threads(case)], STYLE)


def written(form: str, documents: Sequence[Document]) -> bytes:
    """Return the bytes of a form."""
    if form in BINDERS:
        return b"".join(binder(form).bind(documents, lambda says: None))
    return "".join(by_name(form).render(documents)).encode("utf-8", "replace")


def said(documents: Sequence[Document]) -> list[str]:
    """Return the texts of the posts on the main line."""
    return [block.text for document in documents for block in document.blocks if isinstance(block, Said)]


@pytest.mark.parametrize("form", [*PUBLISHERS, *BINDERS])
@needs("typst")
def test_the_same_threads_and_date_give_the_same_bytes(form: str) -> None:
    assert written(form, all_cases()) == written(form, all_cases())


@pytest.mark.parametrize("form", [*PUBLISHERS, *BINDERS])
@needs("typst")
def test_another_date_gives_other_bytes(form: str) -> None:
    later = [
        compose(threads(case), Style(made=datetime(2026, 2, 1, tzinfo=UTC))) for case in sorted(CASES.glob("*.json"))
    ]
    earlier = [
        compose(threads(case), Style(made=datetime(2026, 1, 1, tzinfo=UTC))) for case in sorted(CASES.glob("*.json"))
    ]
    assert form == "atom" or written(form, later[0]) != written(form, earlier[0])


@needs("epubcheck")
def test_epubcheck_finds_nothing(export: Path, tmp_path: Path) -> None:
    (tmp_path / "cases.epub").write_bytes(written("epub", all_cases()))
    publish(export, "--out", tmp_path / "pictures.epub")
    publish(ROOT / "examples/thread.txt", "--out", tmp_path / "example.epub")
    for book in sorted(tmp_path.glob("*.epub")):
        assert complaints_about_book(book) == []


@needs("nu")
def test_the_nu_checker_finds_nothing(export: Path, tmp_path: Path) -> None:
    (tmp_path / "cases.html").write_bytes(written("html", all_cases()))
    publish(export, "--out", tmp_path / "pictures.html")
    publish(ROOT / "examples/thread.txt", "--out", tmp_path / "example.html")
    for page in sorted(tmp_path.glob("*.html")):
        assert complaints_about_page(page) == []


@needs("chromium", "axe")
@pytest.mark.filterwarnings("ignore")
def test_axe_finds_no_violation_and_the_page_asks_for_nothing(export: Path, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    (tmp_path / "cases.html").write_bytes(written("html", all_cases()))
    publish(export, "--out", tmp_path / "pictures.html")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=flags)
        for page in sorted(tmp_path.glob("*.html")):
            assert _violations(browser, page, "light") == []
            assert _violations(browser, page, "dark") == []
        browser.close()


def _violations(browser: Browser, page: Path, scheme: Literal["light", "dark"]) -> list[str]:
    """Return what axe holds against a page, after looking whether it asked for anything but itself."""
    context = browser.new_context(bypass_csp=True, color_scheme=scheme)
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(page.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [page.as_uri()]
    assert tab.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    tab.add_script_tag(path=AXE)
    found = tab.evaluate("axe.run()")
    context.close()
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]


def test_nothing_in_a_page_or_book_runs_or_asks(export: Path, tmp_path: Path) -> None:
    for form in ("html", "epub", "atom"):
        publish(export, "--out", tmp_path / f"pictures.{form}")
    with zipfile.ZipFile(tmp_path / "pictures.epub") as book:
        inside = set(book.namelist())
        pages = [book.read(name).decode() for name in inside if name.endswith(".xhtml")]
    texts = [*pages, *((tmp_path / f"pictures.{form}").read_text(encoding="utf-8") for form in ("html", "atom"))]
    for text in texts:
        assert not re.search(r"<(?:iframe|object|embed|form|input|video|audio|base)\b|\son\w+=|url\(|@import", text)
        assert re.findall(r"<script(?! type=\"application/ld\+json\">)", text) == []
        for source in re.findall(r'<img [^>]*src="([^"]*)"', text):
            assert source.startswith("data:image/png;base64,") or f"book/{source}" in inside


def test_pictures_of_the_export_are_inside_and_others_are_named(export: Path, tmp_path: Path) -> None:
    publish(export, "--out", tmp_path / "page.html")
    page = LexborHTMLParser((tmp_path / "page.html").read_text(encoding="utf-8"))
    alts = [image.attributes["alt"] for image in page.css("img")]
    assert alts == ["A quay with two cranes", "Picture, not described by its author"]
    assert [node.text() for node in page.css(".enclosed .address")][2:] == [
        "https://example.org/broken.png",
        "https://example.org/absent.png",
    ]
    publish(export, "--out", tmp_path / "bare.html", "--no-media")
    bare = LexborHTMLParser((tmp_path / "bare.html").read_text(encoding="utf-8"))
    assert bare.css("img, .enclosed") == []
    assert "Pictures and other media are left out of this document." in bare.text()


@pytest.mark.parametrize("cut", [0, 5, 12, 20, 32])
def test_a_cut_picture_is_none(cut: int) -> None:
    assert measured(picture(3, 2)[:cut]) is None


@needs("typst", "poppler")
def test_a_pdf_reads_in_order_with_its_fonts_inside(tmp_path: Path) -> None:
    publish(ROOT / "examples/thread.txt", "--out", tmp_path / "thread.pdf")
    posts = [post.text for thread in clew.read(ROOT / "examples/thread.txt") for post in thread.posts()]
    assert_in_order(
        [re.sub(_UNLIKE, "", text) for text in posts], re.sub(_UNLIKE, "", text_of_pdf(tmp_path / "thread.pdf"))
    )
    fonts = fonts_of_pdf(tmp_path / "thread.pdf")
    assert fonts
    assert {embedded for embedded, *_ in fonts} == {"yes"}


#: What pdftotext cannot give back: footnote marks stand between, and a line's end hides its spaces and hyphens.
_UNLIKE = r"[\d-]"


@needs("typst", "poppler")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(st.sampled_from("abcяД田湾é \\#$*_`<>@[]{}()/~^&%=+-.:;!?'\"|1"), max_size=200), min_size=1, max_size=3
    )
)
def test_a_pdf_shows_signs_that_mean_something_to_typst(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "thread.pdf"
    path.write_bytes(written("pdf", hostile(texts)))
    assert_in_order(texts, text_of_pdf(path))


@needs("typst")
@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_every_form_says_the_same_whatever_is_said(texts: list[str]) -> None:
    documents = hostile(texts)
    for form, shown in _shown(documents):
        assert_in_order(texts, f"{shown}\n({form})")


def _shown(documents: list[Document]) -> Iterator[tuple[str, str]]:
    """Yield what a reader of each form, but for those that have tests of their own, is shown of the posts."""
    posting = json.loads(written("jsonld", documents))
    yield "jsonld", "\n".join(part["text"] for part in posting["hasPart"])
    feed = ElementTree.fromstring(written("atom", documents))
    yield "atom", "\n".join(_texts(feed))
    with tempfile.TemporaryFile() as stream:
        stream.write(written("epub", documents))
        with zipfile.ZipFile(stream) as book:
            yield "epub", "\n".join(_texts(ElementTree.fromstring(book.read("book/thread-1.xhtml"))))
    yield "pdf", "\n".join(_typeset(documents))


def _texts(root: ElementTree.Element) -> Iterator[str]:
    for paragraph in root.iter(f"{XHTML}p"):
        if paragraph.get("class") == "text":
            yield "".join(paragraph.itertext())


def _typeset(documents: list[Document]) -> Iterator[str]:
    """Yield what the page that typst sets is told to show of each post."""
    import typst

    from clew.publish.pdf import _Book

    with tempfile.TemporaryDirectory() as folder:
        book = _Book(typst, Path(folder), documents).value()
    for block in book["threads"][0]["blocks"]:
        shown = "\n".join("".join(run["t"] for run in line["runs"]) for line in block["text"])
        yield shown.replace("\u2060", "\ufeff")


@needs("typst")
@settings(max_examples=15, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_pdf_is_made_whatever_is_said(texts: list[str]) -> None:
    assert written("pdf", hostile(texts)).startswith(b"%PDF-")


@needs("typst", "poppler")
def test_long_posts_and_long_words_stay_on_the_page(tmp_path: Path) -> None:
    texts = ["quay " * 2000, "ж" * 10_000, "港" * 3000]
    path = tmp_path / "long.pdf"
    path.write_bytes(written("pdf", hostile(texts)))
    shown = core(text_of_pdf(path).replace("x1000", ""))
    assert shown.count("ж") >= 10_000
    assert shown.count("港") >= 3000


@needs("typst")
def test_letters_without_a_font_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    documents = hostile(["a \U00013000 hieroglyph \u0378"])
    b"".join(binder("pdf").bind(documents, told.append))
    assert any("install a Noto font for" in says for says in told)


@needs("pyld")
def test_json_ld_expands_without_a_network() -> None:
    jsonld = import_module("pyld.jsonld")

    def refuse(url: str, options: object) -> None:
        raise AssertionError(url)

    documents = all_cases()
    (graph,) = [jsonld.expand(json.loads(written("jsonld", documents)), {"documentLoader": refuse})]
    schema = "https://schema.org/"
    assert [one["@type"] for one in graph] == [[f"{schema}DiscussionForumPosting"]] * len(documents)
    texts = [
        part[f"{schema}text"][0]["@value"]
        for one in graph
        for part in one[f"{schema}hasPart"]
        if f"{schema}text" in part and f"{schema}alternativeHeadline" not in part
    ]
    assert texts == [text.encode("utf-8", "replace").decode() for text in said(documents)]


@needs("feedparser")
@pytest.mark.filterwarnings("ignore")
def test_feedparser_reads_the_feed() -> None:
    feedparser = import_module("feedparser")
    documents = all_cases()
    feed = feedparser.parse(written("atom", documents))
    assert not feed.bozo
    assert sorted(entry.title for entry in feed.entries) == sorted(
        " ".join(document.head.title.split()) for document in documents
    )


@needs("lxml")
def test_the_feed_keeps_to_its_schema() -> None:
    etree = import_module("lxml.etree")
    schema = etree.RelaxNG(etree.parse(Path(__file__).parent / "atom.rng"))
    feed = etree.fromstring(written("atom", all_cases()))
    assert schema.validate(feed), schema.error_log
    feed.remove(feed.find(f"{ATOM}updated"))
    assert not schema.validate(feed)
