"""Adding and refreshing through pages, and what is refused."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from clew.errors import BadOption
from clew.web.app import Settings
from clew.web.works import checked_address, file_name
from tests.services.site import Reply, site
from tests.web.asking import Answer, Asked
from tests.web.conftest import Served
from tests.web.world import THREAD, build, line, write

OWN = {"sec_fetch_site": "same-origin"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """Asks a server whose archive may be changed."""
    with Served(Settings(archive=build(tmp_path_factory.mktemp("changing") / "port", long=3))) as served:
        yield Asked(served.url)


def form(fields: dict[str, str], files: dict[str, bytes]) -> tuple[bytes, str]:
    """Return a form as browsers send it, and its media type."""
    border = uuid.uuid4().hex
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, content in files.items():
        head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{border}--\r\n".encode(), f"multipart/form-data; boundary={border}"


def add(asked: Asked, fields: dict[str, str], files: dict[str, bytes], **headers: str) -> Answer:
    """Send the form of the page Add."""
    body, media = form(fields, files)
    return asked("/add", method="POST", body=body, content_type=media, **(headers or OWN))


def over(asked: Asked, job: str) -> Answer:
    """Return the page of a job that is over."""
    for _ in range(100):
        answer = asked(job)
        if b"data-events" not in answer.body:
            return answer
        time.sleep(0.1)
    raise AssertionError("the job did not end within ten seconds")


def test_a_file_is_added_and_its_thread_can_be_read(own: Asked, tmp_path: Path) -> None:
    lines = [line(31, "1/2 A new thread."), line(32, "2/2 It ends here.", to=31)]
    content = write(tmp_path / "new.jsonl", lines).read_bytes()
    answer = add(own, {"address": ""}, {"new.jsonl": content})
    assert answer.status == 303
    page = over(own, answer.headers["location"]).page
    assert [node.text(deep=True) for node in page.css(".news .good")] == ["new.jsonl: 2 new posts"]
    link = page.css_first(".news a[href^='/thread/']")
    assert link is not None
    assert "It ends here." in own(link.attributes["href"] or "").text


def test_problems_of_a_file_are_listed_where_it_was_added(own: Asked) -> None:
    lines = [json.dumps(line(41, "Good.")), '{"schema": "clew/post/1", "platform": "x", "id": "5"}']
    answer = add(own, {}, {"half.jsonl": "\n".join(lines).encode()})
    page = over(own, answer.headers["location"]).page
    (problem,) = [node.text(deep=True) for node in page.css(".news .bad")]
    assert "half.jsonl, line 2" in problem


def test_a_file_in_no_known_format_says_so(own: Asked) -> None:
    answer = add(own, {}, {"noise.bin": b"\0\1\2" * 50})
    text = over(own, answer.headers["location"]).text
    assert "noise.bin" in text
    assert "This did not work." in text
    assert "/tmp" not in text


def test_events_of_a_job_are_told_to_their_end(own: Asked, tmp_path: Path) -> None:
    content = write(tmp_path / "other.jsonl", [line(51, "One more.")]).read_bytes()
    answer = add(own, {}, {"other.jsonl": content})
    events = own(f"{answer.headers['location']}/events").text
    assert '"says": "other.jsonl: 1 new post"' in events
    assert events.rstrip().splitlines()[-2] == "event: over"


def test_a_refresh_tells_what_it_tries(own: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    with site(lambda _: Reply(status=404)) as nothing:
        for name in ("CLEW_MEMENTO", "CLEW_THREADREADER", "CLEW_X"):
            monkeypatch.setenv(name, f"{nothing.url}/")
        answer = own(f"/refresh/{THREAD}", method="POST", **OWN)
        assert answer.status == 303
        page = over(own, answer.headers["location"]).page
    news = [node.text(deep=True) for node in page.css(".news li")]
    assert news[0] == "2 holes in this thread"
    assert "2 holes still open" in news
    tried = own(f"/thread/{THREAD}").page.css("#gap-1 .tried li")
    assert any("thread reader" in node.text(deep=True).lower() for node in tried)


@pytest.mark.parametrize(
    "address",
    [
        "/etc/passwd",
        "file:///etc/passwd",
        "-",
        "",
        "clew.sqlite",
        "http://127.0.0.1:22/",
        "http://169.254.169.254/latest/meta-data/",
        "https://example.org/",
        "gopher://127.0.0.1/",
    ],
)
def test_nothing_but_addresses_of_posts_is_asked_for(own: Asked, address: str) -> None:
    answer = add(own, {"address": address}, {})
    assert answer.status == 422
    with pytest.raises(BadOption):
        checked_address(address)


@pytest.mark.parametrize("host", ["127.0.0.1:9", "localhost:9", "[::1]:9", "169.254.169.254", "10.0.0.1"])
def test_a_server_in_a_private_network_is_not_asked(own: Asked, host: str) -> None:
    answer = add(own, {"address": f"http://{host}/@ana/1234"}, {})
    assert answer.status == 303
    text = over(own, answer.headers["location"]).text
    assert "This did not work." in text
    assert "private network" in text


@pytest.mark.parametrize("path", ["/add", f"/refresh/{THREAD}"])
@pytest.mark.parametrize(
    "headers",
    [{"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"origin": "https://evil.example"}, {"x": "1"}],
)
def test_no_other_site_can_change_anything(own: Asked, path: str, headers: dict[str, str]) -> None:
    body, media = form({"address": "https://x.com/ana/status/1"}, {})
    assert own(path, method="POST", body=body, content_type=media, **headers).status == 403


def test_who_may_read_alone_can_change_nothing(tmp_path: Path) -> None:
    with Served(Settings(archive=build(tmp_path / "port", long=3), read_only=True)) as served:
        asked = Asked(served.url)
        assert asked("/add").status == 403
        assert add(asked, {}, {"x": b""}).status == 403
        assert asked(f"/refresh/{THREAD}", method="POST", **OWN).status == 403
        assert "Refresh" not in asked(f"/thread/{THREAD}").text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\tweets.js", "tweets.js"),
        ("..", "file"),
        (".", "file"),
        ("", "file"),
        (None, "file"),
        ("a\0b\n.json", "a_b_.json"),
        ("港口.json", "港口.json"),
    ],
)
def test_names_of_files_lead_nowhere(given: str | None, kept: str) -> None:
    assert file_name(given) == kept
    assert len(file_name("x" * 999 + ".json").encode()) <= 180
