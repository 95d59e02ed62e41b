"""A network of five thousand accounts in Chromium: `python -m benchmarks.web.network`.

An archive of rings of accounts is made, each ring using tags of its own within seconds, in a crowd that uses them at
any time. The page is opened, scrolled, made larger and moved; beside it, the same drawing as elements of a page (SVG).
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.publish.tools import CHROMIUM
from tests.services.running import free_port, is_open, running, until

from benchmarks.page import ROOT, table, write
from benchmarks.web.__main__ import BIN, clew

ASKED = "trace=tag&window=60&least=2"
RING = 20
START = datetime(2022, 3, 1, tzinfo=UTC)
#: Frames while something is done, in milliseconds each, and what of the script took longer than fifty.
_WATCH = """() => {
  window.frames_ = [];
  window.long_ = [];
  new PerformanceObserver((list) => list.getEntries().forEach((one) => window.long_.push(one.duration)))
    .observe({ type: "longtask", buffered: true });
  let last = performance.now();
  const step = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(step); };
  requestAnimationFrame(step);
}"""


def main() -> None:
    """Measure, print, and write docs/web.md."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--accounts", type=int, default=5_000)
    given.add_argument("--no-write", action="store_true")
    wish = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="clew-network-") as name:
        folder = Path(name)
        with (folder / "posts.jsonl").open("w", encoding="utf-8") as out:
            out.writelines(f"{json.dumps(one)}\n" for one in _posts(wish.accounts))
        clew("init", folder / "archive")
        clew("add", folder / "posts.jsonl", "--archive", folder / "archive", "--quiet")
        found = _measured(folder)
    print(found)
    if not wish.no_write:
        write(ROOT / "docs/web.md", "network", f"python -m benchmarks.web.network --accounts {wish.accounts}", found)


def _posts(accounts: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(11)
    number = 1_700_000_000_000_000_000
    acts = [(f"ring{at // RING}-{at % RING}", at // RING, act) for at in range(accounts) for act in range(5)]
    acts += [(f"crowd{at}", rng.randrange(max(accounts // RING, 1)), -1) for at in range(accounts)]
    for account, ring, act in acts:
        number += 1
        days = rng.random() * 30 if act < 0 else (ring * 7 % 97 / 97 + act) * 5
        moment = START + timedelta(days=days, seconds=rng.random() * 20)
        text = f"Nothing happens in the port. #quay{ring}"
        yield {
            "schema": "clew/post/1", "platform": "x", "id": str(number), "time": moment.isoformat(), "text": text,
            "author": {"id": f"id-{account}", "handle": account}, "edges_stated": True,
            "tags": [{"start": text.index("#"), "end": len(text), "tag": f"quay{ring}"}],
        }  # fmt: skip


def _measured(folder: Path) -> str:
    port = free_port()
    command: list[str | Path] = [BIN / "clew", "serve", "--archive", folder / "archive", "--port", str(port)]
    with running(command, folder=folder):
        until(lambda: is_open(port), 60, "clew serve")
        begun = time.monotonic()
        slowest = 0.0
        while _status(port, f"/network?{ASKED}") == 202:
            asked = time.monotonic()
            _status(port, "/threads")
            slowest = max(slowest, time.monotonic() - asked)
            time.sleep(0.2)
        reckoned = time.monotonic() - begun
        drawn = json.loads(_body(port, f"/network/figures?{ASKED}"))
        facts = [
            [
                f"{len(drawn['accounts']):,} accounts, {len(drawn['edges']):,} edges drawn: reckoned in",
                f"{reckoned:.1f} s",
            ],
            ["slowest answer of another page meanwhile", f"{slowest * 1000:.0f} ms"],
        ]
        canvas, elements = _browsed(port)
    rows = [
        [what, *(f"{value:.0f} ms" for value in (a, b)), f"{b / a:.1f}" if a else "–"]
        for what, a, b in zip(_WHAT, canvas, elements, strict=True)
    ]
    head = ["in Chromium, without a graphics card", "the page", "the same as elements (SVG)", "ratio"]
    return f"{table(['what', 'measured'], facts)}\n\n{table(head, rows)}"


_WHAT = (
    "from asking to drawn and usable",
    "longest task of the script until then",
    "median frame while it is scrolled",
    "longest frame while it is scrolled",
    "median frame while it is made larger and moved",
    "longest frame meanwhile",
)


def _browsed(port: int) -> tuple[list[float], list[float]]:
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=flags)
        found = []
        for path in (f"/network?{ASKED}", f"/network/picture?{ASKED}"):
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            begun = time.monotonic()
            page.goto(f"http://127.0.0.1:{port}{path}", wait_until="load")
            is_page = "picture" not in path
            if is_page:
                page.locator("canvas").wait_for()
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            ready = (time.monotonic() - begun) * 1000
            page.evaluate(_WATCH)
            page.wait_for_timeout(300)
            longest = max(page.evaluate("window.long_"), default=0.0)
            if is_page:
                page.locator("canvas").scroll_into_view_if_needed()
            page.mouse.move(600, 400)
            scrolled = _frames(page, lambda page, at: page.mouse.wheel(0, 60 if at % 20 < 10 else -60))
            if is_page:
                page.locator("canvas").scroll_into_view_if_needed()
                page.get_by_role("button", name="larger").click()
                moved = _frames(page, _pulled)
            else:
                moved = _frames(page, _stretched)
            found.append([ready, longest, *scrolled, *moved])
            page.close()
        browser.close()
    return found[0], found[1]


def _pulled(page: Any, at: int) -> None:
    """Make the canvas larger and smaller under the mouse, as with a touchpad."""
    page.evaluate(
        "by => document.querySelector('canvas').dispatchEvent(new WheelEvent('wheel', {deltaY: by, ctrlKey: true,"
        " cancelable: true, clientX: 600, clientY: 300}))",
        -40 if at % 20 < 10 else 40,
    )


def _stretched(page: Any, at: int) -> None:
    """Do the same to the elements, by what part of them is in view."""
    size = 1000 / 1.1 ** (at % 20 if at % 20 < 10 else 20 - at % 20)
    page.evaluate("box => document.documentElement.setAttribute('viewBox', box)", f"0 0 {size:.0f} {size * 0.68:.0f}")


def _frames(page: Any, act: Any) -> Sequence[float]:
    """Return the median and the longest frame while something is done forty times."""
    page.evaluate("window.frames_.length = 0")
    for at in range(40):
        act(page, at)
        page.wait_for_timeout(16)
    page.wait_for_timeout(300)
    frames = page.evaluate("window.frames_.splice(0)")
    return statistics.median(frames), max(frames)


def _status(port: int, path: str) -> int:
    return _asked(port, path)[0]


def _body(port: int, path: str) -> bytes:
    return _asked(port, path)[1]


def _asked(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


if __name__ == "__main__":
    main()
