"""Tables of actions: object, account, content and time in columns, as Parquet or CSV, read by pyarrow in batches."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from clew import times
from clew.compare.actions import SECOND, Actions, Codes, Flags, Instants, Names, joined, ordered
from clew.errors import BadOption, DamagedFile, NotReadable

__all__ = ["ROLES", "actions_of", "columns_of", "is_actions", "pairs_of", "read", "roles"]

#: What a column can be, and the names by which it is known, best first.
ROLES = {
    "object": ("object_id", "object"),
    "account": ("account_id", "id_user", "account", "user_id", "author_id", "author", "username", "screen_name"),
    "content": ("content_id", "content", "post_id", "tweet_id", "message_id", "status_id", "id"),
    "time": ("timestamp_share", "timestamp", "time", "created_at", "date"),
}
#: A number as a spreadsheet shows an id that it has rounded.
_ROUNDED = r"^[0-9][.,]?[0-9]*[eE]\+?[0-9]{2,}$"
_NUMBER = r"^-?[0-9]{1,18}(\.[0-9]+)?$"
_EXACT = 1 << 53


@dataclass(frozen=True, slots=True)
class _Taken:
    """The columns of a table by role."""

    object: tuple[str, ...]
    account: str
    content: str | None
    time: str


def columns_of(path: str) -> list[str] | None:
    """Return the names of a table's columns; None where the file is no table that can be opened."""
    try:
        return list(_batches(path).names)
    except (DamagedFile, NotReadable):
        return None


def is_actions(path: str, columns: Mapping[str, str] | None = None) -> bool:
    """Say whether a file is a table of actions: the user names an object, or columns tell object, account and time."""
    if columns is not None:
        return "object" in columns
    names = columns_of(path) if path.lower().endswith((".csv", ".tsv", ".parquet")) else None
    if names is None or {"text", "full_text", "body"} & set(names):
        return False
    return all(any(name in names for name in ROLES[role]) for role in ("object", "account", "time"))


def read(path: str, columns: Mapping[str, str] | None = None) -> Actions:
    """Return the actions of a table; rows without object, account or time are left out and counted.

    `columns` says which column is what; several columns of objects are parted by `+` and each is a trace of its own,
    by its name. Without a column of contents every row is a post of its own.

    Raises:
        NotReadable: The file cannot be opened.
        DamagedFile: It is no table, it breaks off, or a spreadsheet has rounded its ids.
        BadOption: A column is not there.
    """
    source = _batches(path)
    taken = _taken(path, source.names, columns or {})
    table = _table(path, source, taken)
    return joined([_actions(path, table, taken, column) for column in taken.object])


def roles(path: str, columns: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return which column of a table in Parquet is the object, account, content and time; content may lack.

    Raises:
        NotReadable: The file cannot be opened.
        DamagedFile: It is broken.
        BadOption: It is not in Parquet, a column is not there, or several are the object.
    """
    source = _batches(path)
    if source.parquet is None:
        raise BadOption(f"{path}: a cluster reads tables in Parquet only.")
    taken = _taken(path, source.names, columns or {})
    if len(taken.object) > 1 or taken.content is None:
        raise BadOption(f"{path}: through a cluster it takes one column of objects, and one of contents.")
    for name in (taken.object[0], taken.account, taken.content):
        if pa.types.is_floating(source.parquet.schema_arrow.field(name).type):
            raise BadOption(
                f"{path}: its column {name} holds fractions; a cluster takes ids as strings or whole numbers."
            )
    return {"object": taken.object[0], "account": taken.account, "content": taken.content, "time": taken.time}


def actions_of(table: Any) -> Actions:
    """Return the actions of a table whose columns are object, account, content and time.

    Raises:
        DamagedFile: No row has all of them.
    """
    coded = pa.Table.from_batches([_as_dictionaries("rows", batch) for batch in table.to_batches()])
    return _actions("rows", coded.unify_dictionaries(), _Taken(("object",), "account", "content", "time"), "object")


def pairs_of(path: str, first: str, second: str) -> Iterator[tuple[str, str]]:
    """Yield the distinct pairs of two columns, where both are given.

    Raises:
        NotReadable: The file cannot be opened.
        DamagedFile: It is no table or breaks off.
        BadOption: A column is not there.
    """
    source = _batches(path)
    for name in (first, second):
        _column(path, source.names, name)
    table = _loaded(path, source, [first, second])
    found = table.group_by([first, second]).aggregate([])
    for a, b in zip(found[first].to_pylist(), found[second].to_pylist(), strict=True):
        if a and b and a.strip() and b.strip():
            yield a.strip(), b.strip()


# Opening -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Source:
    names: list[str]
    parquet: Any
    """A ParquetFile; None for a text."""
    delimiter: str = ","


def _batches(path: str) -> _Source:
    try:
        with open(path, "rb") as stream:
            head = stream.read(1 << 16)
        if head.startswith(b"PAR1"):
            file = pq.ParquetFile(path)
            return _Source(list(file.schema_arrow.names), file)
    except OSError as error:
        raise NotReadable(path, (error.strerror or "cannot be opened").lower()) from error
    except pa.ArrowException as error:
        raise DamagedFile(path, f"is a broken Parquet file ({str(error)[:80]}); export it again") from error
    line = head.lstrip(b"\xef\xbb\xbf").partition(b"\n")[0].decode("utf-8", "replace").strip("\r")
    delimiter = max(",;\t|", key=line.count)
    names = [name.strip().strip('"') for name in line.split(delimiter)]
    if len(names) < 2 or "\0" in line:
        raise DamagedFile(path, "is no table: its first line names no columns")
    return _Source(names, None, delimiter)


def _loaded(path: str, source: _Source, names: Sequence[str]) -> Any:
    """Return columns as a table of dictionaries of strings or whole numbers, one dictionary for all batches."""
    kind = pa.dictionary(pa.int32(), pa.string())
    try:
        if source.parquet is not None:
            batches = [_as_dictionaries(path, batch) for batch in source.parquet.iter_batches(columns=list(names))]
        else:
            options = pc_csv.ConvertOptions(
                include_columns=list(names),
                column_types=dict.fromkeys(names, kind),
                strings_can_be_null=True,
                null_values=["", "NA", "NaN", "nan", "null", "NULL", "None"],
            )
            parsing = pc_csv.ParseOptions(delimiter=source.delimiter, newlines_in_values=True)
            reading = pc_csv.ReadOptions(column_names=source.names, skip_rows=1)
            with pc_csv.open_csv(path, convert_options=options, parse_options=parsing, read_options=reading) as reader:
                batches = list(reader)
    except (pa.ArrowException, OSError) as error:
        raise DamagedFile(path, f"cannot be read as a table ({str(error)[:100]})") from error
    if not batches:
        return pa.table({name: pa.array([], type=kind) for name in names})
    return pa.Table.from_batches(batches).unify_dictionaries()


def _as_dictionaries(path: str, batch: Any) -> Any:
    arrays = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_floating(column.type):
            column = _whole(path, name, column)
        elif pa.types.is_timestamp(column.type):
            column = column.cast(pa.timestamp("ms"), safe=False).cast(pa.int64())
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        arrays.append((column if pa.types.is_integer(column.type) else column.cast(pa.string())).dictionary_encode())
    return pa.record_batch(arrays, names=batch.schema.names)


def _whole(path: str, name: str, column: Any) -> Any:
    """Return fractions as whole numbers where they are; ids that were kept as fractions come so.

    Raises:
        DamagedFile: Some are too large to be exact.
    """
    values = column.drop_null().to_numpy()
    if len(values) and (np.abs(values) >= _EXACT).any():
        raise DamagedFile(path, f"its column {name} holds large ids as fractions, which are no longer exact")
    whole = len(values) == 0 or bool((values == np.floor(values)).all())
    return column.cast(pa.int64()) if whole else column


# Meaning -------------------------------------------------------------------------------------------------------------


def _taken(path: str, names: Sequence[str], columns: Mapping[str, str]) -> _Taken:
    for role in columns:
        if role not in ROLES:
            raise BadOption(f"no column can be taken for {role!r}; of a table of actions: {', '.join(ROLES)}.")

    def column(role: str) -> str | None:
        if role in columns:
            return _column(path, names, columns[role]) if columns[role] else None
        return next((name for name in ROLES[role] if name in names), None)

    found = {role: column(role) for role in ("account", "content", "time")}
    for role in ("account", "time"):
        if found[role] is None:
            raise BadOption(f"{path}: no column tells the {role}; name one with --columns {role}=NAME.")
    objects = columns.get("object") or next((name for name in ROLES["object"] if name in names), "")
    if not objects:
        raise BadOption(f"{path}: no column tells the object; name one with --columns object=NAME.")
    split = tuple(_column(path, names, name) for name in objects.split("+"))
    return _Taken(split, str(found["account"]), found["content"], str(found["time"]))


def _column(path: str, names: Sequence[str], name: str) -> str:
    if name not in names:
        raise BadOption(f"{path}: no column is called {name!r}. There are: {', '.join(names[:40])}.")
    return name


def _table(path: str, source: _Source, taken: _Taken) -> Any:
    names = dict.fromkeys([*taken.object, taken.account, *([taken.content] if taken.content else []), taken.time])
    table = _loaded(path, source, list(names))
    for name in (*taken.object, taken.account, taken.content):
        if name is not None:
            _refuse_rounded(path, name, table[name])
    return table


def _refuse_rounded(path: str, name: str, column: Any) -> None:
    """Refuse ids that a spreadsheet has rounded: different accounts would look like one.

    Raises:
        DamagedFile: There is one, or nearly all long ids end with zeros.
    """
    for chunk in column.chunks[:1]:
        values = chunk.dictionary.cast(pa.string())
        rounded = values.filter(pc.match_substring_regex(values, _ROUNDED))
        if len(rounded):
            raise DamagedFile(
                path, f"its column {name} holds ids that a spreadsheet has rounded ({rounded[0]}); export it again"
            )
        long = values.filter(pc.match_substring_regex(values, r"^[0-9]{16,}$"))
        if len(long) >= 20 and pc.mean(pc.ends_with(long, "000").cast(pa.int8())).as_py() > 0.9:
            raise DamagedFile(
                path,
                f"nearly all ids in its column {name} end with 000: a spreadsheet has rounded them; export it again",
            )


def _actions(path: str, table: Any, taken: _Taken, column: str) -> Actions:
    time, timed = _instants(table[taken.time])
    objects, object_, has_object = _coded(table[column])
    accounts, account, has_account = _coded(table[taken.account])
    contents, content, has_content = _contents(path, table, taken.content)
    good = timed & has_object & has_account & has_content
    left = Counter(
        {
            "rows without an object": int((~has_object).sum()),
            "rows without an account": int((has_object & ~has_account).sum()),
            "rows without a time": int((has_object & has_account & ~timed).sum()),
            "rows without a content": int((has_object & has_account & timed & ~has_content).sum()),
        }
    )
    if len(table) and not good.any():
        raise DamagedFile(path, f"no row has all of {column}, {taken.account} and {taken.time}")
    return ordered(
        Actions(
            object=object_[good],
            account=account[good],
            content=content[good],
            time=time[good],
            leads=_leads(content[good]),
            objects=objects,
            accounts=accounts,
            contents=contents,
            traces=("object" if column in ROLES["object"] else column,),
            trace_of=np.zeros(len(objects), dtype=np.int32),
            left=dict(+left),
        )
    )


def _leads(content: Codes) -> Flags:
    """Say of each row whether it is the first of its content."""
    leads = np.zeros(len(content), dtype=bool)
    leads[np.unique(content, return_index=True)[1]] = True
    return leads


def _coded(column: Any) -> tuple[Names, Codes, Flags]:
    """Return the names of a column, the code of each row and whether the row has one; blanks are none."""
    if column.num_chunks == 0:
        return Names.of([]), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=bool)
    names = column.chunk(0).dictionary.cast(pa.large_string())
    blank = pc.equal(pc.utf8_trim_whitespace(names), "").to_numpy(zero_copy_only=False)
    indices = pa.chunked_array([chunk.indices for chunk in column.chunks])
    there = np.asarray(indices.is_valid().to_numpy(), dtype=bool)
    codes = indices.fill_null(0).to_numpy().astype(np.int32)
    if len(names):
        there &= ~np.asarray(blank, dtype=bool)[codes]
    return Names(names), codes, there


def _contents(path: str, table: Any, column: str | None) -> tuple[Names, Codes, Flags]:
    if column is not None:
        return _coded(table[column])
    size = len(table)
    return Names.of(f"row {row + 1}" for row in range(size)), np.arange(size, dtype=np.int32), np.ones(size, dtype=bool)


def _instants(column: Any) -> tuple[Instants, Flags]:
    """Return the milliseconds since 1970 of each row and whether it has a time."""
    names, codes, there = _coded(column)
    if not len(names):
        return np.zeros(len(codes), dtype=np.int64), there
    if pc.all(pc.match_substring_regex(names.held, _NUMBER)).as_py():
        return _from_numbers(names.held.cast(pa.float64()).to_numpy())[codes], there
    known = [_instant(name) for name in names]
    values = np.array([value or 0 for value in known], dtype=np.int64)
    told = np.array([value is not None for value in known], dtype=bool)
    return values[codes], there & told[codes]


def _from_numbers(numbers: npt.NDArray[np.float64]) -> Instants:
    """Return milliseconds from seconds, milliseconds or microseconds since 1970, told apart by their size."""
    size = np.abs(numbers)
    scale = np.where(size < 1e11, SECOND, np.where(size < 1e14, 1, 1 / SECOND))
    return np.rint(numbers * scale).astype(np.int64)


def _instant(text: str) -> int | None:
    """Return the milliseconds since 1970 of a time as tables write it: seconds, milliseconds, microseconds or ISO 8601.

    >>> _instant("1622799000"), _instant("2021-06-04 09:30:00"), _instant("soon")
    (1622799000000, 1622799000000, None)
    """
    if re.fullmatch(_NUMBER, text):
        return int(_from_numbers(np.array([float(text)]))[0])
    try:
        return round(times.from_iso(text).timestamp() * SECOND)
    except (ValueError, OverflowError):
        return None
