"""Addresses: from a URL to platform, author and post id, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

__all__ = ["Address", "domain", "parse", "pasted", "post_url"]

#: Hosts that show posts of X: its own and the mirrors whose addresses people paste.
X_HOSTS = frozenset(
    "x.com twitter.com mobile.twitter.com mobile.x.com m.twitter.com fxtwitter.com fixupx.com vxtwitter.com"
    " fixvx.com twittpr.com nitter.net xcancel.com".split()
)

#: More of them, which people paste and posts do not link to.
_X_MIRRORS = frozenset(
    "m.x.com pro.x.com tweetdeck.twitter.com d.fxtwitter.com g.fxtwitter.com t.fxtwitter.com d.fixupx.com"
    " api.fxtwitter.com api.vxtwitter.com c.vxtwitter.com i.fxtwitter.com i.fixupx.com twiiit.com"
    " nitter.poast.org nitter.privacydev.net"
    " unrollnow.com twitter-thread.com threadreaderapp.com".split()
)
_BLUESKY_MIRRORS = frozenset(
    "bsky.app main.bsky.dev staging.bsky.app embed.bsky.app fxbsky.app bskx.app vxbsky.app xbsky.app cbsky.app"
    " bskye.app bskyx.app deer.social blacksky.community".split()
)
_TELEGRAM_HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
_NO_MASTODON = frozenset(
    "youtube.com m.youtube.com tiktok.com medium.com threads.net threads.com instagram.com flipboard.com".split()
)
"""Sites whose addresses look like Mastodon's."""

_X_POST = re.compile(r"^/(?:i(?:/web)?|(?P<handle>\w{1,20}))/status(?:es)?/(?P<id>\d{1,19})\b", re.ASCII)
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
    url: str = ""
    """The address itself, without what only tracks readers; empty where it was not pasted."""
    server: str | None = None
    """Of a pasted address of Mastodon and its like: the server that was looked at."""
    key: str | None = None
    """... and what that server calls the post; None where the address tells only where it was published."""


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


# What people paste ---------------------------------------------------------------------------------------------------

_X_PASTED = re.compile(
    r"^/(?:#!/)?(?:i(?:/web)?(?=/)|(?P<handle>\w{1,20}))?/?(?:status(?:es)?|thread|convos|article|t)/(?P<id>\d{1,19})\b",
    re.ASCII,
)
_X_PROFILE = re.compile(
    r"^/(?:#!/|user/)?@?(?P<handle>\w{1,20})(?:/(?:with_replies|media|highlights|articles))?/?$", re.ASCII
)
_X_PLACES = frozenset(
    "home explore search i settings notifications messages compose hashtag intent share login".split()
)
_AT_PASTED = re.compile(
    r"^(?:at://|/embed/|/at://)(?P<handle>[\w.:%-]+)(?:/app\.bsky\.feed\.post/(?P<id>[\w.~:-]+))?/?$", re.ASCII
)
_BLUESKY_PASTED = re.compile(
    r"^/profile/@?(?P<handle>[\w.:%-]+)(?:/post/(?P<id>[\w.~:-]+)(?:/[\w-]+)*|/[\w-]+)?/?$", re.ASCII
)
_TELEGRAM_PASTED = re.compile(r"^/(?:s/)?(?P<handle>[A-Za-z]\w{3,31})(?:/\d+)??(?:/(?P<id>\d+))?/?$", re.ASCII)
_FEDI = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"^/(?:web/|deck/)?@(?P<handle>[\w.-]+)(?:@(?P<home>[\w.:-]+))?"
        r"(?:/(?:statuses/|posts/)?(?P<key>\w+)(?:/(?:embed|reblogs|favourites|quotes))?)?/?$",
        r"^/(?:web/)?statuses/(?P<key>\w+)/?$",
        r"^/(?:ap/)?users/(?P<handle>[\w.-]+)(?:/statuses/(?P<key>\w+))?(?:/activity)?/?$",
        r"^/(?:notice|display|notes)/(?P<key>\w+)/?$",
        r"^/p/(?P<handle>[\w.-]+)/(?P<key>\d+)/?$",
        r"^/(?P<object>objects|activities)/[0-9a-fA-F-]{36}/?$",
    )
)
_FRONT_END = re.compile(r"^/(?:#/)?(?P<server>(?:[\w-]+\.)+[a-z]{2,})/(?P<rest>(?:@|s/|web/|statuses/).*)$", re.ASCII)
_NAMED = re.compile(
    r"^(?:(?:@|acct:@?)(?P<user>[\w.-]+)@(?P<server>(?:[\w-]+\.)+[a-z]{2,})|@(?P<handle>(?:[a-zA-Z0-9-]+\.)+[a-z]{2,}))$",
    re.ASCII,
)
"""What accounts are called by: @ana@example.social, and on Bluesky @ana.example.org."""
_ARCHIVED = re.compile(r"/\d{4,14}\*?(?:[a-z]{2}_)?/(?P<url>https?:/{1,2}.+)$")
_WRAPPED = frozenset({"url", "u", "q", "uri", "to"})
"""Parameters in which redirecting sites and viewers carry the address that is meant."""


def pasted(text: str) -> Address | None:
    """Return what an address points to in any form that people paste; None where it is none of a post or a profile.

    It knows the apps and mirrors of each platform, addresses without `https://`, copies in web archives, and sites that
    only lead on. What only tracks readers is left out.

    >>> pasted("<https://fixupx.com/ana/status/1400000000000000001/photo/1?s=46&t=abc>").url
    'https://x.com/ana/status/1400000000000000001'
    >>> pasted("phanpy.social/#/example.social/s/113").server
    'example.social'
    """
    text = text.strip().strip("<>\"'()[]«»“”„’‘").rstrip(".,;:!?…。，、；：！？")
    text = text.strip("<>\"'()[]«»“”„’‘")
    if named := _NAMED.match(text):
        if named["server"]:
            return pasted(f"https://{named['server']}/@{named['user']}")
        return _bluesky(named["handle"], None)
    for _ in range(3):
        if at := _AT_PASTED.match(text):
            return _bluesky(at["handle"], at["id"])
        if tg := re.match(r"tg://resolve\?", text):
            given = dict(parse_qsl(text[tg.end() :]))
            return _telegram(given.get("domain"), given.get("post"))
        try:
            parts = urlsplit(text if "://" in text else f"https://{text}")
            host, path = (parts.hostname or "").removeprefix("www."), parts.path
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            return None
        if "." not in host and host != "localhost" and ":" not in host:
            return None
        if parts.fragment.startswith(("!/", "/")):
            path = f"/#{parts.fragment}" if parts.fragment.startswith("!") else parts.fragment
        if host == "platform.twitter.com" and (own := dict(parse_qsl(parts.query)).get("id", "")).isdecimal():
            return _x(f"/i/status/{own}")
        inner = _within(host, path, parts.query)
        if inner is None:
            return _of_host(host, path, parts.scheme, port)
        text = inner
    return None


def _within(host: str, path: str, query: str) -> str | None:
    """Return the address that another one only leads to; None where it is meant itself."""
    if archived := _ARCHIVED.search(path):
        return re.sub(r"^(https?):/+", r"\1://", archived["url"]) + (f"?{query}" if query else "")
    if host in X_HOSTS or host in _BLUESKY_MIRRORS or host in _TELEGRAM_HOSTS:
        return None
    for name, value in parse_qsl(query):
        if name in _WRAPPED and re.match(r"https?://|at://", value):
            return value
    return None


def _of_host(host: str, path: str, scheme: str, port: str) -> Address | None:
    if host in X_HOSTS or host in _X_MIRRORS or host.startswith("nitter."):
        return _x(path)
    if host in _BLUESKY_MIRRORS:
        found = _BLUESKY_PASTED.match(path) or _AT_PASTED.match(path)
        return _bluesky(found["handle"], found["id"]) if found else None
    if host in _TELEGRAM_HOSTS:
        found = _TELEGRAM_PASTED.match(path)
        return _telegram(found["handle"], found["id"]) if found else None
    if host.endswith(".t.me"):
        return _telegram(host.removesuffix(".t.me"), path.strip("/") or None)
    return None if host in _NO_MASTODON else _fediverse(host, path, scheme, port)


def _x(path: str) -> Address | None:
    if found := _X_PASTED.match(path):
        url = f"https://x.com/{found['handle'] or 'i'}/status/{found['id']}"
        return Address(platform="x", handle=found["handle"], id=found["id"], url=url)
    found = _X_PROFILE.match(path)
    if found is None or found["handle"].lower() in _X_PLACES:
        return None
    return Address(platform="x", handle=found["handle"], id=None, url=f"https://x.com/{found['handle']}")


def _bluesky(handle: str, key: str | None) -> Address:
    handle = unquote(handle)
    url = f"https://bsky.app/profile/{handle}" + (f"/post/{key}" if key else "")
    own = f"at://{handle}/app.bsky.feed.post/{key}" if key else None
    return Address(platform="bluesky", handle=handle, id=own, url=url)


def _telegram(handle: str | None, number: str | None) -> Address | None:
    if not handle or not re.fullmatch(r"[A-Za-z]\w{3,31}", handle, re.ASCII) or not (number or "0").isdecimal():
        return None
    url = f"https://t.me/{handle}" + (f"/{number}" if number else "")
    return Address(platform="telegram", handle=handle, id=number, url=url)


def _fediverse(host: str, path: str, scheme: str, port: str) -> Address | None:
    """Return an address of a server of its own, or of an app that shows one."""
    if front := _FRONT_END.match(path):
        rest = re.sub(r"^s/", "statuses/", front["rest"])
        return _fediverse(front["server"], f"/{rest}", "https", "")
    found = next(filter(None, (pattern.match(path) for pattern in _FEDI)), None)
    if found is None:
        return None
    groups = found.groupdict()
    handle = groups.get("handle")
    handle = f"{handle}@{groups['home']}" if groups.get("home") else handle
    key = groups.get("key")
    server = f"{scheme}://{f'[{host}]' if ':' in host else host}{port}"
    url = f"{server}{path}"
    is_post = bool(key or groups.get("object"))
    return Address(platform="mastodon", handle=handle, id=url if is_post else None, url=url, server=server, key=key)


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
