"""`python -m benchmarks.threadbench`: score tools and print the table; --write puts it into docs/threadbench.md."""

from __future__ import annotations

import argparse
import random
import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.threadbench import gold, table, tools
from benchmarks.threadbench.ordinals import hand_checked
from benchmarks.threadbench.tasks import TASKS, Given, rows
from benchmarks.threadbench.tools import Tool


def main(words: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 0 where it ran, 4 where there is no data."""
    wish = _parser().parse_args(words)
    wish.tasks = wish.tasks or list(TASKS)
    path = wish.data or gold.DEV
    if not path.exists():
        print(f"threadbench: {path} is not here. Name a file with --data.", file=sys.stderr)
        return 4
    hand = hand_checked()
    threads = gold.load(path, hand)
    if wish.threads and wish.threads < len(threads):
        threads = random.Random(wish.seed).sample(threads, wish.threads)
    x_archives, other_archives = gold.archives() if "noise" in wish.tasks else ([], [])
    given = Given(
        threads=threads,
        x_archives=x_archives,
        other_archives=other_archives,
        busy=gold.busy_accounts(wish.seed) if "noise" in wish.tasks else [],
        hand=hand,
        seed=wish.seed,
    )
    scored = _tools(wish)
    begun = time.perf_counter()
    found = rows(given, scored, wish.tasks, _say if sys.stderr.isatty() else lambda name: None)
    text = table.markdown(found, [tool.name for tool in scored])
    facts = _facts(given, wish.seed)
    print("\n".join([*facts, "", text]))
    print(f"{time.perf_counter() - begun:.0f} s", file=sys.stderr)
    if wish.write:
        table.write(text, shlex.join(["python", "-m", "benchmarks.threadbench", *(words or sys.argv[1:])]), facts)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.threadbench", description=__doc__)
    parser.add_argument("--data", type=Path, help="JSON Lines with id, author, created_at, text, gold_thread, gold_pos")
    parser.add_argument(
        "--tool", action="append", metavar="CMD", help="score this command in place of Clew; may be given again"
    )
    parser.add_argument("--no-baselines", action="store_true", help="only the tools, for a quick look")
    parser.add_argument("--task", dest="tasks", action="append", choices=TASKS, help="all of them where none is named")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, metavar="N", help="take only so many threads, drawn by the seed")
    parser.add_argument("--write", action="store_true", help="put the table into docs/threadbench.md")
    return parser


def _tools(wish: argparse.Namespace) -> list[Tool]:
    scored = [tools.command(line) for line in wish.tool] if wish.tool else [tools.CLEW]
    if wish.no_baselines:
        return scored
    other = tools.convokit()
    return [*scored, *tools.BASELINES, *([other] if other else [])]


def _facts(given: Given, seed: int) -> list[str]:
    kinds = Counter(thread.kind for thread in given.threads)
    posts = sum(len(thread.posts) for thread in given.threads)
    counted = ", ".join(f"{kinds[kind]} {kind}" for kind in gold.KINDS)
    others = sum(len(archive.posts) for archive in (*given.x_archives, *given.other_archives, *given.busy))
    return [
        f"{len(given.threads):,} threads ({counted}), {posts:,} posts; {others:,} posts of archives; seed {seed}",
        *_agreement(given),
    ]


def _agreement(given: Given) -> Iterator[str]:
    """Yield how often the reader of whole threads says what the list by hand says, where they meet."""
    read = {
        post.id: mark.number if mark else None
        for thread in given.threads
        for post, mark in zip(thread.posts, thread.marks, strict=True)
    }
    known = [name for name in given.hand if name in read]
    same = sum(read[name] == given.hand[name] for name in known)
    if known:
        yield f"the reader of whole threads agrees with the list by hand in {same} of {len(known)} posts"


def _say(name: str) -> None:
    print(f"\r{name:60}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
