"""Threads and accounts out of an archive, at somebody's request: the order of things is written here, once."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec

from clew import addresses
from clew.archive import Archive
from clew.archive.aside import ASIDE
from clew.archive.gather import accounts_of
from clew.archive.holdings import found, named
from clew.archive.observe import SPAN, columns_of, decoded, key_of, many, notice_of
from clew.archive.redacted import holds_words, is_of, rewritten_file, words_of_texts
from clew.archive.removal import Rewritten, account_marks, post_mark
from clew.archive.schema import PATIENCE
from clew.archive.store import digested, listing
from clew.archive.writer import Writer
from clew.dossier.shelf import Shelf
from clew.errors import BadOption, NothingFound
from clew.evidence.kept import forget_posts
from clew.posts import Post, to_json
from clew.sources import clew_lines

__all__ = ["Removal", "Wanted", "removed", "wanted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to go."""

    what: Literal["thread", "account"]
    label: str
    """For the reader: the thread's or the account's name."""
    posts: frozenset[str]
    """As platform:id: those of the thread or account, under every id, and mere reposts of them."""
    names: frozenset[str]
    """For an account: its ids and handles."""
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What was removed."""

    wanted: Wanted
    cut: int
    """Captures from which just these records were cut."""
    lines: int
    """Captures of which the other posts are kept as lines of clew, as they could not be cut."""
    gone: int
    """Captures of which nothing is left."""
    aside: int
    """Files in aside/, which were not looked at: they are no part of the archive."""


def wanted(archive: Archive, name: str) -> Wanted:
    """Return what goes by a name: a thread by its id, or the id or address of a post in it; else an account.

    Raises:
        NothingFound: There is neither.
        BadOption: Several threads or accounts have that name.
    """
    connection, own = archive.connection, archive.name
    threads = [] if name.startswith("@") else found(connection, name)
    if len(threads) > 1:
        raise BadOption(f"{name}: names {len(threads)} threads. Name one by its id, as clew list shows it.")
    if threads:
        (thread,) = threads
        keys = [key_of(post.platform, post.id) for post in thread.posts()]
        posts = _all_names(connection, keys)
        return Wanted(
            what="thread",
            label=f"thread {thread.id}",
            posts=posts,
            names=frozenset(),
            marks=tuple(post_mark(own, *_parts(key)) for key in sorted(posts)),
        )
    rows = _account(connection, name)
    accounts = connection.execute(f"SELECT platform, id, handle FROM accounts WHERE account {_LIST}", (many(rows),))
    names, marks = set(), set()
    for platform, identity, handle in accounts.fetchall():
        names |= {word for word in (identity, handle) if word}
        marks.update(account_marks(own, platform, identity, handle))
    keys = [key for (key,) in connection.execute(f"SELECT post FROM sightings WHERE account {_LIST}", (many(rows),))]
    posts = _all_names(connection, keys)
    marks.update(post_mark(own, *_parts(key)) for key in posts)
    return Wanted(what="account", label=name, posts=posts, names=frozenset(names), marks=tuple(sorted(marks)))


def removed(archive: Archive, wish: Wanted, reason: str, waiting: Callable[[], None] = lambda: None) -> Removal:
    """Take posts out of captures and database for good; the ledger keeps that it was done, when and why.

    Raises:
        ArchiveError: The disk refuses, or the archive is damaged.
    """
    with archive.writing(waiting) as writer, tempfile.TemporaryDirectory(prefix="clew-") as temporary:
        units = [
            _Unit(writer, wish, capture, Path(temporary, str(capture)))
            for (capture,) in writer.connection.execute(_TOUCHED, (many(wish.posts),)).fetchall()
        ]
        for unit in units:
            unit.work()
        _agree(units)
        count = len({key for unit in units for key in unit.keys})
        own = {_parts(key)[1] for key in wish.posts}
        forget_posts(archive.path, own)  # first what the ledger knows nothing of: whatever is interrupted, this is done
        Shelf(archive.path).forget(own)
        _forget_news(archive.path, wish.posts)
        writer.remove(reason, count, wish.marks, list(_rewritten(writer, units)))
    forms = Counter(unit.form for unit in units)
    return Removal(
        wanted=wish, cut=forms["cut"], lines=forms["lines"], gone=forms["gone"], aside=_count(archive.path / ASIDE)
    )


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0


def _forget_news(path: Path, posts: Iterable[str]) -> None:
    """Take news of posts out of the book of what is watched, where there is one."""
    book = path / "watch.sqlite"
    if not book.is_file():
        return
    with closing(sqlite3.connect(book, PATIENCE, isolation_level=None)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'news'").fetchone():
            connection.execute(_NEWS, (many(posts),))
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _account(connection: sqlite3.Connection, name: str) -> list[int]:
    """Return all rows of the account of a name."""
    address = addresses.parse(name) if "/" in name else None
    own = (address.handle if address and address.handle else name).removeprefix("@")
    rows = named(connection, own)
    marks = {
        mark for (mark,) in connection.execute(f"SELECT same_as FROM accounts WHERE account {_LIST}", (many(rows),))
    }
    if len(marks) > 1:
        raise BadOption(f"{name}: is the name of {len(marks)} accounts. Name one by its id, as clew authors shows it.")
    if not marks:
        raise NothingFound(f"{name}: no such thread, post or account.")
    return accounts_of(connection, rows)


def _all_names(connection: sqlite3.Connection, keys: Sequence[str]) -> frozenset[str]:
    """Return posts under all their ids, and mere reposts of them."""
    names = set(keys)
    for statement in (_OTHERS, _OWNERS):
        names.update(name for (name,) in connection.execute(statement, (many(names),)))
    names.update(name for (name,) in connection.execute(_REPOSTS, (many(_parts(key)[1] for key in names),)))
    return frozenset(names)


def _parts(key: str) -> tuple[str, str]:
    platform, _, own = key.partition(":")
    return platform, own


@dataclass(slots=True)
class _Unit:
    """A capture that is read by itself, and what it will be."""

    writer: Writer
    wish: Wanted
    capture: int
    place: Path
    form: Literal["cut", "lines", "gone"] = "gone"
    kind: str = "file"
    name: str = ""
    format: str | None = None
    columns: dict[str, str] | None = None
    out: Path | None = None
    members: dict[str, int] = field(default_factory=dict)
    """The captures that it consists of, by digest."""
    names: dict[str, str] = field(default_factory=dict)
    """For a folder: the paths in it, each with its digest."""
    keys: set[str] = field(default_factory=set)
    rest: list[Post] = field(default_factory=list)

    def name_of(self, digest: str) -> str:
        """Return the path of a file in the folder, or the name of the capture itself."""
        return next((name for name, own in self.names.items() if own == digest), self.name)

    def file_after(self, digest: str) -> Path | None:
        """Return what a file of the folder is without what goes; None where nothing of it is kept."""
        if self.form != "cut" or self.out is None:
            return None
        path = self.out / self.name_of(digest) if self.out.is_dir() else self.out
        return path if path.is_file() else None

    def after(self, digest: str) -> str | None:
        """Return the digest of what a file is without what goes."""
        path = self.file_after(digest)
        return _digest(path) if path is not None else None

    def work(self) -> None:
        """Decide what is left of the capture, and write that beside it."""
        self.place.mkdir()
        (self.place / "out").mkdir()
        self.kind, self.name, form, columns = self.writer.connection.execute(_KIND, (self.capture,)).fetchone()
        self.format, self.columns = form, columns_of(columns)
        self.names = self.writer.listed(self.capture) if self.kind == "folder" else {}
        rows = list(self._sightings())
        gone = [(post, file, place) for key, post, file, place in rows if key in self.wish.posts]
        self.keys = {key for key, *_ in rows if key in self.wish.posts}
        self.rest = [post for key, post, *_ in rows if key not in self.wish.posts]
        with self.writer.copied(self.capture) as (path, self.members):
            if not self.rest:
                return
            if not any(self._cut(path, gone, coarse=coarse) for coarse in (False, True)):
                self.to_lines()

    def to_lines(self) -> None:
        """Keep what else the capture shows as lines of clew."""
        if not self.rest:
            return
        self.form, self.kind, self.format, self.columns = "lines", "file", clew_lines.NAME, None
        self.out = self.place / "lines.jsonl"
        notices = [notice_of(record) for (record,) in self.writer.connection.execute(_NOTICES, (self.capture,))]
        kept = [
            notice
            for notice in notices
            if key_of(notice.platform, notice.post or "") not in self.wish.posts
            and not (notice.author and {notice.author.id, notice.author.handle} & self.wish.names)
        ]
        lines = [*map(to_json, self.rest), *map(to_json, kept)]
        self.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", errors="replace")

    def _sightings(self) -> Iterator[tuple[str, Post, str, str]]:
        """Yield every sighting of the capture: its post, with where it stands."""
        span = (self.capture * SPAN, (self.capture + 1) * SPAN)
        for key, content, record, digest, file, place in self.writer.connection.execute(_ROWS, span).fetchall():
            if record is None:
                (record,) = self.writer.connection.execute(_RECORD, (key, content)).fetchone()
            yield key, decoded(record, digest, file, place), file, place

    def _cut(self, path: Path, gone: Sequence[tuple[Post, str, str]], *, coarse: bool) -> bool:
        """Cut records out of a copy; says whether just these went and their words with them."""
        places: dict[str, list[str]] = {}
        for _, file, place in gone:
            places.setdefault(file, []).append(place)
        ids = {post.id for post, *_ in gone}
        out = self.place / "out" / path.name
        if path.is_dir():
            files = _files(path)
            if not places.keys() <= files.keys():
                return False
            for name, source in files.items():
                if is_of(name, ids):
                    continue
                own = out / name
                own.parent.mkdir(parents=True, exist_ok=True)
                if name not in places:
                    own.write_bytes(source.read_bytes())
                elif not rewritten_file(source, own, {source.name: places[name]}, (), coarse=coarse):
                    return False
        elif not rewritten_file(path, out, places, ids, coarse=coarse):
            return False
        if not self._is_right(out, [post for post, *_ in gone]):
            return False
        self.form, self.out = "cut", out
        return True

    def _is_right(self, out: Path, gone: Sequence[Post]) -> bool:
        """Read what is left; says whether it shows the other posts, and nothing of those that went."""
        unread: list[str] = []
        items = list(self.writer.hand.read(out, self.format, self.columns, unread))
        left = Counter(_content(item) for item in items if isinstance(item, Post))
        if left != Counter(map(_content, self.rest)):
            return False
        texts = [text for post in gone for text in (post.text, *(version.text for version in post.versions))]
        words = words_of_texts(texts, (post.text for post in self.rest))
        words += [f'"{name}"' for name in self.wish.names]
        return not any(holds_words(path, words) for path in _files(out).values())


def _content(post: Post) -> bytes:
    bare = msgspec.structs.replace(post, origin=None)
    return hashlib.blake2b(to_json(bare).encode("utf-8", "replace"), digest_size=16).digest()


def _files(path: Path) -> dict[str, Path]:
    if path.is_file():
        return {path.name: path}
    return {own.relative_to(path).as_posix(): own for own in sorted(path.rglob("*")) if own.is_file()}


def _agree(units: Sequence[_Unit]) -> None:
    """Let captures that share files be cut together and to the same bytes, or not at all."""
    again = True
    while again:
        again = False
        for unit in units:
            others = [other for other in units if other is not unit]
            if unit.form == "cut" and any(
                unit.after(d) != o.after(d) for o in others for d in o.members if d in unit.members
            ):
                unit.to_lines()
                again = True


def _rewritten(writer: Writer, units: Sequence[_Unit]) -> Iterator[Rewritten]:
    """Yield what becomes of each capture; of a folder, of its files first."""
    shelf = _Shelf(writer, {unit.capture for unit in units})
    for unit in units:
        for digest, member in unit.members.items():
            if member not in shelf.seen:
                yield from shelf.left(member, "member", unit.name_of(digest), unit.file_after(digest), digest)
        path = unit.out
        if path is not None and path.is_dir():
            files = _files(path)
            path = unit.place / "listing.json"
            path.write_bytes(listing({name: (own, _digest(own)) for name, own in files.items()}))
        for one in shelf.left(unit.capture, unit.kind, unit.name, path, None):
            how = (unit.format, unit.columns) if one.path is not None else (None, None)
            yield replace(one, format=how[0], columns=how[1])


@dataclass(slots=True)
class _Shelf:
    """Sees that nothing is kept twice, nor taken from a folder that is not touched."""

    writer: Writer
    seen: set[int]
    """The captures that were decided on, or that will be."""
    digests: set[str] = field(default_factory=set)

    def left(self, capture: int, kind: str, name: str, path: Path | None, was: str | None) -> Iterator[Rewritten]:
        """Yield what a capture will be; nothing where it stays as it is."""
        self.seen.add(capture)
        digest = _digest(path) if path is not None else None
        if was is not None and (digest == was or (digest is None and self._is_shared(was))):
            return
        if digest is not None and (digest in self.digests or self.writer.held([digest])):
            path = None
        elif digest is not None:
            self.digests.add(digest)
        yield Rewritten(capture=capture, kind=kind, name=name, path=path)  # type: ignore[arg-type]

    def _is_shared(self, digest: str) -> bool:
        """Say whether a folder that is not touched lists a file."""
        folders = [folder for (folder,) in self.writer.connection.execute(_FOLDERS) if folder not in self.seen]
        return any(digest in self.writer.listed(folder).values() for folder in folders)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return digested(stream)[0]


_LIST = "IN (SELECT value FROM json_each(?))"
_TOUCHED = f"SELECT DISTINCT capture FROM sightings WHERE post {_LIST} ORDER BY capture"
_OTHERS = f"SELECT other FROM other_ids WHERE post {_LIST}"
_OWNERS = f"SELECT post FROM other_ids WHERE other {_LIST}"
_REPOSTS = f"SELECT post FROM posts WHERE reposts {_LIST}"
_NEWS = f"DELETE FROM news WHERE record ->> '$.post' {_LIST}"
_KIND = "SELECT kind, name, format, columns FROM captures WHERE capture = ?"
_FOLDERS = "SELECT capture FROM captures WHERE kind = 'folder' AND size > 0"
_NOTICES = "SELECT record FROM notices WHERE capture = ? ORDER BY item"
_ROWS = """SELECT s.post, s.content, s.record, m.digest, s.file, s.place FROM sightings AS s
    JOIN captures AS m ON m.capture = s.member WHERE s.sighting >= ? AND s.sighting < ? ORDER BY s.sighting"""
_RECORD = "SELECT record FROM sightings WHERE post = ? AND content = ? AND record IS NOT NULL LIMIT 1"
