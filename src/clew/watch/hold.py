"""The archive as watching sees it: keeps what comes, says what is new in it. Lives in one thread."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from clew import addresses, keeping
from clew.archive import How
from clew.archive.holdings import found
from clew.archive.news import Change, absent_from, captures_named, changes, is_held
from clew.archive.observe import iso
from clew.archive.removal import FETCHING
from clew.archive.store import digested
from clew.errors import WasRemoved
from clew.ingest import Intake
from clew.posts import Post
from clew.watch.book import News, Watched

__all__ = ["Hold", "Kept"]

VISIT, STREAM = "watch-", "watch-stream-"
"""How captures are called that a place, and that the stream brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A capture, and what it shows that was not known before."""

    capture: int
    name: str
    digest: str
    changes: tuple[Change, ...]
    threads: frozenset[str]
    """The ids of the threads that are watched, as they are now; empty for what is none."""
    newest: str | None
    """When the newest of its posts was published; UTC."""
    whole: bool = True
    """False where it was kept by a process that died, which knew how far back it reaches."""

    def news(self, places: Mapping[int, Watched], now: str) -> tuple[list[News], list[tuple[int, str | None]]]:
        """Return the news for those who watch, and which places it shows up to when."""
        number = _number(self.name)
        if number is None:
            by_did = {one.did: one for one in places.values() if one.did}
            told = [(by_did[one.account], one) for one in self.changes if one.account in by_did]
            return [self._news(place, one, now) for place, one in told], []
        place = places.get(number)
        if place is None:
            return [], []
        told = [(place, one) for one in self.changes if _is_of(place, one, self.threads) and _is_news(place, one)]
        shown = [(number, self.newest)] if self.whole else []
        return [self._news(place, one, now) for place, one in told], shown

    def _news(self, place: Watched, change: Change, now: str) -> News:
        return News(
            id=hashlib.blake2b(f"{change.kind}\n{change.post}\n{self.digest}".encode(), digest_size=12).hexdigest(),
            kind=change.kind,
            watch=place.url,
            noticed=now,
            post=change.post,
            thread=change.thread,
            author=change.author,
            published=change.published,
            text=change.text,
            before=change.before,
            url=change.url,
            capture=self.digest,
        )


class _Placed(msgspec.Struct):
    time_us: int


class Hold:
    """An archive that is open for keeping what comes."""

    def __init__(self, path: Path, waiting: Callable[[], None]) -> None:
        self.path = path
        self._waiting = waiting
        self.last: dict[int, str] = {}
        """The id of the newest post that places on X gave, new or not, by their numbers."""
        self._archive = keeping.opened(path)

    def close(self) -> None:
        self._archive.close()

    def spool(self, name: str) -> Path:
        """Return where answers lie until they are kept; what a process that died has left there is removed."""
        folder = self.path / FETCHING
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.unlink(missing_ok=True)
        return path

    def cursor(self) -> int | None:
        """Return the place in the stream of the last event that is kept; None where there is none."""
        names = [name for _, name, _ in captures_named(self._archive.connection, STREAM, 0)]
        found = [int(match[1]) for name in names if (match := re.match(rf"{STREAM}(\d+)", name))]
        return max(found, default=None)

    def after(self, capture: int) -> list[Kept]:
        """Return what was kept behind a capture, by a process that did not tell what is new in it."""
        rows = captures_named(self._archive.connection, VISIT, capture)
        return [self._kept(number, name, digest, ()) for number, name, digest in rows]

    def keep_events(self, lines: bytes, last: int) -> Iterator[Kept]:
        """Keep events of the stream, the last of which has this place in it.

        Where some of them would bring back what was removed from the archive, only the others are kept.
        """
        path = self.spool(f"{STREAM}{last}.jsonl")
        path.write_bytes(lines)
        try:
            yield self._keep(path, ())
        except WasRemoved:
            single = lines.splitlines(keepends=True)
            path.unlink(missing_ok=True)
            if len(single) > 1:
                half = len(single) // 2
                for part in (single[:half], single[half:]):
                    place = msgspec.json.decode(part[-1], type=_Placed).time_us
                    yield from self.keep_events(b"".join(part), place)

    def keep_visit(self, one: Watched, path: Path, reach: datetime | None) -> Kept | None:
        """Keep what a visit to a place brought; None, and nothing is kept, where all of it is held already.

        `reach` says since when all posts of the place are in it; None where they may not be.
        """
        items = list(Intake().items(str(path)))
        posts = [item for item in items if isinstance(item, Post)]
        if one.platform == "x" and (ids := [int(post.id) for post in posts if post.id.isdecimal()]):
            self.last[one.watch] = str(max(ids))
        connection = self._archive.connection
        here = {f"{post.platform}:{post.id}" for post in posts}
        since = (iso(reach) or "") if reach is not None else None
        lost = [
            change
            for change in (absent_from(connection, one.capture, here, since) if since and one.capture else ())
            if _is_of(one, change, self._threads(one))
        ]
        if not lost and is_held(connection, posts):
            path.unlink(missing_ok=True)
            return None
        try:
            return self._keep(path, lost, self._threads(one, posts))
        except WasRemoved:
            path.unlink(missing_ok=True)
            return None

    def _keep(self, path: Path, lost: Iterable[Change], threads: frozenset[str] = frozenset()) -> Kept:
        with path.open("rb") as stream:
            digest = digested(stream)[0]
        with self._archive.writing(self._waiting) as writer:
            capture = writer.keep_file(path, path.name, digest, How())
            path.unlink(missing_ok=True)
        return self._kept(capture, path.name, digest, lost, whole=True, threads=threads)

    def _kept(
        self,
        capture: int,
        name: str,
        digest: str,
        lost: Iterable[Change],
        *,
        whole: bool = False,
        threads: frozenset[str] = frozenset(),
    ) -> Kept:
        shown = tuple(changes(self._archive.connection, capture))
        return Kept(
            capture=capture,
            name=name,
            digest=digest,
            changes=(*shown, *lost),
            threads=threads,
            newest=max((one.published for one in shown if one.kind == "new" and one.published), default=None),
            whole=whole,
        )

    def _threads(self, one: Watched, posts: Sequence[Post] = ()) -> frozenset[str]:
        """Return the ids under which a thread that is watched is held."""
        if one.kind != "thread":
            return frozenset()
        address = addresses.pasted(one.url)
        names = [one.url, *([address.id] if address and address.id else [])]
        key = (address.key or (address.id or "").rpartition("/")[2]) if address else ""
        names += [post.id for post in posts if key and post.id.rpartition("/")[2] == key]
        return frozenset(thread.id for name in names for thread in found(self._archive.connection, name))


def _number(name: str) -> int | None:
    """Return the number of the place that a capture is of; None for the stream.

    >>> _number("watch-7.warc.gz"), _number("watch-stream-1700.jsonl")
    (7, None)
    """
    match = re.match(rf"{VISIT}(\d+)\.", name)
    return int(match[1]) if match else None


def _is_of(place: Watched, change: Change, threads: frozenset[str]) -> bool:
    """Say whether a change is one of what is watched, and not of what only stands beside it."""
    if place.kind == "thread":
        return not threads or change.thread in threads
    if place.kind in ("tag", "list"):
        return not change.beside
    if place.did is not None:
        return change.account == place.did
    address = addresses.pasted(place.url)
    name = (address.handle or "").casefold() if address else ""
    label = change.author.removeprefix("@").casefold()
    return label == name or label.partition("@")[0] == name.partition("@")[0]


def _is_news(place: Watched, change: Change) -> bool:
    """Say whether it is new to who watches: what was there before is kept when a place is first asked, and not told."""
    if change.kind != "new" or place.capture is not None:
        return True
    return change.published is None or change.published >= place.added[:19]
