"""Addresses of the web in the form in which a document may link to them."""

from __future__ import annotations

import re
from urllib.parse import quote

__all__ = ["web_address"]

_LABEL = r"\w(?:[\w-]*\w)?"
_PARTS = re.compile(
    rf"(https?://(?:[\w.~%!$&'()*+,;=:-]*@)?(?:{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9a-f:.]+\])(?::[0-9]{{0,5}})?)"
    r"((?:[/?#].*)?)",
    re.IGNORECASE | re.DOTALL,
)
_REFUSED = re.compile(
    r"[\s\"<>\\^`{|}\[\]\x00-\x20\x7f-\xa0\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U0010ffff]"
    r"|%(?![0-9A-Fa-f]{2})"
)


def web_address(url: str | None) -> str | None:
    """Return an address of the web as a link may hold it; None for any other.

    >>> web_address("https://example.org/a b"), web_address("javascript:alert(1)")
    ('https://example.org/a%20b', None)
    """
    found = _PARTS.fullmatch(url or "")
    if found is None:
        return None
    before, mark, fragment = found[2].partition("#")
    return found[1] + _quoted(before) + mark + _quoted(fragment.replace("#", "%23"))


def _quoted(part: str) -> str:
    return _REFUSED.sub(lambda one: quote(one[0], errors="replace"), part)
