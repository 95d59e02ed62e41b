"""Pictures out of captures, measured and copied out once, for pages and documents that show them."""

from __future__ import annotations

import posixpath
import shutil
import sqlite3
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import msgspec

from clew.archive.ledger import Head
from clew.archive.store import Place, Store, now
from clew.errors import ClewError
from clew.exports import opened
from clew.posts import Media, Post
from clew.publish.pictures import KINDS, LARGEST, Picture, copied, kept, names_of

__all__ = ["Gallery"]

PACKED = 512 * 2**20
"""Bytes of the largest packed capture that is looked into."""
COPIES = 4
"""Packed captures that lie unpacked from the archive at the same time."""
MOST = 5_000
"""Pictures that are remembered; then all are forgotten."""


class Gallery:
    """Finds the pictures that captures hold."""

    def __init__(self, path: Path, connect: Callable[[], sqlite3.Connection]) -> None:
        """Look into the archive in a folder; `connect` gives a connection that the thread which asks may use."""
        self._connect = connect
        self._store = Store(path, Head(), {}, now)
        self._folder = Path(tempfile.mkdtemp(prefix="clew-pictures-"))
        self._lock = threading.Lock()
        self._found: dict[tuple[str, tuple[str, ...]], Picture | None] = {}
        self._by_digest: dict[str, Picture] = {}
        self._copies: OrderedDict[str, tuple[Path, dict[str, str]]] = OrderedDict()

    def close(self) -> None:
        """Remove what was copied out."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def by_digest(self, digest: str) -> Picture | None:
        """Return a picture that was found before."""
        return self._by_digest.get(digest)

    def find(self, post: Post, media: Media) -> Picture | None:
        """Return the picture that is a post's media; None where no capture holds it."""
        if media.type not in KINDS or post.origin is None or not post.origin.capture.startswith("sha256:"):
            return None
        key = post.origin.capture, tuple(names_of(post, media))
        if key in self._found or not key[1]:
            return self._found.get(key)
        with self._lock:
            if len(self._found) > MOST:
                self._forget()
            try:
                found = self._look(post, *key)
            except (ClewError, OSError, msgspec.MsgspecError):
                found = None
            self._found[key] = found
            if found is not None:
                self._by_digest[found.digest.removeprefix("sha256:")] = found
        return found

    def _look(self, post: Post, digest: str, names: tuple[str, ...]) -> Picture | None:
        row = self._connect().execute(f"{_CAPTURE} WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            return None
        kind, _, *rest = row
        place = Place(digest=rest[0], size=rest[1], warc=rest[2], offset=rest[3])
        if kind == "member":
            return self._beside(post, digest, names)
        if place.size > PACKED:
            return None
        path, members = self._unpacked(place, row[1])
        member = next((members[name] for name in names if name in members), None)
        if member is None:
            return None
        with opened(str(path)) as export:
            return copied(export, member, self._folder)

    def _unpacked(self, place: Place, name: str) -> tuple[Path, dict[str, str]]:
        """Return a copy of a packed capture, and its members by every name that they go by."""
        if place.digest not in self._copies:
            folder = Path(tempfile.mkdtemp(dir=self._folder))
            path = self._store.copied(place, name, folder)
            members: dict[str, str] = {}
            with opened(str(path)) as export:
                for member in export.members:
                    for own in (export.address(member), export.place(member), member):
                        if own is not None:
                            members[own] = member
            self._copies[place.digest] = path, members
            while len(self._copies) > COPIES:
                _, (old, _) = self._copies.popitem(last=False)
                shutil.rmtree(old.parent, ignore_errors=True)
        return self._copies[place.digest]

    def _beside(self, post: Post, digest: str, names: tuple[str, ...]) -> Picture | None:
        """Return a picture that lies in the same folder as the file that a post was read from."""
        connection = self._connect()
        values = (f"{post.platform}:{post.id}", digest)
        for kind, _, *rest in connection.execute(_FOLDERS, values):
            if kind != "folder":
                continue
            place = Place(digest=rest[0], size=rest[1], warc=rest[2], offset=rest[3])
            with self._store.opened(place) as block:
                listed = msgspec.json.decode(block.read())
            files = {one["path"]: one["digest"] for one in listed["files"]}
            wanted = next((files[name] for name in map(posixpath.normpath, names) if name in files), None)
            own = connection.execute(f"{_CAPTURE} WHERE digest = ?", (wanted,)).fetchone() if wanted else None
            if own is not None and own[3] <= LARGEST:
                with self._store.opened(Place(digest=own[2], size=own[3], warc=own[4], offset=own[5])) as block:
                    return kept(block.read(), self._folder)
        return None

    def _forget(self) -> None:
        for path in self._folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self._found, self._by_digest = {}, {}
        self._copies.clear()


_COLUMNS = "kind, name, digest, size, warc, offset"
_CAPTURE = f"SELECT {_COLUMNS} FROM captures"
_FOLDERS = f"""SELECT {_COLUMNS} FROM captures WHERE capture IN (SELECT s.capture FROM sightings AS s
    JOIN captures AS m ON m.capture = s.member WHERE s.post = ? AND m.digest = ?)"""
