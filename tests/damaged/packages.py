"""WACZ packages and WARC files that are damaged or forged: each function does it to the one at a path."""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["rewritten"]

WEB = "archive/web.warc.gz"
Files = dict[str, bytes]


def rewritten(
    path: Path,
    edit: Callable[[Files], object],
    *,
    manifest: bool = True,
    digest: bool = True,
    packed: tuple[str, ...] = (),
) -> None:
    """Make a package anew from its files after an edit; its manifest and its digest are made to fit where said so."""
    with zipfile.ZipFile(path) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    edit(files)
    if manifest and "datapackage.json" in files:
        value = json.loads(files["datapackage.json"])
        for row in value["resources"]:
            if row["path"] in files:
                row["bytes"] = len(files[row["path"]])
                row["hash"] = f"sha256:{hashlib.sha256(files[row['path']]).hexdigest()}"
        value["resources"] += [_row(name, data) for name, data in files.items() if _is_new(name, value["resources"])]
        value["resources"] = [row for row in value["resources"] if row["path"] in files]
        files["datapackage.json"] = json.dumps(value).encode()
    if digest and "datapackage-digest.json" in files:
        own = f"sha256:{hashlib.sha256(files.get('datapackage.json', b'')).hexdigest()}"
        seal = json.loads(files["datapackage-digest.json"]) | {"hash": own}
        files["datapackage-digest.json"] = json.dumps(seal).encode()
    with zipfile.ZipFile(path, "w") as made:
        for name, data in files.items():
            made.writestr(name, data, zipfile.ZIP_DEFLATED if name in packed else zipfile.ZIP_STORED)


def _row(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "path": name, "bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}


def _is_new(name: str, rows: list[dict[str, Any]]) -> bool:
    return name not in {row["path"] for row in rows} and not name.startswith("datapackage")


def place_of(path: Path, name: str) -> tuple[int, int]:
    """Return where the bytes of a file that is stored in a ZIP begin and end."""
    with zipfile.ZipFile(path) as opened:
        entry = opened.getinfo(name)
        start = entry.header_offset + 30 + len(entry.filename.encode()) + len(entry.extra)
        return start, start + entry.compress_size


def members(data: bytes) -> list[bytes]:
    """Return the gzip members of a file."""
    import zlib

    found = []
    while data:
        pack = zlib.decompressobj(31)
        pack.decompress(data)
        found.append(data[: len(data) - len(pack.unused_data)])
        data = pack.unused_data
    return found


# --- packages ---------------------------------------------------------------------------------------------------------


def flipped_bit(path: Path) -> None:
    start, end = place_of(path, WEB)
    data = bytearray(path.read_bytes())
    data[(start + end) // 2] ^= 0x10
    path.write_bytes(data)


def flipped_bit_with_a_sum_that_fits(path: Path) -> None:
    rewritten(path, _flip, manifest=False, digest=False)


def _flip(files: Files) -> None:
    data = bytearray(files["clew/threads.jsonl"])
    data[len(data) // 2] ^= 0x01
    files["clew/threads.jsonl"] = bytes(data)


def manifest_made_to_fit(path: Path) -> None:
    rewritten(path, _flip, digest=False)


def other_words_in_a_record(path: Path) -> None:
    """All around it was made to fit: the ZIP, the manifest and its digest; not what the record says of itself."""
    rewritten(path, _other_words)


def _other_words(files: Files) -> None:
    made = []
    for member in members(files[WEB]):
        data = gzip.decompress(member)
        made.append(gzip.compress(data.replace(b"berths lie empty", b"berths are full!"), mtime=0))
    files[WEB] = b"".join(made)


def missing_file(path: Path) -> None:
    rewritten(path, lambda files: files.pop("clew/histories.jsonl"), manifest=False)


def unlisted_file(path: Path) -> None:
    rewritten(path, lambda files: files.update({"clew/more.txt": b"more"}), manifest=False)


def unlisted_warc(path: Path) -> None:
    rewritten(path, lambda files: files.update({"archive/more.warc.gz": files[WEB]}), manifest=False)


def program_among_the_warcs(path: Path) -> None:
    rewritten(path, lambda files: files.update({"archive/open-me.exe": b"MZ"}))


def deflated_warc(path: Path) -> None:
    rewritten(path, lambda files: None, packed=(WEB,))


def cut_record(path: Path) -> None:
    rewritten(path, lambda files: files.update({WEB: files[WEB][:-40]}))


def same_name_twice(path: Path) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "a") as opened:
            opened.writestr("clew/threads.jsonl", b"{}\n")


def name_that_leads_out(path: Path) -> None:
    rewritten(path, lambda files: files.update({"../../outside.txt": b"outside"}))


def absolute_name(path: Path) -> None:
    rewritten(path, lambda files: files.update({"/etc/cron.d/clew": b"outside"}))


def other_name_in_the_second_list(path: Path) -> None:
    data = path.read_bytes()
    at = data.rindex(b"clew/captures.jsonl")
    path.write_bytes(data[:at] + b"clew/CAPTURES.jsonl" + data[at + 19 :])


def other_size_in_the_second_list(path: Path) -> None:
    """Programs that read a ZIP from its beginning see other bytes than those that read its list."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as opened:
        at = opened.getinfo("clew/threads.jsonl").header_offset
    data[at + 22 : at + 26] = struct.pack("<I", 7)
    path.write_bytes(data)


def index_that_unpacks_without_end(path: Path) -> None:
    def edit(files: Files) -> None:
        files["indexes/index.cdx.gz"] = gzip.compress(b"\0" * (1 << 27)) + gzip.compress(b"\0" * 99)

    rewritten(path, edit)


def hidden_bytes_between_files(path: Path) -> None:
    """Bytes that no list knows, with all places in the ZIP moved behind them."""
    hidden = b"hidden" * 10
    data = path.read_bytes()
    with zipfile.ZipFile(path) as opened:
        start = opened.start_dir
    end = data.rindex(b"PK\x05\x06")
    moved = data[:start] + hidden + data[start:end] + data[end : end + 16]
    path.write_bytes(moved + struct.pack("<I", start + len(hidden)) + data[end + 20 :])


def bytes_before_the_first_file(path: Path) -> None:
    path.write_bytes(b"#!/bin/sh\nexit\n" + path.read_bytes())


def half_a_package(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def no_manifest(path: Path) -> None:
    rewritten(path, lambda files: files.pop("datapackage.json"), manifest=False, digest=False)


def manifest_that_is_no_json(path: Path) -> None:
    rewritten(path, lambda files: files.update({"datapackage.json": b"{"}), manifest=False)


def file_listed_twice(path: Path) -> None:
    def edit(files: Files) -> None:
        value = json.loads(files["datapackage.json"])
        value["resources"].append(value["resources"][-1])
        files["datapackage.json"] = json.dumps(value).encode()

    rewritten(path, edit, manifest=False)


def signature_over_another_manifest(path: Path) -> None:
    def edit(files: Files) -> None:
        value = json.loads(files["datapackage-digest.json"])
        value["signedData"] = {"hash": "sha256:" + "0" * 64, "signature": "AAAA", "publicKey": "AAAA"}
        files["datapackage-digest.json"] = json.dumps(value).encode()

    rewritten(path, edit)


def no_index(path: Path) -> None:
    rewritten(path, lambda files: files.pop("indexes/index.cdx"))


def record_that_no_index_knows(path: Path) -> None:
    def edit(files: Files) -> None:
        lines = files["indexes/index.cdx"].splitlines(keepends=True)
        files["indexes/index.cdx"] = b"".join(line for line in lines if b"example.org" not in line)

    rewritten(path, edit)


def _index(path: Path, edit: Callable[[dict[str, str]], object]) -> None:
    def whole(files: Files) -> None:
        made = []
        for line in files["indexes/index.cdx"].decode().splitlines():
            head, brace, rest = line.partition("{")
            row = json.loads(brace + rest)
            edit(row)
            made.append(f"{head}{json.dumps(row)}\n")
        files["indexes/index.cdx"] = "".join(made).encode()

    rewritten(path, whole)


def index_that_points_elsewhere(path: Path) -> None:
    _index(path, lambda row: row.update(offset=str(int(row["offset"]) + 7)))


def index_that_names_another_address(path: Path) -> None:
    _index(path, lambda row: row.update(url=row["url"].replace("example.org", "example.com")))


def index_with_another_digest(path: Path) -> None:
    _index(path, lambda row: row.update(digest="sha256:" + "0" * 64))


def index_into_a_file_that_is_not_there(path: Path) -> None:
    _index(path, lambda row: row.update(filename="more.warc.gz"))


def page_that_no_record_holds(path: Path) -> None:
    def edit(files: Files) -> None:
        files["pages/pages.jsonl"] += b'{"url":"https://example.org/forged","ts":"2021-06-05T00:00:00Z"}\n'

    rewritten(path, edit)


def no_pages(path: Path) -> None:
    rewritten(path, lambda files: files.pop("pages/pages.jsonl"))


def empty_warc(path: Path) -> None:
    rewritten(path, lambda files: files.update({WEB: b""}))


def no_zip_at_all(path: Path) -> None:
    path.write_bytes(b"<!doctype html><p>Not found")


# --- WARC files -------------------------------------------------------------------------------------------------------


def flipped_bit_in_a_warc(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)


def cut_warc(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def warc_cut_in_its_last_header(path: Path) -> None:
    whole = members(path.read_bytes())
    path.write_bytes(b"".join(whole[:-1]) + whole[-1][:60])


def bytes_behind_the_last_record(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"and more")


def bytes_between_records(path: Path) -> None:
    first, *rest = members(path.read_bytes())
    path.write_bytes(first + b"\0" * 7 + b"".join(rest))


def _edited(path: Path, edit: Callable[[bytes], bytes]) -> None:
    path.write_bytes(b"".join(gzip.compress(edit(gzip.decompress(one)), mtime=0) for one in members(path.read_bytes())))


def other_words_in_a_warc(path: Path) -> None:
    _edited(path, lambda data: data.replace(b"berths lie empty", b"berths are full!"))


def longer_block_than_its_header_says(path: Path) -> None:
    _edited(path, lambda data: data[:-4] + b" more\r\n\r\n")


def shorter_block_than_its_header_says(path: Path) -> None:
    _edited(path, lambda data: data[:-14] + b"\r\n\r\n")


def record_without_a_length(path: Path) -> None:
    _edited(path, lambda data: data.replace(b"Content-Length: ", b"Content-Lenght: ", 1))


def unpacked_and_cut(path: Path) -> None:
    path.write_bytes(gzip.decompress(path.read_bytes())[:-20])


def wrong_sum_of_a_member(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-6] ^= 0x01
    path.write_bytes(data)


def no_warc_at_all(path: Path) -> None:
    path.write_bytes(gzip.compress(b"<!doctype html><p>Not found"))
