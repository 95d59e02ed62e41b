"""WARC 1.1, one gzip member per record: written as streams, and read back with nothing taken on trust."""

from __future__ import annotations

import hashlib
import io
import re
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, cast

from clew.archive import points

__all__ = ["BadWarc", "Digesting", "Record", "opened_block", "packed_digest", "record", "written"]

CHUNK = 1 << 20
_HEADER_LIMIT = 1 << 16
_PACKED_ALREADY = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\xff\xd8\xff", b"\x89PNG")
"""First bytes of what gains nothing from being packed again."""


class BadWarc(Exception):
    """What is amiss in the bytes of a WARC file; becomes a finding or an ArchiveError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it stands in a file."""

    type: str
    """warcinfo, resource, ..."""
    headers: Mapping[str, str]
    """By name in lower case."""
    size: int
    """Bytes of its block."""
    digest: str
    """`sha256:` and the digest of its block, as it was found."""
    length: int
    """Bytes of its gzip member."""


class Digesting:
    """A file that is written to, with the digest of what is written."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._found = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._found.update(data)
        self._out.write(data)

    def flush(self) -> None:
        self._out.flush()

    @property
    def digest(self) -> str:
        """`sha256:` and the digest of all that was written."""
        return f"sha256:{self._found.hexdigest()}"


def packed_digest(stream: BinaryIO, offset: int, length: int) -> str:
    """Return the digest of a stretch of a file, as it stands."""
    stream.seek(offset)
    found = hashlib.sha256()
    while length and (chunk := stream.read(min(CHUNK, length))):
        found.update(chunk)
        length -= len(chunk)
    return f"sha256:{found.hexdigest()}"


def written(
    out: Digesting,
    block: BinaryIO,
    size: int,
    digest: str,
    *,
    kind: str,
    media: str,
    uri: str | None,
    time: datetime,
    own: uuid.UUID | None = None,
) -> None:
    """Write one record as a gzip member of its own; the block must have the size and the digest that are given.

    Its id is `own`, else one that no other record has.

    Raises:
        BadWarc: It has not: the file changed while it was read.
    """
    start = block.read(CHUNK)
    pack = zlib.compressobj(1 if start.startswith(_PACKED_ALREADY) else 6, zlib.DEFLATED, 31)
    out.write(pack.compress(_header(size, digest, kind=kind, media=media, uri=uri, time=time, own=own or uuid.uuid4())))
    found, count, chunk, halved = hashlib.sha256(), 0, start, False
    while chunk:
        found.update(chunk)
        count += len(chunk)
        out.write(pack.compress(chunk))
        if not halved and count * 2 >= size:
            halved = True
            out.flush()
            points.reached("capture-half")
        chunk = block.read(CHUNK)
    if count != size or f"sha256:{found.hexdigest()}" != digest:
        raise BadWarc("it changed while it was read")
    out.write(pack.compress(b"\r\n\r\n") + pack.flush())


def _header(size: int, digest: str, *, kind: str, media: str, uri: str | None, time: datetime, own: uuid.UUID) -> bytes:
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{own}>",
        "WARC-Date": time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "WARC-Target-URI": uri,
        "Content-Type": media,
        "WARC-Block-Digest": digest,
        "WARC-Payload-Digest": digest if kind == "resource" else None,
        "Content-Length": str(size),
    }
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join(["WARC/1.1", *lines, "", ""]).encode()


def record(stream: BinaryIO, offset: int) -> Record:
    """Return the record that begins at an offset, read to its last byte and held to what its header says.

    Raises:
        BadWarc: It is cut, packed amiss, or is not what it says.
    """
    block = _Block(stream, offset)
    while block.read(CHUNK):
        pass
    return block.finished()


def opened_block(stream: BinaryIO, offset: int) -> BinaryIO:
    """Return the block of the record at an offset as a stream; its end checks length and digest.

    Raises:
        BadWarc: (also while reading) It is cut, packed amiss, or is not what it says.
    """
    return cast("BinaryIO", io.BufferedReader(_Block(stream, offset), CHUNK))


class _Block(io.RawIOBase):
    """The block of one record, unpacked as it is read."""

    def __init__(self, stream: BinaryIO, offset: int) -> None:
        stream.seek(offset)
        self._stream = stream
        self._pack = zlib.decompressobj(31)
        self._taken = 0
        self._rest = b""
        self.headers = self._head()
        self._size = int(self.headers["content-length"])
        self._left = self._size
        self._digest = hashlib.sha256()
        self._record: Record | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes of the block; at its end, what stands behind it is checked."""
        wanted = self._left if size < 0 else min(size, self._left)
        if not wanted:
            self.finished()
            return b""
        chunk = self._rest or self._unpacked(wanted)
        if not chunk:
            raise BadWarc(f"it breaks off {self._left:,} bytes before its end")
        chunk, self._rest = chunk[:wanted], chunk[wanted:]
        self._left -= len(chunk)
        self._digest.update(chunk)
        return chunk

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        chunk = self.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def finished(self) -> Record:
        """Return the record, once all of it is read and found in order."""
        if self._record is None:
            behind = self._rest + b"".join(iter(lambda: self._unpacked(CHUNK), b""))
            if behind != b"\r\n\r\n":
                raise BadWarc("its block has another length than its header says")
            if not self._pack.eof:
                raise BadWarc("its gzip member is cut")
            self._record = self._checked()
        return self._record

    def _checked(self) -> Record:
        digest = f"sha256:{self._digest.hexdigest()}"
        kind = self.headers["warc-type"]
        for name in ("warc-block-digest", "warc-payload-digest"):
            stated = self.headers.get(name)
            if stated != digest and not (stated is None and name == "warc-payload-digest" and kind != "resource"):
                raise BadWarc(f"its bytes have not the digest that its header states ({name})")
        length = self._taken - len(self._pack.unused_data)
        return Record(type=kind, headers=self.headers, size=self._size, digest=digest, length=length)

    def _unpacked(self, most: int) -> bytes:
        """Return some more unpacked bytes; empty at the end of the gzip member, or where the file ends before it."""
        while not self._pack.eof:
            packed = self._pack.unconsumed_tail
            if not packed:
                packed = self._stream.read(CHUNK)
                self._taken += len(packed)
                if not packed:
                    return b""
            try:
                chunk = self._pack.decompress(packed, most)
            except zlib.error as error:
                raise BadWarc(f"it cannot be unpacked ({error})") from error
            if chunk:
                return chunk
        return b""

    def _head(self) -> dict[str, str]:
        head = b""
        while b"\r\n\r\n" not in head:
            chunk = self._unpacked(4096)
            head += chunk
            if not chunk or len(head) > _HEADER_LIMIT:
                raise BadWarc("there is no whole WARC header")
        text, _, self._rest = head.partition(b"\r\n\r\n")
        first, *lines = text.decode("utf-8", "replace").split("\r\n")
        found = dict(_field(line) for line in lines)
        if first != "WARC/1.1" or not re.fullmatch(r"[0-9]{1,18}", found.get("content-length", "")):
            raise BadWarc("there is no WARC 1.1 header")
        if len(found) != len(lines) or "warc-type" not in found:
            raise BadWarc("its header is malformed")
        return found


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()
