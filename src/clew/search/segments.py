"""The segments of an index as its own list of them (`meta.json`) has them."""

from __future__ import annotations

from pathlib import Path

import msgspec

__all__ = ["Segment", "listed"]


class _Deletes(msgspec.Struct, frozen=True):
    num_deleted_docs: int


class Segment(msgspec.Struct, frozen=True):
    """A part of an index that is written once; what is deleted from it stays in its files."""

    segment_id: str
    max_doc: int
    """Documents in it, deleted ones included."""
    deletes: _Deletes | None = None

    @property
    def is_parted(self) -> bool:
        """True where something in it is deleted."""
        return self.deletes is not None and self.deletes.num_deleted_docs > 0


class _Meta(msgspec.Struct, frozen=True):
    segments: tuple[Segment, ...]


def listed(path: Path) -> tuple[Segment, ...]:
    """Return the segments of an index, in the order in which its searchers number them."""
    return msgspec.json.decode((path / "meta.json").read_bytes(), type=_Meta).segments
