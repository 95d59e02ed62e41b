"""What Thread Reader pages promise beyond single cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew import records
from clew.errors import DamagedFile
from clew.exports import opened
from clew.sources import threadreader_html


def read(path: Path) -> int:
    with opened(str(path)) as export:
        return len(list(threadreader_html.read(export)))


@pytest.mark.parametrize(
    "content", [b"just words", b"\x00\xff\xfe binary", b"<html><body>Not found</body></html>", b""]
)
def test_what_is_no_unrolled_page_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(content)
    with pytest.raises(DamagedFile):
        read(tmp_path / "page.html")


def test_a_page_too_long_to_be_read_whole_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.html"
    page.write_text('<div id="tweet_1" class="content-tweet">Salt</div>')
    assert read(page) == 1
    monkeypatch.setattr(records, "LIMIT", 40)
    with pytest.raises(DamagedFile, match="read whole"):
        read(page)


def test_a_page_that_only_links_to_the_site_is_not_claimed(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<html><head><title>Salt</title></head><a href="https://threadreaderapp.com/thread/1.html">read</a>'
    )
    with opened(str(page)) as export:
        assert not threadreader_html.claims(export)


def test_markup_is_read_however_deep_it_nests(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<div id="tweet_1" class="content-tweet">' + "<b>" * 50_000 + "Salt")
    with opened(str(page)) as export:
        [post] = threadreader_html.read(export)
    assert post.text == "Salt"  # type: ignore[union-attr]
