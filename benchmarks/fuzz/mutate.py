"""Changes to inputs: of single bytes, of words and tags, of table cells, and of JSON as a tree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, TypeAlias

__all__ = ["ODD_VALUES", "ODD_WORDS", "mutated"]

#: The list or object that holds a value, and its index or key there.
_Spot: TypeAlias = tuple[Any, Any]

MOST = 1 << 16
"""The longest input that is made, in bytes."""

ODD_WORDS = (
    *("", " ", "0", "-1", "1e999", "NaN", "null", "²", "１２３", "٣", "9" * 5000, "1.4E+18", "1400000000000000000"),
    *("\ud83d", "\0", "\ufeff", "\u2028", "\u202e", "🇺🇦", "🧵", "İ", "ß", "é" * 300, "ﬃ", "a" * 3000),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2021-13-45T99:99:99Z", "2021-02-30", "１２:００"),
    *("Fri Jun 04 09:30:00 +9999 2021", "Fri Jun 31 09:30:00 +0000 2021", "4/3/2021", "99999999999999999"),
    *("at://", "at://did:plc:ana/app.bsky.feed.post/", "https://[", "http://[::1", "https://x.com/ana/status/", "//"),
    *("&amp;amp;", "&#x1F600;", "&lt;", "@ana", "#", "1/", "1/14", "14/14", "(2/3)", "…", "• • •", "RT @ana: "),
    *("<p>", "</div>", "<!--", "<![CDATA[", "\x1b[31m", "\r", "\n\n", '"', "'", "\\", "\\ud800", "\\u0000", "../" * 9),
)
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e300, float("nan"), float("inf"), 2**53, 2**63, 2**64, 10**40, 1.4e18),
    *([], {}, [[]], [None], {"": None}, {"id": None}, [{}], "", " "),
)
_TOKEN = re.compile(rb"<[^<>]*>|\w+|\s+|[^\w\s]")
_SCRIPT = re.compile(rb"\s*[\w.$]+\s*=\s*(?=[\[{])")


def mutated(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Return the input with one to four changes; `others` are inputs from which pieces are taken."""
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
        change = random.choice((_json, _json, _json, _tokens, _bytes, _lines))
        data = change(data, random, random.choice(others) if others else data)[:MOST]
    return data


# Bytes, lines, words --------------------------------------------------------------------------------------------------


def _bytes(data: bytes, random: Random, other: bytes) -> bytes:
    start, end = _stretch(len(data), random)
    piece = data[start:end]
    return (
        data[:start]
        + random.choice(
            (
                b"",
                piece * 2,
                piece[::-1],
                bytes(random.randrange(256) for _ in range(random.randrange(1, 5))),
                random.choice(ODD_WORDS).encode("utf-8", "surrogatepass"),
                other[slice(*_stretch(len(other), random))],
                piece[: len(piece) // 2],
                bytes(byte ^ 1 << random.randrange(8) for byte in piece[:4]) + piece[4:],
            )
        )
        + (data[end:] if random.random() < 0.95 else b"")
    )


def _stretch(length: int, random: Random) -> tuple[int, int]:
    """Return a start and an end, mostly near one another."""
    start = random.randrange(length + 1)
    return start, min(length, start + random.choice((0, 1, 2, 8, random.randrange(length + 1))))


def _lines(data: bytes, random: Random, other: bytes) -> bytes:
    return _shuffled(data.splitlines(keepends=True), random, other.splitlines(keepends=True))


def _tokens(data: bytes, random: Random, other: bytes) -> bytes:
    return _shuffled(_TOKEN.findall(data), random, _TOKEN.findall(other))


def _shuffled(pieces: list[bytes], random: Random, others: list[bytes]) -> bytes:
    if not pieces:
        return b"".join(others)
    at, to = random.randrange(len(pieces)), random.randrange(len(pieces))
    match random.randrange(6):
        case 0:
            del pieces[at]
        case 1:
            pieces.insert(to, pieces[at])
        case 2:
            pieces[at], pieces[to] = pieces[to], pieces[at]
        case 3:
            pieces[at] = random.choice(ODD_WORDS).encode("utf-8", "surrogatepass")
        case 4:
            pieces.insert(to, random.choice(others or pieces))
        case 5:
            pieces[at:at] = [pieces[at]] * random.choice((3, 30, 300))
    return b"".join(pieces)


# Trees of JSON --------------------------------------------------------------------------------------------------------


def _json(data: bytes, random: Random, other: bytes) -> bytes:
    """Return the input with a change in one of its JSON values; in its words where it holds none."""
    prefix, values = _parsed(data)
    spots = list(_spots(values))
    if len(spots) <= len(values):
        return _tokens(data, random, other)
    _change(spots, random, _parsed(other)[1])
    separator = b"\n" if len(values) != 1 else b""
    return prefix + separator.join(value if isinstance(value, bytes) else _dumped(value, random) for value in values)


def _dumped(value: Any, random: Random) -> bytes:
    try:
        text = json.dumps(value, ensure_ascii=random.random() < 0.5)
    except (ValueError, RecursionError):
        return b"{}"
    return text.encode("utf-8", "surrogatepass")


def _parsed(data: bytes) -> tuple[bytes, list[Any]]:
    """Return what stands before the JSON, and its values: one, or one a line; a line that is none as bytes."""
    script = _SCRIPT.match(data)
    prefix = script[0] if script else b""
    rest = data[len(prefix) :]
    try:
        return prefix, [json.loads(rest)]
    except (ValueError, RecursionError):
        pass
    return prefix, [_line(line) for line in rest.split(b"\n")]


def _line(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return line


def _spots(values: list[Any]) -> Iterator[_Spot]:
    """Yield every place in the values, the values themselves first."""
    waiting: list[Any] = [values]
    while waiting:
        holder = waiting.pop(0)
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            if not isinstance(holder[key], bytes):
                yield holder, key
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])


def _change(spots: list[_Spot], random: Random, others: list[Any]) -> None:
    holder, key = random.choice(spots)
    value = holder[key]
    match random.randrange(9):
        case 0 | 1:
            holder[key] = random.choice(ODD_VALUES)
        case 2:
            holder[key] = random.choice(ODD_WORDS)
        case 3:
            del holder[key]
        case 4:
            other, name = random.choice(spots)
            holder[key] = _copied(other[name])
        case 5:
            other, name = random.choice(list(_spots(others)) or spots)
            holder[key] = _copied(other[name])
        case 6:
            holder[key] = _varied(value, random)
        case 7 if isinstance(holder, list):
            holder[key:key] = [_copied(value) for _ in range(random.choice((1, 1, 2, 20)))]
        case 7:
            holder[random.choice(ODD_WORDS[:30])] = holder.pop(key)
        case 8:
            for _ in range(random.choice((1, 2, 60, 400))):
                value = [value] if random.random() < 0.5 else {str(key): value}
            holder[key] = value


def _varied(value: Any, random: Random) -> Any:
    """Return a value of the same kind that is a little different."""
    if isinstance(value, str):
        start, end = _stretch(len(value), random)
        return value[:start] + random.choice((*ODD_WORDS, value, "")) + value[end:]
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return random.choice((-value, value + 1, value * 1000, str(value), float(value) if abs(value) < 2**60 else 0))
    return random.choice(ODD_VALUES)


def _copied(value: Any) -> Any:
    """Return a copy of a tree of JSON, cut below a depth that none needs."""
    try:
        return json.loads(json.dumps(value))
    except (ValueError, TypeError, RecursionError):
        return None
