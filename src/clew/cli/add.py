"""`clew add`: inputs into an archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from clew.cli.archives import archive_option, opened, waiting
from clew.cli.columns import columns_of
from clew.cli.output import say
from clew.errors import InputError, needing

if TYPE_CHECKING:
    from clew.archive import Archive
    from clew.archive.added import Added
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
    budget: float | None
    quiet: bool


@click.command("add")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@archive_option
@click.option("--from", "source", metavar="FORMAT", help="Take the input as this; `clew formats` names them.")
@click.option("--columns", metavar="WHAT=NAME,...", help="Which columns of a table are what.")
@click.option("--again", is_flag=True, help="Also what was removed from the archive at somebody's request.")
@click.option("--problems", is_flag=True, help="List what could not be read, or was left out.")
@click.option("--budget", type=click.FloatRange(0), metavar="USD", help="Of an address: what may be spent on answers.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(**given: Any) -> int:
    """Keep files, folders, zips, tars, addresses or standard input (-) in an archive.

    Every input is kept byte for byte, with its digest, before anything is read from it. Says how many posts are new,
    seen again, changed, and gone: no longer in a newer export that says it is whole, which is not the same as deleted.
    A file that is held already is not kept twice. Interrupted at any moment, nothing that was acknowledged is lost;
    the next command goes on where this one broke off. What was removed with `clew remove` does not come back unless
    you say --again.

    \b
    Examples:
      clew add twitter-archive.zip
      clew add outbox.json result.json --archive my-archive
      clew add table.csv --columns id=tweet_id,text=body,author=user
      clew add https://x.com/ana/status/1400000000000000001 --budget 2.50
    """
    wish = Wish(**given)
    failed = False
    with opened(wish.archive, quiet=wish.quiet) as held:
        keeper = _keeper(held, wish)
        for path in wish.inputs:
            try:
                _report(keeper.add(path), wish)
            except InputError as error:
                say(f"clew: {error}")
                failed = True
    return 2 if failed else 0


def _keeper(held: Archive, wish: Wish) -> Keeper:
    from clew.archive import How
    from clew.keeping import Keeper

    how = How(format=wish.source, columns=columns_of(wish.columns), again=wish.again)
    settings = None
    if wish.budget is not None:
        with needing("--budget", "fetch"):
            from clew.fetch import Settings
        settings = Settings.of(budget=wish.budget)
    return Keeper(archive=held, how=how, waiting=waiting, settings=settings, tell=None if wish.quiet else say)


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
    if problems:
        yield from (f"  {line}" for line in found.problems)


def _counted(count: int, noun: str) -> str:
    return f"{_number(count)} {noun}{'' if count == 1 else 's'}"


def _number(count: int) -> str:
    return f"{count:,}".replace(",", " ")
