"""Archives of any size whose posts are made of sentences of real ones, by the same seed the same.

A post is one to three sentences of one language, out of the posts of all samples; every third bears a name that was
made up, by a Zipf law over a million of them, so that the vocabulary grows as real ones do; every fourth a hashtag,
every third a link. Three of ten posts stand in threads of 2 to 20. Authors are heavy-tailed, times run over five years.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from benchmarks.samples import SAMPLES
from clew.archive import Archive, Hand
from clew.ingest import Intake
from clew.keeping import reader
from clew.posts import Post
from clew.search import languages

__all__ = ["Maker", "Row", "archive", "opened", "sentences"]

Row: TypeAlias = tuple[int, int, str]
"""A change of a database, the thread that it is of, and its record."""

TEXTS = ("x_archive", "twitter_v1", "twitter_v2", "snscrape", "bluesky/parquet", "telegram", "mastodon", "threadbench")
TABLES = ("ira_2016-08_11_english",)
MOST = 60_000
"""Texts of a table at most, so that one language does not drown the others."""
BATCH = 20_000
START = datetime(2018, 1, 1, tzinfo=UTC)
_ENDS = re.compile(r"(?<=[.!?…。！？])\s*|\n+")
_LINK = re.compile(r"https?://\S+|@\w+")


def sentences(kept: Path) -> dict[str, list[str]]:
    """Return sentences of the samples by their language, those of each in order; kept in a file once they are read."""
    if not kept.exists():
        kept.write_bytes(msgspec.json.encode(_sentences()))
    return msgspec.json.decode(kept.read_bytes(), type=dict[str, list[str]])


def _sentences() -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for text, language in _texts():
        for sentence in _ENDS.split(_LINK.sub("", text)):
            if 8 < len(said := sentence.strip()) < 200:
                found.setdefault(language, {})[said] = None
    return {language: list(said) for language, said in sorted(found.items()) if len(said) >= 50}


def _texts() -> Iterator[tuple[str, str]]:
    intake = Intake()
    for name in TEXTS:
        for item in intake.items(str(SAMPLES / name)):
            if isinstance(item, Post) and item.text and not item.text.startswith("RT @"):
                yield item.text, _primary(item.language) or languages.guess(item.text) or "und"
    import pyarrow.parquet as pq

    for name in TABLES:
        texts = pq.read_table(SAMPLES / "coordination" / f"{name}.parquet").column("text").to_pylist()
        yield from ((str(text), "en") for text in texts[:MOST] if text)


def _primary(language: str | None) -> str | None:
    return None if language in (None, "und") else str(language).partition("-")[0]


@dataclass(slots=True)
class Maker:
    """Makes threads, one after the other."""

    said: dict[str, list[str]]
    seed: int = 1
    rng: random.Random = field(init=False)
    _languages: list[str] = field(init=False)
    _shares: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self._languages = list(self.said)
        total = 0
        self._shares = [total := total + len(self.said[one]) for one in self._languages]

    def threads(self, posts: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Yield threads with their posts until there are so many posts."""
        made, rng = 0, self.rng
        while made < posts:
            size = min(1 if rng.random() < 0.936 else int(1 + rng.paretovariate(1.3)), 20, posts - made)
            language = rng.choices(self._languages, cum_weights=self._shares)[0]
            author = int(rng.paretovariate(0.9)) % 3_000_000
            start = START + timedelta(seconds=rng.randrange(5 * 365 * 86_400))
            entries = [self._post(made + at, language, start + timedelta(minutes=at)) for at in range(size)]
            made += size
            yield self._thread(author, language, entries), entries

    def _post(self, number: int, language: str, time: datetime) -> dict[str, Any]:
        rng = self.rng
        text = " ".join(rng.choices(self.said[language], k=rng.choices((1, 2, 3), (5, 4, 1))[0]))
        chance = rng.random()
        links, tags = [], []
        if chance < 1 / 3:
            text = f"{text} {_name(int(rng.paretovariate(0.6)) % 1_000_000)}"
        if chance > 2 / 3:
            url = f"https://site{int(rng.paretovariate(0.8)) % 50_000}.example/{number}"
            links = [{"start": len(text) + 1, "end": len(text) + 1 + len(url), "shown": url, "url": url}]
            text = f"{text} {url}"
        if chance * 4 % 1 < 0.25:
            tags = [{"start": 0, "end": 0, "tag": _name(int(rng.paretovariate(0.7)) % 20_000)}]
            text = f"{text} #{tags[0]['tag']}"
        identity = f"{1_000_000_000_000_000_000 + number}"
        moment = time.isoformat().replace("+00:00", "Z")
        post = {"kind": "post", "id": identity, "number": None, "time": moment, "text": text}
        return {**post, "links": links, "media": [], "tags": tags, "language": language}

    def _thread(self, author: int, language: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": f"x:{entries[0]['id']}",
            "platform": "x",
            "author": {"id": f"{900_000_000 + author}", "handle": f"user{author}", "name": _name(author)},
            "language": language,
            "entries": entries,
            "branches": [],
        }


def _name(number: int) -> str:
    """Return a made-up word, of consonants and vowels in turn."""
    letters = []
    number += 4_000
    while number:
        number, consonant = divmod(number, 19)
        number, vowel = divmod(number, 5)
        letters.append("bcdfghjklmnpqrstvwz"[consonant] + "aeiou"[vowel])
    return "".join(letters)


def archive(
    folder: Path, posts: int, said: dict[str, list[str]], taken: Callable[[str, Iterator[Row]], object] | None = None
) -> Archive:
    """Return an archive with rows of threads and posts as weaving writes them, and no captures.

    Where there is somebody who takes them, the records of its threads are handed over as they are made, with the name
    of the database, and not kept: they are half of it, and are read by nobody but who indexes.
    """
    made = Archive.made(folder, Hand(read=reader))
    with closing(sqlite3.connect(folder / "clew.sqlite", isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        connection.execute("INSERT INTO accounts (account, same_as, platform) VALUES (1, 1, 'x')")
        (name,) = connection.execute("SELECT value FROM state WHERE name = 'made'").fetchone()
        rows = _filled(connection, posts, said, keeping=taken is None)
        if taken is None:
            deque(rows, 0)
        else:
            taken(name, rows)
        connection.execute("COMMIT")
    return made


def _filled(connection: sqlite3.Connection, posts: int, said: dict[str, list[str]], *, keeping: bool) -> Iterator[Row]:
    """Put threads into a database, and yield each."""
    for number, (thread, entries) in enumerate(Maker(said).threads(posts), 1):
        row = _thread_row(number, thread, entries)
        connection.execute(_THREAD, row if keeping else (*row[:-1], ""))
        connection.executemany(_POST, _post_rows(number, thread, entries))
        if keeping:
            connection.execute("INSERT INTO changes VALUES (?, ?)", (number, number))
        if number % BATCH == 0:
            connection.execute("COMMIT")
            connection.execute("BEGIN")
        yield number, number, row[-1]


def opened(folder: Path) -> Archive:
    """Return an archive that was made so before, as it is: without captures it could not be made again."""
    return Archive(folder, Hand(read=reader), repair=False)


def _thread_row(number: int, thread: dict[str, Any], entries: list[dict[str, Any]]) -> tuple[Any, ...]:
    record = msgspec.json.encode(thread).decode()
    author = f"@{thread['author']['handle']}"
    times = entries[0]["time"], entries[-1]["time"]
    title, size = entries[0]["text"][:90], len(entries)
    return number, thread["id"], 1, "x", author, title, *times, None, size, 0, "gaps", None, int(size > 1), record


def _post_rows(number: int, thread: dict[str, Any], entries: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    author = f"@{thread['author']['handle']}"
    for at, entry in enumerate(entries, 1):
        key = f"x:{entry['id']}"
        yield key, "x", entry["id"], number, at, 1, author, entry["time"], entry["text"], entry["language"]


_THREAD = f"INSERT INTO threads VALUES ({', '.join('?' * 15)})"
_POST = """INSERT INTO posts
    (post, platform, id, thread, position, account, author, time, text, language, cut, wordings)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)"""
