"""One writer at a time: a lock on a file, which the system lets go when the process that holds it dies."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from clew.errors import NotWritten

__all__ = ["locked"]


@contextmanager
def locked(path: Path, *, wait: bool, waiting: Callable[[], None] = lambda: None) -> Iterator[bool]:
    """Hold the lock for the block; gives False, at once, where another process has it and `wait` is False.

    `waiting` is called once where the lock has to be waited for.

    Raises:
        NotWritten: The folder can't be written to.
    """
    try:
        stream = path.open("a+b")
    except OSError as error:
        raise NotWritten(str(path.parent), (error.strerror or str(error)).lower()) from error
    with stream:
        held = _taken(stream, wait=False)
        if not held and wait:
            waiting()
            held = _taken(stream, wait=True)
        try:
            yield held
        finally:
            if held:
                _let_go(stream)


if sys.platform == "win32":
    import msvcrt
    import time

    def _taken(stream: IO[bytes], *, wait: bool) -> bool:
        while True:
            try:
                stream.seek(0)
                msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    return False
                time.sleep(0.1)
            else:
                return True

    def _let_go(stream: IO[bytes]) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _taken(stream: IO[bytes], *, wait: bool) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def _let_go(stream: IO[bytes]) -> None:
        fcntl.flock(stream, fcntl.LOCK_UN)
