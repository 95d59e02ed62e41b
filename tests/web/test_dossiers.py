"""Findings marked in the text, dossiers with their views, and passages that are annotated, exported and imported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from clew.dossier import Shelf
from clew.web.app import Settings
from tests.publish.tools import CHROMIUM, needs
from tests.web.asking import Answer, Asked
from tests.web.conftest import Served
from tests.web.test_changing import OWN, form
from tests.web.world import THREAD, build

SECOND = "1400000000000000002"
BERTHS = "The berth register is public"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dossiers") / "port", long=3)


@pytest.fixture(scope="module")
def own(place: Path) -> Iterator[Asked]:
    """Asks a server whose archive may be changed."""
    with Served(Settings(archive=place)) as served:
        yield Asked(served.url)


def send(asked: Asked, path: str, fields: dict[str, str], **headers: str) -> Answer:
    """Send a plain form."""
    media = "application/x-www-form-urlencoded"
    return asked(path, method="POST", body=urlencode(fields), content_type=media, **(headers or OWN))


def words(answer: Answer, query: str) -> list[str]:
    return [" ".join(node.text(deep=True).split()) for node in answer.page.css(query)]


def test_findings_are_marked_by_kind_beside_what_was_made_of_them(asked: Asked) -> None:
    answer = asked(f"/evidence/{THREAD}")
    assert words(answer, "#post-1400000000000000003 mark.date") == ["November", "August"]
    lines = words(answer, "#post-1400000000000000003 .findings li.date")
    assert lines[0].startswith("date November 2020-11-01 to 2020-11-30")
    assert words(answer, "#post-1400000000000000001 mark.place") == ["🇬🇪", "🇹🇷"]
    assert words(answer, ".names.place li") == ["Georgia", "Turkey"]
    assert words(answer, ".plot figcaption") == [
        "When was posted, above, and the days that are mentioned, below",
        "Places that are named",
    ]


def test_kinds_are_chosen_by_the_address_alone(asked: Asked) -> None:
    answer = asked(f"/evidence/{THREAD}?kind=place&kind=nothing")
    assert {mark.attributes["class"] for mark in answer.page.css(".text mark")} == {"place", "passage"}
    assert [box.attributes["value"] for box in answer.page.css(".kinds input[checked]")] == ["place"]
    assert "figure" not in {line.split()[0] for line in words(answer, ".findings li")}


def test_the_text_of_a_post_is_the_same_with_its_findings_marked(asked: Asked) -> None:
    plain, marked = asked(f"/thread/{THREAD}").page, asked(f"/evidence/{THREAD}").page
    for number in (1, 5, 9):
        query = f"#post-14000000000000000{number:02} .said > .text"
        one, other = plain.css_first(query), marked.css_first(query)
        assert one is not None
        assert other is not None
        assert one.text(deep=True) == other.text(deep=True)


def test_a_dossier_shows_its_contents_and_what_is_computed_of_them(asked: Asked) -> None:
    answer = asked("/dossier/orsa")
    assert words(answer, "h1") == ["Who bought the port of Orsa?"]
    assert words(answer, ".rows .facts")[:2] == [
        "thread · the first to say it · #money",
        "passage · check it · #register",
    ]
    assert "not held any more" in answer.text
    heads = words(answer, "section > h2")
    assert heads[:4] == ["Contents", "Timeline, places, network", "Days that are mentioned", "Places"]
    assert {"Figures", "Sources", "Open questions", "Threads"} <= set(heads)
    assert "gone on 2024-05-01" in answer.text
    assert any(line.startswith("gap ") for line in words(answer, ".problems li"))
    assert asked("/dossier/nothing").status == asked("/dossier/..%2Fx").status == 404


def test_a_dossier_is_taken_away(asked: Asked) -> None:
    assert asked("/dossier/orsa/as/json").json["dossier"]["name"] == "orsa"
    found = asked("/dossier/orsa/as/annotations")
    assert found.json["target"]["selector"][0]["exact"] == BERTHS
    page = asked("/dossier/orsa/as/html")
    assert "attachment" in page.headers["content-disposition"]
    assert page.headers["content-security-policy"].startswith("sandbox")
    assert asked("/dossier/orsa/as/exe").status == 404


def test_a_passage_is_annotated_marked_exported_and_imported_again(own: Asked, place: Path) -> None:
    query = urlencode({"post": SECOND, "start": 3, "end": 3 + len(BERTHS)})
    page = own(f"/annotate/{THREAD}?{query}").page
    field = page.css_first("#words")
    assert field is not None
    assert field.text().strip() == BERTHS
    fields = {"post": SECOND, "words": BERTHS, "start": "3", "end": str(3 + len(BERTHS))}
    told = {"note": "Where is it?\nAsk.", "tags": "#register, public", "title": "The register"}
    answer = send(own, f"/annotate/{THREAD}", fields | told)
    assert (answer.status, answer.headers["location"]) == (303, "/dossier/the-register")
    (item,) = Shelf(place).get("the-register").items
    assert (item.of, item.start, item.quote, item.tags) == (SECOND, 3, BERTHS, ("register", "public"))
    assert words(own(f"/evidence/{THREAD}"), f"#post-{SECOND} mark.passage") == [BERTHS]

    found = own("/dossier/the-register/as/annotations")
    assert [body["value"] for body in found.json["body"]] == ["Where is it?\nAsk.", "register", "public"]
    send(own, "/dossiers", {"title": "Another"})
    body, media = form({}, {"marked.jsonld": found.body})
    brought = own("/dossier/another/annotations", method="POST", body=body, content_type=media, **OWN)
    assert brought.status == 303
    (again,) = Shelf(place).get("another").items
    assert (again.of, again.start, again.quote, again.note, again.tags) == (
        *(SECOND, 3, BERTHS, "Where is it?\nAsk.", ("register", "public")),
    )


def test_a_whole_thread_a_post_and_words_that_are_typed_go_in_too(own: Asked, place: Path) -> None:
    send(own, f"/annotate/{THREAD}", {"title": "All kinds"})
    send(own, f"/annotate/{THREAD}", {"post": SECOND, "dossier": "all-kinds"})
    send(own, f"/annotate/{THREAD}", {"words": "one  very patient", "dossier": "all-kinds"})
    send(own, "/dossier/all-kinds/search", {"query": "berth"})
    items = Shelf(place).get("all-kinds").items
    assert [(item.kind, item.of) for item in items] == [
        *(("thread", THREAD), ("post", SECOND), ("passage", "1400000000000000001"), ("search", "berth")),
    ]
    assert send(own, "/dossier/all-kinds/remove", {"number": "2"}).status == 303
    assert [item.kind for item in Shelf(place).get("all-kinds").items] == ["thread", "passage", "search"]
    assert send(own, "/dossier/all-kinds/remove", {"number": "9"}).status == 404


def test_what_is_taken_out_is_what_the_page_showed_whatever_was_taken_out_since(own: Asked, place: Path) -> None:
    send(own, "/dossiers", {"title": "Twice"})
    for query in ("berth", "quay", "tariff"):
        send(own, "/dossier/twice/search", {"query": query})
    forms = [
        {field.attributes["name"] or "": field.attributes["value"] or "" for field in one.css("input")}
        for one in own("/dossier/twice").page.css("form[action$=remove]")
    ]
    assert [form["number"] for form in forms] == ["1", "2", "3"]
    assert send(own, "/dossier/twice/remove", forms[0]).status == 303
    assert send(own, "/dossier/twice/remove", forms[1]).status == 303
    assert [item.of for item in Shelf(place).get("twice").items] == ["tariff"]
    assert send(own, "/dossier/twice/remove", forms[1]).status == 404


@pytest.mark.parametrize(
    ("path", "fields", "status", "says"),
    [
        (f"/annotate/{THREAD}", {"words": "never said", "title": "X"}, 422, "do not stand in any post"),
        (f"/annotate/{THREAD}", {"words": BERTHS}, 422, "name a dossier"),
        (f"/annotate/{THREAD}", {"dossier": "../../etc"}, 422, "there is no such dossier"),
        (f"/annotate/{THREAD}", {"post": "17", "title": "X"}, 404, ""),
        ("/annotate/x:17", {"title": "X"}, 404, ""),
        ("/dossiers", {"title": " "}, 422, "is no name for a dossier"),
        ("/dossier/nowhere/search", {"query": "a"}, 404, ""),
    ],
)
def test_what_cannot_be_kept_is_said(own: Asked, path: str, fields: dict[str, str], status: int, says: str) -> None:
    answer = send(own, path, fields)
    assert (answer.status, says in answer.text.lower()) == (status, True)


def test_a_bad_search_and_a_file_without_annotations_are_said(own: Asked) -> None:
    send(own, "/dossiers", {"title": "Slips"})
    assert "form" in send(own, "/dossier/slips/search", {"query": "form:ana"}).text
    for content in (b"nothing", b'{"target": "https://example.org/"}', b'{"type": "Annotation"}'):
        body, media = form({}, {"marked.jsonld": content})
        answer = own("/dossier/slips/annotations", method="POST", body=body, content_type=media, **OWN)
        assert (answer.status, 'role="alert"' in answer.text) == (422, True)


CHANGES = [
    "/dossiers",
    f"/annotate/{THREAD}",
    "/dossier/orsa/remove",
    "/dossier/orsa/search",
    "/dossier/orsa/annotations",
]


@pytest.mark.parametrize("path", CHANGES)
def test_a_page_of_another_site_changes_nothing(own: Asked, place: Path, path: str) -> None:
    before = Shelf(place).get("orsa")
    fields = {"title": "X", "number": "1", "query": "a", "dossier": "orsa"}
    assert send(own, path, fields, sec_fetch_site="cross-site").status == 403
    assert Shelf(place).get("orsa") == before


@pytest.mark.parametrize("path", CHANGES)
def test_a_reader_changes_nothing(place: Path, path: str) -> None:
    before = sorted(one.name for one in Shelf(place))
    with Served(Settings(archive=place, read_only=True)) as served:
        reader = Asked(served.url)
        assert send(reader, path, {"title": "Y", "number": "1", "query": "a", "dossier": "orsa"}).status == 403
        assert reader(f"/annotate/{THREAD}").status == 403
        assert b"<form" not in reader("/dossier/orsa").body.partition(b"<main")[2].partition(b"</main>")[0]
    assert sorted(one.name for one in Shelf(place)) == before


@needs("chromium")
def test_a_selected_passage_is_annotated_with_a_mouse_and_without_javascript(own: Asked, place: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(base_url=own.url)
        page.goto(f"/evidence/{THREAD}")
        page.evaluate(
            """() => {
            const text = document.querySelector('#post-1400000000000000003 .text');
            const range = document.createRange();
            range.setStart(text.firstChild, 3);
            range.setEnd(text.lastChild, 4);
            getSelection().addRange(range); }"""
        )
        page.get_by_role("link", name="Annotate", exact=True).click()
        page.get_by_label("Your note").fill("In the winter of the first sale")
        page.get_by_label("or a new one, by its title").fill("By mouse")
        page.get_by_role("button", name="Keep it").click()
        page.wait_for_url("**/dossier/by-mouse")
        plain = browser.new_page(base_url=own.url, java_script_enabled=False)
        plain.goto(f"/evidence/{THREAD}")
        plain.locator('#post-1400000000000000003 a[href^="/annotate"]').focus()
        plain.locator('#post-1400000000000000003 a[href^="/annotate"]').click()
        plain.get_by_label("These words of it alone").fill("In November")
        plain.get_by_role("button", name="Keep it").click()
        plain.wait_for_url("**/dossier/*")
        browser.close()
    (item,) = Shelf(place).get("by-mouse").items
    assert (item.start, item.quote) == (3, "In November a company registered in August too")
    assert json.dumps([one.quote for held in Shelf(place) for one in held.items if one.kind == "passage"]).count(
        '"In November"'
    )
