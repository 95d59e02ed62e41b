"""Columns that a user names."""

from __future__ import annotations

from clew.errors import BadOption

__all__ = ["columns_of"]


def columns_of(given: str | None) -> dict[str, str] | None:
    """Return which column is what; None where the user says nothing of it.

    >>> columns_of("id=tweet_id,text=body")
    {'id': 'tweet_id', 'text': 'body'}

    Raises:
        BadOption: It is not written so.
    """
    if given is None:
        return None
    pairs = [pair.partition("=") for pair in given.split(",")]
    if not all(what.strip() and equals for what, equals, _ in pairs):
        raise BadOption(f"--columns {given}: write it as what=name, such as id=tweet_id,text=body.")
    return {what.strip(): name.strip() for what, _, name in pairs}
