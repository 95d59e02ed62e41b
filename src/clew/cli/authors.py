"""`clew authors`: the accounts of an archive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, fields
from typing import TYPE_CHECKING

import click

from clew.cli.archives import archive_option, opened, rows
from clew.cli.output import write
from clew.errors import NothingFound
from clew.publish.terminal import safe

if TYPE_CHECKING:
    from clew.archive.holdings import Holder

__all__ = ["command"]


@click.command("authors")
@archive_option
@click.option("--to", "form", type=click.Choice(["text", "jsonl", "csv"]), default="text", help="Text unless said.")
@click.option("--quiet", is_flag=True, help="No progress.")
def command(archive: str | None, form: str, quiet: bool) -> int:
    """List the accounts whose posts an archive holds, those with most threads first.

    Handles under which an account was seen are counted as one account where its permanent id, or a post that names
    both, says so.

    \b
    Examples:
      clew authors
      clew authors --to jsonl | jq .handles
    """
    from clew.archive.holdings import Holder, authors

    with opened(archive, quiet=quiet) as held:
        found = authors(held.connection)
        names = [field.name for field in fields(Holder)]
        count = rows(form, names, (astuple(holder) for holder in found)) if form != "text" else _shown(found)
        if not count:
            raise NothingFound(f"no posts in {held.path}.")
    return 0


def _shown(found: Iterable[Holder]) -> int:
    count = 0
    for holder in found:
        count += 1
        threads = f"{holder.threads} {'thread' if holder.threads == 1 else 'threads'}"
        posts = f"{holder.posts} {'post' if holder.posts == 1 else 'posts'}"
        days = f"{holder.first[:10]} to {(holder.last or holder.first)[:10]}" if holder.first else "no dates"
        others = [f"@{handle}" for handle in holder.handles if f"@{handle}" != holder.author]
        known = f"  also {', '.join(others)}" if others else ""
        write([safe(f"{holder.author}  {holder.platform}  {threads}, {posts}  {days}{known}\n")])
    return count
