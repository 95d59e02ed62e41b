"""Pages that posts link to, kept beside them: posts of a capture -> links -> pages, or their copies in web archives."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from clew.archive import Archive
from clew.archive.ledger import Attempt
from clew.archive.observe import SPAN, many
from clew.archive.removal import FETCHING
from clew.archive.store import digested
from clew.errors import ClewError
from clew.standing import Came, Memento

if TYPE_CHECKING:
    from clew.fetch import Pace, Settings
    from clew.fetch.pages import Found
    from clew.fetch.visit import Visit

__all__ = ["Keeper", "Page", "cut_threads", "links_of"]

AT_ONCE = 10
"""So many links are kept in one capture."""
MOST = 500
"""So many links of one input are followed."""


class Page(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/page/1"):
    """What came of a link."""

    url: str
    threads: tuple[str, ...]
    """The threads whose posts link to it."""
    state: str
    """kept, gone (the server says so), refused, failed."""
    says: str
    leads_to: str | None
    """Where it led in the end, where that is another address."""
    parts: int
    """Stylesheets, pictures and scripts of it that are kept."""
    copy: str | None
    """What a web archive has of it, where it is gone, in words."""
    memento: Memento | None = None
    """The same as an address and a time."""
    capture: str | None
    """The digest of what was received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link, and where it stands."""

    url: str
    threads: tuple[str, ...]
    time: str | None
    """When the first post that has it was published; UTC."""


def links_of(connection: sqlite3.Connection, capture: int) -> Iterator[Link]:
    """Yield the links of the posts that a capture shows, each once, but for those whose page is held already."""
    rows = connection.execute(_LINKS, (capture * SPAN, (capture + 1) * SPAN)).fetchall()
    held = {url for (url,) in connection.execute(_HELD, (many({url for url, _, _ in rows}),))}
    for url, threads, time in rows:
        if url not in held:
            yield Link(url=url, threads=tuple(sorted(threads.split(","))), time=time)


def cut_threads(connection: sqlite3.Connection, capture: int) -> list[str]:
    """Return the threads in which a capture shows links, or texts, that are known only in their shortened form."""
    return [thread for (thread,) in connection.execute(_CUT, (capture * SPAN, (capture + 1) * SPAN))]


@dataclass(slots=True, kw_only=True)
class Keeper:
    """Keeps pages that posts link to. What it yields must be iterated in the thread that opened the archive."""

    archive: Archive
    settings: Settings
    waiting: Callable[[], None] = lambda: None

    def of(self, capture: int) -> Iterator[Page]:
        """Yield what came of the links of a capture's posts; of more than MOST the first."""
        from clew.fetch import Pace, ready
        from clew.fetch.pages import bounded, is_page

        ready("keeping linked pages")

        links = [link for link in links_of(self.archive.connection, capture) if is_page(link.url)][:MOST]
        settings, pace = bounded(self.settings), Pace(self.settings.limits)
        for start in range(0, len(links), AT_ONCE):
            yield from self._kept(links[start : start + AT_ONCE], settings, pace)

    def _kept(self, links: list[Link], settings: Settings, pace: Pace) -> Iterator[Page]:
        path = self._spool()
        try:
            found = asyncio.run(_brought(links, path, settings, pace))
        except ClewError:
            path.unlink(missing_ok=True)
            raise
        digest: str | None = None
        with self.archive.writing(self.waiting) as writer:
            if path.stat().st_size:
                with path.open("rb") as stream:
                    digest = digested(stream)[0]
                writer.keep_pages(path, path.name, digest)
            writer.note_attempts([(one, digest) for one in _attempts(links, found)])
            path.unlink()
        for link, one in zip(links, found, strict=True):
            yield Page(
                url=link.url,
                threads=link.threads,
                state=one.state,
                says=one.says,
                leads_to=one.leads_to,
                parts=one.parts,
                copy=one.copy,
                memento=one.memento,
                capture=digest,
            )

    def _spool(self) -> Path:
        folder = self.archive.path / FETCHING
        folder.mkdir(exist_ok=True)
        path = folder / "linked-pages.warc.gz"
        path.unlink(missing_ok=True)
        return path


async def _brought(links: Iterable[Link], path: Path, settings: Settings, pace: Pace) -> list[Found]:
    from clew.fetch import Ear, visited
    from clew.fetch.pages import Linked, bring

    found: list[Found] = []

    async def go(visit: Visit) -> None:
        for link in links:
            near = datetime.fromisoformat(link.time).replace(tzinfo=UTC) if link.time else None
            found.append(await bring(Linked(url=link.url, near=near), visit))

    await visited(go, path, settings, Ear(), pace)
    return found


def _attempts(links: list[Link], found: list[Found]) -> Iterator[Attempt]:
    """Yield what the log says of each link."""
    now = datetime.now(UTC).replace(microsecond=0)
    for link, one in zip(links, found, strict=True):
        says = "; ".join(filter(None, (one.says, f"leads to {one.leads_to}" if one.leads_to else None, one.copy)))
        brought = one.state == "kept" or one.copy is not None
        outcome = "brought" if brought else "failed" if one.state == "failed" else "nothing"
        for thread in link.threads:
            yield Attempt(
                thread=thread,
                holes=(link.url,),
                route="link",
                asked=link.url,
                tried=now,
                outcome=outcome,
                says=says[:600],
                came=Came(state=one.state, leads_to=one.leads_to, memento=one.memento),
            )


_LINKS = """SELECT l.value ->> '$.url' AS link, group_concat(DISTINCT t.id) AS threads, min(p.time)
    FROM sightings AS s JOIN posts AS p ON p.post = s.post JOIN threads AS t ON t.thread = p.thread,
        json_each((SELECT o.record FROM sightings AS o WHERE o.post = s.post AND o.content = s.content
            AND o.record IS NOT NULL), '$.links') AS l
    WHERE s.sighting >= ? AND s.sighting < ? AND l.value ->> '$.url' IS NOT NULL
    GROUP BY link ORDER BY min(s.sighting)"""
_HELD = """SELECT DISTINCT asked FROM attempts
    WHERE route = 'link' AND outcome = 'brought' AND asked IN (SELECT value FROM json_each(?))"""
_CUT = """SELECT DISTINCT t.id FROM sightings AS s
    JOIN posts AS p ON p.post = s.post JOIN threads AS t ON t.thread = p.thread
    WHERE s.sighting >= ? AND s.sighting < ?
    AND (p.cut OR EXISTS (SELECT 1 FROM json_each(t.record, '$.entries') AS e, json_each(e.value, '$.links') AS l
        WHERE e.value ->> '$.id' = p.id AND l.value ->> '$.cut'))"""
