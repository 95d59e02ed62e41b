"""Threads that a user names: where they are looked for, and what they are known by."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clew import addresses
from clew.cli.archives import is_archive, opened, place
from clew.cli.output import say
from clew.cli.progress import Progress
from clew.errors import BadOption, NothingFound, needing
from clew.ingest import Intake
from clew.posts import Item, Post
from clew.publish.pictures import Shelf
from clew.threads import Gap, Thread, weave

if TYPE_CHECKING:
    from clew.archive import Archive
    from clew.dossier import Gathered
    from clew.evidence import Finding
    from clew.mementos import Copies
    from clew.standing import Standing

__all__ = ["Chosen", "answering", "chosen", "date_made", "holds", "in_dossier", "known_of", "post_of"]


MOST_FOUND = 10_000
"""Posts of a search whose threads are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was found."""

    threads: tuple[Thread, ...]
    """In the order in which they were named; all of them, oldest first, where none was."""
    names: tuple[str, ...]
    """What the user called each of them; empty where none was named."""
    posts: tuple[Post, ...]
    """Every post of the inputs, as often as it was seen."""
    paths: tuple[str, ...]
    """The inputs."""
    archive: Path | None
    """The archive that the threads are from; None where they are from inputs."""
    failed: bool
    """True where an input could not be read, or not to its end; standard error has said so."""


def chosen(
    references: Sequence[str],
    inputs: Sequence[str],
    *,
    source: str | None = None,
    quiet: bool = False,
    single: bool = False,
    shelf: Shelf | None = None,
    archive: str | None = None,
    queries: Sequence[str] = (),
    authors: Sequence[str] = (),
) -> Chosen:
    """Return the threads that are named by their id, or by the id or address of any post in them.

    Of the archive also those in which a search finds something, and those of an author.

    A name that is a file or a folder is an input, all of whose threads are meant; single posts too where `single` asks
    for them. Where no input is named they are those of the archive. This is the one place that knows where threads
    come from. The pictures of the inputs are put on the `shelf`.

    Raises:
        BadOption: No input is named, and there is no archive.
        NothingFound: One of the names is that of no thread.
    """
    if queries or authors:
        if inputs:
            raise BadOption("--find and --author go with the archive, not with --in.")
        return _held(references, archive, quiet=quiet, queries=queries, authors=authors)
    paths = [*inputs, *(name for name in references if name == "-" or os.path.exists(name))]
    names = [name for name in references if name not in paths]
    if not paths and names and (archive is not None or is_archive(place(archive))):
        return _held(names, archive, quiet=quiet)
    if not paths:
        where = "is no file or folder; if it names a thread, say where to look, with --in FILE"
        raise BadOption(f"{names[0]}: {where}." if names else "say where to look, with --in FILE.")
    intake = Intake(format=source)
    with Progress(quiet=quiet) as progress:
        intake.watch = progress
        items = [item for path in dict.fromkeys(paths) for item in _items(intake, path, shelf)]
    for error in intake.errors:
        say(f"clew: {error}")
    if shelf:
        shelf.fill()
    threads = list(weave(items))
    found = (
        [_named(threads, name, paths) for name in names]
        if names
        else [one for one in threads if single or is_thread(one)]
    )
    if not found and not intake.errors:
        raise NothingFound(f"no threads in {', '.join(paths)}.")
    posts = tuple(item for item in items if isinstance(item, Post))
    return Chosen(
        threads=tuple(found),
        names=tuple(names),
        posts=posts,
        paths=tuple(paths),
        archive=None,
        failed=bool(intake.errors),
    )


def _held(
    names: Sequence[str],
    archive: str | None,
    *,
    quiet: bool,
    queries: Sequence[str] = (),
    authors: Sequence[str] = (),
) -> Chosen:
    """Return threads of the archive: those that are named, then what searches find, then those of authors."""
    from clew.archive.holdings import found

    threads: list[Thread] = []
    with opened(archive, quiet=quiet) as held:
        searched = [own for query in queries for own in answering(held, query)]
        if queries and not searched:
            raise NothingFound(f"nothing answers {', '.join(queries)}.")
        written = [own for author in authors for own in _of_author(held, author)]
        for name in dict.fromkeys((*names, *searched, *written)):
            known = found(held.connection, name)
            if not known:
                raise NothingFound(f"{name}: no such thread or post in {held.path}.")
            threads += known
        own = held.path
    posts = tuple(post for thread in threads for post in thread.posts())
    return Chosen(threads=tuple(threads), names=tuple(names), posts=posts, paths=(), archive=own, failed=False)


def known_of(found: Chosen, threads: Sequence[Thread]) -> tuple[Mapping[str, Standing], Copies]:
    """Return how it stands with the pages that threads link to, and the copies in web archives they were read from.

    Of files nothing is known of pages.
    """
    from clew.mementos import held_copies, read_copies

    if found.archive is None:
        return {}, read_copies(found.paths, threads)
    from clew.archive.standings import links_in, standings

    with opened(str(found.archive), quiet=True) as held:
        return standings(held.connection, links_in(threads)), held_copies(held.path, held.connection, threads)


def answering(held: Archive, query: str) -> list[str]:
    """Return the ids of the threads in which a search finds something, those with the oldest posts first.

    Raises:
        BadQuery: Something is wrong with the query.
        MissingLibrary: tantivy is not installed.
    """
    with needing("searching", "search"):
        from clew.finding import Finder
        from clew.search import grammar
    hits = Finder.of(held).find(grammar.parse(query), "old", MOST_FOUND).hits
    return list(dict.fromkeys(hit.thread for hit in hits))


def in_dossier(held: Archive, name: str, study: Callable[[Thread], Iterable[Finding]] = lambda thread: ()) -> Gathered:
    """Return what a dossier of an archive is about, with the findings that `study` makes of each thread.

    Raises:
        NothingFound: There is no such dossier.
        MissingLibrary: It holds searches, and tantivy is not installed.
    """
    from clew.archive.holdings import found
    from clew.archive.standings import links_in, standings
    from clew.dossier import Shelf, gathered
    from clew.evidence.joined import held_aliases

    return gathered(
        Shelf(held.path).get(name),
        lambda own: found(held.connection, own),
        lambda query: answering(held, query),
        study,
        lambda threads: standings(held.connection, links_in(threads)),
        held_aliases(held.path),
    )


def _of_author(held: Archive, author: str) -> list[str]:
    from clew.archive.holdings import listed

    threads = [own.id for own in listed(held.connection, author=author)]
    if not threads:
        raise NothingFound(f"no threads by {author} in {held.path}.")
    return threads


def _items(intake: Intake, path: str, shelf: Shelf | None) -> Iterator[Item]:
    for item in intake.items(path):
        if shelf and isinstance(item, Post):
            shelf.want(path, item)
        yield item


def _named(threads: Sequence[Thread], name: str, paths: Sequence[str]) -> Thread:
    for thread in threads:
        if thread.id == name:
            return thread
    for thread in threads:
        if holds(thread, name):
            return thread
    raise NothingFound(f"{name}: no such thread or post in {', '.join(paths)}.")


def holds(thread: Thread, name: str) -> bool:
    """Say whether a thread, or a post in it, goes by a name: an id, with or without its platform, or an address."""
    return thread.id == name or post_of(thread, name) is not None


def post_of(thread: Thread, name: str) -> Post | None:
    """Return the post of a thread that goes by a name; None where none does."""
    address = addresses.parse(name) if "/" in name else None
    known = {name, name.partition(":")[2], address.id if address and address.id else name}
    return next((post for post in thread.posts() if post.id in known or post.url == name), None)


def is_thread(thread: Thread) -> bool:
    """Say whether it is a thread in a reader's eyes: two posts or more, or one with a sign that there was more."""
    if len(list(thread.posts())) > 1:
        return True
    return any(isinstance(entry, Gap) or entry.number is not None for entry in thread.entries)


def date_made(given: str | None) -> datetime:
    """Return the date that documents bear: as given, else SOURCE_DATE_EPOCH, else today; UTC.

    Raises:
        BadOption: It is no date.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        if given:
            moment = datetime.fromisoformat(given)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        if epoch:
            return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        what = f"--date {given}" if given else f"SOURCE_DATE_EPOCH={epoch}"
        raise BadOption(f"{what}: is no date. Write it as 2026-01-31.") from error
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
