"""Archives whose writer dies, and whose disk refuses, at every named point and at random moments.

    python -m benchmarks.crash --rounds 1000

Each round starts a command in a process of its own and lets it fail. Then the archive is opened, which repairs it, and
checked: it must open, `verify` must find nothing, and every post that was acknowledged must be there. At the end all
inputs are added once more, and the archive must hold the same threads as one that nothing ever happened to.
"""

from __future__ import annotations

import argparse
import errno
import gzip
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from clew import keeping
from clew.archive import Archive, Hand, How, points, writer
from clew.archive.ledger import Attempt
from clew.archive.store import digested
from clew.errors import ArchiveError, NothingFound
from clew.keeping import Keeper, reader
from clew.posts import Account, Post, to_json
from clew.removing import removed, wanted
from clew.sealing import sealed

__all__ = ["Fault", "Ground", "records", "rounds"]

START = datetime(2021, 6, 4, tzinfo=UTC)
SECRET = "lie-empty-and-nobody-says-why"
SMALL_BATCH = 25
"""Records at a time: small, so that every input takes several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong: at a point, when it is reached for the count-th time; or after some seconds."""

    how: str
    """kill, eio (an fsync fails) or full (the disk is full)."""
    point: str | None = None
    count: int = 1
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.how} at {self.point} {self.count}" if self.point else f"{self.how} after {self.seconds:.3f} s"


@dataclass(slots=True)
class Ground:
    """An archive to try on, its inputs, and what was acknowledged."""

    folder: Path
    rng: random.Random
    inputs: list[Path] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def path(self) -> Path:
        return self.folder / "archive"

    def prepare(self) -> None:
        """Write inputs: posts of several authors, seen again and edited, in files and in a folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for number in range(6):
            path = self.folder / f"input-{number}.jsonl"
            path.write_text("".join(f"{to_json(post)}\n" for post in _posts(number)), encoding="utf-8")
            self.inputs.append(path)
        folder = self.folder / "both"
        folder.mkdir()
        for number in (6, 7):
            text = "".join(f"{to_json(post)}\n" for post in _posts(number))
            (folder / f"part-{number}.jsonl").write_text(text, encoding="utf-8")
        self.inputs.append(folder)

    def round(self, fault: Fault) -> None:
        """Let one command fail, and check what is left.

        Raises:
            AssertionError: The archive does not open, is not sound, or lacks a post that was acknowledged.
        """
        if not self.path.exists() or not (self.path / "ledger.jsonl").exists():
            self._try(fault, "init", lambda: Archive.made(self.path, Hand(read=reader)).close())
            if not (self.path / "ledger.jsonl").exists():
                return
        elif (fault.point or "").startswith("rebuild") or self.rng.random() < 0.1:
            self._try(fault, "rebuild", lambda: keeping.rebuilt(self.path).close())
        elif (fault.point or "").startswith(("remove", "blank")) or self.rng.random() < 0.05:
            self._remove(fault)
        elif (fault.point or "").startswith("seal") or self.rng.random() < 0.1:
            self._try(fault, "seal", lambda: _seal(self.path, self.folder / "seal.key"))
        elif self.rng.random() < 0.15:
            source = self.rng.choice(self.inputs[:-1])
            if self._try(fault, "refresh", lambda: _refresh(self.path, source)):
                self.acknowledged |= _ids(source)
        else:
            source = self.rng.choice(self.inputs)
            if self._try(fault, "add", lambda: _add(self.path, source)):
                self.acknowledged |= _ids(source)
        self._check(fault)

    def _remove(self, fault: Fault) -> None:
        """Add a post of somebody else among one that stays, and let its removal fail; then remove it to the end."""
        source = self.folder / "other.jsonl"
        source.write_text("".join(f"{to_json(post)}\n" for post in _secret()), encoding="utf-8")
        assert _apart(lambda: _add(self.path, source, again=True)) == 0
        self._try(fault, "remove", lambda: _remove(self.path))
        self._check(fault)
        assert _apart(lambda: _remove(self.path)) == 0
        left = [path for path in self.path.rglob("*") if path.is_file() and SECRET.encode() in _unpacked(path)]
        assert not left, f"what was removed is still in {left} after {fault}"

    def finish(self) -> list[str]:
        """Add every input once more; returns the threads."""
        for source in self.inputs:
            assert _apart(lambda source=source: _add(self.path, source)) == 0  # type: ignore[misc]
        self._check(None)
        return records(self.path)

    def _try(self, fault: Fault, what: str, act: Callable[[], None]) -> bool:
        code = _apart(act, fault)
        outcome = "done" if code == 0 else "killed" if code == -signal.SIGKILL else "refused" if code == 3 else "other"
        self.outcomes[f"{what}: {outcome}"] += 1
        assert outcome != "other", f"{what} with {fault} ended with {code}"
        return code == 0

    def _check(self, fault: Fault | None) -> None:
        def check() -> None:
            with keeping.opened(self.path) as archive:
                held = {post for (post,) in archive.connection.execute("SELECT id FROM posts")}
                lost = self.acknowledged - held
                assert not lost, f"{len(lost)} acknowledged posts are lost"
            report = keeping.verified(self.path)
            assert report.sound, report.findings

        assert _apart(check) == 0, f"after {fault}"


def records(path: Path) -> list[str]:
    """Return all threads of an archive."""
    with keeping.opened(path) as archive:
        return sorted(record for (record,) in archive.connection.execute("SELECT record FROM threads"))


def faults(rng: random.Random, *, named: bool = True) -> Iterable[Fault]:
    """Yield faults without end: every named point first, then points and moments at random."""
    while not named:
        yield Fault(how="kill", seconds=rng.expovariate(8))
    for point in points.POINTS:
        yield Fault(how="kill", point=point)
    for point in points.POINTS:
        yield Fault(how="eio" if point.endswith("sync") else "full", point=point)
    while True:
        if rng.random() < 0.5:
            how = rng.choice(["kill", "kill", "eio", "full"])
            yield Fault(how=how, point=rng.choice(points.POINTS), count=rng.randint(1, 4))
        else:
            yield Fault(how="kill", seconds=rng.expovariate(8))


def rounds(
    folder: Path, count: int, seed: int = 0, tell: Callable[[str], None] = lambda says: None, *, named: bool = True
) -> Counter[str]:
    """Try so many rounds, with a new archive every fifty; returns how the commands ended.

    Without `named` only moments at random are tried.

    Raises:
        AssertionError: Something was lost.
    """
    rng = random.Random(seed)
    outcomes: Counter[str] = Counter()
    plain = Ground(folder / "plain", rng)
    plain.prepare()
    _apart(lambda: Archive.made(plain.path, Hand(read=reader)).close())
    whole = plain.finish()
    queue = iter(faults(rng, named=named))
    done = 0
    while done < count:
        ground = Ground(folder / f"ground-{done}", rng)
        ground.prepare()
        for _ in range(min(50, count - done)):
            ground.round(next(queue))
            done += 1
        while not (ground.path / "ledger.jsonl").exists():
            _apart(lambda: Archive.made(ground.path, Hand(read=reader)).close())  # noqa: B023
        assert _same(ground.finish(), whole), "the threads are not those of an archive that nothing happened to"
        outcomes += ground.outcomes
        tell(f"{done} rounds")
    return outcomes


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Say whether threads are the same, whatever order the inputs came in: that decides which origin is shown."""
    import re

    def bare(record: str) -> str:
        return re.sub(r'"origin":\{[^}]*\}', "", record)

    return sorted(map(bare, one)) == sorted(map(bare, other))


def _apart(act: Callable[[], None], fault: Fault | None = None) -> int:
    """Run something in a process of its own; returns its exit code, or minus the signal that ended it."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        if fault is not None and fault.point is None:
            time.sleep(fault.seconds)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)
    code = 1
    try:
        writer.BATCH = SMALL_BATCH
        if fault is not None and fault.point is not None:
            points.set_hook(_hook(fault))
        act()
        code = 0
    except ArchiveError as error:
        code = 3 if fault is not None else 1
        if fault is None:
            print(error, file=sys.stderr)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(code)


def _hook(fault: Fault) -> Callable[[str], None]:
    left = fault.count

    def hook(point: str) -> None:
        nonlocal left
        if point != fault.point:
            return
        left -= 1
        if left:
            return
        if fault.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(errno.EIO if fault.how == "eio" else errno.ENOSPC, os.strerror(errno.ENOSPC))

    return hook


def _add(path: Path, source: Path, *, again: bool = False) -> None:
    with keeping.opened(path) as archive:
        Keeper(archive=archive, how=How(again=again)).add(str(source))


def _refresh(path: Path, source: Path) -> None:
    """Keep a file as an answer of a server, and log the attempt, in the order of `clew refresh`."""
    tried = Attempt(
        thread="x:1400000000000000000",
        holes=("#3",),
        route="a test",
        asked="https://example.org/",
        tried=START,
        outcome="brought",
        says="it came",
    )
    with source.open("rb") as stream:
        digest = digested(stream)[0]
    with keeping.opened(path) as archive, archive.writing() as writer:
        writer.keep_file(source, "fetched.warc.gz", digest, How())
        writer.note_attempts([(tried, digest)])


def _remove(path: Path) -> None:
    with keeping.opened(path) as archive, suppress(NothingFound):
        removed(archive, wanted(archive, "@secret"), "a test")


def _unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _secret() -> list[Post]:
    """Return a post that is removed after it was added, and one beside it that is not."""
    plain = _posts(0)[0]
    gone = Account(id="id-secret", handle="secret")
    return [msgspec.structs.replace(plain, id="1499999999999999999", author=gone, text=f"{SECRET} {'x ' * 40}"), plain]


def _seal(path: Path, key: Path) -> None:
    with keeping.opened(path) as archive:
        sealed(archive, key)


def _ids(source: Path) -> set[str]:
    numbers = [6, 7] if source.is_dir() else [int(source.stem.rpartition("-")[2])]
    return {post.id for number in numbers for post in _posts(number)}


def _posts(number: int) -> list[Post]:
    """Return the posts of an input: threads of three authors; some are in other inputs too, and some are edited."""
    rng = random.Random(number)
    made: list[Post] = []
    for at in range(number * 40, number * 40 + 80):
        author = Account(id=f"id-{at % 3}", handle=f"user{at % 3}")
        before = at - 3 if at % 7 and at >= number * 40 + 3 else None
        edited = at % 11 == 0
        made.append(
            Post(
                platform="x",
                id=f"14000000000000{at:05d}",
                author=author,
                time=START + timedelta(minutes=at),
                text=f"post {at} about the port of Orsa" + (", mended" if edited and rng.random() < 0.5 else ""),
                edited=START + timedelta(minutes=at, seconds=number + 1) if edited else None,
                reply_to=f"14000000000000{before:05d}" if before is not None else None,
                reply_to_author=author.id if before is not None else None,
                edges_stated=True,
            )
        )
    return made


def main() -> int:
    """Run the rounds and print how they ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clew-crash-") as folder:
        outcomes = rounds(Path(folder), chosen.rounds, chosen.seed, print)
    print(f"{chosen.rounds} rounds: 0 acknowledged posts lost, every archive opened, verify found nothing after repair")
    for outcome, count in sorted(outcomes.items()):
        print(f"  {outcome} {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
