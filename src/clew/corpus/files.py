"""A corpus as it lies on disk or in object storage: Parquet files of which each row is a post."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from clew.corpus import columns
from clew.corpus.columns import Reading
from clew.errors import BadOption, DamagedFile, NotReadable

__all__ = ["Corpus", "File"]


@dataclass(frozen=True, slots=True)
class File:
    """A file, wherever it lies."""

    name: str
    """Its absolute path, or its address, as Spark takes it too."""
    system: fs.FileSystem
    path: str
    """Where it lies in that system."""

    def opened(self) -> pq.ParquetFile:
        """Return the file, opened; whoever asked closes it."""
        return pq.ParquetFile(self.path, filesystem=self.system)


@dataclass(frozen=True, slots=True)
class Corpus:
    """The files, in the order given, with the columns that say something of a post."""

    files: tuple[File, ...]
    schema: pa.Schema
    rows: int

    @classmethod
    def of(cls, inputs: Sequence[str]) -> Corpus:
        """Return the corpus in files and folders of Parquet; those in object storage begin with s3://, gs:// or abfs://.

        Raises:
            NotReadable, DamagedFile: A file is missing, or is no Parquet.
            BadOption: Columns are missing, or are not of the same type everywhere.
        """
        files = [file for given in inputs for file in _files(given)]
        schemas, rows = [], 0
        for file in files:
            own = _metadata(file)
            schemas.append(columns.checked(own.schema.to_arrow_schema().remove_metadata(), file.name))
            rows += own.num_rows
        try:
            schema = pa.unify_schemas(schemas, promote_options="permissive")
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise BadOption(
                f"{files[0].name} and the files beside it: the columns differ in type ({error})."
            ) from error
        return cls(tuple(files), schema, rows)

    def reading(self, wish: Reading) -> Reading:
        """Return how rows are taken: a corpus that names parents and says no more of edges names all of them."""
        if "edges_stated" in self.schema.names or "reply_to" not in self.schema.names:
            return wish
        return replace(wish, stated=any(_holds(file, "reply_to") for file in self.files))

    def batches(self, rows: int, but: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order, all with the same columns, without some that are not asked for.

        Raises:
            DamagedFile: A file is broken.
        """
        names = [name for name in self.schema.names if name not in but]
        schema = pa.schema([self.schema.field(name) for name in names])
        for file in self.files:
            try:
                with file.opened() as opened:
                    wanted = [name for name in names if name in opened.schema_arrow.names]
                    for batch in opened.iter_batches(rows, columns=wanted):
                        yield _same(batch, schema)
            except (pa.ArrowException, OSError) as error:
                raise DamagedFile(file.name, f"breaks off or is no whole Parquet ({_first_line(error)})") from error

    def sign(self) -> list[tuple[str, int, int]]:
        """Return by what the same files are known again."""
        infos = [(file.name, file.system.get_file_info(file.path)) for file in self.files]
        return [(name, info.size, info.mtime_ns or 0) for name, info in infos]


def _files(given: str) -> Iterator[File]:
    """Yield the files that an input names: itself, or all Parquet below it."""
    prefix, system, path = _system(given)
    try:
        info = system.get_file_info(path)
        if info.type == fs.FileType.NotFound:
            raise NotReadable(given, "no such file or folder")
        if info.is_file:
            yield File(prefix + path, system, path)
            return
        below = system.get_file_info(fs.FileSelector(path, recursive=True))
    except OSError as error:
        raise NotReadable(given, _first_line(error)) from error
    found = sorted(own.path for own in below if own.is_file and own.path.endswith(".parquet"))
    if not found:
        raise NotReadable(given, "holds no file whose name ends with .parquet")
    yield from (File(prefix + own, system, own) for own in found)


def _system(given: str) -> tuple[str, fs.FileSystem, str]:
    """Return what stands before paths in addresses, the system that an input lies in, and its path there."""
    if "://" not in given:
        return "", fs.LocalFileSystem(), str(Path(given).absolute())
    try:
        system, path = fs.FileSystem.from_uri(given)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise NotReadable(given, f"cannot be reached ({_first_line(error)})") from error
    return f"{given.partition('://')[0]}://", system, path


def _metadata(file: File) -> pq.FileMetaData:
    try:
        with file.opened() as opened:
            return opened.metadata
    except pa.ArrowException as error:
        raise DamagedFile(file.name, f"is no Parquet ({_first_line(error)})") from error
    except OSError as error:
        raise NotReadable(file.name, (os.strerror(error.errno) if error.errno else str(error)).lower()) from error


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0].rstrip(".").lower()[:200]


def _holds(file: File, name: str) -> bool:
    """Say whether a column holds anything, by the file's own statistics."""
    own = _metadata(file)
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
