"""`clew formats`: what can be read."""

from __future__ import annotations

import json

import click

from clew.sources import SOURCES, Source

__all__ = ["command"]


@click.command("formats")
@click.option("--to", "form", type=click.Choice(["text", "jsonl"]), default="text", help="A table, or lines of JSON.")
def command(form: str) -> None:
    """Say what clew reads, and by which sign it knows each format.

    The names are what --from takes. JSON lines tell more: what a format holds, what it cannot hold, and what other
    tools lose in it.
    """
    for line in _table(SOURCES) if form == "text" else map(_line, SOURCES):
        click.echo(line)


def _line(source: Source) -> str:
    keys = ("NAME", "SIGN", "HOLDS", "LACKS", "LOST")
    return json.dumps({key.lower(): getattr(source, key) for key in keys}, ensure_ascii=False)


def _table(sources: tuple[Source, ...]) -> list[str]:
    """Return each name with its sign beside it, in lines of the terminal's width."""
    from clew.cli.output import paper
    from clew.publish.wrap import wrapped

    first = max(len(source.NAME) for source in sources) + 2
    lines: list[str] = []
    for source in sources:
        for at, line in enumerate(wrapped(source.SIGN, min(paper().width, 100) - first)):
            lines.append(f"{source.NAME if at == 0 else '':<{first}}{line}")
    return lines
