"""`clew rebuild`: the database of an archive again, from captures and ledger."""

from __future__ import annotations

import click

from clew.cli.archives import archive_option, place, waiting
from clew.cli.output import say
from clew.cli.progress import Progress
from clew.errors import needing
from clew.verdicts import counted

__all__ = ["command"]


@click.command("rebuild")
@archive_option
@click.option("--index", "only_index", is_flag=True, help="The search index alone.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(archive: str | None, only_index: bool, quiet: bool) -> int:
    """Make the database of an archive again from its captures and its ledger.

    Nothing that cannot be made again is touched. Useful after a new version of clew that reads more, or where `clew
    verify` says that the database is damaged. Others can go on reading meanwhile. The search index follows the database
    by itself; --index makes it again where it is damaged.

    \b
    Examples:
      clew rebuild
      clew rebuild --archive my-archive
      clew rebuild --index
    """
    from clew import keeping

    if only_index:
        return _indexed(archive, quiet=quiet)

    with Progress(quiet=quiet) as progress:
        held = keeping.rebuilt(place(archive), watch=progress.work, waiting=waiting)
    with held:
        posts, threads = held.connection.execute("SELECT count(*), count(DISTINCT thread) FROM posts").fetchone()
    if not quiet:
        say(f"{counted(posts, 'post')} in {counted(threads, 'thread')}, single posts counted as such")
    return 0


def _indexed(archive: str | None, *, quiet: bool) -> int:
    """Make the search index again."""
    with needing("searching", "search"):
        from clew import finding
    from clew import keeping

    with Progress(quiet=quiet) as progress, keeping.opened(place(archive), watch=progress.work) as held:
        finder = finding.Finder.of(held, progress.work, anew=True)
        posts = finder.posts()
    if not quiet:
        say(f"{posts:,} posts can be searched".replace(",", " "))
    return 0
