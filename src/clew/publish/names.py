"""Names of files for threads, which every system takes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from clew.threads import Thread

__all__ = ["file_names"]


def file_names(threads: Iterable[Thread], suffix: str) -> list[str]:
    """Return a name for each thread that every system takes: day, author, id; no two differ in case alone."""
    taken: set[str] = set()
    names: list[str] = []
    for thread in threads:
        day = thread.first.date().isoformat() if thread.first else ""
        words = (day, thread.author.handle or thread.author.name or "", thread.id.partition(":")[2].rpartition("/")[2])
        stem = "-".join(filter(None, (_plain(word)[:60] for word in words))) or "thread"
        name, count = stem, 1
        while name in taken:
            count += 1
            name = f"{stem}-{count}"
        taken.add(name)
        names.append(name + suffix)
    return names


def _plain(word: str) -> str:
    """Return a word in lower-case letters, digits, dots inside and dashes.

    >>> _plain("Ana.bsky.social"), _plain("../../etc")
    ('ana.bsky.social', 'etc')
    """
    return re.sub(r"[^a-z0-9.]+|\.(?=[^a-z0-9])", "-", word.lower()).strip("-.")
