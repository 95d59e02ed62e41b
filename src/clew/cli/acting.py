"""From what users name to actions: tables of actions, and posts in any form that clew reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from clew.cli.archives import is_archive, opened, place
from clew.cli.chosen import in_dossier
from clew.cli.output import say
from clew.cli.progress import Progress
from clew.errors import BadOption, needing
from clew.ingest import Intake
from clew.posts import Item, Notice, Post, Problem
from clew.verdicts import number

if TYPE_CHECKING:
    from clew.archive import Archive
    from clew.compare.actions import Actions

__all__ = ["Inputs", "acted", "authors", "authors_held", "columns_given", "need_compare", "say_left", "seconds"]

#: So many authors a search can make into a group.
_MOST_AUTHORS = 1_000_000
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_SPAN = re.compile(r"(-?\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?")


def say_left(actions: Actions) -> None:
    """Say how many posts were left out, and why."""
    for what, count in actions.left.items():
        say(f"left out, {what}: {number(count)}")


@dataclass(slots=True, kw_only=True)
class Inputs:
    """What is read, how, and what became of it."""

    paths: Sequence[str]
    """Files and folders, archives among them; where none is named, the user's archive."""
    traces: Sequence[str]
    phrases: Sequence[str] = ()
    source: str | None = None
    columns: Mapping[str, str] | None = None
    quiet: bool = False
    problems: list[str] = field(default_factory=list)
    """Records that could not be read, or were not taken."""
    failed: bool = False
    """True where an input could not be read, or not to its end; standard error has said so."""


def need_compare() -> None:
    """Raise where the libraries are not there.

    Raises:
        MissingLibrary: One of them is not installed.
    """
    with needing("comparing accounts", "compare"):
        import igraph  # noqa: F401
        import numpy  # noqa: F401
        import pyarrow  # noqa: F401
        import scipy  # noqa: F401


def acted(inputs: Inputs) -> Actions:
    """Return the actions of all inputs together.

    Raises:
        InputError: A table of actions cannot be read, or there is no such trace.
    """
    from clew.compare import tables
    from clew.compare.actions import joined
    from clew.compare.traces import gather

    paths = inputs.paths or [str(place(None))]
    rows = [path for path in paths if _is_file(path) and tables.is_actions(path, inputs.columns)]
    posts = [path for path in paths if path not in rows]
    parts = [tables.read(path, inputs.columns) for path in rows]
    if posts:
        parts.append(gather(_items(inputs, posts), inputs.traces, inputs.phrases))
    return joined(parts)


def authors(inputs: Inputs, path: str) -> Iterator[str]:
    """Yield the id or handle of each author in an input, once."""
    names = (item.author.id or item.author.handle for item in _items(inputs, [path]) if isinstance(item, Post))
    yield from dict.fromkeys(name for name in names if name)


def authors_held(inputs: Inputs, wanted: str) -> Iterator[str]:
    """Yield the id or handle of each author of whom archives among the inputs hold what is wanted.

    That is `find:QUERY`, authors of the posts that a search finds, or `dossier:NAME`, authors of a dossier's threads.

    Raises:
        BadOption: There is no archive among them.
        BadQuery: Something is wrong with the query.
        NothingFound: There is no such dossier.
    """
    way, _, name = wanted.partition(":")
    archives = [path for path in inputs.paths or [str(place(None))] if is_archive(Path(path))]
    if not archives:
        raise BadOption(f"{wanted}: there is no archive to look into among the inputs.")
    for path in archives:
        with opened(path, quiet=inputs.quiet) as held:
            if way == "find":
                yield from _found(held, name)
            else:
                threads = in_dossier(held, name).threads
                names = (thread.author.id or thread.author.handle for thread in threads)
                yield from dict.fromkeys(name for name in names if name)


def _found(held: Archive, query: str) -> Iterator[str]:
    """Yield the handles of the authors of posts that a search finds."""
    with needing("searching", "search"):
        from clew.finding import Finder
        from clew.search import grammar
    yield from (one.value for one in Finder.of(held).count(grammar.parse(query), "author", _MOST_AUTHORS))


def _items(inputs: Inputs, paths: Iterable[str]) -> Iterator[Item]:
    intake = Intake(format=inputs.source, columns=inputs.columns)
    with Progress(quiet=inputs.quiet) as progress:
        intake.watch = progress
        for path in paths:
            if path == "-" or not is_archive(Path(path)):
                for item in intake.items(path):
                    _note(inputs, item)
                    yield item
            else:
                yield from _held(path, quiet=inputs.quiet)
    for error in intake.errors:
        inputs.failed = True
        say(f"clew: {error}")
    inputs.problems += [f"{name}: in no format that clew reads" for name in intake.unread]


def _held(path: str, *, quiet: bool) -> Iterator[Post]:
    """Yield the posts of an archive."""
    from clew.archive.holdings import every

    with opened(path, quiet=quiet) as held:
        for thread in every(held.connection):
            yield from thread.posts()


def _is_file(path: str) -> bool:
    return path != "-" and not is_archive(Path(path))


def _note(inputs: Inputs, item: Item) -> None:
    if isinstance(item, Problem):
        inputs.problems.append(f"{item.origin.file}, {item.origin.place}: {item.reason}")
    elif isinstance(item, Notice) and item.kind == "left-out":
        inputs.problems.append(f"{item.origin.file}: {item.says}")
    elif isinstance(item, Notice) and item.kind == "guess" and not inputs.quiet:
        say(f"{item.origin.file}: {item.says}")


def columns_given(given: str | None) -> dict[str, str] | None:
    """Return what `--columns` says; None where it says nothing.

    Raises:
        BadOption: It is written otherwise.
    """
    if given is None:
        return None
    pairs = [pair.partition("=") for pair in given.split(",")]
    if not all(what.strip() and equals for what, equals, _ in pairs):
        raise BadOption(f"--columns {given}: write it as what=name, such as object=url,account=user,time=date.")
    return {what.strip(): name.strip() for what, _, name in pairs}


def seconds(option: str, given: str) -> float:
    """Return a span of time such as 60s, 5m or 2h in seconds; a bare number is seconds.

    Raises:
        BadOption: It is none, or negative.
    """
    found = _SPAN.fullmatch(given.strip().lower())
    if found is None:
        raise BadOption(f"{option} {given}: write it as 60s, 5m, 2h or 1d.")
    span = float(found[1]) * _UNITS[found[2] or "s"]
    if span < 0:
        raise BadOption(f"{option} {given}: a span of time cannot be negative.")
    return span
