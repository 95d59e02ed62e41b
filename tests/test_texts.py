"""Text and offsets: what stands where, in code points, whatever the script."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st

from clew.texts import first_span, is_cut, rewrite, unescape

words = st.text(st.sampled_from("ab&;lt#39 gmpquot…é中🇷🇺"), max_size=30)


def test_entities_are_decoded_once() -> None:
    assert unescape("&amp;lt; &lt;3 &quot;&#39;") == "&lt; <3 \"'"


def test_what_x_does_not_write_stays() -> None:
    assert unescape("&eacute; &copy &AMP; a&b") == "&eacute; &copy &AMP; a&b"


@given(words)
def test_decoding_undoes_escaping(text: str) -> None:
    assert unescape(html.escape(text)) == text


def test_a_link_is_put_in_over_the_escaped_text() -> None:
    assert rewrite("R&amp;D 🇨🇳 https://t.co/x &lt;3", [(11, 25, "x.org/a…")]) == ("R&D 🇨🇳 x.org/a… <3", [(7, 15)])


def test_what_is_put_in_is_not_decoded() -> None:
    assert rewrite("https://t.co/x", [(0, 14, "x.org/?a&lt;b")])[0] == "x.org/?a&lt;b"


def test_spans_come_in_the_order_of_the_edits() -> None:
    assert rewrite("one two", [(4, 7, "2"), (0, 3, "1")]) == ("1 2", [(2, 3), (0, 1)])


def test_edits_that_overlap_or_leave_the_text_are_left_out() -> None:
    assert rewrite("abc", [(0, 2, "X"), (1, 3, "Y"), (2, 9, "Z"), (-1, 1, "W")]) == (
        "Xc",
        [(0, 1), (-1, -1), (-1, -1), (-1, -1)],
    )


@given(words, st.lists(st.tuples(st.integers(-2, 35), st.integers(-2, 35), words), max_size=5))
def test_each_span_holds_what_was_put_in(text: str, edits: list[tuple[int, int, str]]) -> None:
    new, spans = rewrite(text, edits)
    assert len(spans) == len(edits)
    for (_, _, put), (start, end) in zip(edits, spans, strict=True):
        assert (start, end) == (-1, -1) or new[start:end] == put


@given(words)
def test_without_edits_text_is_only_decoded(text: str) -> None:
    assert rewrite(text, []) == (unescape(text), [])


def test_dots_at_the_end_mean_cut() -> None:
    assert is_cut("ft.com/content/f36a55…")
    assert is_cut("ft.com/content/f36a55...")
    assert not is_cut("ft.com/content")


def test_words_are_found_outside_what_is_taken() -> None:
    assert first_span("ana and ana", "ana") == (0, 3)
    assert first_span("ana and ana", "ana", taken=[(0, 3)]) == (8, 11)
    assert first_span("ana and ana", "ana", 1, [(7, 9)]) is None


def test_no_words_are_nowhere() -> None:
    assert first_span("ana", "") is None
    assert first_span("", "ana") is None
