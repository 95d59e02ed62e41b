"""Answers of the Mastodon client API, saved as JSON: statuses, timelines, contexts, search results, edit histories.

Also those of servers that speak the same API: GoToSocial, Pleroma, Akkoma, Pixelfed and others. The fields are those of
the API's documentation (Status, Context, Search, StatusEdit, Quote); the limits of contexts are those of Mastodon's own
`contexts_controller.rb` (shared FORMATS and THREADS). Ids are per server: see `_mastodon` for how they become `uri`s.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clew import fields, records
from clew.errors import DamagedFile, UnsafeFile
from clew.exports import HEAD, Export
from clew.posts import Item, Notice, Origin, Post, Problem, State
from clew.sources import _mastodon, _opening, _unfold
from clew.sources._unfold import Record

NAME = "mastodon_api"
SIGN = (
    "JSON with in_reply_to_id, spoiler_text or account.acct in its first record; {ancestors, descendants};"
    " search results; edit histories; notifications; lines of statuses; events of the streaming API"
)
HOLDS = (
    "Each post's permanent id, its author, the words with their links, what it answers and quotes, media with"
    " descriptions, polls, content warnings, all versions (/history)."
)
LACKS = (
    "Posts that the answering server never received; more than 40 posts above and 60 below (20 deep) in contexts asked"
    " for without a login. A history does not name its post: that stands in the address it was fetched from."
)
LOST = (
    "Other tools mix up the ids of different servers, show cut links as words, keep the RE: line of quotes, and take a"
    " reply to a deleted post for a new thread."
)

_LISTS = frozenset(
    "ancestors descendants statuses accounts hashtags annual_reports notification_groups partial_accounts".split()
)
_THREAD = frozenset({"ancestors", "descendants"})
_POSTLESS = (_LISTS | {"event"}) - _THREAD - {"statuses"}
_EVENTS = frozenset({b"update", b"status.update", b"notification", b"conversation"})
_WITH_POST = frozenset(
    "mention status reblog favourite poll update quote quoted_update pleroma:emoji_reaction emoji_reaction".split()
)
_POST_SIGNS = ("content", "reblog", "visibility", "media_attachments", "favourited", "bookmarked", "card")
_HISTORY = re.compile(rb'^\s*\[\s*\{\s*"content"\s*:\s*"(?:<|\\u003c)p')
_STREAM = re.compile(rb"^(?::[^\n]*\n|\s)*event: ?(?:update|status\.update|delete|notification|conversation)\r?\ndata:")
_NO_RECORD = re.compile(rb'^\s*\{\s*"error"\s*:\s*"(?:Record n|N)ot [Ff]ound"\s*\}\s*$')
_ASKED = re.compile(
    r"^https?://[^/\s]+/api/v1/statuses/(?P<id>\w+)(?P<history>/history)?(?:/context)?(?:\?|$)", re.ASCII
)
_POSTLESS_ANSWER = re.compile(r"^https?://[^/\s]+/api/(?:v1/accounts/lookup|v1_alpha/async_refreshes)\b", re.ASCII)
_ANSWER = re.compile(r"^https?://[^/\s]+/api/v\d/", re.ASCII)

_MOST_ABOVE, _MOST_BELOW, _DEEPEST = 40, 60, 20
"""What Mastodon gives of a context to those who are not logged in."""

_QUOTE_STATES: dict[str, State] = {
    "deleted": "deleted",
    "revoked": "withheld",
    "rejected": "withheld",
    "unauthorized": "private",
    "blocked_account": "blocked",
    "blocked_domain": "blocked",
}
_QUOTE_SAYS = {
    "pending": "The quoted post is not shown: its author has not yet allowed the quote.",
    "rejected": "The quoted post is not shown: its author did not allow the quote.",
    "revoked": "The quoted post is not shown: its author took back the permission to quote it.",
    "deleted": "The quoted post was deleted.",
    "unauthorized": "The quoted post is not shown: whoever asked the server may not see it.",
}


def claims(export: Export) -> bool:
    """Say whether the first record is a status, or one of the objects that hold some."""
    member = export.single
    if member is None:
        return False
    if _is_postless(export):
        return True
    head = export.head(member)
    if _STREAM.match(head):
        return True
    seen = _opening.paths(head)
    if seen.get("") == "[":
        return seen.get("[]") == "{" and (_holds_posts(seen, "[].", head) or bool(_HISTORY.match(head)))
    if seen.get("") != "{":
        return False
    return _is_wrapper(seen, head) or _holds_posts(seen, "", head) or _is_refusal(export, member, head)


def _is_postless(export: Export) -> bool:
    """Say whether this was the answer to a question about an account, or an empty page of an answer about posts."""
    member = export.members[0]
    address = export.address(member) or ""
    if _POSTLESS_ANSWER.match(address):
        return True
    return bool(_ANSWER.match(address)) and export.head(member).strip() == b"[]"


def _holds_posts(seen: dict[str, str], at: str, head: bytes) -> bool:
    """Say whether the record at a path is a status, one version of one, a notification or a conversation."""

    def has(*keys: str) -> bool:
        return any(at + key in seen for key in keys)

    if has("@context", "scheduled_at"):
        return False
    if has("in_reply_to_id") and has("created_at", "account", "uri", "url", "content"):
        return True
    if has("spoiler_text") and has("created_at"):
        return True
    if has("unread") and has("accounts"):
        return seen.get(at + "last_status") == "{" or len(head) >= HEAD
    if has("notifications_count") and has("account"):
        return seen.get(at + "last_status") == "{" or len(head) >= HEAD
    if not has("account.acct", "account.username"):
        return False
    if has("type"):
        return has("status.id") or seen.get(at + "type") in _WITH_POST or (bool(at) and b'"status"' in head)
    only_account = all(path.startswith(at + "account") for path in seen if path.startswith(at) and path != at)
    return has(*_POST_SIGNS) or (only_account and len(head) >= HEAD)


def _is_wrapper(seen: dict[str, str], head: bytes) -> bool:
    """Say whether an object holds lists of statuses; behind a long list of accounts they may lie out of sight."""
    if seen.get("ancestors") == "[" and (seen.get("descendants") == "[" or "ancestors[]" in seen):
        return "ancestors[]" not in seen or _holds_posts(seen, "ancestors[].", head)
    if "scheduled_at" in seen or "@context" in seen:
        return False
    if "statuses[]" in seen:
        partial = "statuses[].created_at" in seen and "statuses[].account" in seen
        return partial or _holds_posts(seen, "statuses[].", head)
    goes_on = len(head) >= HEAD and "statuses" not in seen
    return goes_on and ("accounts[].acct" in seen or seen.get("annual_reports") == "[") and "unread" not in seen


def _is_refusal(export: Export, member: str, head: bytes) -> bool:
    return bool(_NO_RECORD.match(head)) and bool(_ASKED.match(export.address(member) or ""))


def read(export: Export) -> Iterator[Item]:
    """Yield the posts as they stand, each followed by what it embeds; then what was left out, and where views end.

    The file is read twice, since what a reply answers often stands below it. What is held in between is one id for each
    post of another server.
    """
    if _is_postless(export):
        return
    member = export.members[0]
    server = _mastodon.Server(export.address(member), export.capture(member))
    is_stream = bool(_STREAM.match(export.head(member)))
    try:
        for record in _records(export, member):
            for status, _ in _mastodon.embedded(_status(record)[0], ""):
                server.learn(status)
                if is_stream:
                    server.remember(status)
    except (DamagedFile, UnsafeFile):
        pass  # the second reading meets it again, after what stands before it
    asked = _ASKED.match(export.address(member) or "")
    if asked and asked["history"]:
        _learn_beside(export, member, asked["id"], server)
    yield from _Reading(export, member, server).items()


def _learn_beside(export: Export, member: str, own: str, server: _mastodon.Server) -> None:
    """Learn how a post is called whose history this is, from what the same server said of it in the same traffic."""
    asked = (export.address(member) or "").partition("/api/")[0]
    for one in export.beside(member):
        address = _ASKED.match(one.address(one.members[0]) or "")
        if address is None or address["history"] or not address[0].startswith(f"{asked}/api/"):
            continue
        with contextlib.suppress(DamagedFile, UnsafeFile):
            for record in _records(one, one.members[0]):
                for status, _ in _mastodon.embedded(_status(record)[0], ""):
                    if _mastodon.local_id(status, "id") == own:
                        server.remember(status)
                        return


@dataclass(slots=True)
class _Reading:
    """The second reading of a file, with what it counts."""

    export: Export
    member: str
    server: _mastodon.Server
    hidden: int = 0
    others: int = 0
    edits: list[Post] = field(default_factory=list)
    context: _Context | None = None

    def items(self) -> Iterator[Item]:
        damage: DamagedFile | None = None
        edited: Any = None
        try:
            for record in _records(self.export, self.member):
                if _mastodon.is_edit(record.value) and record.section == "":
                    edited = record.value.get("account")
                    yield from self._edit(record)
                else:
                    yield from self._record(record)
        except DamagedFile as error:
            damage = error
        if self.edits:
            yield self._history(edited)
        yield from self._left_out()
        if self.context is not None and damage is None:
            yield from self.context.notices(self.server, self._origin("$"))
        if damage is not None:
            raise damage

    def _origin(self, place: str) -> Origin:
        return Origin(capture=self.export.capture(self.member), file=self.export.place(self.member), place=place)

    def _record(self, record: Record) -> Iterator[Item]:
        if record.section in _THREAD:
            self.context = self.context or _Context()
            self.context.add(record)
        if record.amiss:
            yield Problem(origin=self._origin(record.place), reason=record.amiss)
            return
        gone = self._deletion(record) if record.section == "delete" else self._refusal(record)
        if gone is not None:
            yield gone
            return
        status, place = _status(record)
        if status is None:
            self.others += 1
            return
        for one, where in _mastodon.embedded(status, place):
            if isinstance(one, dict) and not _mastodon.is_shown(one):
                self.hidden += 1
                continue
            post = fields.attempt(self.server.post, one, self._origin(where))
            yield post
            if isinstance(post, Post):
                yield from _notices(one, post, is_outermost=where == place)

    def _deletion(self, record: Record) -> Notice:
        return Notice(
            kind="gone",
            says="The server told its readers that this post was deleted.",
            origin=self._origin(record.place),
            platform="mastodon",
            post=self.server.post_id(record.value, None),
            state="deleted",
        )

    def _refusal(self, record: Record) -> Notice | None:
        asked = _ASKED.match(self.export.address(self.member) or "")
        if asked is None or not isinstance(record.value, dict) or record.value.keys() != {"error"}:
            return None
        return Notice(
            kind="gone",
            says="The server that was asked for this post says that it has none, or shows it to nobody who asks.",
            origin=self._origin(record.place),
            platform="mastodon",
            post=self.server.post_id(asked["id"], None),
        )

    def _edit(self, record: Record) -> Iterator[Item]:
        origin = self._origin(record.place)
        asked = _ASKED.match(self.export.address(self.member) or "")
        if asked is None or not asked["history"]:
            reason = "one version of a post that is not named: a history's post stands in the address it came from"
            yield Problem(origin=origin, reason=reason)
            return
        edit = fields.attempt(self.server.edit, record.value, origin)
        if isinstance(edit, Post):
            self.edits.append(edit)
        else:
            yield edit

    def _history(self, account: Any) -> Post:
        asked = _ASKED.match(self.export.address(self.member) or "")
        assert asked is not None
        return self.server.history(self.edits, asked["id"], account)

    def _left_out(self) -> Iterator[Notice]:
        for count, what in (
            (self.hidden, ("post is not public and was", "posts are not public and were")),
            (self.others, ("entry is no post and was", "entries are no posts and were")),
        ):
            if count:
                says = f"{count:,} {what[count > 1]} not taken."
                yield Notice(kind="left-out", says=says, origin=self._origin("$"), platform="mastodon", count=count)


def _notices(status: dict[str, Any], post: Post, *, is_outermost: bool) -> Iterator[Notice]:
    """Yield what a status says about posts that it does not give, and about its own end.

    Only the answer to a deletion gives the source of a post in the place of its content; it does so for the quoted post
    as well, which was not deleted.
    """
    origin = post.origin
    assert origin is not None
    if is_outermost and "content" not in status:
        says = "This is what the server answers to whoever deletes a post: it was deleted by its author."
        yield Notice(kind="gone", says=says, origin=origin, platform="mastodon", post=post.id, state="deleted")
    if post.reply_to and post.reply_to.endswith(_mastodon.LOST_PARENT):
        says = "The server knows that the next post is a reply, but no longer knows to what; it may have been deleted."
        yield Notice(kind="gone", says=says, origin=origin, platform="mastodon", post=post.reply_to)
    state = _mastodon.quote_state(status)
    if state is not None:
        yield Notice(
            kind="gone",
            says=_QUOTE_SAYS.get(state, "The quoted post is not shown to whoever asked the server."),
            origin=origin,
            platform="mastodon",
            post=post.quotes,
            state=_QUOTE_STATES.get(state, "absent"),
        )


def _status(record: Record) -> tuple[Any, str]:
    """Return the status in a record with its place; None where the record has none."""
    value = record.value
    if record.section in _POSTLESS:
        return None, record.place
    if isinstance(value, dict) and "last_status" in value:
        return value["last_status"], f"{record.place}.last_status"
    if isinstance(value, dict) and "type" in value and not {"content", "in_reply_to_id", "visibility"} & value.keys():
        return value.get("status"), f"{record.place}.status"
    return value, record.place


def _records(export: Export, member: str) -> Iterator[Record]:
    """Yield every item of the answer, of lines of answers, or of what a server sent as it happened."""
    if _STREAM.match(export.head(member)):
        with export.open(member) as stream:
            yield from _in_stream(records.lines(stream))
        return
    for record in _unfold.unfolded(export, member, _is_list):
        if not record.is_rest or "last_status" in record.value:
            yield record


def _is_list(key: str, others: Mapping[str, Any]) -> bool:
    return key in _LISTS and not {"content", "account", "last_status", "unread", "uri"} & others.keys()


def _in_stream(lines: Iterator[tuple[int, bytes | None]]) -> Iterator[Record]:
    event = b""
    for number, line in lines:
        name, _, rest = (line or b"data").partition(b":")
        if name == b"event":
            event = rest.strip()
        elif name == b"data" and event == b"delete":
            yield Record(f"line {number}", rest.strip().decode("utf-8", "replace"), "delete")
        elif name == b"data" and event not in _EVENTS:
            yield Record(f"line {number}", None, "event")
        elif name == b"data":
            yield from _unfold.line(None if line is None else rest, f"line {number}", _is_list)


@dataclass(slots=True)
class _Context:
    """What stands above and below a post, as far as the server gives it; one id is held for each post below."""

    above: int = 0
    top: dict[str, Any] | None = None
    depth: dict[str, int] = field(default_factory=dict)
    deepest: list[dict[str, Any]] = field(default_factory=list)
    last: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The replies of local authors to themselves that no other such reply answers, by id."""

    def add(self, record: Record) -> None:
        own = _mastodon.local_id(record.value, "id")
        if own is None or not isinstance(record.value, dict):
            return
        if record.section == "ancestors":
            self.above += 1
            self.top = self.top or _slim(record.value)
            return
        parent = _mastodon.local_id(record.value, "in_reply_to_id") or ""
        self.depth[own] = self.depth.get(parent, 0) + 1
        if self.depth[own] == _DEEPEST:
            self.deepest.append(_slim(record.value))
        if _answers_itself(record.value) and _mastodon.is_shown(record.value):
            self.last.pop(parent, None)
            acct = fields.optional(record.value.get("account"), "acct", str) or "@"
            if "@" not in acct:
                self.last[own] = _slim(record.value)

    def notices(self, server: _mastodon.Server, origin: Origin) -> Iterator[Notice]:
        """Yield where the view was cut, and which threads end as their own server sees it."""
        if self.above == _MOST_ABOVE and self.top and _mastodon.local_id(self.top, "in_reply_to_id"):
            says = f"Without a login a server gives at most {_MOST_ABOVE} posts above; here are exactly as many."
            yield _cut(says, server, origin, self.top)
        if len(self.depth) == _MOST_BELOW:
            says = f"Without a login a server gives at most {_MOST_BELOW} replies; here are exactly as many."
            yield Notice(kind="cut", says=says, origin=origin, platform="mastodon")
        elif len(self.depth) < _MOST_BELOW and max(self.depth.values(), default=0) == _DEEPEST:
            says = f"Without a login a server gives replies {_DEEPEST} deep; what answers this one is not shown."
            for status in self.deepest:
                yield _cut(says, server, origin, status)
        else:
            for status in self.last.values():
                yield _end(server, origin, status)


def _slim(status: dict[str, Any]) -> dict[str, Any]:
    return {key: status[key] for key in ("id", "uri", "url", "in_reply_to_id") if key in status}


def _answers_itself(status: dict[str, Any]) -> bool:
    author = _mastodon.local_id(status.get("account"), "id")
    return author is not None and author == _mastodon.local_id(status, "in_reply_to_account_id")


def _cut(says: str, server: _mastodon.Server, origin: Origin, status: dict[str, Any]) -> Notice:
    return Notice(kind="cut", says=says, origin=origin, platform="mastodon", post=_id_of(server, status))


def _end(server: _mastodon.Server, origin: Origin, status: dict[str, Any]) -> Notice:
    says = "The author's own server gives no further post by the author below this one."
    return Notice(kind="end", says=says, origin=origin, platform="mastodon", post=_id_of(server, status))


def _id_of(server: _mastodon.Server, status: dict[str, Any]) -> str:
    stated = fields.optional(status, "uri", str) or fields.optional(status, "url", str)
    return stated or server.post_id(_mastodon.local_id(status, "id") or "", None)
