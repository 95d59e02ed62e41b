"""A gap that is refreshed in the browser against a real network on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clew.keeping import Keeper
from clew.posts import Account, Post
from clew.web.app import Settings
from tests.archive.worlds import made, write
from tests.publish.tools import needs
from tests.services.network import Author, Network, network
from tests.services.running import until
from tests.web.conftest import Served
from tests.web.test_browser import Watched, browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]


@pytest.fixture(scope="module")
def bluesky() -> Iterator[Network]:
    """A network of Bluesky's servers; starting it takes about twenty seconds."""
    with network() as own:
        yield own


def held(author: Author, number: int, uri: str, below: str | None) -> Post:
    """Return a post as an export would hold it."""
    own = Account(id=author.did, handle=author.handle)
    plain = {
        "platform": "bluesky",
        "id": uri,
        "author": own,
        "text": f"{number}/3 Page {number}.",
        "edges_stated": True,
    }
    return Post(**plain, reply_to=below, reply_to_author=author.did if below else None)  # type: ignore[arg-type]


@needs("chromium")
@pytest.mark.parametrize(("scripts", "width"), [(True, 1600), (False, 360)], ids=["with scripts", "without"])
def test_a_gap_is_filled_before_the_eyes_of_the_reader(
    browser: Browser, bluesky: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, *, scripts: bool
) -> None:
    ana = bluesky.account(f"ana{width}.test")
    first = ana.post("1/3 Page 1.")
    second = ana.post("2/3 Page 2, which nobody kept.", below=first, root=first, at="2026-03-04T09:01:00.000Z")
    third = ana.post("3/3 Page 3.", below=second, root=first, at="2026-03-04T09:02:00.000Z")
    uris = [one["uri"] for one in (first, second, third)]
    until(lambda: bluesky.shown(*uris), 30, "the AppView")
    with made(tmp_path / "port") as archive:
        posts = [held(ana, 1, uris[0], None), held(ana, 3, uris[2], uris[1])]
        Keeper(archive=archive).add(str(write(tmp_path / "kept.jsonl", posts)))
    monkeypatch.setenv("CLEW_BLUESKY", bluesky.appview.replace("localhost", "127.0.0.1"))
    monkeypatch.setenv("CLEW_PLC", bluesky.plc)
    how: dict[str, object] = {"java_script_enabled": scripts, "viewport": {"width": width, "height": 900}}
    with Served(Settings(archive=tmp_path / "port")) as served, Watched(browser, served.url, **how) as own:
        own.page.goto("/threads")
        own.page.locator(".row h2 a", has_text="Page 3.").click()
        own.page.locator(".gap form[data-refresh] button").first.click()
        if scripts:
            own.page.locator(".gap .news .asking").first.wait_for(timeout=30_000)
        news = own.page.locator(".gap .news" if scripts else ".news")
        news.filter(has_text="filled").wait_for(timeout=60_000)
        news.locator("a", has_text="the thread").click()
        own.page.get_by_text("2/3 Page 2, which nobody kept.").wait_for()
        assert own.page.locator("article .gap.proven").count() == 0
        assert own.said == []
