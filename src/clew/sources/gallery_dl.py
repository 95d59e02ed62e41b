"""Metadata of gallery-dl: what `-j` prints, and the JSON file that `--write-metadata` puts beside each picture.

The keys are those of gallery-dl's extractors and of the results that its tests expect (shared FORMATS, section 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import msgspec

from clew import fields, records, times
from clew.errors import BadRecord
from clew.exports import Export
from clew.posts import Account, Item, Media, Mention, Notice, Origin, Post, Problem, Tag
from clew.sources import _bluesky
from clew.sources._marks import links_in, signed

NAME = "gallery_dl"
SIGN = (
    "`[[2, {...}], [3, url, {...}]]` (gallery-dl -j), or JSON files with tweet_id, retweet_id, quote_id beside pictures"
)
HOLDS = "Text, parent, conversation, author with id, pictures with descriptions, community notes. X and Bluesky."
LACKS = (
    "The words as they stood: gallery-dl puts full addresses in the place of X's links and takes out the last one, so"
    " quote with care. Posts without pictures (but with text-tweets); what quotes what, unless both follow in -j."
)
LOST = "Other tools make one post of each picture, give reposts to the wrong author and take `reply_id` 0 for a parent."

_MESSAGES = re.compile(rb'^\[\s*(?:\[\s*)?(?:2|3|6|-1)\s*,\s*(?:""\s*,\s*)?(?:\{|"[a-z]+:)')
_TWEET = re.compile(rb'"(tweet_id|retweet_id|quote_id|reply_id|conversation_id)":\s*\d+\s*[,}]')
_BLUESKY = (b'"post_id":', b'"cid":', b"at://did:")
_PICTURES = frozenset(
    ".jpg .jpeg .png .gif .webp .avif .mp4 .m4v .mov .webm .m3u8 .ts .mp3 .m4a .vtt .part .jxl".split()
)
_MOST_HEADS = 12
"""How many files of a folder are looked at to know it."""


def claims(export: Export) -> bool:
    """Say whether it is the output of -j, one metadata file, or a folder of such files and their pictures."""
    if export.single is not None:
        head = export.head(export.single).lstrip(b"\xef\xbb\xbf \r\n\t")
        return bool(_MESSAGES.match(head)) or _is_metadata(head)
    names = [name for name in export.members if name.endswith(".json")]
    others = (name for name in export.members if not name.endswith(".json"))
    if not names or any(PurePosixPath(name).suffix.lower() not in _PICTURES for name in others):
        return False
    step = max(1, len(names) // _MOST_HEADS)
    return all(_is_metadata(export.head(name)) for name in names[::step])


def _is_metadata(head: bytes) -> bool:
    if not head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return False
    names = {found[1] for found in _TWEET.finditer(head)}
    if {b"retweet_id", b"quote_id"} & names and len(names) > 1:
        return True
    return all(sign in head for sign in _BLUESKY)


@dataclass(slots=True)
class _Record:
    """One message or one file."""

    origin: Origin
    data: Any
    url: str | None = None
    file: str | None = None
    """The picture beside a metadata file."""


def read(export: Export) -> Iterator[Item]:
    """Yield one post for all pictures of it that follow one another, then what was left out.

    A post is held until the next one is known, since that tells whether it is what the first one quotes.

    Raises:
        DamagedFile: What -j printed breaks off.
    """
    left: dict[str, int] = {}
    held: Post | None = None
    for group in _groups(_records(export), left):
        item = group if isinstance(group, (Problem, Notice)) else fields.attempt(_post, group, group[0].origin)
        if held is not None:
            yield _quoting(held, item, group)
        held = item if isinstance(item, Post) else None
        if held is None:
            yield item
    if held is not None:
        yield held
    first = export.members[0]
    origin = Origin(capture=export.capture(first), file=export.place(first), place="$")
    for what, count in left.items():
        yield Notice(kind="left-out", says=f"{what}: {count}.", origin=origin, count=count)


def _records(export: Export) -> Iterator[_Record | Problem]:
    for member in export.members:
        if export.single is not None or member.endswith(".json"):
            yield from _member(export, member)


def _member(export: Export, member: str) -> Iterator[_Record | Problem]:
    """Yield the messages of -j, the objects of JSON Lines, or the one object of a metadata file."""
    capture, file = export.capture(member), export.place(member)
    head = export.head(member).lstrip(b"\xef\xbb\xbf \r\n\t")
    with export.open(member) as stream:
        if re.match(rb"^\[\s*\[", head):
            reader = records.Json(stream, export.name)
            for index, message in enumerate(reader.values()):
                yield _message(Origin(capture=capture, file=file, place=f"$[{index}]"), message)
        elif _is_lines(head):
            for number, line in records.lines(stream):
                origin = Origin(capture=capture, file=file, place=f"line {number}")
                yield _line(origin, line)
        else:
            origin = Origin(capture=capture, file=file, place="$")
            beside = member.removesuffix(".json")
            record = _line(origin, stream.read(records.LIMIT))
            if isinstance(record, _Record) and beside != member and beside in export.members:
                record.file = export.place(beside)
            yield record


def _is_lines(head: bytes) -> bool:
    """Say whether the first line is a whole value of its own."""
    first, more, _ = head.partition(b"\n")
    return first.startswith(b"[") or (bool(more) and first.rstrip().endswith(b"}"))


def _line(origin: Origin, line: bytes | None) -> _Record | Problem:
    if line is None:
        return Problem(origin=origin, reason=f"a line longer than {records.LIMIT // 1024 // 1024} MB")
    try:
        value = fields.parsed(line.removeprefix(b"\xef\xbb\xbf"))
    except BadRecord as error:
        return Problem(origin=origin, reason=str(error))
    return _message(origin, value) if isinstance(value, list) else _Record(origin, value)


def _message(origin: Origin, value: Any) -> _Record | Problem:
    """Return a message `[kind, url?, data]`; kinds: 2 post, 3 picture, 6 an address to follow, -1 an error."""
    if not isinstance(value, list) or len(value) < 2:
        return Problem(origin=origin, reason="expected a message of gallery-dl, an array like [2, {...}]")
    kind, data = value[0], value[-1]
    if kind in (6, -1):
        return _Record(origin, "addresses" if kind == 6 else "errors")
    url = value[1] if kind == 3 and isinstance(value[1], str) and value[1] else None
    return _Record(origin, data, url)


def _groups(stream: Iterator[_Record | Problem], left: dict[str, int]) -> Iterator[list[_Record] | Problem]:
    """Yield the records of one post together; count in `left` what is no post."""
    group: list[_Record] = []
    for record in stream:
        reason = None if isinstance(record, Problem) else _no_post(record.data)
        if reason is not None:
            left[reason] = left.get(reason, 0) + 1
            continue
        if group and (isinstance(record, Problem) or _key(record) != _key(group[0])):
            yield group
            group = []
        if isinstance(record, Problem):
            yield record
        else:
            group.append(record)
    if group:
        yield group


def _no_post(data: Any) -> str | None:
    """Return what a record is that is no post clew reads; None for a post, or for what should be one."""
    if data == "addresses":
        return "Addresses that gallery-dl would follow, which hold no post"
    if data == "errors":
        return "Errors that gallery-dl met"
    if not isinstance(data, dict):
        return None
    if data.get("subcategory") in ("avatar", "background") or _is_about_files(data):
        return "Pictures of profiles, and notes about a whole download"
    if "tweet_id" in data or "post_id" in data:
        return None
    category = data.get("category")
    return f"Posts of a site that clew does not read from gallery-dl ({category})" if category else None


def _is_about_files(data: dict[str, Any]) -> bool:
    return set(data) <= {"category", "subcategory", "user", "extractor", "basecategory"}


def _key(record: _Record) -> tuple[str, str]:
    data = record.data if isinstance(record.data, dict) else {}
    key = data.get("tweet_id") or data.get("uri")
    return str(data.get("retweet_id")), str(key if key is not None else id(record))


def _quoting(held: Post, item: Item, group: Any) -> Post:
    """Return the held post with what it quotes, if the next one says that this one quotes it."""
    if not isinstance(item, Post) or isinstance(group, Problem) or held.quotes is not None:
        return held
    by = group[0].data.get("quote_id")
    return msgspec.structs.replace(held, quotes=item.id) if by and str(by) == held.id else held


def _post(group: list[_Record], origin: Origin) -> Post:
    data = group[0].data
    if not isinstance(data, dict):
        raise BadRecord("expected an object with the data of a post")
    return _bluesky_post(group, data, origin) if "tweet_id" not in data else _tweet(group, data, origin)


def _tweet(group: list[_Record], data: dict[str, Any], origin: Origin) -> Post:
    post_id = fields.required_id(data, "tweet_id")
    text = fields.required(data, "content", str)
    reposts = _id(data, "retweet_id")
    reposts = None if reposts == post_id else reposts
    reply_to, reply_to_author = _id(data, "reply_id"), fields.optional(data, "reply_to", str)
    return Post(
        platform="x",
        id=post_id,
        author=_account(data, "author" if reposts is None else "user"),
        time=_time(data, post_id),
        text=text,
        reply_to=reply_to,
        reply_to_author=reply_to_author,
        conversation=_id(data, "conversation_id"),
        quotes=_quotes(data, post_id),
        reposts=reposts,
        language=fields.optional(data, "lang", str),
        links=links_in(text),
        mentions=_mentions(data, text),
        tags=_tags(data, text),
        media=_media(group),
        origin=origin,
        edges_stated="reply_id" in data and (reply_to is not None or reply_to_author is None),
        community_note=fields.optional(data, "birdwatch", str),
    )


def _id(data: dict[str, Any], key: str) -> str | None:
    """Return an id, of which gallery-dl writes 0 where there is none."""
    found = fields.optional_id(data, key)
    return None if found == "0" else found


def _quotes(data: dict[str, Any], post_id: str) -> str | None:
    """Return what the post quotes. Since 2021 `quote_id` is the post that quotes *it*, which must be the later one."""
    other = _id(data, "quote_id")
    if other is None or not (other.isdecimal() and post_id.isdecimal()) or "quote_by" in data:
        return None
    return other if (len(other), other) < (len(post_id), post_id) else None


def _account(data: dict[str, Any], key: str) -> Account:
    """Return the author. Of a repost `author` is who wrote the original, and `user` whose page was read."""
    author = fields.required(data, key, dict)
    return Account(
        id=fields.optional_id(author, "id"),
        handle=fields.optional(author, "name", str),
        name=fields.optional(author, "nick", str),
    )


def _time(data: dict[str, Any], post_id: str) -> Any:
    """Return when it was published: the id tells it to the millisecond, `date` for ids from before 2010."""
    return times.from_snowflake(post_id) or fields.required_time(data, "date", times.from_iso)


def _mentions(data: dict[str, Any], text: str) -> tuple[Mention, ...]:
    found = []
    for item in fields.optional(data, "mentions", list) or ():
        handle = fields.optional(item, "name", str) or ""
        for start, end in signed(text, "@＠", handle):
            found.append(Mention(start=start, end=end, handle=handle, id=fields.optional_id(item, "id")))
    return tuple(sorted(found, key=lambda mention: mention.start))


def _tags(data: dict[str, Any], text: str) -> tuple[Tag, ...]:
    words = dict.fromkeys(word for word in fields.optional(data, "hashtags", list) or () if isinstance(word, str))
    found = [Tag(start=a, end=b, tag=fields.clean(word)) for word in words for a, b in signed(text, "#＃", word)]
    return tuple(sorted(found, key=lambda tag: tag.start))


def _media(group: list[_Record]) -> tuple[Media, ...]:
    """Return the pictures of all records of a post, in the author's order."""
    files = [record for record in group if record.url or record.file or _number(record) > 0]
    return tuple(
        Media(
            type=_type(record.data),
            url=record.url,
            alt=fields.optional(record.data, "description", str) or None,
            file=record.file,
        )
        for record in sorted(files, key=_number)
    )


def _number(record: _Record) -> int:
    return fields.optional(record.data, "num", int) or 0


def _type(data: object) -> str:
    kind = fields.optional(data, "type", str)
    if kind in ("animated_gif", "video", "photo"):
        return {"animated_gif": "gif", "video": "video", "photo": "image"}[kind]
    suffix = fields.optional(data, "extension", str) or ""
    return "video" if suffix in ("mp4", "m3u8", "webm", "mov", "ts") else "image"


def _bluesky_post(group: list[_Record], data: dict[str, Any], origin: Origin) -> Post:
    """Return a post of Bluesky, whose view and record gallery-dl has poured into one object."""
    uri = fields.required_text(data, "uri")
    author = _bluesky.account(fields.required(data, "author", dict), uri)
    post = _bluesky.record(data, uri, author, origin, _bluesky.instant(data, "indexedAt"))
    media = _media(group)
    return msgspec.structs.replace(post, media=media) if media else post
