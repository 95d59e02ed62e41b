"""Posts in the form of the X API v1.1, which account archives and scrapers write as well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

import msgspec

from clew import fields, times
from clew.posts import Account, Notice, Origin, Post, State
from clew.sources import _x

__all__ = ["EMBEDDED", "account", "at", "decoded", "embedded", "post", "standing_in", "without_own_links"]

#: What X writes in place of a post's words. Whole sentences only: an author may write about such things.
_WITHHELD = re.compile(
    r"(?:This (?:Tweet|Post) from @\w+|@\w+['’]s account) has been withheld"
    r"(?: in: [\w ,]{2,150}\.| in .{1,150} Learn more\.)",
    re.DOTALL,
)
_UNAVAILABLE = re.compile(r"@\w+['’]s account is temporarily unavailable because .{1,100}? Learn more\.", re.DOTALL)
#: Where a record holds other posts whole.
EMBEDDED = frozenset({"retweeted_status", "quoted_status"})


class _User(TypedDict, total=False):
    id: Any
    id_str: Any
    screen_name: Any
    name: Any


class _Link(TypedDict, total=False):
    url: Any
    expanded_url: Any
    display_url: Any
    indices: Any


class _Mention(TypedDict, total=False):
    screen_name: Any
    id_str: Any
    indices: Any


class _Tag(TypedDict, total=False):
    text: Any
    indices: Any


class _Media(TypedDict, total=False):
    url: Any
    indices: Any
    type: Any
    media_url: Any
    media_url_https: Any
    video_info: Any
    ext_alt_text: Any


class _Entities(TypedDict, total=False):
    urls: list[_Link]
    user_mentions: list[_Mention]
    hashtags: list[_Tag]
    symbols: list[_Tag]
    media: list[_Media]


class _Words(TypedDict, total=False):
    full_text: Any
    text: Any
    entities: _Entities | None
    extended_entities: _Entities | None


class _Record(_Words, total=False):
    id: Any
    id_str: Any
    created_at: Any
    lang: Any
    truncated: Any
    user: _User | None
    extended_tweet: _Words | None
    in_reply_to_status_id: Any
    in_reply_to_status_id_str: Any
    in_reply_to_user_id: Any
    in_reply_to_user_id_str: Any
    in_reply_to_screen_name: Any
    conversation_id_str: Any
    quoted_status_id: Any
    quoted_status_id_str: Any
    quoted_status: _Record | None
    retweeted_status: _Record | None


_RECORDS = msgspec.json.Decoder(_Record)


def decoded(line: bytes) -> Any:
    """Return the record of a line: of a post of the usual form no more than `post` looks at, any other one whole.

    Raises:
        BadRecord: The line is no JSON.
    """
    try:
        record = _RECORDS.decode(line)
    except (ValueError, RecursionError):
        return fields.parsed(line)
    return record if "id_str" in record and "user" in record else fields.parsed(line)


def at(place: str, *keys: str) -> str:
    """Return a place inside a place.

    >>> at("line 12", "quoted_status"), at("$[3]", "quoted_status")
    ('line 12 $.quoted_status', '$[3].quoted_status')
    """
    inner = "".join(key if key.startswith("[") else f".{key}" for key in keys)
    return place + inner if "$" in place else f"{place} ${inner}"


def account(user: object) -> Account:
    """Return the account of a `user` object; an unknown one where there is none."""
    return Account(
        id=fields.optional_id(user, "id_str", "id"),
        handle=fields.optional(user, "screen_name", str),
        name=fields.optional(user, "name", str),
    )


def post(record: Mapping[str, Any], author: Account, origin: Origin) -> Post:
    """Return the post of a record; a long one with its whole text.

    Raises:
        BadRecord: The record has no id, no time or no text.
    """
    extended = record.get("extended_tweet")
    whole = extended if isinstance(extended, dict) else record
    own_id = fields.required_id(record, "id_str", "id")
    held, more = whole.get("entities"), whole.get("extended_entities")
    body = _x.body(_text(whole), without_own_links(_x.v1_entities(held, more), own_id))
    reply_to = fields.optional_id(record, "in_reply_to_status_id_str", "in_reply_to_status_id")
    reply_to_author = fields.optional_id(record, "in_reply_to_user_id_str", "in_reply_to_user_id")
    quoted, reposted = record.get("quoted_status"), record.get("retweeted_status")
    reposts = fields.optional_id(reposted, "id_str", "id") if reposted else None
    quotes = fields.optional_id(record, "quoted_status_id_str", "quoted_status_id")
    return Post(
        platform="x",
        id=own_id,
        author=author,
        time=_time(record),
        text=body.text,
        reply_to=reply_to,
        reply_to_author=reply_to_author or fields.optional(record, "in_reply_to_screen_name", str),
        conversation=fields.optional_id(record, "conversation_id_str"),
        quotes=quotes or (fields.optional_id(quoted, "id_str", "id") if quoted else None),
        reposts=reposts,
        language=fields.optional(record, "lang", str),
        links=body.links,
        mentions=body.mentions,
        tags=body.tags,
        media=_x.v1_media(held, more),
        origin=origin,
        edges_stated=reply_to is not None or reply_to_author is None,
        cut=_is_cut(record, whole, reposts, body.text),
    )


def embedded(record: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the posts that a record holds whole beside its own, each with its key."""
    return [(key, inner) for key in ("retweeted_status", "quoted_status") if isinstance(inner := record.get(key), dict)]


def without_own_links(entities: _x.Entities, own_id: str) -> _x.Entities:
    """Return the entities with links to the post itself cut out of the text: X adds them where it shortens one."""
    if not entities.links:
        return entities
    own = f"/i/web/status/{own_id}"
    kept = [link for link in entities.links if not link[4].endswith(own)]
    if len(kept) < len(entities.links):
        entities.media += [link[:3] for link in entities.links if link[4].endswith(own)]
        entities.links = kept
    return entities


def standing_in(post: Post) -> Notice | None:
    """Return the notice that X put in the place of the author's words; None where they are the author's."""
    if not post.text.startswith(("@", "This ")):
        return None
    if _WITHHELD.fullmatch(post.text):
        state: State = "withheld"
        says = "X withholds this post where it was collected."
    elif _UNAVAILABLE.fullmatch(post.text):
        state, says = (
            "tombstone",
            "X does not show this post: its author's account was unavailable when it was collected.",
        )
    else:
        return None
    assert post.origin is not None
    return Notice(
        kind="gone",
        says=says,
        origin=post.origin,
        platform="x",
        post=post.id,
        author=post.author,
        conversation=post.conversation,
        reply_to=post.reply_to,
        state=state,
    )


def _text(whole: Mapping[str, Any]) -> str:
    text = fields.optional(whole, "full_text", str)
    return fields.required(whole, "text", str) if text is None else text


def _time(record: Mapping[str, Any]) -> datetime:
    """Return when a post was published; older archives and the embed API write ISO dates."""
    return fields.required_time(record, "created_at", _moment)


def _moment(text: str) -> datetime:
    return times.from_iso(text) if text[:4].isdecimal() else times.from_v1(text)


def _is_cut(record: Mapping[str, Any], whole: Mapping[str, Any], reposts: str | None, text: str) -> bool:
    if reposts is not None:
        return text.endswith("…")
    return record.get("truncated") is True and whole is record
