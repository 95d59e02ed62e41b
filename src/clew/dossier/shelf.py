"""Where dossiers are kept: a file each in the folder `dossiers/` of an archive, written whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from clew.dossier.collection import Dossier, from_json, to_json
from clew.errors import BadOption, DamagedArchive, NotWritten
from clew.lock import locked

__all__ = ["FOLDER", "Shelf"]

FOLDER = "dossiers"
LOCK = "dossiers.lock"
"""Is held while a dossier is read, changed and written, so that no process undoes what another one did."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


class Shelf:
    """The dossiers of an archive."""

    def __init__(self, archive: Path) -> None:
        self.folder = archive / FOLDER

    def __iter__(self) -> Iterator[Dossier]:
        """Yield all of them by their names."""
        for path in sorted(self.folder.glob("*.json")):
            yield self.get(path.stem)

    def new(self, name: str, title: str | None = None) -> Dossier:
        """Make a dossier and keep it.

        Raises:
            BadOption: The name is none, or is taken.
            NotWritten: The disk refuses.
        """
        if not _NAME.fullmatch(name):
            raise BadOption(f"{name}: is no name for a dossier. Use lower-case letters, digits and dashes.")
        with self._writing():
            if self._path(name).exists():
                raise BadOption(f"{name}: there is such a dossier already.")
            dossier = Dossier(name=name, title=title or name, made=datetime.now(UTC).replace(microsecond=0))
            self._put(dossier)
        return dossier

    def get(self, name: str) -> Dossier:
        """Return the dossier of a name.

        Raises:
            BadOption: There is none.
            DamagedArchive: Its file is broken.
        """
        path = self._path(name) if _NAME.fullmatch(name) else None
        if path is None or not path.is_file():
            raise BadOption(f"{name}: there is no such dossier. Make it with: clew dossier new {name}")
        try:
            return from_json(path.read_bytes())
        except msgspec.DecodeError as error:
            raise DamagedArchive(str(path), f"is no dossier: {error}") from error

    def change(self, name: str, how: Callable[[Dossier], Dossier]) -> Dossier:
        """Keep what `how` makes of a dossier as it is now; others who change it wait meanwhile.

        Raises:
            BadOption: There is none.
            DamagedArchive: Its file is broken.
            NotWritten: The disk refuses.
            Whatever `how` raises; nothing is changed then.
        """
        with self._writing():
            before = self.get(name)
            after = how(before)
            if after != before:
                self._put(after)
        return after

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with locked(self.folder.with_name(LOCK), wait=True):
            yield

    def _put(self, dossier: Dossier) -> None:
        path = self._path(dossier.name)
        part = path.with_suffix(".part")
        try:
            self.folder.mkdir(exist_ok=True)
            with part.open("wb") as stream:
                stream.write(to_json(dossier))
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(path)
        except OSError as error:
            raise NotWritten(str(path), (error.strerror or str(error)).lower()) from error

    def forget(self, posts: Collection[str]) -> None:
        """Take the words of posts that were removed out of all dossiers; the items stay, as posts that are gone.

        Raises:
            NotWritten: The disk refuses.
        """
        for dossier in list(self):
            self.change(dossier.name, lambda own: _lacking_words(own, posts))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def _lacking_words(dossier: Dossier, posts: Collection[str]) -> Dossier:
    items = tuple(
        msgspec.structs.replace(item, kind="post", quote=None, start=None)
        if item.kind == "passage" and item.of in posts
        else item
        for item in dossier.items
    )
    return msgspec.structs.replace(dossier, items=items)
