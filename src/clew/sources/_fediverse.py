"""What the formats of Mastodon and its kin share: HTML as readers saw it, and what addresses tell of who wrote.

A post is keyed by its ActivityPub id (`uri`), an account by its actor's id, since all other ids differ from server to
server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from clew import fields
from clew.posts import Link, Mention, Tag
from clew.sources import _html

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

__all__ = ["Body", "Named", "actor_of", "body", "full_handle", "handle_in", "host_of", "plain"]

_ACTOR = re.compile(r"^(https?://[^/\s]+/(?:users/[^/\s]+|ap/users/\d+))/statuses/[^/\s]+(?:/activity)?/?$")
_HANDLE = re.compile(r"^https?://[^/\s]+/(?:@|users/|u/|accounts/|profile/|p/)(?P<name>[\w.-]+)(?:@[\w.-]+)?(?:/|$)")

_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 ul ol pre blockquote hr table".split())
"""Blocks with a blank line around them."""
_BLOCKS = frozenset("div li tr dt dd figure figcaption section article header footer".split())
"""Blocks that only begin a new line."""
_UNSEEN = frozenset("script style template head title noscript iframe object svg".split())
_DEEPEST_MARGIN = 8
_LINE = re.compile(r"[ \t\r\f]*\n[ \t\r\n\f]*")


@dataclass(frozen=True, slots=True)
class Named:
    """An account that a post's data says is mentioned."""

    handle: str
    """With its host where that is known."""
    url: str | None
    """Its page."""
    id: str | None
    """Its actor id."""


@dataclass(frozen=True, slots=True)
class Body:
    """A post's HTML as its readers saw it."""

    text: str
    links: tuple[Link, ...] = ()
    mentions: tuple[Mention, ...] = ()
    tags: tuple[Tag, ...] = ()
    quoted: str | None = None
    """The address in the paragraph "RE: ...", which stands in for a quote and was taken out."""


def body(html: str, named: Iterable[Named] = (), *, strip_quote: bool = False) -> Body:
    """Return the text, its links in their shown form, its mentions and hashtags.

    Paragraphs stand a blank line apart; list items have their sign, quotations begin with "> ". Mastodon shows spaces
    as they are, so only line ends in the HTML, which mean nothing, are made spaces.
    """
    if "<" not in html and "&" not in html:
        return Body(html.strip())
    from selectolax.lexbor import LexborHTMLParser

    root = LexborHTMLParser(html).body
    if root is None:
        return Body("")
    writer = _Writer(strip_quote=strip_quote)
    for node, opens in _html.walk(root, writer.is_cut):
        if opens:
            writer.open(node)
        else:
            writer.close(node)
    return writer.body(list(named))


def plain(html: str | None) -> str | None:
    """Return the text of a short HTML text; None where nothing is left."""
    return (body(html).text or None) if html else None


@dataclass(slots=True)
class _Anchor:
    """A link while its words are written."""

    href: str
    sign: str
    """@, # or nothing."""
    start: int | None = None
    end: int = 0


@dataclass(slots=True)
class _Writer:
    """Text as it is written, line by line."""

    strip_quote: bool
    parts: list[str] = field(default_factory=list)
    length: int = 0
    breaks: int = 0
    """Line ends that come before the next word."""
    margin: str = ""
    """What began the last line."""
    margins: list[str] = field(default_factory=list)
    """What begins each line: "> " in quotations."""
    lists: list[int | None] = field(default_factory=list)
    """The next number of each open list; None where it has bullets."""
    verbatim: int = 0
    sign: str = ""
    open_anchors: list[_Anchor] = field(default_factory=list)
    anchors: list[_Anchor] = field(default_factory=list)
    quoted: str | None = None

    def is_cut(self, node: LexborNode) -> bool:
        """Say whether readers do not see it; the paragraph of a quote is remembered."""
        if not node.is_element_node:
            return False
        if node.tag in _UNSEEN or "invisible" in _html.classes(node):
            return True
        if self.strip_quote and "quote-inline" in _html.classes(node):
            link = node.css_first("a[href]")
            self.quoted = self.quoted or (_html.attribute(link, "href") if link is not None else None)
            return True
        return False

    def open(self, node: LexborNode) -> None:
        if not node.is_element_node:
            if node.is_text_node:
                self.write(node.text_content or "")
            return
        tag = node.tag or ""
        if tag == "br":
            self.breaks += 1
        elif tag in _PARAGRAPHS or tag in _BLOCKS:
            self.block(tag)
        if tag == "a":
            self.open_anchors.append(_Anchor(_html.attribute(node, "href"), _sign(node)))
        elif tag == "blockquote":
            self.margins.append("> ")
        elif tag in ("ul", "ol"):
            self.lists.append(_first(node) if tag == "ol" else None)
        elif tag == "li":
            self.item()
        elif tag == "pre":
            self.verbatim += 1
        elif tag == "img":
            self.write(_html.attribute(node, "alt"))

    def close(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "a" and self.open_anchors:
            anchor = self.open_anchors.pop()
            anchor.end = self.length
            self.anchors.append(anchor)
        elif tag == "span" and "ellipsis" in _html.classes(node):
            self.write("…")
        elif tag == "blockquote":
            self.margins.pop()
        elif tag in ("ul", "ol"):
            self.lists.pop()
        elif tag == "pre":
            self.verbatim -= 1
            self.end_verbatim()
        elif tag == "li":
            self.sign = ""
        elif tag in ("td", "th"):
            self.write(" ")
        if tag in _PARAGRAPHS or tag in _BLOCKS:
            self.block(tag)

    def block(self, tag: str) -> None:
        """End the line, with a blank one after it between paragraphs that stand in no list."""
        apart = 2 if tag in _PARAGRAPHS and not self.lists else 1
        if self.length:
            self.breaks = max(self.breaks, apart)

    def item(self) -> None:
        """Give a list's item its sign."""
        number = self.lists[-1] if self.lists else None
        self.sign = "  " * max(0, len(self.lists) - 1) + ("• " if number is None else f"{number}. ")
        if number is not None:
            self.lists[-1] = number + 1

    def write(self, text: str) -> None:
        text = self.shown(text)
        if not text:
            return
        margin = "".join(self.margins[:_DEEPEST_MARGIN])
        if not self.length:
            self.put(margin)
        elif self.breaks:
            self.end_line()
            between = min(margin, self.margin, key=len).rstrip()
            self.put("\n" + (between + "\n") * (self.breaks - 1) + margin)
        self.breaks, self.margin = 0, margin
        self.put(self.sign)
        self.sign = ""
        for anchor in self.open_anchors:
            if anchor.start is None:
                anchor.start = self.length
        self.put(text.replace("\n", "\n" + margin) if margin else text)

    def shown(self, text: str) -> str:
        """Return what browsers show of a stretch of text here."""
        starts_line = bool(self.breaks) or not self.length
        if self.verbatim:
            return text.removeprefix("\n") if starts_line else text
        words = text.lstrip(" \t\r\n\f")
        if starts_line and (not words or not self.length or "\n" in text[: -len(words)]):
            text = words
        return _LINE.sub(" ", text)

    def end_line(self) -> None:
        """Take back the spaces before a line end, which nobody sees."""
        last = self.parts[-1] if self.parts else ""
        self.length -= len(last) - len(last.rstrip(" "))
        self.parts[-1:] = [last.rstrip(" ")]

    def end_verbatim(self) -> None:
        """Take back the line end that closes a stretch of code."""
        if self.parts and self.parts[-1].endswith("\n"):
            self.parts[-1] = self.parts[-1][:-1]
            self.length -= 1

    def put(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def body(self, named: list[Named]) -> Body:
        text = fields.clean("".join(self.parts)).rstrip()
        links: list[Link] = []
        mentions: list[Mention] = []
        tags: list[Tag] = []
        for anchor in self.anchors:
            start, end = _html.trimmed(text, anchor.start or 0, anchor.end) if anchor.start is not None else (0, 0)
            shown = text[start:end]
            if anchor.sign == "@" and shown:
                handle, own_id = _who(shown, anchor.href, named)
                mentions.append(Mention(start=start, end=end, handle=handle, id=own_id))
            elif anchor.sign == "#" and shown:
                tags.append(Tag(start=start, end=end, tag=shown.lstrip("#＃")))
            elif anchor.href:
                links.append(Link(start=start, end=end, shown=shown, url=anchor.href))
        return Body(text, tuple(links), tuple(mentions), tuple(tags), self.quoted)


def _sign(node: LexborNode) -> str:
    """Return what a link is: `@` for a mention, `#` for a hashtag; the words decide where the class is for both."""
    classes = _html.classes(node)
    words = (node.text_content or "").lstrip()[:1]
    if "mention" in classes or "hashtag" in classes or "tag" in _html.attribute(node, "rel").split():
        if words in ("#", "＃") or "hashtag" in classes:
            return "#"
        return "@" if words in ("@", "＠") or "mention" in classes else "#"
    return ""


def _first(node: LexborNode) -> int:
    start = _html.attribute(node, "start")
    return int(start) if start.isascii() and start.isdecimal() and len(start) < 7 else 1


def _who(shown: str, href: str, named: list[Named]) -> tuple[str, str | None]:
    """Return the whole handle and the actor id of a mention, whose words often lack the host."""
    for one in named:
        if href and href in (one.url, one.id):
            return one.handle, one.id
    name, _, host = shown.lstrip("@＠").partition("@")
    host = host or host_of(href) or ""
    for one in named:
        own, _, own_host = one.handle.partition("@")
        if own.casefold() == name.casefold() and (own_host or host_of(one.id or "")) == host:
            return one.handle, one.id
    alone = [one for one in named if one.handle.partition("@")[0].casefold() == name.casefold()]
    if len(alone) == 1:
        return alone[0].handle, alone[0].id
    return full_handle(name, host), None


def host_of(address: str) -> str | None:
    """Return the host of a URL, with its port where it has one; None for other ids.

    >>> host_of("https://example.social/users/ana"), host_of("tag:example.org,2017:1")
    ('example.social', None)
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.netloc.rpartition("@")[2].lower() or None if parts.scheme in ("http", "https") else None


def actor_of(uri: str | None) -> str | None:
    """Return the actor's id that a post's id tells; None for servers that write it otherwise.

    >>> actor_of("https://example.social/users/ana/statuses/1")
    'https://example.social/users/ana'
    >>> actor_of("https://example.social/objects/6f0b") is None
    True
    """
    found = _ACTOR.match(uri or "")
    return found[1] if found else None


def handle_in(*addresses: str | None) -> str | None:
    """Return the handle that the first of these addresses to tell one tells: `https://example.social/@ana`.

    >>> handle_in("https://example.social/ap/users/1", "https://example.social/@ana/2")
    'ana@example.social'
    """
    for address in addresses:
        found = _HANDLE.match(address or "")
        if address and found:
            return full_handle(found["name"], host_of(address))
    return None


def full_handle(name: str, host: str | None) -> str:
    """Return a handle with its host, where that is known.

    >>> full_handle("@ana", "example.social"), full_handle("bo@example.org", "example.social")
    ('ana@example.social', 'bo@example.org')
    """
    name = name.removeprefix("@")
    return name if "@" in name or not host else f"{name}@{host}"
