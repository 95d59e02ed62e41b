"""An archive to search in: posts that are written down, each with its words, language and author."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from clew.archive import Archive
from clew.finding import Finder, Hit
from clew.posts import Item
from clew.search.grammar import parse
from tests.archive.worlds import add, made, write

__all__ = ["archive_of", "found", "ids"]


def archive_of(folder: Path, items: Iterable[Item]) -> Archive:
    """Return a new archive that holds items."""
    archive = made(folder / "archive")
    add(archive, write(folder / "posts.jsonl", items))
    return archive


def found(archive: Archive, query: str, limit: int = 100) -> tuple[Hit, ...]:
    """Return the hits of a query, the index being brought up to the archive."""
    finder: Finder = Finder.of(archive)
    return finder.find(parse(query), limit=limit).hits


def ids(archive: Archive, query: str) -> set[int]:
    """Return the numbers of the posts that a query finds (of those that `tests.archive.worlds.post` makes)."""
    return {int(hit.post[-5:]) for hit in found(archive, query)}
