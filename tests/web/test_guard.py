"""What must not come in, and what every answer bears."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clew.web.guard import Limit
from tests.web.asking import Asked
from tests.web.world import THREAD


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8640", "127.0.0.1.evil.example", "localhost.evil.example", "", "a@127.0.0.1"]
)
def test_a_name_that_was_made_to_lead_here_gets_nothing(asked: Asked, host: str) -> None:
    answer = asked("/", host=host)
    assert answer.status in (400, 421)
    assert b"<html" not in answer.body


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "[::1]:8640"])
def test_own_addresses_are_answered(asked: Asked, host: str) -> None:
    assert asked("/", host=host).status == 200


@pytest.mark.parametrize("path", ["/", f"/thread/{THREAD}", "/nope", "/api/threads", "/static/clew.css"])
def test_every_answer_forbids_what_is_not_needed(asked: Asked, path: str) -> None:
    headers = asked(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers or headers["server"] != "uvicorn"


def test_pages_hold_no_script_style_or_handler_of_their_own() -> None:
    for path in Path("src/clew/web/templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! src=\"\{\{ asset)|javascript:", text), path
        assert not re.search(r"(?:src|action)=\"https?:|<link[^>]*href=\"https?:", text), path


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/clew.css%00"],
)
def test_no_path_leads_out_of_the_files_that_pages_need(asked: Asked, path: str) -> None:
    assert asked(path).status == 404


def test_a_change_from_another_site_is_refused(asked: Asked) -> None:
    for headers in (
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {},
    ):
        assert asked("/language/ru", method="POST", **headers).status == 403
    assert asked("/language/ru", method="POST", sec_fetch_site="same-origin").status == 405


def test_who_asks_too_often_waits_and_is_let_in_again() -> None:
    now = [0.0]
    limit = Limit(2, 10.0, lambda: now[0])
    assert [limit.wait("a"), limit.wait("a"), limit.wait("b")] == [0.0, 0.0, 0.0]
    assert limit.wait("a") == pytest.approx(5.0)
    now[0] = 5.1
    assert limit.wait("a") == 0.0
