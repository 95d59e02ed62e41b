"""Saved web traffic is read like a folder of its responses, from every kind of file that holds it."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import io
import json
import random
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard

from clew.errors import ClewError, DamagedFile
from clew.exports import Export, _encodings, _har, opened
from clew.posts import Item, Notice, Post
from clew.sources import identify

ONE = "1400000000000000001"
TWO = "1400000000000000002"
THREE = "1400000000000000003"
SITE = "https://x.com/i/api/graphql/Q"


def tweet(own_id: str, text: str, parent: str | None = None) -> dict[str, Any]:
    legacy = {"full_text": text, "conversation_id_str": ONE, "id_str": own_id, "user_id_str": "1234"}
    if parent:
        legacy["in_reply_to_status_id_str"] = parent
    user = {"rest_id": "1234", "core": {"screen_name": "ana", "name": "Ana"}}
    return {"__typename": "Tweet", "rest_id": own_id, "core": {"user_results": {"result": user}}, "legacy": legacy}


def entry(result: dict[str, Any]) -> dict[str, Any]:
    return {"entryId": f"tweet-{result['rest_id']}", "content": {"itemContent": {"tweet_results": {"result": result}}}}


def cursor(value: str) -> dict[str, Any]:
    return {"entryId": "cursor-bottom-1", "content": {"itemContent": {"cursorType": "Bottom", "value": value}}}


def detail(*entries: dict[str, Any], ended: bool = False) -> bytes:
    instructions: list[dict[str, Any]] = [{"type": "TimelineAddEntries", "entries": entries}]
    if ended:
        instructions.append({"type": "TimelineTerminateTimeline", "direction": "Bottom"})
    view = {"threaded_conversation_with_injections_v2": {"instructions": instructions}}
    return json.dumps({"data": view}, ensure_ascii=False).encode()


def asked(cursor: str | None = None) -> str:
    variables = json.dumps({"focalTweetId": ONE, **({"cursor": cursor} if cursor else {})})
    return f"{SITE}/TweetDetail?variables={variables.replace(' ', '%20').replace(chr(34), '%22')}"


FIRST = detail(
    entry(tweet(ONE, "1/ A thread 🧵 {[")), entry(tweet(TWO, '2/ with \\ and "quotes"', ONE)), cursor("PAGE2")
)
SECOND = detail(entry(tweet(THREE, "3/ конец", TWO)), ended=True)
EXCHANGES = [(f"{SITE}/style.css?token=secret", b"a{}"), (asked(), FIRST), (asked("PAGE2"), SECOND)]


def har(exchanges: list[tuple[str, bytes]] = EXCHANGES, *, indent: int | None = None) -> bytes:
    entries = [
        {"request": {"method": "GET", "url": url}, "response": {"status": 200, "content": {"text": body.decode()}}}
        for url, body in exchanges
    ]
    pages = [{"title": '"entries": [{}', "id": "page_1", "entries": "no"}]
    log = {"version": "1.2", "creator": {"name": "made by hand"}, "pages": pages, "entries": entries}
    return json.dumps({"log": log}, indent=indent).encode()


def record(kind: str, url: str, block: bytes) -> bytes:
    """Return one WARC record."""
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
    more = f"WARC-Record-ID: <urn:uuid:{len(block):036}>\r\nContent-Length: {len(block)}\r\n\r\n"
    return (head + more).encode() + block + b"\r\n\r\n"


def warc(exchanges: list[tuple[str, bytes]] = EXCHANGES, *, packed: bool = True, header: str = "X: y") -> bytes:
    records = [record("warcinfo", "urn:x:info", b"software: by hand\r\n")]
    for url, body in exchanges:
        records.append(record("request", url, b"GET / HTTP/1.1\r\nCookie: secret\r\n\r\n"))
        records.append(record("response", url, f"HTTP/1.1 200 OK\r\n{header}\r\n\r\n".encode() + body))
    return b"".join(gzip.compress(one) if packed else one for one in records)


def wacz(name: str = "archive/data.warc.gz") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("datapackage.json", '{"profile": "data-package"}')
        package.writestr(name, warc(), compress_type=zipfile.ZIP_STORED)
    return out.getvalue()


def cassette(exchanges: list[tuple[str, bytes]] = EXCHANGES) -> bytes:
    """Return a cassette as vcrpy writes it; a JSON string is a YAML scalar."""
    lines = ["interactions:"]
    for url, body in exchanges:
        lines += ["- request:", "    body: null", f"    uri: {json.dumps(url)}", "  response:", "    body:"]
        lines += [f"      string: {json.dumps(body.decode(), ensure_ascii=False)}", "    status: {code: 200}"]
    return "\n".join([*lines, "version: 1", ""]).encode()


def json_cassette(exchanges: list[tuple[str, bytes]] = EXCHANGES) -> bytes:
    """Return a cassette as betamax writes it."""
    return json.dumps(
        {
            "http_interactions": [
                {
                    "request": {"uri": url, "method": "GET"},
                    "response": {
                        "body": {"base64_string": base64.b64encode(gzip.compress(body)).decode(), "encoding": "utf-8"},
                        "headers": {"Content-Encoding": ["gzip"]},
                    },
                }
                for url, body in exchanges
            ],
            "recorded_with": "by hand",
        }
    ).encode()


def parts(export: Export) -> Iterator[Item]:
    """Yield what the sources find, part by part, as the command line does."""
    source = identify(export)
    if source is not None:
        yield from source.read(export)
    elif export.single is None or "/" in export.single:
        for part in export.parts():
            yield from parts(part)


def read(path: Path) -> list[Item]:
    with opened(str(path)) as export:
        return list(parts(export))


def read_into(items: list[Item], path: Path) -> None:
    with opened(str(path)) as export:
        items.extend(parts(export))


def texts(items: list[Item]) -> list[str]:
    return [item.text for item in items if isinstance(item, Post)]


THREAD = ["1/ A thread 🧵 {[", '2/ with \\ and "quotes"', "3/ конец"]

KINDS = {
    "one.har": har(),
    "pretty.har": har(indent=2),
    "with-mark.har": b"\xef\xbb\xbf" + har(),
    "packed.har.gz": gzip.compress(har()),
    "har-by-another-name.json": har(),
    "each-record-packed.warc.gz": warc(),
    "plain.warc": warc(packed=False),
    "packed-as-a-whole.warc.gz": gzip.compress(warc(packed=False)),
    "crawl.wacz": wacz(),
    "vcrpy.yaml": cassette(),
    "ruby-and-r.yml": b"---\n" + cassette().replace(b"interactions:", b"http_interactions:"),
    "betamax.json": json_cassette(),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_saved_traffic_gives_the_thread(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(KINDS[name])
    assert texts(read(tmp_path / name)) == THREAD


@pytest.mark.parametrize("name", [name for name in KINDS if not name.endswith(".json")])
def test_traffic_in_folders_and_zips_stands_open_too(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / name).write_bytes(KINDS[name])
    (tmp_path / "folder" / "settings.yaml").write_text("interactions:\n- none\n")
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as package:
        package.write(tmp_path / "folder" / "deep" / name, f"deep/{name}")
    assert texts(read(tmp_path / "folder")) == THREAD
    assert texts(read(tmp_path / "all.zip")) == THREAD


def test_members_are_named_after_their_exchange_without_the_query(tmp_path: Path) -> None:
    (tmp_path / "one.har").write_bytes(har())
    with opened(str(tmp_path / "one.har")) as export:
        assert export.members == (
            "000001-x.com_i_api_graphql_Q_style.css",
            "000002-x.com_i_api_graphql_Q_TweetDetail",
            "000003-x.com_i_api_graphql_Q_TweetDetail",
        )
        assert export.address(export.members[2]) == asked("PAGE2")
        assert list(export.addresses()) == [url for url, _ in EXCHANGES]


def test_the_capture_is_the_file_of_the_traffic_and_the_place_leads_into_the_response(tmp_path: Path) -> None:
    (tmp_path / "one.har").write_bytes(har())
    post = next(item for item in read(tmp_path / "one.har") if isinstance(item, Post))
    assert post.origin is not None
    assert post.origin.capture == "sha256:" + hashlib.sha256(har()).hexdigest()
    assert post.origin.file == "000002-x.com_i_api_graphql_Q_TweetDetail"
    assert post.origin.place.startswith("$.data.threaded_conversation")


def test_a_cursor_that_another_exchange_followed_is_no_cut(tmp_path: Path) -> None:
    (tmp_path / "both.har").write_bytes(har())
    (tmp_path / "first.har").write_bytes(har(EXCHANGES[:2]))
    kinds = {
        name: [item.kind for item in read(tmp_path / name) if isinstance(item, Notice)]
        for name in ("both.har", "first.har")
    }
    assert kinds == {"both.har": ["end"], "first.har": ["cut"]}


PACKED = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "gzip, br": lambda body: brotli.compress(gzip.compress(body)),
}


@pytest.mark.parametrize("encoding", PACKED)
def test_bodies_are_unpacked_as_their_header_says(encoding: str, tmp_path: Path) -> None:
    exchanges = [(url, PACKED[encoding](body)) for url, body in EXCHANGES]
    (tmp_path / "a.warc.gz").write_bytes(warc(exchanges, header=f"Content-Encoding: {encoding}"))
    assert texts(read(tmp_path / "a.warc.gz")) == THREAD


@pytest.mark.parametrize("encoding", PACKED)
def test_bodies_that_were_unpacked_before_they_were_saved_stay_as_they_are(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(warc(header=f"Content-Encoding: {encoding}"))
    assert texts(read(tmp_path / "a.warc.gz")) == THREAD


def test_chunks_are_put_together(tmp_path: Path) -> None:
    exchanges = [
        (url, b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in (body[:7], body[7:])) + b"0\r\n\r\n")
        for url, body in EXCHANGES
    ]
    (tmp_path / "a.warc").write_bytes(warc(exchanges, packed=False, header="Transfer-Encoding: chunked"))
    assert texts(read(tmp_path / "a.warc")) == THREAD


@pytest.mark.parametrize("size", [1, 7, 64])
def test_exchanges_are_found_wherever_the_reading_window_ends(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_har, "_CHUNK", size)
    (tmp_path / "one.har").write_bytes(har())
    assert texts(read(tmp_path / "one.har")) == THREAD


def test_a_body_in_base64_is_decoded(tmp_path: Path) -> None:
    content = {"text": base64.b64encode(FIRST).decode(), "encoding": "base64"}
    log = {"version": "1.2", "entries": [{"request": {"url": asked()}, "response": {"content": content}}]}
    (tmp_path / "one.har").write_text(json.dumps({"log": log}))
    assert texts(read(tmp_path / "one.har")) == THREAD[:2]


def test_a_binary_body_of_a_cassette_is_decoded_and_anchors_are_followed(tmp_path: Path) -> None:
    packed = base64.b64encode(gzip.compress(FIRST)).decode()
    (tmp_path / "one.yaml").write_text(
        f"interactions:\n- request: &asked {{uri: {json.dumps(asked())}}}\n  response:\n    body:\n"
        f"      string: !!binary |\n        {packed}\n    headers:\n      content-encoding: [gzip]\n"
        "- request: *asked\n  response: {body: {string: null}}\n"
    )
    with opened(str(tmp_path / "one.yaml")) as export:
        assert [export.address(member) for member in export.members] == [asked(), asked()]
        assert export.head(export.members[1]) == b""
        assert texts(list(parts(export))) == THREAD[:2]


def test_an_imported_file_in_a_warc_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(record("resource", "urn:x:tweets", FIRST)))
    assert texts(read(tmp_path / "a.warc.gz")) == THREAD[:2]


@pytest.mark.parametrize("name", ["one.har", "plain.warc", "each-record-packed.warc.gz", "vcrpy.yaml"])
def test_of_traffic_that_breaks_off_what_stands_before_is_given_and_then_the_damage(name: str, tmp_path: Path) -> None:
    given: list[Item] = []
    cut = 150 if name.endswith(".gz") else len(SECOND) // 4
    (tmp_path / name).write_bytes(KINDS[name][:-cut])
    with pytest.raises(DamagedFile, match="cut short"):
        read_into(given, tmp_path / name)
    assert texts(given)[:2] == THREAD[:2]


@pytest.mark.parametrize("content", [har([]), b'{"log": {"version": "1.2", "entries": '], ids=["none", "cut"])
def test_traffic_without_an_exchange_is_a_file_that_nobody_knows(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "empty.har").write_bytes(content)
    with contextlib.suppress(DamagedFile), opened(str(tmp_path / "empty.har")) as export:
        assert export.members == ("empty.har",)
        assert identify(export) is None


def test_a_body_that_needs_a_library_is_told_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(_encodings, "import_module", missing)
    (tmp_path / "a.warc.gz").write_bytes(
        warc([(url, brotli.compress(body)) for url, body in EXCHANGES], header="Content-Encoding: br")
    )
    with pytest.raises(DamagedFile, match="pip install brotli"):
        read(tmp_path / "a.warc.gz")


@pytest.mark.parametrize("name", KINDS)
def test_damage_raises_nothing_but_our_own_errors(name: str, tmp_path: Path) -> None:
    chance = random.Random(name)
    for _ in range(30):
        damaged = bytearray(KINDS[name])
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (tmp_path / name).write_bytes(damaged[: chance.choice([None, chance.randrange(len(damaged))])])
        with contextlib.suppress(ClewError):
            read(tmp_path / name)
