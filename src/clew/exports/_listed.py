"""Saved web traffic as a list of exchanges, and bodies of responses as the tools save them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

from clew.errors import DamagedFile, UnsafeFile
from clew.exports._encodings import unpacked
from clew.exports._files import MAX_MEMBERS, Container
from clew.exports._streams import DAMAGE, guarded, sha256, shared

__all__ = ["Exchange", "Listed", "from_base64", "saved_body", "within"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where a response is saved, and what was asked."""

    start: int
    size: int
    url: str
    encoding: str = ""
    """How the body is packed (Content-Encoding), where the list knows it."""


class Listed(Container):
    """Traffic as a list of exchanges that is made once; a member's number leads to its exchange."""

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self.name = name
        self._stream = stream
        self._list: list[Exchange] = []

    def names(self) -> Iterator[str]:
        self._list = self._exchanges()
        if len(self._list) > MAX_MEMBERS:
            raise UnsafeFile(self.name, f"it holds more than {MAX_MEMBERS:,} exchanges")
        for number, exchange in enumerate(self._list, 1):
            yield _member_name(number, exchange.url)

    def open(self, member: str) -> BinaryIO:
        exchange = self._exchange(member)
        path = f"{self.name}/{member}"
        body, encoding = self._body(path, exchange)
        try:
            return guarded(path, unpacked(body, encoding), exchange.size)
        except ImportError as error:
            needs = f"it is packed with {encoding}, which needs another library: pip install {error.name}"
            self.fault = DamagedFile(self.name, f"a response could not be read: {needs}")
            raise DamagedFile(path, needs) from error
        except (*DAMAGE, OSError) as error:
            raise DamagedFile(path, f"its body cannot be unpacked ({error})") from error

    def raw(self, member: str) -> BinaryIO:
        return self.open(member)

    def digest(self, member: str) -> str:
        return sha256(shared(self._stream))

    def address(self, member: str) -> str | None:
        return self._exchange(member).url or None

    def addresses(self) -> Iterator[str]:
        return (exchange.url for exchange in self._list if exchange.url)

    def close(self) -> None:
        self._stream.close()

    def _exchange(self, member: str) -> Exchange:
        return self._list[int(member.partition("-")[0]) - 1]

    def _exchanges(self) -> list[Exchange]:
        """Return the exchanges in the order of the file; damage ends them and is kept as `fault`."""
        raise NotImplementedError

    def _body(self, path: str, exchange: Exchange) -> tuple[BinaryIO, str]:
        """Return a response's body as it is saved, and how it is packed."""
        raise NotImplementedError

    def _break_off(self, reason: str, count: int) -> None:
        what = f"after {count:,} exchanges ({reason})"
        self.fault = DamagedFile(self.name, f"the saved traffic breaks off {what}; it may be cut short")


def _member_name(number: int, url: str) -> str:
    """Return a name that sorts as the exchanges do and says which one it is, without the query, which may hold secrets.

    >>> _member_name(7, "https://ana:secret@x.com/i/api/graphql/Q/TweetDetail?variables=1")
    '000007-x.com_i_api_graphql_Q_TweetDetail'
    """
    try:
        parts = urlsplit(url)
        shown = f"{parts.netloc.rpartition('@')[2]}{parts.path}"
    except ValueError:
        shown = ""
    words = re.sub(r"[^A-Za-z0-9.~%-]+", "_", shown).strip("_")[:100]
    return f"{number:06}-{words}" if words else f"{number:06}"


def saved_body(exchange: object) -> tuple[bytes, str]:
    """Return the body of a response as HAR and the cassettes of several libraries save it, and how it is packed."""
    content = within(exchange, "response", "content")
    if isinstance(content, dict):
        text = _bytes(content.get("text"))
        return (from_base64(text) if content.get("encoding") == "base64" else text), ""
    body = within(exchange, "response", "body")
    encoding = _content_encoding(within(exchange, "response", "headers"))
    if isinstance(body, dict):
        packed = body.get("base64_string")
        return (from_base64(_bytes(packed)) if packed else _bytes(body.get("string"))), encoding
    return _bytes(content if body is None else body), encoding


def within(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return value.encode("utf-8", "replace") if isinstance(value, str) else b""


def from_base64(text: str | bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""


def _content_encoding(headers: object) -> str:
    for name, value in headers.items() if isinstance(headers, dict) else ():
        if isinstance(name, str) and name.lower() == "content-encoding":
            return ", ".join(map(_text, value)) if isinstance(value, list) else _text(value)
    return ""
