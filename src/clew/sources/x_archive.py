"""The archive that X gives to an account's owner: a zip or folder of every layout since 2012, or one of its files.

Only files of posts are opened, and of the rest the manifest, or else account.js for the owner's name. Direct messages,
contacts, advertising data and posts to a circle stay closed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from clew import addresses, fields, records, times
from clew.errors import BadRecord, DamagedFile
from clew.exports import Export
from clew.posts import Account, Item, Media, Notice, Origin, Post, Problem, Version
from clew.sources import _x, _x_archive_notes, _x_v1
from clew.sources._ids import Ids

NAME = "x_archive"
SIGN = "tweets.js and its neighbours: window.YTD.tweets.part0 = [...] or Grailbird.data.tweets_2015_01 = [...]"
HOLDS = (
    "All posts of one account with the post that each one answers, its deleted posts, edits, long texts, and counts."
)
LACKS = (
    "Posts of others (a quote is a link; a repost is cut short), conversations, and circle posts, which stay closed."
)
LOST = "Long texts (note-tweet.js), deletions, earlier wordings; and nobody checks the counts of the manifest."

_VARIABLE = re.compile(
    rb"\s*(?:window\.)?(?:YTD\.(?P<name>tweets?|community_tweets?|deleted_tweets?|note_tweets?|deleted_note_tweets?"
    rb"|tweet_headers|deleted_tweet_headers)\.part\d+|Grailbird\.data\.tweets_\d{4}_\d\d)\s*="
)
_BARE = re.compile(rb'\s*\[\s*\{\s*"(?P<name>tweet|noteTweet)"\s*:\s*\{')
_FILE = re.compile(
    r"(?P<folder>data/|)(?P<name>tweets?|community-tweets?|deleted-tweets?|note-tweets?|deleted-note-tweets?"
    r"|tweet-headers|deleted-tweet-headers)(?:-part\d+)?\.js|data/js/tweets/\d{4}_\d\d\.js"
)
#: What stands in no archive: then the folder is a collection, and its parts are asked one by one.
_STRANGER = re.compile(r"(?!data/|assets/|tweets?_media/).*(?:\.(?:json|jsonl|ndjson|csv|zip|warc|gz|car|har)|/.*\.js)")
_REPOST = re.compile(r"RT @(\w+):(?: |\Z)", re.ASCII)
#: Before this day reposts were typed by hand ("RT @ana: ...") and are the author's own words.
_FIRST_REPOSTS = datetime(2009, 11, 5, tzinfo=UTC)
#: A text of this length that ends in an ellipsis is the beginning of a long post.
_LONG = 270

TWEETS, COMMUNITY, DELETED, NOTES, HEADERS, DELETED_HEADERS = range(6)
_ROLES = {
    "tweet": TWEETS,
    "community_tweet": COMMUNITY,
    "deleted_tweet": DELETED,
    "note_tweet": NOTES,
    "deleted_note_tweet": NOTES,
    "noteTweet": NOTES,
    "tweet_header": HEADERS,
    "deleted_tweet_header": DELETED_HEADERS,
}


def claims(export: Export) -> bool:
    """Say whether it is a file of posts of an archive, or a folder that is one archive."""
    if export.single is not None and "/" not in export.single:
        return _role_by_content(export, export.single) is not None
    found = [match for member in export.members if (match := _FILE.fullmatch(member))]
    if not any(_VARIABLE.match(export.head(match[0]).removeprefix(b"\xef\xbb\xbf")) for match in found):
        return False
    if any(_STRANGER.fullmatch(member) for member in export.members):
        return False
    beside = {"manifest.js", "account.js", "profile.js"} & set(export.members)
    return any(match["folder"] != "" for match in found) or len(found) > 1 or bool(beside)


def read(export: Export) -> Iterator[Item]:
    """Yield the posts, then what the archive says about posts that it does not hold.

    An edited post comes once, in its last wording under its last id and at the time of its first; each other id is
    the id of a Version. A repost whose original has no id in the archive has `reposts` set to
    `unrolled:reposted-by-` and its own id: for every repost another one, since nobody knows which are of the same.

    Held in memory: the ids of all posts (eight bytes each), long texts (note-tweet.js), and wordings of edited posts.

    Raises:
        DamagedFile: One of the files is broken; what stands before the damage and in the other files comes first.
    """
    yield from _Archive(export).items()


def _role(name: str) -> int | None:
    return _ROLES.get(name.replace("-", "_").removesuffix("s"))


def _role_by_content(export: Export, member: str) -> int | None:
    head = export.head(member).removeprefix(b"\xef\xbb\xbf")
    found = _VARIABLE.match(head) or _BARE.match(head)
    return _role((found["name"] or b"tweet").decode()) if found else None


def _files(export: Export) -> dict[int, list[str]]:
    """Return the files of posts by their roles."""
    files: dict[int, list[str]] = {role: [] for role in range(6)}
    if export.single is not None and "/" not in export.single:
        role = _role_by_content(export, export.single)
        files[TWEETS if role is None else role].append(export.single)
        return files
    for member in export.members:
        if found := _FILE.fullmatch(member):
            role = _role(found["name"] or "tweet")
            files[TWEETS if role is None else role].append(member)
    return files


_UNKNOWN = Account()


@dataclass(slots=True)
class _Manifest:
    """What the archive says of itself."""

    owner: Account = _UNKNOWN
    time: datetime | None = None
    partial: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    """How many records each file holds, by its name without folder."""
    total: int | None = None
    """How many posts all files together hold, in the layout of 2012."""
    origin: Origin | None = None


class _Archive:
    """One archive, read in passes: what the manifest says, ids and edits, then the posts themselves."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._files = _files(export)
        self._posts = [member for role in (TWEETS, COMMUNITY, DELETED) for member in self._files[role]]
        self._media = {name.rpartition("/")[2]: name for name in export.members if "_media/" in name}
        self._manifest = _Manifest()
        self._owner = _UNKNOWN
        self._ids = Ids()
        self._editions: dict[str, set[str]] = {}
        self._wordings: dict[str, Version] = {}
        self._notes = _x_archive_notes.Notes()
        self._counts: Counter[str] = Counter()
        self._unreadable = 0
        self._damage: DamagedFile | None = None

    def items(self) -> Iterator[Item]:
        """Yield everything, in the order that `read` promises."""
        yield from self._read_manifest()
        self._survey()
        self._owner = self._manifest.owner if self._manifest.owner != _UNKNOWN else self._inferred_owner()
        yield from self._read_notes()
        self._collect_wordings()
        for role in (TWEETS, COMMUNITY, DELETED):
            for member in self._files[role]:
                for record, origin in self._records(member):
                    yield from self._tweet(record, origin, deleted=role == DELETED)
        yield from self._notes.left(self._owner)
        yield from self._headers()
        yield from self._closed()
        yield from self._verdict()
        if self._damage:
            raise self._damage

    def _records(self, member: str) -> Iterator[tuple[Any, Origin]]:
        """Yield each record of a file without its wrapper; damage ends the file and is kept for the end."""
        capture, file = self._export.capture(member), self._export.place(member)
        self._counts[member] = 0
        try:
            with self._export.open(member) as stream:
                json = records.Json(stream, f"{self._export.name}/{member}")
                json.skip_to("[")
                for index, record in enumerate(json.values()):
                    self._counts[member] += 1
                    yield _unwrapped(record), Origin(capture=capture, file=file, place=f"$[{index}]")
        except DamagedFile as error:
            self._damage = self._damage or error

    def _read_manifest(self) -> Iterator[Problem]:
        """Take in what manifest.js says, else whose archive it is from account.js."""
        for name, read in (("manifest.js", _manifest), ("account.js", _account), ("js/payload_details.js", _payload)):
            member = next((name for name in (f"data/{name}", name) if name in self._export.members), None)
            if member is None or self._manifest.owner != _UNKNOWN:
                continue
            origin = Origin(capture=self._export.capture(member), file=self._export.place(member), place="$")
            try:
                with self._export.open(member) as stream:
                    self._manifest = read(records.Json(stream, member), origin, self._manifest)
            except (BadRecord, DamagedFile) as error:
                yield Problem(origin=origin, reason=str(error))

    def _survey(self) -> None:
        """Take in the ids of all posts, and which of them are versions of one."""
        for member in self._posts:
            for record, _ in self._records(member):
                own_id = _own_id(record)
                if own_id is None:
                    continue
                self._ids.add(own_id)
                together = _edition_ids(record, own_id)
                if len(together) > 1:
                    whole = together.union(*(self._editions.get(each, ()) for each in together))
                    self._editions.update(dict.fromkeys(whole, whole))

    def _collect_wordings(self) -> None:
        """Take in the earlier wordings of edited posts."""
        for member in self._posts if self._editions else ():
            for record, origin in self._records(member):
                own_id = _own_id(record)
                if own_id in self._editions and own_id != self._latest(own_id):
                    post = fields.attempt(self._plain, record, origin)
                    if isinstance(post, Post):
                        self._wordings[post.id] = Version(id=post.id, time=post.time, text=post.text)

    def _latest(self, own_id: str) -> str:
        """Return the last id of a post that the archive holds."""
        return max((each for each in self._editions[own_id] if each in self._ids), key=_age, default=own_id)

    def _inferred_owner(self) -> Account:
        """Return whose posts these are as the posts tell it: by replies to itself, media of its own, lists of ids."""
        ids: Counter[str] = Counter()
        age = (0, "")
        handle: str | None = None
        for member in self._posts:
            for record, _ in self._records(member):
                own_id, author, name = self._traces(record)
                if author:
                    ids[author] += 1
                if name and _age(own_id) >= age:
                    age, handle = _age(own_id), name
        for member in (*self._files[HEADERS], *self._files[DELETED_HEADERS]):
            for record, _ in self._records(member):
                if author := _peek(record, "user_id"):
                    ids[author] += 1
        return Account(id=ids.most_common(1)[0][0] if ids else None, handle=handle)

    def _traces(self, record: Any) -> tuple[str, str | None, str | None]:
        """Return the id of a post, and the id and the handle of the account that it shows its author to have."""
        own_id = _own_id(record) or ""
        user = fields.optional(record, "user", dict) or {}
        author, name = _peek(user, "id_str", "id"), _peek(user, "screen_name")
        if _peek(record, "in_reply_to_status_id_str") in self._ids:
            author = _peek(record, "in_reply_to_user_id_str") or author
            name = _peek(record, "in_reply_to_screen_name") or name
        return own_id, author, name or _media_owner(record, own_id)

    def _read_notes(self) -> Iterator[Problem]:
        for member in self._files[NOTES]:
            for record, origin in self._records(member):
                try:
                    self._notes.add(_x_archive_notes.note(record, origin))
                except BadRecord as error:
                    yield Problem(origin=origin, reason=str(error))

    def _tweet(self, record: Any, origin: Origin, *, deleted: bool) -> Iterator[Item]:
        """Yield the post of a record with what the other files know of it; nothing for an earlier version."""
        item = fields.attempt(self._deleted if deleted else self._whole, record, origin)
        if isinstance(item, Post) and item.id in self._editions:
            if item.id != self._latest(item.id):
                return
            item = self._with_versions(item)
        self._unreadable += isinstance(item, Problem)
        yield item
        for key, inner in _x_v1.embedded(record) if isinstance(record, dict) else ():
            place = msgspec.structs.replace(origin, place=_x_v1.at(origin.place, key))
            yield fields.attempt(_foreign, inner, place)

    def _with_versions(self, post: Post) -> Post:
        """Return the post with its other wordings, the time of the first and, as its edit, the time of the last."""
        wordings = [self._wording(post, each) for each in sorted(self._editions[post.id], key=_age)]
        return msgspec.structs.replace(
            post,
            time=wordings[0].time,
            edited=wordings[-1].time,
            versions=tuple(wording for wording in wordings if wording.id != post.id),
        )

    def _wording(self, post: Post, own_id: str) -> Version:
        if own_id == post.id:
            return Version(id=post.id, time=post.time, text=post.text)
        return self._wordings.get(own_id) or Version(id=own_id, time=times.from_snowflake(own_id), text="")

    def _plain(self, record: Any, origin: Origin) -> Post:
        """Return the post as the record alone tells it, with its long text."""
        if not isinstance(record, dict):
            raise BadRecord("expected an object")
        user = record.get("user")
        post = _x_v1.post(record, _x_v1.account(user) if isinstance(user, dict) else self._owner, origin)
        raw = fields.optional(record, "full_text", str) or ""
        if post.reposts is None and (repost := _repost(record, post)):
            return repost
        cut = post.cut or (len(raw) >= _LONG and raw.endswith("…"))
        post = self._notes.lengthened(msgspec.structs.replace(post, cut=cut), raw)
        quotes = post.quotes or _x.quoted_id(post.links)
        return msgspec.structs.replace(post, quotes=quotes if quotes != post.id else None)

    def _whole(self, record: Any, origin: Origin) -> Post:
        post = self._plain(record, origin)
        return msgspec.structs.replace(post, media=tuple(self._with_file(post.id, item) for item in post.media))

    def _deleted(self, record: Any, origin: Origin) -> Post:
        return msgspec.structs.replace(self._whole(record, origin), deleted=_when(record, "deleted_at"))

    def _with_file(self, own_id: str, media: Media) -> Media:
        name = (media.url or "").rpartition("/")[2].partition("?")[0]
        member = self._media.get(f"{own_id}-{name}")
        return msgspec.structs.replace(media, file=self._export.place(member)) if member else media

    def _headers(self) -> Iterator[Item]:
        """Yield a notice for each post that a list names and no file holds."""
        for role in (HEADERS, DELETED_HEADERS):
            for member in self._files[role]:
                for record, origin in self._records(member):
                    try:
                        notice = self._header(record, origin, deleted=role == DELETED_HEADERS)
                    except BadRecord as error:
                        yield Problem(origin=origin, reason=str(error))
                    else:
                        if notice.post not in self._ids:
                            yield notice

    def _header(self, record: Any, origin: Origin, *, deleted: bool) -> Notice:
        author = fields.optional_id(record, "user_id")
        says = "The archive lists this post as deleted by its author and does not hold its text."
        return Notice(
            kind="gone",
            says=says if deleted else "The archive's list of posts names this one; its text is not in what was read.",
            origin=origin,
            platform="x",
            post=fields.required_id(record, "tweet_id"),
            author=self._owner if author in (None, self._owner.id) else Account(id=author),
            state="deleted" if deleted else "absent",
            time=_when(record, "deleted_at") if deleted else None,
        )

    def _closed(self) -> Iterator[Notice]:
        """Yield a notice about posts to a circle, which are private: their file is not opened."""
        name = "twitter-circle-tweet.js"
        member = next((member for member in self._export.members if member.rpartition("/")[2] == name), None)
        count = self._manifest.counts.get(name)
        if member is not None and count != 0:
            yield Notice(
                kind="left-out",
                says="Posts to a circle, which are private, were left out; their file was not opened.",
                origin=Origin(capture=self._export.capture(member), file=self._export.place(member), place="$"),
                platform="x",
                author=self._owner,
                count=count,
            )

    def _verdict(self) -> Iterator[Notice]:
        """Yield whether the archive holds all the posts that its manifest counts, where there is a manifest."""
        manifest = self._manifest
        if manifest.origin is None:
            return
        held = sum(self._counts[member] for member in self._files[TWEETS])
        reasons = list(self._shortfalls(held))
        if manifest.partial:
            reasons.insert(0, "X marks it as partial")
        says = f"The archive holds all {held:,} posts of the account that its manifest counts."
        if reasons:
            says = f"The archive may not hold all posts of the account: {'; '.join(reasons)}."
        yield Notice(
            kind="cut" if reasons else "complete",
            says=says,
            origin=manifest.origin,
            platform="x",
            author=self._owner,
            count=None if reasons else held,
            time=manifest.time,
        )

    def _shortfalls(self, held: int) -> Iterator[str]:
        """Yield in what the counts of the manifest and of the list of ids differ from what was read."""
        read = {member.rpartition("/")[2]: self._counts[member] for member in (*self._posts, *self._files[NOTES])}
        for name, stated in self._manifest.counts.items():
            found = _FILE.fullmatch(name)
            role = _role(found["name"] or "tweet") if found else None
            if role in (TWEETS, COMMUNITY, DELETED, NOTES) and read.get(name, 0) != stated:
                yield f"by the manifest {name} holds {stated:,} records, and {read.get(name, 0):,} were found"
        if self._manifest.total not in (None, held):
            yield f"payload_details.js counts {self._manifest.total:,} posts, and {held:,} were found"
        listed = sum(self._counts[member] for member in self._files[HEADERS])
        if self._files[HEADERS] and listed != held:
            yield f"tweet-headers.js lists {listed:,} posts, and {held:,} were found"
        if self._unreadable:
            yield f"{self._unreadable:,} of its records could not be read"


def _unwrapped(record: Any) -> Any:
    for key in ("tweet", "noteTweet"):
        if isinstance(record, dict) and isinstance(record.get(key), dict):
            return record[key]
    return record


def _peek(record: Any, *keys: str) -> str | None:
    """Return an id or name without a word about a bad one; the pass that builds the post speaks of it."""
    try:
        return fields.optional_id(record, *keys)
    except BadRecord:
        return None


def _own_id(record: Any) -> str | None:
    return _peek(record, "id_str", "id")


def _age(own_id: str) -> tuple[int, str]:
    """Return what sorts ids by age: they grow with time."""
    return len(own_id), own_id


def _edition_ids(record: dict[str, Any], own_id: str) -> set[str]:
    """Return the ids of all versions that the record names, its own among them."""
    info = fields.optional(record, "edit_info", dict) or {}
    edit = fields.optional(info, "edit", dict) or {}
    parts = (fields.optional(info, "initial", dict), fields.optional(edit, "editControlInitial", dict))
    found = {own_id, _peek(edit, "initialTweetId") or own_id}
    for part in parts:
        found.update(each for each in fields.optional(part, "editTweetIds", list) or () if _is_id(each))
    return found


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdecimal()


def _media_owner(record: Any, own_id: str) -> str | None:
    """Return the handle in the address of a post's own picture; None where it has none."""
    entities = fields.optional(record, "extended_entities", dict) or fields.optional(record, "entities", dict)
    for item in fields.optional(entities, "media", list) or ():
        address = addresses.parse(fields.optional(item, "expanded_url", str) or "")
        if address and address.id == own_id:
            return address.handle
    return None


def _repost(record: dict[str, Any], post: Post) -> Post | None:
    """Return the post as the repost that it is; None where it is the author's own words.

    X marks reposts by nothing but "RT @ana: " at the start. The original's id stands only in the address of its
    pictures; without any, the repost gets a placeholder of its own (see `read`).
    """
    found = _REPOST.match(post.text)
    favorites = fields.optional_id(record, "favorite_count")
    if not found or post.reply_to_author or favorites not in (None, "0") or not post.time or post.time < _FIRST_REPOSTS:
        return None
    original = f"unrolled:reposted-by-{post.id}"
    entities = fields.optional(record, "extended_entities", dict) or fields.optional(record, "entities", dict)
    for item in fields.optional(entities, "media", list) or ():
        address = addresses.parse(fields.optional(item, "expanded_url", str) or "")
        if address and address.id and (address.handle or "").casefold() == found[1].casefold():
            original = address.id
    return msgspec.structs.replace(post, reposts=original, cut=post.text.endswith(("…", " ...")))


def _foreign(record: dict[str, Any], origin: Origin) -> Post:
    return _x_v1.post(record, _x_v1.account(record.get("user")), origin)


def _when(record: object, key: str) -> datetime:
    """Return an instant in either of the forms that archives write."""
    written = fields.required(record, key, str)
    return fields.required_time(record, key, times.from_iso if written[:4].isdecimal() else times.from_v1)


def _manifest(json: records.Json, origin: Origin, known: _Manifest) -> _Manifest:
    """Return what manifest.js says.

    Raises:
        BadRecord: It does not say whose archive it is.
        DamagedFile: It is no JSON.
    """
    json.skip_to("{")
    whole = json.value()
    user = fields.required(whole, "userInfo", dict)
    info = fields.optional(whole, "archiveInfo", dict) or {}
    counts: dict[str, int] = {}
    for kind in (fields.optional(whole, "dataTypes", dict) or {}).values():
        for file in fields.optional(kind, "files", list) or ():
            name, count = fields.optional(file, "fileName", str), _count(file)
            if name and count is not None:
                counts[name.rpartition("/")[2]] = count
    written = fields.optional(info, "generationDate", str)
    return _Manifest(
        owner=Account(
            id=fields.required_id(user, "accountId"),
            handle=fields.optional(user, "userName", str),
            name=fields.optional(user, "displayName", str),
        ),
        time=_when(info, "generationDate") if written else None,
        partial=info.get("isPartialArchive") in (True, "true"),
        counts=counts,
        origin=origin,
    )


def _account(json: records.Json, origin: Origin, known: _Manifest) -> _Manifest:
    """Return what is known with the owner that account.js names; its address and birthday are not looked at.

    Raises:
        BadRecord: It names none.
        DamagedFile: It is no JSON.
    """
    json.skip_to("[")
    whole = json.value()
    account = fields.required(whole[0] if isinstance(whole, list) and whole else None, "account", dict)
    known.owner = Account(
        id=fields.required_id(account, "accountId"),
        handle=fields.optional(account, "username", str),
        name=fields.optional(account, "accountDisplayName", str),
    )
    return known


def _payload(json: records.Json, origin: Origin, known: _Manifest) -> _Manifest:
    """Return what is known with the count and the date of an archive of 2012 to 2018.

    Raises:
        DamagedFile: It is no JSON.
    """
    json.skip_to("{")
    whole = json.value()
    known.total = _count(whole, "tweets")
    known.origin = origin if known.total is not None else None
    with suppress(BadRecord):
        known.time = _when(whole, "created_at")
    return known


def _count(file: object, key: str = "count") -> int | None:
    count = _peek(file, key)
    return int(count) if count and count.isascii() and count.isdecimal() and len(count) < 12 else None
