"""Into an archive: inputs -> captures -> posts -> threads. The order of things is written here, once."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from clew import exports
from clew.archive import Archive, Hand, How, verify
from clew.archive.added import Added, added
from clew.archive.spool import spooled
from clew.archive.store import digested, listing
from clew.archive.verify import Report, Trust
from clew.archive.writer import Watch
from clew.errors import MissingLibrary, NotReadable
from clew.ingest import Intake, is_live
from clew.posts import Item, Notice, Problem

if TYPE_CHECKING:
    import sqlite3

    from clew.fetch import Settings

__all__ = ["Keeper", "opened", "reader", "rebuilt", "unindexed", "verified"]


def reader(
    path: Path,
    format: str | None,  # noqa: A002
    columns: Mapping[str, str] | None,
    unread: list[str],
) -> Iterator[Item]:
    """Yield what a copy of a capture holds; where the copy lies is nowhere said."""
    intake = Intake(format=format, columns=columns)
    place = f"{path.parent}{os.sep}"
    for item in intake.items(str(path)):
        if isinstance(item, Problem) and place in item.reason:
            item = msgspec.structs.replace(item, reason=item.reason.replace(place, ""))
        elif isinstance(item, Notice) and place in item.says:
            item = msgspec.structs.replace(item, says=item.says.replace(place, ""))
        yield item
    unread += [str(error).replace(place, "") for error in intake.errors]
    unread += [f"{name.replace(place, '')}: in no format that clew reads" for name in intake.unread]


def unindexed(path: Path, connection: sqlite3.Connection) -> bool:
    """Take what was removed out of the search index; False where that must go as a whole: nothing here can read it."""
    if not (path / "index").is_dir():
        return True
    try:
        from clew.following import forgotten
    except MissingLibrary:
        return False
    return forgotten(path, connection)


def opened(
    path: Path,
    watch: Watch = lambda what, done, of: None,
    tell: Callable[[str], None] = lambda says: None,
    *,
    repair: bool = True,
) -> Archive:
    """Return the archive in a folder; what an interrupted write left behind is repaired, unless that is not wanted.

    Raises:
        NoArchive: There is none.
        DamagedArchive: The database and the ledger contradict each other.
    """
    return Archive(path, Hand(read=reader, watch=watch, tell=tell, unindexed=unindexed), repair=repair)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Keeps inputs in an archive."""

    archive: Archive
    how: How = field(default_factory=How)
    waiting: Callable[[], None] = lambda: None
    """Is called where another process is writing, and has to be waited for."""
    settings: Settings | None = None
    """For live addresses; None: what the environment says."""
    tell: Callable[[str], None] | None = None
    """Is told what the user should know before it is done, such as what an answer will cost."""
    trusts: bool = True
    """Whether the server of an address may be in a private network."""

    def add(self, path: str) -> Added:
        """Keep a file, a folder, standard input (`-`) or what an address names; read and weave it.

        Raises:
            InputError: There is nothing in it that can be read.
            ArchiveError: The disk refuses, or the archive is damaged.
        """
        with self._at_hand(path) as (place, name, unread):
            intake = Intake(format=self.how.format, columns=self.how.columns)
            parts = intake.claimed(place)
            if os.path.isdir(place):
                files = _files(place, parts)
                digest = _listing_digest(files)
            else:
                files, digest = {}, _digest(place)
            with self.archive.writing(self.waiting) as writer:
                before = writer.held([digest])
                if files:
                    capture = writer.keep_folder(Path(place), name, files, digest, self.how)
                else:
                    capture = writer.keep_file(Path(place), name, digest, self.how)
        found = added(self.archive.connection, capture, again=digest in before)
        own = [str(error) for error in intake.errors] + [f"{n}: in no format that clew reads" for n in intake.unread]
        return replace(found, name=name, unread=(*unread, *dict.fromkeys([*own, *found.unread])))

    @contextmanager
    def _at_hand(self, path: str) -> Iterator[tuple[str, str, list[str]]]:
        """Give an input as a file or folder that can be read twice, what it is called, and what of it was not had."""
        with tempfile.TemporaryDirectory(prefix="clew-") as temporary:
            if path == "-":
                place = Path(temporary, "standard-input")
                with place.open("wb") as out:
                    shutil.copyfileobj(sys.stdin.buffer, out)
                yield str(place), place.name, []
            elif is_live(path):
                with spooled(self.archive.path, path) as place:
                    intake = self._intake(place)
                    if not sum(1 for _ in intake.items(path)) and intake.errors:
                        raise intake.errors[0]
                    yield str(place), "fetched.warc.gz", [str(error) for error in intake.errors]
            elif os.path.exists(path) and not os.path.isdir(path) and not os.path.isfile(path):
                place = Path(temporary, Path(path).name)
                with open(path, "rb") as pipe, place.open("wb") as out:
                    shutil.copyfileobj(pipe, out)
                yield str(place), place.name, []
            else:
                yield path, Path(path).resolve().name, []

    def _intake(self, place: Path) -> Intake:
        how = self.how
        return Intake(
            format=how.format,
            columns=how.columns,
            keep=place,
            settings=self.settings,
            tell=self.tell,
            trusts=self.trusts,
        )


def _files(folder: str, parts: list[str]) -> dict[str, tuple[Path, str]]:
    """Return the files of a folder that belong to parts which are read: where each is, and its digest."""
    found: dict[str, tuple[Path, str]] = {}
    for name, path in exports.files(folder).items():
        whole = f"{folder}/{name}"
        if any(whole == part or whole.startswith(f"{part}/") or part.startswith(f"{whole}/") for part in parts):
            found[name] = path, _digest(str(path))
    return found


def _digest(path: str) -> str:
    try:
        with open(path, "rb") as stream:
            return digested(stream)[0]
    except OSError as error:
        raise NotReadable(path, (error.strerror or str(error)).lower()) from error


def _listing_digest(files: Mapping[str, tuple[Path, str]]) -> str:
    return digested(io.BytesIO(listing(files)))[0]


def rebuilt(
    path: Path, watch: Watch = lambda what, done, of: None, waiting: Callable[[], None] = lambda: None
) -> Archive:
    """Return the archive in a folder, with its database made again from captures and ledger.

    Raises:
        NoArchive: There is none.
        DamagedArchive: The ledger or a capture is not what it was.
        NotWritten: The disk refuses.
    """
    archive = Archive(path, Hand(read=reader, watch=watch), repair=False)
    archive.rebuild(waiting)
    return archive


def verified(
    path: Path, *, deep: bool = False, watch: Watch = lambda what, done, of: None, trust: Trust | None = None
) -> Report:
    """Return whether the archive in a folder is what clew wrote; nothing is written.

    Raises:
        NoArchive: There is none.
    """
    archive = Archive(path, Hand(read=reader, watch=watch), repair=False)
    return verify.verified(archive.path, Hand(read=reader, watch=watch), deep=deep, trust=trust)
