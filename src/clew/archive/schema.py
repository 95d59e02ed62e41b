"""The database: its tables, what each column means, and how it is opened.

Everything in it can be made again from captures and ledger.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clew.errors import DamagedArchive, NotWritten

__all__ = ["TABLES", "VERSION", "Column", "Table", "closing_after", "connected", "created", "translated", "writing"]

VERSION = 5
"""Of the tables; one that is older or newer is made again."""
PATIENCE = 60.0
"""Seconds to wait for another process; its transactions are far shorter."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what it means."""

    name: str
    type: str
    """As SQLite declares it, with its constraints."""
    says: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table, what a row of it is, and its indexes."""

    name: str
    says: str
    columns: tuple[Column, ...]
    key: str = ""
    """A constraint over several columns."""
    indexes: tuple[str, ...] = ()
    """Columns, with a condition where only some rows matter."""
    options: str = "STRICT"

    def statements(self) -> Iterator[str]:
        """Yield what makes the table; every column bears its meaning as a comment."""
        lines = [f"  {column.name} {column.type}, -- {column.says}" for column in self.columns]
        if self.key:
            lines.append(f"  {self.key}")
        else:
            last = self.columns[-1]
            lines[-1] = f"  {last.name} {last.type} -- {last.says}"
        yield f"CREATE TABLE {self.name} ( -- {self.says}\n" + "\n".join(lines) + f"\n) {self.options}"
        for at, index in enumerate(self.indexes, 1):
            yield f"CREATE INDEX {self.name}_{at} ON {self.name} {index}"


TABLES = (
    Table(
        "state",
        "How far the database follows the ledger.",
        (
            Column(
                "name",
                "TEXT PRIMARY KEY",
                "seq, digest and size of the part of the ledger that is taken in; made: a name of this database; purge:"
                " there where what was removed is not yet wiped from it",
            ),
            Column("value", "TEXT", "its value"),
        ),
        options="STRICT, WITHOUT ROWID",
    ),
    Table(
        "captures",
        "Bytes as they were received: one row per file, and one per list of files of a folder.",
        (
            Column("capture", "INTEGER PRIMARY KEY", "the number of its line in the ledger"),
            Column("digest", "TEXT NOT NULL UNIQUE", "sha256: and the digest of the bytes"),
            Column(
                "kind", "TEXT NOT NULL", "file, folder, or member (a file of a folder, or pages that posts link to)"
            ),
            Column("name", "TEXT NOT NULL", "what the file was called, without the path to it"),
            Column("size", "INTEGER NOT NULL", "bytes"),
            Column("as_of", "TEXT", "as of when it shows posts, where its source says so, else NULL; UTC"),
            Column("kept_at", "TEXT NOT NULL", "when it was added, by the clock of the machine; UTC"),
            Column("warc", "TEXT NOT NULL", "the file in captures/ that holds it"),
            Column("offset", "INTEGER NOT NULL", "where its record begins there"),
            Column("length", "INTEGER NOT NULL", "bytes of its record there"),
            Column("format", "TEXT", "what the user named as its format; NULL: told by its content"),
            Column("columns", "TEXT", "what the user named as the columns of a table, as JSON"),
            Column("state", "TEXT NOT NULL", "kept: not read yet, reading, or read"),
            Column("records", "INTEGER NOT NULL DEFAULT 0", "posts, notices and problems that were read from it"),
            Column("unread", "TEXT", "what in it could not be read, one sentence a line"),
        ),
        indexes=("(state) WHERE state <> 'read'", "(warc, offset)"),
    ),
    Table(
        "segments",
        "The WARC files in captures/.",
        (
            Column("warc", "TEXT NOT NULL PRIMARY KEY", "the name of the file"),
            Column("line", "INTEGER NOT NULL", "the number of its line in the ledger"),
            Column("length", "INTEGER NOT NULL", "bytes of its first record, which says what made it"),
        ),
        options="STRICT, WITHOUT ROWID",
    ),
    Table(
        "additions",
        "Captures that were added again: the same bytes, held already.",
        (
            Column("line", "INTEGER PRIMARY KEY", "the number of its line in the ledger"),
            Column("capture", "INTEGER NOT NULL REFERENCES captures", "what was added again"),
            Column("name", "TEXT", "what it was called this time"),
            Column("added_at", "TEXT NOT NULL", "when; UTC"),
        ),
        indexes=("(capture)",),
    ),
    Table(
        "seals",
        "The files in seals/: statements over the ledger, their signatures, time stamps, certificates.",
        (
            Column("name", "TEXT NOT NULL PRIMARY KEY", "the name of the file; it begins with the line that is sealed"),
            Column("line", "INTEGER NOT NULL", "the number of its own line in the ledger"),
            Column("digest", "TEXT NOT NULL", "sha256: and the digest of the file"),
            Column("sealed_at", "TEXT NOT NULL", "when, by the clock of the machine; UTC"),
        ),
        options="STRICT, WITHOUT ROWID",
    ),
    Table(
        "removals",
        "What was removed at somebody's request: that, when and why; never what.",
        (
            Column("line", "INTEGER PRIMARY KEY", "the number of its line in the ledger"),
            Column("removed_at", "TEXT NOT NULL", "when; UTC"),
            Column("reason", "TEXT NOT NULL", "why, as the keeper of the archive gave it"),
            Column("posts", "INTEGER NOT NULL", "how many posts"),
        ),
    ),
    Table(
        "removed",
        "Posts and accounts that were removed, so that they do not come back unnoticed.",
        (
            Column("mark", "TEXT NOT NULL PRIMARY KEY", "a keyed hash of platform and id, which gives neither away"),
            Column("line", "INTEGER NOT NULL REFERENCES removals", "the removal"),
        ),
        options="STRICT, WITHOUT ROWID",
    ),
    Table(
        "blanks",
        "Where captures stood that were written again without what was removed.",
        (
            Column("line", "INTEGER PRIMARY KEY", "the number of the line in the ledger that says so"),
            Column("capture", "INTEGER NOT NULL REFERENCES captures", "what was written again"),
            Column("digest", "TEXT NOT NULL", "sha256: and the digest of the bytes as they had been added"),
            Column("warc", "TEXT NOT NULL", "the file in captures/ where they stood"),
            Column("offset", "INTEGER NOT NULL", "where their record began there"),
            Column("length", "INTEGER NOT NULL", "bytes of their record there"),
            Column("rewritten_at", "TEXT NOT NULL", "when; UTC"),
            Column("state", "TEXT NOT NULL", "due, or done: the bytes are gone from the file"),
        ),
        indexes=("(digest)", "(warc, offset)", "(state) WHERE state <> 'done'"),
    ),
    Table(
        "accounts",
        "Who wrote posts: one row for each id and handle by which an account was seen.",
        (
            Column("account", "INTEGER PRIMARY KEY", "a number for use in this database"),
            Column("same_as", "INTEGER NOT NULL", "the first row of the same account; rows that share it are one"),
            Column("platform", "TEXT NOT NULL", "x, bluesky, mastodon, telegram, unknown"),
            Column("id", "TEXT", "the permanent id of the platform; NULL where it is not known"),
            Column("handle", "TEXT", "the name in addresses, without @; NULL where it is not known"),
            Column("folded", "TEXT", "the handle without case, by which handles are compared"),
            Column("name", "TEXT", "the display name, as it was first seen"),
            Column("page", "TEXT", "for an unknown author: the page or post that he or she is the author of"),
        ),
        indexes=(
            "(same_as)",
            "(id) WHERE id IS NOT NULL",
            "(folded) WHERE folded IS NOT NULL",
            "(page) WHERE page IS NOT NULL",
        ),
    ),
    Table(
        "sightings",
        "What captures show of posts: one row per post and place. Nothing in it is ever changed.",
        (
            Column("sighting", "INTEGER PRIMARY KEY", "4294967296 times the capture, and which record of it, from 0"),
            Column("capture", "INTEGER NOT NULL REFERENCES captures", "what it was read from"),
            Column("post", "TEXT NOT NULL", "platform, colon, id: as it was read"),
            Column("account", "INTEGER NOT NULL REFERENCES accounts", "who wrote it, as it was read"),
            Column("member", "INTEGER NOT NULL REFERENCES captures", "the capture whose bytes hold it"),
            Column("file", "TEXT NOT NULL", "the file, or the member of an archive or folder"),
            Column("place", "TEXT NOT NULL", "where in it: a JSON path, a line, bytes"),
            Column("answers", "TEXT", "platform and id of the post that it answers"),
            Column("quotes", "TEXT", "platform and id of the post that it quotes"),
            Column("conversation", "TEXT", "what the platform, or the page, holds together"),
            Column(
                "stated", "TEXT", "for posts that were handed on: the digest of the bytes that they say they are from"
            ),
            Column("words", "INTEGER", "a hash of its words, for finding the same words without an id"),
            Column("content", "BLOB NOT NULL", "a hash of all that was read of it"),
            Column(
                "record", "TEXT", "all that was read, as clew/post/1; NULL where an earlier row has the same content"
            ),
        ),
        indexes=(
            "(post)",
            "(account)",
            "(answers) WHERE answers IS NOT NULL",
            "(quotes) WHERE quotes IS NOT NULL",
            "(conversation) WHERE conversation IS NOT NULL",
            "(words) WHERE words IS NOT NULL",
            "(stated) WHERE stated IS NOT NULL",
        ),
    ),
    Table(
        "other_ids",
        "Ids under which posts are known besides their own: earlier wordings on X, places on unrolled pages.",
        (
            Column("other", "TEXT NOT NULL", "platform, colon, the other id"),
            Column("post", "TEXT NOT NULL", "the post that it belongs to"),
        ),
        key="PRIMARY KEY (other, post)",
        indexes=("(post)",),
        options="STRICT, WITHOUT ROWID",
    ),
    Table(
        "notices",
        "What captures state about posts that they do not give, and how far they reach.",
        (
            Column("capture", "INTEGER NOT NULL REFERENCES captures", "what it was read from"),
            Column("item", "INTEGER NOT NULL", "which record of what was read, from 0"),
            Column("kind", "TEXT NOT NULL", "gone, count, cut, end, complete, left-out, borders, guess"),
            Column("says", "TEXT NOT NULL", "one sentence"),
            Column("platform", "TEXT NOT NULL", "x, bluesky, mastodon, telegram, unknown"),
            Column("post", "TEXT", "the id of the post that it is about"),
            Column("author", "TEXT", "the id, else the handle, of the account that it is about"),
            Column("conversation", "TEXT", "the conversation that it is about"),
            Column("answers", "TEXT", "the id of the post that the absent one answers"),
            Column("state", "TEXT NOT NULL", "for gone: absent, deleted, tombstone, gated, blocked, withheld, private"),
            Column("count", "INTEGER", "how many posts"),
            Column("time", "TEXT", "when it happened, or until when it holds; UTC"),
            Column("about", "TEXT", "for a notice about all that a file holds: the digest of that file"),
            Column("record", "TEXT NOT NULL", "the notice as clew/notice/1, with its place"),
        ),
        key="PRIMARY KEY (capture, item)",
        indexes=(
            "(post) WHERE post IS NOT NULL",
            "(author) WHERE author IS NOT NULL",
            "(conversation) WHERE conversation IS NOT NULL",
            "(answers) WHERE answers IS NOT NULL",
            "(about) WHERE about IS NOT NULL",
        ),
        options="STRICT, WITHOUT ROWID",
    ),
    Table(
        "problems",
        "Records that could not be read.",
        (
            Column("capture", "INTEGER NOT NULL REFERENCES captures", "what it was read from"),
            Column("item", "INTEGER NOT NULL", "which record of what was read, from 0"),
            Column("file", "TEXT NOT NULL", "the file, or the member of an archive or folder"),
            Column("place", "TEXT NOT NULL", "where in it"),
            Column("reason", "TEXT NOT NULL", "what is amiss"),
        ),
        key="PRIMARY KEY (capture, item)",
        options="STRICT, WITHOUT ROWID",
    ),
    Table(
        "threads",
        "Threads as they are shown: one row per thread, single posts included.",
        (
            Column("thread", "INTEGER PRIMARY KEY", "a number for use in this database"),
            Column("id", "TEXT NOT NULL", "platform, colon, id of the first post"),
            Column("account", "INTEGER NOT NULL REFERENCES accounts", "who wrote it"),
            Column("platform", "TEXT NOT NULL", "x, bluesky, mastodon, telegram, unknown"),
            Column("author", "TEXT NOT NULL", "@handle, else name, else id"),
            Column("title", "TEXT NOT NULL", "the first line that says something"),
            Column("first", "TEXT", "when its earliest post was published; UTC"),
            Column("last", "TEXT", "when its latest post was published; UTC"),
            Column("language", "TEXT", "the language that most of its posts state"),
            Column("posts", "INTEGER NOT NULL", "how many posts are held, branches included"),
            Column("gaps", "INTEGER NOT NULL", "how many places where posts should be"),
            Column("verdict", "TEXT NOT NULL", "whole, nothing-known-missing, gaps, cut"),
            Column("expected", "INTEGER", "how many posts its main line should have; NULL where nothing tells"),
            Column(
                "is_thread", "INTEGER NOT NULL", "1: two posts or more, or a sign that there was more; 0: a single post"
            ),
            Column("record", "TEXT NOT NULL", "the thread as clew/thread/1"),
        ),
        indexes=(
            "(id)",
            "(account)",
            "(first, id) WHERE is_thread",
        ),
    ),
    Table(
        "posts",
        "Posts as they are shown: each once, in the wording that says most.",
        (
            Column("post", "TEXT NOT NULL PRIMARY KEY", "platform, colon, id"),
            Column("platform", "TEXT NOT NULL", "x, bluesky, mastodon, telegram, unknown"),
            Column("id", "TEXT NOT NULL", "as the platform writes it; unrolled:... where no source gave one"),
            Column("thread", "INTEGER NOT NULL REFERENCES threads", "the thread that it stands in"),
            Column("position", "INTEGER NOT NULL", "its place in the thread, from 1; branches behind the main line"),
            Column("account", "INTEGER NOT NULL REFERENCES accounts", "who wrote it"),
            Column("author", "TEXT NOT NULL", "@handle, else name, else id"),
            Column("time", "TEXT", "when it was published; UTC; NULL where no source tells"),
            Column("text", "TEXT NOT NULL", "what a reader saw"),
            Column("number", "INTEGER", "the author's own number"),
            Column("language", "TEXT", "as the source states it"),
            Column("answers", "TEXT", "the id of the post that it answers"),
            Column("quotes", "TEXT", "the id of the post that it quotes"),
            Column("reposts", "TEXT", "the id of the post that it is a mere repost of"),
            Column("url", "TEXT", "its address for people"),
            Column("cut", "INTEGER NOT NULL", "1 where its text is known to be shortened"),
            Column("wordings", "INTEGER NOT NULL", "how many other wordings are known"),
            Column("edited", "TEXT", "when it was last edited; UTC"),
            Column("deleted", "TEXT", "when its author deleted it, where a source proves that; UTC"),
        ),
        indexes=(
            "(thread, position)",
            "(account)",
            "(id)",
            "(thread) WHERE wordings > 0",
            "(deleted) WHERE deleted IS NOT NULL",
        ),
    ),
    Table(
        "holes",
        "Gaps in threads, to be filled.",
        (
            Column("thread", "INTEGER NOT NULL REFERENCES threads", "the thread that it is in"),
            Column("position", "INTEGER NOT NULL", "its place among the entries of the thread, from 1"),
            Column("count", "INTEGER", "how many posts are missing; NULL where that is not known"),
            Column("ids", "TEXT NOT NULL", "the ids that are known of them, as JSON"),
            Column("numbers", "TEXT NOT NULL", "the author's numbers that are missing, as JSON"),
            Column("state", "TEXT NOT NULL", "absent, deleted, tombstone, gated, blocked, withheld, private"),
            Column("certainty", "TEXT NOT NULL", "proven, likely, possible, cut"),
            Column("says", "TEXT NOT NULL", "why it is thought"),
        ),
        key="PRIMARY KEY (thread, position)",
        options="STRICT, WITHOUT ROWID",
    ),
    Table(
        "attempts",
        "What was tried to fill holes.",
        (
            Column("attempt", "INTEGER PRIMARY KEY", "the number of its line in the ledger"),
            Column("thread", "TEXT NOT NULL", "the id of the thread, as it was then"),
            Column("holes", "TEXT NOT NULL", "what was missing: ids, numbers as #3, or after ID; as JSON"),
            Column("route", "TEXT NOT NULL", "which way was tried"),
            Column("asked", "TEXT NOT NULL", "the address that was asked for"),
            Column("tried_at", "TEXT NOT NULL", "when; UTC"),
            Column("outcome", "TEXT NOT NULL", "brought, nothing, failed; not asked at all is not logged"),
            Column("says", "TEXT NOT NULL", "what came of it, in words"),
            Column("cost", "REAL NOT NULL", "US dollars"),
            Column("capture", "INTEGER REFERENCES captures", "what was received"),
            Column("came", "TEXT", "of a link that was followed: what came of it, as JSON"),
        ),
        indexes=("(thread)", "(asked) WHERE route = 'link'"),
    ),
    Table(
        "changes",
        "Which threads came, changed or went, in the order of that: for whoever follows the archive, such as an index.",
        (
            Column("thread", "INTEGER PRIMARY KEY", "the thread; it is gone where threads has no such row"),
            Column("change", "INTEGER NOT NULL", "1, 2, 3 ...: the last change of it"),
        ),
        indexes=("(change)",),
    ),
    Table(
        "to_weave",
        "Accounts whose threads have to be made again; empty when all is done.",
        (Column("account", "INTEGER PRIMARY KEY", "the number of the account"),),
    ),
)


def created(path: Path) -> None:
    """Make an empty database."""
    path.touch()
    with closing_after(path) as connection:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA journal_mode = WAL")
        with writing(connection):
            for table in TABLES:
                for statement in table.statements():
                    connection.execute(statement)
            connection.execute("INSERT INTO state VALUES ('made', ?)", (str(uuid.uuid4()),))
            connection.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def closing_after(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that is closed at the end of the block."""
    connection = connected(path)
    try:
        yield connection
    finally:
        connection.close()


def connected(path: Path, *, writes: bool = True) -> sqlite3.Connection:
    """Return a connection with the settings that all of clew uses; transactions are begun explicitly.

    Raises:
        DamagedArchive: There is no database.
    """
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", PATIENCE, isolation_level=None, uri=True)
    except sqlite3.OperationalError as error:
        raise DamagedArchive(
            str(path), f"the database can't be opened ({error}); `clew rebuild` makes it again"
        ) from error
    connection.execute("PRAGMA cache_size = -65536")
    if not writes:
        connection.execute("PRAGMA query_only = ON")
        return connection
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def reading(path: Path) -> sqlite3.Connection:
    """Return a connection that can write nothing, also where the folder can't be written to.

    Raises:
        DamagedArchive: There is no database that can be opened.
    """
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        connection = None
        try:
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", PATIENCE, isolation_level=None, uri=True)
            connection.execute("SELECT count(*) FROM sqlite_schema")
        except sqlite3.DatabaseError as error:
            if connection is not None:
                connection.close()
            reason = str(error)
        else:
            return connection
    raise DamagedArchive(str(path), f"the database can't be opened ({reason}); `clew rebuild` makes it again")


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Give one short write transaction: all of it, or nothing.

    Raises:
        NotWritten: The disk refuses.
        DamagedArchive: The database is broken.
    """
    with translated(connection):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def translated(connection: sqlite3.Connection) -> Iterator[None]:
    """Turn what SQLite says of a disk that refuses, and of broken files, into our errors."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if _refused(error):
            raise NotWritten(_path(connection), str(error)) from error
        raise
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise DamagedArchive(
            _path(connection), f"the database is broken ({error}); `clew rebuild` makes it again"
        ) from error


def _refused(error: sqlite3.OperationalError) -> bool:
    code = error.sqlite_errorcode & 0xFF if error.sqlite_errorcode else 0
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def _path(connection: sqlite3.Connection) -> str:
    try:
        return str(connection.execute("PRAGMA database_list").fetchone()[2])
    except sqlite3.Error:
        return "clew.sqlite"
