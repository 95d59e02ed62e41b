"""An indexing that is killed at random moments: `python -m benchmarks.search.kill --rounds 200`.

Each round changes an archive (posts come, threads grow, some are taken away), starts a process that brings the index up
to it, committing every few documents, and kills it after a random time. What is there then must open; brought up to the
archive it must hold exactly the posts and threads that the database holds, and each must be found by its words.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clew.archive import Archive, Hand, schema
from clew.archive.weaving import tell_changes
from clew.finding import Finder
from clew.following import INDEX
from clew.keeping import Keeper, reader
from clew.posts import Account, Post, to_json
from clew.search import index, workers
from clew.search.grammar import Everything, Query, parse
from clew.search.hits import searched

__all__ = ["Ground", "rounds"]

START = datetime(2021, 6, 4, tzinfo=UTC)
FEW = 10
"""Documents between two commits, so that every indexing has several."""


@dataclass(slots=True)
class Ground:
    """An archive to try on."""

    folder: Path
    rng: random.Random
    archive: Archive = field(init=False)
    outcomes: Counter[str] = field(default_factory=Counter)
    usual: float = 1.0
    """Seconds that an indexing takes which is not killed."""
    _number: int = 0
    _before: int = 0

    def __post_init__(self) -> None:
        self.archive = Archive.made(self.folder / "archive", Hand(read=reader))

    def round(self, *, many: bool = False) -> None:
        """Change the archive, let an indexing be killed, and check what is left; with `many`, its workers are used.

        Raises:
            AssertionError: The index is not what the archive is.
        """
        self._change()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["clew.finding", "clew.keeping"])
        process = context.Process(target=_follow, args=(self.archive.path, 20 if many else workers.CHUNK))
        start = time.monotonic()
        process.start()
        process.join(self.rng.random() * self.usual * 1.2)
        killed = process.exitcode is None
        if killed:
            process.kill()
        process.join()
        if not killed:
            assert process.exitcode == 0
            self.usual = 0.8 * self.usual + 0.2 * (time.monotonic() - start)
        self.outcomes[self._outcome(killed=killed)] += 1
        self._check()

    def _outcome(self, *, killed: bool) -> str:
        if not killed:
            return "not killed, done before"
        left = index.Index.opened(self.archive.path / INDEX)
        last = self.archive.connection.execute("SELECT max(change) FROM changes").fetchone()[0]
        mark = left.mark.change if left is not None and left.mark is not None else 0
        return "killed before its first commit" if mark == self._before else _of(mark, last)

    def _change(self) -> None:
        """Let posts come, and now and then take a thread away."""
        found = index.Index.opened(self.archive.path / INDEX)
        self._before = found.mark.change if found is not None and found.mark is not None else 0
        path = self.folder / "posts.jsonl"
        path.write_text("".join(f"{to_json(post)}\n" for post in self._posts()), encoding="utf-8")
        Keeper(archive=self.archive).add(str(path))
        if self.rng.random() < 0.3:
            self._take_away()

    def _posts(self) -> Iterator[Post]:
        """Yield posts of threads that go on from round to round, of which some end."""
        for _ in range(self.rng.randint(5, 60)):
            self._number += 1
            by = self.rng.randint(1, 30)
            answers = self.rng.random() < 0.5 and self._number > 60
            yield Post(
                platform="x",
                id=f"{10_000 + self._number}",
                author=Account(id=f"id-{by}", handle=f"a{by}"),
                time=START + timedelta(minutes=self._number),
                text=f"own{self._number} the port of number {self._number % 7}",
                language="en",
                reply_to=f"{10_000 + self._number - self.rng.randint(1, 50)}" if answers else None,
                reply_to_author=f"id-{by}" if answers else None,
                edges_stated=True,
            )

    def _take_away(self) -> None:
        with schema.closing_after(self.archive.path / "clew.sqlite") as connection, schema.writing(connection):
            threads = [thread for (thread,) in connection.execute("SELECT thread FROM threads")]
            gone = self.rng.sample(threads, min(3, len(threads)))
            for table in ("holes", "posts", "threads"):
                connection.executemany(f"DELETE FROM {table} WHERE thread = ?", [(thread,) for thread in gone])
            tell_changes(connection, gone)

    def _check(self) -> None:
        finder = Finder.of(self.archive)
        held = set(self.archive.connection.execute("SELECT thread, position FROM posts"))
        places = searched(finder.index, Query(Everything()), "new", 100_000)
        found = [(place.thread, place.position) for place in places]
        assert len(found) == len(set(found)), "a post is there twice"
        assert set(found) == held, f"{len(held - set(found))} are missing, {len(set(found) - held)} too many"
        threads = set(self.archive.connection.execute("SELECT thread FROM threads WHERE posts > 1"))
        whole = searched(finder.index, Query(Everything(), "thread"), "new", 100_000)
        assert {(place.thread,) for place in whole if place.position == 0} == threads
        for text, key in self.rng.sample(self._texts(), 5):
            (hit,) = finder.find(parse(text.split()[0])).hits
            assert f"{hit.platform}:{hit.post}" == key

    def _texts(self) -> list[tuple[str, str]]:
        return self.archive.connection.execute("SELECT text, post FROM posts").fetchall()


def _of(mark: int, last: int) -> str:
    return "killed after its last commit" if mark == last else "killed between two commits"


def _follow(path: Path, chunk: int) -> None:
    """Bring an index up to its archive in small steps, in a process of its own."""
    index.COMMIT = FEW
    workers.CHUNK = chunk
    Finder.of(Archive(path, Hand(read=reader), repair=False), patience=0)


def rounds(count: int, folder: Path, seed: int = 1) -> Counter[str]:
    """Return how so many rounds went.

    Raises:
        AssertionError: An index was not what its archive was.
    """
    ground = Ground(folder, random.Random(seed))
    for number in range(count):
        ground.round(many=number % 20 == 19)
        if sys.stderr.isatty():
            print(f"\r{number + 1} of {count}", end="", file=sys.stderr)
    return ground.outcomes


def main() -> None:
    """Run the rounds and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clew-kill-") as folder:
        outcomes = rounds(chosen.rounds, Path(folder), chosen.seed)
    for outcome, count in sorted(outcomes.items()):
        print(f"{count:5}  {outcome}")
    print(f"{chosen.rounds:5}  rounds; the index was exactly what the archive was after every one")


if __name__ == "__main__":
    main()
