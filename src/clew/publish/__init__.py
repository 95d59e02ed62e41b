"""Documents out: one tree of values, many renderers. Adding one is one module and one name in RENDERERS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Protocol, cast

from clew.publish.document import Document

__all__ = ["RENDERERS", "Renderer", "by_name"]


class Renderer(Protocol):
    """What a renderer's module gives. It knows nothing of posts, archives or platforms."""

    NAME: str
    """What --to calls it."""
    SUFFIX: str
    """With the dot."""

    def render(self, documents: Sequence[Document]) -> Iterator[str]:
        """Yield one file that holds the documents, in pieces; the same documents give the same text."""
        ...


RENDERERS = {"text": "clew.publish.text", "md": "clew.publish.markdown", "html": "clew.publish.html"}
"""Modules by what --to calls them; each is imported when it is asked for."""


def by_name(name: str) -> Renderer:
    """Return the renderer of that name, which must be one of RENDERERS."""
    return cast("Renderer", import_module(RENDERERS[name]))
