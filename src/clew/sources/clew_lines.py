"""Clew's own posts as JSON Lines (`clew/post/1`), from `clew read --posts --to jsonl` or from other tools."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from clew import fields, records, texts, times
from clew.errors import BadRecord
from clew.exports import Export
from clew.posts import Account, Item, Link, Media, Mention, Notice, Origin, Post, Problem, Tag, Version

NAME = "clew_lines"
SIGN = "lines of JSON that name the schema clew/post/1, or have the keys platform, id, author and text"
HOLDS = "Everything that clew knows of a post, notices and problems."
LACKS = "The bytes that the posts were read from; each line says where they are (`origin`)."
LOST = "Nothing; it is the form in which clew hands posts to other tools and takes them back."

T = TypeVar("T")
P = TypeVar("P", bound="Mention | Tag")


def claims(export: Export) -> bool:
    """Say whether the first line names one of our schemas, or has the four keys that a post must have."""
    if export.single is None:
        return False
    first = export.head(export.single).lstrip(b"\xef\xbb\xbf \r\n\t").split(b"\n", 1)[0]
    keys = {key for key in (b'"platform"', b'"id"', b'"author"', b'"text"') if key in first}
    return first.startswith(b"{") and (len(keys) == 4 or (b'"clew/' in first and b'"schema"' in first))


def read(export: Export) -> Iterator[Item]:
    """Yield each line's post, notice or problem, in order; each keeps the origin it states, else this line is it."""
    member = export.members[0]
    capture, file = export.capture(member), export.place(member)
    with export.open(member) as stream:
        for number, line in records.lines(stream):
            origin = Origin(capture=capture, file=file, place=f"line {number}")
            if line is None:
                yield Problem(origin=origin, reason=f"a line longer than {records.LIMIT // 1024 // 1024} MB")
            else:
                yield _item(line, origin)


def _item(line: bytes, origin: Origin) -> Item:
    """Return what the line holds: by our own types where it keeps to them, else field by field."""
    try:
        item = _TYPED.decode(line)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return fields.attempt(_other, line, origin)
    if rb"\u0000" in line or (isinstance(item, Post) and not _is_sound(item)):
        return fields.attempt(_post, line, origin)
    return item


_TYPED: msgspec.json.Decoder[Post | Notice | Problem] = msgspec.json.Decoder(Post | Notice | Problem)


def _other(line: bytes, origin: Origin) -> Post | Notice:
    """Return a notice that states no origin, whose origin then is this line; else a post, field by field."""
    record = fields.parsed(line)
    if isinstance(record, dict) and record.get("schema") == "clew/notice/1" and "origin" not in record:
        try:
            return msgspec.convert({**record, "origin": msgspec.to_builtins(origin)}, Notice)
        except (msgspec.ValidationError, ValueError) as error:
            raise BadRecord(str(error)) from error
    return _post(line, origin)


def _is_sound(post: Post) -> bool:
    """Say whether a post has an id and an origin, times in UTC, and parts where it says."""
    moments = (post.time, post.edited, post.deleted, *(version.time for version in post.versions))
    return (
        post.origin is not None
        and bool(post.id.strip())
        and all(moment is None or moment.utcoffset() == timedelta(0) for moment in moments)
        and all(_stands(link.start, link.end, post.text, link.shown) for link in post.links)
        and all(_stands(mention.start, mention.end, post.text) for mention in post.mentions)
        and all(_stands(tag.start, tag.end, post.text) for tag in post.tags)
    )


def _stands(start: int, end: int, text: str, shown: str | None = None) -> bool:
    """Say whether a span lies in the text and holds what is shown; (0, 0) is that of a link without a place."""
    if shown is not None and start == end == 0:
        return True
    return 0 <= start <= end <= len(text) and (shown is None or text[start:end] == shown)


def _post(line: bytes, origin: Origin) -> Post:
    record = _record(line)
    text = fields.required(record, "text", str)
    reply_to = fields.optional_id(record, "reply_to")
    return Post(
        platform=fields.required(record, "platform", str),
        id=fields.required_id(record, "id"),
        author=_account(record),
        time=None if record.get("time") is None else fields.required_time(record, "time", times.from_iso),
        text=text,
        reply_to=reply_to,
        reply_to_author=fields.optional_id(record, "reply_to_author"),
        conversation=fields.optional_id(record, "conversation"),
        quotes=fields.optional_id(record, "quotes"),
        reposts=fields.optional_id(record, "reposts"),
        language=fields.optional(record, "language", str),
        links=tuple(_placed(link, text) for link in _all(record, "links", Link, "url")),
        mentions=_within(_all(record, "mentions", Mention, "handle"), text),
        tags=_within(_all(record, "tags", Tag, "tag"), text),
        media=tuple(_typed(item, Media, "media") for item in fields.optional(record, "media", list) or ()),
        origin=_typed(record["origin"], Origin, "origin") if record.get("origin") else origin,
        url=fields.optional(record, "url", str),
        edges_stated=bool(fields.optional(record, "edges_stated", bool)),
        cut=bool(fields.optional(record, "cut", bool)),
        versions=tuple(_version(item) for item in fields.optional(record, "versions", list) or ()),
        edited=None if record.get("edited") is None else fields.required_time(record, "edited", times.from_iso),
        deleted=None if record.get("deleted") is None else fields.required_time(record, "deleted", times.from_iso),
        warning=fields.optional(record, "warning", str),
        community_note=fields.optional(record, "community_note", str),
    )


def _record(line: bytes) -> dict[str, Any]:
    record = texts.cleaned(fields.parsed(line))
    schema = fields.optional(record, "schema", str)
    if schema not in (None, "clew/post/1"):
        raise BadRecord(f"expected the schema clew/post/1, got {schema!r}")
    if not isinstance(record, dict):
        raise BadRecord("expected an object")
    return record


def _account(record: dict[str, Any]) -> Account:
    author = record.get("author")
    if isinstance(author, str):
        return Account(handle=fields.clean(author).removeprefix("@") or None)
    author = fields.required(record, "author", dict)
    handle = fields.optional(author, "handle", str)
    return Account(
        id=fields.optional_id(author, "id"),
        handle=handle.removeprefix("@") if handle else None,
        name=fields.optional(author, "name", str),
    )


def _all(record: dict[str, Any], key: str, kind: type[T], word: str) -> tuple[T, ...]:
    """Return the parts of a text under a key; a bare string counts as a part that stands where it is found."""
    text: str = record["text"]
    taken: list[texts.Span] = []
    found: list[T] = []
    for item in fields.optional(record, key, list) or ():
        if isinstance(item, str):
            span = texts.first_span(text, item, taken=taken) or (0, 0)
            taken.append(span)
            item = {"start": span[0], "end": span[1], "shown": item, word: item.lstrip("@#$")}
        found.append(_typed(item, kind, key))
    return tuple(found)


def _placed(link: Link, text: str) -> Link:
    """Return the link where its words stand in the text; without a place where they do not."""
    if _stands(link.start, link.end, text, link.shown):
        return link
    start, end = texts.first_span(text, link.shown) or (0, 0)
    return msgspec.structs.replace(link, start=start, end=end)


def _within(parts: tuple[P, ...], text: str) -> tuple[P, ...]:
    return tuple(part for part in parts if _stands(part.start, part.end, text))


def _version(item: object) -> Version:
    version = _typed(item, Version, "versions")
    if version.time is None:
        return version
    return msgspec.structs.replace(version, time=times.from_iso(version.time.isoformat()))


def _typed(item: object, kind: type[T], key: str) -> T:
    try:
        return msgspec.convert(item, kind)
    except msgspec.ValidationError as error:
        raise BadRecord(f"in {key!r}: {str(error)[:1].lower()}{str(error)[1:]}") from error
