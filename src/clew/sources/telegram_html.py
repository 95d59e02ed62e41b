"""The messages.html, messages2.html ... of Telegram Desktop, as one file or the folder of an export.

Each page is read whole (1,000 messages at most). The pages do not give the chat's number. Where a result.json of the
same chat lies beside them it is taken from there; else posts are named `unrolled:<digest>/<message>`, after the first
12 digits of the first page's capture. People are known by name alone, so only what the chat itself publishes (all of a
channel) has an author id.

Nor do the pages say who may read the chat. Evidently private ones are counted and left out: in the export of an
account those that lists/chats.html calls private, bot or group; in the export of one chat those where a single person
speaks, or just one beside the chat's own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from clew.errors import BadRecord, DamagedFile
from clew.exports import Export
from clew.posts import Account, Item, Media, Notice, Origin, Post, Problem
from clew.sources import _html, _telegram

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

NAME = "telegram_html"
SIGN = 'HTML titled "Exported Data" with a chat page, or a folder of such pages without a result.json'
HOLDS = (
    "Texts with their links, times with their zone (since about 2021), answers, forwards with their time, media files."
)
LACKS = "The chat's number and kind, the accounts of people, exact times in older exports; album ids and views."
LOST = "Joined messages lose their author, forwarded words are given to the channel, and local times pass for UTC."

_PAGE = re.compile(r"(?P<chat>(?:chats/[^/]+/)?)messages(?P<number>\d*)\.html")
_EXPORT = re.compile(rb"<title>\s*Exported Data\s*</title>.*?\bchat_page\b", re.DOTALL)
_NAME = re.compile(rb'^\s*\{\s*"name"\s*:\s*"((?:[^"\\]|\\.)*)"\s*,\s*"type"\s*:\s*"(\w+)"\s*,\s*"id"\s*:\s*(\d+)')
_TIME = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d):(\d\d) UTC(?:([+-])(\d\d):?(\d\d))?", re.ASCII)
_MEDIA = {
    "media_photo": "image",
    "media_video": "video",
    "media_voice_message": "audio",
    "media_audio_file": "audio",
    "media_file": "file",
    "photo_wrap": "image",
    "sticker_wrap": "image",
    "video_file_wrap": "video",
    "animated_wrap": "gif",
    "media_location": "card",
    "media_live_location": "card",
    "media_venue": "card",
    "media_contact": "card",
    "media_game": "card",
    "media_invoice": "card",
}
_SCRIPTED = {"ShowHashtag": "hashtag", "ShowCashtag": "cashtag", "ShowMentionName": "mention_name"}


def claims(export: Export) -> bool:
    """Say whether it is a page of messages, or a folder of one export without a result.json."""
    if export.single is not None:
        return bool(_EXPORT.search(export.head(export.single)))
    if "result.json" in export.members and _telegram.is_result(export.head("result.json")):
        return False
    beside = [name for name in export.members if "/" not in name]
    pages = _pages(export)
    if not pages or not all(_PAGE.fullmatch(name) or name == "export_results.html" for name in beside):
        return False
    strangers = [name for name in export.members if re.search(r"/(?:messages\d*\.html|result\.json)$", name)]
    return all(name in pages for name in strangers) and bool(_EXPORT.search(export.head(pages[0])))


def _pages(export: Export) -> list[str]:
    """Return the pages of messages, chat by chat, each in its order."""
    found = [(_PAGE.fullmatch(name), name) for name in export.members]
    keyed = [(page["chat"], int(page["number"] or 1), name) for page, name in found if page]
    return [name for _, _, name in sorted(keyed)]


def read(export: Export) -> Iterator[Item]:
    """Yield the posts of each chat in the pages' order, then what is to be said of that chat.

    Raises:
        DamagedFile: A page is no HTML, holds no chat, or is too long to be read whole.
    """
    pages = [export.single] if export.single else _pages(export)
    if not pages:
        raise DamagedFile(export.name, "holds no messages.html")
    chats: dict[str, list[str]] = {}
    for name in pages:
        found = _PAGE.fullmatch(name)
        chats.setdefault(found["chat"] if found else "", []).append(name)
    kinds = _kinds(export)
    for folder, names in chats.items():
        yield from _telegram.together(_chat(export, names, kinds.get(folder)))


def _kinds(export: Export) -> dict[str, str]:
    """Return what lists/chats.html of an account's export calls each chat's folder: private, bot, group or channel."""
    if "lists/chats.html" not in export.members:
        return {}
    found: dict[str, str] = {}
    for entry in _html.page(export, "lists/chats.html").css("a.entry[href]"):
        page = _PAGE.search(_html.attribute(entry, "href"))
        info = entry.css_first(".info")
        if page and info is not None:
            found[page["chat"]] = info.text().strip()
    return found


@dataclass(slots=True)
class _State:
    """Where in a chat the reading stands."""

    chat: _telegram.Chat
    files: frozenset[str]
    """The full names of the export's members."""
    sender: str | None = None
    """Who wrote the message before; joined ones do not repeat it."""
    source: str | None = None
    """Whose message was forwarded before."""


def _chat(export: Export, names: list[str], kind: str | None) -> Iterator[Item]:
    """Yield the posts of a chat, unless it is evidently private: then its messages are only counted."""
    state: _State | None = None
    private = 0
    for name in names:
        tree = _html.page(export, name)
        if state is None:
            state = _opened(export, name, tree)
            title = state.chat.account.name
            kind = kind or _beside(export, title)[1] or _evident_kind(tree, title)
            state.chat.is_channel = kind == "channel"
        page = Origin(capture=export.capture(name), file=export.place(name), place="")
        messages = tree.css(".history > .message[id]")
        if kind in ("private", "bot", "group"):
            private += sum("service" not in _html.classes(message) for message in messages)
            continue
        for message in messages:
            yield from _items(message, state, page)
    assert state is not None
    if private:
        yield _left_out(state.chat, private)
    yield from _telegram.closing(state.chat)


def _opened(export: Export, name: str, tree: LexborHTMLParser) -> _State:
    heading = tree.css_first(".page_header .text.bold")
    if heading is None or tree.css_first(".history") is None:
        raise DamagedFile(export.name, f"{name} holds no chat as Telegram Desktop exports it")
    title = " ".join(heading.text().split())
    number, _ = _beside(export, title)
    capture = export.capture(name)
    folder = name.rpartition("/")[0].replace("/", ":")
    key = number or f"unrolled:{capture.removeprefix('sha256:')[:12]}" + (f":{folder}" if folder else "")
    account = Account(id=f"channel{number}" if number else key, name=title or None)
    origin = Origin(capture=capture, file=export.place(name), place=".history")
    return _State(_telegram.Chat(key, account, False, origin), frozenset(export.place(name) for name in export.members))


def _beside(export: Export, title: str | None) -> tuple[str | None, str | None]:
    """Return the chat's number and kind from a result.json beside the pages; None where it is of another chat."""
    head = export.head("result.json") if "result.json" in export.members else b""
    found = _NAME.search(head)
    if found is None or " ".join(found[1].decode("utf-8", "replace").split()) != title:
        return None, None
    kind = found[2].decode()
    if not _telegram.KINDS.get(kind):
        return found[3].decode(), "private"
    return found[3].decode(), "channel" if kind.endswith("_channel") else "several"


def _evident_kind(tree: LexborHTMLParser, title: str | None) -> str:
    """Return what a chat evidently is, by who speaks on its first page: a channel, private, or open to several."""
    senders = {_own_text(node) for node in tree.css(".message > .body > .from_name")}
    if senders <= {title}:
        return "channel"
    return "private" if len(senders) == 1 or (len(senders) == 2 and title in senders) else "several"


def _left_out(chat: _telegram.Chat, count: int) -> Notice:
    return Notice(
        kind="left-out",
        says=f"{_telegram.plural(count, 'message')} of a chat that is private or may be.",
        origin=chat.origin,
        platform="telegram",
        state="private",
        count=count,
    )


def _items(message: LexborNode, state: _State, page: Origin) -> Iterator[Item]:
    """Yield what an element stands for: numbers absent before it, then a post or a problem; nothing for a date line."""
    own_id = _html.attribute(message, "id")
    origin = Origin(capture=page.capture, file=page.file, place=f"#{own_id}")
    found = re.fullmatch(r"message(-?\d{1,18})", own_id, re.ASCII)
    is_service = "service" in _html.classes(message)
    if found is None:
        yield Problem(origin=origin, reason=f"expected an id like 'message17', got {own_id[:40]!r}")
        return
    number = int(found[1])
    if is_service and number < 0:
        return
    yield from _telegram.gap(state.chat, number, origin)
    if is_service:
        state.chat.service["service message"] += 1
        return
    try:
        yield from _posts(message, number, state, origin)
    except BadRecord as error:
        yield Problem(origin=origin, reason=str(error))


def _posts(message: LexborNode, number: int, state: _State, origin: Origin) -> list[Item]:
    """Return a message's post, and after a forward the message that it forwards.

    Raises:
        BadRecord: It has no body.
    """
    outer = _child(message, "body")
    if outer is None:
        raise BadRecord("expected an element of class body")
    state.sender = _sender(outer) or state.sender
    forwarded = _child(outer, "forwarded", "body")
    inner = outer if forwarded is None else forwarded
    time = _time(_child(outer, "date"))
    state.chat.undated += time is None
    reply_to = _reply_to(inner, state.chat)
    body = _body(_child(inner, "text"))
    post = Post(
        platform="telegram",
        id=state.chat.post_id(number),
        author=_author(state),
        time=time,
        text=body.text,
        reply_to=reply_to,
        links=tuple(body.links),
        mentions=tuple(body.mentions),
        tags=tuple(body.tags),
        media=tuple(_media(inner, state.files, origin)),
        origin=origin,
        edges_stated=reply_to is not None,
    )
    if forwarded is None:
        return [post]
    state.source = _sender(forwarded) or state.source
    stated = forwarded.css_first(".from_name .date")
    return _telegram.with_original(post, Account(name=state.source), _time(stated))


def _child(node: LexborNode, *names: str) -> LexborNode | None:
    """Return the first child that has all of the classes."""
    child = node.first_child
    while child is not None:
        if child.is_element_node and _html.classes(child).issuperset(names):
            return child
        child = child.next
    return None


def _sender(body: LexborNode) -> str | None:
    node = _child(body, "from_name")
    return _own_text(node) or None if node is not None else None


def _own_text(node: LexborNode) -> str:
    """Return a name without the date in it, and without the bot by which it was sent."""
    parts: list[str] = []
    child = node.first_child
    while child is not None:
        if child.is_text_node:
            parts.append(child.text_content or "")
        child = child.next
    return re.sub(r" via @\w+$", "", " ".join("".join(parts).split()))


def _author(state: _State) -> Account:
    if state.sender is None or state.sender == state.chat.account.name:
        return state.chat.account
    return Account(name=state.sender)


def _time(node: LexborNode | None) -> datetime | None:
    """Return the instant in an element's title; None where it has no zone."""
    found = _TIME.search(_html.attribute(node, "title")) if node is not None else None
    if found is None:
        return None
    day, month, year, hour, minute, second = (int(part) for part in found.groups()[:6])
    offset = timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0))
    try:
        zone = timezone(-offset if found[7] == "-" else offset)
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRecord(f"expected a date, got {found[0]!r}") from error


def _reply_to(body: LexborNode, chat: _telegram.Chat) -> str | None:
    node = _child(body, "reply_to")
    link = node.css_first("a[href]") if node is not None else None
    found = re.search(r"#go_to_message(-?\d{1,18})$", _html.attribute(link, "href"), re.ASCII) if link else None
    return chat.post_id(int(found[1])) if found else None


def _body(node: LexborNode | None) -> _telegram.Body:
    """Return the text of a message: its spaces count, its line breaks are elements."""
    body = _telegram.Body()
    if node is None:
        return body
    pieces: list[tuple[str, str, str | None]] = []
    link: LexborNode | None = None
    for inner, opens in _html.walk(node, lambda inner: inner.tag in ("script", "style")):
        if inner.tag == "a":
            link = inner if opens else None
            if opens:
                pieces.append(("", *_entity(inner)))
            continue
        text = (inner.text_content or "") if inner.is_text_node else "\n" if inner.tag == "br" and opens else ""
        if link is not None:
            pieces[-1] = (pieces[-1][0] + text, *pieces[-1][1:])
        else:
            pieces.append((text, "plain", None))
    for text, kind, more in _unpadded(pieces):
        body.add(text, kind if kind != "a" else _shown_kind(text, more), more if kind != "mention" else None)
    return body


def _unpadded(pieces: list[tuple[str, str, str | None]]) -> Iterator[tuple[str, str, str | None]]:
    """Yield the pieces without the line break and the indent that the page puts around a text."""
    for index, (text, kind, more) in enumerate(pieces):
        if index == 0:
            text = text.removeprefix("\n")
        if index == len(pieces) - 1:
            text = re.sub(r"\n *\Z", "", text)
        yield text, kind, more


def _entity(link: LexborNode) -> tuple[str, str | None]:
    """Return the kind of part that a link marks, and its address."""
    script = re.search(r"\b(Show\w+)\(", _html.attribute(link, "onclick"))
    address = _html.attribute(link, "href")
    if script:
        return _SCRIPTED.get(script[1], "plain"), None
    if re.match(r"(?:https?|mailto|tg|ftp|ton):", address, re.IGNORECASE) or re.match(r"[\w-]+\.[\w.-]+", address):
        return "a", address
    return "plain", None


def _shown_kind(shown: str, address: str | None) -> str:
    if shown.startswith("@") and re.match(r"https?://(?:t|telegram)\.me/", address or ""):
        return "mention"
    return "text_link"


def _media(body: LexborNode, files: frozenset[str], origin: Origin) -> Iterator[Media]:
    """Yield what stands in the media box of a message."""
    box = _child(body, "media_wrap")
    if box is None:
        return
    poll = box.css_first(".media_poll")
    if poll is not None:
        yield Media(type="poll", url=None, alt=_poll(poll))
    for node in box.css(", ".join(f".{name}" for name in _MEDIA)):
        name = next(name for name in _MEDIA if name in _html.classes(node))
        yield _one(node, name, files, origin)


def _one(node: LexborNode, name: str, files: frozenset[str], origin: Origin) -> Media:
    kind = _MEDIA[name]
    address = _html.attribute(node, "href")
    title = _said(node, ".title")
    if kind == "card":
        where = re.search(r"[?&]q=(-?[\d.]+),(-?[\d.]+)", address, re.ASCII)
        url = f"geo:{where[1]},{where[2]}" if where else address if name == "media_game" and address else None
        words = [title, _said(node, ".description")] if name in ("media_venue", "media_game", "media_invoice") else []
        return Media(type="card", url=url, alt="\n".join(word for word in words if word) or None)
    if name == "media_video" and title == "Animation":
        kind = "gif"
    place = _joined(origin.file.rpartition("/")[0], address)
    return Media(type=kind, url=None, file=place if place in files else None)


def _joined(folder: str, address: str) -> str:
    """Return the full name of the member that a page in that folder links to (`photos/1.jpg`, `../../photos/1.jpg`)."""
    parts = folder.split("/") if folder else []
    for part in address.split("/"):
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
    return "/".join(parts)


def _said(node: LexborNode, selector: str) -> str | None:
    found = node.css_first(selector)
    return " ".join(found.text().split()) or None if found is not None else None


def _poll(poll: LexborNode) -> str | None:
    lines = [_said(poll, ".question"), *(" ".join(_own_text(answer).split()) for answer in poll.css(".answer"))]
    return "\n".join(line for line in lines if line) or None
