"""Account archives of Mastodon and its kin: outbox.json alone, or the whole export as zip, tar or folder.

The export's members and their order are those that Mastodon's `backup_service.rb` writes (shared FORMATS). It also
holds what was never public; that is left out here and counted. Likes, bookmarks and keys are never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clew import fields, records
from clew.errors import DamagedFile
from clew.exports import Export
from clew.posts import Account, Item, Notice, Origin, Post
from clew.sources import _activity, _fediverse, _opening

NAME = "mastodon_outbox"
SIGN = "outbox.json (an OrderedCollection with that id), alone or with actor.json and media_attachments/"
HOLDS = "All public posts and boosts of one account, with parents, conversations, languages, warnings, files."
LACKS = "Other people's posts, earlier wordings of edited posts, quoted words."
LOST = (
    "Other tools publish the private and followers-only posts that it holds, and lose warnings, descriptions and the"
    " language."
)

_OUTBOX, _ACTOR = "outbox.json", "actor.json"
_OWN = re.compile(
    r"^(?:(?:outbox|actor|likes|bookmarks|followers|following|chats)\.json|(?:avatar|header)\.\w+|media_attachments/.*"
    r"|.*\.(?:png|jpe?g|gif|webp|avif|mp[34]|webm|mov|ogg|flac|wav)"
    r"|(?:following|blocked|muted)_\w+\.csv|\w*(?:lists|bookmarks|domain_blocks?)\w*\.csv)$",
    re.IGNORECASE,
)
"""What belongs to an export. A folder that holds anything else is read file by file, so that nothing is passed over."""


def claims(export: Export) -> bool:
    """Say whether it is an outbox, or an export with one and nothing foreign in it."""
    if export.single is not None:
        return _is_outbox(export, export.single)
    if _OUTBOX not in export.members or not all(_OWN.match(name) for name in export.members):
        return False
    return _is_outbox(export, _OUTBOX)


def _is_outbox(export: Export, member: str) -> bool:
    seen = _opening.paths(export.head(member))
    if seen.get("") != "{" or seen.get("@context") is None:
        return False
    if seen.get("id") == _OUTBOX:
        return True
    is_named = member.rpartition("/")[2] == _OUTBOX and "id" not in seen
    return is_named and seen.get("type", "OrderedCollection") == "OrderedCollection"


def read(export: Export) -> Iterator[Item]:
    """Yield the public posts and boosts in the export's order, then what was left out, and whether that is all."""
    member = _OUTBOX if _OUTBOX in export.members else export.members[0]
    reading = _Reading(export, member, _owner(export))
    damage: DamagedFile | None = None
    try:
        yield from reading.items()
    except DamagedFile as error:
        damage = error
    if reading.hidden:
        yield reading.left_out()
    if damage is not None:
        raise damage
    yield from reading.reach()


def _owner(export: Export) -> _activity.Actor:
    """Return whose export it is; of actor.json only the names and the address are kept."""
    if _ACTOR not in export.members:
        return _activity.Actor()
    wanted: dict[str, Any] = {}
    try:
        with export.open(_ACTOR) as stream:
            reader = records.Json(stream, export.name)
            if reader.peek() == "{":
                for key in reader.keys():  # noqa: SIM118
                    if key in ("id", "preferredUsername", "name"):
                        wanted[key] = reader.value()
    except DamagedFile:
        pass  # the posts name their author, too
    own = fields.optional(wanted, "id", str)
    name = fields.optional(wanted, "preferredUsername", str)
    handle = _fediverse.full_handle(name, _fediverse.host_of(own or "")) if name else None
    return _activity.Actor(id=own, handle=handle, name=fields.optional(wanted, "name", str) or None)


@dataclass(slots=True)
class _Reading:
    """One pass over an outbox, with what it counts."""

    export: Export
    member: str
    owner: _activity.Actor
    stated: int | None = None
    held: int = 0
    taken: int = 0
    hidden: int = 0
    amiss: int = 0
    author: Account | None = None
    last: datetime | None = None

    def items(self) -> Iterator[Item]:
        with self.export.open(self.member) as stream:
            reader = records.Json(stream, self.export.name)
            for key in reader.keys():  # noqa: SIM118
                if key == "totalItems":
                    total = reader.value()
                    self.stated = total if isinstance(total, int) and not isinstance(total, bool) else None
                elif key == "orderedItems" and reader.peek() == "[":
                    for index, item in enumerate(reader.values()):
                        yield from self._item(item, self._origin(f"$.orderedItems[{index}]"))

    def _origin(self, place: str) -> Origin:
        return Origin(capture=self.export.capture(self.member), file=self.export.place(self.member), place=place)

    def _item(self, activity: Any, origin: Origin) -> Iterator[Item]:
        self.held += 1
        inner = fields.optional(activity, "object", dict)
        if isinstance(activity, dict) and not _activity.audience(*([inner] if inner else []), activity):
            self.hidden += 1
            return
        item = fields.attempt(self._build, activity, origin)
        if isinstance(item, Post):
            self._note(item)
        else:
            self.amiss += 1
        yield item

    def _build(self, activity: Any, origin: Origin) -> Post:
        outer = _activity.Outer(activity=activity, actor=self.owner, export=self.export)
        if fields.required(activity, "type", str) == "Announce":
            return _activity.repost(activity, origin, outer)
        return _activity.post(fields.required(activity, "object", dict), origin, outer)

    def _note(self, post: Post) -> None:
        self.taken += 1
        self.author = self.author or post.author
        if post.time is not None:
            self.last = max(self.last or post.time, post.time)

    def left_out(self) -> Notice:
        """Return how many posts are not for everybody."""
        posts = "1 post is" if self.hidden == 1 else f"{self.hidden:,} posts are"
        says = f"{posts} for followers or single people only, and not taken."
        return Notice(kind="left-out", says=says, origin=self._origin("$"), platform="mastodon", count=self.hidden)

    def reach(self) -> Iterator[Notice]:
        """Yield whether the export holds all that it counts; nothing where that can't be told."""
        if self.stated is None or self.author is None:
            return
        if self.held < self.stated:
            says = f"The export counts {self.stated:,} posts and boosts, but holds {self.held:,}."
            yield Notice(kind="cut", says=says, origin=self._origin("$"), platform="mastodon", author=self.author)
        elif self.held == self.stated and not self.amiss:
            says = f"The export counts {self.stated:,} posts and boosts, and holds as many"
            says += f"; {self.hidden:,} of them are not public." if self.hidden else "."
            yield Notice(
                kind="complete",
                says=says,
                origin=self._origin("$"),
                platform="mastodon",
                author=self.author,
                count=self.taken,
                time=self.last,
            )
