"""The pictures, videos and cards of a Bluesky post, from its view or from its record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from clew import fields
from clew.posts import Media

__all__ = ["card", "media"]

_GIF_HOSTS = frozenset({"media.tenor.com", "media.giphy.com", "static.klipy.com"})


def media(embed: object, did: str) -> Iterator[Media]:
    """Yield the pictures, videos and cards of an embed: a view's addresses, else those that the record's names make."""
    for part in (embed, fields.optional(embed, "media", dict)):
        external = fields.optional(part, "external", dict)
        if external is not None:
            yield card(external)
        for key in ("images", "items"):
            for image in fields.optional(part, key, list) or ():
                yield _image(image, did)
        for video in (part, *(fields.optional(part, "videos", list) or ())):
            yield from _video(video, did)


def card(external: dict[str, Any]) -> Media:
    """Return the card of a page; GIFs are given as cards, with their description behind "Alt: "."""
    url = fields.optional(external, "uri", str)
    title, about = (fields.optional(external, key, str) or "" for key in ("title", "description"))
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        host = None
    if host in _GIF_HOSTS:
        return Media(type="gif", url=url, alt=re.sub(r"^alt:\s*", "", about, flags=re.IGNORECASE) or title or None)
    return Media(type="card", url=url, alt=" — ".join(filter(None, (title, about))) or None)


def _image(image: object, did: str) -> Media:
    url = fields.optional(image, "fullsize", str) or fields.optional(image, "thumb", str)
    if url is None and isinstance(image, dict) and did.startswith("did:"):
        name = _blob(image.get("image"))
        url = f"https://cdn.bsky.app/img/feed_fullsize/plain/{did}/{name}@jpeg" if name else None
    return Media(type="image", url=url, alt=fields.optional(image, "alt", str) or None)


def _video(video: object, did: str) -> Iterator[Media]:
    url = fields.optional(video, "playlist", str)
    blob = fields.optional(video, "video", dict)
    if url is None and blob is None:
        return
    name = _blob(blob)
    if url is None and name and did.startswith("did:"):
        url = f"https://video.bsky.app/watch/{quote(did, safe='')}/{name}/playlist.m3u8"
    kind = "gif" if fields.optional(video, "presentation", str) == "gif" else "video"
    yield Media(type=kind, url=url, alt=fields.optional(video, "alt", str) or None)


def _blob(blob: object) -> str | None:
    """Return the name of a blob, in the form of today or of 2022."""
    return fields.optional(fields.optional(blob, "ref", dict), "$link", str) or fields.optional(blob, "cid", str)
