"""The ways that are measured, each in a process of its own: `python -m benchmarks.speed.ways NAME FILE`.

What is asked of each is the same: the root of every post's self-reply tree; the last one writes the threads as well.
Ways over arrays are timed from when the three columns are in memory; the two that read Parquet themselves, with that.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.speed import engines
from clew.corpus.local import BATCH

__all__ = ["WAYS"]


def _columns(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = pq.read_table(path, columns=["id", "reply_to", "author_id"])
    parent = table.column("reply_to").fill_null(0)
    found = table.column("id").to_numpy(), parent.to_numpy(), table.column("author_id").to_numpy()
    _touch(len(found[0]))
    _BEGUN[:] = [_clocks()]
    return found


def _touch(rows: int) -> None:
    """Use so much memory once as a way may need, and give it back.

    A virtual machine gets its memory from its host when it first writes to it, which takes longer than what is measured
    here and is no way's work. The peak is forgotten, so that it is the way's own.
    """
    np.empty(rows * TOUCHED, np.uint8).fill(1)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


TOUCHED = 110
"""Bytes a row."""


def _clocks() -> tuple[float, float]:
    """Return the seconds that have passed, and those that this process and its children have computed."""
    children = os.times()
    return time.perf_counter(), time.process_time() + children.children_user + children.children_system


_BEGUN: list[tuple[float, float]] = []
"""When the way that is measured had what it needs."""


def floor(path: str) -> int:
    """Sort and jump pointers over bare integers, authors left out of account: the least that anybody must do."""
    own, parent, author = _columns(path)
    order = np.argsort(own)
    held = own[order]
    at = np.searchsorted(held, parent)
    at[at == len(held)] = 0
    found = order[at]
    up = np.where((held[at] == parent) & (author[found] == author), found, np.arange(len(own)))
    while True:
        further = up[up]
        if (further == up).all():
            return int((up == np.arange(len(own))).sum())
        up = further


def clew_roots(path: str) -> int:
    """Clew's own array stage: roots of self-reply trees, with circles found and cut."""
    from clew.corpus import roots

    own, parent, author = _columns(path)
    return int((roots(own, parent, author).root == np.arange(len(own))).sum())


def clew_roots_of_strings(before: str) -> Callable[[str], int]:
    """Return the way that has ids as strings in memory, each number with these letters before it."""

    def roots_of_strings(path: str) -> int:
        from clew.corpus import keys, roots

        table = pq.read_table(path, columns=["id", "reply_to", "author_id"])
        columns = [pc.binary_join_element_wise(before, column.cast(pa.string()), "") for column in table.columns]
        _touch(len(table))
        _BEGUN[:] = [_clocks()]
        own, parent, author = (np.concatenate([keys.column(part) for part in _parts(column)]) for column in columns)
        return int((roots(own, parent, author).root == np.arange(len(own))).sum())

    return roots_of_strings


def _parts(column: pa.ChunkedArray) -> Iterator[pa.Array]:
    """Yield so much of a column as `clew weave` looks at together."""
    for chunk in column.chunks:
        for first in range(0, len(chunk), BATCH):
            yield chunk.slice(first, BATCH)


def duckdb(path: str) -> int:
    """A recursive query: up from every post, one step at a time."""
    import duckdb as engine

    query = """
    with recursive p as (select id, author_id, reply_to from read_parquet(?)),
    edge as (select c.id as child, q.id as parent from p c join p q on c.reply_to = q.id and c.author_id = q.author_id),
    up(id, root) as (
        select id, id from p where id not in (select child from edge)
        union all select e.child, up.root from edge e join up on e.parent = up.id)
    select count(distinct root) from up"""
    return int(engine.execute(query, [path]).fetchall()[0][0])


def scipy(path: str) -> int:
    """Connected components of a sparse matrix."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    own, parent, author = _columns(path)
    order = np.argsort(own)
    at = np.searchsorted(own[order], parent)
    at[at == len(own)] = 0
    found = order[at]
    child = np.flatnonzero((own[found] == parent) & (author[found] == author))
    edges = coo_matrix((np.ones(len(child), np.int8), (child, found[child])), shape=(len(own), len(own)))
    return int(connected_components(edges, directed=False)[0])


def networkx(path: str) -> int:
    """Weakly connected components of a graph of Python objects."""
    import networkx as library

    own, parent, author = _columns(path)
    by = dict(zip(own.tolist(), author.tolist(), strict=True))
    graph = library.DiGraph()
    graph.add_nodes_from(own.tolist())
    rows = zip(own.tolist(), parent.tolist(), author.tolist(), strict=True)
    graph.add_edges_from((child, above) for child, above, who in rows if by.get(above) == who)
    return int(library.number_weakly_connected_components(graph))


def clew_weave(path: str) -> int:
    """`clew weave`: threads written to Parquet, single posts counted."""
    from clew.corpus import Reading, Task, weave

    with tempfile.TemporaryDirectory() as folder:
        task = Task(inputs=[path], out=Path(folder) / "out", reading=Reading(platform="x"))
        return weave(task).threads


def through(engine: Callable[[int], AbstractContextManager[str]], workers: int) -> Callable[[str], int]:
    """Return the way that weaves through a server with so many workers; timed from when it answers."""

    def weave_there(path: str) -> int:
        from clew.corpus import Reading, Task, spark

        with tempfile.TemporaryDirectory() as folder, engine(workers) as address:
            task = Task(inputs=[path], out=Path(folder) / "out", reading=Reading(platform="x"))
            _BEGUN[:] = [_clocks()]
            return spark.weave(task, address).threads

    return weave_there


def convokit(path: str) -> int:
    """ConvoKit's corpus of utterances that answer their own speaker, and its conversations."""
    library = import_module("convokit")
    own, parent, author = _columns(path)
    by = dict(zip(own.tolist(), author.tolist(), strict=True))
    known = {who: library.Speaker(id=str(who)) for who in set(by.values())}
    rows = zip(own.tolist(), parent.tolist(), strict=True)
    corpus = library.Corpus(
        utterances=[
            library.Utterance(
                id=str(post),
                speaker=known[by[post]],
                reply_to=str(above) if by.get(above) == by[post] else None,
                timestamp=0,
                text="",
            )
            for post, above in rows
        ]
    )
    return len(corpus.get_conversation_ids())


WAYS: dict[str, Callable[[str], int]] = {
    "floor": floor,
    "clew-roots": clew_roots,
    "clew-roots, ids as strings": clew_roots_of_strings(""),
    "clew-roots, ids that are no numbers": clew_roots_of_strings("at:"),
    "scipy": scipy,
    "duckdb": duckdb,
    "networkx": networkx,
    "convokit": convokit,
    "clew-weave": clew_weave,
    "clew-weave, Sail, 1 worker": through(engines.sail, 1),
    "clew-weave, Sail, 2 workers": through(engines.sail, 2),
    "clew-weave, Spark, 1 worker": through(engines.jvm, 1),
    "clew-weave, Spark, 2 workers": through(engines.jvm, 2),
}


def main() -> None:
    """Run one way once and print what it found, in how many seconds and bytes."""
    name, path = sys.argv[1:]
    _BEGUN[:] = [_clocks()]
    found = WAYS[name](path)
    seconds, computed = (after - before for after, before in zip(_clocks(), _BEGUN[0], strict=True))
    usage = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    most = max(each.ru_maxrss for each in usage) * 1024
    print(json.dumps({"found": found, "seconds": seconds, "computed": computed, "bytes": most}))


if __name__ == "__main__":
    main()
