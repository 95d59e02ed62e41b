"""A document links to what a click may follow, in a form that every checker takes; all else is only shown."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.errors import MissingLibrary
from clew.posts import Account, Post
from clew.publish import binder
from clew.publish.annotations import annotate, page
from clew.publish.citations import bibtex, csl, of_post, of_thread, referenced, ris
from clew.publish.links import named, web_address
from clew.threads import weave
from tests.publish.test_hostile_text import documents
from tests.publish.tools import needs


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org", "https://example.org"),
        ("HTTP://EXAMPLE.ORG:80/A", "HTTP://EXAMPLE.ORG:80/A"),
        ("https://example.org/a b?c=[1]#d#e", "https://example.org/a%20b?c=%5B1%5D#d%23e"),
        ("https://example.org/100%/%41", "https://example.org/100%25/%41"),
        ("https://пример.рф/новости", "https://xn--e1afmkfd.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        ("https://example.org/\ud800\ufffe", "https://example.org/%3F%EF%BF%BE"),
        ("https://ana:secret@example.org/", None),
        ("https://example..org/", None),
        ("https://", None),
        ("https:///etc/passwd", None),
        ("javascript:alert(1)//https://example.org", None),
        (" https://example.org", None),
        ("ftp://example.org", None),
        ("", None),
        (None, None),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str | None, link: str | None) -> None:
    assert web_address(url) == link


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters() | st.sampled_from("/?#%[]@:.\ud800")))
def test_a_link_is_ascii_and_a_link_to_itself(rest: str) -> None:
    link = web_address(f"https://example.org/{rest}")
    assert link is not None
    assert link.isascii()
    assert web_address(link) == link


@needs("citeproc")
def test_halves_of_characters_stop_nothing() -> None:
    half = "\ud83c"
    author = Account(id=half, handle=half, name=half)
    posts = [Post(platform=half, id=f"{half}{at}", author=author, text=f"{half} quay", language=half) for at in "12"]
    now = datetime(2026, 1, 31, tzinfo=UTC)
    cited = [
        one
        for thread in weave(posts)
        for post in thread.posts()
        for one in (of_thread(thread, now), of_post(thread, post, now))
    ]
    for written in (csl(cited), bibtex(cited), ris(cited), "".join(referenced(cited, "apa")), named(half)):
        written.encode()
    annotations = json.loads(page([annotate(post, now) for post in posts]).encode())
    assert [one["target"]["selector"][0]["exact"] for one in annotations["items"]] == [f"{half} quay"] * 2


def test_what_needs_a_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(
        MissingLibrary, match=r"PDF needs typst, which is not installed. Bring it with: pip install 'clew\[publish\]'"
    ):
        next(iter(binder("pdf").bind(documents(["quay"]), lambda says: None)))
