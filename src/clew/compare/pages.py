"""What the reports say: of coordination within windows, and of groups beside each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from clew.compare import svg
from clew.compare.actions import Actions
from clew.compare.chance import Verdict
from clew.compare.coordinate import Coordination
from clew.compare.disarm import technique
from clew.compare.edges import evidence_of
from clew.compare.groups import Groups
from clew.compare.network import layout
from clew.compare.readings import LIMITS, Reading, Rules
from clew.compare.report import Block, Bullets, Figure, Heading, Paragraph, Report, Table, clean, number
from clew.compare.spread import Curve, Test

__all__ = ["Comparison", "comparison_json", "comparison_report", "coordination_json", "coordination_report"]

SHOWN = 25
"""Rows of a table of edges, members or communities in a report."""
DRAWN = 5_000
"""Accounts in the drawing of a network at most."""

_NULL_WORDS = {
    "rewire": "the authors of posts dealt anew within each day",
    "jitter": "every post moved by up to {width:g} s",
    "labels": "the accounts of each object dealt anew among its uses",
}
_COORDINATION_LIMITS = (
    "Beyond chance is not the same as agreed: accounts that follow one source by machine act together as well.",
    "Only what the data holds is compared; accounts that were not collected cannot be found.",
    "Edges are judged one by one; a community is a picture of them and no finding of its own.",
    *LIMITS[2:],
)


# Coordination --------------------------------------------------------------------------------------------------------


def coordination_report(found: Sequence[Coordination]) -> Report:
    """Return the report on coordination within one window or several, each kept apart."""
    blocks: list[Block] = [Paragraph(_about(found[0].actions)), *_left(found[0].actions)]
    for one in found:
        blocks += _window(one)
    blocks += [Heading("Limits"), Bullets(_COORDINATION_LIMITS), *_method(found[0])]
    return Report("Who acts together", blocks)


def _about(actions: Actions) -> str:
    accounts, objects = len(np.unique(actions.account)), len(np.unique(actions.object))
    span = ""
    if len(actions):
        span = f", from {_day(int(actions.time.min()))} to {_day(int(actions.time.max()))}"
    return (
        f"{number(len(actions))} actions ({', '.join(actions.traces)}) by {number(accounts)} accounts on"
        f" {number(objects)} objects{span}."
    )


def _left(actions: Actions) -> list[Block]:
    if not actions.left:
        return []
    return [
        Paragraph("Left out: " + "; ".join(f"{number(count)} {what}" for what, count in actions.left.items()) + ".")
    ]


def _window(found: Coordination) -> list[Block]:
    settings, kept = found.settings, len(found.found.edges)
    blocks: list[Block] = [
        Heading(f"Within {settings.window:g} seconds"),
        Paragraph(
            f"{number(found.pairs)} pairs of actions between {number(found.edges)} pairs of accounts. Of these"
            f" {number(found.judged)} weigh {settings.min_weight} or more and were judged; {number(kept)} stand against"
            f" chance with at most {settings.alpha:.0%} false among them."
        ),
    ]
    for verdict in found.verdicts:
        blocks += _verdict(verdict, found)
    if not kept:
        return [*blocks, Paragraph("No single edge here is more than chance gives.")]
    return [*blocks, *_network(found), _communities(found), _members(found), _edges(found)]


def _verdict(verdict: Verdict, found: Coordination) -> list[Block]:
    words = _NULL_WORDS[verdict.null].format(width=found.settings.width)
    top = int(np.flatnonzero(verdict.seen)[-1]) if verdict.seen.any() else 0
    least = found.settings.min_weight
    shown = range(least, min(top, least + 11) + 1)
    seen, chance = [int(verdict.seen[at]) for at in shown], [float(verdict.by_chance[at]) for at in shown]
    limit = verdict.threshold(found.settings.alpha)
    told = (
        f"From weight {limit} on chance gives at most {found.settings.alpha:.0%} of the edges."
        if limit is not None
        else "At no weight does chance give so few edges that weight alone would tell."
    )
    if not seen:
        return []
    rows = [[f"{at} or more", number(a), number(b)] for at, a, b in zip(shown, seen, chance, strict=True)]
    return [
        Paragraph(f"Against chance ({verdict.null}): {words}, {verdict.draws} times. {told}"),
        Table(f"Edges by weight, seen and by chance ({verdict.null})", ("weight", "seen", "by chance"), rows),
        Figure(
            f"Edges by weight, seen and by chance ({verdict.null}); each step of the scale is ten times the one below.",
            svg.bars(seen, chance, f"Edges by weight ({verdict.null})", least),
        ),
    ]


def _network(found: Coordination) -> list[Block]:
    if len(found.members) > DRAWN:
        return [Paragraph(f"The network has more than {number(DRAWN)} accounts and is not drawn.")]
    edges = found.found.edges
    places = layout(edges, found.settings.seed)
    community = {account: group.number for group in found.communities for account in group.accounts}
    words = f"{len(places)} accounts, {len(edges)} edges, {len(found.communities)} communities"
    drawing = svg.network(
        places, np.stack([edges.first, edges.second], axis=1), community, "Network of accounts", words
    )
    return [Figure(f"The network of kept edges: {words}. Colours are communities.", drawing)]


def _communities(found: Coordination) -> Table:
    rows = [
        [
            str(group.number),
            ", ".join(clean(name, 40) for name in found.actions.accounts.take(list(group.accounts[:8])))
            + (" …" if len(group.accounts) > 8 else ""),
            _objects(group.objects),
            number(len(group.accounts)),
            number(group.edges),
        ]
        for group in found.communities[:SHOWN]
    ]
    return Table(
        f"Communities (Leiden), {_some(len(found.communities))}",
        ("community", "accounts", "what they most do together (pairs)", "accounts", "edges"),
        rows,
        words=3,
    )


def _members(found: Coordination) -> Table:
    names = found.actions.accounts
    rows = [
        [
            clean(names[member.account], 60),
            f"{clean(names[member.partner], 60)} ({member.weight})",
            _objects(member.objects),
            str(member.community),
            number(member.partners),
            number(member.posts),
            f"{number(member.delay, 1)} s",
            f"{member.first:.0%}",
        ]
        for member in found.members[:SHOWN]
    ]
    return Table(
        f"Why each account is in, {_some(len(found.members))}",
        (
            "account",
            "heaviest edge (weight)",
            "objects (pairs)",
            "community",
            "partners",
            "posts",
            "median delay",
            "first",
        ),
        rows,
        words=3,
    )


def _edges(found: Coordination) -> Table:
    edges, names = found.found.edges, found.actions.accounts
    order = np.lexsort((edges.second, edges.first, -edges.weight))[:SHOWN]
    nulls = [verdict.null for verdict in found.verdicts]
    rows = [
        [
            clean(names[edges.first[at]], 60),
            clean(names[edges.second[at]], 60),
            number(int(edges.weight[at])),
            number(int(edges.objects[at])),
            f"{number(float(found.timing.delay[at]), 1)} s",
            number(float(edges.symmetry[at])),
            *(number(float(verdict.expected[at])) for verdict in found.verdicts),
            *(number(float(verdict.q[at])) for verdict in found.verdicts),
        ]
        for at in order.tolist()
    ]
    head = ("account", "account", "weight", "objects", "mean delay", "symmetry")
    return Table(
        f"The heaviest edges, {_some(len(edges))}",
        (*head, *(f"by chance ({null})" for null in nulls), *(f"q ({null})" for null in nulls)),
        rows,
        words=2,
    )


def _method(found: Coordination) -> list[Block]:
    settings = found.settings
    return [
        Heading("How it was reckoned"),
        Bullets(
            (
                "An edge joins two accounts that did the same thing within the window; its weight is the smaller number"
                " of posts that either has in it.",
                f"{number(found.possible)} pairs of accounts could have had an edge; the false discovery rate"
                " (Benjamini and Hochberg) is over all of them for the first null model, and over the edges that still"
                " stand for each later one.",
                f"Draws: {settings.draws}; seed: {settings.seed}. The same input and seed give the same report.",
                "DISARM techniques whose outward form the traces have: "
                + ", ".join(f"{trace} {technique(trace)}" for trace in found.actions.traces)
                + ".",
            )
        ),
    ]


def _objects(objects: Sequence[tuple[str, str, int]]) -> str:
    return "; ".join(f"{trace} {clean(name, 60)} ({count})" for trace, name, count in objects[:3])


def _some(count: int) -> str:
    return f"all {number(count)}" if count <= SHOWN else f"the first {SHOWN} of {number(count)}"


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def coordination_json(found: Sequence[Coordination]) -> Iterator[str]:
    """Yield all that was found as one JSON object, an edge a line."""
    actions = found[0].actions
    head = {"schema": "clew/coordination/1", "actions": len(actions), "traces": actions.traces, "left": actions.left}
    yield _dumped(head)[:-1] + ',"limits":' + _dumped(_COORDINATION_LIMITS) + ',"windows":[\n'
    for place, one in enumerate(found):
        yield (",\n" if place else "") + _dumped(_window_facts(one))[:-1] + ',"edges":[\n'
        for edge in range(len(one.found.edges)):
            yield (",\n" if edge else "") + _dumped(_edge(one, edge))
        yield "\n]}"
    yield "\n]}\n"


def _window_facts(found: Coordination) -> dict[str, Any]:
    names = found.actions.accounts
    return {
        "settings": asdict(found.settings),
        "pairs": found.pairs,
        "pairs_of_accounts": found.edges,
        "judged": found.judged,
        "possible": found.possible,
        "kept": len(found.found.edges),
        "nulls": [
            {
                "null": verdict.null,
                "draws": verdict.draws,
                "threshold": verdict.threshold(found.settings.alpha),
                "seen_or_more": np.trim_zeros(verdict.seen, "b").tolist(),
                "by_chance_or_more": [round(value, 4) for value in np.trim_zeros(verdict.by_chance, "b").tolist()],
            }
            for verdict in found.verdicts
        ],
        "communities": [{**asdict(group), "accounts": names.take(list(group.accounts))} for group in found.communities],
        "members": [
            {**asdict(member), "account": names[member.account], "partner": names[member.partner]}
            for member in found.members
        ],
    }


def _edge(found: Coordination, edge: int) -> dict[str, Any]:
    actions, edges = found.actions, found.found.edges
    pairs = evidence_of(found.found, edge)
    objects = actions.object[pairs.left]
    return {
        "accounts": actions.accounts.take([int(edges.first[edge]), int(edges.second[edge])]),
        "weight": int(edges.weight[edge]),
        "posts": [int(edges.posts[edge]), int(edges.posts_second[edge])],
        "objects": int(edges.objects[edge]),
        "first": [int(found.timing.ahead[edge]), int(found.timing.behind[edge])],
        "delay": round(float(found.timing.delay[edge]), 3),
        "chance": {
            verdict.null: {
                "expected": float(verdict.expected[edge]),
                "p": float(verdict.p[edge]),
                "q": float(verdict.q[edge]),
            }
            for verdict in found.verdicts
        },
        "evidence": [
            {"posts": [one, other], "trace": actions.traces[trace], "object": name, "delay": delay / 1000}
            for one, other, trace, name, delay in zip(
                actions.contents.take(actions.content[pairs.left]),
                actions.contents.take(actions.content[pairs.right]),
                actions.trace_of[objects].tolist(),
                actions.objects.take(objects),
                (actions.time[pairs.right] - actions.time[pairs.left]).tolist(),
                strict=True,
            )
        ],
    }


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# Groups --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Groups, how they took things up, and how each two can be read."""

    actions: Actions
    groups: Groups
    rules: Rules
    curves: Sequence[Curve]
    readings: Sequence[Reading]
    """The first group of each is the one that may lead."""


def comparison_report(found: Comparison) -> Report:
    """Return the report on groups."""
    traces = ", ".join(found.actions.traces)
    sizes = [[curve.group, number(curve.size), number(len(curve.times))] for curve in found.curves]
    blocks: list[Block] = [
        Paragraph(_about(found.actions)),
        *_left(found.actions),
        Table("The groups", ("group", "accounts in the data", f"of them with a use ({traces})"), sizes),
    ]
    if found.groups.absent:
        blocks.append(Paragraph(f"{number(found.groups.absent)} accounts of the groups do nothing in the data."))
    if any(len(curve.times) for curve in found.curves):
        blocks.append(
            Figure(
                "How the groups took it up: the share of accounts with a first use, over time.",
                svg.curves(found.curves, "Adoption"),
            )
        )
    blocks += [Heading("Readings"), _readings(found), *_ordered(found)]
    for reading in found.readings:
        blocks += _reading(reading)
    blocks += [Heading("Limits"), Bullets(LIMITS), *_rules(found)]
    return Report("Who follows whom", blocks)


def _readings(found: Comparison) -> Table:
    rows = [
        [
            f"{reading.evidence.a} → {reading.evidence.b}",
            _verdict_words(reading),
            number(reading.evidence.items),
            _beside(reading.evidence.first, "{:.0%}"),
            _beside(reading.evidence.precedence, "{:.0%}"),
            _beside(reading.evidence.synchrony, "{:.1%}"),
        ]
        for reading in found.readings
    ]
    head = ("pair", "reading", "common items", "A first (chance; z)", "A earlier (chance; z)", "in step (chance; z)")
    return Table("Each pair of groups, A → B; in brackets what chance gives", head, rows, words=2)


def _ordered(found: Comparison) -> list[Block]:
    rows = [
        (f"{reading.evidence.a} → {reading.evidence.b}", test.value, test.expected, test.deviation)
        for reading in found.readings
        if (test := reading.evidence.precedence) is not None
    ]
    if not rows:
        return []
    caption = (
        "How often an account of A is earlier than one of B (dot), beside what chance gives (bar: two deviations)."
    )
    return [Figure(caption, svg.ranges(rows, "Precedence"))]


def _verdict_words(reading: Reading) -> str:
    return reading.verdict + (f" ({' or '.join(reading.possible)})" if reading.possible else "")


def _beside(test: Test | None, form: str) -> str:
    if test is None:
        return "–"
    return f"{form.format(test.value)} ({form.format(test.expected)}; {number(test.z, 1)})"


_QUESTIONS = {
    "association": "B's uses within the horizon of A's",
    "synchrony": "B's posts in step with A's",
    "precedence": "A earlier than B",
    "first": "A first",
    "control_association": "the control's uses within the horizon of A's",
    "control_precedence": "A earlier than the control",
    "synchrony_beyond": "B in step with A, more than the control is",
    "followers": "A earlier than B, more than the control",
    "leaders": "A earlier than B, more than the control is",
    "tracking": "B late where A is late (rank correlation)",
}


def _reading(reading: Reading) -> list[Block]:
    facts = reading.evidence
    rows = [
        [
            words,
            number(test.value, 3),
            number(test.expected, 3),
            number(test.z, 1),
            number(test.p, 3),
            number(test.items),
        ]
        for name, words in _QUESTIONS.items()
        if (test := getattr(facts, name)) is not None
    ]
    control = f", control {facts.control} (uses {number(facts.in_control)} of the items)" if facts.control else ""
    blocks: list[Block] = [
        Heading(f"{facts.a} → {facts.b}: {_verdict_words(reading)}"),
        Paragraph(f"{number(facts.items)} common items{control}. {_sentence(reading.why)}"),
    ]
    if reading.cautions:
        blocks.append(Paragraph(f"Caution: {_sentence(reading.cautions)}"))
    if rows:
        head = ("question", "seen", "by chance", "z", "p", "items")
        blocks.append(Table(f"{facts.a} → {facts.b} (A is {facts.a}, B is {facts.b})", head, rows))
    return blocks


def _sentence(parts: Sequence[str]) -> str:
    whole = "; ".join(parts)
    return f"{whole[:1].upper()}{whole[1:]}."


def _rules(found: Comparison) -> list[Block]:
    rules = found.rules
    width = rules.window * 10 if rules.jitter is None else rules.jitter
    return [
        Heading("How it was reckoned"),
        Bullets(
            (
                f"In step: within {rules.window:g} s; the null model moves posts by up to {width:g} s. Horizon:"
                f" {rules.horizon:g} s.",
                f"A figure counts at p ≤ {rules.alpha:g} and is taken for chance at p ≥ {rules.beta:g}; between the two"
                " nothing is said.",
                "First: on what share of common items the group has the earliest use. Earlier: how often an account of"
                " A is before one of B; single early birds and sizes of groups weigh nothing there.",
                f"Draws: {rules.draws}; seed: {rules.seed}. The same input and seed give the same report.",
                "DISARM techniques whose outward form the traces have: "
                + ", ".join(f"{trace} {technique(trace)}" for trace in found.actions.traces)
                + ".",
            )
        ),
    ]


def comparison_json(found: Comparison) -> Iterator[str]:
    """Yield the comparison as one JSON object."""
    facts: Mapping[str, Any] = {
        "schema": "clew/comparison/1",
        "actions": len(found.actions),
        "traces": found.actions.traces,
        "left": found.actions.left,
        "rules": asdict(found.rules),
        "groups": [
            {"group": curve.group, "accounts": curve.size, "adopters": len(curve.times)} for curve in found.curves
        ],
        "limits": LIMITS,
        "readings": [
            {**asdict(reading), "evidence": {name: _test(value) for name, value in _evidence(reading).items()}}
            for reading in found.readings
        ],
    }
    yield json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def _evidence(reading: Reading) -> dict[str, Any]:
    return {name: getattr(reading.evidence, name) for name in type(reading.evidence).__slots__}


def _test(value: Any) -> Any:
    return {**asdict(value), "z": value.z} if isinstance(value, Test) else value
