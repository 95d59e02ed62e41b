"""A server's own view of posts: its Status objects, and the ids that only this server knows.

The client API names parents, quoted posts and accounts by ids of the answering server. `Server` turns them into
ActivityPub ids by three ways, the surest first:

1. the same file holds the post: its `uri`;
2. the author writes on that server, and another post of theirs shows how it makes ids from its numbers
   (`https://example.social/users/ana/statuses/` + id);
3. else `https://<server>/statuses/<id>`, which stands for "what that server calls <id>" and is the same in all files of
   that server. Where even the server is unknown, its name is the file's digest in the domain `.invalid`.

A post that the server knows to be a reply, but to what it no longer knows (the parent was deleted), answers
`<its own id>#in-reply-to`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from clew import fields, times
from clew.errors import BadRecord
from clew.posts import Account, Media, Origin, Post, Version
from clew.sources import _fediverse
from clew.sources._fediverse import Named

__all__ = ["LOST_PARENT", "PUBLIC", "Server", "embedded", "is_edit", "is_shown", "local_id", "quote_state"]

PUBLIC = frozenset({"public", "unlisted"})
LOST_PARENT = "#in-reply-to"

_MEDIA = {"gifv": "gif", "image": "image", "video": "video", "audio": "audio"}
_PAGE = re.compile(r"^(https?://[^/\s]+)/@([\w.-]+)$")
_ACTOR = re.compile(r"^https?://[^/\s]+/(?:users/[^/\s]+|ap/users/\d+)$")


def is_shown(status: Mapping[str, Any]) -> bool:
    """Say whether everybody may read the post; one without the field stands in an answer that leaves it out."""
    visibility = fields.optional(status, "visibility", str)
    if fields.optional(status, "local_only", bool):
        return False
    return visibility in PUBLIC if visibility is not None else "visibility" not in status


def is_edit(record: object) -> bool:
    """Say whether it is one version out of a post's history, which does not name its post."""
    return isinstance(record, dict) and "content" in record and not {"id", "uri", "url"} & record.keys()


def local_id(record: object, key: str) -> str | None:
    """Return a server's own id; None where there is none or it is none."""
    try:
        return fields.optional_id(record, key)
    except BadRecord:
        return None


def embedded(status: object, place: str) -> Iterator[tuple[Any, str]]:
    """Yield a status and all that it embeds, at any depth, each with its place."""
    waiting = [(status, place)]
    while waiting:
        status, place = waiting.pop()
        yield status, place
        if not isinstance(status, dict):
            continue
        inner = [_quoted(status), ("reblog", fields.optional(status, "reblog", dict))]
        waiting += [(one, f"{place}.{key}") for key, one in inner if one is not None]


def _quoted(status: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """Return the key and the quoted status: Mastodon wraps it, Akkoma and Fedibird do not, Pleroma hides it."""
    quote = fields.optional(status, "quote", dict)
    if quote is not None and "quoted_status" in quote:
        return "quote.quoted_status", fields.optional(quote, "quoted_status", dict)
    if quote is not None and "account" in quote:
        return "quote", quote
    return "pleroma.quote", fields.optional(fields.optional(status, "pleroma", dict), "quote", dict)


def quote_state(status: Mapping[str, Any]) -> str | None:
    """Return why a quoted post is not shown (`pending`, `revoked`, `deleted` ...); None where it is, or none is."""
    quote = fields.optional(status, "quote", dict)
    state = fields.optional(quote, "state", str)
    if state is None or _quoted(status)[1] is not None or local_id(quote, "quoted_status_id"):
        return None
    return state


class Server:
    """What a file tells of the server that answered: its name, its accounts, its posts' ids.

    It holds one id and one `uri` for each post of other servers, and little for each account.
    """

    def __init__(self, address: str | None, capture: str) -> None:
        self._asked = _fediverse.host_of(address) if address else None
        self._unknown = f"{capture.removeprefix('sha256:')[:16]}.invalid"
        self._hosts: set[str] = set()
        self._uris: dict[str, str | None] = {}
        self._prefixes: dict[str, str | None] = {}
        self._actors: dict[str, str | None] = {}

    @property
    def host(self) -> str | None:
        """Its name; None where the file does not tell, or holds the answers of several."""
        if self._asked:
            return self._asked
        return next(iter(self._hosts)) if len(self._hosts) == 1 else None

    def learn(self, status: object) -> None:
        """Take in what a status tells of ids."""
        account = fields.optional(status, "account", dict)
        own, author = local_id(status, "id"), local_id(account, "id")
        uri = _stated(status, "uri", "url")
        home = self._home(account)
        if home:
            self._hosts.add(home)
        if author and account:
            _keep(self._actors, author, _actor(account, uri))
        if not own or not uri:
            return
        if author and home and uri.endswith(f"/{own}"):
            _keep(self._prefixes, author, uri[: -len(own)])
            _keep(self._prefixes, fields.optional(account, "url", str) or author, uri[: -len(own)])
        else:
            _keep(self._uris, own, uri)

    def remember(self, status: object) -> None:
        """Take in a post's own id, though another post may show how it is made: a later deletion names no author."""
        own, uri = local_id(status, "id"), _stated(status, "uri")
        if own and uri:
            _keep(self._uris, own, uri)

    def knows(self, own: str, author: str | None) -> bool:
        """Say whether a post's id is known, or how its author's ids are made."""
        return self._uris.get(own) is not None or self._prefixes.get(author or "") is not None

    def _at(self, address: str | None) -> str | None:
        """Return the id of the post on a page, where another of its author's posts shows how; else the address."""
        page, _, own = (address or "").rpartition("/")
        prefix = self._prefixes.get(page)
        return prefix + own if prefix else address

    def post_id(self, own: str, author: str | None, home: str | None = None) -> str:
        """Return the id of a post that this server calls by an id, by the three ways above."""
        prefix = self._prefixes.get(author or "")
        host = home or self.host or self._unknown
        return self._uris.get(own) or (prefix + own if prefix else f"https://{host}/statuses/{own}")

    def post(self, status: dict[str, Any], origin: Origin) -> Post:
        """Return a status as a post.

        Raises:
            BadRecord: It lacks its author, its time, its text or an id.
        """
        account = fields.required(status, "account", dict)
        own = self._own_id(status)
        reposts = fields.optional(status, "reblog", dict)
        quotes, quoted_is_known = self._quotes(status)
        body = _fediverse.Body("")
        if reposts is None:
            body = _fediverse.body(_html(status), self._named(status), strip_quote=quoted_is_known)
        return Post(
            platform="mastodon",
            id=own,
            author=_author(account, fields.optional(status, "uri", str)),
            time=fields.required_time(status, "created_at", times.from_iso),
            text=body.text,
            reply_to=self._parent(status, own),
            reply_to_author=self._parent_author(status),
            conversation=fields.optional(fields.optional(status, "pleroma", dict), "context", str),
            quotes=quotes or self._at(body.quoted),
            reposts=None if reposts is None else self._own_id(reposts),
            language=fields.optional(status, "language", str) or None,
            links=body.links,
            mentions=body.mentions,
            tags=body.tags,
            media=() if reposts is not None else tuple(_media(status)),
            origin=origin,
            url=fields.optional(status, "url", str) or None,
            edited=_edited(status),
            edges_stated="in_reply_to_id" in status,
            warning=None if reposts is not None else fields.optional(status, "spoiler_text", str) or None,
        )

    def history(self, edits: list[Post], own: str, account: object) -> Post:
        """Return the last of a post's versions with all others, under the id by which the server was asked for it."""
        current = edits[-1]
        post_id = self._edited_id(own, account)
        words = [edits[0], *(new for old, new in pairwise(edits) if new.text != old.text)]
        versions = [Version(id=post_id, time=one.time, text=one.text) for one in words if one.text != current.text]
        return Post(
            platform="mastodon",
            id=post_id,
            author=current.author,
            time=edits[0].time,
            text=current.text,
            links=current.links,
            mentions=current.mentions,
            tags=current.tags,
            media=current.media,
            origin=current.origin,
            edited=current.time if len(edits) > 1 else None,
            versions=tuple(versions),
            warning=current.warning,
        )

    def edit(self, record: dict[str, Any], origin: Origin) -> Post:
        """Return one version out of a history; its id is none yet.

        Raises:
            BadRecord: It lacks its author, its time or its text.
        """
        body = _fediverse.body(_html(record), strip_quote=isinstance(record.get("quote"), dict))
        return Post(
            platform="mastodon",
            id="",
            author=_author(fields.required(record, "account", dict), None),
            time=fields.required_time(record, "created_at", times.from_iso),
            text=body.text,
            links=body.links,
            mentions=body.mentions,
            tags=body.tags,
            media=tuple(_media(record)),
            origin=origin,
            warning=fields.optional(record, "spoiler_text", str) or None,
        )

    def _edited_id(self, own: str, account: object) -> str:
        """Return the id of a post of which only the versions are given: its author's page shows the server's way."""
        home, author = self._home(account), local_id(account, "id")
        if self.knows(own, author):
            return self.post_id(own, author, home)
        actor = fields.optional(account, "uri", str) or ""
        page = _PAGE.match(fields.optional(account, "url", str) or "")
        if home and _ACTOR.match(actor):
            return f"{actor}/statuses/{own}"
        if home and page and not actor:
            return f"{page[1]}/users/{page[2]}/statuses/{own}"
        return self.post_id(own, author, home)

    def _home(self, account: object) -> str | None:
        """Return the host of an account that writes on the answering server; None for others."""
        acct = fields.optional(account, "acct", str)
        if not acct or "@" in acct:
            return None
        return _fediverse.host_of(fields.optional(account, "url", str) or fields.optional(account, "uri", str) or "")

    def _own_id(self, status: Mapping[str, Any]) -> str:
        if stated := _stated(status, "uri", "url"):
            return stated
        account = status.get("account")
        return self.post_id(fields.required_id(status, "id"), local_id(account, "id"), self._home(account))

    def _parent(self, status: Mapping[str, Any], own: str) -> str | None:
        parent = fields.optional_id(status, "in_reply_to_id")
        author = fields.optional_id(status, "in_reply_to_account_id")
        account = status.get("account")
        if parent is not None and self._home(account) and author == local_id(account, "id"):
            way, numbered, end = own.rpartition(f"/{local_id(status, 'id')}")
            if numbered and not end:
                return f"{way}/{parent}"
        if parent is not None:
            return self.post_id(parent, author, self._home(account))
        return own + LOST_PARENT if author is not None and "in_reply_to_id" in status else None

    def _parent_author(self, status: Mapping[str, Any]) -> str | None:
        wanted = fields.optional_id(status, "in_reply_to_account_id")
        if wanted is None:
            return None
        account = fields.optional(status, "account", dict)
        if account and wanted == local_id(account, "id"):
            author = _author(account, fields.optional(status, "uri", str))
            return author.id or author.handle
        mentioned = (item for item in _objects(status, "mentions") if local_id(item, "id") == wanted)
        return self._actors.get(wanted) or next((_handle(item) for item in mentioned), None)

    def _quotes(self, status: Mapping[str, Any]) -> tuple[str | None, bool]:
        """Return the quoted post's id where it is known, and whether the status holds a quote at all."""
        quote = fields.optional(status, "quote", dict)
        inner = _quoted(status)[1]
        if inner is not None:
            return self._own_id(inner), True
        shallow = local_id(quote, "quoted_status_id") or local_id(status, "quote_id")
        if shallow:
            return self.post_id(shallow, None), True
        return fields.optional(fields.optional(status, "pleroma", dict), "quote_url", str) or None, quote is not None

    def _named(self, status: Mapping[str, Any]) -> list[Named]:
        found = []
        for item in _objects(status, "mentions"):
            handle = _handle(item)
            if handle:
                actor = self._actors.get(local_id(item, "id") or "")
                found.append(Named(handle=handle, url=fields.optional(item, "url", str), id=actor))
        return found


def _stated(status: object, *keys: str) -> str | None:
    """Return the first address that a status states and that is not blank; None where there is none."""
    found = (fields.optional(status, key, str) for key in keys)
    return next((address for address in found if address and address.strip()), None)


def _keep(known: dict[str, str | None], key: str, value: str | None) -> None:
    """Remember a value; one that two records contradict is not known."""
    known[key] = value if known.setdefault(key, value) == value else None


def _actor(account: Mapping[str, Any], uri: str | None) -> str | None:
    stated = fields.optional(account, "uri", str)
    hidden = fields.optional(fields.optional(account, "pleroma", dict), "ap_id", str)
    return stated or hidden or _fediverse.actor_of(uri) or fields.optional(account, "url", str) or None


def _author(account: Mapping[str, Any], uri: str | None) -> Account:
    handle = _handle(account)
    actor = _actor(account, uri)
    if handle is None and actor is None:
        raise BadRecord("expected a name or an address in 'account', got neither")
    return Account(id=actor, handle=handle, name=fields.optional(account, "display_name", str) or None)


def _handle(account: Mapping[str, Any]) -> str | None:
    """Return the name with its host; the host of the account's page, since the API leaves out the server's own."""
    acct = fields.optional(account, "acct", str) or fields.optional(account, "username", str)
    url = fields.optional(account, "url", str) or fields.optional(account, "uri", str)
    return _fediverse.full_handle(acct, _fediverse.host_of(url or "")) if acct else None


def _html(status: Mapping[str, Any]) -> str:
    """Return the words; the plain text under `text` is what the answer to a deletion gives instead."""
    if "content" not in status and isinstance(status.get("text"), str):
        return fields.required(status, "text", str).replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    return fields.required(status, "content", str)


def _edited(status: Mapping[str, Any]) -> datetime | None:
    try:
        return fields.required_time(status, "edited_at", times.from_iso)
    except BadRecord:
        return None


def _media(status: Mapping[str, Any]) -> Iterator[Media]:
    for item in _objects(status, "media_attachments"):
        kind = _MEDIA.get(fields.optional(item, "type", str) or "", "file")
        url = fields.optional(item, "remote_url", str) or fields.optional(item, "url", str)
        yield Media(type=kind, url=url or None, alt=fields.optional(item, "description", str) or None)
    poll = fields.optional(status, "poll", dict)
    if poll is not None:
        options = [fields.optional(option, "title", str) or "" for option in _objects(poll, "options")]
        yield Media(type="poll", url=None, alt="\n".join(options) or None)
    card = fields.optional(status, "card", dict)
    address = fields.optional(card, "url", str)
    if address:
        yield Media(type="card", url=address, alt=fields.optional(card, "title", str) or None)


def _objects(record: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    return [item for item in fields.optional(record, key, list) or () if isinstance(item, dict)]
