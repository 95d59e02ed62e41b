"""`clew find`: search in an archive."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from clew.cli.archives import archive_option, place, rows
from clew.cli.output import paper, say, write
from clew.cli.progress import Progress
from clew.errors import BadOption, NothingFound, needing
from clew.publish.terminal import safe

if TYPE_CHECKING:
    from clew.archive import Archive
    from clew.finding import Finder, Hit, Like
    from clew.publish.text import Paper
    from clew.search.grammar import Query

__all__ = ["command"]

PAGE = 20
SCHEMA = "clew/hit/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the user wants to see of what is found."""

    form: str
    sort: Any
    by: str | None
    limit: int
    page: int
    quiet: bool


@click.command("find", context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@archive_option
@click.argument("words", nargs=-1, metavar="QUERY...")
@click.option("--to", "form", type=click.Choice(["text", "jsonl", "csv"]), default="text", help="Text unless said.")
@click.option(
    "--sort",
    type=click.Choice(["best", "new", "old"]),
    default="best",
    help="Best unless said: by how well posts answer; newest first where there are no words to go by.",
)
@click.option(
    "--by",
    type=click.Choice(["author", "month", "domain", "tag", "language", "place"]),
    help="How many posts of each, instead of the posts.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=PAGE, metavar="N", help="So many a page; 20.")
@click.option("--page", type=click.IntRange(1, 100_000), default=1, metavar="N", help="The Nth page; the first.")
@click.option("--like", metavar="POST", help="Posts that say the same as this one: its id or address.")
@click.option("--watch", is_flag=True, help="Go on, and print new posts as they come in; end it with Ctrl-C.")
@click.option(
    "--every", type=click.FloatRange(0.1, 86_400), default=2.0, metavar="SECONDS", help="How often --watch looks; 2."
)
@click.option("--save", metavar="NAME", help="Save the query under a name.")
@click.option("--saved", metavar="NAME", help="Search what was saved under a name; QUERY narrows it down.")
@click.option("--forget", metavar="NAME", help="Save a query no longer.")
@click.option("--searches", is_flag=True, help="List what is saved.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(
    archive: str | None,
    words: tuple[str, ...],
    like: str | None,
    watch: bool,
    every: float,
    save: str | None,
    saved: str | None,
    forget: str | None,
    searches: bool,
    **asked: Any,
) -> int:
    """Search the posts of an archive.

    All words must be there, in any of their forms; those that answer best come first. Words between double quotes stand
    just so; -word is without it; OR, ( ), word*, word~1, near:5 and #tag do what they do elsewhere. These narrow it
    down: from: to: since: until: date: lang: platform: domain: url: tag: has: is: id: thread: quotes: re: number:
    size:, and in:thread where the words may stand in different posts of a thread. docs/search.md tells all of it.

    \b
    Examples:
      clew find port company
      clew find '"sold the port" -airport from:ana since:2021-06'
      clew find 'port near:5 sold' --to csv > hits.csv
      clew find '#port' --by month
      clew find --like https://x.com/ana/status/1400000000000000001
      clew find 'port -airport' --save harbour && clew find --saved harbour --watch
    """
    with needing("searching", "search"):
        from clew.finding import Finder
        from clew.search import grammar
    from clew import keeping

    for word in words:
        if word.startswith("--"):
            raise click.NoSuchOption(word)
    wanted = _Asked(**asked)
    text = " ".join(words)
    if not (like or saved or forget or searches):
        grammar.parse(text)
    with Progress(quiet=wanted.quiet) as progress, keeping.opened(place(archive), watch=progress.work) as held:
        if searches or forget:
            return _listed(held, forget, wanted.form)
        query = _query(held, text, save, saved) if not like else None
        finder = Finder.of(held, progress.work)
        if query is None:
            return _alike(finder, str(like), wanted)
        if watch:
            return _watched(finder, query, every, wanted)
        return _counted(finder, query, wanted) if wanted.by else _found(finder, query, wanted)


def _query(held: Archive, text: str, save: str | None, saved: str | None) -> Query:
    """Return the query that is asked for, saved before or now.

    Raises:
        BadQuery: It cannot be meant so.
        NothingFound: None is saved under that name.
    """
    from clew.archive import searches
    from clew.search import grammar

    known = searches.saved(held.path)
    if saved is not None:
        if saved not in known:
            raise NothingFound(f"no search is saved as {saved}; there are: {', '.join(known) or 'none'}.")
        text = f"({known[saved].query}) {text}".strip() if text else known[saved].query
    query = grammar.parse(text)
    if save is not None:
        if not save.strip():
            raise BadOption("--save needs a name.")
        searches.write(held.path, known | {save: searches.Search(name=save, query=text)})
    return query


def _listed(held: Archive, forget: str | None, form: str) -> int:
    """List what is saved, without what is to be forgotten."""
    from clew.archive import searches

    known = searches.saved(held.path)
    if forget is not None:
        if known.pop(forget, None) is None:
            raise NothingFound(f"no search is saved as {forget}; there are: {', '.join(known) or 'none'}.")
        searches.write(held.path, known)
        return 0
    if not known:
        raise NothingFound(f"no searches are saved in {held.path}.")
    if form == "text":
        write(safe(f"{one.name}  {one.query}\n") for one in known.values())
    else:
        rows(form, ["name", "query"], ((one.name, one.query) for one in known.values()))
    return 0


def _found(finder: Finder, query: Query, asked: _Asked) -> int:
    """Write a page of hits."""
    found = finder.find(query, asked.sort, asked.limit, (asked.page - 1) * asked.limit)
    if found.waiting and not asked.quiet:
        say(f"{found.waiting:,} threads are not indexed yet; they are not searched".replace(",", " "))
    if not found.hits:
        total = found.total if asked.page > 1 else 0
        none = f"there is no page {asked.page}: {total} posts answer this." if total else None
        raise NothingFound(none or "nothing answers this.")
    _written(found.hits, asked.form)
    if not asked.quiet:
        first = (asked.page - 1) * asked.limit + 1
        what = "threads" if query.scope == "thread" else "posts"
        say(f"{what} {first:,} to {first + len(found.hits) - 1:,} of {found.total:,}".replace(",", " "))
    return 0


def _counted(finder: Finder, query: Query, asked: _Asked) -> int:
    """Write how many hits there are of each value."""
    counts = finder.count(query, str(asked.by), asked.limit)
    if not counts:
        raise NothingFound("nothing answers this.")
    if asked.form == "text":
        widest = max(len(f"{one.count:,}") for one in counts)
        write(safe(f"{one.count:>{widest},}".replace(",", " ") + f"  {one.value}\n") for one in counts)
    else:
        rows(asked.form, [str(asked.by), "count"], (astuple(one) for one in counts))
    return 0


def _alike(finder: Finder, like: str, asked: _Asked) -> int:
    """Write posts that say the same as one."""
    alike = finder.like(like)[: asked.limit]
    if not alike:
        raise NothingFound(f"no other post says the same as {like}.")
    if asked.form == "text":
        write(_shown_alike(alike))
    else:
        names = [*_names(asked.form), "resemblance", "containment"]
        shares = ((round(one.likeness.resemblance, 3), round(one.likeness.containment, 3)) for one in alike)
        told = (map(_plain, share) if asked.form == "csv" else share for share in shares)
        values = ([*_row(one.hit, asked.form), *share] for one, share in zip(alike, told, strict=True))
        rows(asked.form, names, values)
    return 0


def _watched(finder: Finder, query: Query, every: float, asked: _Asked) -> int:
    """Write hits as they come in, until the user ends it."""
    since = finder.now()
    if not asked.quiet:
        say("watching; end it with Ctrl-C")
    while True:
        sys.stdout.flush()
        time.sleep(every)
        finder = type(finder).of(finder.archive)
        if finder.now() != since:
            if hits := finder.news(query, since):
                _written(hits, asked.form)
            now = finder.now()
            since = replace(now, capture=max(now.capture, since.capture))


def _written(hits: Sequence[Hit], form: str) -> None:
    if form == "text":
        write(_shown(hits))
    else:
        rows(form, _names(form), (_row(hit, form) for hit in hits))


def _names(form: str) -> list[str]:
    """Return what the parts of a hit are called: `clew/hit/1`; a table does not say its schema in every row."""
    from clew.finding import Hit

    names = Hit.__struct_fields__
    return [*names] if form == "csv" else ["schema", *names]


def _row(hit: Hit, form: str) -> list[object]:
    """Return a hit as a row; a table has spans as text."""
    values: list[object] = [getattr(hit, name) for name in hit.__struct_fields__]
    if form == "csv":
        return [" ".join(f"{a}-{b}" for a, b in one) if isinstance(one, tuple) else _plain(one) for one in values]
    return [SCHEMA, *values]


def _plain(value: object) -> object:
    return str(value) if isinstance(value, float) else value


def _shown(hits: Iterable[Hit]) -> Iterator[str]:
    """Yield hits as text: when, who and where, then the words around what was found."""
    page = paper()
    for hit in hits:
        yield _head(hit, page)
        yield f"    {_marked(hit, page)}\n"


def _shown_alike(alike: Iterable[Like]) -> Iterator[str]:
    page = paper()
    for one in alike:
        yield f"{one.likeness.resemblance:4.0%}  {_head(one.hit, page)}"
        yield f"      {_marked(one.hit, page)}\n"


def _head(hit: Hit, page: Paper) -> str:
    day = hit.time[:16].replace("T", " ") if hit.time else "no date         "
    where = f"{hit.position} of {hit.size}" if hit.size > 1 else "single post"
    name = f"{hit.platform}:{hit.post}" if hit.kind == "post" else hit.thread
    return safe(f"{day}  ") + page.paint("who", safe(hit.author)) + safe(f"  {where}  {name}\n")


def _marked(hit: Hit, page: Paper) -> str:
    """Return the part of a text on one line, with what was found painted where there are colours."""
    pieces: list[str] = []
    at, end = 0, len(hit.snippet)
    for start, stop in ((a - hit.start, b - hit.start) for a, b in hit.spans):
        if at <= start and stop <= end:
            pieces += (_one_line(hit.snippet[at:start]), page.paint("found", _one_line(hit.snippet[start:stop])))
            at = stop
    pieces.append(_one_line(hit.snippet[at:]))
    more = "…" if hit.more else ""
    return f"{'…' if hit.start else ''}{''.join(pieces)}{more}"


def _one_line(text: str) -> str:
    return safe(text).replace("\n", " ")
