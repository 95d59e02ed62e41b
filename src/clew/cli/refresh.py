"""`clew refresh`: tries to bring what threads of an archive lack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from clew import addresses
from clew.cli.archives import archive_option, opened, place, rows, waiting
from clew.cli.holes import missing
from clew.cli.output import say, write
from clew.cli.progress import Progress
from clew.errors import NothingFound
from clew.publish.terminal import safe

if TYPE_CHECKING:
    from clew.refresh import Ended, Event, Hole

__all__ = ["command"]

MOST = 20
"""So many posts are named one by one."""
COLUMNS = "thread route asked tried outcome says cost capture".split()


@click.command("refresh")
@click.argument("names", nargs=-1, metavar="[THREAD]...")
@archive_option
@click.option("--all", "everything", is_flag=True, help="Every thread that lacks something, the longest untried first.")
@click.option("--hole", "holes", multiple=True, metavar="NAME", help="Only this: the id of a post, or `#3` by number.")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be asked, and ask nobody.")
@click.option("--to", "form", type=click.Choice(["text", "jsonl", "csv"]), default="text", help="Text unless said.")
@click.option("--budget", type=click.FloatRange(0), metavar="USD", help="What may be spent on answers, in all.")
@click.option("--quiet", is_flag=True, help="No progress, no word of what it costs.")
def command(
    names: tuple[str, ...],
    archive: str | None,
    everything: bool,
    holes: tuple[str, ...],
    dry: bool,
    form: str,
    budget: float | None,
    quiet: bool,
) -> int:
    """Try to bring what threads of an archive lack, and say what changed.

    Each way is gone in order until nothing is missing: the service itself, Thread Reader, web archives. What servers
    say is kept, whatever it is; every attempt is logged with its time, its answer and its cost. A thread that lacks
    nothing is asked for again, to see what was edited or is no longer there. What was not found is not called deleted.
    Interrupted at any moment it goes on where it was.

    \b
    Examples:
      clew refresh x:1400000000000000001
      clew refresh https://bsky.app/profile/ana.example.org/post/3lkiz2uvhqk2v --to jsonl
      clew refresh x:1400000000000000001 --hole '#7' --dry-run
      clew refresh --all --budget 2.50
    """
    from clew.fetch import Settings, ready
    from clew.refresh import Refresher, to_json

    if everything == bool(names):
        raise click.UsageError("name threads, or say --all" if not names else "name threads or say --all, not both")
    if holes and everything:
        raise click.UsageError("--hole goes with a thread that is named, not with --all")
    if not dry:
        ready("filling holes")
    settings = Settings.of(archive=place(archive), budget=budget)
    progress = Progress(quiet=quiet)
    with opened(archive, quiet=quiet, progress=progress) as held:
        refresher = Refresher(archive=held, settings=settings, waiting=waiting, only=_named(holes))
        going = refresher.planned(names) if dry else refresher.all() if everything else refresher.of(names)
        events = _watched(going, progress, quiet=quiet)
        if form == "jsonl":
            count = _written(f"{to_json(event)}\n" for event in events)
        elif form == "csv":
            count = rows("csv", COLUMNS, _rows(events, dry=dry))
        else:
            count = _written(line for event in events for line in _text(event, dry=dry))
        if refresher.skipped and not quiet:
            threads = f"{refresher.skipped:,} {'thread lacks' if refresher.skipped == 1 else 'threads lack'}"
            say(f"{threads} what no way leads to now; clew holes says what would help".replace(",", " ", 1))
        if not count and not refresher.skipped:
            raise NothingFound(f"nothing is known to be missing in {held.path}.")
    return 0


def _named(holes: Iterable[str]) -> frozenset[str]:
    """Return the names of holes, as they may be written: ids, addresses, numbers with or without #."""
    numbers = {f"#{one}" for one in holes if one.isdecimal()}
    found = filter(None, map(addresses.pasted, holes))
    return frozenset(holes) | numbers | {one.id for one in found if one.id}


def _watched(events: Iterable[Event], progress: Progress, *, quiet: bool) -> Iterator[Event]:
    """Yield events on; what is only a sign of life, or has to be known at once, goes to standard error."""
    from clew.refresh import Asked, Told

    for event in events:
        if isinstance(event, Asked):
            progress.asked(event.route, event.url, event.says)
        elif isinstance(event, Told) and not quiet:
            say(event.says)
        yield event


def _written(pieces: Iterable[str]) -> int:
    import sys

    count = 0
    for piece in pieces:
        count += 1
        write([piece])
        sys.stdout.flush()
    return count


def _rows(events: Iterable[Event], *, dry: bool) -> Iterator[tuple[object, ...]]:
    from clew.refresh import Asking, Tried

    for event in events:
        if dry and isinstance(event, Asking):
            says = "would be asked"
            yield event.thread, event.route, event.asked, None, "not-asked", says, f"{event.cost:.4f}", None
        elif isinstance(event, Tried):
            one = event.attempt
            when, cost = one.tried.isoformat()[:19], f"{one.cost:.4f}"
            yield event.thread, one.route, one.asked, when, one.outcome, one.says, cost, event.capture


def _text(event: Event, *, dry: bool) -> Iterator[str]:
    from clew.refresh import Asking, Begun, Ended, Tried

    if isinstance(event, Begun):
        yield safe(f"{event.thread}  {event.title}\n")
        for hole in event.holes:
            yield safe(f"  missing: {missing(hole)} ({hole.certainty})\n")
        if dry and not any(hole.routes or hole.needs for hole in event.holes):
            yield from (safe(f"  would help: {helps}\n") for helps in _helps(event.holes))
    elif dry and isinstance(event, Asking):
        cost = f", for up to ${event.cost:.2f}" if event.cost else ""
        yield safe(f"  would ask {event.route}: {event.asked}{cost}\n")
    elif isinstance(event, Tried):
        cost = f" (${event.attempt.cost:.2f})" if event.attempt.cost else ""
        yield safe(f"  {event.attempt.route}: {event.attempt.says}{cost}\n")
    elif isinstance(event, Ended):
        yield from (safe(f"  {line}\n") for line in _ended(event))


def _helps(holes: Iterable[Hole]) -> list[str]:
    return list(dict.fromkeys(helps for hole in holes for helps in hole.helps))


def _ended(event: Ended) -> Iterator[str]:
    for hole in event.filled:
        yield f"filled: {missing(hole)}"
    for hole in event.learned:
        yield f"known now: {missing(hole)}: {hole.says}"
    if event.new:
        yield f"{len(event.new):,} new {'post' if len(event.new) == 1 else 'posts'} of the thread".replace(",", " ")
    if event.changed:
        yield f"{event.changed:,} changed (clew show --versions tells how)".replace(",", " ")
    differs = list(dict.fromkeys(event.differs))
    yield from differs[:MOST]
    if len(differs) > MOST:
        yield f"and {len(differs) - MOST} more"
    for post in event.gone[:MOST]:
        yield f"no longer there, which is not the same as deleted: {post}"
    if len(event.gone) > MOST:
        yield f"and {len(event.gone) - MOST} more"
    for hole in event.open:
        yield f"still missing: {missing(hole)}"
    yield from (f"would help: {helps}" for helps in _helps(event.open))
    if not (event.filled or event.learned or event.new or event.changed or event.gone or event.differs or event.open):
        yield "nothing changed"
