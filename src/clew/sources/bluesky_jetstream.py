"""Events of Bluesky's stream as JSON: Jetstream version 1 and 2, and Tap; shared FORMATS, section 1.

JSON Lines or an array. An event brings one record's creation, change or deletion, or what happened to an account.
One event is in memory at a time; held until the end is only how many of each other kind there were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

import msgspec

from clew import atproto, fields, records, times
from clew.errors import BadRecord
from clew.exports import Export
from clew.posts import Account, Item, Notice, Origin, Post, Problem, State
from clew.sources import _bluesky

NAME = "bluesky_jetstream"
SIGN = "JSON events with did, kind and time_us, or with types of network.bsky.jetstream, or Tap's record and identity"
HOLDS = "Posts and reposts of all accounts as they were made and changed, and deletions with their time."
LACKS = "Handles, quoted posts, and all that happened before or beside the part of the stream that was kept."
LOST = "Deletions are skipped because they carry no record, so that a deleted post looks as if it still stood."

V2 = "network.bsky.jetstream."


def claims(export: Export) -> bool:
    """Say whether the first keys are those of an event."""
    if export.single is None:
        return False
    head = export.head(export.single).lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head.startswith((b"{", b"[")):
        return False
    keys = {path.lstrip("[]."): value for path, value in _bluesky.outline(head).items()}
    return (
        {"did", "kind", "time_us"} <= keys.keys()
        or {"commit.collection", "commit.operation", "commit.rkey"} <= keys.keys()
        or any(keys.get(key, "").startswith(V2) for key in ("$type", "payload.$type"))
        or {"record.collection", "record.rkey", "record.action"} <= keys.keys()
        or {"id", "type", "identity.did"} <= keys.keys()
    )


@dataclass(frozen=True, slots=True)
class _Event:
    """What the three forms of an event have in common."""

    kind: str
    """commit, account, or what else it is called."""
    did: str
    seen: datetime | None
    """When the stream brought it."""
    body: dict[str, Any]
    """Of a commit: operation, collection, rkey, record. Of an account: active, status."""


def read(export: Export) -> Iterator[Item]:
    """Yield posts, reposts and deletions in the order of the events, then how many events of other kinds there were."""
    member = export.members[0]
    capture, file = export.capture(member), export.place(member)
    others: Counter[str] = Counter()
    for place, stream in _bluesky.documents(export, member):
        for inner, value in _events(stream, place, export.name):
            origin = Origin(capture=capture, file=file, place=inner)
            try:
                item = _item(_event(value), origin, others) if not isinstance(value, BadRecord) else str(value)
            except BadRecord as error:
                item = str(error)
            if item is not None:
                yield Problem(origin=origin, reason=item) if isinstance(item, str) else item
    yield from _bluesky.left_out(others, Origin(capture=capture, file=file, place="$"), "events that bring no post")


def _events(stream: BinaryIO | None, place: str, name: str) -> Iterator[tuple[str, Any]]:
    """Yield each event with its place; a BadRecord for a line that is none."""
    if stream is None:
        yield place, BadRecord(f"a line longer than {records.LIMIT // 1024 // 1024} MB")
    elif place != "$":
        try:
            yield place, fields.parsed(stream.read())
        except BadRecord as error:
            yield place, error
    else:
        reader = records.Json(stream, name)
        while opening := reader.peek():
            if opening == "[":
                yield from ((f"$[{index}]", reader.value()) for index in reader.items())
            else:
                yield "$", reader.value()


def _event(value: object) -> _Event:
    """Return an event of any of the three forms.

    Raises:
        BadRecord: It is none.
    """
    if isinstance(value, dict) and isinstance(value.get("payload"), dict):
        value = value["payload"]
    kind = fields.optional(value, "$type", str) or ""
    if kind.startswith(V2):
        return _version_2(fields.required(value, "did", str), kind.rpartition("#")[2], value)
    if fields.optional(value, "kind", str):
        return _version_1(fields.required(value, "did", str), value)
    kind = fields.required(value, "type", str)
    return _tap(kind, fields.required(value, kind, dict))


def _version_1(did: str, value: Any) -> _Event:
    kind = fields.required(value, "kind", str)
    body = fields.optional(value, kind, dict) or {}
    stamp = fields.optional(value, "time_us", int)
    return _Event(kind, did, _moment(stamp) or _revised(body), body)


def _version_2(did: str, kind: str, value: Any) -> _Event:
    seen = _bluesky.instant(value, "time") or _revised(value)
    return _Event(kind, did, seen, value if kind == "commit" else fields.optional(value, kind, dict) or {})


def _tap(kind: str, value: dict[str, Any]) -> _Event:
    did = fields.required(value, "did", str)
    if kind == "record":
        return _Event("commit", did, _revised(value), {**value, "operation": value.get("action")})
    active = value.get("isActive", value.get("is_active"))
    return _Event("account" if active is False else kind, did, None, {"active": active, "status": value.get("status")})


def _moment(microseconds: int | None) -> datetime | None:
    try:
        return times.from_unix(microseconds / 1_000_000) if microseconds else None
    except (ValueError, OverflowError):
        return None


def _revised(body: dict[str, Any]) -> datetime | None:
    return atproto.tid_time(fields.optional(body, "rev", str) or "")


def _item(event: _Event, origin: Origin, others: Counter[str]) -> Post | Notice | None:
    """Return what an event brings; None, and a count, where that is no post.

    Raises:
        BadRecord: It lacks what its kind must have.
    """
    if event.kind == "commit":
        return _commit(event, origin, others)
    if event.kind == "account" and event.body.get("active") is False:
        return _lost(event, origin)
    others[event.kind] += 1
    return None


def _commit(event: _Event, origin: Origin, others: Counter[str]) -> Post | Notice | None:
    kind = fields.required(event.body, "collection", str)
    operation = fields.required(event.body, "operation", str)
    uri = f"at://{event.did}/{kind}/{fields.required(event.body, 'rkey', str)}"
    if atproto.collection(uri) is None:
        raise BadRecord(f"{uri[:80]!r} is no address of a record")
    if operation == "delete" and kind == _bluesky.POST:
        when = f", at {times.show(event.seen)}" if event.seen else ""
        return Notice(
            kind="gone",
            says=f"The post was taken out of its author's repository{when}.",
            origin=origin,
            platform="bluesky",
            post=uri,
            author=Account(id=event.did),
            state="deleted",
            time=event.seen,
        )
    if operation not in ("create", "update") or kind not in (_bluesky.POST, _bluesky.REPOST):
        others[f"{operation} of {kind}"] += 1
        return None
    record = fields.required(event.body, "record", dict)
    post = _bluesky.record(record, uri, Account(id=event.did), origin, event.seen)
    return msgspec.structs.replace(post, edited=event.seen) if operation == "update" else post


_LOST: dict[str, tuple[State, str]] = {
    "deleted": ("deleted", "The account was deleted, and all its posts with it."),
    "deactivated": (
        "private",
        "The account was deactivated by its owner: none of its posts can be seen until it returns.",
    ),
    "takendown": ("withheld", "The account was taken down: its server no longer gives its posts."),
    "suspended": ("withheld", "The account was suspended: its server does not give its posts for now."),
}


def _lost(event: _Event, origin: Origin) -> Notice:
    """Return the notice that all posts of an account went out of sight."""
    status = fields.optional(event.body, "status", str) or ""
    state, says = _LOST.get(status, ("absent", "The account is not active; the stream does not say why."))
    author = Account(id=event.did)
    return Notice(
        kind="gone", says=says, origin=origin, platform="bluesky", author=author, state=state, time=event.seen
    )
