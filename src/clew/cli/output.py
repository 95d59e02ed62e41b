"""Where results go: a terminal, a pipe, or files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from clew.errors import BadOption
from clew.publish.names import file_names
from clew.publish.text import Paper

__all__ = ["file_names", "is_folder", "paper", "say", "write", "write_files"]

NARROWEST = 40
WIDEST = 200


def paper(width: int | None = None, *, to_file: bool = False) -> Paper:
    """Return the paper for text: as wide as the terminal, in colour only there and where NO_COLOR is not set."""
    if to_file:
        return Paper(width=width or 80)
    columns = width or shutil.get_terminal_size((80, 24)).columns
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return Paper(width=min(max(columns, NARROWEST), WIDEST), colour=sys.stdout.isatty() and not plain)


def write(pieces: Iterable[str] | Iterable[bytes]) -> None:
    """Write to standard output, piece by piece."""
    for piece in pieces:
        if isinstance(piece, bytes):
            sys.stdout.flush()
            sys.stdout.buffer.write(piece)
        else:
            sys.stdout.write(piece)


def say(line: str) -> None:
    """Write a line to standard error, with nothing in it that could drive a terminal."""
    from clew.publish.terminal import safe

    sys.stdout.flush()
    sys.stderr.write(f"{safe(line)}\n")


def is_folder(out: str) -> bool:
    """Say whether a path is meant as a folder: one that is there, or one that ends with a slash."""
    return out.endswith(("/", os.sep)) or os.path.isdir(out)


def write_files(files: Mapping[Path, Iterable[str] | Iterable[bytes]], *, replace: bool) -> None:
    """Write files, each whole or not at all; folders are made as needed.

    Raises:
        BadOption: One of them is there already and must not be replaced (nothing is written then), or the disk refuses.
    """
    for path in files:
        if path.exists() and not path.is_file():
            raise BadOption(f"{path}: is no regular file. Nothing was written.")
        if path.exists() and not replace:
            raise BadOption(f"{path}: already there. Nothing was written; use --replace to replace it.")
    for path, pieces in files.items():
        try:
            _write_file(path, pieces)
        except OSError as error:
            raise BadOption(f"{path}: cannot be written ({(error.strerror or str(error)).lower()}).") from error


def _write_file(path: Path, pieces: Iterable[str] | Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as stream:
            for piece in pieces:
                stream.write(piece if isinstance(piece, bytes) else piece.encode("utf-8", "replace"))
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
