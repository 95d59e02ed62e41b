"""The process that watches: asks places when they are due, follows the stream, keeps what comes, tells what is new.

Everything is kept in the archive before it is told, and told out of the archive: whenever the process dies, the next
one takes in what was kept and not told yet, and goes on in the stream behind the last event that was kept.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from clew.errors import BadOption, ClewError, NotFetched
from clew.fetch import Ear, Pace, visited
from clew.fetch.latest import Place, Window, bring, place_of
from clew.lock import locked
from clew.watch.book import Book, News, Watched
from clew.watch.hold import Hold, Kept
from clew.watch.schedule import FIRST, LONGEST, next_interval

if TYPE_CHECKING:
    from clew.fetch import Brought, Settings

__all__ = ["Runner"]

LOCK = "watch.lock"
"""Held by the process that watches."""
AT_ONCE = 8
"""So many places are asked at the same time."""
LOOK = 5.0
"""Seconds until the book is looked into again: another process may have added places."""
PATIENCE = 120.0
"""After so many seconds without the stream its authors are asked one by one."""
BROKEN = 3
"""After so many failures in a row it is told that a place can't be asked."""

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Runner:
    """Watches what the book of an archive says."""

    path: Path
    """Of the archive."""
    settings: Settings
    tell: Callable[[Sequence[News]], None]
    """Is told the news in order, each once; where it raises, they are told again."""
    say: Callable[[str], None] = lambda _: None
    """Is told what goes wrong and what costs money."""
    waiting: Callable[[], None] = lambda: None
    """Is called where another process is writing, and has to be waited for."""
    within: float = 1.0
    """Seconds for which events of the stream are gathered before they are kept."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _pace: Pace = field(init=False)
    _book: Book = field(init=False)
    _hold: Hold = field(init=False)
    _thread: ThreadPoolExecutor = field(init=False)
    _busy: set[int] = field(default_factory=set)
    _broken: float | None = None
    """Since when there is no stream, by `time.monotonic`; None while there is."""
    _alone: bool = False
    """True while authors on Bluesky are asked one by one."""

    def run(self, seconds: float | None = None, *, once: bool = False) -> None:
        """Watch for so long, or for ever; with `once` every place that is due is asked, and that is all.

        Raises:
            ArchiveError: The disk refuses, or the archive is damaged.
            NoArchive: There is none.
            BadOption: Another process watches it.
        """
        with locked(self.path / LOCK, wait=False) as held:
            if not held:
                raise BadOption(f"{self.path}: another `clew watch run` is going on there.")
            asyncio.run(self._run(seconds, once=once))

    async def _run(self, seconds: float | None, *, once: bool) -> None:
        self._pace = Pace(self.settings.limits)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="clew-archive")
        with self._thread, Book.opened(self.path) as self._book:
            self._hold = await self._held(partial(Hold, self.path, self.waiting))
            try:
                await self._catch_up()
                if once:
                    await self._ask_due()
                else:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                            group.create_task(self._poll())
                            group.create_task(self._stream())
            except* ClewError as errors:
                raise errors.exceptions[0] from None
            finally:
                await asyncio.shield(self._held(self._hold.close))

    async def _held(self, work: Callable[[], T]) -> T:
        """Do something with the archive, in the one thread that may."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _catch_up(self) -> None:
        """Take in what was kept and is not in the book, and tell what was not told."""
        for kept in await self._held(partial(self._hold.after, self._book.taken())):
            self._take(kept)
        self._tell()

    # Places ----------------------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        """Ask places when they are due, for ever."""
        tasks: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            while True:
                self._look_after_stream()
                free = AT_ONCE - len(tasks)
                for one in self._due(free) if free else ():
                    self._busy.add(one.watch)
                    task = group.create_task(self._ask(one))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                soon = (self._book.next_due() or time.time() + LOOK) - time.time()
                await asyncio.sleep(min(max(soon, 0.2), LOOK))

    async def _ask_due(self) -> None:
        for one in self._due(10**6):
            await self._ask(one)

    def _due(self, most: int) -> list[Watched]:
        return [one for one in self._book.due(time.time(), most, tuple(self._busy)) if not self._is_streamed(one)]

    def _is_streamed(self, one: Watched) -> bool:
        """Say whether the stream brings a place, which then is asked only to see that nothing was missed."""
        covered = (
            bool(self.settings.jetstream) and not self._alone and one.did is not None and one.platform == "bluesky"
        )
        if covered and one.asked is None and one.kind == "author":
            self._book.asked(
                one, when=self._now(), now=time.time(), interval=LONGEST, failures=0, says="the stream brings it"
            )
            return True
        return False

    async def _ask(self, one: Watched) -> None:
        """Ask one place, keep what is new there, and set when it is asked next."""
        try:
            brought, window = await self._visited(one)
            says = "; ".join(f"{tried.route}: {tried.says}" for tried in brought.tried) if brought else "no answer"
            failed = brought is None or not any(tried.helped for tried in brought.tried)
            new = 0
            if brought is not None and brought.author and one.kind == "author" and one.platform == "bluesky":
                self._book.know(one.watch, brought.author)
                one = next(known for known in self._book.all() if known.watch == one.watch)
            if brought is not None and not failed:
                reach = window.oldest if _is_whole(one, brought) else None
                kept = await self._held(partial(self._hold.keep_visit, one, brought.path, reach))
                if kept is not None:
                    self._take(kept)
                    new = sum(change.kind == "new" for change in kept.changes)
            if (last := self._hold.last.pop(one.watch, None)) is not None:  # only what comes behind it is paid for
                self._book.know_last_on_x(one.watch, last)
            self._scheduled(one, new, says, failed=failed)
            self._tell()
        finally:
            self._busy.discard(one.watch)

    async def _visited(self, one: Watched) -> tuple[Brought | None, Window]:
        window = Window()
        place = place_of(one.url)
        if place is None:
            return None, window
        since = datetime.fromisoformat(one.newest).replace(tzinfo=UTC) if one.newest else None
        path = self._hold.spool(f"watch-{one.watch}.warc.gz")

        async def go(visit: Any) -> None:
            nonlocal window
            with suppress(NotFetched):
                window = await bring(_mended(place, one), visit, since, self._book.last_on_x(one.watch))

        month = f"{self.clock():%Y-%m}"
        left = replace(self.settings, budget=max(0.0, self.settings.budget - self._book.spent(month)))
        settings = _naming(left, place)
        try:
            ear = Ear(tell=self.say, paid=lambda dollars: self._book.paid(month, dollars))
            return await visited(go, path, settings, ear, self._pace), window
        except ClewError as error:
            self.say(f"{one.url}: {error}")
            path.unlink(missing_ok=True)
            return None, window

    def _scheduled(self, one: Watched, new: int, says: str, *, failed: bool) -> None:
        newest = next((known.newest for known in self._book.all() if known.watch == one.watch), None)
        silence = None
        if newest:
            silence = max(0.0, (self.clock() - datetime.fromisoformat(newest).replace(tzinfo=UTC)).total_seconds())
        interval = next_interval(one.interval, new, silence, failed=failed, is_thread=one.kind == "thread")
        if one.every is not None and not failed:
            interval = one.every
        elif one.did is not None and self.settings.jetstream and not self._alone and not failed:
            interval = LONGEST
        failures = one.failures + 1 if failed else 0
        self._book.asked(one, when=self._now(), now=time.time(), interval=interval, failures=failures, says=says[:600])
        if failures == BROKEN:
            news = News(
                id=f"failed:{one.url}:{self._now()}", kind="failed", watch=one.url, noticed=self._now(), says=says
            )
            self._book.note([news])

    # The stream ------------------------------------------------------------------------------------------------------

    async def _stream(self) -> None:
        """Follow the authors on Bluesky in the stream; begin anew where others are to be followed."""
        if self.settings.jetstream is None:
            return
        try:
            import websockets  # noqa: F401
        except ImportError:
            self.say("the stream of Bluesky needs websockets, which is not installed: pip install 'clew[watch]'")
            self._broken = time.monotonic() - PATIENCE
            return
        while True:
            dids = self._dids()
            if dids:
                following = asyncio.create_task(self._follow(dids))
                try:
                    while not following.done() and self._dids() == dids:
                        await asyncio.wait([following], timeout=LOOK)
                finally:
                    following.cancel()
                    with suppress(asyncio.CancelledError):
                        await following
            await asyncio.sleep(LOOK if not dids else 0)

    def _dids(self) -> list[str]:
        found = {one.did for one in self._book.all() if one.kind == "author" and one.platform == "bluesky" and one.did}
        return sorted(found)

    async def _follow(self, dids: Sequence[str]) -> None:
        from clew.fetch import jetstream

        cursor = await self._held(self._hold.cursor)
        try:
            async for batch in jetstream.follow(
                dids[: jetstream.MOST], cursor, self.settings, within=self.within, connected=self._connected
            ):
                keep = partial(self._all_kept, batch.lines, batch.last)
                for kept in await asyncio.shield(self._held(keep)):
                    self._take(kept)
                self._tell()
        except NotFetched as error:
            self.say(str(error))
            self._connected(False)
            await asyncio.sleep(FIRST)

    def _connected(self, is_so: bool) -> None:
        """Take note of whether there is a stream."""
        if is_so:
            self._broken, self._alone = None, False
        elif self._broken is None:
            self._broken = time.monotonic()

    def _look_after_stream(self) -> None:
        """Let authors be asked one by one where the stream is away for too long."""
        if self._broken is None or self._alone or time.monotonic() - self._broken < PATIENCE:
            return
        self._alone = True
        self._book.hasten(time.time(), FIRST)
        self.say("the stream of Bluesky can't be reached; authors are asked one by one until it can")

    def _all_kept(self, lines: bytes, last: int) -> list[Kept]:
        return list(self._hold.keep_events(lines, last))

    # News ------------------------------------------------------------------------------------------------------------

    def _take(self, kept: Kept) -> None:
        """Take the news of a capture into the book."""
        places = {one.watch: one for one in self._book.all()}
        news, shown = kept.news(places, self._now())
        self._book.take(kept.capture, news, shown)

    def _tell(self) -> None:
        while found := self._book.untold():
            self.tell([news for _, news in found])
            self._book.told([number for number, _ in found])

    def _now(self) -> str:
        return self.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_whole(one: Watched, brought: Brought) -> bool:
    """Say whether what was brought would hold every post that is there, so that an absent one is no longer there."""
    if one.platform == "x":
        return False
    route = {"author": "latest", "tag": "latest", "list": "latest"}.get(one.kind, "")
    sound = all(
        a.status is not None and a.status < 500 and a.status != 429
        for a in brought.attempts
        if a.route == route or not route
    )
    return sound and any(tried.helped and tried.route in ("latest", "thread", "preview") for tried in brought.tried)


def _mended(place: Place, one: Watched) -> Place:
    """Return a place by the permanent id of its author, where that is known: handles change hands."""
    return replace(place, name=one.did) if one.did and place.kind == "author" else place


def _naming(settings: Settings, place: Place) -> Settings:
    """Return settings under which the server that the user has named with a place may be anywhere."""
    from clew.fetch import origin_of

    return replace(settings, local=settings.local | {origin_of(place.server)}) if place.server else settings
