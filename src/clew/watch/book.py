"""What is watched, when each place is asked next, and the news that were found: `watch.sqlite` in the archive.

It is no proof of anything; proof are the captures. What is in the archive and not yet in the book is taken in when the
book is opened, so that no news are lost whenever the process dies.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from clew.errors import BadOption, NothingFound, NotWritten
from clew.watch.schedule import FIRST, spread

__all__ = ["BOOK", "Book", "News", "Watched", "to_json"]

BOOK = "watch.sqlite"
KEPT = 2_000
"""So many news that were told are kept, for the feed."""


class Watched(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/watch/1"):
    """A place that is watched."""

    watch: int
    """Its number."""
    kind: str
    """author, thread, tag, list."""
    platform: str
    url: str
    added: str
    """When; UTC."""
    every: float | None
    """Seconds between two askings, where the user named them; None: they are found by what happens."""
    interval: float
    due: float
    """When it is asked next, in seconds since 1970."""
    asked: str | None
    """When it was asked last; UTC."""
    newest: str | None
    """When the newest post was published that is known of; UTC."""
    failures: int
    """How often in a row it could not be asked."""
    says: str | None
    """What came of the last asking."""
    did: str | None
    """Of an author on Bluesky: the permanent id, once it is known."""
    capture: int | None
    """What it showed last."""


class News(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/news/1"):
    """Something that happened where somebody watched."""

    id: str
    """The same news always have the same one."""
    kind: str
    """new, edited, deleted (a source proves it), absent (no longer there, which is not the same as deleted), failed."""
    watch: str
    """The address of the place."""
    noticed: str
    """When it was kept; UTC."""
    post: str | None = None
    """Platform, colon, id."""
    thread: str | None = None
    author: str | None = None
    published: str | None = None
    """When; UTC."""
    text: str | None = None
    before: str | None = None
    """What was there before an edit."""
    url: str | None = None
    says: str | None = None
    """Of what failed: why."""
    capture: str | None = None
    """The digest of what shows it."""


def to_json(value: Watched | News) -> str:
    """Return one line of JSON, without a line end."""
    return msgspec.json.encode(value).decode()


@dataclass(slots=True)
class Book:
    """The book of an archive."""

    path: Path
    connection: sqlite3.Connection

    @classmethod
    def opened(cls, archive: Path) -> Book:
        """Open the book of an archive; make it where there is none.

        Raises:
            NotWritten: The disk refuses.
        """
        path = archive / BOOK
        try:
            connection = sqlite3.connect(path, timeout=60, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            for statement in _TABLES:
                connection.execute(statement)
        except sqlite3.Error as error:
            raise NotWritten(str(path), str(error)) from error
        return cls(path, connection)

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Give one transaction: all of it, or nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    # Places ----------------------------------------------------------------------------------------------------------

    def add(self, kind: str, platform: str, url: str, *, added: str, now: float, every: float | None) -> bool:
        """Watch a place; False where it is watched already, and only how often is changed, if that is named."""
        with self.writing():
            done = self.connection.execute(_ADD, (kind, platform, url, added, every, every or FIRST, now))
            if done.rowcount == 0 and every is not None:
                self.connection.execute("UPDATE watches SET every = ?, interval = ? WHERE url = ?", (every, every, url))
        return done.rowcount > 0

    def remove(self, name: str) -> Watched:
        """Watch a place no more, which is named by its number or its address; what was kept of it stays.

        Raises:
            NothingFound: No such place is watched.
        """
        found = next((one for one in self.all() if name in (str(one.watch), one.url)), None)
        if found is None:
            raise NothingFound(f"{name}: is not watched. `clew watch list` says what is.")
        with self.writing():
            self.connection.execute("DELETE FROM watches WHERE watch = ?", (found.watch,))
        return found

    def all(self) -> list[Watched]:
        """Return what is watched, in the order in which it was added."""
        return [_watched(row) for row in self.connection.execute(f"SELECT {_FIELDS} FROM watches ORDER BY watch")]

    def due(self, now: float, most: int, without: Sequence[int] = ()) -> list[Watched]:
        """Return the places that are to be asked now, the longest due first."""
        found = self.connection.execute(f"SELECT {_FIELDS} FROM watches WHERE due <= ? ORDER BY due, watch", (now,))
        waiting = set(without)
        return [one for one in map(_watched, found) if one.watch not in waiting][:most]

    def next_due(self) -> float | None:
        """Return when the next place is due, in seconds since 1970; None where nothing is watched."""
        row = self.connection.execute("SELECT min(due) FROM watches").fetchone()
        return None if row[0] is None else float(row[0])

    def asked(self, one: Watched, *, when: str, now: float, interval: float, failures: int, says: str) -> None:
        """Note that a place was asked, and when it is asked next."""
        due = now + spread(one.url, interval)
        self.connection.execute(
            "UPDATE watches SET asked = ?, due = ?, interval = ?, failures = ?, says = ? WHERE watch = ?",
            (when, due, interval, failures, says, one.watch),
        )

    def hasten(self, now: float, within: float) -> None:
        """Let authors who were followed in the stream be asked soon, one after another."""
        rows = self.connection.execute("SELECT watch FROM watches WHERE did IS NOT NULL AND due > ?", (now + within,))
        found = [watch for (watch,) in rows]
        with self.writing():
            self.connection.executemany(
                "UPDATE watches SET due = ?, interval = ? WHERE watch = ?",
                [(now + within * at / len(found), FIRST, watch) for at, watch in enumerate(found)],
            )

    def last_on_x(self, watch: int) -> str | None:
        """Return the id of the newest post of a place on X that is known; None where none is."""
        row = self.connection.execute("SELECT value FROM state WHERE name = ?", (f"x:{watch}",)).fetchone()
        return str(row[0]) if row else None

    def know_last_on_x(self, watch: int, post: str) -> None:
        """Note the newest post of a place on X."""
        known = self.last_on_x(watch)
        if known is None or int(known) < int(post):
            self.connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (f"x:{watch}", post))

    def know(self, watch: int, did: str) -> None:
        """Note the permanent id of an author."""
        self.connection.execute("UPDATE watches SET did = ? WHERE watch = ?", (did, watch))

    # News ------------------------------------------------------------------------------------------------------------

    def taken(self) -> int:
        """Return the last capture whose news are in the book."""
        row = self.connection.execute("SELECT value FROM state WHERE name = 'capture'").fetchone()
        return int(row[0]) if row else 0

    def take(self, capture: int, news: Iterable[News], shown: Iterable[tuple[int, str | None]] = ()) -> None:
        """Take in the news that a capture brings, and the places that it shows, each with its newest post's time."""
        with self.writing():
            self.note(news)
            for watch, newest in shown:
                self.connection.execute(_SHOWN, (capture, newest, watch))
            self.connection.execute("INSERT OR REPLACE INTO state VALUES ('capture', ?)", (str(capture),))

    def note(self, news: Iterable[News]) -> None:
        """Note news, but for those that are known."""
        rows = ((one.id, one.noticed, to_json(one)) for one in news)
        self.connection.executemany("INSERT OR IGNORE INTO news (id, noticed, record) VALUES (?, ?, ?)", rows)

    def untold(self, most: int = 500) -> list[tuple[int, News]]:
        """Return news that were not told yet, in order, each with its number."""
        rows = self.connection.execute("SELECT news, record FROM news WHERE NOT told ORDER BY news LIMIT ?", (most,))
        return [(number, msgspec.json.decode(record, type=News)) for number, record in rows]

    def told(self, numbers: Sequence[int]) -> None:
        """Note that news were told; of those told long ago only the latest are kept."""
        with self.writing():
            self.connection.executemany("UPDATE news SET told = 1 WHERE news = ?", [(one,) for one in numbers])
            self.connection.execute(_PRUNE, (KEPT,))

    # Money -----------------------------------------------------------------------------------------------------------

    def paid(self, month: str, dollars: float) -> None:
        """Note US dollars that are spent in a month, written as 2026-11; fewer than none take some back."""
        self.connection.execute(_PAID, (f"paid:{month}", str(dollars)))

    def spent(self, month: str) -> float:
        """Return the US dollars that were spent in a month, also by processes that died."""
        row = self.connection.execute("SELECT value FROM state WHERE name = ?", (f"paid:{month}",)).fetchone()
        return float(row[0]) if row else 0.0

    # Messages --------------------------------------------------------------------------------------------------------

    def begin_sending(self, name: str) -> None:
        """Let an address that is new have the news that come from now on."""
        self.connection.execute(_BEGIN_SENDING, (f"sent:{name}",))

    def unsent(self, name: str, most: int) -> list[tuple[int, News]]:
        """Return the first news that were not sent to an address yet, each with its number."""
        rows = self.connection.execute(_UNSENT, (f"sent:{name}", most)).fetchall()
        return [(number, msgspec.json.decode(record, type=News)) for number, record in rows]

    def sent(self, name: str, number: int) -> None:
        """Note that all news up to one were sent to an address."""
        self.connection.execute("UPDATE state SET value = ? WHERE name = ?", (str(number), f"sent:{name}"))

    def latest(self, most: int) -> list[News]:
        """Return the latest news, the last one first."""
        rows = self.connection.execute("SELECT record FROM news ORDER BY news DESC LIMIT ?", (most,))
        return [msgspec.json.decode(record, type=News) for (record,) in rows]


def checked_every(minutes: float | None) -> float | None:
    """Return seconds for what a user says in minutes.

    Raises:
        BadOption: It is too often.
    """
    if minutes is not None and minutes < 1:
        raise BadOption("--every: no place is asked more often than once a minute.")
    return None if minutes is None else minutes * 60


def _watched(row: tuple[object, ...]) -> Watched:
    return msgspec.convert(dict(zip(Watched.__struct_fields__, row, strict=True)), Watched)


_FIELDS = ", ".join(Watched.__struct_fields__)
_TABLES = (
    """CREATE TABLE IF NOT EXISTS watches (
        watch INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, platform TEXT NOT NULL, url TEXT NOT NULL UNIQUE,
        added TEXT NOT NULL, every REAL, interval REAL NOT NULL, due REAL NOT NULL, asked TEXT, newest TEXT,
        failures INTEGER NOT NULL DEFAULT 0, says TEXT, did TEXT, capture INTEGER) STRICT""",
    """CREATE TABLE IF NOT EXISTS news (
        news INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, noticed TEXT NOT NULL, record TEXT NOT NULL,
        told INTEGER NOT NULL DEFAULT 0) STRICT""",
    "CREATE INDEX IF NOT EXISTS news_1 ON news (news) WHERE NOT told",
    "CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT) STRICT",
)
_ADD = """INSERT OR IGNORE INTO watches (kind, platform, url, added, every, interval, due)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
_SHOWN = """UPDATE watches SET capture = ?1, newest = CASE WHEN newest IS NULL OR newest < ?2 THEN coalesce(?2, newest)
    ELSE newest END WHERE watch = ?3"""
_PAID = """INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE
    SET value = CAST(round(CAST(value AS REAL) + CAST(excluded.value AS REAL), 6) AS TEXT)"""
_BEGIN_SENDING = "INSERT OR IGNORE INTO state SELECT ?, CAST(coalesce(max(news), 0) AS TEXT) FROM news WHERE told"
_UNSENT = """SELECT news, record FROM news
    WHERE news > (SELECT CAST(value AS INTEGER) FROM state WHERE name = ?) ORDER BY news LIMIT ?"""
_PRUNE = "DELETE FROM news WHERE told AND news <= (SELECT max(news) FROM news) - ?"
