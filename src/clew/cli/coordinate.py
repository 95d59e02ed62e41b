"""`clew coordinate`: accounts that act together more than chance gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clew.cli.acting import Inputs, acted, columns_given, need_compare, say_left, seconds
from clew.cli.output import say, write, write_files
from clew.cli.progress import Progress
from clew.errors import BadOption, NothingFound

if TYPE_CHECKING:
    from clew.compare.actions import Actions
    from clew.compare.coordinate import Coordination

__all__ = ["command"]

_FORMS = ("md", "html", "json", "csv", "parquet", "graphml", "gexf", "stix")
_TABLES = ("csv", "parquet", "graphml", "gexf")
_SUFFIXES = {".md": "md", ".html": "html", ".htm": "html", ".json": "json", ".csv": "csv", ".parquet": "parquet",
             ".graphml": "graphml", ".gexf": "gexf"}  # fmt: skip

Pieces = Iterable[str] | Iterable[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    inputs: tuple[str, ...]
    trace: str
    window: str
    mode: str
    min_weight: int | None
    min_participation: int
    null: str
    draws: int
    seed: int
    jitter: str | None
    alpha: float
    most_used: int | None
    columns: str | None
    source: str | None
    form: str | None
    out: str | None
    evidence: str | None
    engine: str
    connect: str | None
    replace: bool
    problems: bool
    quiet: bool


@click.command("coordinate")
@click.argument("inputs", nargs=-1, metavar="[INPUT...]")
@click.option(
    "--trace", default="repost,link,tag", show_default=True, metavar="NAME,...", help="What counts as one act."
)
@click.option(
    "--window", default="60s", show_default=True, metavar="TIME,...", help="How near in time; each kept apart."
)
@click.option("--mode", type=click.Choice(["clew", "coortweet", "cnt"]), default="clew", show_default=True)
@click.option("--min-weight", type=click.IntRange(min=1), help="Edges below are not judged: 2; in mode cnt 1.")
@click.option(
    "--min-participation", type=click.IntRange(min=1), default=2, show_default=True, help="Of mode coortweet."
)
@click.option("--null", default="rewire,jitter", show_default=True, metavar="NAME,...", help="What chance is: rewire,"
              " jitter, labels; or none.")  # fmt: skip
@click.option("--draws", type=click.IntRange(min=1), default=100, show_default=True, help="How often chance is drawn.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--jitter", metavar="TIME", help="How far posts are moved; ten windows.")
@click.option("--alpha", type=float, default=0.05, show_default=True, help="The share of false edges put up with.")
@click.option(
    "--most-used", type=click.IntRange(min=2), metavar="N", help="Leave out objects that are used more often."
)
@click.option("--columns", metavar="WHAT=NAME,...", help="Which columns of a table are what; object=a+b takes two.")
@click.option("--from", "source", metavar="FORMAT", help="Take posts as this; `clew formats` names them.")
@click.option("--to", "form", type=click.Choice(_FORMS), help="md, unless the name given with --out says more.")
@click.option("--out", metavar="FILE")
@click.option("--evidence", metavar="FILE", help="Every pair of posts behind the edges, as .csv or .parquet.")
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True)
@click.option("--connect", metavar="sc://HOST:PORT", help="The Spark Connect server, for --engine spark.")
@click.option("--replace", is_flag=True, help="Replace files that are there already.")
@click.option("--problems", is_flag=True, help="List what could not be read, or was left out.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(**given: Any) -> int:
    """Find accounts that act together within a window of time more than chance gives.

    INPUT is anything that clew reads, an archive, or a table (CSV, Parquet) with columns for object, account, content
    and time; without one it is your archive. Traces: repost, link, domain, tag, tags (their sequence), reply, quote,
    text, normal (without case, signs, links), near (near-duplicates), media, mention. Several traces are fused: a post
    counts once, whatever it shares.

    Modes coortweet and cnt give the figures of CooRTweet and of the coordination-network-toolkit.

    \b
    Examples:
      clew coordinate posts.jsonl --trace tag,link --window 60s --out report.html
      clew coordinate shares.parquet --window 10s,60s,5m --to json
      clew coordinate table.csv --columns object=url,account=user,time=date --to gexf --out net.gexf
      clew coordinate shares.parquet --null none --to parquet --out edges.parquet --engine spark --connect sc://host:15002
      clew coordinate shares.csv --mode coortweet --window 10s --to csv
    """
    need_compare()
    wish = Wish(**given)
    form = _form(wish)
    inputs = Inputs(
        paths=wish.inputs,
        traces=[trace.strip() for trace in wish.trace.split(",") if trace.strip()],
        source=wish.source,
        columns=columns_given(wish.columns),
        quiet=wish.quiet,
    )
    windows = [seconds("--window", window) for window in wish.window.split(",")]
    if wish.engine == "spark":
        return _through_spark(wish, form, windows, inputs.columns)
    actions = acted(inputs)
    if inputs.failed and not len(actions):
        return 2
    actions = _wanted(wish, actions)
    count = _clew(wish, form, actions, windows) if wish.mode == "clew" else _peer(wish, form, actions, windows)
    if wish.problems:
        for line in inputs.problems:
            say(line)
    elif inputs.problems and not wish.quiet:
        say(f"{len(inputs.problems):,} problems (--problems lists them)".replace(",", " "))
    if inputs.failed:
        return 2
    if not count:
        raise NothingFound(
            f"no accounts act together in {', '.join(wish.inputs) or 'the archive'} within {wish.window}."
        )
    return 0


def _wanted(wish: Wish, actions: Actions) -> Actions:
    """Return the actions to look at.

    Raises:
        NothingFound: There are none.
        BadOption: They are all by one account.
    """
    from clew.compare.coordinate import without_hot

    if not wish.quiet:
        say_left(actions)
    if wish.most_used is not None:
        actions, hot = without_hot(actions, wish.most_used)
        if hot and not wish.quiet:
            say(f"left out: {len(hot)} objects that are used more than {wish.most_used} times")
    if not len(actions):
        raise NothingFound(f"no actions ({wish.trace}) with an account and a time in {', '.join(wish.inputs)}.")
    if (actions.account == actions.account[0]).all():
        raise BadOption(f"{', '.join(wish.inputs)}: all actions are by one account; it takes two to act together.")
    if (actions.time == actions.time[0]).all() and not wish.quiet:
        say("all times are equal: every act seems to be at once, and chance cannot be told")
    return actions


def _clew(wish: Wish, form: str, actions: Actions, windows: list[float]) -> int:
    """Write what clew finds; return how many edges it kept."""
    from clew.compare.coordinate import Settings, coordinate

    nulls = tuple(null.strip() for null in wish.null.split(",") if null.strip() and null.strip() != "none")
    found: list[Coordination] = []
    with Progress(quiet=wish.quiet) as progress:
        for window in windows:
            settings = Settings(
                window=window,
                min_weight=wish.min_weight or 2,
                nulls=nulls,
                draws=wish.draws,
                seed=wish.seed,
                jitter=None if wish.jitter is None else seconds("--jitter", wish.jitter),
                alpha=wish.alpha,
            )
            found.append(coordinate(actions, settings, progress.step))
    _deliver(wish, _made(form, found), _evidence(wish, found))
    if not wish.quiet:
        for one in found:
            say(
                f"{one.settings.window:g} s: {len(one.found.edges):,} edges of {one.judged:,} judged stand against"
                f" chance · {len(one.members):,} accounts · {len(one.communities):,} communities".replace(",", " ")
            )
    return sum(len(one.found.edges) for one in found)


def _made(form: str, found: list[Coordination]) -> Pieces:
    """Return what was found in a form."""
    from clew.compare import export, pages, report, stix

    rows = (batch for one in found for batch in export.edge_rows(one))
    match form:
        case "html":
            return report.html(pages.coordination_report(found))
        case "json":
            return pages.coordination_json(found)
        case "stix":
            return stix.bundle(found)
        case "md":
            return report.markdown(pages.coordination_report(found))
        case _:
            return _table(form, rows, directed=False)


def _evidence(wish: Wish, found: list[Coordination]) -> dict[Path, Pieces]:
    from clew.compare import export

    if wish.evidence is None:
        return {}
    form = _SUFFIXES.get(Path(wish.evidence).suffix.lower(), "")
    if form not in ("csv", "parquet"):
        raise BadOption(f"--evidence {wish.evidence}: name it .csv or .parquet.")
    rows = (batch for one in found for batch in export.evidence_rows(one))
    return {Path(wish.evidence): _table(form, rows, directed=False)}


def _peer(wish: Wish, form: str, actions: Actions, windows: list[float]) -> int:
    """Write what CooRTweet or the toolkit would find; return how many edges that are."""
    from clew.compare import export

    if len(windows) > 1:
        raise BadOption(f"--mode {wish.mode} takes one window.")
    window = round(windows[0] * 1000)
    if wish.mode == "coortweet":
        rows = export.coortweet_rows(actions, window, wish.min_participation)
    else:
        rows = export.cnt_rows(actions, window, wish.min_weight or 1)
    tally = _Tally()
    _deliver(wish, _table(form, tally.watch(rows), directed=wish.mode == "cnt"), {})
    if not wish.quiet:
        say(
            f"{tally.edges:,} edges between {len(tally.nodes):,} accounts · sum of weights {tally.weights:,} ·"
            f" heaviest {tally.heaviest:,}".replace(",", " ")
        )
    return tally.edges


def _through_spark(wish: Wish, form: str, windows: list[float], columns: Mapping[str, str] | None) -> int:
    """Write the edges that a cluster finds, without asking what chance gives.

    Raises:
        UsageError: Something else was asked that a cluster does not do.
        NothingFound: There are none.
    """
    from clew.compare import spark

    if wish.connect is None:
        raise click.UsageError("--engine spark needs --connect sc://HOST:PORT")
    if not wish.inputs:
        raise click.UsageError("--engine spark takes tables in Parquet; name them")
    if wish.null != "none" or wish.mode != "clew" or wish.evidence or form not in _TABLES:
        raise click.UsageError(f"--engine spark goes with --mode clew, --null none and --to {', '.join(_TABLES)}")
    least = wish.min_weight or 2
    found = [spark.edges(wish.inputs, columns, window, least, wish.connect) for window in windows]
    _deliver(wish, _table(form, (batch for one in found for batch in one.to_batches()), directed=False), {})
    count = sum(one.num_rows for one in found)
    if not wish.quiet:
        say(f"{count:,} edges; chance was not asked".replace(",", " "))
    if not count:
        raise NothingFound(f"no accounts act together in {', '.join(wish.inputs)} within {wish.window}.")
    return 0


class _Tally:
    """What passed by."""

    def __init__(self) -> None:
        self.edges = self.weights = self.heaviest = 0
        self.nodes: set[str] = set()

    def watch(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Yield the rows on, counted."""
        for batch in rows:
            weights = batch.column("weight").to_pylist()
            self.edges += len(weights)
            self.weights += sum(weights)
            self.heaviest = max(self.heaviest, *weights, 0)
            self.nodes |= {name for column in batch.columns[:2] for name in column.to_pylist()}
            yield batch


def _table(form: str, rows: Iterator[Any], *, directed: bool) -> Pieces:
    from clew.compare import export

    match form:
        case "parquet":
            return export.write_parquet(rows)
        case "graphml":
            return export.write_graphml(rows, directed=directed)
        case "gexf":
            return export.write_gexf(rows, directed=directed)
        case _:
            return export.write_csv(rows)


def _deliver(wish: Wish, pieces: Pieces, more: dict[Path, Pieces]) -> None:
    files: dict[Path, Pieces] = dict(more)
    if wish.out not in (None, "-"):
        files[Path(str(wish.out))] = pieces
    write_files(files, replace=wish.replace)
    if wish.out in (None, "-"):
        write(pieces)


def _form(wish: Wish) -> str:
    """Return what is written.

    Raises:
        UsageError: It does not go with the mode.
    """
    default = "md" if wish.mode == "clew" else "csv"
    form = wish.form or _SUFFIXES.get(Path(wish.out or "").suffix.lower(), default)
    if wish.mode != "clew" and form not in _TABLES:
        raise click.UsageError(f"--mode {wish.mode} goes with --to {', '.join(_TABLES)}")
    if wish.mode != "clew" and wish.evidence:
        raise click.UsageError("--evidence goes with --mode clew")
    return form
