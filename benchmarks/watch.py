"""`make watch`: a thousand authors on a real network write, and a watcher must keep every post, once, and soon.

The network (PLC, PDSes, AppView), a stream in the shape of Jetstream, the writers and `clew watch run` all run on this
machine. Beside the watcher a bare listener reads the same stream and keeps nothing: its delay is what the network and
the stream take by themselves, and the peer of the table. Halfway the watcher is killed and started again, with --kill.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.jetstream import jetstream
from tests.services.network import Author, Network, network, server_of_accounts

from benchmarks import page
from benchmarks.page import ROOT

__all__ = ["Outcome", "Plan", "measured"]

PAGE = ROOT / "docs/refresh.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much happens."""

    authors: int = 1000
    rate: float = 20.0
    """Posts a second."""
    seconds: float = 300.0
    together: int = 1
    """Posts that an author writes in one commit; apps write threads so."""
    kill: bool = False
    """Whether the watcher is killed halfway and started again."""


@dataclass(slots=True)
class Outcome:
    """What came of it."""

    written: int = 0
    once: int = 0
    """Posts that the archive holds exactly once."""
    missed: int = 0
    doubled: int = 0
    strange: int = 0
    """Posts that it holds and nobody wrote."""
    told: int = 0
    told_twice: int = 0
    delays: list[float] = field(default_factory=list)
    """Seconds from the beginning of the request that writes a post until it is kept, read, woven and told."""
    bare: list[float] = field(default_factory=list)
    """... until the bare listener has it."""
    memory: list[float] = field(default_factory=list)
    """Of the watcher, in MB, every two seconds."""
    cpu: float = 0.0
    """Seconds of the processor, of the watcher."""
    seconds: float = 0.0


def measured(plan: Plan, folder: Path, *servers: Network) -> Outcome:
    """Return what the watcher did with the plan on a network, whose authors are spread over some servers."""
    net = servers[0]
    with ExitStack() as stack:
        authors = accounts(servers, plan.authors)
        stream = stack.enter_context(jetstream([one.pds for one in servers], folder))
        archive = folder / "archive"
        env = {
            **os.environ,
            "CLEW_ARCHIVE": str(archive),
            "CLEW_BLUESKY": net.appview,
            "CLEW_PLC": net.plc,
            "CLEW_JETSTREAM": stream,
        }
        clew = [sys.executable, "-m", "clew"]
        subprocess.run([*clew, "init", str(archive)], env=env, check=True, capture_output=True)
        given = "".join(f"https://bsky.app/profile/{one.did}\n" for one in authors)
        subprocess.run([*clew, "watch", "add", "-", "--quiet"], input=given, text=True, env=env, check=True)
        return _watched(plan, authors, stream, archive, [*clew, "watch", "run", "--to", "jsonl"], env, folder)


def accounts(servers: Sequence[Network], count: int) -> list[Author]:
    """Make accounts."""
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(lambda number: servers[number % len(servers)].account(f"writer{number}.test"), range(count))
        found = list(made)
    print(f"{count} accounts in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return found


def _watched(
    plan: Plan,
    authors: Sequence[Author],
    stream: str,
    archive: Path,
    command: Sequence[str],
    env: Mapping[str, str],
    folder: Path,
) -> Outcome:
    outcome, begun, told, bare = Outcome(), dict[str, float](), dict[str, list[float]](), dict[str, float]()
    ended = threading.Event()
    listener = threading.Thread(target=_listen, args=(stream, bare, ended))
    listener.start()
    with _watcher(command, env, told, outcome, folder) as watcher:
        time.sleep(6)
        start = time.monotonic()
        half = threading.Timer(plan.seconds / 2, watcher.restart) if plan.kill else None
        if half:
            half.start()
        _write(plan, authors, begun)
        outcome.seconds = time.monotonic() - start
        deadline = time.monotonic() + 60
        while len(told) < len(begun) and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(3)
        if half:
            half.join()
    ended.set()
    listener.join()
    outcome.delays = sorted(told[uri][0] - at for uri, at in begun.items() if uri in told)
    outcome.bare = sorted(bare[uri] - at for uri, at in begun.items() if uri in bare)
    _counted(outcome, begun, told, archive)
    return outcome


def _counted(outcome: Outcome, begun: Mapping[str, float], told: Mapping[str, list[float]], archive: Path) -> None:
    with sqlite3.connect(archive / "clew.sqlite") as connection:
        held = dict(connection.execute("SELECT substr(post, 9), count(*) FROM sightings GROUP BY post"))
    connection.close()
    outcome.written = len(begun)
    outcome.once = sum(held.get(uri) == 1 for uri in begun)
    outcome.missed = sum(uri not in held for uri in begun)
    outcome.doubled = sum(held.get(uri, 0) > 1 for uri in begun)
    outcome.strange = len(held.keys() - begun.keys())
    outcome.told = sum(uri in told for uri in begun)
    outcome.told_twice = sum(len(times) > 1 for times in told.values())


def _write(plan: Plan, authors: Sequence[Author], begun: dict[str, float]) -> None:
    """Write posts at the rate of the plan, by random authors."""
    chance, start = random.Random(17), time.monotonic()

    def some(number: int, author: Author) -> None:
        at = time.monotonic()
        texts = [f"{number + more}: {' '.join(chance.choices(WORDS, k=20))}" for more in range(plan.together)]
        for uri in author.post_together(texts):
            begun[uri] = at

    with ThreadPoolExecutor(16) as pool:
        for number in range(0, int(plan.rate * plan.seconds), plan.together):
            wait = start + number / plan.rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            pool.submit(some, number, chance.choice(authors))


WORDS = "water rises at the bridge harbour guard wrote page report night closed wind river east вода мост 桥".split()


def _listen(stream: str, bare: dict[str, float], ended: threading.Event) -> None:
    """Read the stream and do nothing with it."""
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    with connect(f"{stream}/subscribe", proxy=None) as socket:
        while not ended.is_set():
            try:
                event = json.loads(socket.recv(timeout=0.5))
            except TimeoutError:
                continue
            except ConnectionClosed:
                return
            commit = event.get("commit", {})
            if commit.get("operation") == "create":
                bare[f"at://{event['did']}/{commit['collection']}/{commit['rkey']}"] = time.monotonic()


class _Watcher:
    """`clew watch run`, and all that it tells."""

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        told: dict[str, list[float]],
        outcome: Outcome,
        folder: Path,
    ) -> None:
        self._command, self._env, self._told, self._outcome = command, env, told, outcome
        self._log = (folder / "watch.log").open("ab")
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._sampler = threading.Thread(target=self._sample)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._command, env=self._env, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        self._threads.append(threading.Thread(target=self._read, args=(self.process,)))
        self._threads[-1].start()
        if not self._sampler.is_alive():
            self._sampler.start()

    def restart(self) -> None:
        self.process.kill()
        self.process.wait()
        time.sleep(1)
        self.start()

    def stop(self) -> None:
        self._ended.set()
        self.process.terminate()
        self.process.wait(30)
        for thread in [*self._threads, self._sampler]:
            thread.join()
        self._log.close()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        with process.stdout as lines:
            for line in lines:
                news = json.loads(line)
                if news["kind"] == "new":
                    uri = news["post"].removeprefix("bluesky:")
                    self._told.setdefault(uri, []).append(time.monotonic())

    def _sample(self) -> None:
        while not self._ended.wait(2):
            try:
                status = Path(f"/proc/{self.process.pid}/status").read_text()
                times = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if "VmRSS" in status:
                self._outcome.memory.append(int(status.partition("VmRSS:")[2].split()[0]) / 1024)
            self._outcome.cpu = (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _watcher(
    command: Sequence[str],
    env: Mapping[str, str],
    told: dict[str, list[float]],
    outcome: Outcome,
    folder: Path,
) -> Iterator[_Watcher]:
    watcher = _Watcher(command, env, told, outcome, folder)
    watcher.start()
    try:
        yield watcher
    finally:
        watcher.stop()


def share(values: Sequence[float], part: float) -> float:
    """Return the value below which a part of some sorted values lies; nan where there are none."""
    return values[min(len(values) - 1, int(part * len(values)))] if values else float("nan")


def middle(values: Sequence[float]) -> float:
    return share(sorted(values), 0.5)


def rows(plan: Plan, outcome: Outcome) -> list[list[str]]:
    """Return the table's rows: what, of clew, of the bare listener, and the ratio."""
    third = max(1, len(outcome.memory) // 3)
    early, late = middle(outcome.memory[third : 2 * third]), middle(outcome.memory[-third:])
    table = [
        ["posts written, by so many authors", f"{outcome.written} by {plan.authors}", "", ""],
        ["posts a second", f"{outcome.written / outcome.seconds:.1f}", "", ""],
        ["kept exactly once", f"{outcome.once}", "0", ""],
        ["missed, kept twice, of nobody", f"{outcome.missed}, {outcome.doubled}, {outcome.strange}", "", ""],
        ["told, told twice", f"{outcome.told}, {outcome.told_twice}", "", ""],
    ]
    for name, part in (("half", 0.5), ("95 of 100", 0.95), ("99 of 100", 0.99), ("all", 1.0)):
        own, bare = share(outcome.delays, part), share(outcome.bare, part)
        table.append([f"seconds until {name} were there", f"{own:.2f}", f"{bare:.2f}", f"{own / bare:.1f}"])
    table += [
        ["memory in the second third, MB", f"{early:.0f}", "", ""],
        ["... in the last third", f"{late:.0f}", "", f"{late / early:.2f}"],
        ["processor, seconds per 1000 posts", f"{1000 * outcome.cpu / max(1, outcome.written):.1f}", "", ""],
    ]
    return table


def main() -> int:
    """Print the table, and with --write put it into docs/refresh.md; 1 where a post is missed or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--authors", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=20.0, help="posts a second")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--together", type=int, default=1, help="posts in one commit, as apps write threads")
    parser.add_argument("--servers", type=int, default=2, help="processes that hold the accounts")
    parser.add_argument("--kill", action="store_true", help="kill the watcher halfway and start it again")
    parser.add_argument("--write", action="store_true", help="put the table into docs/refresh.md")
    chosen = parser.parse_args()
    plan = Plan(
        authors=chosen.authors, rate=chosen.rate, seconds=chosen.seconds, together=chosen.together, kill=chosen.kill
    )
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="clew-watch-"))
        net = stack.enter_context(network())
        servers = [stack.enter_context(server_of_accounts(net)) for _ in range(chosen.servers)]
        outcome = measured(plan, Path(folder), *servers)
    content = page.table(["", "clew watch", "a bare listener", "ratio"], rows(plan, outcome))
    print(content)
    if chosen.write:
        command = f"python -m benchmarks.watch --authors {plan.authors} --rate {plan.rate:g} --seconds {plan.seconds:g}"
        command += f" --together {plan.together} --servers {chosen.servers}"
        page.write(PAGE, "watch", command + (" --kill" if plan.kill else ""), content)
    return 0 if outcome.once == outcome.written and not outcome.told_twice else 1


if __name__ == "__main__":
    sys.exit(main())
