"""Ids as numbers of 64 bits, made a whole column at a time.

Keys only decide what is laid side by side; what belongs together is decided on the ids themselves. Two ids that by
chance share a key (one chance in 15,000 among 50 million posts) cost time, or at worst a gap before a single post.
"""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["NONE", "Keys", "column", "mixed", "name", "of_platforms"]

Keys = npt.NDArray[np.uint64]

NONE = np.uint64(0)
"""The key of what is not there."""

_ODD = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def column(ids: pa.Array, salt: Keys | np.uint64 = NONE) -> Keys:
    """Return a key for each id, NONE for null and for the empty string; `1400` and `"1400"` have the same key."""
    if pa.types.is_dictionary(ids.type):
        ids = ids.dictionary_decode()
    found: Keys
    if pa.types.is_integer(ids.type):
        found = pc.fill_null(ids, 0).to_numpy(zero_copy_only=False).astype(np.uint64)
        there = pc.is_valid(ids).to_numpy(zero_copy_only=False)
    else:
        found, there = _of_strings(ids)
    found ^= salt
    found[found == NONE] = _ODD
    found[~there] = NONE
    return found


def _of_strings(ids: pa.Array) -> tuple[Keys, npt.NDArray[np.bool_]]:
    there = pc.fill_null(pc.not_equal(ids, ""), False).to_numpy(zero_copy_only=False)
    digits = pc.fill_null(pc.ascii_is_decimal(ids), False)
    if pc.all(pc.or_(digits, pc.is_null(ids))).as_py():
        numbers = _numbers(ids)
        if numbers is not None:
            return numbers, there
    found = _hashed(pc.fill_null(ids, ""))
    if pc.any(digits).as_py():
        decimal = pc.and_(digits, pc.fill_null(pc.match_substring_regex(ids, "^(?:0|[1-9][0-9]{0,18})$"), False))
        numeric = decimal.to_numpy(zero_copy_only=False)
        found[numeric] = pc.cast(ids.filter(decimal), pa.uint64()).to_numpy(zero_copy_only=False)
    return found, there


def _numbers(ids: pa.Array) -> Keys | None:
    """Return the ids as numbers; None where some are none, or are written in another way, such as 007."""
    try:
        numbers: Keys = pc.fill_null(pc.cast(ids, pa.uint64()), 0).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    lengths = pc.fill_null(pc.binary_length(ids), 1).to_numpy(zero_copy_only=False)
    digits = np.searchsorted(_TENS, numbers, side="right") + 1
    return numbers.copy() if (digits == lengths).all() and digits.max(initial=0) < 20 else None


_TENS = np.array([10**power for power in range(1, 20)], np.uint64)


def _hashed(strings: pa.Array) -> Keys:
    """Return a hash of each string, eight of its bytes at a time; the same on every machine."""
    wide = strings.cast(pa.large_binary())
    _, offsets_buffer, bytes_buffer = wide.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int64)[wide.offset : wide.offset + len(wide) + 1]
    starts, lengths = offsets[:-1] - offsets[0], np.diff(offsets)
    letters = np.zeros(int(offsets[-1] - offsets[0]) + 8, np.uint8)
    if len(letters) > 8:
        letters[:-8] = np.frombuffer(bytes_buffer, np.uint8)[offsets[0] : offsets[-1]]
    words = np.ndarray(len(letters) - 7, np.dtype("<u8"), letters, strides=(1,))
    found = lengths.astype(np.uint64) * _ODD
    for first in range(0, min(int(lengths.max(initial=0)), _LONG), 8):
        left = np.minimum(lengths - first, 8)
        here = slice(None) if (left > 0).all() else np.flatnonzero(left > 0)
        found[here] = _stirred(found[here], words[starts[here] + first] & _FULL[left[here]])
    for at in np.flatnonzero(lengths > _LONG).tolist():
        rest = letters[starts[at] + _LONG : starts[at] + lengths[at]].tobytes()
        found[at] = _stirred(found[at : at + 1], _digest(rest))[0]
    return mixed(found)


_LONG = 512
"""So many bytes of a string are looked at with those of others; the rest alone."""
_FULL = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)
"""What so many bytes of a word may hold."""


def _stirred(found: Keys, words: Keys | np.uint64) -> Keys:
    found = (found ^ words) * _FIRST
    return found ^ (found >> np.uint64(29))


def mixed(keys: Keys) -> Keys:
    """Return the keys with all their bits stirred, so that any of the bits spreads them evenly; none get the same."""
    found = keys + _ODD
    found = (found ^ (found >> np.uint64(30))) * _FIRST
    found = (found ^ (found >> np.uint64(27))) * _SECOND
    return found ^ (found >> np.uint64(31))


@cache
def name(text: str) -> np.uint64:
    """Return the key of a word, such as a platform's name."""
    return _digest(text.encode())


def _digest(data: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little"))


def of_platforms(platforms: pa.Array | None, otherwise: str) -> Keys | np.uint64:
    """Return what keys of ids are salted with, so that two platforms never share one."""
    if platforms is None:
        return name(otherwise)
    encoded = pc.fill_null(platforms, otherwise).dictionary_encode()
    names = np.array([name(word or otherwise) for word in encoded.dictionary.to_pylist()], np.uint64)
    if len(names) == 0:
        return np.zeros(0, np.uint64)
    found: Keys = names[encoded.indices.to_numpy(zero_copy_only=False)]
    return found
