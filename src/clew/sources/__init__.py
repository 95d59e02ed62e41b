"""Bytes in: one module per format. Adding a format is one module, one name in SOURCES, one folder of cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from clew.errors import AmbiguousFormat, BadOption, UnknownFormat
from clew.exports import Export
from clew.posts import Item
from clew.sources import (
    activitypub,
    bluesky_api,
    bluesky_car,
    bluesky_jetstream,
    clew_lines,
    csv_4cat,
    csv_zeeschuimer,
    gallery_dl,
    markdown_notes,
    mastodon_api,
    mastodon_outbox,
    snscrape,
    table,
    telegram_desktop,
    telegram_html,
    telegram_preview,
    threadreader_html,
    unrolled_text,
    x_api_v1,
    x_api_v2,
    x_archive,
    x_graphql,
    x_html,
    x_twitwi,
    zeeschuimer,
)

__all__ = ["SOURCES", "Source", "by_name", "identify", "named"]


class Source(Protocol):
    """What a format's module gives. Its docstring says what the format is."""

    NAME: str
    """What --from calls it."""
    SIGN: str
    """By what it is known, for `clew formats`."""
    HOLDS: str
    """What it holds that matters for threads."""
    LACKS: str
    """What it cannot hold."""
    LOST: str
    """What other tools lose in it."""

    def claims(self, export: Export) -> bool:
        """Say whether the export is of this format, by member names and first bytes alone."""
        ...

    def read(self, export: Export) -> Iterator[Item]:
        """Yield what the export holds, in its order; records in = posts + notices + problems."""
        ...


SOURCES: tuple[Source, ...] = (
    activitypub,
    bluesky_api,
    bluesky_car,
    bluesky_jetstream,
    clew_lines,
    csv_4cat,
    csv_zeeschuimer,
    gallery_dl,
    markdown_notes,
    mastodon_api,
    mastodon_outbox,
    snscrape,
    table,
    telegram_desktop,
    telegram_html,
    telegram_preview,
    threadreader_html,
    unrolled_text,
    x_api_v1,
    x_api_v2,
    x_archive,
    x_graphql,
    x_html,
    x_twitwi,
    zeeschuimer,
)


def by_name(name: str) -> Source:
    """Return the source of that name.

    Raises:
        BadOption: There is none.
    """
    for source in SOURCES:
        if name == source.NAME:
            return source
    raise BadOption(f"no format is called {name!r}. Clew reads: {', '.join(source.NAME for source in SOURCES)}.")


def identify(export: Export) -> Source | None:
    """Return the one source that claims an export; None where none does.

    Raises:
        AmbiguousFormat: More than one claims it.
    """
    claimants = [source for source in SOURCES if source.claims(export)]
    if len(claimants) > 1:
        raise AmbiguousFormat(export.name, [source.NAME for source in claimants])
    return claimants[0] if claimants else None


def named(export: Export) -> Iterator[tuple[Source, Export]]:
    """Yield each part of an export with the source that claims it: the whole if one claims it, else its children.

    Raises:
        AmbiguousFormat: More than one source claims a part.
        UnknownFormat: The export is a single file that no source claims.
    """
    source = identify(export)
    if source is not None:
        yield source, export
    elif export.single is not None and "/" not in export.single:
        raise UnknownFormat(export.name)
    else:
        for part in export.parts():
            yield from named(part)
