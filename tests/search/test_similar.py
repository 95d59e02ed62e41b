"""How far two texts are the same."""

from __future__ import annotations

import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from clew.search.similar import likeness, shingles

TEXTS = st.text("abcdeé 田湾核.", max_size=60)


@given(TEXTS, TEXTS)
def test_it_is_the_same_from_either_side_and_between_nothing_and_all(one: str, other: str) -> None:
    found = likeness(shingles(one), shingles(other))
    assert found == likeness(shingles(other), shingles(one))
    assert 0 <= found.resemblance <= found.containment <= 1


@given(TEXTS.filter(shingles))
def test_a_text_is_the_same_as_itself_whatever_its_case_and_stops(text: str) -> None:
    assert likeness(shingles(text), shingles(f"  {text.upper()}!!")).resemblance == 1


@pytest.mark.parametrize("changed", range(0, 60, 7))
def test_minhash_estimates_what_is_counted(changed: int) -> None:
    words = [f"word{number}" for number in range(60)]
    other = words[changed:] + [f"other{number}" for number in range(changed)]
    texts = [shingles(" ".join(one)) for one in (words, other)]
    sketches = [MinHash(num_perm=512) for _ in texts]
    for sketch, text in zip(sketches, texts, strict=True):
        sketch.update_batch([piece.encode() for piece in text])
    estimated = sketches[0].jaccard(sketches[1])
    assert likeness(*texts).resemblance == pytest.approx(estimated, abs=0.08)
