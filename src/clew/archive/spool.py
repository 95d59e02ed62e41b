"""Where answers of servers lie in an archive until they are kept, so that what was interrupted can be gone on with."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from clew.archive.removal import FETCHING
from clew.lock import locked

__all__ = ["spooled"]


@contextmanager
def spooled(archive: Path, question: str) -> Iterator[Path]:
    """Give the file for what servers answer to a question: the same one for the same question.

    Where the block is killed or interrupted the file stays, and is there when the question is put again; else it is
    removed at the end. Another process that is at the same question meanwhile gets a file of its own.

    Raises:
        NotWritten: The folder can't be written to.
    """
    folder = archive / FETCHING
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
    name = hashlib.sha256(question.encode()).hexdigest()[:24]
    lock = folder / f"{name}.lock"
    with locked(lock, wait=False) as held:
        path = folder / (f"{name}.warc.gz" if held else f"{name}-{uuid.uuid4().hex[:8]}.warc.gz")
        try:
            yield path
        except Exception:
            path.unlink(missing_ok=True)
            raise
        finally:
            if held:
                lock.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()
