"""From the rows of a table to posts, by the columns that were taken for what they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from clew import addresses, atproto, fields, texts, times
from clew.errors import BadRecord, DamagedFile
from clew.exports import Export
from clew.posts import Account, Item, Link, Media, Mention, Notice, Origin, Post, Problem, Tag
from clew.sources import _bluesky, _cells, _instants, _parts, _tables, _x, _x_v1
from clew.sources._columns import Columns
from clew.sources._marks import links_in

__all__ = ["read"]

_MOST_DAMAGED = 0.02
"""A larger share of rounded ids, and the whole column is refused: by chance one id in ten thousand ends in 0000."""
_HANDLE = re.compile(r"^@?[\w.@:-]{1,100}$")
_REPOST = re.compile(r"^RT @\w{1,20}:? ")
_SHORTENED = re.compile(r"…\s*https?://t\.co/\w+\s*$", re.ASCII)
"""How API v1.1 ends a text that it shortened."""
_PICTURE = "pic.twitter.com/"
_PLATFORMS = {"twitter": "x", "x.com": "x", "twitter.com": "x", "bsky": "bluesky", "bsky.app": "bluesky"}
_SAME_MOMENT = timedelta(seconds=60)
_SAME_DAY = timedelta(hours=26)
"""No zone is further from UTC, and a day without a clock ends after 24 hours."""
_SAMPLE = 1000
"""Rows whose dates are looked at closely."""
_MOST_NAMES = 30
"""Unused columns that a notice names."""


def read(export: Export, member: str, columns: Columns) -> Iterator[Item]:
    """Yield how the columns were taken, then each row's post or problem.

    The table is read twice: first to see whether its ids are whole and how its dates are written, so that nothing is
    given out of a column that has to be refused.

    Raises:
        DamagedFile: More than two in a hundred ids were rounded, or the file is broken.
        NotReadable: It is a Parquet file and pyarrow is not installed.
    """
    origin = Origin(capture=export.capture(member), file=export.place(member), place="line 1")
    facts = _facts(export, member, columns)
    _refuse_damaged(export, columns, facts)
    platform = _platform(columns, facts)
    reading = _Reading(columns, facts, platform)
    yield Notice(kind="guess", says=_says(columns, facts, platform), origin=origin, platform=platform)
    for row in _body(export, member):
        place = Origin(capture=origin.capture, file=origin.file, place=row.place)
        yield Problem(origin=place, reason=row.amiss) if row.amiss else reading.item(row.cells, place)
    yield from reading.remarks(origin)


def _body(export: Export, member: str) -> Iterator[_tables.Row]:
    stream = _tables.rows(export, member)
    next(stream, None)
    return stream


# First pass: what the columns hold -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Facts:
    """What a first look at all rows shows."""

    rows: int = 0
    ids: int = 0
    damaged: int = 0
    """Ids that were rounded and stand in no address either."""
    zeros: int = 0
    """Those among them that only end in zeros, as one whole id in ten thousand does."""
    example: str = ""
    parents: int = 0
    """Cells of `reply_to` that hold an id."""
    no_parents: int = 0
    """Cells of `reply_to` that hold something else."""
    zoneless: int = 0
    clocks: int = 0
    """Ids among the first rows that tell the same day as the row's date: only X makes such ids."""
    orders: Counter[str] = field(default_factory=Counter)
    by_ids: Counter[str] = field(default_factory=Counter)
    accounts: dict[str, str] = field(default_factory=dict)
    """Permanent ids by handle, on Bluesky alone: its addresses name handles where its ids name DIDs."""

    @property
    def order(self) -> str | None:
        """How 3/4 is to be read, where the table decides it and does not contradict itself."""
        for votes in (self.orders, self.by_ids):
            decided = {order: votes[order] for order in ("dmy", "mdy") if votes[order]}
            if decided:
                return next(iter(decided)) if len(decided) == 1 else None
        return None


def _facts(export: Export, member: str, columns: Columns) -> _Facts:
    facts = _Facts()
    at = columns.taken
    for row in _body(export, member):
        if row.amiss or len(row.cells) <= max(at.values(), default=-1):
            continue
        facts.rows += 1
        own = _cells.bare(row.cells[at["id"]]) if "id" in at else ""
        if own and not _cells.is_nothing(own):
            facts.ids += 1
            address = _cells.address(row.cells[at["url"]]) if "url" in at else None
            if _cells.ROUNDED.match(own) and not (address and address.id and _cells.same_but_rounded(own, address.id)):
                facts.damaged += 1
                facts.zeros += own.isdecimal()
                facts.example = facts.example or own
        if "reply_to" in at and not _cells.is_nothing(cell := _cells.bare(row.cells[at["reply_to"]])):
            facts.parents += _cells.is_id(cell)
            facts.no_parents += not _cells.is_id(cell)
        if "time" in at:
            _look_at_time(facts, row.cells[at["time"]].strip(), own)
        if columns.platform == "bluesky" and {"author", "author_id"} <= set(at):
            facts.accounts.setdefault(
                row.cells[at["author"]].strip().removeprefix("@"), row.cells[at["author_id"]].strip()
            )
    return facts


def _look_at_time(facts: _Facts, cell: str, own: str) -> None:
    """Note how a date is written, which of 3/4 and 4/3 its row's id bears out, and whether it bears out an X id."""
    order = _instants.day_order(cell)
    if order in ("dmy", "mdy"):
        facts.orders[order] += 1
    by_id = times.from_snowflake(own)
    if order == "?" and by_id is not None:
        near = [each for each in ("dmy", "mdy") if (told := _told(cell, each)) and abs(told.time - by_id) < _SAME_DAY]
        if len(near) == 1:
            facts.by_ids[near[0]] += 1
    if facts.rows > _SAMPLE or not (told := _told(cell, "dmy" if order == "?" else None)):
        return
    facts.zoneless += not told.zone
    facts.clocks += by_id is not None and abs(told.time - by_id) < _SAME_DAY


def _told(cell: str, order: str | None) -> _instants.Instant | None:
    try:
        return _instants.instant(cell, order)
    except (ValueError, OverflowError):
        return None


def _refuse_damaged(export: Export, columns: Columns, facts: _Facts) -> None:
    if facts.damaged < 2 or facts.damaged <= _MOST_DAMAGED * facts.ids:
        return
    raise DamagedFile(
        export.name,
        f"the ids in its column {columns.of('id')!r} were rounded by a spreadsheet or a script ({facts.damaged:,} of"
        f" {facts.ids:,}, such as {facts.example}); nothing can mend them. Export it again with the ids as text",
    )


def _platform(columns: Columns, facts: _Facts) -> str:
    """Return the platform of the whole table, which its ids may tell where its columns do not."""
    if columns.platform == "unknown" and facts.clocks and facts.clocks >= 0.9 * min(facts.ids, _SAMPLE):
        return "x"
    return columns.platform


def _says(columns: Columns, facts: _Facts, platform: str) -> str:
    """Return the sentence that tells how the columns were taken."""
    said = [f"{role} from {columns.of(role)!r}" for role in columns.taken]
    whose = f" (a table of {columns.preset.tool})" if columns.preset else ""
    unused = columns.unused()
    more = f" and {len(unused) - _MOST_NAMES} more" if len(unused) > _MOST_NAMES else ""
    ignored = f" Not used: {', '.join(map(repr, unused[:_MOST_NAMES]))}{more}." if unused else ""
    zone = " Times that name no zone were taken as UTC." if facts.zoneless else ""
    order = {"dmy": " Dates were read day first.", "mdy": " Dates were read month first."}.get(facts.order or "", "")
    parents = ""
    if "reply_to" in columns.taken and not _names_parents(columns, facts):
        parents = f" The column {columns.of('reply_to')!r} holds no ids, so no parents are known."
    by_ids = (
        " The ids tell the same times as X's do, so it was taken as a table of X."
        if platform != columns.platform
        else ""
    )
    return f"Columns taken{whose}: {', '.join(said)}.{ignored}{zone}{order}{parents}{by_ids}"


def _names_parents(columns: Columns, facts: _Facts) -> bool:
    """Say whether the table names the parents of replies: the user says so, or most cells that hold anything do."""
    return "reply_to" in columns.taken and ("reply_to" in columns.told or facts.parents > facts.no_parents)


# Second pass: posts --------------------------------------------------------------------------------------------------


class _Reading:
    """Builds the posts of one table, and counts what had to be decided row by row."""

    def __init__(self, columns: Columns, facts: _Facts, platform: str) -> None:
        self._columns = columns
        self._at = columns.taken
        self._accounts = facts.accounts
        self._order = facts.order
        self._of_all = platform
        self._parents = _names_parents(columns, facts)
        self._zeros_are_chance = facts.zeros * 1000 <= facts.ids
        self._counts: Counter[str] = Counter()

    def item(self, cells: list[str], origin: Origin) -> Item:
        """Return the post of a row, the notice that stands in its place, or its problem."""
        if len(cells) <= max(self._at.values(), default=-1):
            return Problem(origin=origin, reason=f"expected {len(self._columns.names)} cells, got {len(cells)}")
        item = fields.attempt(self._post, cells, origin)
        if isinstance(item, Post) and item.platform == "x":
            return _x_v1.standing_in(item) or item
        return item

    def remarks(self, origin: Origin) -> Iterator[Notice]:
        """Yield what was decided row by row, each with its count."""
        for says, count in self._counts.items():
            yield Notice(kind="guess", says=f"Posts {says}: {count:,}.", origin=origin, count=count)

    def _cell(self, cells: list[str], role: str) -> str:
        """Return a cell; empty where the table has no such column or nothing in it."""
        place = self._at.get(role)
        if place is None or not (cell := cells[place].strip()):
            return ""
        return "" if len(cell) < 10 and cell.lower() in _cells.NOTHING else fields.clean(cell)

    def _post(self, cells: list[str], origin: Origin) -> Post:
        address = _cells.address(self._cell(cells, "url"))
        platform = self._platform(cells, address)
        own_id = self._own_id(cells, address, platform, origin)
        author = self._author(cells, address)
        raw = fields.clean(cells[self._at["text"]]) if "text" in self._at else ""
        if self._columns.preset and self._columns.preset.escapes_lines:
            raw = raw.replace("\\n", "\n")
        body = _words(raw, platform, self._cell(cells, "entities"))
        reply_to, lost = self._parent(cells, author)
        reply_to_author = self._optional_id(cells, "reply_to_author")
        reposts = self._reposts(cells, body.text, platform, origin)
        return Post(
            platform=platform,
            id=own_id,
            author=author,
            time=self._time(cells, own_id, platform),
            text=body.text,
            reply_to=reply_to,
            reply_to_author=(reply_to_author or "").removeprefix("@") or None,
            conversation=self._optional_id(cells, "conversation"),
            quotes=self._link_id(cells, "quotes") or self._source(cells, "quoted"),
            reposts=reposts,
            language=_cells.language(self._cell(cells, "language")),
            links=body.links,
            mentions=body.mentions,
            tags=body.tags,
            media=self._media(cells),
            origin=origin,
            url=self._url(cells, address, own_id),
            edges_stated=self._parents and not lost and (reply_to is not None or not reply_to_author),
            cut=_cells.is_true(self._cell(cells, "truncated")) or (platform == "x" and _is_cut(body.text, reposts)),
        )

    def _platform(self, cells: list[str], address: addresses.Address | None) -> str:
        named = self._cell(cells, "platform").lower()
        if named:
            return _PLATFORMS.get(named, named)
        if address is not None:
            return address.platform
        return "bluesky" if self._cell(cells, "id").startswith("at://") else self._of_all

    def _own_id(self, cells: list[str], address: addresses.Address | None, platform: str, origin: Origin) -> str:
        """Return the id: of the two that a row may hold the address has the whole one, where the other was rounded.

        Raises:
            BadRecord: It is missing though the table has such a column, or it was rounded.
        """
        own = _cells.bare(self._cell(cells, "id"))
        within = address.id if address else None
        if within and (not own or (own != within and _cells.same_but_rounded(own, within))):
            self._counts["whose id was taken from the address, since its own column lacks or rounds it"] += 1
            return self._full(within, cells, platform)
        if own:
            parsed = addresses.parse(own) if "://" in own else None
            own = parsed.id if parsed and parsed.id else own
            by_chance = self._zeros_are_chance and own.isdecimal()
            return self._full(own if by_chance else _cells.whole(own, "id"), cells, platform)
        if "id" in self._at:
            raise BadRecord(f"expected an id in {self._columns.of('id')!r}, got nothing")
        return f"unrolled:{origin.capture[7:19]}-{origin.place.rpartition(' ')[2]}"

    def _full(self, own: str, cells: list[str], platform: str) -> str:
        """Return an id as the platform's other data writes it, which for Telegram names the channel."""
        if platform == "telegram" and (found := re.fullmatch(r"(?P<chat>.+)-(?P<number>\d+)", own)):
            return f"{found['chat']}/{found['number']}"
        return own

    def _author(self, cells: list[str], address: addresses.Address | None) -> Account:
        handle, name = self._cell(cells, "author").removeprefix("@"), self._cell(cells, "author_name")
        if handle and (not _HANDLE.match(handle) or handle.startswith("{")):
            handle, name = "", name or ("" if handle.startswith("{") else handle)
        return Account(
            id=self._optional_id(cells, "author_id"),
            handle=handle or (address.handle if address else None),
            name=name or None,
        )

    def _parent(self, cells: list[str], author: Account) -> tuple[str | None, bool]:
        """Return the parent's id, and whether the row names one that can't be used."""
        cell = _cells.bare(self._cell(cells, "reply_to"))
        if not cell or not self._parents:
            return None, False
        if not _cells.is_id(cell) and "reply_to" not in self._columns.told:
            return None, True
        try:
            return self._linked(_cells.whole(cell, "reply_to"), cells, author), False
        except BadRecord:
            self._counts["that stand without a parent, since its id was rounded on its way"] += 1
            return None, True

    def _linked(self, cell: str, cells: list[str], author: Account) -> str:
        """Return the id that a cell names as itself, as an address, or as a number within its own chat."""
        chat = self._cell(cells, "conversation") if self._columns.platform == "telegram" else ""
        chat = chat or (
            self._full(self._cell(cells, "id"), cells, "telegram").rpartition("/")[0] if cell.isdecimal() else ""
        )
        if self._columns.platform == "telegram" and chat and cell.isdecimal():
            return f"{chat}/{cell}"
        address = addresses.parse(cell) if "://" in cell else None
        if address is None or address.id is None:
            return cell
        if address.platform == "bluesky" and not address.id.startswith("at://"):
            return self._at_uri(address.handle or "", address.id, cells, author) or cell
        return address.id

    def _at_uri(self, handle: str, key: str, cells: list[str], author: Account) -> str | None:
        """Return the uri of a post that an address names by handle; None where nothing tells whose DID that is."""
        root = self._cell(cells, "conversation")
        if root.startswith("at://") and root.endswith(f"/{key}"):
            return root
        did = (author.id if handle == author.handle else self._accounts.get(handle, handle)) or ""
        return f"at://{did}/app.bsky.feed.post/{key}" if did.startswith("did:") else None

    def _optional_id(self, cells: list[str], role: str) -> str | None:
        """Return an id that a post can do without; None where it is missing or was rounded."""
        if not (cell := _cells.bare(self._cell(cells, role))):
            return None
        if cell.isdecimal() and not cell.endswith("00000"):
            return cell
        try:
            return _cells.whole(cell, role)
        except BadRecord:
            self._counts[f"without the id in {self._columns.of(role)!r}, since it was rounded on its way"] += 1
            return None

    def _link_id(self, cells: list[str], role: str) -> str | None:
        """Return the id of another post; None where the cell holds something else, such as "DELETED"."""
        found = self._optional_id(cells, role)
        return self._linked(found, cells, Account()) if found and _cells.is_id(found) else None

    def _source(self, cells: list[str], kind: str) -> str | None:
        """Return the post that academictwitteR calls the source, where it is of that kind."""
        return self._link_id(cells, "source_id") if self._cell(cells, "source_type") == kind else None

    def _reposts(self, cells: list[str], text: str, platform: str, origin: Origin) -> str | None:
        """Return the id of what is reposted; one of our own where the table only says that the row is a repost."""
        found = self._link_id(cells, "reposts") or self._source(cells, "retweeted")
        if found is not None:
            return found
        flag = self._cell(cells, "is_repost")
        if _cells.is_true(flag) or (not flag and platform == "x" and _REPOST.match(text)):
            return f"unrolled:{origin.capture[7:19]}-repost-{origin.place.rpartition(' ')[2]}"
        return None

    def _time(self, cells: list[str], own_id: str, platform: str) -> datetime | None:
        """Return when a post was published: as the table says, but as the id says where the table is not certain.

        Raises:
            BadRecord: The cell is no date, or may be one of two, and the id does not help.
        """
        cell = self._cell(cells, "time")
        by_id = _told_by_id(own_id, platform)
        try:
            told = _instants.instant(cell, self._order) if cell else None
        except (ValueError, OverflowError) as error:
            if by_id is None:
                raise BadRecord(f"expected a date in {self._columns.of('time')!r}: {str(error)[:120]}") from error
            told = None
        time = told.time if told else None
        if platform == "bluesky":
            seen = _told(self._cell(cells, "seen"), None)
            true = _bluesky.plausible(time, own_id, seen.time if seen else None)
            if cell and true != time:
                self._counts["whose time in the table can't be true and was taken from the id"] += 1
            return true
        if by_id is None or (told is not None and told.zone):
            return time
        if time is not None and (abs(time - by_id) <= _SAME_MOMENT or abs(time - by_id) > _SAME_DAY):
            return time
        if cell:
            self._counts["whose time was taken from the id, since the table's is uncertain or in another zone"] += 1
        return by_id

    def _media(self, cells: list[str]) -> tuple[Media, ...]:
        kinds, alts = self._cell(cells, "media_types").split("|"), self._cell(cells, "media_alts").split("|")
        found = []
        if attached := self._cell(cells, "attachments"):
            return tuple(_x.v2_media(item) for item in _urls(attached) if isinstance(item, dict))
        for index, url in enumerate(_cells.listed(self._cell(cells, "media"))):
            kind = kinds[index] if index < len(kinds) else ""
            kind = {"photo": "image", "animated_gif": "gif", "": "image"}.get(kind, kind)
            kind = kind if kind in ("image", "video", "gif", "audio") else kind.partition("/")[0] or "image"
            found.append(Media(type=kind, url=url, alt=(alts[index] if index < len(alts) else "") or None))
        return tuple(found)

    def _url(self, cells: list[str], address: addresses.Address | None, own_id: str) -> str | None:
        """Return the address of the post where it can't be made from platform, author and id."""
        url = self._cell(cells, "url")
        if not url.startswith(("https://", "http://")) or (address and address.platform in ("x", "bluesky")):
            return None
        return url if url != own_id else None


def _told_by_id(own_id: str, platform: str) -> datetime | None:
    """Return when an id was made, on the two platforms whose ids tell it."""
    if platform == "bluesky":
        return atproto.tid_time(own_id.rpartition("/")[2])
    return times.from_snowflake(own_id) if platform == "x" else None


# Words ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    links: tuple[Link, ...] = ()
    mentions: tuple[Mention, ...] = ()
    tags: tuple[Tag, ...] = ()


def _words(raw: str, platform: str, entities: str) -> _Words:
    """Return a text with its links: where `entities.urls` has their places by those, else as they stand in it."""
    raw = raw.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if platform != "x":
        text = raw
        return _Words(text, links_in(text))
    urls = _urls(entities) if entities.startswith("[") else []
    if found := _placed(urls):
        body = _x.body(raw, found)
        return _Words(body.text, *_parts.found(body.text, body.links))
    links, text = _unfolded(texts.unescape(raw), [url for url in urls if isinstance(url, str)])
    return _Words(text, *_parts.found(text, links))


def _urls(cell: str) -> list[Any]:
    """Return the links of API v2 as twarc-csv writes them: objects, or nothing but their addresses."""
    try:
        items = fields.parsed(cell.encode())
    except BadRecord:
        return []
    return items if isinstance(items, list) else []


def _placed(urls: list[Any]) -> _x.Entities | None:
    """Return the links that say where in the text they stand; None where none does."""
    found = _x.Entities()
    for item in urls:
        start, end = fields.optional(item, "start", int), fields.optional(item, "end", int)
        raw, shown = fields.optional(item, "url", str), fields.optional(item, "display_url", str)
        url = fields.optional(item, "expanded_url", str) or raw
        if start is None or end is None or raw is None or url is None:
            continue
        if shown and shown.startswith(_PICTURE):
            found.media.append((start, end, raw))
        else:
            found.links.append((start, end, raw, shown or url, url))
    return found if found.links or found.media else None


def _unfolded(text: str, urls: list[str]) -> tuple[list[Link], str]:
    """Return the links of a text with the addresses behind them, where these are told for each; own pictures fall."""
    if "://" not in text:
        return [], text
    urls = [fields.clean(url) for url in dict.fromkeys(urls)]
    for url in urls:
        if url.startswith(_PICTURE):
            text = text.replace(f"https://t.co/{url.removeprefix(_PICTURE)}", "").rstrip()
    urls = [url for url in urls if not url.startswith(_PICTURE)]
    links = list(links_in(text))
    if urls and len(urls) == len(links) and all(link.shown.startswith("https://t.co/") for link in links):
        links = [msgspec.structs.replace(link, url=url) for link, url in zip(links, urls, strict=True)]
    return links, text


def _is_cut(text: str, reposts: str | None) -> bool:
    return bool(_SHORTENED.search(text)) or (reposts is not None and text.endswith("…"))
