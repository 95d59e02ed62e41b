"""`clew init`: a new archive."""

from __future__ import annotations

import click

from clew.cli.archives import archive_option, place
from clew.cli.output import say

__all__ = ["command"]


@click.command("init")
@click.argument("folder", required=False, metavar="[DIR]")
@archive_option
@click.option("--quiet", is_flag=True, help="Say nothing.")
def command(folder: str | None, archive: str | None, quiet: bool) -> int:
    """Make an archive: a folder that keeps threads so that they can be proved.

    Without a name it is made where CLEW_ARCHIVE says, else in your data folder. The folder can be copied and backed up
    like any other; clew.sqlite in it opens in every program that reads SQLite.

    \b
    Examples:
      clew init
      clew init my-archive
    """
    from clew.archive import Archive, Hand
    from clew.keeping import reader

    where = place(folder or archive)
    Archive.made(where, Hand(read=reader)).close()
    if not quiet:
        say(f"made {where}")
    return 0
