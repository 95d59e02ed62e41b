"""The text of a Bluesky post: facets, which count bytes of UTF-8, put in place; some are wrong in the data itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec

from clew import atproto, fields, texts
from clew.posts import Link, Mention, Tag

__all__ = ["Body", "Spans", "body", "link", "mention", "tag"]


class Spans(NamedTuple):
    """Where a facet may stand."""

    stated: texts.Span | None = None
    """By its bytes; None where these are no whole characters of the text."""
    by_points: texts.Span | None = None
    by_units: texts.Span | None = None


class Body(msgspec.Struct, frozen=True):
    """The parts of a post's text."""

    links: tuple[Link, ...]
    mentions: tuple[Mention, ...]
    tags: tuple[Tag, ...]


_URL_LIKE = re.compile(r"[^\s()\[\]<>\"“”]+")
_HANDLE_LIKE = re.compile(r"@[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]")


def body(text: str, value: dict[str, Any]) -> Body:
    """Return the links, mentions and tags of a record's text, in the order of its facets.

    A facet whose bytes do not hold what it says is looked for in the text; where it is nowhere, it has no place (0, 0).
    """
    links: list[Link] = []
    mentions: list[Mention] = []
    tags: list[Tag] = []
    for index, feature in _features(value):
        spans = Spans(*_readings(text, index))
        uri, did, word = (fields.optional(feature, key, str) for key in ("uri", "did", "tag"))
        word = word or fields.optional(feature, "hashtag", str) or _tag_at(text, spans.stated)
        match _kind(feature):
            case "link" | "url" if uri:
                links.append(link(text, uri, spans, [(found.start, found.end) for found in links]))
            case "mention" if did:
                mentions.append(mention(text, did, spans, [(found.start, found.end) for found in mentions]))
            case "tag" | "hashtag" | "facettag" if word:
                tags.append(tag(text, word, spans, [(found.start, found.end) for found in tags]))
    for word in fields.optional(value, "tags", list) or ():
        if isinstance(word, str):
            tags.append(tag(text, fields.clean(word), Spans(), [(found.start, found.end) for found in tags]))
    return Body(tuple(dict.fromkeys(links)), tuple(dict.fromkeys(mentions)), tuple(dict.fromkeys(tags)))


def _features(value: dict[str, Any]) -> Iterator[tuple[object, dict[str, Any]]]:
    for facet in fields.optional(value, "facets", list) or ():
        for feature in fields.optional(facet, "features", list) or ():
            if isinstance(facet, dict) and isinstance(feature, dict):
                yield facet.get("index"), feature


def _kind(feature: dict[str, Any]) -> str:
    return re.split(r"[#.]", fields.optional(feature, "$type", str) or "")[-1].lower()


def _tag_at(text: str, span: texts.Span | None) -> str | None:
    found = re.fullmatch(r"#(\w+)", text[slice(*span)]) if span else None
    return found[1] if found else None


def _readings(text: str, index: object) -> Iterator[texts.Span | None]:
    """Yield where a facet stands by its numbers: as bytes of UTF-8, as it should be, as code points, as UTF-16."""
    start, end = fields.optional(index, "byteStart", int), fields.optional(index, "byteEnd", int)
    for codec, width in (("utf-8", 1), ("utf-32-le", 4), ("utf-16-le", 2)):
        data = text.encode(codec)
        if start is None or end is None or not 0 <= start < end or end * width > len(data):
            yield None
            continue
        try:
            before = data[: start * width].decode(codec)
            inside = data[start * width : end * width].decode(codec)
        except UnicodeDecodeError:
            yield None
            continue
        words = inside.strip()
        first = len(before) + inside.index(words)
        yield (first, first + len(words)) if words else None


def link(text: str, url: str, spans: Spans, taken: list[texts.Span]) -> Link:
    """Return the link: where its address, whole or shortened, can be read, else at the words that the facet marks."""
    shown = [span for span in spans if span and _shows(text[slice(*span)], url)]
    words = [span for span in (spans.stated,) if span and not any(a < span[1] and span[0] < b for a, b in taken)]
    found = (
        next((span for span in shown if _is_bounded(text, *span)), None)
        or next((span for span in words if _is_bounded(text, *span) and "://" not in text[slice(*span)]), None)
        or _address_in(text, url, taken)
        or next(iter((*shown, *words)), (0, 0))
    )
    return Link(start=found[0], end=found[1], shown=text[slice(*found)], url=url)


def _address_in(text: str, url: str, taken: list[texts.Span]) -> texts.Span | None:
    opening = _bare(url)[:4]
    for word in _URL_LIKE.finditer(text):
        if opening not in word[0].casefold() and "%" not in word[0]:
            continue
        end = word.start() + len(word[0].rstrip(".,;:!?'»"))
        cut = texts.is_cut(word[0])
        span = (word.start(), word.end() if cut else end)
        if span not in taken and _shows(text[slice(*span)], url):
            return span
    return None


def _is_bounded(text: str, start: int, end: int) -> bool:
    """Say whether a span does not begin or end within a word, in scripts that part words."""
    edges = ((start - 1, start), (end - 1, end))
    return not any(
        0 <= a < b < len(text) and text[a].isalnum() and text[b].isalnum() and max(text[a], text[b]) < "⺀"
        for a, b in edges
    )


def _shows(words: str, url: str) -> bool:
    """Say whether words are an address, or the beginning of it.

    >>> _shows("example.org/asia...", "https://www.example.org/asia_pacific/")
    True
    """
    shown, whole = _bare(words.rstrip("…").removesuffix("...")), _bare(url)
    return len(shown) >= 4 and whole.startswith(shown)


_SCHEME = re.compile(r"^[a-z]+://")


def _bare(url: str) -> str:
    url = url.strip()
    bare = _SCHEME.sub("", (unquote(url) if "%" in url else url).casefold()).removeprefix("www.")
    return bare.replace("/?", "?").rstrip("/")


def mention(text: str, did: str, spans: Spans, taken: list[texts.Span]) -> Mention:
    """Return the mention; its handle is the DID where the text shows other words than a handle."""
    for span in spans:
        words = text[slice(*span)] if span else ""
        if span and (_HANDLE_LIKE.fullmatch(words) or atproto.SYNTAX["handle"](words)):
            return Mention(start=span[0], end=span[1], handle=words.removeprefix("@"), id=did)
    free = [word.span() for word in _HANDLE_LIKE.finditer(text) if word.span() not in taken]
    stated = spans.stated
    if stated and _is_bounded(text, *stated) and "@" not in text[slice(*stated)]:
        return Mention(start=stated[0], end=stated[1], handle=did, id=did)
    if len(free) == 1:
        return Mention(start=free[0][0], end=free[0][1], handle=text[slice(*free[0])].removeprefix("@"), id=did)
    return Mention(start=0, end=0, handle=did, id=did)


def tag(text: str, word: str, spans: Spans, taken: list[texts.Span]) -> Tag:
    """Return the tag, where its own word stands."""
    word = word.strip().lstrip("#＃") or word
    for span in spans:
        if span and text[slice(*span)].lstrip("#＃").casefold() == word.casefold():
            return Tag(start=span[0], end=span[1], tag=word)
    for found in re.finditer(rf"[#＃]{re.escape(word)}(?!\w)", text, re.IGNORECASE):
        if found.span() not in taken:
            return Tag(start=found.start(), end=found.end(), tag=word)
    return Tag(start=0, end=0, tag=word)
