"""What a post does, by each trace; and texts that are near to each other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from clew.compare.nearness import families
from clew.compare.traces import TRACES, gather, normal
from clew.errors import BadOption
from clew.posts import Account, Link, Post, Tag


def post(text: str = "", *, id: str = "1", author: str | None = "ana", second: int | None = 0, **more: Any) -> Post:  # noqa: A002
    time = None if second is None else datetime.fromtimestamp(1_622_799_000 + second, UTC)
    return Post(platform="x", id=id, author=Account(handle=author), time=time, text=text, **more)


def done(trace: str, made: Post) -> list[str]:
    return list(TRACES[trace](made))


def test_links_are_the_same_with_and_without_what_follows_readers() -> None:
    one = post("see https://www.example.org/a/?utm_source=x&id=7")
    other = post("and http://example.org/a?id=7#top")
    assert done("link", one) == done("link", other) == ["example.org/a?id=7"]
    assert done("domain", one) == ["example.org"]


def test_a_shortened_link_joins_nothing() -> None:
    cut = Link(start=0, end=14, shown="example.org/a…", url=None, cut=True)
    assert done("link", post("example.org/a…", links=(cut,))) == []


def test_shorteners_and_the_platform_are_no_domains() -> None:
    assert done("domain", post("https://t.co/abc https://x.com/ana/status/1")) == []


def test_tags_are_without_case_and_found_in_bare_text() -> None:
    assert done("tag", post("#MAGA and #Выборы")) == ["maga", "выборы"]
    assert done("tag", post("#a", tags=(Tag(start=0, end=2, tag="Other"),))) == ["other"]
    assert done("tags", post("#a #b")) == ["a b"]
    assert done("tags", post("#a")) == []


def test_the_same_text_in_other_clothes() -> None:
    one = post("BREAKING: @ana says the bridge is closed! https://t.co/1")
    other = post("breaking —  says the bridge is closed https://t.co/2")
    assert done("text", one) != done("text", other)
    assert done("normal", one) == done("normal", other) == ["breaking says the bridge is closed"]
    assert normal("Ｆｕｌｌ　width 你好!") == "full width 你好"


def test_reposts_do_not_count_as_texts() -> None:
    made = post("the very same long sentence", reposts="9")
    assert (done("repost", made), done("text", made), done("normal", made)) == (["9"], [], [])


def test_replies_and_quotes_have_their_targets() -> None:
    assert (done("reply", post(reply_to="7")), done("quote", post(quotes="8")), done("reply", post())) == (
        ["7"],
        ["8"],
        [],
    )


def test_a_post_counts_once_and_without_time_or_author_not_at_all() -> None:
    made = gather(
        [post("#a", id="1"), post("#a", id="1"), post("#a", id="2", second=None), post("#a", id="3", author=None)],
        ["tag"],
    )
    assert len(made) == 1
    assert made.left == {
        "posts that were given again": 1,
        "posts without a time": 1,
        "posts without an author": 1,
    }


def test_accounts_of_the_same_name_on_two_platforms_are_two() -> None:
    there = Post(
        platform="mastodon", id="m", author=Account(handle="ana"), time=datetime(2021, 6, 4, tzinfo=UTC), text="#a"
    )
    made = gather([post("#a"), there], ["tag"])
    assert list(made.accounts) == ["ana (x:ana)", "ana (mastodon:ana)"]


def test_phrases_are_found_as_words() -> None:
    made = gather([post("It's FAKE news, again", id="1"), post("fakenews", id="2")], [], ["fake news"])
    assert (list(made.objects), len(made), made.traces) == (["fake news"], 1, ("phrase",))


def test_an_unknown_trace_is_said() -> None:
    with pytest.raises(BadOption, match="no trace is called 'tgas'; there are: repost, link"):
        gather([], ["tgas"])


def test_near_texts_are_one_object_and_others_stay() -> None:
    words = "the bridge over the river was closed this morning after the storm and will open again on monday at noon"
    names = [
        (0, words),
        (0, words + " sharp"),
        (0, "something quite different that nobody else says in this town"),
        (1, words),
    ]
    assert families(names, 0).tolist() == [0, 0, 2, 3]


def test_near_texts_join_where_equal_ones_do_not() -> None:
    words = "The bridge over the river was closed this morning after the storm and will open again on Monday at noon"
    items = [post(words, id="1"), post(f"{words} sharp", id="2", author="ben", second=3)]
    assert len(set(gather(items, ["near"]).object.tolist())) == 1
    assert len(set(gather(items, ["normal"]).object.tolist())) == 2
