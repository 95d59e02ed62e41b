"""The tasks: which trials are run, and which figures are read off them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.threadbench import scores, trials
from benchmarks.threadbench.answers import answer
from benchmarks.threadbench.gold import Archive, GoldThread
from benchmarks.threadbench.scores import Estimate, Stats
from benchmarks.threadbench.tools import Tool
from benchmarks.threadbench.trials import Trial

__all__ = ["TASKS", "Given", "Row", "rows", "trials_of"]

TASKS = ("belong", "noise", "gap", "number")
PLACES = tuple((place, count) for place in ("interior", "head", "tail") for count in (1, 2, 3))
PAIRS = (("numbered", "numbered"), ("unnumbered", "unnumbered"), ("numbered", "unnumbered"))

_BELONG = ("F1", "precision", "recall", "exact", "order")
_CERTAINTY = ("proven right", "likely right", "possible right", "all right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a run works on."""

    threads: Sequence[GoldThread]
    x_archives: Sequence[Archive] = ()
    other_archives: Sequence[Archive] = ()
    busy: Sequence[Archive] = ()
    hand: dict[str, int | None]
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    task: str
    setting: str
    group: str
    measure: str
    figures: tuple[Estimate | None, ...]
    """One per tool, in their order; None where there is nothing to measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What a row of the table is made of."""

    task: str
    setting: str
    group: str
    trials: tuple[str, ...]
    kinds: tuple[str, ...] | None
    """The kinds of threads that count; None for all."""
    measures: tuple[str, ...]


def trials_of(given: Given, tasks: Sequence[str]) -> Iterator[Trial]:
    """Yield the trials of the tasks, one after the other."""
    makers: dict[str, Callable[[Given], Iterator[Trial]]] = {
        "belong": _belong,
        "noise": _noise,
        "gap": _gap,
        "number": _number,
    }
    for task in tasks:
        yield from (trial for trial in makers[task](given) if trial.lines)


def _belong(given: Given) -> Iterator[Trial]:
    yield trials.belong(given.threads, given.seed)


def _noise(given: Given) -> Iterator[Trial]:
    threads, seed = given.threads, given.seed
    if given.x_archives:
        yield trials.noise(threads, given.x_archives, seed)
    for archive in (*given.x_archives, *given.other_archives, *given.busy):
        yield trials.archive(archive, seed)
    for kinds in PAIRS:
        yield trials.interleaved(threads, kinds, seed)
        yield trials.back_to_back(threads, kinds, seed)
    for linked in (False, True):
        yield trials.restarted(threads, linked=linked, seed=seed)
        yield trials.changed(threads, linked=linked, removed=False, seed=seed)
        yield trials.changed(threads, linked=linked, removed=True, seed=seed)


def _gap(given: Given) -> Iterator[Trial]:
    for linked in (False, True):
        yield trials.gap(given.threads, "whole", 0, linked=linked, seed=given.seed)
        for place, count in PLACES:
            yield trials.gap(given.threads, place, count, linked=linked, seed=given.seed)


def _number(given: Given) -> Iterator[Trial]:
    yield trials.hand_numbers(given.threads, given.hand, given.seed)


def rows(given: Given, tools: Sequence[Tool], tasks: Sequence[str], watch: Callable[[str], None]) -> list[Row]:
    """Run every tool on every trial and return the table; `watch` is told the name of each trial."""
    found: dict[str, list[Stats]] = {}
    kinds: dict[str, dict[str, str]] = {}
    with ThreadPoolExecutor(2) as pool:
        for trial in trials_of(given, tasks):
            watch(trial.name)
            found[trial.name] = list(pool.map(lambda tool: _stats(trial, tool), tools))  # noqa: B023
            kinds[trial.name] = {case.thread: case.kind for case in trial.cases}
    table: list[Row] = []
    for line in _lines(given):
        names = [name for name in line.trials if name in found]
        if line.task not in tasks or not names:
            continue
        threads = {thread for name in names for thread in _threads(line, found[name], kinds[name])}
        for name in line.measures:
            measure = scores.MEASURES[name]
            figures = tuple(
                scores.estimate(measure, [found[trial][at] for trial in names], threads, given.seed)
                for at in range(len(tools))
            )
            if any(figures):
                table.append(Row(task=line.task, setting=line.setting, group=line.group, measure=name, figures=figures))
    return table


def _threads(line: _Line, found: Sequence[Stats], kinds: Mapping[str, str]) -> Iterator[str]:
    """Yield the threads of a trial that count; where all do, also accounts whose posts form none."""
    if line.kinds is None:
        yield from (thread for part in found for thread in part)
    else:
        yield from (thread for thread, kind in kinds.items() if kind in line.kinds)


def _stats(trial: Trial, tool: Tool) -> Stats:
    """Return what one tool gets in one trial; nothing where the trial is not for it."""
    if tool.needs_reply_ids and not any(line.get("reply_to") for line in trial.lines):
        return {}
    return scores.stats(trial, answer(tool.threads(trial.lines)))


def _lines(given: Given) -> Iterator[_Line]:
    yield from _belong_lines()
    yield from _noise_lines(given)
    yield from _gap_lines()
    yield _Line(
        task="number",
        setting="checked by hand",
        group="all",
        trials=("number",),
        kinds=None,
        measures=("numbers right", "number precision", "number recall"),
    )


def _belong_lines() -> Iterator[_Line]:
    for kind in ("numbered", "unnumbered", "jumps"):
        yield _Line(task="belong", setting="shuffled", group=kind, trials=("belong",), kinds=(kind,), measures=_BELONG)


def _noise_lines(given: Given) -> Iterator[_Line]:
    for kind in ("numbered", "unnumbered", "jumps"):
        yield _Line(
            task="noise",
            setting="among other posts",
            group=kind,
            trials=("noise",),
            kinds=(kind,),
            measures=(*_BELONG, "others left alone"),
        )
    groups = {"X archives": given.x_archives, "Mastodon and Bluesky": given.other_archives}
    for name, archives in groups.items():
        own = tuple(f"archive {archive.name}" for archive in archives)
        figures = (*_BELONG, "others left alone")
        yield _Line(task="noise", setting="an account's posts", group=name, trials=own, kinds=None, measures=figures)
    yield _Line(
        task="noise",
        setting="an account's posts",
        group="busy accounts",
        trials=("archive busy accounts",),
        kinds=None,
        measures=("others left alone",),
    )
    for setting in ("interleaved", "back to back"):
        for kinds in PAIRS:
            both = "+".join(kinds)
            group = f"{kinds[0]} + {kinds[1]}"
            name = f"{setting} {both}"
            yield _Line(task="noise", setting=setting, group=group, trials=(name,), kinds=None, measures=("F1",))
    for setting, label in (("restarted", "numbers restart"), ("changed", "form changes")):
        hidden, linked = f"{setting} hidden", f"{setting} linked"
        yield _Line(task="noise", setting=label, group="no reply ids", trials=(hidden,), kinds=None, measures=("F1",))
        for group, name in (("no reply ids", hidden), ("with reply ids", linked)):
            measures = ("numbers right", "false alarms")
            yield _Line(task="noise", setting=label, group=group, trials=(name,), kinds=None, measures=measures)
    for group, name in (("no reply ids", "hidden"), ("with reply ids", "linked")):
        yield _Line(
            task="noise",
            setting="form changes, 1 interior removed",
            group=group,
            trials=(f"changed {name} removed",),
            kinds=None,
            measures=("findable found", "likely right"),
        )


def _gap_lines() -> Iterator[_Line]:
    for state, label in (("hidden", "no reply ids"), ("linked", "with reply ids")):
        for setting, name in (("whole", f"gap whole 0 {state}"), ("interior, 1 removed", f"gap interior 1 {state}")):
            for kind in ("numbered", "unnumbered"):
                group = f"{kind}, {label}"
                yield _Line(task="gap", setting=setting, group=group, trials=(name,), kinds=(kind,), measures=("F1",))
        for place, count in PLACES:
            name = f"gap {place} {count} {state}"
            setting = f"{place}, {count} removed"
            for kind in ("numbered", "unnumbered"):
                if state == "hidden" and kind == "unnumbered":
                    continue
                measures = ("findable found", "found", "count right") if kind == "numbered" else ("found",)
                yield _Line(
                    task="gap",
                    setting=setting,
                    group=f"{kind}, {label}",
                    trials=(name,),
                    kinds=(kind,),
                    measures=measures,
                )
        everything = tuple(f"gap {place} {count} {state}" for place, count in (*PLACES, ("whole", 0)))
        for kind in ("numbered", "unnumbered"):
            yield _Line(
                task="gap",
                setting="all of these and whole",
                group=f"{kind}, {label}",
                trials=everything,
                kinds=(kind,),
                measures=_CERTAINTY,
            )
            yield _Line(
                task="gap",
                setting="whole",
                group=f"{kind}, {label}",
                trials=(f"gap whole 0 {state}",),
                kinds=(kind,),
                measures=("false alarms", "false alarms, possible too"),
            )
        yield _Line(
            task="gap",
            setting="as captured",
            group=f"jumps, {label}",
            trials=(f"gap whole 0 {state}",),
            kinds=("jumps",),
            measures=("false alarms", "false alarms, possible too"),
        )
