"""`clew cite`: references to threads, posts and passages, and whether they still hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clew.cli.archives import archive_option
from clew.cli.chosen import Chosen, chosen, date_made, known_of, post_of
from clew.cli.output import say, write, write_files
from clew.errors import NothingFound, NotReadable
from clew.posts import Origin, Post
from clew.publish.annotations import annotate, check, page, parse, places
from clew.publish.citations import Citation, bibtex, csl, of_post, of_thread, referenced, ris
from clew.standing import Memento
from clew.threads import Thread

if TYPE_CHECKING:
    from clew.mementos import Copies

__all__ = ["command"]

FORMS = ("text", "csl", "bibtex", "ris", "annotation")
_SUFFIXES = {".bib": "bibtex", ".ris": "ris", ".json": "csl", ".jsonld": "annotation"}
_WORSE = {"holds": 0, "moved": 0, "absent": 4, "changed": 3}
"""Exit codes by what became of an annotation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    references: tuple[str, ...]
    inputs: tuple[str, ...]
    archive: str | None
    passage: str | None
    style: str
    form: str | None
    source: str | None
    check: str | None
    date: str | None
    out: str | None
    replace: bool
    quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What is cited: a thread, a post of it, or a span of the post's text."""

    thread: Thread
    post: Post | None = None
    span: tuple[int, int] | None = None

    @property
    def passage(self) -> str | None:
        """The words of the span."""
        return self.post.text[slice(*self.span)] if self.post and self.span else None


@click.command("cite")
@click.argument("references", nargs=-1, metavar="THREAD_OR_POST...")
@click.option("--in", "inputs", multiple=True, metavar="INPUT", help="Where they are; can be given again.")
@archive_option
@click.option("--passage", metavar="WORDS", help="Cite these words of it.")
@click.option("--style", default="apa", show_default=True, metavar="NAME", help="Of the text; see below.")
@click.option("--to", "form", type=click.Choice(FORMS), help="What the name given with --out says, else text.")
@click.option("--from", "source", metavar="FORMAT", help="Take the input as this; `clew formats` names them.")
@click.option("--check", metavar="FILE", help="Say which annotations in the file still hold.")
@click.option("--date", metavar="DAY", help="When it was seen; today, or SOURCE_DATE_EPOCH.")
@click.option("--out", metavar="FILE", help="Where to write.")
@click.option("--replace", is_flag=True, help="Replace a file that is there already.")
@click.option("--quiet", is_flag=True, help="No counts, no progress.")
def command(**given: Any) -> int:
    """Cite threads, posts and passages, and check what was cited.

    A thread is named by its id with the platform (x:1400000000000000001), a post by its own id or its address.
    Styles are apa, chicago, chicago-notes, mla, iso690, iso690-numeric, gost, any other of the CSL by its name
    there, or a .csl file. An annotation holds the words, their place in the post's text, its SHA-256 digest and the
    capture that it was read from.

    With --check: exit code 0 where all annotations hold, 3 where the words of one are gone, 4 where a post is not held.

    \b
    Examples:
      clew cite x:1400000000000000001 --in posts.jsonl
      clew cite https://x.com/ana/status/1400000000000000001 --in posts.jsonl --style mla
      clew cite x:1400000000000000001 --in posts.jsonl --passage "two owners" --to annotation --out quay.jsonld
      clew cite --check quay.jsonld --in posts.jsonl
      clew cite ID ID --in posts.jsonl --to bibtex --out port.bib
    """
    wish = Wish(**given)
    if not wish.references and not wish.check:
        raise click.UsageError("name a thread or a post, or annotations with --check")
    found = chosen(
        wish.references,
        wish.inputs,
        source=wish.source,
        quiet=wish.quiet,
        single=wish.check is not None,
        archive=wish.archive,
    )
    if wish.check:
        return _check(wish, found)
    form = wish.form or _SUFFIXES.get(Path(wish.out or "").suffix.lower(), "text")
    _, copies = known_of(found, found.threads)
    pieces = _written(wish, form, _cited(wish, found), date_made(wish.date), copies)
    if wish.out is None or wish.out == "-":
        write(pieces)
    else:
        write_files({Path(wish.out): pieces}, replace=wish.replace)
    return 2 if found.failed else 0


def _cited(wish: Wish, found: Chosen) -> list[Cited]:
    names = found.names or tuple(thread.id for thread in found.threads)
    cited = [
        Cited(thread=thread, post=None if thread.id == name else post_of(thread, name))
        for thread, name in zip(found.threads, names, strict=True)
    ]
    return cited if wish.passage is None else [_passage(wish.passage, cited)]


def _passage(words: str, cited: Sequence[Cited]) -> Cited:
    """Return the only place where words stand in what was named.

    Raises:
        NothingFound: They stand nowhere.
        UsageError: They stand more than once.
    """
    found = [
        Cited(thread=one.thread, post=post, span=(start, end))
        for one in cited
        for post, start, end in places([one.post] if one.post else one.thread.posts(), words)
    ]
    if not found:
        raise NothingFound(f"“{words}” stands in none of the posts that were named.")
    if len(found) > 1:
        posts = ", ".join(dict.fromkeys(f"{one.post.platform}:{one.post.id}" for one in found if one.post))
        raise click.UsageError(f"“{words}” stands {len(found)} times, in {posts}; give more of it, or name the post")
    return found[0]


def _written(wish: Wish, form: str, cited: Sequence[Cited], made: datetime, copies: Copies) -> Iterator[str]:
    if form == "annotation":
        yield page([one for each in cited for one in _annotations(each, made)])
        return
    citations = [_citation(one, made, copies) for one in cited]
    match form:
        case "csl":
            yield csl(citations)
        case "bibtex":
            yield bibtex(citations)
        case "ris":
            yield ris(citations)
        case _:
            yield from referenced(citations, wish.style)


def _citation(one: Cited, made: datetime, copies: Copies) -> Citation:
    def copy(origin: Origin) -> Memento | None:
        return copies.get((origin.capture, origin.file))

    return of_post(one.thread, one.post, made, one.passage, copy) if one.post else of_thread(one.thread, made, copy)


def _annotations(one: Cited, made: datetime) -> Iterator[dict[str, Any]]:
    """Yield the annotation of a post or of words in it; of a thread, one for each post."""
    for post in [one.post] if one.post else one.thread.posts():
        yield annotate(post, made, one.span)


def _check(wish: Wish, found: Chosen) -> int:
    path = wish.check or ""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise NotReadable(path, (error.strerror or str(error)).lower()) from error
    worst, counts = 0, dict.fromkeys(_WORSE, 0)
    order = (0, 4, 3)
    for checked in check(parse(content, path), found.posts):
        counts[checked.status] += 1
        worst = max(worst, _WORSE[checked.status], key=order.index)
        write([f"{checked.status:8} {checked.id}\n         {checked.says}\n"])
    if not wish.quiet:
        say(", ".join(f"{count:,} {status}" for status, count in counts.items() if count))
    return worst
