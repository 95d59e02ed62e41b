"""Logging in, being refused, and what a session is worth."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from clew.cli import main
from clew.errors import BadOption
from clew.web.app import Settings
from clew.web.users import Sessions, User, Users, add
from tests.publish.tools import needs
from tests.web.asking import Answer, Asked
from tests.web.conftest import Served
from tests.web.test_browser import Watched, browser
from tests.web.world import THREAD, build

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]

OWN = {"sec_fetch_site": "same-origin"}
PASSWORDS = {"ana": "a quay with cranes", "ben": "tonnage the cat"}


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with an editor and a reader."""
    path = tmp_path_factory.mktemp("users") / "users.txt"
    add(path, "ana", "editor", PASSWORDS["ana"])
    add(path, "ben", "reader", PASSWORDS["ben"])
    return path


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, users: Path) -> Iterator[Asked]:
    """Asks a server that wants to know who asks."""
    archive = build(tmp_path_factory.mktemp("closed") / "port", long=3)
    with Served(Settings(archive=archive, users=users, logins=1000)) as served:
        yield Asked(served.url)


def log_in(asked: Asked, name: str, password: str, to: str = "/", **headers: str) -> Answer:
    """Send the form of the door."""
    body = f"name={quote(name)}&password={quote(password)}&to={quote(to)}"
    media = "application/x-www-form-urlencoded"
    return asked("/login", method="POST", body=body, content_type=media, **(OWN | headers))


def session(answer: Answer) -> str:
    """Return the cookie that an answer sets."""
    found = re.match(r"clew-session=([^;]+)", answer.headers.get("set-cookie", ""))
    assert found is not None
    return f"clew-session={found[1]}"


@pytest.mark.parametrize(
    "path", ["/", f"/thread/{THREAD}", "/search?q=a", "/feed.atom", "/add", f"/export/md/{THREAD}"]
)
def test_nothing_is_shown_to_who_has_not_logged_in(closed: Asked, path: str) -> None:
    answer = closed(path)
    assert (answer.status, answer.body) == (303, b"")
    assert answer.headers["location"] == f"/login?to={quote(path, safe='')}"
    page = closed(answer.headers["location"]).text
    assert "Orsa" not in page
    assert "<bdi>port</bdi>" not in page


def test_programs_are_told_to_log_in(closed: Asked) -> None:
    assert closed("/api/threads").status == 401
    assert closed("/add", method="POST", **OWN).status == 401


def test_who_logs_in_is_led_to_where_he_wanted_to_go(closed: Asked) -> None:
    answer = log_in(closed, "ana", PASSWORDS["ana"], f"/thread/{THREAD}")
    assert (answer.status, answer.headers["location"]) == (303, f"/thread/{THREAD}")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "Orsa" in closed(f"/thread/{THREAD}", cookie=session(answer)).text


@pytest.mark.parametrize(
    "to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_nobody_is_led_elsewhere(closed: Asked, to: str) -> None:
    assert log_in(closed, "ana", PASSWORDS["ana"], to).headers["location"] == "/"


@pytest.mark.parametrize(
    ("name", "password"), [("ana", "tonnage the cat"), ("ana", ""), ("nobody", "x" * 20), ("", ""), ("ana\0", "a")]
)
def test_a_wrong_password_lets_nobody_in_and_tells_nothing(closed: Asked, name: str, password: str) -> None:
    answer = log_in(closed, name, password)
    assert answer.status == 403
    assert "set-cookie" not in answer.headers
    assert "do not go together" in answer.text


def test_a_session_that_was_brought_along_is_never_taken(closed: Asked) -> None:
    fixed = "clew-session=chosen-by-somebody-else"
    answer = log_in(closed, "ana", PASSWORDS["ana"], cookie=fixed)
    assert session(answer) != fixed
    assert closed("/", cookie=fixed).status == 303
    again = log_in(closed, "ana", PASSWORDS["ana"], cookie=session(answer))
    assert session(again) != session(answer)
    assert closed("/", cookie=session(answer)).status == 303


def test_a_session_ends_with_logging_out(closed: Asked) -> None:
    own = session(log_in(closed, "ana", PASSWORDS["ana"]))
    assert closed("/", cookie=own).status == 200
    assert closed("/logout", method="POST", cookie=own, sec_fetch_site="cross-site").status == 403
    assert closed("/logout", method="POST", cookie=own, **OWN).status == 303
    assert closed("/", cookie=own).status == 303


def test_readers_read_and_editors_change(closed: Asked) -> None:
    reader, editor = (session(log_in(closed, name, PASSWORDS[name])) for name in ("ben", "ana"))
    assert closed("/add", cookie=reader).status == 403
    assert closed(f"/refresh/{THREAD}", method="POST", cookie=reader, **OWN).status == 403
    assert "/add" not in closed("/", cookie=reader).text
    assert closed("/add", cookie=editor).status == 200


def test_logging_in_from_another_site_is_refused(closed: Asked) -> None:
    assert log_in(closed, "ana", PASSWORDS["ana"], sec_fetch_site="cross-site").status == 403


def test_who_guesses_has_to_wait(tmp_path: Path, users: Path) -> None:
    with Served(Settings(archive=build(tmp_path / "port", long=3), users=users, logins=3)) as served:
        asked = Asked(served.url)
        assert [log_in(asked, "ana", "wrong").status for _ in range(3)] == [403] * 3
        answer = log_in(asked, "ana", PASSWORDS["ana"])
        assert answer.status == 429
        assert int(answer.headers["retry-after"]) > 0


def test_a_new_password_ends_old_sessions(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    add(path, "ana", "editor", "the first password")
    own, sessions = Users(path), Sessions()
    user = own.known("ana", "the first password")
    assert user is not None
    token = sessions.begin(user)
    assert sessions.user(token, own.all()) == user
    add(path, "ana", "reader", "the second password")
    assert sessions.user(token, own.all()) is None
    assert own.known("ana", "the first password") is None


def test_a_session_that_is_not_used_ends() -> None:
    now = [0.0]
    sessions = Sessions(clock=lambda: now[0])
    user = User("ana", "editor", "$argon2")
    token = sessions.begin(user)
    now[0] = 11 * 3600.0
    assert sessions.user(token, {"ana": user}) == user
    now[0] += 13 * 3600.0
    assert sessions.user(token, {"ana": user}) is None


def test_it_takes_as_long_to_refuse_a_name_as_a_password(users: Path) -> None:
    own = Users(users)

    def seconds(name: str) -> float:
        start = time.perf_counter()
        own.known(name, "wrong")
        return time.perf_counter() - start

    known, unknown = (min(seconds(name) for _ in range(5)) for name in ("ana", "nobody"))
    assert 1 / 3 < known / unknown < 3


def test_passwords_are_kept_as_hashes_that_only_their_owner_can_read(users: Path) -> None:
    text = users.read_text(encoding="utf-8")
    assert all(password not in text for password in PASSWORDS.values())
    assert text.count("$argon2id$") == 2
    assert users.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "password"), [("a b", "long enough it is"), ("a:b", "long enough it is"), ("ana", "short")]
)
def test_a_name_or_password_that_will_not_do_is_refused(tmp_path: Path, name: str, password: str) -> None:
    with pytest.raises(BadOption):
        add(tmp_path / "users.txt", name, "reader", password)


def test_users_are_added_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "users.txt"
    monkeypatch.setattr("sys.stdin", io.StringIO("a quay with cranes\n"))
    with pytest.raises(SystemExit) as done:
        main(["serve", "--users", str(path), "--add", "ana", "--role", "editor"])
    assert (done.value.code, capfd.readouterr()) == (0, ("", ""))
    user = Users(path).known("ana", "a quay with cranes")
    assert user is not None
    assert user.role == "editor"


def test_a_file_that_is_none_of_users_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    path.write_text("ana:editor:plain\n", encoding="utf-8")
    with pytest.raises(BadOption, match="line 1"):
        Users(path)


@needs("chromium")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
@pytest.mark.parametrize("width", [360, 1600])
def test_a_reader_logs_in_reads_and_is_refused(browser: Browser, closed: Asked, width: int, *, scripts: bool) -> None:
    viewport = {"width": width, "height": 900}
    with Watched(browser, closed.url, java_script_enabled=scripts, viewport=viewport) as own:
        own.page.goto(f"/thread/{THREAD}")
        own.page.get_by_label("Name").fill("ben")
        own.page.get_by_label("Password").fill("wrong")
        own.page.get_by_role("button", name="Log in").click()
        assert own.page.get_by_role("alert").inner_text() == "This name and password do not go together."
        own.page.get_by_label("Password").fill(PASSWORDS["ben"])
        own.page.get_by_role("button", name="Log in").click()
        own.page.locator("#gap-1").wait_for()
        own.page.goto("/add")
        assert own.page.get_by_text("You may read this archive, and not change it").is_visible()
        own.page.get_by_role("button", name="Log out").click()
        own.page.get_by_role("heading", name="Log in").wait_for()
        assert [one for one in own.said if "403" not in one] == []
