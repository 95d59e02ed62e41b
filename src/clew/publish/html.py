"""A document as one HTML file that asks for nothing from anywhere: nothing runs, pictures are in the file itself."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from typing import assert_never

from clew.publish import jsonld
from clew.publish.document import (
    Aside,
    Before,
    Block,
    Colophon,
    Document,
    Earlier,
    Enclosure,
    Head,
    Missing,
    Note,
    Quoted,
    Said,
    title_of,
)
from clew.publish.links import web_address
from clew.publish.pictures import Picture
from clew.publish.sentences import minute
from clew.publish.standings import Told

__all__ = ["NAME", "SUFFIX", "Page", "escape", "instant", "is_language", "render"]

NAME = "html"
SUFFIX = ".html"

#: Even where a post found a way to smuggle something in, the browser would load nothing and run nothing. The JSON-LD
#: that a page holds of itself is data, which browsers do not run; its digest tells checkers that it is meant.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_LANGUAGE = re.compile(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*")
_CONTROL = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: "␡",
    **dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0)], "�"),
    **dict.fromkeys((plane + last for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)), "�"),
    0x85: "\n",
}


def render(documents: Sequence[Document]) -> Iterator[str]:
    """Yield one file; several documents stand one after the other, below a list of them.

    Documents that bear a date also hold themselves as JSON-LD, which browsers never run.
    """
    single = len(documents) == 1
    title = title_of(documents)
    itself = _itself(documents) if any(document.colophon for document in documents) else ""
    yield _opening(title, documents[0].head.author if single else None, itself)
    if not single:
        yield "".join(_contents(documents, title))
    yield '<main id="threads">\n'
    for document in documents:
        yield from Page(document, 1 if single else 2).article()
    yield "</main>\n</body>\n</html>\n"


def escape(text: str) -> str:
    """Return text that a browser or an XML reader shows as it is, in an element or in a quoted attribute."""
    return html.escape(text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL))


def _opening(title: str, author: str | None, itself: str) -> str:
    digest = base64.b64encode(hashlib.sha256(itself.encode()).digest()).decode()
    policy = f"{_POLICY}; script-src 'sha256-{digest}'" if itself else _POLICY
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="generator" content="clew">',
        *([f'<meta name="author" content="{escape(author)}">'] if author else []),
        f"<title>{escape(title)}</title>",
        f"<style>\n{files('clew.publish').joinpath('page.css').read_text(encoding='utf-8')}</style>",
        *([f'<script type="application/ld+json">{itself}</script>'] if itself else []),
        "</head>",
        "<body>",
    ]
    return "".join(f"{line}\n" for line in lines)


def _itself(documents: Sequence[Document]) -> str:
    """Return the documents as JSON-LD on one line, in which no element can end."""
    return "".join(jsonld.render(documents)).replace("\n", "").replace("<", "\\u003c")


def _contents(documents: Sequence[Document], title: str) -> Iterator[str]:
    yield '<a class="skip" href="#threads">To the threads</a>\n<nav aria-labelledby="contents">\n'
    yield f'<h1 id="contents">{escape(title)}</h1>\n<ol>\n'
    for document in documents:
        head = document.head
        link = f'<a href="#{document.anchor}" dir="auto">{escape(head.title)}</a>'
        yield f"<li>{link} <small>{escape(head.author)} · {escape(head.completeness)}</small></li>\n"
    yield "</ol>\n</nav>\n"


def _inside(picture: Picture) -> Iterator[str]:
    """Yield a picture as an address that holds it, a stretch at a time."""
    yield f"data:{picture.type};base64,"
    with picture.path.open("rb") as stream:
        while content := stream.read(3 * 2**16):
            yield base64.b64encode(content).decode()


def _here(anchor: str) -> str:
    return f"#{anchor}"


class Page:
    """Writes one document, or a part of one, whose title is a heading of the given level.

    `href` gives the address of an anchor, `source` that of a picture, None where it cannot be shown; `void` ends an
    element that has no content.
    """

    def __init__(
        self,
        document: Document,
        level: int,
        href: Callable[[str], str] = _here,
        source: Callable[[Picture], Iterable[str] | None] = _inside,
        void: str = ">",
    ) -> None:
        self._document = document
        self._level = level
        self._href = href
        self._source = source
        self._void = void

    def article(self) -> Iterator[str]:
        """Yield the whole document."""
        yield f'<article id="{self._document.anchor}" aria-labelledby="{self._document.anchor}-title">\n'
        yield from self.header()
        yield from self.posts(self._document.blocks)
        yield from self.end()
        yield "</article>\n"

    def header(self) -> Iterator[str]:
        """Yield title, author and completeness."""
        document, head = self._document, self._document.head
        yield f'<header>\n<h{self._level} class="title" id="{document.anchor}-title"{_language(head.language)} '
        yield f'dir="auto">{escape(head.title)}</h{self._level}>\n'
        yield from _byline(head)
        yield from _verdict(head)
        yield "</header>\n"

    def posts(self, blocks: Iterable[Block]) -> Iterator[str]:
        """Yield blocks of the document."""
        yield '<ol class="posts">\n'
        for block in blocks:
            yield from self._block(block, self._level + 1)
        yield "</ol>\n"

    def _block(self, block: Block, level: int) -> Iterator[str]:
        match block:
            case Said():
                yield f'<li class="post" id="{block.anchor}">\n'
                yield from self._margin(block, level)
                yield from ('<div class="said">\n', *self._body(block), "</div>\n</li>\n")
            case Missing():
                yield f'<li class="missing"><p role="note">{escape(_capital(block.says))}</p></li>\n'
            case Aside():
                says = escape(block.heading)
                link = f'<a href="{self._href(block.anchor)}">{says}</a>' if block.anchor else says
                yield f'<li class="branch">\n<h{level} class="heading">{link}</h{level}>\n'
                yield '<ol class="posts">\n'
                for inner in block.blocks:
                    yield from self._block(inner, level + 1)
                yield "</ol>\n</li>\n"
            case Before():
                yield '<li class="before">\n'
                yield from self._other(block.says, block.post, block.url)
                yield "</li>\n"
            case _:
                assert_never(block)

    def _body(self, said: Said) -> Iterator[str]:
        if said.author:
            yield f'<p class="by"><bdi>{escape(said.author)}</bdi></p>\n'
        if said.warning:
            yield f'<p class="warning" dir="auto">Warning: {escape(said.warning)}</p>\n'
        if said.runs:
            runs = "".join(self._link(run.text, run.note) if run.note else escape(run.text) for run in said.runs)
            yield f'<p class="text"{_language(said.language)} dir="auto">{runs}</p>\n'
        if said.loose or said.media:
            yield '<ul class="enclosed">\n'
            yield from (f"<li><b>link</b> {self._link(note.shown, note)}</li>\n" for note in said.loose)
            for media in said.media:
                yield from self._enclosure(media)
            yield "</ul>\n"
        if said.quoted:
            yield from self._quoted(said.quoted)
        yield from map(_earlier, said.earlier)
        yield from (f'<p class="mark" dir="auto">{escape(mark)}</p>\n' for mark in said.marks)

    def _link(self, shown: str, note: Note) -> str:
        mark = (
            f'<sup><a href="{self._href(self._note_id(note))}" aria-label="Link {note.number}">{note.number}</a></sup>'
        )
        return f"{_anchor(note.url, shown) if note.url else escape(shown)}{mark}"

    def _note_id(self, note: Note) -> str:
        return f"{self._document.anchor}-link-{note.number}"

    def _quoted(self, quoted: Quoted) -> Iterator[str]:
        if quoted.anchor:
            yield f'<p class="mark"><a href="{self._href(quoted.anchor)}">{escape(_capital(quoted.says))}</a></p>\n'
        else:
            yield from self._other(quoted.says, quoted.post, quoted.url)

    def _other(self, says: str, said: Said | None, url: str | None) -> Iterator[str]:
        """Yield a post by somebody else under who wrote it and when."""
        facts = [escape(_capital(says))]
        facts += [_time(said.time, f"{minute(said.time)} UTC")] if said and said.time else []
        facts += [_anchor(url, url)] if url else []
        yield f'<blockquote class="other">\n<p class="by" dir="auto">{" · ".join(facts)}</p>\n'
        if said:
            yield from self._body(replace(said, author=None))
        yield "</blockquote>\n"

    def _margin(self, said: Said, level: int) -> Iterator[str]:
        """Yield the author's number and the time; a post without a number has a heading that only readers aloud get."""
        yield '<div class="margin">'
        if said.label:
            place = f' title="{escape(said.place)}"' if said.place else ""
            hidden = "" if said.number is not None else " hidden"
            heading = f'<a href="{self._href(said.anchor)}"{place}>{escape(_capital(said.label))}</a>'
            yield f'<h{level} class="number{hidden}">{heading}</h{level}>'
        if said.time:
            whole = minute(said.time)
            time = _time(said.time, whole if said.new_day else whole.partition(" ")[2])
            yield _linked(said.url, time) if said.url else time
        elif said.url:
            yield _anchor(said.url, "at its source")
        yield "</div>\n"

    def _enclosure(self, media: Enclosure) -> Iterator[str]:
        source = self._source(media.picture) if media.picture else None
        if media.picture and source is not None:
            yield '<li class="picture"><img alt="'
            yield f'{escape(media.alt or f"{_capital(media.kind)}, not described by its author")}" '
            yield f'width="{media.picture.width}" height="{media.picture.height}" src="'
            yield from source
            yield f'"{self._void}'
        else:
            yield "<li>"
        alt = f' <span dir="auto">{escape(media.alt)}</span>' if media.alt else ""
        where = _anchor(media.url, media.url) if media.url else escape(media.file or "")
        address = f' <span class="address">{where}</span>' if where else ""
        yield f"<b>{escape(media.kind)}</b>{alt}{address}</li>\n"

    def end(self) -> Iterator[str]:
        """Yield links, files and how to check them."""
        document, level = self._document, self._level + 1
        if not (document.notes or document.sources or document.colophon):
            return
        yield '<footer class="end">\n'
        if document.notes:
            yield f'<h{level}>Links</h{level}>\n<ol class="links">\n'
            for note in document.notes:
                says = f"{note.shown} (shortened on the page; full address not known)"
                shown = _anchor(note.url, note.url) if note.url else escape(says)
                yield f'<li id="{self._note_id(note)}"><span>{note.number}</span> <span dir="ltr">{shown}'
                yield f"{_told(note.told)}</span></li>\n"
            yield "</ol>\n"
        if document.sources:
            yield f"<h{level}>Read from</h{level}>\n<ul>\n"
            for source in document.sources:
                yield f"<li><bdi>{escape(source.file)}</bdi> <code>{escape(source.capture)}</code>"
                yield f"{_told([source.told] if source.told else [])}</li>\n"
            yield "</ul>\n"
        if document.colophon:
            yield from _colophon(document.colophon, level)
        yield "</footer>\n"


def _told(told: Sequence[Told]) -> str:
    """Return what is said of a page or a file, on a line of its own."""
    parts = [f"{escape(one.says)} {_anchor(one.url, one.url)}" if one.url else escape(one.says) for one in told]
    return f' <span class="told">{" · ".join(parts)}</span>' if parts else ""


def _colophon(colophon: Colophon, level: int) -> Iterator[str]:
    yield f"<h{level}>About this document</h{level}>\n"
    yield from (f"<p>{escape(one)}</p>\n" for one in colophon.says)


def _byline(head: Head) -> Iterator[str]:
    author, *facts = head.facts
    parts = [f"<b><bdi>{escape(author)}</bdi></b>"]
    for fact in facts:
        shown = f"<bdi>{escape(fact)}</bdi>"
        parts.append(_time(head.first, fact) if fact == head.when and head.first else shown)
    if head.url:
        parts.append(_anchor(head.url, head.url))
    yield f'<p class="byline">{" · ".join(parts)}</p>\n'


def _verdict(head: Head) -> Iterator[str]:
    yield f'<div class="verdict {escape(head.verdict)}" role="note">\n<p>{escape(head.completeness)}</p>\n'
    if head.says:
        yield '<details open="">\n<summary>How that is known</summary>\n<ul>\n'
        yield from (f"<li>{escape(_capital(one))}</li>\n" for one in head.says)
        yield "</ul>\n</details>\n"
    yield "</div>\n"


def _earlier(earlier: Earlier) -> str:
    when = f", {escape(earlier.when)}" if earlier.when else ""
    text = f'<p class="text" dir="auto">{escape(earlier.text)}</p>'
    return f'<blockquote class="other">\n<p class="by">Another wording{when}</p>\n{text}\n</blockquote>\n'


def _anchor(url: str, shown: str) -> str:
    return _linked(url, escape(shown))


def _linked(url: str, inner: str) -> str:
    """Return a link, or what it would show where its address is none that a click may follow."""
    followed = web_address(url)
    return f'<a href="{escape(followed)}" rel="noopener noreferrer nofollow">{inner}</a>' if followed else inner


def _time(moment: datetime, shown: str) -> str:
    """Return a time; one of a year that cannot be meant, such as 9999, bears no mark of what it is."""
    if not 1000 <= moment.year <= 3000:
        return escape(shown)
    return f'<time datetime="{instant(moment)}">{escape(shown)}</time>'


def instant(moment: datetime) -> str:
    """Return an instant as HTML has it, in UTC; it knows no finer fraction than milliseconds.

    >>> instant(datetime(2021, 6, 4, 9, 30, 0, 123456, UTC)), instant(datetime(2021, 6, 4, tzinfo=UTC))
    ('2021-06-04T09:30:00.123Z', '2021-06-04T00:00:00Z')
    """
    spec = "milliseconds" if moment.microsecond else "seconds"
    return moment.astimezone(UTC).isoformat(timespec=spec).replace("+00:00", "Z")


def _language(tag: str | None) -> str:
    """Return the attribute that states a language, empty where the tag is none."""
    return f' lang="{tag}"' if is_language(tag) else ""


def is_language(tag: str | None) -> bool:
    """Say whether a tag has the form of one."""
    return tag is not None and _LANGUAGE.fullmatch(tag) is not None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
