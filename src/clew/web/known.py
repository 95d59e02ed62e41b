"""What an archive knows beyond posts, for documents: pictures, how it stands with links, copies in web archives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clew.archive.standings import links_in, standings
from clew.mementos import held_copies
from clew.publish.document import Style
from clew.standing import Standing
from clew.threads import Thread

if TYPE_CHECKING:
    from clew.web.site import Site

__all__ = ["standings_of", "style_of"]


def style_of(site: Site, threads: Sequence[Thread]) -> Style:
    """Return the style in which threads of the archive are shown; it bears no date."""
    connection = site.library.connection
    standing = standings(connection, links_in(threads))
    copies = held_copies(site.library.path, connection, threads)
    return Style(
        picture=site.gallery.find,
        standing=standing.get,
        copy=lambda origin: copies.get((origin.capture, origin.file)),
    )


def standings_of(site: Site, bare: str) -> list[tuple[str, Standing]]:
    """Return how it stands with a page by its address without scheme and `www.`, as links have it; nothing unasked."""
    urls = [f"{scheme}://{www}{bare}" for scheme in ("https", "http") for www in ("", "www.")]
    found = standings(site.library.connection, urls)
    return [(url, standing) for url, standing in found.items() if standing.state != "unasked"]
