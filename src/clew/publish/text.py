"""A document on a terminal: author's numbers in a margin, gaps drawn in their place, links as footnotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import assert_never

from clew.publish.document import Aside, Before, Block, Document, Enclosure, Head, Missing, Note, Quoted, Run, Said
from clew.publish.sentences import minute
from clew.publish.standings import Told
from clew.publish.terminal import safe
from clew.publish.wrap import cells, is_rtl, isolated, wrapped

__all__ = ["NAME", "SUFFIX", "Paper", "render", "render_posts"]

NAME = "text"
SUFFIX = ".txt"

MEASURE = 84
"""The widest text, in columns; longer lines are hard to read."""
LEAST = 24
"""The narrowest text, in columns, however narrow the paper is."""

#: Select Graphic Rendition codes by what is shown; the sixteen colours follow the user's own palette.
_PAINT = {"who": "1", "number": "1", "whole": "32", "gap": "33", "faint": "2", "found": "1;33"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What the text is set on."""

    width: int = 80
    """Columns."""
    colour: bool = False

    @property
    def margin(self) -> int:
        """Columns left of the text."""
        return 8 if self.width >= 60 else 7

    @property
    def measure(self) -> int:
        """Columns of the text."""
        return max(min(MEASURE, self.width - self.margin), LEAST)

    def paint(self, role: str, text: str) -> str:
        """Return the text in its colour, where colours are wanted."""
        return f"\x1b[{_PAINT[role]}m{text}\x1b[0m" if self.colour and text else text


def render(documents: Sequence[Document], paper: Paper = Paper()) -> Iterator[str]:
    """Yield the documents one after the other; the same documents on the same paper give the same text."""
    for at, document in enumerate(documents):
        yield "".join(f"{line}\n" for line in (*([""] if at else []), *_document(document, paper)))


def render_posts(posts: Iterable[Said], paper: Paper = Paper()) -> Iterator[str]:
    """Yield posts that stand alone, each under its author, time and address."""
    for at, said in enumerate(posts):
        facts = [said.author or "", f"{minute(said.time)} UTC" if said.time else "", said.url or said.label]
        own = replace(said, author=None, number=None, new_day=False, new_minute=False)
        notes = [run.note for run in said.runs if run.note]
        lines = [*_heading(paper, facts), *_said(own, paper), *_notes((*notes, *said.loose), paper)]
        yield "".join(f"{line}\n" for line in (*([""] if at else []), *lines))


def _inline(text: str) -> str:
    """Return text for a line of our own, which it cannot reorder."""
    line = safe(text).replace("\n", " ")
    return isolated(line, rtl=is_rtl(line))


def _document(document: Document, paper: Paper) -> Iterator[str]:
    yield from _head(document.head, paper)
    for block in document.blocks:
        yield ""
        yield from _block(block, paper)
    if document.notes:
        yield ""
        yield from _notes(document.notes, paper)
    if document.sources and document.colophon:
        yield ""
        for source in document.sources:
            yield from _beside(paper, "from", _set(source.file, paper))
            yield f"{' ' * paper.margin}{source.capture}"
            if source.told:
                yield from _told([source.told], paper)
        for says in document.colophon.says:
            yield from ("", *_beside(paper, "", _set(says, paper)))
    elif document.sources:
        yield ""
        names = [f"{source.file} ({source.capture[:19]}…)" for source in document.sources]
        yield from _beside(paper, "from", (line for name in names for line in _set(name, paper)), "faint")
        yield from _told([source.told for source in document.sources if source.told], paper)


def _head(head: Head, paper: Paper) -> Iterator[str]:
    yield from _heading(paper, head.facts)
    colour = "whole" if head.verdict == "whole" else "gap" if head.verdict in {"gaps", "cut"} else "faint"
    for line in wrapped(safe(head.completeness), paper.margin + paper.measure):
        yield paper.paint(colour, line)
    for says in (*([head.order] if head.order else []), *head.left_out):
        for line in wrapped(says, paper.margin + paper.measure):
            yield paper.paint("faint", line)


def _heading(paper: Paper, facts: Sequence[str]) -> Iterator[str]:
    """Yield a rule and the facts under it, as many on a line as fit."""
    width = paper.margin + paper.measure
    yield paper.paint("faint", "━" * width)
    line = ""
    for fact in map(_inline, filter(None, facts)):
        if line and cells(f"{line} · {fact}") > width:
            yield paper.paint("who", line)
            line = ""
        line = f"{line} · {fact}" if line else fact
    yield paper.paint("who", line)


def _block(block: Block, paper: Paper) -> Iterator[str]:
    match block:
        case Said():
            if block.new_day and block.time:
                yield f"{' ' * paper.margin}{paper.paint('faint', _day(block.time))}"
            yield from _said(block, paper)
        case Missing():
            yield from _missing(block, paper)
        case Aside():
            yield from _aside(block, paper)
        case Before():
            yield from _beside(paper, "", _barred(_before(block, _inner(paper)), paper))
        case _:
            assert_never(block)


def _said(said: Said, paper: Paper) -> Iterator[str]:
    """Yield the post's lines beside its number and time."""
    signs = [("number", str(said.number))] if said.number is not None else []
    if said.new_minute and said.time:
        signs.append(("faint", _clock(said.time)))
    lines = list(_body(said, paper))
    lines += [""] * (len(signs) - len(lines))
    for at, line in enumerate(lines):
        role, sign = signs[at] if at < len(signs) else ("faint", "")
        yield _row(paper, role, sign, line)


def _body(said: Said, paper: Paper) -> Iterator[str]:
    if said.author:
        yield paper.paint("who", _inline(said.author))
    if said.warning:
        yield from (paper.paint("gap", line) for line in _set(f"Warning: {said.warning}", paper))
    if said.runs:
        yield from _set("".join(_marked(run) for run in said.runs), paper)
    for note in said.loose:
        yield from _set(f"link: {note.shown}\u00a0[{note.number}]", paper)
    for media in said.media:
        yield from _media(media, paper)
    if said.quoted:
        yield from _barred(_quoted(said.quoted, _inner(paper)), paper)
    for earlier in said.earlier:
        when = f", {earlier.when}" if earlier.when else ""
        yield from _barred(_set(f"another wording{when}:\n{earlier.text}", _inner(paper)), paper)
    for mark in said.marks:
        yield from (paper.paint("gap", line) for line in _set(mark, paper))


def _marked(run: Run) -> str:
    return f"{run.text}\u00a0[{run.note.number}]" if run.note else run.text


def _media(media: Enclosure, paper: Paper) -> Iterator[str]:
    yield from _set(f"[{media.kind}: {media.alt}]" if media.alt else f"[{media.kind}]", paper)
    if media.url or media.file:
        yield paper.paint("faint", _inline(media.url or media.file or ""))


def _quoted(quoted: Quoted, paper: Paper) -> Iterator[str]:
    if quoted.post is None:
        yield from _set(quoted.says, paper)
        if quoted.url:
            yield _inline(quoted.url)
    else:
        yield from _other(quoted.says, quoted.post, paper)


def _before(before: Before, paper: Paper) -> Iterator[str]:
    if before.post is None:
        yield from _set(before.says, paper)
        if before.url:
            yield _inline(before.url)
    else:
        yield from _other(before.says, before.post, paper)


def _other(says: str, said: Said, paper: Paper) -> Iterator[str]:
    """Yield a post by somebody else under who wrote it and when."""
    when = f" · {minute(said.time)} UTC" if said.time else ""
    yield from (paper.paint("faint", line) for line in _set(f"{says}{when}", paper))
    yield from _body(replace(said, author=None), paper)


def _missing(missing: Missing, paper: Paper) -> Iterator[str]:
    lines = wrapped(safe(missing.says), paper.measure)
    fill = paper.measure - cells(lines[-1]) - 1
    lines[-1] += f" {'╌' * fill}" if fill > 2 else ""
    for at, line in enumerate(lines):
        sign = "╌╌╌╌" if at == 0 else ""
        yield paper.paint("gap", f"{sign.rjust(paper.margin - 2)}  {line}")


def _aside(aside: Aside, paper: Paper) -> Iterator[str]:
    """Yield a branch, set in from the main line behind a dotted bar."""
    inner = replace(paper, width=min(paper.width, MEASURE + paper.margin) - 4)
    bar = f"  {paper.paint('faint', '┊')} "
    yield f"{bar}{paper.paint('who', aside.heading)}"
    for at, block in enumerate(aside.blocks):
        if at:
            yield bar.rstrip(" ")
        yield from (f"{bar}{line}" for line in _block(block, inner))


def _notes(notes: Sequence[Note], paper: Paper) -> Iterator[str]:
    """Yield each link with its whole address, which no line break harms."""
    for note in notes:
        sign = f"[{note.number}]".rjust(paper.margin - 2)
        if note.url is None:
            says = f"{note.shown} (shortened on the page; full address not known)"
            yield from _beside(paper, sign, _set(says, paper), "faint")
        else:
            yield f"{paper.paint('faint', sign)}  {_inline(note.url)}"
            yield from _told(note.told, paper)


def _told(told: Iterable[Told], paper: Paper) -> Iterator[str]:
    """Yield what is said of a page or a file, each address whole on a line of its own."""
    for one in told:
        yield from _beside(paper, "", _set(one.says, paper))
        if one.url:
            yield f"{' ' * paper.margin}{_inline(one.url)}"


def _beside(paper: Paper, sign: str, lines: Iterable[str], role: str = "faint") -> Iterator[str]:
    for at, line in enumerate(lines):
        yield _row(paper, role, sign if at == 0 else "", line)


def _row(paper: Paper, role: str, sign: str, line: str) -> str:
    """Return a line with a sign in its margin; no spaces stand at its end."""
    indent = " " * (paper.margin - 2 - cells(sign))
    return f"{indent}{paper.paint(role, sign)}{f'  {line}' if line else ''}" if sign or line else ""


def _barred(lines: Iterable[str], paper: Paper) -> Iterator[str]:
    bar = paper.paint("faint", "│")
    return (f"{bar} {line}" if line else bar for line in lines)


def _inner(paper: Paper) -> Paper:
    """Return the paper that is left behind a bar."""
    return replace(paper, width=min(paper.width, MEASURE + paper.margin) - 2)


def _set(text: str, paper: Paper) -> Iterator[str]:
    """Yield text in lines of the paper's measure, none of which can reorder what stands beside it."""
    for paragraph in safe(text).split("\n"):
        rtl = is_rtl(paragraph)
        yield from (isolated(line, rtl=rtl) for line in wrapped(paragraph, paper.measure))


def _clock(moment: datetime) -> str:
    return minute(moment).partition(" ")[2]


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()[:10]
