"""Look into a file, a folder, a zip, a tar or saved web traffic the same way, safely.

Nothing is ever unpacked into the user's folders. Paths that leave their container and contents that swell beyond reason
are refused here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from clew.errors import DamagedFile, NotReadable, UnsafeFile
from clew.exports._files import Container, Folder, container
from clew.exports._traffic import looked_into

__all__ = ["HEAD", "Export", "files", "opened"]

HEAD = 4096
"""How many bytes of a member `claims` may look at."""


class Export:
    """A view of a container, or of one of its folders: members with the folder's name cut off."""

    def __init__(self, name: str, container: Container, members: tuple[str, ...], prefix: str = "") -> None:
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
        """Return the first bytes of a member, at most HEAD; empty where it is one of several and can't be read.

        Raises:
            InputError: The export is this file alone, and it can't be read.
        """
        if member not in self._heads:
            try:
                with self.open(member) as stream:
                    self._heads[member] = stream.read(HEAD)
            except (DamagedFile, NotReadable, UnsafeFile):
                if self.members == (member,) and "/" not in member and self.address(member) is None:
                    raise
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

    def status(self, member: str) -> int | None:
        """Return the status of a response in a WARC; None for all else."""
        return self._container.status(self._prefix + member)

    def beside(self, member: str) -> Iterator[Export]:
        """Yield the other responses of the saved traffic that holds a member, each on its own; nothing for files."""
        for name in self._container.beside(self._prefix + member):
            yield Export(self.name, self._container, (name,))

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
    So does saved web traffic (HAR, WARC, VCR cassettes; WACZ and folders that hold such files): its members are the
    responses, in the order of the exchanges, and `address` tells what was asked.

    Raises:
        NotReadable: There is no such file or it may not be read.
        DamagedFile: A zip or tar cannot be opened; at the end of the block: saved traffic breaks off, or some of it
            is packed in a way that needs another library.
        UnsafeFile: It holds paths that lead out of it, or too many members.
    """
    held = looked_into(container(path))
    try:
        yield Export(path, held, tuple(sorted(set(held.names()))))
    finally:
        held.close()
    if held.fault is not None:
        raise held.fault


def files(folder: str) -> dict[str, Path]:
    """Return the files of a folder that `opened` looks at, by their names there, in order."""
    held = Folder(folder)
    return {name: held.path(name) for name in sorted(held.names())}
