"""Documents out: one tree of values, many renderers. Adding one is one module and one name in RENDERERS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Protocol, cast

from clew.publish.document import Document

__all__ = ["BINDERS", "PUBLISHERS", "RENDERERS", "Binder", "Renderer", "binder", "by_name"]


class Renderer(Protocol):
    """What a renderer's module gives. It knows nothing of posts, archives or platforms."""

    NAME: str
    """What --to calls it."""
    SUFFIX: str
    """With the dot."""

    def render(self, documents: Sequence[Document]) -> Iterator[str]:
        """Yield one file that holds the documents, in pieces; the same documents give the same text."""
        ...


class Binder(Protocol):
    """What the module of a form gives that is no text."""

    NAME: str
    SUFFIX: str

    def bind(self, documents: Sequence[Document], tell: Callable[[str], None]) -> Iterator[bytes]:
        """Yield one file that holds the documents, in pieces; the same documents give the same bytes.

        What the reader should know and the file does not say, such as a font that is missing, goes to `tell`.
        """
        ...


RENDERERS = {"text": "clew.publish.text", "md": "clew.publish.markdown", "html": "clew.publish.html"}
"""Modules by what --to calls them; each is imported when it is asked for."""
PUBLISHERS = {**RENDERERS, "jsonld": "clew.publish.jsonld", "atom": "clew.publish.atom"}
"""The same with those that want the date of publication."""
BINDERS = {"epub": "clew.publish.epub", "pdf": "clew.publish.pdf"}


def by_name(name: str) -> Renderer:
    """Return the renderer of that name, which must be one of PUBLISHERS."""
    return cast("Renderer", import_module(PUBLISHERS[name]))


def binder(name: str) -> Binder:
    """Return the binder of that name, which must be one of BINDERS."""
    return cast("Binder", import_module(BINDERS[name]))
