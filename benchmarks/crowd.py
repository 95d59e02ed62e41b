"""Eight who read, two who add, one who refreshes and makes the database again, all at once: `make crowd`.

    python -m benchmarks.crowd --seconds 120 [--write]

Threads have TALL posts and come again and again with every post edited: all of one edition. Whoever reads must see each
thread whole, all its posts of the same edition and never an older one than before, and nobody may get an error. In the
end every edition that was added must be held, and a database made again must show the same.
"""

from __future__ import annotations

import argparse
import multiprocessing
import multiprocessing.connection
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.page import ROOT, table, write
from clew import keeping
from clew.archive import Archive, Hand, How
from clew.archive.holdings import found, listed
from clew.archive.ledger import Attempt
from clew.archive.store import digested
from clew.keeping import Keeper, reader
from clew.posts import Account, Post, to_json

__all__ = ["Seen", "crowd"]

START = datetime(2021, 6, 4, tzinfo=UTC)
TALL = 12
"""Posts of a thread."""
AUTHORS = 6


@dataclass(slots=True)
class Seen:
    """What one process did."""

    what: str
    seconds: list[float] = field(default_factory=list)
    """How long each turn took."""
    error: str = ""
    editions: list[int] = field(default_factory=list)
    """Those that it added, acknowledged."""


def edition(number: int, path: Path) -> Path:
    """Write every author's thread as of an edition; returns the path."""
    lines = []
    for author in range(AUTHORS):
        for at in range(TALL):
            own = f"14000000000{author:04}{at:04}"
            lines.append(
                to_json(
                    Post(
                        platform="x",
                        id=own,
                        author=Account(id=f"id-{author}", handle=f"user{author}"),
                        time=START + timedelta(minutes=at),
                        text=f"{at + 1}/{TALL} edition {number} of the register of berths, port {author}",
                        edited=START + timedelta(days=1, seconds=number),
                        reply_to=f"14000000000{author:04}{at - 1:04}" if at else None,
                        reply_to_author=f"id-{author}" if at else None,
                        edges_stated=True,
                    )
                )
            )
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def read(path: Path, seen: Seen, rng: random.Random, newest: dict[str, int]) -> None:
    """Open the archive, list it, show a thread and hold it to its posts.

    Raises:
        AssertionError: The thread is not whole, or older than before.
    """
    with keeping.opened(path) as archive:
        threads = list(listed(archive.connection))
        if not threads:
            return
        name = rng.choice(threads).id
        (thread,) = found(archive.connection, name)
        editions = {int(post.text.split()[2]) for post in thread.posts()}
        assert len(list(thread.posts())) == TALL, f"{name} has {len(list(thread.posts()))} posts"
        assert len(editions) == 1, f"{name} has posts of the editions {editions}"
        (own,) = editions
        assert own >= newest.get(name, 0), f"{name} went from edition {newest[name]} back to {own}"
        newest[name] = own
        count = archive.connection.execute(_WHOLE).fetchone()[0]
        assert not count, f"{count} threads have other posts than their row says"


_WHOLE = """SELECT count(*) FROM threads AS t
    WHERE t.posts <> (SELECT count(*) FROM posts AS p WHERE p.thread = t.thread)"""


def add(path: Path, seen: Seen, number: int) -> None:
    """Add the next edition."""
    with tempfile.TemporaryDirectory() as folder, keeping.opened(path) as archive:
        Keeper(archive=archive).add(str(edition(number, Path(folder, f"edition-{number}.jsonl"))))
    seen.editions.append(number)


def refresh(path: Path, seen: Seen, number: int) -> None:
    """Keep an answer of a server and log the attempt, as `clew refresh` does."""
    with tempfile.TemporaryDirectory() as folder, keeping.opened(path) as archive:
        spool = edition(number, Path(folder, "fetched.jsonl"))
        with spool.open("rb") as stream:
            digest = digested(stream)[0]
        tried = Attempt(
            thread="x:140000000000000000",
            holes=("#3",),
            route="a test",
            asked="https://example.org/",
            tried=datetime.now(UTC).replace(microsecond=0),
            outcome="brought",
            says="it came",
        )
        with archive.writing() as writer:
            writer.keep_file(spool, "fetched.jsonl", digest, How())
            writer.note_attempts([(tried, digest)])
    seen.editions.append(number)


def _reader(path: Path, seed: int) -> Callable[[Seen, int], None]:
    rng, newest = random.Random(seed), dict[str, int]()
    return lambda seen, turn: read(path, seen, rng, newest)


def _adder(path: Path, seed: int) -> Callable[[Seen, int], None]:
    return lambda seen, turn: add(path, seen, turn * 3 + seed + 1)


def _refresher(path: Path) -> Callable[[Seen, int], None]:
    def turn(seen: Seen, number: int) -> None:
        if number % 8 == 7:
            keeping.rebuilt(path).close()
        else:
            refresh(path, seen, number * 3 + 3)

    return turn


def _live(
    what: str, act: Callable[[Seen, int], None], until: float, out: multiprocessing.connection.Connection
) -> None:
    """Take turn after turn until a time; tells what was done, and what went wrong."""
    seen, turn = Seen(what), 0
    try:
        while time.time() < until:
            began = time.perf_counter()
            act(seen, turn)
            seen.seconds.append(time.perf_counter() - began)
            turn += 1
    except BaseException as error:
        seen.error = f"{type(error).__name__}: {error}"
    out.send(seen)
    out.close()


def crowd(path: Path, seconds: float, *, readers: int = 8, adders: int = 2) -> list[Seen]:
    """Let them all loose on a new archive for some seconds; returns what each did.

    Raises:
        AssertionError: Somebody got an error, an edition is lost, or the database made again shows something else.
    """
    Archive.made(path, Hand(read=reader)).close()
    add(path, Seen("add"), 0)
    roles: list[tuple[str, Callable[[Seen, int], None]]] = [("read", _reader(path, one)) for one in range(readers)]
    roles += [("add", _adder(path, one)) for one in range(adders)]
    roles.append(("refresh, rebuild", _refresher(path)))
    until, context = time.time() + seconds, multiprocessing.get_context("fork")
    pipes: list[Any] = []
    processes = []
    for what, act in roles:
        here, there = context.Pipe(duplex=False)
        processes.append(context.Process(target=_live, args=(what, act, until, there), daemon=True))
        processes[-1].start()
        there.close()
        pipes.append(here)
    done: list[Seen] = []
    for pipe, process in zip(pipes, processes, strict=True):
        assert pipe.poll(seconds + 120), f"process {process.pid} does not end"
        done.append(pipe.recv())
        process.join(30)
    errors = [f"{one.what}: {one.error}" for one in done if one.error]
    assert not errors, errors
    _check(path, done)
    return done


def _check(path: Path, done: list[Seen]) -> None:
    """See that nothing is lost."""
    added = {number for one in done for number in one.editions}
    with keeping.opened(path) as archive:
        sightings = archive.connection.execute("SELECT record ->> '$.text' FROM sightings WHERE record IS NOT NULL")
        held = {int(text.split()[2]) for (text,) in sightings}
        assert added <= held, f"editions {sorted(added - held)} are lost"
        shown = {
            int(post.text.split()[2])
            for one in listed(archive.connection)
            for thread in found(archive.connection, one.id)
            for post in thread.posts()
        }
        assert shown == {max(held)}, f"edition {shown} is shown and not {max(held)}"
    report = keeping.verified(path, deep=True)
    assert report.sound, report.findings


def rows(done: list[Seen]) -> list[list[str]]:
    """Return a row for each kind of process."""
    made = []
    for what in dict.fromkeys(one.what for one in done):
        own = [one for one in done if one.what == what]
        spent = sorted(value for one in own for value in one.seconds)
        late = spent[int(len(spent) * 0.95)] if spent else 0.0
        median = statistics.median(spent) if spent else 0.0
        made.append(
            [
                f"{len(own)} × {what}",
                f"{len(spent):,}".replace(",", " "),
                "0",
                f"{median * 1000:.0f}",
                f"{late * 1000:.0f}",
            ]
        )
    return made


def main() -> int:
    """Print the table; with --write put it into docs/archive.md too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clew-crowd-") as folder:
        done = crowd(Path(folder, "archive"), chosen.seconds)
    content = table(["processes", "turns", "errors", "median, ms", "95 %, ms"], rows(done))
    print(content)
    if chosen.write:
        write(ROOT / "docs/archive.md", "crowd", f"python -m benchmarks.crowd --seconds {chosen.seconds:g}", content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
