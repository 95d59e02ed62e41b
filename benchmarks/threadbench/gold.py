"""Threads with known truth: JSON Lines with `gold_thread` and `gold_pos`, and archives that keep reply ids."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from benchmarks.threadbench import ordinals
from benchmarks.threadbench.ordinals import Mark
from clew.errors import ClewError
from clew.ingest import Intake
from clew.posts import Post

__all__ = ["KINDS", "Archive", "GoldPost", "GoldThread", "archives", "busy_accounts", "load", "thread"]

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "samples"
DEV = SAMPLES / "threadbench" / "dev.jsonl"

#: numbered: at least half of the posts bear a number, and none is missing as captured · jumps: numbered, but numbers
#: are missing as captured · unnumbered: the others.
KINDS = ("numbered", "jumps", "unnumbered")

X_ARCHIVES = ("x_archive/milahu_2026", "x_archive/andreruffert_2022", "x_archive/ajitg25_2025")
OTHER_ARCHIVES = ("mastodon", "bluesky")
BUSY = "coordination/ira_2016-08_11_english.parquet"
#: Of each kind of account at most so many, of those with so many posts and more, the first so many of each.
BUSY_ACCOUNTS, BUSY_FROM, BUSY_POSTS = 12, 100, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldPost:
    """What is known of a post, its truth aside."""

    id: str
    author: str
    time: datetime
    text: str
    platform: str = "x"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldThread:
    """The posts of one thread in their true order."""

    id: str
    posts: tuple[GoldPost, ...]
    marks: tuple[Mark | None, ...]
    """The author's numbers as the reader of whole threads finds them, with their places in the texts."""
    numbers: tuple[int | None, ...]
    """The same as numbers; what was checked by hand stands above what the reader says."""
    kind: str
    """One of KINDS."""

    @property
    def author(self) -> str:
        return self.posts[0].author


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """All that one source holds, reposts left out, with the truth that its reply ids give."""

    name: str
    posts: tuple[GoldPost, ...]
    """In order of time."""
    gold: dict[str, str]
    """Post id -> a name of its self-thread; a post that belongs to none is alone with its name."""


def load(path: Path, hand: dict[str, int | None]) -> list[GoldThread]:
    """Return the threads of a file with the columns id, author, created_at, text, gold_thread and gold_pos.

    All other columns are left aside, `platform` excepted (x where there is none). A post that stands in two threads
    counts in the first.
    """
    rows: dict[str, list[tuple[int, GoldPost]]] = {}
    seen: set[tuple[str, str]] = set()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            post = GoldPost(
                id=str(row["id"]),
                author=str(row["author"]),
                time=datetime.fromisoformat(row["created_at"]).astimezone(UTC),
                text=row["text"],
                platform=row.get("platform") or "x",
            )
            if (post.platform, post.id) in seen:
                continue
            seen.add((post.platform, post.id))
            rows.setdefault(str(row["gold_thread"]), []).append((int(row["gold_pos"]), post))
    ordered = {name: [post for _, post in sorted(group, key=lambda pair: pair[0])] for name, group in rows.items()}
    return [thread(name, posts, hand) for name, posts in ordered.items() if len(posts) > 1]


def thread(name: str, posts: Sequence[GoldPost], hand: dict[str, int | None]) -> GoldThread:
    """Return a thread with its numbers and its kind."""
    marks = ordinals.marks([post.text for post in posts])
    read = [mark.number if mark else None for mark in marks]
    known = [hand.get(post.id, number) for post, number in zip(posts, read, strict=True)]
    kind = "unnumbered"
    if ordinals.is_numbered(known):
        kind = "jumps" if ordinals.jumps(known, ordinals.total_of(marks)) else "numbered"
    return GoldThread(id=name, posts=tuple(posts), marks=tuple(marks), numbers=tuple(known), kind=kind)


def archives(samples: Path = SAMPLES) -> tuple[list[Archive], list[Archive]]:
    """Return the X archives, and what can be read from Mastodon and Bluesky; empty where the samples are not here."""
    x = [_archive(name, [samples / name]) for name in X_ARCHIVES if (samples / name).exists()]
    folders = [samples / name for name in OTHER_ARCHIVES if (samples / name).exists()]
    other = _archive("Mastodon and Bluesky", [path for folder in folders for path in sorted(folder.rglob("*"))])
    return x, [other] if other.posts else []


def busy_accounts(seed: int, samples: Path = SAMPLES) -> list[Archive]:
    """Return accounts that post much and, as far as anybody knows, no threads; empty where the sample is not here."""
    path = samples / BUSY
    if not path.exists():
        return []
    pq = import_module("pyarrow.parquet")
    accounts: dict[str, dict[str, list[tuple[datetime, str]]]] = {}
    for row in pq.read_table(path).to_pylist():
        if row["text"] and row["post_type"] != "RETWEET" and not row["text"].startswith("RT @"):
            own = accounts.setdefault(row["account_category"], {}).setdefault(row["author"], [])
            own.append((row["time"].replace(tzinfo=UTC), row["text"]))
    posts: list[GoldPost] = []
    for kind, group in sorted(accounts.items()):
        busy = sorted(name for name, said in group.items() if len(said) >= BUSY_FROM)
        for name in random.Random(f"{seed} {kind}").sample(busy, min(BUSY_ACCOUNTS, len(busy))):
            said = sorted(group[name])[:BUSY_POSTS]
            posts += [
                GoldPost(id=f"{name}-{at}", author=name, time=time, text=text) for at, (time, text) in enumerate(said)
            ]
    gold = {post.id: f"{post.author} {post.id}" for post in posts}
    return [Archive(name="busy accounts", posts=tuple(posts), gold=gold)]


def _archive(name: str, paths: Sequence[Path]) -> Archive:
    posts: dict[tuple[str, str], Post] = {}
    for path in paths:
        if path.is_dir() and len(paths) > 1:
            continue
        for post in _posts(path):
            if post.edges_stated and post.reposts is None and post.time is not None:
                posts.setdefault((post.platform, post.id), post)
    ordered = sorted(posts.values(), key=lambda post: (post.time, post.id))
    return Archive(
        name=name,
        posts=tuple(
            GoldPost(id=post.id, author=_who(post), time=post.time, text=post.text, platform=post.platform)
            for post in ordered
            if post.time is not None
        ),
        gold=_self_threads(ordered),
    )


def _posts(path: Path) -> Iterator[Post]:
    try:
        for item in Intake().items(str(path)):
            if isinstance(item, Post):
                yield item
    except ClewError:
        return


def _who(post: Post) -> str:
    return post.author.id or post.author.handle or post.id


def _self_threads(posts: Sequence[Post]) -> dict[str, str]:
    """Return post id -> the first post that it is joined to by replies of its author to himself or herself.

    Two posts that answer the same absent post of their own author are joined too.
    """
    authors = {post.id: _who(post) for post in posts}
    above: dict[str, str] = {}
    for post in posts:
        parent = post.reply_to
        if parent is None:
            continue
        own = {post.author.id, post.author.handle} - {None}
        if authors.get(parent) == _who(post) or (parent not in authors and post.reply_to_author in own):
            above[post.id] = parent
    return {post.id: _top(post.id, above) for post in posts}


def _top(name: str, above: dict[str, str]) -> str:
    seen = {name}
    while name in above and above[name] not in seen:
        name = above[name]
        seen.add(name)
    return name
