"""Public corpora of posts with their answers, read from the samples: names, places, time expressions, days."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from clew.posts import Account, Post
from clew.sources._parts import found

__all__ = ["CORPORA", "FOLDER", "Answer", "Item", "load", "post_of"]

FOLDER = Path(__file__).parents[3] / "shared" / "samples" / "gold"
#: What the corpora call the kinds; the others (products, works) are no kind of clew's and are left out of the answers.
_KINDS = {
    "person": "person",
    "PER": "person",
    "location": "place",
    "LOC": "place",
    "corporation": "organisation",
    "group": "organisation",
    "ORG": "organisation",
}
_NOON = 12


class Answer(NamedTuple):
    """What should be found: a span and its kind, or a day by itself."""

    start: int
    end: int
    kind: str


class Item(NamedTuple):
    """A post and what should be found in it."""

    post: Post
    answers: frozenset[Answer]


def load(name: str, folder: Path) -> list[Item]:
    """Return the posts of a corpus; empty where it is not there."""
    return list(CORPORA[name](folder))


def post_of(own: str, text: str, time: datetime | None = None) -> Post:
    """Return a post of somebody, with the links, mentions and tags that its text shows."""
    parts = found(text)
    return Post(
        platform="x",
        id=own,
        author=Account(handle="someone"),
        text=text,
        time=time,
        links=parts.links,
        mentions=parts.mentions,
        tags=parts.tags,
    )


# --- names: CoNLL -----------------------------------------------------------------------------------------------------

_NO_SPACE_BEFORE = re.compile(r"[.,!?;:%)\]’”…]|'s$|n't$|'(?:re|ve|ll|d|m)$|'$")
_NO_SPACE_AFTER = re.compile(r"[(\[“$#@]$")


def _conll(path: Path, *, handles: bool) -> Iterator[Item]:
    """Yield the posts of a file; tokens are put together as people write, and a name's `#` is not part of it."""
    if not path.exists():
        return
    blocks = re.split(r"\n\s*\n", path.read_text(encoding="utf-8"))
    for at, block in enumerate(blocks):
        pairs = [line.split("\t") for line in block.splitlines() if "\t" in line]
        if pairs:
            text, spans = _joined([pair[0] for pair in pairs])
            answers = _names([pair[1].strip() for pair in pairs], spans, text)
            kept = (answer for answer in answers if handles or text[answer.start] != "@")
            yield Item(post_of(str(at), text), frozenset(kept))


def _joined(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    text, spans = "", []
    for token in tokens:
        if text and not _NO_SPACE_BEFORE.match(token) and not _NO_SPACE_AFTER.search(text):
            text += " "
        spans.append((len(text), len(text) + len(token)))
        text += token
    return text, spans


def _names(labels: Sequence[str], spans: Sequence[tuple[int, int]], text: str) -> Iterator[Answer]:
    at = 0
    while at < len(labels):
        kind = _KINDS.get(labels[at].partition("-")[2])
        end = at + 1
        while end < len(labels) and labels[end].startswith("I-"):
            end += 1
        if kind and labels[at].startswith("B-"):
            start = spans[at][0] + (text[spans[at][0]] == "#")
            yield Answer(start, spans[end - 1][1], kind)
        at = end if labels[at] != "O" else at + 1


# --- places: IDRISI ---------------------------------------------------------------------------------------------------


def _idrisi(folder: Path) -> Iterator[Item]:
    for path in sorted(folder.glob("idrisi/*/dev.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            places = row["location_mentions"]
            answers = {Answer(place["start_offset"], place["end_offset"], "place") for place in places}
            yield Item(post_of(row["tweet_id"], row["text"]), frozenset(answers))


# --- when: TimeML, and days -------------------------------------------------------------------------------------------


def _syntime(folder: Path) -> Iterator[Item]:
    for path in sorted(folder.glob("syntime/tml/*.tml")):
        tree = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        body, created = tree.find("TEXT"), tree.find("DCT/TIMEX3")
        if body is not None and created is not None:
            text, answers = body.text or "", []
            for each in body:
                answers.append(Answer(len(text), len(text) + len(each.text or ""), "date"))
                text += f"{each.text or ''}{each.tail or ''}"
            yield Item(post_of(path.stem, text, _noon(created.attrib["value"])), frozenset(answers))


def _tweetime(folder: Path) -> Iterator[Item]:
    """Yield posts whose answers are days: `start` and `end` are both the day's number."""
    path = folder / "tweetime" / "dev.txt"
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else ()):
        text, created, days, _ = line.split("\t")
        numbers = {date.fromisoformat(day).toordinal() for day in days.split(",") if day != "None"}
        answers = frozenset(Answer(number, number, "date") for number in numbers)
        yield Item(post_of(str(at), unescape(text), _noon(created)), answers)


def _noon(day: str) -> datetime:
    return datetime.fromisoformat(day[:10]).replace(hour=_NOON, tzinfo=UTC)


CORPORA: dict[str, Callable[[Path], Iterator[Item]]] = {
    "names, WNUT17 dev": lambda folder: _conll(folder / "wnut17" / "emerging.dev.conll", handles=False),
    "names, BTC g": lambda folder: _conll(folder / "broad_twitter_corpus" / "g.conll", handles=True),
    "names, BTC g without @": lambda folder: _conll(folder / "broad_twitter_corpus" / "g.conll", handles=False),
    "places, IDRISI dev": _idrisi,
    "time expressions, SynTime train": _syntime,
    "days, TweeTime dev": _tweetime,
}
