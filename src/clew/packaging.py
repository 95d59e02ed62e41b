"""Threads as WACZ packages: what goes in, from an archive or from files. The order of things is written here, once."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import msgspec

from clew.archive import Archive
from clew.archive.any_file import PROOF
from clew.archive.history import histories
from clew.archive.history import to_json as history_json
from clew.archive.observe import many
from clew.archive.standings import links_in, standings
from clew.archive.store import SEALS, Place, Store, digested
from clew.archive.wacz import Page, Plan, packed, page_url
from clew.archive.writer import head_of
from clew.standing import held_at
from clew.threads import Thread, to_json

__all__ = ["Holdings", "Kept", "from_archive", "from_files", "package"]

Kept = Literal["none", "web", "all"]
"""Which captures go in: none, those of web traffic, or all of them, whatever else they hold."""

_HEAD = 1 << 10
_README = """\
Made by clew {version}. What the folders hold:

archive/threads.warc.gz  the threads as pages, which clew made: no server ever gave them
archive/*                captures: web traffic just as it was received; its digest is that of the capture
clew/threads.jsonl       the threads, with their gaps and how these are known (clew/thread/1)
clew/histories.jsonl     what became of each post: wordings, absences, deletions (clew/history/1)
clew/captures.jsonl      the bytes that the threads were read from, and of the pages that they link to: digest, name,
                         when they were added
clew/archive.json        the archive, and the head of its ledger when this was made
clew/proof/              where it was asked for: the ledger of the archive, its seals and time stamps

Each post says in `origin` which bytes it was read from, and where in them. `clew verify` checks all of this offline.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """Where the captures of threads are, and what is known of them besides."""

    paths: Mapping[str, Path] = field(default_factory=dict)
    """Copies of captures, by digest."""
    facts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """What is known of each capture that the threads rest on, by digest."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What goes under clew/ besides, by name."""
    linked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Links whose pages are held, each with the addresses that its page may have."""


def from_archive(
    archive: Archive, threads: Sequence[Thread], kept: Kept, folder: Path, *, proof: bool = False
) -> Holdings:
    """Return what an archive holds of threads; captures that are wanted are copied to a folder, and checked.

    Raises:
        DamagedArchive: One of them is not what it was.
    """
    connection = archive.connection
    head = head_of(connection)
    store = Store(archive.path, head, {}, lambda: datetime.min)
    paths: dict[str, Path] = {}
    facts: dict[str, dict[str, object]] = {}
    known = standings(connection, links_in(threads)) if kept != "none" else {}
    digests = dict.fromkeys((*_digests(threads), *(one.capture for one in known.values() if one.capture)))
    for digest, name, at, size, warc, offset in connection.execute(_CAPTURES, (many(digests),)):
        facts[digest] = {"digest": digest, "name": name, "bytes": size, "added": f"{at}Z"}
        path = folder / digest.removeprefix("sha256:")
        if kept != "none" and size:
            with store.opened(Place(digest=digest, size=size, warc=warc, offset=offset)) as block:
                if kept == "all" or _is_warc(block.peek(_HEAD)):  # type: ignore[attr-defined]
                    with path.open("wb") as out:
                        shutil.copyfileobj(block, out)
                    paths[digest] = path
    told = {"archive": archive.name, "head": head.digest, "lines": head.seq}
    lines = "".join(f"{history_json(history)}\n" for history in histories(connection, threads))
    files = {"histories.jsonl": lines.encode(), "archive.json": msgspec.json.encode(told) + b"\n"}
    linked = {url: addresses for url, one in known.items() if (addresses := held_at(one, url))}
    return Holdings(paths=paths, facts=facts, files=files | (_proof(archive) if proof else {}), linked=linked)


def _proof(archive: Archive) -> dict[str, bytes]:
    """Return the ledger and its seals, by their names in a package."""
    seals = archive.path / SEALS
    files = {f"{PROOF}/seals/{path.name}": path.read_bytes() for path in sorted(seals.glob("*")) if path.is_file()}
    return {f"{PROOF}/ledger.jsonl": archive.ledger.path.read_bytes(), **files}


def from_files(inputs: Sequence[str], threads: Sequence[Thread], kept: Kept) -> Holdings:
    """Return what files hold of threads."""
    wanted = set(_digests(threads))
    paths: dict[str, Path] = {}
    facts: dict[str, dict[str, object]] = {digest: {"digest": digest} for digest in sorted(wanted)}
    for path in map(Path, inputs):
        if not path.is_file():
            continue
        with path.open("rb") as stream:
            digest, size = digested(stream)
        if digest in wanted:
            facts[digest] = {"digest": digest, "name": path.name, "bytes": size}
            with path.open("rb") as stream:
                if kept == "all" or (kept == "web" and _is_warc(stream.read(_HEAD))):
                    paths[digest] = path
    return Holdings(paths=paths, facts=facts)


def package(
    threads: Sequence[Thread],
    pages: Mapping[str, Iterable[str]],
    texts: Mapping[str, str],
    made: datetime,
    held: Holdings,
) -> Iterator[bytes]:
    """Yield the bytes of a package of threads, with the page and the plain text of each, by its id."""
    software = f"clew {version('clew')}"
    warcs: dict[str, Path] = {}
    captures: dict[str, Path] = {}
    for digest, path in held.paths.items():
        with path.open("rb") as stream:
            start = stream.read(_HEAD)
        if _is_warc(start):
            warcs[f"{digest.removeprefix('sha256:')[:16]}.warc{'' if start.startswith(b'WARC') else '.gz'}"] = path
        else:
            captures[digest] = path
    plan = Plan(
        title=threads[0].title if len(threads) == 1 else f"{len(threads)} threads",
        pages=[Page(url=page_url(one.id), title=one.title, html=pages[one.id], text=texts[one.id]) for one in threads],
        made=made,
        software=software,
        warcs=warcs,
        captures=captures,
        linked=held.linked,
        files={
            "readme.txt": _README.format(version=version("clew")).encode(),
            "threads.jsonl": "".join(f"{to_json(thread)}\n" for thread in threads).encode("utf-8", "replace"),
            "captures.jsonl": b"".join(msgspec.json.encode(fact) + b"\n" for fact in held.facts.values()),
            **held.files,
        },
    )
    return packed(plan)


def _digests(threads: Sequence[Thread]) -> list[str]:
    return list(
        dict.fromkeys(post.origin.capture for thread in threads for post in thread.posts() if post.origin is not None)
    )


def _is_warc(start: bytes) -> bool:
    """Say whether bytes begin a WARC file, packed or not."""
    if start.startswith(b"\x1f\x8b"):
        with suppress(zlib.error):
            start = zlib.decompressobj(31).decompress(start, 8)
    return start.startswith(b"WARC/")


_CAPTURES = """SELECT digest, name, kept_at, size, warc, offset FROM captures
    WHERE digest IN (SELECT value FROM json_each(?)) ORDER BY capture"""
