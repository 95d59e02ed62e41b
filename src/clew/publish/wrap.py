"""Lines of a display width, in any script: wide characters, flags, joined emoji and combining marks stay whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rich.cells import cell_len

__all__ = ["cells", "clusters", "is_rtl", "isolated", "wrapped"]

#: What a reader sees as one character: two regional indicators, a keycap, or a base with its marks and joined bases.
_CLUSTER = re.compile(
    r"[\U0001F1E6-\U0001F1FF]{2}"
    r"|(?:\u200d?[^\u200d\s][\ufe00-\ufe0f\u20e3\U0001F3FB-\U0001F3FF\U000E0020-\U000E007F\u0300-\u036f]*)"
    r"(?:\u200d[^\u200d\s][\ufe00-\ufe0f\u20e3\U0001F3FB-\U0001F3FF\u0300-\u036f]*)*\u200d?"
    r"|.",
    re.DOTALL,
)
#: No line begins with one of these, none ends with one of those.
_CLOSING = frozenset("、。，．！？：；）」』】〉》〕］｝…‥・ー々ゝゞっッゃャゅュょョ％”’!?,.:;)]}%")
_OPENING = frozenset("（「『【〈《〔［｛“‘([{")


def cells(text: str) -> int:
    """Return how many columns a text takes."""
    return cell_len(text)


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text, each at most so many columns wide; its own line ends are kept.

    Lines break at spaces (which are dropped there) and beside characters of the scripts that have none; a word
    longer than a line is broken between characters. At least one line comes back.

    >>> wrapped("a port and 田湾田湾", 10)
    ['a port and', '田湾田湾']
    """
    return [line for paragraph in text.split("\n") for line in _lines(paragraph, max(width, 2))]


def _lines(paragraph: str, width: int) -> Iterator[str]:
    line, used = "", 0
    for word, space in _words(paragraph):
        size = cells(word)
        if used + size > width:
            if line.strip():
                yield line.rstrip(" ")
            line, used = "", 0
        if size > width:
            *full, word = _broken(word, width)
            yield from full
            size = cells(word)
        line += word + space
        used += size + len(space)
    yield line.rstrip(" ")


def _words(paragraph: str) -> Iterator[tuple[str, str]]:
    """Yield the stretches between which a line may break, each with the spaces behind it."""
    for found in re.finditer(r"([^ ]*)( *)", paragraph):
        pieces = list(_pieces(found[1]))
        for piece in pieces[:-1]:
            yield piece, ""
        if found[0]:
            yield (pieces[-1] if pieces else ""), found[2]


def _pieces(word: str) -> Iterator[str]:
    """Yield a word in pieces; it may break on either side of wide letters, but for closing and opening marks."""
    if word.isascii():
        if word:
            yield word
        return
    piece = ""
    for cluster in clusters(word):
        breaks = piece and (_is_wide(cluster) or _is_wide(piece[-1]))
        if breaks and cluster[0] not in _CLOSING and piece[-1] not in _OPENING:
            yield piece
            piece = ""
        piece += cluster
    if piece:
        yield piece


def clusters(text: str) -> Iterator[str]:
    """Yield what a reader sees as characters; marks without a width stay with what they stand on."""
    held = ""
    for found in _CLUSTER.finditer(text):
        if held and unicodedata.category(found[0][0]) not in {"Mn", "Me", "Mc", "Cf"}:
            yield held
            held = ""
        held += found[0]
    if held:
        yield held


def _broken(word: str, width: int) -> Iterator[str]:
    """Yield a word in pieces as wide as a line, the last one with what is left."""
    piece, used = "", 0
    for cluster in clusters(word):
        size = cells(cluster)
        if piece and used + size > width:
            yield piece
            piece, used = "", 0
        piece += cluster
        used += size
    yield piece


def _is_wide(cluster: str) -> bool:
    """Say whether it is of a script that is written without spaces; emoji and flags are not."""
    return unicodedata.east_asian_width(cluster[0]) in {"W", "F"} and unicodedata.category(cluster[0]) != "So"


def is_rtl(text: str) -> bool:
    """Say whether the first letter with a direction runs from right to left."""
    return next((kind != "L" for kind in map(unicodedata.bidirectional, text) if kind in {"L", "R", "AL"}), False)


def isolated(line: str, *, rtl: bool) -> str:
    """Return a line that cannot reorder what stands beside it; one that runs from left to right comes back as it is.

    >>> isolated("a port", rtl=False), isolated("מים", rtl=True)
    ('a port', '\\u2067מים\\u2069')
    """
    if line.isascii() or not any(unicodedata.bidirectional(letter) in {"R", "AL", "AN"} for letter in line):
        return line
    return f"{chr(0x2067) if rtl else chr(0x2066)}{line}\u2069"
