"""Edges and their evidence as rows, and the rows as CSV, Parquet, GraphML and GEXF: written as they come."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from clew.compare import peers
from clew.compare.actions import SECOND, Actions
from clew.compare.coordinate import Coordination
from clew.compare.edges import Evidence, chosen, timing

__all__ = [
    "cnt_rows",
    "coortweet_rows",
    "edge_rows",
    "evidence_rows",
    "write_csv",
    "write_gexf",
    "write_graphml",
    "write_parquet",
]

Rows = Iterator[Any]
"""Record batches of pyarrow; the first two columns are the accounts of an edge."""
SLICE = 20_000
#: What XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def edge_rows(found: Coordination) -> Rows:
    """Yield the kept edges with all that is known of them."""
    edges, window = found.found.edges, found.settings.window
    columns: dict[str, Any] = {
        "account_a": edges.first,
        "account_b": edges.second,
        "window": np.full(len(edges), window),
        "weight": edges.weight,
        "pairs": edges.pairs,
        "posts_a": edges.posts,
        "posts_b": edges.posts_second,
        "symmetry": edges.symmetry,
        "objects": edges.objects,
        "a_first": found.timing.ahead,
        "b_first": found.timing.behind,
        "delay_seconds": found.timing.delay,
    }
    for verdict in found.verdicts:
        columns |= {
            f"expected_{verdict.null}": verdict.expected,
            f"p_{verdict.null}": verdict.p,
            f"q_{verdict.null}": verdict.q,
        }
    yield from _named(found.actions, columns)


def coortweet_rows(actions: Actions, window: int, min_participation: int) -> Rows:
    """Yield CooRTweet's edges by its names of columns.

    The posts of each account are counted for that account, in whatever order the two wrote: there CooRTweet mixes them.
    """
    for found in peers.coortweet(actions, window, min_participation):
        for part in _sliced(found):
            edges = part.edges
            columns = {
                "account_id": edges.first,
                "account_id_y": edges.second,
                "weight": edges.pairs,
                "avg_time_delta": timing(actions, part).delay,
                "n_content_id": edges.posts,
                "n_content_id_y": edges.posts_second,
                "edge_symmetry_score": edges.symmetry,
            }
            yield from _named(actions, columns)


def cnt_rows(actions: Actions, window: int, min_edge_weight: int) -> Rows:
    """Yield the toolkit's directed edges by its names of columns."""
    for batch in peers.cnt(actions, window, min_edge_weight):
        columns = {"source": batch.source, "target": batch.target, "weight": batch.weight}
        yield from _named(actions, columns)


def evidence_rows(found: Coordination) -> Rows:
    """Yield each pair of posts behind the kept edges, edge by edge: accounts, posts, times, trace, object and delay."""
    actions, pairs = found.actions, found.found.pairs
    edge = np.repeat(np.arange(len(found.found.edges)), np.diff(found.found.starts))
    order = np.lexsort((pairs.right, pairs.left, edge))
    for start in range(0, len(order), SLICE):
        left, right = (side[order[start : start + SLICE]] for side in pairs)
        object_ = actions.object[left]
        columns: dict[str, Any] = {
            "account_first": actions.accounts.take(actions.account[left]),
            "account_second": actions.accounts.take(actions.account[right]),
            "post_first": actions.contents.take(actions.content[left]),
            "post_second": actions.contents.take(actions.content[right]),
            "time_first": pa.array(actions.time[left], pa.timestamp("ms", "UTC")),
            "time_second": pa.array(actions.time[right], pa.timestamp("ms", "UTC")),
            "trace": [actions.traces[trace] for trace in actions.trace_of[object_].tolist()],
            "object": actions.objects.take(object_),
            "delay_seconds": (actions.time[right] - actions.time[left]) / SECOND,
        }
        yield pa.record_batch({name: pa.array(column) for name, column in columns.items()})


def _sliced(found: Evidence) -> Iterator[Evidence]:
    """Yield a batch of edges in slices."""
    size = len(found.edges)
    if size <= SLICE:
        yield found
        return
    for start in range(0, size, SLICE):
        wanted = np.zeros(size, dtype=bool)
        wanted[start : start + SLICE] = True
        yield chosen(found, wanted)


def _named(actions: Actions, columns: dict[str, Any]) -> Rows:
    """Yield columns in slices, the first two as names of accounts."""
    names = list(columns)
    size = len(columns[names[0]])
    for start in range(0, size, SLICE):
        part = {name: column[start : start + SLICE] for name, column in columns.items()}
        for name in names[:2]:
            part[name] = actions.accounts.take(part[name])
        yield pa.record_batch({name: pa.array(column) for name, column in part.items()})


# Writing -------------------------------------------------------------------------------------------------------------


def write_csv(rows: Rows) -> Iterator[str]:
    """Yield rows as CSV; times in ISO 8601."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for number, batch in enumerate(rows):
        if number == 0:
            writer.writerow(batch.schema.names)
        writer.writerows(zip(*(_cells(column) for column in batch.columns), strict=True))
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _cells(column: Any) -> list[object]:
    if pa.types.is_timestamp(column.type):
        return [value.isoformat().replace("+00:00", "Z") for value in column.to_pylist()]
    return [f"{value:.6g}" if isinstance(value, float) else value for value in column.to_pylist()]


def write_parquet(rows: Rows) -> Iterator[bytes]:
    """Yield rows as a Parquet file, which waits in a temporary file until its end is known; none give no file."""
    with tempfile.TemporaryFile() as waiting:
        writer: Any = None
        for batch in rows:
            if writer is None:
                writer = pq.ParquetWriter(waiting, batch.schema, compression="zstd")
            writer.write_batch(batch)
        if writer is None:
            return
        writer.close()
        waiting.seek(0)
        while chunk := waiting.read(1 << 20):
            yield chunk


def write_graphml(rows: Rows, *, directed: bool) -> Iterator[str]:
    """Yield rows as GraphML; a node stands before the first edge that needs it."""
    seen: set[str] = set()
    names: list[str] = []
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for batch in rows:
        if not names:
            names = batch.schema.names
            kinds = ["string" if pa.types.is_string(kind) else "double" for kind in batch.schema.types]
            yield '<key id="label" for="node" attr.name="label" attr.type="string"/>\n'
            for name, kind in list(zip(names, kinds, strict=True))[2:]:
                yield f'<key id="{name}" for="edge" attr.name="{name}" attr.type="{kind}"/>\n'
            yield f'<graph edgedefault="{"directed" if directed else "undirected"}">\n'
        for source, target, *values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            for account in (source, target):
                if account not in seen:
                    seen.add(account)
                    yield f'<node id="{_xml(account)}"><data key="label">{_xml(account)}</data></node>\n'
            data = "".join(
                f'<data key="{name}">{_value(value)}</data>' for name, value in zip(names[2:], values, strict=True)
            )
            yield f'<edge source="{_xml(source)}" target="{_xml(target)}">{data}</edge>\n'
    yield "</graph>\n</graphml>\n" if names else '<graph edgedefault="undirected">\n</graph>\n</graphml>\n'


def write_gexf(rows: Rows, *, directed: bool) -> Iterator[str]:
    """Yield rows as GEXF 1.3, whose nodes come first: the edges wait in a temporary file."""
    kind = "directed" if directed else "undirected"
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
    yield f'<graph defaultedgetype="{kind}">\n'
    nodes: dict[str, None] = {}
    names: list[str] = []
    with tempfile.TemporaryFile("w+", encoding="utf-8") as waiting:
        number = 0
        for batch in rows:
            names = batch.schema.names
            weight = names.index("weight")
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                nodes |= dict.fromkeys(cells[:2])
                values = "".join(
                    f'<attvalue for="{name}" value="{_value(value)}"/>'
                    for name, value in zip(names[2:], cells[2:], strict=True)
                )
                waiting.write(
                    f'<edge id="{number}" source="{_xml(cells[0])}" target="{_xml(cells[1])}"'
                    f' weight="{_value(cells[weight])}"><attvalues>{values}</attvalues></edge>\n'
                )
                number += 1
        yield from _gexf_head(names[2:], nodes)
        waiting.seek(0)
        yield from waiting
    yield "</edges>\n</graph>\n</gexf>\n"


def _gexf_head(names: Iterable[str], nodes: Iterable[str]) -> Iterator[str]:
    yield '<attributes class="edge">\n'
    for name in names:
        yield f'<attribute id="{name}" title="{name}" type="double"/>\n'
    yield "</attributes>\n<nodes>\n"
    for node in nodes:
        yield f'<node id="{_xml(node)}" label="{_xml(node)}"/>\n'
    yield "</nodes>\n<edges>\n"


def _value(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else _xml(str(value))


def _xml(text: str) -> str:
    return escape(_FORBIDDEN.sub("�", text))
