"""Which archive a command is about, how it is opened, and what is said while that takes long."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clew.cli.output import say, write
from clew.cli.progress import Progress

if TYPE_CHECKING:
    from clew.archive import Archive

__all__ = ["archive_option", "is_archive", "opened", "place", "rows", "waiting"]

archive_option = click.option(
    "--archive", metavar="DIR", help="The archive; else CLEW_ARCHIVE, else one in your data folder."
)


def place(given: str | None) -> Path:
    """Return the folder of the archive: as given, else as CLEW_ARCHIVE says, else in the user's data folder."""
    named = given or os.environ.get("CLEW_ARCHIVE")
    return Path(named) if named else _data_folder() / "clew"


def is_archive(folder: Path) -> bool:
    """Say whether there is an archive in a folder."""
    return (folder / "ledger.jsonl").is_file()


@contextmanager
def opened(given: str | None, *, quiet: bool, progress: Progress | None = None) -> Iterator[Archive]:
    """Give the archive that a command is about; a `progress` of the command's own is begun and ended with it.

    Raises:
        NoArchive: There is none.
        DamagedArchive: It must be looked after first.
    """
    from clew import keeping

    def tell(says: str) -> None:
        say(f"clew: {says}")

    with progress or Progress(quiet=quiet) as shown, keeping.opened(place(given), shown.work, tell) as archive:
        yield archive


def waiting() -> None:
    """Say that another process is writing."""
    say("clew: another clew is writing to this archive; waiting for it")


def rows(form: str, names: Sequence[str], values: Iterable[Sequence[Any]]) -> int:
    """Write rows as JSON Lines or CSV; returns how many there were."""
    count = 0

    def counted() -> Iterator[Sequence[Any]]:
        nonlocal count
        for row in values:
            count += 1
            yield row

    write(_jsonl(names, counted()) if form == "jsonl" else _csv(names, counted()))
    return count


def _jsonl(names: Sequence[str], values: Iterable[Sequence[Any]]) -> Iterator[str]:
    import json

    for row in values:
        yield f"{json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, separators=(',', ':'))}\n"


def _csv(names: Sequence[str], values: Iterable[Sequence[Any]]) -> Iterator[str]:
    import csv
    import io

    for row in chain([names], values):
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow([_cell(cell) for cell in row])
        yield line.getvalue()


def _cell(value: Any) -> str | int:
    """Return a cell; a text that a spreadsheet would take for a formula gets an apostrophe before it.

    >>> _cell("=1+1"), _cell("@ana"), _cell(None), _cell(("a", "b"))
    ("'=1+1", '@ana', '', 'a b')
    """
    if value is None or isinstance(value, int):
        return "" if value is None else value
    text = " ".join(value) if isinstance(value, tuple) else str(value)
    return f"'{text}" if _FORMULA.match(text) else text


_FORMULA = re.compile(r"[=+\t\r-]|@(?![\w.-]+$)")


def _data_folder() -> Path:
    """Return where this system keeps what programs hold for a user."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
