"""What exports are opened from: a file, a folder, a zip, a tar. Each names its members and gives their bytes."""

from __future__ import annotations

import io
import os
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, cast

from clew.errors import ClewError, DamagedFile, NotReadable, UnsafeFile
from clew.exports._streams import DAMAGE, guarded, sha256, shared, spooled, unpacker

__all__ = ["MAX_MEMBERS", "Container", "File", "Folder", "Tar", "Zip", "container"]

MAX_MEMBERS = 1_000_000

LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What systems leave beside people's files."""


class Container(Protocol):
    """Where the bytes are: named members that were downloaded together."""

    name: str
    fault: ClewError | None = None
    """What is wrong with it, where its members could be given all the same."""

    def names(self) -> Iterator[str]: ...
    def open(self, member: str) -> BinaryIO: ...

    def raw(self, member: str) -> BinaryIO:
        """Return the member's bytes as they stand, not unpacked, as a stream that can go back and forth."""
        ...

    def digest(self, member: str) -> str: ...
    def close(self) -> None: ...

    def address(self, member: str) -> str | None:
        return None

    def addresses(self) -> Iterator[str]:
        return iter(())

    def status(self, member: str) -> int | None:
        return None

    def beside(self, member: str) -> Iterator[str]:
        """Yield the names of the other responses in the saved traffic that a member is in; nothing for files."""
        return iter(())


def container(path: str) -> Container:
    if path == "-":
        return File("-", spooled(sys.stdin.buffer))
    try:
        if os.path.isdir(path):
            return Folder(path)
        stream = open(path, "rb")
    except OSError as error:
        raise NotReadable(path, (error.strerror or str(error)).lower()) from error
    head = stream.read(262)
    if not stream.seekable():
        with stream as pipe:
            stream = cast("io.BufferedReader", spooled(pipe, head))
    stream.seek(0)
    try:
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return Zip(path, stream)
        if head[257:262] == b"ustar" or _packed_tar(path, head):
            return Tar(path, stream)
    except (*DAMAGE, OSError) as error:
        stream.close()
        raise DamagedFile(path, f"cannot be unpacked ({error}); it may be cut short, so download it again") from error
    except ClewError:
        stream.close()
        raise
    return File(path, stream)


def _shown(name: str) -> str:
    """Return a name that can be written down, with forward slashes: old systems write others, or no UTF-8."""
    return name.replace("\\", "/").encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _packed_tar(path: str, head: bytes) -> bool:
    return path.lower().endswith((".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")) and unpacker(head) is not None


def _checked(path: str, names: Iterator[str]) -> Iterator[str]:
    """Yield the names of an archive's members, but for a system's litter; refuse the archive that plays tricks."""
    for count, name in enumerate(names):
        parts = PurePosixPath(name).parts
        if not parts or parts[0] == "/" or ".." in parts or parts[0][1:2] == ":" or "\0" in name:
            raise UnsafeFile(path, f"it holds a member named {name!r}, which leads out of it")
        if count >= MAX_MEMBERS:
            raise UnsafeFile(path, f"it holds more than {MAX_MEMBERS:,} members")
        if parts[0] != "__MACOSX" and parts[-1] not in LITTER:
            yield name


class File(Container):
    """A single file; gzip, bzip2 and xz are looked through."""

    def __init__(self, path: str, stream: BinaryIO) -> None:
        self.name = path
        self._stream = stream
        self._digest: str | None = None
        self._unpack = unpacker(stream.read(6))
        name = "standard-input" if path == "-" else _shown(Path(path).name)
        self._member = name.rsplit(".", 1)[0] if self._unpack and "." in name else name

    def names(self) -> Iterator[str]:
        yield self._member

    def open(self, member: str) -> BinaryIO:
        size = self._stream.seek(0, io.SEEK_END)
        own = shared(self._stream)
        return own if self._unpack is None else guarded(self.name, self._unpack(own), size)

    def raw(self, member: str) -> BinaryIO:
        return shared(self._stream)

    def digest(self, member: str) -> str:
        if self._digest is None:
            self._digest = sha256(shared(self._stream))
        return self._digest

    def close(self) -> None:
        self._stream.close()


class Folder(Container):
    """A folder; links that lead out of it are not followed."""

    def __init__(self, path: str) -> None:
        self.name = path
        self._root = Path(path)
        self._paths: dict[str, Path] = {}
        self._digests: dict[str, str] = {}

    def names(self) -> Iterator[str]:
        root = self._root.resolve()
        for folder, folders, files in os.walk(self._root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in files:
                whole = Path(folder, name)
                if not name.startswith(".") and whole.is_file() and whole.resolve().is_relative_to(root):
                    shown = _shown(whole.relative_to(self._root).as_posix())
                    self._paths[shown] = whole
                    yield shown

    def open(self, member: str) -> BinaryIO:
        stream = self.raw(member)
        unpack = unpacker(stream.read(6))
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        return stream if unpack is None else guarded(f"{self.name}/{member}", unpack(stream), size, stream)

    def raw(self, member: str) -> BinaryIO:
        try:
            return self._paths[member].open("rb")
        except OSError as error:
            raise NotReadable(f"{self.name}/{member}", (error.strerror or str(error)).lower()) from error

    def path(self, member: str) -> Path:
        return self._paths[member]

    def digest(self, member: str) -> str:
        if member not in self._digests:
            with self.raw(member) as stream:
                self._digests[member] = sha256(stream)
        return self._digests[member]

    def close(self) -> None:
        return None


class Zip(Container):
    """A zip; encrypted members are refused with a clear word."""

    def __init__(self, path: str, stream: BinaryIO) -> None:
        self.name = path
        self._stream = stream
        self._zip = zipfile.ZipFile(stream)
        self._infos = {_shown(info.filename): info for info in self._zip.infolist() if not info.filename.endswith("/")}
        self._digest: str | None = None
        if self._infos and all(info.flag_bits & 1 for info in self._infos.values()):
            raise DamagedFile(path, "it is encrypted; unpack it yourself and give the folder")

    def names(self) -> Iterator[str]:
        return _checked(self.name, iter(self._infos))

    def open(self, member: str) -> BinaryIO:
        info = self._infos[member]
        if info.flag_bits & 1:
            raise DamagedFile(self.name, f"its member {member} is encrypted; unpack it yourself and give the folder")
        try:
            stream = self._zip.open(info)
        except (*DAMAGE, OSError) as error:
            reason = f"its member {member} cannot be unpacked ({error}); unpack it with another program"
            raise DamagedFile(self.name, reason) from error
        return guarded(f"{self.name}/{member}", stream, info.compress_size)

    def raw(self, member: str) -> BinaryIO:
        info = self._infos[member]
        with self.open(member) as stream:
            if info.compress_type != zipfile.ZIP_STORED:
                return spooled(stream)
        header = shared(self._stream, info.header_offset, 30).read()
        start = (
            info.header_offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        )
        return shared(self._stream, start, info.file_size)

    def digest(self, member: str) -> str:
        if self._digest is None:
            self._digest = sha256(shared(self._stream))
        return self._digest

    def close(self) -> None:
        self._zip.close()
        self._stream.close()


class Tar(Container):
    """A tar, packed or not."""

    def __init__(self, path: str, stream: BinaryIO) -> None:
        self.name = path
        self._stream = stream
        self._size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        self._plain = _tar_stream(path, stream, self._size)
        try:
            self._tar = tarfile.open(fileobj=self._plain, mode="r:")
        except DAMAGE:
            self._plain.close()
            raise
        self._infos: dict[str, tarfile.TarInfo] = {}
        self._digest: str | None = None

    def names(self) -> Iterator[str]:
        try:
            yield from _checked(self.name, self._files())
        except DAMAGE as error:
            raise DamagedFile(self.name, f"cannot be unpacked ({error}); it may be cut short") from error

    def _files(self) -> Iterator[str]:
        for info in self._tar:
            if info.isfile():
                name = _shown(info.name.removeprefix("./"))
                self._infos[name] = info
                yield name

    def open(self, member: str) -> BinaryIO:
        try:
            stream = self._tar.extractfile(self._infos[member])
        except DAMAGE as error:
            raise DamagedFile(self.name, f"its member {member} cannot be unpacked ({error})") from error
        assert stream is not None
        return guarded(f"{self.name}/{member}", stream, self._size)

    def raw(self, member: str) -> BinaryIO:
        with self.open(member) as stream:
            return spooled(stream)

    def digest(self, member: str) -> str:
        if self._digest is None:
            self._digest = sha256(shared(self._stream))
        return self._digest

    def close(self) -> None:
        self._tar.close()
        self._plain.close()
        self._stream.close()


def _tar_stream(path: str, stream: BinaryIO, size: int) -> BinaryIO:
    """Return the plain tar; a packed one is spooled once to a temporary file, since tar needs to go back and forth."""
    unpack = unpacker(stream.read(6))
    own = shared(stream)
    if unpack is None:
        return own
    with guarded(path, unpack(own), size) as plain:
        return spooled(plain)
