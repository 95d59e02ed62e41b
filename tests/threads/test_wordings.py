"""What is one wording of a post, and what is another."""

from __future__ import annotations

import pytest

from clew.posts import Account, Link, Post
from clew.threads.wordings import is_shortened, said, said_in

WHOLE = "The port was sold, says the register of berths, and nobody at the harbour office can tell to whom, or why: 4/9"


def seen(text: str, *links: tuple[int, int], platform: str = "x") -> Post:
    return Post(
        platform=platform,
        id="1",
        author=Account(id="1"),
        text=text,
        links=tuple(
            Link(start=start, end=end, shown=text[start:end], url="https://example.org/") for start, end in links
        ),
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The port: example.org/harb…", "The port: https://www.example.org/harbour?of=berths"),
        ("The port\n  was sold", "the port – was “sold”"),
        ("Salt &amp; Iron", "Salt & Iron"),
        ("The ☀️ port", "The ☀ port"),
    ],
)
def test_links_space_and_punctuation_make_no_other_wording(one: str, other: str) -> None:
    assert said_in(one) == said_in(other) == said(seen(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [("🇫🇷 is right", "🇩🇪 is right"), ("It cost $5", "It cost €5"), ("4 berths", "5 berths"), ("👍", "👎")],
)
def test_flags_emoji_currencies_and_digits_do(one: str, other: str) -> None:
    assert said_in(one) != said_in(other)


def test_a_link_that_a_source_cuts_short_leaves_nothing_of_itself() -> None:
    text = "See https://example.org/watch?v=1&feature=port.example.org now"
    assert said(seen(text, (4, 33))) == said_in("See now")


def test_a_long_text_on_x_that_begins_as_a_longer_one_is_cut_and_elsewhere_its_dots_must_tell() -> None:
    longer = [seen(WHOLE + " and more of it")]
    assert is_shortened(seen(WHOLE), longer)
    assert not is_shortened(seen(WHOLE, platform="mastodon"), longer)
    assert is_shortened(seen(WHOLE[:60] + "…", platform="mastodon"), longer)
    assert is_shortened(seen(WHOLE[:60] + "… https://example.org/status/1"), longer)
    assert not is_shortened(seen("The port"), longer)
    assert not is_shortened(longer[0], [*longer, seen(WHOLE)])
