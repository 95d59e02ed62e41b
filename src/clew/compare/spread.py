"""Who follows whom: tests of how one group's use of things lies in time to another's, each against its null model.

A use is an account's first use of an item (a tag, a domain, a phrase). Four questions are asked of groups A and B, and
where there is a control group C, whether B differs from C in them:

- association: do B's uses lie near A's at all? Against B's uses of each item moved along the whole time together.
- synchrony: do B's posts lie within seconds of A's? Against B's posts moved by some windows.
- precedence: is A earlier? Against the labels of A and B dealt anew among the uses of each item.
- tracking: does B come late where A came late? By the time that the control, in two halves, gives the event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy import stats

from clew.compare.actions import Actions, Codes, Instants
from clew.compare.groups import Groups

__all__ = [
    "Curve",
    "Test",
    "Uses",
    "adoption",
    "association",
    "first",
    "first_uses",
    "followers",
    "leaders",
    "precedence",
    "shared_items",
    "synchrony",
    "synchrony_beyond",
    "tracking",
]

Floats = npt.NDArray[np.float64]
T = TypeVar("T")
_NEVER = np.iinfo(np.int64).max // 4
LEAST = 5
"""Items (or uses) below which nothing is tested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A figure beside what chance gives."""

    value: float
    expected: float
    """The mean of the null model."""
    deviation: float
    """Its standard deviation."""
    p: float
    """How likely the null model is to give this or more."""
    draws: int
    items: int
    """Items that it rests on."""

    __test__ = False
    """Not a test for pytest."""

    @property
    def z(self) -> float | None:
        """How many standard deviations it lies above chance; None where chance does not vary."""
        return (self.value - self.expected) / self.deviation if self.deviation > 1e-12 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """First uses of items by accounts in groups, in the order of item and time."""

    item: Codes
    account: Codes
    group: Codes
    time: Instants


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How a group took something up."""

    group: str
    size: int
    times: Instants
    """When each account of the group first used any of the items; sorted."""


def first_uses(actions: Actions, groups: Groups) -> Uses:
    """Return the first use of each item by each account that is in a group."""
    rows = np.flatnonzero(groups.of[actions.account] >= 0)
    key = actions.object[rows] * np.int64(len(actions.accounts)) + actions.account[rows]
    first = rows[np.sort(np.unique(key, return_index=True)[1])]
    account = actions.account[first]
    return Uses(item=actions.object[first], account=account, group=groups.of[account], time=actions.time[first])


def adoption(uses: Uses, groups: Groups) -> list[Curve]:
    """Return the adoption curve of each group."""
    curves = []
    for number, name in enumerate(groups.names):
        mine = uses.group == number
        earliest = np.full(len(groups.of), _NEVER)
        np.minimum.at(earliest, uses.account[mine], uses.time[mine])
        curves.append(Curve(group=name, size=groups.size(number), times=np.sort(earliest[earliest < _NEVER])))
    return curves


def shared_items(uses: Uses, *groups: int) -> Codes:
    """Return the items that all of these groups use."""
    items = np.unique(uses.item)
    for group in groups:
        items = np.intersect1d(items, uses.item[uses.group == group])
    return items


# The four questions -------------------------------------------------------------------------------------------------


def first(uses: Uses, a: int, b: int, *, draws: int, seed: int) -> Test | None:
    """Return on what share of the items that both use A is first; a tie counts half. None: there are too few.

    A single early bird decides it, and the bigger group is first more often by chance.
    """
    table = _Items.of(uses, shared_items(uses, a, b), (a, b))
    if len(table.starts) < LEAST:
        return None

    def share(group: Codes) -> float:
        one, other = _earliest(table, group, a), _earliest(table, group, b)
        return float(np.where(one < other, 1.0, np.where(one == other, 0.5, 0.0)).mean())

    return _tested(
        share, table.group, lambda rng: table.group[table.dealt(rng)], draws=draws, seed=seed, items=len(table.starts)
    )


def precedence(uses: Uses, a: int, b: int, *, draws: int, seed: int) -> Test | None:
    """Return how often an account of A is before one of B, over the items that both use; ties count half."""
    table = _Items.of(uses, shared_items(uses, a, b), (a, b))
    if len(table.starts) < LEAST:
        return None
    ranks = _ranks(table)
    size = np.bincount(table.number)

    def before(group: Codes) -> float:
        mine = group == a
        count = np.bincount(table.number[mine], minlength=len(size))
        total = np.bincount(table.number[mine], ranks[mine], len(size))
        return float((1 - (total - count * (count + 1) / 2) / (count * (size - count))).mean())

    return _tested(
        before, table.group, lambda rng: table.group[table.dealt(rng)], draws=draws, seed=seed, items=len(table.starts)
    )


def followers(uses: Uses, a: int, b: int, c: int, *, draws: int, seed: int) -> Test | None:
    """Return by how much more A is before B than before C; the labels of B and C are dealt anew in each item."""
    return _beyond(uses, a, b, c, draws=draws, seed=seed)


def leaders(uses: Uses, a: int, b: int, c: int, *, draws: int, seed: int) -> Test | None:
    """Return by how much more A is before B than C is; the labels of A and C are dealt anew in each item."""
    return _beyond(uses, b, c, a, draws=draws, seed=seed)


def _beyond(uses: Uses, fixed: int, late: int, early: int, *, draws: int, seed: int) -> Test | None:
    """Return by how much more of a fixed group is before the late group than before the early one."""
    table = _Items.of(uses, shared_items(uses, fixed, late, early), (fixed, late, early))
    if len(table.starts) < LEAST:
        return None
    loose = np.flatnonzero(table.group != fixed)
    share = _before(table, table.group == fixed)[loose]
    number, item = table.number[loose], table.item[loose]

    def difference(group: Codes) -> float:
        return float((_means(share, number, group == late) - _means(share, number, group == early)).mean())

    return _tested(
        difference,
        table.group[loose],
        lambda rng: table.group[loose][np.lexsort((rng.random(len(loose)), item))],
        draws=draws,
        seed=seed,
        items=len(table.starts),
    )


def association(uses: Uses, a: int, b: int, *, horizon: int, draws: int, seed: int) -> Test | None:
    """Return the share of B's uses within a horizon of A's first use of the item.

    In the null model B's uses of an item are moved together by a random time, around the end to the start.
    """
    table = _Items.of(uses, shared_items(uses, a, b), (a, b))
    if len(table.starts) < LEAST:
        return None
    start, span = int(uses.time.min()), int(uses.time.max() - uses.time.min()) + 1
    first = _earliest(table, table.group, a)
    mine = table.group == b
    of_item = table.number[mine]
    moved = table.time[mine] - start

    def near(time: Instants) -> float:
        return float((np.abs(time + start - first[of_item]) <= horizon).mean())

    return _tested(
        near,
        moved,
        lambda rng: (moved + rng.integers(0, span, len(table.starts))[of_item]) % span,
        draws=draws,
        seed=seed,
        items=len(table.starts),
    )


def synchrony(
    actions: Actions, groups: Groups, a: int, b: int, *, window: int, width: int, draws: int, seed: int
) -> Test | None:
    """Return the share of B's posts on common items within a window of one of A's; the null model moves B's posts."""
    table = _Keyed.of(actions, groups, a, (b,), window + width)
    if table is None:
        return None
    grain = actions.grain
    steps = max(1, width // grain)
    return _tested(
        lambda keys: float(table.near(keys, window).mean()),
        table.keys,
        lambda rng: table.keys + rng.integers(-steps, steps + 1, len(table.keys)) * grain,
        draws=draws,
        seed=seed,
        items=table.items,
    )


def synchrony_beyond(
    actions: Actions, groups: Groups, a: int, b: int, c: int, *, window: int, draws: int, seed: int
) -> Test | None:
    """Return by how much more of B's posts than of C's lie within a window of A's; their labels are dealt anew."""
    table = _Keyed.of(actions, groups, a, (b, c), window)
    if table is None or not (table.group == c).any() or not (table.group == b).any():
        return None
    near = table.near(table.keys, window)
    return _tested(
        lambda group: float(near[group == b].mean() - near[group == c].mean()),
        table.group,
        lambda rng: table.group[np.lexsort((rng.random(len(table.group)), table.item))],
        draws=draws,
        seed=seed,
        items=table.items,
    )


def tracking(uses: Uses, a: int, b: int, c: int, *, horizon: int, draws: int, seed: int) -> Test | None:
    """Return the rank correlation of how late A and B are, item by item.

    Late after the event, whose time the control gives: one half of it for A and the other for B, so that nothing
    but A and B themselves can bring the two together. Uses of A and B further than the horizon from the event are left
    out. The null model deals A's lateness anew among the items.
    """
    table = _Items.of(uses, shared_items(uses, a, b, c), (a, b, c))
    halves = np.random.default_rng(seed).permutation(int(uses.account.max()) + 1 if len(uses.account) else 0) % 2
    mine = table.group == c
    one, other = (_middle(table, mine & (halves[table.account] == half)) for half in (0, 1))
    event = np.repeat((one + other) / 2, np.diff(table.starts, append=len(table.item)))
    close = np.abs(table.time - event) <= horizon
    middles = [_middle(table, (table.group == group) & close) for group in (a, b)]
    both = ~np.isnan(one + other + middles[0] + middles[1])
    if both.sum() < LEAST:
        return None
    late_a = stats.rankdata((middles[0] - one)[both])
    late_b = stats.rankdata((middles[1] - other)[both])
    if not (late_a.std() and late_b.std()):
        return None
    return _tested(
        lambda late: float(np.corrcoef(late, late_b)[0, 1]),
        late_a,
        lambda rng: rng.permutation(late_a),
        draws=draws,
        seed=seed,
        items=int(both.sum()),
    )


# How they are reckoned ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Items:
    """Uses of some items by some groups, and where each item starts."""

    item: Codes
    number: Codes
    """Items numbered from 0 without gaps."""
    account: Codes
    group: Codes
    time: Instants
    starts: npt.NDArray[np.intp]

    @classmethod
    def of(cls, uses: Uses, items: Codes, groups: tuple[int, ...]) -> _Items:
        wanted = np.isin(uses.item, items) & np.isin(uses.group, groups)
        item = uses.item[wanted]
        starts = np.flatnonzero(np.diff(item, prepend=-1))
        number = np.repeat(np.arange(len(starts), dtype=np.int32), np.diff(starts, append=len(item)))
        return cls(item, number, uses.account[wanted], uses.group[wanted], uses.time[wanted], starts)

    def dealt(self, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        """Return an order in which the uses of each item are shuffled."""
        return np.lexsort((rng.random(len(self.item)), self.item))


@dataclass(frozen=True, slots=True)
class _Keyed:
    """Posts of a leading group and of others on common items, as numbers that hold item and time."""

    lead: Instants
    keys: Instants
    item: Codes
    group: Codes
    items: int

    @classmethod
    def of(cls, actions: Actions, groups: Groups, a: int, others: tuple[int, ...], room: int) -> _Keyed | None:
        group = groups.of[actions.account]
        lead, rest = group == a, np.isin(group, others)
        common = np.intersect1d(actions.object[lead], actions.object[group == others[0]])
        lead &= np.isin(actions.object, common)
        rest &= np.isin(actions.object, common)
        if len(common) < LEAST:
            return None
        base = int(actions.time.min())
        span = int(actions.time.max()) - base + 4 * room + 1
        item = np.searchsorted(common, actions.object).astype(np.int64)
        keys = item * span + (actions.time - base) + 2 * room
        return cls(keys[lead], keys[rest], item[rest].astype(np.int32), group[rest], len(common))

    def near(self, keys: Instants, window: int) -> npt.NDArray[np.bool_]:
        """Say of each post whether one of the leading group lies within the window, before or after."""
        low = np.searchsorted(self.lead, keys - window, side="left")
        high = np.searchsorted(self.lead, keys + window, side="right")
        return high > low


def _earliest(table: _Items, group: Codes, which: int) -> Instants:
    """Return for each item the first time of a group."""
    return np.minimum.reduceat(np.where(group == which, table.time, _NEVER), table.starts)


def _middle(table: _Items, wanted: npt.NDArray[np.bool_]) -> Floats:
    """Return for each item the median time of some of its uses; NaN where there are none."""
    middle = np.full(len(table.starts), np.nan)
    for number, part in enumerate(np.split(np.where(wanted, table.time, _NEVER), table.starts[1:])):
        times = part[part < _NEVER]
        if len(times):
            middle[number] = float(np.median(times))
    return middle


def _ranks(table: _Items) -> Floats:
    """Return the rank of each use in its item; equal times share the mean of theirs."""
    size = np.diff(table.starts, append=len(table.item))
    place = np.arange(len(table.item)) - np.repeat(table.starts, size) + 1.0
    fresh = (np.diff(table.time, prepend=-1) != 0) | (np.diff(table.item, prepend=-1) != 0)
    tie = np.cumsum(fresh) - 1
    return np.asarray((np.bincount(tie, place) / np.bincount(tie))[tie], dtype=np.float64)


def _before(table: _Items, lead: npt.NDArray[np.bool_]) -> Floats:
    """Return for each use the share of the leading uses of its item that are before it; equal times count half."""
    base = int(table.time.min())
    keys = table.number * np.int64(int(table.time.max()) - base + 1) + (table.time - base)
    leading = keys[lead]
    starts = np.searchsorted(table.number[lead], table.number, side="left")
    counts = np.bincount(table.number[lead], minlength=len(table.starts))[table.number]
    low, high = (np.searchsorted(leading, keys, side=side) for side in ("left", "right"))
    return ((low + high) / 2 - starts) / counts


def _means(values: Floats, number: Codes, wanted: npt.NDArray[np.bool_]) -> Floats:
    """Return the mean of some values for each item."""
    size = int(number.max()) + 1
    means: Floats = np.bincount(number[wanted], values[wanted], size) / np.bincount(number[wanted], minlength=size)
    return means


def _tested(
    statistic: Callable[[T], float],
    seen: T,
    draw: Callable[[np.random.Generator], T],
    *,
    draws: int,
    seed: int,
    items: int,
) -> Test:
    rng = np.random.default_rng(seed)
    value = statistic(seen)
    drawn = np.array([statistic(draw(rng)) for _ in range(draws)])
    return Test(
        value=value,
        expected=float(drawn.mean()),
        deviation=float(drawn.std()),
        p=float((1 + (drawn >= value - 1e-12).sum()) / (draws + 1)),
        draws=draws,
        items=items,
    )
