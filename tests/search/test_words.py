"""The words of a text."""

from __future__ import annotations

import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.search import looks
from clew.search.words import LONGEST, fold, line, surface, tokens

TEXTS = st.text(st.characters(codec="utf-8"), max_size=80) | st.text(
    "аaеeСc éß🇺🇦湾核ก้हि_#@1½ﷺﬁ\u0301\u200d", max_size=40
)


@given(TEXTS)
def test_the_line_of_a_text_is_its_terms_with_spaces_between(text: str) -> None:
    assert line(text) == " ".join(token.text for token in tokens(text))


@given(TEXTS)
def test_terms_have_no_space_in_them_and_stand_where_they_say(text: str) -> None:
    for token in tokens(text):
        assert token.text
        assert token.text.split() == [token.text]
        assert 0 <= token.start < token.end <= len(text)
        assert token.text in line(text[token.start : token.end]).split() or len(token.text) == 1


@given(TEXTS, st.sampled_from(["a", "ce", "1", "湾", ""]))
def test_of_ascii_words_those_that_begin_otherwise_can_be_left_out_and_no_others(text: str, begin: str) -> None:
    every, some = list(tokens(text)), list(tokens(text, begin))
    wanted = [one for one in every if one.text[0] in begin or not text[one.start : one.end].isascii()]
    assert [one for one in every if one in some] == some
    assert [one for one in wanted if one not in some] == []


@given(TEXTS)
def test_case_and_accents_make_no_difference(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    if not any(unicodedata.combining(sign) for sign in unicodedata.normalize("NFKD", text)):
        assert line(text.upper()) == line(text.upper().lower())


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("田湾", ["田湾", "湾"]),
        ("ポートを売却", ["ポー", "ート", "トを", "を売", "売却", "却"]),
        ("러시아가", ["러시", "시아", "아가", "가"]),
        ("iPhone手机", ["iphone", "手机", "机"]),
        ("don't_stop", ["don", "t", "stop"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("می‌خواهم", ["ميخواهم"]),
        ("🇺🇦🇷🇺", ["🇺🇦", "🇷🇺"]),
        ("e\u200bv\u200bi\u00adl", ["evil"]),
        ("x" * (LONGEST + 20), ["x" * LONGEST]),
        ("٢٠٢٢ २०२२", ["2022", "2022"]),
    ],
)
def test_a_text_has_these_terms(text: str, terms: list[str]) -> None:
    assert [token.text for token in tokens(text)] == terms


def test_every_mark_belongs_to_the_word_that_it_stands_in() -> None:
    marks = [chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code))[0] == "M"]
    torn = [mark for mark in marks if (found := list(tokens(f"ka{mark}la")))[0].start or found[-1].end != 5]
    assert torn == []
    assert all(a.end >= b.start for mark in marks for a, b in pairwise(tokens(f"ka{mark}la")))


def test_a_stemmer_gets_words_with_their_accents() -> None:
    assert surface("Canción Ёлки") == "canción елки"


@given(st.text("abcxyz ", max_size=30))
def test_texts_in_one_alphabet_have_no_evasive_spellings(text: str) -> None:
    assert looks.line(text) == ""
