"""What the first bytes of a JSON text show of its first record, though they may break off anywhere."""

from __future__ import annotations

import re

__all__ = ["paths"]

_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|([{}\[\],:])|([^\s"{}\[\],:]+)', re.DOTALL)
_MARK = b"\xef\xbb\xbf"


def paths(head: bytes) -> dict[str, str]:
    """Return the paths that the first bytes show, in order, each with its string, literal, `{` or `[`.

    Of an array only the first item is looked at: its path ends in `[]`. The root's path is empty. Bytes that are no
    JSON give what stood before them.

    >>> paths(b'[{"id":"1","account":{"acct":"ana@exam')
    {'': '[', '[]': '{', '[].id': '1', '[].account': '{'}
    """
    found: dict[str, str] = {}
    levels: list[_Level] = []
    key: str | None = None
    for token in _TOKEN.finditer(head.removeprefix(_MARK)):
        string, sign, literal = token.groups()
        if sign in (b"}", b"]"):
            if not levels:
                break
            levels.pop()
            if not levels:
                break
        elif sign == b",":
            if not levels:
                break
            levels[-1].count += 1
            key = None
        elif sign == b":":
            continue
        elif string is not None and levels and levels[-1].is_object and key is None:
            key = string.decode("utf-8", "replace")
        else:
            path = _path(levels, key)
            shown = literal if string is None and sign is None else string if sign is None else sign
            if path is not None and shown is not None:
                found.setdefault(path, shown.decode("utf-8", "replace"))
            if sign is not None:
                levels.append(_Level(path, is_object=sign == b"{"))
            key = None
            if not levels:
                break
    return found


class _Level:
    """An object or array that is open."""

    __slots__ = ("count", "is_object", "path")

    def __init__(self, path: str | None, *, is_object: bool) -> None:
        self.path = path
        self.is_object = is_object
        self.count = 0


def _path(levels: list[_Level], key: str | None) -> str | None:
    """Return the path of the value that comes next; None inside an array's later items."""
    if not levels:
        return ""
    above = levels[-1]
    if above.path is None or (not above.is_object and above.count):
        return None
    if not above.is_object:
        return f"{above.path}[]"
    return f"{above.path}.{key}" if above.path else str(key)
