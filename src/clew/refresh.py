"""Holes and how they are filled: holes -> routes -> captures -> the archive. The order of things is written here, once.

Nothing that was not found is called deleted; it stays a hole, with what was tried and what would help.
"""

from __future__ import annotations

import asyncio
import hashlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from clew import addresses
from clew.archive import Archive, How
from clew.archive.added import added
from clew.archive.attempts import holes_of, threads_with_holes, tried_of
from clew.archive.holdings import found
from clew.archive.ledger import Attempt
from clew.archive.removal import FETCHING
from clew.archive.store import digested
from clew.errors import ClewError, NotFetched, NothingFound, WasRemoved, needing
from clew.threads import Thread

if TYPE_CHECKING:
    from clew.fetch import Brought, Pace, Settings
    from clew.fetch.routes import Route, Wanted

__all__ = [
    "Asked",
    "Asking",
    "Begun",
    "Ended",
    "Event",
    "Hole",
    "Refresher",
    "Told",
    "Tried",
    "holes",
    "holes_in",
    "to_json",
]


class Hole(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/hole/1"):
    """A gap that the archive remembers."""

    thread: str
    author: str
    title: str
    position: int
    """Its place among the entries of the thread, from 1."""
    names: tuple[str, ...]
    """What is missing: ids of posts, the author's numbers as `#3`, `after ID` where not even that is known."""
    count: int | None
    """How many posts; None where that is not known."""
    state: str
    certainty: str
    says: str
    """Why it is thought."""
    routes: tuple[str, ...]
    """The ways that can be gone now, in order."""
    needs: tuple[str, ...]
    """The ways that can't, each with what it needs."""
    helps: tuple[str, ...]
    """What else would help."""
    attempts: tuple[Attempt, ...]
    """What was tried for it, oldest first."""


class Begun(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="begun"):
    """A thread is taken up."""

    thread: str
    title: str
    posts: int
    holes: tuple[Hole, ...]


class Asking(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="asking"):
    """A way is about to be gone."""

    thread: str
    route: str
    asked: str


class Told(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="told"):
    """What the user should know before it is done, such as what it may cost."""

    thread: str
    says: str


class Asked(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="asked"):
    """A server was asked, and something came of it."""

    thread: str
    route: str
    url: str
    says: str
    status: int | None


class Tried(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="tried"):
    """A way was gone; it stands in the log of the archive, unless it was not asked at all."""

    thread: str
    attempt: Attempt
    capture: str | None
    """The digest of what was received."""


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="ended"):
    """All ways of a thread were gone, or nothing is missing any more."""

    thread: str
    """Its id now."""
    filled: tuple[Hole, ...]
    """Holes in which nothing is missing any more."""
    learned: tuple[Hole, ...]
    """Holes of which more is known than before: why, how many, which."""
    open: tuple[Hole, ...]
    new: tuple[str, ...]
    """Posts of the thread that were not held before."""
    changed: int
    """Posts whose words are others than before."""
    differs: tuple[str, ...]
    """Where servers that were asked do not agree, one sentence for each post."""
    gone: tuple[str, ...]
    """Posts that are held and that a source which says that it is whole no longer has; that is not the same as
    deleted."""


Event: TypeAlias = Begun | Asking | Told | Asked | Tried | Ended


def to_json(value: Event | Hole) -> str:
    """Return one line of JSON, without a line end."""
    return msgspec.json.encode(value).decode()


def holes(archive: Archive, settings: Settings, names: Sequence[str] = ()) -> Iterator[Hole]:
    """Yield the holes of all threads, or of those named, in the order of the list.

    Raises:
        NothingFound: One of the names is that of no thread.
    """
    for thread in _named(archive, names) if names else threads_with_holes(archive.connection):
        yield from holes_in(archive.connection, thread, settings)


def _named(archive: Archive, names: Sequence[str]) -> Iterator[Thread]:
    for name in names:
        threads = found(archive.connection, name)
        if not threads:
            raise NothingFound(f"{name}: no such thread or post in {archive.path}.")
        yield from threads


def holes_in(connection: sqlite3.Connection, thread: Thread, settings: Settings) -> list[Hole]:
    """Return the holes of one thread."""
    ways, helps = _ways(thread, settings)
    tried = tried_of(connection, thread)
    return [
        Hole(
            thread=thread.id,
            author=thread.author.label,
            title=thread.title,
            position=position,
            names=names,
            count=gap.count,
            state=gap.state,
            certainty=gap.certainty,
            says="; ".join(reason.says for reason in gap.reasons),
            routes=tuple(way.name for way in ways if way.needs is None),
            needs=tuple(f"{way.name}: {way.needs}" for way in ways if way.needs is not None),
            helps=tuple(helps),
            attempts=tuple(one for one in tried if set(one.holes) & set(names)),
        )
        for position, names, gap in holes_of(thread)
    ]


def _ways(thread: Thread, settings: Settings) -> tuple[list[Route], list[str]]:
    with needing("filling holes", "fetch"):
        from clew.fetch.routes import helps, routes

    wanted = _wanted(thread)
    return routes(wanted, settings), helps(wanted, settings)


def _wanted(thread: Thread) -> Wanted:
    from clew.fetch.routes import Wanted

    posts, gaps = list(thread.posts()), list(thread.gaps())
    urls = (post.url or addresses.post_url(post.platform, post.author.handle, post.id) for post in posts)
    names = [post.id if post.id.startswith("at://") else url for post, url in zip(posts, urls, strict=True)]
    return Wanted(
        platform=thread.platform,
        handle=thread.author.handle,
        first=thread.id.partition(":")[2],
        held=tuple(name for name in names if name),
        absent=tuple(dict.fromkeys(own for gap in gaps for own in gap.ids)),
        states=frozenset(gap.state for gap in gaps),
    )


# Filling -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Refresher:
    """Fills holes of an archive. What it yields must be iterated in one thread, the one that opened the archive.

    Whatever is killed when: answers that were received are kept or gone on with, and nothing is kept twice.
    """

    archive: Archive
    settings: Settings
    waiting: Callable[[], None] = lambda: None
    """Is called where another process is writing, and has to be waited for."""
    skipped: int = 0
    """Threads that `all` left alone, since no way leads to what they lack."""
    _pace: Pace | None = None
    """How fast servers are asked, and until when they want to be left alone."""

    def all(self) -> Iterator[Event]:
        """Yield what happens to every thread with holes that a way leads to; the longest untried first."""
        connection = self.archive.connection
        never = datetime.min.replace(tzinfo=UTC)
        waiting: list[tuple[datetime, int, str]] = []
        for place, thread in enumerate(threads_with_holes(connection)):
            if any(way.needs is None for way in _ways(thread, self.settings)[0]):
                last = max((one.tried for one in tried_of(connection, thread)), default=never)
                waiting.append((last, place, thread.id))
            else:
                self.skipped += 1
        for _, _, own in sorted(waiting):
            yield from self._thread(own)

    def of(self, names: Sequence[str]) -> Iterator[Event]:
        """Yield what happens to threads by their names; one without holes is asked for again, to see what changed.

        Raises:
            NothingFound: One of the names is that of no thread.
        """
        for thread in list(dict.fromkeys(thread.id for thread in _named(self.archive, names))):
            yield from self._thread(thread)

    def _thread(self, name: str) -> Iterator[Event]:
        thread = self._now(name)
        if thread is None:  # it has become part of another one meanwhile
            return
        before = holes_in(self.archive.connection, thread, self.settings)
        own = {post.id for post in thread.posts()}
        yield Begun(thread=name, title=thread.title, posts=len(own), holes=tuple(before))
        changed, gone, differs = 0, dict[str, None](), list[str]()
        gone_ways: set[str] = set()
        now: Thread | None = thread
        while now is not None and (route := self._next(now, gone_ways)) is not None:
            gone_ways.add(route.name)
            if route.needs is not None:
                yield Tried(thread=name, attempt=_refused(name, before, route), capture=None)
                continue
            yield Asking(thread=name, route=route.name, asked=route.asks)
            capture = yield from self._followed(now, route)
            if capture is not None:
                brought = added(self.archive.connection, capture, again=False)
                changed += brought.changed
                gone |= dict.fromkeys(brought.gone)
                differs += brought.differs
            now = self._now(name) or self._now(next(iter(own)))
            if capture is not None and (now is None or not list(now.gaps())):
                break
        after = holes_in(self.archive.connection, now, self.settings) if now else []
        filled, learned = _compared(before, after)
        yield Ended(
            thread=now.id if now else name,
            filled=tuple(filled),
            learned=tuple(learned),
            open=tuple(after),
            new=tuple(post.id for post in now.posts() if post.id not in own) if now else (),
            changed=changed,
            differs=tuple(differs),
            gone=tuple(gone),
        )

    def _now(self, name: str) -> Thread | None:
        return next(iter(found(self.archive.connection, name)), None)

    def _next(self, thread: Thread, gone: set[str]) -> Route | None:
        """Return the next way of a thread, as it is now."""
        return next((way for way in _ways(thread, self.settings)[0] if way.name not in gone), None)

    def _followed(self, thread: Thread, route: Route) -> Generator[Event, None, int | None]:
        """Go one way, keep what it brings, and log it; returns the capture, None where nothing was received."""
        spool = self._spool(thread, route)
        errand = _Errand(route, spool, self.settings, self._pace_kept())
        began = datetime.now(UTC)
        with errand:
            for news in errand:
                yield _event(thread.id, route, news)
        brought, error = errand.brought, errand.error
        attempts = _attempts(thread, route, brought, error, began)
        try:
            capture, digest = self._kept(spool, brought, attempts)
        except WasRemoved as removed:
            says = f"what came was not kept: it was removed from this archive ({removed.reason})"
            attempts = [msgspec.structs.replace(one, outcome="nothing", says=says) for one in attempts[:1]]
            capture, digest = self._kept(spool, None, attempts)
        for attempt in attempts:
            yield Tried(thread=thread.id, attempt=attempt, capture=digest)
        return capture

    def _pace_kept(self) -> Pace:
        from clew.fetch import Pace

        self._pace = self._pace or Pace(self.settings.limits)
        return self._pace

    def _kept(self, spool: Path, brought: Brought | None, attempts: list[Attempt]) -> tuple[int | None, str | None]:
        """Keep what was received and log what was tried; read and weave it."""
        capture: int | None = None
        digest: str | None = None
        with self.archive.writing(self.waiting) as writer:
            if brought is not None and brought.answers:
                with spool.open("rb") as stream:
                    digest = digested(stream)[0]
                try:
                    capture = writer.keep_file(spool, "fetched.warc.gz", digest, How())
                except WasRemoved as error:
                    says = f"what came holds posts that were removed ({error.reason}), and was not kept"
                    attempts[:] = [msgspec.structs.replace(one, outcome="nothing", says=says) for one in attempts]
                    digest = None
            writer.note_attempts([(attempt, digest) for attempt in attempts])
            spool.unlink(missing_ok=True)
            with suppress(OSError):
                spool.parent.rmdir()
        return capture, digest

    def _spool(self, thread: Thread, route: Route) -> Path:
        """Return where answers lie until they are kept: the same place for the same question, so that it goes on."""
        name = hashlib.sha256(f"{thread.id}\n{route.name}\n{route.asks}".encode()).hexdigest()[:24]
        folder = self.archive.path / FETCHING
        folder.mkdir(exist_ok=True)
        return folder / f"{name}.warc.gz"


def _refused(thread: str, before: Sequence[Hole], route: Route) -> Attempt:
    return Attempt(
        thread=thread,
        holes=tuple(name for hole in before for name in hole.names),
        route=route.name,
        asked=route.asks,
        tried=datetime.now(UTC).replace(microsecond=0),
        outcome="not-asked",
        says=route.needs or "",
    )


def _attempts(
    thread: Thread, route: Route, brought: Brought | None, error: ClewError | None, began: datetime
) -> list[Attempt]:
    """Return what was tried on a way: one attempt for each part of it that has something to say."""
    names = tuple(name for _, names, _ in holes_of(thread) for name in names)
    common: dict[str, Any] = {"thread": thread.id, "holes": names, "asked": route.asks}
    if brought is None or not brought.tried:
        says = str(error).rstrip(".") if error else "nothing was to be asked"
        return [Attempt(**common, route=route.name, tried=began.replace(microsecond=0), outcome="failed", says=says)]
    found: list[Attempt] = []
    for tried in brought.tried:
        requests = [one for one in brought.attempts if one.route == tried.route]
        answered = any(one.status is not None and one.status < 500 and one.status != 429 for one in requests)
        outcome = "brought" if tried.helped else "nothing" if answered else "failed"
        when = max((one.time for one in requests), default=began).replace(microsecond=0)
        cost = round(sum((one.cost for one in requests), 0.0), 6)
        found.append(Attempt(**common, route=tried.route, tried=when, outcome=outcome, says=tried.says, cost=cost))
    return found


def _compared(before: Sequence[Hole], after: Sequence[Hole]) -> tuple[list[Hole], list[Hole]]:
    """Return the holes that are filled, and those of which more is known, as they are now."""
    missing = {name for hole in after for name in hole.names}
    filled = [hole for hole in before if not missing & set(hole.names)]
    known = {(hole.names, hole.state, hole.certainty, hole.count) for hole in before}
    learned = [hole for hole in after if (hole.names, hole.state, hole.certainty, hole.count) not in known]
    return filled, learned


def _event(thread: str, route: Route, news: Any) -> Event:
    if isinstance(news, str):
        return Told(thread=thread, says=news)
    return Asked(thread=thread, route=news.route or route.name, url=news.url, says=news.says, status=news.status)


class _Errand:
    """A way that is gone in a thread of its own, so that what happens can be told as it happens."""

    def __init__(self, route: Route, spool: Path, settings: Settings, pace: Pace) -> None:
        from clew.fetch import Ear
        from clew.fetch.routes import follow

        self.brought: Brought | None = None
        self.error: ClewError | None = None
        self._fault: BaseException | None = None
        self._news: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        ear = Ear(tell=self._news.put, asked=self._news.put)
        self._task = self._loop.create_task(follow(route, spool, settings, ear, pace))
        self._thread = threading.Thread(target=self._run, name="clew-errand", daemon=True)

    def __enter__(self) -> _Errand:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            with suppress(RuntimeError):  # it may just have ended
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()
        self._loop.close()

    def __iter__(self) -> Iterator[Any]:
        """Yield news until the way is gone to its end."""
        while (news := self._news.get()) is not None:
            yield news
        if self._fault is not None:
            raise self._fault

    def _run(self) -> None:
        try:
            self.brought = self._loop.run_until_complete(self._task)
        except NotFetched as error:
            self.error = error
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            self._fault = error
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._news.put(None)
