"""News as sentences for people, and as a feed for their readers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from clew.errors import BadOption
from clew.watch.book import News

__all__ = ["feed", "sentence", "write_feed"]

LONGEST = 280
"""Characters of a post that a message holds."""
_KINDS = {
    "new": "new",
    "edited": "edited",
    "deleted": "deleted, as the platform says",
    "absent": "no longer there, which is not the same as deleted",
    "failed": "can't be asked any more",
}


def sentence(news: News) -> str:
    """Return one line for people.

    >>> sentence(News(id="1", kind="new", watch="u", noticed="2026-01-02T03:04:05.678Z", author="@ana", text="Water."))
    '2026-01-02 03:04:05  new  @ana  Water.'
    """
    when = news.noticed[:19].replace("T", " ")
    words = _shortened(news.text or news.says or "")
    before = f"(before: {_shortened(news.before)})" if news.before else ""
    return "  ".join(filter(None, (when, _KINDS[news.kind], news.author or news.watch, words, before, news.url)))


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return f"{words[: LONGEST - 1]}…" if len(words) > LONGEST else words


def feed(news: Sequence[News], name: str) -> Iterator[str]:
    """Yield an Atom feed, the latest first, as they are given."""
    from xml.sax.saxutils import escape

    def line(tag: str, text: str, more: str = "") -> str:
        return f"<{tag}{more}>{escape(_xml(text))}</{tag}>\n"

    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield line("id", f"urn:clew:watch:{name}") + line("title", "What clew watches")
    yield line("updated", news[0].noticed if news else "1970-01-01T00:00:00Z")
    yield '<generator uri="urn:clew">clew</generator>\n'
    for one in news:
        title = " ".join((one.text or one.says or one.post or "").split())[:90]
        yield "<entry>\n" + line("id", f"urn:clew:news:{one.id}")
        yield line("title", f"{one.author or one.watch}: {_KINDS[one.kind]}: {title}".rstrip(": "))
        yield line("updated", one.noticed)
        if one.published:
            yield line("published", f"{one.published[:19]}Z")
        yield "<author>" + line("name", one.author or one.watch).rstrip("\n") + "</author>\n"
        if one.url and one.url.startswith(("http://", "https://")):
            yield f'<link rel="alternate" href="{escape(_xml(one.url), {chr(34): "&quot;"})}"/>\n'
        before = f"\n\nBefore: {one.before}" if one.before else ""
        yield line("content", f"{one.text or one.says or ''}{before}", ' type="text"') + "</entry>\n"
    yield "</feed>\n"


def _xml(text: str) -> str:
    """Return a text without what no XML may hold."""
    return "".join(
        letter for letter in text if letter in "\t\n" or 0x20 <= ord(letter) <= 0xD7FF or ord(letter) > 0xDFFF
    )


def write_feed(path: Path, news: Sequence[News]) -> None:
    """Put a feed in the place of the one that is there: readers see the old one or the new one, whole.

    Raises:
        BadOption: The disk refuses.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text("".join(feed(news, path.stem)), encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise BadOption(f"{path}: cannot be written ({(error.strerror or str(error)).lower()}).") from error
