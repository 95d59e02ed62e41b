"""What a post needs out of untrusted records: taken as it is, or exactly what is amiss."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew import fields
from clew.errors import BadRecord
from clew.posts import Account, Origin, Post, Problem
from clew.times import from_iso

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.characters(codec=None),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
ORIGIN = Origin(capture="sha256:0", file="a.json", place="$[0]")


@given(ANYTHING)
def test_a_line_is_read_like_json_reads_it(value: Any) -> None:
    assert repr(fields.parsed(json.dumps(value).encode())) == repr(json.loads(json.dumps(value)))


def test_half_a_pair_big_numbers_and_nan_are_read() -> None:
    found = fields.parsed(b'["\\ud83d", 12345678901234567890123, NaN]')
    assert repr(found) == "['�', 12345678901234567890123, nan]"


@given(st.binary(max_size=40))
def test_any_bytes_give_a_value_or_what_is_amiss(data: bytes) -> None:
    try:
        fields.parsed(data)
    except BadRecord as error:
        assert str(error).startswith("not JSON: ")  # noqa: PT017


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[" * 100_000, b"9" * 5000, b"\xff", b"{} {}", b"\0", "{}".encode("utf-16")[:-1]]
)
def test_these_are_no_json(line: bytes) -> None:
    with pytest.raises(BadRecord, match=r"^not JSON: "):
        fields.parsed(line)


@given(ANYTHING, st.sampled_from([str, int, bool, dict, list]))
def test_optional_gives_the_kind_or_none_and_required_the_same_or_why_not(record: Any, kind: type[Any]) -> None:
    found = fields.optional(record, "a", kind)
    assert found is None or isinstance(found, kind)
    if found is not None:
        assert fields.required(record, "a", kind) == found
        return
    with pytest.raises(BadRecord, match=r"^expected (an object, got|\w+( \w+)* in 'a', got) "):
        fields.required(record, "a", kind)


@given(ANYTHING)
def test_any_record_gives_an_id_none_or_what_is_amiss(record: Any) -> None:
    try:
        found = fields.optional_id(record, "a", "b")
    except BadRecord:
        return
    assert found is None or (found == found.strip() != "" and found.encode() != b"")


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ([], "expected an object, got an array"),
        (None, "expected an object, got null"),
        ({}, "expected a string in 'a', got nothing"),
        ({"a": None}, "expected a string in 'a', got null"),
        ({"a": True}, "expected a string in 'a', got true or false"),
        ({"a": {}}, "expected a string in 'a', got an object"),
    ],
)
def test_what_is_amiss_is_said_in_words(record: object, says: str) -> None:
    with pytest.raises(BadRecord) as caught:
        fields.required(record, "a", str)
    assert str(caught.value) == says


def test_true_is_no_number() -> None:
    assert fields.optional({"a": True}, "a", int) is None
    with pytest.raises(BadRecord, match="expected a number in 'a', got true or false"):
        fields.required({"a": False}, "a", int)


def test_ids_are_strings_whatever_they_were() -> None:
    assert fields.required_id({"id": 1400000000000000001}, "id_str", "id") == "1400000000000000001"
    assert fields.required_id({"id_str": " 20 ", "id": 1}, "id_str", "id") == "20"
    assert fields.required_id({"id_str": "  ", "id": 20}, "id_str", "id") == "20"
    assert fields.optional_id({"id": "at://did:plc:ana/x/1e+5b"}, "id") == "at://did:plc:ana/x/1e+5b"
    assert fields.optional_id({"id": ""}, "id") is None


@pytest.mark.parametrize("value", ["1.4E+18", "1,4e+18", 1.4e18, 1400000000000000000])
def test_rounded_ids_are_refused(value: object) -> None:
    with pytest.raises(BadRecord, match="was rounded on its way and can't be mended"):
        fields.required_id({"id": value}, "id")


def test_a_string_of_digits_is_believed_since_one_whole_id_in_a_hundred_thousand_ends_in_five_noughts() -> None:
    assert fields.required_id({"id": "1400000000000000000"}, "id") == "1400000000000000000"


@pytest.mark.parametrize("value", [True, [], {}])
def test_what_is_no_id_is_refused(value: object) -> None:
    with pytest.raises(BadRecord, match="expected an id in 'id', got "):
        fields.required_id({"id": value}, "id")


def test_a_missing_id_is_said_with_all_its_keys() -> None:
    with pytest.raises(BadRecord, match="expected an id in 'id_str' or 'id', got nothing"):
        fields.required_id({}, "id_str", "id")


def test_times_are_instants_or_what_is_amiss() -> None:
    assert fields.required_time({"at": "2021-06-04T09:30Z"}, "at", from_iso) == datetime(2021, 6, 4, 9, 30, tzinfo=UTC)
    for wrong in ("yesterday", "", "9999-12-31T23:59:59-23:59"):
        with pytest.raises(BadRecord, match="expected a date in 'at', got"):
            fields.required_time({"at": wrong}, "at", from_iso)


@given(st.text(st.characters(codec=None) | st.sampled_from("\ud83d\ude00\0"), max_size=12))
def test_clean_text_can_be_written_down_and_keeps_what_can(text: str) -> None:
    cleaned = fields.clean(text)
    assert cleaned.encode().decode() == cleaned
    assert "\0" not in cleaned
    assert fields.clean(cleaned) == cleaned
    if "\0" not in text and not any(0xD800 <= ord(character) < 0xE000 for character in text):
        assert cleaned == text


def test_halves_of_a_letter_that_stand_together_become_it() -> None:
    assert fields.clean("\ud83d\ude00 \ud83d") == "😀 �"


def test_an_attempt_gives_the_post_or_the_problem() -> None:
    def build(record: object, origin: Origin) -> Post:
        post_id = fields.required_id(record, "id")
        return Post(platform="x", id=post_id, author=Account(), text="", origin=origin)

    post = fields.attempt(build, {"id": "20"}, ORIGIN)
    assert isinstance(post, Post)
    assert fields.attempt(build, [], ORIGIN) == Problem(origin=ORIGIN, reason="expected an id in 'id', got nothing")
