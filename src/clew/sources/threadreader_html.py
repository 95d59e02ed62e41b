"""Saved pages of threadreaderapp.com, and pages of others that hold its markup; shared FORMATS, section 2.

A page is read whole. Its posts stand in elements of class `content-tweet`. Pages since about 2020 give ids
(`data-tweet`), older ones only positions (`tweet_7`): their posts are called `unrolled:<digest>:<position>`, where the
digest is the first 12 digits of the capture's and the position counts every `content-tweet` of the page. An X id tells
the time; without ids only the first post's is known, from the header. Beginnings of other threads ("More from", the
home page) are kept apart, each as a conversation of its own with a `cut` notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from clew import addresses, fields, times
from clew.errors import BadRecord, DamagedFile
from clew.exports import Export
from clew.extract import find_links
from clew.posts import Account, Item, Link, Media, Mention, Notice, Origin, Post, Problem, Tag
from clew.sources import _html

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

NAME = "threadreader_html"
SIGN = "HTML that names threadreaderapp.com as its own address, or has elements of class content-tweet"
HOLDS = (
    "The texts, links, pictures and videos of one author's thread, the ids since about 2020, and how many posts it had."
)
LACKS = "Reply edges, the words of quoted posts, and times: those come back from the ids."
LOST = (
    "Beginnings of other threads at the foot of the page are mixed into the thread or dropped, pictures that load late "
    "are lost, the page position is taken for the author's number, and the stated count is never compared."
)

SITE = "https://threadreaderapp.com/"

_TAG = re.compile(rb"<(?:meta|link)\b[^>]{0,1000}", re.IGNORECASE)
_NAMES_SITE = re.compile(rb"threadreaderapp\.com|Thread Reader", re.IGNORECASE)
_OWN = re.compile(rb"og:url|canonical|application-name|apple-mobile-web-app-title", re.IGNORECASE)
_SAVED = re.compile(
    rb"""<title>[^<]*Thread\ Reader\ App|saved\ from\ url=\(\d+\)https?://threadreaderapp\.com|"""
    rb"""SingleFile\s+url:\s*https?://threadreaderapp\.com""",
    re.IGNORECASE | re.VERBOSE,
)
_BLOCK = re.compile(rb"""<\w+\b[^>]*?\bclass=["']?[^"'>]*?\bcontent-tweet\b""", re.IGNORECASE)
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<|---\s)")

_BLOCKS = ".content-tweet, .card-tweetsv2"
_HEADS = ".thread-info, .screenName, .twitter_name, .username, h1, h2, img"
_CARDS = frozenset({"thread-card", "search-card", "card-tweets", "card-tweetsv2"})
_PROMOTION = frozenset({"account-reassurance"})
_FURNITURE = frozenset(
    {"tw-permalink", "entity-image", "entity-video", "entity-video-gif", "entity-embed", "entity-url-preview"}
    | {"entity-reveal-action", "twitter-player", "twitter-tweet", "content-tweet", "vsc-controller"}
)
_UNSEEN = _html.UNSEEN | {"button", "form", "video", "iframe", "-comment"}
_LINES = frozenset("p div li ul ol blockquote pre h1 h2 h3 h4 h5 h6 table tr hr".split())
_NOT_PICTURES = frozenset({"entity-url-preview", "entity-video", "entity-video-gif", "entity-embed", "tw-permalink"})

_POSITION = re.compile(r"tweet_(\d{1,6})")
_COUNT = re.compile(r"(\d[\d.,]*)\s*(?:tweets?|posts?)\b", re.IGNORECASE)
_AVATAR = re.compile(r"/images/avatars/(\d{1,20})\.")
_MORE_FROM = re.compile(r"More from @(\w{1,20})", re.IGNORECASE)
_THREAD = re.compile(r"/thread/(\d{1,19})(?:\.html)?")
_SIZE = re.compile(r"/(\d{2,5})x(\d{2,5})/")


def claims(export: Export) -> bool:
    """Say whether a single page names the site as its own, or shows its markup in the first bytes."""
    if export.single is None:
        return False
    head = export.head(export.single)
    return bool(_START.match(head)) and bool(_BLOCK.search(head) or _SAVED.search(head) or _is_own(head))


def _is_own(head: bytes) -> bool:
    return any(_NAMES_SITE.search(tag) and _OWN.search(tag) for tag in _TAG.findall(head))


def read(export: Export) -> Iterator[Item]:
    """Yield the posts of each thread on the page in its order, then what the page states about that thread.

    Raises:
        DamagedFile: The file is no HTML, holds no posts, or is too long to be read whole.
    """
    member = export.members[0]
    tree = _html.page(export, member)
    origin = Origin(capture=export.capture(member), file=export.place(member), place="")
    threads = _threads(tree, f"unrolled:{origin.capture.removeprefix('sha256:')[:12]}")
    if not threads:
        raise DamagedFile(export.name, "holds no unrolled thread (no element of class content-tweet)")
    for thread in threads:
        for block in thread.blocks:
            yield _attempt(block, thread, origin)
        yield from _notices(thread, origin)


@dataclass(slots=True)
class _Head:
    """What a page or a card says above the posts of a thread."""

    handle: str | None = None
    name: str | None = None
    id: str | None = None
    time: datetime | None = None
    count: int | None = None
    thread: str | None = None
    """The id in the address of a thread's own page; it need not be the first post's."""


@dataclass(frozen=True, slots=True)
class _Block:
    """One `content-tweet`."""

    node: LexborNode
    position: int
    """Its number among all blocks of the page, from 1."""

    @property
    def stated(self) -> str | None:
        """The post's id; None where the page gives none."""
        return _html.attribute(self.node, "data-tweet") or None

    @property
    def known(self) -> str | None:
        """The post's id, if it is one that can be right."""
        try:
            return _exact(self.stated) if self.stated else None
        except BadRecord:
            return None

    @property
    def number(self) -> int | None:
        """The N of `tweet_N`: the position in the thread as shown, not the author's number."""
        found = _POSITION.fullmatch(_html.attribute(self.node, "id"))
        return int(found[1]) if found else None

    @property
    def handle(self) -> str | None:
        return _html.attribute(self.node, "data-screenname").removeprefix("@") or None


@dataclass(slots=True)
class _Thread:
    """The blocks that belong together."""

    key: str
    """`unrolled:` and the digest; what its posts are named after."""
    head: _Head
    conversation: str = ""
    preview: bool = False
    blocks: list[_Block] = field(default_factory=list)


def _threads(tree: LexborHTMLParser, key: str) -> list[_Thread]:
    """Return the page's threads in its order: unrolled ones and beginnings of others."""
    blocks = _blocks(tree)
    has_ids = any(block.stated for block in blocks.values())
    has_numbers = any(block.number for block in blocks.values())
    threads: list[_Thread] = []
    cards: dict[int, _Thread] = {}
    current: _Thread | None = None
    heads: list[LexborNode] = []
    related: str | None = None
    for node in tree.css(f"{_BLOCKS}, {_HEADS}"):
        block = blocks.get(node.mem_id)
        card = _card(node)
        if block is None:
            related = _more_from(node) if card is None and node.tag in ("h1", "h2") else related
            heads += [node] if card is None else []
        elif card is not None or _is_preview(block, has_ids=has_ids, has_numbers=has_numbers):
            around = card or node.parent or node
            if around.mem_id not in cards:
                cards[around.mem_id] = _preview(around, key, len(cards) + 1, related)
                threads.append(cards[around.mem_id])
            cards[around.mem_id].blocks.append(block)
        else:
            if current is None or _begins(block, current.blocks[-1], heads):
                current = _thread(block, key, _head(heads), threads)
                threads.append(current)
                heads = []
            current.blocks.append(block)
    return threads


def _blocks(tree: LexborHTMLParser) -> dict[int, _Block]:
    found: dict[int, _Block] = {}
    for node in tree.css(_BLOCKS):
        is_whole = "content-tweet" in _html.classes(node) or node.css_first(".content-tweet") is None
        if is_whole and not any(_html.classes(around) & _PROMOTION for around in _html.enclosing(node)):
            found[node.mem_id] = _Block(node, len(found) + 1)
    return found


def _card(node: LexborNode) -> LexborNode | None:
    """Return the outermost card around a node, or that it is; None where it stands in none."""
    found = node if "card-tweetsv2" in _html.classes(node) else None
    for around in _html.enclosing(node):
        if _html.classes(around) & _CARDS or _thread_id(_html.attribute(around, "data-link-href")):
            found = around
    return found


def _is_preview(block: _Block, *, has_ids: bool, has_numbers: bool) -> bool:
    if block.stated or "content-header" in _html.classes(block.node):
        return False
    return has_ids or (has_numbers and block.number is None)


def _begins(block: _Block, before: _Block, heads: list[LexborNode]) -> bool:
    """Say whether a block begins another thread than the block before it."""
    if block.number is not None and before.number is not None and block.number <= before.number:
        return True
    if block.handle and before.handle and block.handle.casefold() != before.handle.casefold():
        return True
    return any("thread-info" in _html.classes(node) for node in heads)


def _thread(first: _Block, key: str, head: _Head, before: list[_Thread]) -> _Thread:
    again = any(not thread.preview and thread.conversation == key for thread in before)
    conversation = first.known or (f"{key}:{first.position:04}" if again else key)
    return _Thread(key, head, conversation)


def _preview(card: LexborNode, key: str, number: int, related: str | None) -> _Thread:
    head = _head(card.css(f"{_HEADS}, .time, a"))
    head.thread = _thread_id(_html.attribute(card, "data-link-href")) or head.thread
    head.handle = head.handle or related
    return _Thread(key, head, f"{key}:preview{number}", preview=True)


def _more_from(node: LexborNode) -> str | None:
    """Return the handle of the author whose other threads a heading announces; None for other headings."""
    found = _MORE_FROM.search(node.text())
    return found[1] if found else None


def _head(nodes: list[LexborNode]) -> _Head:
    """Return what the nodes above a thread say; the later one holds."""
    head = _Head()
    for node in nodes:
        names = _html.classes(node)
        if "thread-info" in names:
            head.count = _count(node) or head.count
            timed = node.css_first("[data-time]")
            head.time = (_time(timed) if timed is not None else None) or head.time
        elif names & {"twitter_name", "username"}:
            head.name = " ".join(node.text().split()) or head.name
            head.handle = _linked_handle(node) or head.handle
        elif "screenName" in names:
            head.handle = _linked_handle(node) or head.handle
        elif node.tag == "img":
            head.id = _html.attribute(node, "data-twtrid") or _avatar(node) or head.id
        elif "data-time" in node.attributes:
            head.time = _time(node) or head.time
        elif thread := _thread_id(_html.attribute(node, "href")):
            head.thread = thread
            head.count = _count(node) or head.count
    return head


def _count(node: LexborNode) -> int | None:
    found = _COUNT.search(" ".join(node.text(separator=" ").split()))
    return int(re.sub(r"\D", "", found[1])[:9]) if found else None


def _time(node: LexborNode) -> datetime | None:
    stated = _html.attribute(node, "data-time")
    if not re.fullmatch(r"\d{9,11}", stated, re.ASCII):
        return None
    return times.from_unix(int(stated))


def _linked_handle(node: LexborNode) -> str | None:
    """Return the handle that a name leads to (/user/ana, //twitter.com/ana)."""
    link = node.css_first("a[href]")
    found = re.search(r"(\w{1,20})/?$", _html.attribute(link, "href"), re.ASCII) if link is not None else None
    return found[1] if found else None


def _avatar(node: LexborNode) -> str | None:
    """Return the account id after which older pages name the picture of an author."""
    found = _AVATAR.search(_html.attribute(node, "src"))
    return found[1] if found else None


def _thread_id(address: str) -> str | None:
    found = _THREAD.search(address)
    return found[1] if found else None


def _attempt(block: _Block, thread: _Thread, page: Origin) -> Post | Problem:
    number = block.number
    place = f"#tweet_{number}" if number is not None else f".content-tweet[{block.position}]"
    origin = Origin(capture=page.capture, file=page.file, place=place)
    try:
        return _post(block, thread, origin)
    except BadRecord as error:
        return Problem(origin=origin, reason=str(error))


def _post(block: _Block, thread: _Thread, origin: Origin) -> Post:
    post_id = _exact(block.stated) if block.stated else None
    is_first = block is thread.blocks[0]
    text, links, mentions, tags = _body(block.node)
    embedded = _embedded(block.node)
    loose = tuple(_loose_link(address) for address in embedded[:-1])
    return Post(
        platform="x",
        id=post_id or f"{thread.key}:{block.position:04}",
        author=_author(block, thread.head),
        time=(times.from_snowflake(post_id) if post_id else None) or (thread.head.time if is_first else None),
        text=text,
        conversation=thread.conversation,
        quotes=addresses.parse(embedded[-1]).id if embedded else None,  # type: ignore[union-attr]
        links=links + loose,
        mentions=mentions,
        tags=tags,
        media=_media(block.node),
        origin=origin,
    )


def _exact(post_id: str) -> str:
    """Return an id of X.

    Raises:
        BadRecord: It is none, or it was rounded.
    """
    if not re.fullmatch(r"\d{1,19}", fields.exact_id(post_id, "data-tweet"), re.ASCII):
        raise BadRecord(f"expected an id in 'data-tweet', got {post_id[:40]!r}")
    return post_id


def _author(block: _Block, head: _Head) -> Account:
    handle = block.handle or head.handle
    if handle is None or head.handle is None or handle.casefold() == head.handle.casefold():
        return Account(id=head.id if handle else None, handle=handle, name=head.name if handle else None)
    return Account(handle=handle)


def _body(block: LexborNode) -> tuple[str, tuple[Link, ...], tuple[Mention, ...], tuple[Tag, ...]]:
    """Return a post's words as readers saw them, with the links, mentions and tags in them."""
    words = _html.Words()
    spans: list[tuple[LexborNode, int, int]] = []
    starts: list[int] = []
    for node, opens in _html.walk(block, _is_furniture):
        if node.is_text_node:
            words.add(node.text_content or "")
        elif node.tag == "a":
            if opens:
                starts.append(words.length)
            else:
                spans.append((node, starts.pop(), words.length))
        elif node.tag == "br" and opens:
            words.end_line()
        elif node.tag == "img" and opens:
            words.add(_html.attribute(node, "alt"))
        elif node.tag in _LINES:
            words.end_block()
    text = words.text()
    return text, *_parts(text, spans)


def _is_furniture(node: LexborNode) -> bool:
    if node.is_text_node:
        return False
    if node.tag == "img":
        return "emoji" not in _html.classes(node)
    if node.tag == "a":
        return node.text().strip().startswith(("pic.twitter.com/", "pic.x.com/"))
    return node.tag in _UNSEEN or bool(_html.classes(node) & _FURNITURE)


def _parts(
    text: str, spans: list[tuple[LexborNode, int, int]]
) -> tuple[tuple[Link, ...], tuple[Mention, ...], tuple[Tag, ...]]:
    links: list[Link] = []
    mentions: list[Mention] = []
    tags: list[Tag] = []
    for node, opens, closes in spans:
        start, end = _html.trimmed(text, opens, closes)
        shown, address = text[start:end], _html.attribute(node, "href")
        if shown.startswith(("@", "＠")) and " " not in shown:
            mentions.append(Mention(start=start, end=end, handle=shown[1:]))
        elif shown.startswith(("#", "＃", "$")) and " " not in shown:
            tags.append(Tag(start=start, end=end, tag=shown[1:]))
        elif shown and (url := _url(address)):
            links.append(Link(start=start, end=end, shown=shown, url=url))
    taken = [_html.trimmed(text, opens, closes) for _, opens, closes in spans]
    for found in find_links(text) if "…" in text else ():
        if found.cut and not any(found.start < end and start < found.end for start, end in taken):
            links.append(Link(start=found.start, end=found.end, shown=found.word, url=None, cut=True))
    return tuple(sorted(links, key=lambda link: link.start)), tuple(mentions), tuple(tags)


def _url(address: str) -> str | None:
    """Return an address in full; None for scripts, anchors and local files."""
    try:
        url = urljoin(SITE, address)
    except ValueError:
        return None
    return url if address and not address.startswith("#") and url.startswith(("http://", "https://")) else None


def _embedded(block: LexborNode) -> list[str]:
    """Return the addresses of the posts that stand as boxes in a post, in order; the last one is what it quotes."""
    found: dict[str, str] = {}
    for node in block.css(".twitter-tweet a[href], [data-tweet-id]"):
        own_id = _html.attribute(node, "data-tweet-id")
        url = f"https://x.com/i/status/{own_id}" if own_id else _url(_html.attribute(node, "href"))
        address = addresses.parse(url) if url else None
        if url and address and address.platform == "x" and address.id:
            found.setdefault(address.id, url)
    return list(found.values())


def _loose_link(url: str) -> Link:
    """Return a link that the words do not hold."""
    return Link(start=0, end=0, shown=url, url=url)


def _media(block: LexborNode) -> tuple[Media, ...]:
    found: list[Media] = []
    for node in block.css("img, video, iframe"):
        around = _around(node, block)
        if "content-tweet" in around or "entity-url-preview" in around:
            continue
        if node.tag == "video":
            found.append(_video(node, around))
        elif node.tag == "img" and not (_html.classes(node) | around) & (_NOT_PICTURES | {"emoji"}):
            found += _picture(node)
        elif node.tag == "iframe" and (url := _url(_html.attribute(node, "src"))) and "twitter.com/embed" not in url:
            found.append(Media(type="card", url=url))
    return tuple(found)


def _around(node: LexborNode, block: LexborNode) -> frozenset[str]:
    """Return the class names of the elements between a node and its block."""
    names: frozenset[str] = frozenset()
    for around in _html.enclosing(node):
        if around.mem_id == block.mem_id:
            break
        names |= _html.classes(around)
    return names


def _picture(node: LexborNode) -> Iterator[Media]:
    """Yield a picture; its source is in `data-src` until a browser has shown it, and in the link around it."""
    link = next((around for around in _html.enclosing(node) if around.tag == "a"), None)
    given = [_html.attribute(node, "data-src"), _html.attribute(node, "src")]
    if link is not None:
        given.insert(1, _html.attribute(link, "href"))
    urls = [url for address in given if not address.endswith("/1px.png") and (url := _url(address))]
    alt = _html.attribute(node, "alt")
    if urls:
        yield Media(type="image", url=urls[0], alt=alt if alt not in ("", "Image") else None)


def _video(node: LexborNode, around: frozenset[str]) -> Media:
    given = [_html.attribute(source, "src") for source in node.css("source")] + [_html.attribute(node, "src")]
    urls = [url for address in given if (url := _url(address))]
    best = max(urls, key=_pixels, default=None)
    is_gif = "entity-video-gif" in around or (best is not None and "/tweet_video/" in best)
    return Media(type="gif" if is_gif else "video", url=best or _url(_html.attribute(node, "poster")))


def _pixels(url: str) -> tuple[bool, int]:
    size = _SIZE.search(url)
    return ".m3u8" not in url, int(size[1]) * int(size[2]) if size else 0


def _notices(thread: _Thread, page: Origin) -> Iterator[Notice]:
    """Yield what the page states about a thread: how many posts it has, and that only its beginning is shown."""
    head, held = thread.head, len(thread.blocks)
    first = thread.blocks[0].position
    origin = Origin(capture=page.capture, file=page.file, place=f".content-tweet[{first}]")
    author = _author(thread.blocks[0], head)
    if head.count is not None:
        where = "The card of another thread" if thread.preview else "The head of the page"
        yield Notice(
            kind="count",
            says=f"{where} counts {_posts(head.count)}; on the page are {held:,}.",
            origin=origin,
            platform="x",
            author=author,
            conversation=thread.conversation,
            count=head.count,
        )
    if thread.preview:
        own_page = f" The whole is at {SITE}thread/{head.thread}.html." if head.thread else ""
        yield Notice(
            kind="cut",
            says=f"The page shows only the beginning of this other thread ({_posts(held)}).{own_page}",
            origin=origin,
            platform="x",
            author=author,
            conversation=thread.conversation,
        )
        if "content-tweet" not in _html.classes(thread.blocks[0].node):
            yield Notice(
                kind="borders",
                says="The card runs the posts of this other thread together without marking where each ends.",
                origin=origin,
                platform="x",
                conversation=thread.conversation,
            )


def _posts(count: int) -> str:
    return f"{count:,} post{'' if count == 1 else 's'}"
