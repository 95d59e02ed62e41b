"""The weave over a corpus on one machine: plan over arrays, buckets on disk, then every bucket in a process of its own.

What is written stands after each bucket, so that a run that was broken off goes on where it was.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from clew.corpus import bucket, marks, plan
from clew.corpus.bucket import GUEST, ROLE
from clew.corpus.columns import Reading
from clew.corpus.files import Corpus
from clew.corpus.output import Output, Total
from clew.corpus.plan import Gathered, Plan
from clew.errors import BadOption
from clew.posts import Notice

__all__ = ["Task", "sign", "weave"]

Watch = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and out of how much."""

ROW_BYTES = 64
"""What the plan holds of a row at most, in bytes."""
POST_BYTES = 12_000
"""What a post takes while it is woven, with its thread, in bytes; measured at 5,000, and long texts take more."""
BATCH = 1 << 17
LEAST_ROWS, MOST_ROWS = 1000, 50_000
"""How many rows a bucket holds, at the least and at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to weave, and how."""

    inputs: Sequence[str]
    out: Path
    reading: Reading = field(default_factory=Reading)
    notices: Sequence[Notice] = ()
    singles: bool = False
    """Whether single posts without any sign of a thread are written as threads too."""
    memory: int = 4 << 30
    """How many bytes may be used, all processes together."""
    workers: int = 0
    """How many processes; 0: as many as there are processors."""


def weave(task: Task, watch: Watch = lambda what, done, of: None) -> Total:
    """Write the threads of the corpus, and return how many posts and threads there are.

    Raises:
        BadOption: The folder holds something else, or the memory is too small for the corpus.
        NotReadable, DamagedFile: An input can't be read.
    """
    corpus = Corpus.of(task.inputs)
    output = Output(task.out, sign(task, corpus))
    if output.is_whole():
        return output.total()
    _check_memory(task, corpus)
    reading = corpus.reading(task.reading)
    if not output.is_spilled():
        _spill(task, corpus, reading, output, watch)
    _weave_buckets(task, reading, output, watch)
    return output.finish(corpus.rows)


def sign(task: Task, corpus: Corpus) -> dict[str, object]:
    """Return what a run must have in common with one that it goes on with."""
    return {
        "inputs": corpus.sign(),
        "platform": task.reading.platform,
        "singles": task.singles,
        "notices": len(task.notices),
    }


def _check_memory(task: Task, corpus: Corpus) -> None:
    needed = corpus.rows * ROW_BYTES + (300 << 20)
    if needed > task.memory:
        raise BadOption(
            f"--memory {task.memory / 2**30:.1f}G: {corpus.rows:,} posts take {needed / 2**30:.1f}G to lay out. "
            "Give more, or use --engine spark."
        )


# From the corpus to buckets on disk ----------------------------------------------------------------------------------


def _spill(task: Task, corpus: Corpus, reading: Reading, output: Output, watch: Watch) -> None:
    output.clear()
    made = _plan(task, corpus, reading, watch)
    with ExitStack() as stack:
        buckets = _Buckets(output.spill, made.buckets, stack)
        singles = stack.enter_context(output.writer("posts", "single"))
        first = 0
        for rows in corpus.batches(BATCH):
            table = pa.Table.from_batches([rows])
            alone = made.role[first : first + rows.num_rows] == plan.SINGLE
            singles.write_table(bucket.single_posts(table.filter(pa.array(alone)), reading))
            buckets.add(_placed(table, made, first))
            first += rows.num_rows
            watch("sharing out posts", first, corpus.rows)
        buckets.flush()
    output.spilled(made.buckets, int((made.role == plan.SINGLE).sum()))


def _plan(task: Task, corpus: Corpus, reading: Reading, watch: Watch) -> Plan:
    gathered = Gathered.of(corpus.rows)
    notices = marks.NoticeKeys.of(task.notices)
    for rows in corpus.batches(BATCH, but=("author_name", "links", "mentions", "tags", "media")):
        gathered.add(marks.of(rows, reading, notices))
        watch("laying out posts", gathered.rows, corpus.rows)
    share = task.memory // 2 // (_workers(task) * POST_BYTES)
    return plan.made(gathered, bucket_rows=max(LEAST_ROWS, min(share, MOST_ROWS)), everything=task.singles)


def _workers(task: Task) -> int:
    return task.workers or os.cpu_count() or 1


def _placed(table: pa.Table, made: Plan, first: int) -> tuple[pa.Table, np.ndarray[tuple[int], np.dtype[np.int32]]]:
    """Return the rows that go to buckets, each as often as it is wanted, and their buckets."""
    here = slice(first, first + table.num_rows)
    own = np.flatnonzero(made.role[here] != plan.SINGLE)
    rows, into = made.guests.between(here.start, here.stop)
    at = np.concatenate([own, rows])
    buckets = np.concatenate([made.bucket[here][own], into])
    roles = np.concatenate([made.role[here][own], np.full(len(rows), GUEST, np.uint8)])
    sort = np.argsort(buckets, kind="stable")
    placed = table.take(pa.array(at[sort])).append_column(ROLE, pa.array(roles[sort]))
    return placed, buckets[sort]


class _Buckets:
    """Files of rows, one a bucket; rows are kept until there are enough for one stretch in each."""

    ENOUGH = 256 << 20

    def __init__(self, folder: Path, count: int, stack: ExitStack) -> None:
        self._folder = folder
        self._count = count
        self._stack = stack
        self._waiting: list[tuple[pa.Table, np.ndarray[tuple[int], np.dtype[np.int32]]]] = []
        self._bytes = 0
        self._writers: dict[int, pa.ipc.RecordBatchStreamWriter] = {}

    def add(self, placed: tuple[pa.Table, np.ndarray[tuple[int], np.dtype[np.int32]]]) -> None:
        self._waiting.append(placed)
        self._bytes += placed[0].nbytes
        if self._bytes >= self.ENOUGH:
            self.flush()

    def flush(self) -> None:
        if not self._waiting:
            return
        table = pa.concat_tables([table for table, _ in self._waiting])
        buckets = np.concatenate([buckets for _, buckets in self._waiting])
        sort = np.argsort(buckets, kind="stable")
        starts = np.searchsorted(buckets[sort], np.arange(self._count + 1))
        for at in np.flatnonzero(np.diff(starts)).tolist():
            rows = table.take(pa.array(sort[starts[at] : starts[at + 1]]))
            self._writer(at, rows.schema).write_table(rows)
        self._waiting, self._bytes = [], 0

    def _writer(self, at: int, schema: pa.Schema) -> pa.ipc.RecordBatchStreamWriter:
        if at not in self._writers:
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            path = self._folder / f"{at:05d}.arrows"
            self._writers[at] = self._stack.enter_context(pa.ipc.new_stream(str(path), schema, options=options))
        return self._writers[at]


# From buckets to threads ---------------------------------------------------------------------------------------------


def _weave_buckets(task: Task, reading: Reading, output: Output, watch: Watch) -> None:
    left = output.left()
    done = output.buckets - len(left)
    watch("weaving", done, output.buckets)
    notices = msgspec.msgpack.encode(list(task.notices))
    for _ in _each(left, min(_workers(task), max(1, len(left))), (output, notices, reading, task.singles)):
        done += 1
        watch("weaving", done, output.buckets)


def _each(left: Sequence[int], workers: int, settings: tuple[Output, bytes, Reading, bool]) -> Iterator[int]:
    """Yield the buckets as they get done; an interrupt ends the processes at once, which loses what is half done."""
    if not left:
        return
    if workers == 1:
        output, notices, reading, singles = settings
        _SETTINGS[:] = [(output, msgspec.msgpack.decode(notices, type=list[Notice]), reading, singles)]
        yield from map(_weave_bucket, left)
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=settings)
    try:
        waiting = {pool.submit(_weave_bucket, at) for at in left}
        while waiting:
            ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ready:
                yield future.result()
        pool.shutdown()
    except BaseException:
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        raise


_SETTINGS: list[tuple[Output, list[Notice], Reading, bool]] = []


def _begin(output: Output, notices: bytes, reading: Reading, singles: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    pa.set_cpu_count(1)
    _SETTINGS[:] = [(output, msgspec.msgpack.decode(notices, type=list[Notice]), reading, singles)]


def _weave_bucket(at: int) -> int:
    (output, notices, reading, singles) = _SETTINGS[0]
    path = output.spill / f"{at:05d}.arrows"
    if path.exists():
        with pa.ipc.open_stream(pa.memory_map(str(path))) as stream:
            table = stream.read_all()
        output.write(at, bucket.woven(table, notices, reading, singles=singles))
    gc.collect()
    return at
