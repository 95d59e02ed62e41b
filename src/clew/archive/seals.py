"""Seals: a signed statement over a line of the ledger, and with that over every line and capture before it.

A seal is a few files in seals/, each named by the ledger: `000007.json`, the statement over line 7; `000007.sig`, its
Ed25519 signature (RFC 8032); and for each time stamp `000007-1.tsr` and `000007-1.pem`. OpenSSL checks them alike.
"""

from __future__ import annotations

import base64
import os
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from clew.errors import BadOption, NotReadable, NotWritten, needing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = ["Statement", "is_signed", "key_at", "name_of_key", "named_key", "signed", "statement_of"]

_PREFIX = "ed25519:"


class Statement(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/seal/1"):
    """What is signed."""

    archive: str
    """The name that the first line of the ledger gives the archive."""
    seq: int
    """The line that is sealed."""
    head: str
    """Its digest."""
    time: datetime
    """When, by the clock of the machine; UTC. Only a time stamp proves it."""
    key: str
    """`ed25519:` and the public key in base64."""
    version: str
    """Of clew."""


def statement_of(data: bytes) -> Statement:
    """Return the statement that a file holds.

    Raises:
        ValueError: It holds none, or is not written as clew writes.
    """
    found = msgspec.json.decode(data, type=Statement)
    if msgspec.json.encode(found) + b"\n" != data:
        raise ValueError("it is not written as clew writes")
    return found


def signed(statement: Statement, key: Ed25519PrivateKey) -> tuple[bytes, bytes]:
    """Return a statement as a file, and its signature."""
    data = msgspec.json.encode(statement) + b"\n"
    return data, key.sign(data)


def is_signed(data: bytes, signature: bytes, key: str) -> bool:
    """Say whether a statement was signed with the key of that name.

    Raises:
        MissingLibrary: `cryptography` is not installed.
    """
    with needing("checking a seal", "seal"):
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    try:
        raw = base64.b64decode(key.removeprefix(_PREFIX), validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return key.startswith(_PREFIX)


def name_of_key(key: Ed25519PublicKey) -> str:
    """Return `ed25519:` and the key in base64."""
    return _PREFIX + base64.b64encode(key.public_bytes_raw()).decode()


def named_key(given: str) -> str:
    """Return the name of the public key that a user gives: by its name, or as a file in PEM.

    Raises:
        BadOption: It is neither.
        MissingLibrary: `cryptography` is not installed.
    """
    if given.startswith(_PREFIX):
        return given
    with needing("checking a seal", "seal"):
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    with suppress(OSError, ValueError, UnsupportedAlgorithm):
        found = load_pem_public_key(Path(given).read_bytes())
        if isinstance(found, Ed25519PublicKey):
            return name_of_key(found)
    raise BadOption(f"--key {given}: is no Ed25519 public key. Give ed25519:..., as clew seal says it, or a PEM file.")


def key_at(path: Path, archive: Path) -> tuple[Ed25519PrivateKey, bool]:
    """Return the private key in a file, and whether it was made just now because there was none.

    Raises:
        BadOption: It lies in the archive, others may read it, or it holds no Ed25519 key.
        NotReadable: It can't be read.
        NotWritten: It can't be made.
        MissingLibrary: `cryptography` is not installed.
    """
    if path.resolve().is_relative_to(archive.resolve()):
        raise BadOption(
            f"{path}: lies in the archive. Whoever gets hold of that could seal in your name; keep it apart."
        )
    with needing("sealing", "seal"):
        import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401
    if not path.exists():
        return _made(path), True
    if os.name != "nt" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadOption(f"{path}: others may read this key. Run: chmod 600 {path}")
    return _read(path), False


def _made(path: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise NotWritten(str(path), (error.strerror or str(error)).lower()) from error
    return key


def _read(path: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise NotReadable(str(path), (error.strerror or str(error)).lower()) from error
    except (ValueError, TypeError) as error:
        raise BadOption(f"{path}: holds no private key in PEM without a password.") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise BadOption(f"{path}: holds no Ed25519 key. Make one with: openssl genpkey -algorithm ed25519 -out {path}")
    return found
