"""A web archive with a TimeGate (pywb) that serves what a test puts into it."""

from __future__ import annotations

import contextlib
import gzip
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.services.running import SERVICES, free_port, is_open, need, running, until

__all__ = ["Page", "archive"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was at some time."""

    url: str
    time: str
    """ISO 8601, UTC, with Z."""
    body: bytes
    type: str = "application/json"
    status: str = "200 OK"


@contextlib.contextmanager
def archive(pages: Sequence[Page]) -> Iterator[str]:
    """Give the prefix of the TimeGate of an archive that runs within the block; else the test is skipped."""
    programs = SERVICES / "web/bin"
    need(programs / "wb-manager", programs / "wayback")
    with tempfile.TemporaryDirectory(prefix="clew-memento-") as name:
        folder, port = Path(name), free_port()
        _write(folder / "pages.warc.gz", pages)
        for command in (["init", "t"], ["add", "t", "pages.warc.gz"]):
            subprocess.run([programs / "wb-manager", *command], cwd=folder, check=True, capture_output=True)
        with running([programs / "wayback", "--bind", "127.0.0.1", "-p", str(port)], folder=folder):
            until(lambda: is_open(port), 60, "pywb")
            yield f"http://127.0.0.1:{port}/t/"


def _write(path: Path, pages: Sequence[Page]) -> None:
    with path.open("wb") as stream:
        for page in pages:
            block = f"HTTP/1.1 {page.status}\r\nContent-Type: {page.type}\r\n\r\n".encode() + page.body
            headers = {
                "WARC-Type": "response",
                "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
                "WARC-Target-URI": page.url,
                "WARC-Date": page.time,
                "Content-Type": "application/http; msgtype=response",
                "Content-Length": str(len(block)),
            }
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            stream.write(gzip.compress(f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"))
