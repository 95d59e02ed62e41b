"""`clew rebuild`: the database of an archive again, from captures and ledger."""

from __future__ import annotations

import click

from clew.cli.archives import archive_option, place, waiting
from clew.cli.output import say
from clew.cli.progress import Progress

__all__ = ["command"]


@click.command("rebuild")
@archive_option
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(archive: str | None, quiet: bool) -> int:
    """Make the database of an archive again from its captures and its ledger.

    Nothing that cannot be made again is touched. Useful after a new version of clew that reads more, or where `clew
    verify` says that the database is damaged. Others can go on reading meanwhile.

    \b
    Examples:
      clew rebuild
      clew rebuild --archive my-archive
    """
    from clew import keeping

    with Progress(quiet=quiet) as progress:
        held = keeping.rebuilt(place(archive), watch=progress.work, waiting=waiting)
    with held:
        posts, threads = held.connection.execute("SELECT count(*), count(DISTINCT thread) FROM posts").fetchone()
    if not quiet:
        say(f"{posts:,} posts in {threads:,} threads and single posts".replace(",", " "))
    return 0
