"""`clew weave`: the same weave over a corpus in Parquet, on this machine or through Spark."""

from __future__ import annotations

import re
from pathlib import Path

import click

from clew.cli.output import say
from clew.errors import BadOption, needing

__all__ = ["command"]

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?", re.IGNORECASE)
_UNITS = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}


@click.command("weave")
@click.argument("inputs", nargs=-1, required=True, metavar="POSTS.parquet...")
@click.option("--out", required=True, metavar="DIR", help="A new folder; the same command goes on with a broken run.")
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True)
@click.option("--connect", metavar="sc://HOST:PORT", help="The Spark Connect server, for --engine spark.")
@click.option("--memory", default="4G", show_default=True, metavar="SIZE", help="How much may be used, in all.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes; as many as there are processors.")
@click.option("--platform", default="unknown", metavar="NAME", help="Where posts come from whose rows do not say so.")
@click.option("--singles", is_flag=True, help="Write single posts as threads too.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(
    inputs: tuple[str, ...],
    out: str,
    engine: str,
    connect: str | None,
    memory: str,
    workers: int | None,
    platform: str,
    singles: bool,
    quiet: bool,
) -> int:
    """Weave a corpus in Parquet, here or through Spark.

    It may have any size; its columns are those of clew/post/1. Only `id` must be there; `author` may be flat
    (author_id, author_handle), ids may be whole numbers. Out come four tables in DIR: threads (with their
    clew/thread/1 lines), posts, gaps, problems; and weave.json with the counts.

    \b
    Examples:
      clew weave posts.parquet --out threads/
      clew weave corpus/*.parquet --out threads/ --memory 16G --platform x
      clew weave corpus/ --out threads/ --engine spark --connect sc://spark.example.org:15002
    """
    from clew.cli.progress import Progress

    with needing("weaving a corpus", "corpus"):
        from clew.corpus import Reading, Task, spark
        from clew.corpus import weave as weave_local

    task = Task(
        inputs=inputs,
        out=Path(out),
        reading=Reading(platform=platform),
        singles=singles,
        memory=_bytes(memory),
        workers=workers or 0,
    )
    if engine == "spark":
        if connect is None:
            raise click.UsageError("--engine spark needs --connect sc://HOST:PORT")
        total = spark.weave(task, connect)
    else:
        with Progress(quiet=quiet) as progress:
            total = weave_local(task, progress.step)
    if not quiet:
        problems = f" · {total.problems:,} problems" if total.problems else ""
        threads = f"{total.threads:,} threads with {total.gaps:,} gaps"
        say(f"{total.posts:,} posts · {threads} · {total.singles:,} single posts{problems}".replace(",", " "))
    return 0


def _bytes(size: str) -> int:
    """Return a size such as 4G or 512M in bytes.

    Raises:
        BadOption: It is none.
    """
    found = _SIZE.fullmatch(size.strip())
    if found is None:
        raise BadOption(f"--memory {size}: write it as 4G or 512M.")
    return int(float(found[1]) * (1 << _UNITS[found[2].lower()]))
