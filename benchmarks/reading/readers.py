"""The readers: clew, and what people use instead. Each yields posts; LACKS says what of a post it does not give.

A post of clew has its text as readers saw it, its time as an instant in UTC, its author, parent, quoted and reposted
post, conversation, language, links with shown form and address, mentions, tags, media, and the place it was read from.
"""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

__all__ = ["READERS", "Reader"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One way to read a file."""

    name: str
    posts: Callable[[Path], Iterator[object]]
    lacks: str = ""
    """What its posts lack; empty where they are comparable to clew's."""
    needs: str = ""
    """The package that must be installed."""
    pandas: bool = False


def clew(source: str) -> Reader:
    def posts(path: Path) -> Iterator[object]:
        from clew.exports import opened
        from clew.posts import Post
        from clew.sources import by_name

        with opened(str(path)) as export:
            yield from (item for item in by_name(source).read(export) if isinstance(item, Post))

    return Reader(name="clew", posts=posts)


def _records(path: Path) -> Iterator[Any]:
    with path.open("rb") as stream:
        for line in stream:
            yield json.loads(line)


# X API v1.1 -----------------------------------------------------------------------------------------------------------


def _v1_dict(tweet: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Pick the fields, as scripts do."""
    yield {
        "id": tweet["id_str"],
        "author": tweet["user"]["screen_name"],
        "author_id": tweet["user"]["id_str"],
        "created_at": tweet["created_at"],
        "text": tweet.get("full_text") or tweet["text"],
        "reply_to": tweet.get("in_reply_to_status_id_str"),
        "quotes": tweet.get("quoted_status_id_str"),
        "lang": tweet.get("lang"),
    }
    for key in ("retweeted_status", "quoted_status"):
        if key in tweet:
            yield from _v1_dict(tweet[key])


def v1_dicts(path: Path) -> Iterator[object]:
    for tweet in _records(path):
        yield from _v1_dict(tweet)


def v1_ijson(path: Path) -> Iterator[object]:
    import ijson  # type: ignore[import-not-found, unused-ignore]

    with path.open("rb") as stream:
        for tweet in ijson.items(stream, "item"):
            yield from _v1_dict(tweet)


@dataclass
class Link:
    text: str
    url: str
    tcourl: str
    indices: tuple[int, int]


@dataclass
class Tweet:
    """What snscrape gives of a tweet."""

    url: str
    date: datetime
    content: str
    id: int
    user: dict[str, Any]
    conversation: int | None
    lang: str
    links: list[Link]
    media: list[dict[str, Any]]
    reply_to: int | None
    reply_to_user: str | None
    mentions: list[str]
    hashtags: list[str]
    quoted: Tweet | None
    retweeted: Tweet | None


def _tweet(tweet: dict[str, Any]) -> Tweet:
    entities, user = tweet.get("entities", {}), tweet["user"]
    text = tweet.get("full_text") or tweet["text"]
    quoted, retweeted = tweet.get("quoted_status"), tweet.get("retweeted_status")
    return Tweet(
        url=f"https://twitter.com/{user['screen_name']}/status/{tweet['id_str']}",
        date=datetime.strptime(tweet["created_at"], "%a %b %d %H:%M:%S %z %Y"),
        content=html.unescape(text),
        id=int(tweet["id_str"]),
        user={"username": user["screen_name"], "id": int(user["id_str"]), "displayname": html.unescape(user["name"])},
        conversation=tweet.get("conversation_id_str"),
        lang=tweet.get("lang", ""),
        links=[
            Link(each.get("display_url", ""), each.get("expanded_url", ""), each["url"], tuple(each["indices"]))
            for each in entities.get("urls", ())
        ],
        media=[
            {"url": each["media_url_https"], "type": each["type"]}
            for each in tweet.get("extended_entities", {}).get("media", ())
        ],
        reply_to=int(tweet["in_reply_to_status_id_str"]) if tweet.get("in_reply_to_status_id_str") else None,
        reply_to_user=tweet.get("in_reply_to_screen_name"),
        mentions=[each["screen_name"] for each in entities.get("user_mentions", ())],
        hashtags=[each["text"] for each in entities.get("hashtags", ())],
        quoted=_tweet(quoted) if quoted else None,
        retweeted=_tweet(retweeted) if retweeted else None,
    )


def v1_snscrape(path: Path) -> Iterator[object]:
    for record in _records(path):
        tweet = _tweet(record)
        yield tweet
        yield from (inner for inner in (tweet.quoted, tweet.retweeted) if inner)


def v1_twitwi(path: Path) -> Iterator[object]:
    from twitwi import normalize_tweet  # type: ignore[import-not-found, unused-ignore]

    for record in _records(path):
        yield from normalize_tweet(record, locale=UTC, extract_referenced_tweets=True)


def v1_pandas(path: Path) -> Iterator[object]:
    import pandas

    frame = pandas.read_json(path, lines=True, dtype={"id_str": str, "in_reply_to_status_id_str": str})
    yield from frame.itertuples()


def convokit(path: Path) -> Iterator[object]:
    """Read the corpus that was made of the same posts beside the file."""
    from convokit import Corpus  # type: ignore[import-not-found, unused-ignore]

    yield from Corpus(filename=str(path.with_suffix(".corpus"))).iter_utterances()


# X API v2 and GraphQL -------------------------------------------------------------------------------------------------


def _v2_dict(tweet: dict[str, Any]) -> Iterator[dict[str, Any]]:
    references = tweet.get("referenced_tweets", ())
    found = {each["type"]: each["id"] for each in references}
    yield {
        "id": tweet["id"],
        "author": tweet.get("author", {}).get("username"),
        "author_id": tweet["author_id"],
        "created_at": tweet["created_at"],
        "text": tweet["text"],
        "reply_to": found.get("replied_to"),
        "quotes": found.get("quoted"),
        "reposts": found.get("retweeted"),
        "conversation": tweet.get("conversation_id"),
        "lang": tweet.get("lang"),
    }
    for each in references:
        if "text" in each:
            yield from _v2_dict(each)


def v2_dicts(path: Path) -> Iterator[object]:
    for tweet in _records(path):
        yield from _v2_dict(tweet)


def v2_page_dicts(path: Path) -> Iterator[object]:
    for page in _records(path):
        for tweet in (*page["data"], *page.get("includes", {}).get("tweets", ())):
            yield from _v2_dict(tweet)


def v2_twarc_csv(path: Path) -> Iterator[object]:
    import logging
    import warnings

    from twarc_csv import DataFrameConverter  # type: ignore[import-not-found, unused-ignore]

    logging.disable()
    converter = DataFrameConverter(inline_referenced_tweets=True)
    batch: list[Any] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for record in _records(path):
            batch.append(record)
            if len(batch) == 100:
                yield from converter.process(batch).itertuples()
                batch = []
        if batch:
            yield from converter.process(batch).itertuples()


def v2_twitwi(path: Path) -> Iterator[object]:
    from twitwi import normalize_tweets_payload_v2

    for page in _records(path):
        yield from normalize_tweets_payload_v2(page, locale=UTC, extract_referenced_tweets=True)


class _Answer:
    """As much of an HTTP response as twscrape looks at."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def json(self) -> Any:
        return self._value


def graphql_twscrape(path: Path) -> Iterator[object]:
    from twscrape.models import parse_tweets  # type: ignore[import-not-found, unused-ignore]

    for record in _records(path):
        yield from parse_tweets(_Answer(record))


def _tweets(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every tweet in an answer, wherever it stands."""
    if isinstance(value, dict):
        if value.get("__typename") == "Tweet" and "legacy" in value:
            yield value
        for inner in value.values():
            yield from _tweets(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _tweets(inner)


def graphql_dicts(path: Path) -> Iterator[object]:
    for record in _records(path):
        for tweet in _tweets(record):
            legacy = tweet["legacy"]
            yield {
                "id": tweet["rest_id"],
                "author_id": legacy["user_id_str"],
                "created_at": legacy["created_at"],
                "text": legacy["full_text"],
                "reply_to": legacy.get("in_reply_to_status_id_str"),
                "conversation": legacy.get("conversation_id_str"),
                "lang": legacy.get("lang"),
            }


# Mastodon, Bluesky, tables --------------------------------------------------------------------------------------------

_TAG = re.compile(r"<[^>]+>")


def _status(status: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {
        "id": status["uri"],
        "author": status["account"]["acct"],
        "created_at": datetime.fromisoformat(status["created_at"]),
        "text": html.unescape(_TAG.sub("", status["content"])),
        "reply_to": status.get("in_reply_to_id"),
        "lang": status.get("language"),
        "mentions": [each["acct"] for each in status["mentions"]],
        "media": [each["url"] for each in status["media_attachments"]],
    }
    if status.get("reblog"):
        yield from _status(status["reblog"])


def status_dicts(path: Path) -> Iterator[object]:
    for record in _records(path):
        yield from _status(record)


def _note(activity: dict[str, Any]) -> dict[str, Any]:
    note = activity["object"]
    if not isinstance(note, dict):
        return {"id": activity["id"], "reposts": note}
    return {
        "id": note["id"],
        "created_at": datetime.fromisoformat(note["published"]),
        "text": html.unescape(_TAG.sub("", note["content"])),
        "reply_to": note.get("inReplyTo"),
    }


def outbox_dicts(path: Path) -> Iterator[object]:
    for activity in json.loads(path.read_bytes())["orderedItems"]:
        yield _note(activity)


def outbox_ijson(path: Path) -> Iterator[object]:
    import ijson

    with path.open("rb") as stream:
        yield from map(_note, ijson.items(stream, "orderedItems.item"))


def bluesky_twitwi(path: Path) -> Iterator[object]:
    from twitwi.bluesky import normalize_post  # type: ignore[import-not-found, unused-ignore]

    for record in _records(path):
        yield from normalize_post(record, locale=UTC, extract_referenced_posts=True)


def bluesky_dicts(path: Path) -> Iterator[object]:
    for record in _records(path):
        inner = record["record"]
        yield {
            "id": record["uri"],
            "author": record["author"]["handle"],
            "created_at": inner["createdAt"],
            "text": inner.get("text"),
            "reply_to": (inner.get("reply") or {}).get("parent", {}).get("uri"),
            "links": [
                feature.get("uri") for facet in inner.get("facets") or () for feature in facet.get("features", ())
            ],
        }


def csv_dicts(path: Path) -> Iterator[object]:
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield {
                "id": row["id"],
                "author": row["author.username"],
                "created_at": datetime.fromisoformat(row["created_at"]),
                "text": html.unescape(row["text"]),
                "reply_to": row["referenced_tweets.replied_to.id"] or None,
                "conversation": row["conversation_id"],
            }


def csv_pandas(path: Path) -> Iterator[object]:
    import pandas

    frame = pandas.read_csv(path, dtype=str, keep_default_na=False)
    frame["created_at"] = pandas.to_datetime(frame["created_at"])
    yield from frame.itertuples()


_RAW = "raw text, no links, mentions or media; time as a string"
_FRAME = "columns of raw values"

READERS: dict[str, tuple[Reader, ...]] = {
    "X API v1.1 lines": (
        clew("x_api_v1"),
        Reader(name="twitwi (minet)", posts=v1_twitwi, needs="twitwi"),
        Reader(name="json, dataclasses as snscrape's", posts=v1_snscrape, lacks="text with t.co links, as snscrape"),
        Reader(name="ConvoKit, its own corpus", posts=convokit, needs="convokit", lacks="raw text and speakers alone"),
        Reader(name="json + dict", posts=v1_dicts, lacks=_RAW),
        Reader(name="pandas.read_json", posts=v1_pandas, needs="pandas", lacks=_FRAME, pandas=True),
    ),
    "X API v1.1 array": (
        clew("x_api_v1"),
        Reader(name="ijson + dict", posts=v1_ijson, needs="ijson", lacks=_RAW),
    ),
    "X API v2 flattened lines": (
        clew("x_api_v2"),
        Reader(
            name="twarc-csv",
            posts=v2_twarc_csv,
            needs="twarc_csv",
            lacks="text with t.co links, no places of links and mentions",
            pandas=True,
        ),
        Reader(name="json + dict", posts=v2_dicts, lacks=_RAW),
    ),
    "X API v2 pages": (
        clew("x_api_v2"),
        Reader(name="twitwi (minet)", posts=v2_twitwi, needs="twitwi"),
        Reader(
            name="twarc-csv",
            posts=v2_twarc_csv,
            needs="twarc_csv",
            lacks="text with t.co links, no places of links and mentions",
            pandas=True,
        ),
        Reader(name="json + dict", posts=v2_page_dicts, lacks=f"{_RAW}; no authors"),
    ),
    "X GraphQL answers": (
        clew("x_graphql"),
        Reader(name="twscrape", posts=graphql_twscrape, needs="twscrape", lacks="places of links, tombstones, cursors"),
        Reader(name="json + dict", posts=graphql_dicts, lacks=f"{_RAW}; long texts cut"),
    ),
    "Mastodon statuses": (
        clew("mastodon_api"),
        Reader(name="json + dict", posts=status_dicts, lacks="paragraphs and links of the text; parents by local id"),
    ),
    "Mastodon outbox": (
        clew("mastodon_outbox"),
        Reader(name="ijson + dict", posts=outbox_ijson, needs="ijson", lacks="paragraphs and links of the text"),
        Reader(name="json, whole + dict", posts=outbox_dicts, lacks="paragraphs and links of the text"),
    ),
    "Bluesky posts": (
        clew("bluesky_api"),
        Reader(name="twitwi (minet)", posts=bluesky_twitwi, needs="twitwi"),
        Reader(name="json + dict", posts=bluesky_dicts, lacks=f"{_RAW}; no quoted posts"),
    ),
    "CSV of twarc-csv": (
        clew("table"),
        Reader(name="pandas.read_csv", posts=csv_pandas, needs="pandas", lacks=_FRAME, pandas=True),
        Reader(name="csv.DictReader", posts=csv_dicts, lacks="links, mentions, media; ids unchecked"),
    ),
}
