"""What is fed: each source, exports as files, the weave and the numbering, with the seeds to begin with."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec

from clew import fields, numbering
from clew.errors import BadRecord, ClewError
from clew.exports import Export, opened
from clew.exports._files import Container
from clew.ingest import Intake
from clew.posts import Item, Link, Mention, Notice, Origin, Post, Tag, to_json
from clew.sources import SOURCES, Source, clew_lines
from clew.threads import to_json as thread_to_json
from clew.threads import weave

__all__ = ["NAMES", "Broken", "Target", "target"]

CASES = Path(__file__).parents[2] / "tests" / "sources" / "cases"
#: Cases are miniatures; bigger files only slow the run.
LARGEST_SEED = 48 * 1024
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
#: Items beyond which the weave is left out, since it is fuzzed on its own.
MOST_WOVEN = 300


class Broken(Exception):
    """What came out breaks a rule that holds for all sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something that takes any bytes and must not fail on them."""

    name: str
    seeds: tuple[bytes, ...]
    run: Callable[[bytes], None]
    """Raises whatever is wrong; a ClewError is right."""
    suffix: Callable[[bytes], str]
    """Return how a file with these bytes should be called at its end."""
    bare: Callable[[bytes], bytes]
    """Return what goes into such a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """A file of a case that can be changed, among others that stay."""

    case: Path
    member: str
    content: bytes
    others: tuple[tuple[str, bytes], ...]
    addresses: dict[str, str | None]
    listed: tuple[str, ...]

    def export(self, content: bytes) -> Export:
        held = _Held(self.case.name, {**dict(self.others), self.member: content}, self.addresses, self.listed)
        return Export(self.case.name, held, tuple(sorted(held.contents)))


class _Held(Container):
    """Members that are held in memory."""

    def __init__(
        self, name: str, contents: dict[str, bytes], addresses: dict[str, str | None], listed: tuple[str, ...]
    ) -> None:
        self.name = name
        self.contents = contents
        self._addresses = addresses
        self._listed = listed

    def names(self) -> Iterator[str]:
        return iter(self.contents)

    def open(self, member: str) -> BinaryIO:
        return io.BytesIO(self.contents[member])

    def raw(self, member: str) -> BinaryIO:
        return self.open(member)

    def digest(self, member: str) -> str:
        return "sha256:0"

    def close(self) -> None:
        pass

    def address(self, member: str) -> str | None:
        return self._addresses.get(member)

    def addresses(self) -> Iterator[str]:
        return iter(self._listed)


def target(name: str) -> Target:
    """Return the target of that name.

    Raises:
        KeyError: There is none.
    """
    return _OTHERS[name]() if name in _OTHERS else _source({source.NAME: source for source in SOURCES}[name])


# Sources --------------------------------------------------------------------------------------------------------------


def _source(source: Source) -> Target:
    slots = [slot for case in _cases(source.NAME) for slot in _slots(case)]

    def chosen(data: bytes) -> tuple[_Slot, bytes]:
        first, _, content = data.partition(b"\n")
        return slots[int(first) % len(slots) if first.isdigit() and len(first) < 9 else 0], content

    def run(data: bytes) -> None:
        slot, content = chosen(data)
        export = slot.export(content)
        items: list[Item] = []
        try:
            source.claims(export)
            for item in source.read(export):
                _check(item)
                items.append(item)
        except ClewError:
            pass
        if len(items) < MOST_WOVEN:
            _weave(items)

    return Target(
        name=source.NAME,
        seeds=tuple(b"%d\n" % index + slot.content for index, slot in enumerate(slots)),
        run=run,
        suffix=lambda data: Path(chosen(data)[0].member).suffix,
        bare=lambda data: data.partition(b"\n")[2],
    )


def _cases(name: str) -> list[Path]:
    return sorted(path for path in (CASES / name).iterdir() if path.suffix != ".expected")


def _slots(case: Path) -> Iterator[_Slot]:
    with opened(str(case)) as export:
        contents = {}
        for member in export.members:
            with export.open(member) as stream:
                contents[member] = stream.read()
        addresses = {member: export.address(member) for member in export.members}
        listed = tuple(export.addresses())
    for member, content in contents.items():
        if len(content) <= LARGEST_SEED:
            others = tuple((name, held) for name, held in contents.items() if name != member)
            yield _Slot(case=case, member=member, content=content, others=others, addresses=addresses, listed=listed)


def _check(item: Item) -> None:
    """Raise Broken where an item can't be written, or says of its text what is not so."""
    if _NUL.search(to_json(item)):
        raise Broken("a NUL in a string")
    if not isinstance(item, Post):
        return
    parts: list[Link | Mention | Tag] = [*item.links, *item.mentions, *item.tags]
    for part in parts:
        if not 0 <= part.start <= part.end <= len(item.text):
            raise Broken(f"{type(part).__name__} outside of the text")
    for link in item.links:
        if link.end and item.text[link.start : link.end] != link.shown:
            raise Broken("a link that is not shown where it says")
    for time in (item.time, item.edited, item.deleted, *(version.time for version in item.versions)):
        if time is not None and time.utcoffset() != timedelta(0):
            raise Broken("a time that is not in UTC")
    if not item.id.strip():
        raise Broken("an empty id")


def _weave(items: list[Item]) -> None:
    """Raise Broken where the weave loses a post or shows one twice."""
    posts = {(item.platform, item.id) for item in items if isinstance(item, Post)}
    threads = weave(items)
    woven = [(post.platform, post.id) for thread in threads for post in thread.posts()]
    if len(woven) != len(set(woven)):
        raise Broken("a post stands in two places")
    if not set(woven) <= posts:
        raise Broken("a post that nobody gave")
    wordings = {(thread.platform, each.id) for thread in threads for post in thread.posts() for each in post.versions}
    if posts - set(woven) - wordings:
        raise Broken("a post is lost in the weave")
    for thread in threads:
        thread_to_json(thread).encode()


# Other targets --------------------------------------------------------------------------------------------------------


def _exports() -> Target:
    """Return the target that reads whole files: zips, tars, packed files, saved web traffic, and everything else."""
    packed = {".zip", ".gz", ".har", ".car", ".warc", ".yaml", ".parquet"}
    cases = [case for source in SOURCES for case in _cases(source.NAME) if case.suffix in packed]
    folder = Path(tempfile.mkdtemp(prefix="clew-fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))

    def run(data: bytes) -> None:
        path = folder / "input"
        path.write_bytes(data)
        intake = Intake()
        for item in intake.items(str(path)):
            to_json(item)

    seeds = tuple(case.read_bytes() for case in cases if case.stat().st_size <= LARGEST_SEED)
    return Target(name="exports", seeds=seeds, run=run, suffix=lambda data: ".bin", bare=lambda data: data)


def _woven() -> Target:
    """Return the target that weaves lines of posts and notices, whatever they say of one another."""

    def run(data: bytes) -> None:
        items = [item for line in data.splitlines()[:2000] if (item := _item(line)) is not None]
        _weave(items)

    seeds = []
    for source in SOURCES:
        for case in _cases(source.NAME):
            with opened(str(case)) as export:
                lines = [to_json(item) for item in source.read(export)]
            seeds.append("\n".join(lines[:60]).encode())
    return Target(name="weave", seeds=tuple(seeds), run=run, suffix=lambda data: ".jsonl", bare=lambda data: data)


_NOTICES = msgspec.json.Decoder(Notice)


def _item(line: bytes) -> Item | None:
    try:
        return _NOTICES.decode(line)
    except (ValueError, RecursionError):
        pass
    try:
        return clew_lines._post(line, _ORIGIN)
    except BadRecord:
        return None


_ORIGIN = Origin(capture="sha256:0", file="posts.jsonl", place="line 1")


def _numbers() -> Target:
    """Return the target that looks for numbers in texts, one a paragraph."""

    def run(data: bytes) -> None:
        texts = fields.clean(data.decode("utf-8", "surrogateescape")).split("\n\n")
        for text in texts:
            for mark in numbering.marks(text):
                if not 0 <= mark.start <= mark.end <= len(text):
                    raise Broken("a mark outside of its text")
            numbering.without_number(text)
            numbering.says_end(text)
            numbering.is_opener(text)
        numbering.stated_total(numbering.fit(texts))

    seeds = []
    for name in ("unrolled_text", "x_archive", "threadreader_html", "telegram_desktop"):
        for case in _cases(name):
            with opened(str(case)) as export:
                source = next(source for source in SOURCES if name == source.NAME)
                posts = [item.text for item in source.read(export) if isinstance(item, Post)]
            seeds.append("\n\n".join(posts).encode())
    return Target(name="numbering", seeds=tuple(seeds), run=run, suffix=lambda data: ".txt", bare=lambda data: data)


_OTHERS: dict[str, Callable[[], Target]] = {"exports": _exports, "weave": _woven, "numbering": _numbers}

NAMES = (*(source.NAME for source in SOURCES), *_OTHERS)
