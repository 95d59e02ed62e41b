"""A corpus as it lies on disk: Parquet files of which each row is a post."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clew.corpus import columns
from clew.corpus.columns import Reading
from clew.errors import BadOption, DamagedFile, NotReadable

__all__ = ["Corpus"]


@dataclass(frozen=True, slots=True)
class Corpus:
    """The files, in the order given, with the columns that say something of a post."""

    files: tuple[Path, ...]
    schema: pa.Schema
    rows: int

    @classmethod
    def of(cls, inputs: Sequence[str]) -> Corpus:
        """Return the corpus in files and folders of Parquet.

        Raises:
            NotReadable, DamagedFile: A file is missing, or is no Parquet.
            BadOption: Columns are missing, or are not of the same type everywhere.
        """
        files = [path for given in inputs for path in _files(given)]
        schemas, rows = [], 0
        for path in files:
            own = _metadata(path)
            schemas.append(columns.checked(own.schema.to_arrow_schema().remove_metadata(), str(path)))
            rows += own.num_rows
        try:
            schema = pa.unify_schemas(schemas, promote_options="permissive")
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise BadOption(f"{files[0]} and the files beside it: the columns differ in type ({error}).") from error
        return cls(tuple(files), schema, rows)

    def reading(self, wish: Reading) -> Reading:
        """Return how rows are taken: a corpus that names parents and says no more of edges names all of them."""
        if "edges_stated" in self.schema.names or "reply_to" not in self.schema.names:
            return wish
        return replace(wish, stated=any(_holds(path, "reply_to") for path in self.files))

    def batches(self, rows: int, but: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order, all with the same columns, without some that are not asked for.

        Raises:
            DamagedFile: A file is broken.
        """
        names = [name for name in self.schema.names if name not in but]
        schema = pa.schema([self.schema.field(name) for name in names])
        for path in self.files:
            try:
                with pq.ParquetFile(path) as file:
                    wanted = [name for name in names if name in file.schema_arrow.names]
                    for batch in file.iter_batches(rows, columns=wanted):
                        yield _same(batch, schema)
            except (pa.ArrowException, OSError) as error:
                raise DamagedFile(str(path), f"breaks off or is no whole Parquet ({_first_line(error)})") from error

    def sign(self) -> list[tuple[str, int, int]]:
        """Return by what the same files are known again."""
        return [(str(path.absolute()), path.stat().st_size, path.stat().st_mtime_ns) for path in self.files]


def _files(given: str) -> Iterator[Path]:
    path = Path(given)
    if not path.exists():
        raise NotReadable(given, "no such file or folder")
    if not path.is_dir():
        yield path
        return
    found = sorted(path.rglob("*.parquet"))
    if not found:
        raise NotReadable(given, "holds no file whose name ends with .parquet")
    yield from found


def _metadata(path: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(path)
    except pa.ArrowException as error:
        raise DamagedFile(str(path), f"is no Parquet ({_first_line(error)})") from error
    except OSError as error:
        raise NotReadable(str(path), (os.strerror(error.errno) if error.errno else str(error)).lower()) from error


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0].rstrip(".").lower()[:200]


def _holds(path: Path, name: str) -> bool:
    """Say whether a column holds anything, by the file's own statistics."""
    own = _metadata(path)
    for group in range(own.num_row_groups):
        for at in range(own.row_group(group).num_columns):
            column = own.row_group(group).column(at)
            if column.path_in_schema == name:
                nulls = column.statistics.null_count if column.statistics else None
                if nulls is None or nulls < column.num_values:
                    return True
    return False


def _same(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    if batch.schema.equals(schema):
        return batch
    arrays = [
        batch.column(own.name).cast(own.type) if own.name in batch.schema.names else pa.nulls(batch.num_rows, own.type)
        for own in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
