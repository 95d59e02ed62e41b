"""Tweet results of X's web application (posts, tombstones, what they embed), as x_graphql and zeeschuimer hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Any

import msgspec

from clew import fields, times
from clew.errors import BadRecord
from clew.posts import Account, Item, Media, Notice, Origin, Post, State, Version
from clew.sources import _x

__all__ = ["Edits", "LeftOut", "gone", "inner", "items", "tombstone_text"]

#: What X says in place of a post (English, its reason codes as well): state, and what it means in our words.
#: The order matters: the first that is found counts.
_REASONS: tuple[tuple[str, State, str], ...] = (
    (r"withheld|geo.?restrict|legal demand", "withheld", "X withholds this post in the reader's country."),
    (r"deleted by|was deleted|^(?:bounce)?deleted$", "deleted", "X says that its author deleted this post."),
    (r"suspend", "tombstone", "X does not show this post: its author's account is suspended."),
    (r"no longer exists|deactivated", "tombstone", "X does not show this post: its author's account is gone."),
    (r"limits who can|protected|private account", "private", "X does not show this post: its account is protected."),
    (r"block", "blocked", "X does not show this post: one of author and reader has blocked the other."),
    (r"age.?restricted|under 18|nsfw|log ?in|sensitive", "gated", "X shows this post only to signed-in adults."),
    (r"subscri", "gated", "X shows this post only to paying subscribers of its author."),
    (r"violat|rules", "tombstone", "X has removed this post for a breach of its rules."),
    (r"mute", "tombstone", "X does not show this post: the reader has muted its author or a word in it."),
    (r"hidden", "tombstone", "X does not show this post: it was hidden."),
)
_UNEXPLAINED: tuple[State, str] = ("tombstone", "X does not show this post and gives no reason that clew knows.")
_EMPTY: tuple[State, str] = ("empty-tombstone", "X names this post and gives nothing in its place, not even a reason.")

_WITHHELD_TEXT = re.compile(
    r"^(?:This (?:Post|Tweet) from @\w+ has been withheld in |@\w+.s account (?:has been|is) (?:\w+ )?withheld in )"
)
_URL_IN_JSON = re.compile(r'"url":"(https?:[^"]+)"')
_QUOTED = ("quoted_status_result", "quoted_status_results", "quoted_tweet_results")
_REPOSTED = ("retweeted_status_result", "retweeted_status_results")

_LEFT_OUT = {
    "private": ("post of a protected account was", "posts of protected accounts were"),
    "promoted": ("advertisement was", "advertisements were"),
    "other": (
        "entry that is no post (an account, a trend, a prompt) was",
        "entries that are no posts (accounts, trends, prompts) were",
    ),
    "elsewhere": ("item of another platform was", "items of other platforms were"),
}


@dataclass(slots=True)
class LeftOut:
    """How many records were not taken, by kind, and where the first of each stood."""

    _counts: dict[str, tuple[int, Origin]] = field(default_factory=dict)

    def add(self, kind: str, origin: Origin) -> None:
        """Count one: private, promoted, other or elsewhere."""
        count, first = self._counts.get(kind, (0, origin))
        self._counts[kind] = count + 1, first

    def notices(self) -> Iterator[Notice]:
        """Yield one notice for each kind that was met."""
        for kind, (count, origin) in self._counts.items():
            says = f"{count:,} {_LEFT_OUT[kind][count > 1]} left out."
            platform = "unknown" if kind == "elsewhere" else "x"
            yield Notice(kind="left-out", says=says, origin=origin, platform=platform, count=count)


@dataclass(slots=True)
class Edits:
    """Posts that were edited, held back until the end, since their versions come as posts with ids of their own."""

    _ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _held: dict[str, dict[str, Post]] = field(default_factory=dict)

    def keep(self, post: Post, ids: tuple[str, ...]) -> None:
        """Hold a version; ids are those of all versions, oldest first."""
        self._ids[ids[0]] = max(ids, self._ids.get(ids[0], ()), key=len)
        self._held.setdefault(ids[0], {})[post.id] = post

    def posts(self) -> Iterator[Post]:
        """Yield each edited post once: its last wording that is held, at the time of its first, with the others.

        Of a wording that is not held the id and the time are known, so that replies to it find their parent.
        """
        for first, held in self._held.items():
            newest = max(held.values(), key=lambda post: (len(post.id), post.id))
            versions = tuple(_version(own, held.get(own)) for own in self._ids[first] if own != newest.id)
            time = held[first].time if first in held else times.from_snowflake(first)
            edited = None if newest.id == first else newest.time
            yield msgspec.structs.replace(newest, time=time or newest.time, edited=edited, versions=versions)


def _version(own_id: str, post: Post | None) -> Version:
    if post is None:
        return Version(id=own_id, time=times.from_snowflake(own_id), text="")
    return Version(id=own_id, time=post.time, text=post.text)


def inner(record: object, *keys: str) -> dict[str, Any] | None:
    """Return the object that lies under nested keys; None where there is none."""
    for key in keys:
        record = fields.optional(record, key, dict)
    return record if isinstance(record, dict) else None


def items(result: object, origin: Origin, left: LeftOut, edits: Edits, own_id: str | None = None) -> Iterator[Item]:
    """Yield a tweet result's post, or the notice that it is gone, then the posts that it embeds.

    `own_id` is what the surroundings call the post, for results that do not name themselves.
    """
    waiting: list[tuple[object, Origin, str | None]] = [(result, origin, own_id)]
    while waiting:
        result, origin, own_id = waiting.pop()
        tweet, place = _unwrapped(result, origin.place)
        where = _at(origin, place)
        notice = _absence(result, tweet, where, own_id)
        if notice is not None:
            yield notice
        elif _is_private(tweet):
            left.add("private", where)
        else:
            post = fields.attempt(_post, tweet, where)
            ids = _edit_ids(tweet)
            if isinstance(post, Post) and len(ids) > 1:
                edits.keep(post, ids)
            else:
                yield post
            waiting += reversed(list(_embedded(tweet, where)))


def gone(origin: Origin, text: str | None, own_id: str | None) -> Notice:
    """Return the notice for a post in whose place X gives a text or a reason, or nothing (None)."""
    state, says = _EMPTY if text is None else _UNEXPLAINED
    for pattern, known, meaning in _REASONS if text else ():
        if re.search(pattern, text or "", re.IGNORECASE):
            state, says = known, meaning
            break
    return Notice(kind="gone", says=says, origin=origin, platform="x", post=own_id, state=state)


def _at(origin: Origin, place: str) -> Origin:
    return Origin(capture=origin.capture, file=origin.file, place=place)


def _unwrapped(result: object, place: str) -> tuple[object, str]:
    """Return the tweet in a TweetWithVisibilityResults, and its place."""
    tweet = inner(result, "tweet")
    return (tweet, f"{place}.tweet") if tweet is not None else (result, place)


def _absence(result: object, tweet: object, origin: Origin, own_id: str | None) -> Notice | None:
    """Return the notice where a result holds no post of its author's words."""
    kind = fields.optional(result, "__typename", str) or ""
    if result == {} or result is None:
        return gone(origin, None, own_id)
    if kind == "TweetTombstone":
        return gone(origin, tombstone_text(inner(result, "tombstone")), own_id)
    if kind == "TweetUnavailable":
        return gone(origin, fields.optional(result, "reason", str) or "", own_id)
    if kind == "TweetPreviewDisplay":
        return gone(origin, "subscribers only", fields.optional(tweet, "rest_id", str) or own_id)
    text = fields.optional(inner(tweet, "legacy") or tweet, "full_text", str)
    if text and _WITHHELD_TEXT.match(text):
        return gone(origin, "withheld", fields.optional(tweet, "rest_id", str) or own_id)
    return None


def tombstone_text(tombstone: object) -> str:
    """Return what a tombstone says, in any of the places where X has put it."""
    for key in ("text", "richText", "richtext"):
        text = fields.optional(tombstone, key, str) or fields.optional(inner(tombstone, key), "text", str)
        if text:
            return text
    return fields.optional(tombstone, "epitaph", str) or ""


def _embedded(tweet: object, origin: Origin) -> Iterator[tuple[object, Origin, str | None]]:
    """Yield the results of the reposted and the quoted post, each with its place and the id that the tweet states."""
    legacy = inner(tweet, "legacy")
    for keys, stated in ((_REPOSTED, "retweeted_status_id_str"), (_QUOTED, "quoted_status_id_str")):
        for holder, path in ((tweet, ""), (legacy, ".legacy")):
            for key in keys:
                found = inner(holder, key)
                if found is not None:
                    place = _at(origin, f"{origin.place}{path}.{key}" + (".result" if "result" in found else ""))
                    yield found.get("result", {}), place, fields.optional(legacy, stated, str)


def _is_private(tweet: object) -> bool:
    user = _user(tweet)
    return any(fields.optional(inner(user, key), "protected", bool) for key in ("privacy", "legacy")) or bool(
        fields.optional(user, "protected", bool)
    )


def _user(tweet: object) -> dict[str, Any] | None:
    """Return the author's record, wherever this year's X puts it."""
    core = inner(tweet, "core")
    for path in (("user_results", "result"), ("user_result", "result"), ("user_results",)):
        user = inner(core, *path)
        if user:
            return user
    return inner(tweet, "user")


def _account(tweet: object, legacy: object) -> Account:
    user = _user(tweet)
    places = (inner(user, "core"), inner(user, "legacy"), user)
    own_id = _text_id(user, "rest_id", "id_str") or _text_id(legacy, "user_id_str")
    handle = next((found for place in places if (found := fields.optional(place, "screen_name", str))), None)
    name = next((found for place in places if (found := fields.optional(place, "name", str))), None)
    if own_id is None and handle is None:
        raise BadRecord("expected an author in 'core', got nothing")
    return Account(id=own_id, handle=handle, name=name)


def _text_id(record: object, *keys: str) -> str | None:
    """Return the first id that is written as text; numbers are passed over, since JavaScript rounds them."""
    return next((found for key in keys if (found := fields.optional(record, key, str))), None)


def _legacy(tweet: object) -> dict[str, Any]:
    """Return the record that holds the text: `legacy`, or the tweet itself in the adaptive form of before 2023."""
    if isinstance(tweet, dict) and "legacy" not in tweet and "full_text" in tweet:
        return tweet
    return fields.required(tweet, "legacy", dict)


def _post(tweet: object, origin: Origin) -> Post:
    legacy = _legacy(tweet)
    own_id = _text_id(tweet, "rest_id") or _text_id(legacy, "id_str")
    if own_id is None:
        raise BadRecord("expected an id as text in 'rest_id', got none that is exact")
    fields.exact_id(own_id, "rest_id")
    body = _note(tweet) or _short(legacy)
    reposts = _stated(tweet, legacy, "retweeted_status_id_str", _REPOSTED)
    return Post(
        platform="x",
        id=own_id,
        author=_account(tweet, legacy),
        time=_time(legacy, own_id),
        text=body.text,
        reply_to=_text_id(legacy, "in_reply_to_status_id_str"),
        reply_to_author=_text_id(legacy, "in_reply_to_user_id_str"),
        conversation=_text_id(legacy, "conversation_id_str"),
        quotes=None if reposts else _stated(tweet, legacy, "quoted_status_id_str", (*_QUOTED, "quotedRefResult")),
        reposts=reposts,
        language=fields.optional(legacy, "lang", str),
        links=body.links,
        mentions=body.mentions,
        tags=body.tags,
        media=(*_x.v1_media(inner(legacy, "entities"), inner(legacy, "extended_entities")), *_cards(tweet)),
        origin=origin,
        edges_stated=True,
        cut=reposts is not None and body.text.endswith("…"),
        community_note=_community_note(tweet),
    )


def _time(legacy: dict[str, Any], own_id: str) -> datetime | None:
    if legacy.get("created_at") is None:
        return times.from_snowflake(own_id)
    return fields.required_time(legacy, "created_at", times.from_v1)


def _short(legacy: object) -> _x.Body:
    entities = _x.v1_entities(inner(legacy, "entities"), inner(legacy, "extended_entities"))
    text = fields.optional(legacy, "full_text", str)
    return _x.body(fields.required(legacy, "text", str) if text is None else text, entities)


def _note(tweet: object) -> _x.Body | None:
    """Return the whole text of a long post; None where the post is short.

    Unlike `full_text`, a note is not HTML-escaped: it is escaped here, and its indices moved, so that an `&amp;` which
    the author typed stays one.
    """
    note = inner(tweet, "note_tweet", "note_tweet_results", "result")
    text = fields.optional(note, "text", str)
    if text is None:
        return None
    found = _x.v1_entities(inner(note, "entity_set"))
    if "&" in text:
        moved = list(accumulate((4 if character == "&" else 0 for character in text), initial=0))
        found.links = [(*_moved(link[:2], moved), *link[2:]) for link in found.links]
        found.mentions = [(*_moved(mention[:2], moved), *mention[2:]) for mention in found.mentions]
        found.tags = [(*_moved(tag[:2], moved), *tag[2:]) for tag in found.tags]
    return _x.body(text.replace("&", "&amp;"), found)


def _moved(span: tuple[int, int], moved: list[int]) -> tuple[int, int]:
    """Return a span after as many characters were put in before its ends as the list says; (0, 0) for one outside."""
    start, end = span
    return (start + moved[start], end + moved[end]) if 0 <= start <= end < len(moved) else (0, 0)


def _stated(tweet: object, legacy: object, key: str, results: tuple[str, ...]) -> str | None:
    """Return the id of the quoted or reposted post: as stated, else as its result names it."""
    stated = _text_id(legacy, key)
    if stated:
        return stated
    for holder in (tweet, legacy):
        for name in results:
            other, _ = _unwrapped(inner(holder, name, "result"), "")
            found = _text_id(other, "rest_id") or _text_id(inner(other, "legacy"), "id_str")
            if found:
                return found
    return None


def _edit_ids(tweet: object) -> tuple[str, ...]:
    """Return the ids of all versions of a post, oldest first."""
    control = inner(tweet, "edit_control")
    ids = fields.optional(inner(control, "edit_control_initial") or control, "edit_tweet_ids", list)
    return tuple(own for own in ids or () if isinstance(own, str) and own.isdecimal())


def _community_note(tweet: object) -> str | None:
    pivot = inner(tweet, "birdwatch_pivot")
    for path in (("subtitle",), ("note", "data_v1", "summary")):
        text = fields.optional(inner(pivot, *path), "text", str)
        if text:
            return text
    return None


def _cards(tweet: object) -> Iterator[Media]:
    """Yield the card below a post (a page's preview, a poll, a space) and the article that it carries."""
    article = inner(tweet, "article", "article_results", "result")
    card = inner(tweet, "card")
    values = _bindings(card)
    name = fields.optional(inner(card, "legacy") or card, "name", str) or ""
    if name.startswith("poll"):
        choices = (values.get(f"choice{number}_label") for number in range(1, 5))
        yield Media(type="poll", url=None, alt=" · ".join(choice for choice in choices if choice) or None)
    elif card and not article:
        url = _card_url(name, values, fields.optional(card, "rest_id", str))
        yield Media(type="card", url=_expanded(tweet, url))
    if article:
        own_id = _text_id(article, "rest_id")
        url = f"https://x.com/i/article/{own_id}" if own_id else None
        yield Media(type="card", url=url, alt=fields.optional(article, "title", str))


def _bindings(card: object) -> dict[str, str]:
    """Return the values of a card that are text."""
    listed = fields.optional(inner(card, "legacy") or card, "binding_values", list) or ()
    found = (
        (fields.optional(item, "key", str), fields.optional(inner(item, "value"), "string_value", str))
        for item in listed
    )
    return {key: value for key, value in found if key and value}


def _card_url(name: str, values: dict[str, str], rest_id: str | None) -> str | None:
    if name.endswith(":audiospace") and "id" in values:
        return f"https://x.com/i/spaces/{values['id']}"
    unified = _URL_IN_JSON.search(values.get("unified_card", ""))
    if unified:
        return unified[1].replace("\\/", "/")
    urls = (values.get("broadcast_url"), values.get("card_url"), rest_id)
    return next((url for url in urls if url and url.startswith(("https://", "http://"))), None)


def _expanded(tweet: object, url: str | None) -> str | None:
    """Return the full address of a t.co link, where the text's entities tell it."""
    entities = (
        inner(tweet, "legacy", "entities"),
        inner(tweet, "note_tweet", "note_tweet_results", "result", "entity_set"),
    )
    for holder in entities:
        for item in fields.optional(holder, "urls", list) or ():
            if url and fields.optional(item, "url", str) == url:
                return fields.optional(item, "expanded_url", str) or url
    return url
