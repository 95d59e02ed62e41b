"""Tokens come from the environment or the keyring of the system, and are in no byte of what is kept, told or logged."""

from __future__ import annotations

import base64
import gzip
import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, quote_plus

import keyring
import keyring.backend
import keyring.errors
import pytest
from tests.archive.worlds import add, made, write
from tests.fetch import test_x
from tests.fetch.conftest import QUICK
from tests.fetch.test_mastodon import chain
from tests.fetch.test_x import FIRST, api, nowhere
from tests.refresh.test_refresh import post
from tests.services.mastodon import Mastodon, mastodon
from tests.services.site import Asked, Reply, forwarding, limited_to, site

from clew.errors import BadOption
from clew.fetch import Secret, Settings
from clew.ingest import Intake
from clew.refresh import Refresher

TOKEN = "b7f3c2d9-a-token-that-nobody-may-see"


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self, held: dict[tuple[str, str], str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held = held

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


@pytest.fixture(scope="module")
def server() -> Iterator[Mastodon]:
    with mastodon() as found:
        yield found


@pytest.fixture
def ring() -> Iterator[dict[tuple[str, str], str]]:
    before, held = keyring.get_keyring(), dict[tuple[str, str], str]()
    keyring.set_keyring(Ring(held))
    yield held
    keyring.set_keyring(before)


def everything(folder: Path) -> bytes:
    """Return all bytes in a folder: as they are, and of every gzip member in them what it holds, to any depth."""
    return b"".join(_all(path.read_bytes()) for path in folder.rglob("*") if path.is_file())


def _all(data: bytes) -> bytes:
    found, at = data, data.find(b"\x1f\x8b\x08")
    while at >= 0:
        try:
            inner = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data[at:])
        except zlib.error:
            inner = b""
        found += _all(inner)
        at = data.find(b"\x1f\x8b\x08", at + 1)
    return found


def test_the_search_looks_into_what_is_packed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"head" + gzip.compress(b"x" + gzip.compress(TOKEN.encode())))
    assert TOKEN.encode() in everything(tmp_path)


def test_a_token_of_the_environment_opens_doors_and_is_nowhere_kept(server: Mastodon, tmp_path: Path) -> None:
    posts = chain(server, 3)
    with forwarding(server.url) as real, site(limited_to(TOKEN, real)) as found:
        env = {
            **os.environ,
            "CLEW_ARCHIVE": str(tmp_path / "held"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        env |= {"CLEW_TOKENS": f"{found.url.removeprefix('http://')}={TOKEN}", "CLEW_MEMENTO": "http://127.0.0.1:9/"}
        said, address = b"", f"{server.url.replace('127.0.0.1', 'localhost')}/@ana/{posts[0]}"
        for words in (
            ["init", str(tmp_path / "held")],
            ["add", f"{found.url}/@ana/{posts[0]}"],
            ["refresh", address, "--to", "jsonl"],
            ["holes"],
            ["watch", "add", f"{found.url}/@ana"],
            ["watch", "run", "--once", "--to", "jsonl"],
            ["show", address, "--to", "jsonl"],
            ["verify", "--deep"],
        ):
            command = [sys.executable, "-X", "dev", "-W", "ignore", "-m", "clew", *words]
            done = subprocess.run(command, env=env, capture_output=True, check=False, timeout=120)
            assert done.returncode in (0, 4), done.stderr.decode()
            said += done.stdout + done.stderr
        assert any(one.headers.get("Authorization") == f"Bearer {TOKEN}" for one in found.asked)
    assert b"3/3 Page 3." in said
    kept = everything(tmp_path)
    assert b"3/3 Page 3." in kept
    assert TOKEN.encode() not in said
    assert TOKEN.encode() not in kept
    assert b"\nAuthorization:" not in kept
    assert b"\nauthorization:" not in kept


def test_a_token_of_the_keyring_is_used_and_shown_to_nobody(
    ring: dict[tuple[str, str], str], server: Mastodon, tmp_path: Path
) -> None:
    posts = chain(server, 3)
    with forwarding(server.url) as real, site(limited_to(TOKEN, real)) as found:
        ring["clew", found.url.removeprefix("http://")] = TOKEN
        settings = Settings.of({}, limits=QUICK)
        intake = Intake(settings=settings, keep=tmp_path / "kept.warc.gz")
        items = list(intake.items(f"{found.url}/@ana/{posts[0]}"))
    assert len(items) >= 3
    assert TOKEN.encode() not in everything(tmp_path)
    assert TOKEN not in repr((settings, intake, items))


def test_the_token_of_x_is_in_the_keyring_under_its_name(ring: dict[tuple[str, str], str]) -> None:
    ring["clew", "x"] = TOKEN
    found = Settings.of({}).token("x")
    assert found is not None
    assert found.value == TOKEN
    assert TOKEN not in repr(found)
    assert TOKEN not in f"{found}"


def test_the_environment_goes_before_the_keyring(ring: dict[tuple[str, str], str]) -> None:
    ring["clew", "x"] = "another"
    found = Settings.of({"CLEW_X_TOKEN": TOKEN}).token("x")
    assert found is not None
    assert found.value == TOKEN


def test_a_token_that_was_put_into_a_file_of_the_keyring_is_used_and_stands_nowhere_else(
    server: Mastodon, tmp_path: Path
) -> None:
    """As the documentation says it: `keyring set clew HOST`, then `clew add`; with a keyring that is a file."""
    posts = chain(server, 3)
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "ring"), "CLEW_ARCHIVE": str(tmp_path / "held")}
    env["PYTHON_KEYRING_BACKEND"] = "keyrings.alt.file.PlaintextKeyring"

    def run(*words: str, given: str | None = None) -> bytes:
        command = [sys.executable, "-W", "ignore", "-m", *words]
        done = subprocess.run(
            command, env=env, capture_output=True, check=True, timeout=60, input=given.encode() if given else None
        )
        return done.stdout + done.stderr

    with forwarding(server.url) as real, site(limited_to(TOKEN, real)) as found:
        run("keyring", "set", "clew", found.url.removeprefix("http://"), given=TOKEN)
        said = run("clew", "init", str(tmp_path / "held"))
        said += run("clew", "add", f"{found.url}/@ana/{posts[0]}")
        said += run("clew", "list")
    assert list((tmp_path / "ring").rglob("*.cfg"))
    assert b"3 posts" in said
    assert TOKEN.encode() not in said
    assert TOKEN.encode() not in everything(tmp_path / "held")


@pytest.mark.parametrize("form", ["plain", "in an address", "in JSON", "packed", "as a cookie", "in a redirect"])
def test_a_token_that_a_server_repeats_in_any_form_is_not_kept(form: str, tmp_path: Path) -> None:
    secret = "b7f3/c2d9+a token=="
    packed = base64.b64encode(secret.encode()).decode()

    def answer(asked: Asked) -> Reply:
        assert asked.headers.get("Authorization") == f"Bearer {secret}"
        match form:
            case "in an address":
                return Reply(f'<a href="/?access_token={quote(secret, safe="")}">'.encode())
            case "in JSON":
                return Reply(b'{"error":"' + secret.replace("/", "\\/").encode() + b'"}', 401)
            case "packed":
                return Reply(b"{}", 200, {"X-Debug": packed})
            case "as a cookie":
                return Reply(b"{}", 200, {"Set-Cookie": f"session={secret}"})
            case "in a redirect":
                return Reply(b"", 302, {"Location": f"/other?access_token={quote_plus(secret)}"})
        return Reply(f"Invalid token {secret}".encode(), 401)

    with site(answer) as found:
        host = found.url.removeprefix("http://")
        settings = Settings.of({}, limits=QUICK, keyring=False, tokens={host: Secret(secret)})
        intake = Intake(settings=settings, keep=tmp_path / "kept.warc.gz")
        assert list(intake.items(f"{found.url}/@ana/1")) == []
        assert all("/other" not in path for path in found.paths())
    said = repr(intake) + " ".join(map(str, intake.errors))
    kept = everything(tmp_path)
    assert "repeats the token" in said
    for shape in (secret, quote(secret, safe=""), quote_plus(secret), secret.replace("/", "\\/"), packed.rstrip("=")):
        assert shape not in said
        assert shape.encode() not in kept


def test_what_an_address_holds_beside_the_post_is_not_sent_kept_or_told(server: Mastodon, tmp_path: Path) -> None:
    posts = chain(server, 2)
    with forwarding(server.url) as real, site(real) as found:
        env = {**os.environ, "CLEW_ARCHIVE": str(tmp_path / "held")}
        host = found.url.removeprefix("http://")
        said = b""
        for address in (
            f"{found.url}/@ana/{posts[0]}?access_token={TOKEN}#{TOKEN}",
            f"http://ana:{TOKEN}@{host}/@ana/{posts[1]}",
        ):
            for words in (["init", str(tmp_path / "held")], ["add", address], ["holes"], ["watch", "add", address]):
                command = [sys.executable, "-m", "clew", *words]
                done = subprocess.run(command, env=env, capture_output=True, check=False, timeout=60)
                said += done.stdout + done.stderr
        asked = repr(found.asked)
    assert b"2 new posts" in said
    assert TOKEN.encode() not in said
    assert TOKEN not in asked
    assert TOKEN.encode() not in everything(tmp_path)


def test_a_password_in_the_address_of_a_server_is_refused_and_not_repeated() -> None:
    with pytest.raises(BadOption) as raised:
        Settings.of({"CLEW_BLUESKY": f"https://ana:{TOKEN}@example.org"})
    assert TOKEN not in str(raised.value)


def test_a_keyring_that_fails_is_one_without_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: str) -> str:
        raise keyring.errors.KeyringLocked("locked")

    monkeypatch.setattr(keyring, "get_password", fail)
    assert Settings.of({}).token("x") is None


def test_a_wrong_list_of_tokens_is_told_without_the_tokens() -> None:
    with pytest.raises(BadOption) as raised:
        Settings.of({"CLEW_TOKENS": TOKEN})
    assert TOKEN not in str(raised.value)


def test_the_token_of_x_is_in_no_byte_of_an_archive_that_was_refreshed_with_it(tmp_path: Path) -> None:
    with made(tmp_path / "held") as archive, site(api_for(TOKEN)) as server:
        add(archive, write(tmp_path / "a.jsonl", [post(1, 3), post(3, 3, to=2)]))
        settings = nowhere(x=server.url, budget=1.0, tokens={"x": Secret(TOKEN)})
        events = list(Refresher(archive=archive, settings=settings).of([str(FIRST)]))
        assert server.asked
    assert TOKEN not in repr(events)
    assert TOKEN.encode() not in everything(tmp_path)


def api_for(token: str) -> Callable[[Asked], Reply]:
    """Return the API of X, which wants a token."""
    real = api(3, [])

    def answer(asked: Asked) -> Reply:
        assert asked.headers["Authorization"] == f"Bearer {token}"
        return real(replace(asked, headers={"Authorization": f"Bearer {test_x.TOKEN}"}))

    return answer
