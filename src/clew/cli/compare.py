"""`clew compare`: who follows whom, against chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clew.cli.acting import Inputs, acted, authors, authors_held, columns_given, need_compare, say_left, seconds
from clew.cli.output import say, write, write_files
from clew.cli.progress import Progress
from clew.errors import BadOption, NothingFound

if TYPE_CHECKING:
    from clew.compare.actions import Actions
    from clew.compare.groups import Groups
    from clew.compare.pages import Comparison
    from clew.compare.readings import Reading, Rules

__all__ = ["command"]

_SUFFIXES = {".md": "md", ".html": "html", ".htm": "html", ".json": "json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    inputs: tuple[str, ...]
    groups: str | None
    group_columns: str
    group: tuple[str, ...]
    control: str | None
    pair: tuple[str, ...]
    trace: str
    tactic: tuple[str, ...]
    window: str
    jitter: str | None
    horizon: str
    draws: int
    seed: int
    columns: str | None
    source: str | None
    form: str | None
    out: str | None
    replace: bool
    problems: bool
    quiet: bool


@click.command("compare")
@click.argument("inputs", nargs=-1, metavar="[INPUT...]")
@click.option("--groups", metavar="FILE", help="A table of accounts and groups.")
@click.option("--group-columns", default="account,group", show_default=True, metavar="ACCOUNT,GROUP")
@click.option("--group", multiple=True, metavar="NAME=INPUT", help="A group of all who write in another"
              " input, of whom find:QUERY finds a post in the archive, or of the threads of dossier:NAME.")  # fmt: skip
@click.option("--control", metavar="NAME", help="The group that shows what others do, such as news.")
@click.option("--pair", multiple=True, metavar="A,B", help="Only these two, A the one that may lead; else each two.")
@click.option("--trace", default="tag", show_default=True, metavar="NAME,...", help="What counts as a use.")
@click.option(
    "--tactic", multiple=True, metavar="TRACE:NAME", help="Only this, such as tag:maga or phrase:'fake news'."
)
@click.option("--window", default="60s", show_default=True, metavar="TIME", help="Within which posts are in step.")
@click.option("--jitter", metavar="TIME", help="How far posts are moved; ten windows.")
@click.option("--horizon", default="1d", show_default=True, metavar="TIME", help="Within which uses have to do at all.")
@click.option("--draws", type=click.IntRange(min=99), default=499, show_default=True, help="How often chance is drawn.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--columns", metavar="WHAT=NAME,...", help="Which columns of a table are what.")
@click.option("--from", "source", metavar="FORMAT", help="Take posts as this; `clew formats` names them.")
@click.option("--to", "form", type=click.Choice(["md", "html", "json"]), help="md, unless --out says more.")
@click.option("--out", metavar="FILE")
@click.option("--replace", is_flag=True, help="Replace files that are there already.")
@click.option("--problems", is_flag=True, help="List what could not be read, or was left out.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(**given: Any) -> int:
    """Say of groups of accounts whether they are coordinated, imitate, share a cause, or have nothing to do.

    INPUT is anything that clew reads, an archive, or a table of actions; without one it is your archive. Each reading
    rests on figures beside what chance gives, and says when nobody can tell. Without a control group most stories
    cannot be told apart.

    \b
    Examples:
      clew compare posts.jsonl --groups groups.csv --control news --out report.html
      clew compare posts.jsonl --groups groups.csv --pair russia,china --control news --trace domain
      clew compare all.jsonl --group troll=troll.jsonl --group news=news.jsonl --tactic tag:maga --tactic tag:tcot
      clew compare --group hawks='find:from:ana OR from:ben' --group doves=find:tag:peace --trace link
    """
    need_compare()
    from clew.compare.pages import Comparison
    from clew.compare.readings import Rules
    from clew.compare.spread import adoption, first_uses

    wish = Wish(**given)
    traces, phrases = _traces(wish)
    inputs = Inputs(
        paths=wish.inputs,
        traces=traces,
        phrases=phrases,
        source=wish.source,
        columns=columns_given(wish.columns),
        quiet=wish.quiet,
    )
    rules = Rules(
        window=seconds("--window", wish.window),
        jitter=None if wish.jitter is None else seconds("--jitter", wish.jitter),
        horizon=seconds("--horizon", wish.horizon),
        draws=wish.draws,
        seed=wish.seed,
    )
    actions = acted(inputs)
    if inputs.failed and not len(actions):
        return 2
    actions = _wanted(wish, actions)
    groups = _groups(wish, inputs, actions)
    found = Comparison(
        actions=actions,
        groups=groups,
        rules=rules,
        curves=adoption(first_uses(actions, groups), groups),
        readings=list(_readings(wish, actions, groups, rules)),
    )
    _deliver(wish, found)
    if wish.problems:
        for line in inputs.problems:
            say(line)
    if not wish.quiet:
        for reading in found.readings:
            open_ = f" ({' or '.join(reading.possible)})" if reading.possible else ""
            say(f"{reading.evidence.a} → {reading.evidence.b}: {reading.verdict}{open_}")
    return 2 if inputs.failed else 0


def _traces(wish: Wish) -> tuple[list[str], list[str]]:
    """Return the traces and the phrases that are looked for.

    Raises:
        BadOption: A tactic is written otherwise.
    """
    if not wish.tactic:
        return [trace.strip() for trace in wish.trace.split(",") if trace.strip()], []
    split = [tactic.partition(":") for tactic in wish.tactic]
    for tactic, (trace, _, name) in zip(wish.tactic, split, strict=True):
        if not trace or not name.strip():
            raise BadOption(f"--tactic {tactic}: write it as trace:name, such as tag:maga.")
    traces = dict.fromkeys(trace for trace, _, _ in split if trace != "phrase")
    return list(traces), [name for trace, _, name in split if trace == "phrase"]


def _wanted(wish: Wish, actions: Actions) -> Actions:
    """Return the actions to look at.

    Raises:
        NothingFound: There are none.
    """
    import numpy as np

    from clew.compare.actions import selected

    if not wish.quiet:
        say_left(actions)
    if wish.tactic:
        names = {(trace, name.strip().removeprefix("#").casefold()) for trace, _, name in map(_parted, wish.tactic)}
        keys = zip((actions.traces[trace] for trace in actions.trace_of.tolist()), actions.objects, strict=True)
        meant = np.array([trace == "phrase" or (trace, name.casefold()) in names for trace, name in keys], dtype=bool)
        actions = selected(actions, meant[actions.object]) if len(meant) else actions
    if not len(actions):
        raise NothingFound(f"nothing that counts as a use in {', '.join(wish.inputs) or 'the archive'}.")
    return actions


def _parted(tactic: str) -> tuple[str, str, str]:
    return tactic.partition(":")


def _groups(wish: Wish, inputs: Inputs, actions: Actions) -> Groups:
    """Return the groups that the user names.

    Raises:
        BadOption: There are fewer than two, or one of the names is that of none.
    """
    from clew.compare.groups import assign

    groups = assign(actions, _pairs(wish, inputs))
    if len(groups.names) < 2:
        raise BadOption("there is one group only; comparing takes two, and a control.")
    if wish.control is not None:
        groups.number(wish.control)
    return groups


def _pairs(wish: Wish, inputs: Inputs) -> Iterator[tuple[str, str]]:
    from clew.compare.tables import pairs_of

    if wish.groups is None and not wish.group:
        raise BadOption(
            "name the groups with --groups FILE, or each with --group NAME=INPUT, find:QUERY or dossier:NAME."
        )
    if wish.groups is not None:
        account, comma, group = wish.group_columns.partition(",")
        if not comma:
            raise BadOption(f"--group-columns {wish.group_columns}: write it as account,group.")
        yield from pairs_of(wish.groups, account.strip(), group.strip())
    for given in wish.group:
        name, equals, path = given.partition("=")
        if not equals or not name.strip():
            raise BadOption(f"--group {given}: write it as name=input.")
        is_held = path.startswith(("find:", "dossier:"))
        for author in authors_held(inputs, path) if is_held else authors(inputs, path):
            yield author, name.strip()


def _readings(wish: Wish, actions: Actions, groups: Groups, rules: Rules) -> Iterator[Reading]:
    from clew.compare.readings import evidence, read

    if wish.pair:
        pairs = [_pair(pair) for pair in wish.pair]
    else:
        pairs = list(permutations([name for name in groups.names if name != wish.control], 2))
    if not pairs:
        raise BadOption("besides the control there is one group only; comparing takes two.")
    with Progress(quiet=wish.quiet) as progress:
        for number, (a, b) in enumerate(pairs):
            progress.step(f"{a} and {b}", number, len(pairs))
            yield read(evidence(actions, groups, a, b, wish.control, rules), rules, actions.grain)


def _pair(given: str) -> tuple[str, str]:
    a, comma, b = given.partition(",")
    if not comma or a.strip() == b.strip():
        raise BadOption(f"--pair {given}: write it as two groups, such as russia,china.")
    return a.strip(), b.strip()


def _deliver(wish: Wish, found: Comparison) -> None:
    from clew.compare import pages, report

    form = wish.form or _SUFFIXES.get(Path(wish.out or "").suffix.lower(), "md")
    match form:
        case "json":
            pieces = pages.comparison_json(found)
        case "html":
            pieces = report.html(pages.comparison_report(found))
        case _:
            pieces = report.markdown(pages.comparison_report(found))
    if wish.out in (None, "-"):
        write(pieces)
    else:
        write_files({Path(str(wish.out)): pieces}, replace=wish.replace)
