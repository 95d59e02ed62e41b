"""Bytes into records, each with its place, in bounded memory: lines, and the values of a JSON text of any size."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from string import whitespace
from typing import Any, BinaryIO

import msgspec

from clew import texts
from clew.errors import DamagedFile

__all__ = ["LIMIT", "Json", "decoded", "is_wide", "lines"]

LIMIT = 64 * 1024 * 1024
"""The longest line, and the longest single JSON value, in bytes or characters. No post is a millionth of it."""
CHUNK = 1 << 20
PIECE = 1 << 15
"""So many characters of an array are decoded at once."""

_EDGES = b"\0" + whitespace.encode()
_SPACE = re.compile(r"[ \t\r\n]*")
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECODER = json.JSONDecoder()
_OPEN_END = 2
"""So many characters behind a number can still turn out to be a part of it: `1e+`."""
_OPENING = re.compile(r'\{\s*"(?:[^"\\]|\\.){1,100}"\s*:\s*\S')
"""How an object begins, up to its first value."""
_HALF = re.compile(
    r"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..\\u[dD])[c-fC-F])|\\u0000"
)
"""Half a surrogate pair, or a NUL; that a backslash before it was meant does no harm."""
_WORDS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")
_STUB = re.compile(r"-|\.|[eE][+-]?|\\?u?[0-9A-Fa-f]{0,4}")
"""What is left of a number or an escape that is cut."""


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield the number (from 1) and the bytes of each line that is not blank; None for one longer than LIMIT.

    A byte order mark before the first line, and NUL bytes (which some tools leave), are dropped; but not the NULs of
    UTF-16, so that no letters of it are taken for others.
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
        line = line.strip(b"\0" + whitespace.encode())
        if not is_wide(line):
            line = line.replace(b"\0", b"")
        if line:
            yield number, line


def is_wide(data: bytes) -> bool:
    """Say whether the bytes begin with two Latin letters or signs in UTF-16."""
    return len(data) > 3 and (data[1] == data[3] == 0 != data[2] or data[0] == data[2] == 0 != data[1])


def decoded(data: bytes, name: str) -> str:
    """Return text whose encoding is UTF-8, or UTF-16/32 with a byte order mark; line ends become \\n, NULs are dropped.

    Raises:
        DamagedFile: It is in another encoding, or no text.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8-sig")
    if encoding == "utf-8-sig" and is_wide(data):
        wide = "utf-16le" if data[0] else "utf-16be"
        raise DamagedFile(name, f"is not UTF-8 text, but looks like UTF-16. {_other(wide)}")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8-sig":
            reason = f"{encoding.upper()} text breaks off at byte {error.start:,}; copy it again"
            raise DamagedFile(name, reason) from error
        byte = f"byte 0x{data[error.start]:02x} at {error.start:,}"
        raise DamagedFile(name, f"is not UTF-8 text ({byte}). {_other('windows-1251')}") from error
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def _other(encoding: str) -> str:
    return f"If you know its encoding: iconv -f {encoding} -t utf-8 FILE"


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
        """Return the next value, whole, with its strings clean of what no encoder takes."""
        self.peek()
        size = CHUNK
        while True:
            start = self._at
            try:
                found, end = _DECODER.raw_decode(self._text, start)
            except (ValueError, RecursionError) as error:
                self._grow(size, error)
            else:
                if end + _OPEN_END < len(self._text) or not self._fill():
                    escaped = self._text.find("\\u", self._at, self._at + end - start) >= 0
                    halved = escaped and _HALF.search(self._text, self._at, self._at + end - start)
                    self._at += end - start
                    self._taken += 1
                    return texts.cleaned(found) if halved else found
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

    def values(self) -> Iterator[Any]:
        """Yield each value of the array that comes next, whole, with its strings clean."""
        self._expect("[")
        is_first = True
        while self.peek() != "]":
            if not is_first:
                self._expect(",")
            is_first = False
            yield from self._several() or (self.value(),)
        self._at += 1
        self._taken += 1

    def _several(self) -> list[Any]:
        """Return the objects that come next as far as they are at hand and begin alike; none where that can't be told.

        Whole pieces of an array are decoded at once, several times faster than one value after the other. Where the
        last object ends is guessed by how the first one begins; JSON that was cut elsewhere is none, and refused.
        """
        self.peek()
        opening = _OPENING.match(self._text, self._at)
        after = self._text.rfind(opening[0], self._at + 1, self._at + PIECE) if opening else -1
        end = self._text.rfind(",", self._at, after) if after > 0 else -1
        if end < 0 or self._text[end + 1 : after].strip():
            return []
        piece = self._text[self._at : end]
        try:
            found: list[Any] = msgspec.json.decode(f"[{piece}]")
        except (ValueError, RecursionError):
            return []
        self._at = end
        if "\\u0000" in piece:
            texts.cleaned(found)
        return found

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
        inside = error.pos - self._at if isinstance(error, json.JSONDecodeError) else 0
        if not self._fill(size):
            reason = error.msg.lower() if isinstance(error, json.JSONDecodeError) else str(error).split(":")[0].lower()
            raise self._broken(reason.removesuffix(" at"), self._at + inside) from error

    def _broken(self, reason: str, at: int | None = None) -> DamagedFile:
        """Return the error for what is amiss at a place in the text that is held, the next one where none is given."""
        if at is None:
            self.peek()
            at = self._at
        where = f"at character {self._before + at:,}"
        if self._ended and _breaks_off(self._text[at:], reason):
            return DamagedFile(self._name, f"JSON breaks off {where} ({reason}). It may be cut short; export it again")
        return DamagedFile(self._name, f"no JSON {where} ({reason}). If you have edited it, export it again")

    def _fill(self, size: int = CHUNK) -> bool:
        if self._ended:
            return False
        chunk = self._stream.read(size)
        try:
            more = self._decode.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            where = f"character {self._before + len(self._text):,}"
            if not chunk:
                reason = f"JSON breaks off at {where}, within it. It may be cut short; export it again"
                raise DamagedFile(self._name, reason) from error
            raise DamagedFile(self._name, f"is not UTF-8 near {where}. {_other('utf-16')}") from error
        self._ended = not chunk
        self._before += self._at
        self._text = self._text[self._at :] + more
        self._at = 0
        return not self._ended


class Held:
    """A value of JSON that is in memory, walked like a text of JSON."""

    position = 0

    def __init__(self, value: Any) -> None:
        self._next = value

    def peek(self) -> str:
        """Return with what the next value would begin, as far as it matters: `{`, `[` or something else."""
        if isinstance(self._next, dict):
            return "{"
        return "[" if isinstance(self._next, list) else '"'

    def value(self) -> Any:
        """Return the next value, whole."""
        return self._next

    def keys(self) -> Iterator[str]:
        """Yield the keys of the object that comes next; in between its value comes next."""
        for key, value in self._next.items():
            self._next = value
            yield key

    def items(self) -> Iterator[int]:
        """Yield the index of each value of the array that comes next; in between that value comes next."""
        for index, value in enumerate(self._next):
            self._next = value
            yield index


def _breaks_off(rest: str, reason: str) -> bool:
    """Say whether JSON that can't go on with this rest was sound up to its end."""
    is_word = any(word.startswith(rest.strip()) for word in _WORDS)
    return is_word or _STUB.fullmatch(rest.strip()) is not None or reason.startswith("unterminated")
