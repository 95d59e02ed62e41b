"""WARC files by whatever program: read to the last byte, each record held to its length and its digests."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from clew.verdicts import Finding

__all__ = ["Found", "Looked", "looked"]

CHUNK = 1 << 18
_HEAD = 1 << 18
"""Bytes of headers; real ones have a few hundred."""
_COUNT = re.compile(r"\d{1,18}")
_RESTORE = "restore the file from a copy; the records that are not named here are in order"
_MOST = 50
"""So many findings in one file; more say nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record."""

    offset: int
    """Where its gzip member, or it itself, begins."""
    length: int
    """Bytes of the file that it takes."""
    type: str
    url: str
    size: int
    """Bytes of its block."""
    date: str
    """As it stands there; empty where it does not."""
    status: str
    """Of an answer of a server; else 200."""
    media: str
    """The type of its payload, without what follows; empty where it is not told."""
    digests: tuple[str, ...]
    """Those of its payload, as `algorithm:hex`: what an index may say of it."""
    whole: bool
    """True where its length and every digest that it states are right."""


@dataclass(slots=True)
class Looked:
    """What became of a file."""

    records: list[Found] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    undigested: int = 0
    """Records with a block that state no digest."""
    packed_together: bool = False
    """True where a gzip member holds more than one record."""
    members: bool = False
    """True where records are packed, each in a member of its own."""


class _Broken(Exception):
    """What is amiss with the bytes from some place on."""


def looked(stream: BinaryIO, where: str, size: int) -> Looked:
    """Return what a WARC file of some bytes holds and what is amiss; after damage the next record is looked for."""
    found = Looked()
    source: _Plain | _Packed = _Packed(stream) if stream.read(2) == b"\x1f\x8b" else _Plain(stream)
    found.members = isinstance(source, _Packed)
    if not size:
        found.findings.append(_finding(where, 0, "the file is empty"))
    at = 0
    while at < size and len(found.findings) < _MOST:
        source.begin(at)
        try:
            while True:
                record = _record(source, at, where, found)
                if source.is_between():
                    break
                found.packed_together = True
                found.records.append(record)
            record_end = source.end()
            found.records.append(_with_length(record, record_end - at))
            at = record_end
        except _Broken as error:
            found.findings.append(_finding(where, at, str(error)))
            after = source.next_after(at)
            if after is None:
                break
            at = after
    if found.packed_together:
        found.notes.append(f"{where}: several records are packed together, so that none can be reached by itself.")
    return found


def _finding(where: str, at: int, says: str) -> Finding:
    return Finding(kind="damaged", where=f"{where}, byte {at}", says=says, do=_RESTORE)


def _with_length(record: Found, length: int) -> Found:
    return replace(record, length=length)


def _record(source: _Plain | _Packed, at: int, where: str, found: Looked) -> Found:
    headers = _headers(source)
    size = int(headers["content-length"])
    kind, url = headers["warc-type"], headers.get("warc-target-uri", "").strip("<>")
    sums = _Sums(
        headers, split=kind in ("response", "request", "revisit") and "http" in headers.get("content-type", "")
    )
    left = size
    while left:
        chunk = source.read(min(left, CHUNK))
        if not chunk:
            raise _Broken(f"its record breaks off {left} bytes before its end")
        sums.take(chunk)
        left -= len(chunk)
    if source.read(4) != b"\r\n\r\n":
        raise _Broken("its block has another length than its header says")
    whole = True
    for says in sums.faults(kind):
        whole = False
        found.findings.append(_finding(where, at, says))
    if size and not sums.stated:
        found.undigested += 1
    if "warc-truncated" in headers:
        found.notes.append(f"{where}, byte {at}: whoever captured it cut it off ({headers['warc-truncated']}).")
    status, media = sums.answer() if kind in ("response", "revisit") else ("200", headers.get("content-type", ""))
    return Found(
        offset=at,
        length=0,
        type=kind,
        url=url,
        size=size,
        date=headers.get("warc-date", ""),
        status=status,
        media=media.partition(";")[0].strip(),
        digests=sums.payload(),
        whole=whole,
    )


def _headers(source: _Plain | _Packed) -> dict[str, str]:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = source.line(_HEAD - len(head))
        head += line
        if not line.endswith(b"\n"):
            raise _Broken("there is no whole WARC header")
        if not head.startswith(b"WARC/"):
            raise _Broken("there is no WARC header")
    found: dict[str, str] = {}
    name = ""
    for text in head.decode("utf-8", "replace").split("\r\n")[1:-2]:
        if text[:1] in " \t" and name:
            found[name] += f" {text.strip()}"
            continue
        name, colon, value = text.partition(":")
        name = name.strip().lower()
        if not colon or (name in found and name in ("content-length", "warc-type", "warc-block-digest")):
            raise _Broken("its header is malformed")
        found[name] = value.strip()
    if "warc-type" not in found or not _COUNT.fullmatch(found.get("content-length", "")):
        raise _Broken("its header does not give type and length")
    return found


class _Sums:
    """The digests of a block and of the payload in it, as far as a header states them."""

    def __init__(self, headers: Mapping[str, str], *, split: bool) -> None:
        self.stated = {
            name: headers[f"warc-{name}-digest"] for name in ("block", "payload") if f"warc-{name}-digest" in headers
        }
        names = {digest.partition(":")[0].lower().replace("-", "") for digest in self.stated.values()} | {"sha256"}
        names &= {"md5", "sha1", "sha256", "sha512"}
        self._block = {name: hashlib.new(name) for name in names}
        self._payload = {name: hashlib.new(name) for name in names}
        self._bare = {name: hashlib.new(name) for name in names}
        self._split = split
        self.head = b""
        """Of the HTTP message, where there is one."""
        self._head = b""
        self._chunks: _Chunks | None = None

    def take(self, data: bytes) -> None:
        for sums in self._block.values():
            sums.update(data)
        if self._split:
            self._head += data
            head, gap, data = self._head.partition(b"\r\n\r\n")
            if not gap:
                return
            self._split, self.head = False, head
            if re.search(rb"(?i)\r\ntransfer-encoding:\s*chunked", head):
                self._chunks = _Chunks()
        for sums in self._payload.values():
            sums.update(data)
        if self._chunks is not None:
            bare = self._chunks.bare(data)
            for sums in self._bare.values():
                sums.update(bare)

    def answer(self) -> tuple[str, str]:
        """Return status and type of an HTTP answer; empty where it does not say."""
        status = re.match(rb"HTTP/\S+ (\d{3})", self.head)
        media = re.search(rb"(?i)\r\ncontent-type:[ \t]*([^\r\n]*)", self.head)
        return status[1].decode() if status else "", media[1].decode("latin-1") if media else ""

    def payload(self) -> tuple[str, ...]:
        """Return what the payload has for digests, as it came and without the framing of its transfer."""
        sums = [self._payload, *([self._bare] if self._chunks is not None else [])]
        return tuple(f"{name}:{one.hexdigest()}" for each in sums for name, one in each.items())

    def faults(self, kind: str) -> Iterator[str]:
        """Yield what is not as the header states; the payload of a revisit stands elsewhere."""
        for what, stated in self.stated.items():
            name = stated.partition(":")[0].lower().replace("-", "")
            if name not in self._block or (what == "payload" and kind in ("revisit", "request")):
                continue
            own = (f"{name}:{self._block[name].hexdigest()}",) if what == "block" else self.payload()
            if plain_digest(stated) not in own:
                yield f"its {what} has not the digest that its header states"


class _Chunks:
    """Takes the framing off a body that came in chunks; what is no such body stays as it is."""

    def __init__(self) -> None:
        self._rest = b""
        self._left = 0

    def bare(self, data: bytes) -> bytes:
        data = self._rest + data
        out = b""
        while data:
            if self._left > 2:
                piece = data[: self._left - 2]
                out += piece
                self._left -= len(piece)
                data = data[len(piece) :]
            elif self._left:
                gone = min(self._left, len(data))
                self._left -= gone
                data = data[gone:]
            else:
                line, end, rest = data.partition(b"\r\n")
                if not end:
                    break
                try:
                    size = int(line.split(b";")[0], 16)
                except ValueError:
                    return out
                data = rest
                self._left = size + 2 if size else 0
                if not size:
                    break
        self._rest = data
        return out


def plain_digest(stated: str) -> str:
    """Return a digest as `algorithm:hex`, from base 32 too.

    >>> plain_digest("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")
    'sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709'
    """
    name, _, value = stated.partition(":")
    name = name.lower().replace("-", "")
    length = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}.get(name, 0)
    if len(value) != length:
        try:
            value = base64.b32decode(value.upper() + "=" * (-len(value) % 8)).hex()
        except ValueError:
            return stated
    return f"{name}:{value.lower()}"


class _Plain:
    """Records that stand in a file as they are."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def begin(self, at: int) -> None:
        self._stream.seek(at)

    def read(self, size: int) -> bytes:
        return self._stream.read(size)

    def line(self, limit: int) -> bytes:
        return self._stream.readline(limit)

    def is_between(self) -> bool:
        return True

    def end(self) -> int:
        return self._stream.tell()

    def next_after(self, at: int) -> int | None:
        return _search(self._stream, at + 1, b"WARC/1.")


class _Packed:
    """Records in gzip members."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def begin(self, at: int) -> None:
        self._stream.seek(at)
        self._at = at
        self._taken = 0
        self._pack = zlib.decompressobj(31)
        self._rest = b""

    def read(self, size: int) -> bytes:
        while len(self._rest) < size and (more := self._more(size)):
            self._rest += more
        data, self._rest = self._rest[:size], self._rest[size:]
        return data

    def line(self, limit: int) -> bytes:
        while b"\n" not in self._rest and len(self._rest) < limit and (more := self._more(4096)):
            self._rest += more
        at = self._rest.find(b"\n") + 1 or min(len(self._rest), limit)
        data, self._rest = self._rest[:at], self._rest[at:]
        return data

    def is_between(self) -> bool:
        """Say whether the member ends here; some programs put more line ends before that."""
        self._rest += self._more(4096)
        if not self._rest.strip(b"\r\n"):
            while not self._pack.eof and (more := self._more(4096)):
                self._rest += more
        if self._rest.strip(b"\r\n"):
            return False
        if not self._pack.eof:
            raise _Broken("its gzip member is cut")
        return True

    def end(self) -> int:
        return self._at + self._taken - len(self._pack.unused_data)

    def next_after(self, at: int) -> int | None:
        return _search(self._stream, at + 1, b"\x1f\x8b\x08")

    def _more(self, most: int) -> bytes:
        while not self._pack.eof:
            packed = self._pack.unconsumed_tail
            if not packed:
                packed = self._stream.read(CHUNK)
                self._taken += len(packed)
                if not packed:
                    return b""
            try:
                chunk = self._pack.decompress(packed, max(most, 512))
            except zlib.error as error:
                raise _Broken(f"it cannot be unpacked ({error})") from error
            if chunk:
                return chunk
        return b""


def _search(stream: BinaryIO, at: int, sign: bytes) -> int | None:
    """Return where a sign stands next in a file; None where it does not."""
    stream.seek(at)
    before = b""
    while chunk := stream.read(CHUNK):
        found = (before + chunk).find(sign)
        if found >= 0:
            return at - len(before) + found
        before = (before + chunk)[-len(sign) + 1 :]
        at = stream.tell()
    return None
