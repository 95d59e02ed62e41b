"""`clew remove`: a thread or an account out of an archive, for good."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from clew.cli.archives import archive_option, opened, waiting
from clew.cli.output import say
from clew.errors import BadOption, NothingFound
from clew.verdicts import counted

if TYPE_CHECKING:
    from clew.removing import Removal

__all__ = ["command"]


@click.command("remove")
@click.argument("name", metavar="THREAD|ACCOUNT")
@archive_option
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stays in the ledger, so name nobody in it.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(name: str, archive: str | None, reason: str, dry_run: bool, yes: bool, quiet: bool) -> int:
    """Remove a thread or an account at its author's request; that, when and why stays on record.

    A thread is named by its id, or the id or address of a post in it; an account by @handle, id or the address of its
    profile. Its posts, and mere reposts of them, go from the database, and from the captures that hold them: their
    records are cut out, or where that cannot be done what else the capture shows is kept as lines of clew. The ledger
    keeps that something was removed, when and why, and no word of it. `clew verify` holds as before; the same posts do
    not come back unless you say so (`clew add --again`). It cannot be undone, and says nothing of copies elsewhere.

    \b
    Examples:
      clew remove x:1400000000000000001 --reason "the author asked, letter of 3 May" --dry-run
      clew remove @ana --reason "the author asked, letter of 3 May"
    """
    from clew.removing import removed, wanted

    if not reason.strip():
        raise BadOption("--reason: say why; whoever checks the archive will ask.")
    with opened(archive, quiet=quiet) as held:
        wish = wanted(held, name)
        if not wish.posts:
            raise NothingFound(f"{name}: no posts of it in {held.path}.")
        where = f"{wish.label}: {len(wish.posts)} {'post' if len(wish.posts) == 1 else 'posts'}"
        if dry_run:
            say(f"would remove {where}")
            return 0
        if not yes and sys.stdin.isatty():
            click.confirm(f"Remove {where}, for good?", abort=True, err=True)
        found = removed(held, wish, reason.strip(), waiting)
        if not quiet:
            say(" · ".join(_words(found, where)))
        if found.aside:
            what = (
                f"{held.path / 'aside'} holds {counted(found.aside, 'file')}, no part of the archive and not looked at"
            )
            say(f"clew: {what}. Delete what holds any of what was removed")
    return 0


def _words(found: Removal, where: str) -> Iterator[str]:
    yield f"removed {where}"
    if found.cut:
        yield f"cut out of {_captures(found.cut)}"
    if found.lines:
        yield f"{_captures(found.lines)} kept as lines of what else they show"
    if found.gone:
        yield f"{_captures(found.gone)} gone as a whole"


def _captures(count: int) -> str:
    return f"{count} {'capture' if count == 1 else 'captures'}"
