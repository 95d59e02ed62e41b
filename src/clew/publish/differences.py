"""Two wordings of a post as one text in which every piece says whether it was kept, taken out or put in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

__all__ = ["Piece", "differences"]

MOST = 4_000
"""Words of both together above which whole texts are shown instead."""
_UNSPACED = r"\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff"
_PIECES = re.compile(rf"\s+|[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text."""

    kind: Literal["kept", "out", "in"]
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Return the later text with what was taken out of the earlier one.

    >>> [(one.kind, one.text) for one in differences("sold once.", "sold twice.")]
    [('kept', 'sold '), ('out', 'once'), ('in', 'twice'), ('kept', '.')]
    """
    a, b = _PIECES.findall(before), _PIECES.findall(after)
    if len(a) + len(b) > MOST:
        return [Piece("out", before), Piece("in", after)]
    return [piece for piece in _pieces(a, b) if piece.text]


def _pieces(a: list[str], b: list[str]) -> Iterator[Piece]:
    for kind, start, end, own_start, own_end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("kept", "".join(a[start:end]))
        else:
            yield Piece("out", "".join(a[start:end]))
            yield Piece("in", "".join(b[own_start:own_end]))
