"""Addresses in every form that people paste lead to the same post or profile, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.addresses import parse, pasted, post_url
from clew.fetch.latest import place_of

POST = "1400000000000000001"
DID = "did:plc:abcdefghijklmnopqrstuvwx"
KEY = "3lkiz2uvhqk2v"

FORMS = {
    ("x", "ana", POST): f"""
        https://x.com/ana/status/{POST}
        http://x.com/ana/status/{POST}
        x.com/ana/status/{POST}
        https://x.com/ana/status/{POST}?s=20
        https://x.com/ana/status/{POST}?s=46&t=AbCdEf_gh-1
        https://x.com/ana/status/{POST}?ref_src=twsrc%5Etfw%7Ctwcamp%5Etweetembed
        https://x.com/ana/status/{POST}/
        https://x.com/ana/status/{POST}/photo/1
        https://x.com/ana/status/{POST}/video/1
        https://x.com/ana/status/{POST}/analytics
        https://x.com/ana/status/{POST}#m
        https://x.com/ana/statuses/{POST}
        https://www.x.com/ana/status/{POST}
        https://mobile.x.com/ana/status/{POST}
        https://m.x.com/ana/status/{POST}
        https://pro.x.com/ana/status/{POST}
        https://twitter.com/ana/status/{POST}
        twitter.com/ana/status/{POST}
        https://www.twitter.com/ana/status/{POST}
        https://mobile.twitter.com/ana/status/{POST}?s=21
        https://m.twitter.com/ana/status/{POST}
        https://twitter.com/#!/ana/status/{POST}
        https://TWITTER.com/ana/status/{POST}
        https://fxtwitter.com/ana/status/{POST}
        https://vxtwitter.com/ana/status/{POST}
        https://d.fxtwitter.com/ana/status/{POST}.mp4
        https://fixupx.com/ana/status/{POST}
        https://fixvx.com/ana/status/{POST}
        https://twittpr.com/ana/status/{POST}
        https://api.fxtwitter.com/ana/status/{POST}
        https://nitter.net/ana/status/{POST}#m
        https://nitter.poast.org/ana/status/{POST}
        https://nitter.example.org/ana/status/{POST}
        https://xcancel.com/ana/status/{POST}
        https://web.archive.org/web/20210605000000/https://twitter.com/ana/status/{POST}
        https://web.archive.org/web/20210605000000id_/https://twitter.com/ana/status/{POST}?s=20
        https://web.archive.org/web/2021*/https://twitter.com/ana/status/{POST}
        https://www.google.com/url?q=https://twitter.com/ana/status/{POST}&sa=D
        https://l.facebook.com/l.php?u=https%3A%2F%2Fx.com%2Fana%2Fstatus%2F{POST}&h=AT
        https://publish.twitter.com/?url=https://twitter.com/ana/status/{POST}
        <https://x.com/ana/status/{POST}>
        (https://x.com/ana/status/{POST}).
        "https://x.com/ana/status/{POST}",
        «https://x.com/ana/status/{POST}».
        https://x.com/ana/status/{POST}!
        https://x.com/ana/status/{POST}。
        https://x.com/ana/status/{POST}?s=20).
        https://x.com/ana/article/{POST}
        https://x.com/ana/status/{POST}/history
    """,
    ("x", None, POST): f"""
        https://x.com/i/status/{POST}
        https://x.com/i/web/status/{POST}
        https://twitter.com/i/web/status/{POST}?s=20
        https://threadreaderapp.com/thread/{POST}.html
        https://threadreaderapp.com/thread/{POST}
        https://www.threadreaderapp.com/thread/{POST}.html?utm_campaign=topunroll
        https://twitter-thread.com/t/{POST}
        https://threadreaderapp.com/convos/{POST}
        https://platform.twitter.com/embed/Tweet.html?dnt=true&id={POST}&theme=light
        https://fixupx.com/i/status/{POST}
    """,
    ("x", "ana", None): """
        https://x.com/ana
        https://x.com/ana/
        x.com/ana?s=21
        https://twitter.com/ana
        https://mobile.twitter.com/ana
        https://twitter.com/@ana
        https://twitter.com/#!/ana
        https://x.com/ana/with_replies
        https://x.com/ana/media
        https://nitter.net/ana
        https://threadreaderapp.com/user/ana
    """,
    ("bluesky", "ana.example.org", f"at://ana.example.org/app.bsky.feed.post/{KEY}"): f"""
        https://bsky.app/profile/ana.example.org/post/{KEY}
        bsky.app/profile/ana.example.org/post/{KEY}
        https://bsky.app/profile/@ana.example.org/post/{KEY}
        https://bsky.app/profile/ana.example.org/post/{KEY}?ref_src=embed
        https://bsky.app/profile/ana.example.org/post/{KEY}/
        https://bsky.app/profile/ana.example.org/post/{KEY}/liked-by
        https://bsky.app/profile/ana.example.org/post/{KEY}/quotes
        https://main.bsky.dev/profile/ana.example.org/post/{KEY}
        https://staging.bsky.app/profile/ana.example.org/post/{KEY}
        https://skyview.social/?url=https%3A%2F%2Fbsky.app%2Fprofile%2Fana.example.org%2Fpost%2F{KEY}&viewtype=tree
        https://bsky.app/profile/ana.example.org/post/{KEY}!
        https://fxbsky.app/profile/ana.example.org/post/{KEY}
        https://bskx.app/profile/ana.example.org/post/{KEY}
        https://vxbsky.app/profile/ana.example.org/post/{KEY}
        https://deer.social/profile/ana.example.org/post/{KEY}
        at://ana.example.org/app.bsky.feed.post/{KEY}
        https://web.archive.org/web/20250605000000/https://bsky.app/profile/ana.example.org/post/{KEY}
    """,
    ("bluesky", DID, f"at://{DID}/app.bsky.feed.post/{KEY}"): f"""
        at://{DID}/app.bsky.feed.post/{KEY}
        https://bsky.app/profile/{DID}/post/{KEY}
        https://bsky.app/profile/did%3Aplc%3Aabcdefghijklmnopqrstuvwx/post/{KEY}
        https://embed.bsky.app/embed/{DID}/app.bsky.feed.post/{KEY}?id=1
    """,
    ("bluesky", "ana.example.org", None): """
        https://bsky.app/profile/ana.example.org
        https://bsky.app/profile/ana.example.org/
        bsky.app/profile/ana.example.org/replies
        at://ana.example.org
        @ana.example.org
    """,
    ("telegram", "channel", "17"): """
        https://t.me/channel/17
        t.me/channel/17
        https://t.me/s/channel/17
        https://t.me/channel/17?single
        https://t.me/channel/17?embed=1&mode=tme
        https://telegram.me/channel/17
        https://telegram.dog/channel/17
        https://t.me/channel/5/17
        tg://resolve?domain=channel&post=17
        https://web.archive.org/web/20210605000000/https://t.me/s/channel/17
    """,
    ("telegram", "channel", None): """
        https://t.me/channel
        https://t.me/s/channel
        t.me/channel/
        https://channel.t.me
        tg://resolve?domain=channel
    """,
}


def cases() -> list[tuple[str, tuple[str, str | None, str | None]]]:
    return [(line.strip(), meant) for meant, lines in FORMS.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("form", "meant"), cases(), ids=[form for form, _ in cases()])
def test_a_form_that_people_paste_leads_where_it_is_meant(form: str, meant: tuple[str, str | None, str | None]) -> None:
    found = pasted(form)
    assert found is not None
    assert (found.platform, found.handle, found.id) == meant


@pytest.mark.parametrize(
    ("form", "server", "key"),
    [
        ("https://example.social/@ana/113", "https://example.social", "113"),
        ("example.social/@ana/113", "https://example.social", "113"),
        ("https://example.social/@ana@other.example/113", "https://example.social", "113"),
        ("https://example.social/web/@ana/113", "https://example.social", "113"),
        ("https://example.social/deck/@ana/113", "https://example.social", "113"),
        ("https://example.social/web/statuses/113", "https://example.social", "113"),
        ("https://example.social/users/ana/statuses/113", "https://example.social", "113"),
        ("https://example.social/users/ana/statuses/113/activity", "https://example.social", "113"),
        ("https://example.social/ap/users/ana/statuses/113", "https://example.social", "113"),
        ("https://example.social/@ana/113?utm_source=x", "https://example.social", "113"),
        ("https://example.social/@ana/113/embed", "https://example.social", "113"),
        ("https://example.social/@ana/113/reblogs", "https://example.social", "113"),
        ("(https://example.social/@ana/113).", "https://example.social", "113"),
        ("https://example.social/@ana/113。", "https://example.social", "113"),
        (
            "https://a.b/authorize_interaction?uri=https://example.social/@ana/113",
            "https://example.social",
            "113",
        ),
        (
            "https://gts.example/@ana/statuses/01JD0000000000000000000001",
            "https://gts.example",
            "01JD0000000000000000000001",
        ),
        ("https://pleroma.example/notice/AbC123", "https://pleroma.example", "AbC123"),
        ("https://key.example/notes/9abc", "https://key.example", "9abc"),
        ("https://pixel.example/p/ana/113", "https://pixel.example", "113"),
        ("https://elk.zone/example.social/@ana/113", "https://example.social", "113"),
        ("https://phanpy.social/#/example.social/s/113", "https://example.social", "113"),
        ("http://127.0.0.1:3000/@ana/113", "http://127.0.0.1:3000", "113"),
    ],
)
def test_a_post_on_a_server_of_the_fediverse_is_known_by_server_and_key(form: str, server: str, key: str) -> None:
    found = pasted(form)
    assert found is not None
    assert (found.platform, found.server, found.key) == ("mastodon", server, key)


@pytest.mark.parametrize(
    ("form", "handle"),
    [
        ("@ana@example.social", "ana"),
        ("acct:ana@example.social", "ana"),
        ("https://example.social/@ana", "ana"),
        ("https://example.social/users/ana", "ana"),
        ("https://example.social/@ana@other.example", "ana@other.example"),
        ("@ana@example.social,", "ana"),
    ],
)
def test_an_account_of_the_fediverse_is_known_by_all_its_names(form: str, handle: str) -> None:
    found = pasted(form)
    assert found is not None
    assert (found.platform, found.server, found.handle) == ("mastodon", "https://example.social", handle)


@pytest.mark.parametrize(
    "text",
    """
    https://example.org/
    https://example.org/2021/06/04/report.html
    https://x.com/
    https://x.com/home
    https://x.com/search?q=flood
    https://x.com/i/lists/1400000000000000001
    https://bsky.app/
    https://bsky.app/hashtag/flood
    https://t.me/joinchat/AAAA
    https://medium.com/@ana/a-story-113
    https://www.youtube.com/@ana/videos
    https://www.tiktok.com/@ana/video/7000000000000000000
    https://[broken
    mailto:ana@example.org
    ana@example.org
    @ana
    https://t.me/c/1234567/17
    at://
    thread.txt
    """.split(),
)
def test_what_is_no_address_of_a_post_or_profile_leads_nowhere(text: str) -> None:
    assert pasted(text) is None


@given(st.text(max_size=80) | st.from_regex(r"(https?|at|tg)://[\w.:/@#?=&%\[\]-]{0,60}", fullmatch=True))
def test_no_text_is_too_strange(text: str) -> None:
    for function in (pasted, parse, place_of):
        function(text)


@pytest.mark.parametrize("form", [form for form, _ in cases()])
def test_the_plain_form_of_an_address_means_the_same(form: str) -> None:
    found = pasted(form)
    assert found
    again = pasted(found.url)
    assert again == found
    assert not {"s=", "utm_", "ref_src"} & {part[:4] for part in found.url.partition("?")[2].split("&") if part}


def test_an_address_for_people_leads_back_to_its_post() -> None:
    for (platform, handle, own), _ in FORMS.items():
        url = post_url(platform, handle, own) if own else None
        if url:
            again = pasted(url)
            assert again
            assert (again.platform, (again.id or "").rpartition("/")[2]) == (platform, (own or "").rpartition("/")[2])
