"""The files to read: samples, repeated with changed ids, in the form in which each format holds many posts."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.page import ROOT

__all__ = ["FILES", "SAMPLES"]

SAMPLES = ROOT.parent / "shared" / "samples"
_ID = re.compile(rb"(?<!\d)\d{17,19}(?!\d)")
_KEY = re.compile(rb"(?<=app\.bsky\.feed\.post/)[2-7a-z]{13}")
_LETTERS = b"234567abcdefghijklmnopqrstuvwxyz"


def _renumbered(line: bytes, turn: int) -> bytes:
    """Return a record whose ids are others, the same for each turn, so that replies still meet their parents."""
    if not turn:
        return line
    line = _ID.sub(lambda found: str(int(found[0]) + (turn << 22)).encode().zfill(len(found[0])), line)
    tail = bytes(_LETTERS[turn >> shift & 31] for shift in (10, 5, 0))
    return _KEY.sub(lambda found: found[0][:10] + tail, line)


def _repeated(records: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the records again and again, with other ids each time, until there are so many bytes."""
    held, length = list(records), 0
    for turn in count():
        for record in held:
            line = _renumbered(record, turn)
            length += len(line)
            yield line
        if length >= size:
            return


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _lines(records: Callable[[], Iterable[bytes]]) -> Callable[[Path, int], None]:
    def write(path: Path, size: int) -> None:
        with path.open("wb") as stream:
            stream.writelines(line + b"\n" for line in _repeated(records(), size))

    return write


def _array(records: Callable[[], Iterable[bytes]], before: bytes, after: bytes) -> Callable[[Path, int], None]:
    def write(path: Path, size: int) -> None:
        with path.open("wb") as stream:
            stream.write(before)
            for index, record in enumerate(_repeated(records(), size)):
                stream.write(b",\n" * bool(index) + record)
            stream.write(after)

    return write


def _table(path: Path, size: int) -> None:
    """Write the flattened posts of API v2 as twarc-csv does."""
    import logging
    import warnings

    from twarc_csv import CSVConverter  # type: ignore[import-not-found, unused-ignore]

    lines = path.with_suffix(".lines")
    FILES["X API v2 flattened lines"][2](lines, size)
    logging.disable()
    with warnings.catch_warnings(), lines.open() as source, path.open("w") as target:
        warnings.simplefilter("ignore")
        CSVConverter(infile=source, outfile=target).process()


def _v1() -> Iterator[bytes]:
    with zipfile.ZipFile(SAMPLES / "twitter_v1" / "rumoureval2017-train.zip") as packed:
        for name in packed.namelist():
            if re.search(r"/(?:replies|source-tweet)/[^/.]+\.json$", name) and "__MACOSX" not in name:
                yield _compact(json.loads(packed.read(name)))


def _of_twarc(name: str) -> Callable[[], Iterator[bytes]]:
    def records() -> Iterator[bytes]:
        yield from (SAMPLES / "twitter_v2" / "twarc-csv" / name).read_bytes().splitlines()

    return records


def _graphql() -> Iterator[bytes]:
    for name in ("raw_user_tweets.json", "raw_search.json", "raw_user_tweets_and_replies.json"):
        yield _compact(json.loads((SAMPLES / "x_graphql" / "twscrape" / name).read_bytes()))


def _statuses() -> Iterator[bytes]:
    folder = SAMPLES / "mastodon"
    for name in ("bigbone_assets/public_timeline.json", "bigbone_assets/tag_timeline.json"):
        yield from map(_compact, json.loads((folder / name).read_bytes()))
    yield from map(_compact, json.loads((folder / "tokodon_autotests" / "statuses.json").read_bytes()))


def _activities() -> Iterator[bytes]:
    outbox = json.loads((SAMPLES / "mastodon" / "outbox_philhawksworth" / "outbox.json").read_bytes())
    yield from map(_compact, outbox["orderedItems"])


def _bluesky() -> Iterator[bytes]:
    for post in json.loads((SAMPLES / "bluesky" / "twitwi" / "bluesky-posts.json").read_bytes()):
        if "record" in post:
            yield _compact(post)


_OUTBOX = b'{"@context":"https://www.w3.org/ns/activitystreams","id":"outbox.json","type":"OrderedCollection","orderedItems":['

#: By what it is called: the source of clew, the name of the file, and what writes it.
FILES: dict[str, tuple[str, str, Callable[[Path, int], None]]] = {
    "X API v1.1 lines": ("x_api_v1", "v1.jsonl", _lines(_v1)),
    "X API v1.1 array": ("x_api_v1", "v1.json", _array(_v1, b"[", b"]")),
    "X API v2 flattened lines": ("x_api_v2", "flat.jsonl", _lines(_of_twarc("flat.jsonl"))),
    "X API v2 pages": ("x_api_v2", "pages.jsonl", _lines(_of_twarc("noflat.jsonl"))),
    "X GraphQL answers": ("x_graphql", "graphql.jsonl", _lines(_graphql)),
    "Mastodon statuses": ("mastodon_api", "statuses.jsonl", _lines(_statuses)),
    "Mastodon outbox": ("mastodon_outbox", "outbox.json", _array(_activities, _OUTBOX, b"]}")),
    "Bluesky posts": ("bluesky_api", "bluesky.jsonl", _lines(_bluesky)),
    "CSV of twarc-csv": ("table", "posts.csv", _table),
}
