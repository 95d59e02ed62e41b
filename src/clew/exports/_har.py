"""HAR files, and cassettes in JSON: exchanges are found by their brackets, so that one is decoded at a time."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from clew.errors import DamagedFile
from clew.exports._listed import Exchange, Listed, saved_body
from clew.exports._streams import shared

__all__ = ["Har"]

_CHUNK = 1 << 20
_QUOTE = ord(b'"')
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

    def _exchanges(self) -> list[Exchange]:
        found: list[Exchange] = []
        for start, end in _spans(shared(self._stream)):
            if end is None:
                self._break_off("its JSON is not closed", len(found))
            else:
                found.append(Exchange(start, end - start, self._asked(start, end)))
        return found

    def _asked(self, start: int, end: int) -> str:
        text = shared(self._stream, start, end - start).read()
        try:
            request = msgspec.json.decode(text, type=_Entry).request
        except (ValueError, RecursionError):
            return ""
        return request.url or request.uri

    def _body(self, path: str, exchange: Exchange) -> tuple[BinaryIO, str]:
        text = shared(self._stream, exchange.start, exchange.size).read()
        try:
            entry = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DamagedFile(path, f"the exchange is no JSON ({error})") from error
        body, encoding = saved_body(entry)
        return io.BytesIO(body), encoding


def _spans(stream: BinaryIO) -> Iterator[tuple[int, int | None]]:
    """Yield where each object in the array of exchanges starts and ends; an end of None where the text breaks off."""
    depth = opened = 0
    array: int | None = None
    key = b""
    for start, token in _tokens(stream):
        if token[:1] == b'"':
            key = token
        elif token in b"{[":
            depth += 1
            if array is None and token == b"[" and _LISTS.get(key) == depth - 1:
                array = depth
            elif array is not None and depth == array + 1:
                opened = start
        else:
            if array is not None and depth == array + 1 and token == b"}":
                yield opened, start + 1
            if depth == array:
                return
            depth -= 1
    yield opened, None


def _tokens(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield each bracket and each string with its place; a string that has no end is left out."""
    before = 0
    text = stream.read(_CHUNK)
    while text:
        rest = len(text)
        for found in _TOKEN.finditer(text):
            if found.end() == len(text) and text[found.start()] == _QUOTE:
                rest = found.start()
                break
            yield before + found.start(), found[0]
        more = stream.read(max(_CHUNK, len(text) - rest))
        if not more:
            return
        before += rest
        text = text[rest:] + more
