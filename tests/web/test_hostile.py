"""Posts that mean harm: whatever stands in any field of them, nothing of it runs, and no policy has to stop it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from clew.archive import Archive
from clew.archive.holdings import found
from clew.dossier import Item, Shelf
from clew.evidence.corrections import Correction, append
from clew.evidence.kept import CORRECTIONS
from clew.keeping import Keeper
from clew.web.app import Settings
from tests.publish.tools import CHROMIUM, needs
from tests.web.asking import Asked
from tests.web.conftest import Served
from tests.web.payloads import PAYLOADS
from tests.web.test_changing import form
from tests.web.world import kept, write

EACH = 20
"""Payloads in one thread."""


def hostile(at: int, payload: str, root: int, chosen: list[str]) -> dict[str, Any]:
    """Return a post with a payload in every field that its author, or who made the file, decides on."""
    other = chosen[(at + 1) % len(chosen)]
    text = f"{at} {payload} {other}"
    number = 1_600_000_000_000_000_000 + root * 1000 + at
    post: dict[str, Any] = {
        "schema": "clew/post/1",
        "platform": "x",
        "id": str(number),
        "author": {"id": f"hostile{root}", "handle": chosen[0][:200], "name": payload},
        "time": f"2022-01-01T00:{at % 60:02}:00Z",
        "text": text,
        "language": payload[:30],
        "edges_stated": True,
        "links": [
            {"start": text.index(payload), "end": text.index(payload) + len(payload), "shown": payload, "url": other},
            {"start": 0, "end": 0, "shown": payload, "url": payload},
        ],
        "mentions": [{"start": 0, "end": 1, "handle": payload}],
        "tags": [{"start": 0, "end": 1, "tag": payload}],
        "media": [{"type": "image", "url": payload, "alt": payload, "file": payload}, {"type": payload, "url": other}],
        "url": payload,
        "warning": payload,
        "community_note": payload,
        "versions": [{"id": f"{number}9", "time": None, "text": other}],
        "edited": "2022-01-02T00:00:00Z",
        "quotes": f"q{number}" if at % 2 else other,
        "conversation": payload,
    }
    if at:
        post |= {"reply_to": str(number - (2 if at % 7 == 0 else 1)), "reply_to_author": f"hostile{root}"}
    return post


@pytest.fixture(scope="module")
def served_harm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server whose archive holds nothing but harm."""
    folder = tmp_path_factory.mktemp("hostile")
    with kept(folder / "port") as archive:
        for root, start in enumerate(range(0, len(PAYLOADS), EACH)):
            chosen = list(PAYLOADS[start : start + EACH])
            lines = [hostile(at, payload, root, chosen) for at, payload in enumerate(chosen)]
            name = f"{root}-" + "".join(letter for letter in chosen[0] if letter not in "/\\\0\n\r\t")[:80]
            path = write(folder / f"{name}.jsonl", lines)
            with path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps({"schema": "clew/post/1", "platform": chosen[0], "id": chosen[-1]}) + "\n")
            Keeper(archive=archive).add(str(path))
        _gather(folder / "port", archive)
    with Served(Settings(archive=folder / "port")) as own:
        yield own.url


def _gather(folder: Path, archive: Archive) -> None:
    """Put all threads and a payload for each word that a user writes into a dossier."""
    shelf, when = Shelf(folder), datetime(2026, 1, 31, tzinfo=UTC)
    shelf.new("harm", PAYLOADS[0])
    items = []
    for at, (name,) in enumerate(archive.connection.execute("SELECT id FROM threads").fetchall()):
        items.append(Item(kind="thread", of=name, added=when, note=PAYLOADS[at], tags=(PAYLOADS[at + 1],)))
    for payload in PAYLOADS[20:60]:
        items.append(Item(kind="search", of=payload, added=when))
        items.append(Item(kind="passage", of=payload, quote=payload, added=when))
    shelf.change("harm", lambda own: own.having(*items))
    append(folder / CORRECTIONS, _corrections(archive))


def _corrections(archive: Archive) -> Iterator[Correction]:
    """Yield for the first post of each thread that its text names a payload, as a payload says."""
    names = [name for (name,) in archive.connection.execute("SELECT id FROM threads").fetchall()]
    posts = [post for name in names for own in found(archive.connection, name)[:1] for post in list(own.posts())[:1]]
    for payload, post in zip(PAYLOADS, posts, strict=False):
        yield Correction(
            post=post.id,
            kind="person",
            start=0,
            end=len(post.text),
            quote=post.text,
            verdict="added",
            made=datetime(2026, 1, 31, tzinfo=UTC),
            value={"name": payload},
            by=payload,
            note=payload,
        )


def _corrected(asked: Asked, name: str) -> list[str]:
    """Return the addresses of the forms that correct what a page shows of a payload."""
    page = asked(f"/evidence{name}").page
    assert page.css(".findings .own")
    return [link.attributes["href"] or "" for link in page.css(".findings .person a")][:2]


def _pages(asked: Asked) -> list[str]:
    """Return every page that shows something of what is held."""
    found = ["/", "/threads", "/authors", "/holes", "/captures", "/sources", "/search?q=*"]
    threads = asked("/api/threads?size=200").json["items"]
    found += [
        f"{kind}{one['page'].removeprefix('/thread')}"
        for one in threads
        for kind in ("/thread", "/cite", "/compare", "/evidence", "/annotate")
    ]
    names = [one["page"].removeprefix("/thread") for one in threads]
    found += [f"/versions{name}" for name in names[:3]]
    found += [f"/at/20991231235959{name}" for name in names[:6]]
    found += [f"/source/{quote(payload, safe='')}" for payload in PAYLOADS[::12] if "\0" not in payload]
    found += [f"/search?q={quote(payload)}" for payload in PAYLOADS[5::20]]
    found += [f"/threads?after={quote(payload)}" for payload in PAYLOADS[::60]]
    found += [f"/holes?certainty={quote(payload)}&after={quote(payload)}" for payload in PAYLOADS[::60]]
    found += [f"/cite{names[0]}?post={quote(payload)}" for payload in PAYLOADS[::40]]
    found += [f"/login?to={quote(payload)}" for payload in PAYLOADS[::30]]
    found += [link.attributes["href"] or "" for link in asked("/sources").page.css("main a")][:20]
    found += [_job(asked, payload) for payload in PAYLOADS[::50]]
    found += ["/dossiers", "/dossier/harm"]
    found += [f"/correct{names[0]}?post={quote(payload)}&of={quote(payload)}" for payload in PAYLOADS[::40]]
    found += [link for name in names[:8] for link in _corrected(asked, name)]
    found += [one["page"] for one in asked("/api/authors?size=200").json["items"]]
    found += [f"/capture/{one['digest']}" for one in asked("/api/captures?size=200").json["items"]]
    return found


def _job(asked: Asked, payload: str) -> str:
    """Return the page of a job that is called as the payload says."""
    body, media = form({}, {"".join(letter for letter in payload if letter not in '"\r\n'): payload.encode()})
    answer = asked("/add", method="POST", body=body, content_type=media, sec_fetch_site="same-origin")
    assert answer.status == 303
    return answer.headers["location"]


def test_there_are_two_hundred_payloads_and_more() -> None:
    assert len(PAYLOADS) >= 200
    assert len(set(PAYLOADS)) == len(PAYLOADS)


@needs("chromium")
def test_nothing_of_two_hundred_payloads_in_every_field_runs(served_harm: str) -> None:
    from playwright.sync_api import sync_playwright

    asked, said, reached = Asked(served_harm), list[str](), 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context()
        context.add_init_script("window.ran = 0; window.run = () => { window.ran += 1; };")
        page = context.new_page()
        page.on("console", lambda one: said.append(f"{page.url}: {one.text}"))
        page.on("dialog", lambda one: said.append(f"{page.url}: {one.message}"))
        page.on("request", lambda one: said.append(one.url) if not one.url.startswith(served_harm) else None)
        for path in _pages(asked):
            answer = page.goto(served_harm + path)
            assert answer is not None
            assert answer.status == (404 if "?post=" in path and "&of=person" not in path else 200), path
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            page.keyboard.press("j")
            assert page.evaluate("window.ran") == 0, path
            odd = page.evaluate(
                "document.querySelectorAll('script:not([src^=\"/static/\"]), iframe, object, embed, style').length"
                " + [...document.querySelectorAll('*')].filter(one => [...one.attributes].some("
                "a => a.name.startsWith('on') || a.name === 'style' && !one.matches('.cite-float'))).length"
                " + [...document.querySelectorAll('[href]')].filter("
                "one => !/^(https?:|\\/(?!\\/)|#|\\?)/.test(one.getAttribute('href'))).length"
            )
            assert odd == 0, path
            reached += 1
        browser.close()
    assert [one for one in said if "status of 404" not in one] == []
    assert reached > 100


@needs("chromium")
def test_the_payloads_do_run_where_nothing_stands_in_their_way(tmp_path: Path) -> None:
    """A test of the test: some of them must be able to harm."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.add_init_script("window.ran = 0; window.run = () => { window.ran += 1; };")
        ran = 0
        for payload in PAYLOADS[:45]:
            path = tmp_path / "page.html"
            path.write_text(f"<!doctype html><meta charset=utf-8><p>{payload}</p>", encoding="utf-8")
            page.goto(path.as_uri(), wait_until="load")
            ran += bool(page.evaluate("window.ran"))
        browser.close()
    assert ran >= 15


def test_what_is_taken_away_is_never_shown_from_here(served_harm: str) -> None:
    asked = Asked(served_harm)
    first = asked("/api/threads?size=1").json["items"][0]["page"].removeprefix("/thread")
    for kind in ("text", "md", "html", "jsonld", "atom", "epub", "pdf", "jsonl"):
        answer = asked(f"/export/{kind}{first}")
        assert answer.status == 200, kind
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-security-policy"].startswith("sandbox")
        assert "\n" not in answer.headers["content-disposition"]


def test_search_takes_every_payload_as_words(served_harm: str) -> None:
    asked = Asked(served_harm)
    for payload in PAYLOADS[::4]:
        answer = asked(f"/search?q={quote(payload)}")
        assert answer.status == 200
        assert "<script>run" not in answer.text
