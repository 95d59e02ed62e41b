"""Weaves the worlds of a test through Spark, in the Python that has its client."""

from __future__ import annotations

from pathlib import Path

from tests.corpus import worlds

from clew.corpus import Task, spark

__all__ = ["weave_through"]


def weave_through(connect: str, folder: str) -> None:
    """Weave each `in-SEED` of a folder into its `out-SEED`."""
    for path in sorted(Path(folder).glob("in-*")):
        seed = int(path.name.rpartition("-")[2])
        notices = worlds.notices(seed, worlds.posts(seed))
        inputs = sorted(str(part) for part in path.glob("*.parquet"))
        spark.weave(Task(inputs=inputs, out=path.parent / f"out-{seed}", notices=notices), connect)
