"""Addresses: from a URL to platform, author and post id, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

__all__ = ["Address", "domain", "parse", "post_url"]

#: Hosts that show posts of X: its own and the mirrors whose addresses people paste.
X_HOSTS = frozenset(
    "x.com twitter.com mobile.twitter.com mobile.x.com m.twitter.com fxtwitter.com fixupx.com vxtwitter.com"
    " fixvx.com twittpr.com nitter.net xcancel.com".split()
)

_X_POST = re.compile(r"^/(?:(?P<handle>\w{1,20})|i(?:/web)?)/status(?:es)?/(?P<id>\d{1,19})\b", re.ASCII)
_X_USER = re.compile(r"^/(?P<handle>\w{1,20})/?$", re.ASCII)
_READER = re.compile(r"^/thread/(?P<id>\d{1,19})(?:\.html)?$", re.ASCII)
_BLUESKY_POST = re.compile(r"^/profile/(?P<handle>[\w.:-]+)/post/(?P<id>[\w.~:-]+)", re.ASCII)
_BLUESKY_USER = re.compile(r"^/profile/(?P<handle>[\w.:-]+)/?$", re.ASCII)
_AT = re.compile(r"^at://(?P<did>[\w.:-]+)/app\.bsky\.feed\.post/(?P<key>[\w.~:-]+)$", re.ASCII)
_TELEGRAM = re.compile(r"^/(?:s/)?(?P<handle>[A-Za-z]\w{3,31})(?:/(?P<id>\d+))?/?$", re.ASCII)
_MASTODON = re.compile(
    r"^/(?:@(?P<handle>[\w.]+(?:@[\w.-]+)?)|users/(?P<user>[\w.]+)/statuses)/(?P<id>\w+)/?$", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What a URL tells of itself."""

    platform: str
    handle: str | None
    """Without @."""
    id: str | None
    """The post's id as the platform's own data writes it where the URL allows that; None for a profile."""


def parse(url: str) -> Address | None:
    """Return what a post's or a profile's URL points to; None where it is neither.

    >>> parse("https://mobile.twitter.com/ana/status/1400000000000000001?s=20").id
    '1400000000000000001'
    >>> parse("https://example.org/") is None
    True
    """
    if at := _AT.match(url):
        return Address(platform="bluesky", handle=at["did"], id=url)
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    if host in X_HOSTS:
        return _known("x", _X_POST.match(parts.path) or _X_USER.match(parts.path))
    if host == "threadreaderapp.com":
        return _known("x", _READER.match(parts.path))
    if host == "bsky.app":
        return _known("bluesky", _BLUESKY_POST.match(parts.path) or _BLUESKY_USER.match(parts.path))
    if host in {"t.me", "telegram.me"}:
        return _known("telegram", _TELEGRAM.match(parts.path))
    if found := _MASTODON.match(parts.path):
        return Address(platform="mastodon", handle=found["handle"] or found["user"], id=url)
    return None


def _known(platform: str, found: re.Match[str] | None) -> Address | None:
    if found is None:
        return None
    groups = found.groupdict()
    return Address(platform=platform, handle=groups.get("handle"), id=groups.get("id"))


def post_url(platform: str, handle: str | None, post_id: str) -> str | None:
    """Return the address of a post for people; None where it can't be made from these three.

    >>> post_url("x", "ana", "1400000000000000001")
    'https://x.com/ana/status/1400000000000000001'
    """
    if post_id.startswith("unrolled:"):
        return None
    if platform == "x" and post_id.isdecimal():
        return f"https://x.com/{handle or 'i'}/status/{post_id}"
    if platform == "bluesky" and (at := _AT.match(post_id)):
        return f"https://bsky.app/profile/{handle or at['did']}/post/{at['key']}"
    if platform == "telegram" and handle and post_id.rpartition("/")[2].isdecimal():
        return f"https://t.me/{handle}/{post_id.rpartition('/')[2]}"
    if post_id.startswith(("https://", "http://")):
        return post_id
    return None


def domain(url: str) -> str | None:
    """Return a URL's host in lower case without `www.`; None where it has none.

    >>> domain("https://www.Example.org/a")
    'example.org'
    """
    try:
        host = urlsplit(url if "://" in url else f"https://{url}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
