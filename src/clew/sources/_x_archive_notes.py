"""Long texts of an X archive (note-tweet.js) and how they find their posts.

A note names no post: `noteTweetId` is an id of its own. It belongs to the post that was made within two seconds of it
and begins with the same words (shared FORMATS, section 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from clew import fields, texts, times
from clew.posts import Account, Origin, Post
from clew.sources import _x

__all__ = ["Note", "Notes", "note"]

_NEAR = timedelta(seconds=2)
_MENTIONS = re.compile(r"(?:@\w+\s+)*", re.ASCII)
_SHORT_LINK = re.compile(r"https?://t\.co/\w+", re.ASCII)


@dataclass(slots=True)
class Note:
    """A long text with the time that leads to its post."""

    id: str
    time: datetime
    body: _x.Body
    origin: Origin
    start: str
    """The words before the first link, for comparing."""
    used: bool = False


@dataclass(slots=True)
class Notes:
    """All long texts of an archive, by the second in which they were made."""

    _by_second: dict[int, list[Note]] = field(default_factory=dict)

    def add(self, new: Note) -> None:
        """Take a note in."""
        self._by_second.setdefault(int(new.time.timestamp()), []).append(new)

    def lengthened(self, post: Post, raw: str) -> Post:
        """Return the post with its long text, as a new value; the same post where no note belongs to it.

        Mentions that open a reply stand in the post and not in the note, so they are put before it.
        """
        found = self._of(post, raw)
        if found is None:
            return post
        found.used = True
        opening = _MENTIONS.match(post.text)
        prefix = opening[0] if opening and not found.body.text.startswith(opening[0].rstrip()) else ""
        shift = len(prefix)
        return msgspec.structs.replace(
            post,
            text=prefix + found.body.text,
            links=tuple(_moved(link, shift) for link in found.body.links),
            mentions=(
                *(mention for mention in post.mentions if mention.end <= shift),
                *(_moved(mention, shift) for mention in found.body.mentions),
            ),
            tags=tuple(_moved(tag, shift) for tag in found.body.tags),
            cut=False,
        )

    def left(self, owner: Account) -> Iterator[Post]:
        """Yield as posts without an id the notes whose post is not in the archive."""
        for notes in self._by_second.values():
            for note in notes:
                if not note.used:
                    yield Post(
                        platform="x",
                        id=f"unrolled:note-{note.id}",
                        author=owner,
                        time=note.time,
                        text=note.body.text,
                        links=note.body.links,
                        mentions=note.body.mentions,
                        tags=note.body.tags,
                        origin=note.origin,
                    )

    def _of(self, post: Post, raw: str) -> Note | None:
        if post.time is None or not self._by_second:
            return None
        start = _start(texts.unescape(raw))
        shortened = _SHORT_LINK.sub("", raw).rstrip().endswith("…")
        second = int(post.time.timestamp())
        near = [note for each in range(second - 2, second + 3) for note in self._by_second.get(each, ())]
        fitting = [
            note
            for note in near
            if abs(note.time - post.time) <= _NEAR
            and (note.start == start or (shortened and start and note.start.startswith(start)))
        ]
        return min(fitting, key=lambda note: (note.used, -len(note.start)), default=None)


def note(record: object, origin: Origin) -> Note:
    """Return the note of a record.

    Raises:
        BadRecord: It has no id, no time or no text.
    """
    core = fields.required(record, "core", dict)
    text = fields.required(core, "text", str)
    return Note(
        id=fields.required_id(record, "noteTweetId"),
        time=fields.required_time(record, "createdAt", times.from_iso),
        body=_x.body(text.replace("&", "&amp;"), _entities(core, text)),
        origin=origin,
        start=_start(text),
    )


def _entities(core: dict[str, Any], text: str) -> _x.Entities:
    """Return a note's entities over its escaped text: unlike posts, a note is not escaped, but `_x.body` decodes."""
    found = _x.Entities()
    for item in _listed(core, "urls"):
        raw, url = _word(item, "shortUrl"), _word(item, "expandedUrl")
        shown = _word(item, "displayUrl") or url.removeprefix("https://").removeprefix("http://")
        if shown:
            found.links.append((*_span(item, text), raw, shown, url or raw))
    for item in _listed(core, "mentions"):
        if handle := _word(item, "screenName") or _word(item, "text").removeprefix("@"):
            found.mentions.append((*_span(item, text), handle, None))
    for key in ("hashtags", "cashtags"):
        for item in _listed(core, key):
            if tag := _word(item, "text"):
                found.tags.append((*_span(item, text), tag))
    return found


def _span(item: dict[str, Any], text: str) -> texts.Span:
    start, end = _index(item.get("fromIndex")), _index(item.get("toIndex"))
    return start + 4 * text.count("&", 0, start), end + 4 * text.count("&", 0, end)


def _index(value: object) -> int:
    if isinstance(value, int):
        return min(max(value, 0), 1_000_000)
    return int(value) if isinstance(value, str) and len(value) < 7 and value.isascii() and value.isdecimal() else 0


def _listed(core: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [item for item in fields.optional(core, key, list) or () if isinstance(item, dict)]


def _word(item: dict[str, Any], key: str) -> str:
    return fields.optional(item, key, str) or ""


def _start(text: str) -> str:
    """Return what a post and its long text have in common: the words after mentions and before a link."""
    opening = _MENTIONS.match(text)
    words = text[opening.end() if opening else 0 :]
    return " ".join(_SHORT_LINK.split(words, 1)[0].rstrip("… ").split())


def _moved(part: Any, shift: int) -> Any:
    return msgspec.structs.replace(part, start=part.start + shift, end=part.end + shift) if shift else part
