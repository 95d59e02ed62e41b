"""Rows of Bluesky posts as twitwi and minet write them: flat, with cleaned links beside the author's own text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Any

from clew import atproto, fields, texts, times
from clew.errors import BadRecord
from clew.posts import Account, Item, Link, Media, Mention, Origin, Post, Tag
from clew.sources import _bluesky, _bluesky_media, _bluesky_text

__all__ = ["row"]

_STATES = {"notfound": "notFound", "blocked": "blocked", "detached": "detached"}


def row(held: dict[str, Any], origin: Origin) -> Iterator[Item]:
    """Yield the post of a row, the repost that brought it before it, and a notice for a quoted post that is gone."""
    if fields.optional(held, "repost_by_user_did", str):
        yield fields.attempt(_repost, held, origin)
    yield fields.attempt(_post, held, origin)
    quoted = _bluesky.at(held, "quoted_uri")
    status = _STATES.get((fields.optional(held, "quoted_status", str) or "").lower())
    if quoted and status and atproto.collection(quoted) == _bluesky.POST:
        notice = _bluesky.gone({status: True}, origin, uri=quoted)
        yield from (notice,) if notice else ()


def _post(held: dict[str, Any], origin: Origin) -> Post:
    uri = _uri(held)
    key = "original_text" if "original_text" in held else "text"
    text = fields.required(held, key, str)
    parent, quoted = _bluesky.at(held, "to_post_uri"), _bluesky.at(held, "quoted_uri")
    langs = _strings(held, "user_langs")
    parts = _body(held, text)
    return Post(
        platform="bluesky",
        id=uri,
        author=_bluesky.account(_profile(held, "user"), uri),
        time=_bluesky.plausible(_time(held, "timestamp_utc"), uri, _bluesky.instant(held, "indexed_at_utc")),
        text=text,
        reply_to=parent,
        reply_to_author=atproto.authority(parent) if parent else None,
        conversation=_bluesky.at(held, "to_root_post_uri") or parent or uri,
        quotes=quoted if quoted and atproto.collection(quoted) == _bluesky.POST else None,
        language=langs[0] if langs and atproto.SYNTAX["language"](langs[0]) else None,
        links=parts.links,
        mentions=parts.mentions,
        tags=parts.tags,
        media=tuple(_media(held)),
        origin=origin,
        edges_stated=True,
    )


def _repost(held: dict[str, Any], origin: Origin) -> Post:
    uri = _uri(held)
    by: Account = _bluesky.account(_profile(held, "repost_by_user"))
    return _bluesky.repost(f"{uri}#reposted-by:{by.id}", by, uri, _time(held, "repost_timestamp_utc"), origin)


def _uri(held: dict[str, Any]) -> str:
    uri = _bluesky.at(held, "uri")
    if uri is None:
        raise BadRecord("expected an at:// address in 'uri', got none")
    return uri


def _profile(held: dict[str, Any], prefix: str) -> dict[str, Any]:
    keys = {"did": "did", "handle": "handle", "displayName": "display_name"}
    return {key: held.get(f"{prefix}_{name}") for key, name in keys.items()}


def _time(held: dict[str, Any], key: str) -> datetime | None:
    seconds = fields.optional(held, key, int)
    try:
        return times.from_unix(seconds) if seconds is not None else None
    except ValueError:
        return None


def _strings(held: dict[str, Any], key: str) -> list[str]:
    """Return the texts of an array, each in its place: empty where it holds something else."""
    items = fields.optional(held, key, list) or ()
    return [fields.clean(item) if isinstance(item, str) else "" for item in items]


def _body(held: dict[str, Any], text: str) -> _bluesky_text.Body:
    """Return links, mentions and tags, which rows give in order of the alphabet, where the text holds them."""
    taken: list[texts.Span] = []
    links: list[Link] = []
    for url in filter(None, _strings(held, "links")):
        links.append(_bluesky_text.link(text, url, _bluesky_text.Spans(), taken))
        taken.append((links[-1].start, links[-1].end))
    mentions: list[Mention] = []
    for did, handle in zip_longest(*_named(held), fillvalue=""):
        span = texts.first_span(text, f"@{handle}", taken=taken) if handle else None
        mentions.append(_bluesky_text.mention(text, did or handle, _bluesky_text.Spans(span), taken))
        taken.append((mentions[-1].start, mentions[-1].end))
    tags: list[Tag] = []
    for word in filter(None, _strings(held, "hashtags")):
        tags.append(_bluesky_text.tag(text, word, _bluesky_text.Spans(), taken))
        taken.append((tags[-1].start, tags[-1].end))
    return _bluesky_text.Body(
        tuple(sorted(links, key=lambda part: part.start)),
        tuple(sorted(mentions, key=lambda part: part.start)),
        tuple(sorted(tags, key=lambda part: part.start)),
    )


def _named(held: dict[str, Any]) -> tuple[list[str], list[str]]:
    return _strings(held, "mentioned_user_dids"), _strings(held, "mentioned_user_handles")


def _media(held: dict[str, Any]) -> Iterator[Media]:
    columns = (_strings(held, key) for key in ("media_urls", "media_types", "media_alt_texts"))
    for url, kind, alt in zip_longest(*columns, fillvalue=""):
        yield Media(type="video" if kind.startswith("video") else "image", url=url or None, alt=alt or None)
    card = fields.optional(held, "card_link", str)
    if card:
        yield _bluesky_media.card(
            {"uri": card, "title": held.get("card_title"), "description": held.get("card_description")}
        )
