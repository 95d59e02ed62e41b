"""Threads among posts that name no parents: from author, time, position and the author's numbers.

Used for unrolled pages, tables without parent ids and split messages; what comes out is marked as inferred.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from clew import numbering, times
from clew.numbering import Mark
from clew.posts import Post

__all__ = ["chains", "moment", "order"]

#: Within so many seconds ... so much speaks for the same thread. Read off 749 threads with times:
#: half of all next posts follow within a second, nine of ten within three minutes, 98 of 100 within two hours.
_NEARNESS = ((5, 3.0), (60, 2.0), (300, 1.5), (1800, 0.0), (10_800, -1.5), (86_400, -3.0), (604_800, -4.5))
_FAR = -6.0
SPLIT = 3500
"""Telegram parts texts at 4,096 characters; other messages of a channel that follow each other are not one thread."""
AT_ONCE = 3.0
"""So near are posts that were written before and sent together; their words need not speak for it."""
#: An account with MANY posts, half of them within OFTEN seconds of the one before, needs BUSY more to make a thread.
MANY, OFTEN, BUSY = 50, 1800.0, 2.0
#: Posts nearer than this were sent together, and count once.
BURST = 60.0
#: So many unnumbered posts are put where so many numbers lack, if they stand among so many of the author's posts.
MOST_FILLED, NEARBY = 3, 50
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
        if post.reply_to_author is None and post.conversation is None and _is_reply(post):
            loose.setdefault((authors[index], post.platform), []).append(index)
        elif _is_reply(post):
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
    last: datetime | None = None
    """When its latest post was published."""
    text: str = ""
    """What that one says."""
    number: int | None = None
    """The latest number of its author."""
    form: str | None = None
    total: int | None = None


def _split(posts: Sequence[Post], ordered: Sequence[int]) -> list[list[int]]:
    """Return the threads of one author's posts: each joins the open thread that it fits best, or begins one."""
    done: list[_Open] = []
    open_threads: list[_Open] = []
    latest: _Open | None = None
    blur = _resolution([moment(posts[index]) for index in ordered])
    burden = BUSY if _is_busy([moment(posts[index]) for index in ordered if not _is_reply(posts[index])]) else 0.0
    for index in ordered:
        post = posts[index]
        marks = [mark for mark in numbering.marks(post.text) if mark.weight >= 0.45]
        at = moment(post)
        is_reply = _is_reply(post)
        if is_reply:
            scored = [
                (_nearness(thread.last, at, blur), thread)
                for thread in open_threads
                if thread is latest and thread.number is None and not blur and _same_instant(thread.last, at)
            ]
        else:
            scored = [(_fitness(thread, post, marks, at, blur), thread) for thread in open_threads]
        score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        if best is None or score <= burden:
            best = _Open([])
            if not is_reply:
                open_threads.append(best)
                del open_threads[:-_OPEN_THREADS]
            done.append(best)
        latest = best
        _join(best, index, marks)
        best.last, best.text = at or best.last, post.text
    return _filled(posts, ordered, [thread.members for thread in done])


def _filled(posts: Sequence[Post], ordered: Sequence[int], found: list[list[int]]) -> list[list[int]]:
    """Return the threads with unnumbered single posts put where exactly so many numbers lack: 10, none, 12."""
    place = {index: at for at, index in enumerate(ordered)}
    single = {members[0] for members in found if len(members) == 1}
    taken: dict[int, list[int]] = {}
    for members in found:
        if len(members) < 3:
            continue
        numbers = numbering.fit([posts[index].text for index in members])
        for (a, number), (b, after) in pairwise(zip(members, numbers, strict=True)):
            if number is None or after is None or not 2 <= after.number - number.last <= MOST_FILLED + 1:
                continue
            if place[b] - place[a] > NEARBY:
                continue
            between = [
                index for index in ordered[place[a] + 1 : place[b]] if index in single and not _is_reply(posts[index])
            ]
            if len(between) == after.number - number.last - 1:
                for index in between:
                    single.discard(index)
                    taken[index] = members
    for index, members in taken.items():
        members.append(index)
        members.sort(key=place.__getitem__)
    return [members for members in found if not (len(members) == 1 and members[0] in taken)]


def _is_busy(moments: Sequence[datetime | None]) -> bool:
    """Say whether an account posts so often that two of its posts lie close together by chance."""
    known = [at for at in moments if at is not None]
    gaps = sorted(gap for a, b in pairwise(known) if (gap := (b - a).total_seconds()) > BURST)
    if len(gaps) < MANY:
        return False
    return gaps[len(gaps) // 2] < OFTEN and (known[-1] - known[0]).total_seconds() > MANY * OFTEN / 10


def _resolution(moments: Sequence[datetime | None]) -> float:
    """Return to how many seconds the times are given: 60 where all of three or more are whole minutes, else 0."""
    known = [at for at in moments if at is not None]
    if len(known) < 3 or any(at.second or at.microsecond for at in known):
        return 0.0
    return 60.0


def _join(thread: _Open, index: int, marks: Sequence[Mark]) -> None:
    if marks:
        mark = max(marks, key=lambda mark: (_number_fits(thread, mark), mark.weight))
        thread.number, thread.form = mark.last, mark.form
        thread.total = mark.total or thread.total
    thread.members.append(index)


def _fitness(thread: _Open, post: Post, marks: Sequence[Mark], at: datetime | None, blur: float) -> float:
    """Return how much speaks for a post going on with a thread; above 0 it does."""
    nearness = score = _nearness(thread.last, at, blur)
    if post.platform == "telegram" and not marks:
        return score if nearness >= AT_ONCE and len(thread.text) >= SPLIT else _FAR
    if marks:
        score += max(_number_fits(thread, mark) for mark in marks)
    elif thread.number is not None:
        score -= 1.0 if thread.total and thread.number >= thread.total else 0.5
    elif nearness < AT_ONCE:
        score += _reads_on(thread.text, post.text)
    if nearness < AT_ONCE and numbering.is_opener(post.text) and not any(mark.number > 1 for mark in marks):
        score -= 2.0
    return score


def _reads_on(before: str, text: str) -> float:
    """Return how much the words of two unnumbered posts speak for the second going on with the first.

    Posts of threads fill what room there is; passing remarks are short, and notices of news end with a link.
    """
    shorter = min(len(before), len(text))
    score = 1.0 if shorter >= 180 else 0.0 if shorter >= 100 else -1.0
    if shorter < 140 and _LINK_AT_END.search(before) and _LINK_AT_END.search(text):
        score -= 1.0
    if _LEADS_ON.search(before) or numbering.is_opener(before):
        score += 1.5
    if _CARRIES_ON.match(text):
        score += 0.5
    return score


_LINK_AT_END = re.compile(r"https?://\S+\s*$")
_LEADS_ON = re.compile(r"(?:[:：,…👇⬇↓]\uFE0F?|\.\.\.|\bthread)\s*(?:https?://\S+\s*)*$")
_CARRIES_ON = re.compile(r"\.\.|…|(?:And|But|Also|So|Because|И|Но|А)\b|[a-zа-я]|而|但")


def _same_instant(last: datetime | None, at: datetime | None) -> bool:
    return last is not None and at is not None and abs((at - last).total_seconds()) <= 1.5


def _nearness(last: datetime | None, at: datetime | None, blur: float) -> float:
    if last is None or at is None:
        return 0.5
    seconds = abs((at - last).total_seconds()) + blur / 2
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
