"""The command line: one module per command, imported when the command is run."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import cast

import click

from clew.errors import ClewError

__all__ = ["COMMANDS", "clew", "main"]

#: What `clew --help` says of each command, without importing any of them. The command `list`
#: is a module here: once it is imported, the name `list` in this file is that module.
COMMANDS = {
    "read": "Unroll the threads in files, folders, zips, tars, standard input (-) or at an address.",
    "weave": "Weave a corpus in Parquet, here or through Spark.",
    "publish": "Make documents of threads: Markdown, HTML, EPUB, PDF, JSON-LD, Atom, WACZ.",
    "cite": "Cite threads, posts and passages, and check what was cited.",
    "evidence": "Find people, organisations, accounts, places, dates, figures, sources, relations and claims in"
    " threads.",
    "dossier": "Gather threads, posts, passages and searches about one matter.",
    "check": "Check the figures of threads against a table of yours.",
    "coordinate": "Find accounts that act together within a window of time more than chance gives.",
    "compare": "Say of groups of accounts whether they are coordinated, imitate, share a cause, or have nothing to do.",
    "init": "Make an archive: a folder that keeps threads so that they can be proved.",
    "add": "Keep files, folders, zips, tars, addresses or standard input (-) in an archive.",
    "list": "List the threads of an archive, oldest first.",
    "show": "Show threads of an archive.",
    "holes": "List what threads of an archive are known to lack, and what would bring it.",
    "refresh": "Try to bring what threads of an archive lack, and say what changed.",
    "find": "Search the posts of an archive.",
    "watch": "Follow authors, lists, tags and threads.",
    "authors": "List the accounts whose posts an archive holds, those with most threads first.",
    "serve": "Read an archive in a browser, on this machine.",
    "verify": "Check all that an archive holds, or any WACZ or WARC file, and say what is proved.",
    "seal": "Sign a statement over all that an archive holds, and have it time-stamped.",
    "remove": "Remove a thread or an account at its author's request; that, when and why stays on record.",
    "rebuild": "Make the database of an archive again from its captures and its ledger.",
    "formats": "Say what clew reads, and by which sign it knows each format.",
}


class _Lazy(click.Group):
    """A group that imports the module of a command only when that command is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [*COMMANDS]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        return cast("click.Command", import_module(f"clew.cli.{name}").command)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"no command is called {args[0]!r}; there are {' and '.join(COMMANDS)}", context)
        return super().resolve_command(context, args)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=False)
@click.version_option(package_name="clew", message="clew %(version)s")
def clew() -> None:
    """Turn social-media threads into whole, checkable, citable documents.

    \b
    Unroll what a file holds:        clew read thread.txt
    Make pages of an archive:        clew read twitter-archive.zip --to html --out threads/
    See what can be read:            clew formats
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code: 0, 2 bad usage or input, 4 nothing found, 130 interrupted."""
    _be_utf8()
    try:
        code = _run([*(sys.argv[1:] if arguments is None else arguments)])
        sys.stdout.flush()
    except BrokenPipeError:
        code = 0
        _discard_output()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    """Run one command; the one place that turns our errors and click's into words."""
    if os.environ.get("_CLEW_COMPLETE"):
        from click.shell_completion import shell_complete

        return shell_complete(clew, {}, "clew", "_CLEW_COMPLETE", os.environ["_CLEW_COMPLETE"])
    try:
        with clew.make_context("clew", arguments or ["--help"]) as context:
            return int(clew.invoke(context) or 0)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort:
        return 130
    except click.ClickException as error:
        where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "clew"
        message = error.format_message().rstrip(".")
        _complain(f"{message[:1].lower()}{message[1:]}. See: {where} --help")
        return 2
    except ClewError as error:
        _complain(str(error))
        return error.exit_code


def _complain(message: str) -> None:
    from clew.publish.terminal import safe

    sys.stdout.flush()
    click.echo(f"clew: {safe(message)}", err=True)


def _be_utf8() -> None:
    """Write UTF-8 into files and pipes whatever the locale; a terminal gets what it can show."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty():
            reconfigure(errors="replace")
        else:
            reconfigure(encoding="utf-8", errors="replace", newline="\n")


def _discard_output() -> None:
    """Let nothing more be written: who read it has gone away, and that is no error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
