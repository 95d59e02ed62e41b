"""`clew check`: figures of threads against a table, with the arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clew.cli.archives import archive_option, rows
from clew.cli.looked import looked
from clew.cli.output import say, write
from clew.errors import NothingFound, NotReadable, needing

if TYPE_CHECKING:
    from clew.evidence.joined import Aliases

__all__ = ["command"]

COLUMNS = ("thread", "post", "start", "end", "quote", "verdict", "arithmetic", "lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    names: tuple[str, ...]
    table: str
    aliases: str | None
    inputs: tuple[str, ...]
    archive: str | None
    every: bool
    form: str
    source: str | None
    quiet: bool


@click.command("check")
@click.argument("names", nargs=-1, metavar="[THREAD_OR_INPUT]...")
@click.option(
    "--table", required=True, metavar="FILE", help="CSV or TSV: entity, measure, year, value; unit if it has one."
)
@click.option(
    "--aliases",
    metavar="FILE",
    help="`A = B` takes names for one, `A != B` parts them; else the archive's aliases.txt.",
)
@click.option("--in", "inputs", multiple=True, metavar="INPUT", help="Where the threads are; can be given again.")
@archive_option
@click.option("--all", "every", is_flag=True, help="Every thread of the archive.")
@click.option("--to", "form", type=click.Choice(["text", "jsonl", "csv"]), default="text", help="Text unless said.")
@click.option("--from", "source", metavar="FORMAT", help="Take the input as this; `clew formats` names them.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(**given: Any) -> int:
    """Check the figures of threads against a table of yours.

    The table has a row for each entity, measure and year. Figures and comparisons in sentences that name an entity and
    the measure are looked up; each agrees, disagrees, or cannot be told, and the arithmetic is shown. A figure agrees
    where the table's value, rounded as the author rounded, is the same.

    \b
    Examples:
      clew check thread.txt --table trade.csv
      clew check x:1400000000000000001 --table trade.csv --to csv
    """
    wish = Wish(**given)
    counts: Counter[str] = Counter()
    with (
        looked(wish.names, wish.inputs, wish.archive, source=wish.source, every=wish.every, quiet=wish.quiet) as at,
        needing("checking figures", "evidence"),
    ):
        found = _checked(at.threads, _table(wish.table), counts, _aliases(wish.aliases, at.archive))
        if wish.form == "text":
            write(_text(found))
        else:
            rows(wish.form, COLUMNS, (_cells(each) for each in found))
    if not counts:
        raise NothingFound(f"no figures in {at.where} that {wish.table} is about.")
    if not wish.quiet:
        say(" · ".join(f"{counts[verdict]} {verdict.replace('cannot tell', 'cannot be told')}" for verdict in _ORDER))
    return 2 if at.failed else 0


_ORDER = ("agrees", "disagrees", "cannot tell")


def _aliases(path: str | None, archive: Path | None) -> Aliases:
    from clew.cli.findings import known_names

    return known_names(path, archive)


def _table(path: str) -> list[Any]:
    """Return the rows of the table; what is amiss with others is said.

    Raises:
        NotReadable: It can't be opened, or is no text.
        BadOption: It lacks a column.
    """
    from clew.evidence.table import Row
    from clew.evidence.table import rows as read

    try:
        held = list(read(Path(path).read_text(encoding="utf-8-sig").splitlines(keepends=True), path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "is no text in UTF-8"
        raise NotReadable(path, reason) from error
    for row in held:
        if isinstance(row, str):
            say(f"clew: {path}: {row}")
    return [row for row in held if isinstance(row, Row)]


def _checked(threads: Iterator[Any], table: Sequence[Any], counts: Counter[str], known: Aliases) -> Iterator[Any]:
    from clew.evidence import find
    from clew.evidence.check import checked

    for thread in threads:
        for each in checked(thread, find(thread), table, known):
            counts[each.verdict] += 1
            yield thread, each


def _cells(found: Any) -> tuple[Any, ...]:
    finding, verdict, arithmetic, used = found[1]
    lines = tuple(str(row.line) for row in used)
    return finding.thread, finding.post, finding.start, finding.end, finding.quote, verdict, arithmetic, lines


def _text(found: Iterator[Any]) -> Iterator[str]:
    before = None
    for thread, (finding, verdict, arithmetic, _) in found:
        if thread.id != before:
            yield f"{thread.title}\n{thread.id} · {thread.author.label}\n"
            before = thread.id
        words = next(post.text for post in thread.posts() if post.id == finding.post)
        yield f"\n  {verdict.upper():<12} “{finding.quote}” in {finding.post}\n"
        yield f"    {' '.join(words[max(0, finding.start - 60) : finding.end + 40].split())}\n    {arithmetic}\n"
    if before:
        yield "\n"
