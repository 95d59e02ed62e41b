"""Points on the way of a write where tests let it fail: a process that dies, a disk that refuses."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import IO, Any

__all__ = ["POINTS", "reached", "set_hook", "sync", "sync_folder"]

#: Every point, in the order of the way: capture, ledger, database. What is named `-sync` is reached before an fsync.
POINTS = (
    "made-folder",
    "segment-begun",
    "capture-begun",
    "capture-half",
    "capture-sync",
    "capture-kept",
    "ledger-half",
    "ledger-sync",
    "ledger-kept",
    "database-noted",
    "batch-begun",
    "batch-filled",
    "batch-kept",
    "reading-done",
    "weave-begun",
    "weave-filled",
    "weave-kept",
    "acknowledged",
    "remove-noted",
    "blank-half",
    "blank-sync",
    "remove-read",
    "remove-purged",
    "seal-half",
    "seal-sync",
    "seal-kept",
    "rebuild-begun",
    "rebuild-filled",
    "rebuild-swapped",
)

_hook: Callable[[str], None] | None = None


def set_hook(hook: Callable[[str], None] | None) -> None:
    """Let a function be called with the name of each point; it may raise OSError, or never come back."""
    global _hook
    _hook = hook


def reached(point: str) -> None:
    """Say that a point is reached."""
    if _hook is not None:
        _hook(point)


def sync(stream: IO[Any], point: str) -> None:
    """Write a file through to the disk."""
    stream.flush()
    reached(point)
    os.fsync(stream.fileno())


def sync_folder(path: str | os.PathLike[str]) -> None:
    """Write a folder's list of names through to the disk, where the system can do that."""
    if os.name == "nt":
        return
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
