"""A WARC that grows by one exchange at a time and goes on where it broke off.

Each record is a gzip member of its own, and each exchange is on the disk before the next one begins. A request stands
before its response; headers that could hold a secret are not written. What the server sent is written byte for byte.
"""

from __future__ import annotations

import hashlib
import io
import os
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO
from urllib.parse import urlsplit

from clew.errors import DamagedFile, NotReadable
from clew.fetch.spool import Spool

__all__ = ["Kept", "Warc"]

_TOLD = ("accept", "accept-datetime", "accept-encoding", "if-modified-since", "if-none-match", "user-agent")
"""The request's headers that are written."""
NOTES = "urn:clew:notes"
"""What the record of notices is called, which holds lines of clew/notice/1."""
_CHUNK = 1 << 16
_HEAD = 1 << 16
"""Bytes of a record that are looked at: its own headers and those of the answer."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that stands in the file."""

    url: str
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    offset: int
    """Where its record begins."""
    record: str
    """The record's id."""
    time: str
    digest: str | None
    """Of the body, as it was packed."""


class Warc:
    """A file of exchanges, open for adding to."""

    def __init__(self, path: Path, software: str) -> None:
        """Open a file; one that is there already is kept, but for a record at its end that was not written whole.

        Raises:
            NotReadable: It cannot be written.
            DamagedFile: It is no WARC.
        """
        self.path = path
        self.kept: dict[str, Kept] = {}
        """The last answer to each URL that stood in the file when it was opened."""
        self.finished = False
        """Whether the file says that nothing was left to ask when it was closed."""
        try:
            self._stream: BinaryIO = open(path, "r+b" if path.exists() else "x+b")
        except OSError as error:
            raise NotReadable(str(path), (error.strerror or str(error)).lower()) from error
        try:
            self._recover()
        except BaseException:
            self._stream.close()
            raise
        if self._stream.tell() == 0:
            self._write(
                "warcinfo", None, io.BytesIO(f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode())
            )

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> Warc:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(
        self,
        url: str,
        request: Iterable[tuple[str, str]],
        response: IO[bytes],
        *,
        digest: str | None,
        cut: str | None = None,
        aside: bool = False,
    ) -> None:
        """Write an exchange; when this returns it is on the disk.

        `digest` is that of the body; `cut` says why an answer is not whole; `aside` that no posts are expected in it.
        """
        number, time = uuid.uuid4(), _now()
        named = {"WARC-Concurrent-To": f"<urn:uuid:{number}>"}
        self._write("request", url, _request(url, request), time=time, more=named)
        more = {"WARC-Payload-Digest": digest} if digest else {}
        more |= {"WARC-Truncated": cut} if cut else {}
        more |= {"Clew-Aside": "yes"} if aside else {}
        self._write("response", url, response, number=number, time=time, more=more)
        self._save()

    def add_unchanged(self, kept: Kept, request: Iterable[tuple[str, str]], response: IO[bytes]) -> None:
        """Write that an answer is still what it was."""
        number, time = uuid.uuid4(), _now()
        named = {"WARC-Concurrent-To": f"<urn:uuid:{number}>"}
        self._write("request", kept.url, _request(kept.url, request), time=time, more=named)
        more = {
            "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/server-not-modified",
            "WARC-Refers-To": kept.record,
            "WARC-Refers-To-Target-URI": kept.url,
            "WARC-Refers-To-Date": kept.time,
            **({"WARC-Payload-Digest": kept.digest} if kept.digest else {}),
        }
        self._write("revisit", kept.url, response, number=number, time=time, more=more)
        self._save()

    def finish(self, log: bytes, notes: bytes) -> None:
        """Write that all was asked, with the log of what was tried and what a comparison of the answers shows."""
        if notes:
            self._write("resource", NOTES, io.BytesIO(notes), more={"Content-Type": "application/x-ndjson"})
        more = {"Content-Type": "application/json"}
        self._write("metadata", "urn:clew:attempts", io.BytesIO(log), more=more)
        self._save()

    def body(self, kept: Kept) -> IO[bytes]:
        """Return the body of an answer that stands in the file, as it was packed."""
        from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

        with open(self.path, "rb") as stream:
            stream.seek(kept.offset)
            record = next(iter(ArchiveIterator(stream)))
            spool = Spool()
            _copy_payload(record, spool)
        return spool.whole()

    # Writing ---------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def _write(
        self,
        kind: str,
        url: str | None,
        block: IO[bytes],
        *,
        number: uuid.UUID | None = None,
        time: str | None = None,
        more: Mapping[str, str] | None = None,
    ) -> None:
        size, digest = _measured(block)
        types = {"request": "application/http; msgtype=request", "warcinfo": "application/warc-fields"}
        headers = {
            "WARC-Type": kind,
            "WARC-Record-ID": f"<urn:uuid:{number or uuid.uuid4()}>",
            "WARC-Date": time or _now(),
            **({"WARC-Target-URI": url} if url else {}),
            "WARC-Block-Digest": digest,
            "Content-Type": types.get(kind, "application/http; msgtype=response"),
            **(more or {}),
            "Content-Length": str(size),
        }
        packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._stream.write(packer.compress(f"WARC/1.1\r\n{head}\r\n".encode()))
        for chunk in iter(lambda: block.read(_CHUNK), b""):
            self._stream.write(packer.compress(chunk))
        self._stream.write(packer.compress(b"\r\n\r\n") + packer.flush())

    # Going on where it broke off -------------------------------------------------------------------------------------

    def _recover(self) -> None:
        """Note the answers in the file and stand at its end, or where what was not written whole begins."""
        end = 0
        for start, after, head in _members(self._stream):
            named, _, block = head.partition(b"\r\n\r\n")
            record = _headers(named)
            kind = record.get("warc-type")
            if not named.startswith(b"WARC/1.1") or (start == 0 and not block.startswith(b"software: clew")):
                break
            self.finished = kind == "metadata"
            if kind == "request":
                continue  # it counts only with the response behind it
            if kind == "response" and "warc-truncated" not in record:
                kept = _kept(record, block, start)
                self.kept[kept.url] = kept
            end = after
        if end == 0 and self._stream.seek(0, io.SEEK_END):
            raise DamagedFile(str(self.path), "was not written by clew, so nothing is added to it; name another file")
        self._stream.seek(end)
        self._stream.truncate()


def _members(stream: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Yield where each whole gzip member begins and ends, with the first bytes that it holds."""
    start = 0
    while True:
        stream.seek(start)
        unpacker, head, at = zlib.decompressobj(16 + zlib.MAX_WBITS), b"", start
        while not unpacker.eof:
            chunk = stream.read(_CHUNK)
            if not chunk:
                return
            at += len(chunk)
            try:
                head += unpacker.decompress(chunk)[: _HEAD - len(head)]
            except zlib.error:
                return
        end = at - len(unpacker.unused_data)
        yield start, end, head
        start = end


def _headers(head: bytes) -> dict[str, str]:
    """Return the lines after the first one, by name in lower case."""
    lines = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _kept(record: Mapping[str, str], block: bytes, start: int) -> Kept:
    http, _, _ = block.partition(b"\r\n\r\n")
    words = http.split(b" ", 2)
    return Kept(
        url=record.get("warc-target-uri", ""),
        status=int(words[1]) if len(words) > 1 and words[1].isdigit() else 0,
        headers=_headers(http),
        offset=start,
        record=record.get("warc-record-id", ""),
        time=record.get("warc-date", ""),
        digest=record.get("warc-payload-digest"),
    )


def _copy_payload(record: Any, into: Spool) -> None:
    from warcio.bufferedreaders import ChunkedDataReader  # type: ignore[import-untyped]

    body = record.raw_stream
    if "chunked" in (record.http_headers.get_header("Transfer-Encoding") or "").lower():
        body = ChunkedDataReader(body)
    for chunk in iter(lambda: body.read(_CHUNK), b""):
        into.write(chunk)


def _request(url: str, headers: Iterable[tuple[str, str]]) -> BinaryIO:
    """Return the request as it is written: without what could hold a secret."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers if name.lower() in _TOLD]
    return io.BytesIO("".join(f"{line}\r\n" for line in [*lines, ""]).encode())


def _measured(block: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for chunk in iter(lambda: block.read(_CHUNK), b""):
        digest.update(chunk)
        size += len(chunk)
    block.seek(0)
    return size, f"sha256:{digest.hexdigest()}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
