"""Servers are asked through the proxy of the environment; what may not be asked is not asked through it either."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from tests.fetch.conftest import QUICK
from tests.fetch.test_tokens import everything
from tests.fetch.test_x import FIRST, HTML, page
from tests.services.proxy import proxy
from tests.services.site import Reply, Site, secured, site
from websockets.sync.server import ServerConnection, serve

from clew.errors import BadOption
from clew.fetch import Settings, jetstream
from clew.fetch.proxies import proxies_of
from clew.ingest import Intake
from clew.posts import Post

PASSWORD = "a-password-that-nobody-may-see"
ADDRESS = f"https://x.com/ana/status/{FIRST}"


@pytest.fixture
def reader() -> Iterator[Site]:
    with site(lambda _: Reply(page(3), headers=HTML)) as found:
        yield found


def port_of(found: Site) -> int:
    return int(found.url.rpartition(":")[2])


def read(environment: dict[str, str], keep: Path | None = None) -> tuple[int, str]:
    """Return how many posts came, and what is said of what did not."""
    given = {"CLEW_THREADREADER": "http://reader.example.test", "CLEW_MEMENTO": "http://127.0.0.1:9/", **environment}
    intake = Intake(settings=Settings.of(given, limits=QUICK, keyring=False), keep=keep)
    count = sum(isinstance(item, Post) for item in intake.items(ADDRESS))
    return count, " ".join(map(str, intake.errors))


def test_a_name_that_only_the_proxy_knows_is_reached_through_it(reader: Site, tmp_path: Path) -> None:
    with proxy({"reader.example.test": port_of(reader)}, PASSWORD) as way:
        count, said = read({"HTTP_PROXY": way.url}, tmp_path / "kept.warc.gz")
    assert (count, said) == (3, "")
    assert way.asked == [f"GET http://reader.example.test/thread/{FIRST}.html HTTP/1.1"]
    assert reader.paths() == [f"/thread/{FIRST}.html"]
    kept = everything(tmp_path)
    assert b"HTTP/1.1 200 OK" in kept
    assert PASSWORD.encode() not in kept
    assert b"proxy-authorization" not in kept.lower()


def test_encrypted_answers_come_through_a_tunnel_and_are_kept_as_the_server_sent_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_at = tmp_path / "kept"
    kept_at.mkdir()
    with secured("reader.example.test", lambda _: Reply(page(3), headers=HTML), tmp_path) as (found, authority):
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        with proxy({"reader.example.test": port_of(found)}) as way:
            given = {"https_proxy": way.url, "CLEW_THREADREADER": "https://reader.example.test"}
            assert read(given, kept_at / "a.warc.gz") == (3, "")
    assert way.asked == ["CONNECT reader.example.test:443 HTTP/1.1"]
    kept = everything(kept_at)
    assert b"HTTP/1.1 200 OK" in kept
    assert b"Connection established" not in kept


@pytest.mark.parametrize("place", ["http://127.0.0.1:{}", "http://localhost:{}", "http://[::1]:{}"])
def test_no_redirect_leads_through_the_proxy_into_a_private_network(reader: Site, place: str) -> None:
    inside = place.format(port_of(reader))
    with site(lambda _: Reply(b"", 302, {"Location": f"{inside}/secret"})) as moved:
        known = {"reader.example.test": port_of(moved), "127.0.0.1": port_of(reader), "localhost": port_of(reader)}
        with proxy(known) as way:
            count, said = read({"HTTP_PROXY": way.url})
    assert count == 0
    assert "in a private network" in said
    assert not reader.asked
    assert len(way.asked) == 1


def test_a_redirect_does_not_lead_to_the_proxy_itself() -> None:
    with (
        site(lambda _: Reply(b"", 302, {"Location": f"{way.url}/admin"})) as moved,
        proxy({"reader.example.test": port_of(moved)}) as way,
    ):
        count, said = read({"HTTP_PROXY": way.url})
    assert count == 0
    assert "in a private network" in said
    assert not any("admin" in one for one in way.asked)


def test_what_no_proxy_names_and_what_is_near_is_asked_directly(reader: Site) -> None:
    with proxy({}) as way:
        count, _ = read({"HTTP_PROXY": way.url, "CLEW_THREADREADER": reader.url})
        assert count == 3
        _, said = read({"HTTP_PROXY": way.url, "NO_PROXY": "example.com, .example.test"})
    assert way.asked == []
    assert "reader.example.test is not known" in said


@pytest.mark.parametrize("wrong", [True, False])
def test_what_a_proxy_refuses_is_said_without_its_password(reader: Site, wrong: bool) -> None:
    with proxy({"reader.example.test": port_of(reader)} if wrong else {}, PASSWORD) as way:
        url = way.url.replace(PASSWORD, "another-one") if wrong else way.url
        count, said = read({"HTTP_PROXY": url})
        _, secured_said = read({"HTTPS_PROXY": url, "CLEW_THREADREADER": "https://reader.example.test"})
    assert count == 0
    assert ("407" if wrong else "502") in said
    assert f"is not given by the proxy ({'407' if wrong else '502'}" in secured_said
    assert not {PASSWORD, "another-one"} & set(f"{said} {secured_said}".replace(":", " ").replace("@", " ").split())


def test_a_proxy_of_another_kind_is_refused_and_nobody_is_asked_directly() -> None:
    with pytest.raises(BadOption, match="all_proxy: clew goes through proxies that are written as") as raised:
        proxies_of({"all_proxy": f"socks5h://ana:{PASSWORD}@127.0.0.1:9050"})
    assert PASSWORD not in str(raised.value)
    assert PASSWORD not in repr(Settings.of({"HTTPS_PROXY": f"http://ana:{PASSWORD}@example.org:8080"}))


def test_a_server_on_this_machine_is_asked_by_its_number_in_ipv6(tmp_path: Path) -> None:
    with site(lambda _: Reply(page(3), headers=HTML), host="::1") as found:
        assert read({"CLEW_THREADREADER": found.url}) == (3, "")


def test_the_stream_of_bluesky_comes_through_a_tunnel() -> None:
    event = {"did": "did:plc:abcdefghijklmnopqrstuvwx", "time_us": 17, "kind": "commit"}

    def tell(socket: ServerConnection) -> None:
        socket.recv()
        socket.send(json.dumps(event))
        socket.recv()

    async def first(settings: Settings) -> jetstream.Batch:
        async with aclosing(jetstream.follow([str(event["did"])], None, settings, within=0.1)) as batches:
            return await anext(batches)

    with serve(tell, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with proxy({"stream.example.test": server.socket.getsockname()[1]}) as way:
            given = {"HTTP_PROXY": way.url, "CLEW_JETSTREAM": "ws://stream.example.test"}
            batch = asyncio.run(first(Settings.of(given, limits=QUICK, keyring=False)))
        server.shutdown()
        thread.join()
    assert json.loads(batch.lines) == event
    assert way.asked == ["CONNECT stream.example.test:80 HTTP/1.1"]


def clew(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")} | more
    return subprocess.run([sys.executable, "-m", "clew", *words], env=env, capture_output=True, text=True, timeout=90)


def test_who_is_offline_is_told_so_and_no_colours_are_where_none_are_wanted(tmp_path: Path) -> None:
    """`.invalid` is a name that no name server knows."""
    lost = {"CLEW_THREADREADER": "https://reader.invalid", "CLEW_MEMENTO": "https://archive.invalid/web/"}
    done = clew("read", ADDRESS, "--quiet", NO_COLOR="1", TERM="xterm-256color", **lost)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "reader.invalid could not be reached (reader.invalid is not known)" in done.stderr
    assert "\x1b" not in done.stderr
    assert "Traceback" not in done.stderr
