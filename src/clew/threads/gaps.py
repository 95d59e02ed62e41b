"""Where posts are missing, how many, how certain that is, and what the thread as a whole may claim.

Certainties as DESIGN section 6: proven (an absent parent, a tombstone, a stated total that is not reached), likely (a
number jump in an otherwise regular sequence), possible (a lone irregularity), cut (the view itself was limited).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from clew import numbering
from clew.numbering import Number
from clew.posts import Notice, Post
from clew.threads.thread import Certainty, Completeness, Entry, Gap, PostEntry, Reason, Verdict

__all__ = ["Known", "Line", "completeness", "entries"]


@dataclass(frozen=True, slots=True)
class Known:
    """What the notices say, arranged for looking up."""

    gone: Mapping[str, Notice] = field(default_factory=dict)
    """By the id of the post that is not given."""
    after: Sequence[Notice] = ()
    """Posts that are not given and that the author wrote in answer to the last one held."""
    counts: Sequence[Notice] = ()
    """Stated numbers of posts of this thread."""
    cuts: Sequence[Notice] = ()
    """Why the view of this thread was limited."""
    limits: Sequence[Notice] = ()
    """Limits of the whole capture: they draw no gap, but forbid to call the thread whole."""
    ends: Sequence[Notice] = ()
    """Signs that nothing follows."""


@dataclass(frozen=True, slots=True)
class Line:
    """A main line or a branch before its gaps are drawn: posts in reading order with their numbers."""

    posts: Sequence[Post]
    numbers: Sequence[Number | None]
    missing: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By id of a post: ids that are absent directly before it, oldest first."""
    starts: bool = False
    """True where the first post is known to answer nobody, or somebody else."""
    loose_before: Post | None = None
    """A post without a number that the author wrote shortly before, where no source tells what answers what."""
    loose_after: Post | None = None
    """The same shortly after the last post."""


#: A number that stands so many posts earlier or later than its place is late, not missing.
LATE = 8


def entries(line: Line, known: Known, elsewhere: frozenset[int] = frozenset()) -> tuple[Entry, ...]:
    """Return the line's posts with a Gap wherever one is missing.

    `elsewhere` are the author's numbers that are held on other lines of the same thread: those are not missing.
    """
    jumps = _jumps(line) if any(line.numbers) else {}
    regular = bool(jumps) and _is_regular(line, jumps)
    drawn: list[Entry] = []
    for at, (post, number) in enumerate(zip(line.posts, line.numbers, strict=True)):
        gap = _gap_before(line, at, jumps.get(at), known, elsewhere, regular=regular)
        if gap:
            drawn.append(gap)
        drawn.append(
            PostEntry(post=post, number=number.number if number else None, total=number.total if number else None)
        )
    return tuple(drawn)


def _jumps(line: Line) -> dict[int, tuple[int, int]]:
    """Return, by position of a numbered post, the number before it and how many posts lack between the two."""
    found: dict[int, tuple[int, int]] = {}
    counted = not _numbers_skip_unnumbered(line.numbers)
    last: tuple[int, int] | None = None
    for at, number in enumerate(line.numbers):
        if number is None:
            continue
        if last is None:
            lacking = _lacking_at_head(at, number, counted=counted)
        else:
            lacking = number.number - last[1] - (at - last[0] if counted else 1)
        if lacking > 0:
            found[at] = (last[1] if last else 0, lacking)
        if last is None or number.last > last[1] or number.number <= 1:
            last = (at, number.last)
    return found


def _numbers_skip_unnumbered(numbers: Sequence[Number | None]) -> bool:
    """Say whether the author numbers items, so that unnumbered posts in between bear no number (7, none, 8)."""
    numbered = [(at, number) for at, number in enumerate(numbers) if number]
    wide = [(b - a, n.number - m.last) for (a, m), (b, n) in pairwise(numbered) if b - a > 1]
    skipping = sum(up == 1 for _, up in wide)
    return skipping > 0 and skipping >= sum(up == posts for posts, up in wide)


#: Forms of lists; where a list begins with 2 behind a header, its 1 may be missing, while `2/` counts the header as 1.
_LIST_FORMS = frozenset({"k.", "k)", "#k", "(k)", "k.)", "k:", "k-", "keycap"})


def _lacking_at_head(at: int, number: Number, *, counted: bool) -> int:
    if number.number <= 1 or (at and not counted):
        return number.number - 1
    if at and number.form in _LIST_FORMS and number.total is None:
        return number.number - 1
    return number.number - 1 - at


def _is_regular(line: Line, jumps: Mapping[int, object]) -> bool:
    """Say whether the numbers are regular enough for a jump to mean something."""
    numbered = sum(1 for number in line.numbers if number)
    smooth = sum(1 for m, n in pairwise(number for number in line.numbers if number) if n.number - m.last == 1)
    covered = numbered * 2 > len(line.posts)
    return covered and numbered >= 2 and (len(jumps) <= 1 or len(jumps) * 3 <= smooth)


def _gap_before(
    line: Line,
    at: int,
    jump: tuple[int, int] | None,
    known: Known,
    elsewhere: frozenset[int],
    *,
    regular: bool,
) -> Gap | None:
    post = line.posts[at]
    ids = tuple(line.missing.get(post.id, ()))
    numbers: tuple[int, ...] = ()
    lacking = 0
    reasons: list[Reason] = []
    if jump is not None and line.numbers[at] is not None:
        near = line.numbers[max(0, at - LATE) : at + LATE]
        held = elsewhere | {number.number for number in near if number} | _listed_before(line, at, jump[0])
        numbers, lacking = _absent_numbers(jump, line.numbers[at], held)
        if lacking:
            reasons.append(_jump_reason(jump[0], line.numbers[at], first=not any(line.numbers[:at])))
    if ids:
        gone = [known.gone[own] for own in ids if own in known.gone]
        reasons.insert(0, _absent_reason(post, ids))
        reasons += [_gone_reason(notice) for notice in gone]
        exact = len(ids) if all(own in known.gone for own in ids) and gone and gone[0].reply_to else None
        return Gap(
            count=max(lacking, len(ids)) if lacking else exact,
            numbers=numbers,
            ids=ids,
            state=gone[-1].state if gone else "absent",
            certainty="proven" if post.platform != "telegram" else "possible",
            reasons=tuple(reasons),
        )
    if not lacking:
        return None
    certainty: Certainty = "likely" if regular else "possible"
    if _is_linked(line, at):
        certainty = "possible"
        reasons.append(Reason(signal="stated-reply", says=_linked(line, at)))
    elif line.loose_before is not None and not any(line.numbers[:at]):
        certainty = "possible"
        reasons.append(_loose_reason(line.loose_before, "before"))
    return Gap(count=lacking, numbers=numbers, certainty=certainty, reasons=tuple(reasons))


def _listed_before(line: Line, at: int, before: int) -> set[int]:
    """Return the numbers of items that stand in the unnumbered posts directly before a numbered one.

    A header may end with the first item: it bears no number, and yet none is missing.
    """
    number = line.numbers[at]
    assert number is not None
    if " " in number.form or "N" in number.form or "k" not in number.form:
        return set()
    item = re.compile(r"(?m)^\W{0,4}?" + re.escape(number.form).replace("k", r"(\d{1,3})", 1))
    held: set[int] = set()
    for earlier in range(at - 1, -1, -1):
        if line.numbers[earlier] is not None:
            break
        items = [int(found) for found in item.findall(line.posts[earlier].text)]
        if items and items == list(range(items[0], items[0] + len(items))) and items[0] == before + 1:
            held.update(items)
    return held


def _absent_numbers(jump: tuple[int, int], number: Number | None, held: frozenset[int]) -> tuple[tuple[int, ...], int]:
    """Return the numbers that are missing, and how many posts; none are named where unnumbered posts may bear them."""
    assert number is not None
    before, lacking = jump
    span = [n for n in range(before + 1, number.number) if n not in held]
    lacking = min(lacking, len(span))
    return (tuple(span) if len(span) == lacking else ()), lacking


def _jump_reason(before: int, number: Number | None, *, first: bool) -> Reason:
    assert number is not None
    if first:
        return Reason(signal="number-jump", says=f"the author's numbers begin with {number.number}")
    return Reason(signal="number-jump", says=f"the author's numbers run {before}, {number.number}")


def _absent_reason(post: Post, ids: Sequence[str]) -> Reason:
    return Reason(signal="absent-parent", says=f"the next post answers {ids[-1]}, which is not held")


def _gone_reason(notice: Notice) -> Reason:
    return Reason(signal="gone" if notice.state == "absent" else notice.state, says=notice.says)


def _loose_reason(post: Post, where: str) -> Reason:
    says = f"yet {post.id}, which the author posted within an hour {where}, bears no number and may be what is missing"
    return Reason(signal="loose-post", says=says)


def _is_linked(line: Line, at: int) -> bool:
    """Say whether edges tell that nothing lies between a post and the one before it."""
    post = line.posts[at]
    if at == 0:
        return line.starts and post.reply_to is None and post.edges_stated
    return post.reply_to is not None and post.reply_to == line.posts[at - 1].id


def _linked(line: Line, at: int) -> str:
    if at == 0:
        return "yet the first post answers nobody"
    return "yet the later of the two answers the earlier one directly"


def tail_gap(line: Line, known: Known, lacking_before: int, held: int) -> Gap | None:
    """Return the gap at the end of the main line; None where nothing tells of one.

    `lacking_before` are the posts that earlier gaps already count, `held` the posts of the line that are held.
    """
    reasons: list[Reason] = []
    count: int | None = None
    numbers: tuple[int, ...] = ()
    total = numbering.stated_total(line.numbers)
    last = next((at for at in range(len(line.posts) - 1, -1, -1) if line.numbers[at]), None)
    if total is not None and last is not None:
        top = max(number.number for number in line.numbers if number)
        lacking = total - top - (len(line.posts) - 1 - last)
        known_absent = any(line.missing.get(post.id) for post in line.posts[last + 1 :])
        if lacking > 0 and not known_absent:
            count, numbers = lacking, tuple(range(top + 1, total + 1)) if lacking == total - top else ()
            reasons.append(Reason(signal="stated-total", says=f"the author counts {total}"))
    for notice in known.counts:
        lacking = (notice.count or 0) - held - lacking_before
        if lacking > 0 and lacking >= (count or 0):
            count = lacking
            reasons.append(Reason(signal="stated-count", says=notice.says))
    cuts = [Reason(signal="cut-view", says=notice.says) for notice in known.cuts]
    gone = [_gone_reason(notice) for notice in known.after]
    certainty: Certainty = "proven"
    if line.loose_after is not None and not gone and all(reason.signal == "stated-total" for reason in reasons):
        certainty = "likely"
        reasons.append(_loose_reason(line.loose_after, "after"))
    if count or gone:
        return Gap(
            count=max(count or 0, len(gone)),
            numbers=numbers,
            ids=tuple(notice.post for notice in known.after if notice.post),
            state=known.after[0].state if known.after else "absent",
            certainty=certainty,
            reasons=(*reasons, *gone, *cuts),
        )
    if cuts:
        return Gap(count=None, certainty="cut", reasons=tuple(cuts))
    return None


def completeness(line: Line, drawn: Sequence[Entry], aside: Iterable[Entry], known: Known) -> Completeness:
    """Return the verdict over a whole thread, with every signal that it rests on.

    `drawn` are the entries of the main line, `aside` those of the branches; posts are counted on the main line.
    """
    held = len(line.posts)
    main = [entry for entry in drawn if isinstance(entry, Gap)]
    gaps = [*main, *(entry for entry in aside if isinstance(entry, Gap))]
    starts, ends = _start_signals(line), _end_signals(line, known)
    signals = [*starts, *_total_signals(line, known), *ends]
    signals += [Reason(signal=notice.kind, says=notice.says) for notice in known.limits]
    for gap in gaps:
        signals += [reason for reason in gap.reasons if reason not in signals]
    verdict = _verdict(line, gaps, both_ends=bool(starts and ends) and not known.limits)
    return Completeness(
        verdict=verdict, held=held, expected=_expected(main, known, held, verdict), signals=tuple(signals)
    )


def _verdict(line: Line, gaps: Sequence[Gap], *, both_ends: bool) -> Verdict:
    if any(gap.certainty != "cut" for gap in gaps):
        return "gaps"
    if gaps or any(post.cut for post in line.posts):
        return "cut"
    return "whole" if both_ends else "nothing-known-missing"


def _start_signals(line: Line) -> list[Reason]:
    number = line.numbers[0] if line.numbers else None
    if number is not None and number.number <= 1:
        return [Reason(signal="first-number", says=f"the first post bears the author's number {number.number}")]
    if line.starts:
        return [Reason(signal="root", says="the source states that the first post continues nothing of the author's")]
    second = next((number for number in line.numbers if number), None)
    if second is not None and second.number <= 2 and line.numbers.index(second) == second.number - (second.number > 1):
        return [Reason(signal="header", says=f"an unnumbered header is followed by number {second.number}")]
    return []


def _total_signals(line: Line, known: Known) -> list[Reason]:
    total = numbering.stated_total(line.numbers)
    found = [Reason(signal="stated-total", says=f"the author counts {total}")] if total else []
    return found + [Reason(signal="stated-count", says=notice.says) for notice in known.counts]


def _end_signals(line: Line, known: Known) -> list[Reason]:
    found = [Reason(signal="source-end", says=notice.says) for notice in known.ends]
    total = numbering.stated_total(line.numbers)
    top = max((number.number for number in line.numbers if number), default=0)
    if total and top >= total:
        found.append(Reason(signal="last-number", says=f"the author's numbers reach the {total} that he or she counts"))
    elif line.posts and numbering.says_end(line.posts[-1].text):
        found.append(Reason(signal="end-mark", says="the last post says that it is the end"))
    held = len(line.posts)
    for notice in known.counts:
        if notice.count is not None and held >= notice.count:
            found.append(
                Reason(signal="count-reached", says=f"all {notice.count} posts that the source counts are held")
            )
    return found


def _expected(gaps: Sequence[Gap], known: Known, held: int, verdict: Verdict) -> int | None:
    if verdict == "whole":
        return held
    stated = [notice.count for notice in known.counts if notice.count]
    if any(gap.count is None for gap in gaps):
        return max(stated) if stated and max(stated) > held else None
    lacking = sum(gap.count or 0 for gap in gaps if gap.certainty != "possible")
    return held + lacking if lacking else max(stated, default=None)
