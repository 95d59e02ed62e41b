"""`clew read`: unroll what is in files, folders, zips or standard input, or at an address."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from clew import addresses, posts
from clew.cli.columns import columns_of
from clew.cli.output import file_names, is_folder, paper, say, write, write_files
from clew.cli.progress import Progress
from clew.errors import BadOption, NothingFound
from clew.ingest import Intake
from clew.posts import Account, Item, Notice, Post, Problem
from clew.publish import RENDERERS, by_name
from clew.publish.document import compose, compose_post
from clew.publish.text import Paper, render, render_posts
from clew.threads import Gap, Thread, to_json, weave

__all__ = ["command"]

MOST = 20
"""So many differences between servers are named."""
_SUFFIXES = {".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".jsonl": "jsonl", ".ndjson": "jsonl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    inputs: tuple[str, ...]
    form: str | None
    source: str | None
    out: str | None
    replace: bool
    author: str | None
    thread: str | None
    as_posts: bool
    notices: bool
    min_posts: int
    singles: bool
    problems: bool
    quiet: bool
    columns: str | None
    width: int | None
    keep: str | None
    budget: float | None


@dataclass(slots=True)
class Tally:
    """What passed by."""

    posts: int = 0
    problems: list[Problem] = field(default_factory=list)
    left_out: list[Notice] = field(default_factory=list)
    guesses: dict[str, Notice] = field(default_factory=dict)
    """By what they say: a folder of tables that are alike needs saying it once."""

    def watch(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield the items on, counted."""
        for item in items:
            if isinstance(item, Post):
                self.posts += 1
            elif isinstance(item, Problem):
                self.problems.append(item)
            elif item.kind == "left-out":
                self.left_out.append(item)
            elif item.kind == "guess":
                self.guesses.setdefault(item.says, item)
            yield item


@click.command("read")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--to", "form", type=click.Choice([*RENDERERS, "jsonl"]), help="Text unless the name given with --out says more."
)
@click.option("--from", "source", metavar="FORMAT", help="Take the input as this; `clew formats` names them.")
@click.option("--out", metavar="PATH", help="A file; or a folder, for a file per thread.")
@click.option("--replace", is_flag=True, help="Replace files that are there already.")
@click.option("--author", metavar="HANDLE", help="Only what this account wrote.")
@click.option("--thread", metavar="ID", help="Only this thread: its id, or the id or address of any post in it.")
@click.option("--posts", "as_posts", is_flag=True, help="Posts as they were read, instead of threads.")
@click.option("--notices", is_flag=True, help="With --posts --to jsonl: also what is said of posts that are not there.")
@click.option("--min-posts", type=click.IntRange(min=1), default=2, show_default=True, help="Threads of so many posts.")
@click.option("--all", "singles", is_flag=True, help="Single posts too.")
@click.option("--problems", is_flag=True, help="List what could not be read, or was left out.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
@click.option("--columns", metavar="WHAT=NAME,...", help="Which columns of a table are what.")
@click.option(
    "--keep", metavar="FILE", help="Of an address: keep what the servers say, as a WARC; go on where it broke off."
)
@click.option("--budget", type=click.FloatRange(0), metavar="USD", help="Of an address: what may be spent on answers.")
@click.option("--width", type=click.IntRange(40, 200), help="Columns of text; the terminal's.")
def command(**given: Any) -> int:
    """Unroll the threads in files, folders, zips, tars, standard input (-) or at an address.

    Each thread says what is missing from it and how that is known. Threads are two posts or more, or a single one
    with a sign that there was more: a number, a gap.

    \b
    Examples:
      clew read thread.txt
      clew read twitter-archive.zip --author ana --to html --out threads/
      clew read outbox.json --thread 1400000000000000001 --to md --out port.md
      clew read posts.jsonl --to jsonl | jq '.completeness'
      clew read table.csv --columns id=tweet_id,text=body,author=user
      clew read https://bsky.app/profile/ana.example.org/post/3lkiz2uvhqk2v --keep port.warc.gz
    """
    wish = Wish(**given)
    form = _form(wish)
    intake, tally = _intake(wish), Tally()
    found = (_posts if wish.as_posts else _threads)(wish, form, intake, tally)
    for line in [] if wish.quiet else _told(intake):
        say(line)
    for error in intake.errors:
        say(f"clew: {error}")
    if wish.problems:
        for line in _problems(intake, tally):
            say(line)
    if not wish.quiet and (found.count or not intake.errors):
        for guess in tally.guesses.values():
            say(f"{guess.origin.file}: {guess.says}")
        say(" · ".join([*found.words, *_left_words(intake, tally)]))
    if intake.errors:
        return 2
    if not found.count:
        raise NothingFound(found.nothing)
    return 0


def _intake(wish: Wish) -> Intake:
    """Return the way in that the options ask for.

    Raises:
        BadOption: They do not go with the inputs, or the environment makes no sense.
    """
    intake = Intake(format=wish.source, columns=columns_of(wish.columns))
    if wish.keep is not None and (len(wish.inputs) > 1 or os.path.exists(wish.inputs[0])):
        raise BadOption(f"--keep {wish.keep}: goes with one address.")
    intake.tell = None if wish.quiet else say
    if wish.keep is not None:
        intake.keep = Path(wish.keep)
    if wish.budget is not None:
        from clew.fetch import Settings

        intake.settings = Settings.of(budget=wish.budget)
    return intake


def _told(intake: Intake) -> Iterator[str]:
    """Yield what was tried for live addresses, and where servers do not agree."""
    for brought in intake.brought:
        yield from (f"{tried.route}: {tried.says}" for tried in brought.tried)
        notes = [f"{note.says.rstrip('.')}: {note.post}" if note.post else note.says for note in brought.notes]
        yield from notes[:MOST]
        if len(notes) > MOST:
            yield f"and {len(notes) - MOST} more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was written, in numbers and words."""

    count: int
    words: tuple[str, ...]
    nothing: str
    """What is said where the count is 0."""


def _threads(wish: Wish, form: str, intake: Intake, tally: Tally) -> Found:
    with Progress(quiet=wish.quiet) as progress:
        intake.watch = progress
        woven = weave(_items(wish, intake, tally))
        threads = [thread for thread in woven if _is_wanted(thread, wish) and intake.is_meant(thread)]
    is_post = bool(intake.brought) and all(brought.post for brought in intake.brought)
    shown = [thread for thread in threads if is_post or _is_shown(thread, wish)]
    if shown:
        _write_threads(wish, form, shown)
    count = sum(1 for thread in shown for _ in thread.posts())
    words = [f"{_counted(count, 'post')} in {_counted(len(shown), 'thread')}"]
    single = sum(1 for thread in threads if len(list(thread.posts())) == 1) - _count_single(shown)
    if single:
        words.append(f"{_counted(single, 'single post')} left out (--all shows them)")
    if len(threads) - len(shown) - single:
        short = _counted(len(threads) - len(shown) - single, "shorter thread")
        words.append(f"{short} left out (--min-posts {wish.min_posts})")
    return Found(count=len(shown), words=tuple(words), nothing=_nothing(wish, "no threads"))


def _write_threads(wish: Wish, form: str, threads: list[Thread]) -> None:
    if wish.out is None or wish.out == "-":
        write(_written(threads, form, paper(wish.width)))
    elif is_folder(wish.out):
        suffix = ".jsonl" if form == "jsonl" else by_name(form).SUFFIX
        own = paper(wish.width, to_file=True)
        names = file_names(threads, suffix)
        files = {
            Path(wish.out, name): _written([thread], form, own) for name, thread in zip(names, threads, strict=True)
        }
        write_files(files, replace=wish.replace)
    else:
        write_files({Path(wish.out): _written(threads, form, paper(wish.width, to_file=True))}, replace=wish.replace)


def _written(threads: list[Thread], form: str, own: Paper) -> Iterator[str]:
    """Yield the threads in a form, in pieces."""
    if form == "jsonl":
        return (f"{to_json(thread)}\n" for thread in threads)
    if form == "text":
        return render(compose(threads), own)
    return by_name(form).render(compose(threads))


def _posts(wish: Wish, form: str, intake: Intake, tally: Tally) -> Found:
    count = 0

    def counted(items: Iterable[Item]) -> Iterator[Item]:
        nonlocal count
        for item in items:
            count += isinstance(item, Post)
            yield item

    items = counted(_wanted_items(wish, intake, tally))
    own = paper(wish.width, to_file=wish.out not in (None, "-"))
    pieces = (
        (f"{posts.to_json(item)}\n" for item in items)
        if form == "jsonl"
        else render_posts((compose_post(item) for item in items if isinstance(item, Post)), own)
    )
    if wish.out is None or wish.out == "-":
        write(pieces)
    else:
        write_files({Path(wish.out): pieces}, replace=wish.replace)
    return Found(count=count, words=(_counted(count, "post"),), nothing=_nothing(wish, "no posts"))


def _wanted_items(wish: Wish, intake: Intake, tally: Tally) -> Iterator[Item]:
    """Yield the posts that the user wants, in the order of the input; notices and problems where they are wanted."""
    items = _items(wish, intake, tally)
    if wish.thread:
        for thread in weave(items):
            if _is_wanted(thread, wish):
                yield from thread.posts()
        return
    for item in items:
        if isinstance(item, Post):
            if wish.author is None or _is_by(item.author, wish.author):
                yield item
        elif wish.notices:
            yield item


def _items(wish: Wish, intake: Intake, tally: Tally) -> Iterator[Item]:
    return tally.watch(item for path in wish.inputs for item in intake.items(path))


def _is_wanted(thread: Thread, wish: Wish) -> bool:
    if wish.author is not None and not _is_by(thread.author, wish.author):
        return False
    return wish.thread is None or _holds(thread, wish.thread)


def _is_by(author: Account, who: str) -> bool:
    name = who.removeprefix("@").casefold()
    return name in {(author.handle or "").casefold(), (author.id or "").casefold()}


def _holds(thread: Thread, wanted: str) -> bool:
    address = addresses.parse(wanted) if "/" in wanted else None
    known = {wanted, wanted.partition(":")[2], address.id if address and address.id else wanted}
    return thread.id == wanted or any(post.id in known or post.url == wanted for post in thread.posts())


def _is_shown(thread: Thread, wish: Wish) -> bool:
    """Say whether it is a thread in the user's eyes: long enough, or single with a sign that there was more."""
    if wish.singles or wish.thread is not None:
        return True
    if len(list(thread.posts())) >= wish.min_posts:
        return True
    signs = any(isinstance(entry, Gap) or entry.number is not None for entry in thread.entries)
    passage = any(reason.signal == "borders" for reason in thread.completeness.signals)
    return (signs or passage) and wish.min_posts <= 2


def _count_single(threads: list[Thread]) -> int:
    return sum(1 for thread in threads if len(list(thread.posts())) == 1)


def _form(wish: Wish) -> str:
    """Return what is written.

    Raises:
        UsageError: It does not go with the other options.
    """
    form = wish.form or _SUFFIXES.get(Path(wish.out or "").suffix.lower(), "text")
    if wish.as_posts and form not in ("text", "jsonl"):
        raise click.UsageError(f"--posts goes with --to text or --to jsonl, not with {form}")
    if wish.as_posts and wish.out and is_folder(wish.out):
        raise click.UsageError("--posts are written to one file; name it with --out")
    if wish.notices and not (wish.as_posts and form == "jsonl"):
        raise click.UsageError("--notices goes with --posts --to jsonl")
    return form


def _problems(intake: Intake, tally: Tally) -> Iterator[str]:
    for problem in tally.problems:
        yield f"{problem.origin.file}, {problem.origin.place}: {problem.reason}"
    for notice in tally.left_out:
        yield f"{notice.origin.file}: {notice.says}"
    for name in intake.unread:
        yield f"{name}: in no format that clew reads"


def _left_words(intake: Intake, tally: Tally) -> Iterator[str]:
    if tally.problems:
        yield f"{_counted(len(tally.problems), 'problem')} (--problems lists them)"
    private = sum(notice.count or 1 for notice in tally.left_out if notice.state == "private")
    if private:
        yield f"{_counted(private, 'private post')} left out"
    other = sum(notice.count or 1 for notice in tally.left_out if notice.state != "private")
    if other:
        yield f"{_counted(other, 'other record')} left out (--problems says which)"
    if intake.unread:
        yield f"{_counted(len(intake.unread), 'file')} in no known format (--problems lists them)"


def _nothing(wish: Wish, what: str) -> str:
    by = f" by {wish.author}" if wish.author else ""
    around = f" with {wish.thread}" if wish.thread else ""
    return f"{what}{by}{around} in {', '.join(wish.inputs)}."


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}".replace(",", " ")
