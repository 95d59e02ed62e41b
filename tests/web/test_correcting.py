"""What editors say of findings in the browser: above the rules, by whom and when, and undone again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from clew.evidence.corrections import Correction, append, load
from clew.evidence.kept import CORRECTIONS
from clew.web.app import Settings
from clew.web.users import add
from tests.publish.tools import AXE, CHROMIUM, needs
from tests.web.asking import Answer, Asked
from tests.web.conftest import Served
from tests.web.test_changing import OWN
from tests.web.test_dossiers import send, words
from tests.web.world import THREAD, build

THIRD = "1400000000000000003"
PATH = f"/correct/{THREAD}"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return build(tmp_path / "port", long=3)


@pytest.fixture
def own(place: Path) -> Iterator[Asked]:
    """Asks a server whose archive may be changed."""
    with Served(Settings(archive=place)) as served:
        yield Asked(served.url)


def lines(asked: Asked, kind: str, post: str = THIRD) -> list[str]:
    return words(asked(f"/evidence/{THREAD}"), f"#post-{post} .findings li.{kind}")


def mark(asked: Asked, quote: str, post: str = THIRD) -> str:
    """Return by what the page names the finding of some words."""
    for line in asked(f"/evidence/{THREAD}").page.css(f"#post-{post} .findings li"):
        found, button = line.css_first("q"), line.css_first("button")
        if found and button and found.text() == quote:
            return button.attributes["value"] or ""
    raise AssertionError(quote)


def said(place: Path) -> list[tuple[str, str, str]]:
    return [(each.verdict, each.kind, each.quote) for each in load(place / CORRECTIONS)]


def test_a_finding_is_taken_away_and_that_is_undone(own: Asked, place: Path) -> None:
    before = lines(own, "date")
    assert before[0].startswith("date November 2020-11-01 to 2020-11-30")
    of = mark(own, "November")
    answer = send(own, PATH, {"post": THIRD, "wrong": of, "kinds": "date place"})
    assert answer.status == 303
    assert answer.headers["location"].endswith(f"?kind=date&kind=place#post-{THIRD}")
    assert said(place) == [("wrong", "date", "November")]
    taken = lines(own, "date.off")
    assert len(taken) == 1
    assert "taken away on 20" in taken[0]
    assert "November" not in words(own(f"/evidence/{THREAD}"), f"#post-{THIRD} mark.date")
    send(own, PATH, {"post": THIRD, "undo": of})
    assert lines(own, "date") == before
    assert said(place) == []
    assert len((place / CORRECTIONS).read_bytes().splitlines()) == 2


def test_a_finding_gets_another_kind_and_value_and_the_page_says_what_the_rules_say(own: Asked, place: Path) -> None:
    of = mark(own, "November")
    page = own(f"{PATH}?{urlencode({'post': THIRD, 'of': of})}").page
    chosen = page.css_first("option[selected]")
    first = page.css_first("#date-from")
    assert chosen is not None
    assert first is not None
    assert (chosen.attributes["value"], first.attributes["value"]) == ("date", "2020-11-01")
    fields = {"post": THIRD, "of": of, "seen": "", "kind": "place", "place-name": "Oslo", "place-country": "norway"}
    assert send(own, PATH, fields).status == 303
    (line,) = lines(own, "place")
    assert line.startswith("place November Oslo, Norway corrected on 20")
    assert "the rules say: date 2020-11-01 to 2020-11-30" in line
    (kept,) = load(place / CORRECTIONS)
    assert kept.value is not None
    assert (kept.becomes, kept.value["country"], round(kept.value["lat"])) == ("place", "NO", 60)
    send(own, PATH, {"post": THIRD, "of": of, "kind": "date", "date-from": "2020-11", "date-to": "2021"})
    assert "2020-11-01 to 2021-12-31" in lines(own, "date")[0]
    assert lines(own, "place") == []


def test_what_the_rules_missed_is_added_and_changed_and_taken_away_again(own: Asked, place: Path) -> None:
    fields = {"post": THIRD, "words": "a  company  registered", "kind": "person", "person-name": "Ana <b>&"}
    assert send(own, PATH, fields).status == 303
    (line,) = lines(own, "person")
    assert line.startswith("person a company registered Ana <b>& added on 20")
    assert b"<b>&" not in own(f"/evidence/{THREAD}").body
    of = mark(own, "a company registered")
    other = {"post": THIRD, "of": of, "kind": "organisation", "organisation-name": "A & B", "note": "a firm"}
    assert send(own, PATH, other).status == 303
    assert said(place) == [("added", "organisation", "a company registered")]
    (line,) = lines(own, "organisation")
    assert line.startswith("organisation a company registered A & B added on 20")
    send(own, PATH, {"post": THIRD, "wrong": mark(own, "a company registered")})
    assert lines(own, "organisation") == []
    assert said(place) == []


def test_a_finding_is_confirmed(own: Asked) -> None:
    of = mark(own, "November")
    send(own, PATH, {"post": THIRD, "of": of, "seen": "", "verdict": "right", "kind": "date"})
    assert "confirmed on 20" in lines(own, "date")[0]


def test_users_are_named_and_readers_are_offered_nothing(place: Path, tmp_path: Path) -> None:
    users = tmp_path / "users.txt"
    add(users, "ana", "editor", "a quay with cranes")
    add(users, "ben", "reader", "a quay with cranes")
    with Served(Settings(archive=place, users=users)) as served:
        asked = Asked(served.url)
        ana, ben = (_session(asked, name) for name in ("ana", "ben"))
        page = asked(f"/evidence/{THREAD}", cookie=ben)
        assert page.page.css(".findings li")
        assert page.page.css(".findings button, .findings a, main form[method=post]") == []
        assert asked(f"{PATH}?post={THIRD}", cookie=ben).status == 403
        of = mark_in(asked(f"/evidence/{THREAD}", cookie=ana), "November")
        given = {"post": THIRD, "wrong": of}
        assert send(asked, PATH, given, cookie=ben, **OWN).status == 403
        assert send(asked, PATH, given, cookie=ana, sec_fetch_site="cross-site").status == 403
        assert load(place / CORRECTIONS) == []
        assert send(asked, PATH, given, cookie=ana, **OWN).status == 303
        (kept,) = load(place / CORRECTIONS)
        assert kept.by == "ana"
        shown = words(asked(f"/evidence/{THREAD}", cookie=ben), f"#post-{THIRD} .findings li.off")
        assert "taken away by ana on 20" in shown[0]


def mark_in(answer: Answer, quote: str) -> str:
    for line in answer.page.css(f"#post-{THIRD} .findings li"):
        found, button = line.css_first("q"), line.css_first("button")
        if found and button and found.text() == quote:
            return button.attributes["value"] or ""
    raise AssertionError(quote)


def _session(asked: Asked, name: str) -> str:
    answer = send(asked, "/login", {"name": name, "password": "a quay with cranes", "to": "/"})
    return answer.headers["set-cookie"].partition(";")[0]


def test_a_form_that_was_filled_in_before_somebody_else_spoke_is_refused(own: Asked, place: Path) -> None:
    of = mark(own, "November")
    seen = own(f"{PATH}?{urlencode({'post': THIRD, 'of': of})}").page.css_first("input[name=seen]")
    assert seen is not None
    send(own, PATH, {"post": THIRD, "of": of, "kind": "person", "person-name": "Ben"})
    late = {"post": THIRD, "of": of, "seen": seen.attributes["value"] or "", "kind": "person", "person-name": "Ana"}
    answer = send(own, PATH, late)
    assert answer.status == 422
    assert "said something of this meanwhile" in answer.text
    (kept,) = load(place / CORRECTIONS)
    assert kept.value == {"name": "Ben"}


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"words": "a company registered"}, 422, "say what kind of thing"),
        ({"words": "a company registered", "kind": "person"}, 422, "say the name of this person"),
        ({"words": "never said", "kind": "person", "person-name": "A"}, 422, "do not stand in the post"),
        ({"words": "", "kind": "person", "person-name": "A"}, 422, "which words show it"),
        ({"words": "November", "kind": "date", "date-from": "2020-13"}, 422, "is no date"),
        ({"words": "November", "kind": "date", "date-from": "2021", "date-to": "2020"}, 422, "before it begins"),
        ({"words": "November", "kind": "figure", "figure-amount": "many"}, 422, "is no amount"),
        ({"words": "November", "kind": "place", "place-name": "X", "place-country": "Nowhere"}, 422, "no such country"),
        ({"words": "November", "kind": "place", "place-name": "X", "place-lat": "95"}, 422, "is no latitude"),
        (
            {"words": "November", "kind": "source", "source-publisher": "X", "source-url": "javascript:1"},
            422,
            "address",
        ),
        ({"undo": "date 1 2"}, 422, "nothing to undo"),
        ({"wrong": "date 1 2"}, 422, "no such finding"),
        ({"of": "weather 1 2"}, 404, ""),
        ({"of": "date 2 1"}, 404, ""),
        ({"of": "date ٣ ٤"}, 404, ""),
        ({"post": "17"}, 404, ""),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_reason(
    own: Asked, place: Path, fields: dict[str, str], status: int, says: str
) -> None:
    answer = send(own, PATH, {"post": THIRD, **fields})
    assert answer.status == status
    assert says in answer.text.lower()
    assert not (place / CORRECTIONS).exists()


def test_what_was_said_of_words_that_were_edited_is_shown_and_undone(own: Asked, place: Path) -> None:
    from datetime import UTC, datetime

    old = Correction(
        post=THIRD, kind="person", start=0, end=4, quote="Anna", verdict="wrong", made=datetime(2021, 6, 4, tzinfo=UTC)
    )
    append(place / CORRECTIONS, [old])
    (line,) = lines(own, "person.off")
    assert "said on 2021-06-04 of words that do not stand here any more" in line
    assert send(own, PATH, {"post": THIRD, "undo": mark(own, "Anna")}).status == 303
    assert lines(own, "person.off") == []


@needs("chromium", "axe")
def test_words_are_selected_and_named_with_a_mouse_and_with_keys_without_javascript(own: Asked, place: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(base_url=own.url, locale="en", bypass_csp=True)
        page.goto(f"/evidence/{THREAD}")
        page.evaluate(
            f"getSelection().selectAllChildren(document.querySelector('#post-{THIRD} .said > .text mark.date'))"
        )
        page.get_by_role("link", name="Say what this is").click()
        assert page.locator("#words").input_value().strip() == "November"
        page.get_by_label("Kind").select_option("person")
        page.locator("#person-name").fill("N. Ovember")
        assert page.locator("#date-from").is_hidden()
        page.evaluate("for (const one of document.querySelectorAll('fieldset')) one.style.display = 'block'")
        page.add_script_tag(path=AXE)
        assert page.evaluate("axe.run().then(found => found.violations.map(one => one.id))") == []
        page.get_by_role("button", name="Keep it").click()
        page.wait_for_url("**/evidence/**")
        assert page.locator(f"#post-{THIRD} .findings .person .own").count() == 1
        plain = browser.new_page(base_url=own.url, locale="en", java_script_enabled=False)
        plain.goto(f"/evidence/{THREAD}")
        plain.get_by_role("button", name="Wrong: person “November”").focus()
        with plain.expect_navigation():
            plain.keyboard.press("Enter")
        assert plain.locator(f"#post-{THIRD} .findings .person").count() == 0
        plain.get_by_role("link", name="Change: date “August”").focus()
        plain.keyboard.press("Enter")
        with plain.expect_navigation(url="**/evidence/**"):
            plain.get_by_role("button", name="It is right as it is").click()
        assert plain.get_by_text("confirmed on").count() == 1
        browser.close()
    assert said(place) == [("right", "date", "August")]
