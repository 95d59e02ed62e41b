"""What the formats in ActivityStreams 2.0 share: Create, Announce, Note and their kin as posts.

The fields are those of the vocabulary (https://www.w3.org/TR/activitystreams-vocabulary/) and of Mastodon's extensions;
`quote` is that of FEP-044f, `quoteUri` and `_misskey_quote` are older names for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clew import fields, times
from clew.errors import BadRecord
from clew.exports import Export
from clew.posts import Account, Media, Origin, Post
from clew.sources import _fediverse
from clew.sources._fediverse import Named

__all__ = ["NOTES", "Actor", "Outer", "address_of", "audience", "post", "repost", "when"]

NOTES = frozenset({"Note", "Question", "Article", "Page", "Event", "Video", "Image", "Audio"})
"""The types of objects that are posts."""

_EVERYBODY = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
_MEDIA_FOLDER = "media_attachments/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whose posts an export holds, as it says itself."""

    id: str | None = None
    handle: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    """What surrounds an object: the activity, the export and its owner."""

    activity: Mapping[str, Any] = field(default_factory=dict)
    actor: Actor = Actor()
    export: Export | None = None
    """Where attached files are looked for."""


def address_of(value: object) -> str | None:
    """Return the id that a field states: as a string, an object with an id, or the first of a list of these."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and one:
            return fields.clean(one)
        found = fields.optional(one, "id", str) or fields.optional(one, "href", str)
        if found:
            return found
    return None


def audience(*records: Mapping[str, Any]) -> bool | None:
    """Say whether everybody may read what the first record that names readers is; None where none names any."""
    for record in records:
        if "to" in record or "cc" in record:
            return any(one in _EVERYBODY for key in ("to", "cc") for one in _strings(record.get(key)))
    return None


def when(record: Mapping[str, Any], key: str) -> datetime | None:
    """Return the instant under a key; None where it is absent or no date."""
    try:
        return fields.required_time(record, key, times.from_iso)
    except BadRecord:
        return None


def post(note: dict[str, Any], origin: Origin, outer: Outer) -> Post:
    """Return a Note, Question or Article as a post.

    Raises:
        BadRecord: It lacks its id, its author, its time or its words.
    """
    own = fields.required_text(note, "id")
    url = address_of(note.get("url"))
    quotes = _quoted(note)
    body = _fediverse.body(_html(note), _named(note), strip_quote=quotes is not None)
    reply_to = address_of(note.get("inReplyTo"))
    written = when(note, "published") or fields.required_time(outer.activity, "published", times.from_iso)
    return Post(
        platform="mastodon",
        id=own,
        author=_author(
            address_of(note.get("attributedTo")) or address_of(outer.activity.get("actor")), outer, url, own
        ),
        time=written,
        text=body.text,
        reply_to=reply_to,
        reply_to_author=_fediverse.actor_of(reply_to),
        conversation=fields.optional(note, "conversation", str) or fields.optional(note, "context", str) or None,
        quotes=quotes,
        language=_language(note),
        links=body.links,
        mentions=body.mentions,
        tags=body.tags,
        media=tuple(_media(note, outer)),
        origin=origin,
        url=url,
        edited=when(note, "updated"),
        edges_stated="inReplyTo" in note,
        warning=_warning(note),
    )


def repost(announce: dict[str, Any], origin: Origin, outer: Outer) -> Post:
    """Return an Announce as a repost.

    Raises:
        BadRecord: It lacks its id, its actor, its time or what it announces.
    """
    reposts = address_of(announce.get("object"))
    if reposts is None:
        raise BadRecord("expected an id in 'object', got nothing")
    return Post(
        platform="mastodon",
        id=fields.required_text(announce, "id"),
        author=_author(address_of(announce.get("actor")), outer, None, None),
        time=fields.required_time(announce, "published", times.from_iso),
        text="",
        reposts=reposts,
        origin=origin,
        edges_stated=True,
    )


def _author(actor: str | None, outer: Outer, url: str | None, own: str | None) -> Account:
    if actor is None:
        raise BadRecord("expected an id in 'attributedTo' or 'actor', got nothing")
    if actor == outer.actor.id:
        return Account(id=actor, handle=outer.actor.handle, name=outer.actor.name)
    return Account(id=actor, handle=_fediverse.handle_in(actor, url, own))


def _html(note: Mapping[str, Any]) -> str:
    """Return the words: a title, where there is one, and the content, which some servers give by language alone."""
    words = fields.optional(note, "content", str)
    if words is None:
        words = next((text for _, text in _by_language(note)), None)
    title = fields.optional(note, "name", str)
    if words is None and title is None:
        raise BadRecord("expected a string in 'content', got nothing")
    shown = title.replace("&", "&amp;").replace("<", "&lt;") if title else ""
    return f"<p>{shown}</p>{words or ''}" if shown else words or ""


def _by_language(note: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for language, text in (fields.optional(note, "contentMap", dict) or {}).items():
        if isinstance(language, str) and isinstance(text, str):
            yield fields.clean(language), fields.clean(text)


def _language(note: Mapping[str, Any]) -> str | None:
    """Return the language of the content that is shown; None where the map holds several and none is it."""
    found = list(_by_language(note))
    content = fields.optional(note, "content", str)
    same = [language for language, text in found if content is None or text == content]
    return same[0] if same and same[0] != "und" else None


def _warning(note: Mapping[str, Any]) -> str | None:
    """Return the summary where it hides the words: with articles it is an abstract, unless they are sensitive."""
    if note.get("type") != "Note" and note.get("type") != "Question" and not fields.optional(note, "sensitive", bool):
        return None
    return _fediverse.plain(fields.optional(note, "summary", str))


def _quoted(note: Mapping[str, Any]) -> str | None:
    found = (address_of(note.get(key)) for key in ("quote", "quoteUri", "quoteUrl", "_misskey_quote"))
    return next((address for address in found if address), None)


def _named(note: Mapping[str, Any]) -> list[Named]:
    found = []
    for tag in _objects(note.get("tag")):
        name, href = fields.optional(tag, "name", str), fields.optional(tag, "href", str)
        if tag.get("type") == "Mention" and (name or href):
            handle = _fediverse.full_handle(name, _fediverse.host_of(href or "")) if name else None
            found.append(Named(handle=handle or _fediverse.handle_in(href) or "", url=None, id=href))
    return [one for one in found if one.handle]


def _media(note: Mapping[str, Any], outer: Outer) -> Iterator[Media]:
    for item in _objects(note.get("attachment")):
        href = address_of(item.get("url")) or address_of(item.get("href"))
        alt = fields.optional(item, "name", str) or fields.optional(item, "summary", str)
        if href is None and alt is None:
            continue
        is_whole = href is not None and href.startswith(("https://", "http://"))
        file = None if is_whole or href is None else _file(href, outer.export)
        yield Media(type=_kind(item), url=href if is_whole else None, alt=alt or None, file=file)
    options = [*_objects(note.get("oneOf")), *_objects(note.get("anyOf"))]
    if options:
        names = [fields.optional(option, "name", str) or "" for option in options]
        yield Media(type="poll", url=None, alt="\n".join(names) or None)


def _kind(item: Mapping[str, Any]) -> str:
    kind = (fields.optional(item, "mediaType", str) or "").partition("/")[0]
    if kind in ("image", "video", "audio"):
        return kind
    stated = fields.optional(item, "type", str) or ""
    return {"Image": "image", "Video": "video", "Audio": "audio", "Link": "card"}.get(stated, "file")


def _file(href: str, export: Export | None) -> str | None:
    """Return the member that holds an attached file; servers put their own folders before its path."""
    if export is None:
        return None
    path = href.lstrip("/")
    names = (path, path[path.find(_MEDIA_FOLDER) :] if _MEDIA_FOLDER in path else path)
    return next((export.place(name) for name in names if name in export.members), None)


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def _strings(value: object) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
