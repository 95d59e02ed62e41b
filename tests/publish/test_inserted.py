"""Pictures stand in a PDF as the bytes that they are, look as typst would show them, and harm nothing else in it."""

from __future__ import annotations

import random
import struct
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from clew.posts import Link, Media, Post
from clew.publish import pdf
from clew.publish.document import compose
from clew.publish.inserted import inserted, stand_in, with_pictures
from clew.publish.pictures import Picture, kept, measured
from clew.threads import Thread
from tests.publish.test_cited import thread
from tests.publish.test_published import STYLE
from tests.publish.tools import needs, text_of_pdf

WIDTH, HEIGHT = 60, 40


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(colour: int = 2, *more: bytes, bits: int = 8, interlace: int = 0, filters: bool = True) -> bytes:
    """Return a PNG of noise in bands, with rows filtered in every way."""
    rng = random.Random(colour)
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    most = 3 if colour == 3 else 255
    rows = b"".join(
        bytes([at % 5 if filters and colour != 3 else 0])
        + bytes(min(rng.randrange(40), most) for _ in range(WIDTH * channels * bits // 8))
        for at in range(HEIGHT)
    )
    packed = zlib.compress(rows)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, colour, 0, 0, interlace))
    palette = chunk(b"PLTE", bytes.fromhex("3a6ea5c9b7a0ffffff000000")) if colour == 3 else b""
    data = chunk(b"IDAT", packed[:50]) + chunk(b"IDAT", packed[50:])
    return b"\x89PNG\r\n\x1a\n" + head + palette + b"".join(more) + data + chunk(b"IEND", b"")


def held(content: bytes, folder: Path) -> Picture:
    picture = kept(content, folder)
    assert picture is not None
    return picture


def book(folder: Path, *pictures: Picture) -> Path:
    """Return a PDF of a post for each picture."""
    found = iter(pictures)

    def find(post: Post, media: Media) -> Picture | None:
        return next(found, None)

    own = thread(*(f"{at}/ The quay" for at in range(1, len(pictures) + 1)))
    told: list[str] = []
    out = folder / "book.pdf"
    documents = compose([_with_media(own)], replace(STYLE, picture=find))
    out.write_bytes(b"".join(pdf.bind(documents, told.append)))
    assert [one for one in told if "picture" in one] == []
    return out


def _with_media(own: Thread) -> Thread:
    media = (Media(type="image", url=None, alt="A quay", file="quay.png"),)
    entries = tuple(
        msgspec.structs.replace(entry, post=msgspec.structs.replace(entry.post, media=media))  # type: ignore[union-attr]
        for entry in own.entries
    )
    return msgspec.structs.replace(own, entries=entries)


def shown(path: Path) -> bytes:
    """Return the pages of a PDF as pixels."""
    command = ["pdftoppm", "-r", "96", str(path)]
    return subprocess.run(command, check=True, capture_output=True).stdout


@needs("typst", "poppler")
@pytest.mark.parametrize("colour", [0, 2, 3])
def test_a_picture_looks_as_typst_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, colour: int) -> None:
    picture = held(png(colour), tmp_path)
    assert inserted(picture) is not None
    ours = shown(book(tmp_path, picture, held(png(2, chunk(b"tEXt", b"a\0b")), tmp_path)))
    monkeypatch.setattr(pdf, "inserted", lambda picture: None)
    assert shown(book(tmp_path, picture, held(png(2, chunk(b"tEXt", b"a\0b")), tmp_path))) == ours


@needs("typst", "poppler")
def test_a_photograph_stays_byte_for_byte(tmp_path: Path) -> None:
    first = book(tmp_path, held(png(), tmp_path))
    subprocess.run(["pdftoppm", "-r", "30", "-jpeg", str(first), str(tmp_path / "photo")], check=True)
    (photo,) = tmp_path.glob("photo*.jpg")
    out = book(tmp_path, held(photo.read_bytes(), tmp_path))
    subprocess.run(["pdfimages", "-j", str(out), str(tmp_path / "found")], check=True)
    (found,) = tmp_path.glob("found*.jpg")
    assert found.read_bytes() == photo.read_bytes()


@needs("typst")
def test_a_pdf_without_stand_ins_stays_as_it_is(tmp_path: Path) -> None:
    out = book(tmp_path, held(png(), tmp_path), held(png(6), tmp_path))
    assert b"".join(with_pictures(out, {})) == out.read_bytes()


@needs("typst", "poppler")
def test_a_picture_that_looks_like_a_stand_in_is_shown_all_the_same(tmp_path: Path) -> None:
    line = held(stand_in(1), tmp_path)
    out = book(tmp_path, line, held(png(), tmp_path))
    listed = subprocess.run(["pdfimages", "-list", str(out)], check=True, capture_output=True, text=True).stdout
    sizes = [row.split()[3:5] for row in listed.splitlines()[2:]]
    assert sizes == [["16", "1"], [str(WIDTH), str(HEIGHT)]]


@needs("typst", "poppler")
def test_a_pdf_is_tagged_with_its_pictures_inside_and_says_what_it_is(tmp_path: Path) -> None:
    out = book(tmp_path, held(png(), tmp_path))
    told = subprocess.run(["pdfinfo", str(out)], check=True, capture_output=True, text=True).stdout
    facts = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    assert facts["Tagged"].strip() == "yes"
    assert facts["Title"].strip() == "The quay"
    assert facts["Author"].strip() == "@ana"
    assert b"A quay" in out.read_bytes() or b"/Alt" in out.read_bytes()


@needs("typst", "poppler")
def test_the_links_of_a_long_pdf_stand_behind_the_thread(tmp_path: Path) -> None:
    urls = [f"https://example.org/{at}" for at in range(pdf.FOOTNOTES + 1)]
    start = "The quay of Orsa has many links, and every one of them stands behind the thread with its number. "
    text, links, at = start + " ".join(urls), list[Link](), len(start)
    for url in urls:
        links.append(Link(start=at, end=at + len(url), shown=url, url=url))
        at += len(url) + 1
    own = thread("1/ The quay")
    entries = tuple(
        msgspec.structs.replace(entry, post=msgspec.structs.replace(entry.post, text=text, links=tuple(links)))  # type: ignore[union-attr]
        for entry in own.entries
    )
    documents = compose([msgspec.structs.replace(own, entries=entries)], STYLE)
    out = tmp_path / "long.pdf"
    out.write_bytes(b"".join(pdf.bind(documents, lambda says: None)))
    shown = text_of_pdf(out)
    before, _, behind = shown.partition("Links\n")
    assert "https://example.org/300" in before.replace("\n", "")
    listed = [word for word in behind.split() if word.startswith("https://example.org/")]
    assert listed == urls


def jpeg(*segments: bytes, kind: int = 0xC0, colours: int = 3) -> bytes:
    """Return the head and the end of a JPEG."""
    frame = struct.pack(">BHHB", 8, HEIGHT, WIDTH, colours) + bytes(3 * colours)
    body = b"".join(segments) + segment(kind, frame)
    return b"\xff\xd8" + body + b"\xff\xda\0\2" + bytes(40) + b"\xff\xd9"


def segment(kind: int, content: bytes) -> bytes:
    return bytes([0xFF, kind]) + struct.pack(">H", len(content) + 2) + content


def turned(value: int, order: str = "<") -> bytes:
    sign = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, value, 0)
    exif = sign + struct.pack(f"{order}IH", 8, 1) + entry
    return segment(0xE1, b"Exif\0\0" + exif)


@pytest.mark.parametrize(
    ("content", "goes"),
    [
        (png(0), True),
        (png(2), True),
        (png(3), True),
        (png(4), False),
        (png(6), False),
        (png(0, bits=16), False),
        (png(2, interlace=1), False),
        (png(2, chunk(b"tRNS", bytes(6))), False),
        (png(2, chunk(b"iCCP", b"p\0\0")), False),
        (jpeg(), True),
        (jpeg(kind=0xC2), True),
        (jpeg(colours=1), True),
        (jpeg(turned(1)), True),
        (jpeg(turned(1, ">")), True),
        (jpeg(turned(6)), False),
        (jpeg(turned(8, ">")), False),
        (jpeg(segment(0xE1, b"Exif\0\0MM")), False),
        (jpeg(segment(0xE2, b"ICC_PROFILE\0\1\1")), False),
        (jpeg(colours=4), False),
        (jpeg(kind=0xC9), False),
        (b"GIF89a\x02\x00\x03\x00\x00\x00\x00;", False),
    ],
)
def test_what_pdf_cannot_hold_is_left_to_typst(content: bytes, goes: bool, tmp_path: Path) -> None:
    assert measured(content) is not None
    assert (inserted(held(content, tmp_path)) is not None) == goes


@pytest.mark.parametrize(
    "harm", [lambda data: data[:-20] + bytes(8) + data[-12:], lambda data: data.replace(b"IDAT", b"IDOT")]
)
def test_damaged_rows_are_not_taken(harm: Callable[[bytes], bytes], tmp_path: Path) -> None:
    assert inserted(held(harm(png()), tmp_path)) is None
