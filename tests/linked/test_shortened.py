"""Links that a page shows only shortened stand in full in the thread once the post itself was fetched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clew.cli import main
from clew.posts import Link
from tests.archive.worlds import made, post, write
from tests.services.memento import Page
from tests.services.memento import archive as web_archive
from tests.services.site import Asked, Reply, Site, site
from tests.services.x import TOKEN, X, x_api

Run = Callable[..., tuple[int, str, str]]

FULL = "https://example.org/asia_pacific/harmony-of-the-port/2021/06/01/"
SHORT = "example.org/asia_pac…"
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def server() -> Iterator[X]:
    with x_api() as found:
        yield found


@pytest.fixture
def empty() -> Iterator[Site]:
    """Give a server that has nothing."""
    with site(lambda _: Reply(b"", 404, HTML)) as found:
        yield found


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], empty: Site) -> Run:
    """Return what runs a command on an empty archive, to which no server but those of a test is known."""
    made(tmp_path / "held").close()
    monkeypatch.setenv("CLEW_ARCHIVE", str(tmp_path / "held"))
    for name in ("THREADREADER", "X", "MEMENTO"):
        monkeypatch.setenv(f"CLEW_{name}", f"{empty.url}/")
    monkeypatch.delenv("CLEW_X_TOKEN", raising=False)

    def ran(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            main(words)
        out, err = capfd.readouterr()
        return int(done.value.code or 0), out, err

    return ran


def links(run: Run) -> list[dict[str, Any]]:
    """Return the links of all entries of the threads that are held."""
    names = [json.loads(line)["id"] for line in run("list", "--to", "jsonl")[1].splitlines()]
    threads = [json.loads(run("show", name, "--to", "jsonl")[1]) for name in names]
    return [link for thread in threads for entry in thread["entries"] for link in entry.get("links", ())]


def test_a_page_without_ids_and_the_thread_by_its_address_are_one_with_its_links_in_full(
    run: Run, server: X, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.txt"
    page.write_text(
        f"THREAD\nWhat the harbour newspaper found out about the port of the north: {SHORT}\n"
        "2/ In this piece they describe how the bridge was closed for a whole night and nobody was told.\n"
        "3/ The company has tripled the guard of the harbour since the spring of that year.\n"
        "• • •\nMissing some Tweet in this thread? You can try to\nforce a refresh\n",
        encoding="utf-8",
    )
    assert run("add", str(page))[0] == 0
    assert [(one["shown"], one["url"], one["cut"]) for one in links(run)] == [(SHORT, None, True)]
    server.links["https://t.co/a"] = FULL
    server.has_archive = True
    first = server.post(
        "THREAD\nWhat the harbour newspaper found out about the port of the north: https://t.co/a", ago=900
    )
    second = server.post(
        "2/ In this piece they describe how the bridge was closed for a whole night and nobody was told.", to=first
    )
    server.post("3/ The company has tripled the guard of the harbour since the spring of that year.", to=second)
    monkeypatch.setenv("CLEW_X", server.url)
    monkeypatch.setenv("CLEW_X_TOKEN", TOKEN)
    code, _, err = run("add", f"https://x.com/ana/status/{second}", "--budget", "1")
    assert code == 0, err
    assert [(one["url"], one["cut"]) for one in links(run)] == [(FULL, False)]
    assert len(run("list", "--to", "jsonl")[1].splitlines()) == 1


def held_short(tmp_path: Path) -> str:
    """Keep a post whose link is known only shortened; returns its id."""
    text = f"1/ The report: {SHORT} says it."
    at = text.index(SHORT)
    one = post(1, text, links=(Link(start=at, end=at + len(SHORT), shown=SHORT, url=None, cut=True),))
    write(tmp_path / "a.jsonl", [one])
    return one.id


def stored(own: str) -> dict[str, Any]:
    text = "1/ The report: https://t.co/a says it."
    at = text.index("https")
    entity = {"start": at, "end": at + 14, "url": "https://t.co/a", "expanded_url": FULL, "display_url": SHORT}
    return {
        "id": own,
        "text": text,
        "author_id": "1234",
        "conversation_id": own,
        "created_at": "2021-06-02T08:33:32.000Z",
        "edit_history_tweet_ids": [own],
        "entities": {"urls": [entity]},
    }


USERS = {"users": [{"id": "1234", "name": "Ana", "username": "ana"}]}


def test_what_is_cut_is_asked_for_with_sources_by_the_api(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = held_short(tmp_path)

    def answer(asked: Asked) -> Reply:
        return Reply(json.dumps({"data": [stored(own)], "includes": USERS}).encode())

    with site(answer) as api:
        monkeypatch.setenv("CLEW_X", api.url)
        monkeypatch.setenv("CLEW_X_TOKEN", TOKEN)
        code, _, err = run("add", str(tmp_path / "a.jsonl"), "--sources", "--budget", "1")
    assert code == 0
    assert f"x:{own}: known in full now" in err
    assert [(one["url"], one["cut"]) for one in links(run)] == [(FULL, False)]
    assert run("verify", "--deep")[0] == 0


def test_what_is_cut_is_looked_for_in_web_archives_where_nobody_else_knows_more(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = held_short(tmp_path)
    copy = json.dumps({"data": stored(own), "includes": USERS}).encode()
    page = (
        f'<!DOCTYPE html><link rel="canonical" href="https://threadreaderapp.com/thread/{own}.html">'
        f'<div id="tweet_1" class="content-tweet allow-preview" data-screenname="ana" data-tweet="{own}">'
        f"1/ The report: {SHORT} says it.</div>"
    ).encode()
    pages = [Page(f"https://twitter.com/ana/status/{own}", "2021-06-05T00:00:00Z", copy)]
    with web_archive(pages) as gate, site(lambda _: Reply(page, headers=HTML)) as reader:
        monkeypatch.setenv("CLEW_MEMENTO", gate)
        monkeypatch.setenv("CLEW_THREADREADER", reader.url)
        code, _, err = run("add", str(tmp_path / "a.jsonl"), "--sources")
        assert reader.asked  # its page shows the link no fuller
    assert code == 0
    assert f"x:{own}: known in full now" in err
    assert [(one["url"], one["cut"]) for one in links(run)] == [(FULL, False)]


def test_what_stays_cut_is_said_to_and_no_link_is_invented(run: Run, tmp_path: Path) -> None:
    own = held_short(tmp_path)
    code, _, err = run("add", str(tmp_path / "a.jsonl"), "--sources")
    assert code == 0
    assert f"x:{own}: still known only in its shortened form" in err
    assert [(one["url"], one["cut"]) for one in links(run)] == [(None, True)]
