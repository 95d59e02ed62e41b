"""Tables that take a second to work out, kept in the user's cache: what they rest on is part of their name.

The cache can be deleted at any time. Where it cannot be written, or holds something else, the table is worked out anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import TypeVar

import msgspec

__all__ = ["derived"]

T = TypeVar("T")


def derived(name: str, kind: type[T], rests_on: Sequence[str], packages: Sequence[str], make: Callable[[], T]) -> T:
    """Return a table out of the cache, or as `make` works it out, which is then kept.

    `rests_on` are the texts and versions of clew's own that it is made of, `packages` are those whose data it holds.

    Raises:
        Whatever `make` raises, such as MissingLibrary.
    """
    path = _path(name, rests_on, packages)
    if path:
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            return msgspec.msgpack.decode(path.read_bytes(), type=kind)
    made = make()
    if path:
        with contextlib.suppress(OSError):
            _keep(path, msgspec.msgpack.encode(made))
    return made


def _path(name: str, rests_on: Sequence[str], packages: Sequence[str]) -> Path | None:
    """Return where a table is kept; None where a package is not installed, so that `make` says which."""
    try:
        versions = [metadata.version(package) for package in packages]
    except metadata.PackageNotFoundError:
        return None
    told = hashlib.sha256("\0".join([*rests_on, *versions]).encode())
    return _folder() / f"{name}-{told.hexdigest()[:16]}.msgpack"


def _folder() -> Path:
    """Return the cache of the user, as the system has it."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "clew" / "cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "clew"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "clew"


def _keep(path: Path, content: bytes) -> None:
    """Write a table whole or not at all, and take away those of the same name that it replaces."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
        stream.write(content)
    Path(stream.name).replace(path)
    for older in path.parent.glob(f"{path.name.rpartition('-')[0]}-*.msgpack"):
        if older != path:
            older.unlink(missing_ok=True)
