"""What the answers of Bluesky's servers have shown of a thread so far: just enough to know what to ask next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from clew import atproto, fields, times
from clew.errors import BadRecord

__all__ = ["POST", "Held", "Seen", "Shown", "held_in"]

POST = "app.bsky.feed.post"


@dataclass(frozen=True, slots=True)
class Held:
    """A post in a repository."""

    cid: str
    parent: str | None
    root: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A post in an answer of the AppView."""

    cid: str | None
    parent: str | None
    root: str
    time: datetime | None


class Seen:
    """Posts, and posts that are spoken of, in all answers so far."""

    def __init__(self) -> None:
        self.posts: dict[str, Shown] = {}
        self._handles: dict[str, str] = {}
        self._led_to: set[str] = set()
        """Posts that stood in a thread's answer, with all that hangs below them or with a sign that it was cut."""
        self._shallow: dict[str, None] = {}
        self._gone: dict[str, None] = {}
        self._counted: dict[str, int] = {}
        self._held: dict[str, Held] = {}

    def learn(self, value: object, url: str, *, is_thread: bool) -> None:
        """Take in an answer."""
        waiting: list[object] = [value]
        while waiting:
            node = waiting.pop()
            if isinstance(node, list):
                waiting += reversed(node)
            elif isinstance(node, dict):
                self._node(node, is_thread=is_thread)
                waiting += [inner for inner in node.values() if isinstance(inner, (dict, list))]

    def _node(self, node: dict[str, Any], *, is_thread: bool) -> None:
        uri = fields.optional(node, "uri", str)
        if uri and atproto.collection(uri) == POST and isinstance(node.get("author"), dict) and _record(node):
            self._post(uri, node)
        kind = fields.optional(node, "$type", str) or ""
        is_gone = node.get("notFound") is True or node.get("blocked") is True or node.get("detached") is True
        if uri and atproto.collection(uri) == POST and is_gone:
            self._gone[uri] = None
        for hidden in fields.optional(node, "hiddenReplies", list) or ():
            if isinstance(hidden, str) and atproto.collection(hidden) == POST:
                self._gone[hidden] = None
        if is_thread:
            self._place(node, uri, kind)

    def _place(self, node: dict[str, Any], uri: str | None, kind: str) -> None:
        """Take in where a post stands in a thread, and whether the answer goes on below it."""
        value = fields.optional(node, "value", dict)
        if uri and value is not None and "depth" in node:  # an item of a flat answer
            inner = fields.optional(value, "$type", str) or ""
            if inner.rpartition("#")[2] in ("threadItemNotFound", "threadItemBlocked", "threadItemNoUnauthenticated"):
                self._gone[uri] = None
            elif (fields.optional(node, "depth", int) or 0) >= 0:
                self._lead(uri, cut=bool(fields.optional(value, "moreReplies", int)))
            count = fields.optional(value, "opThreadPostCount", int)
            if count:
                self._counted[uri] = count
            return
        own = fields.optional(fields.optional(node, "post", dict), "uri", str)
        if own and isinstance(node.get("replies"), list):
            count = fields.optional(node["post"], "replyCount", int) or 0
            self._lead(own, cut=count > 0 and not node["replies"])
        elif own and kind.endswith("threadViewPost") and "replies" not in node:
            count = fields.optional(node["post"], "replyCount", int) or 0
            self._lead(own, cut=count > 0 and "parent" not in node)

    def _lead(self, uri: str, *, cut: bool) -> None:
        self._led_to.add(uri)
        if cut:
            self._shallow[uri] = None
        else:
            self._shallow.pop(uri, None)

    def _post(self, uri: str, node: dict[str, Any]) -> None:
        author = node["author"]
        did, handle = fields.optional(author, "did", str), fields.optional(author, "handle", str)
        owner = atproto.authority(uri) or ""
        if did and not owner.startswith("did:"):
            uri = uri.replace(owner, did, 1)
        if did and handle:
            self._handles[did] = handle
        parent, root = _edges(_record(node))
        time = _time(fields.optional(node, "indexedAt", str))
        self.posts[uri] = Shown(fields.optional(node, "cid", str), parent, root or parent or uri, time)

    def hold(self, uri: str, held: Held) -> None:
        """Take in a post of a repository."""
        self._held[uri] = held

    # Questions -------------------------------------------------------------------------------------------------------

    def root_of(self, post: str) -> str | None:
        """Return the first post of the conversation that a post is in; None where the post was not shown."""
        found = self.posts.get(post)
        return found.root if found else None

    def time_of(self, post: str) -> datetime | None:
        """Return when a post was seen first; None where that is not known."""
        found = self.posts.get(post)
        return found.time if found else atproto.tid_time(post.rpartition("/")[2])

    def handle_of(self, did: str) -> str | None:
        """Return what the AppView calls an account; None where it does not say."""
        return self._handles.get(did)

    def shallow(self) -> list[str]:
        """Return the posts below which an answer was cut."""
        return list(self._shallow)

    def was_led_to(self, post: str) -> bool:
        """Say whether an answer from above gave the post."""
        return post in self._led_to

    def of(self, did: str, root: str) -> list[str]:
        """Return the posts of an account in a conversation that the AppView gave, in the order of their keys."""
        own = f"at://{did}/"
        return sorted(uri for uri, shown in self.posts.items() if shown.root == root and uri.startswith(own))

    def hidden(self, root: str) -> Iterator[str]:
        """Yield the posts that are spoken of and not given: by the server, by those who answer them."""
        known = {**{uri: shown.parent for uri, shown in self.posts.items() if shown.root == root}}
        known |= {uri: held.parent for uri, held in self._held.items() if held.root == root}
        parents = [parent for parent in known.values() if parent]
        for uri in dict.fromkeys([*self._gone, *parents, root]):
            if uri not in self.posts and uri not in self._held and atproto.collection(uri) == POST:
                yield uri

    def hides(self, did: str, root: str) -> bool:
        """Say whether the AppView gave less than there is, as far as its own answers tell."""
        counted = max((count for uri, count in self._counted.items() if uri.startswith(f"at://{did}/")), default=0)
        return any(True for _ in self.hidden(root)) or counted > len(self.of(did, root)) or bool(self._shallow)

    def last_in(self, feed: object) -> datetime | None:
        """Return when the last entry of a page of a feed was written; None where it does not say."""
        entries = fields.optional(feed, "feed", list) or [None]
        return _time(fields.optional(fields.optional(entries[-1], "post", dict), "indexedAt", str))


def _record(node: dict[str, Any]) -> dict[str, Any] | None:
    return fields.optional(node, "record", dict) or fields.optional(node, "value", dict)


def _edges(record: object) -> tuple[str | None, str | None]:
    reply = fields.optional(record, "reply", dict)
    parent = fields.optional(fields.optional(reply, "parent", dict), "uri", str)
    root = fields.optional(fields.optional(reply, "root", dict), "uri", str)
    return parent, root


def _time(text: str | None) -> datetime | None:
    try:
        return times.from_iso(text) if text else None
    except (ValueError, OverflowError):
        return None


def held_in(file: IO[bytes], did: str) -> dict[str, Held]:
    """Return the posts in a CAR file.

    Raises:
        DamagedFile: It breaks off or is none.
        BadRecord: It is no repository.
    """
    file.seek(0)
    stream: Any = file
    heads = atproto.roots(stream, "repository")
    places: dict[bytes, tuple[int, int]] = {}
    for block in atproto.blocks(stream, "repository"):
        if block.cid is not None and block.is_sound:
            places[bytes(block.cid)] = block.start, len(block.data)

    def load(cid: atproto.Cid) -> bytes | None:
        found = places.get(bytes(cid))
        if found is None:
            return None
        file.seek(found[0])
        return file.read(found[1])

    commit = atproto.commit((load(heads[0]) if heads else None) or b"")
    if commit.did != did:
        raise BadRecord("it is another account's")
    posts: dict[str, Held] = {}
    for step in atproto.walk(commit.data, load):
        if isinstance(step, atproto.Entry) and step.path.startswith(f"{POST}/") and (data := load(step.cid)):
            try:
                record = atproto.decoded(data)
            except BadRecord:
                continue
            uri = f"at://{did}/{step.path}"
            parent, root = _edges(record if isinstance(record, dict) else None)
            posts[uri] = Held(str(step.cid), parent, root or parent or uri)
    return posts
