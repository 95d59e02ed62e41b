"""`clew find`: search in an archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, fields
from typing import TYPE_CHECKING

import click

from clew.cli.archives import archive_option, place, rows
from clew.cli.output import paper, say, write
from clew.cli.progress import Progress
from clew.errors import NothingFound, needing
from clew.publish.terminal import safe

if TYPE_CHECKING:
    from clew.finding import Finder, Hit
    from clew.publish.text import Paper
    from clew.search.grammar import Query

__all__ = ["command"]

PAGE = 20


@click.command("find")
@archive_option
@click.argument("words", nargs=-1, metavar="QUERY...")
@click.option("--to", "form", type=click.Choice(["text", "jsonl", "csv"]), default="text", help="Text unless said.")
@click.option(
    "--sort",
    type=click.Choice(["best", "new", "old"]),
    default="best",
    help="Best unless said: by how well posts answer; newest first where there are no words to go by.",
)
@click.option(
    "--by",
    type=click.Choice(["author", "month", "domain", "tag", "language", "place"]),
    help="How many posts of each, instead of the posts.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=PAGE, metavar="N", help="So many a page; 20.")
@click.option("--page", type=click.IntRange(1, 100_000), default=1, metavar="N", help="The Nth page; the first.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(
    archive: str | None,
    words: tuple[str, ...],
    form: str,
    sort: str,
    by: str | None,
    limit: int,
    page: int,
    quiet: bool,
) -> int:
    """Search the posts of an archive.

    All words must be there, in any of their forms; those that answer best come first. Words between double quotes stand
    just so; -word is without it; OR, ( ), word*, word~1, near:5 and #tag do what they do elsewhere. These narrow it
    down: from: to: since: until: date: lang: platform: domain: url: tag: has: is: id: thread: quotes: re: number:
    size:, and in:thread where the words may stand in different posts of a thread. docs/search.md tells all of it.

    \b
    Examples:
      clew find port company
      clew find '"sold the port" -airport from:ana since:2021-06'
      clew find 'port near:5 sold' --to csv > hits.csv
      clew find '#port' --by month
    """
    with needing("searching", "search"):
        from clew import finding
        from clew.search import grammar
    from clew import keeping

    query = grammar.parse(" ".join(words))
    with Progress(quiet=quiet) as progress, keeping.opened(place(archive), watch=progress.work) as held:
        finder = finding.followed(held, progress.work)
        if by:
            return _counted(finder, query, by, form, limit)
        found = finder.find(query, sort, limit, (page - 1) * limit)  # type: ignore[arg-type]
    if found.waiting and not quiet:
        say(f"{found.waiting:,} threads are not indexed yet; they are not searched".replace(",", " "))
    if not found.hits:
        raise NothingFound(_nothing(words, found.total, page))
    if form == "text":
        write(_shown(found.hits))
    else:
        rows(form, [field.name for field in fields(found.hits[0])], (_row(hit, form) for hit in found.hits))
    if not quiet:
        first = (page - 1) * limit + 1
        what = "threads" if query.scope == "thread" else "posts"
        say(f"{what} {first:,} to {first + len(found.hits) - 1:,} of {found.total:,}".replace(",", " "))
    return 0


def _counted(finder: Finder, query: Query, by: str, form: str, limit: int) -> int:
    """Write how many hits there are of each value."""
    counts = finder.count(query, by, limit)
    if not counts:
        raise NothingFound("nothing answers this.")
    if form == "text":
        widest = max(len(f"{one.count:,}") for one in counts)
        write(safe(f"{one.count:>{widest},}".replace(",", " ") + f"  {one.value}\n") for one in counts)
    else:
        rows(form, [by, "count"], (astuple(one) for one in counts))
    return 0


def _nothing(words: Iterable[str], total: int, page: int) -> str:
    if total:
        return f"there is no page {page}: {total} posts answer this."
    return f"nothing answers {' '.join(words)}."


def _row(hit: Hit, form: str) -> list[object]:
    """Return a hit as a row; a table has spans as text."""
    values = list(astuple(hit))
    if form == "csv":
        return [
            " ".join(f"{a}-{b}" for a, b in value) if isinstance(value, tuple) else _plain(value) for value in values
        ]
    return values


def _plain(value: object) -> object:
    return str(value) if isinstance(value, float) else value


def _shown(hits: Iterable[Hit]) -> Iterator[str]:
    """Yield hits as text: when, who and where, then the words around what was found."""
    page = paper()
    for hit in hits:
        day = hit.time[:16].replace("T", " ") if hit.time else "no date         "
        where = f"{hit.position} of {hit.size}" if hit.size > 1 else "single post"
        name = f"{hit.platform}:{hit.post}" if hit.kind == "post" else hit.thread
        yield safe(f"{day}  ") + page.paint("who", safe(hit.author)) + safe(f"  {where}  {name}\n")
        yield f"    {_marked(hit, page)}\n"


def _marked(hit: Hit, page: Paper) -> str:
    """Return the part of a text on one line, with what was found painted where there are colours."""
    pieces: list[str] = []
    at, end = 0, len(hit.snippet)
    for start, stop in hit.spans:
        start, stop = start - hit.start, stop - hit.start
        if at <= start and stop <= end:
            pieces += (_one_line(hit.snippet[at:start]), page.paint("found", _one_line(hit.snippet[start:stop])))
            at = stop
    pieces.append(_one_line(hit.snippet[at:]))
    return f"{'…' if hit.start else ''}{''.join(pieces)}"


def _one_line(text: str) -> str:
    return safe(text).replace("\n", " ")
