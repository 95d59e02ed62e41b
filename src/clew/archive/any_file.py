"""A WACZ package or a WARC file by whatever program, checked offline and both ways; nothing is written."""

from __future__ import annotations

import hashlib
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from clew.archive import any_wacz, wacz_signature
from clew.archive.any_warc import Looked, looked
from clew.archive.report import Trust, View
from clew.archive.verify import ledger_looked_at
from clew.archive.writer import Hand
from clew.errors import MissingLibrary, NotReadable
from clew.verdicts import Finding, counted

__all__ = ["FileReport", "to_json", "verified_file"]


PROOF = "proof"
"""The folder under clew/ for the ledger and the seals of an archive."""
_PROOFS = rf"clew/{PROOF}/(?:ledger\.jsonl|seals/[0-9-]+\.(?:json|sig|tsr|pem))"


class FileReport(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="clew/verify-file/1"):
    """What was looked at, and what came of it."""

    sound: bool
    """True where there are no findings."""
    file: str
    kind: str
    """wacz, warc"""
    bytes: int
    digest: str
    """`sha256:` and the digest of the file: it stands for everything in it."""
    records: int
    """WARC records that were read."""
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    """What is in order, and yet should be known."""


def to_json(report: FileReport) -> str:
    """Return one line of `clew/verify-file/1`, without a line end."""
    return msgspec.json.encode(report).decode()


def verified_file(path: Path, trust: Trust | None = None) -> FileReport:
    """Return what checking a WACZ or a WARC finds; a package of ours may hold the ledger and seals of its archive.

    Raises:
        NotReadable: It can't be opened, or is neither.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(1 << 12)
            digest = hashlib.sha256(head)
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
            size = stream.tell()
    except OSError as error:
        raise NotReadable(str(path), (error.strerror or str(error)).lower()) from error
    if head.startswith(b"PK") or path.suffix.lower() == ".wacz" or zipfile.is_zipfile(path):
        return _package(path, size, digest.hexdigest(), trust or Trust())
    if head.startswith((b"WARC/", b"\x1f\x8b")) or path.name.lower().endswith((".warc", ".warc.gz")):
        return _warc(path, size, digest.hexdigest())
    raise NotReadable(str(path), "neither a WACZ package nor a WARC file, nor the folder of an archive")


def _package(path: Path, size: int, digest: str, trust: Trust) -> FileReport:
    found = any_wacz.looked_into(path)
    view = _proof(path, trust, found)
    not_proved = [*_when(digest), *(view.not_proved if view else ())]
    if not found.has_seal:
        not_proved.append("That the list of files is the one that was written: no second file holds its digest.")
    proved = []
    if found.manifest and found.hashed and not found.findings:
        proved.append(
            f"As the list of the package says, each with its size and digest, and nothing else is in it:"
            f" {counted(found.hashed, 'file')}."
        )
    if found.indexed and not found.findings:
        proved.append(f"Pointing to records that are what they say: {counted(found.indexed, 'line')} of its indexes.")
    if found.signed:
        by, not_by = _signed(found, trust)
        proved += by
        not_proved += not_by
    if view is not None:
        proved += view.proved
        found.notes += view.notes
    return _report(path, "wacz", size, digest, found.warcs.values(), found.findings, found.notes, proved, not_proved)


def _signed(found: any_wacz.Package, trust: Trust) -> tuple[list[str], list[str]]:
    """Return what the signature of a package proves, and what it does not; what is amiss with it becomes a finding."""
    try:
        one = wacz_signature.checked(found.signed or {}, trust.roots)
    except MissingLibrary as error:
        return [], [f"Who made it: {error}"]
    except wacz_signature.BadSignature as error:
        found.tell("forged", any_wacz.SEAL, f"it does not hold who signed it: {error}", any_wacz.DISTRUST)
        return [], []
    if one.extra:
        found.notes.append(f"{any_wacz.SEAL} says more than WACZ allows there: {', '.join(one.extra)}.")
    whose = f"by the holder of {one.domain}" if one.domain else f"with the key {one.key}"
    proved = [f"Signed {whose}, who says: on {one.created:%Y-%m-%d at %H:%M} UTC, with {one.software}."]
    not_proved = []
    if one.stamp:
        proved.append(f"There by {one.stamp.time:%Y-%m-%d %H:%M} UTC, as {one.stamp.authority} stamped.")
        if not one.stamp.known:
            not_proved.append(f"That this authority can be trusted: its chain ends at {one.stamp.root}.")
    if one.domain is None:
        not_proved.append("Whose key signed it: compare it with one that you have from its keeper.")
    elif not one.known:
        not_proved.append(f"That {one.domain} was theirs: the chain of its certificate ends at {one.root}.")
    return proved, not_proved


def _proof(path: Path, trust: Trust, found: any_wacz.Package) -> View | None:
    """Hold the ledger and the seals in a package to each other, and its captures to them; None where there are none."""
    try:
        with zipfile.ZipFile(path) as opened, tempfile.TemporaryDirectory(prefix="clew-") as temporary:
            names = [name for name in opened.namelist() if re.fullmatch(_PROOFS, name)]
            if f"clew/{PROOF}/ledger.jsonl" not in names:
                return None
            view = View(Path(temporary), _NOBODY, deep=False, trust=trust)
            for name in names:
                own = Path(temporary, name.removeprefix(f"clew/{PROOF}/"))
                own.parent.mkdir(exist_ok=True)
                own.write_bytes(opened.read(name))
            for one in ledger_looked_at(view):
                found.findings.append(msgspec.structs.replace(one, where=f"clew/{PROOF}/{one.where}"))
            known = {line.digest for line in view.lines}
            for line in opened.read("clew/captures.jsonl").splitlines():
                digest = msgspec.json.decode(line).get("digest")
                if digest not in known:
                    says = f"{digest} is a capture that the ledger in it does not know"
                    found.tell("forged", "clew/captures.jsonl", says, "do not rely on this package")
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        KeyError,
        ValueError,
        AttributeError,
        msgspec.MsgspecError,
    ) as error:
        found.tell("damaged", f"clew/{PROOF}", f"ledger and seals can't be read ({error})", "get the package again")
        return None
    return view


_NOBODY = Hand(read=lambda path, format, columns, unread: iter(()))  # noqa: A006


def _warc(path: Path, size: int, digest: str) -> FileReport:
    with path.open("rb") as stream:
        found = looked(stream, path.name, size)
    return _report(path, "warc", size, digest, [found], found.findings, found.notes, [], [*_when(digest)])


def _report(
    path: Path,
    kind: str,
    size: int,
    digest: str,
    warcs: Iterable[Looked],
    findings: Iterable[Finding],
    notes: Iterable[str],
    proved: Iterable[str],
    not_proved: Iterable[str],
) -> FileReport:
    files = list(warcs)
    records = [record for file in files for record in file.records]
    undigested = sum(file.undigested for file in files)
    whole = sum(record.whole for record in records) - undigested
    first = (
        [f"Whole, with the length and the digests that its header states: {counted(whole, 'record')}."]
        if whole > 0
        else []
    )
    last = (
        [f"What was captured in {counted(undigested, 'record')} whose headers state no digest."] if undigested else []
    )
    told = tuple(findings)
    return FileReport(
        sound=not told,
        file=path.name,
        kind=kind,
        bytes=size,
        digest=f"sha256:{digest}",
        records=len(records),
        proved=(*first, *proved),
        not_proved=(*last, *not_proved, "That what it shows was true, or is all that was published."),
        findings=told,
        notes=tuple(notes),
    )


def _when(digest: str) -> Iterator[str]:
    yield (
        "When it was made, and that it was not made anew since: whoever changes a file can change what lists it. Keep"
        f" the digest of the file elsewhere: sha256:{digest}"
    )
