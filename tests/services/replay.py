"""ReplayWeb.page on loopback, in Chromium: what it shows of a package."""

from __future__ import annotations

import contextlib
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.services.running import SERVICES, need

__all__ = ["PROGRAM", "served"]

PROGRAM = SERVICES / "replay" / "package"
_TYPES = {".js": "text/javascript", ".html": "text/html", ".wacz": "application/wacz"}
_PAGE = """<!doctype html><meta charset="utf-8"><script src="/replay/ui.js"></script>
<replay-web-page source="/{name}" url="{url}" replayBase="/replay/" style="height:90vh;display:block"></replay-web-page>
"""


@contextlib.contextmanager
def served(package: Path, url: str) -> Iterator[str]:
    """Give the address of a page that shows a page of a package within the block; else the test is skipped."""
    need(PROGRAM / "ui.js", PROGRAM / "sw.js")
    files = {
        "/": _PAGE.format(name=package.name, url=url).encode(),
        f"/{package.name}": package.read_bytes(),
        **{f"/replay/{name}": (PROGRAM / name).read_bytes() for name in ("ui.js", "sw.js")},
    }
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _server(files))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def _server(files: dict[str, bytes]) -> type[http.server.BaseHTTPRequestHandler]:
    class Server(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = unquote(urlsplit(self.path).path)
            data = files.get(name)
            if data is None:
                self.send_error(404)
                return
            asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
            first, last = 0, len(data) - 1
            if asked:
                first = int(asked[1]) if asked[1] else max(0, len(data) - int(asked[2]))
                last = min(int(asked[2]) if asked[1] and asked[2] else last, last)
            self.send_response(206 if asked else 200)
            if asked:
                self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Type", _TYPES.get(Path(name).suffix, "text/html"))
            self.send_header("Content-Length", str(last - first + 1))
            self.end_headers()
            if self.command == "GET":
                with contextlib.suppress(ConnectionError):
                    self.wfile.write(data[first : last + 1])

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Server
