"""Holes are filled: routes -> captures -> the archive. The order of things is written here, once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from clew.archive import Archive, How
from clew.archive.added import added
from clew.archive.attempts import holes_of, threads_with_holes, tried_of
from clew.archive.holdings import found
from clew.archive.ledger import Attempt
from clew.archive.spool import spooled
from clew.archive.store import digested
from clew.errors import ClewError, NothingFound, WasRemoved
from clew.refresh.errand import Errand
from clew.refresh.events import Asked, Asking, Begun, Ended, Event, Hole, Told, Tried
from clew.refresh.holes import holes_in, is_shortened, named, ways_of
from clew.threads import Thread

if TYPE_CHECKING:
    from clew.fetch import Brought, Pace, Settings
    from clew.fetch.routes import Route

__all__ = ["Refresher"]


@dataclass(slots=True, kw_only=True)
class Refresher:
    """Fills holes of an archive. What it yields must be iterated in one thread, the one that opened the archive.

    Whatever is killed when: answers that were received are kept or gone on with, and nothing is kept twice.
    """

    archive: Archive
    settings: Settings
    waiting: Callable[[], None] = lambda: None
    """Is called where another process is writing, and has to be waited for."""
    spent: float = 0.0
    """US dollars so far; the budget of the settings is for all threads together."""
    only: frozenset[str] = frozenset()
    """Names of holes that alone are to be filled; empty for all."""
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
            if any(way.needs is None for way in ways_of(thread, self._left())[0]):
                last = max((one.tried for one in tried_of(connection, thread)), default=never)
                waiting.append((last, place, thread.id))
            else:
                self.skipped += 1
        for _, _, own in sorted(waiting):
            yield from self._thread(own)

    def planned(self, names: Sequence[str] = ()) -> Iterator[Event]:
        """Yield what would be asked for threads by their names, or for all that lack something; nobody is asked.

        Raises:
            NothingFound: One of the names is that of no thread, or none of the holes that alone are to be filled.
        """
        for thread in named(self.archive, names) if names else threads_with_holes(self.archive.connection):
            ways = ways_of(thread, self.settings, self.only)[0]
            if not names and not ways:
                self.skipped += 1
                continue
            before = self._holes(thread)
            yield Begun(thread=thread.id, title=thread.title, posts=len(list(thread.posts())), holes=tuple(before))
            for route in ways:
                if route.needs is None:
                    yield Asking(thread=thread.id, route=route.name, asked=route.asks, cost=route.cost)
                else:
                    yield Tried(thread=thread.id, attempt=_refused(thread.id, before, route), capture=None)

    def of(self, names: Sequence[str]) -> Iterator[Event]:
        """Yield what happens to threads by their names; one without holes is asked for again, to see what changed.

        Raises:
            NothingFound: One of the names is that of no thread.
        """
        for thread in list(dict.fromkeys(thread.id for thread in named(self.archive, names))):
            yield from self._thread(thread)

    def _thread(self, name: str) -> Iterator[Event]:
        thread = self._now(name)
        if thread is None:  # it has become part of another one meanwhile
            return
        before = self._holes(thread)
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
            yield Asking(thread=name, route=route.name, asked=route.asks, cost=route.cost)
            capture = yield from self._followed(now, route)
            if capture is not None:
                brought = added(self.archive.connection, capture, again=False)
                changed += brought.changed
                gone |= dict.fromkeys(brought.gone)
                differs += brought.differs
            now = self._now(name) or self._now(next(iter(own)))
            if capture is not None and (now is None or not self._is_open(now)):
                break
        after = holes_in(self.archive.connection, now, self.settings) if now else []
        after = [hole for hole in after if self._is_wanted(hole.names)]
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

    def _holes(self, thread: Thread) -> list[Hole]:
        """Return the holes of a thread that are to be filled.

        Raises:
            NothingFound: None goes by the names that alone are to be filled.
        """
        found = holes_in(self.archive.connection, thread, self.settings)
        wanted = [hole for hole in found if self._is_wanted(hole.names)]
        if self.only and not wanted:
            names = " or ".join(sorted(self.only))
            raise NothingFound(f"{thread.id}: no hole is called {names}. `clew holes` says what is missing.")
        return wanted

    def _is_open(self, thread: Thread) -> bool:
        """Say whether something is missing still, or is known only in its shortened form."""
        is_short = not self.only and any(map(is_shortened, thread.posts()))
        return is_short or any(self._is_wanted(names) for _, names, _ in holes_of(thread))

    def _is_wanted(self, names: Sequence[str]) -> bool:
        """Say whether a hole with these names is to be filled."""
        return not self.only or not self.only.isdisjoint(names)

    def _now(self, name: str) -> Thread | None:
        return next(iter(found(self.archive.connection, name)), None)

    def _next(self, thread: Thread, gone: set[str]) -> Route | None:
        """Return the next way of a thread, as it is now."""
        return next((way for way in ways_of(thread, self._left(), self.only)[0] if way.name not in gone), None)

    def _left(self) -> Settings:
        """Return the settings with what is left of the budget."""
        return replace(self.settings, budget=max(0.0, self.settings.budget - self.spent))

    def _followed(self, thread: Thread, route: Route) -> Generator[Event, None, int | None]:
        """Go one way, keep what it brings, and log it; returns the capture, None where nothing was received."""
        began = datetime.now(UTC)
        with spooled(self.archive.path, f"{thread.id}\n{route.name}\n{route.asks}") as spool:
            with Errand(route, spool, self._left(), self._pace_kept()) as errand:
                for news in errand:
                    yield _event(thread.id, route, news)
            self.spent += sum(one.cost for one in errand.brought.attempts) if errand.brought else 0.0
            names = tuple(own for _, names, _ in holes_of(thread) if self._is_wanted(names) for own in names)
            attempts = _attempts(thread.id, names, route, errand.brought, errand.error, began)
            capture, digest = self._kept(spool, errand.brought, attempts)
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
        return capture, digest


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
    thread: str,
    names: tuple[str, ...],
    route: Route,
    brought: Brought | None,
    error: ClewError | None,
    began: datetime,
) -> list[Attempt]:
    """Return what was tried on a way: one attempt for each part of it that has something to say."""
    common: dict[str, Any] = {"thread": thread, "holes": names, "asked": route.asks}
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
