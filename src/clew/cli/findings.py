"""Findings of an archive: as they are kept, as the user corrected them; what changed; who is named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from clew.cli.archives import rows
from clew.cli.output import say, write
from clew.errors import BadOption, NothingFound, NotReadable
from clew.evidence import Finding
from clew.evidence.corrections import Placed, append, load, parsed, placed
from clew.evidence.forms.text import says
from clew.evidence.joined import Aliases, held_aliases, joined, read_aliases
from clew.evidence.kept import CORRECTIONS, Change, Kept
from clew.publish.terminal import safe
from clew.threads import Thread

__all__ = ["correct", "known_names", "needed", "show_changes", "show_corrections", "show_entities"]


def correct(archive: Path, file: str) -> int:
    """Keep the corrections of a file; returns the exit code.

    Raises:
        NotReadable: The file can't be opened.
        BadOption: A line is no correction.
    """
    found = list(parsed(_read(file).encode().splitlines(), file, datetime.now(UTC).replace(microsecond=0)))
    count = append(archive / CORRECTIONS, found)
    say(f"{count} correction{'' if count == 1 else 's'} kept in {archive / CORRECTIONS}")
    return 0


def show_corrections(archive: Path, threads: Iterable[Thread], form: str) -> int:
    """Write what the user said of findings, and whether it still bears on the texts.

    Raises:
        NothingFound: Nothing was said.
    """
    texts = {post.id: post.text for thread in threads for post in thread.posts()}
    told = [placed(each, texts) for each in load(archive / CORRECTIONS)]
    if not told:
        raise NothingFound(f"no corrections in {archive}.")
    if form == "text":
        write(map(_corrected, told))
    else:
        names = "state verdict kind post start quote note becomes value by made".split()
        rows(
            form,
            names,
            (
                (
                    *(state, each.verdict, each.kind, each.post, start, each.quote, each.note or ""),
                    *(each.becomes, each.value, each.by, each.made.isoformat()),
                )
                for each, state, start in told
            ),
        )
    return 0


def _corrected(told: Placed) -> str:
    each, state, _ = told
    words = " ".join(each.quote.split())
    kind = f"{each.kind} -> {each.becomes}" if each.becomes else each.kind
    note = f" · {each.note}" if each.note else ""
    return safe(f"{state:<6} {each.verdict:<8} {kind:<12} {each.post} “{words}” · {each.says}{note}\n")


def show_changes(archive: Path, form: str) -> int:
    """Write what came and went when findings were made again.

    Raises:
        NothingFound: Nothing did.
    """
    with Kept(archive) as kept:
        found = list(kept.changes())
    if not found:
        raise NothingFound(f"no findings changed in {archive}.")
    if form == "text":
        write(map(_changed, found))
    else:
        names = "at reason what kind thread post start end quote method".split()
        rows(
            form,
            names,
            (
                (at, reason, what, each.kind, each.thread, each.post, each.start, each.end, each.quote, each.method)
                for at, reason, what, each in found
            ),
        )
    return 0


def _changed(change: Change) -> str:
    at, reason, what, found = change
    words = " ".join(found.quote.split())
    return safe(f"{at}  {what:<5} ({reason})  {found.kind:<12} {found.post} “{words}” {says(found)} · {found.method}\n")


def show_entities(findings: Iterable[Finding], known: Aliases, form: str) -> int:
    """Write who is named, by one name each, with the names that were joined and why.

    Raises:
        NothingFound: Nobody is.
    """
    found = joined(findings, known)
    if not found:
        raise NothingFound("nobody is named.")
    if form == "text":
        for each in found:
            names = ", ".join(f"{name} ({count})" for name, count in each.names)
            write([safe(f"{each.kind:<12} {each.name}: {names}\n")])
            write(safe(f"             = {join.a} and {join.b}: {join.why} ({join.score:.2f})\n") for join in each.joins)
            write(
                safe(f"             ? {join.a} and {join.b}: {join.why} ({join.score:.2f})\n") for join in each.possible
            )
    else:
        rows(
            form,
            "name kind count names joins possible".split(),
            (
                (
                    each.name,
                    each.kind,
                    sum(count for _, count in each.names),
                    tuple(name for name, _ in each.names),
                    tuple(f"{join.a} = {join.b} ({join.score:.2f}: {join.why})" for join in each.joins),
                    tuple(f"{join.a} ? {join.b} ({join.score:.2f}: {join.why})" for join in each.possible),
                )
                for each in found
            ),
        )
    return 0


def known_names(file: str | None, archive: Path | None) -> Aliases:
    """Return what the user says of names: in a file of aliases where one is named, else in that of the archive.

    Raises:
        NotReadable: It can't be opened.
        BadOption: A line says neither `A = B` nor `A != B`.
    """
    return read_aliases(Path(file)) if file else held_aliases(archive)


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "is no text in UTF-8"
        raise NotReadable(file, reason) from error


def needed(archive: Path | None, option: str) -> Path:
    """Return the archive that an option is about.

    Raises:
        BadOption: Inputs are named instead.
    """
    if archive is None:
        raise BadOption(f"{option} is about an archive; name no file.")
    return archive
