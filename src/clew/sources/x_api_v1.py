"""Posts as the X API v1.1 gave them: single, in arrays, in lines, in search pages, in streams, keyed by id, in trees.

What tools wrote down of it: twarc 1, twitter-to-sqlite, Hydrator, stream collectors, scrapers of the web client, and
the data sets of rumours that keep one file a post beside a `structure.json` (RumourEval, PHEME).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from clew import fields, records, times
from clew.errors import BadRecord, DamagedFile
from clew.exports import Export
from clew.posts import Account, Item, Notice, Origin, Post, Problem
from clew.sources import _x_v1

NAME = "x_api_v1"
SIGN = (
    "JSON with id_str and in_reply_to_status_id, favorited or full_text; folders with source-tweet and structure.json"
)
HOLDS = "Text with its links, the post that each one answers, quoted and reposted posts whole, deletions in streams."
LACKS = "What belongs to one conversation, edits, and long posts of 2023 and later."
LOST = "Text beyond 140 characters (`extended_tweet`), exact ids (`id` as a number), and the notices of a stream."

#: Keys that only a post has, not an account; three of them, so that no other format passes.
_KEYS = (
    rb'"full_text"\s*:\s*"',
    rb'"truncated"\s*:\s*(?:true|false)',
    rb'"favorite_count"\s*:',
    rb'"favorited"\s*:',
    rb'"retweet_count"\s*:',
    rb'"retweeted"\s*:',
    rb'"in_reply_to_status_id(?:_str)?"\s*:',
    rb'"in_reply_to_screen_name"\s*:',
    rb'"is_quote_status"\s*:',
    rb'"display_text_range"\s*:',
    rb'"contributors"\s*:',
    rb'"created_at"\s*:\s*"\w{3} \w{3} \d\d \d\d:\d\d:\d\d [+-]\d{4} \d{4}"',
    rb'"source"\s*:\s*"(?:\\u003[cC]|<)a ',
)
_FOREIGN = re.compile(
    rb'"(?:legacy|rest_id|__typename|tweet_results|item_id|nav_index|normalized|data)"\s*:|\[\s*\{\s*"tweet"\s*:\s*\{'
)
_NOTICE = re.compile(
    rb'\s*\{\s*"(?:delete"\s*:\s*\{\s*"status|limit"\s*:\s*\{\s*"(?:track|timestamp_ms)|status_withheld"\s*:\s*\{)'
)
_PAGE = re.compile(rb'\s*\{\s*"(?:statuses|tweets|search_metadata|users|globalObjects)"\s*:|\s*\{\s*"id"\s*:\s*\{')
_KEYED = re.compile(rb'\s*\{\s*"tweets"\s*:\s*\{\s*"\d{2,19}"\s*:\s*\{')
_SOURCE = re.compile(r"(?:.+/)?\d+/source-tweets?/\d+\.json")
_TREE_POST = re.compile(r"(?P<folder>(?:.+/)?\d+/)(?:(?:source-tweets?|replies|reactions)/\d+|retweets)\.json")

#: What streams send beside posts and notices of posts.
_MESSAGES = frozenset(
    "disconnect warning scrub_geo event friends friends_str user_withheld for_user control user_update user_delete"
    " user_undelete user_protect user_unprotect user_suspend user_unsuspend".split()
)


_IDS = frozenset({"id_str", "id"})
_POSTS = frozenset({"statuses", "tweets", "id"})
_USERS = frozenset({"users"})


@dataclass(frozen=True, slots=True)
class _Absent:
    """An id that was asked for and has null in place of a post."""

    id: str


def claims(export: Export) -> bool:
    """Say whether the first bytes have the keys of such posts, or the folder is a set of conversation trees."""
    if any(_SOURCE.fullmatch(member) for member in export.members):
        return any(member.endswith("structure.json") for member in export.members)
    if export.single is None:
        return False
    head = export.head(export.single).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith((b"{", b"[")) or _FOREIGN.search(head):
        return False
    found = sum(1 for key in _KEYS if re.search(key, head))
    return found >= 3 or bool(_NOTICE.match(head)) or (found == 2 and bool(_KEYED.match(head)))


def read(export: Export) -> Iterator[Item]:
    """Yield each post and, right after it, those that it holds whole; notices of deletions as they come.

    One record is held at a time; of JSON that is keyed by id also the names of the accounts; of a tree its ids.
    Messages of a stream that are about no post, and accounts without a post, are counted in one notice at the end.
    """
    reader = _Reader(export)
    if _is_tree(export):
        for folder, members in _trees(export).items():
            yield from reader.tree(folder, members)
    else:
        yield from reader.file(export.members[0])
    yield from reader.left_out()


class _Reader:
    """Reads the files of one export and counts the records that are no posts."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._members = frozenset(export.members)
        self._accounts: dict[str, Account] = {}
        self._conversation: str | None = None
        self._left_out = 0
        self._first_left_out: Origin | None = None

    def file(self, member: str) -> Iterator[Item]:
        """Yield what one file holds, whatever its shape."""
        head = self._export.head(member).removeprefix(b"\xef\xbb\xbf").lstrip()
        keyed = bool(_PAGE.match(head))
        if not keyed and re.match(rb'\{[ \t]*"', head):
            yield from self._lines(member)
            return
        if keyed:
            self._accounts = dict(self._known_accounts(member))
        with self._export.open(member) as stream:
            json = records.Json(stream, f"{self._export.name}/{member}")
            for place, record in _walked(json, _POSTS) if keyed else _values(json):
                yield from self._items(record, self._origin(member, place))

    def tree(self, folder: str, members: list[str]) -> Iterator[Item]:
        """Yield the posts of one conversation, and a notice for each id in its tree that has no file."""
        self._conversation = folder.rstrip("/").rpartition("/")[2]
        held: set[str] = set()
        for member in members:
            held.add(member.rpartition("/")[2].removesuffix(".json"))
            yield from self._whatever_stands(member, self.file(member))
        member = f"{folder}structure.json"
        if member in self._members:
            yield from self._whatever_stands(member, self._missing(member, held))

    def _whatever_stands(self, member: str, items: Iterator[Item]) -> Iterator[Item]:
        """Yield the items of one of many files; a damaged one is a problem and not the end."""
        try:
            yield from items
        except DamagedFile as error:
            yield Problem(origin=self._origin(member, "$"), reason=error.reason)

    def left_out(self) -> Iterator[Notice]:
        """Yield the one notice about records that are no posts."""
        if self._first_left_out is not None:
            records = (
                "1 record that is no post" if self._left_out == 1 else f"{self._left_out:,} records that are no posts"
            )
            says = f"Left out: {records} (accounts, messages of the stream)."
            origin = self._first_left_out
            yield Notice(kind="left-out", says=says, origin=origin, platform="x", count=self._left_out)

    def _origin(self, member: str, place: str) -> Origin:
        return Origin(capture=self._export.capture(member), file=self._export.place(member), place=place)

    def _lines(self, member: str) -> Iterator[Item]:
        capture, file = self._export.capture(member), self._export.place(member)
        with self._export.open(member) as stream:
            for number, line in records.lines(stream):
                origin = Origin(capture=capture, file=file, place=f"line {number}")
                record = _decoded(line)
                if isinstance(record, BadRecord):
                    yield Problem(origin=origin, reason=str(record))
                else:
                    yield from self._items(record, origin)

    def _known_accounts(self, member: str) -> Iterator[tuple[str, Account]]:
        """Yield the accounts that stand beside posts keyed by id, since such posts name their authors by id alone."""
        with self._export.open(member) as stream:
            for _, user in _walked(records.Json(stream, f"{self._export.name}/{member}"), _USERS):
                with suppress(BadRecord):
                    account = _x_v1.account(user)
                    if account.id:
                        yield account.id, account

    def _missing(self, member: str, held: set[str]) -> Iterator[Item]:
        with self._export.open(member) as stream:
            tree = records.Json(stream, f"{self._export.name}/{member}").value()
        for own, parent, place in _nodes(tree):
            if own not in held:
                yield Notice(
                    kind="gone",
                    says="The conversation's tree names this post; the data set holds no file of it.",
                    origin=self._origin(member, place),
                    platform="x",
                    post=own,
                    conversation=self._conversation,
                    reply_to=parent,
                )

    def _items(self, record: Any, origin: Origin) -> Iterator[Item]:
        """Yield the post of a record, then those inside it, outermost first; or what a message says."""
        waiting = [(origin, record)]
        while waiting:
            origin, record = waiting.pop()
            if not isinstance(record, dict):
                yield _not_a_post(record, origin)
            elif "screen_name" in record and "user" not in record:
                waiting += self._last_post(record, origin)
            elif not _IDS.isdisjoint(record):
                yield self._post(record, origin)
                if not _x_v1.EMBEDDED.isdisjoint(record):
                    waiting += [(_inside(origin, key), inner) for key, inner in reversed(_x_v1.embedded(record))]
            else:
                yield from self._message(record, origin)

    def _last_post(self, user: dict[str, Any], origin: Origin) -> Iterator[tuple[Origin, Any]]:
        """Yield the last post of an account, which stands inside it in answers about accounts."""
        status = user.get("status")
        if isinstance(status, dict):
            yield _inside(origin, "status"), {**status, "user": user}
        else:
            self._leave_out(origin)

    def _leave_out(self, origin: Origin) -> None:
        self._left_out += 1
        self._first_left_out = self._first_left_out or origin

    def _post(self, record: dict[str, Any], origin: Origin) -> Item:
        item = fields.attempt(self._built, record, origin)
        return item if isinstance(item, Problem) else _x_v1.standing_in(item) or item

    def _built(self, record: dict[str, Any], origin: Origin) -> Post:
        user = record.get("user")
        author = _x_v1.account(user) if isinstance(user, dict) else self._author(record)
        post = _x_v1.post(record, author, origin)
        if self._conversation and not post.conversation:
            return msgspec.structs.replace(post, conversation=self._conversation)
        return post

    def _author(self, record: dict[str, Any]) -> Account:
        own_id = fields.optional_id(record, "user_id_str", "user_id")
        return self._accounts.get(own_id or "") or Account(id=own_id)

    def _message(self, record: dict[str, Any], origin: Origin) -> Iterator[Item]:
        """Yield what a message says: of a stream, or an answer that is an error."""
        kind = next(iter(record), "")
        message = record[kind] if kind else None
        if kind == "delete" and isinstance(message, dict):
            yield fields.attempt(_deleted, message, origin)
        elif kind == "status_withheld" and isinstance(message, dict):
            yield fields.attempt(_withheld, message, origin)
        elif kind == "limit":
            yield _limited(message, origin)
        elif kind == "disconnect":
            says = "X broke the stream off here; what was posted later is not in the capture."
            yield Notice(kind="cut", says=says, origin=origin, platform="x")
        elif kind in _MESSAGES:
            self._leave_out(origin)
        else:
            yield Problem(origin=origin, reason="expected a post, got an object without 'id_str'")


def _is_tree(export: Export) -> bool:
    return any(_SOURCE.fullmatch(member) for member in export.members)


def _trees(export: Export) -> dict[str, list[str]]:
    """Return the folders of conversations with the files of their posts; the source post comes first."""
    found: dict[str, list[str]] = {}
    for member in export.members:
        if post := _TREE_POST.fullmatch(member):
            found.setdefault(post["folder"], []).append(member)
    for members in found.values():
        members.sort(key=lambda member: "/source-tweet" not in member)
    return found


def _nodes(tree: Any) -> Iterator[tuple[str, str | None, str]]:
    """Yield each id of a tree with its parent's and its place, parents first; leaves are empty arrays."""
    waiting: list[tuple[Any, str | None, str]] = [(tree, None, "$")]
    while waiting:
        answers, parent, place = waiting.pop()
        for own, inner in answers.items() if isinstance(answers, dict) else ():
            own = fields.clean(own)
            yield own, parent, f"{place}.{own}"
            waiting.append((inner, own, f"{place}.{own}"))


def _decoded(line: bytes | None) -> Any:
    """Return the value of a line, or the BadRecord that says what is amiss."""
    if line is None:
        return BadRecord(f"a line longer than {records.LIMIT // 1024 // 1024} MB")
    try:
        return _x_v1.decoded(line)
    except BadRecord as error:
        return error


def _values(json: records.Json) -> Iterator[tuple[str, Any]]:
    """Yield the records of a JSON text, or of several one after the other, with their places."""
    place = "$"
    while following := json.peek():
        if following == "[":
            yield from _listed(json, place)
        else:
            yield place, json.value()
        place = f"character {json.position} $"


def _walked(json: records.Json, wanted: frozenset[str], place: str = "$") -> Iterator[tuple[str, Any]]:
    """Yield what a page holds under the wanted keys; other keys are passed over."""
    for key in json.keys():  # noqa: SIM118
        if key in wanted:
            yield from _listed(json, f"{place}.{key}")
        elif key == "globalObjects" and json.peek() == "{":
            yield from _walked(json, wanted, f"{place}.{key}")


def _listed(json: records.Json, place: str) -> Iterator[tuple[str, Any]]:
    """Yield the values of the array, or of the object keyed by id, that comes next."""
    following = json.peek()
    if following == "[":
        for index, value in enumerate(json.values()):
            yield f"{place}[{index}]", value
    elif following == "{":
        for key in json.keys():  # noqa: SIM118
            value = json.value()
            yield f'{place}["{fields.clean(key)}"]', _Absent(fields.clean(key)) if value is None else value


def _inside(origin: Origin, key: str) -> Origin:
    return msgspec.structs.replace(origin, place=_x_v1.at(origin.place, key))


def _not_a_post(record: object, origin: Origin) -> Item:
    if isinstance(record, _Absent):
        says = "X was asked for this post and gave nothing: it is deleted, or out of reach for who asked."
        return Notice(kind="gone", says=says, origin=origin, platform="x", post=record.id)
    return Problem(origin=origin, reason="expected a post, got a value that is no object")


def _deleted(message: dict[str, Any], origin: Origin) -> Notice:
    status = fields.required(message, "status", dict)
    return Notice(
        kind="gone",
        says="The stream says that its author deleted this post.",
        origin=origin,
        platform="x",
        post=fields.required_id(status, "id_str", "id"),
        author=Account(id=fields.optional_id(status, "user_id_str", "user_id")),
        state="deleted",
        time=_milliseconds(message),
    )


def _withheld(message: dict[str, Any], origin: Origin) -> Notice:
    return Notice(
        kind="gone",
        says="The stream says that X withholds this post in some countries.",
        origin=origin,
        platform="x",
        post=fields.required_id(message, "id_str", "id"),
        author=Account(id=fields.optional_id(message, "user_id_str", "user_id")),
        state="withheld",
        time=_milliseconds(message),
    )


def _limited(message: object, origin: Origin) -> Notice:
    count = fields.optional(message, "track", int)
    if count is not None and not 0 < count < 2**53:
        count = None
    lost = "some posts" if count is None else f"{count:,} posts since it began"
    says = f"The stream was over its limit here and left out {lost}."
    return Notice(kind="cut", says=says, origin=origin, platform="x", count=count, time=_milliseconds(message))


def _milliseconds(message: object) -> datetime | None:
    text = fields.optional(message, "timestamp_ms", str)
    return (
        times.from_unix(int(text) / 1000) if text and text.isascii() and text.isdecimal() and len(text) < 15 else None
    )
