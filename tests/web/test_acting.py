"""Who acts together and who follows whom, in the reader: found, drawn, and led back to the posts behind it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

pytest.importorskip("igraph", reason="igraph is missing: pip install 'clew[compare]'")

from clew.keeping import Keeper
from clew.web.app import Settings
from clew.web.reckoner import WAITING, Reckoner
from tests.publish.tools import AXE, CHROMIUM, complaints_about_pages, needs
from tests.web.asking import Answer, Asked
from tests.web.conftest import Served
from tests.web.payloads import PAYLOADS
from tests.web.test_browser import FLAGS
from tests.web.world import kept, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser

START = datetime(2022, 3, 1, tzinfo=UTC)
ASKED = "trace=tag&window=60&least=2"
RING = 6


def acting(names: list[str], crowd: int = 60, acts: int = 14) -> Iterator[dict[str, Any]]:
    """Yield posts in which the named accounts use a tag within seconds of each other, and others when they like."""
    rng = random.Random(5)
    number = 1_700_000_000_000_000_000

    def post(account: str, when: datetime, tag: str) -> dict[str, Any]:
        nonlocal number
        number += 1
        text = f"Nothing happens in the port. #{tag}"
        return {
            "schema": "clew/post/1", "platform": "x", "id": str(number), "time": when.isoformat(), "text": text,
            "author": {"id": f"id-{account}", "handle": account, "name": account}, "edges_stated": True,
            "tags": [{"start": text.index("#"), "end": len(text), "tag": tag}],
        }  # fmt: skip

    for act in range(acts):
        moment = START + timedelta(hours=9 * act)
        for name in names:
            yield post(name, moment + timedelta(seconds=20 * rng.random()), f"orsa{act % 7}")
    for at in range(crowd):
        for _ in range(5):
            moment = START + timedelta(hours=9 * acts * rng.random())
            yield post(f"crowd{at}", moment, f"orsa{rng.randrange(7)}")


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server whose archive holds a ring of accounts in a crowd."""
    folder = tmp_path_factory.mktemp("ring")
    with kept(folder / "port") as archive:
        Keeper(archive=archive).add(str(write(folder / "p.jsonl", acting([f"ring{at}" for at in range(RING)]))))
    with Served(Settings(archive=folder / "port")) as own:
        yield own.url


def settled(url: str, path: str) -> Answer:
    """Return the answer when it is reckoned."""
    until = time.monotonic() + 60
    while (answer := Asked(url)(path)).status == 202:
        assert answer.headers["refresh"] == "2"
        assert time.monotonic() < until, path
        time.sleep(0.2)
    return answer


def test_the_ring_is_found_and_the_crowd_is_not(ring: str) -> None:
    answer = settled(ring, f"/network?{ASKED}")
    assert answer.status == 200
    named = {link.text() for link in answer.page.css("table a[href*='/network/account']")}
    assert named == {f"ring{at}" for at in range(RING)}
    edges = [link.attributes["href"] for link in answer.page.css("#edges ~ .scroll a[href*='/network/edge']")]
    assert len(edges) == RING * (RING - 1) // 2


def test_an_edge_leads_to_both_posts_in_the_archive(ring: str) -> None:
    edge = settled(ring, f"/network/edge?{ASKED}&a=ring1&b=ring4")
    assert edge.status == 200
    pairs = edge.page.css(".pairs > li")
    assert len(pairs) == 14
    for pair in pairs[:3]:
        authors = {one.text() for one in pair.css(".by bdi")}
        assert authors == {"@ring1", "@ring4"}
        assert "tags: orsa" in pair.text()
        for link in pair.css(".by a"):
            there = Asked(ring)(link.attributes["href"] or "")
            assert there.status == 302
            assert Asked(ring)(there.headers["location"].partition("#")[0]).status == 200
    times = [one.attributes["datetime"] or "" for one in edge.page.css(".pairs > li .two > div:first-child time")]
    assert times == sorted(times)
    assert settled(ring, f"/network/edge?{ASKED}&a=ring4&b=ring1").body == edge.body or "ring4" in edge.text


def test_an_account_says_why_it_is_in(ring: str) -> None:
    answer = settled(ring, f"/network/account?{ASKED}&of=ring2")
    assert f"{RING - 1} partners" in answer.text
    assert answer.page.css_first("a[href='/author/x/ring2']") is not None
    assert len(answer.page.css("tbody tr")) == RING - 1


def test_nobody_else_has_a_page_in_the_network(ring: str) -> None:
    assert settled(ring, f"/network/account?{ASKED}&of=crowd3").status == 404
    assert settled(ring, f"/network/edge?{ASKED}&a=ring1&b=crowd3").status == 404
    assert settled(ring, f"/network/edge?{ASKED}&a=ring1&b=ring1").status == 404


def test_what_makes_no_sense_is_refused_in_words(ring: str) -> None:
    for query, says in (
        ("trace=tag&window=-1", "no number between"),
        ("trace=tag&window=soon", "no number between"),
        ("trace=tag&window=nan", "no number between"),
        ("trace=telepathy", "no such trace"),
        ("trace=tag&least=0", "no number between"),
    ):
        answer = Asked(ring)(f"/network?{query}")
        assert (answer.status, says in answer.text) == (422, True), query
    assert "write a day as" in settled(ring, "/network?trace=tag&since=yesterday").text
    assert "no post here does any of this" in settled(ring, "/network?trace=media").text


def test_where_nobody_acts_together_the_page_says_so(ring: str) -> None:
    answer = settled(ring, "/network?trace=tag&window=60&least=40&since=2022-03-01&until=2022-03-01")
    assert answer.status == 200
    assert "No edge here is more than chance gives." in answer.text
    assert answer.page.css_first("[role=alert]") is None
    drawing = settled(ring, "/network/picture?trace=tag&window=60&least=40&since=2022-03-01&until=2022-03-01")
    assert (drawing.status, "<circle" in drawing.text) == (200, False)


def test_days_narrow_down_what_is_looked_at(ring: str) -> None:
    answer = settled(ring, f"/network?{ASKED}&since=2022-03-02&until=2022-03-02")
    whole = settled(ring, f"/network?{ASKED}")
    counts = [int(one.page.css("section p")[0].text().split(" ")[0]) for one in (answer, whole)]
    assert 0 < counts[0] < counts[1]
    assert counts[1] == RING * 14 + 60 * 5


def test_groups_are_read_against_chance(ring: str) -> None:
    query = "a=ring0,ring1,ring2&b=ring3+ring4+ring5&control=" + ",".join(f"crowd{at}" for at in range(60))
    answer = settled(ring, f"/groups?{query}&trace=tag&window=60")
    assert answer.status == 200
    assert "A → B: " in answer.text
    assert "Deliberate delay looks like imitation" in answer.text
    assert answer.page.css_first("figure.plot svg .line") is not None


def test_groups_of_nobody_are_refused_in_words(ring: str) -> None:
    assert "none of the accounts" in settled(ring, "/groups?a=nobody&b=noone&trace=tag").text
    assert "nobody of group B" in settled(ring, "/groups?a=ring1&b=noone&trace=tag").text
    assert "is in two groups" in settled(ring, "/groups?a=ring1&b=ring1&trace=tag").text
    assert "no such dossier" in settled(ring, "/groups?a=dossier:none&b=ring1&trace=tag").text.lower()


class Slow:
    """A question that takes long."""

    def __init__(self, name: str) -> None:
        self.name = name

    def reckoned(self, archive: Path) -> str:
        """Return its name, after a while."""
        time.sleep(0.4)
        return self.name


def test_a_question_is_reckoned_once_and_too_many_are_refused(tmp_path: Path) -> None:
    own = Reckoner(tmp_path)
    questions = [Slow(f"{at}") for at in range(WAITING + 1)]
    held = [own.ask(one, "now") for one in questions]
    assert held[-1] is None
    assert own.ask(questions[0], "now") is held[0]
    assert all(one is not None and one.done.wait(30) for one in held[:-1])
    assert [one.answer for one in held[:-1] if one] == [f"{at}" for at in range(WAITING)]
    own.end()
    assert own.ask(Slow("late"), "now") is None


def test_what_is_reckoned_ends_with_the_server(tmp_path: Path) -> None:
    own = Reckoner(tmp_path)
    held = own.ask(Slow("cut"), "now")
    time.sleep(0.1)
    own.end()
    assert held is not None
    assert held.done.wait(5)
    assert (held.answer, held.problem is None) == (None, False)


def test_the_drawing_runs_nothing_and_leads_to_its_accounts(ring: str) -> None:
    answer = settled(ring, f"/network/picture?{ASKED}")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "default-src 'none'; style-src 'sha256-" in answer.headers["content-security-policy"]
    assert answer.text.count("<circle") == RING
    assert "/network/account?trace=tag" in answer.text


# In a browser ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without windows."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        own = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield own
        own.close()


PATHS = (
    "/network",
    f"/network?{ASKED}",
    f"/network/account?{ASKED}&of=ring2",
    f"/network/edge?{ASKED}&a=ring1&b=ring4",
    "/groups",
    "/groups?a=ring0,ring1,ring2&b=ring3+ring4+ring5&trace=tag",
)


@needs("chromium", "axe")
@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1600)])
def test_pages_have_no_barriers_and_fit(browser: Browser, ring: str, scheme: str, width: int) -> None:
    for path in PATHS:
        settled(ring, path)
        context = browser.new_context(
            base_url=ring,
            bypass_csp=True,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        page = context.new_page()
        page.goto(path, wait_until="networkidle")
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
        context.close()


@needs("nu")
def test_pages_are_correct_html(ring: str, tmp_path: Path) -> None:
    pages = []
    for at, path in enumerate(PATHS):
        pages.append(tmp_path / f"{at}.html")
        pages[-1].write_bytes(settled(ring, path).body)
    assert complaints_about_pages(pages) == []


@needs("chromium")
def test_without_scripts_the_drawing_is_a_picture_and_the_form_works(browser: Browser, ring: str) -> None:
    context = browser.new_context(base_url=ring, java_script_enabled=False)
    page = context.new_page()
    page.goto("/network")
    page.get_by_label("reposts").uncheck()
    page.get_by_label("links").uncheck()
    page.get_by_role("button", name="Look").click()
    page.locator("#network").wait_for(timeout=30_000)
    assert page.locator(".network img").evaluate("one => one.naturalWidth") > 0
    assert page.locator("canvas").count() == 0
    page.locator("#edges ~ .scroll td a").first.click()
    page.locator(".pairs .by a").first.click()
    page.locator(".post:target").wait_for()
    context.close()


@needs("chromium")
def test_a_dot_of_the_drawing_leads_to_its_account_and_a_line_to_its_posts(browser: Browser, ring: str) -> None:
    settled(ring, f"/network?{ASKED}")
    context = browser.new_context(base_url=ring)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text))
    page.on("pageerror", lambda one: said.append(str(one)))
    drawn = Asked(ring)(f"/network/figures?{ASKED}").json

    def click(x: float, y: float) -> None:
        page.goto(f"/network?{ASKED}")
        canvas = page.locator("canvas")
        canvas.wait_for()
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        place = {"x": 14 + x * (box["width"] - 28), "y": 14 + y * (box["height"] - 28)}
        canvas.click(position=place)  # type: ignore[arg-type]

    x, y, _, name = drawn["accounts"][2]
    click(x, y)
    page.wait_for_url(f"**/network/account?*of={name}")
    a, b, _ = drawn["edges"][0]
    (ax, ay, *_), (bx, by, *_) = drawn["accounts"][a], drawn["accounts"][b]
    click(ax + 0.22 * (bx - ax), ay + 0.22 * (by - ay))
    page.wait_for_url("**/network/edge?*")
    page.locator(".pairs > li").first.wait_for()
    assert said == []
    context.close()


@needs("chromium")
def test_hostile_handles_run_nothing(browser: Browser, tmp_path: Path) -> None:
    names = [payload[:200] for payload in PAYLOADS[::9] if payload.strip()][:16]
    with kept(tmp_path / "port") as archive:
        Keeper(archive=archive).add(str(write(tmp_path / "p.jsonl", acting(names, crowd=40, acts=8))))
    with Served(Settings(archive=tmp_path / "port")) as own:
        settled(own.url, f"/network?{ASKED}")
        context = browser.new_context(base_url=own.url)
        context.add_init_script("window.ran = 0; window.run = () => { window.ran += 1; };")
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda one: said.append(one.text))
        page.on("dialog", lambda one: said.append(one.message))
        page.on("request", lambda one: said.append(one.url) if not one.url.startswith(own.url) else None)
        page.goto(f"/network?{ASKED}", wait_until="networkidle")
        links = page.locator("main a[href^='/network/']").evaluate_all(
            "all => all.map(one => one.getAttribute('href'))"
        )
        drawn = Asked(own.url)(f"/network/figures?{ASKED}").json
        assert len(drawn["accounts"]) == len(names)
        groups = f"/groups?a={quote(names[0])}&b={quote(names[1])}&trace=tag"
        settled(own.url, groups)
        for path in [*dict.fromkeys(links[::7]), groups, f"/network?{ASKED}"]:
            answer = page.goto(path, wait_until="load")
            assert answer is not None
            assert answer.status == 200, path
            if answer.headers["content-type"].startswith("text/html"):
                assert page.evaluate("window.ran") == 0, path
                assert page.locator("script:not([src^='/static/']), iframe, object, embed, main style").count() == 0
        assert said == []
        context.close()


def test_other_pages_answer_while_a_network_is_reckoned(ring: str) -> None:
    asked = Asked(ring)
    fresh = "trace=tag&trace=text&window=3600&least=1"
    first = threading.Thread(target=settled, args=(ring, f"/network?{fresh}"))
    first.start()
    longest = 0.0
    while first.is_alive():
        begun = time.monotonic()
        assert asked("/threads").status == 200
        longest = max(longest, time.monotonic() - begun)
    first.join()
    assert longest < 1.5
