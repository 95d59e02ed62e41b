"""An unrolled page as text or Markdown, taken apart: what it says of itself, its lines, its furniture, its sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from clew import addresses
from clew.posts import Account

__all__ = ["BORDER_DENSITY", "Line", "LinkIn", "Page", "Picture", "Section", "has_sign", "is_marker", "page"]


@dataclass(frozen=True, slots=True)
class LinkIn:
    """A Markdown link in a line."""

    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A Markdown image in a line."""

    url: str
    alt: str | None


@dataclass(slots=True)
class Line:
    """A line that is not blank, without its Markdown."""

    number: int
    """From 1, in the file."""
    text: str
    blanks: int
    """Blank lines before it that are no hard breaks."""
    apart: bool
    """True where any blank line stands before it."""
    broken: bool
    """True where it goes on the paragraph of the line before by a hard break (two spaces, or a backslash)."""
    links: list[LinkIn] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    quoted: bool = False
    """True for a line of a block quote."""
    heading: bool = False


@dataclass(slots=True)
class Section:
    """The lines of one thread on the page."""

    lines: list[Line]
    preview: bool
    """True where the page shows the beginning of another thread only."""


@dataclass(slots=True)
class Page:
    """What a text of an unrolled page holds."""

    author: Account
    platform: str
    first_id: str | None
    """The id in the address that the text gives as its source, where that is the first post's."""
    sections: list[Section]
    markdown: bool
    unrolled: bool
    """True where the text itself shows that it is a thread's page: furniture, an address of a post, a sign."""


_FRONT = re.compile(r"\A---[ \t]*\n(?P<body>(?:.*\n)*?)(?:---[ \t]*\n|(?=\n))")
_PAIR = re.compile(r"^(?P<key>[\w-]+):[ \t]*(?P<value>.*)$")
_IMAGE = re.compile(r"!\[(?P<alt>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<url>(?:[^()\s]|\([^()]*\))*)(?:\s+\"[^\"]*\")?\)")
_LINK = re.compile(
    r"\[(?P<shown>(?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]\(\s*<?(?P<url>(?:[^()\s<>]|\([^()]*\))*)>?(?:\s+\"[^\"]*\")?\)"
)
_WIKI = re.compile(r"\[\[([^\]\n]+)\]\]")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|~>])")
_STRONG = re.compile(r"(?<!\\)(\*\*|__)(?=\S)(.+?)(?<=[^\s\\])\1")

#: Lines that end a thread on a page, whole. What follows them is furniture, then previews of other threads.
_FOOTER = re.compile(
    r"""(?:
      [•·∙]\s*[•·∙]\s*[•·∙]
    | Missing\ some\ Tweet\ in\ this\ thread.*
    | Keep\ Current\ with\b.*
    | You\ can\ follow\ @\w+\.?
    | Try\ unrolling\ a\ thread\ yourself.*
    | This\ Thread\ may\ be\ Removed\ Anytime.*
    )""",
    re.VERBOSE | re.IGNORECASE,
)
#: Lines that end the previews, or the page.
_PAGE_END = re.compile(r"Did Thread Reader help you today.*|Send Email!|More from @\w+", re.IGNORECASE)
#: Furniture after a thread's end, whole lines.
_FOOT = re.compile(
    r"""(?:
      (?:you\ can\ try\ to\s*)?force\ a\ refresh\.?
    | Stay\ in\ touch\ and\ get\ notified.*
    | (?:Save\ it\ as\ )?PDF.* | Twitter\ may\ remove\ this\ content.*
    | Follow\ @ThreadReaderApp.* | From\ a\ Twitter\ thread\ mention.* | .*mention\ us\ with\ a\ keyword.*
    | Practice\ here\ first.* | Email\ the\ whole\ thread.* | .*Profile\ picture | email\ this
    | Support\ us!?.* | We\ are\ indie\ developers.* | This\ site\ is\ made\ by.* | Become\ a\ Premium.*
    | Don'?t\ want\ to\ be\ a\ Premium.* | Donate\ via.* | Thank\ you\ for\ your\ support!? | Or\ Donate\ anonymously.*
    | (?:[13]|bc1|0x)[a-zA-Z0-9]{25,60}(?:\ copy)? | Ethereum | Bitcoin | .*\bcrypto\b.*\b(?:address|donat).*
    | Share\ this\ thread.* | Bookmark | Subscribe | Enjoy\ Threader\?.* | Tip:\ mention\ @threader.*
    | [-*]?\s*(?:Facebook|LinkedIn|Twitter|X|Reddit|E-?mail|Print)? | [_\-*=—]{2,}
    | 1\)\ Follow\ @ThreadReaderApp.* | 2\)\ From\ a\ Twitter.* | unroll\ @threadreaderapp | @threadreaderapp\ unroll
    | Read\ all\ threads | (?:View\ )?(?:all|\d+)\ (?:threads|posts)\ from.* | \+?\d*\s*more | See\ all
    )""",
    re.VERBOSE | re.IGNORECASE,
)
#: Furniture before a thread's first post, whole lines.
_TOP = re.compile(
    r"""(?:
      Enter\ URL\ or\ ID\ to\ Unroll | [\d\s.,]+\s*(?:views|reads?) | A\ thread\ written\ by\ @\w+
    | .*\b\d+\ min(?:utes?)?\ read\b.* | (?:Unrolled\ )?Thread\ (?:by|from)\ @?\w+.* | Read\ on\ (?:Twitter|X)
    | (?:Save|Bookmark|My\ Authors|Subscribe|Share|Tweet|Log\ in|Sign\ up|Home|Search|Scrolly|Bookmark\s*Save\ as\ PDF)
    | (?:Bookmark)?\s*Save\ as\ PDF | \d+\ (?:tweets?|posts?)(?:,.*)? | [*_\s]+
    | (?:Thread\ Reader|Thread\ Reader\ App|Threader) | [A-Z][a-z]{2}\.?\ \d{1,2},?\ \d{4}
    | twitter-threads
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\ \d{1,2}(?:,?\ \d{4})?", re.IGNORECASE
)
_MARKER = re.compile(r"(?:🧵\s*)?THREAD\s*[:\-–—.]?\s*[🧵👇⬇️↓\s]*")
_BY = re.compile(r"(?:Thread (?:by|from)|A thread written by|More from|You can follow) @(\w{1,20})", re.IGNORECASE)
_SIGNS = re.compile(
    r"(?m)^\W{0,6}THREAD\b|🧵|\bthreadreaderapp\.com/|\bthreader\.app/|Thread by @\w|Missing some Tweet in this thread"
    r"|^[•·] [•·] [•·]|(?:twitter|x)\.com/\w+/status/\d|bsky\.app/profile/|^handle:|\bA thread\b"
)
BORDER_DENSITY = 0.1
"""A page is dense, with no blank lines between its posts, where fewer of its lines have one before them."""


def has_sign(text: str) -> bool:
    """Say whether a text shows in words that it is a page of a thread."""
    return _SIGNS.search(text) is not None


def is_marker(line: Line) -> bool:
    """Say whether a line is nothing but the author's sign that a thread begins."""
    return _MARKER.fullmatch(line.text.strip()) is not None


def page(text: str) -> Page:
    """Return a text taken apart; every line is either in a section or furniture."""
    front, body, offset = _front(text)
    markdown = bool(_LINK.search(text) or _IMAGE.search(text) or front)
    lines = list(_lines(body, offset, markdown=markdown))
    source = front.get("source") or front.get("url") or _source_line(lines)
    author = _author(front, text, source)
    sections = _sections(lines)
    unrolled = bool(front.get("handle") or source) or has_sign(text)
    return Page(author, _platform(text, source), _first_id(source, author), sections, markdown, unrolled)


def _front(text: str) -> tuple[dict[str, str], str, int]:
    """Return the YAML front matter (also one whose end mark is lost), the rest, and how many lines came before it."""
    found = _FRONT.match(text)
    if not found:
        return {}, text, 0
    pairs: dict[str, str] = {}
    key = ""
    for line in found["body"].splitlines():
        pair = _PAIR.match(line)
        if pair:
            key = pair["key"].lower()
            pairs[key] = pair["value"].strip().strip("\"'")
        elif key and line.strip().startswith("- "):
            pairs[key] = (pairs[key] + " " + line.strip()[2:].strip("\"'")).strip()
        elif line.strip():
            return {}, text, 0
    return pairs, text[found.end() :], text[: found.end()].count("\n")


def _lines(body: str, offset: int, *, markdown: bool) -> Iterator[Line]:
    blanks = 0
    broken = apart = False
    for index, raw in enumerate(body.split("\n")):
        if not raw.strip():
            broken = broken and bool(raw) and markdown
            blanks += 0 if broken else 1
            apart = True
            continue
        line = Line(offset + index + 1, raw.strip(), blanks, apart, broken and blanks == 0)
        if markdown:
            _take_markdown(line)
        yield line
        blanks, apart = 0, False
        broken = markdown and raw.endswith(("  ", "\\"))


def _take_markdown(line: Line) -> None:
    """Take the Markdown out of a line's text."""
    text = line.text.removesuffix("\\")
    line.quoted = text.startswith(">")
    text = text.lstrip("> ") if line.quoted else text
    heading = re.match(r"#{1,6}\s", text)
    line.heading = bool(heading)
    line.text = _plain(text[heading.end() :] if heading else text, line)


def _plain(text: str, line: Line) -> str:
    """Return a line's text without Markdown; its links and pictures are put into the line."""
    text = _STRONG.sub(r"\2", _IMAGE.sub(lambda found: _take_picture(found, line), text))
    pieces: list[str] = []
    at = length = 0
    for found in _LINK.finditer(text):
        before, shown = _unmarked(text[at : found.start()]), _unmarked(found["shown"]).strip()
        pieces += (before, shown)
        length += len(before)
        if shown and found["url"]:
            line.links.append(LinkIn(length, length + len(shown), found["url"]))
        length += len(shown)
        at = found.end()
    pieces.append(_unmarked(text[at:]))
    whole = "".join(pieces)
    lead = len(whole) - len(whole.lstrip())
    line.links = [LinkIn(max(link.start - lead, 0), link.end - lead, link.url) for link in line.links]
    return whole.strip()


def _take_picture(found: re.Match[str], line: Line) -> str:
    alt = found["alt"].strip()
    line.pictures.append(Picture(found["url"], alt if alt and alt.lower() not in _NO_ALT else None))
    return ""


_NO_ALT = frozenset({"image", "图像", "bild", "imagen", "изображение"})


def _unmarked(text: str) -> str:
    return _ESCAPED.sub(r"\1", _LINK.sub(r"\g<shown>", _WIKI.sub(r"\1", text)))


def _source_line(lines: Sequence[Line]) -> str | None:
    """Return the address of a post that stands alone on the first line; the line is dropped."""
    if lines and re.fullmatch(r"https?://\S+", lines[0].text) and addresses.parse(lines[0].text):
        return lines[0].text
    return None


def _author(front: dict[str, str], text: str, source: str | None) -> Account:
    handle = re.search(r"@(\w{1,20})", front.get("handle") or front.get("author") or "")
    by = _BY.search(text)
    address = addresses.parse(source) if source else None
    stated = address.handle if address else None
    found = handle[1] if handle else stated or (by[1] if by else None)
    name = front.get("author", "") if front.get("handle") else ""
    keep = re.search(r"Keep Current with \[?([^\]\n*]+)", text)
    return Account(handle=found, name=name or (keep[1].strip() if keep else None))


def _platform(text: str, source: str | None) -> str:
    address = addresses.parse(source) if source else None
    if address:
        return address.platform
    return "x" if re.search(r"\bTweet|\btwitter\.com/|\bx\.com/\w+/status", text) else "unknown"


def _first_id(source: str | None, author: Account) -> str | None:
    """Return the first post's id; a thread reader's address may name any post (shared FORMATS, section 2)."""
    address = addresses.parse(source) if source else None
    if address is None or address.id is None or address.platform != "x" or address.handle is None:
        return None
    same = author.handle is None or author.handle.casefold() == address.handle.casefold()
    return address.id if same and "threadreaderapp" not in (source or "") else None


def _sections(lines: Sequence[Line]) -> list[Section]:
    """Return the page's threads: what stands before a footer is whole, what follows one is a preview of another."""
    dense = sum(1 for line in lines if line.blanks) < BORDER_DENSITY * len(lines)
    found: list[Section] = []
    current: list[Line] = []
    state = "top"
    ended = False
    for line in lines:
        whole = line.text.strip()
        if _FOOTER.fullmatch(whole):
            current = _closed(found, current, preview=False)
            state, ended = "foot", True
        elif _PAGE_END.fullmatch(whole):
            current = _closed(found, current, preview=ended)
            state, ended = "foot", True
        elif (state == "top" and _is_top(line, whole)) or (
            state == "foot" and (_FOOT.fullmatch(whole) or not whole or _DATE.fullmatch(whole))
        ):
            continue
        elif ended and _DATE.fullmatch(whole):
            current = _closed(found, current, preview=True)
            state = "foot"
        else:
            if _MARKER.fullmatch(whole) and current and (dense or ended):
                current = _closed(found, current, preview=ended)
            current.append(line)
            state = "body"
    _closed(found, current, preview=ended)
    return found


def _is_top(line: Line, whole: str) -> bool:
    if line.text and re.fullmatch(r"https?://\S+", whole) and addresses.parse(whole):
        return True
    return not whole or bool(_TOP.fullmatch(whole)) or (line.heading and "Thread by @" in whole)


def _closed(found: list[Section], current: list[Line], *, preview: bool) -> list[Line]:
    if current:
        found.append(Section(current, preview))
    return []
