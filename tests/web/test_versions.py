"""A thread at other times, two of them side by side, and what is taken away."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser  # type: ignore[import-untyped]
import pytest

from tests.web.asking import Asked
from tests.web.world import THREAD


def _mementos(asked: Asked) -> list[str]:
    body = asked(f"/timemap/{THREAD}").text
    return re.findall(r"<http://[^/]+([^>]+)>; rel=\"memento\"", body)


def test_a_time_map_names_every_version_and_each_says_its_time(asked: Asked) -> None:
    answer = asked(f"/timemap/{THREAD}")
    assert answer.headers["content-type"] == "application/link-format"
    found = _mementos(asked)
    assert len(found) == 2
    for path in found:
        memento = asked(path)
        assert memento.status == 200
        assert parsedate_to_datetime(memento.headers["memento-datetime"]).strftime("%Y%m%d%H%M%S") in path
        assert 'rel="original"' in memento.headers["link"]
        assert 'rel="timegate"' in memento.headers["link"]


def test_a_time_gate_leads_to_the_version_of_a_time(asked: Asked) -> None:
    first, last = _mementos(asked)
    late = asked(f"/timegate/{THREAD}", accept_datetime="Fri, 01 Jan 2100 00:00:00 GMT")
    early = asked(f"/timegate/{THREAD}", accept_datetime="Thu, 01 Jan 1970 00:00:00 GMT")
    assert (late.status, late.headers["location"], early.headers["location"]) == (302, last, first)
    assert "accept-datetime" in late.headers["vary"]
    assert asked(f"/timegate/{THREAD}", accept_datetime="yesterday").status == 400


def test_a_thread_is_shown_as_it_was_known_then(asked: Asked) -> None:
    first, last = _mementos(asked)
    assert first != last
    then, now = asked(first).page, asked(last).page
    assert then.css(".edits") == []
    assert len(now.css(".edits")) == 1


@pytest.mark.parametrize("stamp", ["19700101000000", "0", "x", "2021-06-04"])
def test_what_was_not_held_then_is_not_shown(asked: Asked, stamp: str) -> None:
    assert asked(f"/at/{stamp}/{THREAD}").status == 404


def test_two_versions_stand_side_by_side_with_their_difference(asked: Asked) -> None:
    page = asked(f"/compare/{THREAD}").page
    (changed,) = page.css("tr.changed")
    assert [node.text() for node in changed.css("ins")] == [": it runs three terminals"]
    assert len(page.css("tr.gap")) == 2
    assert page.css("tr.in, tr.out") == []


FORMS = {
    "text": b"12/12 That is all.",
    "md": b"12/12 That is all.",
    "html": b"<!doctype html>",
    "jsonld": b"12/12 That is all.",
    "atom": b"<feed",
    "epub": b"PK",
    "pdf": b"%PDF",
    "jsonl": b'{"schema":"clew/thread/1"',
}


@pytest.mark.parametrize("form", FORMS)
def test_every_export_is_one_click_away_and_is_saved_not_shown(asked: Asked, form: str) -> None:
    links = [node.attributes["href"] for node in asked(f"/thread/{THREAD}").page.css(".menu a")]
    assert f"/export/{form}/{THREAD}" in links
    answer = asked(f"/export/{form}/{THREAD}")
    assert answer.status == 200
    assert FORMS[form] in answer.body
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox")


def test_a_passage_is_cited_by_its_words_and_by_its_place(asked: Asked) -> None:
    by_words = asked(f"/cite/{THREAD}?words=berth%20register%20is&post=1400000000000000002").page
    by_place = asked(f"/cite/{THREAD}?post=1400000000000000002&start=7&end=24").page
    for page in (by_words, by_place):
        assert page.css_first("mark").text() == "berth register is"  # type: ignore[union-attr]
        assert page.css_first("#reference").text().startswith("“berth register is”")  # type: ignore[union-attr]
    assert asked(f"/cite/{THREAD}?words=nowhere%20said").status == 404
    assert asked(f"/cite/{THREAD}?post=7").status == 404


@pytest.mark.parametrize(
    ("form", "sign"),
    [("bibtex", b"@"), ("ris", b"TY  - "), ("csl", b'"type": "post"'), ("annotation", b"TextQuoteSelector")],
)
def test_references_are_files_for_other_programs(asked: Asked, form: str, sign: bytes) -> None:
    answer = asked(f"/cite/{THREAD}?post=1400000000000000002&start=7&end=24&to={form}")
    assert answer.status == 200
    assert sign in answer.body


def test_a_feed_tells_of_new_threads(asked: Asked) -> None:
    answer = asked("/feed.atom")
    feed = feedparser.parse(answer.body)
    assert not feed.bozo
    assert [entry.link.partition("/thread/")[2] for entry in feed.entries][-1] == THREAD
    assert len(feedparser.parse(asked("/feed.atom?platform=x&author=ana_kova").body).entries) == 2
    assert asked("/feed.atom?platform=x&author=nobody").status == 404


def test_oembed_describes_a_thread_that_is_held_and_no_other(asked: Asked) -> None:
    found = asked(f"/oembed?url=http://any.example/thread/{THREAD}").json
    assert (found["type"], found["author_name"], found["version"]) == ("link", "@ana_kova", "1.0")
    assert asked("/oembed?url=http://any.example/thread/x:7").status == 404
    assert asked("/oembed").status == 404
    assert asked(f"/oembed?format=xml&url=/thread/{THREAD}").status == 501


def test_pictures_come_out_of_the_archive(asked: Asked, archive: Path) -> None:
    image = asked(f"/thread/{THREAD}").page.css_first(".picture img")
    assert image is not None
    assert (image.attributes["alt"], image.attributes["width"]) == ("A quay with two cranes", "640")
    answer = asked(image.attributes["src"] or "")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert asked("/picture/..%2f..%2fclew.sqlite").status == 404
