"""Posts labelled for clew: figures, links, speakers and claims, as ids and offsets; the texts come from the samples."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import clew
from benchmarks.evidence.gold import Answer, Item, post_of
from clew.posts import Post

__all__ = ["labelled", "trimmed"]

LABELS = Path(__file__).with_name("labels.jsonl")
#: What a label is scored as: those who are quoted and the links are both sources.
_KINDS = {"figures": ("figures",), "sources": ("links", "speakers"), "speakers": ("speakers",), "claims": ("claims",)}


def labelled(samples: Path, what: str, half: str) -> Iterator[Item]:
    """Yield the posts of one half, `written` or `aside`, with labels of one kind; none for a text that is not there.

    Raises:
        ValueError: A text is not the one that was labelled.
    """
    texts = _posts(samples)
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        post = texts.get((row["corpus"], row["id"]))
        if row["half"] != half or post is None:
            continue
        if hashlib.sha256(post.text.encode()).hexdigest()[:12] != row["digest"]:
            raise ValueError(f"the text of {row['id']} is not the one that was labelled")
        yield Item(post, frozenset(_answers(row, what, post)))


def _answers(row: dict[str, Any], what: str, post: Post) -> Iterator[Answer]:
    kind = what.removesuffix("s")
    for name in _KINDS[what]:
        for start, end in row[name]:
            own, last = trimmed(post, start, end) if what == "claims" else (start, end)
            yield Answer(own, last, kind)


@cache
def _posts(samples: Path) -> dict[tuple[str, str], Post]:
    found: dict[tuple[str, str], Post] = {}
    bench = samples / "threadbench" / "dev.jsonl"
    for line in bench.read_text(encoding="utf-8").splitlines() if bench.exists() else ():
        row = json.loads(line)
        found.setdefault(("threadbench", row["id"]), post_of(row["id"], row["text"]))
    rumours = samples / "twitter_v1" / "rumoureval2017-train.zip"
    for post in clew.read(str(rumours)).posts if rumours.exists() else ():
        found.setdefault(("rumoureval", post.id), post)
    return found


_LEAD = re.compile(r"(?:\(?\d{1,3}(?:/\w*|[).])|#\d+)(?=\s)|[^\w@#$€£¥\"“‘'(\[.*-]+")
_TAIL = re.compile(r"[^\w\])\"”’'.!?…%*]+$")


def trimmed(post: Post, start: int, end: int) -> tuple[int, int]:
    """Return the span of a sentence without numbering, pictures, colons, and links at its ends."""
    ends = {link.start: link.end for link in post.links}
    starts = {link.end: link.start for link in post.links}
    before = None
    while (start, end) != before and start < end:
        before = start, end
        start, end = ends.get(start, start), starts.get(end, end)
        if found := _LEAD.match(post.text, start, end):
            start = found.end()
        if found := _TAIL.search(post.text[start:end]):
            end = start + found.start()
    return start, end
