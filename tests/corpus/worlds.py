"""Random corpora for tests: every trap that a graph of replies can hold, in few posts, and the same as Parquet."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec.structs import replace

from clew.posts import Account, Link, Notice, Origin, Post, Version

__all__ = ["columns", "notices", "posts", "write"]

START = datetime(2021, 6, 4, 9, 30, tzinfo=UTC)
TEXTS = (
    "{n}/ a post that goes on",
    "{n}/9 a post with a total",
    "a post without any number",
    "in 2021 there were 14 of them",
    "@bo an answer",
    "a post that ends with ({n}/9)",
    "",
)


def posts(seed: int) -> list[Post]:
    """Return posts of a few authors with absent parents, circles, sightings twice, several platforms and strangers."""
    rng = random.Random(seed)
    accounts = [_account(rng, n) for n in range(rng.randint(1, 6))]
    platforms = ["x"] if rng.random() < 0.5 else ["x", "bluesky", "telegram"]
    capture = rng.choice([None, "one", "two"])
    made: list[Post] = []
    for n in range(rng.randint(1, 40)):
        platform = rng.choice(platforms)
        made.append(_post(rng, n, platform, rng.choice(accounts), made, capture))
    if rng.random() < 0.3:
        made = [_bent(rng, post, made) for post in made]
    again = [_seen_again(rng, post) for post in made if rng.random() < 0.15]
    rng.shuffle(made)
    return made + again


def _account(rng: random.Random, n: int) -> Account:
    handle = rng.choice([f"User{n}", f"user{n}", f"user{n % 2}", "Straße", "STRASSE"])
    return rng.choice([Account(id=f"{900 + n}", handle=handle, name="A name"), Account(handle=handle), Account()])


def _id(platform: str, n: int) -> str:
    return {"x": f"14000000000000{n:05d}", "bluesky": f"at://did:plc:{n % 3}/app.bsky.feed.post/{n}"}.get(
        platform, f"{n}"
    )


def _post(
    rng: random.Random, n: int, platform: str, author: Account, before: Sequence[Post], capture: str | None
) -> Post:
    if rng.random() < 0.3 and author.id:
        author = replace(author, handle=None) if rng.random() < 0.5 else replace(author, id=None)
    same = [post for post in before[-12:] if post.platform == platform]
    own = [post for post in same if post.author == author]
    to = rng.choice(own) if own and rng.random() < 0.5 else rng.choice(same) if same and rng.random() < 0.4 else None
    reply_to, reply_to_author = (to.id, to.author.id or to.author.handle) if to else (None, None)
    if rng.random() < 0.12:
        reply_to, reply_to_author = _id(platform, 700 + rng.randint(0, 3)), rng.choice([author.id, author.handle, "zz"])
    quoted = rng.choice(same).id if same and rng.random() < 0.15 else None
    return Post(
        platform=platform,
        id=_id(platform, n),
        author=author,
        time=None if rng.random() < 0.1 else START + timedelta(seconds=rng.choice([5, 60, 2000]) * n),
        text=rng.choice(TEXTS).format(n=rng.randint(1, 6)),
        reply_to=reply_to,
        reply_to_author=rng.choice([reply_to_author, None]),
        conversation=rng.choice([None, None, "c1", "c2"]),
        quotes=quoted,
        reposts=_id(platform, 3) if rng.random() < 0.05 else None,
        links=(Link(start=0, end=1, shown="a", url=None, cut=True),) if rng.random() < 0.1 else (),
        origin=Origin(capture=f"sha256:{capture}", file="f", place=f"line {n}") if capture else None,
        edges_stated=rng.random() < 0.7,
        cut=rng.random() < 0.05,
        versions=(Version(id=_id(platform, 500 + n), time=None, text="other"),) if rng.random() < 0.05 else (),
    )


def _bent(rng: random.Random, post: Post, among: Sequence[Post]) -> Post:
    """Return the post, now and then as an answer to a later one, so that circles arise."""
    same = [other for other in among if other.platform == post.platform]
    return replace(post, reply_to=rng.choice(same).id) if rng.random() < 0.3 else post


def _seen_again(rng: random.Random, post: Post) -> Post:
    changed: dict[str, Any] = rng.choice(
        [
            {"text": post.text + " and more"},
            {"reply_to": None},
            {"author": Account(id="900", handle="user0")},
            {"time": None},
            {"reply_to": _id(post.platform, rng.randint(0, 20))},
            {},
        ]
    )
    return replace(post, **changed)


def notices(seed: int, among: Sequence[Post]) -> list[Notice]:
    """Return a few notices about posts, conversations, authors and captures of a corpus."""
    rng = random.Random(seed)
    found = []
    for kind in rng.sample(["gone", "count", "cut", "end", "complete", "borders"], rng.randint(0, 3)):
        post = rng.choice(among)
        about: dict[str, Any] = rng.choice(
            [{"post": post.reply_to or post.id}, {"conversation": post.conversation}, {"author": post.author}, {}]
        )
        if kind == "gone":
            about = {"post": post.reply_to or "77", "author": post.author, "reply_to": rng.choice(among).id}
        origin = post.origin or Origin(capture="sha256:none", file="f", place="line 1")
        found.append(Notice(kind=kind, says=kind, origin=origin, platform=post.platform, count=9, **about))  # type: ignore[arg-type]
    return found


def columns(made: Sequence[Post], *, numbers: bool = False, flat: bool = False) -> pa.Table:
    """Return the posts as a table: ids as whole numbers where that is wished, authors flat or as objects."""
    rows = [msgspec.to_builtins(post) for post in made]
    for row, post in zip(rows, made, strict=True):
        for name in ("time", "edited", "deleted"):
            row[name] = getattr(post, name)
        if flat:
            row |= {f"author_{key}": value for key, value in row.pop("author").items()}
        if numbers:
            row |= {key: row[key] and int(row[key]) for key in ("id", "reply_to", "quotes", "reposts")}
    return pa.Table.from_pylist(rows)


def write(
    made: Sequence[Post], folder: Path, *, parts: int = 1, numbers: bool = False, flat: bool = False
) -> list[str]:
    """Write the posts into so many Parquet files, and return their paths."""
    table = columns(made, numbers=numbers, flat=flat)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for part in range(parts):
        paths.append(str(folder / f"posts-{part}.parquet"))
        share = -(-len(made) // parts)
        pq.write_table(table.slice(part * share, share), paths[-1], row_group_size=7)
    return paths
