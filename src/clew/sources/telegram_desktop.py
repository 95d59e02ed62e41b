"""The result.json of Telegram Desktop: one chat, or an account with all its chats; shared FORMATS, section 1.

Channels and public groups are read; private chats, private groups and saved messages are counted and left out. Times
come from `date_unixtime`: `date` is in the zone of some computer and is not used, so posts of exports from before 2021
have no time, and one notice says so. `edited` may stand for a reaction and is not used. What forwards, gaps in the ids
and messages of one second become, `_telegram` says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, cast

from clew import fields, records, times
from clew.errors import BadRecord
from clew.exports import Export
from clew.posts import Account, Item, Media, Notice, Origin, Post, Problem
from clew.sources import _telegram

NAME = "telegram_desktop"
SIGN = "JSON with the type of a Telegram chat and its messages, or a folder with such a result.json"
HOLDS = "Texts with their links, exact times, answers, forwards, media files, polls and service messages."
LACKS = "Views, album ids, the chat's name in addresses, and words before an edit; deleted messages leave only a gap."
LOST = (
    "Of texts in several parts only the first is kept, times without a zone are taken for UTC, a reaction for an edit, "
    "forwarded words for the channel's own, and private chats end up in the collection."
)

_PAGES = re.compile(r"(?:chats/[^/]+/)?messages\d*\.html")
_MEDIA = {
    "sticker": "image",
    "video_message": "video",
    "video_file": "video",
    "animation": "gif",
    "voice_message": "audio",
    "audio_file": "audio",
}


def claims(export: Export) -> bool:
    """Say whether it is a result.json, or a folder that one export made around it."""
    member = _member(export)
    return member is not None and _telegram.is_result(export.head(member))


def _member(export: Export) -> str | None:
    if export.single is not None:
        return export.single
    if "result.json" not in export.members:
        return None
    others = [name for name in export.members if name != "result.json"]
    beside = [name for name in others if "/" not in name]
    inner = [name for name in others if name.endswith("/result.json") or re.search(r"/messages\d*\.html$", name)]
    is_one = all(_PAGES.fullmatch(name) or name == "export_results.html" for name in beside)
    return "result.json" if is_one and all(_PAGES.fullmatch(name) for name in inner) else None


def read(export: Export) -> Iterator[Item]:
    """Yield the posts of each chat in the file's order, then what is to be said of that chat."""
    member = _member(export) or export.members[0]
    place = export.place(member)
    files = frozenset(export.place(name) for name in export.members)
    source = _Source(Origin(capture=export.capture(member), file=place, place="$"), files, place.rpartition("/")[0])
    with export.open(member) as stream:
        name = export.name if export.single else f"{export.name}/{member}"
        yield from _telegram.together(_chat(records.Json(_mended(stream), name), "$", source))
    yield from _left_out(source)
    pages = [name for name in export.members if name != member and _PAGES.fullmatch(name)]
    if pages:
        yield Notice(
            kind="left-out",
            says=f"Not read: {_telegram.plural(len(pages), 'HTML page')} that show the same chats as result.json.",
            origin=source.origin,
            platform="telegram",
        )


@dataclass(slots=True)
class _Source:
    """The export that is being read."""

    origin: Origin
    files: frozenset[str]
    """The full names of the export's members."""
    folder: str
    """Where the JSON lies; its file names start from there."""
    private: Counter[str] = field(default_factory=Counter)
    """Messages of private chats, by kind."""

    def at(self, place: str) -> Origin:
        return Origin(capture=self.origin.capture, file=self.origin.file, place=place)


class _Mended:
    """A stream in which `\\x0B`, as Telegram Desktop writes control characters against JSON's rules, is `\\u000B`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._rest = b""

    def read(self, size: int) -> bytes:
        chunk = self._stream.read(size)
        whole = self._rest + chunk
        cut = _ESCAPE_AT_END.search(whole) if chunk else None
        end = cut.start() if cut else len(whole)
        self._rest = whole[end:]
        mended = _ESCAPE.sub(rb"\1\\u00\2", whole[:end]) if b"\\x" in whole else whole[:end]
        return mended if mended or not chunk else self.read(size)


_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\x([0-9A-Fa-f]{2})")
_ESCAPE_AT_END = re.compile(rb"(?<!\\)\\+(?:x[0-9A-Fa-f]?)?\Z")


def _mended(stream: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", _Mended(stream))


def _chat(reader: records.Json, place: str, source: _Source) -> Iterator[Item]:
    """Yield what an object holds: a chat's messages, or the chats of an account."""
    facts: dict[str, Any] = {}
    for key in reader.keys():  # noqa: SIM118
        if key == "messages":
            yield from _messages(reader, facts, place, source)
        elif key in ("chats", "left_chats") and place == "$" and reader.peek() == "{":
            yield from _chats(reader, f"$.{key}", source)
        elif key in ("name", "type", "id"):
            facts[key] = reader.value()


def _chats(reader: records.Json, place: str, source: _Source) -> Iterator[Item]:
    for key in reader.keys():  # noqa: SIM118
        if key != "list" or reader.peek() != "[":
            continue
        for index in reader.items():
            inner = f"{place}.list[{index}]"
            if reader.peek() == "{":
                yield from _chat(reader, inner, source)
            else:
                yield Problem(origin=source.at(inner), reason="expected a chat as an object")


def _messages(reader: records.Json, facts: dict[str, Any], place: str, source: _Source) -> Iterator[Item]:
    """Yield the posts of a chat, unless it is private: then its messages are only counted."""
    kind = fields.optional(facts, "type", str)
    if reader.peek() != "[":
        yield Problem(origin=source.at(f"{place}.messages"), reason="expected messages as an array")
    elif kind is None:
        yield Problem(origin=source.at(place), reason="the kind of chat does not stand before its messages")
    elif not _telegram.KINDS.get(kind):
        source.private[kind if kind in _telegram.KINDS else "chat of an unknown kind"] += sum(1 for _ in reader.items())
    elif isinstance(chat := _opened(facts, kind, source.at(place)), Problem):
        yield chat
    else:
        for index, message in enumerate(reader.values()):
            yield from _items(message, chat, source, f"{place}.messages[{index}]")
        yield from _telegram.closing(chat)


def _opened(facts: dict[str, Any], kind: str, origin: Origin) -> _telegram.Chat | Problem:
    try:
        number = fields.required_id(facts, "id")
    except BadRecord as error:
        return Problem(origin=origin, reason=f"the chat: {error}")
    account = Account(id=f"channel{number}", name=fields.optional(facts, "name", str))
    return _telegram.Chat(number, account, kind.endswith("_channel"), origin)


def _items(message: Any, chat: _telegram.Chat, source: _Source, place: str) -> Iterator[Item]:
    """Yield what a record stands for: numbers absent before it, then a post, a notice, a problem, or nothing yet."""
    origin = source.at(place)
    number = fields.optional(message, "id", int)
    if number is not None:
        yield from _telegram.gap(chat, number, origin)
    kind = fields.optional(message, "type", str) or "message"
    if kind == "unsupported" and number is not None:
        yield _unsupported(chat, number, origin)
    elif kind != "message":
        action = _action(message, kind)
        chat.service[action] += 1
        if action == "topic created" and number is not None:
            chat.topics.add(number)
    else:
        built = fields.attempt(lambda record, at: _post(record, at, chat, source), message, origin)
        if isinstance(built, Post) and "forwarded_from" in message:
            yield from _telegram.with_original(built, _account(message, "forwarded_from"))
        else:
            yield built


def _action(message: Any, kind: str) -> str:
    """Return what a service message is about, in the word of the format."""
    word = (fields.optional(message, "action", str) or kind).replace("_", " ")
    return word if re.fullmatch(r"[a-z ]{1,40}", word) else "other"


def _unsupported(chat: _telegram.Chat, number: int, origin: Origin) -> Notice:
    return Notice(
        kind="gone",
        says="Telegram Desktop could not export this message; a newer version may.",
        origin=origin,
        platform="telegram",
        post=chat.post_id(number),
    )


def _post(message: Any, origin: Origin, chat: _telegram.Chat, source: _Source) -> Post:
    number = fields.required(message, "id", int)
    body = _body(message)
    time = _time(message)
    reply_to = _reply_to(message, chat)
    chat.undated += time is None
    return Post(
        platform="telegram",
        id=chat.post_id(number),
        author=_author(message, chat),
        time=time,
        text=body.text,
        reply_to=reply_to,
        links=tuple(body.links),
        mentions=tuple(body.mentions),
        tags=tuple(body.tags),
        media=tuple(_media(message, source)),
        origin=origin,
        edges_stated=reply_to is not None,
    )


def _author(message: Any, chat: _telegram.Chat) -> Account:
    account = _account(message, "from")
    if account.id and (account.id.startswith(("user", "channel", "chat")) or not chat.is_channel):
        return account
    return chat.account if chat.is_channel or account.name == chat.account.name else account


def _account(message: Any, key: str) -> Account:
    """Return the account under a key; exports from before 2021 give its name alone, or a number without a kind."""
    return Account(id=_peer(message, f"{key}_id"), name=fields.optional(message, key, str) or None)


def _peer(record: Any, key: str) -> str | None:
    """Return the id of a user, group or channel; None where there is none, or something that can't be one."""
    number = fields.optional(record, key, int)
    return str(number) if number is not None else fields.optional(record, key, str) or None


def _time(message: Any) -> datetime | None:
    """Return when a message was sent; None in exports that give no unix time."""
    stated = fields.optional_id(message, "date_unixtime")
    if stated is None:
        return None
    if not re.fullmatch(r"\d{1,11}", stated, re.ASCII):
        raise BadRecord(f"expected seconds since 1970 in 'date_unixtime', got {stated[:40]!r}")
    return times.from_unix(int(stated))


def _reply_to(message: Any, chat: _telegram.Chat) -> str | None:
    """Return the id of the message that is answered, which may stand in another chat; a topic is no message."""
    number = fields.optional(message, "reply_to_message_id", int)
    if number is None or number in chat.topics:
        return None
    peer = re.search(r"\d+$", _peer(message, "reply_to_peer_id") or "", re.ASCII)
    return f"{peer[0]}/{number}" if peer else chat.post_id(number)


def _body(message: Any) -> _telegram.Body:
    """Return the text, which is a string or a list of strings and marked parts."""
    stated = message.get("text", message.get("text_entities"))
    parts = [stated] if isinstance(stated, str) else stated
    if not isinstance(parts, list):
        raise BadRecord(f"expected a string or an array in 'text', got {'null' if parts is None else 'something else'}")
    body = _telegram.Body()
    for part in parts:
        if isinstance(part, str):
            body.add(fields.clean(part))
            continue
        kind = fields.optional(part, "type", str) or "plain"
        user = _peer(part, "user_id")
        more = fields.optional(part, "href", str) or (f"user{user}" if user else None)
        body.add(fields.required(part, "text", str), kind, more)
    return body


def _media(message: Any, source: _Source) -> Iterator[Media]:
    """Yield a message's picture, file, poll, place, contact, game or bill."""
    if photo := fields.optional(message, "photo", str):
        yield Media(type="image", url=None, file=_held(photo, source))
    if file := fields.optional(message, "file", str):
        yield Media(type=_media_type(message), url=None, file=_held(file, source))
    if poll := fields.optional(message, "poll", dict):
        yield Media(type="poll", url=None, alt=_poll(poll))
    if (place := fields.optional(message, "location_information", dict)) is not None:
        yield Media(type="card", url=_geo(place), alt=_joined(message, "place_name", "address"))
    if "contact_information" in message:
        yield Media(type="card", url=None)
    if "game_title" in message:
        url = fields.optional(message, "game_link", str)
        yield Media(type="card", url=url, alt=_joined(message, "game_title", "game_description"))
    if bill := fields.optional(message, "invoice_information", dict):
        yield Media(type="card", url=None, alt=_joined(bill, "title", "description"))


def _held(path: str, source: _Source) -> str | None:
    """Return the member that holds a file; None for files that were not exported ("(File not included...")."""
    place = f"{source.folder}/{path}" if source.folder else path
    return place if place in source.files else None


def _media_type(message: Any) -> str:
    kind = fields.optional(message, "media_type", str) or ""
    mime = (fields.optional(message, "mime_type", str) or "").partition("/")[0]
    return _MEDIA.get(kind) or (mime if mime in ("image", "video", "audio") else "file")


def _poll(poll: dict[str, Any]) -> str | None:
    answers = [fields.optional(answer, "text", str) for answer in fields.optional(poll, "answers", list) or ()]
    lines = [fields.optional(poll, "question", str), *(f"- {answer}" for answer in answers if answer)]
    return "\n".join(line for line in lines if line) or None


def _geo(place: dict[str, Any]) -> str | None:
    where = [place.get("latitude"), place.get("longitude")]
    return f"geo:{where[0]},{where[1]}" if all(type(number) in (int, float) for number in where) else None


def _joined(record: Any, *keys: str) -> str | None:
    return "\n".join(text for key in keys if (text := fields.optional(record, key, str))) or None


def _left_out(source: _Source) -> Iterator[Notice]:
    total = source.private.total()
    if source.private:
        kinds = ", ".join(f"{count:,} of {kind.replace('_', ' ')}" for kind, count in source.private.most_common())
        yield Notice(
            kind="left-out",
            says=f"{_telegram.plural(total, 'message')} of chats that are private or may be: {kinds}.",
            origin=source.origin,
            platform="telegram",
            state="private",
            count=total,
        )
