"""Threads brought from a server that speaks Mastodon's API, behind a stand-in that is as stingy as the real ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fetch.conftest import QUICK
from tests.services.mastodon import Mastodon, limited, mastodon
from tests.services.site import Asked, Reply, forwarding, site

from clew.fetch import Secret, Settings
from clew.ingest import Intake
from clew.posts import Item, Notice, Post
from clew.threads import PostEntry, Thread, weave

TOKEN = "a-token-that-nobody-may-see"


@pytest.fixture(scope="module")
def server() -> Iterator[Mastodon]:
    with mastodon() as found:
        yield found


@pytest.fixture
def settings() -> Settings:
    return Settings.of({}, limits=QUICK, keyring=False)


@pytest.fixture
def real(server: Mastodon) -> Iterator[Callable[[Asked], Reply]]:
    with forwarding(server.url) as answer:
        yield limited(answer)


def read(address: str, settings: Settings, keep: Path | None = None) -> tuple[Intake, list[Item]]:
    intake = Intake(settings=settings, keep=keep)
    items = list(intake.items(address))
    assert not intake.unread
    return intake, items


def meant(address: str, settings: Settings) -> Thread:
    intake, items = read(address, settings)
    assert not intake.errors
    (thread,) = (thread for thread in weave(items) if intake.is_meant(thread))
    return thread


def numbers(thread: Thread) -> list[int | None]:
    return [entry.number for entry in thread.entries if isinstance(entry, PostEntry)]


def chain(server: Mastodon, length: int) -> list[str]:
    posts: list[str] = []
    for number in range(1, length + 1):
        posts.append(server.post(f"{number}/{length} Page {number}.", to=posts[-1] if posts else None))
    return posts


@pytest.mark.parametrize("at", [0, 60, 129])
def test_a_thread_beyond_the_limits_is_whole(
    server: Mastodon, real: Callable[[Asked], Reply], settings: Settings, at: int
) -> None:
    posts = chain(server, 130)
    with site(real) as found:
        thread = meant(f"{found.url}/@ana/{posts[at]}", settings)
    assert numbers(thread) == list(range(1, 131))
    assert not list(thread.gaps())


@pytest.mark.parametrize(
    "form",
    [
        "{server}/@ana/{key}",
        "{server}/@ana/{key}/embed",
        "{server}/web/@ana/{key}",
        "{server}/deck/@ana/{key}?utm_source=share",
        "{server}/web/statuses/{key}",
        "{server}/users/ana/statuses/{key}",
        "<{server}/@ana/{key}>.",
    ],
)
def test_a_thread_is_read_from_every_form_of_its_address(
    server: Mastodon, real: Callable[[Asked], Reply], settings: Settings, form: str
) -> None:
    posts = chain(server, 3)
    with site(real) as found:
        assert numbers(meant(form.format(server=found.url, key=posts[1]), settings)) == [1, 2, 3]


@pytest.mark.parametrize("at", [0, 1, 3, 4])
def test_posts_below_a_deleted_one_are_found(
    server: Mastodon, real: Callable[[Asked], Reply], settings: Settings, at: int
) -> None:
    posts = chain(server, 5)
    server.delete(posts[2])
    with site(real) as found:
        thread = meant(f"{found.url}/@ana/{posts[at]}", settings)
    assert numbers(thread) == [1, 2, 4, 5]
    (gap,) = thread.gaps()
    assert (gap.certainty, gap.count, gap.numbers) == ("proven", 1, (3,))


def test_a_server_that_forgets_what_was_answered_gives_the_rest_all_the_same(
    server: Mastodon, real: Callable[[Asked], Reply], settings: Settings
) -> None:
    posts = chain(server, 5)
    server.delete(posts[2])

    def forgetful(asked: Asked) -> Reply:
        reply = real(asked)
        return replace(
            reply, body=reply.body.replace(f'"in_reply_to_id":"{posts[2]}"'.encode(), b'"in_reply_to_id":null')
        )

    with site(forgetful) as found:
        thread = meant(f"{found.url}/@ana/{posts[4]}", settings)
    assert numbers(thread) == [1, 2, 4, 5]
    assert len(list(thread.gaps())) == 1


def test_edits_warnings_and_posts_for_followers(
    server: Mastodon, real: Callable[[Asked], Reply], settings: Settings
) -> None:
    first = server.post("1/ The old words.")
    second = server.post("2/ Behind a warning.", to=first, spoiler_text="Flood")
    server.post("A word for followers.", to=first, visibility="private")
    server.edit(first, "1/ The new words.")
    with site(real) as found:
        intake, items = read(f"{found.url}/@ana/{first}", settings)
    (thread,) = (thread for thread in weave(items) if intake.is_meant(thread))
    old, new = thread.posts()
    assert (old.text, [version.text for version in old.versions]) == ("1/ The new words.", ["1/ The old words."])
    assert (new.id.endswith(second), new.warning) == (True, "Flood")
    assert "A word for followers." not in {item.text for item in items if isinstance(item, Post)}
    assert any(isinstance(item, Notice) and item.kind == "left-out" for item in items)


def test_a_server_that_wants_a_token_is_named_and_the_token_stays_out_of_all_that_is_kept(
    server: Mastodon,
    real: Callable[[Asked], Reply],
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    posts = chain(server, 3)

    def shy(asked: Asked) -> Reply:
        if asked.headers.get("Authorization") == f"Bearer {TOKEN}":
            return real(replace(asked, headers={}))
        return Reply(b'{"error":"Unauthorized: token not supplied"}', 401)

    keep = tmp_path / "kept.warc"
    caplog.set_level(0)
    with site(shy) as found:
        address = f"{found.url}/@ana/{posts[0]}"
        intake, _ = read(address, settings)
        host = found.url.removeprefix("http://")
        assert f"CLEW_TOKENS={host}=..." in str(intake.errors[0])
        signed_in = replace(settings, tokens={host: Secret(TOKEN)})
        intake, items = read(address, signed_in, keep)
    assert len([item for item in items if isinstance(item, Post)]) >= 3
    assert TOKEN not in repr(intake)
    assert TOKEN not in caplog.text
    assert TOKEN.encode() not in unpacked(keep)
    assert b"uthorization" not in unpacked(keep)


def test_a_token_that_is_sent_back_is_not_kept(settings: Settings, tmp_path: Path) -> None:
    keep = tmp_path / "kept.warc.gz"
    with site(lambda asked: Reply(json.dumps(dict(asked.headers)).encode())) as found:
        host = found.url.removeprefix("http://")
        intake, _ = read(f"{found.url}/@ana/1", replace(settings, tokens={host: Secret(TOKEN)}), keep)
    assert "repeats the token" in str(intake.errors[0])
    assert TOKEN.encode() not in unpacked(keep)


def test_a_token_does_not_go_along_to_another_server(settings: Settings) -> None:
    with site(lambda _: Reply(b"{}")) as other:
        moved = {"Location": f"{other.url}/api/v1/statuses/1"}
        with site(lambda _: Reply(status=302, headers=moved)) as found:
            host = found.url.removeprefix("http://")
            local = frozenset({other.url.removeprefix("http://")})
            read(f"{found.url}/@ana/1", replace(settings, local=local, tokens={host: Secret(TOKEN)}))
            assert found.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert other.asked
    assert all("authorization" not in map(str.lower, one.headers) for one in other.asked)


def test_the_server_that_holds_the_thread_is_asked_where_another_one_shows_it(
    server: Mastodon, real: Callable[[Asked], Reply], settings: Settings
) -> None:
    posts = chain(server, 4)
    with site(real) as home:
        host = home.url.removeprefix("http://")

        def elsewhere(asked: Asked) -> Reply:
            if asked.path != "/api/v1/statuses/77":
                return Reply(b'{"ancestors":[],"descendants":[]}')
            status = json.loads(real(replace(asked, path=f"/api/v1/statuses/{posts[1]}")).body)
            status |= {"id": "77", "url": f"{home.url}/@ana/{posts[1]}"}
            status["account"]["acct"] = f"ana@{host}"
            return Reply(json.dumps(status).encode())

        with site(elsewhere) as viewer:
            thread = meant(f"{viewer.url}/@ana@{host}/77", replace(settings, local=frozenset({host})))
    assert numbers(thread) == [1, 2, 3, 4]


def test_the_copy_is_taken_where_the_home_of_a_thread_does_not_answer(
    server: Mastodon, real: Callable[[Asked], Reply], settings: Settings
) -> None:
    posts = chain(server, 3)

    def elsewhere(asked: Asked) -> Reply:
        reply = real(asked)
        return replace(
            reply,
            body=reply.body.replace(b'"acct":"ana"', b'"acct":"ana@home.invalid"').replace(
                b'"url":"http://localhost', b'"url":"http://home.invalid'
            ),
        )

    with site(elsewhere) as viewer:
        intake, items = read(f"{viewer.url}/@ana@home.invalid/{posts[1]}", settings)
    (thread,) = (thread for thread in weave(items) if intake.is_meant(thread))
    assert numbers(thread) == [1, 2, 3]
    assert {tried.route for tried in intake.brought[0].tried if tried.helped} == {"post", "copy"}


def test_replies_that_a_server_is_still_bringing_are_waited_for(
    server: Mastodon, real: Callable[[Asked], Reply], settings: Settings
) -> None:
    posts = chain(server, 3)
    polls: list[str] = []

    def bringing(asked: Asked) -> Reply:
        if asked.path.startswith("/api/v1_alpha/async_refreshes/"):
            polls.append(asked.path)
            state = "finished" if len(polls) > 1 else "running"
            return Reply(json.dumps({"async_refresh": {"id": "x", "status": state, "result_count": 1}}).encode())
        reply = real(asked)
        if "/context" not in asked.path or polls:
            return reply
        waits = {**reply.headers, "Mastodon-Async-Refresh": 'id="abc=", retry=1, result_count=0'}
        return Reply(b'{"ancestors":[],"descendants":[]}', headers=waits)

    with site(bringing) as found:
        thread = meant(f"{found.url}/@ana/{posts[0]}", settings)
    assert numbers(thread) == [1, 2, 3]
    assert len(polls) == 2


def test_words_for_ids_and_a_server_that_knows_no_histories(settings: Settings) -> None:
    words = ["01JD0000000000000000000001", "01JD0000000000000000000002", "01JD0000000000000000000003"]

    def status(at: int) -> dict[str, object]:
        home = "https://town.example"
        return {
            "id": words[at],
            "created_at": f"2026-03-04T09:0{at}:00.813Z",
            "in_reply_to_id": words[at - 1] if at else None,
            "in_reply_to_account_id": "01JD000000000000000000000A" if at else None,
            "visibility": "public",
            "uri": f"{home}/users/ana/statuses/{words[at]}",
            "url": f"{home}/@ana/statuses/{words[at]}",
            "replies_count": 1 if at < 2 else 0,
            "edited_at": "2026-03-04T10:00:00.000Z" if at == 1 else None,
            "content": f'<p>{at + 1}/3 <a href="{home}/tags/flood" class="mention hashtag">#<span>flood</span></a></p>',
            "account": {"id": "01JD000000000000000000000A", "username": "ana", "acct": "ana", "url": f"{home}/@ana"},
            "media_attachments": [],
            "mentions": [],
        }

    def town(asked: Asked) -> Reply:
        own = asked.path.split("/")[4].partition("?")[0]
        if asked.path.endswith("/context") and own in words:
            at = words.index(own)
            given = {
                "ancestors": [status(one) for one in range(at)],
                "descendants": [status(one) for one in range(at + 1, 3)],
            }
            return Reply(json.dumps(given).encode())
        if asked.path == f"/api/v1/statuses/{own}" and own in words:
            return Reply(json.dumps(status(words.index(own))).encode())
        return Reply(b'{"error":"Unauthorized: token not supplied"}', 401)

    with site(town) as found:
        thread = meant(f"{found.url}/@ana/statuses/{words[1]}", settings)
    assert numbers(thread) == [1, 2, 3]
    assert thread.id == f"mastodon:https://town.example/users/ana/statuses/{words[0]}"


def test_a_post_of_a_server_without_the_api_is_read_as_it_is_given_to_other_servers(settings: Settings) -> None:
    def misskey(asked: Asked) -> Reply:
        if asked.path != "/notes/9abc" or "activity+json" not in asked.headers.get("Accept", ""):
            return Reply(b"<!doctype html><p>none", 404, {"Content-Type": "text/html"})
        note = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": "https://key.example/notes/9abc",
            "type": "Note",
            "attributedTo": "https://key.example/users/9a",
            "content": "<p>1/ A note.</p>",
            "published": "2026-03-04T09:00:00.000Z",
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": [],
            "inReplyTo": None,
        }
        return Reply(json.dumps(note).encode(), headers={"Content-Type": "application/activity+json"})

    with site(misskey) as found:
        thread = meant(f"{found.url}/notes/9abc", settings)
    assert [post.text for post in thread.posts()] == ["1/ A note."]


def unpacked(path: Path) -> bytes:
    """Return all that a WARC holds, records and bodies."""
    import gzip

    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

    held = gzip.decompress(path.read_bytes())
    with path.open("rb") as stream:
        return held + b"".join(record.content_stream().read() for record in ArchiveIterator(stream))


@pytest.mark.parametrize("order", ["depth first", "by level", "backwards"])
def test_the_order_of_what_a_server_gives_does_not_matter(
    server: Mastodon, real: Callable[[Asked], Reply], settings: Settings, order: str
) -> None:
    posts = chain(server, 5)
    aside = server.post("An aside.", to=posts[1])
    server.post("And on.", to=aside)
    server.post("A question.", by="bob", to=posts[2])

    def ordered(asked: Asked) -> Reply:
        reply = real(asked)
        if "/context" not in asked.path or reply.status != 200:
            return reply
        context = json.loads(reply.body)
        below = {one["id"]: one for one in context["descendants"]}
        parents = {own: one["in_reply_to_id"] for own, one in below.items()}

        def path(own: str) -> list[str]:
            return [*(path(parents[own]) if parents[own] in parents else []), own]

        keys = {"depth first": path, "by level": lambda own: [len(path(own)), own]}
        found = sorted(below, key=keys.get(order, path), reverse=order == "backwards")
        context["descendants"] = [below[own] for own in found]
        return replace(reply, body=json.dumps(context).encode())

    with site(ordered) as found:
        thread = meant(f"{found.url}/@ana/{posts[0]}", settings)
    assert numbers(thread) == [1, 2, 3, 4, 5]
    assert [
        [entry.post.text for entry in branch.entries if isinstance(entry, PostEntry)] for branch in thread.branches
    ] == [["An aside.", "And on."]]


def test_dates_and_markup_of_other_servers_mean_the_same(
    server: Mastodon, real: Callable[[Asked], Reply], settings: Settings
) -> None:
    posts = chain(server, 2)

    def other(asked: Asked) -> Reply:
        reply = real(asked)
        body = re.sub(rb'"created_at":\s*"([^"]+?)(\.\d+)?\+00:00"', rb'"created_at":"\1.813Z"', reply.body)
        body = re.sub(rb'"(?:language|quote|edited_at|card|poll)":\s*null,?', b"", body)
        return replace(reply, body=body.replace(b"Page 1.", b'<span class=\\"h-card\\">Page 1.</span>'))

    with site(other) as found, site(real) as plain:
        one = meant(f"{found.url}/@ana/{posts[0]}", settings)
        same = meant(f"{plain.url}/@ana/{posts[0]}", settings)
    assert [post.text for post in one.posts()] == [post.text for post in same.posts()]
    assert [str(post.time)[:19] for post in one.posts()] == [str(post.time)[:19] for post in same.posts()]
