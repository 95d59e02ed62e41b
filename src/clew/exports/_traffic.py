"""Saved web traffic as a container: each response of a HAR, a WARC or a VCR cassette is a member of its own.

Bodies stay where they are; what is held is the list of exchanges. Bodies of YAML cassettes, whose text can't be cut out
by offsets, are copied to one temporary file.
"""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from clew.errors import ClewError
from clew.exports._cassettes import Cassette
from clew.exports._files import Container, File, Zip
from clew.exports._har import Har
from clew.exports._streams import DAMAGE, unpacked_copy, unpacker
from clew.exports._warc import Warc

__all__ = ["looked_into"]

_HEAD = 4096
_HAR = re.compile(rb'\s*\{\s*"log"\s*:\s*\{\s*"(?:version|creator|browser|pages|entries|comment)"')
_JSON_CASSETTE = re.compile(
    rb'\s*\{[^\[\]]*"(?:http_)?interactions"\s*:\s*\[\s*\{\s*"(?:request|response|recorded_at)"'
)
_YAML_CASSETTE = re.compile(
    rb"^(?:http_)?interactions:[ \t]*\r?\n[ \t]*-[ \t]+(?:request|response|recorded_at)\b", re.MULTILINE
)
_SUFFIXES = (".har", ".har.gz", ".warc", ".warc.gz", ".wacz", ".yaml", ".yml")
"""In folders and archives only files with these names are looked into; a file that is given alone always is."""


def looked_into(outer: Container) -> Container:
    """Return a container in which saved traffic is opened like a folder of its responses."""
    return _LookedInto(outer)


class _LookedInto(Container):
    """Another container whose files of saved traffic stand open."""

    def __init__(self, outer: Container) -> None:
        self.name = outer.name
        self._outer = outer
        self._inner: list[Container] = []
        self._exchanges: dict[str, tuple[str, Container, str]] = {}

    def names(self) -> Iterator[str]:
        alone = isinstance(self._outer, File)
        for member in self._outer.names():
            inner = _traffic(self._outer, member) if alone or member.lower().endswith(_SUFFIXES) else None
            if inner is None:
                yield member
                continue
            self._inner.append(inner)
            names = list(inner.names())
            if not names:
                yield member
            for name in names:
                full = name if alone else f"{member}/{name}"
                self._exchanges[full] = member, inner, name
                yield full

    def open(self, member: str) -> BinaryIO:
        if member in self._exchanges:
            _, inner, name = self._exchanges[member]
            return inner.open(name)
        return self._outer.open(member)

    def raw(self, member: str) -> BinaryIO:
        return self._outer.raw(member)

    def digest(self, member: str) -> str:
        outer, *_ = self._exchanges.get(member, (member,))
        return self._outer.digest(outer)

    def address(self, member: str) -> str | None:
        if member in self._exchanges:
            _, inner, name = self._exchanges[member]
            return inner.address(name)
        return None

    def status(self, member: str) -> int | None:
        if member in self._exchanges:
            _, inner, name = self._exchanges[member]
            return inner.status(name)
        return None

    def beside(self, member: str) -> Iterator[str]:
        outer, *_ = self._exchanges.get(member, ("",))
        return (name for name, (own, *_) in self._exchanges.items() if own == outer and name != member)

    def addresses(self) -> Iterator[str]:
        for inner in self._inner:
            yield from inner.addresses()

    def close(self) -> None:
        for inner in self._inner:
            inner.close()
        self._outer.close()
        self.fault = next((inner.fault for inner in self._inner if inner.fault is not None), None)


def _traffic(outer: Container, member: str) -> Container | None:
    """Return the saved traffic that a file holds; None where it holds something else or can't be read."""
    head = _plain_head(outer, member)
    name = outer.name if isinstance(outer, File) else f"{outer.name}/{member}"
    if head.startswith(b"WARC/"):
        return Warc(name, outer.raw(member))
    if _HAR.match(head.removeprefix(b"\xef\xbb\xbf")) or _JSON_CASSETTE.match(head):
        return Har(name, _plain(name, outer.raw(member)))
    if _YAML_CASSETTE.search(head):
        return Cassette(name, _plain(name, outer.raw(member)))
    if head.startswith(b"PK\x03\x04") and member.lower().endswith(".wacz"):
        return _wacz(name, outer.raw(member))
    return None


def _wacz(name: str, stream: BinaryIO) -> Container | None:
    try:
        return _LookedInto(Zip(name, stream))
    except (*DAMAGE, NotImplementedError):
        stream.close()
        return None


def _plain_head(outer: Container, member: str) -> bytes:
    """Return the first bytes of a file, unpacked, even where it breaks off within them; empty where that can't be."""
    try:
        with outer.open(member) as stream:
            head = stream.read(_HEAD)
    except ClewError:
        try:
            with outer.raw(member) as stream:
                head = stream.read(_HEAD)
        except ClewError:
            return b""
    if head.startswith(b"\x1f\x8b"):
        with contextlib.suppress(zlib.error):
            return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, _HEAD)
    return head


def _plain(name: str, stream: BinaryIO) -> BinaryIO:
    """Return the unpacked bytes as a stream that can go back and forth."""
    unpack = unpacker(stream.read(6))
    stream.seek(0)
    return stream if unpack is None else unpacked_copy(name, stream, unpack)
