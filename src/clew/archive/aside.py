"""What no line of the ledger names, and yet is whole: put aside, never thrown away.

An interrupted write leaves such records, and so does somebody who takes the last lines out of the ledger. The first
were never acknowledged, the others were; nobody can tell them apart, so both are kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from clew.archive import warc

__all__ = ["ASIDE", "forgotten", "put_aside", "put_records_aside", "whole_records"]

ASIDE = "aside"
"""The folder for them, beside captures/."""


def whole_records(stream: BinaryIO, offset: int) -> Iterator[tuple[int, warc.Record]]:
    """Yield the records of captures that follow each other from an offset on, with their places, until one is torn."""
    while True:
        try:
            found = warc.record(stream, offset)
        except warc.BadWarc:
            return
        if found.type != "warcinfo":
            yield offset, found
        offset += found.length


def put_records_aside(path: Path, offset: int, archive: Path) -> list[Path]:
    """Copy the whole records behind an offset of a WARC file to files of their own; returns these."""
    made = []
    with path.open("rb") as stream:
        for at, found in whole_records(stream, offset):
            own = _place(archive, found.digest)
            if not own.exists():
                stream.seek(at)
                _write(own, stream.read(found.length))
            made.append(own)
    return made


def put_aside(path: Path, archive: Path) -> Path:
    """Move a file there; returns where it is."""
    own = archive / ASIDE / path.name
    _write(own, path.read_bytes())
    path.unlink()
    return own


def forgotten(archive: Path, digest: str) -> bool:
    """Remove a record, because its bytes are held or must not be; says whether there was one."""
    own = _place(archive, digest)
    if not own.exists():
        return False
    own.unlink()
    return True


def _place(archive: Path, digest: str) -> Path:
    return archive / ASIDE / f"{digest.replace(':', '-')}.warc.gz"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
