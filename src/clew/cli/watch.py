"""`clew watch`: follows authors, lists, tags and threads."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clew.cli.archives import archive_option, place, rows, waiting
from clew.cli.output import say, write
from clew.errors import BadOption, InputError, NoArchive, NothingFound
from clew.publish.terminal import safe

if TYPE_CHECKING:
    from clew.fetch import Settings
    from clew.watch import Book, News, Watched

__all__ = ["command"]

COLUMNS = "watch kind platform url added every interval due asked newest failures says".split()
IN_FEED = 200


@click.group("watch")
def command() -> None:
    """Follow authors, lists, tags and threads.

    One process asks each of them when it is due: often where much happens, rarely where nothing does. Authors on
    Bluesky are followed in its stream. What is new, edited, or no longer there is kept in the archive and reported;
    that a post is no longer there is not the same as deleted.

    \b
    Examples:
      clew watch add https://bsky.app/profile/ana.example.org https://example.social/tags/flood
      clew watch run --atom news.atom
      clew watch list
    """


@command.command("add")
@click.argument("urls", nargs=-1, required=True, metavar="ADDRESS...")
@archive_option
@click.option("--every", type=float, metavar="MINUTES", help="Ask so often; else as often as something happens.")
@click.option("--quiet", is_flag=True, help="No counts.")
def _add(urls: tuple[str, ...], archive: str | None, every: float | None, quiet: bool) -> int:
    """Watch authors, lists, tags or threads by their addresses; `-` reads addresses, one a line.

    \b
    Examples:
      clew watch add https://x.com/ana/status/1400000000000000001
      clew watch add - --every 30 < addresses.txt
    """
    with _book(archive) as book:
        from clew.watch.book import checked_every

        seconds = checked_every(every)
        new, wrong = 0, 0
        for url in _addresses(urls):
            try:
                new += _added(book, url, seconds)
            except InputError as error:
                say(f"clew: {error}")
                wrong += 1
        if not quiet:
            say(f"{new} added, {len(book.all())} watched; `clew watch run` follows them")
    return 2 if wrong else 0


def _addresses(urls: Sequence[str]) -> Iterator[str]:
    for url in urls:
        if url == "-":
            yield from (line.strip() for line in sys.stdin if line.strip() and not line.startswith("#"))
        else:
            yield url


def _added(book: Book, url: str, every: float | None) -> bool:
    from clew.atproto import SYNTAX
    from clew.fetch.latest import place_of

    found = place_of(url)
    if found is None:
        raise BadOption(f"{url}: is no address of an author, a list, a tag or a thread that clew knows.")
    moment = datetime.now(UTC)
    added = moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    new = book.add(found.kind, found.platform, found.url, added=added, now=moment.timestamp(), every=every)
    if new and found.platform == "bluesky" and found.kind == "author" and SYNTAX["did"](found.name):
        book.know(next(one.watch for one in book.all() if one.url == found.url), found.name)
    return new


@command.command("list")
@archive_option
@click.option("--to", "form", type=click.Choice(["text", "jsonl", "csv"]), default="text", help="Text unless said.")
def _list(archive: str | None, form: str) -> int:
    """List what is watched, with what came of the last asking and when the next one is due."""
    with _book(archive) as book:
        found = book.all()
    if not found:
        raise NothingFound("nothing is watched. `clew watch add ADDRESS` begins.")
    values = ([_iso(one.due) if name == "due" else getattr(one, name) for name in COLUMNS] for one in found)
    if form == "text":
        write(safe(line) for one in found for line in _lines(one))
    else:
        rows(form, COLUMNS, values)
    return 0


def _lines(one: Watched) -> Iterator[str]:
    yield f"{one.watch}  {one.kind}  {one.url}\n"
    asked = f"asked {one.asked[:16].replace('T', ' ')} UTC: {one.says}" if one.asked else "not asked yet"
    newest = f"; newest post {one.newest[:16].replace('T', ' ')} UTC" if one.newest else ""
    yield f"    {asked}{newest}; next {_iso(one.due)[:16].replace('T', ' ')} UTC\n"


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@command.command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NUMBER_OR_ADDRESS...")
@archive_option
@click.option("--quiet", is_flag=True, help="No counts.")
def _remove(names: tuple[str, ...], archive: str | None, quiet: bool) -> int:
    """Watch places no more; what was kept of them stays in the archive."""
    with _book(archive) as book:
        for name in names:
            found = book.remove(_canonical(name))
            if not quiet:
                say(f"{found.url}: no longer watched")
    return 0


def _canonical(name: str) -> str:
    from clew.fetch.latest import place_of

    found = None if name.isdecimal() else place_of(name)
    return found.url if found else name


@command.command("run")
@archive_option
@click.option("--to", "form", type=click.Choice(["text", "jsonl"]), default="text", help="Text unless said.")
@click.option("--atom", metavar="FILE", help="Keep an Atom feed of the latest news in a file.")
@click.option(
    "--notify", multiple=True, metavar="URL", help="Send news there; also CLEW_NOTIFY. E-mail, web hooks, chats."
)
@click.option("--once", is_flag=True, help="Ask every place that is due, and end.")
@click.option("--for", "seconds", type=click.FloatRange(0), metavar="SECONDS", help="End after so long.")
@click.option("--budget", type=click.FloatRange(0), metavar="USD", help="What may be spent in a month, in all.")
@click.option("--quiet", is_flag=True, help="Only news.")
def _run(
    archive: str | None,
    form: str,
    atom: str | None,
    notify: tuple[str, ...],
    once: bool,
    seconds: float | None,
    budget: float | None,
    quiet: bool,
) -> int:
    """Ask places when they are due, follow the stream of Bluesky, keep what comes, and report what is new.

    It runs until it is interrupted, and can be interrupted at any moment: nothing that came is lost, and nothing is
    kept twice. For --notify, put addresses that hold passwords into CLEW_NOTIFY, where other people can't see them;
    apprise documents their forms, such as mailto:// and json://.

    \b
    Examples:
      clew watch run
      clew watch run --to jsonl --atom news.atom | jq .text
      CLEW_NOTIFY=mailto://user:password@example.org clew watch run --quiet
    """
    with _book(archive) as book:
        if not book.all():
            raise NothingFound("nothing is watched. `clew watch add ADDRESS` begins.")
    from clew.fetch import Settings, ready
    from clew.watch import Runner
    from clew.watch.courier import Courier

    ready("clew watch run")

    settings = Settings.of(archive=place(archive), budget=budget)
    _say_spent(place(archive), settings, quiet=quiet)
    urls = [*notify, *os.environ.get("CLEW_NOTIFY", "").split()]
    runner = Runner(
        path=place(archive),
        settings=settings,
        tell=_teller(place(archive), form, Path(atom) if atom else None),
        say=(lambda _: None) if quiet else (lambda says: say(f"clew: {says}")),
        waiting=waiting,
    )
    with Courier(place(archive), urls, say):
        runner.run(seconds, once=once)
    return 0


def _say_spent(archive: Path, settings: Settings, *, quiet: bool) -> None:
    from clew.watch import Book

    with Book.opened(archive) as book:
        spent = book.spent(f"{datetime.now(UTC):%Y-%m}")
        if not quiet and settings.budget and any(one.platform == "x" for one in book.all()):
            say(f"clew: X: ${spent:.2f} of ${settings.budget:.2f} are spent this month")


def _teller(archive: Path, form: str, atom: Path | None) -> Callable[[Sequence[News]], None]:
    from clew.watch import Book
    from clew.watch.book import to_json
    from clew.watch.tell import sentence, write_feed

    def tell(news: Sequence[News]) -> None:
        write(f"{to_json(one)}\n" if form == "jsonl" else f"{safe(sentence(one))}\n" for one in news)
        sys.stdout.flush()
        if atom is not None:
            with Book.opened(archive) as book:
                write_feed(atom, book.latest(IN_FEED))

    return tell


@contextmanager
def _book(archive: str | None) -> Iterator[Book]:
    """Give the book of the archive that a command is about.

    Raises:
        NoArchive: There is none.
    """
    from clew.archive.archive import LEDGER
    from clew.watch import Book

    path = place(archive)
    if not (path / LEDGER).is_file():
        raise NoArchive(str(path))
    with Book.opened(path) as book:
        yield book
