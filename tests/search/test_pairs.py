"""Pairs of common words."""

from __future__ import annotations

from clew.search import pairs


def test_words_are_common_that_stand_in_many_posts() -> None:
    posts = [["port", "sold"]] + [["nobody", f"own{at}"] for at in range(pairs.LEAST)]
    assert "nobody" in pairs.chosen(posts)
    assert not {"port", "own1"} & pairs.chosen(posts)
    assert pairs.chosen(posts[: pairs.LEAST - 1]) == pairs.LITTLE
