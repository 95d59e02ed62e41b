"""Bytes on their way: in memory as long as they are few, then in a temporary file."""

from __future__ import annotations

import io
import tempfile
from typing import IO, BinaryIO, cast

__all__ = ["Spool"]

_MEMORY = 1 << 20


class Spool:
    """A place to write into, and then to read from. What is never closed costs nothing but memory, if it is small."""

    def __init__(self) -> None:
        self._inner: BinaryIO = io.BytesIO()
        self._size = 0

    def write(self, data: bytes) -> None:
        """Put bytes at the end."""
        self._size += len(data)
        if self._size > _MEMORY and isinstance(self._inner, io.BytesIO):
            file = cast("BinaryIO", tempfile.TemporaryFile())
            file.write(self._inner.getvalue())
            self._inner = file
        self._inner.write(data)

    def whole(self) -> IO[bytes]:
        """Return all of it as a stream that stands at its beginning; whoever takes it closes it."""
        self._inner.seek(0)
        return self._inner

    def close(self) -> None:
        self._inner.close()
