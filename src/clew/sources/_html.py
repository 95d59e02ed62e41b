"""What the formats in HTML share: a page as a tree, its nodes in order, and text as a browser shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from clew import records
from clew.errors import DamagedFile
from clew.exports import Export

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["UNSEEN", "Words", "attribute", "classes", "enclosing", "has_sign", "page", "trimmed", "walk"]

DEEPEST = 200
UNSEEN = frozenset({"script", "style", "noscript", "template", "svg"})
"""Tags whose text no reader sees."""

_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_SPACE = re.compile(r"[ \t\n\r\f]+")


def has_sign(export: Export, sign: re.Pattern[bytes]) -> bool:
    """Say whether it is one file that begins like a page and has a sign in its head."""
    if export.single is None:
        return False
    head = export.head(export.single)
    return bool(_START.match(head)) and bool(sign.search(head))


def page(export: Export, member: str) -> LexborHTMLParser:
    """Return a page as a tree; it is read whole.

    Raises:
        DamagedFile: It is longer than LIMIT, not UTF-8, or holds no tags at all.
    """
    from selectolax.lexbor import LexborHTMLParser

    name = f"{export.name}/{member}" if len(export.members) > 1 else export.name
    with export.open(member) as stream:
        content = stream.read(records.LIMIT + 1)
    if len(content) > records.LIMIT:
        raise DamagedFile(name, f"is a page of more than {records.LIMIT // 1024 // 1024} MB; a page is read whole")
    text = records.decoded(content, name)
    if not re.search(r"<[a-zA-Z!]", text):
        raise DamagedFile(name, "is no HTML")
    return LexborHTMLParser(text)


def walk(root: LexborNode, is_cut: Callable[[LexborNode], bool]) -> Iterator[tuple[LexborNode, bool]]:
    """Yield each node under the root as it opens (True) and closes (False), but for those that are cut away.

    Texts and comments only open. Any depth is fine.
    """
    parents: list[LexborNode] = []
    node = root.first_child
    while node is not None or parents:
        if node is None:
            node = parents.pop()
            yield node, False
            node = node.next
        elif is_cut(node):
            node = node.next
        else:
            yield node, True
            if node.first_child is not None:
                parents.append(node)
                node = node.first_child
            else:
                if node.is_element_node:
                    yield node, False
                node = node.next


class Words:
    """Text as a browser shows it: a run of white space is one space, and none stands at the ends of a line."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._last = "\n"
        self.length = 0
        """Code points so far."""

    def add(self, text: str) -> None:
        """Put text at the end."""
        text = _SPACE.sub(" ", text)
        if self._last in " \n":
            text = text.removeprefix(" ")
        if text:
            self._parts.append(text)
            self._last = text[-1]
            self.length += len(text)

    def end_line(self) -> None:
        """Begin a new line; nothing at the very start."""
        if self._last == " ":
            self._parts[-1] = self._parts[-1][:-1]
            self.length -= 1
        if self.length:
            self._parts.append("\n")
            self._last = "\n"
            self.length += 1

    def end_block(self) -> None:
        """Begin a new line, unless one has just begun."""
        if self._last != "\n":
            self.end_line()

    def text(self) -> str:
        """Return all of it, without white space at the end."""
        return "".join(self._parts).rstrip(" \n")


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without the white space at its ends, and never beyond the text.

    >>> trimmed("see example.org ", 3, 16)
    (4, 15)
    """
    end = min(end, len(text))
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else (0, 0)


def attribute(node: LexborNode, name: str) -> str:
    """Return an attribute without white space around it; empty where it is absent."""
    return (node.attributes.get(name) or "").strip()


def classes(node: LexborNode) -> frozenset[str]:
    """Return the class names of an element; none for a text."""
    return frozenset(attribute(node, "class").split()) if node.is_element_node else frozenset()


def enclosing(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements around a node, the nearest first; no page nests deeper than DEEPEST for its readers."""
    parent = node.parent
    for _ in range(DEEPEST):
        if parent is None:
            return
        if parent.is_element_node:
            yield parent
        parent = parent.parent
