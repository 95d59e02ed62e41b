"""Public preview pages of Telegram channels (t.me/s/...), and single messages as other sites embed them.

A page shows about twenty messages. A post's id is `<channel>/<message>` where the channel is its bare number, as in the
exports of Telegram Desktop; the page hides it in `data-view`. Where it is absent the channel's name stands for it.
Numbers that are absent between two messages are told as one `gone` notice each; that the page goes on before or after
is a `cut` notice. Each page is read whole.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urljoin, urlsplit

from clew import fields, times
from clew.errors import BadRecord
from clew.exports import Export
from clew.posts import Account, Item, Media, Notice, Origin, Post, Problem
from clew.sources import _html, _telegram

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

NAME = "telegram_preview"
SIGN = "HTML of t.me that links to or holds tgme_widget_message, or names telegram.org's widget styles"
HOLDS = (
    "Texts with their links, exact times, answers, forwards with their source, pictures, polls, the channel's number."
)
LACKS = "When a post was edited, who commented, albums as one, and what the browser cannot show; about 20 posts a page."
LOST = "Answers and forwards are dropped, emoji become pictures, and a page is taken for the whole channel."

_SITE = "https://t.me/"
_SIGN = re.compile(
    rb"tgme_widget_message|telegram\.org/css/(?:widget-frame|telegram-web)\.css|[\"'/]css/widget-frame\.css",
    re.IGNORECASE,
)
_OWN = re.compile(r"(?P<channel>[\w.]+)/(?P<number>\d{1,18})", re.ASCII)
_LINK = re.compile(r"https?://t\.me/(?:s/)?(?P<channel>\w+)/(?P<number>\d{1,18})", re.ASCII)
_NUMBER = re.compile(rb'"c"\s*:\s*-?(\d{1,18})')
_PICTURE = re.compile(r"background-image\s*:\s*url\(['\"]?([^'\")]+)")
_MEDIA = {
    "tgme_widget_message_photo_wrap": "image",
    "tgme_widget_message_sticker_wrap": "image",
    "tgme_widget_message_video_player": "video",
    "tgme_widget_message_roundvideo_player": "video",
    "tgme_widget_message_voice_player": "audio",
    "tgme_widget_message_document_wrap": "file",
    "tgme_widget_message_location_wrap": "card",
    "tgme_widget_message_link_preview": "card",
}


def claims(export: Export) -> bool:
    """Say whether it is a page with Telegram's message widgets, or one whose address says so."""
    return _html.has_sign(export, _SIGN)


def read(export: Export) -> Iterator[Item]:
    """Yield the messages in the page's order, then where the page was cut.

    Raises:
        DamagedFile: It is no HTML, or too long to be read whole.
    """
    member = export.members[0]
    tree = _html.page(export, member)
    origin = Origin(capture=export.capture(member), file=export.place(member), place="")
    yield from _telegram.together(_Page(tree, origin, export.address(member)).items())


class _Page:
    """A page that is being read."""

    def __init__(self, tree: LexborHTMLParser, origin: Origin, address: str | None) -> None:
        self._tree = tree
        self._origin = origin
        self._address = address
        self._chat: _telegram.Chat | None = None
        self._unseen = 0

    def items(self) -> Iterator[Item]:
        for node in self._tree.css(".tgme_widget_message[data-post]"):
            own = _html.attribute(node, "data-post")
            origin = self._at(f'[data-post="{own}"]')
            found = _OWN.fullmatch(own)
            if found is None:
                yield Problem(origin=origin, reason=f"expected a post like 'channel/17', got {own[:40]!r}")
                continue
            chat = self._chat_of(node, found["channel"], origin)
            yield from _telegram.gap(chat, int(found["number"]), origin)
            yield from self._message(node, found, chat, origin)
            chat.last = max([int(found["number"]), *_in_album(node)])
        yield from self._refusals()
        if self._chat is not None:
            yield from _telegram.closing(self._chat)
            yield from self._cuts(self._chat)

    def _at(self, place: str) -> Origin:
        return Origin(capture=self._origin.capture, file=self._origin.file, place=place)

    def _chat_of(self, node: LexborNode, channel: str, origin: Origin) -> _telegram.Chat:
        if self._chat is None or self._chat.account.handle != channel:
            name = node.css_first(".tgme_widget_message_owner_name")
            number = _channel_number(_html.attribute(node, "data-view"))
            account = Account(
                id=f"channel{number}" if number else None,
                handle=channel,
                name=" ".join(name.text().split()) or None if name is not None else None,
            )
            self._chat = _telegram.Chat(number or channel, account, True, origin)
        return self._chat

    def _message(self, node: LexborNode, own: re.Match[str], chat: _telegram.Chat, origin: Origin) -> list[Item]:
        if "service_message" in _html.classes(node):
            chat.service["service message"] += 1
            return []
        try:
            post = _post(node, own, chat, origin)
        except BadRecord as error:
            return [Problem(origin=origin, reason=str(error))]
        items: list[Item] = [post]
        forwarded = node.css_first(".tgme_widget_message_forwarded_from_name")
        if forwarded is not None:
            items = _telegram.with_original(post, _account(forwarded))
        if node.css_first(".message_media_not_supported") is not None and not post.text:
            says = "The page does not show what this message holds; the app does."
            items.append(self._notice("cut", says, origin, post=post.id, conversation=post.id))
        return items

    def _refusals(self) -> Iterator[Notice]:
        """Yield a notice where the page says that there is no such message."""
        if self._tree.css_first(".tgme_widget_message_error") is None:
            return
        found = _LINK.match(self._address or "")
        if found:
            says = "Telegram says that it has no such message, or shows it to nobody who asks."
            post = f"{found['channel']}/{found['number']}"
            yield self._notice("gone", says, self._at(".tgme_widget_message_error"), post=post)

    def _cuts(self, chat: _telegram.Chat) -> Iterator[Notice]:
        """Yield where the channel goes on beyond the page."""
        for link in self._tree.css("a.tme_messages_more[href]"):
            given = parse_qs(urlsplit(_html.attribute(link, "href")).query)
            for direction, word in (("before", "earlier"), ("after", "later")):
                if direction in given:
                    says = f"The page shows a part of the channel; {word} messages are on another one."
                    yield self._notice("cut", says, self._at(f"a[data-{direction}]"), author=chat.account)

    def _notice(self, kind: str, says: str, origin: Origin, **more: object) -> Notice:
        return Notice(kind=kind, says=says, origin=origin, platform="telegram", **more)  # type: ignore[arg-type]


def _post(node: LexborNode, own: re.Match[str], chat: _telegram.Chat, origin: Origin) -> Post:
    """Return a message as a post.

    Raises:
        BadRecord: Its time is no time.
    """
    body = _body(_own_text_node(node))
    reply_to, reply_to_author = _reply(node, own["channel"], chat)
    return Post(
        platform="telegram",
        id=chat.post_id(int(own["number"])),
        author=chat.account,
        time=_time(node),
        text=body.text,
        reply_to=reply_to,
        reply_to_author=reply_to_author,
        links=tuple(body.links),
        mentions=tuple(body.mentions),
        tags=tuple(body.tags),
        media=tuple(_media(node)),
        origin=origin,
        url=f"{_SITE}{own['channel']}/{own['number']}",
        edges_stated=reply_to is not None,
    )


def _in_album(node: LexborNode) -> Iterator[int]:
    """Yield the numbers that the pictures of an album have as messages of their own."""
    for link in node.css("a.grouped_media_wrap[href]"):
        if found := _LINK.match(_html.attribute(link, "href")):
            yield int(found["number"])


def _channel_number(view: str) -> str | None:
    """Return a channel's number, which a message's `data-view` holds in base64."""
    try:
        found = _NUMBER.search(base64.urlsafe_b64decode(view + "=" * (-len(view) % 4)))
    except (binascii.Error, ValueError):
        return None
    return found[1].decode() if found else None


def _time(node: LexborNode) -> datetime | None:
    stamp = node.css_first(".tgme_widget_message_date time[datetime]")
    if stamp is None:
        return None
    try:
        return times.from_iso(_html.attribute(stamp, "datetime"))
    except (ValueError, OverflowError) as error:
        raise BadRecord(f"expected a date, got {_html.attribute(stamp, 'datetime')[:40]!r}") from error


def _account(link: LexborNode) -> Account:
    """Return whose message was forwarded: a channel that is linked to, or a name."""
    found = _LINK.match(_html.attribute(link, "href"))
    name = " ".join(link.text().split()) or None
    return Account(handle=found["channel"] if found else None, name=name)


def _reply(node: LexborNode, channel: str, chat: _telegram.Chat) -> tuple[str | None, str | None]:
    """Return what a message answers, in this channel by number, in another by name."""
    link = node.css_first("a.tgme_widget_message_reply[href]")
    found = _LINK.match(_html.attribute(link, "href")) if link is not None else None
    if found is None:
        return None, None
    if found["channel"].lower() == channel.lower():
        return chat.post_id(int(found["number"])), chat.account.id or chat.account.handle
    return f"{found['channel']}/{found['number']}", found["channel"]


def _own_text_node(node: LexborNode) -> LexborNode | None:
    """Return the element with the words; an outer one that only wraps it, and those of what is answered, are not it."""
    found = node.css(".js-message_text") or node.css(".tgme_widget_message_text:not(.js-message_reply_text)")
    return found[-1] if found else None


def _body(node: LexborNode | None) -> _telegram.Body:
    body = _telegram.Body()
    if node is None:
        return body
    link: LexborNode | None = None
    held: list[str] = []
    for inner, opens in _html.walk(node, lambda inner: inner.tag in _html.UNSEEN):
        if inner.tag == "a":
            if not opens and link is not None:
                body.add(fields.clean("".join(held)), *_entity("".join(held), _html.attribute(link, "href")))
            link, held = (inner, []) if opens else (None, [])
            continue
        text = (inner.text_content or "") if inner.is_text_node else "\n" if inner.tag == "br" and opens else ""
        if link is not None:
            held.append(text)
        else:
            body.add(fields.clean(text))
    return body


def _entity(shown: str, address: str) -> tuple[str, str | None]:
    """Return the kind of part that a link marks, and its address."""
    given = parse_qs(urlsplit(address).query)
    if address.startswith("?q=") and shown.startswith(("#", "$")) and given.get("q"):
        return "hashtag", None
    if shown.startswith("@") and re.match(r"https?://(?:t|telegram)\.me/", address):
        return "mention", None
    return "text_link", urljoin(_SITE, address)


def _media(node: LexborNode) -> Iterator[Media]:
    poll = node.css_first(".tgme_widget_message_poll")
    if poll is not None:
        lines = poll.css(".tgme_widget_message_poll_question, .tgme_widget_message_poll_option_text")
        yield Media(type="poll", url=None, alt="\n".join(" ".join(line.text().split()) for line in lines) or None)
    for one in node.css(", ".join(f".{name}" for name in _MEDIA)):
        name = next(name for name in _MEDIA if name in _html.classes(one))
        yield _one(one, _MEDIA[name])


def _one(node: LexborNode, kind: str) -> Media:
    title = node.css_first(".tgme_widget_message_document_title, .link_preview_title")
    alt = " ".join(title.text().split()) or None if title is not None else None
    if kind == "card":
        return Media(type=kind, url=_html.attribute(node, "href") or None, alt=alt)
    played = node.css_first("video[src], audio[src], source[src]")
    if played is not None:
        return Media(type=kind, url=_html.attribute(played, "src"), alt=alt)
    styled = [node, *node.css("[style], [data-webp]")]
    pictures = [found[1] for one in styled if (found := _PICTURE.search(_html.attribute(one, "style")))]
    pictures += [address for one in styled if (address := _html.attribute(one, "data-webp"))]
    is_known = kind == "image" and pictures
    return Media(type=kind, url=urljoin(_SITE, pictures[0]) if is_known else None, alt=alt)
