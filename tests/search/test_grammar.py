"""The query language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.errors import BadQuery
from clew.search.grammar import (
    OPERATORS,
    WRITTEN,
    And,
    Everything,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Sign,
    Word,
    parse,
)

SIGNS = st.text(st.sampled_from('ab" ()-:*~#@|.5“”«»ANDORnear from:湾é\u0301\u200d\ud800\0\n'), max_size=40)


@pytest.mark.parametrize("example", [*(one.example for one in OPERATORS), *(example for _, _, example in WRITTEN)])
def test_every_example_of_the_table_can_be_meant(example: str) -> None:
    parse(example)


@pytest.mark.parametrize("name", [name for one in OPERATORS for name in one.also if name != "filter"])
def test_operators_go_by_their_other_names(name: str) -> None:
    own = next(one for one in OPERATORS if name in one.also)
    value = own.example.partition(":")[2]
    if name != "on":
        assert parse(f"{name}:{value}") == parse(own.example)


def word(text: str) -> Word:
    return Word((text,), text)


@pytest.mark.parametrize(
    ("query", "node"),
    [
        ("a b", And((word("a"), word("b")))),
        ("a AND b", And((word("a"), word("b")))),
        ("a b OR c d", Or((And((word("a"), word("b"))), And((word("c"), word("d")))))),
        ("(a OR b) c", And((Or((word("a"), word("b"))), word("c")))),
        ("a -b", And((word("a"), Not(word("b"))))),
        ("a NOT (b c)", And((word("a"), Not(And((word("b"), word("c"))))))),
        ("a near:5 b", Near(("a",), ("b",), 5)),
        ('"a b"~3', Phrase(("a", "b"), "a b", 3)),
        ("covid-19", Word(("covid", "19"), "covid-19")),
        ("har*", Prefix("har")),
        ("田湾", Word(("田湾",), "田湾")),
        ("#Port", Sign("tag", "Port")),
        ("#1", Word(("1",), "#1")),
        ("from:@Ana", Sign("from", "Ana")),
        ('from:"Ana Ruiz"', Sign("from", "Ana Ruiz")),
        ("number:2..", Range("number", 2, None)),
        ("size:>=3", Range("size", 3, None)),
        ("since:1970-01-02", Range("time", 86400, None)),
        ("date:1970", Range("time", 0, 365 * 86400 - 1)),
        ("filter:links", Sign("has", "link")),
        ("10:30", Word(("10", "30"), "10:30")),
        ("*", Everything()),
    ],
)
def test_a_query_means_this(query: str, node: object) -> None:
    assert parse(query).node == node


@pytest.mark.parametrize(
    ("query", "place", "better"),
    [
        ("", 0, "*"),
        ("(a", 0, "(a)"),
        ("a)", 1, "a"),
        ('a "b', 2, 'a "b"'),
        ("a OR", 2, 'a "OR"'),
        ("form:ana port", 0, "from:ana port"),
        ("port from:", 10, "port from:ana"),
        ("since:yesterday", 0, "since:2021-06-04"),
        ("has:lnk", 0, "has:link"),
        ("a~7", 0, "a~1"),
        ("a near:500 b", 2, "a near:50 b"),
        ("near:5 b", 0, "port near:5 sold"),
        ("in:tread a", 0, "in:thread a"),
        ("number:x", 0, "number:1..10"),
    ],
)
def test_a_bad_query_is_answered_with_the_place_and_a_better_one(query: str, place: int, better: str) -> None:
    with pytest.raises(BadQuery) as refused:
        parse(query)
    assert (refused.value.place, refused.value.better) == (place, better)
    if better:
        parse(better)


PIECES = (
    'a ( ) OR AND NOT - "x " «y from: since:x has:lnk form:q near:5 near:99 ~7 a~7 * is:zz in:tread in:post number:x'
)


@given(st.lists(st.sampled_from(PIECES.split()), max_size=5).map(" ".join))
def test_what_is_suggested_step_by_step_ends_in_a_query_that_can_be_meant(text: str) -> None:
    for _ in range(20):
        better = _suggested(text)
        assert better != text
        if not better:
            return
        text = better
    raise AssertionError(text)


def _suggested(text: str) -> str | None:
    """Return what is suggested in the place of a query; None where it can be meant, empty where nothing is."""
    try:
        parse(text)
    except BadQuery as refused:
        return refused.better
    return None


@given(SIGNS | st.text(max_size=60))
def test_any_text_is_a_query_or_is_refused_with_a_place_in_it(text: str) -> None:
    refused = None
    try:
        parse(text)
    except BadQuery as error:
        refused = error
    assert refused is None or (0 <= refused.place <= len(text) and "^" in str(refused))


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "-" * 100_000 + "a", "a " * 100_000, '"a" ' * 10_000, "a near:5 " * 10_000]
)
def test_very_long_queries_are_refused_at_once(text: str) -> None:
    with pytest.raises(BadQuery):
        parse(text)
