"""CSV of 4CAT: what it makes of collections from X, Telegram, Bluesky and other sites.

The columns are those that 4CAT's data sources map their items to (shared FORMATS, section 1).
"""

from __future__ import annotations

from collections.abc import Iterator

from clew.exports import Export
from clew.posts import Item, Notice, Post
from clew.sources import _columns, _rows, _tables

NAME = "csv_4cat"
SIGN = "CSV whose header has id, thread_id, timestamp, author and body"
HOLDS = "Text, author, time, conversation; parents for Telegram and Bluesky."
LACKS = (
    "For X the parents of replies (only whom they answer), and long posts' ends; reposts' text is put together anew."
)
LOST = "Tools read `timestamp`, which for Telegram is in the zone of 4CAT's server; `unix_timestamp` is exact."


def claims(export: Export) -> bool:
    """Say whether the header is one of 4CAT's."""
    if export.single is None or _tables.is_parquet(export.head(export.single)):
        return False
    names = _tables.header(export, export.single)
    return names is not None and _columns.guessed(names, _columns.FOURCAT).preset is not None


def read(export: Export) -> Iterator[Item]:
    """Yield how the columns were taken, then each row's post or problem.

    Where 4CAT could not get a post from X, its row has no author and no words: such a row is a notice.

    Raises:
        DamagedFile: More than two in a hundred ids were rounded, or the file is broken.
    """
    member = export.members[0]
    first = next(_tables.rows(export, member), None)
    columns = _columns.guessed(first.cells if first else [], _columns.FOURCAT)
    for item in _rows.read(export, member, columns):
        yield _missing(item) if isinstance(item, Post) and item.author.handle == "UNKNOWN" and not item.text else item


def _missing(post: Post) -> Notice:
    assert post.origin is not None
    return Notice(
        kind="gone",
        says="4CAT asked for this post and X did not give it.",
        origin=post.origin,
        platform=post.platform,
        post=post.id,
    )
