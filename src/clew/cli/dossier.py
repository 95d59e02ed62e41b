"""`clew dossier`: threads, posts, passages and searches about one matter, and what can be computed of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clew.cli.archives import archive_option, opened, rows
from clew.cli.chosen import date_made, in_dossier
from clew.cli.output import say, write, write_files
from clew.errors import BadOption, NothingFound, NotReadable, needing
from clew.publish.sentences import counted
from clew.publish.terminal import safe

if TYPE_CHECKING:
    from clew.archive import Archive
    from clew.dossier import Dossier, Gathered, Item, Shelf
    from clew.threads import Thread

__all__ = ["command"]

COLUMNS = "number kind of quote note tags added".split()
FORMS = ("site", "html", "md", "epub", "pdf", "json", "atom")
_SUFFIXES = {".html": "html", ".md": "md", ".epub": "epub", ".pdf": "pdf", ".json": "json", ".atom": "atom"}


@click.group("dossier")
def command() -> None:
    """Gather threads, posts, passages and searches about one matter.

    Dossiers are kept in the archive. Timeline, map, network, figures, sources and open questions are computed from
    what is held now, so a dossier grows with its searches and says what of it is gone.

    \b
    Examples:
      clew dossier new harbour --title "Who bought the harbour?"
      clew dossier add harbour x:1400000000000000001 --note "the first to say it"
      clew dossier publish harbour --to site --out harbour/
    """


@command.command("new")
@click.argument("name")
@archive_option
@click.option("--title", metavar="WORDS", help="As readers see it; its name unless said.")
def _new(name: str, archive: str | None, title: str | None) -> int:
    """Make a dossier.

    \b
    Examples:
      clew dossier new harbour --title "Who bought the harbour?"
    """
    with opened(archive, quiet=True) as held:
        _shelf(held).new(name, title)
    say(f"{name} was made; put something into it with: clew dossier add {name} THREAD")
    return 0


@command.command("add")
@click.argument("name")
@click.argument("references", nargs=-1, metavar="[THREAD_OR_POST]...")
@archive_option
@click.option("--passage", metavar="WORDS", help="Only these words of the post.")
@click.option("--search", "query", metavar="QUERY", help="What answers this, now and later; as `clew find` has it.")
@click.option("--annotations", metavar="FILE", help="The passages of W3C Web Annotations, with notes and tags.")
@click.option("--note", metavar="WORDS", help="Your own words.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Can be given again.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def _add(
    name: str,
    references: tuple[str, ...],
    archive: str | None,
    passage: str | None,
    query: str | None,
    annotations: str | None,
    note: str | None,
    tags: tuple[str, ...],
    quiet: bool,
) -> int:
    """Put threads, posts, a passage or a search into a dossier; the same again takes the place of the old.

    \b
    Examples:
      clew dossier add harbour x:1400000000000000001 x:1400000000000000900
      clew dossier add harbour 1400000000000000001 --passage "sold in May" --note "no source" --tag money
      clew dossier add harbour --search "harbour from:ana"
      clew dossier add harbour --annotations marked.jsonld
    """
    if (len(references) > 0) + bool(query) + bool(annotations) != 1:
        raise BadOption("name threads or posts, or a search with --search, or a file with --annotations.")
    if passage and len(references) != 1:
        raise BadOption("--passage goes with one post.")
    with opened(archive, quiet=quiet) as held:
        shelf = _shelf(held)
        shelf.get(name)
        added = datetime.now(UTC).replace(microsecond=0)
        told = {"note": note, "tags": tags, "added": added}
        marked = _annotated(held, annotations, added) if annotations else ()
        items = (*marked, *_items(held, references, passage, query, told))
        dossier = shelf.change(name, lambda own: own.having(*items))
    if not quiet:
        say(f"{name} holds {counted(len(dossier.items), 'item')}")
    return 0


def _annotated(held: Archive, file: str, added: datetime) -> Iterator[Item]:
    """Yield the passages of a file of annotations; those of posts that are not held are said and left out."""
    import msgspec

    from clew.cli.chosen import post_of
    from clew.dossier.annotations import imported

    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise NotReadable(file, (error.strerror or str(error)).lower()) from error
    for name, item in imported(content, file, added):
        thread = next(iter(_threads(held, name)), None)
        post = post_of(thread, name) if thread else None
        if post is None:
            say(f"clew: {file}: {name} is not held")
        else:
            yield msgspec.structs.replace(item, of=post.id)


def _items(
    held: Archive, references: Iterable[str], passage: str | None, query: str | None, told: dict[str, Any]
) -> Iterator[Item]:
    from clew.cli.chosen import post_of
    from clew.dossier import Item

    if query:
        yield Item(kind="search", of=query, **told)
    for reference in references:
        thread = next(iter(_threads(held, reference)), None)
        if thread is None:
            raise NothingFound(f"{reference}: no such thread or post in {held.path}.")
        post = post_of(thread, reference)
        if passage:
            if post is None or passage not in post.text:
                raise NothingFound(f"{reference}: these words do not stand there: {passage}")
            yield Item(kind="passage", of=post.id, quote=passage, start=post.text.find(passage), **told)
        elif thread.id == reference or post is None:
            yield Item(kind="thread", of=thread.id, **told)
        else:
            yield Item(kind="post", of=post.id, **told)


@command.command("remove")
@click.argument("name")
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER...")
@archive_option
def _remove(name: str, numbers: tuple[int, ...], archive: str | None) -> int:
    """Take items out of a dossier, by the numbers that `show` gives.

    \b
    Examples:
      clew dossier remove harbour 3
    """
    with opened(archive, quiet=True) as held:
        _shelf(held).change(name, lambda own: _lacking(own, numbers))
    return 0


def _lacking(dossier: Dossier, numbers: Iterable[int]) -> Dossier:
    for number in sorted(set(numbers), reverse=True):
        try:
            dossier = dossier.lacking(number)
        except IndexError as error:
            raise BadOption(f"{number}: {dossier.name} has {len(dossier.items)} items.") from error
    return dossier


@command.command("show")
@click.argument("name", required=False)
@archive_option
@click.option("--to", "form", type=click.Choice(["text", "jsonl", "csv"]), default="text", help="Text unless said.")
def _show(name: str | None, archive: str | None, form: str) -> int:
    """Show what is in a dossier; all dossiers where none is named.

    \b
    Examples:
      clew dossier show
      clew dossier show harbour --to csv
    """
    with opened(archive, quiet=True) as held:
        shelf = _shelf(held)
        if name is None:
            found = [(each.name, each.title, len(each.items)) for each in shelf]
            if not found:
                raise NothingFound(f"no dossiers in {held.path}.")
            if form == "text":
                write(safe(f"{own:<24} {count:>4}  {title}\n") for own, title, count in found)
            else:
                rows(form, ["name", "title", "items"], found)
            return 0
        dossier = shelf.get(name)
    cells = [
        (at, each.kind, each.of, each.quote, each.note, each.tags, each.added.isoformat())
        for at, each in enumerate(dossier.items, 1)
    ]
    if form == "text":
        write([safe(f"{dossier.title}\n"), *(_line(*row) for row in cells)])
    else:
        rows(form, COLUMNS, cells)
    return 0


def _line(at: int, kind: str, of: str, quote: str | None, note: str | None, tags: tuple[str, ...], added: str) -> str:
    words = f" “{quote}”" if quote else ""
    told = "".join(f" #{tag}" for tag in tags)
    return safe(f"{at:>4}  {kind:<8} {of}{words}{f'  {note}' if note else ''}{told}\n")


@command.command("publish")
@click.argument("name")
@archive_option
@click.option("--to", "form", type=click.Choice(FORMS), help="What the name given with --out says, else site.")
@click.option("--out", required=True, metavar="PATH", help="A file; for a site a folder.")
@click.option("--date", metavar="DATE", help="The date that it bears; today.")
@click.option("--replace", is_flag=True, help="Replace files that are there already.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def _publish(
    name: str, archive: str | None, form: str | None, out: str, date: str | None, replace: bool, quiet: bool
) -> int:
    """Publish a dossier: a site in a folder, or one file as HTML, Markdown, EPUB, PDF, JSON or a feed.

    A site is one page with plots, tables and the threads with all findings marked, beside it the findings as JSON
    Lines, places as GeoJSON, the network as GEXF, the days as iCalendar, passages as Web Annotations. Nothing in it is
    fetched from anywhere.

    \b
    Examples:
      clew dossier publish harbour --out harbour/
      clew dossier publish harbour --out harbour.pdf --date 2024-01-31
    """
    made = date_made(date)
    with opened(archive, quiet=quiet) as held, needing("dossiers", "evidence"):
        found = _gathered(held, name)
        form = form or _SUFFIXES.get(Path(out).suffix.lower(), "site")
        with tempfile.TemporaryDirectory() as folder:
            write_files(_files(found, form, Path(out), made, Path(folder)), replace=replace)
    if not quiet:
        parts = ((len(found.threads), "thread"), (len(found.posts), "post"), (len(found.findings), "finding"))
        say(f"{', '.join(counted(*part) for part in parts)} in {out}")
        for item in found.gone:
            say(f"not held any more: {item.kind} {item.of}")
    return 0


def _files(found: Gathered, form: str, out: Path, made: datetime, folder: Path) -> dict[Path, Iterable[Any]]:
    """Return what is written where; `folder` holds the plots until then."""
    from clew.dossier.annotations import exported
    from clew.dossier.bound import as_json, documents
    from clew.dossier.page import page
    from clew.dossier.views import views
    from clew.evidence.forms import Told, by_name
    from clew.evidence.joined import renamed
    from clew.publish import BINDERS, binder
    from clew.publish import by_name as renderer

    held = views(found)
    if form == "html":
        return {out: page(found, held, made)}
    if form == "json":
        return {out: [as_json(found, held)]}
    if form in BINDERS:
        return {out: binder(form).bind(documents(found, held, made, folder), say)}
    if form in ("md", "atom"):
        return {out: renderer(form).render(documents(found, held, made))}
    one = list(renamed(found.findings, found.known))
    told = [Told(thread, [each for each in one if each.thread == thread.id]) for thread in found.threads]
    data = {"findings.jsonl": "jsonl", "places.geojson": "geojson", "network.gexf": "gexf", "dates.ics": "ical"}
    return {
        out / "index.html": page(found, held, made),
        out / "dossier.json": [as_json(found, held)],
        out / "annotations.jsonld": [exported(found)],
        **{out / file: by_name(kind).write(told) for file, kind in data.items()},
    }


def _shelf(held: Archive) -> Shelf:
    from clew.dossier import Shelf

    return Shelf(held.path)


def _threads(held: Archive, reference: str) -> list[Thread]:
    from clew.archive.holdings import found

    return found(held.connection, reference)


def _gathered(held: Archive, name: str) -> Gathered:
    from clew.evidence.studying import studying

    with studying(held.path) as study:
        return in_dossier(held, name, study)
