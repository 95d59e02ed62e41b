"""From what people hold to threads: inputs -> items -> threads. The order of things is written here, once."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, overload, runtime_checkable

from clew import addresses, records
from clew.errors import BadOption, ClewError, DamagedFile, UnknownFormat
from clew.exports import Export, opened
from clew.posts import Item, Notice, Origin, Post, Problem
from clew.sources import Source, by_name, identify
from clew.threads import Thread, weave

if TYPE_CHECKING:
    from clew.addresses import Address
    from clew.fetch import Brought, Settings

__all__ = ["Intake", "Reading", "is_live", "read"]

Watch = Callable[[str, int], None]
"""Is told the name of what is being read and how many items it gave so far, every EVERY items."""
EVERY = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Sequence[Thread]):
    """What was read: a sequence of threads, oldest first, and all that stands beside them."""

    threads: tuple[Thread, ...] = ()
    posts: tuple[Post, ...] = ()
    """As they were read, in the order of the inputs; one that was seen twice is there twice."""
    notices: tuple[Notice, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Records that could not be read."""
    unread: tuple[str, ...] = ()
    """Files in folders and archives that no source knows."""
    errors: tuple[ClewError, ...] = ()
    """Inputs, or parts of them, that could not be read or not to their end."""

    def __len__(self) -> int:
        return len(self.threads)

    @overload
    def __getitem__(self, at: int) -> Thread: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Thread, ...]: ...
    def __getitem__(self, at: int | slice) -> Thread | tuple[Thread, ...]:
        return self.threads[at]


def read(
    *paths: str | os.PathLike[str],
    format: str | None = None,  # noqa: A002  what --from says
    columns: Mapping[str, str] | None = None,
) -> Reading:
    """Return the threads in files, folders, zips and tars (`-`: standard input), and what stands beside them.

    The address of a post or a profile is asked for live: of a post that gives the thread around it.

    `format` is a name from `clew formats`; without it each part tells by itself what it is. `columns` says which of a
    table's columns is what (`{"id": "tweet_id"}`) and makes `table` the format. An input that breaks off is read up to
    there and stands in `errors`.

    Raises:
        InputError: None of the inputs could be read; what stands in the way of the first.
        BadOption: There is no such format.
    """
    intake = Intake(format=format, columns=columns)
    items = [item for path in paths for item in intake.items(os.fspath(path))]
    if intake.errors and not items:
        raise intake.errors[0]
    return Reading(
        threads=tuple(thread for thread in weave(items) if intake.is_meant(thread)),
        posts=tuple(item for item in items if isinstance(item, Post)),
        notices=tuple(item for item in items if isinstance(item, Notice)),
        problems=tuple(item for item in items if isinstance(item, Problem)),
        unread=tuple(intake.unread),
        errors=tuple(intake.errors),
    )


@dataclass(slots=True, kw_only=True)
class Intake:
    """A way in: yields what inputs hold and remembers what it could not read."""

    format: str | None = None
    """The source to use for everything; None: each part is identified."""
    columns: Mapping[str, str] | None = None
    watch: Watch | None = None
    formats: Counter[str] = field(default_factory=Counter)
    """How many parts were read by each source, by its name."""
    unread: list[str] = field(default_factory=list)
    errors: list[ClewError] = field(default_factory=list)
    settings: Settings | None = None
    """For live addresses; None: what the environment says."""
    keep: Path | None = None
    """The file that what servers say is kept in; None: it is forgotten."""
    tell: Callable[[str], None] | None = None
    """Is told what the user should know before it is done, such as what an answer will cost."""
    trusts: bool = True
    """Whether the server of an address may be in a private network, as it may be where the user typed it here."""
    brought: list[Brought] = field(default_factory=list)
    """What live addresses brought."""
    _meant: dict[str, Brought] = field(default_factory=dict)
    """The same by capture."""
    _looks_into_packed: bool = False
    """True within a folder on disk, outside of any zip or tar in it."""

    def items(self, path: str) -> Iterator[Item]:
        """Yield posts, notices and problems as they are read; what can't be read is added to `errors` or `unread`.

        Raises:
            BadOption: There is no such format.
        """
        format = self.format or ("table" if self.columns else None)  # noqa: A001
        source = by_name(format) if format else None
        count = 0
        self._looks_into_packed = os.path.isdir(path)
        try:
            address = _live(path)
            for item in self._file(path, source) if address is None else self._fetched(address, source):
                if self.watch and count % EVERY == 0:
                    self.watch(path, count)
                count += 1
                yield item
        except ClewError as error:
            self.errors.append(error)

    def claimed(self, path: str) -> list[str]:
        """Return the names of the parts of a file or folder that would be read; `errors` and `unread` are filled.

        Raises:
            InputError: Nothing in it would be read.
            BadOption: There is no such format.
        """
        format = self.format or ("table" if self.columns else None)  # noqa: A001
        source = by_name(format) if format else None
        self._looks_into_packed = os.path.isdir(path)
        with opened(path) as export:
            parts = self._identified(export) if source is None else _forced(source, export)
            names = [part.name for _, part in parts]
            if not names:
                raise self.errors[0] if self.errors else UnknownFormat(export.name, _hint(export))
        return names

    def is_meant(self, thread: Thread) -> bool:
        """Say whether a thread is one of those that the inputs name.

        A file means all its threads, a profile those of its account, and the address of a post the one that it is in.
        """
        captures = {post.origin.capture for post in thread.posts() if post.origin}
        if not captures or not captures <= self._meant.keys():
            return True
        return any(_is_around(thread, self._meant[capture]) for capture in captures)

    def _file(self, path: str, source: Source | None) -> Iterator[Item]:
        with opened(path) as export:
            yield from self._export(export, source)

    def _fetched(self, address: Address, source: Source | None) -> Iterator[Item]:
        """Yield what servers say of an address that the user has named; the server in it may then be anywhere."""
        from clew import fetch

        fetch.ready("reading an address")
        settings = self.settings or fetch.Settings.of()
        if address.server and self.trusts:
            settings = replace(settings, local=settings.local | {fetch.origin_of(address.server)})
        with tempfile.TemporaryDirectory(prefix="clew-") as folder:
            path = self.keep or Path(folder, "fetched.warc.gz")
            brought = fetch.bring(address, path, settings, self.tell)
            self.brought.append(brought)
            with opened(str(path)) as export:
                if export.members:
                    self._meant[export.capture(export.members[0])] = brought
                before = len(self.unread)
                yield from self._export(export, source)
                asides = {_file_name(one) for one in export.parts() if one.address(one.members[0]) in brought.asides}
                self.unread[before:] = [name for name in self.unread[before:] if name not in asides]

    def _export(self, export: Export, source: Source | None) -> Iterator[Item]:
        unread, errors, found = len(self.unread), len(self.errors), False
        for own, part in self._identified(export) if source is None else _forced(source, export):
            found = True
            yield from self._part(own, part)
        if not found and len(self.errors) == errors:
            del self.unread[unread:]
            raise UnknownFormat(export.name, _hint(export))

    def _identified(self, export: Export) -> Iterator[tuple[Source, Export]]:
        """Yield each part that a source claims: the whole if one claims it, else its children."""
        if _says_nothing(export):
            return
        try:
            source = identify(export)
        except ClewError as error:
            self.errors.append(error)
            return
        if source is not None:
            yield source, export
        elif _is_file(export):
            yield from self._packed(export)
        else:
            for part in export.parts():
                yield from self._identified(part)

    def _packed(self, export: Export) -> Iterator[tuple[Source, Export]]:
        """Yield what a zip or tar that lies in a folder holds; a file that holds nothing known is unread."""
        before, found = len(self.unread), False
        if self._looks_into_packed and os.path.isfile(export.name) and _is_packed(export):
            self._looks_into_packed = False
            try:
                with opened(export.name) as inner:
                    for pair in self._identified(inner):
                        found = True
                        yield pair
            except ClewError as error:
                self.errors.append(error)
                return
            finally:
                self._looks_into_packed = True
        if not found:
            self.unread[before:] = [] if _is_refusal(export) else [_file_name(export)]

    def _part(self, source: Source, part: Export) -> Iterator[Item]:
        count = 0
        self.formats[source.NAME] += 1
        try:
            for item in self._read(source, part):
                count += 1
                yield item
        except ClewError as error:
            self.errors.append(error)
            if count:
                yield Problem(origin=_damage(part, error, count), reason=str(error))

    def _read(self, source: Source, part: Export) -> Iterator[Item]:
        if self.columns is None:
            return source.read(part)
        if not isinstance(source, _Table):
            raise BadOption(f"{part.name}: columns can be named with the format table, not with {source.NAME}.")
        return source.read_with(part, self.columns)


@runtime_checkable
class _Table(Protocol):
    """A source whose columns can be named by the user."""

    def read_with(self, export: Export, columns: Mapping[str, str]) -> Iterator[Item]:
        """Yield what the export holds, taking the fields of a post from the columns named."""
        ...


def _forced(source: Source, export: Export) -> Iterator[tuple[Source, Export]]:
    """Yield what to read as a format that the user names: a file as it is, of a folder the parts that look like it."""
    if _is_file(export) or source.claims(export):
        yield source, export
    else:
        yield from ((source, part) for part in list(_claimed(source, export)) or [export])


def _claimed(source: Source, export: Export) -> Iterator[Export]:
    for part in export.parts():
        if source.claims(part):
            yield part
        elif not _is_file(part):
            yield from _claimed(source, part)


def _is_file(export: Export) -> bool:
    return export.single is not None and "/" not in export.single


def _file_name(export: Export) -> str:
    """Return the name of a file, which that of a folder with a single file in it leaves out."""
    member = export.single or ""
    return export.name if export.name.endswith(member) else f"{export.name}/{member}"


def _is_packed(export: Export) -> bool:
    head = export.head(export.members[0])
    return head.startswith(b"PK\x03\x04") or head[257:262] == b"ustar"


def _hint(export: Export) -> str:
    """Return what stands in the way of knowing an input; empty where it is just of no known format."""
    if _is_file(export):
        return _look(export.head(export.members[0]))
    return f"none of its {len(export.members):,} files is in a format clew reads" if export.members else "it is empty"


def _look(head: bytes) -> str:
    if not head.strip():
        return "it is empty" if not head else "it holds nothing but white space"
    if not head.strip(b"\0"):
        return "it holds nothing but NUL bytes; the copy or the download failed"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "is UTF-16 text. If it is JSON: iconv -f utf-16 -t utf-8 FILE"
    control = sum(byte < 9 or 13 < byte < 27 for byte in head)
    if control * 20 > len(head) and not records.is_wide(head):
        return ""
    try:
        records.decoded(head[:-4], "")
    except DamagedFile as error:
        return error.reason
    return ""


def _damage(part: Export, error: ClewError, count: int) -> Origin:
    path = getattr(error, "path", "")
    member = next((member for member in part.members if path.endswith(member)), part.members[0])
    return Origin(capture=part.capture(member), file=part.place(member), place=f"after {count:,} records")


def is_live(path: str) -> bool:
    """Say whether an input is an address that a server is asked for, and no file.

    Raises:
        BadOption: It is an address that clew cannot ask for.
    """
    return _live(path) is not None


_PRIVATE = re.compile(r"(?:https?://)?(?:t|telegram)\.me/c/\d+")


def _live(path: str) -> Address | None:
    """Return the address that an input is; None where it is a file.

    Raises:
        BadOption: It is an address, but of nothing that clew reads.
    """
    if os.path.exists(path):
        return None
    address = addresses.pasted(path)
    if address is None and _PRIVATE.match(path):
        raise BadOption(
            f"{path}: is in a private chat, of which Telegram shows nothing. Export it from Telegram Desktop."
        )
    if address is None and re.match(r"(?:https?|at|tg)://", path):
        raise BadOption(
            f"{path}: is no address of a post or a profile that clew knows. Save the page and give the file."
        )
    return address


def _says_nothing(export: Export) -> bool:
    """Say whether this is an answer that only sends on, or puts off."""
    status = export.status(export.members[0]) if _is_file(export) else None
    return status is not None and (300 <= status < 400 or status == 429 or status >= 500)


def _is_refusal(export: Export) -> bool:
    """Say whether a server gave nothing; what sources can tell from such an answer they have told."""
    return (export.status(export.members[0]) or 0) >= 400


def _is_around(thread: Thread, brought: Brought) -> bool:
    if brought.post is None:
        return brought.author is None or brought.author in (thread.author.id, thread.author.handle)
    ids = {own for gap in thread.gaps() for own in gap.ids}
    return brought.post in ids or any(brought.post in (post.id, post.url) for post in thread.posts())
