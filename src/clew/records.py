"""Bytes into records, each with its place, in bounded memory: lines, and the values of a JSON text of any size."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from clew.errors import DamagedFile

__all__ = ["LIMIT", "Json", "decoded", "lines"]

LIMIT = 64 * 1024 * 1024
"""The longest line, and the longest single JSON value, in bytes or characters. No post is a millionth of it."""
CHUNK = 1 << 20

_SPACE = re.compile(r"[ \t\r\n]*")
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECODER = json.JSONDecoder()


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield the number (from 1) and the bytes of each line that is not blank; None for one longer than LIMIT.

    A byte order mark before the first line, and NUL bytes (which some tools leave), are dropped.
    """
    number = 0
    while line := stream.readline(LIMIT + 1):
        number += 1
        if len(line) > LIMIT:
            while line and not line.endswith(b"\n"):
                line = stream.readline(LIMIT)
            yield number, None
            continue
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        line = line.replace(b"\0", b"").strip()
        if line:
            yield number, line


def decoded(data: bytes, name: str) -> str:
    """Return text whose encoding is UTF-8, or UTF-16/32 with a byte order mark; line ends become \\n.

    Raises:
        DamagedFile: It is in another encoding, or no text.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8-sig")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        byte = f"byte 0x{data[error.start]:02x} at {error.start:,}"
        hint = "If you know its encoding: iconv -f windows-1251 -t utf-8 FILE"
        raise DamagedFile(name, f"is not UTF-8 text ({byte}). {hint}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Json:
    """A JSON text that is pulled apart from the front, one value in memory at a time.

    The caller walks it: `for key in reader.keys()` inside an object, `for index in reader.items()` inside an array;
    within the loop it takes the value with `value()` (or walks into it), and what it leaves is passed over.

    Raises (any method):
        DamagedFile: The text breaks off, is no JSON, is not UTF-8, or holds one value longer than LIMIT.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._before = 0
        self._ended = False
        self._taken = 0

    @property
    def position(self) -> int:
        """How many characters have been passed."""
        return self._before + self._at

    def peek(self) -> str:
        """Return the next character that is not white space, empty at the end of the text."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def skip_to(self, character: str) -> None:
        """Pass over everything before a character, as for `window.YTD.tweets.part0 = [`."""
        while (found := self._text.find(character, self._at)) < 0:
            self._at = len(self._text)
            if not self._fill():
                raise DamagedFile(self._name, f"holds no {character!r}")
        self._at = found

    def value(self) -> Any:
        """Return the next value, whole."""
        self.peek()
        size = CHUNK
        while True:
            try:
                found, end = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                self._grow(size, error)
            else:
                if end < len(self._text) or not self._fill():
                    self._at = end
                    self._taken += 1
                    return found
            size *= 2

    def keys(self) -> Iterator[str]:
        """Yield the keys of the object that comes next; the value of each is taken or passed over in between."""
        for _ in self._inside("{", "}"):
            key = self.value()
            if not isinstance(key, str):
                raise self._broken("expected a key")
            self._expect(":")
            taken = self._taken
            yield key
            if self._taken == taken:
                self.value()

    def items(self) -> Iterator[int]:
        """Yield the index of each value of the array that comes next; each is taken or passed over in between."""
        for index in self._inside("[", "]"):
            taken = self._taken
            yield index
            if self._taken == taken:
                self.value()

    def _inside(self, opening: str, closing: str) -> Iterator[int]:
        self._expect(opening)
        index = 0
        while self.peek() != closing:
            if index:
                self._expect(",")
            yield index
            index += 1
        self._at += 1
        self._taken += 1

    def _expect(self, character: str) -> None:
        if self.peek() != character:
            raise self._broken(f"expected {character!r}")
        self._at += 1

    def _grow(self, size: int, error: Exception) -> None:
        if len(self._text) - self._at > LIMIT:
            raise self._broken(f"one value is longer than {LIMIT // 1024 // 1024} MB, or it is no JSON") from error
        if isinstance(error, RecursionError):
            raise self._broken("values are nested too deep") from error
        if not self._fill(size):
            raise self._broken(str(error).split(":")[0].lower()) from error

    def _broken(self, reason: str) -> DamagedFile:
        where = f"at character {self.position:,}"
        if self.peek() == "" or (self._ended and len(self._text) - self._at < CHUNK):
            return DamagedFile(self._name, f"JSON breaks off {where} ({reason}). It may be cut short; export it again")
        return DamagedFile(self._name, f"no JSON {where} ({reason})")

    def _fill(self, size: int = CHUNK) -> bool:
        if self._ended:
            return False
        chunk = self._stream.read(size)
        try:
            more = self._decode.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise DamagedFile(self._name, f"is not UTF-8 near character {self.position:,}") from error
        self._ended = not chunk
        self._before += self._at
        self._text = self._text[self._at :] + more
        self._at = 0
        return not self._ended
