"""Which columns of a corpus hold what, and its rows as posts.

The columns are the fields of `clew/post/1`: `author` as an object or as a handle, or flat as `author_id`,
`author_handle`, `author_name`; ids as whole numbers or strings. Only `id` must be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import repeat
from typing import Any, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from clew import fields, times
from clew.errors import BadOption, BadRecord
from clew.posts import Account, Link, Media, Mention, Origin, Post, Problem, Tag, Version

__all__ = ["Reading", "author_columns", "checked", "column", "is_list", "known", "posts"]

T = TypeVar("T", bound=msgspec.Struct)

_IDS = ("id", "author_id", "reply_to", "reply_to_author", "conversation", "quotes", "reposts")
_TIMES = ("time", "edited", "deleted")
_TEXTS = ("platform", "author_handle", "author_name", "text", "language", "url", "warning", "community_note")
_PARTS: Mapping[str, type[msgspec.Struct]] = {
    "links": Link,
    "mentions": Mention,
    "tags": Tag,
    "media": Media,
    "versions": Version,
}
_KNOWN = frozenset((*_IDS, *_TIMES, *_TEXTS, *_PARTS, "author", "origin", "edges_stated", "cut"))

_EXPECTED = {
    **dict.fromkeys(_TEXTS, "strings"),
    **dict.fromkeys(_PARTS, "lists of objects"),
    **dict.fromkeys(("edges_stated", "cut"), "true or false"),
    "author": "objects or handles",
    "origin": "objects",
}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How rows are taken where a column is missing."""

    platform: str = "unknown"
    """Where the posts come from."""
    stated: bool = False
    """Whether the corpus names the parent of every reply."""


def known(schema: pa.Schema) -> list[str]:
    """Return the names of the columns that say something of a post."""
    return [name for name in schema.names if name in _KNOWN]


def checked(schema: pa.Schema, path: str) -> pa.Schema:
    """Return the part of a schema that says something of a post.

    Raises:
        BadOption: There is no column of ids, or ids are fractions and so have been rounded.
    """
    if "id" not in schema.names:
        raise BadOption(f"{path}: has no column 'id'. It has: {', '.join(schema.names[:20]) or 'none'}.")
    for name in set(_IDS) & set(schema.names):
        kind = schema.field(name).type
        if pa.types.is_floating(kind):
            raise BadOption(f"{path}: the ids in {name!r} are fractions, so that whatever wrote them has rounded them.")
        if not (_is_text(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind)):
            raise BadOption(f"{path}: the ids in {name!r} are of the type {kind}; expected strings or whole numbers.")
    for name in set(_TIMES) & set(schema.names):
        kind = schema.field(name).type
        if not (_is_text(kind) or pa.types.is_timestamp(kind) or pa.types.is_null(kind)):
            raise BadOption(f"{path}: the times in {name!r} are of the type {kind}; expected timestamps or strings.")
    for name in known(schema):
        kind = schema.field(name).type
        if not (_says_nothing(kind) or _fits(name, kind)):
            raise BadOption(f"{path}: {name!r} is of the type {kind}; expected {_EXPECTED[name]}.")
    return pa.schema([schema.field(name) for name in known(schema)])


def _is_text(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(value) or pa.types.is_large_string(value) or pa.types.is_string_view(value))


def column(table: pa.Table | pa.RecordBatch, name: str) -> pa.Array | None:
    """Return a column in one piece, without dictionary; None where it is missing or holds nothing.

    A column that holds nothing has the type null, or, as Spark reads such columns from Parquet, whole numbers.
    """
    if name not in table.schema.names:
        return None
    found = table.column(name)
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
        if isinstance(found, pa.ChunkedArray):
            found = pa.concat_arrays(found.chunks) if found.num_chunks else pa.array([], found.type)
    if pa.types.is_dictionary(found.type):
        found = found.dictionary_decode()
    return None if _says_nothing(found.type) or not _fits(name, found.type) else found


def _fits(name: str, kind: pa.DataType) -> bool:
    """Say whether a column of this type can hold what its name says; ids and times are `checked` by themselves."""
    if name in _TEXTS:
        return _is_text(kind)
    if name in _PARTS:
        return is_list(kind) and pa.types.is_struct(kind.value_type)
    if name == "author":
        return _is_text(kind) or pa.types.is_struct(kind)
    if name == "origin":
        return bool(pa.types.is_struct(kind))
    return name not in ("edges_stated", "cut") or bool(pa.types.is_boolean(kind))


def _says_nothing(kind: pa.DataType) -> bool:
    return bool(pa.types.is_null(kind) or (is_list(kind) and pa.types.is_null(kind.value_type)))


def is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def author_columns(table: pa.Table | pa.RecordBatch) -> tuple[pa.Array | None, pa.Array | None, pa.Array | None]:
    """Return ids, handles and names of the authors; None for what is not told."""
    flat = (column(table, "author_id"), column(table, "author_handle"), column(table, "author_name"))
    whole = column(table, "author")
    if whole is None:
        return flat
    if _is_text(whole.type):
        return flat[0], whole if flat[1] is None else flat[1], flat[2]
    nested = [
        pc.struct_field(whole, name) if whole.type.get_field_index(name) >= 0 else None
        for name in ("id", "handle", "name")
    ]
    told = [
        None if one is None or _says_nothing(one.type) or not (at == 0 or _is_text(one.type)) else one
        for at, one in enumerate(nested)
    ]
    ids, handles, names = (one if one is not None else other for one, other in zip(flat, told, strict=True))
    return ids, handles, names


def posts(table: pa.Table, reading: Reading) -> Iterator[Post | Problem]:
    """Yield the post of each row, or its problem."""
    rows = _Rows(table, reading)
    here = Origin(capture="", file="", place="")
    for values in rows:
        yield fields.attempt(rows.post, values, here)


@dataclass(slots=True)
class _Rows:
    """The columns of a table as lists, side by side."""

    table: pa.Table
    reading: Reading
    names: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        lists: dict[str, Any] = {}
        authors = zip(("author_id", "author_handle", "author_name"), author_columns(self.table), strict=True)
        for name, values in authors:
            lists[name] = values
        for name in known(self.table.schema):
            if name not in lists and name != "author":
                lists[name] = column(self.table, name)
        there = {name: _listed(name, values) for name, values in lists.items() if values is not None}
        names = list(there)
        for values in zip(*there.values(), strict=True) if names else repeat((), self.table.num_rows):
            yield dict(zip(names, values, strict=True))

    def post(self, row: Mapping[str, Any], _: Origin) -> Post:
        """Return the post of a row.

        Raises:
            BadRecord: It has no id, or something in it is not what it should be.
        """
        get = row.get
        own = get("id")
        if not own:
            raise BadRecord("expected an id in 'id', got nothing")
        more: dict[str, Any] = {name: _parts(row, name) for name in _PARTS if get(name)}
        for name in ("language", "url", "warning", "community_note"):
            if value := get(name):
                more[name] = value
        for name in ("edited", "deleted"):
            if value := get(name):
                more[name] = _instant(value, name)
        stated = get("edges_stated")
        return Post(
            platform=get("platform") or self.reading.platform,
            id=own,
            author=Account(
                id=get("author_id") or None,
                handle=(get("author_handle") or "").removeprefix("@") or None,
                name=get("author_name") or None,
            ),
            time=_instant(get("time"), "time"),
            text=fields.clean(get("text") or ""),
            reply_to=get("reply_to") or None,
            reply_to_author=get("reply_to_author") or None,
            conversation=get("conversation") or None,
            quotes=get("quotes") or None,
            reposts=get("reposts") or None,
            origin=_origin(get("origin")),
            edges_stated=self.reading.stated if stated is None else bool(stated),
            cut=bool(get("cut")),
            **more,
        )


def _listed(name: str, values: pa.Array) -> Sequence[Any]:
    if name in _IDS and pa.types.is_integer(values.type):
        values = pc.cast(values, pa.string())
    elif pa.types.is_timestamp(values.type):
        values = pc.cast(values, pa.timestamp("us", values.type.tz), safe=False).cast(pa.int64())
    found: list[Any] = values.to_pylist()
    return found


def _instant(value: str | int | None, name: str) -> datetime | None:
    if value is None or value == "":
        return None
    if isinstance(value, int):
        return _EPOCH + timedelta(microseconds=value)
    try:
        return times.from_iso(value)
    except (ValueError, OverflowError) as error:
        raise BadRecord(f"expected a date in {name!r}, got {value[:40]!r}") from error


def _origin(value: object) -> Origin | None:
    return _typed(value, Origin, "origin") if isinstance(value, dict) and value.get("capture") is not None else None


def _parts(row: Mapping[str, Any], name: str) -> tuple[msgspec.Struct, ...]:
    return tuple(_typed(part, _PARTS[name], name) for part in row.get(name) or ())


def _typed(value: object, kind: type[T], name: str) -> T:
    """Return a part of a post, with what a table has as null left out where it has a value of its own."""
    if not isinstance(value, dict):
        raise BadRecord(f"expected an object in {name!r}, got {str(value)[:40]!r}")
    optional = {own.name for own in msgspec.structs.fields(kind) if not own.required}
    given = {key: part for key, part in value.items() if part is not None or key not in optional}
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadRecord(f"in {name!r}: {str(error)[:1].lower()}{str(error)[1:]}") from error
