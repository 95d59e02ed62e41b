"""Post and what stands beside it: accounts, links, media, origins, notices, problems.

There is one Post from the parser to the page. Every value is frozen, and its JSON form (`clew/post/1`, shared
INTERFACE) is the value itself, field by field, in the order of declaration.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

__all__ = [
    "Account",
    "Item",
    "Link",
    "Media",
    "Mention",
    "Notice",
    "Origin",
    "Platform",
    "Post",
    "Problem",
    "State",
    "Tag",
    "Version",
    "to_json",
]

#: x | bluesky | mastodon | telegram | unknown; more may come.
Platform: TypeAlias = str

State: TypeAlias = Literal[
    "absent", "deleted", "tombstone", "empty-tombstone", "gated", "blocked", "withheld", "private"
]
"""Why a post is not there. `absent` claims least: nobody says why. Missing is never taken for deleted."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote a post. An account with neither id nor handle is unknown and equals no other."""

    id: str | None = None
    """The platform's permanent id (X user id, DID, actor URI)."""
    handle: str | None = None
    """The name in addresses, without @. It can change hands."""
    name: str | None = None
    """The display name."""

    @property
    def label(self) -> str:
        """What a reader sees: `@handle`, else the name, else the id, else "an unknown author"."""
        if self.handle:
            return f"@{self.handle}"
        return self.name or self.id or "an unknown author"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A link in a post's text."""

    start: int
    """First code point of what is shown, in `Post.text`."""
    end: int
    """One past its last code point."""
    shown: str
    """The words of the text that are the link."""
    url: str | None
    """The full address; None where only the shortened form is known."""
    cut: bool = False
    """True where only the shortened form is known ("asia_pac…")."""


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """An account named in a post's text."""

    start: int
    end: int
    handle: str
    """Without @."""
    id: str | None = None


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A hashtag or cashtag in a post's text."""

    start: int
    end: int
    tag: str
    """Without # or $."""


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A picture, video or other file that belongs to a post."""

    type: str
    """image | video | gif | audio | file | card | poll."""
    url: str | None
    """Where it was; None where the source does not say."""
    alt: str | None = None
    """Its description by the author."""
    file: str | None = None
    """The member of the same export that holds it."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where exactly something was read: capture and place in it."""

    capture: str
    """`sha256:` and the hexadecimal digest of the bytes as they were given."""
    file: str
    """The file or the member of an export, with forward slashes."""
    place: str
    """A JSON path (`$[17]`), `line 12`, or `byte 100-230`."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier or another wording of a post."""

    id: str
    """X gives each wording an id of its own; replies to any of them are replies to the post."""
    time: datetime | None
    text: str
    """Empty where the source gives nothing but the id."""


class Post(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/post/1"):
    """One message as its author published it."""

    platform: Platform
    id: str
    """Opaque and never a number. `unrolled:...` where the source gave none."""
    author: Account
    time: datetime | None = None
    """When it was published; aware, UTC. None where the source does not tell."""
    text: str
    """Plain text in code points, entities decoded, links as the reader saw them; empty for pictures alone."""
    reply_to: str | None = None
    """Id of the post that it answers. None: it answers none, or the source cannot say (`edges_stated`)."""
    reply_to_author: str | None = None
    """Permanent id (else handle) of the account that it answers."""
    conversation: str | None = None
    """What the platform, or the page, holds together."""
    quotes: str | None = None
    """Id of the quoted post."""
    reposts: str | None = None
    """Id of the post that this is a mere repost of."""
    language: str | None = None
    """BCP 47 tag as the source states it."""
    links: tuple[Link, ...] = ()
    mentions: tuple[Mention, ...] = ()
    tags: tuple[Tag, ...] = ()
    media: tuple[Media, ...] = ()
    origin: Origin | None = None
    url: str | None = None
    """Its address for people, where it can't be made from platform, author and id."""
    edges_stated: bool = False
    """True where the source names the parent of every reply: then `reply_to` None means that it starts a thread."""
    cut: bool = False
    """True where the text is known to be shortened."""
    versions: tuple[Version, ...] = ()
    """Other wordings, oldest first; never holds the one in `text`."""
    edited: datetime | None = None
    """When it was last edited; UTC. None: never, or the source does not tell."""
    deleted: datetime | None = None
    """When its author deleted it, where the source proves that."""
    warning: str | None = None
    """Content warning by the author."""
    community_note: str | None = None
    """Context that readers added on the platform."""


class Notice(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/notice/1"):
    """Something a source states about posts that it does not give, or about how far it reaches."""

    kind: Literal["gone", "count", "cut", "end", "complete", "left-out", "borders", "guess", "differs"]
    """gone: one post is not given · count: how many posts there are · cut: the view itself was limited ·
    end: the source says that nothing follows · complete: all the author's posts are in the source ·
    left-out: posts that clew did not take, such as private ones · borders: where posts end is not marked ·
    guess: which columns of a table clew took for what, and on what else it had to decide ·
    differs: two servers that were asked do not agree."""
    says: str
    """One sentence for the reader."""
    origin: Origin
    platform: Platform = "unknown"
    post: str | None = None
    """The id of the post that it is about."""
    author: Account | None = None
    """Whose posts it is about."""
    conversation: str | None = None
    """The thread that it is about; None with no post and no author means everything in the capture."""
    reply_to: str | None = None
    """What the absent post answered, where that is known."""
    state: State = "absent"
    """For gone: why."""
    count: int | None = None
    """For count, complete, left-out: how many posts."""
    time: datetime | None = None
    """When it happened or until when it holds; UTC."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/problem/1"):
    """A record that could not be read."""

    origin: Origin
    reason: str


#: What a source gives: records in = posts + notices + problems.
Item: TypeAlias = Post | Notice | Problem

_ENCODER = msgspec.json.Encoder()


def to_json(item: Item) -> str:
    """Return one line of JSON (`clew/post/1`, `clew/notice/1` or `clew/problem/1`), without a line end."""
    return _ENCODER.encode(item).decode()
