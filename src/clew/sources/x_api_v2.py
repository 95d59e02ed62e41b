"""Posts as the X API v2 gives them: pages with their includes, flattened lines, streams, compliance lists.

As twarc 2, academictwitteR and many scripts write them: one page a line or a file, data and includes together or apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from clew import fields, records, times
from clew.errors import BadRecord, DamagedFile
from clew.exports import Export
from clew.posts import Account, Item, Media, Notice, Origin, Post, Problem, State, Version
from clew.sources import _x, _x_v1, _x_v2

NAME = "x_api_v2"
SIGN = (
    "JSON with edit_history_tweet_ids, referenced_tweets, author_id and their like, as pages (data, includes) or lines"
)
HOLDS = "Text with its links, the post answered, the conversation, edits, long texts, and why a post is not there."
LACKS = "What a request did not ask for: without expansions no names of authors, without fields no answered posts."
LOST = "The errors that say why a post is missing, long texts (`note_tweet`), and that a query has more pages."

#: Keys of posts alone; two of them, or the first, so that no other format passes.
_KEYS = (
    rb'"edit_history_tweet_ids"\s*:\s*\[',
    rb'"referenced_tweets"\s*:\s*\[\s*\{\s*"(?:type|id)"',
    rb'"public_metrics"\s*:\s*\{\s*"(?:retweet|reply|like|quote|impression|bookmark)_count"',
    rb'"author_id"\s*:\s*"\d',
    rb'"conversation_id"\s*:\s*"\d',
    rb'"context_annotations"\s*:\s*\[',
    rb'"in_reply_to_user_id"\s*:\s*"\d',
    rb'"possibly_sensitive"\s*:\s*(?:true|false)',
    rb'"reply_settings"\s*:\s*"',
)
_ACCOUNTS = re.compile(
    rb'\s*\{\s*"(?:data|users)"\s*:\s*\[(?=.*"username"\s*:\s*")'
    rb'(?=.*"(?:pinned_tweet_id"\s*:\s*"\d|public_metrics"\s*:\s*\{[^}]*"followers_count))',
    re.DOTALL,
)
_PLAIN = re.compile(
    rb'\s*\{\s*"data"\s*:\s*\[?\s*\{\s*(?:"id"\s*:\s*"\d{2,19}"\s*,\s*"text"\s*:\s*"(?:[^"\\]|\\.)*"'
    rb'|"text"\s*:\s*"(?:[^"\\]|\\.)*"\s*,\s*"id"\s*:\s*"\d{2,19}")\s*\}'
)
_EVENT = re.compile(rb'\s*\{\s*"data"\s*:\s*\{\s*"(?:delete|drop|undrop|withheld|tweet_edit)"\s*:\s*\{\s*"tweet"\s*:')
_COMPLIANCE = re.compile(rb'\s*\{\s*"id"\s*:\s*"(\d+)"\s*,\s*"action"\s*:\s*"\w+"\s*,\s*"created_at"\s*:\s*"([^"]+)"')
_FOREIGN = re.compile(
    rb'"(?:__typename|rest_id|legacy|\$type|_type|full_text|id_str|tweet_id|user_screen_name|nav_index|normalized'
    rb'|platform)"\s*:'
)
_PAGE = re.compile(rb'\s*\{\s*"(?:data|includes|errors|meta|users|tweets|media)"\s*:')
_PAGE_KEYS = frozenset({"data", "includes", "errors", "meta", "users", "tweets", "media", "polls"})
_DATA_FILE, _USERS_FILE = re.compile(r"data_(\d+)\.json"), re.compile(r"users_(\d+)\.json")

#: Why an answer does not hold a post: title of the error, state, what it means in our words.
_ERRORS: dict[str, tuple[State, str]] = {
    "Not Found Error": ("absent", "X could not find this post when it was asked for: deleted, or its account is gone."),
    "Authorization Error": (
        "gated",
        "X did not show this post to the one who asked: its account is protected or blocked.",
    ),
    "Forbidden": ("tombstone", "X does not show this post: its author's account is suspended."),
}
_UNEXPLAINED: tuple[State, str] = ("absent", "X answered the request for this post with an error.")

_UNHEARD: tuple[State, str] = (
    "absent",
    "X's compliance list says that this post has to go, for a reason clew does not know.",
)

_REASONS: dict[str, tuple[State, str]] = {
    "deleted": ("deleted", "X's compliance list says that this post was deleted."),
    "deactivated": ("tombstone", "X's compliance list says that the author's account was deactivated."),
    "suspended": ("tombstone", "X's compliance list says that the author's account was suspended."),
    "protected": ("private", "X's compliance list says that the author's account is protected."),
}
_EVENTS: dict[str, tuple[State, str]] = {
    "delete": ("deleted", "X's compliance stream says that this post was deleted."),
    "drop": ("tombstone", "X's compliance stream says that this post was taken out of public view."),
    "withheld": ("withheld", "X's compliance stream says that this post is withheld in some countries."),
}


def claims(export: Export) -> bool:
    """Say whether the first bytes have the keys of such posts, or a folder holds nothing but pages of them."""
    if export.single is not None:
        return _is_v2(export.head(export.single))
    if any("/" in member for member in export.members):
        return False
    if any(_DATA_FILE.fullmatch(member) for member in export.members):
        return all(
            _DATA_FILE.fullmatch(member) or _USERS_FILE.fullmatch(member) or member == "query"
            for member in export.members
        )
    return len(export.members) > 1 and all(
        member.endswith((".json", ".jsonl")) and _PAGE.match(export.head(member)) and _is_v2(export.head(member))
        for member in export.members
    )


def _is_v2(head: bytes) -> bool:
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith((b"{", b"[")) or _FOREIGN.search(head):
        return False
    if _PLAIN.match(head) or _EVENT.match(head) or _ACCOUNTS.match(head) or _lists_posts(head):
        return True
    found = [key for key in _KEYS if re.search(key, head)]
    return len(found) >= 2 or found == [_KEYS[0]]


def _lists_posts(head: bytes) -> bool:
    """Say whether it is a compliance list of posts; one of accounts looks alike, but ids of posts hold their time."""
    found = _COMPLIANCE.match(head)
    made = times.from_snowflake(found[1].decode()) if found else None
    if found is None or made is None:
        return False
    try:
        written = times.from_iso(found[2].decode("utf-8", "replace"))
    except (ValueError, OverflowError):
        return False
    return abs(made - written) < timedelta(seconds=2)


def read(export: Export) -> Iterator[Item]:
    """Yield the posts of each page, then those of its includes, then why others are missing; at the end what was cut.

    A post whose wordings stand together in a page comes once, in the last of them; ids of other wordings are ids of
    Versions, with an empty text where the page does not give it. Errors about accounts and media are passed over.

    Held in memory: one line, or of a file that is one page the names of its accounts, its media and edited posts.

    Raises:
        DamagedFile: A file that is no JSON Lines breaks off; what stands before it and in other files comes first.
    """
    reader = _Reader(export)
    damage: DamagedFile | None = None
    for member in _first_files(export.members):
        try:
            yield from reader.file(member)
        except DamagedFile as error:
            damage = damage or error
    yield from reader.end()
    if damage:
        raise damage


def _first_files(members: tuple[str, ...]) -> list[str]:
    """Return the files to begin with: of data and users that stand apart, those of data, and users without data."""
    data = {found[1]: member for member in members if (found := _DATA_FILE.fullmatch(member))}
    if not data or len(members) == 1:
        return list(members)
    alone = [member for member in members if (found := _USERS_FILE.fullmatch(member)) and found[1] not in data]
    return [*data.values(), *alone]


@dataclass(slots=True)
class _Page:
    """What the posts of a page share: what its includes say of accounts and media, and wordings of edited posts."""

    accounts: dict[str, Account] = field(default_factory=dict)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    wordings: dict[str, Version] = field(default_factory=dict)
    asked: bool = False
    """Whether some post of the page names what it refers to: then the others refer to nothing."""

    def learn(self, kind: str, record: Any) -> None:
        """Take in one record; a bad one is left to the reading of the posts, which speaks of it."""
        with suppress(BadRecord):
            if kind == "users":
                account = _account(record)
                self.accounts[account.id or ""] = account
            elif kind in ("media", "polls"):
                self.media[fields.required_id(record, "media_key", "id")] = record
            elif kind in ("data", "tweets") and isinstance(record, dict):
                self.asked = self.asked or "referenced_tweets" in record
                if len(_history(record)) > 1:
                    post = self.post(record, Origin(capture="", file="", place=""))
                    self.wordings[post.id] = Version(id=post.id, time=_time(record, post.id), text=post.text)

    def replaced(self, record: Any, own_id: str) -> bool:
        """Say whether the page holds a later wording of the post."""
        if not self.wordings:
            return False
        history = _history(record)
        later = history[history.index(own_id) + 1 :] if own_id in history else []
        return any(each in self.wordings for each in later)

    def post(self, record: Any, origin: Origin) -> Post:
        """Return the post of a record.

        Raises:
            BadRecord: It has no id or no text.
        """
        own_id = fields.required_id(record, "id")
        body = self._body(record, own_id)
        refers, history = _referenced(record), _history(record)
        reply_to, reposts = refers.get("replied_to"), refers.get("retweeted")
        conversation = fields.optional_id(record, "conversation_id")
        is_root = reply_to is None and self._is_root(record, own_id, conversation, history)
        time = _time(record, own_id)
        first, edited = (time, None) if len(history) < 2 else self._times(time, own_id, history)
        return Post(
            platform="x",
            id=own_id,
            author=self._author(record),
            time=first,
            text=body.text,
            reply_to=reply_to,
            reply_to_author=fields.optional_id(record, "in_reply_to_user_id"),
            conversation=conversation,
            quotes=refers.get("quoted"),
            reposts=reposts,
            language=fields.optional(record, "lang", str),
            links=body.links,
            mentions=body.mentions,
            tags=body.tags,
            media=self._attached(record) if "attachments" in record else (),
            origin=origin,
            edges_stated=reply_to is not None or is_root,
            cut=_is_cut(record, body.text, reposts),
            versions=tuple(self._version(each) for each in history if each != own_id) if len(history) > 1 else (),
            edited=edited,
        )

    def _author(self, record: dict[str, Any]) -> Account:
        author = record.get("author")
        if author and isinstance(author, dict) and "id" in author:
            return _account(author)
        own_id = fields.optional_id(record, "author_id")
        return self.accounts.get(own_id or "") or Account(id=own_id)

    def _body(self, record: dict[str, Any], own_id: str) -> _x.Body:
        """Return the whole text of a post: that of `note_tweet` where it is longer than posts used to be."""
        note = fields.optional(record, "note_tweet", dict)
        if note is not None and (long := fields.optional(note, "text", str)):
            return _x.body(long, _x.v2_entities(note.get("entities") or record.get("entities")))
        entities = _x_v1.without_own_links(_x.v2_entities(record.get("entities")), own_id)
        return _x.body(fields.required(record, "text", str), entities)

    def _attached(self, record: dict[str, Any]) -> tuple[Media, ...]:
        attachments = fields.optional(record, "attachments", dict)
        if not attachments:
            return ()
        whole = fields.optional(attachments, "media", list) or ()
        poll = fields.optional(attachments, "poll", dict)
        keys = [
            each
            for kind in ("media_keys", "poll_ids")
            for each in fields.optional(attachments, kind, list) or ()
            if isinstance(each, str)
        ]
        items = [*whole, *([poll] if poll else ())] or [self.media[key] for key in keys if key in self.media]
        return tuple(_x.v2_media(item) for item in items if isinstance(item, dict))

    def _times(self, time: datetime | None, own_id: str, history: list[str]) -> tuple[datetime | None, datetime | None]:
        """Return when an edited post was published and when it was last edited: each wording has a time of its own."""
        first, last = (time if each == own_id else self._version(each).time for each in (history[0], history[-1]))
        return first, last

    def _version(self, own_id: str) -> Version:
        """Return a wording of a post that was edited; without words where the page has no more than its id."""
        return self.wordings.get(own_id) or Version(id=own_id, time=times.from_snowflake(own_id), text="")

    def _is_root(self, record: dict[str, Any], own_id: str, conversation: str | None, history: list[str]) -> bool:
        """Say whether the record shows that the post answers none."""
        if conversation is None:
            return "in_reply_to_user_id" not in record and (self.asked or "referenced_tweets" in record)
        return conversation == own_id or conversation in history


class _Reader:
    """Reads the files of one export and remembers what was cut or left out."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._left_out = 0
        self._first_left_out: Origin | None = None
        self._open_end: Origin | None = None
        self._ends = 0

    def file(self, member: str) -> Iterator[Item]:
        """Yield what one file holds."""
        head = self._export.head(member).removeprefix(b"\xef\xbb\xbf").lstrip()
        if re.match(rb'\{[ \t]*"', head):
            yield from self._lines(member)
        elif head.startswith(b"{"):
            yield from self._object(member)
        else:
            yield from self._array(member)

    def end(self) -> Iterator[Notice]:
        """Yield what is to be said of the whole: that a query has more pages, and how many accounts were left out."""
        if self._open_end is not None and (len(self._export.members) == 1 or not self._ends):
            says = "The query had more results: the last page names a next one that is not here."
            yield Notice(kind="cut", says=says, origin=self._open_end, platform="x")
        if self._first_left_out is not None:
            what = (
                "1 record that is no post" if self._left_out == 1 else f"{self._left_out:,} records that are no posts"
            )
            says = f"Left out: {what} (accounts, events that hide no post)."
            origin = self._first_left_out
            yield Notice(kind="left-out", says=says, origin=origin, platform="x", count=self._left_out)

    def _origin(self, member: str, place: str) -> Origin:
        return Origin(capture=self._export.capture(member), file=self._export.place(member), place=place)

    def _lines(self, member: str) -> Iterator[Item]:
        capture, file = self._export.capture(member), self._export.place(member)
        with self._export.open(member) as stream:
            for number, line in records.lines(stream):
                origin = Origin(capture=capture, file=file, place=f"line {number}")
                if line is None:
                    yield Problem(origin=origin, reason=f"a line longer than {records.LIMIT // 1024 // 1024} MB")
                    continue
                try:
                    value = _x_v2.decoded(line)
                except BadRecord as error:
                    yield Problem(origin=origin, reason=str(error))
                else:
                    yield from self._value(value, origin, _Page())

    def _array(self, member: str) -> Iterator[Item]:
        """Yield what an array holds, of posts or of pages; a file of users beside it is its includes."""
        page = _Page()
        users = "users_" + member.removeprefix("data_") if _DATA_FILE.fullmatch(member) else ""
        if users in self._export.members:
            self._learn(users, page)
        with self._export.open(member) as stream:
            json = records.Json(stream, f"{self._export.name}/{member}")
            for index, value in enumerate(json.values()):
                yield from self._value(value, self._origin(member, f"$[{index}]"), page)
        if users in self._export.members:
            yield from self._pages(users, page)

    def _object(self, member: str) -> Iterator[Item]:
        """Yield what an object that fills many lines holds: a page, which is walked twice, or one post."""
        if _PAGE.match(self._export.head(member).removeprefix(b"\xef\xbb\xbf")):
            page = _Page()
            self._learn(member, page)
            yield from self._pages(member, page)
            return
        with self._export.open(member) as stream:
            json = records.Json(stream, f"{self._export.name}/{member}")
            place = "$"
            while json.peek():
                yield from self._value(json.value(), self._origin(member, place), _Page())
                place = f"character {json.position} $"

    def _pages(self, member: str, page: _Page) -> Iterator[Item]:
        with self._export.open(member) as stream:
            for kind, place, record in _walked(records.Json(stream, f"{self._export.name}/{member}")):
                yield from self._part(kind, record, self._origin(member, place), page)

    def _learn(self, member: str, page: _Page) -> None:
        """Take in the includes of a page, which stand behind the posts that need them."""
        with suppress(DamagedFile), self._export.open(member) as stream:
            for kind, _, record in _walked(records.Json(stream, member)):
                page.learn(kind, record)

    def _value(self, value: Any, origin: Origin, page: _Page) -> Iterator[Item]:
        """Yield what one line or one element of an array holds: a page, a flattened post, a line of a list."""
        if not isinstance(value, dict):
            yield Problem(origin=origin, reason="expected a post or a page of posts, got a value that is no object")
        elif not _PAGE_KEYS.isdisjoint(value) and "id" not in value:
            parts = list(_parts(value, origin.place))
            page = _Page()
            for kind, _, record in parts:
                page.learn(kind, record)
            for kind, place, record in parts:
                yield from self._part(kind, record, _placed(origin, place), page)
        elif "action" in value and "text" not in value:
            yield from self._listed(value, origin)
        elif "title" in value and "text" not in value:
            yield Problem(origin=origin, reason="an answer that is an error, not a post")
        else:
            if embedded := _embedded(value):
                page = _Page(accounts=page.accounts, media=page.media, asked=True)
                for record in (value, *(inner for _, inner in embedded)):
                    page.learn("tweets", record)
            yield from self._tweet(value, origin, page)

    def _part(self, kind: str, record: Any, origin: Origin, page: _Page) -> Iterator[Item]:
        """Yield what one record of a page says."""
        if kind in ("data", "tweets"):
            if isinstance(record, dict) and "username" in record and "text" not in record:
                self._leave_out(origin)
            elif isinstance(record, dict) and "id" not in record and (event := _event(record)):
                yield from self._happened(event, record[event], origin)
            else:
                yield from self._tweet(record, origin, page)
        elif kind == "errors":
            yield from _error(record, origin)
        elif kind == "meta" and isinstance(record, dict):
            more = bool(record.get("next_token"))
            self._open_end = origin if more else None
            self._ends += not more

    def _listed(self, record: dict[str, Any], origin: Origin) -> Iterator[Item]:
        """Yield what a line of a compliance list says."""
        reason = fields.optional(record, "reason", str) or ""
        if record.get("action") != "delete" or reason == "scrub_geo":
            self._leave_out(origin)
            return
        state, says = _REASONS.get(reason, _UNHEARD)
        gone = _Gone(record, says, state, "redacted_at")
        yield fields.attempt(_gone, gone, origin)

    def _happened(self, event: str, record: dict[str, Any], origin: Origin) -> Iterator[Item]:
        """Yield what an event of a compliance stream says."""
        if event not in _EVENTS:
            self._leave_out(origin)
            return
        state, says = _EVENTS[event]
        gone = _Gone(record["tweet"], says, state, "event_at", record)
        yield fields.attempt(_gone, gone, origin)

    def _leave_out(self, origin: Origin) -> None:
        self._left_out += 1
        self._first_left_out = self._first_left_out or origin

    def _tweet(self, record: Any, origin: Origin, page: _Page) -> Iterator[Item]:
        """Yield the post of a record, then those that it holds whole; nothing for a wording that was replaced."""
        waiting = [(record, origin)]
        while waiting:
            record, origin = waiting.pop()
            item = fields.attempt(page.post, record, origin)
            if isinstance(item, Problem) or not page.replaced(record, item.id):
                yield _standing_in(item) or item if isinstance(item, Post) else item
            if inner := _embedded(record):
                waiting += [(each, _placed(origin, _x_v1.at(origin.place, key))) for key, each in reversed(inner)]


def _walked(json: records.Json) -> Iterator[tuple[str, str, Any]]:
    """Yield the records of a page, or of several one after the other, one at a time: kind, place, record."""
    place = "$"
    while json.peek():
        for key in json.keys():  # noqa: SIM118
            if key == "includes" and json.peek() == "{":
                for kind in json.keys():  # noqa: SIM118
                    yield from _records(json, kind, f"{place}.includes.{kind}")
            elif key in _PAGE_KEYS:
                yield from _records(json, key, f"{place}.{key}")
        place = f"character {json.position} $"


def _records(json: records.Json, kind: str, place: str) -> Iterator[tuple[str, str, Any]]:
    if json.peek() == "[":
        for index, value in enumerate(json.values()):
            yield kind, f"{place}[{index}]", value
    else:
        value = json.value()
        if isinstance(value, dict):
            yield kind, place, value


def _parts(page: dict[str, Any], place: str) -> Iterator[tuple[str, str, Any]]:
    """Yield the records of a page that is in memory: kind, place, record."""
    found: list[tuple[tuple[str, ...], Any]] = []
    for key, value in page.items():
        if key == "includes" and isinstance(value, dict):
            found += [((key, kind), records) for kind, records in value.items()]
        elif key in _PAGE_KEYS:
            found.append(((key,), value))
    for keys, value in found:
        whole = _x_v1.at(place, *(fields.clean(key) for key in keys))
        if isinstance(value, dict):
            yield keys[-1], whole, value
        for index, record in enumerate(value) if isinstance(value, list) else ():
            yield keys[-1], f"{whole}[{index}]", record


def _placed(origin: Origin, place: str) -> Origin:
    return msgspec.structs.replace(origin, place=place)


def _embedded(record: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return the posts that a flattened post holds whole, with their places in it."""
    if not isinstance(record, dict) or not record.get("referenced_tweets"):
        return []
    return [
        (f"referenced_tweets[{index}]", inner)
        for index, inner in enumerate(fields.optional(record, "referenced_tweets", list) or ())
        if isinstance(inner, dict) and "text" in inner
    ]


def _account(user: object) -> Account:
    return Account(
        id=fields.required_id(user, "id"),
        handle=fields.optional(user, "username", str),
        name=fields.optional(user, "name", str),
    )


def _history(record: Any) -> list[str]:
    """Return the ids of a post's wordings, oldest first."""
    ids = fields.optional(record, "edit_history_tweet_ids", list)
    if not ids:
        return []
    return [each for each in ids if isinstance(each, str) and each.isascii() and each.isdecimal()]


def _referenced(record: dict[str, Any]) -> dict[str, str | None]:
    """Return the ids that a post refers to: replied_to, quoted, retweeted."""
    found: dict[str, str | None] = {}
    if not record.get("referenced_tweets"):
        return found
    for reference in fields.optional(record, "referenced_tweets", list) or ():
        kind = reference.get("type") if isinstance(reference, dict) else None
        if isinstance(kind, str) and kind not in found:
            found[kind] = fields.optional_id(reference, "id")
    return found


def _standing_in(post: Post) -> Notice | None:
    """Return the notice that X put in the place of the author's words, known by its words or its link to an article."""
    notice = _x_v1.standing_in(post)
    articles = ("https://support.twitter.com/articles/", "https://help.twitter.com/", "https://help.x.com/")
    if notice or not any(link.shown == "Learn more" and (link.url or "").startswith(articles) for link in post.links):
        return notice
    assert post.origin is not None
    return Notice(
        kind="gone",
        says="X put a notice of its own in the place of this post's words.",
        origin=post.origin,
        platform="x",
        post=post.id,
        author=post.author,
        conversation=post.conversation,
        reply_to=post.reply_to,
        state="tombstone",
    )


def _time(record: dict[str, Any], own_id: str) -> datetime | None:
    """Return when a post was published, from its id where the request did not ask for the time."""
    if "created_at" in record:
        return fields.required_time(record, "created_at", times.from_iso)
    return times.from_snowflake(own_id)


def _is_cut(record: dict[str, Any], text: str, reposts: str | None) -> bool:
    """Say whether a text is known to be shortened: a repost's, or one that ends in a link to the post itself."""
    if not text.endswith("…") or "note_tweet" in record:
        return False
    entities = fields.optional(record, "entities", dict)
    addresses = [fields.optional(link, "expanded_url", str) for link in fields.optional(entities, "urls", list) or ()]
    own = f"/i/web/status/{record['id']}"
    return reposts is not None or any(address and address.endswith(own) for address in addresses)


@dataclass(frozen=True, slots=True)
class _Gone:
    """What a list or an error tells of a post that is not given."""

    record: dict[str, Any]
    says: str
    state: State
    when: str = ""
    """The key of the time when it happened."""
    event: dict[str, Any] | None = None
    """What holds the time, where that is not the record."""


def _gone(gone: _Gone, origin: Origin) -> Notice:
    holder = gone.record if gone.event is None else gone.event
    author = fields.optional_id(gone.record, "author_id")
    time = None
    with suppress(BadRecord):
        time = fields.required_time(holder, gone.when, times.from_iso)
    return Notice(
        kind="gone",
        says=gone.says,
        origin=origin,
        platform="x",
        post=fields.required_id(gone.record, "resource_id", "value", "id"),
        author=Account(id=author) if author else None,
        state=gone.state,
        time=time,
    )


def _error(error: Any, origin: Origin) -> Iterator[Item]:
    """Yield the notice or problem of an error; nothing where it is about an account or a picture."""
    kind = fields.optional(error, "resource_type", str)
    if kind == "tweet":
        state, says = _ERRORS.get(fields.optional(error, "title", str) or "", _UNEXPLAINED)
        yield fields.attempt(_gone, _Gone(error, says, state), origin)
    elif isinstance(error, dict) and "disconnect_type" in error:
        says = "X broke the stream off here; what was posted later is not in the capture."
        yield Notice(kind="cut", says=says, origin=origin, platform="x")
    elif kind is None:
        yield Problem(origin=origin, reason="an answer that is an error, not a post")


def _event(record: dict[str, Any]) -> str | None:
    """Return the kind of a compliance event that is about a post."""
    return next((key for key, value in record.items() if isinstance(value, dict) and "tweet" in value), None)
