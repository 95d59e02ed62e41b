"""`clew serve`: the reader in a browser."""

from __future__ import annotations

import ipaddress
import sys
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Any

import click

from clew.cli.archives import archive_option, place
from clew.cli.output import say
from clew.errors import BadOption, needing

__all__ = ["command"]

READS = 1_200
"""Pages and pictures that one address may ask for in a minute where users log in; 0 is any number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    archive: str | None
    host: str
    port: int
    names: tuple[str, ...]
    users: str | None
    new: str | None
    role: str
    cert: str | None
    key: str | None
    read_only: bool
    reads: int | None
    quiet: bool


@click.command("serve")
@archive_option
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8640, show_default=True, help="0: any that is free.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="A host name that it goes by; can be given again.")
@click.option("--users", metavar="FILE", help="Who may come in; needed where others can reach it.")
@click.option("--add", "new", metavar="NAME", help="Put a user into the file of --users, ask for a password, and end.")
@click.option("--role", type=click.Choice(["reader", "editor"]), default="reader", help="Of that user; reader.")
@click.option("--cert", metavar="FILE", help="A certificate, for HTTPS; with --key.")
@click.option("--key", metavar="FILE", help="Its key.")
@click.option("--read-only", is_flag=True, help="Nobody may change anything, and nothing is written.")
@click.option(
    "--reads",
    type=click.IntRange(min=0),
    metavar="N",
    help="Pages and pictures that one address may ask for in a minute, 0: any number; 1200 where users log in.",
)
@click.option("--quiet", is_flag=True, help="Do not say where it listens.")
def command(**given: Any) -> int:
    """Read an archive in a browser, on this machine.

    Pages work without JavaScript, ask nothing of any other server, and can be searched, cited and printed. Whoever
    uses this machine may add and refresh, unless --read-only is given. Where others can reach it (--host), users have
    to log in: readers read, editors add and refresh as well. Passwords are kept as argon2 hashes.

    \b
    Examples:
      clew serve
      clew serve --archive port --port 9000
      clew serve --users users.txt --add ana --role editor
      clew serve --host 0.0.0.0 --name archive.example.org --users users.txt --cert cert.pem --key key.pem
    """
    wish = Wish(**given)
    users = Path(wish.users) if wish.users else None
    if wish.new is not None and users is None:
        raise click.UsageError("--add goes with --users FILE")
    if (wish.cert is None) != (wish.key is None):
        raise click.UsageError("--cert and --key go together")
    with needing("clew serve", "web"):
        from clew.web import users as file
    if wish.new is not None and users is not None:
        file.add(users, wish.new, wish.role, _password())
        return 0
    if not _is_here(wish.host) and users is None:
        raise BadOption(f"--host {wish.host}: others could read and change the archive. Say who may with --users FILE.")
    _serve(wish, place(wish.archive), users)
    return 0


def _serve(wish: Wish, folder: Path, users: Path | None) -> None:
    with needing("clew serve", "web"):
        from clew.web.app import Settings, application
        from clew.web.serving import listening, server
    reads = wish.reads if wish.reads is not None else READS if users is not None else 0
    settings = Settings(archive=folder, users=users, names=wish.names, read_only=wish.read_only, reads=reads or None)
    app = application(settings)
    running = server(app, wish.cert, wish.key)
    own = listening(wish.host, wish.port)
    if not wish.quiet:
        _tell(wish, folder, own)
    running.run(sockets=[own])


def _tell(wish: Wish, folder: Path, own: socket) -> None:
    """Say where it listens, and what is amiss with that."""
    name, number, *_ = own.getsockname()
    shown = f"[{name}]" if ":" in name else name
    say(f"clew: reading {folder} at http{'s' if wish.cert else ''}://{shown}:{number}/ (Ctrl-C ends it)")
    if not _is_here(wish.host) and wish.cert is None:
        say(
            "clew: without --cert and --key passwords go over the network as they are, unless a proxy before it has TLS"
        )


def _password() -> str:
    """Return a password that was typed twice; a line of standard input where that is no terminal."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\n")


def _is_here(host: str) -> bool:
    """Say whether an address is this machine's own, which no other reaches."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
