"""Documents as JSON-LD in schema.org's words; the context stands in the file, so that nothing need be fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, assert_never
from urllib.parse import quote

from clew.publish.document import Aside, Before, Block, Document, Enclosure, Missing, Note, Quoted, Said
from clew.publish.links import web_address

__all__ = ["NAME", "SUFFIX", "render"]

NAME = "jsonld"
SUFFIX = ".jsonld"

_ADDRESS = {"@type": "@id"}
CONTEXT = {
    "@vocab": "https://schema.org/",
    **dict.fromkeys(("url", "contentUrl", "sameAs", "archivedAt", "significantLink"), _ADDRESS),
}
#: Written as escapes, since readers of text stumble over them; what is no character stands for no text.
_ESCAPED = {
    **{code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF)},
    **{code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))},
    **dict.fromkeys([*range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0)], "�"),
    **dict.fromkeys((plane + last for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)), "�"),
}

Value = dict[str, Any]


def render(documents: Sequence[Document]) -> Iterator[str]:
    """Yield one object for a document, a graph of several; a DiscussionForumPosting each, whose parts are its posts."""
    if len(documents) == 1:
        whole = {"@context": CONTEXT, **_posting(documents[0])}
    else:
        whole = {"@context": CONTEXT, "@graph": [_posting(document) for document in documents]}
    encoder = json.JSONEncoder(ensure_ascii=False, indent=1)
    yield from (piece.translate(_ESCAPED) for piece in encoder.iterencode(whole))
    yield "\n"


def _posting(document: Document) -> Value:
    head = document.head
    posts = [value for block in document.blocks for value in _parts(block)]
    return _stated(
        {
            "@type": "DiscussionForumPosting",
            "@id": web_address(head.url) or f"urn:clew:{quote(document.id, errors='replace')}",
            "identifier": document.id,
            "headline": head.title,
            "url": web_address(head.url),
            "author": _person(head.author, head.name, head.author_id),
            "publisher": head.platform and {"@type": "Organization", "name": head.platform},
            "datePublished": _stamp(head.first),
            "dateModified": _stamp(head.last),
            "inLanguage": head.language,
            "creativeWorkStatus": head.completeness,
            "text": next((part.text for part in document.blocks if isinstance(part, Said)), None),
            "isPartOf": [value for block in document.blocks if isinstance(block, Before) for value in [_before(block)]],
            "hasPart": [value | {"position": at} for at, value in enumerate(posts, 1)],
            "isBasedOn": [
                _stated(
                    {
                        "@type": "MediaObject",
                        "name": source.file,
                        "sha256": source.capture.removeprefix("sha256:"),
                        "archivedAt": source.memento and web_address(source.memento.url),
                        "dateModified": _stamp(source.memento.time) if source.memento else None,
                    }
                )
                for source in document.sources
            ],
            "sdDatePublished": _stamp(document.colophon.made) if document.colophon else None,
            "usageInfo": " ".join(document.colophon.says) if document.colophon else None,
            "abstract": " ".join(head.left_out) or None,
        }
    )


def _parts(block: Block) -> Iterator[Value]:
    match block:
        case Said():
            yield _said(block)
        case Missing():
            status = "missing" if block.certain else "perhaps missing"
            yield {"@type": "SocialMediaPosting", "creativeWorkStatus": status, "description": block.says}
        case Aside():
            for inner in block.blocks:
                yield from (value | {"alternativeHeadline": block.heading} for value in _parts(inner))
        case Before():
            return
        case _:
            assert_never(block)


def _said(said: Said) -> Value:
    return _stated(
        {
            "@type": "SocialMediaPosting",
            "@id": web_address(said.url),
            "identifier": said.id,
            "name": said.label or None,
            "url": web_address(said.url),
            "author": said.author and {"@type": "Person", "name": said.author},
            "datePublished": _stamp(said.time),
            "dateModified": _stamp(said.edited),
            "inLanguage": said.language,
            "text": said.text,
            "contentRating": said.warning,
            "citation": [_link(note) for note in (*(run.note for run in said.runs if run.note), *said.loose)],
            "associatedMedia": [_media(media) for media in said.media],
            "sharedContent": said.quoted and _quoted(said.quoted),
            "correction": [
                _stated({"@type": "CorrectionComment", "text": earlier.text, "name": earlier.when})
                for earlier in said.earlier
            ],
            "comment": [{"@type": "Comment", "text": mark} for mark in said.marks],
            "isBasedOn": said.place,
        }
    )


def _link(note: Note) -> Value:
    """Return a link as a page; one whose full address is not known has none."""
    held = note.held
    return _stated(
        {
            "@type": "WebPage",
            "name": note.shown,
            "url": web_address(note.url),
            "significantLink": held and web_address(held.leads_to),
            "archivedAt": held and held.memento and web_address(held.memento.url),
            "creativeWorkStatus": held and held.state,
            "description": "; ".join(one.whole for one in note.told),
            "encoding": held and held.capture and _capture(held.capture, held.kept),
        }
    )


def _capture(digest: str, kept: datetime | None) -> Value:
    return _stated({"@type": "MediaObject", "sha256": digest.removeprefix("sha256:"), "uploadDate": _stamp(kept)})


def _media(media: Enclosure) -> Value:
    kinds = {"picture": "ImageObject", "moving picture": "ImageObject", "video": "VideoObject", "audio": "AudioObject"}
    picture = media.picture
    return _stated(
        {
            "@type": kinds.get(media.kind, "MediaObject"),
            "name": media.file or media.kind,
            "caption": media.alt,
            "contentUrl": web_address(media.url),
            "sha256": picture.digest.removeprefix("sha256:") if picture else None,
        }
    )


def _quoted(quoted: Quoted) -> Value:
    held = _said(quoted.post) if quoted.post else {"@type": "SocialMediaPosting", "url": web_address(quoted.url)}
    return _stated({**held, "description": quoted.says})


def _before(before: Before) -> Value:
    held = _said(before.post) if before.post else {"@type": "SocialMediaPosting", "url": web_address(before.url)}
    return _stated({**held, "description": before.says})


def _person(author: str, name: str | None, identifier: str | None) -> Value:
    handle = author if name else None
    return _stated({"@type": "Person", "name": name or author, "alternateName": handle, "identifier": identifier})


def _stated(value: Value) -> Value:
    """Return the value without what is not known."""
    return {key: inner for key, inner in value.items() if inner or (key == "text" and inner == "")}


def _stamp(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
