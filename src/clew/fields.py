"""Take what a post needs out of untrusted records, and say exactly what is amiss."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from clew import texts
from clew.errors import BadRecord
from clew.posts import Origin, Problem

__all__ = [
    "an_id",
    "attempt",
    "clean",
    "exact_id",
    "optional",
    "optional_id",
    "parsed",
    "required",
    "required_id",
    "required_text",
    "required_time",
]

clean = texts.clean

T = TypeVar("T")
R = TypeVar("R")

_KINDS = {dict: "an object", list: "an array", str: "a string", int: "a number", bool: "true or false"}


def attempt(build: Callable[[R, Origin], T], record: R, origin: Origin) -> T | Problem:
    """Return the post (or notice) built from a record, or the problem that prevents it."""
    try:
        return build(record, origin)
    except BadRecord as error:
        return Problem(origin=origin, reason=clean(str(error)))


def parsed(line: bytes) -> Any:
    """Return the value of a line of JSON; one with half a surrogate pair, which strict parsers refuse, as well.

    Raises:
        BadRecord: It is no JSON.
    """
    try:
        return msgspec.json.decode(line)
    except (ValueError, RecursionError):
        pass
    try:
        return texts.cleaned(json.loads(line))
    except (ValueError, RecursionError) as error:
        raise BadRecord(f"not JSON: {str(error).lower()}") from error


def required(record: object, key: str, kind: type[T]) -> T:
    """Return the value under a key; strings come with lone surrogates replaced.

    Raises:
        BadRecord: The record is no object, or the value is absent or of another kind.
    """
    if not isinstance(record, dict):
        raise BadRecord(f"expected an object, got {_named(record)}")
    value = record.get(key)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        found = "nothing" if key not in record else _named(value)
        raise BadRecord(f"expected {_KINDS[kind]} in {key!r}, got {found}")
    return clean(value) if isinstance(value, str) else value  # type: ignore[return-value]


def required_text(record: object, key: str) -> str:
    """Return the string under a key.

    Raises:
        BadRecord: It is absent, of another kind, or blank.
    """
    text = required(record, key, str)
    if not text.strip():
        raise BadRecord(f"expected a string in {key!r}, got an empty one")
    return text


def optional(record: object, key: str, kind: type[T]) -> T | None:
    """Return the value under a key, None where it is absent, null or of another kind."""
    value = record.get(key) if isinstance(record, dict) else None
    if value is None or not isinstance(value, kind):
        return None
    if kind is str:
        return clean(value)  # type: ignore[arg-type, return-value]
    return None if kind is int and isinstance(value, bool) else value


def required_id(record: object, *keys: str) -> str:
    """Return the id under the first of the keys that is there, as a string.

    Raises:
        BadRecord: None of them is there, or the id was rounded on its way.
    """
    found = optional_id(record, *keys)
    if found is None:
        raise BadRecord(f"expected an id in {' or '.join(repr(key) for key in keys)}, got nothing")
    return found


def optional_id(record: object, *keys: str) -> str | None:
    """Return the id under the first of the keys that is there and not empty; None where there is none.

    Raises:
        BadRecord: The id was rounded on its way.
    """
    if not isinstance(record, dict):
        return None
    for key in keys:
        value = record.get(key)
        if isinstance(value, str):
            if value.isdecimal():
                return value
            if not value.strip():
                continue
        if value is not None:
            return an_id(value, key)
    return None


def an_id(value: object, key: str = "id") -> str:
    """Return an id as a string.

    Raises:
        BadRecord: It is a fraction, has an exponent, or is a number with the zeros that rounding leaves; or no id.
    """
    if isinstance(value, str):
        text = clean(value).strip()
        return text if text.isdecimal() else exact_id(text, key)
    if isinstance(value, int) and not isinstance(value, bool):
        return exact_id(str(value), key)
    if isinstance(value, float):
        raise BadRecord(f"the id in {key!r} is {value!r}: it was rounded on its way and can't be mended")
    raise BadRecord(f"expected an id in {key!r}, got {_named(value)}")


def exact_id(text: str, key: str = "id") -> str:
    """Return the id, unless its form shows that a spreadsheet rounded it (1.4E+18, or 18 digits ending in 00000).

    >>> exact_id("1400000000000000001")
    '1400000000000000001'

    Raises:
        BadRecord: It was rounded.
    """
    if text.isdecimal():
        rounded = len(text) >= 18 and text.endswith("00000")
    else:
        mantissa, e, exponent = text.lower().partition("e+")
        rounded = bool(e) and exponent.isdecimal() and mantissa.replace(".", "", 1).replace(",", "", 1).isdecimal()
    if rounded:
        raise BadRecord(f"the id in {key!r} is {text}: it was rounded on its way and can't be mended")
    return text


def required_time(record: object, key: str, parse: Callable[[str], datetime]) -> datetime:
    """Return the instant under a key.

    Raises:
        BadRecord: It is absent or no date.
    """
    text = required(record, key, str)
    try:
        return parse(text)
    except (ValueError, OverflowError) as error:
        raise BadRecord(f"expected a date in {key!r}, got {text[:40]!r}") from error


def _named(value: object) -> str:
    for kind, name in _KINDS.items():
        if type(value) is kind:
            return name
    return "null" if value is None else f"a {type(value).__name__}"
