"""`clew evidence`: what threads show, with the words that show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from clew.cli.archives import archive_option
from clew.cli.looked import looked
from clew.cli.output import say, write, write_files
from clew.errors import BadOption, NothingFound, needing
from clew.evidence import KINDS, Models, find
from clew.evidence.forms import FORMS, Told, by_name
from clew.threads import Thread

__all__ = ["command"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    names: tuple[str, ...]
    inputs: tuple[str, ...]
    archive: str | None
    every: bool
    kinds: tuple[str, ...]
    models: bool
    form: str | None
    source: str | None
    out: str | None
    replace: bool
    least: float
    quiet: bool


@click.command("evidence")
@click.argument("names", nargs=-1, metavar="[THREAD_OR_INPUT]...")
@click.option("--in", "inputs", multiple=True, metavar="INPUT", help="Where the threads are; can be given again.")
@archive_option
@click.option("--all", "every", is_flag=True, help="Every thread of the archive.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND,...", help=f"Only these: {', '.join(KINDS)}.")
@click.option("--models", is_flag=True, help="Use language models as well: better names and relations, slower.")
@click.option("--to", "form", type=click.Choice(FORMS), help="What the name given with --out says, else text.")
@click.option("--from", "source", metavar="FORMAT", help="Take the input as this; `clew formats` names them.")
@click.option("--out", metavar="PATH", help="A file; standard output.")
@click.option("--replace", is_flag=True, help="Replace a file that is there already.")
@click.option(
    "--min-certainty",
    "least",
    type=click.FloatRange(0, 1),
    default=0.4,
    show_default=True,
    help="Leave out what is less sure.",
)
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(**given: Any) -> int:
    """Find people, organisations, accounts, places, dates, figures, sources, relations and claims in threads.

    Every finding stands with the exact words that show it, a certainty, one reason, and the version of the method.
    Nothing is fetched. Claims are not judged: no finding says that something is true. Threads are those of the
    inputs where one is named, else those of the archive.

    \b
    Examples:
      clew evidence thread.txt
      clew evidence twitter-archive.zip --kind figure,date --to csv --out figures.csv
      clew evidence x:1400000000000000001 --models
      clew evidence --all --kind place --to geojson --out places.geojson
    """
    wish = Wish(**given)
    kinds = _kinds(wish.kinds)
    pieces = by_name(wish.form or _by_suffix(wish.out))
    counts: Counter[str] = Counter()
    with (
        looked(wish.names, wish.inputs, wish.archive, source=wish.source, every=wish.every, quiet=wish.quiet) as at,
        needing("finding evidence", "evidence"),
    ):
        _written(wish, pieces.write(_told(at.threads, wish, kinds, counts)))
    if not wish.quiet and counts:
        say(" · ".join(_counted(kind, counts[kind]) for kind in KINDS if counts[kind]))
    if at.failed:
        return 2
    if not counts:
        raise NothingFound(f"no findings in {at.where}.")
    return 0


def _written(wish: Wish, pieces: Iterator[str]) -> None:
    if wish.out and wish.out != "-":
        write_files({Path(wish.out): pieces}, replace=wish.replace)
    else:
        write(pieces)


def _told(threads: Iterator[Thread], wish: Wish, kinds: tuple[str, ...], counts: Counter[str]) -> Iterator[Told]:
    parser = Models() if wish.models else None
    for thread in threads:
        held = [finding for finding in find(thread, kinds, parser) if finding.certainty >= wish.least]
        counts.update(finding.kind for finding in held)
        yield Told(thread, held)


def _kinds(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds that are asked for; all where none is named.

    Raises:
        BadOption: One of them is no kind.
    """
    names = [name.strip() for piece in given for name in piece.split(",") if name.strip()]
    for name in names:
        if name not in KINDS:
            raise BadOption(f"--kind {name}: there is no such kind. There are {', '.join(KINDS)}.")
    return tuple(dict.fromkeys(names)) or KINDS


_SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".geojson": "geojson",
    ".gexf": "gexf",
    ".ics": "ical",
    ".ftm.json": "ftm",
    ".stix.json": "stix",
}


def _by_suffix(out: str | None) -> str:
    return next((form for suffix, form in _SUFFIXES.items() if out and out.lower().endswith(suffix)), "text")


def _counted(kind: str, count: int) -> str:
    """Return a count and its noun.

    >>> _counted("date", 1), _counted("place", 1200)
    ('1 date', '1 200 places')
    """
    return f"{count:,} {kind}{'' if count == 1 else 's'}".replace(",", " ")
