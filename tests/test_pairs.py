"""The same thread in several formats gives the same thread; where it can't, `differences.toml` says why, in words.

Each folder under pairs/ holds one invented thread as several tools would give it. Every file must agree with the
folder's reference in every aspect, but for those that its differences name; these must really differ, so that no
excuse outlives its reason.
"""

from __future__ import annotations

import atexit
import json
import shutil
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from benchmarks.cars import car

import clew
from clew.posts import Item, Post, to_json
from clew.threads import Entry, Gap, PostEntry, Thread

PAIRS = Path(__file__).parent / "pairs"
MADE = Path(mkdtemp())
atexit.register(shutil.rmtree, MADE)


def _gaps(thread: Thread) -> list[Any]:
    lines = [thread.entries, *(branch.entries for branch in thread.branches)]
    return [(at, gap.count, gap.numbers) for line in lines for at, gap in enumerate(line) if isinstance(gap, Gap)]


def _line(thread: Thread) -> list[Post]:
    return [entry.post for entry in thread.entries if isinstance(entry, PostEntry)]


def _branches(thread: Thread) -> list[Any]:
    places = {post.id: at for at, post in enumerate(_line(thread))}
    return [
        (places.get(branch.after), branch.label, [_text(entry) for entry in branch.entries])
        for branch in thread.branches
    ]


def _text(entry: Entry) -> str | None:
    return entry.post.text if isinstance(entry, PostEntry) else None


def _second(moment: datetime | None) -> datetime | None:
    """Return an instant to the second: an id tells the milliseconds, the fields beside it do not."""
    return moment and moment.replace(microsecond=0)


def _each(take: Callable[[Post], Any]) -> Callable[[Thread], list[Any]]:
    """Return what each post of the main line has."""
    return lambda thread: [take(post) for post in _line(thread)]


#: In what two readings of a thread can agree, by the name that differences.toml uses.
ASPECTS: dict[str, Callable[[Thread], Any]] = {
    "order": lambda thread: [isinstance(entry, PostEntry) for entry in thread.entries],
    "text": _each(lambda post: post.text),
    "numbers": lambda thread: [(each.number, each.total) for each in thread.entries if isinstance(each, PostEntry)],
    "gaps": _gaps,
    "gap ids": lambda thread: [gap.ids for gap in thread.gaps()],
    "gap reasons": lambda thread: [(gap.state, gap.certainty) for gap in thread.gaps()],
    "branches": _branches,
    "links": _each(lambda post: [(link.start, link.end, link.shown, link.url, link.cut) for link in post.links]),
    "mentions": _each(lambda post: [(each.start, each.end, each.handle) for each in post.mentions]),
    "mentioned ids": _each(lambda post: [each.id for each in post.mentions]),
    "tags": _each(lambda post: [(each.start, each.end, each.tag) for each in post.tags]),
    "media": _each(lambda post: [(each.type, each.url) for each in post.media]),
    "descriptions": _each(lambda post: [each.alt for each in post.media]),
    "quotes": _each(lambda post: post.quotes),
    "quoted": lambda thread: [post.text for post in thread.quoted],
    "ids": _each(lambda post: post.id),
    "times": _each(lambda post: _second(post.time)),
    "parents": _each(lambda post: post.reply_to),
    "answered authors": _each(lambda post: post.reply_to_author),
    "edges": lambda thread: thread.edges,
    "language": _each(lambda post: post.language),
    "author": lambda thread: thread.author.handle,
    "author id": lambda thread: thread.author.id,
    "author name": lambda thread: thread.author.name,
    "context": lambda thread: thread.context.reply_to,
    "context posts": lambda thread: [(post.id, post.text) for post in thread.context.posts],
    "edits": _each(lambda post: _second(post.edited)),
    "wordings": _each(lambda post: [(version.id, version.text) for version in post.versions]),
    "warnings": _each(lambda post: post.warning),
    "cut": _each(lambda post: post.cut),
    "verdict": lambda thread: thread.completeness.verdict,
}


@cache
def _differences(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "differences.toml").read_text(encoding="utf-8"))


def _inputs() -> list[Path]:
    return sorted(path for path in PAIRS.glob("*/*") if path.suffix != ".toml")


@cache
def _readable(path: Path) -> Path:
    """Return the path itself; of records that stand for a CAR file, which nobody could read here, that file."""
    if not path.name.endswith(".car.json"):
        return path
    account = json.loads(path.read_bytes())
    made = MADE / f"{path.parent.name}-{path.stem}"
    made.write_bytes(car(account["did"], account["records"], account["revision"]))
    return made


@cache
def _thread(path: Path) -> Thread:
    """Return the longest thread that a file holds."""
    reading = clew.read(_readable(path))
    assert not reading.errors
    assert not reading.problems
    return max(reading, key=lambda thread: len(list(thread.posts())))


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def test_there_are_pairs_of_many_formats() -> None:
    folders = {path.parent for path in _inputs()}
    formats = {next(iter(_formats(path))) for path in _inputs()}
    assert len(folders) >= 8
    assert len(formats) >= 15
    assert all(sum(path.parent == folder for path in _inputs()) >= 2 for folder in folders)


def _formats(path: Path) -> Iterator[str]:
    from clew.ingest import Intake

    intake = Intake()
    list(intake.items(str(_readable(path))))
    yield from intake.formats


@pytest.mark.parametrize("path", _inputs(), ids=_name)
def test_a_file_gives_the_thread_of_its_folder(path: Path) -> None:
    differences = _differences(path.parent)
    reference = _thread(path.parent / differences["reference"])
    thread, excuses = _thread(path), differences.get(path.name, {})
    differing = {name: (take(reference), take(thread)) for name, take in ASPECTS.items()}
    differing = {name: (ours, theirs) for name, (ours, theirs) in differing.items() if ours != theirs}
    unexcused = {name: pair for name, pair in differing.items() if name not in excuses}
    assert unexcused == {}
    assert set(excuses) == set(differing), "these excuses are no longer needed"


@pytest.mark.parametrize("path", _inputs(), ids=_name)
def test_lines_of_posts_give_the_same_threads(path: Path, tmp_path: Path) -> None:
    reading = clew.read(_readable(path))
    items: list[Item] = [*reading.posts, *reading.notices]
    lines = tmp_path / "posts.jsonl"
    lines.write_text("".join(f"{to_json(item)}\n" for item in items), encoding="utf-8")
    assert clew.read(lines).threads == reading.threads


def test_every_difference_is_told_in_a_sentence() -> None:
    for folder in PAIRS.iterdir():
        for name, said in _differences(folder).items():
            if name == "reference":
                continue
            assert (folder / name).exists()
            assert all(aspect in ASPECTS and words.endswith(".") for aspect, words in said.items())
