"""Tables as rows of strings: CSV and its kin as spreadsheets and scripts write them, and Parquet."""

from __future__ import annotations

import csv
import io
import json
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, BinaryIO, cast

from clew import records
from clew.errors import DamagedFile, NotReadable
from clew.exports import Export

__all__ = ["Row", "header", "is_parquet", "rows"]

DELIMITERS = ",;\t|"
MOST_COLUMNS = 2000
LONGEST_NAME = 100
BATCH = 2000
"""Rows of a Parquet file that are in memory at a time."""

_MARKS = ((b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    place: str
    """`line 12` of a text, `row 12` of a Parquet file."""
    cells: list[str]
    amiss: str = ""
    """Why the cells can't be told apart; empty where all is well."""


def is_parquet(head: bytes) -> bool:
    """Say whether a file begins as Parquet does."""
    return head.startswith(b"PAR1")


def header(export: Export, member: str) -> list[str] | None:
    """Return the names of a table's columns; None where the file is no table.

    Of a text only the head is looked at, of a Parquet file its footer; the latter needs pyarrow, without which a
    Parquet file has no columns ([]).
    """
    head = export.head(member)
    if not is_parquet(head):
        form = _form(head)
        return form.columns if form else None
    try:
        with _parquet(export, member) as file:
            return file.columns
    except NotReadable:
        return []
    except DamagedFile:
        return None


def rows(export: Export, member: str) -> Iterator[Row]:
    """Yield the header, then each row that holds anything, as strings; a missing value of Parquet is empty.

    Raises:
        DamagedFile: It is in an unknown encoding, a quote is never closed, or the Parquet file is broken.
        NotReadable: It is a Parquet file and pyarrow is not installed.
    """
    if is_parquet(export.head(member)):
        yield from _parquet_rows(export, member)
    else:
        yield from _text_rows(export, member)


# Text ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Form:
    encoding: str
    delimiter: str
    declared: bool
    """The first line only names the delimiter (`sep=;`), as Excel has it."""
    columns: list[str]


def _form(head: bytes) -> _Form | None:
    """Return how a text is laid out as a table: by the delimiter that gives its first record the most columns."""
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")
    text = head[: len(head) // 4 * 4].decode(encoding, "replace") if len(head) > 4 else ""
    first, _, rest = text.partition("\n")
    sep = first.strip().strip('"').lower()
    declared = sep.startswith("sep=") and len(sep) == 5
    if "\0" in first or not text.strip():
        return None
    text = rest if declared else text.lstrip("\r\n")
    found = [(_first_record(text, sign), sign) for sign in (sep[4] if declared else DELIMITERS)]
    columns, sign = max(found, key=lambda pair: len(pair[0]))
    if not 1 < len(columns) <= MOST_COLUMNS or any(len(name) > LONGEST_NAME or "\n" in name for name in columns):
        return None
    return _Form(encoding, sign, declared, columns)


def _first_record(text: str, delimiter: str) -> list[str]:
    csv.field_size_limit(records.LIMIT)
    record = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    return [name.strip().replace("�", "") for name in record]


def _text_rows(export: Export, member: str) -> Iterator[Row]:
    form = _form(export.head(member))
    if form is None:
        raise DamagedFile(export.name, "is no table: its first line names no columns")
    with export.open(member) as binary, io.TextIOWrapper(binary, form.encoding, newline="") as text:
        try:
            yield from _records(text, form)
        except UnicodeDecodeError as error:
            hint = "If you know its encoding: iconv -f windows-1252 -t utf-8 FILE"
            raise DamagedFile(
                export.name, f"is not UTF-8 text (byte 0x{error.object[error.start]:02x}). {hint}"
            ) from error
        except csv.Error as error:
            raise DamagedFile(
                export.name, f"cannot be told apart into rows: {error}; a quote may not be closed"
            ) from error


def _records(text: io.TextIOWrapper, form: _Form) -> Iterator[Row]:
    csv.field_size_limit(records.LIMIT)
    before = 1 if form.declared else 0
    if form.declared:
        text.readline()
    lines = (line.replace("\0", "") if "\0" in line else line for line in text)
    reader = csv.reader(lines, delimiter=form.delimiter)
    width = start = 0
    for cells in reader:
        first, start = start + 1, reader.line_num
        place = f"line {first + before}"
        if not any(cell.strip() for cell in cells):
            continue
        width = width or len(cells)
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        amiss = "" if len(cells) == width else _ragged(len(cells), width, first + before, reader.line_num + before)
        yield Row(place, cells, amiss)


def _ragged(count: int, width: int, first: int, last: int) -> str:
    lines = f" (lines {first} to {last})" if last > first else ""
    return f"expected {width} cells, as the header has, got {count}{lines}"


# Parquet -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Parquet:
    """An open Parquet file; structs stand as columns `author.did`."""

    file: Any
    columns: list[str]
    stream: BinaryIO

    def __enter__(self) -> _Parquet:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.stream.close()


def _parquet(export: Export, member: str) -> _Parquet:
    try:
        arrow: Any = import_module("pyarrow")
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError as error:
        reason = "is a Parquet file; to read those: pip install 'clew[tables]'"
        raise NotReadable(f"{export.name}", reason) from error
    stream = _seekable(export.open(member))
    try:
        file = parquet.ParquetFile(stream)
        return _Parquet(file, list(file.schema_arrow.empty_table().flatten().column_names), stream)
    except (arrow.ArrowException, OSError, ValueError) as error:
        stream.close()
        raise DamagedFile(export.name, f"is a broken Parquet file ({str(error)[:80]}); export it again") from error


def _seekable(stream: BinaryIO) -> BinaryIO:
    """Return the stream, or a temporary file with its content where one can't go back and forth in it."""
    if stream.seekable():
        return stream
    spool = tempfile.TemporaryFile()
    with stream:
        while chunk := stream.read(1 << 20):
            spool.write(chunk)
    spool.seek(0)
    return cast("BinaryIO", spool)


def _parquet_rows(export: Export, member: str) -> Iterator[Row]:
    arrow: Any = None
    with _parquet(export, member) as opened:
        arrow = import_module("pyarrow")
        yield Row("row 0", opened.columns)
        number = 0
        batches = opened.file.iter_batches(batch_size=BATCH)
        while True:
            try:
                batch = next(batches, None)
                columns = [] if batch is None else _strings(arrow.Table.from_batches([batch]).flatten())
            except (arrow.ArrowException, OSError, ValueError) as error:
                raise DamagedFile(export.name, f"breaks off after row {number} ({str(error)[:80]})") from error
            if batch is None:
                return
            for cells in zip(*columns, strict=True):
                number += 1
                yield Row(f"row {number}", list(cells))


def _strings(table: Any) -> list[list[str]]:
    return [[_cell(value) for value in column.to_pylist()] for column in table.columns]


def _cell(value: object) -> str:
    """Return a value of Parquet as a cell; whole numbers that were kept as fractions show by their `.0`."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
