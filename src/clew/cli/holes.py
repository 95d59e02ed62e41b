"""`clew holes`: what threads of an archive are known to lack, what was tried, and what would help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from clew.cli.archives import archive_option, opened, place, rows
from clew.cli.output import paper, say, write
from clew.errors import NothingFound
from clew.publish.terminal import safe

if TYPE_CHECKING:
    from clew.archive.ledger import Attempt
    from clew.refresh import Hole

__all__ = ["command", "missing"]

COLUMNS = (
    "thread author title position missing count state certainty says routes needs helps attempts last_tried".split()
)


@click.command("holes")
@click.argument("names", nargs=-1, metavar="[THREAD]...")
@archive_option
@click.option("--to", "form", type=click.Choice(["text", "jsonl", "csv"]), default="text", help="Text unless said.")
@click.option("--links", is_flag=True, help="Instead: the links that --sources followed, those without a page first.")
@click.option("--budget", type=click.FloatRange(0), metavar="USD", help="What may be spent on answers of one thread.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(
    names: tuple[str, ...], archive: str | None, form: str, links: bool, budget: float | None, quiet: bool
) -> int:
    """List what threads of an archive are known to lack, and what would bring it.

    Each hole says how it is known and how certain that is, by which ways `clew refresh` can look for it now, what the
    other ways need, what was tried last, and what else would help. What was not found is not said to be deleted.

    \b
    Examples:
      clew holes
      clew holes x:1400000000000000001 --to jsonl
      clew holes --links --to csv > links.csv
    """
    if links:
        return _links(names, archive, form, quiet=quiet)
    from clew.fetch import Settings
    from clew.refresh import holes, to_json

    settings = Settings.of(archive=place(archive), budget=budget)
    with opened(archive, quiet=quiet) as held:
        found = holes(held, settings, names)
        if form == "jsonl":
            count = _written(f"{to_json(hole)}\n" for hole in found)
        elif form == "csv":
            count = rows("csv", COLUMNS, map(_row, found))
        else:
            count = _written(_text(found))
        if not count:
            raise NothingFound(f"nothing is known to be missing in {', '.join(names) if names else held.path}.")
    if not quiet and form == "text":
        say("clew refresh THREAD tries the ways; clew refresh --all those of all threads")
    return 0


def _links(names: Sequence[str], archive: str | None, form: str, *, quiet: bool) -> int:
    """List links that were followed."""
    from clew.archive.attempts import links_followed
    from clew.archive.holdings import found

    with opened(archive, quiet=quiet) as held:
        own = [thread.id for name in names for thread in found(held.connection, name)]
        followed = links_followed(held.connection, own) if own or not names else iter(())
        values = ((one.url, one.threads, one.tried, one.outcome, one.says) for one in followed)
        if form == "text":
            count = _written(f"{safe(url)}\n    {safe(tried)} UTC  {safe(says)}\n" for url, _, tried, _, says in values)
        else:
            count = rows(form, ("url", "threads", "tried", "outcome", "says"), values)
    if not count:
        raise NothingFound("no links were followed. `clew add --sources` follows them.")
    return 0


def _written(pieces: Iterable[str]) -> int:
    count = 0
    for piece in pieces:
        count += 1
        write([piece])
    return count


def _row(hole: Hole) -> tuple[object, ...]:
    last = hole.attempts[-1].tried.isoformat()[:19] if hole.attempts else None
    return (
        hole.thread,
        hole.author,
        hole.title,
        hole.position,
        hole.names,
        hole.count,
        hole.state,
        hole.certainty,
        hole.says,
        hole.routes,
        "; ".join(hole.needs),
        "; ".join(hole.helps),
        len(hole.attempts),
        last,
    )


def _text(found: Iterable[Hole]) -> Iterator[str]:
    thread = None
    width = paper().width
    for hole in found:
        lines: list[str] = []
        if hole.thread != thread:
            lines += (
                ["", f"{hole.thread}  {hole.author}", f"  {hole.title}"]
                if thread
                else [
                    f"{hole.thread}  {hole.author}",
                    f"  {hole.title}",
                ]
            )
            thread = hole.thread
        lines += [f"    {line}" for line in _lines(hole)]
        yield "".join(f"{_fit(safe(line), width)}\n" for line in lines)


def _lines(hole: Hole) -> Iterator[str]:
    yield f"{missing(hole)} ({hole.certainty}): {hole.says}"
    for attempt in _latest(hole):
        yield f"  tried {attempt.tried:%Y-%m-%d %H:%M} UTC, {attempt.route}: {attempt.says}"
    if hole.routes:
        yield f"  can be tried: {', '.join(hole.routes)}"
    for needs in hole.needs:
        yield f"  {needs}"
    for helps in hole.helps:
        yield f"  would help: {helps}"


def _latest(hole: Hole) -> Iterator[Attempt]:
    """Yield the last attempt on each way."""
    yield from {attempt.route: attempt for attempt in hole.attempts}.values()


def missing(hole: Hole) -> str:
    """Return what is missing in a hole, for people.

    The ids of posts are named where there is no more than one.
    """
    numbers = [name[1:] for name in hole.names if name.startswith("#")]
    ids = [name for name in hole.names if not name.startswith(("#", "after "))]
    state = "" if hole.state == "absent" else f", {hole.state}"
    if numbers:
        run = numbers[0] if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
        return f"number {run}{state}" if len(numbers) == 1 else f"numbers {run}{state}"
    if len(ids) == 1:
        return f"post {ids[0]}{state}"
    if ids or hole.count:
        count = hole.count or len(ids)
        return f"{count} {'post' if count == 1 else 'posts'}{state}"
    return f"an unknown number of posts {hole.names[0]}{state}"


def _fit(line: str, width: int) -> str:
    """Return a line broken at words, its later parts further in.

    >>> _fit("  ab cd", 5)
    '  ab\\n    cd'
    """
    import textwrap

    indent = " " * (len(line) - len(line.lstrip()))
    broken = textwrap.wrap(
        line.strip(),
        width,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(broken)
