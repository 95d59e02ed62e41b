"""What the exports of Telegram Desktop share: ids, texts, forwards, gaps in the ids, what was sent at once.

Ids. A post's id is `<chat>/<message>`, as in the addresses of t.me, where the chat is its bare number.

Forwards. A forwarded message is a repost: the words are somebody else's. The export does not say which message it was,
so the original is given as a post of its own, named after the forward (`<chat>/<message>/forwarded`).

Gaps. Message numbers of a channel run on; a run of absent ones is told as one `gone` notice. It proves nothing: numbers
are also used up by deleted service messages and drafts.

Sent at once. Telegram splits long texts and albums into messages of one second without saying so. Neighbours by one
author in one second stay posts of their own but share a conversation, named after the first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from clew.errors import DamagedFile
from clew.posts import Account, Item, Link, Mention, Notice, Origin, Post, Problem, Tag

__all__ = ["KINDS", "Body", "Chat", "closing", "gap", "is_result", "plural", "together", "with_original"]

#: The kinds of chat that result.json knows, and whether everybody may read them.
KINDS = {
    "public_channel": True,
    "private_channel": True,
    "public_supergroup": True,
    "private_supergroup": False,
    "private_group": False,
    "personal_chat": False,
    "bot_chat": False,
    "saved_messages": False,
    "replies": False,
    "verify_codes": False,
}

_ONE_CHAT = re.compile(rb'"type"\s*:\s*"(?:%s)"' % b"|".join(kind.encode() for kind in KINDS))
_ACCOUNT = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"about"\s*:\s*"[^"]{0,300}\bTelegram\b')
_START = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"')
_SUFFIX = "/forwarded"


def is_result(head: bytes) -> bool:
    """Say whether the first bytes are those of a result.json: of one chat, or of an account."""
    if _ACCOUNT.match(head):
        return True
    return bool(_START.match(head) and _ONE_CHAT.search(head) and re.search(rb'"(?:messages|chats)"\s*:', head))


@dataclass(slots=True)
class Chat:
    """A chat that is being read."""

    key: str
    """What its posts are named after: the bare number where that is known."""
    account: Account
    """The chat itself, which publishes what a channel says."""
    is_channel: bool
    origin: Origin
    last: int | None = None
    """The number of the message read last."""
    service: Counter[str] = field(default_factory=Counter)
    """Records that are no posts, by what happened."""
    undated: int = 0
    """Posts whose time has no zone."""
    topics: set[int] = field(default_factory=set)
    """Numbers of the service messages that opened a forum's topics; their posts seem to answer them."""

    def post_id(self, number: int) -> str:
        """Return the id of a message."""
        return f"{self.key}/{number}"


class Body:
    """A text that is put together from its parts, with the spans of those that lead somewhere."""

    def __init__(self) -> None:
        self.text = ""
        self.links: list[Link] = []
        self.mentions: list[Mention] = []
        self.tags: list[Tag] = []

    def add(self, text: str, kind: str = "plain", more: str | None = None) -> None:
        """Put a part at the end; `more` is the address of a `text_link`, the user's id of a `mention_name`."""
        start, end = len(self.text), len(self.text) + len(text)
        self.text += text
        if not text:
            return
        if kind in ("link", "text_link", "email"):
            url = f"mailto:{text}" if kind == "email" else _full(more or text)
            self.links.append(Link(start=start, end=end, shown=text, url=url))
        elif kind == "mention":
            self.mentions.append(Mention(start=start, end=end, handle=text.removeprefix("@")))
        elif kind == "mention_name":
            self.mentions.append(Mention(start=start, end=end, handle=text, id=more))
        elif kind in ("hashtag", "cashtag"):
            self.tags.append(Tag(start=start, end=end, tag=text[1:]))


def _full(address: str) -> str:
    """Return the address that Telegram opens for a link that is written without a scheme."""
    return address if re.match(r"[a-zA-Z][\w+.-]*:(?!\d)", address) else f"http://{address}"


def with_original(post: Post, author: Account, time: datetime | None = None) -> list[Item]:
    """Return a forward as a repost, and after it the message that was forwarded, whose own id is not known.

    The original is a conversation of its own, since nothing says what stood around it.
    """
    own_id = post.id + _SUFFIX
    source = replace(post, id=own_id, author=author, time=time, conversation=own_id, reply_to=None, edges_stated=False)
    return [replace(post, reposts=own_id), source]


def gap(chat: Chat, number: int, origin: Origin) -> Iterator[Notice]:
    """Yield a notice of the numbers that are absent before this one in a channel, if there are any."""
    before, chat.last = chat.last, number
    if not chat.is_channel or before is None or before <= 0 or number <= before + 1:
        return
    count = number - before - 1
    which = f"id {before + 1} is" if count == 1 else f"ids {before + 1} to {number - 1} are"
    yield Notice(
        kind="gone",
        says=f"Message {which} absent: deleted, service or other messages, which Telegram numbers alike.",
        origin=origin,
        platform="telegram",
        post=chat.post_id(before + 1),
        author=chat.account,
        count=count,
    )


def closing(chat: Chat) -> Iterator[Notice]:
    """Yield what is to be said of a chat at its end: records that are no posts, times without a zone."""
    if total := chat.service.total():
        kinds = ", ".join(f"{count:,} {what}" for what, count in chat.service.most_common(20))
        yield Notice(
            kind="left-out",
            says=f"{plural(total, 'record')} of the chat {'is' if total == 1 else 'are'} no post: {kinds}.",
            origin=chat.origin,
            platform="telegram",
            author=chat.account,
            count=total,
        )
    if chat.undated:
        yield Notice(
            kind="left-out",
            says=f"The times of {plural(chat.undated, 'post')} are left out: the export gives them without a zone.",
            origin=chat.origin,
            platform="telegram",
            author=chat.account,
        )


def plural(count: int, noun: str) -> str:
    """Return a count and its noun.

    >>> plural(1, "message"), plural(1200, "message")
    ('1 message', '1,200 messages')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def together(items: Iterable[Post | Notice | Problem]) -> Iterator[Item]:
    """Yield the items in order; posts that were sent at once share a conversation. It holds back one post at most.

    Raises:
        DamagedFile: As the items do; what was held back is given out before.
    """
    held: list[Post] = []
    try:
        for item in items:
            if isinstance(item, Post) and item.id.endswith(_SUFFIX):
                held.append(item)
                continue
            shared = _conversation(held[0], item) if held and isinstance(item, Post) else None
            if shared is not None and isinstance(item, Post):
                held[0] = replace(held[0], conversation=shared)
                item = replace(item, conversation=shared)
            yield from held
            held = [item] if isinstance(item, Post) else []
            if not isinstance(item, Post):
                yield item
    except DamagedFile:
        yield from held
        raise
    yield from held


def _conversation(before: Post, post: Post) -> str | None:
    """Return the conversation of two neighbours that were sent at once; None for others."""
    if before.reposts or post.reposts or before.time is None or before.time != post.time:
        return None
    if before.author.id is None or before.author.id != post.author.id:
        return None
    chat, _, number = before.id.rpartition("/")
    if post.id != f"{chat}/{int(number) + 1}":
        return None
    return before.conversation or before.id
