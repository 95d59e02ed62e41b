"""As much of the records of the X API v2 as clew looks at: lines are decoded to no more; most of them is statistics."""

from __future__ import annotations

from typing import Any, TypedDict

import msgspec

from clew import fields

__all__ = ["decoded"]


class _Link(TypedDict, total=False):
    start: Any
    end: Any
    url: Any
    expanded_url: Any
    display_url: Any
    media_key: Any


class _Mention(TypedDict, total=False):
    start: Any
    end: Any
    username: Any
    id: Any


class _Tag(TypedDict, total=False):
    start: Any
    end: Any
    tag: Any


class _Entities(TypedDict, total=False):
    urls: list[_Link]
    mentions: list[_Mention]
    hashtags: list[_Tag]
    cashtags: list[_Tag]


class _Note(TypedDict, total=False):
    text: Any
    entities: _Entities


class _User(TypedDict, total=False):
    id: Any
    username: Any
    name: Any


class _Post(TypedDict, total=False):
    id: Any
    text: Any
    author: _User
    author_id: Any
    created_at: Any
    lang: Any
    conversation_id: Any
    in_reply_to_user_id: Any
    referenced_tweets: list[_Post]
    type: Any
    edit_history_tweet_ids: Any
    entities: _Entities
    attachments: Any
    note_tweet: _Note


class _Includes(TypedDict, total=False):
    users: list[_User]
    tweets: list[_Post]
    media: Any
    polls: Any


class _Line(_Post, total=False):
    data: list[_Post]
    includes: _Includes
    errors: Any
    meta: Any


_LINES = msgspec.json.Decoder(_Line)


def decoded(line: bytes) -> Any:
    """Return the value of a line: of a post or a page of posts no more than is looked at, any other one whole.

    Raises:
        BadRecord: The line is no JSON.
    """
    try:
        value = _LINES.decode(line)
    except (ValueError, RecursionError):
        return fields.parsed(line)
    posts = value.get("data", [])
    if "text" in value if "id" in value else posts and all("id" in post and "text" in post for post in posts):
        return value
    return fields.parsed(line)
