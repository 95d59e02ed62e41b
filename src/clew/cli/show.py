"""`clew show`: threads of an archive, now or as they were known, with what became of their posts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from clew.archive import Archive
from clew.archive.history import History, histories
from clew.archive.history import to_json as history_json
from clew.archive.holdings import capture_before, found, known_then
from clew.archive.observe import iso
from clew.archive.standings import links_in, standings
from clew.cli.archives import archive_option, opened
from clew.cli.output import paper, write
from clew.cli.versions import versions
from clew.errors import BadOption, NothingFound
from clew.mementos import held_copies
from clew.publish import RENDERERS, by_name
from clew.publish.document import Style, compose
from clew.publish.text import render
from clew.threads import Thread, to_json

__all__ = ["command"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    names: tuple[str, ...]
    archive: str | None
    form: str
    versions: bool
    at: str | None
    width: int | None
    quiet: bool


@click.command("show")
@click.argument("names", nargs=-1, required=True, metavar="THREAD...")
@archive_option
@click.option("--to", "form", type=click.Choice([*RENDERERS, "jsonl"]), default="text", help="Text unless said.")
@click.option("--versions", is_flag=True, help="What became of each post: edits, sightings, disappearances.")
@click.option("--at", metavar="TIME", help="As it was known then, from what had been added up to that time; UTC.")
@click.option("--width", type=click.IntRange(40, 200), help="Columns of text; the terminal's.")
@click.option("--quiet", is_flag=True, help="No progress.")
def command(**given: Any) -> int:
    """Show threads of an archive.

    A THREAD is named by its id, or by the id or address of any post in it. With --versions, words that were taken out
    stand in [- -] and words that came in stand in {+ +}. That a post is no longer in a newer export, or was not seen
    again, is said as that: it is not the same as deleted. A deletion is named where a source proves it.

    \b
    Examples:
      clew show x:1400000000000000001
      clew show https://x.com/ana/status/1400000000000000001 --versions
      clew show 1400000000000000001 --at 2024-01-31 --to md
    """
    wish = Wish(**given)
    if wish.versions and wish.form not in ("text", "jsonl"):
        raise click.UsageError(f"--versions goes with --to text or --to jsonl, not with {wish.form}")
    with opened(wish.archive, quiet=wish.quiet) as held:
        until = _until(held, wish.at) if wish.at else None
        threads = list({thread.id: thread for name in wish.names for thread in _named(held, name, until)}.values())
        if wish.versions:
            write(_versions(wish, histories(held.connection, threads, until)))
        else:
            write(_written(wish, threads, Style() if wish.at else _style(held, threads)))
    return 0


def _named(held: Archive, name: str, until: int | None) -> list[Thread]:
    threads = found(held.connection, name) if until is None else known_then(held.connection, name, until)
    if not threads:
        then = "" if until is None else " at that time"
        raise NothingFound(f"{name}: no such thread or post in {held.path}{then}.")
    return threads


def _until(held: Archive, at: str) -> int:
    """Return the last capture of a time; a day means its end."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise BadOption(f"--at {at}: is no time. Write it as 2026-01-31 or 2026-01-31T12:00.") from error
    if len(at) == len("2026-01-31"):
        moment = moment.replace(hour=23, minute=59, second=59)
    return capture_before(held.connection, iso(moment.replace(tzinfo=moment.tzinfo or UTC)) or "")


def _style(held: Archive, threads: Sequence[Thread]) -> Style:
    """Return a style that tells what came of links which were followed, and of which copies posts were read from."""
    followed = {
        url: one for url, one in standings(held.connection, links_in(threads)).items() if one.state != "unasked"
    }
    copies = held_copies(held.path, held.connection, threads)
    return Style(standing=followed.get, copy=lambda origin: copies.get((origin.capture, origin.file)))


def _written(wish: Wish, threads: Sequence[Thread], style: Style) -> Iterator[str]:
    if wish.form == "jsonl":
        yield from (f"{to_json(thread)}\n" for thread in threads)
    elif wish.form == "text":
        yield from render(compose(threads, style), paper(wish.width))
    else:
        yield from by_name(wish.form).render(compose(threads, style))


def _versions(wish: Wish, found: Sequence[History]) -> Iterator[str]:
    if wish.form == "jsonl":
        yield from (f"{history_json(history)}\n" for history in found)
    else:
        yield from versions(found, paper(wish.width))
