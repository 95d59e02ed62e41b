"""Bodies of HTTP responses, unpacked as their Content-Encoding says."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from importlib import import_module
from typing import IO, BinaryIO, Protocol, cast

__all__ = ["unpacked"]

_CHUNK = 1 << 16
_SIP = 1024
"""zstd can't be told how much to give; a kilobyte swells to 32 MB at most."""
_ZSTD = b"\x28\xb5\x2f\xfd"


def unpacked(stream: BinaryIO, encoding: str) -> IO[bytes]:
    """Return the body as it was meant; many tools unpack it and keep the header, so a plain one stays as it is.

    Raises:
        ImportError: It is packed with br or zstd and the library for that is not installed.
    """
    for name in reversed(encoding.lower().split(",")):
        stream, head = _peeked(stream)
        match name.strip():
            case "gzip" | "x-gzip" if head.startswith(b"\x1f\x8b"):
                stream = cast("BinaryIO", gzip.GzipFile(fileobj=stream))
            case "deflate" if not _looks_plain(head):
                stream = _by_steps(stream, head, lambda: _Inflater(zlib.MAX_WBITS), lambda: _Inflater(-zlib.MAX_WBITS))
            case "br" if not _looks_plain(head):
                stream = _by_steps(stream, head, _Brotli)
            case "zstd" if head.startswith(_ZSTD):
                stream = _by_steps(stream, head, _Zstd)
    return stream


def _peeked(stream: BinaryIO) -> tuple[BinaryIO, bytes]:
    """Return the stream and its first bytes, which it still holds."""
    reader = io.BufferedReader(cast("io.RawIOBase", stream), _CHUNK)
    return cast("BinaryIO", reader), reader.peek(_CHUNK)


def _looks_plain(head: bytes) -> bool:
    """Say whether this is JSON or a page, which no packed text is."""
    try:
        text = head[:512].decode()
    except UnicodeDecodeError as error:
        text = head[: error.start].decode() if error.start >= 500 else ""
    return text.lstrip().startswith(("{", "[", "<"))


class _Unpacker(Protocol):
    """Takes packed bytes and gives unpacked ones, about as many as asked for at a time."""

    @property
    def waits(self) -> bool:
        """Whether it can go on only with more bytes."""
        ...

    @property
    def done(self) -> bool:
        """Whether the packed text has come to its end."""
        ...

    def step(self, packed: bytes, most: int) -> bytes: ...


def _by_steps(stream: BinaryIO, head: bytes, *kinds: Callable[[], _Unpacker]) -> BinaryIO:
    """Return the stream unpacked by the first kind that can read its beginning; as it is where none can."""
    for kind in kinds:
        try:
            kind().step(head, _CHUNK)
        except zlib.error:
            continue
        return cast("BinaryIO", io.BufferedReader(_Unpacking(stream, kind()), _CHUNK))
    return stream


class _Unpacking(io.RawIOBase):
    """A stream of what an unpacker makes of another one."""

    def __init__(self, stream: BinaryIO, unpacker: _Unpacker) -> None:
        self._stream = stream
        self._unpacker = unpacker
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest and not self._unpacker.done:
            waits = self._unpacker.waits
            packed = self._stream.read(_CHUNK) if waits else b""
            self._rest = self._unpacker.step(packed, len(buffer))
            if waits and not packed and not self._rest and not self._unpacker.done:
                raise EOFError("it is cut short")
        chunk, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(chunk)] = chunk
        return len(chunk)


class _Inflater:
    def __init__(self, bits: int) -> None:
        self._inner = zlib.decompressobj(bits)

    @property
    def waits(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def done(self) -> bool:
        return self._inner.eof

    def step(self, packed: bytes, most: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + packed, most)


class _Brotli:
    def __init__(self) -> None:
        self._library = import_module("brotli")
        self._inner = self._library.Decompressor()

    @property
    def waits(self) -> bool:
        return bool(self._inner.can_accept_more_data())

    @property
    def done(self) -> bool:
        return bool(self._inner.is_finished())

    def step(self, packed: bytes, most: int) -> bytes:
        try:
            return bytes(self._inner.process(packed, output_buffer_limit=most))
        except self._library.error as error:
            raise zlib.error(str(error)) from error


class _Zstd:
    def __init__(self) -> None:
        self._library = import_module("zstandard")
        self._inner = self._library.ZstdDecompressor().decompressobj()
        self._packed = b""

    @property
    def waits(self) -> bool:
        return not self._packed

    @property
    def done(self) -> bool:
        return bool(self._inner.eof)

    def step(self, packed: bytes, most: int) -> bytes:
        self._packed += packed
        taken, self._packed = self._packed[:_SIP], self._packed[_SIP:]
        try:
            return bytes(self._inner.decompress(taken))
        except self._library.ZstdError as error:
            raise zlib.error(str(error)) from error
