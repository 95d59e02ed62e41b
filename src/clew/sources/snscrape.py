"""JSON Lines of snscrape, in its three generations of field names.

The names come from snscrape's own classes (shared FORMATS, section 1) and from two public collections of 2021.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from clew import addresses, fields, records, texts, times
from clew.errors import BadRecord
from clew.exports import Export
from clew.posts import Account, Item, Link, Media, Notice, Origin, Post, Problem
from clew.sources._marks import signed
from clew.sources._x import Entities, best_video, body

NAME = "snscrape"
SIGN = "lines of JSON with `_type` snscrape.modules..., or with url, date, content and renderedContent (also one array)"
HOLDS = (
    "Text, parents, conversation, quoted and reposted posts in full, tombstones, full links, media. X, and Telegram."
)
LACKS = "Reposts' full text, edits; before version 0.4 also parents. Telegram posts have no parents and no line breaks."
LOST = (
    "Tools that read one generation find no text in the others; pandas rounds `inReplyToTweetId` where a line has none."
)


_HEAD = re.compile(
    rb'^\[?\s*\{\s*(?:"_type":\s*"snscrape\.modules\.'
    rb'|"url":\s*"https://(?:twitter|x)\.com/[^"]+/status/\d+",\s*"date":\s*"[^"]+",\s*"(?:content|rawContent)":)'
)
_LAST_TCO = re.compile(r"https?://t\.co/\w+(?=\s*\Z)", re.ASCII)
_CUT = re.compile(r"…\s*$")
_KINDS = {"Photo": "image", "Video": "video", "Gif": "gif"}


def claims(export: Export) -> bool:
    """Say whether the first record bears snscrape's type, or begins with the keys of its first versions."""
    if export.single is None:
        return False
    return bool(_HEAD.match(export.head(export.single).lstrip(b"\xef\xbb\xbf \r\n\t")))


def read(export: Export) -> Iterator[Item]:
    """Yield each line's post, then those that it quotes or reposts; accounts and other things are counted at the end.

    Raises:
        DamagedFile: An array of posts breaks off.
    """
    member = export.members[0]
    left: dict[str, int] = {}
    origin = Origin(capture=export.capture(member), file=export.place(member), place="$")
    for place, record in _records(export, member, origin):
        if isinstance(record, Problem):
            yield record
        elif (kind := _kind(record)) in {"Tweet", "TweetRef", "Tombstone", "TelegramPost"}:
            yield from _items(record, place)
        else:
            left[kind] = left.get(kind, 0) + 1
    for kind, count in left.items():
        says = f"Records of snscrape that are no posts clew reads ({kind}): {count}."
        yield Notice(kind="left-out", says=says, origin=origin, count=count)


def _records(export: Export, member: str, origin: Origin) -> Iterator[tuple[Origin, Any]]:
    """Yield each record with its place; a line that is no JSON as the problem that it is."""
    head = export.head(member).lstrip(b"\xef\xbb\xbf \r\n\t")
    with export.open(member) as stream:
        if head.startswith(b"["):
            reader = records.Json(stream, export.name)
            for index, record in enumerate(reader.values()):
                yield _at(origin, f"$[{index}]"), record
            return
        for number, line in records.lines(stream):
            place = _at(origin, f"line {number}")
            if line is None:
                yield place, Problem(origin=place, reason=f"a line longer than {records.LIMIT // 1024 // 1024} MB")
                continue
            try:
                yield place, fields.parsed(line)
            except BadRecord as error:
                yield place, Problem(origin=place, reason=str(error))


def _at(origin: Origin, place: str) -> Origin:
    return Origin(capture=origin.capture, file=origin.file, place=place)


def _kind(record: object) -> str:
    """Return the name of the record's class; lines from before there was one are tweets."""
    if not isinstance(record, dict):
        return "Tweet"
    return (fields.optional(record, "_type", str) or "Tweet").rpartition(".")[2][:40]


def _items(record: Any, origin: Origin) -> Iterator[Item]:
    waiting = [(record, origin)]
    while waiting:
        record, origin = waiting.pop()
        kind = _kind(record)
        if kind in {"TweetRef", "Tombstone"}:
            yield _gone(record, kind, origin)
            continue
        yield fields.attempt(_telegram if kind == "TelegramPost" else _post, record, origin)
        for key in ("quotedTweet", "retweetedTweet"):
            embedded = fields.optional(record, key, dict)
            if embedded is not None and _kind(embedded) != "TweetRef":
                waiting.append((embedded, _at(origin, f"{origin.place} {key}")))


def _gone(record: dict[str, Any], kind: str, origin: Origin) -> Notice | Problem:
    try:
        post_id = fields.required_id(record, "id")
    except BadRecord as error:
        return Problem(origin=origin, reason=str(error))
    says = "X gave snscrape a tombstone instead of this post."
    if kind == "TweetRef":
        says = "snscrape names this post but could not get it."
    state: Any = "tombstone" if kind == "Tombstone" else "absent"
    return Notice(kind="gone", says=says, origin=origin, platform="x", post=post_id, state=state)


def _post(record: dict[str, Any], origin: Origin) -> Post:
    raw = _text(record)
    links = _links(record, raw)
    media = _media(record)
    parts = body(raw, _entities(record, raw, links, bool(media)))
    reposted, quoted = fields.optional(record, "retweetedTweet", dict), fields.optional(record, "quotedTweet", dict)
    answered = fields.optional(record, "inReplyToUser", dict)
    reposts = fields.optional_id(reposted, "id")
    return Post(
        platform="x",
        id=fields.required_id(record, "id"),
        author=_account(record),
        time=fields.required_time(record, "date", times.from_iso),
        text=parts.text,
        reply_to=fields.optional_id(record, "inReplyToTweetId"),
        reply_to_author=fields.optional_id(answered, "id") or fields.optional(answered, "username", str),
        conversation=fields.optional_id(record, "conversationId"),
        quotes=fields.optional_id(quoted, "id"),
        reposts=reposts,
        language=fields.optional(record, "lang", str),
        links=parts.links,
        mentions=parts.mentions,
        tags=parts.tags,
        media=media,
        origin=origin,
        edges_stated="inReplyToTweetId" in record,
        cut=reposts is not None and bool(_CUT.search(parts.text)),
    )


def _text(record: dict[str, Any]) -> str:
    raw = fields.optional(record, "rawContent", str)
    return fields.required(record, "content", str) if raw is None else raw


def _account(record: dict[str, Any]) -> Account:
    """Return the author, whom the first versions name by `username` alone."""
    user = fields.optional(record, "user", dict)
    if user is None:
        handle = fields.optional(record, "username", str)
        address = addresses.parse(fields.optional(record, "url", str) or "")
        handle = handle or (address.handle if address else None)
        if handle is None:
            raise BadRecord("expected an object in 'user', got nothing")
        return Account(handle=handle)
    return Account(
        id=fields.optional_id(user, "id"),
        handle=fields.optional(user, "username", str),
        name=fields.optional(user, "displayname", str),
    )


def _links(record: dict[str, Any], raw: str) -> list[tuple[int, int, str, str, str]]:
    """Return the links: as `links` has them, else from the two lists `tcooutlinks` and `outlinks` side by side."""
    stated = fields.optional(record, "links", list)
    if stated is not None:
        return [_link(item) for item in stated if isinstance(item, dict) and isinstance(item.get("tcourl"), str)]
    shorts, urls = _strings(record, "tcooutlinks"), _strings(record, "outlinks")
    spans: list[texts.Span] = []
    for short in shorts:
        spans.append(texts.first_span(raw, short, taken=[span for span in spans if span[0] >= 0]) or (-1, -1))
    shown = _shown(raw, spans, fields.optional(record, "renderedContent", str) or "")
    return [
        (start, end, short, shown.get(start) or _without_scheme(url), url)
        for (start, end), short, url in zip(spans, shorts, urls, strict=False)
    ]


def _link(item: dict[str, Any]) -> tuple[int, int, str, str, str]:
    short = fields.optional(item, "tcourl", str) or ""
    url = fields.optional(item, "url", str) or short
    indices = item.get("indices")
    ends = indices if isinstance(indices, list) and len(indices) == 2 else [0, 0]
    start, end = (each if isinstance(each, int) else 0 for each in ends)
    return start, end, short, fields.optional(item, "text", str) or _without_scheme(url), url


def _shown(raw: str, spans: list[texts.Span], rendered: str) -> dict[int, str]:
    """Return what readers saw at each link's start, by laying the raw text over the rendered one; {} if they differ."""
    places = sorted(span for span in spans if span[0] >= 0)
    if not places:
        return {}
    first, last = raw[: places[0][0]], raw[places[-1][1] :]
    if not rendered.startswith(first) or not rendered.endswith(last):
        return {}
    shown: dict[int, str] = {}
    at, ends = len(first), [start for start, _ in places[1:]]
    for (start, end), following in zip_longest(places, ends):
        between = raw[end:following]
        stop = len(rendered) - len(last) if following is None else rendered.find(between, at + 1)
        if stop <= at or (not between and following is not None) or len(rendered[at:stop].split()) != 1:
            return {}
        shown[start] = rendered[at:stop].strip()
        at = stop + len(between)
    return shown


def _strings(record: dict[str, Any], key: str) -> list[str]:
    """Return a list of strings, which the first versions write as one string with spaces."""
    value = record.get(key)
    if isinstance(value, str):
        return fields.clean(value).split()
    return [fields.clean(item) for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _without_scheme(url: str) -> str:
    return url.removeprefix("https://").removeprefix("http://")


def _entities(
    record: dict[str, Any], raw: str, links: list[tuple[int, int, str, str, str]], has_media: bool
) -> Entities:
    found = Entities(links=links)
    for user in _dicts(record, "mentionedUsers"):
        handle, own_id = fields.optional(user, "username", str), fields.optional_id(user, "id")
        for start, end in signed(raw, "@＠", handle or ""):
            found.mentions.append((start, end, handle or "", own_id))
    for key, signs in (("hashtags", "#＃"), ("cashtags", "$＄")):
        for tag in dict.fromkeys(_strings(record, key)):
            found.tags.extend((start, end, tag) for start, end in signed(raw, signs, tag))
    last = _LAST_TCO.search(raw)
    if has_media and last and last[0] not in {link[2] for link in links}:
        found.media.append((last.start(), last.end(), last[0]))
    return found


def _dicts(record: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [item for item in fields.optional(record, key, list) or () if isinstance(item, dict)]


def _media(record: dict[str, Any]) -> tuple[Media, ...]:
    media = [
        Media(type=_KINDS[kind], url=_address(item), alt=fields.optional(item, "altText", str))
        for item in _dicts(record, "media")
        if (kind := _kind(item)) in _KINDS
    ]
    card = fields.optional(record, "card", dict)
    if options := [fields.optional(option, "label", str) for option in _dicts(card or {}, "options")]:
        media.append(Media(type="poll", url=None, alt=" · ".join(label for label in options if label)))
    return tuple(media)


def _address(item: dict[str, Any]) -> str | None:
    variants = [
        {"content_type": each.get("contentType"), "bitrate": each.get("bitrate"), "url": each.get("url")}
        for each in _dicts(item, "variants")
    ]
    return best_video(variants) or fields.optional(item, "fullUrl", str) or fields.optional(item, "thumbnailUrl", str)


def _telegram(record: dict[str, Any], origin: Origin) -> Post:
    url = fields.required(record, "url", str)
    address = addresses.parse(url)
    if address is None or address.platform != "telegram" or not address.id:
        raise BadRecord("expected the address of a Telegram post in 'url'")
    text = fields.optional(record, "content", str) or ""
    spans: list[texts.Span] = []
    links = []
    for target in _strings(record, "outlinks"):
        if span := texts.first_span(text, target, taken=spans):
            spans.append(span)
            links.append(Link(start=span[0], end=span[1], shown=target, url=target))
    return Post(
        platform="telegram",
        id=f"{address.handle}/{address.id}",
        author=Account(handle=address.handle),
        time=fields.required_time(record, "date", times.from_iso),
        text=text,
        links=tuple(links),
        origin=origin,
    )
