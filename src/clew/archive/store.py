"""Captures on disk: files that are only ever added to, with a ledger that knows every byte of them."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import msgspec

from clew.archive import points, warc
from clew.archive.aside import put_aside, put_records_aside
from clew.archive.blanks import blank, blank_digest
from clew.archive.ledger import Attempt, Head, Ledger, Line
from clew.errors import DamagedArchive, NotReadable, NotWritten

__all__ = ["LISTING", "SEALS", "SEGMENT", "Place", "Store", "loose_seals"]

SEGMENT = 1 << 30
"""Bytes from which on a WARC file is closed and the next one begun."""
SEALS = "seals"
"""The folder of seals, beside captures/."""
LISTING = "clew/folder/1"
"""The schema of the list of files of a folder, which is a capture too."""
GROUP = 500
"""So many files of a folder are written through to the disk at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a capture lies."""

    digest: str
    size: int
    warc: str
    offset: int


class Store:
    """The captures and the ledger of an archive, as the one process that writes sees them."""

    def __init__(self, path: Path, head: Head, ends: Mapping[str, int], clock: Callable[[], datetime]) -> None:
        self._folder = path / "captures"
        self.ledger = Ledger(path / "ledger.jsonl")
        self.head = head
        self._ends = dict(ends)
        self._clock = clock

    def again(self, digest: str, name: str, format: str | None, columns: Mapping[str, str] | None) -> Line:  # noqa: A002
        """Note that bytes which are held were added again."""
        (line,) = self._noted([self._line("again", digest=digest, name=name, format=format, columns=columns)])
        return line

    def tried(self, attempts: Iterable[tuple[Attempt, str | None]]) -> None:
        """Note what was tried to fill holes, each with the digest of the capture that it brought, if any."""
        self._noted([self._line("tried", digest=digest, attempt=attempt) for attempt, digest in attempts])

    def keep_seal(self, files: Mapping[str, bytes]) -> list[Line]:
        """Keep the files of a seal; returns the lines that the ledger has of them.

        Raises:
            NotWritten: The disk refuses.
        """
        folder = self._folder.parent / SEALS
        try:
            folder.mkdir(exist_ok=True)
            for name, data in files.items():
                with (folder / name).open("wb") as out:
                    out.write(data[: len(data) // 2])
                    out.flush()
                    points.reached("seal-half")
                    out.write(data[len(data) // 2 :])
                    points.sync(out, "seal-sync")
            points.sync_folder(folder)
            points.sync_folder(folder.parent)
        except OSError as error:
            raise NotWritten(str(folder), (error.strerror or str(error)).lower()) from error
        points.reached("seal-kept")
        return self._noted(
            [self._line("seal", name=name, digest=_digest(data), size=len(data)) for name, data in files.items()]
        )

    def keep_rewritten(self, removed: Line, wanted: Sequence[tuple[Line, Path | None]]) -> list[Line]:
        """Keep captures without what was removed, and note first that it was; where there is no path nothing is left.

        Raises:
            NotWritten: The disk refuses.
        """
        kept = self._kept([(line, _opener(path)) for line, path in wanted if path is not None], noted=False)
        return self._noted([removed, *kept, *(line for line, path in wanted if path is None)])

    def blank(self, place: Place, length: int, line: int, time: datetime) -> None:
        """Put a record that says so in the place of one that was removed, unless it is there already.

        Raises:
            OSError: The disk refuses.
        """
        path = self._folder / place.warc
        if not path.is_file():
            return
        with path.open("r+b") as stream:
            if warc.packed_digest(stream, place.offset, length) == blank_digest(length, line, time):
                return
            stream.seek(place.offset)
            for piece in blank(length, line, time):
                stream.write(piece)
                stream.flush()
                points.reached("blank-half")
            points.sync(stream, "blank-sync")

    def keep_file(self, line: Line, path: Path) -> list[Line]:
        """Keep a file; `line` says of it what the ledger shall say. Returns the lines that the ledger has of it.

        Raises:
            NotReadable: The file can't be read, or changes meanwhile.
            NotWritten: The disk refuses.
        """
        return self._kept([(line, _opener(path))])

    def keep_folder(self, line: Line, files: Mapping[str, tuple[Path, str]], held: Iterable[str]) -> list[Line]:
        """Keep the files of a folder, but for those that are held, and last the list of them.

        `files` gives, by path in the folder, where each file is and its digest.
        """
        known, lines = set(held), []
        for group in _groups(files):
            new = {digest: (name, path) for name, (path, digest) in group if digest not in known}
            known.update(new)
            lines += self._kept(
                [
                    (self._line("member", name=name, digest=digest), _opener(path))
                    for digest, (name, path) in new.items()
                ]
            )
        data = listing(files)
        return lines + self._kept([(line, lambda: io.BytesIO(data))])

    def line(self, event: str, **more: object) -> Line:
        """Return a line to be kept."""
        return self._line(event, **more)

    @contextmanager
    def opened(self, place: Place) -> Iterator[BinaryIO]:
        """Give the bytes of a capture; at their end they are known to be what they were.

        Raises:
            DamagedArchive: (also while reading) They are not.
        """
        try:
            with (self._folder / place.warc).open("rb") as stream:
                yield warc.opened_block(stream, place.offset)
        except (warc.BadWarc, OSError) as error:
            reason = str(error) if isinstance(error, warc.BadWarc) else (error.strerror or str(error)).lower()
            where = f"{self._folder / place.warc}: the record at byte {place.offset:,} is damaged"
            raise DamagedArchive(str(self._folder.parent), f"{where}: {reason}".replace(",", " ")) from error

    def copied(self, place: Place, name: str, folder: Path) -> Path:
        """Return a copy of a capture in a folder, under its name there.

        Raises:
            DamagedArchive: It is not what it was, or its name leads out of the folder.
        """
        parts = PurePosixPath(name).parts
        if not parts or parts[0] == "/" or ".." in parts or "\\" in name or "\0" in name:
            raise DamagedArchive(str(self._folder.parent), f"a capture has the name {name!r}, which leads out of it")
        path = folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.opened(place) as block, path.open("wb") as out:
            while chunk := block.read(warc.CHUNK):
                out.write(chunk)
        return path

    def repair(self, seals: Container[str]) -> list[Path]:
        """Take off what stands behind the last line of the ledger; returns where whole records, and seals, are now.

        A record that is torn was never acknowledged and goes; one that is whole is put aside. Only the file that was
        written last can end so, or one that was just begun; anything else is left for verify.
        """
        self.ledger.cut(self.head)
        archive, moved = self._folder.parent, []
        last = max(self._ends, default=None)
        path = self._folder / (last or "")
        if last is not None and path.is_file() and path.stat().st_size > self._ends[last]:
            moved += put_records_aside(path, self._ends[last], archive)
            with path.open("r+b") as stream:
                stream.truncate(self._ends[last])
                points.sync(stream, "capture-sync")
        begun = self._folder / _after(last)
        if begun.exists():
            moved += put_records_aside(begun, 0, archive)
            begun.unlink()
        return moved + [put_aside(path, archive) for path in loose_seals(archive, seals)]

    def _kept(self, wanted: list[tuple[Line, Callable[[], BinaryIO]]], *, noted: bool = True) -> list[Line]:
        """Write captures through to the disk, then their lines; returns these."""
        lines: list[Line] = []
        if not wanted:
            return lines
        try:
            name = self._segment(lines)
            with (self._folder / name).open("r+b") as out:
                out.seek(self._ends[name] if not lines else lines[0].length or 0)
                for line, opens in wanted:
                    lines.append(self._written(out, name, line, opens))
                points.sync(out, "capture-sync")
            points.reached("capture-kept")
            return self._noted(lines) if noted else lines
        except OSError as error:
            raise NotWritten(str(self._folder), (error.strerror or str(error)).lower()) from error

    def _written(self, out: BinaryIO, name: str, line: Line, opens: Callable[[], BinaryIO]) -> Line:
        offset, packed = out.tell(), warc.Digesting(out)
        try:
            with opens() as block:
                digest, size = _measured(block, line)
                points.reached("capture-begun")
                warc.written(
                    packed,
                    block,
                    size,
                    digest,
                    kind="resource",
                    media="application/json" if "folder" in (line.event, line.kind) else "application/octet-stream",
                    uri=f"urn:sha256:{digest.removeprefix('sha256:')}",
                    time=line.time,
                )
        except warc.BadWarc as error:
            raise NotReadable(line.name or "", str(error)) from error
        if line.digest not in (None, digest):
            raise NotReadable(line.name or "", "it changed while it was read")
        return msgspec.structs.replace(
            line,
            digest=digest,
            size=size,
            warc=name,
            offset=offset,
            length=out.tell() - offset,
            packed=packed.digest,
        )

    def _segment(self, lines: list[Line]) -> str:
        """Return the WARC file to write to; for a new one its first record is written, and its line added."""
        name = max(self._ends, default=None)
        if name is not None and self._ends[name] < SEGMENT:
            return name
        name = _after(name)
        while (self._folder / name).exists():
            name = _after(name)
        data = f"software: clew {version('clew')}\r\nformat: WARC File Format 1.1\r\n".encode()
        digest = _digest(data)
        line = self._line("segment", digest=digest, size=len(data), warc=name, offset=0)
        with (self._folder / name).open("xb") as out:
            packed = warc.Digesting(out)
            warc.written(
                packed,
                io.BytesIO(data),
                len(data),
                digest,
                kind="warcinfo",
                media="application/warc-fields",
                uri=None,
                time=line.time,
            )
            lines.append(msgspec.structs.replace(line, length=out.tell(), packed=packed.digest))
            points.sync(out, "segment-begun")
        points.sync_folder(self._folder)
        return name

    def _line(self, event: str, **more: object) -> Line:
        made = {"seq": 0, "before": None, "time": self._clock(), "event": event, "version": version("clew"), **more}
        return msgspec.convert(made, Line)

    def _noted(self, lines: list[Line]) -> list[Line]:
        """Write lines through to the disk; returns them as they stand there."""
        at = self.head
        try:
            self.head = self.ledger.add(lines, at)
        except OSError as error:
            with suppress(OSError):
                self.ledger.cut(at)
            raise NotWritten(str(self.ledger.path), (error.strerror or str(error)).lower()) from error
        for line in lines:
            if line.warc is not None:
                self._ends[line.warc] = (line.offset or 0) + (line.length or 0)
        return [line for line, _ in self.ledger.after(at)]


def loose_seals(archive: Path, known: Container[str]) -> list[Path]:
    """Return the files in seals/ that no line of the ledger names."""
    folder = archive / SEALS
    return [path for path in sorted(folder.iterdir()) if path.name not in known] if folder.is_dir() else []


def has_tail(folder: str, last: str | None, end: int) -> bool:
    """Say whether an interrupted write left something behind the end of the last file, or a file just begun."""
    if os.path.exists(os.path.join(folder, _after(last))):
        return True
    with suppress(FileNotFoundError):
        return last is not None and os.path.getsize(os.path.join(folder, last)) > end
    return False


def listing(files: Mapping[str, tuple[Path, str]]) -> bytes:
    """Return the list of files of a folder, which stands for the folder."""
    rows = [{"path": name, "digest": digest} for name, (_, digest) in sorted(files.items())]
    return json.dumps({"schema": LISTING, "files": rows}, ensure_ascii=False, separators=(",", ":")).encode()


def digested(stream: BinaryIO) -> tuple[str, int]:
    """Return the digest and the size of what a stream holds."""
    found, size = hashlib.sha256(), 0
    while chunk := stream.read(warc.CHUNK):
        found.update(chunk)
        size += len(chunk)
    return f"sha256:{found.hexdigest()}", size


def _after(name: str | None) -> str:
    """Return the name of the WARC file that follows one.

    >>> _after(None), _after("clew-000009.warc.gz")
    ('clew-000001.warc.gz', 'clew-000010.warc.gz')
    """
    return f"clew-{(int(name[5:11]) if name else 0) + 1:06}.warc.gz"


def _digest(data: bytes) -> str:
    return digested(io.BytesIO(data))[0]


def _measured(block: BinaryIO, line: Line) -> tuple[str, int]:
    try:
        found = digested(block)
        block.seek(0)
    except OSError as error:
        raise NotReadable(line.name or "", (error.strerror or str(error)).lower()) from error
    return found


def _groups(files: Mapping[str, tuple[Path, str]]) -> Iterator[list[tuple[str, tuple[Path, str]]]]:
    rows = sorted(files.items())
    for start in range(0, len(rows), GROUP):
        yield rows[start : start + GROUP]


def _opener(path: Path) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        try:
            return path.open("rb")
        except OSError as error:
            raise NotReadable(str(path), (error.strerror or str(error)).lower()) from error

    return opened


def now() -> datetime:
    """Return the time by the clock of the machine."""
    return datetime.now(UTC).replace(microsecond=0)
