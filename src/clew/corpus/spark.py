"""The weave over a corpus through Spark Connect: any Spark cluster, or Sail where there is no JVM.

The rows stay where the cluster has them. Its workers mark them (`marks.of`); the keys alone come to this process, which
lays them out (`plan.made`); and the workers weave each bucket with the same function as one machine (`bucket.woven`).
What goes from one to the other lies in files between them, and never passes through the server that drives the cluster.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from clew import clusters
from clew.corpus import bucket, marks, plan
from clew.corpus.bucket import GUEST, ROLE
from clew.corpus.columns import Reading
from clew.corpus.files import Corpus
from clew.corpus.local import Task, sign
from clew.corpus.marks import Marks
from clew.corpus.output import Output, Total
from clew.corpus.plan import Gathered
from clew.corpus.tables import TABLES
from clew.posts import Notice

__all__ = ["weave"]

ROW, BUCKET = "_row", "_bucket"
#: What a worker says of its rows: arrays of `Marks`, packed by batch, since they are sent once and taken apart here.
_MARKED = "_row long, _marks binary"
_WOVEN = "name string, part binary"
BUCKET_ROWS = 50_000


def weave(task: Task, connect: str) -> Total:
    """Write the threads of the corpus as `local.weave` does, through the Spark Connect server at `sc://...`.

    Raises:
        BadOption: The client is not installed, the server does not answer, or the folder holds something else.
        NotReadable, DamagedFile: An input can't be read.
    """
    corpus = Corpus.of(task.inputs)
    output = Output(task.out, sign(task, corpus))
    if output.is_whole():
        return output.total()
    reading = corpus.reading(task.reading)
    output.clear()
    session = clusters.session(connect)
    rows = output.spill / "rows"
    _number_rows(session, corpus, rows)
    made = _plan(session, rows, corpus, reading, task)
    singles = _weave_buckets(session, rows, made, reading, task, output)
    for name in ("rows", "marks", "places", "woven"):
        shutil.rmtree(output.spill / name, ignore_errors=True)
    output.spilled(0, singles)
    return output.finish(corpus.rows)


def _number_rows(session: Any, corpus: Corpus, folder: Path) -> None:
    """Write the rows once with a number each, so that every later step means the same row by it."""
    from pyspark.sql import functions

    frames = [session.read.parquet(file.name) for file in corpus.files]
    whole = frames[0]
    for frame in frames[1:]:
        whole = whole.unionByName(frame, allowMissingColumns=True)
    names = [name for name in corpus.schema.names if name in whole.columns]
    whole.select(*names).withColumn(ROW, functions.monotonically_increasing_id()).write.parquet(str(folder))


def _plan(session: Any, rows: Path, corpus: Corpus, reading: Reading, task: Task) -> tuple[plan.Plan, Any]:
    """Return the plan, and the numbers of the rows in the order in which it counts them."""
    packed = msgspec.msgpack.encode(list(task.notices))
    marked = rows.parent / "marks"
    session.read.parquet(str(rows)).mapInArrow(_marker(reading, packed), _MARKED).write.parquet(str(marked))
    gathered = Gathered.of(corpus.rows)
    numbers: list[Any] = []
    for (part,) in _cells(marked, "_marks"):
        with pa.ipc.open_stream(part) as stream:
            table = stream.read_all()
        numbers.append(table.column(ROW).to_numpy())
        gathered.add(_unpacked(table))
    return plan.made(gathered, bucket_rows=BUCKET_ROWS, everything=task.singles), np.concatenate(numbers or [[]])


def _marker(reading: Reading, notices: bytes) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def mark(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        known = marks.NoticeKeys.of(msgspec.msgpack.decode(notices, type=list[Notice]))
        for batch in batches:
            own = batch.column(batch.schema.names.index(ROW))
            yield pa.record_batch({ROW: own[:1], "_marks": pa.array([_packed(marks.of(batch, reading, known), own)])})

    return mark


def _packed(found: Marks, rows: pa.Array) -> bytes:
    """Return the marks of a batch as one table; lists of other wordings stand in its metadata."""
    extra = msgspec.msgpack.encode((found.version_rows.tolist(), found.versions.tolist()))
    columns = {"id": found.id, "parent": found.parent, "quote": found.quote, "author": found.author}
    table = pa.table({ROW: rows, **columns, "handle": found.handle, "flags": found.flags}, metadata={"versions": extra})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def _unpacked(table: pa.Table) -> Marks:
    version_rows, versions = msgspec.msgpack.decode((table.schema.metadata or {})[b"versions"])
    arrays = {name: table.column(name).to_numpy() for name in ("id", "parent", "quote", "author", "handle", "flags")}
    return Marks(**arrays, version_rows=np.array(version_rows, np.int64), versions=np.array(versions, np.uint64))


def _weave_buckets(
    session: Any, rows: Path, laid: tuple[plan.Plan, Any], reading: Reading, task: Task, output: Output
) -> int:
    """Write what the workers weave, and return how many posts stand alone."""
    places, parts = rows.parent / "places", rows.parent / "woven"
    places.mkdir()
    pq.write_table(_places(*laid), places / "places.parquet")
    placed = session.read.parquet(str(rows)).join(session.read.parquet(str(places)), ROW)
    notices = msgspec.msgpack.encode(list(task.notices))
    weaver = _weaver(reading, notices, task.singles)
    placed.groupBy(BUCKET).applyInArrow(weaver, _WOVEN).write.parquet(str(parts))
    singles = 0
    for at, (name, part) in enumerate(_cells(parts, "name", "part")):
        with pa.ipc.open_stream(part) as stream:
            table = stream.read_all()
        singles += int((table.schema.metadata or {}).get(b"singles", b"0"))
        with output.writer(name, f"spark-{at:05d}") as writer:
            writer.write_table(table.cast(TABLES[name]))
    return singles


def _cells(folder: Path, *names: str) -> Iterator[tuple[Any, ...]]:
    """Yield the values of some columns of what the cluster wrote, row by row."""
    for path in sorted(folder.glob("*.parquet")):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=1, columns=list(names)):
                yield from zip(*(batch.column(name).to_pylist() for name in names), strict=True)


def _places(made: plan.Plan, numbers: Any) -> pa.Table:
    """Return for each row the buckets that it goes to, and its role there; what stands alone has a bucket too."""
    guests = made.guests
    return pa.table(
        {
            ROW: np.concatenate([numbers, numbers[guests.rows]]).astype(np.int64),
            BUCKET: np.concatenate([made.bucket, guests.buckets]).astype(np.int32),
            ROLE: np.concatenate([made.role, np.full(len(guests.rows), GUEST, np.uint8)]).astype(np.int32),
        }
    )


def _weaver(reading: Reading, notices: bytes, singles: bool) -> Callable[[pa.Table], pa.Table]:
    def weave_bucket(rows: pa.Table) -> pa.Table:
        rows = rows.sort_by(ROW)
        known = msgspec.msgpack.decode(notices, type=list[Notice])
        alone = pa.compute.equal(rows.column(ROLE), plan.SINGLE)
        found = bucket.woven(rows.filter(pa.compute.invert(alone)), known, reading, singles=singles)
        lonely = bucket.single_posts(rows.filter(alone), reading)
        posts = pa.concat_tables([found.posts, lonely])
        count = str(found.singles + lonely.num_rows)
        parts = {"threads": found.threads, "posts": posts, "gaps": found.gaps, "problems": found.problems}
        parts["posts"] = posts.replace_schema_metadata({"singles": count})
        return pa.table(
            {"name": list(parts), "part": pa.array([_stream(table) for table in parts.values()], pa.binary())}
        )

    return weave_bucket


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())
