"""Posts of X as the library twitwi flattens them, in JSON: what Gazouilloire exports and minet hands on.

Field names are those of twitwi's TWEET_FIELDS; its own test files wrap them as `normalized`, Elasticsearch dumps of
Gazouilloire as `_source`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clew import fields, records, texts, times
from clew.errors import BadRecord
from clew.exports import Export
from clew.posts import Account, Item, Link, Media, Mention, Origin, Post, Problem, Tag

NAME = "x_twitwi"
SIGN = "JSON with collected_via, collection_time, match_query, links_to_resolve and to_tweetid"
HOLDS = "Text with full addresses, the post that each one answers, quotes or reposts, media."
LACKS = "Links as readers saw them, whole conversations, edits."
LOST = "The border between the author's words and those of the quoted post, which stand behind them in « »."

_KEYS = (
    rb'"collected_via"\s*:\s*\[',
    rb'"collection_time"\s*:',
    rb'"match_query"\s*:',
    rb'"links_to_resolve"\s*:',
    rb'"to_tweetid"\s*:',
    rb'"timestamp_utc"\s*:',
    rb'"mentioned_names"\s*:',
)
_BLUESKY = re.compile(rb'"(?:cid|did|uri|user_did)"\s*:\s*"')
_OWN_MEDIA = r"\s*https?://(?:twitter|x)\.com/\w+/status/(?:{ids})/(?:photo|video)/\d+"
_QUOTE = r"\s?« {handle}: .*— https?://(?:twitter|x)\.com/\w+/status/{id} »\s*\Z"
_HASH = "#＃"


def claims(export: Export) -> bool:
    """Say whether the first bytes have the keys that twitwi alone writes, and are not of Bluesky."""
    if export.single is None:
        return False
    head = export.head(export.single).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith((b"{", b"[")) or _BLUESKY.search(head):
        return False
    return sum(1 for key in _KEYS if re.search(key, head)) >= 3


def read(export: Export) -> Iterator[Item]:
    """Yield each post, in order; one record is held at a time.

    Raises:
        DamagedFile: A file that is no JSON Lines breaks off; what stands before comes first.
    """
    member = export.members[0]
    capture, file = export.capture(member), export.place(member)
    for place, value in _values(export, member):
        if isinstance(value, BadRecord):
            yield Problem(origin=Origin(capture=capture, file=file, place=place), reason=str(value))
            continue
        for inner, record in _unwrapped(place, value):
            yield fields.attempt(_post, record, Origin(capture=capture, file=file, place=inner))


def _values(export: Export, member: str) -> Iterator[tuple[str, Any]]:
    head = export.head(member).removeprefix(b"\xef\xbb\xbf").lstrip()
    with export.open(member) as stream:
        if re.match(rb'\{[ \t]*"', head):
            for number, line in records.lines(stream):
                yield f"line {number}", _decoded(line)
            return
        json = records.Json(stream, f"{export.name}/{member}")
        if json.peek() == "[":
            for index, value in enumerate(json.values()):
                yield f"$[{index}]", value
        else:
            yield "$", json.value()


def _decoded(line: bytes | None) -> Any:
    if line is None:
        return BadRecord(f"a line longer than {records.LIMIT // 1024 // 1024} MB")
    try:
        return fields.parsed(line)
    except BadRecord as error:
        return error


def _unwrapped(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    inside = place if "$" in place else f"{place} $"
    if isinstance(value, dict) and isinstance(value.get("normalized"), list):
        for index, record in enumerate(value["normalized"]):
            yield f"{inside}.normalized[{index}]", record
    elif isinstance(value, dict) and isinstance(value.get("_source"), dict):
        yield f"{inside}._source", value["_source"]
    else:
        yield place, value


def _post(record: Any, origin: Origin) -> Post:
    own_id = fields.optional_id(record, "id") or _id_of_url(record)
    quotes, reposts = fields.optional_id(record, "quoted_id"), fields.optional_id(record, "retweeted_id")
    reply_to = fields.optional_id(record, "to_tweetid")
    reply_to_author = fields.optional_id(record, "to_userid", "to_username")
    text = _own_words(fields.required(record, "text", str), record, [own_id, *filter(None, [reposts])], quotes)
    return Post(
        platform="x",
        id=own_id,
        author=Account(
            id=fields.optional_id(record, "user_id"),
            handle=fields.optional(record, "user_screen_name", str),
            name=fields.optional(record, "user_name", str),
        ),
        time=_time(record),
        text=text,
        reply_to=reply_to,
        reply_to_author=reply_to_author,
        quotes=quotes,
        reposts=reposts,
        language=fields.optional(record, "lang", str),
        links=tuple(Link(start=a, end=b, shown=text[a:b], url=text[a:b]) for a, b in _spans(text, record, "links", "")),
        mentions=_mentions(text, record),
        tags=tuple(Tag(start=a, end=b, tag=text[a + 1 : b]) for a, b in _spans(text, record, "hashtags", _HASH)),
        media=_media(record),
        origin=origin,
        edges_stated=reply_to is not None or reply_to_author is None,
        cut=reposts is not None and text.endswith("…"),
    )


def _id_of_url(record: Any) -> str:
    """Return the id in a post's address, where Elasticsearch keeps the id outside the record."""
    found = re.search(r"/status/(\d+)$", fields.required(record, "url", str))
    if found is None:
        raise BadRecord("expected an id in 'id' or 'url', got nothing")
    return found[1]


def _time(record: dict[str, Any]) -> datetime:
    value = record.get("timestamp_utc")
    try:
        seconds = float(value) if isinstance(value, str | float) else fields.required(record, "timestamp_utc", int)
        return times.from_unix(seconds)
    except ValueError:
        raise BadRecord("expected seconds since 1970 in 'timestamp_utc', got something else") from None


def _own_words(text: str, record: dict[str, Any], ids: list[str], quotes: str | None) -> str:
    """Return the author's words: without those of the quoted post and without addresses of the post's own pictures."""
    if quotes and text.rstrip().endswith("»"):
        handle = fields.optional(record, "quoted_user", str)
        pattern = _QUOTE.format(handle=re.escape(handle) if handle else r"\w{1,20}", id=re.escape(quotes))
        text = re.sub(pattern, "", text, count=1, flags=re.DOTALL | re.IGNORECASE)
    pattern = _OWN_MEDIA.format(ids="|".join(re.escape(each) for each in ids))
    return re.sub(pattern, "", text).rstrip()


def _words(record: dict[str, Any], key: str) -> list[str]:
    return [fields.clean(each) for each in fields.optional(record, key, list) or () if isinstance(each, str) and each]


def _spans(text: str, record: dict[str, Any], key: str, signs: str) -> list[texts.Span]:
    """Return where the words under a key stand in the text, each behind a sign; twitwi writes tags in lower case."""
    taken: list[texts.Span] = []
    for word in _words(record, key):
        sign, end = (f"[{signs}]", r"\b") if signs else ("", "")
        for found in re.finditer(sign + re.escape(word) + end, text, re.IGNORECASE):
            if all(found.end() <= a or found.start() >= b for a, b in taken):
                taken.append(found.span())
    return sorted(taken)


def _mentions(text: str, record: dict[str, Any]) -> tuple[Mention, ...]:
    names, ids = _words(record, "mentioned_names"), _words(record, "mentioned_ids")
    known = dict(zip(names, ids, strict=True)) if len(names) == len(ids) else {}
    return tuple(
        Mention(start=a, end=b, handle=text[a + 1 : b], id=known.get(text[a + 1 : b].lower()))
        for a, b in _spans(text, record, "mentioned_names", "@＠")
    )


def _media(record: dict[str, Any]) -> tuple[Media, ...]:
    kinds, alts = _listed(record, "media_types"), _listed(record, "media_alt_texts")
    return tuple(
        Media(type=_kind(_nth(kinds, index)), url=fields.clean(url), alt=_nth(alts, index) or None)
        for index, url in enumerate(_listed(record, "media_urls"))
        if isinstance(url, str)
    )


def _listed(record: dict[str, Any], key: str) -> list[Any]:
    return fields.optional(record, key, list) or []


def _nth(items: list[Any], index: int) -> str:
    return fields.clean(items[index]) if index < len(items) and isinstance(items[index], str) else ""


def _kind(kind: str) -> str:
    return {"photo": "image", "animated_gif": "gif", "video": "video"}.get(kind, "file")
