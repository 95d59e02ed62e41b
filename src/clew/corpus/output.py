"""The folder that a corpus is woven into: four tables in parts, and a page that says whether they are whole.

threads.parquet/  posts.parquet/  gaps.parquet/  problems.parquet/     parts, each written whole or not at all
weave.json                                                              what was woven, how far, and the counts
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from clew.corpus.bucket import Woven
from clew.corpus.tables import TABLES
from clew.errors import BadOption

__all__ = ["Output", "Total"]


@dataclass(frozen=True, slots=True)
class Total:
    """What a corpus came to."""

    posts: int
    """Rows that were read, a post that was seen twice counted twice."""
    threads: int
    singles: int
    """Posts that nothing joins, which are in no row of the threads."""
    gaps: int
    problems: int


class Output:
    """Writes the tables, and knows what is there of an earlier run of the same task."""

    def __init__(self, folder: Path, sign: Mapping[str, Any]) -> None:
        """Raises BadOption where the folder holds something else."""
        self.folder = folder
        self.spill = folder / ".buckets"
        self._sign = json.loads(json.dumps(sign))
        found = self._page()
        if found is None and folder.exists() and any(folder.iterdir()):
            raise BadOption(f"{folder}: holds something else. Nothing was written; name a new folder with --out.")
        if found is not None and found["task"] != self._sign:
            raise BadOption(f"{folder}: holds the threads of another corpus. Nothing was written; name a new folder.")

    def _page(self) -> dict[str, Any] | None:
        path = self.folder / "weave.json"
        try:
            found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise BadOption(f"{path}: is broken. Remove the folder and weave again.") from error
        return found

    def _write_page(self, **more: object) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / "weave.json.part"
        part.write_text(json.dumps({"schema": "clew/weave/1", "task": self._sign, **more}, indent=1) + "\n", "utf-8")
        part.replace(self.folder / "weave.json")

    @property
    def buckets(self) -> int:
        """How many buckets there are."""
        return int((self._page() or {}).get("buckets", 0))

    def is_whole(self) -> bool:
        """Say whether all was done before."""
        return (self._page() or {}).get("state") == "whole"

    def is_spilled(self) -> bool:
        """Say whether all buckets are on disk, so that only the weaving is left."""
        return "buckets" in (self._page() or {}) and self.spill.is_dir()

    def clear(self) -> None:
        """Begin: remove what an earlier run left half done."""
        self._write_page(state="incomplete")
        for name in TABLES:
            shutil.rmtree(self.folder / f"{name}.parquet", ignore_errors=True)
            (self.folder / f"{name}.parquet").mkdir(parents=True)
        shutil.rmtree(self.spill, ignore_errors=True)
        self.spill.mkdir()

    def spilled(self, buckets: int, singles: int) -> None:
        """Note that all buckets are on disk."""
        self._write_page(state="incomplete", buckets=buckets, singles=singles)

    def left(self) -> list[int]:
        """Return the buckets that are still to be woven."""
        done = {path.stem.rpartition("-")[2] for path in self._parts("problems")}
        return [at for at in range(self.buckets) if f"{at:05d}" not in done]

    def write(self, at: int, woven: Woven) -> None:
        """Write what came out of a bucket; the table of problems is written last and says that it is done."""
        for name, table in (
            ("threads", woven.threads),
            ("posts", woven.posts),
            ("gaps", woven.gaps),
            ("problems", woven.problems.replace_schema_metadata({"singles": str(woven.singles)})),
        ):
            path = self.folder / f"{name}.parquet" / f"part-{at:05d}.parquet"
            part = path.with_suffix(".part")
            pq.write_table(table, part, compression="zstd")
            part.replace(path)

    @contextmanager
    def writer(self, name: str, word: str) -> Iterator[pq.ParquetWriter]:
        """Give a writer of a part that is no bucket's; it is there when all is written."""
        path = self.folder / f"{name}.parquet" / f"{word}-00000.parquet"
        part = path.with_suffix(".part")
        with pq.ParquetWriter(part, TABLES[name], compression="zstd") as writer:
            yield writer
        part.replace(path)

    def finish(self, posts: int) -> Total:
        """Count, remove the buckets, and note that all is whole."""
        counted = {name: sum(pq.read_metadata(path).num_rows for path in self._parts(name)) for name in TABLES}
        singles = int((self._page() or {}).get("singles", 0))
        for path in self._parts("problems"):
            metadata: Mapping[bytes, bytes] = pq.read_schema(path).metadata or {}
            singles += int(metadata.get(b"singles", b"0"))
        total = Total(posts, counted["threads"], singles, counted["gaps"], counted["problems"])
        shutil.rmtree(self.spill, ignore_errors=True)
        self._write_page(state="whole", counts=asdict(total))
        return total

    def total(self) -> Total:
        """Return the counts of a run that is whole."""
        return Total(**(self._page() or {})["counts"])

    def _parts(self, name: str) -> list[Path]:
        return sorted((self.folder / f"{name}.parquet").glob("*.parquet"))
