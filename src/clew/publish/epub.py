"""Documents as an EPUB 3 book: a chapter per thread, a place in the contents for every post, pictures inside."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import IO

from clew.publish.document import Aside, Block, Document, Missing, Said, title_of
from clew.publish.html import Page, escape, is_language
from clew.publish.links import named
from clew.publish.pictures import Picture

__all__ = ["NAME", "SUFFIX", "bind"]

NAME = "epub"
SUFFIX = ".epub"

POSTS_IN_A_FILE = 100
"""Blocks of a chapter that stand in one file of the book; e-readers are slow on long files."""
PIECE = 2**16
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/svg+xml"})
"""Pictures that every e-reader shows; others are named and left out."""
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""Zip files know no earlier date."""

_CONTAINER = """\
<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
"""
_PAGE = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head>
<meta charset="utf-8"/>
<title>{title}</title>
<link rel="stylesheet" type="text/css" href="book.css"/>
</head>
<body>
"""
_END = "</body>\n</html>\n"


def bind(documents: Sequence[Document], tell: Callable[[str], None]) -> Iterator[bytes]:
    """Yield the bytes of one book; what a reader of it must know that stands in none of its pages is told."""
    with tempfile.TemporaryFile() as stream:
        book = _Book(documents)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
            book.write(_Packer(packed, book.made))
        for kind in sorted(book.refused):
            tell(f"pictures of the type {kind} are named but not shown: not every e-reader can show them")
        stream.seek(0)
        while content := stream.read(PIECE):
            yield content


@dataclass(frozen=True, slots=True)
class _Packer:
    """Writes the files of a book, all with the date on which the book was made."""

    packed: zipfile.ZipFile
    made: datetime

    def text(self, name: str, pieces: Iterable[str], *, plain: bool = False) -> None:
        with self._entry(name, plain=plain) as entry:
            for piece in pieces:
                entry.write(piece.encode("utf-8", "replace"))

    def picture(self, name: str, picture: Picture) -> None:
        with self._entry(name, plain=True) as entry, picture.path.open("rb") as stream:
            while content := stream.read(PIECE):
                entry.write(content)

    def _entry(self, name: str, *, plain: bool) -> IO[bytes]:
        moment = max(self.made, _EARLIEST)
        entry = zipfile.ZipInfo(name, (moment.year, moment.month, moment.day, moment.hour, moment.minute, 0))
        entry.compress_type = zipfile.ZIP_STORED if plain else zipfile.ZIP_DEFLATED
        entry.create_system, entry.external_attr = 3, 0o644 << 16
        return self.packed.open(entry, "w")


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the book's text."""

    name: str
    document: Document
    blocks: tuple[Block, ...]
    opens: bool
    closes: bool


class _Book:
    """One book: which file holds what, and the lists that name them."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._files = [file for at, document in enumerate(documents, 1) for file in _files(document, at)]
        self._places = {anchor: file.name for file in self._files for anchor in _anchors(file)}
        self._pictures: dict[str, Picture] = {}
        self.refused: set[str] = set()
        stamps = [document.colophon.made for document in documents if document.colophon]
        stamps += [document.head.last for document in documents if document.head.last]
        self.made = max(stamps[: len(documents)], default=_EARLIEST).astimezone(UTC)
        self._title = title_of(documents)

    def write(self, packer: _Packer) -> None:
        packer.text("mimetype", ["application/epub+zip"], plain=True)
        packer.text("META-INF/container.xml", [_CONTAINER])
        packer.text("book/book.css", [files("clew.publish").joinpath("book.css").read_text(encoding="utf-8")])
        packer.text("book/contents.xhtml", self._contents())
        packer.text("book/contents.ncx", self._old_contents())
        for file in self._files:
            packer.text(f"book/{file.name}", self._text(file))
        for picture in self._pictures.values():
            packer.picture(f"book/pictures/{picture.name}", picture)
        packer.text("book/package.opf", self._package())

    def _text(self, file: _File) -> Iterator[str]:
        document = file.document
        page = Page(document, 1, self._href(file), self._source, "/>")
        yield _PAGE.format(title=escape(document.head.title))
        label = f'aria-labelledby="{document.anchor}-title"' if file.opens else f'aria-label="{escape("continued")}"'
        name = f' id="{document.anchor}"' if file.opens else ""
        yield f"<article{name} {label}>\n"
        if file.opens:
            yield from page.header()
        if file.blocks:
            yield from page.posts(file.blocks)
        if file.closes:
            yield from page.end()
        yield f"</article>\n{_END}"

    def _href(self, file: _File) -> Callable[[str], str]:
        def href(anchor: str) -> str:
            held = self._places.get(anchor, file.name)
            return f"#{anchor}" if held == file.name else f"{held}#{anchor}"

        return href

    def _source(self, picture: Picture) -> Iterable[str] | None:
        if picture.type not in SHOWN:
            self.refused.add(picture.type)
            return None
        self._pictures[picture.name] = picture
        return (f"pictures/{picture.name}",)

    def _contents(self) -> Iterator[str]:
        yield _PAGE.format(title=escape(self._title))
        yield f'<nav epub:type="toc" id="toc" role="doc-toc">\n<h1>{escape(self._title)}</h1>\n<ol>\n'
        for document in self._documents:
            link = f'<a href="{self._places[document.anchor]}#{document.anchor}">{escape(document.head.title)}</a>'
            posts = list(_listed(document))
            yield f"<li>{link}\n" if posts else f"<li>{link}</li>\n"
            if posts:
                yield "<ol>\n"
                for said in posts:
                    yield f'<li><a href="{self._places[said.anchor]}#{said.anchor}">{escape(_entry(said))}</a></li>\n'
                yield "</ol>\n</li>\n"
        yield f"</ol>\n</nav>\n{_END}"

    def _old_contents(self) -> Iterator[str]:
        """Yield the contents as EPUB 2 had them, which older e-readers look for."""
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1">\n'
        yield f'<head><meta name="dtb:uid" content="{self._identifier()}"/></head>\n'
        yield f"<docTitle><text>{escape(self._title)}</text></docTitle>\n<navMap>\n"
        for at, document in enumerate(self._documents, 1):
            yield f'<navPoint id="point-{at}" playOrder="{at}"><navLabel><text>{escape(document.head.title)}</text>'
            yield f'</navLabel><content src="{self._places[document.anchor]}#{document.anchor}"/></navPoint>\n'
        yield "</navMap>\n</ncx>\n"

    def _package(self) -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        yield 'unique-identifier="id">\n<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        yield from (f"{line}\n" for line in self._metadata())
        yield "</metadata>\n<manifest>\n"
        yield from (f"{line}\n" for line in self._manifest())
        yield '</manifest>\n<spine toc="ncx">\n'
        if len(self._documents) > 1:
            yield '<itemref idref="contents"/>\n'
        yield from (f'<itemref idref="text-{at}"/>\n' for at in range(1, len(self._files) + 1))
        yield "</spine>\n</package>\n"

    def _metadata(self) -> Iterator[str]:
        heads = [document.head for document in self._documents]
        yield f'<dc:identifier id="id">{self._identifier()}</dc:identifier>'
        yield f"<dc:title>{escape(self._title)}</dc:title>"
        tags = dict.fromkeys(head.language for head in heads if is_language(head.language))
        yield from (f"<dc:language>{tag}</dc:language>" for tag in tags or ("en",))
        for author in dict.fromkeys(f"{head.name} {head.author}" if head.name else head.author for head in heads):
            yield f"<dc:creator>{escape(author)}</dc:creator>"
        first = min((head.first for head in heads if head.first), default=None)
        if first:
            yield f"<dc:date>{first.astimezone(UTC).date().isoformat()}</dc:date>"
        yield from (f"<dc:source>{escape(head.url)}</dc:source>" for head in heads if head.url)
        if len(heads) == 1:
            yield f"<dc:description>{escape(heads[0].completeness)}</dc:description>"
        yield f'<meta property="dcterms:modified">{self.made.strftime("%Y-%m-%dT%H:%M:%SZ")}</meta>'
        modes = ["textual", *(["visual"] if self._pictures else [])]
        features = ["structuralNavigation", "tableOfContents", *(["alternativeText"] if self._pictures else [])]
        for name, values in (("accessMode", modes), ("accessibilityFeature", features)):
            yield from (f'<meta property="schema:{name}">{value}</meta>' for value in values)
        yield '<meta property="schema:accessModeSufficient">textual</meta>'
        yield '<meta property="schema:accessibilityHazard">none</meta>'
        says = "Every post is a heading and stands in reading order; pictures bear their authors' descriptions."
        yield f'<meta property="schema:accessibilitySummary">{says}</meta>'

    def _manifest(self) -> Iterator[str]:
        yield '<item id="contents" href="contents.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        yield '<item id="ncx" href="contents.ncx" media-type="application/x-dtbncx+xml"/>'
        yield '<item id="style" href="book.css" media-type="text/css"/>'
        for at, file in enumerate(self._files, 1):
            yield f'<item id="text-{at}" href="{file.name}" media-type="application/xhtml+xml"/>'
        for at, picture in enumerate(self._pictures.values(), 1):
            yield f'<item id="picture-{at}" href="pictures/{picture.name}" media-type="{picture.type}"/>'

    def _identifier(self) -> str:
        """Return a name for the book that is the same whenever it is made of the same threads."""
        names = " ".join(document.id for document in self._documents)
        return named(names)


def _files(document: Document, at: int) -> Iterator[_File]:
    """Yield the files of a chapter; branches stay whole."""
    blocks = document.blocks
    parts = [blocks[start : start + POSTS_IN_A_FILE] for start in range(0, len(blocks), POSTS_IN_A_FILE)] or [()]
    for part, own in enumerate(parts, 1):
        name = f"thread-{at}.xhtml" if len(parts) == 1 else f"thread-{at}-{part}.xhtml"
        yield _File(name, document, own, part == 1, part == len(parts))


def _anchors(file: _File) -> Iterator[str]:
    if file.opens:
        yield file.document.anchor
    yield from (said.anchor for said in _posts(file.blocks))
    if file.closes:
        yield from (f"{file.document.anchor}-link-{note.number}" for note in file.document.notes)


def _posts(blocks: Iterable[Block]) -> Iterator[Said]:
    for block in blocks:
        if isinstance(block, Said):
            yield block
        elif isinstance(block, Aside):
            yield from _posts(inner for inner in block.blocks if not isinstance(inner, Missing))


def _listed(document: Document) -> Iterator[Said]:
    """Yield the posts that the contents name, where there is more than one."""
    posts = list(_posts(document.blocks))
    if len(posts) > 1:
        yield from posts


def _entry(said: Said) -> str:
    """Return what the contents call a post: its number, or its place, and its first words."""
    words = " ".join(said.text.split())
    short = words if len(words) <= 60 else f"{words[:60].rpartition(' ')[0] or words[:60]}…"
    return f"{said.label} · {short}" if said.label and short else short or said.label or "A post"
