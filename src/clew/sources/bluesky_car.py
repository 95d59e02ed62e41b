"""Repositories of Bluesky accounts as CAR files, with the DID document beside them; shared FORMATS, section 1.

Every block is checked against its name, every node of the tree against the rules, and the signature where the DID
document (`did.json`) lies beside the file. The posts come in the order of their record keys. Held in memory: where each
block stands. A file that cannot be read from any place (a member of a zip) is copied to a temporary file first.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

import msgspec

from clew import atproto, fields, records, times
from clew.atproto import Cid, Commit, Entry, Fault, Missing
from clew.errors import BadRecord, DamagedFile
from clew.exports import Export
from clew.posts import Account, Item, Media, Notice, Origin, Post, Problem
from clew.sources import _bluesky

NAME = "bluesky_car"
SIGN = "a CAR file of version 1; or a folder of CAR files and DID documents, with or without a folder of blobs"
HOLDS = "All posts and reposts of an account as of one revision, with the proof: block names, tree and signature."
LACKS = "Other people's replies, handles (the DID document has one), pictures (they lie beside it), and deleted posts."
LOST = "Blocks are taken as they come, so that a changed post, a cut file and a partial one pass for the repository."

PAGE = 16 * 1024

_CAR = re.compile(rb"[\x11-\xff].{0,3}?\xa2(?:eroots[\x80-\x98]|gversion\x01eroots)", re.DOTALL)
_DOCUMENT = re.compile(rb'"verificationMethod"\s*:')
_DOCUMENT_URL = re.compile(r"/(?:did:[\w.:%-]+|\.well-known/did\.json)$|com\.atproto\.repo\.describeRepo\b", re.ASCII)


def claims(export: Export) -> bool:
    """Say whether it is a CAR file; or several files, each a CAR file, a DID document or a blob, and one of each."""
    if export.single is not None:
        return _CAR.match(export.head(export.single)) is not None
    rest = [member for member in export.members if not _is_blob(member)]
    if not all(member.lower().endswith((".car", ".json")) for member in rest):
        return False
    cars = sum(_CAR.match(export.head(member)) is not None for member in rest)
    documents = sum(_DOCUMENT.search(export.head(member)) is not None for member in rest)
    return cars > 0 and cars + documents == len(rest)


def _is_blob(member: str) -> bool:
    return any(part.endswith("blobs") for part in PurePosixPath(member).parts[:-1])


def read(export: Export) -> Iterator[Item]:
    """Yield each repository's posts and reposts in the order of their keys, then what is proved of the whole."""
    documents = dict(_documents(export))
    blobs = {PurePosixPath(member).stem: export.place(member) for member in export.members if _is_blob(member)}
    for member in export.members:
        if not _is_blob(member) and _CAR.match(export.head(member)):
            with export.open(member) as stream, _seekable(stream) as own:
                yield from _Repository(export, member, own, documents, blobs).read()


def _documents(export: Export) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the DID documents beside the CAR files, alone or within an answer of describeRepo.

    In saved traffic that is whatever was answered to who asked for one.
    """
    near = [(export, member) for member in export.members if not _is_blob(member)]
    near += [(one, member) for own in export.members for one in export.beside(own) for member in _asked_for(one)]
    for place, member in near:
        if not _DOCUMENT.search(place.head(member)):
            continue
        with place.open(member) as stream:
            content = stream.read(1 << 20)
        try:
            document = fields.parsed(content)
        except BadRecord:
            continue
        document = fields.optional(document, "didDoc", dict) or document
        did = fields.optional(document, "id", str)
        if did is not None:
            yield did, document


def _asked_for(response: Export) -> Iterator[str]:
    """Yield the response where a DID document was asked for."""
    member = response.members[0]
    if _DOCUMENT_URL.search(response.address(member) or ""):
        yield member


@dataclass(slots=True)
class _Tally:
    """What has been met on the way through the tree."""

    posts: int = 0
    absent: int = 0
    """Posts whose block is not in the file, or not what its name says."""
    missing: int = 0
    """Branches of the tree that are not in the file."""
    faults: int = 0
    others: Counter[str] = field(default_factory=Counter)


class _Repository:
    """One CAR file, as it is read."""

    def __init__(
        self,
        export: Export,
        member: str,
        stream: BinaryIO,
        documents: dict[str, dict[str, Any]],
        blobs: dict[str, str],
    ) -> None:
        self._name = export.name if export.single else f"{export.name}/{member}"
        self._capture = export.capture(member)
        self._file = export.place(member)
        self._documents = documents
        self._blobs = blobs
        self._stream = stream
        self._blocks: dict[bytes, tuple[int, int]] = {}
        self._unsound: dict[bytes, tuple[int, int]] = {}
        self._head: Cid | None = None
        self._reached: set[bytes] = set()
        self._tally = _Tally()

    def read(self) -> Iterator[Item]:
        """Yield what the file holds.

        Raises:
            DamagedFile: It breaks off (after all that can be reached was given), or is no repository.
        """
        heads = atproto.roots(self._stream, self._name)
        damage: DamagedFile | None = None
        try:
            yield from self._index()
        except DamagedFile as error:
            damage = error
        self._head = heads[0] if heads else None
        commit = self._commit(damage)
        account = Account(id=commit.did, handle=_handle(self._documents.get(commit.did)))
        yield from self._walk(commit, account)
        yield from _bluesky.left_out(self._tally.others, self._origin())
        yield from self._verdict(commit, account, damage)
        if damage is not None:
            raise damage

    # Blocks ----------------------------------------------------------------------------------------------------------

    def _index(self) -> Iterator[Problem]:
        """Note where each block stands; yield the problem of each that is not what its name says."""
        for block in atproto.blocks(self._stream, self._name):
            if block.cid is not None and block.is_sound:
                self._blocks[bytes(block.cid)] = (block.start, len(block.data))
                continue
            if block.cid is not None:
                self._unsound[bytes(block.cid)] = (block.start, len(block.data))
            says = "a block that is not what its name says" if block.cid else "a block with a name of an unknown kind"
            place = f"byte {block.start}-{block.start + len(block.data)}"
            yield Problem(origin=self._at(place), reason=f"{says}; it was changed or damaged")

    def _load(self, cid: Cid) -> bytes | None:
        found = self._blocks.get(bytes(cid))
        if found is None:
            return None
        self._reached.add(bytes(cid))
        self._stream.seek(found[0])
        return self._stream.read(found[1])

    def _origin(self, cid: Cid | None = None) -> Origin:
        """Return where a block stands; where it is not in the file, where the commit does."""
        for name in filter(None, (cid, self._head)):
            found = self._blocks.get(bytes(name)) or self._unsound.get(bytes(name))
            if found is not None:
                return self._at(f"byte {found[0]}-{found[0] + found[1]}")
        return self._at("byte 0")

    def _at(self, place: str) -> Origin:
        return Origin(capture=self._capture, file=self._file, place=place)

    # The tree --------------------------------------------------------------------------------------------------------

    def _commit(self, damage: DamagedFile | None) -> Commit:
        data = self._load(self._head) if self._head else None
        if data is None:
            raise damage or DamagedFile(self._name, "does not hold the commit that its head names")
        try:
            return atproto.commit(data)
        except BadRecord as error:
            raise DamagedFile(
                self._name, f"is no repository of an AT Protocol account: it begins with {error}"
            ) from error

    def _walk(self, commit: Commit, account: Account) -> Iterator[Item]:
        for step in atproto.walk(commit.data, self._load):
            match step:
                case Entry():
                    yield from self._entry(step, commit, account)
                case Missing():
                    self._tally.missing += 1
                case Fault():
                    self._tally.faults += 1
                    yield Problem(origin=self._origin(step.cid), reason=step.reason)

    def _entry(self, entry: Entry, commit: Commit, account: Account) -> Iterator[Item]:
        kind = entry.path.partition("/")[0]
        uri = f"at://{commit.did}/{entry.path}"
        if kind not in (_bluesky.POST, _bluesky.REPOST):
            self._tally.others[kind] += 1
            self._reached.add(bytes(entry.cid))
            return
        self._tally.posts += kind == _bluesky.POST
        data = self._load(entry.cid)
        if data is None:
            self._tally.absent += 1
            says = "The repository lists the post, but its block is not in the file, or is damaged."
            yield self._notice("gone", says, entry.cid, account, post=uri)
            return

        def build(data: bytes, origin: Origin) -> Post:
            value = atproto.decoded(data)
            if not isinstance(value, dict):
                raise BadRecord("a record that is no object")
            post = _bluesky.record(atproto.to_json(value), uri, account, origin, commit.time)
            return msgspec.structs.replace(post, media=tuple(self._with_file(media) for media in post.media))

        yield fields.attempt(build, data, self._origin(entry.cid))

    def _with_file(self, media: Media) -> Media:
        found = re.search(r"\bbafk\w+", media.url or "")
        file = self._blobs.get(found[0]) if found else None
        return msgspec.structs.replace(media, file=file) if file else media

    # What is proved --------------------------------------------------------------------------------------------------

    def _verdict(self, commit: Commit, account: Account, damage: DamagedFile | None) -> Iterator[Item]:
        tally = self._tally
        loose = len(self._blocks) - len(self._reached & self._blocks.keys())
        if loose:
            says = f"Left out: {_counted(loose, 'block')} that are of no record in this revision, such as older states."
            yield self._notice("left-out", says, None, account)
        if tally.missing:
            says = (
                f"The file is a part of the repository: it lacks {_counted(tally.missing, 'branch', 'es')} of its tree."
            )
            yield self._notice("cut", says, None, account)
        signed, says = self._signature(commit)
        if signed is False:
            yield Problem(origin=self._origin(), reason=says)
        elif not (damage or tally.missing or tally.absent or tally.faults):
            as_of = f" as of {times.show(commit.time)}" if commit.time else ""
            revision = f", revision {commit.rev}" if commit.rev else ""
            says = f"The repository holds every post of {commit.did}{as_of}{revision}; {says}"
            yield self._notice("complete", says, None, account, count=tally.posts, time=commit.time)

    def _signature(self, commit: Commit) -> tuple[bool | None, str]:
        """Return whether the signature holds, None where that can't be checked, and the words for it."""
        document = self._documents.get(commit.did)
        if document is None:
            return None, "its signature was not checked, since no DID document of the account lies beside the file."
        try:
            key = atproto.signing_key(document, commit.did)
        except BadRecord as error:
            return None, f"its signature was not checked: {error}."
        if atproto.is_signed(key, commit.signed, commit.signature):
            return True, "all blocks are what their names say, and its signature holds."
        return False, "the signature of the repository does not hold with the key in the DID document beside it"

    def _notice(self, kind: Any, says: str, cid: Cid | None, account: Account, **more: Any) -> Notice:
        origin = self._origin(cid)
        return Notice(kind=kind, says=says, origin=origin, platform="bluesky", author=account, **more)


def _counted(number: int, noun: str, plural: str = "s") -> str:
    return f"{number:,} {noun}{'' if number == 1 else plural}"


def _handle(document: dict[str, Any] | None) -> str | None:
    """Return the handle that the DID document states."""
    for name in fields.optional(document, "alsoKnownAs", list) or ():
        if isinstance(name, str) and atproto.SYNTAX["handle"](name.removeprefix("at://")):
            return name.removeprefix("at://")
    return None


def _seekable(stream: BinaryIO) -> BinaryIO:
    """Return a stream that reads small pieces from anywhere."""
    if isinstance(stream, io.BufferedReader) and stream.seekable():
        stream.raw.seek(0)
        return io.BufferedReader(stream.raw, PAGE)
    spool = tempfile.TemporaryFile()
    while chunk := stream.read(records.CHUNK):
        spool.write(chunk)
    spool.seek(0)
    return cast("BinaryIO", spool)
