"""Streams that others are made of: shared positions, unpacking with a guard, temporary copies, digests."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import hashlib
import io
import lzma
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import IO, BinaryIO, cast

from clew.errors import DamagedFile, UnsafeFile

__all__ = ["DAMAGE", "Shared", "guarded", "sha256", "shared", "spooled", "unpacked_copy", "unpacker"]

MAX_RATIO = 200
"""A packed member may swell this many times; text swells 5 to 30 times, a bomb 1,000 times."""
FREE_SIZE = 64 * 1024 * 1024
"""... but up to this many bytes nobody asks."""

#: What the readers of packed files raise on damaged bytes.
DAMAGE = (
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    tarfile.TarError,
    EOFError,
    struct.error,
    OverflowError,
    UnicodeDecodeError,
    NotImplementedError,
)


def spooled(stream: IO[bytes], head: bytes = b"") -> BinaryIO:
    """Return a temporary copy of a stream, with the first bytes that were taken from it already."""
    with contextlib.ExitStack() as undo:
        spool = undo.enter_context(tempfile.TemporaryFile())
        spool.write(head)
        while chunk := stream.read(1 << 20):
            spool.write(chunk)
        spool.seek(0)
        undo.pop_all()
    return cast("BinaryIO", spool)


def unpacked_copy(path: str, stream: BinaryIO, unpack: Callable[[BinaryIO], IO[bytes]]) -> BinaryIO:
    """Return an unpacked copy of a stream, as far as it can be unpacked; the stream is closed."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    with io.BufferedReader(_Guarded(path, unpack(stream), size, stream), 1 << 16) as plain, ExitStack() as stack:
        copy = stack.enter_context(tempfile.TemporaryFile())
        with suppress(DamagedFile):
            while chunk := plain.read1(1 << 16):
                copy.write(chunk)
        stack.pop_all()
    copy.seek(0)
    return cast("BinaryIO", copy)


def sha256(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    return f"sha256:{digest.hexdigest()}"


def unpacker(head: bytes) -> Callable[[BinaryIO], IO[bytes]] | None:
    if head.startswith(b"\x1f\x8b"):
        return lambda stream: cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
    if head.startswith(b"BZh"):
        return bz2.BZ2File
    if head.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMAFile
    return None


class _Guarded(io.RawIOBase):
    """A stream of unpacked bytes that turns damage and swelling into our errors."""

    def __init__(self, path: str, stream: IO[bytes], packed: int, beneath: IO[bytes] | None) -> None:
        self._path = path
        self._stream = stream
        self._some = getattr(stream, "read1", stream.read)
        self._beneath = beneath
        self._most = max(FREE_SIZE, packed * MAX_RATIO)
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            chunk = self._some(len(buffer))
        except (*DAMAGE, OSError) as error:
            where = f"unpacking breaks off after {self._count:,} bytes ({error})"
            raise DamagedFile(self._path, f"{where}; it may be cut short, so download it again") from error
        self._count += len(chunk)
        if self._count > self._most:
            raise UnsafeFile(self._path, f"it swells to more than {MAX_RATIO} times its size, as bombs do")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._stream.close()
        if self._beneath is not None:
            self._beneath.close()
        super().close()


def guarded(path: str, stream: IO[bytes], packed: int, beneath: IO[bytes] | None = None) -> BinaryIO:
    """Return a stream of unpacked bytes that raises our errors; it closes the packed stream beneath it as well."""
    return cast("BinaryIO", io.BufferedReader(_Guarded(path, stream, packed, beneath), 1 << 18))


class Shared(io.RawIOBase):
    """A stream with a position of its own over a stretch of one that is held open (to its end, without a size)."""

    def __init__(self, stream: BinaryIO, start: int = 0, size: int | None = None) -> None:
        self._held = stream
        self._start = start
        self._size = stream.seek(0, io.SEEK_END) - start if size is None else size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._held.seek(self._start + self._at)
        chunk = self._held.read(max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)


def shared(stream: BinaryIO, start: int = 0, size: int | None = None) -> BinaryIO:
    """Return a stream with a position of its own over a stretch of one that can go back and forth."""
    return cast("BinaryIO", io.BufferedReader(Shared(stream, start, size), 1 << 18))
