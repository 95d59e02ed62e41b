"""Damage: threads -> lines of `clew/post/1` that a tool is given, and the truth that it is not given."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from benchmarks.threadbench import ordinals
from benchmarks.threadbench.gold import Archive, GoldPost, GoldThread

__all__ = ["Case", "Hole", "Trial", "back_to_back", "belong", "changed", "gap", "interleaved", "noise", "restarted"]

Line = dict[str, Any]

#: Posts of the donor archive within so much time around a thread are mixed in, at most so many on each side.
AROUND = timedelta(days=3)
AT_MOST = 40
#: Threads whose posts follow each other slower than this were written as they went, and can be interleaved.
SLOW = 20.0
#: The second of two threads back to back begins so many seconds after the end of the first.
PAUSE = (120.0, 1800.0)
#: X counts the milliseconds in its ids from here.
SNOWFLAKE_EPOCH = 1_288_834_974_657

_START_FORMS = ("{k}/", "{k}.", "{k})", "({k}/{n})", "{k}/{n}", "#{k}")
_END_FORMS = ("{k}/", "({k}/{n})", "{k}/{n}", "({k})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A place where posts were removed."""

    before: str | None
    """Id of the post that now stands before it; None at the head."""
    after: str | None
    """Id of the post that now stands after it; None at the tail."""
    beside: frozenset[str] = frozenset()
    """Unnumbered posts next to it, where only numbers can tell: a gap on either side of them is at the place."""
    count: int
    numbered: int
    """How many of the removed posts bore a number."""
    findable: bool
    """True where the author's numbers can tell: see docs/threadbench.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The truth about one thread of a trial."""

    thread: str
    kind: str
    posts: tuple[str, ...]
    """The ids that the tool is given, in their true order."""
    hole: Hole | None = None
    numbers: dict[str, int | None] = field(default_factory=dict)
    """Post id -> the author's number, where it is scored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a tool is given, and what should come out."""

    name: str
    lines: list[Line]
    gold: dict[str, str]
    """Post id -> thread, for every line."""
    cases: list[Case]


def belong(threads: Sequence[GoldThread], seed: int) -> Trial:
    """Return all posts of all accounts, shuffled, without reply ids."""
    lines = [_line(post) for thread in threads for post in thread.posts]
    gold = {post.id: thread.id for thread in threads for post in thread.posts}
    return _trial("belong", lines, gold, [_case(thread, thread.posts) for thread in threads], seed)


def gap(threads: Sequence[GoldThread], place: str, count: int, *, linked: bool, seed: int) -> Trial:
    """Return each thread with posts removed; every thread has an account of its own.

    `place` is interior, head, tail or whole (nothing is removed). Threads that would keep fewer than three posts, and
    those that jump as they were captured, are left out; `whole` takes all.
    """
    name = f"gap {place} {count} {'linked' if linked else 'hidden'}"
    handles = _own_accounts(threads)
    lines: list[Line] = []
    gold: dict[str, str] = {}
    cases: list[Case] = []
    for thread in threads:
        if place != "whole" and (thread.kind == "jumps" or len(thread.posts) < count + 3):
            continue
        start = _removed_from(thread, place, count, _rng(seed, name, thread.id))
        kept = [post for at, post in enumerate(thread.posts) if not start <= at < start + count]
        for post in kept:
            at = thread.posts.index(post)
            parent = thread.posts[at - 1].id if at else None
            lines.append(_line(post, author=handles[thread.id], parent=parent, linked=linked))
            gold[post.id] = thread.id
        cases.append(_case(thread, kept, hole=_hole(thread, start, count, linked=linked) if count else None))
    return _trial(name, lines, gold, cases, seed)


def noise(threads: Sequence[GoldThread], donors: Sequence[Archive], seed: int) -> Trial:
    """Return what `belong` gives, among other posts by the same authors.

    Each thread takes the place of a random post of an archive, whose other posts around it are moved in time with it:
    their density is the archive's own.
    """
    lines = [_line(post) for thread in threads for post in thread.posts]
    gold = {post.id: thread.id for thread in threads for post in thread.posts}
    mint = _Mint()
    for thread in threads:
        rng = _rng(seed, "noise", thread.id)
        donor = rng.choice(donors)
        anchor = donor.posts[rng.randrange(len(donor.posts))]
        begin, end = thread.posts[0].time, thread.posts[-1].time
        shift = begin - anchor.time
        for post in _around(donor.posts, begin - shift, end - shift):
            if post is anchor:
                continue
            moved = mint.moved(post, shift)
            lines.append(_line(moved, author=thread.author))
            gold[moved.id] = f"{thread.id} {donor.name} {donor.gold[post.id]}"
    return _trial("noise", lines, gold, [_case(thread, thread.posts) for thread in threads], seed)


def _around(posts: Sequence[GoldPost], begin: datetime, end: datetime) -> list[GoldPost]:
    before = [post for post in posts if begin - AROUND <= post.time < begin]
    within = [post for post in posts if begin <= post.time <= end]
    after = [post for post in posts if end < post.time <= end + AROUND]
    return [*before[-AT_MOST:], *within[: 2 * AT_MOST], *after[:AT_MOST]]


def archive(given: Archive, seed: int) -> Trial:
    """Return an archive's posts without their reply ids; its self-threads of two posts or more are the cases."""
    groups: dict[str, list[GoldPost]] = {}
    for post in given.posts:
        groups.setdefault(given.gold[post.id], []).append(post)
    cases = [
        Case(thread=f"{given.name} {name}", kind="archive", posts=tuple(post.id for post in group))
        for name, group in groups.items()
        if len(group) > 1
    ]
    return _trial(f"archive {given.name}", [_line(post) for post in given.posts], dict(given.gold), cases, seed)


def interleaved(threads: Sequence[GoldThread], kinds: tuple[str, str], seed: int) -> Trial:
    """Return pairs of threads under one account each, the second begun in the middle of the first.

    Only threads that were written as they went take part: those sent at once can't be interleaved.
    """
    slow = [thread for thread in threads if _pace(thread) >= SLOW]
    trial = _pairs("interleaved", slow, kinds, seed)
    lines, gold, cases, mint = _empty()
    for first, second, _ in trial:
        middle = first.posts[len(first.posts) // 2].time
        _add_pair(lines, gold, cases, mint, first, second, middle + timedelta(seconds=1), kinds)
    return _trial(f"interleaved {'+'.join(kinds)}", lines, gold, cases, seed)


def back_to_back(threads: Sequence[GoldThread], kinds: tuple[str, str], seed: int) -> Trial:
    """Return pairs of threads under one account each, the second begun shortly after the end of the first."""
    lines, gold, cases, mint = _empty()
    for first, second, rng in _pairs("back to back", threads, kinds, seed):
        begin = first.posts[-1].time + timedelta(seconds=rng.uniform(*PAUSE))
        _add_pair(lines, gold, cases, mint, first, second, begin, kinds)
    return _trial(f"back to back {'+'.join(kinds)}", lines, gold, cases, seed)


def restarted(threads: Sequence[GoldThread], *, linked: bool, seed: int) -> Trial:
    """Return numbered threads that state no total and whose numbers begin again with 1 in their middle."""
    rewritten = []
    for thread in _rewritable(threads):
        if ordinals.total_of(thread.marks):
            continue
        middle = len(thread.posts) // 2
        numbered = [mark.number for mark in thread.marks[middle:] if mark]
        if not numbered or numbered[0] < 3:
            continue
        marks = [
            mark._replace(number=mark.number - numbered[0] + 1) if mark and at >= middle else mark
            for at, mark in enumerate(thread.marks)
        ]
        rewritten.append((thread, marks, [_form_of(thread, at) for at in range(len(marks))], middle))
    return _rewritten(f"restarted {'linked' if linked else 'hidden'}", rewritten, linked=linked, seed=seed)


def changed(threads: Sequence[GoldThread], *, linked: bool, removed: bool, seed: int) -> Trial:
    """Return numbered threads whose numbers take another form in their middle; one interior post may be removed."""
    rewritten = []
    for thread in _rewritable(threads):
        rng = _rng(seed, "changed", thread.id)
        middle = len(thread.posts) // 2
        own = next(_form_of(thread, at) for at, mark in enumerate(thread.marks) if mark)
        family = next(mark.family for mark in thread.marks if mark)
        form = rng.choice([form for form in (_END_FORMS if family == "end" else _START_FORMS) if form != own])
        rewritten.append((thread, list(thread.marks), [form] * len(thread.posts), middle))
    name = f"changed {'linked' if linked else 'hidden'}{' removed' if removed else ''}"
    return _rewritten(name, rewritten, linked=linked, removed=removed, seed=seed)


def hand_numbers(threads: Sequence[GoldThread], hand: dict[str, int | None], seed: int) -> Trial:
    """Return the whole threads, with reply ids, that hold posts whose numbers were checked by hand."""
    handles = _own_accounts(threads)
    lines: list[Line] = []
    gold: dict[str, str] = {}
    cases: list[Case] = []
    for thread in threads:
        own = {post.id: hand[post.id] for post in thread.posts if post.id in hand}
        if not own:
            continue
        for at, post in enumerate(thread.posts):
            parent = thread.posts[at - 1].id if at else None
            lines.append(_line(post, author=handles[thread.id], parent=parent, linked=True))
            gold[post.id] = thread.id
        cases.append(_case(thread, thread.posts, own=own))
    return _trial("number", lines, gold, cases, seed)


@dataclass(slots=True)
class _Mint:
    """Gives ids to posts that were moved in time, so that X ids keep telling when."""

    count: int = 0

    def moved(self, post: GoldPost, shift: timedelta) -> GoldPost:
        self.count += 1
        time = post.time + shift
        milliseconds = int(time.timestamp() * 1000) - SNOWFLAKE_EPOCH
        name = f"{post.id}-{self.count}"
        if post.platform == "x":
            name = str((milliseconds << 22) + self.count)
        return GoldPost(id=name, author=post.author, time=time, text=post.text, platform=post.platform)


def _empty() -> tuple[list[Line], dict[str, str], list[Case], _Mint]:
    return [], {}, [], _Mint()


def _rng(seed: int, *names: str) -> random.Random:
    return random.Random(f"{seed} {' '.join(names)}")


def _line(post: GoldPost, *, author: str | None = None, parent: str | None = None, linked: bool = False) -> Line:
    who = author or post.author
    line: Line = {
        "schema": "clew/post/1",
        "platform": post.platform,
        "id": post.id,
        "author": {"id": None, "handle": who, "name": None},
        "time": post.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "text": post.text,
    }
    if linked:
        line |= {"reply_to": parent, "reply_to_author": who if parent else None, "edges_stated": True}
    return line


def _case(
    thread: GoldThread,
    posts: Sequence[GoldPost],
    *,
    hole: Hole | None = None,
    own: dict[str, int | None] | None = None,
    kind: str | None = None,
) -> Case:
    ids = tuple(post.id for post in posts)
    return Case(thread=thread.id, kind=kind or thread.kind, posts=ids, hole=hole, numbers=own or {})


def _trial(name: str, lines: list[Line], gold: dict[str, str], cases: list[Case], seed: int) -> Trial:
    _rng(seed, name, "order").shuffle(lines)
    return Trial(name=name, lines=lines, gold=gold, cases=cases)


def _own_accounts(threads: Iterable[GoldThread]) -> dict[str, str]:
    """Return thread id -> a handle that no other thread has."""
    taken: dict[str, int] = {}
    handles: dict[str, str] = {}
    for thread in threads:
        taken[thread.author] = taken.get(thread.author, 0) + 1
        handles[thread.id] = thread.author if taken[thread.author] == 1 else f"{thread.author}_{taken[thread.author]}"
    return handles


def _removed_from(thread: GoldThread, place: str, count: int, rng: random.Random) -> int:
    if place == "interior":
        return rng.randint(1, len(thread.posts) - count - 1)
    return len(thread.posts) - count if place == "tail" else 0


def _hole(thread: GoldThread, start: int, count: int, *, linked: bool) -> Hole:
    stop = start + count
    by_numbers = not linked and any(number is not None for number in thread.numbers[start:stop])
    return Hole(
        beside=frozenset(_unnumbered_beside(thread, start, stop)) if by_numbers else frozenset(),
        before=thread.posts[start - 1].id if start else None,
        after=thread.posts[stop].id if stop < len(thread.posts) else None,
        count=count,
        numbered=sum(number is not None for number in thread.numbers[start:stop]),
        findable=_is_findable(thread, start, stop),
    )


def _unnumbered_beside(thread: GoldThread, start: int, stop: int) -> Iterator[str]:
    """Yield the unnumbered posts that stand directly before or after removed ones."""
    for way in (range(start - 1, -1, -1), range(stop, len(thread.posts))):
        for at in way:
            if thread.numbers[at] is not None:
                break
            yield thread.posts[at].id


def _is_findable(thread: GoldThread, start: int, stop: int) -> bool:
    """Say whether the numbers that are left can tell of the removed posts."""
    above = [number for number in thread.numbers[:start] if number is not None]
    below = [number for number in thread.numbers[stop:] if number is not None]
    removed = {number for number in thread.numbers[start:stop] if number is not None} - {*above, *below}
    if not removed:
        return False
    if start == 0:
        return bool(below) and below[0] > 1
    if stop == len(thread.posts):
        kept = [mark for at, mark in enumerate(thread.marks) if at < start]
        total = ordinals.total_of(kept)
        return bool(above) and total is not None and max(above) < total
    return bool(above and below)


def _pace(thread: GoldThread) -> float:
    return statistics.median((b.time - a.time).total_seconds() for a, b in pairwise(thread.posts))


def _pairs(
    name: str, threads: Sequence[GoldThread], kinds: tuple[str, str], seed: int
) -> list[tuple[GoldThread, GoldThread, random.Random]]:
    """Return threads two by two, the first of the one kind and the second of the other; none twice."""
    rng = _rng(seed, name, *kinds)
    firsts = [thread for thread in threads if thread.kind == kinds[0]]
    rng.shuffle(firsts)
    if kinds[0] == kinds[1]:
        half = len(firsts) // 2
        return [(a, b, rng) for a, b in zip(firsts[:half], firsts[half:], strict=False)]
    seconds = [thread for thread in threads if thread.kind == kinds[1]]
    rng.shuffle(seconds)
    return [(a, b, rng) for a, b in zip(firsts, seconds, strict=False)]


def _add_pair(
    lines: list[Line],
    gold: dict[str, str],
    cases: list[Case],
    mint: _Mint,
    first: GoldThread,
    second: GoldThread,
    begin: datetime,
    kinds: tuple[str, str],
) -> None:
    account = f"{first.author}_{len(cases)}"
    shift = begin - second.posts[0].time
    moved = [mint.moved(post, shift) for post in second.posts]
    for thread, posts in ((first, first.posts), (second, moved)):
        lines += [_line(post, author=account) for post in posts]
        gold |= {post.id: thread.id for post in posts}
        cases.append(_case(thread, posts, kind="+".join(kinds)))


def _rewritable(threads: Sequence[GoldThread]) -> list[GoldThread]:
    """Return the numbered threads whose numbers the reader and the hand-made list agree on."""
    return [
        thread
        for thread in threads
        if thread.kind == "numbered"
        and len(thread.posts) >= 6
        and all(
            (mark.number if mark else None) == number for mark, number in zip(thread.marks, thread.numbers, strict=True)
        )
        and {mark.family for mark in thread.marks if mark} <= {"start", "end"}
    ]


def _form_of(thread: GoldThread, at: int) -> str:
    """Return how a post's number is written, with {k} for the number and {n} for the total."""
    mark = thread.marks[at]
    if mark is None:
        return "{k}"
    written = thread.posts[at].text[mark.start : mark.end].strip()
    form = written.replace(str(mark.number), "{k}", 1)
    return form.replace(str(mark.total), "{n}") if mark.total else form


def _rewritten(
    name: str,
    rewritten: Sequence[tuple[GoldThread, list[ordinals.Mark | None], list[str], int]],
    *,
    linked: bool,
    seed: int,
    removed: bool = False,
) -> Trial:
    handles = _own_accounts(thread for thread, _, _, _ in rewritten)
    lines: list[Line] = []
    gold: dict[str, str] = {}
    cases: list[Case] = []
    for thread, marks, forms, middle in rewritten:
        start = _removed_from(thread, "interior", 1, _rng(seed, name, thread.id)) if removed else len(thread.posts)
        kept: list[GoldPost] = []
        own: dict[str, int | None] = {}
        for at, (post, mark) in enumerate(zip(thread.posts, marks, strict=True)):
            if at == start:
                continue
            text = ordinals.rewritten(post.text, mark, forms[at]) if mark and at >= middle else post.text
            parent = thread.posts[at - 1].id if at else None
            lines.append(_line(post, author=handles[thread.id], parent=parent, linked=linked) | {"text": text})
            gold[post.id] = thread.id
            own[post.id] = mark.number if mark else None
            kept.append(post)
        cases.append(_case(thread, kept, own=own, hole=_hole(thread, start, 1, linked=linked) if removed else None))
    return _trial(name, lines, gold, cases, seed)
