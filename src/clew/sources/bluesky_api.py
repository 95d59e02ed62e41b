"""Answers of Bluesky's servers as JSON: threads, feeds, searches, single posts, raw records; shared FORMATS, section 1.

One answer, an array, or JSON Lines of answers or posts. They are pulled apart from the front: one post with what it
quotes is in memory at a time, however deep a thread goes. Held meanwhile: the ids of the posts of one thread answer,
and what kinds of other records there were. Rows as twitwi and minet write them are read too.

A repost in a feed becomes a post of its own (`reposts`), called by its record's address where the answer gives it,
else `<address of the post>#reposted-by:<DID>`; the post itself follows it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeAlias
from urllib.parse import unquote

from clew import atproto, fields, records
from clew.errors import BadRecord, DamagedFile
from clew.exports import Export
from clew.posts import Item, Notice, Origin, Post, Problem
from clew.sources import _bluesky, _bluesky_rows

NAME = "bluesky_api"
SIGN = "JSON with at:// addresses beside an author or a value, alone, in lines, or in feed, posts, records or thread"
HOLDS = (
    "Posts with authors, reply edges, quoted posts, pictures and facets; which posts were not found, blocked, detached "
    "or hidden; how many replies a post has and how many posts the author's thread has."
)
LACKS = "What lies beyond the depth or page of an answer, and why a post was not found. Raw records lack handles."
LOST = (
    "Not-found and blocked posts end a thread without a word, facets are cut at characters instead of bytes, shortened "
    "links stay short, quoted posts and image descriptions are dropped, and a cut answer is taken for the whole thread."
)

LISTS = frozenset({"feed", "posts", "records", "notifications"})
"""The keys under which an answer lists posts."""
DEEPEST = 2_000
"""How many posts may answer one another in one thread answer; the servers give at most 1,000 levels."""
_IDENTITY = re.compile(
    r"/did:[\w.:%-]+$|/\.well-known/(?:did\.json|atproto-did)$|/xrpc/com\.atproto\.identity\.\w+\?", re.ASCII
)
"""Addresses where servers are asked who an account is; their answers hold no posts."""
PLACES = ("", "thread[].", "thread.", *(f"{key}[]." for key in sorted(LISTS)))


def claims(export: Export) -> bool:
    """Say whether the first keys are those of posts, of records, or of an answer that holds some."""
    if export.single is None:
        return False
    if _says_who(export):
        return True
    head = export.head(export.single).lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head.startswith((b"{", b"[")) or any(sign in head for sign in (b'"clew/', b'"__import_meta"')):
        return False
    keys = {path.lstrip("[]."): value for path, value in _bluesky.outline(head).items()}
    return any(_is_item(keys, place) for place in PLACES) or _not_found(keys, export.address(export.single)) is not None


def _says_who(export: Export) -> bool:
    """Say whether this was the answer to the question who an account is."""
    return _IDENTITY.search(export.address(export.members[0]) or "") is not None


def _is_item(keys: dict[str, str], place: str) -> bool:
    """Say whether the keys at a place are those of a post view, a record, a thread's node, or a row."""

    def has(*names: str) -> bool:
        return all(place + name in keys for name in names)

    is_named = atproto.collection(keys.get(f"{place}uri", "")) is not None
    return (
        (has("author.did") and (is_named or has("cid")) and not has("category"))
        or (is_named and (has("value") or has("notFound") or has("blocked")))
        or has("post.author.did")
        or atproto.collection(keys.get(f"{place}post.uri", "")) is not None
        or (has("collection_time", "cid") and (has("collected_via") or has("indexed_at_utc") or has("user_did")))
    )


def _not_found(answer: dict[str, Any], address: str | None) -> str | None:
    """Return the post that a server says it does not have; None where the answer says something else."""
    error, message = fields.optional(answer, "error", str), fields.optional(answer, "message", str) or ""
    if not error or not re.search(r"not ?found|could not (?:locate|find)", f"{error} {message}", re.IGNORECASE):
        return None
    found = re.search(rf"at://[\w.:%-]+/{re.escape(_bluesky.POST)}/[\w.~:-]+", f"{message} {unquote(address or '')}")
    return found[0] if found else None


def read(export: Export) -> Iterator[Item]:
    """Yield the posts in the order of the file, each followed by what it quotes; notices stand where they belong."""
    member = export.members[0]
    if _says_who(export):
        return
    answers = _Answers(export, member)
    for place, stream in _bluesky.documents(export, member):
        if stream is None:
            reason = f"a line longer than {records.LIMIT // 1024 // 1024} MB"
            yield Problem(origin=answers.origin(place), reason=reason)
            continue
        try:
            held = None if place == "$" else _held(stream)
            yield from answers.one(held, place) if held else answers.all(records.Json(stream, export.name), place)
        except DamagedFile as error:
            if place == "$":
                raise
            yield Problem(origin=answers.origin(place), reason=error.reason)
    yield from answers.rest()


def _held(line: BinaryIO) -> records.Held | None:
    """Return the value of a line, which takes a third of the time; None for one that is broken or nested deep."""
    try:
        return records.Held(fields.parsed(line.read()))
    except BadRecord:
        line.seek(0)
        return None


Walk: TypeAlias = records.Json | records.Held


@dataclass(slots=True)
class _Tree:
    """What one thread answer has shown so far."""

    given: set[str] = field(default_factory=set)
    hidden: list[str] = field(default_factory=list)
    depths: dict[int, str] = field(default_factory=dict)
    """In a flat answer, the last post of each depth."""
    root: str | None = None
    """The post that answers none."""
    may_go_on: bool = False
    """Whether replies are left out, or may be."""


@dataclass(slots=True)
class _Node:
    """An object that is being read."""

    steps: Iterator[str]
    place: str
    role: str
    """item, or in a thread answer: top, parent, reply, flat."""
    tree: _Tree | None = None
    above: str | None = None
    """The id of the post that it answers, by its place."""
    held: dict[str, Any] = field(default_factory=dict)
    is_given: bool = False
    is_answer: bool = False
    post: Post | None = None
    replies: int = 0
    """How many replies are listed."""
    has_parent: bool = False


@dataclass(slots=True)
class _List:
    """An array that is being read."""

    steps: Iterator[int]
    place: str
    role: str
    owner: _Node | None


class _Answers:
    """Reads the answers of one file, one after the other."""

    def __init__(self, export: Export, member: str) -> None:
        self._name = export.name
        self._capture = export.capture(member)
        self._file = export.place(member)
        self._address = export.address(member)
        self._others: Counter[str] = Counter()
        self._cursor: str | None = None
        self._counted: tuple[str | None, int] | None = None
        self._stack: list[_Node | _List] = []

    def origin(self, place: str) -> Origin:
        return Origin(capture=self._capture, file=self._file, place=place)

    def all(self, reader: records.Json, place: str) -> Iterator[Item]:
        """Yield what all values of a text hold."""
        self._stack = []
        count = 1
        while reader.peek():
            yield from self._enter(reader, place if count == 1 else f"{place} of value {count}", "item", None)
            while self._stack:
                yield from self._step(reader, self._stack[-1])
            count += 1

    def one(self, held: records.Held, place: str) -> Iterator[Item]:
        """Yield what a value in memory holds."""
        self._stack = []
        yield from self._enter(held, place, "item", None)
        while self._stack:
            yield from self._step(held, self._stack[-1])

    def rest(self) -> Iterator[Notice]:
        """Yield what can be said of the file as a whole."""
        yield from _bluesky.left_out(self._others, self.origin("$"))
        if self._cursor is not None:
            says = "This is one page of several: what comes after its cursor is not in the file."
            yield Notice(kind="cut", says=says, origin=self.origin(self._cursor), platform="bluesky")

    def _enter(self, reader: Walk, place: str, role: str, owner: _Node | None) -> Iterator[Item]:
        if len(self._stack) > 2 * DEEPEST:
            raise DamagedFile(self._name, f"holds values nested too deep at character {reader.position:,}")
        match reader.peek():
            case "{":
                node = _Node(reader.keys(), place, role, owner.tree if owner else None)
                if role == "reply" and owner:
                    node.above = owner.post.id if owner.post else None
                self._stack.append(node)
            case "[":
                self._stack.append(_List(reader.items(), place, role, owner))
            case _:
                reader.value()
                yield Problem(origin=self.origin(place), reason="expected an object")

    def _step(self, reader: Walk, top: _Node | _List) -> Iterator[Item]:
        step = next(top.steps, None)
        if step is None:
            self._stack.pop()
            if isinstance(top, _Node):
                yield from self._close(top)
        elif isinstance(top, _List):
            if top.role == "reply" and top.owner:
                top.owner.replies += 1
            yield from self._enter(reader, f"{top.place}[{step}]", top.role, top.owner)
        else:
            yield from self._key(reader, top, str(step))

    def _key(self, reader: Walk, node: _Node, key: str) -> Iterator[Item]:
        place = f"{node.place}.{key}"
        opening = reader.peek()
        is_outer = node.role == "item"
        if is_outer and key in LISTS and opening == "[":
            node.is_answer = True
            yield from self._enter(reader, place, "item", None)
        elif is_outer and key == "thread" and opening in ("{", "["):
            node.is_answer = True
            node.tree = _Tree()
            yield from self._enter(reader, place, "top" if opening == "{" else "flat", node)
        elif (key, opening) in (("parent", "{"), ("replies", "[")):
            node.tree = node.tree or _Tree()
            yield from self._give(node)
            node.has_parent |= key == "parent"
            yield from self._enter(reader, place, "parent" if key == "parent" else "reply", node)
        else:
            node.held[key] = reader.value()

    # What an object holds --------------------------------------------------------------------------------------------

    def _give(self, node: _Node) -> Iterator[Item]:
        """Yield a node's own post, once; its replies may stand behind it."""
        if node.is_given:
            return
        node.is_given = True
        for item in self._own(node):
            if isinstance(item, Post) and item.reposts is None and node.post is None:
                node.post = item
                yield item
                yield from self._beside(node, item)
            else:
                yield item

    def _own(self, node: _Node) -> Iterator[Item]:
        held, place = node.held, node.place
        kind = fields.optional(held, "$type", str) or ""
        if node.role == "flat":
            yield from self._flat(node)
        elif (notice := _bluesky.gone(held, self.origin(place), reply_to=node.above)) is not None:
            yield notice
        elif isinstance(held.get("post"), dict):
            node.tree = node.tree or (_Tree() if kind.endswith("threadViewPost") else None)
            yield from self._feed(held, place)
        elif "collection_time" in held and "cid" in held:
            yield from _bluesky_rows.row(held, self.origin(place))
        elif "uri" in held and ("record" in held or "value" in held):
            yield from self._record(held, place)
        elif (missing := _not_found(held, self._address)) is not None:
            yield self._gone(missing, "The server says that it does not have this post.", place)
        else:
            keys = fields.clean(", ".join(sorted(held)[:6])) or "nothing"
            yield Problem(origin=self.origin(place), reason=f"expected a post or a record, got {keys}"[:200])

    def _record(self, held: dict[str, Any], place: str) -> Iterator[Item]:
        where = atproto.collection(_bluesky.at(held, "uri") or "")
        kind = fields.optional(held.get("record", held.get("value")), "$type", str) or where or ""
        if where == _bluesky.REPOST:
            yield fields.attempt(_repost_record, held, self.origin(place))
        elif where is not None and (where != _bluesky.POST or kind.removesuffix("#main") != _bluesky.POST):
            self._others[kind] += 1
        else:
            yield from _bluesky.view(held, self.origin(place))

    def _feed(self, held: dict[str, Any], place: str) -> Iterator[Item]:
        """Yield the post of a feed's item or of a thread's node: the repost that brought it before, its edges after."""
        if isinstance(fields.optional(held, "reason", dict), dict) and "by" in held["reason"]:
            yield fields.attempt(_repost, held, self.origin(f"{place}.reason"))
        yield from _bluesky.view(held["post"], self.origin(f"{place}.post"))
        reply = fields.optional(held, "reply", dict)
        for key in ("root", "parent"):
            edge = fields.optional(reply, key, dict)
            if edge is not None:
                yield from _bluesky.view(edge, self.origin(f"{place}.reply.{key}"))

    def _flat(self, node: _Node) -> Iterator[Item]:
        """Yield an item of a flat answer, whose depth tells what it answers."""
        held, place, tree = node.held, node.place, node.tree
        assert tree is not None
        depth, uri = fields.optional(held, "depth", int) or 0, _bluesky.at(held, "uri")
        value = fields.optional(held, "value", dict) or {}
        node.above = tree.depths.get(depth - 1)
        if uri is not None:
            tree.depths[depth] = uri
        notice = _bluesky.gone(value, self.origin(place), uri=uri, reply_to=node.above)
        if notice is not None:
            yield notice
        elif isinstance(value.get("post"), dict):
            yield from _bluesky.view(value["post"], self.origin(f"{place}.value.post"))
        else:
            yield Problem(origin=self.origin(place), reason="expected a post in 'value'")

    # What stands beside a post ---------------------------------------------------------------------------------------

    def _beside(self, node: _Node, post: Post) -> Iterator[Notice]:
        """Yield what the answer says about the thread of a post that it has just given."""
        shown = node.held.get("value") if node.role == "flat" else node.held
        view = fields.optional(shown, "post", dict) or node.held
        count = fields.optional(shown, "opThreadPostCount", int)
        if node.tree is not None:
            node.tree.given.add(post.id)
            if post.reply_to is None:
                node.tree.root = post.id
        if count and (post.conversation, count) != self._counted:
            self._counted = (post.conversation, count)
            says = f"Bluesky counts {count:,} posts in the author's thread."
            more: dict[str, Any] = {"conversation": post.conversation, "author": post.author, "count": count}
            key = ".value.opThreadPostCount" if node.role == "flat" else ".opThreadPostCount"
            yield self._notice("count", says, node.place + key, **more)
        hidden = _hidden(view.get("threadgate")) or fields.optional(node.held, "hidden_replies_uris", list) or []
        addresses = [uri for uri in hidden if isinstance(uri, str) and atproto.collection(uri)]
        if node.tree is not None:
            node.tree.hidden += addresses
        else:
            yield from (self._hidden_reply(uri, post.conversation, node.place) for uri in addresses)
        if node.role == "flat" and node.tree is not None and isinstance(shown, dict):
            yield from self._more(node, node.tree, shown, post)

    def _more(self, node: _Node, tree: _Tree, shown: dict[str, Any], post: Post) -> Iterator[Notice]:
        """Yield what a flat answer says that it leaves out around a post."""
        depth = fields.optional(node.held, "depth", int) or 0
        count, place = fields.optional(shown, "moreReplies", int), f"{node.place}.value"
        tree.may_go_on |= count is None
        if count:
            says = f"{_counted(count)} to this post {'is' if count == 1 else 'are'} not in the answer."
            yield self._cut(f"{place}.moreReplies", tree, post, says, count)
        elif depth < 0 and (_replies(shown.get("post")) or 0) > 1:
            says = "The answer gives one reply to this post, the one on the way to a later post."
            yield self._cut(f"{place}.post.replyCount", tree, post, says)
        if shown.get("moreParents") is True:
            yield self._cut(f"{place}.moreParents", tree, post, _NOTHING_ABOVE)

    def _close(self, node: _Node) -> Iterator[Item]:
        """Yield what is known once an object has been read to its end."""
        if node.is_answer:
            yield from self._answered(node)
            return
        yield from self._give(node)
        if node.tree is None or node.role == "flat":
            return
        if node.post is not None:
            yield from self._lacking(node, node.tree, node.post)
        if node.role == "item":
            yield from self._whole(node, node.tree)

    def _lacking(self, node: _Node, tree: _Tree, post: Post) -> Iterator[Notice]:
        """Yield what a nested answer leaves out around a post: by the count of replies, and by what it answers."""
        stated = _replies(node.held.get("post"))
        tree.may_go_on |= stated is None
        stated = stated or 0
        listed = 1 if node.role == "parent" else node.replies
        if stated > listed:
            given = f"gives {listed:,}" if listed else "goes no deeper and gives none"
            given = "gives the one on the way to a later post" if node.role == "parent" else given
            says = f"Bluesky counts {_counted(stated)} to this post; the answer {given}."
            yield self._cut(f"{node.place}.post.replyCount", tree, post, says, stated - listed)
        if node.role != "reply" and post.reply_to is not None and not node.has_parent:
            yield self._cut(node.place, tree, post, _NOTHING_ABOVE)

    def _whole(self, node: _Node, tree: _Tree) -> Iterator[Notice]:
        """Yield the hidden replies that were not given; and the end, where all replies to all posts were."""
        for uri in tree.hidden:
            if uri not in tree.given:
                yield self._hidden_reply(uri, tree.root, node.place)
        if tree.root is not None and not tree.may_go_on:
            says = "The answer gives every reply that Bluesky counts in this conversation."
            yield self._notice("end", says, node.place, conversation=tree.root)

    def _answered(self, node: _Node) -> Iterator[Notice]:
        held, tree = node.held, node.tree
        self._cursor = f"{node.place}.cursor" if fields.optional(held, "cursor", str) else None
        hidden = [uri for uri in _hidden(held.get("threadgate")) if isinstance(uri, str) and atproto.collection(uri)]
        if tree is None:
            return
        tree.hidden += [uri for uri in hidden if uri not in tree.hidden]
        if held.get("hasOtherReplies") is True:
            tree.may_go_on = True
            says = "The answer leaves out replies that Bluesky shows only on request."
            yield self._notice("cut", says, node.place, conversation=tree.root)
        yield from self._whole(node, tree)

    # Notices ---------------------------------------------------------------------------------------------------------

    def _cut(self, place: str, tree: _Tree, post: Post, says: str, count: int | None = None) -> Notice:
        tree.may_go_on = True
        return self._notice("cut", says, place, conversation=post.conversation, post=post.id, count=count)

    def _gone(self, uri: str, says: str, place: str) -> Notice:
        return self._notice("gone", says, place, post=uri, author=_bluesky.account(None, uri))

    def _hidden_reply(self, uri: str, conversation: str | None, place: str) -> Notice:
        says = "The author of the thread has hidden this reply, and the answer does not give it."
        author = _bluesky.account(None, uri)
        return self._notice("gone", says, place, post=uri, author=author, conversation=conversation, state="withheld")

    def _notice(self, kind: Any, says: str, place: str, **more: Any) -> Notice:
        return Notice(kind=kind, says=says, origin=self.origin(place), platform="bluesky", **more)


_NOTHING_ABOVE = "What this post answers is not in the answer, which goes up only so far."


def _counted(replies: int) -> str:
    return "1 reply" if replies == 1 else f"{replies:,} replies"


def _hidden(threadgate: object) -> list[Any]:
    record = fields.optional(threadgate, "record", dict)
    return fields.optional(record, "hiddenReplies", list) or []


def _replies(view: object) -> int | None:
    return fields.optional(view, "replyCount", int)


def _repost(held: dict[str, Any], origin: Origin) -> Post:
    """Return the repost that brought a post into a feed."""
    reason = held["reason"]
    subject = _bluesky.at(held["post"], "uri")
    if subject is None:
        raise BadRecord("expected an at:// address in 'uri', got none")
    by = _bluesky.account(reason["by"])
    own = _bluesky.at(reason, "uri") or f"{subject}#reposted-by:{by.id or by.handle}"
    time = _bluesky.instant(reason, "indexedAt")
    return _bluesky.repost(own, by, subject, time, origin)


def _repost_record(held: dict[str, Any], origin: Origin) -> Post:
    uri = fields.required_text(held, "uri")
    value = fields.required(held, "record" if "record" in held else "value", dict)
    author = _bluesky.account(held.get("author"), uri)
    return _bluesky.record(value, uri, author, origin, _bluesky.instant(held, "indexedAt"))
