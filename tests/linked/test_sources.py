"""Pages that posts link to are kept with what they are made of, and what is gone is looked for in web archives."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clew import keeping, linked
from clew.archive import Archive
from clew.archive.attempts import links_followed
from clew.fetch import Settings, origin_of
from clew.fetch.pages import is_page, is_short
from clew.posts import Link, Post
from tests.archive.worlds import add, made, post, write
from tests.fetch.conftest import QUICK
from tests.fetch.test_x import FIRST, HTML, nowhere
from tests.services.memento import Page as Stored
from tests.services.memento import archive as web_archive
from tests.services.site import Asked, Reply, Site, site

PAGE = b"""<!doctype html><link rel=stylesheet href=/style.css><img src=/a.png><img src="/a.png">
<script src=/code.js></script><a href=/other.html>not of the page</a><iframe src=/frame.html></iframe><p>The report."""


@pytest.fixture
def web() -> Iterator[Site]:
    """Give a site with a page, a page that is gone, a shortened link, and a link into this machine."""

    def answer(asked: Asked) -> Reply:
        if asked.path in ("/report", "/report-long"):
            return Reply(PAGE, headers=HTML)
        if asked.path == "/short":
            return Reply(b"", 301, {"Location": "/report"})
        if asked.path == "/inside":
            return Reply(b"", 302, {"Location": f"http://localhost:{int(found.url.rpartition(':')[2])}/secret"})
        if asked.path in ("/style.css", "/a.png", "/code.js"):
            return Reply(b"x", headers={"Content-Type": "text/plain"})
        if asked.path == "/large":
            return Reply(b"x" * (3 << 20), headers=HTML)
        return Reply(b"gone", 410, HTML)

    with site(answer) as found:
        yield found


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Archive]:
    with made(tmp_path / "held") as archive:
        yield archive


def with_links(*urls: str, number: int = 1) -> Post:
    text = " ".join(urls)
    links, at = [], 0
    for url in urls:
        links.append(Link(start=at, end=at + len(url), shown=url, url=url))
        at += len(url) + 1
    return post(number, text, links=tuple(links))


def settings(web: Site, **more: Any) -> Settings:
    limits = replace(QUICK, page=1 << 20, attempts=1, silence=1.0)
    return nowhere(**{"local": frozenset({origin_of(web.url)}), "limits": limits, **more})


def kept(archive: Archive, capture: int, given: Settings) -> dict[str, linked.Page]:
    return {page.url.rpartition("/")[2]: page for page in linked.Keeper(archive=archive, settings=given).of(capture)}


def pages_in(archive: Archive) -> list[str]:
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

    found: list[str] = []
    for warc in sorted((archive.path / "captures").glob("*.warc.gz")):
        with warc.open("rb") as stream:
            for record in ArchiveIterator(stream):
                data = record.content_stream().read()
                if record.rec_type == "resource" and data.startswith(b"\x1f\x8b"):
                    inner = ArchiveIterator(io.BytesIO(data))
                    found += [
                        one.rec_headers.get_header("WARC-Target-URI") for one in inner if one.rec_type == "response"
                    ]
    return found


def test_a_page_is_kept_with_what_it_is_made_of_and_no_more(web: Site, held: Archive, tmp_path: Path) -> None:
    added = add(held, write(tmp_path / "a.jsonl", [with_links(f"{web.url}/report", "https://x.com/ana/status/1")]))
    found = kept(held, added.capture, settings(web))
    assert {name: (page.state, page.parts) for name, page in found.items()} == {"report": ("kept", 3)}
    assert sorted(web.paths()) == ["/a.png", "/code.js", "/report", "/style.css"]
    assert sorted(pages_in(held)) == sorted(f"{web.url}{path}" for path in web.paths())
    assert keeping.verified(held.path, deep=True).sound


def test_what_is_kept_is_not_read_as_posts_and_outlives_the_database(web: Site, held: Archive, tmp_path: Path) -> None:
    added = add(held, write(tmp_path / "a.jsonl", [with_links(f"{web.url}/report")]))
    kept(held, added.capture, settings(web))
    before = held.connection.execute("SELECT asked, outcome, says FROM attempts").fetchall()
    held.close()
    with keeping.rebuilt(held.path) as again:
        assert again.connection.execute("SELECT asked, outcome, says FROM attempts").fetchall() == before
        assert again.connection.execute("SELECT count(*) FROM posts").fetchone() == (1,)
    assert before == [(f"{web.url}/report", "brought", "kept")]


def test_a_shortened_link_is_followed_to_where_it_leads(web: Site, held: Archive, tmp_path: Path) -> None:
    added = add(held, write(tmp_path / "a.jsonl", [with_links(f"{web.url}/short")]))
    assert kept(held, added.capture, settings(web))["short"].leads_to == f"{web.url}/report"
    ((says,),) = held.connection.execute("SELECT says FROM attempts").fetchall()
    assert says == f"kept; leads to {web.url}/report"


def test_a_link_that_rots_is_noted_and_its_copy_comes_from_a_web_archive(
    web: Site, held: Archive, tmp_path: Path
) -> None:
    url = f"{web.url}/gone"
    added = add(held, write(tmp_path / "a.jsonl", [with_links(url, f"{web.url}/gone-for-good")]))
    with web_archive([Stored(url, "2021-06-05T00:00:00Z", b"<p>As it was.", "text/html")]) as gate:
        found = kept(held, added.capture, settings(web, memento=(gate,)))
    assert (found["gone"].state, found["gone-for-good"].state) == ("gone", "gone")
    assert found["gone"].copy is not None
    assert "as it was on 2021-06-05" in found["gone"].copy
    assert found["gone-for-good"].copy is None
    assert found["gone"].says == "answers 410: it is not there any more"


def test_links_that_were_followed_are_listed_those_that_rot_first(web: Site, held: Archive, tmp_path: Path) -> None:
    urls = [f"{web.url}/report", f"{web.url}/gone"]
    added = add(held, write(tmp_path / "a.jsonl", [with_links(*urls)]))
    kept(held, added.capture, settings(web, memento=()))
    found = list(links_followed(held.connection))
    assert [(one.url.rpartition("/")[2], one.outcome) for one in found] == [("gone", "nothing"), ("report", "brought")]
    assert found[0].threads == ("x:1400000000000000001",)
    assert list(links_followed(held.connection, ["x:17"])) == []


def test_nothing_is_fetched_from_this_machine_or_private_networks(web: Site, held: Archive, tmp_path: Path) -> None:
    port = web.url.rpartition(":")[2]
    urls = [f"{web.url}/inside", f"http://localhost:{port}/named", "http://10.0.0.1/a", "http://169.254.169.254/meta"]
    added = add(held, write(tmp_path / "a.jsonl", [with_links(*urls)]))
    found = kept(held, added.capture, settings(web))
    assert {page.state for page in found.values()} == {"refused"}
    assert web.paths() == ["/inside"]


def test_no_link_is_too_strange(web: Site, held: Archive, tmp_path: Path) -> None:
    urls = ["http://a.example:99999/", "http://0177.0.0.1/", "http://1.1.1.1:0/", "http://xn--.example/", "http://.a./"]
    added = add(held, write(tmp_path / "a.jsonl", [with_links(*urls)]))
    found = kept(held, added.capture, settings(web, memento=()))
    assert {page.state for page in found.values()} <= {"refused", "failed"}
    assert keeping.verified(held.path, deep=True).sound


def test_a_page_that_is_too_large_is_cut_and_one_that_is_silent_is_left(
    web: Site, held: Archive, tmp_path: Path
) -> None:
    with site(lambda _: Reply(fault="silent")) as silent:
        given = settings(web)
        given = replace(given, local=given.local | {origin_of(silent.url)})
        urls = [f"{web.url}/large", f"{silent.url}/silent"]
        found = kept(held, add(held, write(tmp_path / "a.jsonl", [with_links(*urls)])).capture, given)
    assert found["large"].state == "kept"
    assert found["silent"].state == "failed"
    size = sum(path.stat().st_size for path in (held.path / "captures").iterdir())
    assert size < 2 << 20


def test_a_page_is_asked_for_once_however_often_its_link_is_added(web: Site, held: Archive, tmp_path: Path) -> None:
    first = add(
        held, write(tmp_path / "a.jsonl", [with_links(f"{web.url}/report"), with_links(f"{web.url}/report", number=2)])
    )
    kept(held, first.capture, settings(web))
    again = add(held, write(tmp_path / "b.jsonl", [with_links(f"{web.url}/report", number=3)]))
    assert kept(held, again.capture, settings(web)) == {}
    assert web.paths().count("/report") == 1


def test_links_that_are_known_only_shortened_are_asked_for_again(held: Archive, tmp_path: Path) -> None:
    link = Link(start=0, end=20, shown="example.org/asia_pac…", url=None, cut=True)
    whole = Link(start=0, end=27, shown="example.org/asia_pacific", url="https://example.org/asia_pacific")
    one = post(1, "example.org/asia_pac…", links=(link,))
    added = add(held, write(tmp_path / "a.jsonl", [one]))
    assert linked.cut_threads(held.connection, added.capture) == [f"x:{one.id}"]
    add(held, write(tmp_path / "b.jsonl", [post(1, "example.org/asia_pacific", links=(whole,))]))
    assert linked.cut_threads(held.connection, added.capture) == []


def test_what_is_a_page_and_what_only_leads_on() -> None:
    assert is_page(f"https://threadreaderapp.com/thread/{FIRST}.html")
    assert not is_page("https://bsky.app/profile/ana.example.org/post/3lkiz2uvhqk2v")
    assert not is_page("ftp://example.org/a")
    assert not is_page("http://[broken")
    assert is_short("https://t.co/AbC")
