"""What X's web application receives (GraphQL): single responses, arrays and lines of them, bare tweet results.

The facts come from responses of 2023 to 2026 (samples/x_graphql). Posts stand in `entries` of any timeline, alone or in
modules, and as results of look-ups by id.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeAlias
from urllib.parse import parse_qs, urlsplit

import msgspec

from clew import fields, records
from clew.errors import BadRecord, DamagedFile
from clew.exports import HEAD, Export
from clew.posts import Item, Notice, Origin, Post, Problem
from clew.sources import _x_graphql
from clew.sources._x_graphql import inner

NAME = "x_graphql"
SIGN = "JSON with `instructions` of a Timeline, or tweet results with `__typename` and `rest_id`"
HOLDS = "Posts with reply edges, conversation, long text, quotes, edits, community notes, tombstones and cursors."
LACKS = "The words of a post's earlier versions; replies behind cursors that nobody followed."
LOST = (
    "Long text (`note_tweet`), posts in TweetWithVisibilityResults, tombstones and their reasons, "
    "and the cursors that tell that a conversation goes on."
)

_INSTRUCTIONS = re.compile(rb'"instructions"\s*:\s*\[')
_TIMELINE = re.compile(rb'"Timeline[A-Z]\w*"')
_RESULTS = re.compile(rb'"(?:tweetResult|tweet_results?)"\s*:')
_BARE = re.compile(rb'"__typename"\s*:\s*"Tweet(?:WithVisibilityResults|Tombstone|Unavailable)?"')
_FAILURE = re.compile(rb'"errors"\s*:\s*\[.*"tracing"\s*:\s*\{\s*"trace_id"', re.DOTALL)

_TWEETS = frozenset(
    {"Tweet", "TweetWithVisibilityResults", "TweetTombstone", "TweetUnavailable", "TweetPreviewDisplay"}
)
_RESULT_KEY = re.compile(r"tweet_?results?(?:_?by_?\w+)?", re.IGNORECASE)
_ENTRY_ID = re.compile(r"(?:tweet|tombstone)-(\d+)$")
_LISTS = frozenset({"entries", "moduleItems"})
_WHOLE = frozenset({"entry", "direction", "moduleEntryId", "errors"})
_ONWARD = frozenset({"Bottom", "ShowMore", "ShowMoreThreads", "ShowMoreThreadsPrompt"})
"""Cursors that lead to more of a conversation."""
_NO_SUCH_POST = 144
_DEEPEST = 40
"""Nothing that X sends lies deeper; what does is passed over."""

#: Something that matters in a response: what it is, where it stands, its value.
_Find: TypeAlias = tuple[str, str, Any]


def claims(export: Export) -> bool:
    """Say whether the first bytes hold a timeline's instructions, tweet results or X's way to report an error."""
    if export.single is None:
        return False
    head = export.head(export.single).lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head.startswith((b"{", b"[")) or b'"source_platform"' in head:
        return False
    if _INSTRUCTIONS.search(head):
        return bool(_TIMELINE.search(head))
    if _RESULTS.search(head) or (_BARE.search(head) and b'"rest_id"' in head):
        return True
    return bool(_FAILURE.search(head))


def read(export: Export) -> Iterator[Item]:
    """Yield posts and notices as they stand; edited posts, what was left out and where the view ends come last.

    Held in memory: one entry, the edited posts, and for each conversation the cursors that were not followed.
    """
    reading = _Reading(export)
    for find in _finds(export):
        yield from reading.items(*find)
    yield from reading.rest()


def _finds(export: Export) -> Iterator[_Find]:
    """Yield what matters in a file of lines, or of one or more JSON texts."""
    member = export.members[0]
    with export.open(member) as stream:
        first = stream.readline(records.LIMIT).strip()
        lines = first.startswith(b"{") and first.endswith(b"}") and bool(stream.read(HEAD).strip())
    with export.open(member) as stream:
        yield from _in_lines(stream, export.name) if lines else _in_json(stream, export.name)


def _in_lines(stream: BinaryIO, name: str) -> Iterator[_Find]:
    for number, line in records.lines(stream):
        if line is None:
            yield "problem", f"line {number}", f"a line longer than {records.LIMIT // 1024 // 1024} MB"
            continue
        try:
            yield from _walk(records.Json(io.BytesIO(line), name), f"line {number} $", 0)
        except DamagedFile as error:
            yield "problem", f"line {number}", error.reason


def _in_json(stream: BinaryIO, name: str) -> Iterator[_Find]:
    reader = records.Json(stream, name)
    count = 0
    while opening := reader.peek():
        count += 1
        yield from _walk(reader, "$" if count == 1 else f"value {count} $", 0)
        if opening not in "{[":
            reader.value()


def _walk(reader: records.Json, place: str, depth: int) -> Iterator[_Find]:
    """Yield what matters in the value that comes next."""
    opening = reader.peek()
    if depth > _DEEPEST:
        return
    if opening == "[":
        for index in reader.items():
            yield from _walk(reader, f"{place}[{index}]", depth + 1)
    elif opening == "{":
        yield from _walk_object(reader, place, depth)


def _walk_object(reader: records.Json, place: str, depth: int) -> Iterator[_Find]:
    keys = reader.keys()
    for key in keys:
        here = f"{place}.{key}"
        if key == "__typename" or (key == "rest_id" and depth <= 1):
            value = reader.value()
            if key == "rest_id" or (isinstance(value, str) and value in _TWEETS):
                yield "result", place, {key: value, **{other: reader.value() for other in keys}}
        elif key in _LISTS and reader.peek() == "[":
            for index in reader.items():
                yield "entry", f"{here}[{index}]", reader.value()
        elif key in _WHOLE:
            yield key, here, reader.value()
        elif _RESULT_KEY.fullmatch(key):
            yield "results", here, reader.value()
        else:
            yield from _walk(reader, here, depth + 1)


def _leaves(entry: object, place: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the entry's id, place and content; those of each item where the entry is a module."""
    key = "content" if inner(entry, "content") is not None else "item"
    content = inner(entry, key) or {}
    listed = fields.optional(content, "items", list)
    if listed is not None:
        for index, item in enumerate(listed):
            yield from _leaves_of_item(item, f"{place}.{key}.items[{index}]")
        return
    own_id = fields.optional(entry, "entryId", str) or ""
    for name in ("itemContent", "content"):
        found = inner(content, name)
        if found is not None:
            yield own_id, f"{place}.{key}.{name}", found
            return
    yield own_id, f"{place}.{key}", content


def _leaves_of_item(item: object, place: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    content = inner(item, "item", "itemContent") or inner(item, "item", "content") or {}
    yield fields.optional(item, "entryId", str) or "", f"{place}.item.itemContent", content


def _entry_post(entry_id: str) -> str | None:
    """Return the id of the post that an entry's id names.

    >>> _entry_post("conversationthread-1400000000000000001-tweet-1400000000000000002")
    '1400000000000000002'
    """
    found = _ENTRY_ID.search(entry_id)
    return found[1] if found else None


@dataclass(slots=True)
class _Response:
    """What is known of the conversation response that is being read, until its last entry."""

    timeline: str = ""
    """Its place."""
    conversation: str | None = None
    listed: bool = False
    """Whether it brings entries of the conversation itself, not only of one module."""
    cursors: list[tuple[str, str, Origin]] = field(default_factory=list)
    """Where they lead (a module, else "bottom", else "more"), their values, where they stand."""
    modules: set[str] = field(default_factory=set)
    """Modules that it continues."""
    ended: Origin | None = None
    """Where X says that nothing follows."""

    @property
    def is_conversation(self) -> bool:
        """Whether it is the view of one conversation, not an account's or a search's timeline."""
        return "threaded_conversation" in self.timeline


class _Reading:
    """One pass over an export: finds in, items out, and what is to be said at the end."""

    def __init__(self, export: Export) -> None:
        self._export = export
        member = export.members[0]
        self._origin = Origin(capture=export.capture(member), file=export.place(member), place="$")
        self._asked = _variables(export.address(member) or "")
        self._left = _x_graphql.LeftOut()
        self._edits = _x_graphql.Edits()
        self._response = _Response()
        self._last: str | None = None
        self._cursors: dict[tuple[str, str], tuple[str, Origin]] = {}
        self._ends: dict[str, Origin] = {}

    def items(self, kind: str, place: str, value: Any) -> Iterator[Item]:
        """Yield the items of one find."""
        origin = self._at(place)
        self._enter(place)
        if kind == "entry":
            yield from self._entry(value, place)
        elif kind == "result":
            yield from self._result(value, origin, None)
        elif kind == "results":
            for number, results in enumerate(value) if isinstance(value, list) else ((None, value),):
                where = self._at(place if number is None else f"{place}[{number}]")
                yield from self._results(results, where, self._asked.get("tweetId") or self._asked.get("focalTweetId"))
        elif kind == "errors":
            yield from self._errors(value, place)
        elif kind == "problem":
            yield Problem(origin=origin, reason=value)
        elif kind == "moduleEntryId" and isinstance(value, str):
            self._response.modules.add(value)
        elif kind == "direction" and value == "Bottom":
            self._response.ended = origin

    def rest(self) -> Iterator[Item]:
        """Yield what can be said only after the last find."""
        self._enter("")
        yield from self._edits.posts()
        yield from self._left.notices()
        yield from self._reach()

    def _at(self, place: str) -> Origin:
        return Origin(capture=self._origin.capture, file=self._origin.file, place=place)

    def _entry(self, entry: object, place: str) -> Iterator[Item]:
        given: set[str] = set()
        conversation = None
        for entry_id, where, leaf in _leaves(entry, place):
            given.add(_entry_post(entry_id) or "")
            for item in self._leaf(entry_id, where, leaf):
                conversation = conversation or (item.conversation if isinstance(item, Post) else None)
                yield item
        stated = fields.optional(inner(entry, "content", "metadata", "conversationMetadata"), "allTweetIds", list) or ()
        for own_id in stated:
            if isinstance(own_id, str) and own_id.isdecimal() and own_id not in given:
                origin = self._at(f"{place}.content.metadata.conversationMetadata.allTweetIds")
                says = "X counts this post to the conversation and did not send it."
                yield Notice(
                    kind="gone", says=says, origin=origin, platform="x", post=own_id, conversation=conversation
                )

    def _leaf(self, entry_id: str, place: str, leaf: dict[str, Any]) -> Iterator[Item]:
        origin = self._at(place)
        cursor = fields.optional(leaf, "cursorType", str)
        if cursor is not None:
            self._note_cursor(cursor, entry_id, fields.optional(leaf, "value", str) or "", origin)
        elif inner(leaf, "promotedMetadata") is not None or entry_id.startswith("promoted"):
            self._left.add("promoted", origin)
        elif inner(leaf, "tombstoneInfo") is not None:
            text = _x_graphql.tombstone_text(leaf["tombstoneInfo"])
            yield self._in_conversation(_x_graphql.gone(origin, text, _entry_post(entry_id)), entry_id)
        elif (results := inner(leaf, "tweet_results")) is not None:
            found = self._results(results, self._at(f"{place}.tweet_results"), _entry_post(entry_id))
            yield from (self._in_conversation(item, entry_id) if at == 0 else item for at, item in enumerate(found))
        else:
            self._left.add("other", origin)

    def _in_conversation(self, item: Item, entry_id: str) -> Item:
        """Return an entry's own item; a notice gets the conversation in whose view it stands, as the posts tell it."""
        response = self._response
        if not response.is_conversation or not entry_id.startswith(("tweet-", "tombstone-", "conversationthread-")):
            return item
        if isinstance(item, Post) and response.conversation is None:
            response.conversation = item.conversation
        if isinstance(item, Notice):
            return msgspec.structs.replace(item, conversation=response.conversation)
        return item

    def _results(self, results: object, origin: Origin, own_id: str | None) -> Iterator[Item]:
        """Yield the items of `{"result": ...}`; an empty one is an empty tombstone."""
        holder = results if isinstance(results, dict) else {}
        place = f"{origin.place}.result" if "result" in holder else origin.place
        own_id = fields.optional(holder, "rest_id", str) or own_id
        yield from self._result(holder.get("result", {}), self._at(place), own_id)

    def _result(self, result: object, origin: Origin, own_id: str | None) -> Iterator[Item]:
        yield from _x_graphql.items(result, origin, self._left, self._edits, own_id)

    def _errors(self, errors: object, place: str) -> Iterator[Item]:
        for number, error in enumerate(errors if isinstance(errors, list) else ()):
            origin = self._at(f"{place}[{number}]")
            code = fields.optional(error, "code", int)
            asked = self._asked.get("focalTweetId") or self._asked.get("tweetId")
            if code == _NO_SUCH_POST and asked:
                says = "X says that it has no post with this id."
                yield Notice(kind="gone", says=says, origin=origin, platform="x", post=asked)
            else:
                yield Problem(origin=origin, reason=f"X reports an error{'' if code is None else f' (code {code})'}")

    def _note_cursor(self, kind: str, entry_id: str, value: str, origin: Origin) -> None:
        module, inside, _ = entry_id.partition("-cursor-")
        if kind in _ONWARD:
            target = module if inside else "bottom" if kind == "Bottom" else "more"
            self._response.cursors.append((target, value, origin))

    def _enter(self, place: str) -> None:
        """Close the response that was being read if the place lies in another one."""
        timeline, inside, _ = place.partition(".instructions[")
        if not inside:
            timeline = ""
        if timeline != self._response.timeline:
            if self._response.is_conversation:
                self._close()
            self._response = _Response(timeline=timeline)
        self._response.listed = self._response.listed or ".entries[" in place

    def _close(self) -> None:
        """Keep what the response says of how far the view of its conversation reaches."""
        response = self._response
        conversation = response.conversation or self._last
        if conversation is None:
            return
        self._last = conversation
        followed = response.modules | ({"bottom", "more"} if response.listed else set())
        for target in followed:
            self._cursors.pop((conversation, target), None)
        for target, value, origin in response.cursors:
            if target != "bottom" or response.ended is None:
                self._cursors[conversation, target] = value, origin
        if response.ended is not None:
            self._ends[conversation] = response.ended

    def _reach(self) -> Iterator[Notice]:
        """Yield for each conversation that X offered more than was fetched, or that it said that nothing follows."""
        followed = {_variables(url).get("cursor") for url in self._export.addresses()} if self._cursors else set()
        left: dict[str, list[Origin]] = {}
        for (conversation, _), (value, origin) in self._cursors.items():
            if value not in followed:
                left.setdefault(conversation, []).append(origin)
        for conversation, origins in left.items():
            cursors = "1 cursor was" if len(origins) == 1 else f"{len(origins)} cursors were"
            says = f"X offered more of this conversation than was fetched ({cursors} not followed)."
            yield Notice(kind="cut", says=says, origin=origins[0], platform="x", conversation=conversation)
        for conversation, origin in self._ends.items():
            if conversation not in left:
                says = "X said that nothing follows in this conversation."
                yield Notice(kind="end", says=says, origin=origin, platform="x", conversation=conversation)


def _variables(url: str) -> dict[str, str]:
    """Return the variables of a GraphQL request that are text, from its URL; empty where it has none."""
    try:
        query = parse_qs(urlsplit(url).query)
        variables = fields.parsed(query["variables"][0].encode()) if "variables" in query else {}
    except (ValueError, BadRecord):
        return {}
    found = variables if isinstance(variables, dict) else {}
    return {key: value for key, value in found.items() if isinstance(value, str)}
