"""What keeping costs: `python -m benchmarks.keeping [--posts 100000] [--large 1000000] [--into 10000000] [--write]`.

A file of invented posts (X API v1.1, threads of ten) is added to an archive. Beside it, in the same run: the rows that
the archive then has, put into a database of the same tables by plain inserts; and the same posts by twitter-to-sqlite,
where it is installed (`make services`). Verifying is timed beside `sha256sum` of the same files, and opening a large
archive and showing a thread beside SQLite reading the same rows. With --into a tenth more posts, by a tenth of the
authors, are added to an archive of that size, beside the same posts in an empty one: a table of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from benchmarks.page import ROOT, table, write
from benchmarks.posts import FORMS, account
from clew import keeping
from clew.archive import Archive, Hand, schema
from clew.archive.holdings import found
from clew.keeping import Keeper, reader

__all__ = ["main"]

FORM = FORMS["X API v1.1 array"]
FEW = 1_000
"""Posts that the peer gets: it commits each one, and tells its rate all the same."""
PEER = ROOT / ".services/sqlite/bin/python"
PEERS_WAY = """
import json, sys, time
import sqlite_utils
from twitter_to_sqlite import utils
tweets = json.load(open(sys.argv[1]))
for tweet in tweets:
    tweet.setdefault("source", '<a href="https://example.org/">web</a>')
    tweet["user"].setdefault("description", ""); tweet["user"].setdefault("url", None)
    tweet["user"].setdefault("created_at", "Thu Jun 03 00:00:00 +0000 2010"); tweet["user"].setdefault("entities", {})
    for name in ("followers_count", "friends_count", "listed_count", "favourites_count", "statuses_count"):
        tweet["user"].setdefault(name, 0)
    tweet.setdefault("full_text", tweet.get("text", ""))
    tweet.setdefault("display_text_range", [0, len(tweet["full_text"])])
    tweet.setdefault("entities", {})
db = sqlite_utils.Database(sys.argv[2])
begin = time.perf_counter()
with db.conn:
    utils.save_tweets(db, tweets)
print(len(tweets) / (time.perf_counter() - begin))
"""


def posts_file(path: Path, posts: int | Iterable[int]) -> Path:
    """Write so many posts, or those of some numbers; returns the path."""
    with path.open("wb") as out:
        out.write(FORM.before)
        for count, number in enumerate(range(posts) if isinstance(posts, int) else posts):
            out.write((FORM.between if count else b"") + FORM.post(number))
        out.write(FORM.after)
    return path


def added(folder: Path, source: Path) -> tuple[Archive, float]:
    """Return a new archive with a file in it, and the seconds that adding took."""
    archive = Archive.made(folder, Hand(read=reader))
    begin = time.perf_counter()
    Keeper(archive=archive).add(str(source))
    return archive, time.perf_counter() - begin


def inserted(archive: Path, out: Path) -> float:
    """Return the seconds that plain inserts of an archive's rows take, all tables and indexes, in one transaction."""
    rows = {}
    with contextlib.closing(sqlite3.connect(archive / "clew.sqlite")) as old:
        for one in schema.TABLES:
            rows[one.name] = old.execute(f"SELECT * FROM {one.name}").fetchall()
    schema.created(out)
    with schema.closing_after(out) as connection:
        connection.execute("DELETE FROM state")
        begin = time.perf_counter()
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN")
        for name, values in rows.items():
            if values:
                connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(values[0]))})", values)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return time.perf_counter() - begin


def by_peer(source: Path, out: Path) -> float | None:
    """Return how many posts a second twitter-to-sqlite saves; None where it is not there."""
    if not PEER.exists():
        return None
    command = [str(PEER), "-W", "ignore", "-c", PEERS_WAY, str(source), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-500:], file=sys.stderr)
        return None
    return float(done.stdout)


def size(folder: Path, name: str = "*") -> int:
    """Return the bytes of files in a folder, at any depth."""
    return sum(path.stat().st_size for path in folder.rglob(name) if path.is_file())


def best(act: Callable[[], object], times: int = 5) -> float:
    """Return the seconds of the median of several runs."""
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        act()
        spent.append(time.perf_counter() - begin)
    return statistics.median(spent)


def adding(folder: Path, count: int) -> Iterator[list[str]]:
    """Yield the rows on adding, size and verifying."""
    source = posts_file(folder / FORM.name, count)
    archive, seconds = added(folder / "archive", source)
    archive.close()
    plain = inserted(archive.path, folder / "plain.sqlite")
    rate = count / seconds
    yield [
        "posts added a second",
        f"{rate:,.0f}",
        f"{count / plain:,.0f} (plain inserts of the same rows)",
        _ratio(rate, count / plain),
    ]
    peer = by_peer(posts_file(folder / "few.json", min(count, FEW)), folder / "peer.sqlite")
    shown = f"{peer:,.0f} (twitter-to-sqlite)" if peer else "twitter-to-sqlite is not installed"
    yield ["posts added a second", f"{rate:,.0f}", shown, _ratio(rate, peer) if peer else "–"]
    given = source.stat().st_size
    kept = size(archive.path / "captures")
    packed = _packed(source)
    yield [
        "bytes of captures per byte added",
        f"{kept / given:.3f}",
        f"{packed / given:.3f} (gzip -6)",
        _ratio(kept, packed),
    ]
    database = (archive.path / "clew.sqlite").stat().st_size
    few = (folder / "peer.sqlite").stat().st_size / min(count, FEW) if peer else 0
    yield [
        "bytes of the database per post",
        f"{database / count:,.0f}",
        f"{few:,.0f} (twitter-to-sqlite)" if peer else "–",
        _ratio(database / count, few) if peer else "–",
    ]
    whole = size(archive.path)
    check = best(lambda: keeping.verified(archive.path), 3)
    files = [str(path) for path in archive.path.rglob("*") if path.is_file()]
    sums = best(lambda: subprocess.run(["sha256sum", *files], check=True, capture_output=True), 3)
    yield [
        "verify: MB of the archive a second",
        f"{whole / check / 1e6:,.0f}",
        f"{whole / sums / 1e6:,.0f} (sha256sum)",
        _ratio(whole / check, whole / sums),
    ]
    captures = best(lambda: _captures(archive.path), 3)
    given_sum = best(lambda: subprocess.run(["sha256sum", str(source)], check=True, capture_output=True), 3)
    yield [
        "verify: MB of captures, unpacked, a second",
        f"{given / captures / 1e6:,.0f}",
        f"{given / given_sum / 1e6:,.0f} (sha256sum of what was added)",
        _ratio(given / captures, given / given_sum),
    ]
    shutil.rmtree(archive.path)


def _captures(path: Path) -> None:
    """Check ledger and captures alone."""
    from clew.archive.report import View
    from clew.archive.verify import _captures, _ledger

    view = View(path, Hand(read=reader), False)
    assert not [*_ledger(view), *_captures(view)]


def _packed(path: Path) -> int:
    done = subprocess.run(["gzip", "-6", "-c", str(path)], capture_output=True, check=True)
    return len(done.stdout)


def showing(folder: Path, count: int) -> Iterator[list[str]]:
    """Yield the row on opening a large archive and showing a thread."""
    source = posts_file(folder / FORM.name, count)
    archive, seconds = added(folder / "archive", source)
    path = archive.path
    print(f"{count:,} posts were added in {seconds:,.0f} s", flush=True)
    names = [name for (name,) in archive.connection.execute("SELECT id FROM threads ORDER BY thread DESC LIMIT 50")]
    archive.close()

    def clew() -> None:
        for name in names:
            with keeping.opened(path) as held:
                assert found(held.connection, name)

    def sqlite() -> None:
        for name in names:
            connection = sqlite3.connect(path / "clew.sqlite")
            (thread,) = connection.execute("SELECT thread FROM threads WHERE id = ?", (name,)).fetchone()
            assert connection.execute("SELECT record FROM threads WHERE id = ?", (name,)).fetchall()
            assert connection.execute("SELECT * FROM posts WHERE thread = ? ORDER BY position", (thread,)).fetchall()
            connection.close()

    ours, theirs = best(clew) / len(names), best(sqlite) / len(names)
    yield [
        f"opening an archive of {count:,} posts and showing a thread, ms",
        f"{ours * 1000:.2f}",
        f"{theirs * 1000:.2f} (sqlite3 in Python: open, the same rows, close)",
        _ratio(ours, theirs),
    ]
    program = shutil.which("sqlite3")
    if program:

        def alone_with(name: str) -> bytes:
            own = f"SELECT record FROM threads WHERE id = '{name}'"
            posts = (
                f"SELECT * FROM posts WHERE thread = (SELECT thread FROM threads WHERE id = '{name}') ORDER BY position"
            )
            command = [program, "-readonly", str(path / "clew.sqlite"), own, posts]
            return subprocess.run(command, check=True, capture_output=True).stdout

        alone = best(lambda: [alone_with(name) for name in names]) / len(names)
        yield [
            "the same beside the sqlite3 program, ms",
            f"{ours * 1000:.2f}",
            f"{alone * 1000:.2f} (a process each: the same rows)",
            _ratio(ours, alone),
        ]


def growing(folder: Path, count: int) -> Iterator[list[str]]:
    """Yield the rows on adding a tenth more posts to a large archive: new threads of a tenth of its authors."""
    source, more = folder / FORM.name, count // 10
    archive = Archive.made(folder / "large", Hand(read=reader))
    for first in range(0, count, more):
        begin = time.perf_counter()
        Keeper(archive=archive).add(str(posts_file(source, range(first, first + more))))
        print(f"{more:,} posts were added to {first:,} in {time.perf_counter() - begin:,.0f} s", flush=True)
    (threads,) = archive.connection.execute("SELECT count(*) FROM threads").fetchone()
    (last,) = archive.connection.execute("SELECT max(change) FROM changes").fetchone()
    numbers = (number for number in range(count, 2 * count) if account(number) % 10 == 0)
    posts_file(source, islice(numbers, more))
    begin, computed = time.perf_counter(), time.process_time()
    Keeper(archive=archive).add(str(source))
    rate, each = more / (time.perf_counter() - begin), (time.process_time() - computed) / more
    written = archive.connection.execute("SELECT count(*) FROM changes WHERE change > ?", (last,)).fetchone()[0]
    archive.close()
    shutil.rmtree(archive.path)
    computed = time.process_time()
    alone, seconds = added(folder / "alone", source)
    fresh = (time.process_time() - computed) / more
    (new,) = alone.connection.execute("SELECT count(*) FROM threads").fetchone()
    alone.close()
    yield [
        f"posts added a second, {more:,} into {count:,}",
        f"{rate:,.0f}",
        f"{more / seconds:,.0f} (the same into an empty archive)",
        _ratio(rate, more / seconds),
    ]
    yield ["processor time of it, us a post", f"{each * 1e6:.0f}", f"{fresh * 1e6:.0f}", _ratio(each, fresh)]
    yield [f"threads written by it, where {threads:,} are held", f"{written:,}", f"{new:,}", _ratio(written, new)]


def _ratio(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f}"


def main() -> int:
    """Print the rows; with --write put them into the tables of docs/archive.md too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--into", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    parts = (
        (
            "keeping",
            f"--posts {chosen.posts} --large {chosen.large}",
            ((adding, chosen.posts), (showing, chosen.large)),
        ),
        ("keeping.into", f"--posts 0 --large 0 --into {chosen.into}", ((growing, chosen.into),)),
    )
    for mark, options, tasks in parts:
        rows: list[list[str]] = []
        with tempfile.TemporaryDirectory(prefix="clew-keeping-") as name:
            for part, count in tasks:
                for row in part(Path(name), count) if count else ():
                    rows.append([re.sub(r"(?<=\d),(?=\d)", " ", cell) for cell in row])
                    print(" | ".join(rows[-1]), flush=True)
        if chosen.write and rows:
            content = table(["what", "clew", "peer, same run", "clew / peer"], rows)
            write(ROOT / "docs/archive.md", mark, f"python -m benchmarks.keeping {options} --write", content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
