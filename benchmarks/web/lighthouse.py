"""Pages judged by Lighthouse in Chromium on this machine: `python -m benchmarks.web.lighthouse`.

The invented archive of the tests is served, and home, a thread, a search and a network are each judged some times as on
a slow phone, and as on a desk; the median counts. `npm ci` in benchmarks/web/node brings Lighthouse.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.request import urlopen

from tests.publish.tools import CHROMIUM
from tests.services.running import free_port, is_open, running, until
from tests.web.world import THREAD, build

from benchmarks.page import ROOT, table, write
from benchmarks.web.__main__ import BIN

LIGHTHOUSE = Path(__file__).parent / "node/node_modules/lighthouse/cli/index.js"
KINDS = ("performance", "accessibility", "best-practices")
PAGES = {
    "home": "/",
    "a thread": f"/thread/{THREAD}",
    "a search": "/search?q=berth",
    "a network": "/network?trace=tag&trace=link&window=86400&least=1",
}


def main() -> None:
    """Judge, print, and write docs/web.md."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--times", type=int, default=3)
    given.add_argument("--no-write", action="store_true")
    wish = given.parse_args()
    if not LIGHTHOUSE.is_file():
        raise SystemExit("lighthouse is missing: npm ci --ignore-scripts in benchmarks/web/node")
    with tempfile.TemporaryDirectory(prefix="clew-lighthouse-") as name:
        found = _judged(Path(name), wish.times)
    print(found)
    if not wish.no_write:
        write(ROOT / "docs/web.md", "lighthouse", f"python -m benchmarks.web.lighthouse --times {wish.times}", found)


def _judged(folder: Path, times: int) -> str:
    archive = build(folder / "port")
    subprocess.run([BIN / "clew", "find", "berth", "--archive", archive, "--quiet"], check=True, capture_output=True)
    port = free_port()
    command: list[str | Path] = [BIN / "clew", "serve", "--archive", archive, "--port", str(port)]
    rows: list[Sequence[str]] = []
    with running(command, folder=folder):
        until(lambda: is_open(port), 60, "clew serve")
        _settle(f"http://127.0.0.1:{port}{PAGES['a network']}")
        for name, path in PAGES.items():
            for place, more in (("phone", ()), ("desk", ("--preset=desktop",))):
                runs = [_run(f"http://127.0.0.1:{port}{path}", more) for _ in range(times)]
                scores = [statistics.median(run[kind] for run in runs) for kind in KINDS]
                rows.append([f"{name}, {place}", *(f"{100 * score:.0f}" for score in scores)])
    return table(["page", *(kind.replace("-", " ") for kind in KINDS)], rows)


def _settle(url: str) -> None:
    """Wait until a page is no longer being reckoned."""
    while True:
        with urlopen(url, timeout=60) as answer:
            if answer.status == 200:
                return
        time.sleep(0.3)


def _run(url: str, more: Sequence[str]) -> dict[str, float]:
    command = ["node", str(LIGHTHOUSE), url, "--quiet", "--output=json", "--no-enable-error-reporting", *more]
    command += [f"--only-categories={','.join(KINDS)}", "--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    environment = os.environ | {"CHROME_PATH": CHROMIUM or shutil.which("chromium") or ""}
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=180, env=environment)
    report = json.loads(done.stdout)
    for kind in KINDS:
        for one in report["categories"][kind]["auditRefs"]:
            audit = report["audits"][one["id"]]
            if audit["score"] is not None and audit["score"] < 0.9 and one["weight"]:
                print(f"  {url}: {one['id']}: {audit['title']} {audit.get('displayValue', '')}")
    return {kind: report["categories"][kind]["score"] or 0.0 for kind in KINDS}


if __name__ == "__main__":
    main()
