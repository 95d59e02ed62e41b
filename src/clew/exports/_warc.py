"""WARC files, record by record."""

from __future__ import annotations

import contextlib
import io
from typing import Any, BinaryIO, cast

from clew.errors import DamagedFile
from clew.exports._listed import Exchange, Listed
from clew.exports._streams import shared, unpacked_copy, unpacker

__all__ = ["Warc"]


class Warc(Listed):
    """A WARC: `response` and `resource` records. Revisits hold no body; what they point to is a record of its own."""

    def _exchanges(self) -> list[Exchange]:
        from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]

        found: list[Exchange] = []
        try:
            self._index(found)
        except ArchiveLoadFailed as error:
            self._stream.seek(0)
            unpack = unpacker(self._stream.read(6))
            if unpack is None or "non-chunked" not in str(error):
                self._break_off("what follows is no WARC record", len(found))
                return found
            # It was packed as a whole: only an unpacked copy lets each record be reached.
            self._stream = unpacked_copy(self.name, self._stream, unpack)
            return self._exchanges()
        return found

    def _index(self, found: list[Exchange]) -> None:
        from warcio.archiveiterator import WARCIterator  # type: ignore[import-untyped]

        self._stream.seek(0)
        with contextlib.redirect_stderr(io.StringIO()):  # warcio writes warnings there
            iterator = WARCIterator(self._stream, no_record_parse=True)
            for record in iterator:
                size = sum(map(len, iter(lambda: record.raw_stream.read(1 << 16), b"")))  # noqa: B023
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                is_aside = record.rec_headers.get_header("Clew-Aside") is not None  # a list of copies, and the like
                if record.rec_type in ("response", "resource") and not url.startswith("dns:") and not is_aside:
                    found.append(Exchange(iterator.get_record_offset(), size, url))
                if size != record.length:
                    self._break_off("a record is shorter than it says", len(found))
                    return

    def status(self, member: str) -> int | None:
        try:
            headers, body = self._opened(f"{self.name}/{member}", self._exchange(member))
        except DamagedFile:
            return None
        body.close()
        code = headers.get_statuscode() if headers else ""
        return int(code) if code.isdecimal() else None

    def _body(self, path: str, exchange: Exchange) -> tuple[BinaryIO, str]:
        from warcio.bufferedreaders import ChunkedDataReader  # type: ignore[import-untyped]

        headers, body = self._opened(path, exchange)
        if headers is None:
            return _readable(body), ""
        if "chunked" in (headers.get_header("Transfer-Encoding") or "").lower():
            body = ChunkedDataReader(body)
        return _readable(body), headers.get_header("Content-Encoding") or ""

    def _opened(self, path: str, exchange: Exchange) -> tuple[Any, Any]:
        """Return the headers of a response, None where it is a resource, and what follows them."""
        from warcio.archiveiterator import WARCIterator
        from warcio.exceptions import ArchiveLoadFailed
        from warcio.statusandheaders import StatusAndHeadersParser  # type: ignore[import-untyped]

        stream = shared(self._stream)
        stream.seek(exchange.start)
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                record = next(iter(WARCIterator(stream, no_record_parse=True)))
                body = record.raw_stream
                if record.rec_type != "response" or not exchange.url.startswith(("http:", "https:")):
                    return None, body
                return StatusAndHeadersParser([], verify=False).parse(body), body
        except (ArchiveLoadFailed, StopIteration, EOFError) as error:
            raise DamagedFile(path, "the record cannot be read") from error


class _Reading(io.RawIOBase):
    """A stream over anything that has `read`."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _readable(stream: Any) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Reading(stream), 1 << 16))
