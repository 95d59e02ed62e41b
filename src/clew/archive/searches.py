"""Searches that a user has saved: a file of the archive, which making its database again leaves alone."""

from __future__ import annotations

from pathlib import Path

import msgspec

from clew.archive import points
from clew.errors import DamagedArchive, NotWritten

__all__ = ["SEARCHES", "Search", "saved", "write"]

SEARCHES = "searches.json"


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """A saved search."""

    name: str
    query: str


class _File(msgspec.Struct, kw_only=True):
    schema: str
    searches: list[Search]


_SCHEMA = "clew/searches/1"


def saved(folder: Path) -> dict[str, Search]:
    """Return the searches that are saved in an archive, by name, in the order in which they were saved first.

    Raises:
        DamagedArchive: The file is not what clew wrote.
    """
    try:
        content = (folder / SEARCHES).read_bytes()
    except FileNotFoundError:
        return {}
    try:
        return {one.name: one for one in msgspec.json.decode(content, type=_File).searches}
    except msgspec.DecodeError as error:
        raise DamagedArchive(str(folder / SEARCHES), f"it can't be read ({error})") from error


def write(folder: Path, searches: dict[str, Search]) -> None:
    """Save these searches in the place of those that were.

    Raises:
        NotWritten: The disk refuses.
    """
    part = folder / f"{SEARCHES}.part"
    content = msgspec.json.format(msgspec.json.encode(_File(schema=_SCHEMA, searches=list(searches.values()))))
    try:
        part.write_bytes(content + b"\n")
        part.replace(folder / SEARCHES)
        points.sync_folder(folder)
    except OSError as error:
        raise NotWritten(str(folder), (error.strerror or str(error)).lower()) from error
