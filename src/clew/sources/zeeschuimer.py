"""Zeeschuimer's NDJSON: what a browser received while somebody read X, one item a line.

The facts come from the tool's own module for X and from captures of 2023 to 2026 (shared FORMATS, section 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clew import fields, records
from clew.errors import BadRecord
from clew.exports import Export
from clew.posts import Item, Origin, Problem
from clew.sources import _x_graphql

NAME = "zeeschuimer"
SIGN = "lines of JSON with source_platform and item_id, timestamp_collected or nav_index"
HOLDS = "Posts as X's web application receives them: reply edges, conversation, long text, quotes, tombstones."
LACKS = "Cursors and the order of a conversation: what was not scrolled to is not there, and nothing says so."
LOST = "Long text, posts in TweetWithVisibilityResults, tombstones, quoted posts; some versions round ids in `item_id`."

_PLATFORMS = frozenset({"twitter.com", "x.com"})
_ENVELOPE = re.compile(rb'"(?:nav_index|item_id|timestamp_collected|source_url)"\s*:')


def claims(export: Export) -> bool:
    """Say whether the first line has the envelope that Zeeschuimer puts around every item."""
    if export.single is None:
        return False
    first = export.head(export.single).lstrip(b"\xef\xbb\xbf \r\n\t\0").split(b"\n", 1)[0]
    return first.startswith(b"{") and b'"source_platform"' in first and bool(_ENVELOPE.search(first))


def read(export: Export) -> Iterator[Item]:
    """Yield each line's post and those that it embeds; edited posts and what was left out come last."""
    member = export.members[0]
    capture, file = export.capture(member), export.place(member)
    left, edits = _x_graphql.LeftOut(), _x_graphql.Edits()
    with export.open(member) as stream:
        for number, line in records.lines(stream):
            origin = Origin(capture=capture, file=file, place=f"line {number} $")
            if line is None:
                yield Problem(origin=origin, reason=f"a line longer than {records.LIMIT // 1024 // 1024} MB")
                continue
            try:
                yield from _items(fields.parsed(line), origin, left, edits)
            except BadRecord as error:
                yield Problem(origin=origin, reason=str(error))
    yield from edits.posts()
    yield from left.notices()


def _items(envelope: object, origin: Origin, left: _x_graphql.LeftOut, edits: _x_graphql.Edits) -> Iterator[Item]:
    platform = fields.required(envelope, "source_platform", str)
    if platform not in _PLATFORMS:
        left.add("elsewhere", origin)
        return
    tweet = fields.required(envelope, "data", dict)
    where = Origin(capture=origin.capture, file=origin.file, place=f"{origin.place}.data")
    if fields.optional(tweet, "promoted", bool):
        left.add("promoted", where)
    else:
        yield from _x_graphql.items(tweet, where, left, edits, _exact(fields.optional(envelope, "item_id", str)))


def _exact(item_id: str | None) -> str | None:
    """Return the envelope's own id for the item, unless it is missing or a browser has rounded it."""
    if item_id is None or not item_id.isdecimal():
        return None
    try:
        return fields.exact_id(item_id)
    except BadRecord:
        return None
