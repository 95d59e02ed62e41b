"""A thread as it was known at other times: a list of them, each of them (Memento, RFC 7089), and two side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from clew.archive.holdings import known_then
from clew.posts import Post
from clew.publish.differences import Piece, differences
from clew.publish.sentences import gap_sentence
from clew.threads import PostEntry, Thread
from clew.threads.thread import Entry
from clew.web.library import digest
from clew.web.shown import Kept
from clew.web.site import Site, in_path, missing, site_of
from clew.web.thread import kept_of, values_of

__all__ = ["Version", "at", "compare", "time_gate", "time_map", "versions", "versions_of"]

MOST = 500
"""Versions that are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What was known of a thread from some capture on."""

    capture: int
    digest: str
    name: str
    kept: str
    """When it was added; UTC, to the second."""
    as_of: str | None
    posts: int
    """Posts of the thread that the capture shows."""

    @property
    def stamp(self) -> str:
        """Fourteen digits, as the path of a memento holds it."""
        return re.sub(r"\D", "", self.kept)[:14]

    @property
    def moment(self) -> datetime:
        """When it was added."""
        return datetime.fromisoformat(self.kept).replace(tzinfo=UTC, microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A place in two versions of a thread."""

    kind: str
    """same | changed | out: no longer there | in: not there before | gap"""
    post: Post | None
    before: str
    after: str
    pieces: Sequence[Piece] = ()


def versions_of(site: Site, own: Kept) -> list[Version]:
    """Return the captures that show posts of a thread, oldest first."""
    rows = site.library.connection.execute(_VERSIONS, (own.thread, own.thread, MOST))
    names = ("capture", "digest", "name", "kept", "as_of", "posts")
    return [Version(**dict(zip(names, row, strict=True))) for row in rows]


def versions(request: Request) -> Response:
    """The versions of a thread, and a choice of two."""
    site = site_of(request)
    own = kept_of(site, request.path_params["id"])
    found = versions_of(site, own)
    return site.page(request, "versions.html", own=own, found=found, base=f"/thread/{in_path(own.id)}")


def at(request: Request) -> Response:
    """A thread as it was known at a time."""
    site = site_of(request)
    own = kept_of(site, request.path_params["id"])
    found = versions_of(site, own)
    then = [one for one in found if one.stamp <= request.path_params["stamp"]]
    if not then or not re.fullmatch(r"\d{14}", request.path_params["stamp"]):
        raise missing("nothing of this thread was held at that time")
    version = then[-1]
    thread = _then(site, own, version)
    headers = _links(request, own, found) | {"Memento-Datetime": _http(version.moment)}
    mark = digest(own.record, str(version.capture))
    base = f"/at/{version.stamp}/{in_path(own.id)}"
    return site.kept_page(
        request, "thread.html", mark, lambda: values_of(site, thread, 1, base, version=version, whole=True), headers
    )


def time_gate(request: Request) -> Response:
    """Lead to the version that was known at the time that a browser asks for (`Accept-Datetime`)."""
    site = site_of(request)
    own = kept_of(site, request.path_params["id"])
    found = versions_of(site, own)
    wish = request.headers.get("accept-datetime")
    try:
        wanted = parsedate_to_datetime(wish) if wish else datetime.now(UTC)
    except ValueError:
        return Response("Accept-Datetime: is no date of HTTP\n", 400, media_type="text/plain")
    wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)
    chosen = next((one for one in reversed(found) if one.moment <= wanted), found[0])
    headers = _links(request, own, found) | {"Vary": "accept-datetime"}
    return RedirectResponse(f"/at/{chosen.stamp}/{in_path(own.id)}", 302, headers)


def time_map(request: Request) -> Response:
    """The versions of a thread as a TimeMap."""
    site = site_of(request)
    own = kept_of(site, request.path_params["id"])
    found = versions_of(site, own)
    here, name = str(request.base_url).rstrip("/"), in_path(own.id)
    links = [
        f'<{here}/thread/{name}>; rel="original"',
        f'<{here}/timegate/{name}>; rel="timegate"',
        f'<{here}/timemap/{name}>; rel="self"; type="application/link-format"',
        *(f'<{here}/at/{one.stamp}/{name}>; rel="memento"; datetime="{_http(one.moment)}"' for one in found),
    ]
    return Response(",\n".join(links) + "\n", media_type="application/link-format")


def compare(request: Request) -> Response:
    """Two versions of a thread side by side."""
    site = site_of(request)
    own = kept_of(site, request.path_params["id"])
    found = versions_of(site, own)
    one, other = (_chosen(found, request.query_params.get(name), at) for name, at in (("a", 0), ("b", -1)))
    mark = digest(own.record, str(one.capture), str(other.capture))
    return site.kept_page(request, "compare.html", mark, lambda: _compared(site, own, found, one, other))


def _chosen(found: Sequence[Version], wish: str | None, default: int) -> Version:
    if not found:
        raise missing("no capture shows posts of this thread")
    return next((one for one in found if str(one.capture) == wish), found[default])


def _compared(site: Site, own: Kept, found: Sequence[Version], one: Version, other: Version) -> dict[str, Any]:
    before, after = _then(site, own, one), _then(site, own, other)
    pairs = list(paired(before, after))
    return {
        "own": own,
        "found": found,
        "one": one,
        "other": other,
        "pairs": pairs,
        "changes": sum(pair.kind in ("changed", "in", "out") for pair in pairs),
        "title": after.title,
        "base": f"/thread/{in_path(own.id)}",
    }


def paired(before: Thread, after: Thread) -> Sequence[Pair]:
    """Return the entries of two versions in the order of the later one; what only the earlier has is among them."""
    old, new = _entries(before), _entries(after)
    had, has = {post.id: post for post in old.values() if post}, {post.id: post for post in new.values() if post}
    found: list[Pair] = []
    waiting = [post for post in had.values() if post.id not in has]
    for says, post in new.items():
        if post is None:
            found.append(Pair(kind="gap", post=None, before=says if says in old else "", after=says))
            continue
        while waiting and (waiting[0].time and post.time and waiting[0].time < post.time):
            found.append(_gone(waiting.pop(0)))
        earlier = had.get(post.id)
        if earlier is None:
            found.append(Pair(kind="in", post=post, before="", after=post.text))
        elif earlier.text == post.text:
            found.append(Pair(kind="same", post=post, before=post.text, after=post.text))
        else:
            pieces = differences(earlier.text, post.text)
            found.append(Pair(kind="changed", post=post, before=earlier.text, after=post.text, pieces=pieces))
    return [*found, *map(_gone, waiting)]


def _gone(post: Post) -> Pair:
    return Pair(kind="out", post=post, before=post.text, after="")


def _entries(thread: Thread) -> dict[str, Post | None]:
    """Return posts by their ids, and gaps by what is said of them, in reading order."""
    found: dict[str, Post | None] = {}
    lines: list[Sequence[Entry]] = [thread.entries, *(branch.entries for branch in thread.branches)]
    for entry in (entry for line in lines for entry in line):
        if isinstance(entry, PostEntry):
            found[entry.post.id] = entry.post
        else:
            found[gap_sentence(entry)] = None
    return found


def _then(site: Site, own: Kept, version: Version) -> Thread:
    threads = known_then(site.library.connection, own.id, version.capture)
    if not threads:
        raise missing("nothing of this thread was held at that time")
    return max(threads, key=lambda one: sum(1 for _ in one.posts()))


def _links(request: Request, own: Kept, found: Sequence[Version]) -> dict[str, str]:
    here, name = str(request.base_url).rstrip("/"), in_path(own.id)
    links = [
        f'<{here}/thread/{name}>; rel="original"',
        f'<{here}/timegate/{name}>; rel="timegate"',
        f'<{here}/timemap/{name}>; rel="timemap"; type="application/link-format"',
        f'<{here}/at/{found[0].stamp}/{name}>; rel="first memento"; datetime="{_http(found[0].moment)}"',
        f'<{here}/at/{found[-1].stamp}/{name}>; rel="last memento"; datetime="{_http(found[-1].moment)}"',
    ]
    return {"Link": ", ".join(links)}


def _http(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


_VERSIONS = """SELECT c.capture, c.digest, c.name, c.kept_at, c.as_of, count(DISTINCT s.post)
    FROM sightings AS s JOIN captures AS c ON c.capture = s.capture
    WHERE s.post IN (SELECT post FROM posts WHERE thread = ?
        UNION SELECT o.other FROM other_ids AS o JOIN posts AS p ON p.post = o.post WHERE p.thread = ?)
    GROUP BY c.capture ORDER BY c.capture LIMIT ?"""
