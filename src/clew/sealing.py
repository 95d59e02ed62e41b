"""A seal over an archive, and time stamps for it: the order of things is written here, once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from clew.archive import Archive
from clew.archive.seals import Statement, key_at, name_of_key, signed
from clew.archive.stamps import BadStamp, Stamp, certificates, chain, checked, need, request
from clew.errors import BadOption, NotFetched, NotReadable, needing

__all__ = ["Sealed", "sealed"]

PATIENCE = 30.0
"""Seconds to wait for an authority."""
_LIMIT = 1 << 20
"""Bytes of an answer; real ones have a few thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What was sealed."""

    statement: Statement
    made_key: bool
    """True where there was no key yet and one was made."""
    stamps: tuple[Stamp, ...]


def sealed(
    archive: Archive,
    key: Path,
    authorities: Sequence[str] = (),
    given: Path | None = None,
    waiting: Callable[[], None] = lambda: None,
) -> Sealed:
    """Sign a statement over the last line of the ledger, have it stamped, and keep all of it; or nothing at all.

    `given` is a file of certificates in PEM that the authorities' chains need.

    Raises:
        InputError: The key can't be used, or an authority gives no stamp that holds.
        ArchiveError: The disk refuses, or the archive is damaged.
        MissingLibrary: What it takes is not installed.
    """
    if authorities:
        need()
    private, made_key = key_at(key, archive.path)
    pem = _read(given) if given else b""
    with archive.writing(waiting) as writer:
        head = writer.store.head
        statement = Statement(
            archive=archive.name,
            seq=head.seq,
            head=head.digest or "",
            time=writer.hand.clock(),
            key=name_of_key(private.public_key()),
            version=version("clew"),
        )
        data, signature = signed(statement, private)
        stem = f"{head.seq:06}"
        files, stamps = {f"{stem}.json": data, f"{stem}.sig": signature}, []
        for at, url in enumerate(authorities, 1):
            token, certificates, stamp = _stamped(url, data, pem)
            files |= {f"{stem}-{at}.tsr": token, f"{stem}-{at}.pem": certificates}
            stamps.append(stamp)
        writer.seal(files)
    return Sealed(statement=statement, made_key=made_key, stamps=tuple(stamps))


def _stamped(url: str, data: bytes, pem: bytes) -> tuple[bytes, bytes, Stamp]:
    """Return an authority's answer, its chain, and what both say, checked before anything is kept."""
    question, nonce = request(data)
    token = _asked(url, question)
    try:
        above = chain(token, certificates(pem) if pem else ())
        return token, above, checked(token, data, certificates(above), nonce=nonce)
    except BadStamp as error:
        raise NotFetched(url, f"no time stamp that holds ({error}). Nothing was sealed") from error


def _asked(url: str, question: bytes) -> bytes:
    with needing("a time stamp", "seal"):
        import httpx2
    if not url.startswith(("http://", "https://")):
        raise BadOption(f"--tsa {url}: is no address of a time-stamping authority, such as http://tsa.example.org/tsr.")
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        with (
            httpx2.Client(timeout=PATIENCE, follow_redirects=True) as client,
            client.stream("POST", url, content=question, headers=headers) as answer,
        ):
            if answer.status_code != 200:
                raise NotFetched(url, f"the authority answered {answer.status_code}. Nothing was sealed")
            body = b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > _LIMIT:
                    raise NotFetched(url, "the answer is far too long for a time stamp. Nothing was sealed")
            return body
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise NotFetched(url, f"no answer ({str(error) or type(error).__name__}). Nothing was sealed") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotReadable(str(path), (error.strerror or str(error)).lower()) from error
