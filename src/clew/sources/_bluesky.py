"""What the Bluesky formats share: records and views as posts, and what is not given.

A post's time is `createdAt` where that can be true: not before 2022, when there was no Bluesky, and not more than ten
minutes after the network saw the post. Otherwise it is the time in the record key, else when the network saw it.
"""

from __future__ import annotations

import html
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO

import msgspec

from clew import atproto, fields, records, times
from clew.errors import BadRecord
from clew.exports import Export
from clew.posts import Account, Item, Media, Notice, Origin, Post, State, Version
from clew.sources import _bluesky_media, _bluesky_text

__all__ = [
    "POST",
    "REPOST",
    "account",
    "at",
    "documents",
    "gone",
    "instant",
    "left_out",
    "outline",
    "plausible",
    "record",
    "repost",
    "view",
]

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"

FIRST_YEAR = 2022
CLOCKS = timedelta(minutes=10)
"""How far the clocks of honest clients may be ahead."""


# Time ----------------------------------------------------------------------------------------------------------------


def instant(value: object, key: str) -> datetime | None:
    """Return the date under a key; None where it is absent or none."""
    text = fields.optional(value, key, str)
    try:
        return times.from_iso(text) if text else None
    except (ValueError, OverflowError):
        return None


def plausible(claimed: datetime | None, uri: str, seen: datetime | None) -> datetime | None:
    """Return the claimed time where it can be true, else the one in the record key, else when the network saw it."""
    made = atproto.tid_time(uri.rpartition("/")[2])
    latest = seen or (made + timedelta(days=1) if made else None)
    for moment in (claimed, made, seen):
        if moment and moment.year >= FIRST_YEAR and (latest is None or moment <= latest + CLOCKS):
            return moment
    return None


# Posts ---------------------------------------------------------------------------------------------------------------


def record(value: dict[str, Any], uri: str, author: Account, origin: Origin, seen: datetime | None = None) -> Post:
    """Return the post, or the repost, that a record of a repository is.

    Raises:
        BadRecord: It lacks its text, or what it reposts.
    """
    if atproto.collection(uri) == REPOST:
        subject = fields.required_text(fields.required(value, "subject", dict), "uri")
        return repost(uri, author, subject, plausible(instant(value, "createdAt"), uri, seen), origin)
    return _post(value, uri, author, origin, seen=seen)


def repost(uri: str, author: Account, subject: str, time: datetime | None, origin: Origin) -> Post:
    """Return the repost of a post."""
    return Post(
        platform="bluesky",
        id=uri,
        author=author,
        time=time,
        text="",
        reposts=subject,
        origin=origin,
        edges_stated=True,
    )


def _post(
    value: dict[str, Any],
    uri: str,
    author: Account,
    origin: Origin,
    *,
    seen: datetime | None = None,
    shown: object = None,
    labels: Iterable[str] = (),
) -> Post:
    text = fields.required(value, "text", str)
    reply = fields.optional(value, "reply", dict)
    parent = at(fields.optional(reply, "parent", dict), "uri")
    root = at(fields.optional(reply, "root", dict), "uri")
    parts = _bluesky_text.body(text, value)
    stated = fields.optional(value, "embed", dict)
    quoted = _quoted(shown) or _quoted(stated)
    did = atproto.authority(uri) or ""
    langs = fields.optional(value, "langs", list) or [None]
    versions = tuple(_versions(value, uri, text))
    return Post(
        platform="bluesky",
        id=uri,
        author=author,
        time=plausible(instant(value, "createdAt"), uri, seen),
        text=text,
        reply_to=parent,
        reply_to_author=atproto.authority(parent) if parent else None,
        conversation=root or parent or uri,
        quotes=at(quoted, "uri") if atproto.collection(at(quoted, "uri") or "") == POST else None,
        language=langs[0] if isinstance(langs[0], str) and atproto.SYNTAX["language"](langs[0]) else None,
        links=parts.links,
        mentions=parts.mentions,
        tags=parts.tags,
        media=tuple(_media(shown, did)) or tuple(_media(stated, did)),
        origin=origin,
        edges_stated=parent is not None or value.get("reply") is None,
        cut=any(len(version.text) > len(text) for version in versions) and "…" in text,
        versions=versions,
        warning=", ".join(dict.fromkeys((*_values(fields.optional(value, "labels", dict)), *labels))) or None,
    )


def _media(embed: object, did: str) -> Iterator[Media]:
    """Yield the media of an embed; a list, feed or starter pack that it quotes is a card."""
    yield from _bluesky_media.media(embed, did)
    quoted = _quoted(embed)
    uri = at(quoted, "uri")
    if uri and atproto.collection(uri) != POST:
        inner = fields.optional(quoted, "record", dict)
        names = (fields.optional(part, key, str) for part in (quoted, inner) for key in ("displayName", "name"))
        yield Media(type="card", url=uri, alt=next((name for name in names if name), None))


def _versions(value: dict[str, Any], uri: str, text: str) -> Iterator[Version]:
    """Yield the whole text of a post that a bridge copied, and perhaps shortened, from elsewhere."""
    original = fields.optional(value, "bridgyOriginalText", str)
    if original:
        lines = re.sub(r"<br ?/?>|</p>\s*(?=<p\b)", "\n", original)
        plain = html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", lines)).strip()
        if plain != text:
            yield Version(id=uri, time=None, text=fields.clean(plain))


def at(value: object, key: str) -> str | None:
    """Return the `at://` address of a record under a key; None where there is none."""
    uri = fields.optional(value, key, str)
    return uri if uri and atproto.collection(uri) else None


def account(profile: object, uri: str = "") -> Account:
    """Return the account of a profile view, else the one whose repository an address is in.

    Raises:
        BadRecord: Neither tells.
    """
    owner = atproto.authority(uri) or ""
    did = fields.optional(profile, "did", str) or (owner if owner.startswith("did:") else None)
    handle = fields.optional(profile, "handle", str) or (None if did else owner)
    handle = None if handle == "handle.invalid" else handle
    if not did and not handle:
        raise BadRecord("expected an author with a 'did', got nothing")
    return Account(id=did, handle=handle or None, name=fields.optional(profile, "displayName", str) or None)


# Views: what the app's servers give ----------------------------------------------------------------------------------


def view(value: dict[str, Any], origin: Origin) -> Iterator[Item]:
    """Yield the post of a view and, right after it, the posts that it quotes; what is not given is a notice."""
    stack: list[tuple[dict[str, Any], str]] = [(value, origin.place)]
    while stack:
        shown, place = stack.pop()
        here = msgspec.structs.replace(origin, place=place)
        notice = gone(shown, here)
        item: Item = notice if notice is not None else fields.attempt(_viewed, shown, here)
        yield item
        if isinstance(item, Post):
            stack += reversed(list(_embedded(shown, place)))


def _viewed(shown: dict[str, Any], origin: Origin) -> Post:
    uri = at(shown, "uri")
    if uri is None:
        raise BadRecord("expected an at:// address in 'uri', got none")
    author = account(shown.get("author"), uri)
    key = "record" if "record" in shown else "value"
    owner = atproto.authority(uri) or ""
    if author.id and not owner.startswith("did:"):
        uri = uri.replace(owner, author.id, 1)
    embed = next((embed for _, embed in _embeds(shown)), None)
    return _post(
        fields.required(shown, key, dict),
        uri,
        author,
        origin,
        seen=instant(shown, "indexedAt"),
        shown=embed,
        labels=_labels(shown, author.id),
    )


def _embeds(shown: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the embeds of a view, each with its path: one in a post's own view, a list in a quoted one."""
    own = fields.optional(shown, "embed", dict)
    if own is not None:
        yield ".embed", own
    for index, embed in enumerate(fields.optional(shown, "embeds", list) or ()):
        if isinstance(embed, dict):
            yield f".embeds[{index}]", embed


def _embedded(shown: dict[str, Any], place: str) -> Iterator[tuple[dict[str, Any], str]]:
    for path, embed in _embeds(shown):
        inner = _quoted(embed)
        if inner is None or atproto.collection(at(inner, "uri") or "") != POST:
            continue
        deeper = ".record.record" if embed.get("record") is not inner else ".record"
        if "value" in inner or "record" in inner or _state(inner):
            yield inner, f"{place}{path}{deeper}"


def _quoted(embed: object) -> dict[str, Any] | None:
    """Return what an embed quotes, in a view or in a record, with or without media; None where it quotes nothing."""
    outer = fields.optional(embed, "record", dict)
    if outer is None or "uri" in outer:
        return outer
    return fields.optional(outer, "record", dict)


def _labels(shown: dict[str, Any], did: str | None) -> Iterator[str]:
    """Yield what the author says of the post, or of all the account's posts."""
    for label in fields.optional(shown, "labels", list) or ():
        if fields.optional(label, "src", str) == did and not fields.optional(label, "neg", bool):
            yield from _value(label)
    for label in fields.optional(shown.get("author"), "labels", list) or ():
        if fields.optional(label, "src", str) == did and fields.optional(label, "val", str) == "!no-unauthenticated":
            yield from _value(label)


def _values(labels: object) -> Iterator[str]:
    for label in fields.optional(labels, "values", list) or ():
        yield from _value(label)


def _value(label: object) -> Iterator[str]:
    value = fields.optional(label, "val", str)
    if value == "!no-unauthenticated":
        yield "not for people who are signed out"
    elif value:
        yield value


# What is not given ---------------------------------------------------------------------------------------------------

_SAYS: dict[State, str] = {
    "absent": "The post was not found; Bluesky does not say why.",
    "blocked": "The post is not given because one account blocks another.",
    "withheld": "Its author detached the post from this quote; it may still be public at its own address.",
    "gated": "Its author shows the post only to people who are signed in.",
}


def _state(shown: dict[str, Any]) -> State | None:
    kind = (fields.optional(shown, "$type", str) or "").rpartition("#")[2]
    if kind in ("notFoundPost", "viewNotFound", "threadItemNotFound") or shown.get("notFound") is True:
        return "absent"
    if kind in ("blockedPost", "viewBlocked", "threadItemBlocked") or shown.get("blocked") is True:
        return "blocked"
    if kind == "viewDetached" or shown.get("detached") is True:
        return "withheld"
    return "gated" if kind == "threadItemNoUnauthenticated" else None


def gone(
    shown: dict[str, Any], origin: Origin, *, uri: str | None = None, reply_to: str | None = None
) -> Notice | None:
    """Return the notice for a post that a view names but does not give; None where it gives one."""
    state = _state(shown)
    post = uri or at(shown, "uri")
    if state is None or post is None:
        return None
    return Notice(
        kind="gone",
        says=_SAYS[state],
        origin=origin,
        platform="bluesky",
        post=post,
        author=account(fields.optional(shown, "author", dict), post),
        reply_to=reply_to,
        state=state,
    )


def left_out(kinds: Counter[str], origin: Origin, noun: str = "records that are no posts") -> Iterator[Notice]:
    """Yield one notice for all that is no post, with the kinds in order of number; none where there was nothing."""
    if kinds:
        names = [f"{count:,} {kind}" for kind, count in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))]
        shown = ", ".join(names[:8]) + (f", and {len(names) - 8} kinds more" if len(names) > 8 else "")
        says = f"Left out: {noun} ({shown})."
        yield Notice(kind="left-out", says=says, origin=origin, platform="bluesky", count=kinds.total())


# Bytes ----------------------------------------------------------------------------------------------------------------


def documents(export: Export, member: str) -> Iterator[tuple[str, BinaryIO | None]]:
    """Yield what holds JSON, with its place: each line of JSON Lines (`line 12`), else the whole file (`$`).

    A line longer than LIMIT is None.
    """
    with export.open(member) as stream:
        is_lines = _is_lines(stream)
    with export.open(member) as stream:
        if not is_lines:
            yield "$", stream
            return
        for number, line in records.lines(stream):
            yield f"line {number}", None if line is None else io.BytesIO(line)


def _is_lines(stream: BinaryIO) -> bool:
    """Say whether the first line ends an object and another one begins in the next."""
    end = b""
    while chunk := stream.read(1 << 20):
        line, found, rest = (end + chunk.lstrip(b"\xef\xbb\xbf \t\r\n") if not end else chunk).partition(b"\n")
        end = line.rstrip()[-1:] or end
        if found:
            rest = rest.lstrip() or stream.read(1 << 20).lstrip()
            return end == b"}" and rest[:1] == b"{"
    return False


# First bytes ---------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*(:?)|[{}\[\],]')


def outline(head: bytes) -> dict[str, str]:
    """Return the paths of the keys in the first bytes of JSON, each with its first value where that is a string.

    >>> outline(b'{"feed": [{"post": {"uri": "at://did:plc:a/')
    {'feed': '', 'feed[].post': '', 'feed[].post.uri': ''}
    """
    found: dict[str, str] = {}
    stack: list[str] = []
    path = ""
    for token in _TOKEN.finditer(head):
        if token[1] is not None and token[2]:
            path = f"{stack[-1]}.{_words(token[1])}".lstrip(".") if stack else _words(token[1])
            found.setdefault(path, "")
        elif token[1] is not None:
            found[path] = found.get(path) or _words(token[1])
        elif token[0] in (b"{", b"["):
            stack.append(path + ("[]" if token[0] == b"[" else ""))
            path = stack[-1]
        elif token[0] != b"," and stack:
            stack.pop()
            path = stack[-1] if stack else ""
        elif stack:
            path = stack[-1]
    return found


def _words(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\\/", "/")
