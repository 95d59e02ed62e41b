"""Threads to look into: those of inputs where one is named, else those of the archive."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clew.cli.archives import opened
from clew.cli.chosen import chosen
from clew.errors import BadOption, NothingFound
from clew.threads import Thread

__all__ = ["Looked", "looked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Where the threads are taken from."""

    threads: Iterator[Thread]
    where: str
    """The inputs, or the archive."""
    archive: Path | None
    """The folder of the archive; None where inputs are named."""
    held: list[str] | None
    """The ids of all threads, where they are all looked at."""
    failed: bool
    """True where an input could not be read, or not to its end; standard error has said so."""


@contextmanager
def looked(
    names: Sequence[str], inputs: Sequence[str], archive: str | None, *, source: str | None, every: bool, quiet: bool
) -> Iterator[Looked]:
    """Give the threads that are named, single posts too; every thread of the archive where `every` asks for them.

    Raises:
        BadOption: Nothing is named, or `every` goes with names.
        NothingFound: A name is that of no thread.
        NoArchive: No input is named, and there is no archive.
    """
    if every == bool(names) and not inputs:
        raise BadOption("name threads or inputs, or ask for the whole archive with --all.")
    if inputs or any(name == "-" or os.path.exists(name) for name in names):
        found = chosen(names, inputs, source=source, quiet=quiet, single=True)
        yield Looked(
            threads=iter(found.threads),
            where=", ".join((*names, *inputs)),
            archive=None,
            held=None,
            failed=found.failed,
        )
        return
    with opened(archive, quiet=quiet) as held:
        from clew.archive.holdings import found as by_name
        from clew.archive.holdings import listed

        ids = None if names else [item.id for item in listed(held.connection, singles=True)]
        wanted = names or ids or ()

        def threads() -> Iterator[Thread]:
            for name in wanted:
                known = by_name(held.connection, name)
                if not known:
                    raise NothingFound(f"{name}: no such thread or post in {held.path}.")
                yield from known

        yield Looked(threads=threads(), where=str(held.path), archive=held.path, held=ids, failed=False)
