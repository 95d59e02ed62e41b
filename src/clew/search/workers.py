"""Many threads made ready for the index by several processes, in the order in which they were given."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from queue import SimpleQueue
from typing import IO, TypeAlias

import msgspec

from clew.search import pairs
from clew.search.documents import documents

__all__ = ["CHUNK", "Ready", "prepared", "serve"]

CHUNK = 1_000
"""Threads that are handed out at a time."""
Given: TypeAlias = tuple[int, int, str | None]
"""A change, the thread that it is of, and its record; None where it is gone."""


class Ready(msgspec.Struct, frozen=True, array_like=True):
    """A thread with its documents, each as JSON."""

    change: int
    thread: int
    documents: list[str]
    languages: list[str]


_ENCODER = msgspec.json.Encoder()
_PACKER = msgspec.msgpack.Encoder()
_UNPACKER = msgspec.msgpack.Decoder(list[Ready])
_GIVER = msgspec.msgpack.Decoder(list[Given])
_COMMON = msgspec.msgpack.Decoder(frozenset[str])


def prepared(given: Iterable[Given], common: Collection[str] = pairs.LITTLE) -> Iterator[Ready]:
    """Yield threads made ready, in their order; by other processes where there are many.

    A process ends when the one that gave it work is no more.
    """
    waiting = iter(given)
    first = list(islice(waiting, CHUNK))
    yield from (_ready(one, common) for one in first)
    if len(first) == CHUNK:
        yield from _shared(waiting, common)


def _ready(one: Given, common: Collection[str]) -> Ready:
    change, thread, record = one
    found = documents(thread, record, common) if record is not None else []
    languages = {document["language"] for document in found if "language" in document}
    return Ready(change, thread, [_ENCODER.encode(document).decode() for document in found], sorted(languages))


def _shared(given: Iterator[Given], common: Collection[str]) -> Iterator[Ready]:
    """Hand chunks out, and take them back in their order; some wait ready, so that nobody waits for anybody."""
    count = os.cpu_count() or 1
    hands: list[subprocess.Popen[bytes]] = []
    free: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
    waiting: deque[Future[bytes]] = deque()
    pool = ThreadPoolExecutor(count)
    try:
        while chunk := list(islice(given, CHUNK)):
            if len(hands) < count:
                hands.append(_hired(common))
                free.put(hands[-1])
            waiting.append(pool.submit(_handed, free, chunk))
            if len(waiting) > 2 * count:
                yield from _UNPACKER.decode(waiting.popleft().result())
        while waiting:
            yield from _UNPACKER.decode(waiting.popleft().result())
    finally:
        pool.shutdown(cancel_futures=True)
        for hand in hands:
            hand.communicate()


def _handed(free: SimpleQueue[subprocess.Popen[bytes]], chunk: list[Given]) -> bytes:
    """Give a chunk to a process that has nothing to do; returns what it makes of it."""
    hand = free.get()
    try:
        _send(hand.stdin, _PACKER.encode(chunk))
        return _received(hand.stdout)
    finally:
        free.put(hand)


def _hired(common: Collection[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
    hand = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    _send(hand.stdin, _PACKER.encode(sorted(common)))
    return hand


def serve() -> None:
    """Make chunks from standard input ready until there are no more; first come the words that are common."""
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        common = _COMMON.decode(_received(sys.stdin.buffer))
        while True:
            given = _GIVER.decode(_received(sys.stdin.buffer))
            _send(sys.stdout.buffer, _PACKER.encode([_ready(one, common) for one in given]))


def _send(stream: IO[bytes] | None, content: bytes) -> None:
    assert stream is not None
    stream.write(len(content).to_bytes(8, "big"))
    stream.write(content)
    stream.flush()


def _received(stream: IO[bytes] | None) -> bytes:
    assert stream is not None
    size = stream.read(8)
    content = stream.read(int.from_bytes(size, "big")) if len(size) == 8 else b""
    if not content:
        raise EOFError
    return content
