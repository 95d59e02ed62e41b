"""Look into a file, a folder, a zip or a tar the same way, safely.

Nothing is ever unpacked onto the disk. Paths that leave their container and contents that swell beyond reason are
refused here, and nowhere else.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Protocol, cast

from clew.errors import DamagedFile, NotReadable, UnsafeFile

__all__ = ["HEAD", "Export", "opened"]

HEAD = 4096
"""How many bytes of a member `claims` may look at."""
MAX_MEMBERS = 1_000_000
MAX_RATIO = 200
"""A packed member may swell this many times; text swells 5 to 30 times, a bomb 1,000 times."""
FREE_SIZE = 64 * 1024 * 1024
"""... but up to this many bytes nobody asks."""

LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What systems leave beside people's files."""

#: What the readers of packed files raise on damaged bytes.
_DAMAGE = (zlib.error, lzma.LZMAError, EOFError, zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile)


class _Container(Protocol):
    """Where the bytes are: named members that were downloaded together."""

    name: str

    def names(self) -> Iterator[str]: ...
    def open(self, member: str) -> BinaryIO: ...
    def digest(self, member: str) -> str: ...
    def close(self) -> None: ...

    def address(self, member: str) -> str | None:
        return None

    def addresses(self) -> Iterator[str]:
        return iter(())


class Export:
    """A view of a container, or of one of its folders: members with the folder's name cut off."""

    def __init__(self, name: str, container: _Container, members: tuple[str, ...], prefix: str = "") -> None:
        self.name = name
        """What messages call it: the path the user gave, and the folder in it."""
        self.members = members
        """Member names, sorted, with forward slashes."""
        self._container = container
        self._prefix = prefix
        self._heads: dict[str, bytes] = {}

    @property
    def single(self) -> str | None:
        """The only member; None where there are several."""
        return self.members[0] if len(self.members) == 1 else None

    def open(self, member: str) -> BinaryIO:
        """Return the member's bytes as a stream that the caller closes.

        Raises:
            DamagedFile: (also while reading) the packed bytes are broken.
            UnsafeFile: (while reading) they swell beyond reason.
        """
        return self._container.open(self._prefix + member)

    def head(self, member: str) -> bytes:
        """Return the first bytes of a member, at most HEAD; empty where they can't be read."""
        if member not in self._heads:
            try:
                with self.open(member) as stream:
                    self._heads[member] = stream.read(HEAD)
            except (DamagedFile, UnsafeFile):
                self._heads[member] = b""
        return self._heads[member]

    def capture(self, member: str) -> str:
        """Return `sha256:` and the digest of the file that holds the member, as it was given (a zip as a whole)."""
        return self._container.digest(self._prefix + member)

    def place(self, member: str) -> str:
        """Return the member's full name in the container, for Origin.file."""
        return self._prefix + member

    def address(self, member: str) -> str | None:
        """Return the URL that was asked for the member, which is a response in saved web traffic; None for files."""
        return self._container.address(self._prefix + member)

    def addresses(self) -> Iterator[str]:
        """Yield every URL that was asked in the saved web traffic that holds the members; nothing for files."""
        return self._container.addresses()

    def parts(self) -> Iterator[Export]:
        """Yield the export's own children as exports: a folder as a whole, a file on its own, in order of name."""
        folders: dict[str, list[str]] = {}
        for member in self.members:
            first, slash, rest = member.partition("/")
            folders.setdefault(first + slash, []).append(rest if slash else member)
        for first, members in folders.items():
            inner = first if first.endswith("/") else ""
            yield Export(f"{self.name}/{first.rstrip('/')}", self._container, tuple(members), self._prefix + inner)


@contextmanager
def opened(path: str) -> Iterator[Export]:
    """Give the export at a path, `-` for standard input; it is closed at the end of the block.

    Zip and tar files are known by their content, not their name; gzip, bzip2 and xz files count as what they hold.

    Raises:
        NotReadable: There is no such file or it may not be read.
        DamagedFile: A zip or tar cannot be opened.
        UnsafeFile: It holds paths that lead out of it, or too many members.
    """
    container = _container(path)
    try:
        yield Export(path, container, tuple(sorted(set(container.names()))))
    finally:
        container.close()


def _checked(path: str, names: Iterator[str]) -> Iterator[str]:
    """Yield the names of an archive's members, but for a system's litter; refuse the archive that plays tricks."""
    for count, name in enumerate(names):
        parts = PurePosixPath(name).parts
        if not parts or parts[0] == "/" or ".." in parts or "\\" in name or ":" in parts[0] or "\0" in name:
            raise UnsafeFile(path, f"it holds a member named {name!r}, which leads out of it")
        if count >= MAX_MEMBERS:
            raise UnsafeFile(path, f"it holds more than {MAX_MEMBERS:,} members")
        if parts[0] != "__MACOSX" and parts[-1] not in LITTER:
            yield name


def _container(path: str) -> _Container:
    if path == "-":
        return _File("-", _spooled(sys.stdin.buffer))
    try:
        if os.path.isdir(path):
            return _Folder(path)
        stream = open(path, "rb")
    except OSError as error:
        raise NotReadable(path, (error.strerror or str(error)).lower()) from error
    head = stream.read(262)
    if not stream.seekable():
        stream = cast("io.BufferedReader", _spooled(stream, head))
    stream.seek(0)
    try:
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _Zip(path, stream)
        if head[257:262] == b"ustar" or _packed_tar(path, head):
            return _Tar(path, stream)
    except (*_DAMAGE, NotImplementedError) as error:
        stream.close()
        raise DamagedFile(path, f"cannot be unpacked ({error}); it may be cut short, so download it again") from error
    return _File(path, stream)


def _packed_tar(path: str, head: bytes) -> bool:
    return path.lower().endswith((".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")) and _unpacker(head) is not None


def _spooled(stream: IO[bytes], head: bytes = b"") -> BinaryIO:
    spool = tempfile.TemporaryFile()
    spool.write(head)
    while chunk := stream.read(1 << 20):
        spool.write(chunk)
    spool.seek(0)
    return cast("BinaryIO", spool)


def _sha256(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    return f"sha256:{digest.hexdigest()}"


def _unpacker(head: bytes) -> Callable[[BinaryIO], IO[bytes]] | None:
    if head.startswith(b"\x1f\x8b"):
        return lambda stream: cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
    if head.startswith(b"BZh"):
        return bz2.BZ2File
    if head.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMAFile
    return None


class _Guarded(io.RawIOBase):
    """A stream of unpacked bytes that turns damage and swelling into our errors."""

    def __init__(self, path: str, stream: IO[bytes], packed: int) -> None:
        self._path = path
        self._stream = stream
        self._most = max(FREE_SIZE, packed * MAX_RATIO)
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            chunk = self._stream.read(len(buffer))
        except (*_DAMAGE, OSError) as error:
            where = f"unpacking breaks off after {self._count:,} bytes ({error})"
            raise DamagedFile(self._path, f"{where}; it may be cut short, so download it again") from error
        self._count += len(chunk)
        if self._count > self._most:
            raise UnsafeFile(self._path, f"it swells to more than {MAX_RATIO} times its size, as bombs do")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _guarded(path: str, stream: IO[bytes], packed: int) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Guarded(path, stream, packed), 1 << 18))


class _File(_Container):
    """A single file; gzip, bzip2 and xz are looked through."""

    def __init__(self, path: str, stream: BinaryIO) -> None:
        self.name = path
        self._stream = stream
        self._digest: str | None = None
        self._unpack = _unpacker(stream.read(6))
        name = "standard-input" if path == "-" else Path(path).name
        self._member = name.rsplit(".", 1)[0] if self._unpack and "." in name else name

    def names(self) -> Iterator[str]:
        yield self._member

    def open(self, member: str) -> BinaryIO:
        size = self._stream.seek(0, io.SEEK_END)
        own = cast("BinaryIO", io.BufferedReader(_Shared(self._stream), 1 << 18))
        return own if self._unpack is None else _guarded(self.name, self._unpack(own), size)

    def digest(self, member: str) -> str:
        if self._digest is None:
            self._digest = _sha256(cast("BinaryIO", io.BufferedReader(_Shared(self._stream), 1 << 18)))
        return self._digest

    def close(self) -> None:
        self._stream.close()


class _Shared(io.RawIOBase):
    """A stream with a position of its own over one that is held open."""

    def __init__(self, stream: BinaryIO) -> None:
        self._held = stream
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at}.get(whence)
        self._at = offset + (self._held.seek(0, io.SEEK_END) if base is None else base)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._held.seek(self._at)
        chunk = self._held.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)


class _Folder(_Container):
    """A folder; links that lead out of it are not followed."""

    def __init__(self, path: str) -> None:
        self.name = path
        self._root = Path(path)
        self._digests: dict[str, str] = {}

    def names(self) -> Iterator[str]:
        root = self._root.resolve()
        for folder, folders, files in os.walk(self._root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in files:
                whole = Path(folder, name)
                if not name.startswith(".") and whole.is_file() and whole.resolve().is_relative_to(root):
                    yield whole.relative_to(self._root).as_posix()

    def open(self, member: str) -> BinaryIO:
        path = self._root / member
        try:
            stream = path.open("rb")
        except OSError as error:
            raise NotReadable(str(path), (error.strerror or str(error)).lower()) from error
        unpack = _unpacker(stream.read(6))
        stream.seek(0)
        return stream if unpack is None else _guarded(str(path), unpack(stream), path.stat().st_size)

    def digest(self, member: str) -> str:
        if member not in self._digests:
            with (self._root / member).open("rb") as stream:
                self._digests[member] = _sha256(stream)
        return self._digests[member]

    def close(self) -> None:
        return None


class _Zip(_Container):
    """A zip; encrypted members are refused with a clear word."""

    def __init__(self, path: str, stream: BinaryIO) -> None:
        self.name = path
        self._stream = stream
        self._zip = zipfile.ZipFile(stream)
        self._digest: str | None = None

    def names(self) -> Iterator[str]:
        return _checked(self.name, (info.filename for info in self._zip.infolist() if not info.is_dir()))

    def open(self, member: str) -> BinaryIO:
        info = self._zip.getinfo(member)
        if info.flag_bits & 1:
            raise DamagedFile(self.name, f"its member {member} is encrypted; unpack it yourself and give the folder")
        try:
            stream = self._zip.open(info)
        except (*_DAMAGE, NotImplementedError, OSError) as error:
            raise DamagedFile(self.name, f"its member {member} cannot be unpacked ({error})") from error
        return _guarded(f"{self.name}/{member}", stream, info.compress_size)

    def digest(self, member: str) -> str:
        if self._digest is None:
            self._digest = _sha256(cast("BinaryIO", io.BufferedReader(_Shared(self._stream), 1 << 18)))
        return self._digest

    def close(self) -> None:
        self._zip.close()
        self._stream.close()


class _Tar(_Container):
    """A tar, packed or not."""

    def __init__(self, path: str, stream: BinaryIO) -> None:
        self.name = path
        self._stream = stream
        self._size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        self._tar = tarfile.open(fileobj=_tar_stream(path, stream, self._size), mode="r:")
        self._digest: str | None = None

    def names(self) -> Iterator[str]:
        try:
            yield from _checked(self.name, (info.name.removeprefix("./") for info in self._tar if info.isfile()))
        except _DAMAGE as error:
            raise DamagedFile(self.name, f"cannot be unpacked ({error}); it may be cut short") from error

    def open(self, member: str) -> BinaryIO:
        try:
            info = self._member(member)
            stream = self._tar.extractfile(info)
        except _DAMAGE as error:
            raise DamagedFile(self.name, f"its member {member} cannot be unpacked ({error})") from error
        assert stream is not None
        return _guarded(f"{self.name}/{member}", stream, max(info.size, 1))

    def _member(self, member: str) -> tarfile.TarInfo:
        try:
            return self._tar.getmember(member)
        except KeyError:
            return self._tar.getmember("./" + member)

    def digest(self, member: str) -> str:
        if self._digest is None:
            self._digest = _sha256(cast("BinaryIO", io.BufferedReader(_Shared(self._stream), 1 << 18)))
        return self._digest

    def close(self) -> None:
        self._tar.close()
        self._stream.close()


def _tar_stream(path: str, stream: BinaryIO, size: int) -> BinaryIO:
    """Return the plain tar; a packed one is spooled once to a temporary file, since tar needs to go back and forth."""
    unpack = _unpacker(stream.read(6))
    own = cast("BinaryIO", io.BufferedReader(_Shared(stream), 1 << 18))
    return own if unpack is None else _spooled(_guarded(path, unpack(own), size))
