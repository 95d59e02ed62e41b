"""What can be scored: Clew in this process, any command, and plain baselines."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from clew.posts import Origin, Post
from clew.threads import to_json, weave

__all__ = ["BASELINES", "CLEW", "Tool", "command", "convokit"]

Line = Mapping[str, Any]
Thread = dict[str, Any]

CONVOKIT = "CONVOKIT_PYTHON"
"""Environment variable: a Python that has ConvoKit, which is too heavy for our own environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """Something that makes threads out of posts."""

    name: str
    threads: Callable[[Sequence[Line]], Iterable[Mapping[str, Any]]]
    """From `clew/post/1` objects to `clew/thread/1` objects."""
    needs_reply_ids: bool = False
    """True where it can say nothing without them, and is not asked."""


def _clew(lines: Sequence[Line]) -> Iterator[Thread]:
    """Weave as `clew read - --to jsonl --all` does, without starting a process."""
    import msgspec

    posts = [
        msgspec.convert(
            {**line, "origin": Origin(capture="sha256:bench", file="-", place=f"line {number}")}, Post, strict=False
        )
        for number, line in enumerate(lines, 1)
    ]
    for thread in weave(posts):
        yield json.loads(to_json(thread))


CLEW = Tool(name="Clew", threads=_clew)


def command(line: str, name: str | None = None, *, needs_reply_ids: bool = False) -> Tool:
    """Return a command that reads posts on stdin and writes threads on stdout.

    Raises:
        subprocess.CalledProcessError: While it runs: it ends with another code than 0.
    """
    words = shlex.split(line)

    def threads(lines: Sequence[Line]) -> list[Thread]:
        given = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in lines)
        done = subprocess.run(words, input=given.encode(), stdout=subprocess.PIPE, check=True)
        return [json.loads(one) for one in done.stdout.split(b"\n") if one.strip()]

    return Tool(name=name or line, threads=threads, needs_reply_ids=needs_reply_ids)


def convokit() -> Tool | None:
    """Return ConvoKit's conversations as a tool; None where CONVOKIT_PYTHON names no Python that has it."""
    python = os.environ.get(CONVOKIT)
    if not python:
        return None
    script = Path(__file__).with_name("convokit_conversations.py")
    return command(shlex.join([python, str(script)]), "ConvoKit", needs_reply_ids=True)


def _by_day(lines: Sequence[Line]) -> Iterator[Thread]:
    """All posts of an author on one day (UTC) are a thread."""
    for posts in _accounts(lines):
        for _, day in groupby(posts, key=lambda post: str(post["time"])[:10]):
            yield _thread([_entry(post) for post in day])


def _by_hour(lines: Sequence[Line]) -> Iterator[Thread]:
    """Posts of an author that follow each other within an hour are a thread."""
    for posts in _accounts(lines):
        runs: list[list[Line]] = []
        last: datetime | None = None
        for post in posts:
            at = datetime.fromisoformat(str(post["time"]))
            if last is None or at - last > timedelta(hours=1):
                runs.append([])
            runs[-1].append(post)
            last = at
        yield from (_thread([_entry(post) for post in run]) for run in runs)


_NUMBER = re.compile(r"^\s*[(\[]?(\d{1,3})\s?/\s?(\d{1,3}|n|x)?[)\]]?|[(\[]?(\d{1,3})/(\d{1,3}|n|x)?[)\]]?\s*$", re.I)


def _numbered(lines: Sequence[Line]) -> Iterator[Thread]:
    """Posts of an author whose `n/` go up are a thread; every jump is a gap; unnumbered posts stand alone."""
    for posts in _accounts(lines):
        thread: list[tuple[Line, int, int | None]] = []
        for post in posts:
            match = _NUMBER.search(str(post["text"]))
            if match is None:
                yield _thread([_entry(post)])
                continue
            number = int(match[1] or match[3])
            total = match[2] or match[4]
            if thread and number <= thread[-1][1]:
                yield _thread(_with_gaps(thread))
                thread = []
            thread.append((post, number, int(total) if total and total.isdecimal() else None))
        if thread:
            yield _thread(_with_gaps(thread))


def _with_gaps(thread: Sequence[tuple[Line, int, int | None]]) -> list[Thread]:
    entries: list[Thread] = []
    last = 0
    for post, number, _ in thread:
        if number - last > 1:
            entries.append({"kind": "gap", "count": number - last - 1, "certainty": "likely"})
        entries.append(_entry(post, number))
        last = number
    total = thread[-1][2]
    if total is not None and total > last:
        entries.append({"kind": "gap", "count": total - last, "certainty": "likely"})
    return entries


def _by_reply(lines: Sequence[Line]) -> Iterator[Thread]:
    """Each post stands with the post of the same author that it answers; an absent one is a gap."""
    known = {post["id"]: post for post in lines}
    roots: dict[str, list[Line]] = {}
    for post in sorted(lines, key=_order):
        roots.setdefault(_root(post, known), []).append(post)
    for posts in roots.values():
        entries: list[Thread] = []
        for post in posts:
            if post.get("reply_to") and post["reply_to"] not in known and _answers_itself(post):
                entries.append({"kind": "gap", "count": 1, "certainty": "proven"})
            entries.append(_entry(post))
        yield _thread(entries)


def _root(post: Line, known: Mapping[str, Line]) -> str:
    seen: set[str] = set()
    while post["id"] not in seen:
        seen.add(post["id"])
        above = known.get(post.get("reply_to") or "")
        if above is None or above["author"] != post["author"]:
            break
        post = above
    return str(post["id"])


def _answers_itself(post: Line) -> bool:
    return bool(post.get("reply_to_author")) and post["reply_to_author"] in post["author"].values()


def _order(post: Line) -> tuple[str, int, str]:
    return str(post["time"]), len(post["id"]), str(post["id"])


def _accounts(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield each author's posts in order of time."""
    found: dict[str, list[Line]] = {}
    for post in sorted(lines, key=_order):
        found.setdefault(str(post["author"]["handle"]), []).append(post)
    yield from found.values()


def _thread(entries: list[Thread]) -> Thread:
    return {"schema": "clew/thread/1", "entries": entries, "branches": []}


def _entry(post: Line, number: int | None = None) -> Thread:
    return {"kind": "post", "id": post["id"], "number": number}


BASELINES = (
    Tool(name="author and day", threads=_by_day),
    Tool(name="author within the hour", threads=_by_hour),
    Tool(name="`n/` only", threads=_numbered),
    Tool(name="reply ids only", threads=_by_reply),
)
