"""Pages under load beside datasette: `python -m benchmarks.web --posts 1000000 --datasette PATH`.

An archive of so many posts is made, or taken with --archive, and a thread of a hundred posts put into it. Its page, and
the same rows as datasette shows them, are asked for by wrk on loopback, with 1 and 64 clients, while `clew add` takes
in more posts: datasette runs its query again each time, clew gives a page that it made up to ten seconds before. First
bytes are timed over random threads, without wrk and without an import.
"""

from __future__ import annotations

import argparse
import http.client
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from tests.services.running import free_port, is_open, running, until
from tests.web.world import long_thread
from tests.web.world import write as lines

from benchmarks.page import ROOT, table, write
from benchmarks.posts import FORMS

BIN = Path(sys.executable).parent
THREAD = "x:1500000000000000001"
PAGE = f"/thread/{THREAD}"
CLIENTS = (1, 64)


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk measured."""

    rate: float
    """Answers a second."""
    p99: str
    errors: int


def main() -> None:
    """Measure, print, and write docs/web.md."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--posts", type=int, default=100_000)
    given.add_argument("--archive", type=Path)
    given.add_argument("--datasette", type=Path)
    given.add_argument("--seconds", type=int, default=10)
    given.add_argument("--no-write", action="store_true")
    wish = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="clew-web-") as name:
        folder = Path(name)
        archive = wish.archive or _made(folder, wish.posts)
        clew("add", lines(folder / "hundred.jsonl", long_thread(101)), "--archive", archive, "--quiet")
        more = folder / "more.jsonl"
        _posts(more, 2_000_000 + _count(archive), 150_000)
        found = _measured(folder, archive, wish.datasette, more, wish.seconds)
    print(found)
    if not wish.no_write:
        places = [f"--{name} {name.upper()}" for name in ("archive", "datasette") if getattr(wish, name)]
        words = ["python -m benchmarks.web", f"--posts {wish.posts}", f"--seconds {wish.seconds}", *places]
        write(ROOT / "docs/web.md", "load", " ".join(words), found)


def clew(*words: object) -> None:
    """Run a command to its end."""
    subprocess.run([BIN / "clew", *map(str, words)], check=True, capture_output=True)


def _made(folder: Path, count: int) -> Path:
    _posts(folder / "posts.jsonl", 0, count)
    clew("init", folder / "archive")
    clew("add", folder / "posts.jsonl", "--archive", folder / "archive", "--quiet")
    return folder / "archive"


def _posts(path: Path, first: int, count: int) -> None:
    form = FORMS["clew lines"]
    with path.open("wb") as out:
        out.writelines(form.post(number) + b"\n" for number in range(first, first + count))


def _count(archive: Path) -> int:
    """Return how many posts are held, so that those which are taken in meanwhile are new."""
    with sqlite3.connect(archive / "clew.sqlite") as connection:
        return int(connection.execute("SELECT count(*) FROM posts").fetchone()[0])


def _measured(folder: Path, archive: Path, datasette: Path | None, more: Path, seconds: int) -> str:
    port = free_port()
    command: list[str | Path] = [BIN / "clew", "serve", "--archive", archive, "--port", str(port)]
    rows: list[Sequence[str]] = []
    facts: list[Sequence[str]] = []
    with running(command, folder=folder) as process:
        until(lambda: is_open(port), 120, "clew serve")
        facts += list(_first_bytes(port, archive))
        facts.append(["page of 100 posts, as it is sent (gzip)", f"{_size(port, 'gzip') / 1000:.0f} kB"])
        facts.append(["the same, unpacked", f"{_size(port, 'identity') / 1000:.0f} kB"])
        before = _memory(process.pid)
        with _importing(archive, more):
            own = {clients: _wrk(f"http://127.0.0.1:{port}{PAGE}", clients, seconds) for clients in CLIENTS}
        facts.append(["memory of the server before and after the load", f"{before} MB, {_memory(process.pid)} MB"])
    other = _beside(folder, archive, datasette, more, seconds) if datasette else {}
    for clients in CLIENTS:
        mine, its = own[clients], other.get(clients)
        row = [f"{clients} client{'s' if clients > 1 else ''}", f"{mine.rate:.0f}", mine.p99, str(mine.errors)]
        row += (
            [f"{its.rate:.0f}", its.p99, str(its.errors), f"{mine.rate / its.rate:.1f}" if its.rate else "–"]
            if its
            else ["–"] * 4
        )
        rows.append(row)
    head = ["a thread of 100 posts", "answers/s", "p99", "errors", "datasette", "p99", "errors", "ratio"]
    return f"{table(head, rows)}\n\n{table(['what', 'measured'], facts)}"


@contextmanager
def _importing(archive: Path, path: Path) -> Iterator[None]:
    """Let `clew add` take in posts as long as the block lasts."""
    with subprocess.Popen(
        [BIN / "clew", "add", path, "--archive", archive, "--quiet"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        yield
        if process.poll() is not None:
            print("the import ended before the load did", file=sys.stderr)
        process.terminate()


def _beside(folder: Path, archive: Path, datasette: Path, more: Path, seconds: int) -> dict[int, Load]:
    """Return what datasette does with the same rows, while the import goes on."""
    database = archive / "clew.sqlite"
    with sqlite3.connect(database) as connection:
        (thread,) = connection.execute("SELECT thread FROM threads WHERE id = ?", (THREAD,)).fetchone()
    port = free_port()
    with running([datasette, "serve", database, "-h", "127.0.0.1", "-p", str(port)], folder=folder):
        until(lambda: is_open(port), 120, "datasette")
        query = f"select+*+from+posts+where+thread+%3D+{thread}+order+by+position"
        url = f"http://127.0.0.1:{port}/clew?sql={query}"
        with urlopen(url, timeout=60) as answer:  # the first one looks at all tables
            answer.read()
        with _importing(archive, more):
            return {clients: _wrk(url, clients, seconds) for clients in CLIENTS}


def _wrk(url: str, clients: int, seconds: int) -> Load:
    command = ["wrk", "-t", "1", "-c", str(clients), "-d", f"{seconds}s", "--timeout", "30s", "--latency", url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    p99 = re.search(r"99%\s+(\S+)", told)
    assert rate is not None
    assert p99 is not None
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told)
    errors = int(bad[1] if bad else 0) + sum(map(int, sockets.groups() if sockets else ()))
    return Load(float(rate[1]), p99[1], errors)


def _first_bytes(port: int, archive: Path) -> Iterator[Sequence[str]]:
    """Yield median and 95th percentile of the time to the first byte, of random threads and of the pages that begin."""
    with sqlite3.connect(archive / "clew.sqlite") as connection:
        (count,) = connection.execute("SELECT max(thread) FROM threads").fetchone()
        (posts,) = connection.execute("SELECT count(*) FROM posts").fetchone()
        chosen = random.Random(7).sample(range(1, count + 1), 300)
        ids = [connection.execute("SELECT id FROM threads WHERE thread = ?", (number,)).fetchone() for number in chosen]
    paths = [f"/thread/{row[0]}" for row in ids if row]
    yield [
        f"first byte, p50 and p95, {len(paths)} threads of {posts:,} posts, each for the first time",
        _percentiles(port, paths),
    ]
    for name, path in (("home", "/"), ("threads", "/threads"), ("gaps", "/holes"), ("the page of 100 posts", PAGE)):
        yield [f"first byte, p50 and p95, {name}", _percentiles(port, [path] * 100)]


def _percentiles(port: int, paths: Sequence[str]) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken = []
    for path in paths:
        start = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        taken.append(time.perf_counter() - start)
        answer.read()
        assert answer.status == 200, path
    ordered = sorted(taken)
    return f"{ordered[len(taken) // 2] * 1000:.1f} ms, {ordered[int(len(taken) * 0.95)] * 1000:.1f} ms"


def _size(port: int, encoding: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", PAGE, headers={"Accept-Encoding": encoding})
    return len(connection.getresponse().read())


def _memory(pid: int) -> int:
    """Return the resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) // 1000 if found else 0


if __name__ == "__main__":
    main()
