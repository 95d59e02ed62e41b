"""A document as Markdown that Obsidian and Pandoc both read: YAML head, a heading per post, footnotes, callouts.

Pandoc sets straight quotes and dots as a book would; `-f markdown-smart` keeps them as they were typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never
from urllib.parse import quote

from clew.publish.document import (
    Aside,
    Before,
    Block,
    Document,
    Earlier,
    Enclosure,
    Missing,
    Note,
    Quoted,
    Run,
    Said,
    title_of,
)
from clew.publish.sentences import minute
from clew.publish.standings import Told

__all__ = ["NAME", "SUFFIX", "render"]

NAME = "md"
SUFFIX = ".md"

_SPECIAL = re.compile(
    r"(?P<word>^(?:\d{1,9}|[A-Za-z]{1,6})(?=[.)]\s))"  # 1. or iv) or A. at the start of a line is a list
    r"|(?P<mark>^[-+=:(]"  # lists, underlined headings, definitions
    r"|[\\`*_\[\]<>#|~$^@{}]"  # marks that mean something wherever they stand, in CommonMark, Obsidian or Pandoc
    r"|&(?=\#?\w+;|$)|:(?=//)|(?i:(?<=\bwww)\.)"  # entities and bare addresses
    r"|=(?==)|(?<==)=|%(?=%)|(?<=%)%|-(?=-)|(?<=-)-)"  # ==marked==, %%hidden%%, two hyphens that become a dash
)
_CONTROL = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: "␡",
    **dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000)], "�"),
    **dict.fromkeys((0x85, 0x2028, 0x2029), "\n"),
}
_NOT_IN_URL = re.compile(r"[\s<>\x00-\x20\x7f-\xa0\ud800-\udfff]")
_NOT_IN_YAML = re.compile(r"[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*")


def render(documents: Sequence[Document]) -> Iterator[str]:
    """Yield one Markdown file; several documents follow one another, each under a heading of its own."""
    yield _joined(_yaml(documents))
    for at, document in enumerate(documents, 1):
        yield "\n" + _joined(_Page("" if len(documents) == 1 else f"{at}-").document(document))


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _escape(text: str, *, fresh: bool = True) -> str:
    """Return text that Markdown shows as it was typed; `fresh` says that it begins a line."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL).expandtabs(4)
    first, *rest = clean.split("\n")
    lines = [_fresh_line(first) if fresh else _SPECIAL.sub(_escaped, first), *map(_fresh_line, rest)]
    return "\n".join(lines)


def _fresh_line(line: str) -> str:
    """Return a whole line; spaces at its start, which would make it code, are kept as such."""
    body = line.lstrip(" ")
    return "&nbsp;" * (len(line) - len(body)) + _SPECIAL.sub(_escaped, body) if body else ""


def _escaped(found: re.Match[str]) -> str:
    return f"{found['word']}\\" if found["word"] else f"\\{found['mark']}"


def _inline(text: str) -> str:
    return _escape(" ".join(text.split()))


def _address(url: str) -> str:
    """Return an address as a link, or as text where it is none that can be followed safely."""
    if re.match(r"https?://", url):
        return f"<{_NOT_IN_URL.sub(lambda found: quote(found[0], errors='replace'), url)}>"
    return _inline(url)


def _yaml(documents: Sequence[Document]) -> Iterator[str]:
    yield "---"
    if len(documents) == 1:
        yield from _yaml_of(documents[0])
    else:
        yield f"title: {_quoted_yaml(title_of(documents))}"
        yield "threads:"
        yield from (f"  - {_quoted_yaml(document.id)}" for document in documents)
    yield "---"


def _yaml_of(document: Document) -> Iterator[str]:
    head = document.head
    yield f"title: {_quoted_yaml(head.title)}"
    yield f"author: {_quoted_yaml(f'{head.name} ({head.author})' if head.name else head.author)}"
    if head.first and head.last:
        yield f"date: {minute(head.first)[:10]}"
        yield f"first: {head.first.isoformat()}"
        yield f"last: {head.last.isoformat()}"
    if head.language and _LANGUAGE.fullmatch(head.language):
        yield f"lang: {head.language}"
    facts = {"platform": head.platform, "url": head.url, "thread": document.id, "posts": head.held}
    facts |= {"completeness": head.completeness, "verdict": head.verdict}
    yield from (f"{key}: {_quoted_yaml(value)}" for key, value in facts.items() if value)
    if document.colophon:
        yield f"made: {minute(document.colophon.made)[:10]}"
    if document.sources:
        yield "sources:"
        for source in document.sources:
            yield f"  - file: {_quoted_yaml(source.file)}"
            yield f"    capture: {_quoted_yaml(source.capture)}"
            if source.memento:
                yield f"    memento: {_quoted_yaml(source.memento.url)}"


def _quoted_yaml(text: str) -> str:
    """Return a double-quoted scalar; JSON's strings are YAML's once no odd line end or control stands in them."""
    quoted = json.dumps(text.translate(dict.fromkeys(range(0xD800, 0xE000), "�")), ensure_ascii=False)
    return re.sub(
        r"[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]",
        lambda found: f"\\u{ord(found[0]):04x}",
        quoted,
    )


class _Page:
    """Writes one document; its footnotes bear a prefix that is its own in the file."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def document(self, document: Document) -> Iterator[str]:
        head = document.head
        yield f"# {_inline(head.title)}"
        yield ""
        author, *facts = (_inline(fact) for fact in head.facts)
        yield " · ".join([f"**{author}**", *facts, *([_address(head.url)] if head.url else [])])
        yield ""
        yield f"> [!{'success' if head.verdict == 'whole' else 'info'}] {_inline(head.completeness)}"
        yield from (f"> - {_inline(_capital(says))}" for says in head.says)
        for block in document.blocks:
            yield ""
            yield from self._block(block, "##")
        if document.colophon:
            yield from _colophon(document)
        if document.notes:
            yield ""
            yield from (self._note(note) for note in document.notes)

    def _block(self, block: Block, level: str) -> Iterator[str]:
        match block:
            case Said():
                yield from self._said(block, level)
            case Missing():
                yield f"> [!warning] {_inline(_capital(block.says))}"
            case Aside():
                yield f"{level} {_inline(_capital(block.heading))}"
                for inner in block.blocks:
                    yield ""
                    yield from self._block(inner, level + "#")
            case Before():
                yield from _barred(self._other(block.says, block.post, block.url))
            case _:
                assert_never(block)

    def _said(self, said: Said, level: str) -> Iterator[str]:
        sign = f"{level} " if said.label else ""
        yield f'{sign}<span id="{said.anchor}"></span>{_inline(_capital(said.label))}'
        facts = [f"**{_inline(said.author)}**"] if said.author else []
        facts += [f"{minute(said.time)} UTC"] if said.time else []
        facts += [_address(said.url)] if said.url else []
        if facts:
            yield ""
            yield " · ".join(facts)
        yield from self._body(said)

    def _body(self, said: Said) -> Iterator[str]:
        if said.warning:
            yield from ("", f"**Warning:** {_inline(said.warning)}")
        if said.runs:
            yield from ("", *_broken(self._runs(said.runs)))
        if said.loose or said.media:
            yield ""
        yield from (f"- link: {_inline(note.shown)}{self._mark(note)}" for note in said.loose)
        yield from (_enclosure(media) for media in said.media)
        if said.quoted:
            yield ""
            yield from _barred(self._quoted(said.quoted))
        for earlier in said.earlier:
            yield ""
            yield from _barred(_earlier(earlier))
        for mark in said.marks:
            yield from ("", f"*{_inline(mark)}*")

    def _runs(self, runs: Sequence[Run]) -> str:
        """Return a post's text with a footnote mark behind each link."""
        written = ""
        for at, run in enumerate(runs):
            before = runs[at - 1] if at else None
            part = _escape(run.text, fresh=before is None or before.text.endswith("\n"))
            if before and before.note and part.startswith(("(", ":")):
                part = f"\\{part}"
            written += part + (self._mark(run.note) if run.note else "")
        return written

    def _quoted(self, quoted: Quoted) -> Iterator[str]:
        if quoted.anchor:
            yield f"[{_inline(_capital(quoted.says))}](#{quoted.anchor})"
        else:
            yield from self._other(quoted.says, quoted.post, quoted.url)

    def _other(self, says: str, said: Said | None, url: str | None) -> Iterator[str]:
        """Yield a post by somebody else under who wrote it and when."""
        facts = [f"**{_inline(_capital(says))}**"]
        facts += [f"{minute(said.time)} UTC"] if said and said.time else []
        facts += [_address(url)] if url else []
        yield " · ".join(facts)
        if said:
            yield from self._body(said)

    def _mark(self, note: Note) -> str:
        return f"[^{self._prefix}{note.number}]"

    def _note(self, note: Note) -> str:
        if note.url is None:
            return f"{self._mark(note)}: {_inline(note.shown)} (shortened on the page; full address not known)"
        return f"{self._mark(note)}: {' · '.join((_address(note.url), *map(_told, note.told)))}"


def _colophon(document: Document) -> Iterator[str]:
    yield from ("", "## About this document")
    if document.sources:
        yield from ("", "Read from:", "")
        for source in document.sources:
            told = f" · {_told(source.told)}" if source.told else ""
            yield f"- {_inline(source.file)}, {_inline(source.capture)}{told}"
    if document.colophon:
        for says in document.colophon.says:
            yield from ("", _inline(says))


def _told(told: Told) -> str:
    return f"{_inline(told.says)} {_address(told.url)}" if told.url else _inline(told.says)


def _enclosure(media: Enclosure) -> str:
    alt = f": {_inline(media.alt)}" if media.alt else ""
    where = f" · {_address(media.url)}" if media.url else f" · {_inline(media.file)}" if media.file else ""
    return f"- {_inline(media.kind)}{alt}{where}"


def _earlier(earlier: Earlier) -> Iterator[str]:
    yield f"**Another wording**{f' · {earlier.when}' if earlier.when else ''}"
    yield ""
    yield from _broken(_escape(earlier.text))


def _broken(text: str) -> Iterator[str]:
    """Yield lines that stay lines: two spaces at the end of each that another one follows."""
    lines = [line.rstrip(" ") for line in text.strip("\n").split("\n")]
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        yield f"{line}  " if line and after else line


def _barred(lines: Iterable[str]) -> Iterator[str]:
    return (f"> {line}" if line else ">" for line in lines)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
