"""Pages of those who act together: the network, an account in it, and the posts behind an edge."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from clew.archive.observe import many
from clew.web.answers import answer, made
from clew.web.drawing import DRAWN_EDGES, POLICY, Act, acts, figures, picture
from clew.web.reckoned import DRAWN, Network, Together
from clew.web.reckoner import Question, Reckoned
from clew.web.site import Site, missing, site_of
from clew.web.strip import strip

if TYPE_CHECKING:
    from clew.compare.edges import Evidence
    from clew.compare.join import Pairs

__all__ = ["TRACES", "WINDOWS", "account", "answered", "edge", "network", "network_data", "network_picture", "number",
           "traces_of"]  # fmt: skip

TRACES = ("repost", "link", "domain", "tag", "tags", "reply", "quote", "text", "normal", "near", "media", "mention")
WINDOWS = (1, 10, 60, 300, 3600, 86_400)
"""Seconds that the form offers."""
PATIENCE = 2.0
"""Seconds that a page waits for its answer before it says that it is being reckoned."""
PAGE = 50
"""Rows of a table, and pairs of posts, on one page."""
SHOWN = 400
"""Code points of a post that stand beside its pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Two accounts that act together."""

    a: str
    b: str
    weight: int
    objects: int
    pairs: int
    ahead: int
    """Pairs in which `a` was first."""
    behind: int
    delay: float
    """Mean seconds between the two posts."""
    chance: tuple[tuple[str, float, float], ...]
    """For each null model: its name, the weight that it gives, q."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A post behind an edge."""

    key: str
    author: str
    text: str
    time: datetime
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two posts that did the same thing."""

    trace: str
    object: str
    delay: float
    first: Seen
    second: Seen


async def network(request: Request) -> Response:
    """Who acts together more than chance gives: communities, accounts, edges, and when."""
    question = _question(request)
    if question is None:
        values = {"asked": Together(traces=("repost", "link", "tag"), window=60, least=2), "one": None, "problem": None}
        return await run_in_threadpool(site_of(request).page, request, "network.html", **_form(values))
    held = await answered(request, question)
    return held if isinstance(held, Response) else await run_in_threadpool(_network, request, question, held)


async def account(request: Request) -> Response:
    """Why an account is in the network."""
    return await _detail(request, _account)


async def edge(request: Request) -> Response:
    """The posts behind an edge."""
    return await _detail(request, _edge_page)


async def network_data(request: Request) -> Response:
    """The network as figures, for drawing."""
    return await _detail(request, _data)


async def network_picture(request: Request) -> Response:
    """The network as a drawing."""
    return await _detail(request, _picture)


async def answered(request: Request, question: Question, *, fresh: bool = True) -> Reckoned | Response:
    """Return what was reckoned, or the page that says that it is being reckoned, or that too much is.

    Where it need not be fresh, an older answer does.
    """
    site = site_of(request)
    held = None if fresh else site.reckoner.known(question)
    if held is None:
        held = site.reckoner.ask(question, await run_in_threadpool(_mark, site))
    if held is None:
        raise HTTPException(503, "other questions are being reckoned; ask again in a while", {"Retry-After": "20"})
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while not held.done.is_set() and loop.time() < until:
        await asyncio.sleep(0.03)
    if held.done.is_set():
        return held
    headers = {"Refresh": "2", "Retry-After": "2", "Cache-Control": "no-store"}
    return await run_in_threadpool(
        site.page, request, "reckoning.html", status=202, headers=headers, seconds=held.seconds
    )


def number(text: str, otherwise: float, least: float, most: float) -> float:
    """Return a number that was given, within bounds.

    Raises:
        HTTPException: It is none.
    """
    if not text.strip():
        return otherwise
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not least <= found <= most:
        raise HTTPException(422, f"{text[:40]}: is no number between {least:g} and {most:g}")
    return found


def traces_of(request: Request) -> tuple[str, ...]:
    """Return the traces that are asked for, each once.

    Raises:
        HTTPException: There is no such trace.
    """
    found = tuple(dict.fromkeys(request.query_params.getlist("trace")[:20]))
    if unknown := [trace for trace in found if trace not in TRACES]:
        raise HTTPException(422, f"{unknown[0][:40]}: there is no such trace; there are: {', '.join(TRACES)}")
    return found


def _question(request: Request) -> Together | None:
    """Return what is asked; None where nothing is."""
    given, traces = request.query_params, traces_of(request)
    if not traces:
        return None
    return Together(
        traces=traces,
        window=number(given.get("window", ""), 60, 0, 30 * 86_400),
        least=int(number(given.get("least", ""), 2, 1, 1_000_000)),
        since=given.get("since", "")[:40],
        until=given.get("until", "")[:40],
    )


def _query(question: Together) -> str:
    pairs: list[tuple[str, str]] = [("trace", trace) for trace in question.traces]
    pairs += [("window", f"{question.window:g}"), ("least", str(question.least))]
    pairs += [(name, day) for name, day in (("since", question.since), ("until", question.until)) if day]
    return urlencode(pairs)


def _mark(site: Site) -> str:
    """Return the state of the archive."""
    rows = site.library.connection.execute("SELECT value FROM state WHERE name IN ('made', 'seq') ORDER BY name")
    (change,) = site.library.connection.execute("SELECT max(change) FROM changes").fetchone()
    return f"{rows.fetchall()} {change}"


async def _detail(request: Request, page: Any) -> Response:
    question = _question(request)
    if question is None:
        raise missing("no such network")
    held = await answered(request, question, fresh=False)
    if isinstance(held, Response):
        return held
    if held.answer is None:
        raise HTTPException(422, held.problem or "")
    return await run_in_threadpool(page, request, question, held.answer)


def _form(values: dict[str, Any]) -> dict[str, Any]:
    return {"traces": TRACES, "windows": WINDOWS, **values}


def _network(request: Request, question: Together, held: Reckoned) -> Response:
    one: Network | None = held.answer
    values: dict[str, Any] = {"asked": question, "one": one, "problem": held.problem, "query": _query(question)}
    if one is not None:
        page = _page(request, max(len(one.found.found.edges), len(one.found.members)))
        names, part = one.found.actions.accounts, slice((page - 1) * PAGE, page * PAGE)
        order = _heaviest(one)
        values |= {
            "page": page,
            "pages": -(-max(len(order), len(one.found.members)) // PAGE),
            "edges": [_edge(one, at) for at in order[part]],
            "members": [(names[member.account], names[member.partner], member) for member in one.found.members[part]],
            "communities": [(group, names.take(list(group.accounts[:12]))) for group in one.found.communities[:PAGE]],
            "activity": strip(_times(one), "") if len(one.found.found.edges) else "",
            "limits": (DRAWN, DRAWN_EDGES),
        }
    return site_of(request).page(request, "network.html", **_form(values))


def _heaviest(one: Network) -> list[int]:
    weights = one.found.found.edges.weight.tolist()
    return sorted(range(len(weights)), key=lambda at: -weights[at])


def _times(one: Network) -> list[datetime]:
    """Return when posts behind edges were written, each once, of at most a hundred thousand."""
    pairs = one.found.found.pairs
    rows = {int(row) for side in pairs for row in side[:50_000]}
    return [_instant(int(one.found.actions.time[row])) for row in rows]


def _instant(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def _edge(one: Network, at: int) -> Edge:
    edges, timing, names = one.found.found.edges, one.found.timing, one.found.actions.accounts
    return Edge(
        a=names[edges.first[at]],
        b=names[edges.second[at]],
        weight=int(edges.weight[at]),
        objects=int(edges.objects[at]),
        pairs=int(edges.pairs[at]),
        ahead=int(timing.ahead[at]),
        behind=int(timing.behind[at]),
        delay=float(timing.delay[at]),
        chance=tuple((its.null, float(its.expected[at]), float(its.q[at])) for its in one.found.verdicts),
    )


def _page(request: Request, rows: int) -> int:
    page = request.query_params.get("page", "1")
    pages = max(-(-rows // PAGE), 1)
    if not (page.isascii() and page.isdecimal() and 1 <= int(page[:6]) <= pages):
        raise missing(f"there are pages 1 to {pages}")
    return int(page[:6])


def _code(one: Network, name: str) -> int:
    """Return the code of an account in the network.

    Raises:
        HTTPException: There is none of that name.
    """
    codes = [member.account for member in one.found.members]
    known = dict(zip(one.found.actions.accounts.take(codes), codes, strict=True))
    if name not in known:
        raise missing("no such account in this network")
    return known[name]


def _account(request: Request, question: Together, one: Network) -> Response:
    name = request.query_params.get("of", "")
    code = _code(one, name)
    edges = one.found.found.edges
    own = [at for at in _heaviest(one) if code in (int(edges.first[at]), int(edges.second[at]))]
    page = _page(request, len(own))
    return site_of(request).page(
        request,
        "member.html",
        name=name,
        member=next(member for member in one.found.members if member.account == code),
        partner=lambda its: its.b if its.a == name else its.a,
        edges=[_edge(one, at) for at in own[(page - 1) * PAGE : page * PAGE]],
        page=page,
        pages=-(-len(own) // PAGE),
        query=_query(question),
        who=one.who.get(code),
        activity=strip([*_own_times(one, code)], name),
    )


def _own_times(one: Network, code: int) -> Iterator[datetime]:
    actions = one.found.actions
    rows = {int(row) for side in one.found.found.pairs for row in side[actions.account[side] == code]}
    return (_instant(int(actions.time[row])) for row in rows)


def _edge_page(request: Request, question: Together, one: Network) -> Response:
    a, b = (_code(one, request.query_params.get(name, "")) for name in ("a", "b"))
    edges = one.found.found.edges
    rows = ((edges.first == min(a, b)) & (edges.second == max(a, b))).nonzero()[0]
    if not len(rows):
        raise missing("these two have no edge in this network")
    at = int(rows[0])
    found = one.found.found
    page = _page(request, int(edges.pairs[at]))
    site = site_of(request)
    own = _edge(one, at)
    return site.page(
        request,
        "edge.html",
        own=own,
        pairs=_pairs(site, one, found, at, slice((page - 1) * PAGE, page * PAGE)),
        drawing=acts(_acts(one, found, at), (own.a, own.b)),
        page=page,
        pages=-(-own.pairs // PAGE),
        query=_query(question),
        shown=SHOWN,
    )


def _evidence(one: Network, found: Evidence, at: int) -> Pairs:
    """Return the pairs behind an edge, the earliest first."""
    from clew.compare.edges import evidence_of
    from clew.compare.join import Pairs

    pairs = evidence_of(found, at)
    order = one.found.actions.time[pairs.left].argsort(kind="stable")
    return Pairs(pairs.left[order], pairs.right[order])


def _acts(one: Network, found: Evidence, at: int) -> list[Act]:
    actions, pairs = one.found.actions, _evidence(one, found, at)
    upper = int(found.edges.first[at])
    drawn = []
    for left, right in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True):
        ends = (left, right) if actions.account[left] == upper else (right, left)
        first, second = (_instant(int(actions.time[end])) for end in ends)
        drawn.append(Act(first, second, actions.objects[actions.object[left]]))
    return drawn


def _pairs(site: Site, one: Network, found: Evidence, at: int, part: slice) -> list[Pair]:
    """Return pairs of posts behind an edge, with their words; of those that are not held any more, none."""
    actions, pairs = one.found.actions, _evidence(one, found, at)
    sides = [side[part] for side in pairs]
    names = [actions.contents.take(actions.content[side]) for side in sides]
    seen = _seen(site, [one.keys[name] for side in names for name in side if name in one.keys])
    shown = []
    for left, right, a, b in zip(*(side.tolist() for side in sides), *names, strict=True):
        first, second = (seen.get(one.keys.get(name, "")) for name in (a, b))
        if first is not None and second is not None:
            object_ = int(actions.object[left])
            shown.append(
                Pair(
                    trace=actions.traces[actions.trace_of[object_]],
                    object=actions.objects[object_],
                    delay=(int(actions.time[right]) - int(actions.time[left])) / 1000,
                    first=first,
                    second=second,
                )
            )
    return shown


def _seen(site: Site, keys: Sequence[str]) -> dict[str, Seen]:
    rows = site.library.connection.execute(_SEEN, (many(keys),))
    return {
        key: Seen(key=key, author=author, text=text, time=datetime.fromisoformat(f"{time}+00:00"), language=language)
        for key, author, text, time, language in rows
        if time
    }


def _data(request: Request, question: Together, one: Network) -> Response:
    return answer(request, made(json.dumps(figures(one), ensure_ascii=False)), "application/json")


def _picture(request: Request, question: Together, one: Network) -> Response:
    query = _query(question).replace("&", "&amp;")
    body = made(picture(one, query, ", ".join(question.traces)))
    return answer(request, body, "image/svg+xml", headers={"Content-Security-Policy": POLICY})


_SEEN = "SELECT post, author, text, time, language FROM posts WHERE post IN (SELECT value FROM json_each(?))"
