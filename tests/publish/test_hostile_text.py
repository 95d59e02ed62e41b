"""Whatever a post says, every rendering shows it whole and in order, and none is driven by it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from clew.posts import Account, Link, Post
from clew.publish import html, markdown, text
from clew.publish.document import Document, Style, compose
from clew.publish.text import Paper
from clew.publish.wrap import wrapped
from clew.standing import Memento, Standing
from clew.threads import Completeness, PostEntry, Thread, weave

PIECES = st.sampled_from(
    [
        *"abcя田ם!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \n\t\r",
        *"\x00\x07\x08\x0b\x0c\x1b\x7f\x80\x85\x9b\u061c\u200b\u200d\u200e\u200f\u202a\u202e\u2028\u2029\u2066\u2069\ufe0f\ufeff\u0301",
        *("🇷🇺", "👩‍👩‍👧", "1️⃣", "e\u0301", "שלום", "مرحبا", "نعم ", "word ", "    ", "\n\n"),
        *("<script>", "</style>", "&amp;", "&#60;", "1. ", "- ", "```", "[a](b)", "[^1]:", "www.a.", "http://", "$x$"),
        *("==", "%%", "--", "---", "| a |", "\\", "]]>", "<!--", "{#id}", "~~", "^[", "@ana", "(1) ", "&nbsp;"),
    ]
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)

#: What a rendering may add, drop or put a sign in place of, so that it can't be compared letter by letter.
_SIGNS = re.compile(r"[\u2400-\u2421\ufffd\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def core(shown: str) -> str:
    """Return the letters of a text: without white space, controls, their signs, and marks of direction."""
    return _SIGNS.sub("", "".join(c for c in shown if not c.isspace() and unicodedata.category(c) != "Cc"))


def documents(texts: Sequence[str]) -> list[Document]:
    """Return one thread with these posts, and their words everywhere else where an author has a say."""
    author = Account(handle=texts[0] or None, name=texts[-1] or None)
    posts = [
        Post(platform="x", id=str(1000 + at), author=author, text=own, warning=texts[0] or None)
        for at, own in enumerate(texts)
    ]
    thread = Thread(
        id="x:1000",
        platform="x",
        author=author,
        first=None,
        last=None,
        language=texts[0],
        edges="stated",
        entries=tuple(PostEntry(post=post) for post in posts),
        completeness=Completeness(verdict="nothing-known-missing", held=len(posts), expected=None, signals=()),
    )
    return compose([thread])


def assert_in_order(texts: Sequence[str], shown: str) -> None:
    at = 0
    letters = core(shown)
    for own in texts:
        found = letters.find(core(own), at)
        assert found >= 0, (own, letters[at:])
        at = found + len(core(own))


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.integers(40, 120))
def test_a_terminal_shows_every_text_and_obeys_none(texts: list[str], width: int) -> None:
    paper = Paper(width=width)
    shown = "".join(text.render(documents(texts), paper))
    assert_in_order(texts, "\n".join(line[paper.margin :] for line in shown.split("\n")))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_markdown_shows_every_text_as_it_was_typed(texts: list[str]) -> None:
    written = "".join(markdown.render(documents(texts)))
    body = written[written.index("\n---\n", 4) + 5 :]
    assert_in_order(texts, "\n".join(_inline_texts(body)))


def _inline_texts(body: str) -> Iterator[str]:
    for token in MarkdownIt("commonmark").parse(body):
        assert token.type not in {"html_block", "fence", "code_block", "hr"}
        for inner in token.children or ():
            assert inner.type in {"text", "softbreak", "hardbreak", "html_inline", "link_open", "link_close"} | _STRONG
            if inner.type == "html_inline":
                assert re.fullmatch(r'<span id="[a-z0-9-]+">|</span>', inner.content)
            yield "\n" if inner.type.endswith("break") else "" if inner.type == "html_inline" else inner.content


_STRONG = {"strong_open", "strong_close", "text_special"}


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_page_shows_every_text_and_runs_none(texts: list[str]) -> None:
    page = LexborHTMLParser("".join(html.render(documents(texts))))
    assert page.css_first("main") is not None
    assert_in_order(texts, "\n".join(node.text() for node in page.css(".text")))
    assert page.css("script, img, iframe, object, link, base, form, video, audio, source") == []
    assert len(page.css("style")) == 1
    for node in page.css("body *"):
        assert not any(name.startswith("on") or name in {"src", "style"} for name in node.attributes)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.integers(2, 40))
def test_wrapping_drops_only_white_space(own: str, width: int) -> None:
    assert "".join("".join(wrapped(own, width)).split()) == "".join(own.split())


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_where_links_lead_and_their_copies_drive_no_rendering(one: str, other: str) -> None:
    """Servers decide where a link leads, and web archives how their copies are called."""
    standing = Standing(
        state="gone",
        says=one,
        asked=datetime(2026, 1, 31, tzinfo=UTC),
        leads_to=other,
        capture="sha256:00",
        kept=datetime(2026, 1, 31, tzinfo=UTC),
        memento=Memento(url=f"https://web.example/{other}", time=datetime(2021, 1, 31, tzinfo=UTC)),
    )
    link = Link(start=0, end=4, shown="quay", url="https://example.org/quay")
    post = Post(platform="x", id="1", author=Account(handle="ana"), text="quay", links=(link,))
    (own,) = weave([post])
    found = compose([own], Style(standing=lambda url: standing))
    page = LexborHTMLParser("".join(html.render(found)))
    assert page.css("script, img, iframe, object, base, form") == []
    assert all(re.match("https?://|#", node.attributes["href"] or "") for node in page.css("a"))
    written = "".join(markdown.render(found))
    assert {"".join(_inline_texts(line)) for line in written.splitlines() if line.startswith("[^1]:")} != set()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", "".join(text.render(found)))
