"""Findings kept beside an archive: derived data, made again where a text or a method changed; and what that changed."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from clew.evidence import EXTRACTORS, Finding, Parser, find, from_json, to_json
from clew.evidence.corrections import forget
from clew.threads import Thread

__all__ = ["CORRECTIONS", "DATABASE", "Change", "Kept", "forget_posts"]

DATABASE = "evidence.sqlite"
CORRECTIONS = "corrections.jsonl"
"""The user's own words: no derived data, and never touched by what is made again."""
_VERSION = 1
_DROPS = "DROP TABLE IF EXISTS studied; DROP TABLE IF EXISTS changes;"
_TABLES = """
CREATE TABLE IF NOT EXISTS studied ( -- threads whose findings are kept
  thread TEXT PRIMARY KEY, -- its id
  digest TEXT NOT NULL, -- of what the extractors read of it
  methods TEXT NOT NULL, -- names and versions of the methods
  findings TEXT NOT NULL -- clew/finding/1, one a line
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS changes ( -- what came and went when findings were made again
  at TEXT NOT NULL, -- when; UTC
  reason TEXT NOT NULL, -- edited: the thread is another one · method: a method is another one
  what TEXT NOT NULL, -- came, went
  finding TEXT NOT NULL -- clew/finding/1
) STRICT;
"""

Reason: TypeAlias = Literal["edited", "method"]


class Change(NamedTuple):
    """A finding that came or went, and why."""

    at: str
    """When that was seen; UTC."""
    reason: Reason
    what: Literal["came", "went"]
    finding: Finding


class Kept:
    """The findings of an archive; the file can be deleted at any time."""

    def __init__(self, archive: Path, *, writes: bool = True) -> None:
        """Open what is kept beside an archive; unless it `writes`, to read alone.

        Raises:
            sqlite3.OperationalError: It can't be written to; or, to be read, is not there or of another version.
        """
        self._writes = writes
        if not writes:
            self._connection = _reading(archive / DATABASE)
            return
        self._connection = sqlite3.connect(archive / DATABASE, timeout=60)
        self._connection.execute("PRAGMA journal_mode = WAL")
        if self._connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            self._connection.executescript(f"{_DROPS} {_TABLES} PRAGMA user_version = {_VERSION};")

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def findings(self, thread: Thread, parser: Parser | None = None) -> list[Finding]:
        """Return the findings of a thread: those that are kept where text and methods are the same, else made again."""
        digest, methods = _digest(thread), _methods(parser)
        row = self._connection.execute(
            "SELECT digest, methods, findings FROM studied WHERE thread = ?", (thread.id,)
        ).fetchone()
        if row and row[:2] == (digest, methods):
            return _parsed(row[2])
        found = find(thread, parser=parser)
        if not self._writes:
            return found
        with self._connection:
            if row:
                before = _parsed(row[2])
                self._note(before, found, "edited" if row[0] != digest else "method")
            told = "\n".join(map(to_json, found))
            self._connection.execute("REPLACE INTO studied VALUES (?, ?, ?, ?)", (thread.id, digest, methods, told))
        return found

    def forget(self, held: Iterable[str]) -> int:
        """Drop what is kept of threads other than those that are held; return how many there were."""
        known = {thread for (thread,) in self._connection.execute("SELECT thread FROM studied")} - set(held)
        with self._connection:
            self._connection.executemany("DELETE FROM studied WHERE thread = ?", [(thread,) for thread in known])
            for thread in known:
                self._connection.execute("DELETE FROM changes WHERE finding ->> '$.thread' = ?", (thread,))
        return len(known)

    def changes(self) -> Iterator[Change]:
        """Yield what came and went, oldest first."""
        with closing(self._connection.execute("SELECT at, reason, what, finding FROM changes ORDER BY rowid")) as rows:
            for at, reason, what, line in rows:
                yield Change(at, reason, what, from_json(line))

    def _note(self, before: list[Finding], found: list[Finding], reason: Reason) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        old, new = {_bare(each): each for each in before}, {_bare(each): each for each in found}
        went = [(now, reason, "went", to_json(old[key])) for key in old if key not in new]
        came = [(now, reason, "came", to_json(new[key])) for key in new if key not in old]
        self._connection.executemany("INSERT INTO changes VALUES (?, ?, ?, ?)", [*went, *came])


def _reading(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", timeout=60, uri=True)
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            raise sqlite3.OperationalError("another version")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def forget_posts(archive: Path, posts: Collection[str]) -> None:
    """Take out of what lies beside an archive all words of posts that were removed: findings go, and corrections."""
    for suffix in ("", "-wal", "-shm"):
        (archive / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    forget(archive / CORRECTIONS, posts)


def _parsed(told: str) -> list[Finding]:
    """Return the findings of lines; a text may hold other line ends than those between them."""
    return [from_json(line) for line in told.split("\n") if line]


def _bare(finding: Finding) -> tuple[str, str, int, str, str]:
    """Return what makes two findings one: all but how sure it is, and the version of the method."""
    return finding.post, finding.kind, finding.start, finding.quote, str(finding.value)


def _methods(parser: Parser | None) -> str:
    return ", ".join(maker.METHOD for maker in EXTRACTORS) + (", models" if parser else "")


def _digest(thread: Thread) -> str:
    """Return a digest of all that the extractors read of a thread."""
    told = hashlib.sha256(thread.author.label.encode())
    for post in thread.posts():
        spans = [(link.start, link.end, link.url) for link in post.links]
        named = [(mention.start, mention.end, mention.handle) for mention in post.mentions]
        tags = [(tag.start, tag.end) for tag in post.tags]
        told.update(repr((post.id, post.text, post.time, spans, named, tags)).encode("utf-8", "replace"))
    return told.hexdigest()
