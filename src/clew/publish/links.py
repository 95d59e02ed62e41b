"""Addresses of the web in the form in which a document may link to them."""

from __future__ import annotations

import re
import uuid
from urllib.parse import quote

__all__ = ["named", "web_address"]

_LABEL = r"\w(?:[\w-]*\w)?"
_PARTS = re.compile(
    r"(?P<scheme>https?://)"
    rf"(?P<host>{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9a-f:.]+\])(?P<port>:[0-9]{{0,5}})?(?P<rest>(?:[/?#].*)?)",
    re.IGNORECASE | re.DOTALL,
)
_REFUSED = re.compile(r"[^!#$&'()*+,./0-9:;=?@A-Z_a-z~%-]|%(?![0-9A-Fa-f]{2})")


def web_address(url: str | None) -> str | None:
    """Return an address of the web as a link may hold it, in ASCII; None for any other, and where it names a user.

    >>> web_address("https://example.org/a b"), web_address("javascript:alert(1)")
    ('https://example.org/a%20b', None)
    """
    found = _PARTS.fullmatch(url or "")
    host = _ascii(found["host"]) if found else None
    if found is None or host is None:
        return None
    before, mark, fragment = found["rest"].partition("#")
    rest = _quoted(before) + mark + _quoted(fragment.replace("#", "%23"))
    return f"{found['scheme']}{host}{found['port'] or ''}{rest}"


def _ascii(host: str) -> str | None:
    """Return a host as every program knows it: `xn--…` where it has letters beyond ASCII; None where that fails."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return None


def named(name: str) -> str:
    """Return an address that names a thing, the same for the same name, and leads nowhere."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'urn:clew:{name}'.encode('utf-8', 'replace').decode())}"


def _quoted(part: str) -> str:
    return _REFUSED.sub(lambda one: quote(one[0], errors="replace"), part)
