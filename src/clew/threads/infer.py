"""Threads among posts that name no parents: from author, time, position and the author's numbers.

Used for unrolled pages, tables without parent ids and split messages; what comes out is marked as inferred.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from clew import numbering, times
from clew.numbering import Mark
from clew.posts import Post

__all__ = ["chains", "moment", "order"]

#: Within so many seconds ... so much speaks for the same thread. Read off 749 threads with times:
#: half of all next posts follow within a second, nine of ten within three minutes, 98 of 100 within two hours.
_NEARNESS = ((5, 3.0), (60, 2.0), (300, 1.0), (1800, 0.0), (10_800, -1.5), (86_400, -3.0), (604_800, -4.5))
_FAR = -6.0
#: A post joins the best of the author's latest so many threads.
_OPEN_THREADS = 8


def moment(post: Post) -> datetime | None:
    """Return when a post was published, from its X id where the source does not tell; None where nothing tells."""
    if post.time is not None or post.platform != "x":
        return post.time
    return times.from_snowflake(post.id)


def order(post: Post) -> tuple[bool, float, int, str]:
    """Return the key by which posts stand in order: time, then id; those without a time stand last, in order of id."""
    at = moment(post)
    return at is None, at.timestamp() if at else 0.0, len(post.id) if post.id.isdecimal() else 0, post.id


def chains(posts: Sequence[Post], authors: Sequence[Hashable], free: Iterable[int]) -> list[list[int]]:
    """Return the threads that posts without edges form, as lists of indices in reading order, single posts included.

    Posts of one author that share a conversation are one thread: whoever stated the conversation has decided it.
    Posts that open with a mention of somebody else are replies, and stand alone.
    """
    together: dict[Hashable, list[int]] = {}
    loose: dict[Hashable, list[int]] = {}
    alone: list[list[int]] = []
    for index in free:
        post = posts[index]
        if _is_reply(post):
            alone.append([index])
        elif post.conversation is not None:
            together.setdefault((authors[index], post.platform, post.conversation), []).append(index)
        else:
            loose.setdefault((authors[index], post.platform), []).append(index)
    found = [_in_order(posts, group) for group in together.values()]
    for group in loose.values():
        found += _split(posts, sorted(group, key=lambda index: order(posts[index])))
    return found + alone


def _in_order(posts: Sequence[Post], group: list[int]) -> list[int]:
    """Return posts by time and id; where a time is not known, by their place in the file that holds them all."""
    files = {(post.origin.capture, post.origin.file) if (post := posts[index]).origin else None for index in group}
    if len(files) == 1 and None not in files and any(moment(posts[index]) is None for index in group):
        return sorted(group, key=lambda index: (_place(posts[index]), order(posts[index])))
    return sorted(group, key=lambda index: order(posts[index]))


def _place(post: Post) -> list[int]:
    return [int(digits) for digits in re.findall(r"[0-9]+", post.origin.place)] if post.origin else []


def _is_reply(post: Post) -> bool:
    if post.reply_to_author is not None and post.reply_to_author not in (post.author.id, post.author.handle):
        return True
    first = post.text[:1]
    if first not in {"@", "＠"} or numbering.marks(post.text):
        return False
    handle = post.text[1:].split(None, 1)[0] if len(post.text) > 1 and post.text[1:].strip() else ""
    return handle.rstrip(":,").casefold() != (post.author.handle or "").casefold()


@dataclass(slots=True)
class _Open:
    """A thread that may go on."""

    members: list[int]
    last: datetime | None
    number: int | None = None
    form: str | None = None
    total: int | None = None
    members_before: int = field(default=0)
    """How many posts stand before the first numbered one."""


def _split(posts: Sequence[Post], ordered: Sequence[int]) -> list[list[int]]:
    """Return the threads of one author's posts: each joins the open thread that it fits best, or begins one."""
    done: list[_Open] = []
    open_threads: list[_Open] = []
    for index in ordered:
        post = posts[index]
        marks = [mark for mark in numbering.marks(post.text) if mark.weight >= 0.45]
        at = moment(post)
        scored = [(_fitness(thread, post, marks, at), thread) for thread in open_threads]
        score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        if best is None or score <= 0:
            best = _Open([], at)
            open_threads.append(best)
            done.append(best)
            del open_threads[:-_OPEN_THREADS]
        _join(best, index, marks, at)
    return [thread.members for thread in done]


def _join(thread: _Open, index: int, marks: Sequence[Mark], at: datetime | None) -> None:
    mark = _best_mark(thread, marks)
    if mark is not None:
        if thread.number is None:
            thread.members_before = len(thread.members)
        thread.number, thread.form = mark.number, mark.form
        thread.total = mark.total or thread.total
    thread.members.append(index)
    thread.last = at or thread.last


def _best_mark(thread: _Open, marks: Sequence[Mark]) -> Mark | None:
    if not marks:
        return None
    return max(marks, key=lambda mark: (_number_fits(thread, mark), mark.weight))


def _fitness(thread: _Open, post: Post, marks: Sequence[Mark], at: datetime | None) -> float:
    """Return how much speaks for a post going on with a thread; above 0 it does."""
    score = _nearness(thread.last, at)
    if marks:
        score += max(_number_fits(thread, mark) for mark in marks)
    elif thread.number is not None:
        score -= 1.0 if thread.total and thread.number >= thread.total else 0.5
    if numbering.is_opener(post.text) and not any(mark.number > 1 for mark in marks):
        score -= 2.0
    return score


def _nearness(last: datetime | None, at: datetime | None) -> float:
    if last is None or at is None:
        return 0.5
    seconds = abs((at - last).total_seconds())
    return next((worth for limit, worth in _NEARNESS if seconds <= limit), _FAR)


def _number_fits(thread: _Open, mark: Mark) -> float:
    if thread.number is None:
        before = len(thread.members)
        if mark.number in (before, before + 1):
            return 3.0 * mark.weight
        return 0.3 if mark.number <= 1 else -1.0
    up = mark.number - thread.number
    same = 0.0 if mark.form == thread.form else -1.0
    if up == 1:
        return 4.0 + same
    if 1 < up <= 4:
        return 2.0 + same
    if up == 0:
        return 0.3 + same
    if mark.number <= 1:
        return -4.0 if mark.weight >= 0.8 else -2.5
    return -1.5
