"""Make an input as small as it gets, as long as the same goes wrong with it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["minimised"]


def minimised(data: bytes, is_same: Callable[[bytes], bool], seconds: float = 60.0) -> bytes:
    """Return a small input for which `is_same` still holds; stops after so many seconds."""
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        shorter = next(
            (piece for piece in _shorter(data) if len(piece) < len(data) and (_over(stop) or is_same(piece))), None
        )
        if shorter is None or _over(stop):
            return data
        data = shorter
    return data


def _over(stop: float) -> bool:
    return time.monotonic() > stop


def _shorter(data: bytes) -> Iterator[bytes]:
    """Yield shorter inputs: JSON without one of its values, then bytes without a stretch, big stretches first."""
    first, newline, content = data.partition(b"\n")
    lines = content.split(b"\n") if newline else [data]
    for index, line in enumerate(lines):
        for smaller in _smaller(line):
            rest = b"\n".join([*lines[:index], smaller, *lines[index + 1 :]])
            yield first + newline + rest if newline else rest
    size = len(data) // 2
    while size:
        for start in range(0, len(data), size):
            yield data[:start] + data[start + size :]
        size //= 2


def _smaller(line: bytes) -> Iterator[bytes]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return
    for smaller in _without_one(value):
        yield json.dumps(smaller, ensure_ascii=True, separators=(",", ":")).encode()


def _without_one(value: Any) -> Iterator[Any]:
    """Yield the tree without one of its parts, biggest parts first, and with a part put in the place of the whole."""
    if isinstance(value, dict):
        for key in value:
            yield {name: held for name, held in value.items() if name != key}
        for key, held in value.items():
            for smaller in _without_one(held):
                yield {**value, key: smaller}
    elif isinstance(value, list):
        for index in range(len(value)):
            yield value[:index] + value[index + 1 :]
        for index, held in enumerate(value):
            for smaller in _without_one(held):
                yield [*value[:index], smaller, *value[index + 1 :]]
    elif isinstance(value, str) and len(value) > 1:
        yield value[: len(value) // 2]
        yield value[len(value) // 2 :]
