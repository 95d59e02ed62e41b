"""Pages of twitter.com as its servers wrote them until 2020: saved pages, and copies in web archives.

The page of one post shows what it answers above it and conversations below it; other pages show posts one after
another. What a post answers is stated by its place: above the post of the page, and within each conversation below it.
What answers something that is not on the page is left without an answer stated. A page is read whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from clew import fields, times
from clew.errors import BadRecord
from clew.exports import Export
from clew.posts import Account, Item, Link, Media, Mention, Notice, Origin, Post, Problem, Tag
from clew.sources import _html

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

NAME = "x_html"
SIGN = "HTML of twitter.com that has data-scribe-reduced-action-queue or names swift-page-name"
HOLDS = (
    "Texts with their full links, permanent ids of authors, times, languages, pictures, quoted ids, what stands above."
)
LACKS = "Replies that the page had not loaded, texts of quoted posts in full, videos."
LOST = "Tools that read today's pages take these for empty, though web archives hold millions of them."

_SIGN = re.compile(rb"data-scribe-reduced-action-queue|swift-page-name", re.IGNORECASE)
_GONE = {
    "withheld": "withheld",
    "suspended": "tombstone",
    "no longer available": "tombstone",
    "unavailable": "tombstone",
    "protected": "private",
    "doesn’t exist": "absent",
    "doesn't exist": "absent",
}


def claims(export: Export) -> bool:
    """Say whether the head of a page is one that Twitter's servers wrote."""
    return _html.has_sign(export, _SIGN)


def read(export: Export) -> Iterator[Item]:
    """Yield the posts of a page in its order, and a notice for each that it says is not there.

    Raises:
        DamagedFile: It is no HTML, or too long to be read whole.
    """
    member = export.members[0]
    tree = _html.page(export, member)
    yield from _Page(tree, Origin(capture=export.capture(member), file=export.place(member), place="")).items()


@dataclass(slots=True)
class _Page:
    """A page that is being read."""

    tree: LexborHTMLParser
    origin: Origin
    above: str | None = None
    """The id of the last post above the one that the page is of."""
    own: str | None = None
    """The id of the post that the page is of."""
    last: dict[int, str] = field(default_factory=dict)
    """By conversation below: the id of its last post so far."""

    def items(self) -> Iterator[Item]:
        seen: set[str] = set()
        for node in self.tree.css(".tweet[data-tweet-id], .Tombstone"):
            place = f'[data-tweet-id="{_html.attribute(node, "data-tweet-id")}"]'
            origin = msgspec.structs.replace(self.origin, place=place)
            if "Tombstone" in _html.classes(node):
                yield from self._tombstone(node)
                continue
            item = fields.attempt(self._post, node, origin)
            if isinstance(item, Problem):
                yield item
            elif item.id not in seen:
                seen.add(item.id)
                yield item

    def _post(self, node: LexborNode, origin: Origin) -> Post:
        own = _id(_html.attribute(node, "data-tweet-id"))
        body = next(iter(node.css(".tweet-text")), None)
        if body is None:
            raise BadRecord("it has no element of class tweet-text")
        reply_to, stated = self._answers(node, own)
        text, links, mentions, tags, cut = _body(body)
        quoted = next(iter(node.css(".QuoteTweet-innerContainer[data-item-id]")), None)
        return Post(
            platform="x",
            id=own,
            author=_author(node),
            time=_time(node, own),
            text=text,
            reply_to=reply_to,
            conversation=_html.attribute(node, "data-conversation-id") or None,
            quotes=_html.attribute(quoted, "data-item-id") or None if quoted is not None else None,
            language=_html.attribute(body, "lang") or None,
            links=links,
            mentions=mentions,
            tags=tags,
            media=tuple(_media(node)),
            origin=origin,
            edges_stated=stated,
            cut=cut,
        )

    def _answers(self, node: LexborNode, own: str) -> tuple[str | None, bool]:
        """Return what a post answers by its place on the page, and whether that is stated."""
        names = _html.classes(node)
        answers_something = bool(
            _html.attribute(node, "data-has-parent-tweet") or _html.attribute(node, "data-is-reply-to")
        )
        if "permalink-tweet" in names:
            self.own, above = own, self.above
            return (above, True) if above is not None else (None, not answers_something)
        if "ancestor" in names:
            above, self.above = self.above, own
            return above, above is not None or not answers_something
        conversation = next((one for one in _html.enclosing(node) if _is_conversation(one)), None)
        if conversation is not None and self.own is not None:
            before = self.last.get(conversation.mem_id, self.own)
            self.last[conversation.mem_id] = own
            return before, True
        return None, False

    def _tombstone(self, node: LexborNode) -> Iterator[Notice]:
        """Yield what the page says of a post that it does not show; nothing where it does not tell its id."""
        says = " ".join(node.text().split())
        state = next((state for words, state in _GONE.items() if words in says.casefold()), None)
        post = _html.attribute(node, "data-item-id")
        if post and self.own is None:
            self.above = post
        if says and state and post:
            yield Notice(
                kind="gone",
                says=f"Twitter said: {says[:200]}",
                origin=msgspec.structs.replace(self.origin, place=".Tombstone"),
                platform="x",
                post=post,
                state=state,  # type: ignore[arg-type]
            )


def _is_conversation(node: LexborNode) -> bool:
    return any(name.startswith("ThreadedConversation") and "-" not in name for name in _html.classes(node))


def _id(own: str) -> str:
    if not re.fullmatch(r"\d{1,19}", own, re.ASCII):
        raise BadRecord(f"expected an id in 'data-tweet-id', got {own[:40]!r}")
    return own


def _author(node: LexborNode) -> Account:
    handle = _html.attribute(node, "data-screen-name")
    if not handle:
        raise BadRecord("expected the author's name in 'data-screen-name'")
    return Account(
        id=_html.attribute(node, "data-user-id") or None, handle=handle, name=_html.attribute(node, "data-name") or None
    )


def _time(node: LexborNode, own: str) -> datetime | None:
    for stamp in node.css("[data-time-ms], [data-time]"):
        given = _html.attribute(stamp, "data-time-ms")
        seconds = int(given) / 1000 if given.isdecimal() else _html.attribute(stamp, "data-time")
        try:
            return datetime.fromtimestamp(float(seconds), UTC)
        except (ValueError, OverflowError, OSError):
            continue
    return times.from_snowflake(own)


def _body(block: LexborNode) -> tuple[str, tuple[Link, ...], tuple[Mention, ...], tuple[Tag, ...], bool]:
    """Return the words as readers saw them, with links, mentions and tags, and whether they are cut."""
    words = _html.Words()
    spans: list[tuple[LexborNode, int, int]] = []
    starts: list[int] = []
    for node, opens in _html.walk(block, _is_furniture):
        if node.is_text_node:
            lines = (node.text_content or "").split("\n")
            for number, line in enumerate(lines):
                if number:
                    words.end_line()
                words.add(line)
        elif node.tag == "a":
            if opens:
                starts.append(words.length)
            else:
                spans.append((node, starts.pop(), words.length))
        elif node.tag == "br" and opens:
            words.end_line()
        elif node.tag == "img" and opens:
            words.add(_html.attribute(node, "alt"))
    text = words.text()
    links, mentions, tags = _parts(text, spans)
    return text, links, mentions, tags, any(link.cut for link in links)


def _is_furniture(node: LexborNode) -> bool:
    """Say whether a node shows nothing: hidden parts of links, addresses of pictures that stand below."""
    if node.is_text_node:
        return False
    names = _html.classes(node)
    if node.tag == "img":
        return "Emoji" not in names
    return node.tag in _html.UNSEEN or bool(names & {"invisible", "u-hidden", "u-hiddenVisually"})


def _parts(
    text: str, spans: list[tuple[LexborNode, int, int]]
) -> tuple[tuple[Link, ...], tuple[Mention, ...], tuple[Tag, ...]]:
    links: list[Link] = []
    mentions: list[Mention] = []
    tags: list[Tag] = []
    for node, opens, closes in spans:
        start, end = _html.trimmed(text, opens, closes)
        shown = text[start:end]
        if not shown:
            continue
        if shown.startswith(("@", "＠")):
            own = _html.attribute(node, "data-mentioned-user-id")
            mentions.append(Mention(start=start, end=end, handle=shown[1:].strip(), id=own or None))
        elif shown.startswith(("#", "＃", "$")):
            tags.append(Tag(start=start, end=end, tag=shown[1:].strip()))
        else:
            links.append(_link(node, shown, start, end))
    return tuple(links), tuple(mentions), tuple(tags)


def _link(node: LexborNode, shown: str, start: int, end: int) -> Link:
    """Return a link; its full address is told beside the shortened one."""
    told = (_html.attribute(node, name) for name in ("data-expanded-url", "data-ultimate-url", "title", "href"))
    url = next((one for one in told if one.startswith(("http://", "https://"))), None)
    return Link(start=start, end=end, shown=shown, url=url, cut=url is None)


def _media(node: LexborNode) -> Iterator[Media]:
    seen: set[str] = set()
    for picture in node.css("[data-image-url]"):
        url = _html.attribute(picture, "data-image-url")
        image = next(iter(picture.css("img[alt]")), None)
        if url and url not in seen:
            seen.add(url)
            yield Media(
                type="image", url=url, alt=(_html.attribute(image, "alt") or None) if image is not None else None
            )
    for _ in node.css(".AdaptiveMedia-video, .PlayableMedia"):
        yield Media(type="video", url=None)
        break
