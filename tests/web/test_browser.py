"""The pages in a real browser: read, cite, add, compare; with a mouse, with keys, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from clew.web.app import Settings
from tests.publish.tools import AXE, CHROMIUM, complaints_about_pages, needs
from tests.web.asking import Asked
from tests.web.conftest import Served
from tests.web.world import LONG, THREAD, build, line, write

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PAGES = {
    "home": "/",
    "thread": f"/thread/{THREAD}",
    "long thread": f"/thread/{LONG}?page=2",
    "threads": "/threads",
    "author": "/author/x/ana_kova",
    "authors": "/authors",
    "gaps": "/holes",
    "captures": "/captures",
    "cite": f"/cite/{THREAD}?post=1400000000000000002&start=7&end=24",
    "cite a thread": f"/cite/{THREAD}",
    "versions": f"/versions/{THREAD}",
    "compare": f"/compare/{THREAD}",
    "add": "/add",
    "search": "/search?q=berth",
    "a slip": "/search?q=form:ana",
    "no search": "/search",
    "sources": "/sources",
    "source": "/source/example.org",
    "evidence": f"/evidence/{THREAD}",
    "evidence of some kinds": f"/evidence/{THREAD}?kind=place&kind=date",
    "evidence of a long thread": f"/evidence/{LONG}?page=2",
    "dossiers": "/dossiers",
    "dossier": "/dossier/orsa",
    "annotate": f"/annotate/{THREAD}?post=1400000000000000002&start=3&end=31",
    "add a finding": f"/correct/{THREAD}?post=1400000000000000002&start=3&end=31",
    "correct a finding": f"/correct/{THREAD}?post=1400000000000000003&of=date+6+14",
    "annotate a thread": f"/annotate/{THREAD}",
    "nothing": "/nowhere",
}
FLAGS = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without windows."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        own = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield own
        own.close()


class Watched:
    """A page, and all that its browser complained of or asked elsewhere for."""

    def __init__(self, browser: Browser, url: str, **how: object) -> None:
        self._context = browser.new_context(base_url=url, locale="en", **how)  # type: ignore[arg-type]
        self.page: Page = self._context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda one: self.said.append(one.text))
        self.page.on("pageerror", lambda one: self.said.append(str(one)))
        self.page.on("request", lambda one: self._ask(one.url))
        self._url = url

    def _ask(self, url: str) -> None:
        if not url.startswith(self._url):
            self.said.append(url)

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()


@needs("chromium", "axe")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_have_no_barriers(browser: Browser, served: str, name: str, scheme: str) -> None:
    with Watched(browser, served, color_scheme=scheme, bypass_csp=True) as own:
        own.page.goto(PAGES[name])
        own.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        own.page.add_script_tag(path=AXE)
        found = own.page.evaluate(
            "axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
            ".then(found => found.violations)"
        )
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


@needs("chromium")
@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_ask_nobody_else_and_complain_of_nothing(
    browser: Browser, served: str, name: str, width: int
) -> None:
    with Watched(browser, served, viewport={"width": width, "height": 900}) as own:
        own.page.goto(PAGES[name])
        assert own.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert [one for one in own.said if "404" not in one] == []


@needs("nu")
def test_pages_are_correct_html(asked: Asked, tmp_path: Path) -> None:
    pages = [tmp_path / f"{name}.html" for name in PAGES]
    for page, path in zip(pages, PAGES.values(), strict=True):
        page.write_bytes(asked(path).body)
    assert complaints_about_pages(pages) == []


@needs("chromium")
def test_keys_lead_from_post_to_post_and_to_help(browser: Browser, served: str) -> None:
    with Watched(browser, served) as own:
        own.page.goto(PAGES["thread"])
        for key in "jj":
            own.page.keyboard.press(key)
        assert own.page.locator(".here").get_attribute("data-post") == "1400000000000000002"
        own.page.keyboard.press("k")
        assert own.page.locator(".here").get_attribute("data-post") == "1400000000000000001"
        own.page.keyboard.press("?")
        assert own.page.locator("#keys").is_visible()
        own.page.keyboard.press("Escape")
        own.page.keyboard.press("g")
        own.page.keyboard.press("a")
        own.page.wait_for_url("**/authors")
        assert own.said == []


@needs("chromium")
def test_search_answers_as_it_is_typed(browser: Browser, served: str) -> None:
    with Watched(browser, served) as own:
        own.page.goto("/search")
        own.page.locator("#q").press_sequentially("tarif")
        own.page.get_by_text("0 hits.").wait_for()
        own.page.locator("#q").press_sequentially("fs")
        own.page.locator("#found mark", has_text="tariffs").first.wait_for()
        assert own.page.url.endswith("/search?q=tariffs")
        assert own.said == []


@needs("chromium")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_search_is_narrowed_down_and_leads_to_its_place(browser: Browser, served: str, *, scripts: bool) -> None:
    with Watched(browser, served, java_script_enabled=scripts) as own:
        own.page.goto("/")
        own.page.get_by_role("searchbox").fill("lease")
        own.page.get_by_role("searchbox").press("Enter")
        own.page.locator("#facets a", has_text="2022-06").click()
        assert own.page.locator("#q").input_value() == "lease date:2022-06"
        own.page.locator("#found .whole").first.click()
        own.page.locator(".post:target").wait_for()
        assert own.page.locator(".post:target").count() == 1
        assert own.said == []


@needs("chromium")
def test_a_selected_passage_is_cited_at_its_place(browser: Browser, served: str) -> None:
    with Watched(browser, served) as own:
        own.page.goto(PAGES["thread"])
        assert not own.page.get_by_text("Cite this passage").is_visible()
        own.page.evaluate(
            """() => {
            const text = document.querySelector("#post-1400000000000000005 .said > .text").firstChild;
            const range = document.createRange();
            range.setStart(text, text.data.indexOf("Coast"));
            range.setEnd(text, text.data.indexOf("”)"));
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }"""
        )
        own.page.get_by_text("Cite this passage").click()
        assert own.page.locator("mark").inner_text() == "Coast Granary"
        assert own.page.locator("#reference").inner_text().startswith("“Coast Granary”")


@needs("chromium")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
@pytest.mark.parametrize("width", [360, 1600])
def test_read_add_cite_compare_and_take_away(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, width: int, *, scripts: bool
) -> None:
    folder = tmp_path_factory.mktemp("walk")
    new = write(folder / "new.jsonl", [line(31, "1/2 A wholly new thread."), line(32, "2/2 It ends.", to=31)])
    settings = Settings(archive=build(folder / "port", long=3))
    how: dict[str, object] = {"java_script_enabled": scripts, "viewport": {"width": width, "height": 900}}
    with Served(settings) as served, Watched(browser, served.url, **how) as own:
        page = own.page
        page.goto("/")
        page.get_by_role("link", name="Add", exact=True).click()
        page.get_by_label("Files").set_input_files(new)
        page.get_by_role("button", name="Add").click()
        page.get_by_text("new.jsonl: 2 new posts").wait_for(timeout=10_000)
        page.get_by_role("link", name="A wholly new thread.").click()
        page.locator("li.post").nth(1).wait_for()
        assert page.locator("li.post").count() == 2
        page.goto(f"/thread/{THREAD}")
        page.locator("summary", has_text="11 of 13 posts held").click()
        assert page.get_by_text("The author counts 12").is_visible()
        page.locator("summary", has_text="Take away").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Markdown").click()
        assert download.value.suggested_filename.endswith(".md")
        page.locator("#post-1400000000000000005 .cite").click(force=True)
        assert "1400000000000000005" in page.url
        page.locator("#reference").wait_for()
        assert (
            "海岸粮仓" in page.locator("#reference").inner_text() or "Kova" in page.locator("#reference").inner_text()
        )
        page.goto(f"/thread/{THREAD}")
        page.get_by_role("link", name="Versions").click()
        page.get_by_role("button", name="Compare").click()
        assert page.locator("ins").inner_text() == ": it runs three terminals"
        assert own.said == []


@needs("chromium")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_on_paper_everything_is_open_and_what_cannot_be_pressed_is_gone(
    browser: Browser, served: str, *, scripts: bool
) -> None:
    with Watched(browser, served, java_script_enabled=scripts) as own:
        own.page.goto(PAGES["thread"])
        assert not own.page.get_by_text("the harbour master has a cat").last.is_visible()
        own.page.emulate_media(media="print")
        assert own.page.get_by_text("the harbour master has a cat").last.is_visible()
        assert own.page.get_by_text("The author counts 12").first.is_visible()
        assert not own.page.get_by_role("button", name="Refresh").first.is_visible()


def test_names_in_text_from_right_to_left_keep_their_sign_before_them() -> None:
    from clew.web.site import _isolated

    assert _isolated("قالت @ana_kova.") == "قالت <bdi>@ana_kova</bdi>."
    assert _isolated("שלום <b>@ana</b>") == "שלום &lt;b&gt;<bdi>@ana</bdi>&lt;/b&gt;"
    assert _isolated("says @ana & co") == "says @ana &amp; co"
