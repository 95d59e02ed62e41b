"""Passages of a dossier as W3C Web Annotations, with notes and tags as their bodies; and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from clew.dossier.collection import Item
from clew.dossier.gathered import Gathered
from clew.publish.annotations import annotate, page, parse

__all__ = ["exported", "imported"]


def exported(gathered: Gathered) -> str:
    """Return the passages as a page of annotations; one by itself where there is one."""
    return page(
        [
            annotate(one.post, one.item.added, (one.start, one.start + len(one.item.quote or "")))
            | _told(one.item.note, one.item.tags)
            for one in gathered.passages
        ]
    )


def _told(note: str | None, tags: tuple[str, ...]) -> dict[str, Any]:
    bodies = [{"type": "TextualBody", "value": note, "purpose": "commenting"}] if note else []
    bodies += [{"type": "TextualBody", "value": tag, "purpose": "tagging"} for tag in tags]
    return {"motivation": "commenting" if note else "highlighting", "body": bodies} if bodies else {}


def imported(content: bytes, path: str, added: datetime) -> Iterator[tuple[str, Item]]:
    """Yield what each annotation is about (an id or address), and a passage, whose `of` is that as well.

    Raises:
        BadOption: The file holds no annotations.
    """
    annotations = parse(content, path)
    told = dict(_bodies(content))
    for one in annotations:
        name = one.post or one.source
        if name and one.exact:
            note, tags = told.get(one.id, (None, ()))
            yield (
                name,
                Item(kind="passage", of=name, added=added, quote=one.exact, start=one.start, note=note, tags=tags),
            )


def _bodies(content: bytes) -> Iterator[tuple[str, tuple[str | None, tuple[str, ...]]]]:
    """Yield the note and the tags of each annotation by its id."""
    try:
        waiting: list[Any] = [json.loads(content)]
    except ValueError:
        waiting = [json.loads(line) for line in content.splitlines() if line.strip()]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, Mapping):
            waiting += [one[key] for key in ("items", "first") if key in one]
            if isinstance(one.get("id"), str):
                yield one["id"], _words(one.get("body"))


def _words(body: object) -> tuple[str | None, tuple[str, ...]]:
    bodies = [
        one if isinstance(one, Mapping) else {"value": one} for one in (body if isinstance(body, list) else [body])
    ]
    told = [(one.get("purpose"), one.get("value")) for one in bodies]
    notes = [value for purpose, value in told if purpose != "tagging" and isinstance(value, str) and value]
    tags = tuple(value for purpose, value in told if purpose == "tagging" and isinstance(value, str))
    return "\n".join(notes) or None, tags
