"""What pages say, asked over a real connection."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from clew.keeping import Keeper
from clew.web import shown
from tests.web.asking import Asked
from tests.web.world import LONG, THREAD, kept, line, write


def test_a_thread_is_read_in_order_with_its_gaps_in_their_places(asked: Asked) -> None:
    page = asked(f"/thread/{THREAD}").page
    said = [
        node.text(deep=True).split()[0] for node in page.css("ol.posts > li .says, article > ol.posts > li.post .text")
    ]
    assert said[:1] == ["1/"]
    marks = [node.attributes["class"] for node in page.css("article > ol.posts > li")]
    assert marks == [
        *("before", "post", "post", "post", "branch", "post", "post", "branch", "gap proven"),
        *("post", "post", "post", "post", "gap proven", "post", "post"),
    ]


def test_a_gap_says_what_is_missing_how_certain_that_is_and_why(asked: Asked) -> None:
    gap = asked(f"/thread/{THREAD}").page.css_first("#gap-1")
    assert gap is not None
    assert [" ".join(node.text(deep=True).split()) for node in gap.css(".says, .reasons li, .tried summary")] == [
        "6 is missing proven",
        "The next post answers 1400000000000000006, which is not held",
        "The author's numbers run 5, 7",
        "Never tried",
    ]


def test_completeness_is_one_sentence_that_opens_to_its_signals(asked: Asked) -> None:
    verdict = asked(f"/thread/{THREAD}").page.css_first("details.verdict")
    assert verdict is not None
    sentence = verdict.css_first("summary .sentence")
    assert sentence is not None
    assert sentence.text() == "11 of 13 posts held; numbers 6 and 11 are missing (proven)."
    assert "open" not in verdict.attributes
    assert len(verdict.css(".signals li")) == 8


def test_an_edit_is_shown_as_a_difference(asked: Asked) -> None:
    page = asked(f"/thread/{THREAD}").page
    assert [node.text() for node in page.css(".edits ins")] == [": it runs three terminals"]
    assert page.css(".edits del") == []


def test_a_quoted_post_stands_in_a_card_and_what_is_answered_above(asked: Asked) -> None:
    page = asked(f"/thread/{THREAD}").page
    quoted = page.css_first("#post-1400000000000000008 .other .text")
    before = page.css_first("li.before .text")
    assert quoted is not None
    assert before is not None
    assert quoted.text().startswith("Tariffs for the season are out")
    assert before.text() == "Does anybody know who owns the port of Orsa now?"


def test_the_margin_lists_sources_in_full_people_and_tags(asked: Asked) -> None:
    page = asked(f"/thread/{THREAD}").page
    sources = [" ".join(node.text(deep=True, separator=" ").split()) for node in page.css("ol.sources li")]
    assert sources[0] == (
        "1 https://example.org/register/berths gone on 2024-05-01 · copy of 2021-06-05 · its capture · who cites it"
    )
    assert sources[1] == "2 https://example.org/terminals not held · who cites it · in web archives"
    assert sources[3] == (
        "4 https://example.org/tariffs2021 kept on 2024-05-01 · leads to https://example.org/tariffs/2021 · its capture"
        " · who cites it · in web archives"
    )
    assert "shortened on the page; the full address is not known" in sources[2]
    assert [node.text(deep=True).strip() for node in page.css(".tags li")] == ["@ben_harbour", "#Orsa"]


def test_a_source_says_how_it_stands_with_its_page(asked: Asked) -> None:
    notes = [
        " ".join(one.text(deep=True).split()) for one in asked("/source/example.org/register/berths").page.css(".note")
    ]
    assert notes[0] == ("https://example.org/register/berths · gone on 2024-05-01 · copy of 2021-06-05 · its capture")
    copy = asked(f"/thread/{THREAD}").page.css_first('#link-1 a[href^="https://web.archive.org/"]')
    assert copy is not None
    assert copy.attributes["href"] == "https://web.archive.org/web/20210605000000/https://example.org/register/berths"


def test_a_long_thread_is_read_part_by_part_and_every_post_stands_on_one(asked: Asked) -> None:
    ids: list[str] = []
    for part in range(1, 6):
        page = asked(f"/thread/{LONG}?page={part}").page
        ids += [node.attributes["data-post"] or "" for node in page.css("li.post")]
    assert len(ids) == len(set(ids)) == 448
    assert asked(f"/thread/{LONG}?page=6").status == 404
    assert asked(f"/thread/{LONG}?page=0").status == 404
    assert asked(f"/thread/{LONG}?page=-1").status == 404


def test_a_post_leads_to_its_place_in_its_thread(asked: Asked) -> None:
    answer = asked("/post/x:1500000000000000301")
    assert answer.status == 302
    assert answer.headers["location"] == f"/thread/{LONG}?page=4#post-1500000000000000301"


def test_a_thread_goes_by_the_address_of_any_post_in_it(asked: Asked) -> None:
    answer = asked("/thread/https://x.com/ana_kova/status/1400000000000000009")
    assert (answer.status, answer.headers["location"]) == (302, f"/thread/{THREAD}")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/threads",
        "/authors",
        "/author/x/ana_kova",
        "/captures",
        "/search?q=berth",
        f"/thread/{THREAD}",
        "/api/threads",
    ],
)
def test_an_answer_that_did_not_change_is_not_sent_again(asked: Asked, path: str) -> None:
    first = asked(path)
    assert first.status == 200
    again = asked(path, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_pages_are_packed_for_those_who_take_that(asked: Asked) -> None:
    plain, packed = asked(f"/thread/{THREAD}"), asked(f"/thread/{THREAD}", accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


def test_every_list_goes_on_until_its_end_and_shows_nothing_twice(asked: Asked) -> None:
    after, found = "", []
    for _ in range(10):
        page = asked(f"/api/threads?size=1{after}").json
        found += [item["id"] for item in page["items"]]
        if page["after"] is None:
            break
        after = f"&after={page['after']}"
    assert sorted(found) == [THREAD, LONG]


@pytest.mark.parametrize("after", ["x", "WzFd", "W10", "bnVsbA", "WyJcdWQ4MDAiLCAxXQ"])
def test_a_cursor_that_is_none_begins_at_the_beginning(asked: Asked, after: str) -> None:
    assert asked(f"/api/threads?after={after}").status == 200


def test_threads_without_a_time_come_last_and_none_is_left_out(tmp_path: Path) -> None:
    with kept(tmp_path / "port") as archive:
        lines = [line(1, "1/2 Dated."), line(2, "2/2 Dated.", to=1)]
        lines += [
            line(at, f"{at % 2 + 1}/2 Undated.", to=at - 1 if at % 2 else None) | {"time": None} for at in range(10, 16)
        ]
        Keeper(archive=archive).add(str(write(tmp_path / "posts.jsonl", lines)))
        found, after = [], None
        for _ in range(9):
            page = shown.newest(archive.connection, after, 1)
            found += [row.title for row in page.rows]
            after = page.after
            if after is None:
                break
    assert found == ["Dated.", "Undated.", "Undated.", "Undated."]


def test_problems_are_shown_where_a_file_was_added(asked: Asked) -> None:
    added = asked("/captures").page
    link = next(node for node in added.css("a") if node.text(deep=True) == "with-a-problem.jsonl")
    page = asked(link.attributes["href"] or "").page
    (problem,) = page.css("ul.problems li")
    assert "line 1" in problem.text(deep=True)


def test_what_is_not_there_is_said_in_the_form_that_was_asked_for(asked: Asked) -> None:
    assert asked("/thread/x:1").status == 404
    assert asked("/thread/x:1").page.css_first("h1").text() == "Not here"  # type: ignore[union-attr]
    answer = asked("/api/threads/x:1")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_search_gives_hits_with_what_was_found_marked_and_facets(asked: Asked) -> None:
    page = asked("/search?q=tariffs").page
    assert "2 hits." in page.css_first("#found .note").text()  # type: ignore[union-attr]
    assert {node.text() for node in page.css("#found mark")} == {"tariffs", "Tariffs"}
    facets = [node.attributes["href"] for node in page.css("#facets a")]
    assert "/search?q=tariffs+from%3Aana_kova" in facets


def test_a_search_that_cannot_be_meant_says_where(asked: Asked) -> None:
    problem = asked("/search?q=form:ana").page.css_first("pre[role=alert]")
    assert problem is not None
    assert "perhaps: from:ana" in problem.text()


def test_a_site_and_a_page_tell_who_cites_them(asked: Asked) -> None:
    sites = asked("/sources").page
    assert [" ".join(node.text(deep=True).split()) for node in sites.css(".counts .row")] == ["example.org 4 posts"]
    assert asked("/source/example.org").page.css_first(".note").text() == "4 posts cite it."  # type: ignore[union-attr]
    page = asked("/source/example.org%2Fterminals").page
    assert page.css_first(".note").text() == "1 post cites it."  # type: ignore[union-attr]


@pytest.mark.parametrize("page", ["0", "-1", "x", "501", "1" * 50, "%C2%B2"])
def test_pages_of_a_search_that_do_not_exist_are_not_there(asked: Asked, page: str) -> None:
    assert asked(f"/search?q=berth&page={page}").status == 404
