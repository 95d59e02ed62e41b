"""CSV that zeeschuimer-decoder makes of what the browser extension Zeeschuimer collected on X."""

from __future__ import annotations

from collections.abc import Iterator

from clew.exports import Export
from clew.posts import Item
from clew.sources import _columns, _rows, _tables

NAME = "csv_zeeschuimer"
SIGN = "CSV whose header is index, id, url, tweet, is_retweet, author, ..., search_url"
HOLDS = "Text, id, the handle (in the address), and the page on which each post was seen."
LACKS = "Times (ids tell them), parents, conversations, quotes and full links; long posts are cut."
LOST = "Tools take `author`, the display name, for the account; the handle stands in the address alone."


def claims(export: Export) -> bool:
    """Say whether the header is the decoder's."""
    if export.single is None or _tables.is_parquet(export.head(export.single)):
        return False
    names = _tables.header(export, export.single)
    return names is not None and _columns.guessed(names, _columns.ZEESCHUIMER).preset is not None


def read(export: Export) -> Iterator[Item]:
    """Yield how the columns were taken, then each row's post or problem.

    Raises:
        DamagedFile: More than two in a hundred ids were rounded, or the file is broken.
    """
    member = export.members[0]
    first = next(_tables.rows(export, member), None)
    yield from _rows.read(export, member, _columns.guessed(first.cells if first else [], _columns.ZEESCHUIMER))
