"""`clew seal`: a signed statement over an archive, with time stamps."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from clew.cli.archives import archive_option, opened, waiting
from clew.cli.output import say

__all__ = ["command"]


@click.command("seal")
@archive_option
@click.option("--key", metavar="FILE", help="Your private key; else CLEW_KEY, else one in your settings folder.")
@click.option("--tsa", "authorities", multiple=True, metavar="URL", help="Ask this authority for a time stamp.")
@click.option("--tsa-certs", "given", metavar="FILE", help="Certificates, in PEM, up to the root of the authority.")
@click.option("--quiet", is_flag=True, help="Say nothing.")
def command(archive: str | None, key: str | None, authorities: tuple[str, ...], given: str | None, quiet: bool) -> int:
    """Sign a statement over all that an archive holds, and have it time-stamped.

    The statement names the head of the ledger, and with that every line and capture before it. It is signed with your
    Ed25519 key, which is made when there is none and which you keep apart from the archive. A time-stamping authority
    (RFC 3161) gets a digest and nothing else; its stamp proves that the archive existed in this form by then. All of it
    is kept in seals/, where `clew verify` and OpenSSL check it offline.

    \b
    Examples:
      clew seal
      clew seal --tsa http://timestamp.digicert.com
      clew seal --tsa https://freetsa.org/tsr --tsa-certs cacert.pem --key port.key
    """
    from clew.sealing import sealed

    own = Path(key or os.environ.get("CLEW_KEY") or _settings_folder() / "clew" / "seal.key")
    with opened(archive, quiet=quiet) as held:
        found = sealed(held, own, authorities, Path(given) if given else None, waiting)
    if found.made_key:
        say(f"made the key {own}. Keep it, and a copy, where nobody else can read it")
    if not quiet:
        say(f"sealed lines 1 to {found.statement.seq}, head {found.statement.head}")
        say(f"with the key {found.statement.key}")
        for stamp in found.stamps:
            say(f"stamped at {stamp.time:%Y-%m-%d %H:%M:%S} UTC by {stamp.authority}")
        say("note head and key where others can find them, such as in print: clew verify --key KEY --head HEAD")
    return 0


def _settings_folder() -> Path:
    """Return where this system keeps what users set."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
