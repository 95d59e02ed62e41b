"""`clew add`: inputs into an archive."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from clew.cli.archives import archive_option, opened, place, waiting
from clew.cli.columns import columns_of
from clew.cli.output import say
from clew.errors import InputError, MissingLibrary

if TYPE_CHECKING:
    from clew.archive import Archive
    from clew.archive.added import Added
    from clew.fetch import Settings
    from clew.keeping import Keeper

__all__ = ["command"]

MOST = 20
"""So many posts that are gone are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    inputs: tuple[str, ...]
    archive: str | None
    source: str | None
    columns: str | None
    again: bool
    problems: bool
    sources: bool
    budget: float | None
    quiet: bool


@click.command("add")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@archive_option
@click.option("--from", "source", metavar="FORMAT", help="Take the input as this; `clew formats` names them.")
@click.option("--columns", metavar="WHAT=NAME,...", help="Which columns of a table are what.")
@click.option("--again", is_flag=True, help="Also what was removed from the archive at somebody's request.")
@click.option("--problems", is_flag=True, help="List what could not be read, or was left out.")
@click.option("--sources", is_flag=True, help="Also keep the pages that the posts link to.")
@click.option("--budget", type=click.FloatRange(0), metavar="USD", help="Of an address: what may be spent on answers.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(**given: Any) -> int:
    """Keep files, folders, zips, tars, addresses or standard input (-) in an archive.

    Every input is kept byte for byte, with its digest, before anything is read from it. Says how many posts are new,
    seen again, changed, and gone: no longer in a newer export that says it is whole, which is not the same as deleted.
    A file that is held already is not kept twice. Interrupted at any moment, nothing that was acknowledged is lost;
    the next command goes on where this one broke off. What was removed with `clew remove` does not come back unless
    you say --again.

    With --sources the pages that the posts link to are kept as well, each with its stylesheets, pictures and scripts,
    up to 10 MB and 30 seconds each; shortened links are followed; of what is gone, a copy is looked for in web
    archives. Posts whose links or words are known only in their shortened form are asked for again. Nothing is
    fetched from private networks.

    \b
    Examples:
      clew add twitter-archive.zip
      clew add outbox.json result.json --archive my-archive
      clew add table.csv --columns id=tweet_id,text=body,author=user
      clew add https://x.com/ana/status/1400000000000000001 --budget 2.50
      clew add thread.html --sources
    """
    wish = Wish(**given)
    failed = False
    with opened(wish.archive, quiet=wish.quiet) as held:
        keeper = _keeper(held, wish)
        for path in wish.inputs:
            try:
                found = keeper.add(path)
                _report(found, wish)
                if keeper.settings is not None and wish.sources:
                    _sources(held, found, keeper.settings, wish)
            except InputError as error:
                say(f"clew: {error}")
                failed = True
    return 2 if failed else 0


def _keeper(held: Archive, wish: Wish) -> Keeper:
    from clew.archive import How
    from clew.keeping import Keeper

    how = How(format=wish.source, columns=columns_of(wish.columns), again=wish.again)
    asks = wish.sources or not all(one == "-" or os.path.exists(one) for one in wish.inputs)
    settings = _settings(wish) if asks else None
    return Keeper(archive=held, how=how, waiting=waiting, settings=settings, tell=None if wish.quiet else say)


def _settings(wish: Wish) -> Settings | None:
    """Return how servers are asked; None where what that needs is not installed, which is said once it is needed."""
    from clew.fetch import Settings, ready

    try:
        ready("--sources")
    except MissingLibrary:
        if wish.sources or wish.budget is not None:
            raise
        return None
    return Settings.of(archive=place(wish.archive), budget=wish.budget)


def _sources(held: Archive, found: Added, settings: Settings, wish: Wish) -> None:
    """Keep what the posts of an input link to, and ask again for what is known only in its shortened form."""
    from clew import linked
    from clew.refresh import Ended, Refresher

    states: Counter[str] = Counter()
    copies = 0
    for page in linked.Keeper(archive=held, settings=settings, waiting=waiting).of(found.capture):
        states[page.state] += 1
        copies += page.copy is not None
        if wish.problems:
            say(f"  {': '.join(filter(None, (page.url, page.says, page.leads_to, page.copy)))}")
    if not wish.quiet:
        say(" · ".join(_of_pages(states, copies)))
    names = linked.cut_threads(held.connection, found.capture)
    events = Refresher(archive=held, settings=settings, waiting=waiting).of(names)
    for event in events:
        if isinstance(event, Ended) and not wish.quiet:
            cut = event.thread in linked.cut_threads(held.connection, found.capture)
            say(f"  {event.thread}: {'still known only in its shortened form' if cut else 'known in full now'}")


def _of_pages(states: Mapping[str, int], copies: int) -> Iterator[str]:
    yield f"{_counted(sum(states.values()), 'link')}: {_number(states.get('kept', 0))} kept"
    if gone := states.get("gone", 0) + states.get("failed", 0):
        yield f"{_number(gone)} gone or out of reach, {_counted(copies, 'copy', 'copies')} in web archives"
    if refused := states.get("refused", 0):
        yield f"{_number(refused)} refused (--problems says which)"


def _report(found: Added, wish: Wish) -> None:
    for line in found.unread if wish.problems or not found.posts else ():
        say(f"clew: {line}")
    if wish.quiet:
        return
    say(" · ".join(_words(found)))
    for line in _details(found, problems=wish.problems):
        say(line)


def _words(found: Added) -> Iterator[str]:
    if found.again:
        yield f"{found.name}: held already, byte for byte"
        yield _counted(found.posts, "post")
        return
    yield f"{found.name}: {_counted(found.new, 'new post')}"
    if found.seen:
        yield f"{_number(found.seen)} seen again"
    if found.changed:
        yield f"{_number(found.changed)} changed (clew show --versions tells how)"
    if found.gone:
        yield f"{_number(len(found.gone))} no longer in it, which is not the same as deleted"
    if found.problems:
        yield f"{_counted(len(found.problems), 'problem')} (--problems lists them)"
    if found.unread:
        yield f"{_counted(len(found.unread), 'part')} not read (--problems says which)"


def _details(found: Added, *, problems: bool) -> Iterator[str]:
    yield from (f"  no longer in {found.name}: {post}" for post in found.gone[:MOST])
    if len(found.gone) > MOST:
        yield f"  and {_number(len(found.gone) - MOST)} more"
    yield from (f"  {says}" for says in found.left_out)
    differs = list(dict.fromkeys(found.differs))
    yield from (f"  {says}" for says in differs[:MOST])
    if len(differs) > MOST:
        yield f"  and {_number(len(differs) - MOST)} more"
    if problems:
        yield from (f"  {line}" for line in found.problems)


def _counted(count: int, noun: str, plural: str | None = None) -> str:
    return f"{_number(count)} {noun if count == 1 else plural or f'{noun}s'}"


def _number(count: int) -> str:
    return f"{count:,}".replace(",", " ")
