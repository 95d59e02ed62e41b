"""HAR files, and cassettes in JSON: exchanges are found by their brackets, so that one is decoded at a time."""

from __future__ import annotations

import io
import json
import mmap
import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from clew.errors import DamagedFile
from clew.exports._listed import Exchange, Listed, saved_body
from clew.exports._streams import spooled

__all__ = ["Har"]

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)
_LISTS = {b'"entries"': 2, b'"http_interactions"': 1, b'"interactions"': 1}
"""The keys whose arrays hold the exchanges, and how deep they stand."""


class _Asked(msgspec.Struct):
    """What was asked, in the words of HAR and of cassettes."""

    url: str = ""
    uri: str = ""


class _Entry(msgspec.Struct):
    request: _Asked


class Har(Listed):
    """A HAR, or a cassette of the same build."""

    def __init__(self, name: str, stream: BinaryIO) -> None:
        super().__init__(name, stream)
        if not _is_a_whole_file(stream):
            with stream:
                self._stream = spooled(stream)
        self._bytes = mmap.mmap(self._stream.fileno(), 0, access=mmap.ACCESS_READ)

    def close(self) -> None:
        self._bytes.close()
        super().close()

    def _exchanges(self) -> list[Exchange]:
        found: list[Exchange] = []
        for start, end in _spans(self._bytes):
            if end is None:
                self._break_off("its JSON is not closed", len(found))
            else:
                found.append(Exchange(start, end - start, self._asked(start, end)))
        return found

    def _asked(self, start: int, end: int) -> str:
        try:
            request = msgspec.json.decode(self._bytes[start:end], type=_Entry).request
        except (ValueError, RecursionError):
            return ""
        return request.url or request.uri

    def _body(self, path: str, exchange: Exchange) -> tuple[BinaryIO, str]:
        text = self._bytes[exchange.start : exchange.start + exchange.size]
        try:
            entry = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DamagedFile(path, f"the exchange is no JSON ({error})") from error
        body, encoding = saved_body(entry)
        return io.BytesIO(body), encoding


def _is_a_whole_file(stream: BinaryIO) -> bool:
    try:
        stream.fileno()
    except OSError:
        return False
    return True


def _spans(text: mmap.mmap) -> Iterator[tuple[int, int | None]]:
    """Yield where each object in the array of exchanges starts and ends; an end of None where the text breaks off."""
    depth = start = 0
    array: int | None = None
    key = b""
    for token in _TOKEN.finditer(text):
        first = token[0][:1]
        if first == b'"':
            key = token[0] if array is None else key
        elif first in b"{[":
            depth += 1
            if array is None and first == b"[" and _LISTS.get(key) == depth - 1:
                array = depth
            elif array is not None and depth == array + 1:
                start = token.start()
        else:
            if array is not None and depth == array + 1 and first == b"}":
                yield start, token.end()
            if depth == array:
                return
            depth -= 1
    yield len(text), None
