"""Plain sentences about what a thread lacks and how that is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from clew.posts import State
from clew.threads.thread import Branch, Certainty, Gap, PostEntry, Reason, Thread

__all__ = [
    "branch_heading",
    "completeness_sentence",
    "counted",
    "delay_words",
    "gap_sentence",
    "gap_subject",
    "held_words",
    "minute",
    "numbers_words",
    "span_words",
]

#: What is said of one post and of several, by why they are not there.
_VERBS: dict[State, tuple[str, str]] = {
    "absent": ("is missing", "are missing"),
    "deleted": ("was deleted", "were deleted"),
    "tombstone": ("is gone, the platform says so", "are gone, the platform says so"),
    "empty-tombstone": ("is gone, and the platform does not say why", "are gone, and the platform does not say why"),
    "gated": ("is shown only to those who sign in", "are shown only to those who sign in"),
    "blocked": ("is blocked", "are blocked"),
    "withheld": ("is withheld", "are withheld"),
    "private": ("is private", "are private"),
}

#: First words of a sentence that lose their capital inside another one.
_SMALL = frozenset("A All An At Every It Its More Nothing Only Some That The These They This What".split())


def gap_sentence(gap: Gap) -> str:
    """Return what is missing at a gap and why that is thought, without a full stop.

    >>> jump = Reason(signal="number-jump", says="the author's numbers run 7, 9")
    >>> gap_sentence(Gap(count=1, numbers=(8,), certainty="likely", reasons=(jump,)))
    "8 is missing: the author's numbers run 7, 9 (likely)"
    """
    because = _joined(reason.says for reason in gap.reasons)
    if gap.certainty == "cut":
        return f"there may be more here: {because}" if because else "there may be more here"
    says = f"{gap_subject(gap)}: {because}" if because else gap_subject(gap)
    return f"{says} ({gap.certainty})"


def gap_subject(gap: Gap) -> str:
    """Return what is missing at a gap, without why that is thought.

    >>> gap_subject(Gap(count=2, certainty="proven", reasons=()))
    '2 posts are missing'
    """
    if gap.certainty == "cut":
        return "there may be more here"
    one, several = _VERBS[gap.state]
    if gap.state == "absent" and gap.certainty == "possible":
        one = several = "may be missing"
    if gap.numbers:
        return f"{numbers_words(gap.numbers)} {one if len(gap.numbers) == 1 else several}"
    if gap.count is None:
        return f"at least one post {one}"
    return f"{counted(gap.count, 'post')} {one if gap.count == 1 else several}"


def completeness_sentence(thread: Thread) -> str:
    """Return how whole a thread is, as one sentence."""
    whole = thread.completeness
    gaps = list(thread.gaps())
    match whole.verdict:
        case "whole":
            return f"Whole: {_run_of_numbers(thread) or _joined(reason.says for reason in whole.signals)}."
        case "nothing-known-missing":
            limits = _joined(reason.says for reason in whole.signals if reason.signal in ("borders", "cut"))
            known = f"nothing is known to be missing, but {limits}" if limits else "nothing is known to be missing"
            return f"{counted(whole.held, 'post')}; {known}."
        case "cut":
            return _cut_sentence(thread, gaps)
        case "gaps":
            return _gaps_sentence(thread, gaps)


def _run_of_numbers(thread: Thread) -> str | None:
    """Return how the author's numbers run, where they reach the total that the author counts."""
    numbered = [entry for entry in thread.entries if isinstance(entry, PostEntry) and entry.number is not None]
    numbers = [entry.number or 0 for entry in numbered]
    total = next((entry.total for entry in reversed(numbered) if entry.total), None)
    if total is None or max(numbers) != total or min(numbers) > 1:
        return None
    return f"the numbers run from {min(numbers)} to {total} of {total}"


def held_words(held: int, expected: int | None) -> str:
    """Return "13 of 14 posts", or "13 posts" where nothing tells how many there should be.

    >>> held_words(13, 14), held_words(1, None)
    ('13 of 14 posts', '1 post')
    """
    return counted(held, "post") if expected is None or expected < held else f"{held:,} of {counted(expected, 'post')}"


def _cut_sentence(thread: Thread, gaps: Sequence[Gap]) -> str:
    reasons = [reason for gap in gaps if gap.certainty == "cut" for reason in gap.reasons]
    if reasons:
        return f"{_view(reasons)}, so the rest is not here."
    held = held_words(thread.completeness.held, thread.completeness.expected)
    cut = sum(1 for post in thread.posts() if post.cut)
    if cut:
        of_which = "its text" if held == "1 post" else f"the text of {'one' if cut == 1 else f'{cut:,}'} of them"
        return f"{held}; {of_which} is shortened in the source."
    return f"{held}; the view was limited, so there may be more."


def _view(reasons: Sequence[Reason]) -> str:
    """Return why the view is limited, as the beginning of a sentence."""
    says = _joined(reason.says for reason in reasons)
    if says.startswith("this is "):
        return f"T{says[1:]}"
    preview = any(reason.signal == "preview" or "at most" in reason.says for reason in reasons)
    return f"{'A preview' if preview else 'Cut'}: {says}"


def _gaps_sentence(thread: Thread, gaps: Sequence[Gap]) -> str:
    held = held_words(thread.completeness.held, thread.completeness.expected)
    stated = [gap for gap in gaps if _stated(gap)]
    numbered = [gap for gap in gaps if gap.numbers and not _stated(gap)]
    other = [gap for gap in gaps if not gap.numbers and gap.certainty != "cut" and not _stated(gap)]
    clauses = [*_numbered_clauses(numbered), *_other_clauses(other)]
    clauses += [_stated_clause(gap) for gap in stated]
    if any(gap.certainty == "cut" for gap in gaps):
        clauses.append("the view was limited, so there may be more")
    if not numbered and not other:
        return f"{held}: {'; '.join(clauses)}."
    return f"{held} held; {'; '.join(clauses)}."


def _stated(gap: Gap) -> list[str]:
    """Return what the author or the source counts, where that is how the gap is known."""
    return [reason.says for reason in gap.reasons if reason.signal in {"stated-total", "stated-count"}]


def _numbered_clauses(gaps: Sequence[Gap]) -> list[str]:
    clauses = []
    for certainty in _certainties(gaps):
        numbers = sorted(number for gap in gaps if gap.certainty == certainty for number in gap.numbers)
        noun = "number" if len(numbers) == 1 else "numbers"
        clauses.append(f"{noun} {numbers_words(numbers)} {_verb(len(numbers), certainty)} missing ({certainty})")
    return clauses


def _other_clauses(gaps: Sequence[Gap]) -> list[str]:
    clauses = []
    for certainty in _certainties(gaps):
        counts = [gap.count for gap in gaps if gap.certainty == certainty]
        least = sum(1 if count is None else count for count in counts)
        many = "one post" if least == 1 else counted(least, "post")
        where = "" if len(counts) == 1 else f" in {len(counts)} places"
        says = f"at least {many}" if None in counts else f"{least:,}"
        clauses.append(f"{says} {_verb(least, certainty)} missing{where} ({certainty})")
    return clauses


def _certainties(gaps: Iterable[Gap]) -> list[Certainty]:
    order: tuple[Certainty, ...] = ("proven", "likely", "possible", "cut")
    held = {gap.certainty for gap in gaps}
    return [certainty for certainty in order if certainty in held]


def _stated_clause(gap: Gap) -> str:
    many = "more" if gap.count is None else f"{gap.count:,}"
    return f"{many} {_verb(gap.count, gap.certainty)} missing, as {_joined(_stated(gap))} ({gap.certainty})"


def _verb(count: int | None, certainty: Certainty) -> str:
    return "may be" if certainty == "possible" else "is" if count == 1 else "are"


def branch_heading(branch: Branch, after: str | None) -> str:
    """Return how a branch is announced; `after` is what the post that it answers is called.

    >>> branch_heading(Branch(after="7", label="later", delay=259200.0, entries=()), "5")
    'later addition to 5, 3 days on'
    """
    kind = {"aside": "aside", "correction": "correction", "later": "later addition"}[branch.label]
    where = f"{kind} to {after}" if after else kind
    words = delay_words(branch.delay) if branch.delay is not None else ""
    return f"{where}, {words}" if words else where


def delay_words(seconds: float) -> str:
    """Return how much later something is, empty below an hour.

    >>> delay_words(259200), delay_words(3600), delay_words(60), delay_words(40_000_000)
    ('3 days on', '1 hour on', '', '1 year on')
    """
    for size, unit in ((31_557_600, "year"), (2_629_800, "month"), (86_400, "day"), (3_600, "hour")):
        if seconds >= size:
            return f"{counted(int(seconds // size), unit)} on"
    return ""


def counted(count: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "post"), counted(1204, "post")
    ('1 post', '1,204 posts')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def numbers_words(numbers: Sequence[int]) -> str:
    """Return rising numbers with runs of three or more drawn together.

    >>> numbers_words([8]), numbers_words([8, 9]), numbers_words([2, 4, 5, 6])
    ('8', '8 and 9', '2 and 4 to 6')
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words: list[str] = []
    for run in runs:
        words += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(number) for number in run]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def span_words(first: datetime | None, last: datetime | None) -> str:
    """Return when a thread was written, in UTC, to the minute; empty where no time is known.

    >>> span_words(datetime(2021, 6, 4, 9, 30, tzinfo=UTC), datetime(2021, 6, 4, 9, 52, tzinfo=UTC))
    '2021-06-04 09:30 to 09:52 UTC'
    """
    if first is None or last is None:
        return ""
    start, end = minute(first), minute(last)
    if start == end:
        return f"{start} UTC"
    same_day = start.partition(" ")[0] == end.partition(" ")[0]
    return f"{start} to {end.partition(' ')[2] if same_day else end} UTC"


def minute(moment: datetime) -> str:
    """Return an instant to the minute, in UTC.

    >>> minute(datetime(2021, 6, 4, 9, 30, 59, tzinfo=UTC))
    '2021-06-04 09:30'
    """
    return moment.astimezone(UTC).isoformat(" ")[:16]


def _joined(says: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(map(_clause, says)))


def _clause(says: str) -> str:
    """Return a sentence as a part of a longer one: no full stop, no capital.

    >>> _clause("The page shows at most three posts.")
    'the page shows at most three posts'
    """
    bare = says.strip().removesuffix(".")
    first = bare.partition(" ")[0]
    return bare[:1].lower() + bare[1:] if first in _SMALL else bare
