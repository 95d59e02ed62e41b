"""Markdown notes in which each post is followed by its own status address: Readwise, Logseq, tweet-to-markdown.

The forms were read in public notes (shared FORMATS, INDEX "notes"); ids come from the addresses and times from the ids.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from clew import addresses, records, texts, times
from clew.errors import DamagedFile
from clew.exports import Export
from clew.posts import Account, Item, Link, Media, Mention, Notice, Origin, Post, Tag
from clew.sources import _parts
from clew.sources._marks import without_stop
from clew.sources._note_signs import STATUS, is_note

NAME = "markdown_notes"
SIGN = "Markdown in which posts end with a link to their own status: `([View Tweet](https://twitter.com/a/status/1))`"
HOLDS = (
    "Text, author and id of each post, pictures, and whether the note is one thread or a collection of single posts."
)
LACKS = (
    "What answers what, and full links (t.co only). Readwise cuts long posts after about 280 characters without a mark"
    " and takes out empty lines; words that the note-taker put between a post's own can't be told from it."
)
LOST = (
    "Other tools take a collection ('Tweets from ...') for a thread, and the reader's remarks for the author's words."
)

T = TypeVar("T", bound="Mention | Tag")

MOST = 16 * 1024 * 1024
"""No note is longer, in bytes; a note is read whole."""

MOST_LEVELS = 8

#: What may follow the link on its line: a closing bracket, tags and block ids of the note-taker.
_AFTER = r"\)?(?:\s+(?:#\S+|\^[\w-]+))*\s*$"
_LABELLED = re.compile(rf"(?:(?<=\s)|^)\(?\[(?P<label>[^\]\n]*)\]\(<?(?P<url>{STATUS})>?\){_AFTER}", re.ASCII)
_BARE = re.compile(
    rf"^[\s>]*(?:[-*]\s+)?(?:(?P<label>[A-Za-z🔗]{{0,12}}):?\s*)<?(?P<url>{STATUS})>?\s*$", re.ASCII | re.IGNORECASE
)
_BULLET = re.compile(r"^(?P<indent>[ \t]*)[-*+][ \t]+(?P<words>.*)$")
_REMARK = re.compile(r"^[ \t]*[-*+][ \t]+(?:\*\*)?(?:Note|Notes|Tag|Tags|Comment|Location)(?:\*\*)?:", re.IGNORECASE)
_PROPERTY = re.compile(
    r"^\s*(?:[-*]\s+)?(?P<key>author|handle|url|source|title|full[ -]title|category)(?:::|:)\s*(?P<value>.*)$",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^#{1,6}\s")
#: Lines that may stand among a note's properties: empty, a rule, a cover, a callout, a bullet with a key of no concern.
_FURNITURE = re.compile(r"^\s*(?:---|!\[.*|>.*|\[\[.*|(?:[-*]\s+)?[\w -]{1,24}::?(?:\s[^()]*)?)?$")
_BYLINE = re.compile(
    r"^!\[[^\]]*\]\([^)]*/profile_images/[^)]*\)\s*$"
    r"|^.*\(\[@\w{1,20}\]\(https?://(?:www\.)?(?:twitter|x)\.com/\w+\)\) - .*$"
)
_IMAGE = re.compile(r"[ \t]*!\[(?P<alt>[^\]]*)\]\((?P<url>[^)\s]*)\)[ \t]*\n?")
_INLINE = re.compile(r"\[(?P<shown>[^\]\n]+)\]\((?P<target>https?://[^)\s]+)\)|(?P<url>https?://[^\s<>\[\]]+)")
_PROFILE = re.compile(r"^https?://(?:www\.)?(?:twitter|x)\.com/(?:hashtag/|search\?|(?P<handle>\w{1,20})$)", re.ASCII)
_COLLECTION = re.compile(r"^tweets from\b", re.IGNORECASE)


def claims(export: Export) -> bool:
    """Say whether it begins as a Readwise note of posts, or holds two posts of one author, each with its address."""
    return export.single is not None and is_note(export.head(export.single))


@dataclass(slots=True)
class _Note:
    """What the note says of itself."""

    author: str | None = None
    thread: str | None = None
    """The id of the status that the whole note is about."""
    collection: bool = False
    """Posts that their reader gathered: they need not belong together."""


@dataclass(slots=True)
class _Passage:
    """The lines of one post."""

    line: int
    """Number of its first line, from 1."""
    lines: list[str] = field(default_factory=list)
    url: str | None = None
    """Its own address; None where the note has lost it."""
    after: int = 0
    """How many lines the note-taker wrote behind it."""


def read(export: Export) -> Iterator[Item]:
    """Yield each post in the note's order, then what was left out or has lost its address.

    Posts of a note about one status share its id as `conversation`; those of a collection have each their own.

    Raises:
        DamagedFile: It is not UTF-8, or longer than any note.
    """
    member = export.members[0]
    with export.open(member) as stream:
        data = stream.read(MOST + 1)
    if len(data) > MOST:
        raise DamagedFile(export.name, f"is longer than {MOST // 1024 // 1024} MB; no note is")
    lines = records.decoded(data, export.name).split("\n")
    origin = Origin(capture=export.capture(member), file=export.place(member), place="line 1")
    yield from _items(lines, origin)


def _items(lines: list[str], origin: Origin) -> Iterator[Item]:
    note, start = _about(lines)
    lost = remarks = 0
    for passage in _passages(lines, start):
        remarks += passage.after
        place = Origin(capture=origin.capture, file=origin.file, place=f"line {passage.line}")
        if passage.url is None:
            lost += 1
            yield _post(passage, note, place, "\n".join(passage.lines))
            continue
        own, quoted = _quoted(passage)
        quotes = quoted[-1].url if quoted else None
        yield _post(passage, note, place, own, quotes)
        for inner in quoted:
            below = Origin(capture=origin.capture, file=origin.file, place=f"line {inner.line}")
            yield _post(inner, _Note(collection=True), below, "\n".join(inner.lines))
    if lost:
        yield Notice(
            kind="borders",
            says=f"Passages without an address of their own: {lost}; whether each is a whole post is not known.",
            origin=origin,
            platform="x",
            conversation=note.thread,
            count=lost,
        )
    if remarks:
        yield Notice(
            kind="left-out",
            says=f"Lines by the note-taker (notes, tags) that clew left out: {remarks}.",
            origin=origin,
            platform="x",
            conversation=note.thread,
        )


def _about(lines: list[str]) -> tuple[_Note, int]:
    """Return what the note says of itself, and the index of the line where the posts may begin."""
    note, title = _Note(), ""
    start = _front_matter(lines)
    for index, line in enumerate(lines):
        found = _PROPERTY.match(line)
        if found and not _LABELLED.search(line):
            _take(note, found["key"].lower(), found["value"].strip().strip("\"'"))
            title = title or (found["value"] if "title" in found["key"].lower() else "")
            start = max(start, index + 1)
        elif _HEADING.match(line):
            title = title or line.lstrip("# ")
        elif index >= start and not _FURNITURE.match(line):
            break
    note.collection = note.collection or (note.thread is None and bool(_COLLECTION.match(title.strip(" \"'"))))
    return note, start


def _front_matter(lines: list[str]) -> int:
    """Return the index of the first line behind the YAML between `---` lines; 0 where there is none."""
    if lines[0].rstrip() != "---":
        return 0
    return next((index + 1 for index in range(1, len(lines)) if lines[index].rstrip() == "---"), 0)


def _take(note: _Note, key: str, value: str) -> None:
    if key == "author" and (found := re.search(r"@(\w{1,20}) on (?:Twitter|X)\b", value)):
        note.author = found[1]
    elif key == "handle":
        note.author = value.removeprefix("@") or note.author
    elif key in {"url", "source"} and (address := addresses.parse(value)) and address.platform == "x":
        note.author = note.author or address.handle
        note.thread = address.id
        note.collection = address.id is None


def _is_end(line: str) -> bool:
    return bool(_LABELLED.search(line) or _BARE.match(line))


def _passages(lines: list[str], start: int) -> Iterator[_Passage]:
    """Yield the passages that end with an address, and in a list also the bullets that have lost theirs."""
    ends = _ends(lines, start)
    level = _level(lines, start, ends)
    if level is None:
        yield from _blocks(lines, start, ends)
    else:
        yield from _bullets(lines, start, ends, level)


def _ends(lines: list[str], start: int) -> dict[int, re.Match[str]]:
    """Return the lines that end a post, with the match of its address.

    Where links have labels, only those with the commonest one end a post: the others stand in somebody's text.
    """
    labelled = {
        index: found
        for index in range(start, len(lines))
        if (found := _LABELLED.search(lines[index])) and not re.search(r"[/.@]", found["label"])
    }
    counts = Counter(_shape(found) for found in labelled.values())
    bare = {index: found for index in range(start, len(lines)) if (found := _BARE.match(lines[index]))}
    if not counts or len(bare) > 2 * len(labelled):
        return bare
    shape = counts.most_common(1)[0][0]
    return {index: found for index, found in labelled.items() if _shape(found) == shape}


def _shape(found: re.Match[str]) -> str:
    return re.sub(r"\d+", "0", found["label"])


def _level(lines: list[str], start: int, ends: dict[int, re.Match[str]]) -> int | None:
    """Return the indent of the bullets that are posts: the smallest at which no bullet holds two ends.

    None where the posts are no list: most ends stand under no bullet.
    """
    bullets = [
        (index, _width(found["indent"])) for index in range(start, len(lines)) if (found := _BULLET.match(lines[index]))
    ]
    for level in sorted({width for _, width in bullets})[:MOST_LEVELS]:
        starts = [index for index, width in bullets if width <= level]
        held = Counter(bisect_right(starts, end) for end in ends)
        inside = sum(count for number, count in held.items() if number)
        if inside * 2 <= len(ends) or any(not _under(lines, start, end, level) for end in ends):
            continue
        if all(count == 1 for number, count in held.items() if number):
            return level
    return None


def _under(lines: list[str], start: int, end: int, level: int) -> bool:
    """Say whether a line belongs to a bullet of that indent: everything between is indented more, or empty."""
    for index in range(end, start - 1, -1):
        found = _BULLET.match(lines[index])
        width = _width(lines[index][: len(lines[index]) - len(lines[index].lstrip())])
        if found and width == level:
            return True
        if lines[index].strip() and width <= level:
            return False
    return False


def _width(indent: str) -> int:
    return sum(4 if character == "\t" else 1 for character in indent)


def _bullets(lines: list[str], start: int, ends: dict[int, re.Match[str]], level: int) -> Iterator[_Passage]:
    passage: _Passage | None = None
    for index in range(start, len(lines)):
        line = lines[index]
        found = _BULLET.match(line)
        width = _width(line[: len(line) - len(line.lstrip())])
        if found and width <= level:
            if passage is not None:
                yield passage
            passage = _Passage(line=index + 1) if width == level else None
            line = found["words"]
        elif line.strip() and width <= level:
            if passage is not None:
                yield passage
            passage = None
        if passage is None or not line.strip():
            _empty(passage)
        elif passage.url is not None or _REMARK.match(line):
            passage.after += 1
        else:
            _extend(passage, line, ends.get(index), level)
    if passage is not None:
        yield passage


def _empty(passage: _Passage | None) -> None:
    if passage is not None and passage.url is None:
        passage.lines.append("")


def _extend(passage: _Passage, line: str, end: re.Match[str] | None, level: int) -> None:
    """Add a line to a post, without the indent of its list; note its address if it ends here."""
    if end is not None:
        passage.url = end["url"]
        line = line[: line.rindex(end[0].strip())] if end[0].strip() in line else line
    if passage.lines:
        line = _dedent(line, level)
    passage.lines.append(line.rstrip())


def _dedent(line: str, level: int) -> str:
    """Return a continuation line without its list's indent, which is the bullet's and two more."""
    taken = position = 0
    while position < len(line) and line[position] in " \t" and taken < level + 2:
        taken += 4 if line[position] == "\t" else 1
        position += 1
    return line[position:]


def _blocks(lines: list[str], start: int, ends: dict[int, re.Match[str]]) -> Iterator[_Passage]:
    """Yield what stands between one address and the next; quoted lines (`>`) never end a post."""
    passage: _Passage | None = None
    for index in range(start, len(lines)):
        line, end = lines[index], ends.get(index)
        quoted = line.lstrip().startswith(">")
        if passage is None and end is None and (not line.strip() or line.strip() == "---" or _HEADING.match(line)):
            continue
        passage = passage or _Passage(line=index + 1)
        if end is None or quoted:
            passage.lines.append(line.rstrip())
            continue
        passage.url = end["url"]
        passage.lines.append(line[: end.start()].rstrip() if end.re is _LABELLED else "")
        yield passage
        passage = None


def _quoted(passage: _Passage) -> tuple[str, list[_Passage]]:
    """Return the author's own text, and the posts that are quoted in it as block quotes with an address."""
    own: list[str] = []
    inner: list[_Passage] = []
    block: _Passage | None = None
    for offset, line in enumerate(passage.lines):
        if not line.lstrip().startswith(">"):
            if block is not None:
                own.extend(f"> {words}" for words in block.lines)
                block = None
            own.append(line)
            continue
        block = block or _Passage(line=passage.line + offset)
        words = line.lstrip().removeprefix(">").removeprefix(" ")
        if end := (_LABELLED.search(words) or _BARE.match(words)):
            block.url = end["url"]
            block.lines.append(words[: end.start()])
            inner.append(block)
            block = None
        else:
            block.lines.append(words)
    if block is not None:
        own.extend(f"> {words}" for words in block.lines)
    return "\n".join(own), inner


def _post(passage: _Passage, note: _Note, origin: Origin, raw: str, quotes: str | None = None) -> Post:
    address = addresses.parse(passage.url) if passage.url else None
    quoted = addresses.parse(quotes) if quotes else None
    post_id = (
        address.id if address else None
    ) or f"unrolled:{origin.capture[7:19]}-{origin.place.removeprefix('line ')}"
    handle = (address.handle if address else None) or note.author
    text, links, mentions, tags, media = _body(raw)
    return Post(
        platform="x",
        id=post_id,
        author=Account(handle=handle),
        time=times.from_snowflake(post_id),
        text=text,
        conversation=post_id if note.collection else note.thread,
        quotes=quoted.id if quoted else None,
        links=links,
        mentions=mentions,
        tags=tags,
        media=media,
        origin=origin,
        cut=text.endswith("…") and not (links and links[-1].end == len(text)),
    )


def _body(raw: str) -> tuple[str, tuple[Link, ...], tuple[Mention, ...], tuple[Tag, ...], tuple[Media, ...]]:
    """Return the words without their Markdown, where links, mentions and tags stand in them, and the pictures."""
    raw = "\n".join(line for line in raw.split("\n") if not _BYLINE.match(line))
    media = tuple(_picture(found["url"], found["alt"]) for found in _IMAGE.finditer(raw))
    raw = re.sub(r"\n{3,}", "\n\n", texts.unescape(_IMAGE.sub("", raw))).strip()
    pieces: list[str] = []
    links: list[Link] = []
    mentions: list[Mention] = []
    tags: list[Tag] = []
    at = length = 0
    for found in _INLINE.finditer(raw):
        shown = found["shown"] or without_stop(found["url"])
        target = found["target"] or shown
        pieces += (raw[at : found.start()], shown)
        start = length + found.start() - at
        length = start + len(shown)
        at = found.end() if found["shown"] else found.start() + len(shown)
        profile = _PROFILE.match(target)
        if profile is None:
            links.append(Link(start=start, end=length, shown=shown, url=target))
        elif shown.startswith("@") and profile["handle"]:
            mentions.append(Mention(start=start, end=length, handle=profile["handle"]))
        elif shown.startswith(("#", "$")):
            tags.append(Tag(start=start, end=length, tag=shown[1:]))
    pieces.append(raw[at:])
    text = "".join(pieces)
    parts = _parts.found(text, links)
    return text, parts.links, _with(parts.mentions, mentions), _with(parts.tags, tags), media


def _with(found: tuple[T, ...], known: list[T]) -> tuple[T, ...]:
    """Return what was found in the text and what the note itself links, each place once."""
    places = {part.start for part in known}
    return tuple(sorted([*known, *(part for part in found if part.start not in places)], key=lambda part: part.start))


def _picture(target: str, alt: str) -> Media:
    """Return a picture: at an address, or as a file beside the note."""
    remote = target.startswith(("https://", "http://"))
    return Media(type="image", url=target if remote else None, alt=alt or None, file=None if remote else target or None)
