"""Links, mentions and tags in plain text: what is one, what is none, and where it ends."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.extract import Found, find_cashtags, find_links, find_mentions, find_parts, find_tags


def words(found: list[Found]) -> list[str]:
    return [item.word for item in found]


# --- links


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1/ washingtonpost.com/world/asia_pac…", "washingtonpost.com/world/asia_pac…"),
        ("back in 2019: guancha.cn/politics/2019_…", "guancha.cn/politics/2019_…"),
        ("in Liaoning bloomberg.com/news/articles/…", "bloomberg.com/news/articles/…"),
        ("was signed) rosatom.ru/en/press-centr…", "rosatom.ru/en/press-centr…"),
        ("this piece: ft.com/content/f36a55... and", "ft.com/content/f36a55..."),
        ("пример.рф/новости/2021…", "пример.рф/новости/2021…"),
        ("en.wikipedia.org/wiki/Primer_(fi…", "en.wikipedia.org/wiki/Primer_(fi…"),
        ("example.org/a?b=c&d=…", "example.org/a?b=c&d=…"),
        ("example.org/a/b.…", "example.org/a/b.…"),
        ("https://example.org/long/pa…", "https://example.org/long/pa…"),
        ("RT @ana: see https://t.co/abc…", "https://t.co/abc…"),
    ],
)
def test_a_shortened_link_reaches_to_its_dots(text: str, shown: str) -> None:
    (link,) = find_links(text)
    assert (link.word, link.cut) == (shown, True)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("recent one: kommersant.ru/doc/4783658", "kommersant.ru/doc/4783658"),
        ("see https://t.co/WRHjcY6Fj1…", "https://t.co/WRHjcY6Fj1"),
        ("I like example.org… a lot", "example.org"),
        ("example.org/a, … and more", "example.org/a"),
        ("(example.org/a_(b)), then", "example.org/a_(b)"),
        ("(see example.org/a)", "example.org/a"),
        ("example.org/a_((b", "example.org/a_"),
        ("Is it https://example.org/a?", "https://example.org/a"),
        ("example.org/?q=1&r=2.", "example.org/?q=1&r=2"),
        ("HTTPS://Example.ORG:8080/a", "HTTPS://Example.ORG:8080/a"),
        ("https://t.co/abcdefghij是", "https://t.co/abcdefghij"),
        ("https://t.co/abcdefghij/more", "https://t.co/abcdefghij"),
        ("см.example.org/путь。", "example.org/путь"),
        ("请看example.org/a中文", "example.org/a"),
        ("http://例え.jp/a", "http://例え.jp/a"),
        ("http://пример.рф", "http://пример.рф"),
        ("на сайте кремль.рф.", "кремль.рф"),
        ("“example.org”", "example.org"),
        ("🇨🇳example.org", "example.org"),
        ("example.co.uk's", "example.co.uk"),
        ("www.example.museum/x#y", "www.example.museum/x#y"),
        ("[CLAUDE.md](http://example.org/b)", "CLAUDE.md"),
        ("example.xn--p1ai/x", "example.xn--p1ai/x"),
    ],
)
def test_a_whole_link_ends_where_x_ends_it(text: str, shown: str) -> None:
    link = find_links(text)[0]
    assert (link.word, link.cut) == (shown, False)


@pytest.mark.parametrize(
    "text",
    [
        "e.g. this, i.e. that, etc.",
        "the U.S. and the U.S.A",
        "node.js 5.5 v1.2.3 3.14",
        "10/... the",
        "ana@example.org and ana@mail.example.org",
        "санкций.РФ ответила",
        "Конец.Дети пошли",
        "сделано.Потом",
        "http://localhost http://10.0.0.1/ https://",
        "http://-bad.org http://bad-.org http://a_b.org",
        "foo.com-bar foo.com+bar",
        "example.notadomain",
        "...",
        "",
    ],
)
def test_these_are_no_links(text: str) -> None:
    assert find_links(text) == []


def test_the_peer_of_x_takes_words_for_links_where_their_end_is_a_domain() -> None:
    assert words(find_links("CLAUDE.md and main.py at 3.am")) == ["CLAUDE.md", "main.py", "3.am"]


def test_links_stand_in_the_order_of_the_text() -> None:
    assert words(find_links("a.com,b.org/x c.net。d.io")) == ["a.com", "b.org/x", "c.net", "d.io"]


def test_a_link_straight_behind_the_dots_of_another_is_found() -> None:
    assert words(find_links("a.com/x…https://b.org/y…")) == ["a.com/x…", "https://b.org/y…"]


def test_a_link_or_label_of_absurd_length_is_none() -> None:
    assert find_links("x" * 64 + ".com") == []
    assert find_links("http://a.com/" + "x" * 4200) == []
    assert find_links("https://t.co/" + "x" * 41) == []


# --- mentions


def test_mentions_are_handles_of_one_to_twenty_letters() -> None:
    assert words(find_mentions("@ana ＠Ben_1, (@c) @" + "d" * 25)) == ["ana", "Ben_1", "c", "d" * 20]


def test_no_space_is_needed_behind_other_scripts_and_rt() -> None:
    assert words(find_mentions("参照@ana。と@ben RT@cid rt:@dan 🇷🇺@eve")) == ["ana", "ben", "cid", "dan", "eve"]


@pytest.mark.parametrize("text", ["a@ana", "@ana@example.org", "@anaé", "@http://x.org", "!@ana", "#@ana", "@", "@@"])
def test_these_are_no_mentions(text: str) -> None:
    assert find_mentions(text) == []


def test_lists_are_no_mentions() -> None:
    assert find_mentions("@ana/friends") == []
    assert words(find_mentions("@ana/1 @ben/@cid")) == ["ana", "ben", "cid"]


# --- tags


def test_tags_take_letters_marks_and_digits_of_any_script() -> None:
    text = "#PaxSinica #一带一路 ＃Россия #कख #2024x #a_b #ไทยๆ"
    assert words(find_tags(text)) == ["PaxSinica", "一带一路", "Россия", "कख", "2024x", "a_b", "ไทยๆ"]


@pytest.mark.parametrize("text", ["#1", "#", "# a", "a#b", "&#b", "#a#b", "#_1", "#️⃣", "#a://b", "x.org/#top", "中#b"])
def test_these_are_no_tags(text: str) -> None:
    assert find_tags(text) == []


def test_tags_end_before_signs() -> None:
    assert words(find_tags("#a, #b! (#c) #d… #e-f #g's")) == ["a", "b", "c", "d", "e", "g"]


def test_cashtags_are_letters_behind_a_space() -> None:
    assert words(find_cashtags("$TSLA, $brk.b ($X) $5 $TOOLONGX a$B $A_B")) == ["TSLA", "brk.b", "A_B"]


# --- all together


def test_what_stands_in_a_link_is_no_mention_or_tag() -> None:
    parts = find_parts("medium.com/@ana/x#top by @ben #tag $CASH")
    assert words(parts.links) == ["medium.com/@ana/x#top"]
    assert (words(parts.mentions), words(parts.tags), words(parts.cashtags)) == (["ben"], ["tag"], ["CASH"])


def test_of_two_that_overlap_the_first_wins() -> None:
    parts = find_parts("#中example.com")
    assert (words(parts.tags), words(parts.links)) == (["中example"], [])


pieces = st.sampled_from(
    "@ana #tag $X example.org t.co/ab http:// https://t.co/ / . .. … … ... ( ) ( ? & = - _ ~ : ' @ # $ a b 1 中 é п "
    "рф .рф .com 🇷🇺 👨‍👩‍👧 ＃ ＠ \n \t \u200d \ufe0f \u20e3 \ufeff \u202e \0 \ud800 İ ſ K".split(" ")
)
texts = st.lists(pieces | st.sampled_from(" \n"), max_size=25).map("".join) | st.text(max_size=40)


@given(texts)
def test_spans_lie_inside_the_text_in_order_and_hold_what_is_said(text: str) -> None:
    for find, sign in ((find_links, 0), (find_mentions, 1), (find_tags, 1), (find_cashtags, 1)):
        end = 0
        for item in find(text):
            assert end <= item.start < item.end <= len(text)
            assert text[item.start + sign : item.end] == item.word
            end = item.end


@given(texts)
def test_no_two_parts_overlap(text: str) -> None:
    end = 0
    for item in sorted(item for items in find_parts(text) for item in items):
        assert item.start >= end
        end = item.end


@given(texts)
def test_a_cut_link_ends_in_dots_and_no_other_does(text: str) -> None:
    for link in find_links(text):
        assert link.cut == link.word.endswith(("…", "..."))


PIECES = (
    "@ ( # $ a. .a a-. 中. . _ / #a @a x.co/( x.co/a( x.co/… x.co/(a… x.co? a.com a.com中 a.com.. a_b.com http:// "
    'http://a.com/( http://t.co/a… xn-- xn--. пример.рф/ #中x.com rt@a é é. " &# \ufe0f# x.co/(a(b)c'
).split(" ")


@pytest.mark.parametrize("piece", [*PIECES, "a" * 60 + ".", "$A ", "rt@a "])
def test_time_grows_with_the_length_alone(piece: str) -> None:
    for before in ("", "http://x.co/("):
        text = before + piece * (100_000 // len(piece))
        start = time.process_time()
        find_parts(text)
        assert time.process_time() - start < 3
