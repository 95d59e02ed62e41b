"""WACZ packages by whatever program: everything that is listed is there, and nothing is there that is not listed."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from clew.archive.any_warc import Looked, looked, plain_digest
from clew.verdicts import Finding, Kind, counted

__all__ = ["DISTRUST", "SEAL", "Package", "looked_into"]

MANIFEST, SEAL = "datapackage.json", "datapackage-digest.json"
_RESTORE = "get the package again from where it came; the files that are not named here are in order"
DISTRUST = "do not rely on this package; get it again from where it came"
_LARGEST = 1 << 40
_TEXT = 1 << 27
"""Bytes of an index or a manifest; larger ones are not read."""
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    struct.error,
)


@dataclass(slots=True)
class Package:
    """What became of a package."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warcs: dict[str, Looked] = field(default_factory=dict)
    """By path."""
    files: int = 0
    hashed: int = 0
    """Files whose digests are those of the manifest."""
    indexed: int = 0
    """Lines of indexes that were held to records."""
    manifest: str | None = None
    """The digest of the manifest: it stands for everything in the package."""
    has_seal: bool = False
    """True where a second file holds that digest too."""
    signed: dict[str, Any] | None = None
    """What somebody signed, where it is of this manifest; the signature is not looked at here."""

    def tell(self, kind: Kind, where: str, says: str, do: str = _RESTORE) -> None:
        self.findings.append(Finding(kind=kind, where=where, says=says, do=do))


def looked_into(path: Path) -> Package:
    """Return what a WACZ holds and what is amiss in it; damage in one file hides none of the rest."""
    found = Package()
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as opened:
            entries = _entries(opened, stream, found)
            manifest = _manifest(opened, entries, found)
            _hold_to_manifest(opened, entries, manifest, found)
            for name, entry in entries.items():
                if name.startswith("archive/"):
                    _warc(opened, entry, found)
            _indexes(opened, entries, found)
            _pages(opened, entries, found)
    except _DAMAGE as error:
        found.tell("damaged", path.name, f"it is no whole ZIP file ({str(error) or type(error).__name__})")
    return found


def _entries(opened: zipfile.ZipFile, stream: BinaryIO, found: Package) -> dict[str, zipfile.ZipInfo]:
    """Return the files of a ZIP by name, after its two lists of them were held to each other."""
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in opened.infolist():
        parts = PurePosixPath(entry.filename).parts
        if "\\" in entry.filename or ":" in entry.filename or ".." in parts or entry.filename.startswith("/"):
            found.tell("forged", entry.filename, "its name leads out of the package", DISTRUST)
        elif entry.filename in entries:
            found.tell("forged", entry.filename, "it is there twice, and programs differ in which they show", DISTRUST)
        elif entry.flag_bits & 1:
            found.tell("damaged", entry.filename, "it is locked with a password")
        elif not entry.is_dir():
            entries[entry.filename] = entry
    found.files = len(entries)
    _ends(opened, stream, found)
    return entries


def _ends(opened: zipfile.ZipFile, stream: BinaryIO, found: Package) -> None:
    """See that every byte of a ZIP belongs to a file that it lists, and that both its lists give the same names."""
    end = 0
    for entry in sorted(opened.infolist(), key=lambda entry: entry.header_offset):
        stream.seek(entry.header_offset)
        head = stream.read(30)
        if len(head) < 30 or head[:4] != b"PK\x03\x04":
            found.tell("damaged", entry.filename, "its place in the ZIP file holds something else")
            return
        flags, name_length, extra_length = (*struct.unpack("<H", head[6:8]), *struct.unpack("<HH", head[26:30]))
        name = stream.read(name_length).decode("utf-8" if flags & 0x800 else "cp437", "replace")
        if name != entry.orig_filename:
            found.tell("forged", entry.filename, f"the ZIP file calls it {name} in another place", DISTRUST)
        if not _agrees(head, entry, flags):
            says = "the ZIP file gives another size, checksum or packing of it in another place"
            found.tell("forged", entry.filename, says, DISTRUST)
        if entry.header_offset != end:
            what = "lie" if entry.header_offset > end else "are used twice"
            found.tell("unlisted", f"byte {end}", f"bytes of the ZIP file {what} outside of any file that it lists")
        end = entry.header_offset + 30 + name_length + extra_length + entry.compress_size
        if flags & 8:
            stream.seek(end)
            tail = stream.read(24)
            large = entry.file_size >= 1 << 32 or entry.compress_size >= 1 << 32 or extra_length >= 20
            end += (4 if tail[:4] == b"PK\x07\x08" else 0) + (20 if large and _is_large(tail, entry) else 12)
    if end != opened.start_dir:
        found.tell("unlisted", f"byte {end}", "bytes of the ZIP file lie outside of any file that it lists")


def _agrees(head: bytes, entry: zipfile.ZipInfo, flags: int) -> bool:
    """Say whether what stands before a file is what the list at the end says of it."""
    method, _, _, crc, packed, size = struct.unpack("<HHHIII", head[8:26])
    if method != entry.compress_type or (flags ^ entry.flag_bits) & 0x809:
        return False
    told = [(crc, entry.CRC), (packed, entry.compress_size), (size, entry.file_size)]
    later = bool(flags & 8)
    return all(one in (other, 0xFFFFFFFF) or (later and one == 0) for one, other in told)


def _is_large(tail: bytes, entry: zipfile.ZipInfo) -> bool:
    at = 8 if tail[:4] == b"PK\x07\x08" else 4
    return len(tail) >= at + 8 and struct.unpack("<Q", tail[at : at + 8])[0] == entry.compress_size


def _json(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Any:
    if entry.file_size > _TEXT:
        raise ValueError("it is far too large")
    return json.loads(opened.read(entry))


def _manifest(opened: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], found: Package) -> list[dict[str, Any]]:
    """Return what the manifest lists; empty where there is none that can be read."""
    if MANIFEST not in entries:
        found.tell("missing", MANIFEST, "there is no list of what the package holds, so nothing can be held to it")
        return []
    try:
        if entries[MANIFEST].file_size > _TEXT:
            raise ValueError("it is far too large")
        data = opened.read(entries[MANIFEST])
        value = json.loads(data)
        rows = value["resources"]
        if not isinstance(rows, list) or not all(
            isinstance(row, dict) and isinstance(row["path"], str) for row in rows
        ):
            raise ValueError("its resources have no known form")
    except (*_DAMAGE, KeyError, TypeError) as error:
        found.tell("damaged", MANIFEST, f"it can't be read ({error})")
        return []
    found.manifest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if value.get("profile") not in ("data-package", "wacz", "wacz-package"):
        found.notes.append(f"{MANIFEST} does not say that it is a data package.")
    _seal(opened, entries, found)
    return rows


def _seal(opened: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], found: Package) -> None:
    if SEAL not in entries:
        return
    try:
        value = _json(opened, entries[SEAL])
        stated = plain_digest(value["hash"])
        signed = value.get("signedData") or None
        inner = signed["hash"] if signed else None
    except (*_DAMAGE, KeyError, TypeError, AttributeError) as error:
        found.tell("damaged", SEAL, f"it can't be read ({error})")
        return
    found.has_seal = stated == found.manifest
    if not found.has_seal:
        found.tell("changed", MANIFEST, f"it has not the digest that {SEAL} states", DISTRUST)
    if inner is not None and plain_digest(str(inner)) != found.manifest:
        found.tell("forged", SEAL, "what was signed is another manifest than this one", DISTRUST)
    else:
        found.signed = signed


def _hold_to_manifest(
    opened: zipfile.ZipFile,
    entries: Mapping[str, zipfile.ZipInfo],
    manifest: list[dict[str, Any]],
    found: Package,
) -> None:
    listed: set[str] = set()
    for row in manifest:
        name = row["path"]
        if name in listed:
            found.tell("forged", name, "the manifest lists it twice", DISTRUST)
        listed.add(name)
        if name not in entries:
            found.tell("missing", name, "the manifest lists it, and it is not there")
            continue
        digests, size = _digests(opened, entries[name], found)
        if digests is None:
            continue
        wrong = []
        if row.get("bytes") != size:
            wrong.append("it has another size than the manifest says")
        if plain_digest(str(row.get("hash"))) not in digests:
            wrong.append("it has another digest than the manifest says")
        if wrong:
            found.tell("changed", name, "; ".join(wrong))
        found.hashed += not wrong
    for name in entries.keys() - listed - {MANIFEST, SEAL} if found.manifest else ():
        found.tell("unlisted", name, "the manifest does not know this file", DISTRUST)


def _digests(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, found: Package) -> tuple[set[str] | None, int]:
    sums = [hashlib.new(name) for name in ("sha256", "md5", "sha1", "sha512")]
    size = 0
    try:
        with opened.open(entry) as stream:
            while chunk := stream.read(1 << 18):
                size += len(chunk)
                if size > entry.file_size:
                    raise ValueError("it holds more than the ZIP file says")
                for one in sums:
                    one.update(chunk)
    except _DAMAGE as error:
        found.tell("damaged", entry.filename, f"it can't be unpacked ({error})")
        return None, 0
    return {f"{one.name}:{one.hexdigest()}" for one in sums}, size


def _warc(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, found: Package) -> None:
    name = entry.filename
    if not name.endswith((".warc", ".warc.gz")):
        found.tell("unlisted", name, "it is no WARC file, and archive/ is for these", DISTRUST)
        return
    if entry.compress_type != zipfile.ZIP_STORED:
        says = "it is packed once more, which WACZ forbids: programs that read records by their place can't"
        found.tell("changed", name, says, "make the package again with the WARC file stored as it is")
    try:
        with opened.open(entry) as stream:
            found.warcs[name] = looked(cast("BinaryIO", stream), name, entry.file_size)
    except _DAMAGE as error:
        found.tell("damaged", name, f"it can't be read ({error})")
        return
    own = found.warcs[name]
    found.findings += own.findings
    found.notes += own.notes


def _indexes(opened: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], found: Package) -> None:
    """Hold every line of every index to the record that it points to, and see which records no index knows."""
    names = [name for name in entries if name.startswith("indexes/")]
    if not any(name.endswith((".cdx", ".cdxj", ".cdx.gz", ".cdxj.gz")) for name in names):
        found.tell("missing", "indexes/", "there is no index, so that programs do not find what the package holds")
        return
    known: set[tuple[str, int]] = set()
    records = {(name, one.offset): one for name, warc in found.warcs.items() for one in warc.records}
    for name in sorted(names):
        if name.endswith(".idx"):
            continue
        try:
            lines = _lines(opened, entries[name])
        except _DAMAGE as error:
            found.tell("damaged", name, f"it can't be read ({error})")
            continue
        for count, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("!"):
                continue
            wrong = _line(line, records, found, known)
            if wrong and len(found.findings) < 200:
                found.tell("changed", f"{name}, line {count}", wrong, DISTRUST)
    hidden = [
        one
        for key, one in records.items()
        if key not in known and one.type in ("response", "resource") and one.url.startswith("http")
    ]
    if hidden:
        shown = hidden[0].url
        found.tell(
            "unlisted",
            "indexes/",
            f"no index knows {counted(len(hidden), 'record')}, which programs never show then; the first is {shown}",
        )


def _lines(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> list[str]:
    if entry.file_size > _TEXT:
        raise ValueError("it is far too large")
    data = opened.read(entry)
    if entry.filename.endswith(".gz"):
        data = _unpacked(data)
    return data.decode("utf-8", "replace").splitlines()


def _unpacked(data: bytes) -> bytes:
    """Return what gzip members hold.

    Raises:
        ValueError: That is far too much.
    """
    out = b""
    while data:
        pack = zlib.decompressobj(31)
        out += pack.decompress(data, _TEXT - len(out) + 1)
        if len(out) > _TEXT:
            raise ValueError("it unpacks to far too much")
        if not pack.eof:
            raise ValueError("it breaks off")
        data = pack.unused_data
    return out


def _line(line: str, records: Mapping[tuple[str, int], Any], found: Package, known: set[tuple[str, int]]) -> str:
    """Return what is wrong with a line of an index; empty where nothing is."""
    try:
        row = json.loads(line[line.index("{") :])
        file, offset, length = row["filename"], int(row["offset"]), int(row["length"])
    except (ValueError, KeyError, TypeError):
        return "it is no line of an index (CDXJ)"
    file = file if file.startswith("archive/") else f"archive/{file}"
    record = records.get((file, offset))
    if file not in found.warcs:
        return f"it points into {file}, which is not there"
    if record is None:
        return f"no record begins at byte {offset} of {file}" if not found.warcs[file].packed_together else ""
    known.add((file, offset))
    found.indexed += 1
    wrong = []
    if record.length != length:
        wrong.append("its record has another length")
    if row.get("url") and record.url and record.url != row["url"] and not record.url.startswith("urn:"):
        wrong.append(f"its record is of {record.url}")
    digest = plain_digest(str(row.get("digest")))
    comparable = digest.partition(":")[0] in {one.partition(":")[0] for one in record.digests}
    if record.type != "revisit" and comparable and digest not in record.digests:
        wrong.append("its record has another digest")
    return "; ".join(wrong)


def _pages(opened: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], found: Package) -> None:
    name = "pages/pages.jsonl"
    if name not in entries:
        found.tell("missing", name, "there is no list of pages, so that programs have nothing to show first")
        return
    try:
        head, *lines = _lines(opened, entries[name])
        if "format" not in json.loads(head):
            raise ValueError("its first line does not say its format")
        pages = [json.loads(line) for line in lines if line.strip()]
        urls = [page["url"] for page in pages]
    except (*_DAMAGE, KeyError, TypeError) as error:
        found.tell("damaged", name, f"it can't be read ({error})")
        return
    held = {one.url for warc in found.warcs.values() for one in warc.records}
    for url in dict.fromkeys(urls):
        if url not in held and len(found.findings) < 200:
            found.tell("missing", name, f"{url} is a page of it, and no record holds that", DISTRUST)
