"""Seals and time stamps held to the ledger: what they prove, and what they do not."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from clew.archive.report import View
from clew.archive.seals import Statement, is_signed, statement_of
from clew.archive.stamps import BadStamp, certificates, checked, need
from clew.archive.store import SEALS, digested
from clew.errors import MissingLibrary
from clew.verdicts import Finding, Kind, counted, number

__all__ = ["checked_seals"]

_RESTORE = "restore the file from a copy; what else is in the archive is not affected"
_DISTRUST = "do not rely on this seal; ask whoever sealed the archive what head he or she has on record"
_LIMIT = 1 << 22
"""No file of a seal is as large."""


def checked_seals(view: View) -> Iterator[Finding]:
    """Hold every file in seals/ to the ledger, each signature to its statement, and each stamp to its authority."""
    files: dict[str, bytes] = {}
    yield from _files(view, files)
    yield from _heads(view)
    covered = 0
    stamped: list[str] = []
    names = sorted(name for name in files if name.endswith(".json"))
    for name in names:
        seal = yield from _seal(view, name, files)
        if seal is not None:
            covered = max(covered, seal.seq)
            yield from _stamps(view, name.removesuffix(".json"), seal, files, stamped)
    _sum_up(view, covered, len(names), stamped)


def _files(view: View, files: dict[str, bytes]) -> Iterator[Finding]:
    """Read the files that the ledger names, and see that no other is there."""
    folder = view.path / SEALS
    listed = {line.name: line for line in view.lines if line.event == "seal" and line.name}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    for name in sorted(there - listed.keys()):
        what = "remove it if clew was not just interrupted while it sealed; the next write does that then"
        yield Finding(kind="unlisted", where=f"{SEALS}/{name}", says="the ledger does not know this file", do=what)
    for name, line in sorted(listed.items()):
        if name not in there:
            yield Finding(kind="missing", where=f"{SEALS}/{name}", says="it is not there", do=_RESTORE)
            continue
        data = _read(folder / name)
        if _digest(folder / name) != line.digest:
            says = "its bytes have another digest than the ledger says"
            yield Finding(kind="changed", where=f"{SEALS}/{name}", says=says, do=_RESTORE)
        files[name] = data


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_LIMIT)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return digested(stream)[0]


def _heads(view: View) -> Iterator[Finding]:
    """See that the ledger still has the lines whose digests the user noted."""
    held = set(view.digests.values())
    for head in view.trust.heads:
        if head in held:
            at = next(seq for seq, digest in view.digests.items() if digest == head)
            view.proved.append(f"The ledger holds the head that you noted, as line {number(at)}, and all before it.")
        else:
            says = f"no line has the digest that you noted ({head}): lines were cut off, or all of it was made anew"
            yield Finding(kind="changed", where="ledger.jsonl", says=says, do="restore the archive from a copy")


def _seal(view: View, name: str, files: Mapping[str, bytes]) -> Generator[Finding, None, Statement | None]:
    """Hold a seal to the ledger and to its signature; returns what it states where all is in order."""
    where = f"{SEALS}/{name}"

    def wrong(kind: Kind, says: str) -> Finding:
        return Finding(kind=kind, where=where, says=says, do=_DISTRUST)

    try:
        seal = statement_of(files[name])
    except (ValueError, msgspec.MsgspecError) as error:
        yield wrong("damaged", f"it is no statement of a seal ({error})")
        return None
    own = next((line for line in view.lines if line.archive), None)
    at = next((line.seq for line in view.lines if line.event == "seal" and line.name == name), 0)
    faults: list[tuple[Kind, str]] = []
    if own is None or seal.archive != own.archive:
        faults.append(("forged", "it is the seal of another archive"))
    if name != f"{seal.seq:06}.json" or seal.seq >= at:
        faults.append(
            ("forged", f"it seals line {seal.seq} and stands for another: an older seal was put in its place")
        )
    if view.digests.get(seal.seq) != seal.head:
        faults.append(("changed", f"line {seal.seq} of the ledger is not the one that was sealed"))
    signature = files.get(f"{seal.seq:06}.sig")
    try:
        if signature is None or not is_signed(files[name], signature, seal.key):
            faults.append(("forged", "its signature is not by the key that it names"))
    except MissingLibrary as error:
        view.not_proved.append(f"That the seal of line {seal.seq} is signed: {error}")
        return None
    if view.trust.keys and seal.key not in view.trust.keys:
        faults.append(("forged", f"it was sealed with another key than you named: {seal.key}"))
    yield from (wrong(kind, says) for kind, says in faults)
    if faults:
        return None
    view.proved.append(
        f"Lines 1 to {number(seal.seq)} of the ledger, and the captures that they name, are what the holder of the key"
        f" {seal.key} sealed" + (", which is a key that you named." if view.trust.keys else ".")
    )
    return seal


def _stamps(
    view: View, stem: str, seal: Statement, files: Mapping[str, bytes], stamped: list[str]
) -> Iterator[Finding]:
    """Check the time stamps of a seal, each with its own certificates; adds what they prove."""
    for name in sorted(name for name in files if name.startswith(f"{stem}-") and name.endswith(".tsr")):
        where = f"{SEALS}/{name}"
        try:
            need()
            roots = certificates(view.trust.roots) if view.trust.roots else []
            beside = certificates(files.get(name.removesuffix(".tsr") + ".pem", b""))
            stamp = checked(files[name], files[f"{stem}.json"], beside, roots)
        except MissingLibrary as error:
            view.not_proved.append(f"When line {seal.seq} of the ledger was there: {error}")
            continue
        except BadStamp as error:
            yield Finding(kind="forged", where=where, says=f"the time stamp does not hold: {error}", do=_DISTRUST)
            continue
        when = f"{stamp.time:%Y-%m-%d %H:%M:%S} UTC"
        stamped.append(
            f"Lines 1 to {number(seal.seq)} of the ledger, and the captures that they name, existed in this form by"
            f" {when}: {stamp.authority} stamped it."
        )
        if not stamp.known:
            view.not_proved.append(
                f"That {stamp.authority} is who it says: the root of its certificate lies in the archive itself and"
                f" this system does not know it. Compare it with what the authority publishes, or name that with"
                f" --roots: {stamp.root}"
            )
        if stamp.expires < datetime.now(UTC):
            view.notes.append(
                f"The certificate of {stamp.authority} ended on {stamp.expires:%Y-%m-%d}. It held when it stamped; seal"
                " again with another authority while nobody doubts its key."
            )


def _sum_up(view: View, covered: int, count: int, stamped: list[str]) -> None:
    view.proved += stamped
    last = view.head.seq
    keep = f"Keep the head of the ledger elsewhere: {view.head.digest}"
    if not count:
        view.not_proved.append(
            "When any of it was there: no seal or time stamp stands over the ledger. Whoever can write to the archive"
            f" could have made all of it anew. {keep}"
        )
        return
    behind = sum(1 for line in view.lines if line.seq > covered and line.event != "seal")
    if not stamped:
        view.not_proved.append(
            "When any of it was there: the time in a seal is its sealer's word; no time stamp proves it."
        )
    if behind:
        view.not_proved.append(
            f"What stands behind the last seal, {counted(behind, 'line')}: that it is as it was written then."
        )
    if not view.trust.keys:
        view.not_proved.append(
            "Who sealed it: compare the key with the one that its keeper published, or name that with --key."
        )
    if not view.trust.heads:
        view.not_proved.append(
            f"That nothing was cut off behind the last line: a ledger that ends early looks whole. {keep}, and name it"
            f" with --head. It has {counted(last, 'line')}."
        )
