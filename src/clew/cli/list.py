"""`clew list`: the threads of an archive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, fields
from typing import TYPE_CHECKING

import click

from clew.cli.archives import archive_option, opened, rows
from clew.cli.output import paper, write
from clew.errors import NothingFound
from clew.publish.terminal import safe

if TYPE_CHECKING:
    from clew.archive.holdings import Listed

__all__ = ["command"]


@click.command("list")
@archive_option
@click.option("--to", "form", type=click.Choice(["text", "jsonl", "csv"]), default="text", help="Text unless said.")
@click.option("--author", metavar="HANDLE", help="Only what this account wrote.")
@click.option("--all", "singles", is_flag=True, help="Single posts too.")
@click.option("--quiet", is_flag=True, help="No progress.")
def command(archive: str | None, form: str, author: str | None, singles: bool, quiet: bool) -> int:
    """List the threads of an archive, oldest first.

    Each with its first day, author, posts held, gaps and title; its id is what `clew show` takes. Threads are two posts
    or more, or a single one with a sign that there was more.

    \b
    Examples:
      clew list
      clew list --author ana --to csv > threads.csv
    """
    from clew.archive.holdings import Listed, listed

    with opened(archive, quiet=quiet) as held:
        found = listed(held.connection, author=author, singles=singles)
        names = [field.name for field in fields(Listed)]
        count = rows(form, names, (astuple(thread) for thread in found)) if form != "text" else _shown(found)
        if not count:
            raise NothingFound(f"no threads{f' by {author}' if author else ''} in {held.path}.")
    return 0


def _shown(found: Iterable[Listed]) -> int:
    """Write threads as text, two lines each; returns how many there were."""
    count, width = 0, paper().width
    for thread in found:
        count += 1
        day = thread.first[:10] if thread.first else "no date   "
        gaps = f", {thread.gaps} {'gap' if thread.gaps == 1 else 'gaps'}" if thread.gaps else ""
        facts = f"{day}  {thread.author}  {thread.posts} {'post' if thread.posts == 1 else 'posts'}{gaps}"
        write([safe(f"{facts}  {thread.id}\n"), safe(f"    {_cut(thread.title, width - 4)}\n")])
    return count


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
