"""Archives for tests: made of posts that are written down, added in any number of inputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clew.archive import Archive, Hand, How
from clew.archive.added import Added
from clew.keeping import Keeper, reader
from clew.posts import Account, Item, Post, to_json

__all__ = ["START", "add", "made", "post", "records", "write"]

START = datetime(2021, 6, 4, 9, 30, tzinfo=UTC)


def made(path: Path) -> Archive:
    """Return a new archive."""
    return Archive.made(path, Hand(read=reader))


def write(path: Path, items: Iterable[Item]) -> Path:
    """Write items as lines of JSON; returns the path."""
    path.write_text("".join(f"{to_json(item)}\n" for item in items), encoding="utf-8")
    return path


def add(archive: Archive, path: Path, **how: object) -> Added:
    """Add a file; returns what it brought."""
    return Keeper(archive=archive, how=How(**how)).add(str(path))  # type: ignore[arg-type]


def records(archive: Archive) -> list[str]:
    """Return all threads as they are kept, in order of their text."""
    return sorted(record for (record,) in archive.connection.execute("SELECT record FROM threads"))


def post(number: int, text: str = "", *, to: int | None = None, by: str = "ana", **more: object) -> Post:
    """Return a post whose id and time follow its number; `to` is the number of the same author's post it answers."""
    plain: dict[str, object] = {
        "platform": "x",
        "id": f"14000000000000{number:05d}",
        "author": Account(id=f"id-{by}", handle=by),
        "time": START + timedelta(minutes=number),
        "text": text or f"post {number}",
        "reply_to": None if to is None else f"14000000000000{to:05d}",
        "reply_to_author": None if to is None else f"id-{by}",
        "edges_stated": True,
    }
    return Post(**(plain | more))  # type: ignore[arg-type]


def parts(items: Sequence[Item], count: int) -> list[Sequence[Item]]:
    """Return items in so many lists, in order."""
    share = -(-len(items) // count) if items else 1
    return [items[start : start + share] for start in range(0, len(items), share)]
