"""The window join through Spark Connect, for more actions than one machine holds.

The workers join the actions of each object (`join.pairs`, as one machine does) and count what two accounts did on all
objects together. Chance is not drawn there: what comes is the edges, with the figures of `edges.Edges`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from clew import clusters
from clew.compare import tables
from clew.compare.actions import SECOND, Actions
from clew.compare.join import pairs
from clew.errors import BadOption, DamagedFile

__all__ = ["edges"]

BUCKETS = 200
"""Parts into which objects are dealt; each must fit a worker."""
_BUCKET = "_bucket"
_PAIRED = "account_a string, account_b string, content_a string, content_b string, object string"


def edges(
    inputs: Sequence[str], columns: Mapping[str, str] | None, window: float, min_weight: int, connect: str
) -> pa.Table:
    """Return the edges of tables in Parquet within a window of seconds, in the order of the accounts' names.

    Columns: account_a, account_b, window, weight, pairs, posts_a, posts_b, symmetry, objects; account_a is the lesser
    name. Rows without object, account or time are left out.

    Raises:
        BadOption: The client is absent, the server does not answer, a column is not there, or the window is negative.
        NotReadable, DamagedFile: A table can't be read.
    """
    from pyspark.sql import functions

    if window < 0:
        raise BadOption("a window of time cannot be negative.")
    session = clusters.session(connect)
    session.conf.set("spark.sql.session.timeZone", "UTC")
    names = {path: tables.roles(path, columns) for path in inputs}
    parts = [_rows(session, path, role) for path, role in names.items()]
    rows = parts[0]
    for part in parts[1:]:
        rows = rows.unionByName(part)
    dealt = rows.withColumn(_BUCKET, functions.pmod(functions.hash("object"), functions.lit(BUCKETS)))
    paired = dealt.groupBy(_BUCKET).applyInArrow(_joiner(round(window * SECOND)), _PAIRED)
    counted = paired.groupBy("account_a", "account_b").agg(
        functions.count("*").alias("pairs"),
        functions.countDistinct("content_a").alias("posts_a"),
        functions.countDistinct("content_b").alias("posts_b"),
        functions.countDistinct("object").alias("objects"),
    )
    kept = counted.filter(functions.least("posts_a", "posts_b") >= min_weight)
    return _figured(kept.orderBy("account_a", "account_b").toArrow(), window)


def _rows(session: Any, path: str, role: Mapping[str, str]) -> Any:
    """Return a table's rows as strings under the names of what they are."""
    from pyspark.sql import functions

    frame = session.read.parquet(path)
    whole = {
        name: functions.unix_millis(functions.to_timestamp(source)).cast("string")
        if name == "time" and dict(frame.dtypes)[source].startswith(("timestamp", "date"))
        else functions.col(source).cast("string")
        for name, source in role.items()
    }
    return frame.select(*(column.alias(name) for name, column in whole.items()))


def _joiner(window: int) -> Callable[[pa.Table], pa.Table]:
    def join(rows: pa.Table) -> pa.Table:
        try:
            actions = tables.actions_of(rows.drop_columns([_BUCKET]))
        except DamagedFile:  # none of these rows has all that it takes
            return _paired([])
        return _paired([_named(actions, found.left, found.right) for found in pairs(actions, window)])

    return join


def _named(actions: Actions, left: Any, right: Any) -> pa.Table:
    """Return pairs by the names of accounts, posts and object, each pair with the lesser account first."""
    accounts, contents = (
        np.array(names.held.to_pylist(), dtype=object) for names in (actions.accounts, actions.contents)
    )
    swapped = accounts[actions.account[left]] > accounts[actions.account[right]]
    one, other = np.where(swapped, right, left), np.where(swapped, left, right)
    columns = (
        accounts[actions.account[one]],
        accounts[actions.account[other]],
        contents[actions.content[one]],
        contents[actions.content[other]],
        actions.objects.held.take(pa.array(actions.object[left])).to_pylist(),
    )
    return pa.table([pa.array(column, pa.string()) for column in columns], names=_NAMES)


_NAMES = [column.partition(" ")[0] for column in _PAIRED.split(", ")]


def _paired(parts: list[pa.Table]) -> pa.Table:
    empty = pa.table([pa.array([], pa.string()) for _ in _NAMES], names=_NAMES)
    return pa.concat_tables([empty, *parts])


def _figured(counted: pa.Table, window: float) -> pa.Table:
    a, b = (counted.column(name).to_numpy().astype(np.int64) for name in ("posts_a", "posts_b"))
    size = counted.num_rows
    return pa.table(
        {
            "account_a": counted.column("account_a"),
            "account_b": counted.column("account_b"),
            "window": np.full(size, window),
            "weight": np.minimum(a, b),
            "pairs": counted.column("pairs"),
            "posts_a": a,
            "posts_b": b,
            "symmetry": np.minimum(a, b) / np.maximum(a, b) if size else np.zeros(0),
            "objects": counted.column("objects"),
        }
    )
