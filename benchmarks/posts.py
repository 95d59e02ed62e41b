"""Invented posts in the formats that hold many: any number of them, by their number, as bytes to write into a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from clew.times import SNOWFLAKE_EPOCH_MS

__all__ = ["FORMS", "Form", "account"]

FIRST = 1_400_000_000_000_000_001
#: Posts lie so many milliseconds apart.
STEP = 1_000
_WORDS = "the port of Коза 港口 🧂 stands still, and nobody says why; cranes wait in line for the morning tide".split()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a format writes many posts: what stands before, between and after them."""

    source: str
    """The source that must claim the file."""
    name: str
    """What the file is called."""
    post: Callable[[int], bytes]
    before: bytes = b""
    between: bytes = b"\n"
    after: bytes = b"\n"

    def written(self, size: int) -> Iterator[tuple[bytes, int]]:
        """Yield the file in pieces, each with how many posts it adds, until it is as long as that."""
        yield self.before + self.post(0), 1
        number, length = 1, len(self.before)
        while length < size:
            piece = b"".join(self.between + self.post(number + index) for index in range(100))
            yield piece, 100
            number, length = number + 100, length + len(piece)
        yield self.after, 0


def _id(number: int) -> str:
    return str(((FIRST >> 22) + number * STEP << 22) + 1)


def _time(number: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=(int(_id(number)) >> 22) + SNOWFLAKE_EPOCH_MS)


def _text(number: int) -> str:
    """Return words that differ from post to post."""
    start = number * 7 % len(_WORDS)
    return f"{number} {' '.join((_WORDS * 3)[start : start + 20])}"


def _parent(number: int) -> str | None:
    """Return the id of the post before, in threads of ten."""
    return _id(number - 1) if number % 10 else None


def _root(number: int) -> str:
    return _id(number - number % 10)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def account(number: int) -> int:
    """Return the number of a post's author."""
    return number // 10 % 50_000


def _v1(number: int) -> dict[str, Any]:
    text, own, parent, who = _text(number), _id(number), _parent(number), str(account(number))
    link = len(text) + 1
    return {
        "created_at": _time(number).strftime("%a %b %d %H:%M:%S +0000 %Y"),
        "id": int(own),
        "id_str": own,
        "full_text": f"{text} https://t.co/aaaaaaaaaa @bob",
        "truncated": False,
        "entities": {
            "hashtags": [],
            "symbols": [],
            "user_mentions": [
                {"screen_name": "bob", "name": "Боб", "id_str": "77", "indices": [link + 24, link + 28]},
            ],
            "urls": [
                {
                    "url": "https://t.co/aaaaaaaaaa",
                    "expanded_url": "https://example.org/asia_pacific",
                    "display_url": "example.org/asia_pac…",
                    "indices": [link, link + 23],
                }
            ],
        },
        "in_reply_to_status_id": int(parent) if parent else None,
        "in_reply_to_status_id_str": parent,
        "in_reply_to_user_id": int(who) if parent else None,
        "in_reply_to_user_id_str": who if parent else None,
        "in_reply_to_screen_name": f"ana{who}" if parent else None,
        "user": {"id": int(who), "id_str": who, "name": f"Ana {who} 🇫🇷", "screen_name": f"ana{who}"},
        "is_quote_status": False,
        "retweet_count": 0,
        "favorite_count": 1,
        "favorited": False,
        "retweeted": False,
        "lang": "en",
    }


def _v2(number: int) -> dict[str, Any]:
    own, parent, who = _id(number), _parent(number), str(account(number))
    record: dict[str, Any] = {
        "id": own,
        "text": _text(number),
        "author_id": who,
        "created_at": _time(number).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "conversation_id": _root(number),
        "edit_history_tweet_ids": [own],
        "lang": "en",
        "public_metrics": {"retweet_count": 0, "reply_count": 0, "like_count": 1, "quote_count": 0},
        "author": {"id": who, "username": f"ana{who}", "name": f"Ana {who} 🇫🇷"},
    }
    if parent:
        record |= {"referenced_tweets": [{"type": "replied_to", "id": parent}], "in_reply_to_user_id": who}
    return record


def _archived(number: int) -> dict[str, Any]:
    whole = _v1(number)
    record = {key: whole[key] for key in ("id_str", "full_text", "created_at", "truncated", "lang", "favorited")}
    record["entities"] = {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []}
    if parent := _parent(number):
        record |= {"in_reply_to_status_id_str": parent, "in_reply_to_user_id_str": "1234"}
    return {"tweet": record | {"id": record["id_str"], "display_text_range": ["0", "9"], "retweet_count": "0"}}


def _snscrape(number: int) -> dict[str, Any]:
    own, parent, who = int(_id(number)), _parent(number), account(number)
    return {
        "_type": "snscrape.modules.twitter.Tweet",
        "url": f"https://twitter.com/ana{who}/status/{own}",
        "date": _time(number).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "rawContent": _text(number),
        "renderedContent": _text(number),
        "id": own,
        "user": {
            "_type": "snscrape.modules.twitter.User",
            "username": f"ana{who}",
            "id": who,
            "displayname": f"Ana {who} 🇫🇷",
        },
        "conversationId": int(_root(number)),
        "lang": "en",
        "inReplyToTweetId": int(parent) if parent else None,
    }


def _zeeschuimer(number: int) -> dict[str, Any]:
    whole, own, who = _v1(number), _id(number), str(account(number))
    legacy = {key: whole[key] for key in ("created_at", "full_text", "entities", "lang", "is_quote_status")}
    legacy |= {"conversation_id_str": _root(number), "user_id_str": who, "id_str": own}
    if parent := _parent(number):
        legacy |= {"in_reply_to_status_id_str": parent, "in_reply_to_user_id_str": who}
    user = {"__typename": "User", "rest_id": who, "legacy": {"name": f"Ana {who}", "screen_name": f"ana{who}"}}
    tweet = {"__typename": "Tweet", "rest_id": own, "core": {"user_results": {"result": user}}, "legacy": legacy}
    return {
        "nav_index": "1:1:1",
        "item_id": own,
        "timestamp_collected": 1700000000000,
        "source_platform": "twitter.com",
        "source_platform_url": "https://twitter.com/ana",
        "source_url": "https://twitter.com/i/api/graphql/A/TweetDetail",
        "data": {**tweet, "id": own, "promoted": False},
    }


def _jetstream(number: int) -> dict[str, Any]:
    root, key = f"at://did:plc:{account(number):024d}/app.bsky.feed.post/", f"3k{number:011d}".replace("0", "z")
    record: dict[str, Any] = {"$type": "app.bsky.feed.post", "createdAt": _time(number).isoformat(), "langs": ["en"]}
    record["text"] = _text(number)
    if number % 10:
        reply = {"uri": root + f"3k{number - 1:011d}".replace("0", "z"), "cid": "bafy"}
        record["reply"] = {"root": reply, "parent": reply}
    commit = {"rev": key, "operation": "create", "collection": "app.bsky.feed.post", "rkey": key, "record": record}
    return {
        "did": f"did:plc:{account(number):024d}",
        "time_us": 1714557601000000 + number,
        "kind": "commit",
        "commit": {**commit, "cid": "bafy"},
    }


def _clew(number: int) -> dict[str, Any]:
    who = str(account(number))
    return {
        "schema": "clew/post/1",
        "platform": "x",
        "id": _id(number),
        "author": {"id": who, "handle": f"ana{who}", "name": f"Ana {who} 🇫🇷"},
        "time": _time(number).isoformat(),
        "text": _text(number),
        "reply_to": _parent(number),
        "edges_stated": True,
        "origin": {"capture": "sha256:00", "file": "posts.jsonl", "place": f"line {number + 1}"},
    }


def _row(number: int) -> bytes:
    who, text = account(number), _text(number)
    cells = (_id(number), _time(number).strftime("%Y-%m-%d %H:%M:%S+00:00"), f"ana{who}", str(who), f'"{text}\nline"')
    return ",".join((*cells, _parent(number) or "", _root(number))).encode()


def _activity(number: int) -> dict[str, Any]:
    own, public = (
        f"https://example.social/users/ana/statuses/{_id(number)}",
        "https://www.w3.org/ns/activitystreams#Public",
    )
    parent = _parent(number)
    note = {
        "id": own,
        "type": "Note",
        "summary": None,
        "inReplyTo": f"https://example.social/users/ana/statuses/{parent}" if parent else None,
        "published": _time(number).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "url": f"https://example.social/@ana/{_id(number)}",
        "attributedTo": "https://example.social/users/ana",
        "to": [public],
        "cc": ["https://example.social/users/ana/followers"],
        "content": f"<p>{_text(number)}</p>",
        "attachment": [],
        "tag": [],
    }
    return {
        "id": f"{own}/activity",
        "type": "Create",
        "actor": "https://example.social/users/ana",
        "published": note["published"],
        "to": [public],
        "cc": [],
        "object": note,
    }


def _telegram(number: int) -> dict[str, Any]:
    message: dict[str, Any] = {
        "id": number + 1,
        "type": "message",
        "date": _time(number).strftime("%Y-%m-%dT%H:%M:%S"),
        "date_unixtime": str(int(_time(number).timestamp())),
        "from": "Ana",
        "from_id": "channel3000000001",
        "text": _text(number),
        "text_entities": [{"type": "plain", "text": _text(number)}],
    }
    return message | ({"reply_to_message_id": number} if number % 10 else {})


def _lines(source: str, name: str, record: Callable[[int], Any]) -> Form:
    return Form(source=source, name=name, post=lambda number: _json(record(number)))


def _array(source: str, name: str, record: Callable[[int], Any], before: str = "[", after: str = "]") -> Form:
    return Form(
        source=source,
        name=name,
        post=lambda number: _json(record(number)),
        before=before.encode(),
        between=b",\n",
        after=after.encode(),
    )


#: By what they are called in tables.
FORMS: dict[str, Form] = {
    "clew lines": _lines("clew_lines", "posts.jsonl", _clew),
    "X API v1.1 lines": _lines("x_api_v1", "v1.jsonl", _v1),
    "X API v2 flattened lines": _lines("x_api_v2", "v2.jsonl", _v2),
    "snscrape lines": _lines("snscrape", "snscrape.jsonl", _snscrape),
    "Zeeschuimer lines": _lines("zeeschuimer", "zeeschuimer.ndjson", _zeeschuimer),
    "Jetstream lines": _lines("bluesky_jetstream", "jetstream.jsonl", _jetstream),
    "CSV": Form(
        source="table",
        name="posts.csv",
        post=_row,
        before=b"tweet_id,created_at,username,user_id,text,in_reply_to_status_id,conversation_id\n",
    ),
    "X archive, tweets.js": _array("x_archive", "tweets.js", _archived, "window.YTD.tweets.part0 = ["),
    "X API v1.1 array": _array("x_api_v1", "v1.json", _v1),
    "Mastodon outbox": _array(
        "mastodon_outbox",
        "outbox.json",
        _activity,
        '{"@context":"https://www.w3.org/ns/activitystreams","id":"outbox.json","type":"OrderedCollection",'
        '"orderedItems":[',
        "]}",
    ),
    "Telegram, result.json": _array(
        "telegram_desktop",
        "result.json",
        _telegram,
        '{"name":"Ana","type":"public_channel","id":3000000001,"messages":[',
        "]}",
    ),
}
