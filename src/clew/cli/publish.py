"""`clew publish`: threads as documents for papers, files, e-readers and feeds."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeAlias

import click

from clew.cli.archives import archive_option
from clew.cli.chosen import Chosen, chosen, date_made, known_of
from clew.cli.output import file_names, is_folder, paper, say, write, write_files
from clew.errors import BadOption
from clew.posts import Media, Post
from clew.publish import BINDERS, PUBLISHERS, binder, by_name
from clew.publish.document import Style, compose
from clew.publish.pictures import Picture, Shelf
from clew.publish.text import Paper, render
from clew.threads import Thread

__all__ = ["command"]

FORMS = (*PUBLISHERS, *BINDERS, "wacz")
_SUFFIXES = {
    ".txt": "text",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".jsonld": "jsonld",
    ".json": "jsonld",
    ".atom": "atom",
    ".xml": "atom",
    ".epub": "epub",
    ".pdf": "pdf",
    ".wacz": "wacz",
}

Finds: TypeAlias = Callable[[Post, Media], Picture | None]
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    references: tuple[str, ...]
    queries: tuple[str, ...]
    authors: tuple[str, ...]
    inputs: tuple[str, ...]
    archive: str | None
    captures: Literal["none", "web", "all"]
    proof: bool
    form: str | None
    source: str | None
    out: str | None
    replace: bool
    date: str | None
    order: Literal["reader", "time"]
    numbers: bool
    replies: bool
    media: bool
    branches: bool
    width: int | None
    quiet: bool


@click.command("publish")
@click.argument("references", nargs=-1, metavar="[THREAD...]")
@click.option(
    "--find", "queries", multiple=True, metavar="QUERY", help="The threads of the archive that a search finds."
)
@click.option("--author", "authors", multiple=True, metavar="NAME", help="The threads of an author in the archive.")
@click.option("--in", "inputs", multiple=True, metavar="INPUT", help="Where the threads are; can be given again.")
@archive_option
@click.option("--to", "form", type=click.Choice(FORMS), help="What the name given with --out says, else md.")
@click.option("--from", "source", metavar="FORMAT", help="Take the input as this; `clew formats` names them.")
@click.option("--out", metavar="PATH", help="A file for all; or a folder, for a file per thread.")
@click.option("--replace", is_flag=True, help="Replace files that are there already.")
@click.option(
    "--captures",
    type=click.Choice(["none", "web", "all"]),
    default="web",
    show_default=True,
    help="In a WACZ: saved web traffic that the threads were read from, or whatever they were, whole.",
)
@click.option(
    "--proof", is_flag=True, help="In a WACZ: ledger and seals too. They name every file that the archive holds."
)
@click.option("--date", metavar="DAY", help="The date that it bears; today, or SOURCE_DATE_EPOCH.")
@click.option(
    "--order", type=click.Choice(["reader", "time"]), default="reader", show_default=True, help="The order of posts."
)
@click.option("--numbers/--no-numbers", default=True, help="Numbers beside the posts.")
@click.option("--replies/--no-replies", default=True, help="The posts of others that a thread answers.")
@click.option("--media/--no-media", default=True, help="Pictures, and what is known of other media.")
@click.option("--branches/--no-branches", default=True, help="Asides, corrections and later additions.")
@click.option("--width", type=click.IntRange(40, 200), help="Columns of text; 80.")
@click.option("--quiet", is_flag=True, help="No counts, no notices, no progress.")
def command(**given: Any) -> int:
    """Make documents of threads: Markdown, HTML, EPUB, PDF, JSON-LD, Atom, WACZ.

    A THREAD is named by its id, or by the id or address of any post in it; a file or folder stands for all threads in
    it, and where neither is named the threads are those of the archive. Every document says how whole each thread is
    and how that is known, with gaps in their places, the files that it was read from, their digests, and the date it
    was made. The same input with the same date gives the same bytes. Pictures that the input holds are put inside;
    nothing is fetched, and nothing in a document asks for anything. A WACZ opens in ReplayWeb.page; `clew verify FILE`
    checks it.

    \b
    Examples:
      clew publish thread.txt --to epub --out port.epub
      clew publish x:1400000000000000001 --in twitter-archive.zip --out port.pdf
      clew publish twitter-archive.zip --to html --out pages/
      clew publish x:1400000000000000001 --archive port --to wacz --out port.wacz
      clew publish --find 'port -airport' --to atom --out port.atom
      clew publish --author ana --to epub --out ana.epub
      clew publish ID ID --in posts.jsonl --order time --no-media --out both.md
    """
    wish = Wish(**given)
    form = wish.form or _SUFFIXES.get(Path(wish.out or "").suffix.lower(), "md")
    if form in (*BINDERS, "wacz") and wish.out is None and sys.stdout.isatty():
        raise BadOption(f"--to {form}: is not for a terminal. Name a file with --out.")
    if not (wish.references or wish.queries or wish.authors):
        raise click.UsageError("name threads, files or folders; or --find QUERY or --author NAME in the archive")
    made = date_made(wish.date)
    with tempfile.TemporaryDirectory(prefix="clew-") as folder:
        shelf = Shelf(Path(folder)) if wish.media else None
        found = chosen(
            wish.references,
            wish.inputs,
            source=wish.source,
            quiet=wish.quiet,
            shelf=shelf,
            archive=wish.archive,
            queries=wish.queries,
            authors=wish.authors,
        )
        if not found.threads:
            return 2
        threads = list({thread.id: thread for thread in found.threads}.values())
        if wish.order == "time":
            threads.sort(key=lambda thread: thread.first or _LATEST)
        with _pictures(wish, found, shelf) as picture:
            style = _style(wish, found, threads, made, picture)
            if form == "wacz":
                _pack(wish, found, threads, style, Path(folder))
            else:
                _write(wish, form, threads, style)
    if not wish.quiet:
        count = sum(1 for thread in threads for _ in thread.posts())
        say(f"{_counted(count, 'post')} in {_counted(len(threads), 'thread')}")
    return 2 if found.failed else 0


@contextmanager
def _pictures(wish: Wish, found: Chosen, shelf: Shelf | None) -> Iterator[Finds]:
    """Give what finds the pictures of posts: in the inputs, or in the captures of the archive."""
    if found.archive is None or not wish.media:
        yield shelf.find if shelf else lambda post, media: None
        return
    from clew.archive.archive import DATABASE
    from clew.archive.schema import reading
    from clew.gallery import Gallery

    connection = reading(found.archive / DATABASE)
    gallery = Gallery(found.archive, lambda: connection)
    try:
        yield gallery.find
    finally:
        gallery.close()
        connection.close()


def _style(wish: Wish, found: Chosen, threads: Sequence[Thread], made: datetime, picture: Finds) -> Style:
    standing, copies = known_of(found, threads)
    return Style(
        order=wish.order,
        numbers=wish.numbers,
        replies=wish.replies,
        media=wish.media,
        branches=wish.branches,
        made=made,
        maker=f"clew {version('clew')}",
        standing=standing.get,
        copy=lambda origin: copies.get((origin.capture, origin.file)),
        picture=picture,
    )


def _pack(wish: Wish, found: Chosen, threads: Sequence[Thread], style: Style, folder: Path) -> None:
    """Write threads as a package of web archives, with the captures that are wanted."""
    from clew import keeping
    from clew.packaging import Holdings, from_archive, from_files, package

    def written(held: Holdings) -> None:
        pages = {one.id: _page(one, style) for one in threads}
        texts = {one.id: "\n\n".join(post.text for post in one.posts()) for one in threads}
        out = wish.out or "-"
        if is_folder(out):
            out = str(Path(out, file_names(threads[:1], ".wacz")[0]))
        pieces = package(threads, pages, texts, style.made or datetime.now(UTC), held)
        if out == "-":
            write(pieces)
        else:
            write_files({Path(out): pieces}, replace=wish.replace)

    if found.archive is None:
        written(from_files(found.paths, threads, wish.captures))
        return
    with keeping.opened(found.archive) as archive:
        written(from_archive(archive, threads, wish.captures, folder, proof=wish.proof))


def _page(thread: Thread, style: Style) -> Iterator[str]:
    """Yield the page of a thread, composed when the first piece is asked for."""
    yield from by_name("html").render(compose([thread], style))


def _write(wish: Wish, form: str, threads: Sequence[Thread], style: Style) -> None:
    if wish.out is None or wish.out == "-":
        write(_written(wish, form, threads, style))
    elif is_folder(wish.out):
        suffix = binder(form).SUFFIX if form in BINDERS else by_name(form).SUFFIX
        names = file_names(threads, suffix)
        files = {
            Path(wish.out, name): _written(wish, form, [thread], style)
            for name, thread in zip(names, threads, strict=True)
        }
        write_files(files, replace=wish.replace)
    else:
        write_files({Path(wish.out): _written(wish, form, threads, style)}, replace=wish.replace)


def _written(wish: Wish, form: str, threads: Sequence[Thread], style: Style) -> Iterator[str] | Iterator[bytes]:
    """Yield the threads as one document, in pieces; it is composed when the first piece is asked for."""
    if form in BINDERS:
        return _bound(wish, form, threads, style)
    return _rendered(form, threads, style, paper(wish.width or 80, to_file=True))


def _bound(wish: Wish, form: str, threads: Sequence[Thread], style: Style) -> Iterator[bytes]:
    def tell(says: str) -> None:
        if not wish.quiet:
            say(f"clew: {says}")

    yield from binder(form).bind(compose(threads, style), tell)


def _rendered(form: str, threads: Sequence[Thread], style: Style, own: Paper) -> Iterator[str]:
    documents = compose(threads, style)
    yield from render(documents, own) if form == "text" else by_name(form).render(documents)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}".replace(",", " ")
