"""JSON of answers into their records: a value, an array, an object with lists, one after another or line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeAlias

from clew import fields, records
from clew.errors import BadRecord
from clew.exports import Export
from clew.sources import _opening

__all__ = ["IsList", "Record", "line", "unfolded"]

IsList: TypeAlias = Callable[[str, Mapping[str, Any]], bool]
"""Says whether the array under a key, in an object with these other keys so far, is a list of records."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record with its place."""

    place: str
    value: Any
    section: str = ""
    """The key of the list that it stands in."""
    around: Mapping[str, Any] = field(default_factory=dict)
    """The other keys of the object that holds that list, as far as they stand before it."""
    is_rest: bool = False
    """True where it is what an object holds beside its lists."""
    amiss: str = ""
    """Why there is no value."""


def unfolded(export: Export, member: str, is_list: IsList) -> Iterator[Record]:
    """Yield every record, one in memory at a time; a line that is no JSON gives one with `amiss`.

    Raises:
        DamagedFile: A JSON text that is no line breaks off, or is none.
    """
    head = export.head(member).lstrip(b"\xef\xbb\xbf \r\n\t")
    with export.open(member) as stream:
        if _is_lines(head, is_list):
            yield from _in_lines(records.lines(stream), is_list)
            return
        reader = records.Json(stream, export.name)
        count = 0
        while reader.peek():
            count += 1
            yield from _pulled(reader, "$" if count == 1 else f"value {count} $", is_list)


def line(content: bytes | None, place: str, is_list: IsList) -> Iterator[Record]:
    """Yield the records of one line; None is a line that is too long."""
    if content is None:
        yield Record(place, None, amiss=f"a line longer than {records.LIMIT // 1024 // 1024} MB")
        return
    try:
        value = fields.parsed(content)
    except BadRecord as error:
        yield Record(place, None, amiss=str(error))
    else:
        yield from _held(value, place, is_list)


def _is_lines(head: bytes, is_list: IsList) -> bool:
    """Say whether each line is a whole JSON text, as far as the first one shows."""
    first, end, rest = head.partition(b"\n")
    first = first.strip()
    if end:
        whole = (first[:1], first[-1:]) in ((b"{", b"}"), (b"[", b"]"))
        return whole and (first[:1] == b"{" or rest.lstrip()[:1] == b"[")
    seen = _opening.paths(head)
    top = {key: value for key, value in seen.items() if key and "." not in key and "[" not in key}
    return first.startswith(b"{") and not any(value == "[" and is_list(key, top) for key, value in top.items())


def _in_lines(lines: Iterator[tuple[int, bytes | None]], is_list: IsList) -> Iterator[Record]:
    first, second = next(lines, None), next(lines, None)
    for number, content in chain((one for one in (first, second) if one is not None), lines):
        yield from line(content, f"line {number}" if second is not None else "$", is_list)


def _held(value: Any, place: str, is_list: IsList) -> Iterator[Record]:
    """Yield the records of a value that is held whole."""
    inner = f"{place} $" if place.startswith("line") else place
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield Record(f"{inner}[{index}]", item)
        return
    if not isinstance(value, dict):
        yield Record(place, value)
        return
    lists = [key for key in value if isinstance(value[key], list) and is_list(key, value)]
    rest = {key: item for key, item in value.items() if key not in lists}
    for key in lists:
        for index, item in enumerate(value[key]):
            yield Record(f"{inner}.{key}[{index}]", item, section=key, around=rest)
    yield Record(place, rest, is_rest=bool(lists))


def _pulled(reader: records.Json, place: str, is_list: IsList) -> Iterator[Record]:
    """Yield the records of the value that comes next in a stream."""
    if reader.peek() == "[":
        for index, value in enumerate(reader.values()):
            yield Record(f"{place}[{index}]", value)
        return
    if reader.peek() != "{":
        yield Record(place, reader.value())
        return
    rest: dict[str, Any] = {}
    is_rest = False
    for key in reader.keys():  # noqa: SIM118
        if reader.peek() == "[" and is_list(key, rest):
            is_rest = True
            for index, value in enumerate(reader.values()):
                yield Record(f"{place}.{key}[{index}]", value, section=key, around=rest)
        else:
            rest[key] = reader.value()
    yield Record(place, rest, is_rest=is_rest)
