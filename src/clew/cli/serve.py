"""`clew serve`: the reader in a browser."""

from __future__ import annotations

import ipaddress

import click

from clew.cli.archives import archive_option, place
from clew.cli.output import say
from clew.errors import BadOption, needing

__all__ = ["command"]


@click.command("serve")
@archive_option
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8640, show_default=True, help="0: any that is free.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="A host name that it goes by; can be given again.")
@click.option("--read-only", is_flag=True, help="Nobody may add or refresh anything.")
@click.option("--quiet", is_flag=True, help="Do not say where it listens.")
def command(archive: str | None, host: str, port: int, names: tuple[str, ...], read_only: bool, quiet: bool) -> int:
    """Read an archive in a browser, on this machine.

    Pages work without JavaScript, ask nothing of any other server, and can be searched, cited and printed. Whoever
    uses this machine may add and refresh, unless --read-only is given.

    \b
    Examples:
      clew serve
      clew serve --archive port --port 9000
    """
    if not _is_here(host):
        raise BadOption(f"--host {host}: others could read and change the archive.")
    with needing("clew serve", "web"):
        from clew.web.app import Settings, application
        from clew.web.serving import listening, server
    app = application(Settings(archive=place(archive), names=names, read_only=read_only))
    own = listening(host, port)
    if not quiet:
        name, number, *_ = own.getsockname()
        shown = f"[{name}]" if ":" in name else name
        say(f"clew: reading {place(archive)} at http://{shown}:{number}/ (Ctrl-C ends it)")
    server(app).run(sockets=[own])
    return 0


def _is_here(host: str) -> bool:
    """Say whether an address is this machine's own, which no other reaches."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
