"""Pictures that an export holds beside its posts, copied out once each, for documents that show them."""

from __future__ import annotations

import hashlib
import posixpath
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clew.errors import ClewError
from clew.exports import Export, opened
from clew.posts import Media, Post

__all__ = ["KINDS", "LARGEST", "Picture", "Shelf", "copied", "kept", "names_of"]

LARGEST = 32 * 2**20
"""Bytes of the largest picture that a document takes in."""
KINDS = frozenset({"image", "gif"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture on disk."""

    path: Path
    type: str
    """Its media type, told by its first bytes: image/png, image/jpeg, image/gif or image/webp; image/svg+xml for plots.
    """
    width: int
    height: int
    """In pixels."""
    digest: str
    """`sha256:` and the digest of its bytes."""

    @property
    def name(self) -> str:
        """Return a file name that is the same for the same bytes."""
        suffix = self.type.removeprefix("image/").replace("jpeg", "jpg").removesuffix("+xml")
        return f"{self.digest.removeprefix('sha256:')[:32]}.{suffix}"


@dataclass(slots=True)
class Shelf:
    """Pictures by the posts that they belong to."""

    folder: Path
    """Where they are copied to."""
    _wanted: dict[str, dict[str, None]] = field(default_factory=dict)
    _paths: dict[str, str] = field(default_factory=dict)
    _held: dict[tuple[str, str], Picture] = field(default_factory=dict)

    def want(self, path: str, post: Post) -> None:
        """Remember which pictures a post of an input has."""
        names = [name for media in post.media if media.type in KINDS for name in names_of(post, media)]
        if names and post.origin:
            self._paths[post.origin.capture] = path
            self._wanted.setdefault(path, {}).update(dict.fromkeys(names))

    def fill(self) -> None:
        """Copy what is wanted out of the inputs; what is not there, or is no picture, is left out."""
        for path, names in self._wanted.items():
            try:
                with opened(path) as export:
                    self._take(path, export, names)
            except ClewError:
                continue

    def find(self, post: Post, media: Media) -> Picture | None:
        """Return the picture that is a post's media; None where the input does not hold it."""
        path = self._paths.get(post.origin.capture) if post.origin else None
        if path is None or media.type not in KINDS:
            return None
        return next((self._held[path, name] for name in names_of(post, media) if (path, name) in self._held), None)

    def _take(self, path: str, export: Export, names: Mapping[str, None]) -> None:
        for member in export.members:
            for name in (member, export.place(member), export.address(member)):
                if name is not None and name in names and (path, name) not in self._held:
                    picture = copied(export, member, self.folder)
                    if picture:
                        self._held[path, name] = picture


def copied(export: Export, member: str, folder: Path) -> Picture | None:
    """Return a picture that an export holds, copied into a folder; None where it is none, or breaks off."""
    try:
        with export.open(member) as stream:
            return kept(stream.read(LARGEST + 1), folder)
    except ClewError:
        return None


def kept(content: bytes, folder: Path) -> Picture | None:
    """Return a picture, written into a folder under its digest; None where the bytes are none, or too many."""
    found = measured(content) if len(content) <= LARGEST else None
    if found is None:
        return None
    kind, width, height = found
    digest = hashlib.sha256(content).hexdigest()
    path = folder / digest
    if not path.exists():
        path.write_bytes(content)
    return Picture(path=path, type=kind, width=width, height=height, digest=f"sha256:{digest}")


def names_of(post: Post, media: Media) -> list[str]:
    """Return what the picture can be called in its export: a member, or an address that was asked for."""
    names = [media.file, media.url]
    if media.file and post.origin:
        names.insert(1, posixpath.normpath(posixpath.join(posixpath.dirname(post.origin.file), media.file)))
    return [name for name in names if name]


def measured(content: bytes) -> tuple[str, int, int] | None:
    """Return a picture's media type, width and height; None for anything else, and for what breaks off.

    >>> measured(b"GIF89a\\x02\\x00\\x03\\x00\\x00\\x00\\x00;")
    ('image/gif', 2, 3)
    """
    for sign, kind, size in _FORMATS:
        if sign.match(content):
            found = size(content)
            return (kind, *found) if found and all(0 < side <= 65_535 for side in found) else None
    return None


def _png(content: bytes) -> tuple[int, int] | None:
    if content[12:16] != b"IHDR" or b"IEND" not in content[33:]:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _gif(content: bytes) -> tuple[int, int] | None:
    if b";" not in content[-16:] or len(content) < 10:
        return None
    width, height = struct.unpack("<HH", content[6:10])
    return width, height


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """Walk the segments up to the frame header; the sign of the end must stand in the latter half."""
    if b"\xff\xd9" not in content[len(content) // 2 :]:
        return None
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        kind = content[at + 1]
        if kind == 0xFF:
            at += 1
        elif 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        elif 0xD0 <= kind <= 0xD8 or kind == 0x01:
            at += 2
        else:
            at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    return None


def _webp(content: bytes) -> tuple[int, int] | None:
    if len(content) < max(30, 8 + int.from_bytes(content[4:8], "little")):
        return None
    form = content[12:16]
    if form == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if form == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if form == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


_FORMATS: tuple[tuple[re.Pattern[bytes], str, Callable[[bytes], tuple[int, int] | None]], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png", _png),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg", _jpeg),
    (re.compile(rb"GIF8[79]a"), "image/gif", _gif),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp", _webp),
)
