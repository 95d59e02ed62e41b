"""Programs that people cite with read what clew writes; annotations find their words again, or it is told."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from clew.errors import BadOption
from clew.posts import Account, Origin, Post, Version
from clew.publish.annotations import annotate, check, page, parse, places
from clew.publish.citations import STYLES, Citation, bibtex, csl, of_post, of_thread, referenced, ris
from clew.threads import Thread, weave
from tests.publish.test_hostile_text import TEXTS, core
from tests.publish.tools import needs

SEEN = datetime(2026, 1, 31, tzinfo=UTC)
CAPTURE = f"sha256:{'ab' * 32}"


def post(text: str, number: int = 1, **more: Any) -> Post:
    """Return a post by Ana."""
    given: dict[str, Any] = {
        "platform": "x",
        "id": f"140000000000000000{number}",
        "author": Account(id="1234", handle="ana", name="Ana Kova"),
        "time": datetime(2021, 6, 4, 9, 30, tzinfo=UTC),
        "origin": Origin(capture=CAPTURE, file="posts.jsonl", place=f"line {number}"),
        "reply_to": f"140000000000000000{number - 1}" if number > 1 else None,
        "edges_stated": True,
    }
    return Post(**given | {"text": text} | more)


def thread(*texts: str) -> Thread:
    """Return a thread of these posts."""
    (woven,) = weave(post(text, at) for at, text in enumerate(texts, 1))
    return woven


def citations(*texts: str) -> list[Citation]:
    """Return the citations of a thread and of each of its posts."""
    woven = thread(*texts)
    return [of_thread(woven, SEEN), *(of_post(woven, own, SEEN) for own in woven.posts())]


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_csl_json_keeps_to_its_schema(texts: list[str]) -> None:
    schema = json.loads((Path(__file__).parent / "csl-data.json").read_text(encoding="utf-8"))
    found = json.loads(csl(citations(*texts)))
    Draft7Validator(schema).validate(found)
    assert [one["archive_location"] for one in found][1:] == [f"{CAPTURE} line {at}" for at in range(1, len(texts) + 1)]


@needs("rispy")
@pytest.mark.filterwarnings("ignore")
@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_ris_is_read_again_as_it_was_written(texts: list[str]) -> None:
    made = citations(*texts)
    found = import_module("rispy").loads(ris(made))
    assert [core(one["title"]) for one in found] == [core(one.title) for one in made]
    assert [one["authors"] for one in found] == [["Ana Kova [@ana]"]] * len(made)
    assert [one["urls"] for one in found] == [[one.url] for one in made]


@needs("pybtex")
@pytest.mark.filterwarnings("ignore")
@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_bibtex_is_read_again_as_it_was_written(texts: list[str]) -> None:
    made = citations(*texts)
    found = import_module("pybtex.database").parse_string(bibtex(made), "bibtex").entries
    assert list(found) == [one.key for one in made]
    for one in made:
        fields = found[one.key].fields
        assert core(_typeset(fields["title"])) == core(one.title)
        assert fields["url"] == one.url


def _typeset(latex: str) -> str:
    """Return what LaTeX would show of a field, for the commands that we write."""
    names = {r"\textbackslash": "\\", r"\textasciitilde": "~", r"\textasciicircum": "^"}
    names |= {r"\textbraceleft": "{", r"\textbraceright": "}"}
    inner = latex.removeprefix("{").removesuffix("}")
    return re.sub(r"(\\text\w+)\{\}|\\(.)", lambda found: names[found[1]] if found[1] else found[2], inner)


@needs("citeproc")
@pytest.mark.parametrize("style", STYLES)
def test_every_style_that_has_a_name_gives_author_words_and_address(style: str) -> None:
    (reference,) = referenced(citations("The quay has two owners.")[:1], style)
    assert "ana kova" in reference.lower()
    assert "The quay has two owners" in reference
    assert "https://x.com/ana/status/1400000000000000001" in reference
    assert "2021" in reference or style == "gost"


@needs("citeproc")
def test_references_look_as_their_manuals_say() -> None:
    woven = thread("1/2 The quay has two owners.", "2/2 One of them is not here.")
    whole, last = of_thread(woven, SEEN), of_post(woven, list(woven.posts())[1], SEEN, "is not here")
    assert list(referenced([whole], "apa")) == [
        "Ana Kova [@ana]. (2021, June 4). The quay has two owners. [Thread]. X. "
        "https://x.com/ana/status/1400000000000000001\n"
    ]
    assert list(referenced([last], "mla")) == [
        "“is not here” (Ana Kova [@ana], “2/2 One of them is not here.”)\n",
        "Ana Kova [@ana]. “2/2 One of them is not here.”. Post. X, 4 June 2021, "
        "https://x.com/ana/status/1400000000000000002.\n",
    ]
    numbered = list(referenced([whole, last], "iso690-numeric"))
    assert [line[:2] for line in numbered if line[0].isdigit()] == ["1.", "2."]


@needs("citeproc")
def test_a_style_that_is_none_is_told() -> None:
    with pytest.raises(BadOption, match="no such style"):
        list(referenced(citations("a"), "no-such-style"))


def test_a_passage_is_found_whatever_the_space_between_and_whole_letters_only() -> None:
    flag = post("The quay 🇬🇪 of\n  Orsa, and the quay")
    assert [span for _, *span in places([flag], "🇬🇪 of Orsa")] == [[9, 21]]
    assert [span for _, *span in places([flag], "\U0001f1ea of")] == [[9, 14]]
    assert len(places([flag], "quay")) == 2
    assert places([flag], "   ") == []


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.data())
def test_an_annotation_holds_where_nothing_changed(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    own = post(text)
    written = page([annotate(own, SEEN, (start, end))])
    (checked,) = check(parse(written.encode(), "a.jsonld"), [own])
    assert checked.status == "holds"
    assert "the text of the post is the same, in the same capture" in checked.says
    target = json.loads(written)["target"]
    assert target["selector"][0]["exact"] == text[start:end]
    assert target["selector"][1] == {"type": "TextPositionSelector", "start": start, "end": end}


@pytest.mark.parametrize(
    ("after", "status", "says"),
    [
        ("The quay has two owners.", "holds", "is the same"),
        ("The quay has two owners!", "holds", "are not those of then"),
        ("So the quay has two owners.", "moved", "code points 11-21"),
        ("The quay has three owners.", "changed", "do not stand in the post"),
    ],
)
def test_what_became_of_a_passage_is_told(after: str, status: str, says: str) -> None:
    made = annotate(post("The quay has two owners."), SEEN, (8, 18))
    made["target"]["selector"][0]["suffix"] = ""
    (checked,) = check(parse(json.dumps(made).encode(), "a.jsonld"), [post(after)])
    assert (checked.status, says in checked.says) == (status, True)


def test_words_of_an_earlier_wording_are_told_as_such() -> None:
    made = annotate(post("The quay has two owners."), SEEN, (8, 23))
    edited = post("The quay is sold.", versions=(Version(id="1", time=None, text="The quay has two owners."),))
    (checked,) = check(parse(json.dumps(made).encode(), "a.jsonld"), [edited])
    assert checked.status == "changed"
    assert "another wording" in checked.says


def test_the_best_of_several_sightings_counts_and_absence_is_no_change() -> None:
    own = post("The quay has two owners.")
    made = parse(page([annotate(own, SEEN), annotate(post("gone", 2), SEEN)]).encode(), "a.jsonld")
    found = list(check(made, [post("The quay"), own]))
    assert [one.status for one in found] == ["holds", "absent"]


def test_annotations_of_others_are_checked_by_address_and_words() -> None:
    foreign = {
        "type": "Annotation",
        "id": "https://notes.example.org/1",
        "target": [
            {
                "source": "https://x.com/ana/status/1400000000000000001",
                "selector": {"type": "TextQuoteSelector", "exact": "two owners"},
            }
        ],
    }
    (checked,) = check(parse(json.dumps(foreign).encode(), "a.jsonld"), [post("The quay has two owners.")])
    assert checked.status == "holds"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"7", b'{"a": 1}', b'"target"', b"\xff\xfe"])
def test_a_file_without_annotations_is_told(content: bytes) -> None:
    with pytest.raises(BadOption, match=r"a\.jsonld: holds no annotations"):
        parse(content, "a.jsonld")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["target", "items", "first", "selector", "source", "state", "type", "exact", "start", "id"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_json_is_checked_or_refused(value: object) -> None:
    try:
        made = parse(json.dumps(value).encode(), "a.jsonld")
    except BadOption:
        return
    assert len(list(check(made, [post("The quay")]))) == len(made)


@needs("pyld")
def test_an_annotation_expands_to_the_words_of_the_standard() -> None:
    made = annotate(post("The quay has two owners."), SEEN, (8, 18))
    terms = {"id": "@id", "type": "@type", "@vocab": "http://www.w3.org/ns/oa#"}
    (found,) = import_module("pyld.jsonld").expand(made | {"@context": [terms, {"clew": "urn:clew:"}]})
    assert found["@type"] == ["http://www.w3.org/ns/oa#Annotation"]
    assert found["http://www.w3.org/ns/oa#target"][0]["urn:clew:post"] == [{"@value": "x:1400000000000000001"}]


def test_a_page_of_annotations_has_one_for_every_post(tmp_path: Path) -> None:
    woven = thread("1/2 The quay.", "2/2 The crane.")
    path = tmp_path / "page.jsonld"
    path.write_text(page([annotate(own, SEEN) for own in woven.posts()]), encoding="utf-8")
    made = parse(path.read_bytes(), str(path))
    assert [one.exact for one in made] == ["1/2 The quay.", "2/2 The crane."]
    assert [one.status for one in check(made, woven.posts())] == ["holds", "holds"]
