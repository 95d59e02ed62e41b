"""What became of posts, as text: edits as differences word by word, sightings, absences, deletions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clew.archive.history import History, Sighting, Wording
from clew.publish.differences import differences as pieces
from clew.publish.terminal import safe
from clew.publish.text import Paper
from clew.publish.wrap import wrapped

__all__ = ["differences", "versions"]


def versions(histories: Sequence[History], paper: Paper) -> Iterator[str]:
    """Yield the histories of posts as text; a post of which there is one wording only takes few lines."""
    thread = None
    for history in histories:
        if history.thread != thread:
            thread = history.thread
            yield f"{safe(thread)}\n"
        when = f" · {history.time:%Y-%m-%d %H:%M} UTC" if history.time else ""
        yield f"\npost {history.number} · {safe(history.post)}{when}\n"
        yield from _wordings(history, paper)
        for absence in history.absences:
            yield from _lines(
                f"not in {absence.name}, which says that it holds all posts up to {_minute(absence.until)}; "
                "that is not the same as deleted",
                paper,
            )
        for deletion in history.deletions:
            when = f" on {_minute(deletion.time)}" if deletion.time else ""
            yield from _lines(f"deleted{when}: {deletion.says} ({deletion.file}, {deletion.place})", paper)


def _wordings(history: History, paper: Paper) -> Iterator[str]:
    before: Wording | None = None
    for at, wording in enumerate(history.wordings, 1):
        if len(history.wordings) == 1:
            yield from _lines(f"one wording; {_seen(wording)}", paper)
        else:
            yield from _lines(f"wording {at} of {len(history.wordings)}{_marks(wording)}; {_seen(wording)}", paper)
        text = wording.text if before is None or wording.cut else differences(before.text, wording.text)
        for line in wrapped(safe(text), paper.width - 4):
            yield f"    {line}\n" if line else "\n"
        before = wording if not wording.cut else before
    if history.wordings and history.wordings[-1].text != history.shown:
        yield from _lines("shown is another one, the fullest", paper)


def _marks(wording: Wording) -> str:
    words = [f"of {wording.written:%Y-%m-%d %H:%M} UTC"] if wording.written else []
    words += [f"id {wording.id}"] if wording.id else []
    words += ["known to be shortened"] if wording.cut else []
    return f" ({', '.join(words)})" if words else ""


def _seen(wording: Wording) -> str:
    if not wording.seen:
        return "stated by a source"
    count = "once" if len(wording.seen) == 1 else f"{len(wording.seen)} times"
    places = dict.fromkeys(_place(sighting) for sighting in wording.seen)
    return f"seen {count}: {', '.join(places)}"


def _place(sighting: Sighting) -> str:
    as_of = f" of {_minute(sighting.as_of)}" if sighting.as_of else ""
    return f"{sighting.name}{as_of}, added {_minute(sighting.kept)}"


def _minute(moment: str) -> str:
    return f"{moment[:16].replace('T', ' ')} UTC"


def _lines(text: str, paper: Paper) -> Iterator[str]:
    for line in wrapped(safe(text), paper.width - 2):
        yield f"  {line}\n"


def differences(before: str, after: str) -> str:
    """Return a text with what was taken out since another one in [- -], and what came in in {+ +}.

    >>> differences("The port was sold once.", "The port was sold twice.")
    'The port was sold [-once-]{+twice+}.'
    """
    marks = {"kept": "{}", "out": "[-{}-]", "in": "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces(before, after))
