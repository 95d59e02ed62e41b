"""What checking comes to: findings, each with its place and what to do."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

__all__ = ["Finding", "Kind", "counted", "number"]

Kind: TypeAlias = Literal["damaged", "missing", "unlisted", "changed", "forged"]
"""damaged: its bytes are broken · missing: listed and not there · unlisted: there and not listed · changed: in order,
and not what was written · forged: a signature or a time stamp that does not hold."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it was written."""

    kind: Kind
    where: str
    """File and place in it."""
    says: str
    do: str
    """What the user can do."""


def number(count: int) -> str:
    """Return a number for reading.

    >>> number(1234567)
    '1 234 567'
    """
    return f"{count:,}".replace(",", " ")


def counted(count: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "line"), counted(2000, "line")
    ('1 line', '2 000 lines')
    """
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"
