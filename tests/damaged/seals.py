"""Seals and time stamps that are damaged, replayed or forged, with a ledger that was made to fit them."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.damaged.archives import flip, ledger, rechained

__all__ = ["fitted"]

FIRST, LAST = "000006", "000011"
"""The two seals of the archive: by the lines that they seal."""


def seals(archive: Path) -> Path:
    return archive / "seals"


def fitted(archive: Path) -> None:
    """Make the ledger state the digests that the files in seals/ have now."""

    def edit(line: dict[str, Any]) -> None:
        path = seals(archive) / str(line.get("name"))
        if line["event"] == "seal" and path.exists():
            line["digest"] = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
            line["size"] = path.stat().st_size

    rechained(archive, edit)


def changed_statement(archive: Path) -> None:
    path = seals(archive) / f"{LAST}.json"
    path.write_bytes(path.read_bytes().replace(b'"seq":11', b'"seq":10'))


def statement_that_is_none(archive: Path) -> None:
    (seals(archive) / f"{LAST}.json").write_bytes(b"{}\n")
    fitted(archive)


def missing_signature(archive: Path) -> None:
    (seals(archive) / f"{LAST}.sig").unlink()


def flipped_signature(archive: Path) -> None:
    flip(seals(archive) / f"{LAST}.sig", 20)
    fitted(archive)


def missing_stamp(archive: Path) -> None:
    (seals(archive) / f"{LAST}-1.tsr").unlink()


def unlisted_stamp(archive: Path) -> None:
    shutil.copy(seals(archive) / f"{FIRST}-1.tsr", seals(archive) / f"{LAST}-2.tsr")


def flipped_stamp(archive: Path) -> None:
    path = seals(archive) / f"{LAST}-1.tsr"
    flip(path, path.stat().st_size - 20)
    fitted(archive)


def older_seal_in_place_of_the_last(archive: Path) -> None:
    for suffix in (".json", ".sig", "-1.tsr", "-1.pem"):
        shutil.copy(seals(archive) / f"{FIRST}{suffix}", seals(archive) / f"{LAST}{suffix}")
    fitted(archive)


def stamp_of_another_seal(archive: Path) -> None:
    shutil.copy(seals(archive) / f"{FIRST}-1.tsr", seals(archive) / f"{LAST}-1.tsr")
    fitted(archive)


def ledger_rewritten_under_a_seal(archive: Path) -> None:
    """One name of a file is another, and every line behind it was made to fit."""
    rechained(archive, lambda line: line.update(name="9.jsonl") if line.get("name") == "2.jsonl" else None)
    (archive / "clew.sqlite").unlink()


def signed(archive: Path, key: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Write the last seal anew, signed with a key, and make the ledger fit."""
    from clew.archive.seals import key_at

    private, _ = key_at(key, archive)
    path = seals(archive) / f"{LAST}.json"
    statement = json.loads(path.read_bytes())
    edit(statement)
    data = json.dumps(statement, separators=(",", ":")).encode() + b"\n"
    path.write_bytes(data)
    (seals(archive) / f"{LAST}.sig").write_bytes(private.sign(data))
    for suffix in ("-1.tsr", "-1.pem"):
        (seals(archive) / f"{LAST}{suffix}").unlink()
    names = {f"{LAST}-1.tsr", f"{LAST}-1.pem"}
    kept = [raw for raw in ledger(archive).read_bytes().splitlines() if json.loads(raw).get("name") not in names]
    ledger(archive).write_bytes(b"\n".join(kept) + b"\n")
    fitted(archive)
