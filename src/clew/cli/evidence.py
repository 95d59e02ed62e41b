"""`clew evidence`: what threads show, with the words that show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from clew.cli.archives import archive_option
from clew.cli.findings import correct, known_names, needed, show_changes, show_corrections, show_entities
from clew.cli.looked import Looked, looked
from clew.cli.output import say, write, write_files
from clew.errors import BadOption, NothingFound, needing
from clew.evidence import KINDS, Finding, Models
from clew.evidence.forms import FORMS, Told, by_name
from clew.evidence.studying import Finds, studying
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
    correct: str | None
    corrections: bool
    changes: bool
    entities: bool
    aliases: str | None


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
@click.option("--entities", is_flag=True, help="Who is named, variants of a name joined, with the reasons.")
@click.option(
    "--aliases",
    metavar="FILE",
    help="For --entities: `A = B` joins names, `A != B` parts them; else the archive's aliases.txt.",
)
@click.option("--correct", metavar="FILE", help="Keep what you say of findings of the archive; JSON Lines.")
@click.option("--corrections", is_flag=True, help="What you said, and whether it still bears on the texts.")
@click.option("--changes", is_flag=True, help="What came and went as texts were edited or methods changed.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(**given: Any) -> int:
    """Find people, organisations, accounts, places, dates, figures, sources, relations and claims in threads.

    Every finding stands with the exact words that show it, a certainty, one reason, and the version of the method.
    Nothing is fetched. Claims are not judged: no finding says that something is true. Threads are those of the
    inputs where one is named, else those of the archive. An archive keeps its findings, makes them again where a text
    or a method changed, and puts your corrections above them.

    \b
    Examples:
      clew evidence thread.txt
      clew evidence twitter-archive.zip --kind figure,date --to csv --out figures.csv
      clew evidence x:1400000000000000001 --models
      clew evidence --all --kind place --to geojson --out places.geojson
      clew evidence --all --entities --aliases names.txt
      clew evidence --correct mine.jsonl
    """
    wish = Wish(**given)
    kinds = _kinds(wish.kinds)
    form = wish.form or _by_suffix(wish.out)
    asks = wish.correct or wish.corrections or wish.changes
    with (
        looked(
            wish.names, wish.inputs, wish.archive, source=wish.source, every=wish.every or bool(asks), quiet=wish.quiet
        ) as at,
        needing("finding evidence", "evidence"),
    ):
        if asks:
            return _of_archive(wish, at, _rows(form))
        if wish.entities:
            parser = Models() if wish.models else None
            with studying(at.archive, parser, at.held) as study:
                known = known_names(wish.aliases, at.archive)
                return show_entities(_sure(at.threads, wish, study), known, _rows(form))
        return _find(wish, at, kinds, form)


def _find(wish: Wish, at: Looked, kinds: tuple[str, ...], form: str) -> int:
    counts: Counter[str] = Counter()
    with studying(at.archive, Models() if wish.models else None, at.held, kinds) as study:
        _written(wish, by_name(form).write(_told(at.threads, wish, kinds, counts, study)))
    if not wish.quiet and counts:
        say(" · ".join(_counted(kind, counts[kind]) for kind in KINDS if counts[kind]))
    if at.failed:
        return 2
    if not counts:
        raise NothingFound(f"no findings in {at.where}.")
    return 0


def _of_archive(wish: Wish, at: Looked, form: str) -> int:
    option = "--correct" if wish.correct else "--corrections" if wish.corrections else "--changes"
    archive = needed(at.archive, option)
    if wish.correct:
        return correct(archive, wish.correct)
    return show_corrections(archive, at.threads, form) if wish.corrections else show_changes(archive, form)


def _rows(form: str) -> str:
    """Return a form of rows.

    Raises:
        BadOption: It is another one.
    """
    if form not in ("text", "jsonl", "csv"):
        raise BadOption(f"--to {form}: goes with findings alone. Here it is text, jsonl or csv.")
    return form


def _sure(threads: Iterator[Thread], wish: Wish, study: Finds) -> Iterator[Finding]:
    return (each for thread in threads for each in study(thread) if each.certainty >= wish.least)


def _written(wish: Wish, pieces: Iterator[str]) -> None:
    if wish.out and wish.out != "-":
        write_files({Path(wish.out): pieces}, replace=wish.replace)
    else:
        write(pieces)


def _told(
    threads: Iterator[Thread], wish: Wish, kinds: tuple[str, ...], counts: Counter[str], study: Finds
) -> Iterator[Told]:
    for thread in threads:
        held = [each for each in study(thread) if each.kind in kinds and each.certainty >= wish.least]
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
