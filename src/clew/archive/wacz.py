"""WACZ 1.1.1: threads as a package that web-archive programs open, with what clew knows of them under clew/.

https://specs.webrecorder.net/wacz/1.1.1/. A thread's page is a `resource` record under an address that nobody can have
(RFC 2606), as it is ours and no server gave it. Captures that are WARC files stand in archive/ byte for byte, so that
their digests are those that the archive states.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tempfile
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, cast
from urllib.parse import quote, urlsplit

from clew.archive import warc
from clew.archive.any_warc import Found, looked

__all__ = ["Page", "Plan", "packed", "page_url"]

_NAMES = uuid.UUID("0b9bb2de-6a8f-5b86-8e4b-5d1f4f6f5a10")
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""Zip files know no earlier date."""
_OWN = "archive/threads.warc.gz"
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that programs show."""

    url: str
    title: str
    html: Iterable[str]
    """In pieces, which are asked for once."""
    text: str
    """For searching."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a package is made of."""

    title: str
    pages: Sequence[Page]
    made: datetime
    software: str
    warcs: Mapping[str, Path] = field(default_factory=dict)
    """WARC files that go in as they are, by their names there."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What goes under clew/, by name."""
    linked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Links of the pages, each with the addresses under which one of the WARC files may hold what it leads to."""
    captures: Mapping[str, Path] = field(default_factory=dict)
    """Files that go in as `resource` records, by their digests."""


def page_url(thread_id: str) -> str:
    """Return the address of a thread's page.

    >>> page_url("x:1400000000000000001")
    'https://thread.clew.invalid/x/1400000000000000001'
    """
    platform, _, own = thread_id.partition(":")
    return f"https://thread.clew.invalid/{quote(platform)}/{quote(own, safe='')}"


def packed(plan: Plan) -> Iterator[bytes]:
    """Yield the bytes of a package, in pieces; the same plan gives the same bytes."""
    with tempfile.TemporaryFile() as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as opened:
            _Package(opened, plan).write()
        out.seek(0)
        while piece := out.read(_PIECE):
            yield piece


class _Package:
    """A package that is being written, and the list of what is in it."""

    def __init__(self, opened: zipfile.ZipFile, plan: Plan) -> None:
        self._zip = opened
        self._plan = plan
        self._listed: list[dict[str, Any]] = []
        self._index: list[str] = []
        self._dates: dict[str, str] = {}
        """When an answer to each address came."""

    def write(self) -> None:
        plan = self._plan
        with tempfile.TemporaryFile() as stream:
            self._own_warc(stream)
            self._add_warc(_OWN, stream)
        for name, path in plan.warcs.items():
            with path.open("rb") as stream:
                self._add_warc(f"archive/{name}", stream)
        self._add("indexes/index.cdx", io.BytesIO("".join(sorted(self._index)).encode()))
        self._add("pages/pages.jsonl", io.BytesIO(self._pages()))
        for name, data in plan.files.items():
            self._add(f"clew/{name}", io.BytesIO(data))
        manifest = _json(
            {
                "profile": "data-package",
                "wacz_version": "1.1.1",
                "title": plan.title,
                "created": _iso(plan.made),
                "software": plan.software,
                "mainPageURL": plan.pages[0].url if plan.pages else None,
                "mainPageDate": _iso(plan.made),
                "resources": self._listed,
            }
        )
        self._put("datapackage.json", io.BytesIO(manifest))
        seal = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(manifest).hexdigest()}"}
        self._put("datapackage-digest.json", io.BytesIO(_json(seal)))

    def _own_warc(self, out: IO[bytes]) -> None:
        """Write a WARC file of the pages, and of captures that are none themselves."""
        plan = self._plan
        info = f"software: {plan.software}\r\nformat: WARC File Format 1.1\r\n".encode()
        self._record(out, io.BytesIO(info), "warcinfo", "application/warc-fields", None)
        for page in plan.pages:
            with tempfile.TemporaryFile() as block:
                block.writelines(piece.encode("utf-8", "replace") for piece in page.html)
                block.seek(0)
                self._record(out, block, "resource", "text/html; charset=utf-8", page.url)
        for digest, path in plan.captures.items():
            with path.open("rb") as block:
                self._record(
                    out, block, "resource", "application/octet-stream", f"urn:sha256:{digest.removeprefix('sha256:')}"
                )

    def _record(self, out: IO[bytes], block: IO[bytes], kind: str, media: str, uri: str | None) -> None:
        found, size = hashlib.sha256(), 0
        while chunk := block.read(_PIECE):
            found.update(chunk)
            size += len(chunk)
        block.seek(0)
        warc.written(
            warc.Digesting(out),  # type: ignore[arg-type]
            block,  # type: ignore[arg-type]
            size,
            f"sha256:{found.hexdigest()}",
            kind=kind,
            media=media,
            uri=uri,
            time=self._plan.made,
            own=uuid.uuid5(_NAMES, f"{self._plan.made.isoformat()} {kind} {uri} {found.hexdigest()}"),
        )

    def _add_warc(self, name: str, stream: IO[bytes]) -> None:
        size = stream.seek(0, 2)
        stream.seek(0)
        for record in looked(cast("BinaryIO", stream), name, size).records:
            if record.type in ("response", "resource", "revisit") and record.url:
                self._index.append(_index_line(name, record))
                if record.type == "response":
                    self._dates.setdefault(record.url, record.date)
        stream.seek(0)
        self._add(name, stream)

    def _pages(self) -> bytes:
        head = {"format": "json-pages-1.0", "id": "pages", "title": "Threads"}
        rows = [
            {
                "id": str(uuid.uuid5(_NAMES, page.url)),
                "url": page.url,
                "ts": _iso(self._plan.made),
                "title": page.title,
                "text": page.text,
            }
            for page in self._plan.pages
        ]
        return b"".join(_json(row) for row in (head, *rows, *self._linked()))

    def _linked(self) -> Iterator[dict[str, str]]:
        """Yield the pages that links lead to and that are held."""
        for link, addresses in self._plan.linked.items():
            url = next((one for one in addresses if one in self._dates), None)
            if url is not None:
                name = str(uuid.uuid5(_NAMES, f"link {url}"))
                yield {"id": name, "url": url, "ts": self._dates[url], "title": link}

    def _add(self, name: str, stream: IO[bytes]) -> None:
        """Put a file in, and into the list."""
        digest, size = self._put(name, stream)
        row = {"name": name.rpartition("/")[2], "path": name, "hash": digest, "bytes": size}
        self._listed.append(row)

    def _put(self, name: str, stream: IO[bytes]) -> tuple[str, int]:
        entry = zipfile.ZipInfo(name, max(self._plan.made, _EARLIEST).timetuple()[:6])
        entry.external_attr = 0o644 << 16
        size = stream.seek(0, 2)
        stream.seek(0)
        entry.file_size = size
        found = hashlib.sha256()
        with self._zip.open(entry, "w", force_zip64=size >= 1 << 31) as out:
            while chunk := stream.read(_PIECE):
                found.update(chunk)
                out.write(chunk)
        return f"sha256:{found.hexdigest()}", size


def _index_line(name: str, record: Found) -> str:
    """Return a line of CDXJ: the address turned round, the time, and where its record is."""
    row = {
        "url": record.url,
        "mime": record.media or "application/octet-stream",
        "status": record.status or "200",
        "digest": next(digest for digest in record.digests if digest.startswith("sha256:")),
        "length": str(record.length),
        "offset": str(record.offset),
        "filename": name.rpartition("/")[2],
    }
    stamp = re.sub(r"\D", "", record.date)[:14].ljust(14, "0")
    return f"{turned(record.url)} {stamp} {_json(row).decode()}"


def turned(url: str) -> str:
    """Return an address as indexes are sorted by (SURT): the host from its end.

    >>> turned("https://www.Example.org:8080/a?b=1"), turned("urn:sha256:00")
    ('org,example:8080)/a?b=1', 'urn:sha256:00')
    """
    parts = urlsplit(url)
    if not parts.hostname:
        return url
    host = ",".join(reversed(parts.hostname.removeprefix("www.").split(".")))
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{port}){parts.path or '/'}{query}".lower()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
