"""Who may come in: a file of users with the argon2 hashes of their passwords, and who has come in."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from clew.errors import BadOption, NotReadable

__all__ = ["ROLES", "SHORTEST", "Sessions", "User", "Users", "add"]

ROLES = ("reader", "editor")
SHORTEST = 10
"""Code points of the shortest password."""
LONGEST = 1_000
"""Code points of the longest; more would only make the hash slow."""
IDLE = 12 * 3600.0
"""Seconds without a request after which one has to log in again."""
MOST = 10_000
"""Sessions at the same time; the one that is unused for longest goes."""
_NAME = re.compile(r"[\w.@-]{1,64}")
_HASHER = PasswordHasher()


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may come in."""

    name: str
    role: str
    hash: str
    """As argon2 writes it."""


class Users:
    """The users in a file, one a line: name, role, hash, with colons between. It is read again where it changed."""

    def __init__(self, path: Path) -> None:
        """Take the file.

        Raises:
            NotReadable: It can't be read.
            BadOption: A line of it is none of a user.
        """
        self.path = path
        self._mark: tuple[int, int] | None = None
        self._held: dict[str, User] = {}
        self._nobody = _HASHER.hash(secrets.token_urlsafe())
        self.all()

    def all(self) -> dict[str, User]:
        """Return all users by their names."""
        try:
            known = self.path.stat()
            mark = known.st_mtime_ns, known.st_size
            if mark != self._mark:
                self._held = _read(self.path)
                self._mark = mark
        except OSError as error:
            raise NotReadable(str(self.path), (error.strerror or str(error)).lower()) from error
        return self._held

    def known(self, name: str, password: str) -> User | None:
        """Return the user of that name with that password; it takes as long where there is none."""
        user = self.all().get(name)
        try:
            _HASHER.verify(user.hash if user else self._nobody, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return None
        return user


def add(path: Path, name: str, role: str, password: str) -> None:
    """Put a user into a file, which is made if it is not there; one of the same name is replaced.

    Raises:
        BadOption: Name or password can't be taken.
    """
    if not _NAME.fullmatch(name):
        raise BadOption(f"{name}: is no name of a user. Letters, digits, dots, dashes and @ make one.")
    if len(password) < SHORTEST:
        raise BadOption(f"the password is too short: it takes {SHORTEST} letters or more.")
    users = _read(path) if path.exists() else {}
    users[name] = User(name, role, _HASHER.hash(password[:LONGEST]))
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.writelines(f"{user.name}:{user.role}:{user.hash}\n" for user in users.values())
    part.replace(path)


def _read(path: Path) -> dict[str, User]:
    found: dict[str, User] = {}
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, role, mark = [*line.split(":", 2), "", ""][:3]
        if not _NAME.fullmatch(name) or role not in ROLES or not mark.startswith("$argon2"):
            raise BadOption(f"{path}: line {at} is none of a user. `clew serve --users {path} --add NAME` writes them.")
        found[name] = User(name, role, mark)
    return found


@dataclass(slots=True)
class Sessions:
    """Who has come in. What is kept is a hash of each token, which only its browser knows."""

    clock: Callable[[], float] = time.monotonic
    _held: OrderedDict[str, tuple[str, str, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, user: User) -> str:
        """Return the token of a new session; it is never one that a browser brought along."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._held[_hashed(token)] = user.name, user.hash, self.clock()
            while len(self._held) > MOST:
                self._held.popitem(last=False)
        return token

    def user(self, token: str | None, users: dict[str, User]) -> User | None:
        """Return whose session it is; None where it is over, or where the password was changed since."""
        if not token:
            return None
        key = _hashed(token)
        with self._lock:
            found = self._held.pop(key, None)
            if found is None or self.clock() - found[2] > IDLE:
                return None
            user = users.get(found[0])
            if user is None or user.hash != found[1]:
                return None
            self._held[key] = found[0], found[1], self.clock()
        return user

    def end(self, token: str | None) -> None:
        """Forget a session."""
        with self._lock:
            self._held.pop(_hashed(token or ""), None)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
