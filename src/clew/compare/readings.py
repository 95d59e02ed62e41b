"""The four readings of two groups: coordinated, imitating, common cause, unrelated; or that nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from clew.compare.actions import Actions
from clew.compare.groups import Groups
from clew.compare.spread import (
    LEAST,
    Test,
    Uses,
    association,
    first,
    first_uses,
    followers,
    leaders,
    precedence,
    shared_items,
    synchrony,
    synchrony_beyond,
    tracking,
)

__all__ = ["LIMITS", "Evidence", "Reading", "Rules", "Verdict", "evidence", "read"]

Verdict: TypeAlias = Literal["coordinated", "imitating", "common cause", "unrelated", "cannot tell"]

WELL = 30
"""Items from which on what is there shows; then no sign of it is a sign of none."""

#: What no figure here can rule out; every report prints it.
LIMITS = (
    "Deliberate delay looks like imitation: partners who agree to post hours apart leave the trace of a follower.",
    "A group that is merely slower looks like an imitator unless a control group shows how slow others are.",
    "Time stamps to the minute blunt the test of synchrony: within a minute nobody can be told to be in step.",
    "The bigger of two groups is first more often by chance alone; compare with what chance gives, not with a half.",
    "What accounts do together says nothing of who they are, who pays them, or whether a post is true.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How to compare groups, and from when on a figure counts."""

    window: float = 60.0
    """Seconds within which posts are in step."""
    jitter: float | None = None
    """Seconds by which posts are moved to see what chance gives; None: ten windows."""
    horizon: float = 86_400.0
    """Seconds within which uses can have to do with each other at all."""
    draws: int = 499
    seed: int = 1
    alpha: float = 0.01
    """At most so likely by chance: it counts."""
    beta: float = 0.05
    """At least so likely by chance: it is taken for chance. Between the two nothing is said."""
    slight: float = 0.05
    """Uses near each other that are no more than this share above chance are next to none."""
    rare: float = 0.1
    """A control group that uses less than this share of the common items says nothing of events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that was asked about a leading group A and a group B; None where there was too little to ask."""

    a: str
    b: str
    control: str | None
    items: int
    """Items that both use."""
    in_control: int
    """Of these, items that the control uses."""
    association: Test | None
    synchrony: Test | None
    precedence: Test | None
    first: Test | None
    control_association: Test | None = None
    """Of the control with A."""
    control_precedence: Test | None = None
    """Of A before the control."""
    synchrony_beyond: Test | None = None
    followers: Test | None = None
    leaders: Test | None = None
    tracking: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the evidence can be read as."""

    evidence: Evidence
    verdict: Verdict
    possible: tuple[Verdict, ...]
    """With "cannot tell": the readings that stay open."""
    why: tuple[str, ...]
    cautions: tuple[str, ...] = ()


def evidence(actions: Actions, groups: Groups, a: str, b: str, control: str | None, rules: Rules) -> Evidence:
    """Return all figures for two groups.

    Raises:
        BadOption: There is no such group.
    """
    one, other = groups.number(a), groups.number(b)
    uses = first_uses(actions, groups)
    window, horizon = round(rules.window * 1000), round(rules.horizon * 1000)
    width = round((rules.window * 10 if rules.jitter is None else rules.jitter) * 1000)
    chance = {"draws": rules.draws, "seed": rules.seed}
    common = shared_items(uses, one, other)
    found = Evidence(
        a=a,
        b=b,
        control=control,
        items=len(common),
        in_control=0,
        association=association(uses, one, other, horizon=horizon, **chance),
        synchrony=synchrony(actions, groups, one, other, window=window, width=width, **chance),
        precedence=precedence(uses, one, other, **chance),
        first=first(uses, one, other, **chance),
    )
    return found if control is None else _with_control(actions, groups, uses, found, rules)


def _with_control(actions: Actions, groups: Groups, uses: Uses, found: Evidence, rules: Rules) -> Evidence:
    a, b, c = groups.number(found.a), groups.number(found.b), groups.number(str(found.control))
    window, horizon = round(rules.window * 1000), round(rules.horizon * 1000)
    chance = {"draws": rules.draws, "seed": rules.seed}
    return Evidence(
        a=found.a,
        b=found.b,
        control=found.control,
        items=found.items,
        in_control=len(shared_items(uses, a, b, c)),
        association=found.association,
        synchrony=found.synchrony,
        precedence=found.precedence,
        first=found.first,
        control_association=association(uses, a, c, horizon=horizon, **chance),
        control_precedence=precedence(uses, a, c, **chance),
        synchrony_beyond=synchrony_beyond(actions, groups, a, b, c, window=window, **chance),
        followers=followers(uses, a, b, c, **chance),
        leaders=leaders(uses, a, b, c, **chance),
        tracking=tracking(uses, a, b, c, horizon=2 * horizon, **chance),
    )


def read(found: Evidence, rules: Rules, grain: int = 1) -> Reading:
    """Return what the evidence can be read as; `grain` is the milliseconds to which times are given."""
    cautions = tuple(_cautions(found, rules, grain))
    verdict, possible, why = _judged(found, rules)
    return Reading(evidence=found, verdict=verdict, possible=possible, why=why, cautions=cautions)


_Judged = tuple[Verdict, tuple[Verdict, ...], tuple[str, ...]]


def _judged(found: Evidence, rules: Rules) -> _Judged:
    if found.items < LEAST or found.association is None:
        return _open(("coordinated", "imitating", "common cause", "unrelated"), f"they share {found.items} items only")
    step, lead = (_sign(test, rules) for test in (found.synchrony, found.precedence))
    near = _near(found.association, rules)
    if near is False and not step and found.items < WELL:
        return _open(
            ("common cause", "imitating", "unrelated"), f"{found.items} items are too few to rule anything out"
        )
    if near is False and not step:
        nearer = "no nearer" if found.association.p >= rules.beta else "hardly nearer (and that is not sure)"
        return "unrelated", (), (f"their uses lie {nearer} to each other in time than chance gives",)
    if near is not True:
        return _open(
            ("common cause", "imitating", "unrelated"), "whether their uses have to do with each other is open"
        )
    if step:
        return _in_step(found, rules)
    if step is None and found.synchrony is not None and _sign(found.synchrony_beyond, rules) is not False:
        return _open(("coordinated", "imitating", "common cause"), "whether they are in step is open")
    if lead:
        return _ahead(found, rules)
    return _level(found, rules, lead)


def _in_step(found: Evidence, rules: Rules) -> _Judged:
    """Judge groups that post within seconds of each other more than posts moved a little would."""
    why = f"{found.b} posts within {rules.window:g} s of {found.a} more than chance gives"
    if found.control is None:
        return _open(("coordinated", "common cause"), why, "without a control group, machines that follow one source"
                     " cannot be told from coordination")  # fmt: skip
    if _is_absent(found, rules):
        return "coordinated", (), (why, f"{found.control} hardly uses what they share")
    beyond = _sign(found.synchrony_beyond, rules)
    if beyond:
        return "coordinated", (), (why, f"{found.control} does so less")
    if beyond is False:
        return "common cause", (), (why, f"{found.control} does so as much")
    return _open(("coordinated", "common cause"), why, f"whether {found.control} does so less is open")


def _ahead(found: Evidence, rules: Rules) -> _Judged:
    """Judge groups that are not in step and of which A is earlier more than dealt labels would be."""
    why = f"{found.a} is earlier more often than chance gives, and not within seconds"
    if found.control is None:
        return _open(("imitating", "common cause"), why, "without a control group a slower group cannot be told from a"
                     " follower")  # fmt: skip
    if _is_absent(found, rules) or not _sign(found.control_association, rules):
        return _open(("imitating", "common cause"), why, f"{found.control} does not take up the same things at the same"
                     " times, so it does not date the events")  # fmt: skip
    tracks = _sign(found.tracking, rules)
    if tracks:
        return (
            "imitating",
            (),
            (why, f"{found.b} is late where {found.a} is late, by the time that {found.control} gives"),
        )
    free = tracks is False or (found.tracking is not None and found.tracking.items >= WELL)
    if free and _sign(found.leaders, rules) is False:
        return "common cause", (), (why, f"{found.control} is before {found.b} as much: {found.b} is slow")
    if free and _sign(found.followers, rules) is False:
        return "common cause", (), (why, f"{found.a} is before {found.control} as much: {found.a} is fast")
    return _open(("imitating", "common cause"), why, f"{found.b} is not clearly late where {found.a} is late")


def _level(found: Evidence, rules: Rules, lead: bool | None) -> _Judged:
    """Judge groups that take up the same things at the same times, not in step, and A not clearly earlier."""
    why = "they take up the same things at the same times, not in step"
    if lead is None and found.precedence is not None and _sign(found.tracking, rules) is not False:
        return _open(("imitating", "common cause"), why, f"whether {found.a} is earlier is open")
    if found.control is not None and not _is_absent(found, rules) and _sign(found.control_association, rules):
        return "common cause", (), (why, f"{found.a} is not earlier", f"{found.control} takes them up then as well")
    return _open(("coordinated", "common cause"), why, "no control group shares this: an event or an agreement")


def _open(possible: tuple[Verdict, ...], *why: str) -> _Judged:
    return "cannot tell", possible, why


def _sign(test: Test | None, rules: Rules) -> bool | None:
    """Say whether a figure is beyond chance; None where that is open."""
    if test is None:
        return None
    return True if test.p <= rules.alpha else False if test.p >= rules.beta else None


def _near(test: Test, rules: Rules) -> bool | None:
    """Say whether uses lie near each other; a slight excess that is not sure is none, one that is sure stays open."""
    if test.value - test.expected < rules.slight:
        return None if test.p <= rules.alpha else False
    return _sign(test, rules)


def _is_absent(found: Evidence, rules: Rules) -> bool:
    return found.in_control < rules.rare * found.items


def _cautions(found: Evidence, rules: Rules, grain: int) -> Sequence[str]:
    cautions = []
    if grain > rules.window * 1000:
        cautions.append(f"times are given to {_grain(grain)}, which is coarser than the window of {rules.window:g} s")
    elif grain >= 60_000:
        cautions.append(f"times are given to {_grain(grain)}: in step means the same or the next one")
    if found.control is None:
        cautions.append("there is no control group")
    return cautions


def _grain(grain: int) -> str:
    return {60_000: "the minute", 3_600_000: "the hour", 86_400_000: "the day"}.get(grain, f"{grain / 1000:g} s")
