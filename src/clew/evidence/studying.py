"""Findings of an archive: as they are kept, as the user corrected them; found anew where nothing can be kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from clew.evidence import KINDS, Finding, Parser, find
from clew.evidence.corrections import corrected, load
from clew.evidence.kept import CORRECTIONS, Kept
from clew.threads import Thread

__all__ = ["Finds", "studying", "uncorrected"]

Finds: TypeAlias = Callable[[Thread], list[Finding]]


@contextmanager
def studying(
    archive: Path | None,
    parser: Parser | None = None,
    held: Iterable[str] | None = None,
    kinds: tuple[str, ...] = KINDS,
    *,
    keeps: bool = True,
) -> Iterator[Finds]:
    """Give what finds things in threads: as kept and corrected in an archive; anew where there is none, or none writes.

    `held` are the ids of all threads of the archive: what is kept of others is dropped. An archive gives all kinds.
    Unless it `keeps`, what is kept is read, and nothing is written.
    """
    if archive is None:
        yield lambda thread: find(thread, kinds, parser)
        return
    own = load(archive / CORRECTIONS)
    with uncorrected(archive, parser, held, keeps=keeps) as study:
        yield lambda thread: corrected(thread, study(thread), own)


@contextmanager
def uncorrected(
    archive: Path, parser: Parser | None = None, held: Iterable[str] | None = None, *, keeps: bool = True
) -> Iterator[Finds]:
    """Give what finds things in the threads of an archive, as `studying` does, without what the user says of them."""
    try:
        kept = Kept(archive, writes=keeps)
    except sqlite3.OperationalError:
        yield lambda thread: find(thread, parser=parser)
        return
    with kept:
        if held is not None and keeps:
            kept.forget(held)
        yield lambda thread: kept.findings(thread, parser)
