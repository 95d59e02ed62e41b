"""By what a note of posts with their own addresses is known, so that no other text is taken for one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

__all__ = ["STATUS", "is_note"]

STATUS = r"https?://(?:www\.|mobile\.|m\.)?(?:twitter|x)\.com/(?:i/web|\w{1,20})/status(?:es)?/\d{1,19}[^\s()<>\]\"]*"
"""The address of a status of X."""

#: First bytes that no note has: HTML, JSON, a table of comma-separated values is told by its lack of labels.
_NO_NOTE = (b"<", b"{", b"window.")
_HEAD_LABELLED = re.compile(rb"\(?\[([^\]\n]{0,60})\]\(<?" + STATUS.encode() + rb">?\)\)?[^\n\[\]()]{0,40}(?:\r?\n|$)")
_HEAD_BARE = re.compile(rb"(?m)^[ \t>]*(?:[-*]\s+)?(?:[A-Za-z]{0,12}:?[ \t]*)<?(" + STATUS.encode() + rb")>?[ \t]*\r?$")
_HEAD_SURE = re.compile(rb"(?i)^\[?(view tweet|tweet link|view post)\]?$")
_HEAD_READWISE = re.compile(
    rb"(?mi)^(?:-\s+)?url::?\s+https?://(?:www\.)?(?:twitter|x)\.com/\w{1,20}(?:/status/\d+)?\s*$"
)
_HEAD_AUTHOR = re.compile(rb"(?i)author::?\s+\[\[@\w{1,20} on (?:twitter|x)\]\]")


def is_note(head: bytes) -> bool:
    """Say whether a text begins as a Readwise note, or holds two posts of one author, each with its address."""
    head = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head or head.startswith(_NO_NOTE) or b"\0" in head or b"Thread by @" in head:
        return False
    if _HEAD_AUTHOR.search(head) and _HEAD_READWISE.search(head):
        return True
    labelled = [(found[1], found[0]) for found in _HEAD_LABELLED.finditer(head)]
    if any(_HEAD_SURE.match(label) for label, _ in labelled):
        return True
    own = [line for label, line in labelled if b"/" not in label and b"." not in label]
    bare = [found[1] for found in _HEAD_BARE.finditer(head)]
    return _same_author(own) or (_same_author(bare) and _words_between(head, bare))


def _same_author(lines: Iterable[bytes]) -> bool:
    """Say whether one author has two different posts among the addresses."""
    found = {match.groups() for line in lines if (match := re.search(rb"\.com/(i/web|\w+)/status(?:es)?/(\d+)", line))}
    return any(count > 1 for count in Counter(author.lower() for author, _ in found).values())


def _words_between(head: bytes, urls: list[bytes]) -> bool:
    """Say whether words stand before each address: a bare list of addresses is no note of posts."""
    pieces = re.split(rb"|".join(re.escape(url) for url in urls), head)[: len(urls)]
    return all(len(piece.split()) > 2 for piece in pieces)
