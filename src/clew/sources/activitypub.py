"""Single ActivityPub objects as servers give them: notes, articles, activities, tombstones, collections of them.

They are what a server answers under a post's own id when it is asked for `application/activity+json`. The fields are
those of the ActivityStreams vocabulary; the whole outbox of an account's archive is `mastodon_outbox`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clew import fields
from clew.errors import DamagedFile
from clew.exports import HEAD, Export
from clew.posts import Account, Item, Notice, Origin, Problem
from clew.sources import _activity, _fediverse, _opening, _unfold
from clew.sources._unfold import Record

NAME = "activitypub"
SIGN = "JSON with @context and a type: Note, Question, Article, Create, Announce, Delete, Tombstone, or a collection"
HOLDS = "What a post's own server says of it: parent, conversation, words by language, the next replies by the author."
LACKS = "Names of accounts other than in addresses; replies beyond the first page of links."
LOST = "Other tools drop tombstones, and with them the proof that a post was deleted and when."

_COLLECTIONS = frozenset("Collection OrderedCollection CollectionPage OrderedCollectionPage".split())
_ACTIVITIES = frozenset("Create Update Announce Delete".split())
_TYPES = _activity.NOTES | _ACTIVITIES | {"Tombstone"}
_ITEMS = ("items", "orderedItems")
_NOTE_TERMS = (b"inReplyToAtomUri", b'"conversation"', b"votersCount", b"quoteUri")
"""Words of a long @context that stand in those of posts; actors' have more."""


def claims(export: Export) -> bool:
    """Say whether the first object is a post, an activity about one, a tombstone, or a collection that holds some."""
    member = export.single
    if member is None:
        return False
    head = export.head(member)
    seen = _opening.paths(head)
    at = {"{": "", "[": "[]."}.get(seen.get("", ""))
    if at is None or (at and seen.get("[]") != "{"):
        return False
    kind = seen.get(f"{at}type")
    if kind in _COLLECTIONS:
        return not _is_outbox(seen, at, member) and _holds_posts(seen, at)
    if kind is None:
        return _is_long(seen, at, member, head)
    signs = ("@context", "attributedTo", "actor", "formerType")
    return kind in _TYPES and any(f"{at}{sign}" in seen for sign in signs)


def _is_outbox(seen: Mapping[str, str], at: str, member: str) -> bool:
    """Say whether a collection is part of an account's archive: its id is a file's name."""
    own = seen.get(f"{at}id")
    return not own.startswith(("https://", "http://")) if own is not None else member.endswith("outbox.json")


def _holds_posts(seen: Mapping[str, str], at: str) -> bool:
    for page in ("", "first."):
        for key in _ITEMS:
            first = f"{at}{page}{key}[]"
            if seen.get(first) == "{":
                return seen.get(f"{first}.type", "Note") in _TYPES
            if first in seen and seen[first].startswith("http"):
                return any("/replies" in seen.get(f"{at}{name}", "") for name in ("id", "partOf", "first.partOf"))
    return False


def _is_long(seen: Mapping[str, str], at: str, member: str, head: bytes) -> bool:
    """Say whether an @context that fills all that may be looked at is that of a post."""
    is_actor = b"manuallyApprovesFollowers" in head or member.endswith(("outbox.json", "actor.json"))
    goes_on = len(head) >= HEAD and f"{at}@context" in seen
    return goes_on and not is_actor and any(term in head for term in _NOTE_TERMS)


def read(export: Export) -> Iterator[Item]:
    """Yield the posts as they stand, each followed by the replies that it only names; then what was left out."""
    yield from _Reading(export, export.members[0]).items()


@dataclass(slots=True)
class _Reading:
    """One pass over a file, with what it counts."""

    export: Export
    member: str
    hidden: int = 0
    others: int = 0

    def items(self) -> Iterator[Item]:
        damage: DamagedFile | None = None
        try:
            for record in _unfold.unfolded(self.export, self.member, _is_list):
                yield from self._record(record)
        except DamagedFile as error:
            damage = error
        yield from self._left_out()
        if damage is not None:
            raise damage

    def _origin(self, place: str) -> Origin:
        return Origin(capture=self.export.capture(self.member), file=self.export.place(self.member), place=place)

    def _record(self, record: Record) -> Iterator[Item]:
        if record.amiss:
            yield Problem(origin=self._origin(record.place), reason=record.amiss)
        elif record.section and isinstance(record.value, str):
            yield _named(fields.clean(record.value), _replied_to(record.around), self._origin(record.place))
        elif record.is_rest or fields.optional(record.value, "type", str) in _COLLECTIONS:
            yield from self._page(record)
        else:
            yield from self._object(record.value, record.place)

    def _page(self, record: Record) -> Iterator[Item]:
        """Yield what the first page of a collection holds, where it stands inside it."""
        page = fields.optional(record.value, "first", dict)
        around = {**(page or {}), **record.value}
        for key in _ITEMS:
            for index, item in enumerate(fields.optional(page, key, list) or ()):
                inner = Record(f"{record.place}.first.{key}[{index}]", item, section=key, around=around)
                if isinstance(item, str):
                    yield from self._record(inner)
                else:
                    yield from self._object(item, inner.place)

    def _object(self, value: Any, place: str) -> Iterator[Item]:
        origin = self._origin(place)
        kind = fields.optional(value, "type", str)
        inner = fields.optional(value, "object", dict)
        if kind == "Tombstone":
            yield _tombstone(value, value, origin)
        elif kind == "Delete":
            yield _tombstone(inner or {"id": _activity.address_of(value.get("object"))}, value, origin)
        elif kind is not None and kind not in _TYPES:
            self.others += 1
        elif isinstance(value, dict) and _activity.audience(*([inner] if inner else []), value) is False:
            self.hidden += 1
        elif kind == "Announce":
            yield fields.attempt(_repost, value, origin)
            if inner is not None:
                yield from self._note(inner, {}, f"{place}.object")
        elif kind in _ACTIVITIES:
            yield from self._note(value.get("object"), value, f"{place}.object")
        else:
            yield from self._note(value, {}, place)

    def _note(self, note: Any, activity: Mapping[str, Any], place: str) -> Iterator[Item]:
        origin = self._origin(place)

        def build(record: Any, origin: Origin) -> Any:
            fields.required(record, "type", str)
            return _activity.post(record, origin, _activity.Outer(activity=activity))

        if isinstance(note, dict) and _activity.audience(note, activity) is False:
            self.hidden += 1
            return
        yield fields.attempt(build, note, origin)
        own = fields.optional(note, "id", str)
        replies = fields.optional(note, "replies", dict)
        page = fields.optional(replies, "first", dict) or replies
        for key in _ITEMS:
            for reply in fields.optional(page, key, list) or ():
                if isinstance(reply, str) and own is not None:
                    yield _named(fields.clean(reply), own, origin)

    def _left_out(self) -> Iterator[Notice]:
        for count, what in (
            (self.hidden, ("post is not public and was", "posts are not public and were")),
            (self.others, ("object is no post and was", "objects are no posts and were")),
        ):
            if count:
                says = f"{count:,} {what[count > 1]} not taken."
                origin = self._origin("$")
                yield Notice(kind="left-out", says=says, origin=origin, platform="mastodon", count=count)


def _is_list(key: str, others: Mapping[str, Any]) -> bool:
    return key in _ITEMS and (fields.optional(others, "type", str) or "Collection") in _COLLECTIONS


def _repost(value: Any, origin: Origin) -> Any:
    return _activity.repost(value, origin, _activity.Outer())


def _replied_to(collection: Mapping[str, Any]) -> str | None:
    """Return the post whose replies a collection is, as its address tells."""
    for key in ("partOf", "id"):
        before, found, _ = (fields.optional(collection, key, str) or "").partition("/replies")
        if found:
            return before
    return None


def _named(post: str, reply_to: str | None, origin: Origin) -> Notice:
    says = "A collection of replies names this post, but does not give it."
    actor = _fediverse.actor_of(post)
    return Notice(
        kind="gone",
        says=says,
        origin=origin,
        platform="mastodon",
        post=post,
        author=Account(id=actor, handle=_fediverse.handle_in(actor)) if actor else None,
        reply_to=reply_to,
    )


def _tombstone(value: Mapping[str, Any], around: Mapping[str, Any], origin: Origin) -> Item:
    own = fields.optional(value, "id", str)
    if own is None:
        return Problem(origin=origin, reason="expected a string in 'id', got nothing: a deletion of an unnamed post")
    return Notice(
        kind="gone",
        says="The post's own server says that it was deleted.",
        origin=origin,
        platform="mastodon",
        post=own,
        reply_to=_activity.address_of(value.get("inReplyTo")),
        state="deleted",
        time=_activity.when(value, "deleted") or _activity.when(around, "published"),
    )
