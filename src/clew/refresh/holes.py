"""What threads of an archive lack, by which ways it may come, and what was tried."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from clew import addresses
from clew.archive import Archive
from clew.archive.attempts import holes_of, threads_with_holes, tried_of
from clew.archive.holdings import found
from clew.errors import NothingFound
from clew.posts import Post
from clew.refresh.events import Hole
from clew.threads import Thread

if TYPE_CHECKING:
    from clew.fetch import Settings
    from clew.fetch.routes import Route, Wanted

__all__ = ["holes", "holes_in", "is_shortened", "named", "ways_of"]


def holes(archive: Archive, settings: Settings, names: Sequence[str] = ()) -> Iterator[Hole]:
    """Yield the holes of all threads, or of those named, in the order of the list.

    Raises:
        NothingFound: One of the names is that of no thread.
    """
    for thread in named(archive, names) if names else threads_with_holes(archive.connection):
        yield from holes_in(archive.connection, thread, settings)


def named(archive: Archive, names: Sequence[str]) -> Iterator[Thread]:
    """Yield the threads that go by names.

    Raises:
        NothingFound: One of the names is that of no thread.
    """
    for name in names:
        threads = found(archive.connection, name)
        if not threads:
            raise NothingFound(f"{name}: no such thread or post in {archive.path}.")
        yield from threads


def holes_in(connection: sqlite3.Connection, thread: Thread, settings: Settings) -> list[Hole]:
    """Return the holes of one thread."""
    ways, helps = ways_of(thread, settings)
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


def ways_of(thread: Thread, settings: Settings, only: frozenset[str] = frozenset()) -> tuple[list[Route], list[str]]:
    """Return the ways to what a thread lacks, in order, and what else would help.

    `only` names what alone is looked for; where it is empty, that is all that is missing.
    """
    from clew.fetch.routes import helps, routes

    wanted = _wanted(thread, only)
    return routes(wanted, settings), helps(wanted, settings)


def is_shortened(post: Post) -> bool:
    """Say whether the words of a post, or where a link of it leads, are known only in their shortened form."""
    return post.cut or any(link.cut and link.url is None for link in post.links)


def _wanted(thread: Thread, only: frozenset[str]) -> Wanted:
    from clew.fetch.routes import Wanted

    posts = list(thread.posts())
    gaps = [gap for _, names, gap in holes_of(thread) if not only or only & set(names)]
    urls = (post.url or addresses.post_url(post.platform, post.author.handle, post.id) for post in posts)
    names = [post.id if post.id.startswith("at://") else url for post, url in zip(posts, urls, strict=True)]
    cut = [] if only else [post.id for post in posts if is_shortened(post)]
    return Wanted(
        platform=thread.platform,
        handle=thread.author.handle,
        first=thread.id.partition(":")[2],
        held=tuple(name for name in names if name),
        absent=tuple(dict.fromkeys(own for gap in gaps for own in gap.ids)),
        cut=tuple(cut),
        states=frozenset(gap.state for gap in gaps),
    )
