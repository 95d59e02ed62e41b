"""Documents as an Atom feed: an entry per thread with all its words, so that nothing is asked of any server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from clew.publish.document import Document, title_of
from clew.publish.html import Page, escape, is_language
from clew.publish.links import named, web_address

__all__ = ["NAME", "SUFFIX", "feed", "render"]

NAME = "atom"
SUFFIX = ".atom"

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def render(documents: Sequence[Document]) -> Iterator[str]:
    """Yield a feed of the documents, called after its only author or after their number."""
    authors = list(dict.fromkeys(document.head.author for document in documents))
    title = f"Threads by {authors[0]}" if len(authors) == 1 else title_of(documents)
    names = " ".join(authors) if len(authors) == 1 else " ".join(document.id for document in documents)
    return feed(documents, title, f"feed:{names}")


def feed(documents: Sequence[Document], title: str, name: str) -> Iterator[str]:
    """Yield a feed, latest thread first; the same `name` makes it the same feed in the eyes of its readers."""
    ordered = sorted(documents, key=_updated, reverse=True)
    latest = max(map(_updated, ordered), default=_EARLIEST)
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
    yield f"<id>{named(name)}</id>\n<title>{escape(title)}</title>\n<updated>{_stamp(latest)}</updated>\n"
    yield '<generator uri="urn:clew">clew</generator>\n'
    for document in ordered:
        yield from _entry(document)
    yield "</feed>\n"


def _entry(document: Document) -> Iterator[str]:
    head = document.head
    language = f' xml:lang="{head.language}"' if is_language(head.language) else ""
    yield f"<entry{language}>\n<id>{named(document.id)}</id>\n<title>{escape(head.title)}</title>\n"
    yield f"<updated>{_stamp(_updated(document))}</updated>\n"
    if head.first:
        yield f"<published>{_stamp(head.first)}</published>\n"
    yield f"<author><name>{escape(head.author)}</name></author>\n"
    if url := web_address(head.url):
        yield f'<link rel="alternate" href="{escape(url)}"/>\n'
    yield f"<summary>{escape(head.completeness)}</summary>\n"
    yield '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">\n'
    yield from Page(document, 1, source=lambda picture: None, void="/>").article()
    yield "</div></content>\n</entry>\n"


def _updated(document: Document) -> datetime:
    made = document.colophon.made if document.colophon else _EARLIEST
    return document.head.last or made


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
