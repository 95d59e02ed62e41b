"""Tables of posts: CSV, TSV and Parquet, of which each row is a post and the columns have any names.

The names of columns come from the tools that write such tables (minet, twarc-csv, TCAT, rtweet and others).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clew.exports import Export
from clew.posts import Item
from clew.sources import _columns, _rows, _tables

NAME = "table"
SIGN = "CSV, TSV or Parquet whose header names a text, and an id, an address, or an author and a time"
HOLDS = "What its columns hold: text, author, time, parents, conversations; clew says which column it takes for what."
LACKS = "Often the parents of replies, places of links, pictures; the header can't tell what a tool did to the words."
LOST = "Spreadsheets and pandas round ids; clew refuses such a column. Times without a zone count as UTC."


def claims(export: Export) -> bool:
    """Say whether the header names what a post needs, and is not that of a tool with a format of its own."""
    if export.single is None:
        return False
    names = _tables.header(export, export.single)
    if names is None:
        return False
    others = _columns.guessed(names, (*_columns.FOURCAT, *_columns.ZEESCHUIMER)).preset
    return not names or (others is None and _columns.is_posts(names))


def read(export: Export) -> Iterator[Item]:
    """Yield how the columns were taken, then each row's post or problem.

    Raises:
        DamagedFile: More than two in a hundred ids were rounded, or the file is broken.
        NotReadable: It is a Parquet file and pyarrow is not installed.
    """
    yield from read_with(export, {})


def read_with(export: Export, columns: Mapping[str, str]) -> Iterator[Item]:
    """Yield the same, but for columns that the user names by role (`{"id": "tweet_id"}`); an empty name takes none.

    Raises:
        BadOption: There is no such role or no such column.
        DamagedFile, NotReadable: As above.
    """
    member = export.members[0]
    first = next(_tables.rows(export, member), None)
    names = first.cells if first else []
    presets = (*_columns.FOURCAT, *_columns.ZEESCHUIMER, *_columns.OWN)
    yield from _rows.read(export, member, _columns.chosen(_columns.guessed(names, presets), columns))
