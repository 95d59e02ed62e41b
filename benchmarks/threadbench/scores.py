"""How right an answer is: B-cubed, order, gaps, numbers; per thread, so that threads can be drawn again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from benchmarks.threadbench.answers import Answer, Claim
from benchmarks.threadbench.trials import Case, Hole, Trial

if TYPE_CHECKING:
    import numpy

__all__ = ["MEASURES", "Estimate", "Measure", "Stats", "estimate", "stats"]

#: What is counted in one thread, by name.
Sums = defaultdict[str, float]
#: Thread -> its sums; all measures come from sums over threads.
Stats = dict[str, Sums]

#: How often threads are drawn again for an interval.
ROUNDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A measure with its 95 % interval."""

    value: float
    low: float
    high: float
    count: int
    """Of what it is a share: posts, threads, places, gaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure out of sums over threads."""

    name: str
    parts: tuple[str, ...]
    """The names of the sums; the last one is of what the figure is a share."""
    value: Callable[..., Any]
    """From the sums (numbers or arrays) to the figure; not a number where there is nothing to share."""


def _share(part: Any, whole: Any) -> Any:
    return part / whole


def _f1(precision: Any, recall: Any, posts: Any) -> Any:
    """Return the harmonic mean; both are means over the same posts, whose number goes out."""
    return 2 * precision * recall / (precision + recall)


MEASURES = {
    measure.name: measure
    for measure in (
        Measure(name="precision", parts=("precision", "posts"), value=_share),
        Measure(name="recall", parts=("recall", "posts"), value=_share),
        Measure(name="F1", parts=("precision", "recall", "posts"), value=lambda p, r, n: _f1(p / n, r / n, n)),
        Measure(name="exact", parts=("exact", "threads"), value=_share),
        Measure(name="order", parts=("tau", "ordered"), value=_share),
        Measure(name="others left alone", parts=("alone", "others"), value=_share),
        Measure(name="found", parts=("found", "holes"), value=_share),
        Measure(name="findable found", parts=("findable found", "findable"), value=_share),
        Measure(name="count right", parts=("count right", "found"), value=_share),
        Measure(name="proven right", parts=("proven right", "proven"), value=_share),
        Measure(name="likely right", parts=("likely right", "likely"), value=_share),
        Measure(name="possible right", parts=("possible right", "possible"), value=_share),
        Measure(name="all right", parts=("claims right", "claims"), value=_share),
        Measure(name="false alarms", parts=("alarmed", "threads"), value=_share),
        Measure(name="false alarms, possible too", parts=("alarmed at all", "threads"), value=_share),
        Measure(name="numbers right", parts=("numbers right", "numbers"), value=_share),
        Measure(name="number precision", parts=("number hits", "numbers given"), value=_share),
        Measure(name="number recall", parts=("number hits", "numbers borne"), value=_share),
    )
}


def stats(trial: Trial, answer: Answer) -> Stats:
    """Return, for each thread of a trial, the sums from which all measures come."""
    groups = _groups(trial, answer)
    claims = _claims_by_thread(trial, answer)
    found: Stats = {}
    for case in trial.cases:
        sums = found.setdefault(case.thread, defaultdict(float))
        _belong(sums, case, trial, answer, groups)
        _gaps(sums, case.hole, claims.get(case.thread, ()))
        _numbers(sums, case, answer)
    _others(found, trial, answer, groups)
    return found


_Groups = dict[int | str, Counter[str]]


def _groups(trial: Trial, answer: Answer) -> _Groups:
    """Return, for each thread of the answer, how many posts of each gold thread stand in it."""
    groups: _Groups = {}
    for post, thread in trial.gold.items():
        groups.setdefault(_group(answer, post), Counter())[thread] += 1
    return groups


def _group(answer: Answer, post: str) -> int | str:
    """Return the thread of a post; one that was not given back is alone."""
    return answer.thread.get(post, post)


def _belong(sums: Sums, case: Case, trial: Trial, answer: Answer, groups: _Groups) -> None:
    size = len(case.posts)
    own = trial.gold[case.posts[0]]
    for post in case.posts:
        group = groups[_group(answer, post)]
        _add(sums, precision=group[own] / group.total(), recall=group[own] / size, posts=1)
    first = groups[_group(answer, case.posts[0])]
    _add(sums, threads=1, exact=int(first[own] == size == first.total()))
    tau = _tau(case.posts, answer)
    if tau is not None:
        _add(sums, tau=tau, ordered=1)


def _add(sums: Sums, **more: float) -> None:
    for name, value in more.items():
        sums[name] += value


def _tau(posts: Sequence[str], answer: Answer) -> float | None:
    """Return Kendall's tau over the pairs that the answer put into one thread; None where there is no pair."""
    signs = [
        1 if answer.place[a] < answer.place[b] else -1
        for a, b in combinations((post for post in posts if post in answer.thread), 2)
        if answer.thread[a] == answer.thread[b]
    ]
    return sum(signs) / len(signs) if signs else None


def _others(found: Stats, trial: Trial, answer: Answer, groups: _Groups) -> None:
    """Count the posts that belong to no thread of the trial, and those of them that were left alone.

    They are counted with the thread among whose account's posts they were mixed, or with their account: the first
    word of their gold thread.
    """
    cases = {trial.gold[case.posts[0]] for case in trial.cases}
    sizes = Counter(trial.gold.values())
    for post, thread in trial.gold.items():
        if thread in cases or sizes[thread] > 1:
            continue
        sums = found.setdefault(thread.split(" ", 1)[0], defaultdict(float))
        _add(sums, others=1, alone=int(groups[_group(answer, post)].total() == 1))


def _claims_by_thread(trial: Trial, answer: Answer) -> dict[str, list[Claim]]:
    claims: dict[str, list[Claim]] = {}
    for claim in answer.claims:
        beside = claim.after if claim.after in trial.gold else claim.before
        if beside in trial.gold and claim.certainty != "cut":
            claims.setdefault(trial.gold[beside], []).append(claim)
    return claims


def _gaps(sums: Sums, hole: Hole | None, claims: Sequence[Claim]) -> None:
    hits = [claim for claim in claims if hole and _touches(claim, hole)]
    if hole:
        _add(sums, holes=1, found=int(bool(hits)))
        _add(sums, **{"findable": int(hole.findable), "findable found": int(hole.findable and bool(hits))})
        _add(sums, **{"count right": int(any(_counts_right(claim, hole) for claim in hits))})
    for claim in claims:
        right = int(claim in hits)
        _add(sums, **{claim.certainty: 1, f"{claim.certainty} right": right, "claims": 1, "claims right": right})
    if not hole:
        _add(sums, alarmed=int(any(claim.certainty in ("proven", "likely") for claim in claims)))
        _add(sums, **{"alarmed at all": int(bool(claims))})


def _touches(claim: Claim, hole: Hole) -> bool:
    """Say whether a gap stands where posts were removed: beside the post before or the post after the place.

    One side is enough, so that a thread torn apart at the place can still say that something is missing there.
    """
    if claim.before in hole.beside or claim.after in hole.beside:
        return True
    if hole.after is not None and claim.after == hole.after:
        return True
    return hole.before is not None and claim.before == hole.before


def _counts_right(claim: Claim, hole: Hole) -> bool:
    """Say whether a gap counts all removed posts, or at least all those that bore a number."""
    return claim.count is not None and max(hole.numbered, 1) <= claim.count <= hole.count


def _numbers(sums: Sums, case: Case, answer: Answer) -> None:
    for post, number in case.numbers.items():
        given = answer.numbers.get(post)
        _add(sums, **{"numbers": 1, "numbers right": int(given == number)})
        _add(sums, **{"numbers given": int(given is not None), "numbers borne": int(number is not None)})
        _add(sums, **{"number hits": int(number is not None and given == number)})


def estimate(measure: Measure, parts: Sequence[Stats], threads: set[str], seed: int) -> Estimate | None:
    """Return a measure over threads, pooled over trials, with its interval; None where there is nothing to share.

    The interval is the middle 95 % of what ROUNDS draws of as many threads, with replacement, give.
    """
    import numpy as np

    pooled = _pooled(parts, threads)
    table = np.array([[sums[name] for name in measure.parts] for sums in pooled], dtype=float).reshape(
        -1, len(measure.parts)
    )
    table = table[table[:, -1] > 0]
    if not len(table):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        value = measure.value(*table.sum(axis=0))
        drawn = measure.value(*(_weights(len(table), seed) @ table).T)
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Estimate(value=float(value), low=float(low), high=float(high), count=int(table[:, -1].sum()))


def _pooled(parts: Sequence[Stats], threads: set[str]) -> list[Sums]:
    pooled: Stats = {}
    for part in parts:
        for thread, sums in part.items():
            if thread in threads:
                _add(pooled.setdefault(thread, defaultdict(float)), **sums)
    return list(pooled.values())


def _weights(count: int, seed: int) -> numpy.ndarray[Any, Any]:
    import numpy as np

    return np.random.default_rng(seed).multinomial(count, [1 / count] * count, size=ROUNDS)
