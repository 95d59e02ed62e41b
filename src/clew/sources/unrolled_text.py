"""Text or Markdown of pages that were already unrolled: pasted, clipped, printed.

Several threads may stand in one text. Page furniture is cut away, previews that follow a page's footer are known for
what they are, and where the text does not mark where a post ends, that is said and not guessed over. The rules stem
from the shapes in shared FORMATS, section 2, and THREADS, section 2. A text is held whole in memory, up to LIMIT.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from clew import addresses, extract, numbering, records, texts, times
from clew.errors import DamagedFile
from clew.exports import Export
from clew.numbering import Mark
from clew.posts import Account, Item, Link, Media, Mention, Notice, Origin, Post, Problem, Tag
from clew.sources import _parts as _parts_of
from clew.sources import _unrolled_page
from clew.sources._note_signs import is_note
from clew.sources._unrolled_page import Line, LinkIn, Page, Section

NAME = "unrolled_text"
SIGN = "text or Markdown with a thread's signs: numbered posts, THREAD, a thread reader's footer, a status address"
HOLDS = "What a reader saw of a thread: texts in order, the author's numbers, links as shown, pictures in Markdown."
LACKS = "Ids, times, reply edges, and often full links and the author; where posts end is not always marked."
LOST = "Clippers and note tools keep the page's furniture as if the author had said it, and previews as if whole."

#: No page of a thread is longer, in bytes.
LIMIT = 16 * 1024 * 1024
#: A preview on a thread reader's page shows so many posts at most.
PREVIEW_POSTS = 3
#: Marks of this weight number a post wherever its line stands; weaker ones only at the edge of a paragraph.
WEIGHTY = 0.8
#: Paragraphs are given as posts where so much of their borders is certain.
PROVEN = 0.8
#: Unnumbered paragraphs that may stand before a numbered list of posts.
HEADERS = 3
#: The longest post of X before February 2023, and what a link counts in it.
LONGEST, LINK_LENGTH = 280, 23

_SUFFIXES = (".txt", ".md", ".markdown", ".text", ".mdown")
#: Numbers that nothing but threads bear: `3/`, `(3/9)`, keycaps, at the start or the end of a line.
_NUMBERED = re.compile(
    r"(?m)^[\s>*]*(?:\d{1,3}\s?/(?!\d)|[(\[{]?\d{1,3}\s?/\s?\d{1,3}[)\]}]|\d\uFE0F?\u20E3)"
    r"|[\s({\[]\d{1,3}/\d{0,3}[)}\]]?\s*↓?\s*$"
)
_HEADER = re.compile(r"^(?P<name>.{0,80}?)\s*@(?P<handle>\w{1,20})(?:\s+·?\s*\d{4}-\d\d-\d\d)?$")


def claims(export: Export) -> bool:
    """Say whether it is a text with the signs of a thread, and not a note whose posts carry their own addresses."""
    member = export.single
    if member is None or not (member.lower().endswith(_SUFFIXES) or "." not in member.rpartition("/")[2]):
        return False
    head = export.head(member)
    if not head.strip() or b"\0" in head.replace(b"\xff\xfe", b"")[:1] or head.lstrip()[:1] in b"{[<":
        return False
    text = _head_text(head)
    if text is None or is_note(head):
        return False
    return _unrolled_page.has_sign(text) or len(_NUMBERED.findall(text)) >= 2


def _head_text(head: bytes) -> str | None:
    """Return the head as text, however it was cut; None where it is no text."""
    try:
        return records.decoded(head, "")
    except DamagedFile:
        text = head.decode("utf-8", "ignore")
        lost = len(head) - len(text.encode())
        return text if lost <= 3 and "\0" not in text else None


def read(export: Export) -> Iterator[Item]:
    """Yield each thread's notices and then its posts, in the order of the page.

    Raises:
        DamagedFile: It is no UTF-8 text, or longer than LIMIT.
    """
    member = export.members[0]
    with export.open(member) as stream:
        data = stream.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise DamagedFile(export.name, f"is longer than {LIMIT // 1024 // 1024} MB, as no page of a thread is")
    page = _unrolled_page.page(records.decoded(data, export.name))
    reader = _Reader(page, export.capture(member), export.place(member))
    yield from reader.items()


@dataclass(slots=True)
class _Chunk:
    """The lines of one post."""

    lines: list[Line]
    head: Line | None = None
    """A line that names the author, the date and the address of the post, as clippers of status pages write."""


@dataclass(slots=True)
class _Reader:
    page: Page
    capture: str
    file: str
    count: int = 0
    taken: set[str] = field(default_factory=set)

    def items(self) -> Iterator[Item]:
        threads = 0
        for section in self.page.sections:
            for chunks, sure in _threads(section, self.page):
                threads += 1
                yield from self._thread(chunks, threads, section, sure=sure)
        if not threads:
            yield Problem(origin=self._origin([]), reason="no post was found in it, only furniture of a page")

    def _thread(self, chunks: list[_Chunk], number: int, section: Section, *, sure: bool) -> Iterator[Item]:
        conversation = f"unrolled:{self.capture[7:19]}:t{number}"
        origin = self._origin([line for chunk in chunks for line in chunk.lines])
        if section.preview and len(chunks) <= PREVIEW_POSTS:
            says = f"this is a preview on another thread's page, which shows at most {PREVIEW_POSTS} posts"
            yield self._notice("cut", says, origin, conversation)
        if not sure:
            given = "its paragraphs are given as posts" if len(chunks) > 1 else "it is given as one passage"
            says = f"the text does not mark where its posts end: {given}"
            yield Notice(
                kind="borders", says=says, origin=origin, conversation=conversation, platform=self.page.platform
            )
        for index, chunk in enumerate(chunks):
            yield from self._post(chunk, conversation, first=number == 1 and index == 0)

    def _notice(self, kind: Literal["cut", "borders"], says: str, origin: Origin, conversation: str) -> Notice:
        return Notice(kind=kind, says=says, origin=origin, conversation=conversation, platform=self.page.platform)

    def _post(self, chunk: _Chunk, conversation: str, *, first: bool) -> Iterator[Item]:
        self.count += 1
        quoted = [line for line in chunk.lines if line.quoted and chunk.head]
        body = _body([line for line in chunk.lines if line not in quoted])
        own_id = self._id(chunk, first=first)
        post_id = own_id or f"unrolled:{self.capture[7:19]}:{self.count:04d}"
        self.taken.add(post_id)
        quoted_id = f"{post_id}:quoted" if own_id is None else f"unrolled:{self.capture[7:19]}:{self.count:04d}:quoted"
        yield Post(
            platform=self.page.platform,
            id=post_id,
            author=self._account(chunk),
            time=times.from_snowflake(own_id) if own_id and self.page.platform == "x" else None,
            text=body.text,
            conversation=conversation,
            quotes=quoted_id if quoted else None,
            links=body.links,
            mentions=body.mentions,
            tags=body.tags,
            media=tuple(_media(chunk.lines)),
            origin=self._origin(chunk.lines),
            cut=body.text.endswith(("… Show more", "...Show more")),
        )
        if quoted:
            inner = _body(quoted)
            yield Post(
                platform=self.page.platform,
                id=quoted_id,
                author=Account(),
                text=inner.text,
                conversation=f"{conversation}:{self.count}:quoted",
                links=inner.links,
                mentions=inner.mentions,
                tags=inner.tags,
                media=tuple(_media(quoted)),
                origin=self._origin(quoted),
            )

    def _id(self, chunk: _Chunk, *, first: bool) -> str | None:
        """Return the post's own id, where its header, or the address of its own picture, gives it away."""
        urls = [link.url for line in ([chunk.head] if chunk.head else chunk.lines) for link in line.links]
        for url in urls:
            address = addresses.parse(url)
            own = chunk.head is not None or re.search(r"/status/\d+/(?:photo|video)/\d", url)
            if address and address.id and own and self._is_own(address.handle) and address.id not in self.taken:
                return address.id
        return self.page.first_id if first and self.page.first_id not in self.taken else None

    def _is_own(self, handle: str | None) -> bool:
        known = self.page.author.handle
        return known is None or handle is None or handle.casefold() == known.casefold()

    def _account(self, chunk: _Chunk) -> Account:
        found = _HEADER.match(chunk.head.text) if chunk.head else None
        if found:
            return Account(handle=found["handle"], name=found["name"] or None)
        return self.page.author

    def _origin(self, lines: Sequence[Line]) -> Origin:
        numbers = [line.number for line in lines] or [1]
        first, last = min(numbers), max(numbers)
        place = f"line {first}" if first == last else f"lines {first}-{last}"
        return Origin(capture=self.capture, file=self.file, place=place)


# --- where posts begin and end ----------------------------------------------------------------------------------------


def _threads(section: Section, page: Page) -> Iterator[tuple[list[_Chunk], bool]]:
    """Yield the posts of each thread in a section, and whether the text marks where each post ends."""
    lines = section.lines
    dense = sum(1 for line in lines if line.blanks) < _unrolled_page.BORDER_DENSITY * len(lines)
    if headed := _by_headers(lines):
        yield headed, True
    elif any(line.broken for line in lines) and page.markdown:
        yield _by_paragraphs(lines, 1), True
    elif sum(1 for line in lines[1:] if line.blanks >= 2) >= 2:
        yield [part for chunk in _by_paragraphs(lines, 2) for part in _numbered_parts(chunk)], True
    elif len(_picture_borders(lines)) >= 3:
        yield _split(lines, _picture_borders(lines)), True
    elif (numbers := _numbers(lines, dense=dense)) and _begins_early(lines, numbers):
        cutter = _Cutter(lines, numbers, dense)
        cutter.cut()
        for chunks in cutter.threads:
            yield chunks, not cutter.guessed
    elif dense:
        yield _by_length([_Chunk([line]) for line in lines]), len(lines) < 2
    else:
        paragraphs = _by_paragraphs(lines, 1)
        yield _by_length(paragraphs), len(paragraphs) == 1


def _by_headers(lines: Sequence[Line]) -> list[_Chunk]:
    """Return the posts of a clip in which each has a line with its author, date and address above it."""
    found: list[_Chunk] = []
    for line in lines:
        if _HEADER.match(line.text) and not line.quoted and (not found or line.links):
            found.append(_Chunk([], head=line))
        elif found:
            found[-1].lines.append(line)
        else:
            return []
    return [chunk for chunk in found if chunk.lines]


def _by_paragraphs(lines: Sequence[Line], blanks: int) -> list[_Chunk]:
    """Return the posts of a text in which so many blank lines stand between posts; link cards join the post above."""
    return _split(lines, [at for at, line in enumerate(lines) if at and line.blanks >= blanks and not _is_card(line)])


def _by_length(paragraphs: list[_Chunk]) -> list[_Chunk]:
    """Return paragraphs as posts where hardly two neighbours would have fitted into one; else all as one passage.

    Where a text does not mark its borders, X's limit of 280 proves most of them if the author filled the posts; if he
    or she did not, a passage that is whole says less that is wrong than posts that never were.
    """
    posts, length = 0, LONGEST + 1
    for paragraph in paragraphs:
        own = _length(paragraph.lines)
        posts, length = (posts, length + own) if length + own <= LONGEST else (posts + 1, own)
    if posts >= PROVEN * len(paragraphs):
        return paragraphs
    return [_Chunk([line for paragraph in paragraphs for line in paragraph.lines])]


def _begins_early(lines: Sequence[Line], numbers: dict[int, Mark]) -> bool:
    """Say whether the numbers begin near the top, so that they number posts and not the items of a late list."""
    first = min(numbers)
    return numbers[first].weight >= WEIGHTY or sum(1 for line in lines[:first] if line.blanks) <= HEADERS


def _numbered_parts(chunk: _Chunk) -> list[_Chunk]:
    """Return the posts of a passage that is too long for one and whose paragraphs go on with its number."""
    if _length(chunk.lines) <= LONGEST:
        return [chunk]
    first = numbering.marks(chunk.lines[0].text)[:1]
    borders: list[int] = []
    last = first[0] if first and first[0].at_start else None
    for at, line in enumerate(chunk.lines):
        for mark in numbering.marks(line.text)[:1]:
            if at and last and line.blanks and mark.form == last.form and mark.number == last.number + 1:
                borders.append(at)
                last = mark
    return _split(chunk.lines, borders)


def _is_card(line: Line) -> bool:
    """Say whether a line is a picture, or a preview card of a link, rather than words."""
    if not line.text:
        return True
    spans = sum(link.end - link.start for link in line.links)
    words = line.text.count(" ") > 2 or len(line.links) > 1
    return bool(line.links) and spans >= len(line.text.replace(" ", "")) - 2 and words and not line.broken


def _picture_borders(lines: Sequence[Line]) -> list[int]:
    """Return where words follow a picture without a blank line: pages that lost their borders keep these."""
    return [
        at
        for at, line in enumerate(lines)
        if at and line.text and not line.blanks and not lines[at - 1].text and lines[at - 1].pictures
    ]


def _split(lines: Sequence[Line], borders: Sequence[int]) -> list[_Chunk]:
    edges = [0, *borders, len(lines)]
    return [_Chunk(list(lines[a:b])) for a, b in pairwise(edges) if b > a]


def _numbers(lines: Sequence[Line], *, dense: bool) -> dict[int, Mark]:
    """Return the marks that number posts, by position of their lines; numbers of lists inside a post are none."""
    at = [index for index, line in enumerate(lines) if not _unrolled_page.is_marker(line)]
    candidates = [_candidates(lines, index, dense=dense) for index in at]
    if sum(any(mark.weight >= WEIGHTY for mark in marks) for marks in candidates) >= 3:
        candidates = [[mark for mark in marks if mark.weight >= WEIGHTY] for marks in candidates]
    return {at[index]: mark for index, mark in numbering.chosen(candidates).items()}


def _candidates(lines: Sequence[Line], at: int, *, dense: bool) -> list[Mark]:
    opens = dense or at == 0 or lines[at].blanks > 0
    closes = dense or at + 1 == len(lines) or lines[at + 1].blanks > 0
    return [
        mark._replace(at_start=False) if _ends_alone(lines, at, mark) else mark
        for mark in numbering.marks(lines[at].text)
        if mark.weight >= WEIGHTY or (mark.weight >= 0.45 and (opens if mark.at_start else closes))
    ]


def _ends_alone(lines: Sequence[Line], at: int, mark: Mark) -> bool:
    """Say whether a number that has a line for itself ends its post: so it is where the last line is such a number."""
    alone = mark.end - mark.start >= len(lines[at].text.rstrip(" ↓👇⬇️"))
    last = numbering.marks(lines[-1].text)
    return alone and bool(last) and last[0].end - last[0].start == len(lines[-1].text)


@dataclass(slots=True)
class _Cutter:
    """Cuts the lines of a section into posts, and the posts into threads, by their numbers."""

    lines: Sequence[Line]
    numbers: dict[int, Mark]
    dense: bool
    threads: list[list[_Chunk]] = field(default_factory=lambda: [[]])
    number: int | None = None
    """The number of the post that is being gathered."""
    last: int | None = None
    """The latest number of the thread."""
    closed: bool = True
    """True where the next line begins a post."""
    guessed: bool = False
    """True where a border was not marked."""

    def cut(self) -> None:
        for at, line in enumerate(self.lines):
            mark = self.numbers.get(at)
            if mark is None:
                self._add(line)
            else:
                self._add_numbered(at, line, mark)

    def _add_numbered(self, at: int, line: Line, mark: Mark) -> None:
        anew = mark.number <= 1 and mark.sure and self.last is not None and self.last >= 1
        if anew and mark.at_start:
            self.threads.append([])
        if mark.at_start:
            self._begin([line])
        elif self.number is not None or self.closed:
            taken = self._taken_back(at)
            if anew:
                self.threads.append([])
            self._begin([*taken, line])
        else:
            self._chunk.lines.append(line)
        self.number = self.last = mark.number
        self.closed = not mark.at_start and not self._goes_by_start

    @property
    def _goes_by_start(self) -> bool:
        starts = sum(1 for mark in self.numbers.values() if mark.at_start)
        return starts * 2 > len(self.numbers)

    def _taken_back(self, at: int) -> list[Line]:
        """Return the lines of the same paragraph before an end number, taken from the post that they were put to."""
        if self.dense or self.closed or self.lines[at].blanks:
            return []
        taken: list[Line] = []
        while self._chunk.lines and len(self._chunk.lines) > 1:
            taken.insert(0, self._chunk.lines.pop())
            if taken[0].blanks:
                break
        return taken

    @property
    def _chunk(self) -> _Chunk:
        return self.threads[-1][-1]

    def _begin(self, lines: list[Line]) -> None:
        chunks = self.threads[-1]
        if chunks and all(_unrolled_page.is_marker(line) for line in chunks[-1].lines):
            lines = chunks.pop().lines + lines
        chunks.append(_Chunk(lines))
        self.number, self.closed = None, False

    def _add(self, line: Line) -> None:
        if _is_card(line) and self.threads[-1]:
            self._chunk.lines.append(line)
        elif self.closed or not self.threads[-1] or self._parts(line):
            self._begin([line])
        else:
            self._chunk.lines.append(line)

    def _parts(self, line: Line) -> bool:
        """Say whether a paragraph without a number is a post of its own rather than a part of the one above."""
        if self.dense or not line.blanks or not self._goes_by_start or self._has_number_line:
            return False
        self.guessed = True
        if self.number is None and self.last is not None:
            return True
        if any(above.pictures for above in self._chunk.lines):
            return True
        return self._short and _length(self._chunk.lines) + _length([line]) > LONGEST

    @property
    def _has_number_line(self) -> bool:
        """Say whether the post's number has a line for itself: its author writes paragraphs."""
        first = self._chunk.lines[0]
        mark = next((mark for at, mark in self.numbers.items() if self.lines[at] is first), None)
        return mark is not None and mark.end - mark.start >= len(first.text)

    @property
    def _short(self) -> bool:
        """Say whether the page's numbered paragraphs keep to the length that X once allowed."""
        return all(_length([self.lines[at]]) <= LONGEST for at in self.numbers)


def _length(lines: Sequence[Line]) -> int:
    """Return how much of X's limit lines use: a link counts 23, letters outside the Latin and Cyrillic blocks twice."""
    total = 0
    for line in lines:
        text = line.text
        for found in reversed(extract.find_links(text)):
            text = text[: found.start] + "x" * LINK_LENGTH + text[found.end :]
        total += 1 + sum(1 if ord(c) < 0x1100 or 0x2000 <= ord(c) <= 0x206F else 2 for c in text)
    return total


# --- text and its parts -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Body:
    text: str = ""
    links: tuple[Link, ...] = ()
    mentions: tuple[Mention, ...] = ()
    tags: tuple[Tag, ...] = ()


def _body(lines: Sequence[Line]) -> _Body:
    """Return a post's text out of its lines, with the links that Markdown gives and those that stand in the text."""
    text = ""
    known: list[Link] = []
    for line in lines:
        if not line.text or _is_card(line):
            continue
        edits = [(link.start, link.end, _shown(link, line)) for link in line.links]
        new, spans = texts.rewrite(line.text, edits)
        start = len(text) + (len(_between(line)) if text else 0)
        text += (_between(line) if text else "") + new.rstrip()
        known += [
            Link(start=start + a, end=start + b, shown=text[start + a : start + b], url=link.url)
            for link, (a, b) in zip(line.links, spans, strict=True)
            if 0 <= a < b
        ]
    return _parts(text, known)


def _between(line: Line) -> str:
    return "\n\n" if line.apart else "\n"


def _shown(link: LinkIn, line: Line) -> str:
    """Return a link's words; none for the address of the post's own picture."""
    words = line.text[link.start : link.end]
    return "" if words.startswith("pic.twitter.com/") else words


def _parts(text: str, known: Sequence[Link]) -> _Body:
    named = [link for link in known if link.shown[:1] in {"@", "#"}]
    return _Body(text, *_parts_of.found(text, [link for link in known if link not in named]))


def _media(lines: Sequence[Line]) -> Iterator[Media]:
    for line in lines:
        for picture in line.pictures:
            if not _NO_PICTURE.search(picture.url):
                file = picture.url if "://" not in picture.url else None
                yield Media(type="image", url=None if file else picture.url, alt=picture.alt, file=file)
        if line.text and _is_card(line) and line.links:
            yield Media(type="card", url=line.links[0].url, alt=line.text[: line.links[0].end] or None)


_NO_PICTURE = re.compile(r"/profile_images/|this\.src=|threadreaderapp\.com/(?:assets|images)/")
