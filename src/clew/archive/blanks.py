"""What stands in a WARC file where a record was removed: a record of just its length that says so."""

from __future__ import annotations

import hashlib
import struct
import uuid
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

__all__ = ["blank", "blank_digest"]

_NAMES = uuid.UUID("6f1e2c1a-6a0e-5f0b-9a57-0c1e17c1e3aa")
_FILL = 1 << 20


def blank(length: int, line: int, time: datetime) -> Iterator[bytes]:
    """Yield a gzip member of a length, with a record that names the line of the ledger which tells of the removal.

    What the record does not fill is a comment of spaces in the head of the member (RFC 1952): no reader minds it. The
    same length, line and time give the same bytes. The shortest record that clew writes leaves room for it.
    """
    body = _record(line, time)
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = pack.compress(body) + pack.flush()
    tail = packed + struct.pack("<II", zlib.crc32(body), len(body))
    spare = length - 10 - len(tail)
    if spare < 0:
        raise ValueError(f"a record of {length} bytes leaves no room")
    yield b"\x1f\x8b\x08" + (b"\x10" if spare else b"\0") + b"\0\0\0\0\x02\xff"
    spare -= 1
    while spare > 0:
        yield b" " * min(spare, _FILL)
        spare -= _FILL
    yield (b"\0" if length - 10 - len(tail) else b"") + tail


def blank_digest(length: int, line: int, time: datetime) -> str:
    """Return `sha256:` and the digest of what `blank` yields."""
    found = hashlib.sha256()
    for piece in blank(length, line, time):
        found.update(piece)
    return f"sha256:{found.hexdigest()}"


def _record(line: int, time: datetime) -> bytes:
    block = f"removed: see line {line} of the ledger\r\n".encode()
    fields = {
        "WARC-Type": "metadata",
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(_NAMES, str(line))}>",
        "WARC-Date": time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Content-Type": "application/warc-fields",
        "Content-Length": str(len(block)),
    }
    head = "\r\n".join(["WARC/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]).encode()
    return head + block + b"\r\n\r\n"
