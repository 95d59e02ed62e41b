"""The corpus: what is damaged or forged, and the verdict that it must get. `python -m benchmarks.tamper` shows it."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clew import packaging
from clew.archive.holdings import found
from clew.archive.verify import Trust
from clew.posts import to_json
from clew.removing import removed, wanted
from clew.sealing import sealed
from tests.archive.worlds import add, made, post, write
from tests.damaged import archives, packages, seals
from tests.services.authority import authority

__all__ = ["CASES", "Case", "Ground", "damaged", "ground"]

MADE = datetime(2024, 5, 3, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is damaged: copies of these, and what a forger may have besides."""

    folder: Path
    key: str
    """The name of the key that sealed."""
    head: str
    """Of the ledger, as its keeper noted it."""
    root: bytes
    """The root certificate of the authority, in PEM."""
    late: Path
    """A seal whose authority's certificate had ended when it stamped, as a folder of its files."""

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def other_key(self) -> Path:
        return self.folder / "other.key"

    @property
    def trust(self) -> Trust:
        """What its keeper noted elsewhere."""
        return Trust(keys=(self.key,), heads=(self.head,), roots=self.root)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One damage, and its verdict."""

    of: str
    """archive, wacz or warc"""
    do: Callable[[Path, Ground], object]
    name: str
    kind: str
    """Of a finding that there must be."""
    where: str
    """A part of the place that this finding must name."""
    noted: bool = False
    """True where only what the keeper noted elsewhere tells it: without that all looks whole."""


@contextlib.contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Give an archive of four captures with two seals and a removal, a package of a thread in it, and a WARC."""
    archive = made(folder / "archive")
    for number, text in ((1, "short"), (2, "港口 stands still, and nobody says why: berths 4, 17 and 29 lie empty")):
        add(archive, write(folder / f"{number}.jsonl", [post(number), post(number + 10, text, to=number)]))
    (folder / "folder").mkdir()
    write(folder / "folder" / "3.jsonl", [post(3)])
    add(archive, folder / "folder")
    with authority("Port") as own:
        sealed(archive, folder / "own.key", [own.url], own.root)
        add(archive, write(folder / "4.jsonl", [post(4, "gone " * 30, by="ben"), post(5)]))
        last = sealed(archive, folder / "own.key", [own.url], own.root)
        root = own.root.read_bytes()
    late = _late(archive.path, folder)
    _web(folder / "web.warc.gz")
    web = made(folder / "web-archive")
    add(web, folder / "web.warc.gz")
    (folder / "captures").mkdir()
    threads = found(web.connection, post(1).id)
    held = packaging.from_archive(web, threads, "web", folder / "captures")
    pages, texts = {threads[0].id: ["<!doctype html><p>t</p>"]}, {threads[0].id: "t"}
    package = b"".join(packaging.package(threads, pages, texts, MADE, held))
    (folder / "port.wacz").write_bytes(_renamed(package, folder))
    archive.close()
    web.close()
    yield Ground(folder=folder, key=last.statement.key, head=last.statement.head, root=root, late=late)


def _late(archive: Path, folder: Path) -> Path:
    """Return files of the last seal with a stamp by an authority whose certificate had ended."""
    import httpx2

    from clew.archive.stamps import request

    place = folder / "late"
    place.mkdir()
    data = (archive / "seals" / f"{seals.LAST}.json").read_bytes()
    with authority("Late", begins=timedelta(days=-30), lasts=timedelta(days=10)) as late:
        (place / f"{seals.LAST}-1.tsr").write_bytes(httpx2.post(late.url, content=request(data)[0]).content)
        (place / f"{seals.LAST}-1.pem").write_bytes(late.root.read_bytes())
    return place


def _web(path: Path) -> None:
    """Write a WARC as a crawler does: with digests of block and payload."""
    body = "".join(f"{to_json(one)}\n" for one in (post(1, "1/2 The berths lie empty"), post(2, "2/2", to=1))).encode()
    block = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + body
    records = [_record("warcinfo", b"software: tests\r\n", {"Content-Type": "application/warc-fields"})]
    for at in range(3):
        told = {
            "WARC-Target-URI": f"https://example.org/{at}.jsonl",
            "Content-Type": "application/http; msgtype=response",
            "WARC-Payload-Digest": f"sha1:{base64.b32encode(hashlib.sha1(body).digest()).decode()}",
        }
        records.append(_record("response", block, told))
    path.write_bytes(b"".join(gzip.compress(record, mtime=0) for record in records))


def _record(kind: str, block: bytes, more: dict[str, str]) -> bytes:
    headers = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
        "WARC-Date": "2024-05-03T00:00:00Z",
        **more,
        "WARC-Block-Digest": f"sha1:{base64.b32encode(hashlib.sha1(block).digest()).decode()}",
        "Content-Length": str(len(block)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"WARC/1.1\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def _renamed(package: bytes, folder: Path) -> bytes:
    """Return a package whose web traffic has a name that tests know."""
    path = folder / "renamed.wacz"
    path.write_bytes(package)
    digest = hashlib.sha256((folder / "web.warc.gz").read_bytes()).hexdigest()[:16]

    def edit(files: dict[str, bytes]) -> None:
        files[packages.WEB] = files.pop(f"archive/{digest}.warc.gz")
        files["indexes/index.cdx"] = files["indexes/index.cdx"].replace(digest.encode(), b"web")

    packages.rewritten(path, edit)
    return path.read_bytes()


def damaged(case: Case, own: Ground, out: Path) -> Path:
    """Return a copy that was damaged as a case says, in a folder."""
    out.mkdir()
    if case.of == "archive":
        path = Path(shutil.copytree(own.archive, out / "archive"))
    else:
        name = "port.wacz" if case.of == "wacz" else "web.warc.gz"
        path = Path(shutil.copy(own.folder / name, out / name))
    case.do(path, own)
    return path


# --- what a forger does who has more than the archive -----------------------------------------------------------------


def _signed_by_another(archive: Path, own: Ground) -> None:
    seals.signed(archive, own.other_key, lambda statement: None)


def _sealed_anew_by_another(archive: Path, own: Ground) -> None:
    from clew.archive.seals import key_at, name_of_key

    key, _ = key_at(own.other_key, archive)
    seals.signed(archive, own.other_key, lambda statement: statement.update(key=name_of_key(key.public_key())))
    _settled(archive)


def _seal_of_another_archive(archive: Path, own: Ground) -> None:
    seals.signed(archive, own.folder / "own.key", lambda statement: statement.update(archive="another"))


def _stamped_too_late(archive: Path, own: Ground) -> None:
    for path in own.late.iterdir():
        shutil.copy(path, archive / "seals" / path.name)
    seals.fitted(archive)


def _stamp_with_other_certificates(archive: Path, own: Ground) -> None:
    shutil.copy(own.late / f"{seals.LAST}-1.pem", archive / "seals" / f"{seals.LAST}-1.pem")
    seals.fitted(archive)


def _made_anew(archive: Path, own: Ground) -> None:
    """An archive of the same files less one, made and sealed by somebody else today."""
    shutil.rmtree(archive)
    again = made(archive)
    add(again, own.folder / "1.jsonl")
    sealed(again, own.other_key)
    again.close()


def _cut_back(archive: Path, own: Ground) -> None:
    """All that came behind the first seal is taken out, everywhere."""
    lines = archives.ledger(archive).read_bytes().splitlines(keepends=True)
    archives.ledger(archive).write_bytes(b"".join(lines[:10]))
    for path in (archive / "seals").glob(f"{seals.LAST}*"):
        path.unlink()
    _settled(archive)


def _settled(archive: Path) -> None:
    """Make the database anew, so that it knows of no other ledger."""
    from clew import keeping

    (archive / "clew.sqlite").unlink()
    keeping.rebuilt(archive).close()
    keeping.opened(archive).close()


def _brought_back(archive: Path, own: Ground) -> None:
    """The bytes of a capture that was removed stand in their place again."""
    from clew import keeping

    before = archives.warc(archive).read_bytes()
    with keeping.opened(archive) as opened:
        removed(opened, wanted(opened, "@ben"), "the author asked")
    after = archives.warc(archive).read_bytes()
    archives.warc(archive).write_bytes(before + after[len(before) :])


def _of(what: str, kind: str, where: str, *functions: Callable[[Path], object]) -> list[Case]:
    return [Case(of=what, do=_alone(one), name=_words(one.__name__), kind=kind, where=where) for one in functions]


def _alone(do: Callable[[Path], object]) -> Callable[[Path, Ground], object]:
    return lambda path, own: do(path)


def _words(name: str) -> str:
    return name.strip("_").replace("_", " ")


def _forged(do: Callable[[Path, Ground], object], kind: str, where: str, *, noted: bool = False) -> Case:
    return Case(of="archive", do=do, name=_words(do.__name__), kind=kind, where=where, noted=noted)


CASES: tuple[Case, ...] = (
    *_of("archive", "damaged", "(1.jsonl)", archives.damaged_record, archives.packed_again),
    *_of("archive", "damaged", "(2.jsonl)", archives.bytes_between, archives.swapped_records),
    *_of("archive", "damaged", "(4.jsonl)", archives.cut_file),
    *_of("archive", "missing", "clew-000001.warc.gz", archives.missing_file),
    *_of("archive", "unlisted", "clew-000001.warc.gz, byte", archives.bytes_behind),
    *_of("archive", "unlisted", "captures/more.warc.gz", archives.extra_file),
    *_of("archive", "unlisted", "captures/deep/.more", archives.hidden_extra_file),
    *_of("archive", "changed", "ledger.jsonl, line 4", archives.changed_line),
    *_of("archive", "changed", "ledger.jsonl, line 3", archives.line_taken_out, archives.line_that_is_no_json),
    *_of("archive", "missing", "ledger.jsonl", archives.last_line_taken_out),
    *_of("archive", "changed", "ledger.jsonl, line 1", archives.line_with_another_key),
    *_of("archive", "changed", "(1.jsonl)", archives.ledger_made_anew),
    *_of("archive", "damaged", "clew.sqlite", archives.broken_database),
    *_of("archive", "missing", "clew.sqlite", archives.no_database),
    *_of("archive", "changed", "clew.sqlite", archives.text_in_the_database, archives.record_in_the_database),
    *_of("archive", "changed", "clew.sqlite", archives.capture_in_the_database, archives.other_version),
    *_of("archive", "changed", f"seals/{seals.LAST}.json", seals.changed_statement),
    *_of("archive", "changed", f"seals/{seals.FIRST}.json", seals.ledger_rewritten_under_a_seal),
    *_of("archive", "damaged", f"seals/{seals.LAST}.json", seals.statement_that_is_none),
    *_of("archive", "missing", f"seals/{seals.LAST}.sig", seals.missing_signature),
    *_of("archive", "missing", f"seals/{seals.LAST}-1.tsr", seals.missing_stamp),
    *_of("archive", "unlisted", f"seals/{seals.LAST}-2.tsr", seals.unlisted_stamp),
    *_of(
        "archive", "forged", f"seals/{seals.LAST}.json", seals.flipped_signature, seals.older_seal_in_place_of_the_last
    ),
    *_of("archive", "forged", f"seals/{seals.LAST}-1.tsr", seals.flipped_stamp, seals.stamp_of_another_seal),
    _forged(_signed_by_another, "forged", f"seals/{seals.LAST}.json"),
    _forged(_seal_of_another_archive, "forged", f"seals/{seals.LAST}.json"),
    _forged(_stamped_too_late, "forged", f"seals/{seals.LAST}-1.tsr"),
    _forged(_stamp_with_other_certificates, "forged", f"seals/{seals.LAST}-1.tsr"),
    _forged(_brought_back, "changed", "(4.jsonl)"),
    _forged(_sealed_anew_by_another, "forged", f"seals/{seals.LAST}.json", noted=True),
    _forged(_made_anew, "changed", "ledger.jsonl", noted=True),
    _forged(_cut_back, "changed", "ledger.jsonl", noted=True),
    *_of("wacz", "damaged", "archive/web.warc.gz", packages.flipped_bit, packages.cut_record, packages.empty_warc),
    *_of("wacz", "damaged", "archive/web.warc.gz", packages.other_words_in_a_record),
    *_of("wacz", "changed", "clew/threads.jsonl", packages.flipped_bit_with_a_sum_that_fits),
    *_of("wacz", "changed", "datapackage.json", packages.manifest_made_to_fit),
    *_of("wacz", "missing", "clew/histories.jsonl", packages.missing_file),
    *_of("wacz", "unlisted", "clew/more.txt", packages.unlisted_file),
    *_of("wacz", "unlisted", "archive/more.warc.gz", packages.unlisted_warc),
    *_of("wacz", "unlisted", "archive/open-me.exe", packages.program_among_the_warcs),
    *_of("wacz", "changed", "archive/web.warc.gz", packages.deflated_warc),
    *_of("wacz", "forged", "clew/threads.jsonl", packages.same_name_twice),
    *_of("wacz", "forged", "../../outside.txt", packages.name_that_leads_out),
    *_of("wacz", "forged", "/etc/cron.d/clew", packages.absolute_name),
    *_of("wacz", "forged", "clew/CAPTURES.jsonl", packages.other_name_in_the_second_list),
    *_of("wacz", "forged", "clew/threads.jsonl", packages.other_size_in_the_second_list),
    *_of("wacz", "damaged", "indexes/index.cdx.gz", packages.index_that_unpacks_without_end),
    *_of("wacz", "unlisted", "byte", packages.hidden_bytes_between_files, packages.bytes_before_the_first_file),
    *_of("wacz", "damaged", "port.wacz", packages.half_a_package, packages.no_zip_at_all),
    *_of("wacz", "missing", "datapackage.json", packages.no_manifest),
    *_of("wacz", "damaged", "datapackage.json", packages.manifest_that_is_no_json),
    *_of("wacz", "forged", "archive/web.warc.gz", packages.file_listed_twice),
    *_of("wacz", "forged", "datapackage-digest.json", packages.signature_over_another_manifest),
    *_of("wacz", "missing", "indexes/", packages.no_index),
    *_of("wacz", "unlisted", "indexes/", packages.record_that_no_index_knows),
    *_of("wacz", "changed", "indexes/index.cdx, line", packages.index_that_points_elsewhere),
    *_of("wacz", "changed", "indexes/index.cdx, line", packages.index_that_names_another_address),
    *_of("wacz", "changed", "indexes/index.cdx, line", packages.index_with_another_digest),
    *_of("wacz", "changed", "indexes/index.cdx, line", packages.index_into_a_file_that_is_not_there),
    *_of("wacz", "missing", "pages/pages.jsonl", packages.page_that_no_record_holds, packages.no_pages),
    *_of("warc", "damaged", "web.warc.gz, byte", packages.flipped_bit_in_a_warc, packages.cut_warc),
    *_of("warc", "damaged", "web.warc.gz, byte", packages.warc_cut_in_its_last_header),
    *_of("warc", "damaged", "web.warc.gz, byte", packages.bytes_behind_the_last_record),
    *_of("warc", "damaged", "web.warc.gz, byte", packages.bytes_between_records, packages.other_words_in_a_warc),
    *_of("warc", "damaged", "web.warc.gz, byte", packages.longer_block_than_its_header_says),
    *_of("warc", "damaged", "web.warc.gz, byte", packages.shorter_block_than_its_header_says),
    *_of("warc", "damaged", "web.warc.gz, byte", packages.record_without_a_length, packages.unpacked_and_cut),
    *_of("warc", "damaged", "web.warc.gz, byte", packages.wrong_sum_of_a_member, packages.no_warc_at_all),
)
