"""What the formats of X share: text with its entities put in place, media, and the address of a quoted post."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from clew import addresses, fields, texts
from clew.posts import Link, Media, Mention, Tag

__all__ = ["Body", "Entities", "best_video", "body", "quoted_id", "v1_entities", "v1_media", "v2_entities", "v2_media"]


@dataclass(slots=True)
class Entities:
    """The entities of a text, each with its span in code points over the escaped text."""

    links: list[tuple[int, int, str, str, str]] = field(default_factory=list)
    """start, end, what stands in the text (t.co), what readers see, full address."""
    mentions: list[tuple[int, int, str, str | None]] = field(default_factory=list)
    """start, end, handle, id."""
    tags: list[tuple[int, int, str]] = field(default_factory=list)
    """start, end, tag without its sign."""
    media: list[tuple[int, int, str]] = field(default_factory=list)
    """start, end, what stands in the text (t.co); cut out, since readers see the picture instead."""


class Body(NamedTuple):
    """A post's text as readers saw it, with its parts."""

    text: str
    links: tuple[Link, ...] = ()
    mentions: tuple[Mention, ...] = ()
    tags: tuple[Tag, ...] = ()


def body(text: str, entities: Entities) -> Body:
    """Return the text as readers saw it: links as shown, media links cut out, entities decoded.

    A span that does not hold what its entity says is looked for in the text; an entity that the text does not hold
    is left out, but for links, which stay without a place (0, 0).
    """
    media, links, mentions, tags = entities.media, entities.links, entities.mentions, entities.tags
    if not (links or mentions or tags or media):
        return Body(texts.unescape(text).rstrip())
    named = [
        (start, end) if text[start + 1 : end] == handle else _signed(text, start, end, handle)
        for start, end, handle, _ in mentions
    ]
    named += [_signed(text, start, end, tag) for start, end, tag in tags]
    if links or media or "&" in text or not _are_apart(named):
        edits = [(*_found(text, start, end, raw), "") for start, end, raw in media]
        edits += [(*_found(text, start, end, raw), shown) for start, end, raw, shown, _ in links]
        edits += [(a, b, texts.unescape(text[a:b])) for a, b in named]
        text, spans = texts.rewrite(text, edits)
    else:
        spans = named
    text, end = text.rstrip(), len(text)
    if len(text) < end:
        spans = [span if span[1] <= len(text) else _NOWHERE for span in spans]
    del spans[: len(media)]
    named = spans[len(links) :]
    return Body(
        text,
        _linked(links, spans) if links else (),
        _mentioned(mentions, named) if mentions else (),
        _tagged(tags, named[len(mentions) :]) if tags else (),
    )


def _linked(links: Sequence[tuple[int, int, str, str, str]], spans: Sequence[texts.Span]) -> tuple[Link, ...]:
    pairs = zip(links, spans, strict=False)
    return tuple([Link(start=max(a, 0), end=max(b, 0), shown=shown, url=url) for (*_, shown, url), (a, b) in pairs])


def _mentioned(
    mentions: Sequence[tuple[int, int, str, str | None]], spans: Sequence[texts.Span]
) -> tuple[Mention, ...]:
    pairs = zip(mentions, spans, strict=False)
    return tuple([Mention(start=a, end=b, handle=handle, id=own) for (_, _, handle, own), (a, b) in pairs if a >= 0])


def _tagged(tags: Sequence[tuple[int, int, str]], spans: Sequence[texts.Span]) -> tuple[Tag, ...]:
    return tuple([Tag(start=a, end=b, tag=tag) for (_, _, tag), (a, b) in zip(tags, spans, strict=True) if a >= 0])


_NOWHERE = (-1, -1)


def _are_apart(spans: Sequence[texts.Span]) -> bool:
    """Say whether spans stand in the text, one after the other."""
    at = 0
    for start, end in spans:
        if start < at:
            return False
        at = end
    return True


def _found(text: str, start: int, end: int, raw: str) -> texts.Span:
    if text[start:end] == raw:
        return start, end
    return texts.first_span(text, raw) or _NOWHERE


def _signed(text: str, start: int, end: int, word: str) -> texts.Span:
    """Return the span of a word behind its sign (@, #, $), which may be full-width."""
    if text[start + 1 : end].casefold() == word.casefold():
        return start, end
    at = texts.first_span(text.casefold(), word.casefold())
    if at is None or at[0] == 0 or text[at[0] - 1] not in "@＠#＃$" or len(text) != len(text.casefold()):
        return _NOWHERE
    return at[0] - 1, at[1]


def v1_entities(entities: Any, extended: Any = None) -> Entities:
    """Return the entities of API v1.1, GraphQL `legacy` and account archives, whose indices may be strings."""
    found = Entities()
    get = entities.get if isinstance(entities, dict) else _NOTHING.get
    for item in _dicts(get("urls")):
        raw = _string(item.get("url")) or ""
        url = _string(item.get("expanded_url")) or raw
        if shown := _shown(item, url):
            found.links.append((*_indices(item), raw, shown, url))
    for item in _dicts(get("user_mentions")):
        if handle := _string(item.get("screen_name")):
            found.mentions.append((*_indices(item), handle, _string(item.get("id_str"))))
    for item in (*_dicts(get("hashtags")), *_dicts(get("symbols"))):
        if tag := _string(item.get("text")):
            found.tags.append((*_indices(item), tag))
    for item in (*_dicts(get("media")), *_media_of(extended)):
        if in_text := _string(item.get("url")):
            found.media.append((*_indices(item), in_text))
    return found


def v2_entities(entities: Any) -> Entities:
    """Return the entities of API v2, where links to pictures stand among the others."""
    found = Entities()
    if not isinstance(entities, dict):
        return found
    for item in _dicts(entities.get("urls")):
        raw = _string(item.get("url")) or ""
        url = _string(item.get("expanded_url")) or raw
        shown = _shown(item, url)
        if "media_key" in item or shown.startswith(("pic.twitter.com/", "pic.x.com/")):
            found.media.append((*_start_end(item), raw))
        elif shown:
            found.links.append((*_start_end(item), raw, shown, url))
    for item in _dicts(entities.get("mentions")):
        if handle := _string(item.get("username")):
            found.mentions.append((*_start_end(item), handle, _string(item.get("id"))))
    for item in (*_dicts(entities.get("hashtags")), *_dicts(entities.get("cashtags"))):
        if tag := _string(item.get("tag")):
            found.tags.append((*_start_end(item), tag))
    return found


def _shown(item: dict[str, Any], url: str) -> str:
    """Return a link's words: as the entity says, else its address without the scheme."""
    shown = _string(item.get("display_url")) or url.removeprefix("https://").removeprefix("http://")
    return shown.strip()


def v1_media(entities: Any, extended: Any = None) -> tuple[Media, ...]:
    """Return the media of API v1.1, GraphQL `legacy` and account archives, each once, in the author's order."""
    items = _media_of(extended) or _media_of(entities)
    if not items:
        return ()
    return tuple(
        Media(type=_media_type(item.get("type")), url=_media_url(item), alt=_string(item.get("ext_alt_text")))
        for item in items
    )


def _media_type(kind: object) -> str:
    return {"photo": "image", "animated_gif": "gif", "video": "video"}.get(str(kind), "image")


def _media_url(item: dict[str, Any]) -> str | None:
    info = item.get("video_info")
    video = best_video(info.get("variants")) if isinstance(info, dict) else None
    return video or _string(item.get("media_url_https")) or _string(item.get("media_url"))


def v2_media(item: dict[str, Any]) -> Media:
    """Return a picture, video or poll as API v2 describes it."""
    kind = {"photo": "image", "animated_gif": "gif", "video": "video"}.get(str(item.get("type")))
    options = [option for option in fields.optional(item, "options", list) or () if isinstance(option, dict)]
    labels = " | ".join(fields.optional(option, "label", str) or "" for option in options)
    url = best_video(item.get("variants")) or fields.optional(item, "url", str)
    return Media(
        type=kind or ("poll" if options else "file"),
        url=url or fields.optional(item, "preview_image_url", str),
        alt=labels or fields.optional(item, "alt_text", str),
    )


def best_video(variants: object) -> str | None:
    """Return the address of the MP4 with the highest bitrate, else of any variant; None where there is none."""
    listed = [item for item in variants if isinstance(item, dict)] if isinstance(variants, list) else []
    mp4 = [item for item in listed if item.get("content_type") == "video/mp4"]
    best = max(mp4 or listed, key=lambda item: _number(item.get("bitrate") or item.get("bit_rate")), default=None)
    return _string(best.get("url")) if best else None


def quoted_id(links: Iterable[Link]) -> str | None:
    """Return the id of the post that the last link points to, as X writes a quote; None where it points elsewhere."""
    last = None
    for link in links:
        last = link
    address = addresses.parse(last.url) if last and last.url else None
    return address.id if address and address.platform == "x" else None


_NOTHING: dict[str, Any] = {}


def _media_of(entities: Any) -> list[dict[str, Any]]:
    return _dicts(entities.get("media")) if isinstance(entities, dict) else []


def _dicts(items: Any) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if items and isinstance(items, list) else []


def _indices(item: dict[str, Any]) -> texts.Span:
    indices = item.get("indices")
    if not isinstance(indices, list) or len(indices) != 2:
        return 0, 0
    start, end = indices
    return (start, end) if isinstance(start, int) and isinstance(end, int) else (_number(start), _number(end))


def _start_end(item: dict[str, Any]) -> texts.Span:
    return _number(item.get("start")), _number(item.get("end"))


def _number(value: object) -> int:
    """Return a whole number that may be written as a string; 0 for anything else."""
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and len(value) < 19 and value.isascii() and value.isdecimal() else 0


def _string(value: object) -> str | None:
    return fields.clean(value) if value and isinstance(value, str) else None
