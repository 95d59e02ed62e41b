"""What editors say of findings: this one is wrong, that one means something else, here is one that was missed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from clew.errors import BadOption, needing
from clew.evidence import KINDS, Finding
from clew.evidence.corrections import Correction, Reviewed, append, load, reviewed
from clew.evidence.kept import CORRECTIONS
from clew.evidence.studying import uncorrected
from clew.evidence.values import FIELDS, filled, told
from clew.posts import Post
from clew.publish.annotations import places
from clew.threads import Thread, from_json
from clew.web.forms import Given, allowed, given
from clew.web.reading import stretch_of
from clew.web.site import Site, in_path, missing, site_of, visitor_of
from clew.web.thread import kept_of

__all__ = ["Mark", "correct", "corrected", "mark_of", "of_post", "of_thread"]

_MARK = re.compile(r"(?:([a-z]+) )?([0-9]{1,9}) ([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a form names a finding, or a stretch of a post: a kind and a span, such as `place 10 14`."""

    kind: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.kind} {self.start} {self.end}"


def of_thread(site: Site, own: Thread) -> list[Reviewed]:
    """Return what a thread shows, with what users say of it."""
    path = site.library.path
    with needing("evidence", "evidence"), uncorrected(path, keeps=site.library.keeps) as study:
        return reviewed(own, study(own), load(path / CORRECTIONS))


def mark_of(each: Reviewed) -> Mark:
    """Return by what a form names a finding: what the user said of it where that is something, else what it is."""
    if each.said:
        own = each.said.correction
        return Mark(own.kind, own.start, own.end)
    assert each.finding is not None
    return Mark(each.finding.kind, each.finding.start, each.finding.end)


def correct(request: Request) -> Response:
    """The form that says what a finding, or a stretch of a post, is."""
    allowed(request)
    site, query = site_of(request), request.query_params
    own = from_json(kept_of(site, request.path_params["id"]).record)
    post = _post(own, query.get("post", ""))
    mark = _mark(query.get("of") or f"{query.get('start', '')} {query.get('end', '')}".strip())
    return site.page(request, "correct.html", **_values(site, own, post, mark), problem=None)


async def corrected(request: Request) -> Response:
    """Keep what was said, and lead back to the post."""
    allowed(request)
    site, form = site_of(request), await given(request)
    own = from_json(kept_of(site, request.path_params["id"]).record)
    post = _post(own, form.of("post"))
    mark = _mark(form.of("wrong") or form.of("undo") or form.of("of"))
    by = visitor_of(request).name
    try:
        await anyio.to_thread.run_sync(_keep, site, own, post, mark, form, by)
    except BadOption as error:
        values = await anyio.to_thread.run_sync(_values, site, own, post, mark)
        values |= {"kind": _kind(form), "passage": form.of("words") or values["passage"], "note": form.of("note")}
        values["fields"] |= {name: form.of(name) for name in values["fields"] if name.startswith(f"{_kind(form)}-")}
        return site.page(request, "correct.html", status=422, **values, problem=str(error))
    return RedirectResponse(_back(own, post, form), 303)


def _values(site: Site, own: Thread, post: Post, mark: Mark | None) -> dict[str, Any]:
    """Return what the template needs."""
    here = _at(of_thread(site, own), post, mark) if mark else None
    finding = here.finding or here.found if here else None
    words = post.text[mark.start : mark.end] if mark else ""
    return {
        "own": own,
        "post": post,
        "of": str(mark) if mark else "",
        "one": here,
        "seen": _seen(here.said.correction if here and here.said else None),
        "passage": words,
        "kind": finding.kind if finding else "",
        "kinds": KINDS,
        "all_fields": FIELDS,
        "fields": _fields(finding, words),
        "note": (here.said.correction.note or "") if here and here.said else "",
    }


def _fields(finding: Finding | None, words: str) -> dict[str, str]:
    """Return what stands in the fields of each kind, by `KIND-FIELD`: the value as it is, else the words."""
    held = {
        f"{kind}-{name}": words if name in ("name", "handle", "publisher") else ""
        for kind, names in FIELDS.items()
        for name in names
    }
    if finding:
        held |= {f"{finding.kind}-{name}": value for name, value in told(finding.kind, finding.value).items()}
    return held


# --- what is kept -----------------------------------------------------------------------------------------------------


def _keep(site: Site, own: Thread, post: Post, mark: Mark | None, form: Given, by: str | None) -> None:
    """Keep what a form says.

    Raises:
        BadOption: It says nothing that can be understood, or somebody else said something of it meanwhile.
    """
    held = of_thread(site, own)
    here = _at(held, post, mark) if mark and mark.kind else None
    now = datetime.now(UTC)
    if form.of("undo"):
        wanted = _undone(here, now, by)
    elif form.of("wrong") or form.of("verdict") == "wrong":
        wanted = _taken_away(here, post, form, now, by)
    else:
        wanted = _said(here, post, mark, form, now, by)
    append(site.library.path / CORRECTIONS, wanted, _unless_said_since(form, here))


def _undone(here: Reviewed | None, now: datetime, by: str | None) -> list[Correction]:
    if here is None or here.said is None:
        raise BadOption("there is nothing to undo: it was undone already.")
    own = here.said.correction
    return [_correction(own.post, Mark(own.kind, own.start, own.end), own.quote, "none", now, by)]


def _taken_away(here: Reviewed | None, post: Post, form: Given, now: datetime, by: str | None) -> list[Correction]:
    """Return that a finding is wrong; where a user alone had said it, that is undone."""
    if here is None:
        raise BadOption("there is no such finding any more.")
    if here.said and here.found is None:
        return _undone(here, now, by)
    finding = here.found or here.finding
    assert finding is not None
    said = _about(finding, "wrong", now, by, value=finding.value, note=form.of("note") or None)
    return [*_over(here, said, now, by), said]


def _said(
    here: Reviewed | None, post: Post, mark: Mark | None, form: Given, now: datetime, by: str | None
) -> list[Correction]:
    """Return that a finding is of another kind or value, is right as it is, or was missed."""
    kind, note = _kind(form), form.of("note") or None
    finding = here.found or here.finding if here else None
    if finding and form.of("verdict") == "right":
        said = _about(finding, "right", now, by, value=finding.value, note=note)
        return [*_over(here, said, now, by), said]
    if not kind:
        raise BadOption("say what kind of thing it is.")
    start, end = (finding.start, finding.end) if finding else _span(post, mark, form.of("words"))
    quote = post.text[start:end]
    names = {name: form.of(f"{kind}-{name}") for name in FIELDS[kind]}
    with needing("evidence", "evidence"):
        value = filled(kind, names, post, quote)
    if here and here.found and finding:
        said = _about(finding, "changed", now, by, value=value, note=note, becomes=kind)
    else:
        said = _correction(post.id, Mark(kind, start, end), quote, "added", now, by, value=value, note=note)
    return [*_over(here, said, now, by), said]


def _over(here: Reviewed | None, said: Correction, now: datetime, by: str | None) -> list[Correction]:
    """Return that what was said before of another place or kind is said no more."""
    if here is None or here.said is None or here.said.correction.key == said.key:
        return []
    return _undone(here, now, by)


def _about(finding: Finding, verdict: str, now: datetime, by: str | None, **more: Any) -> Correction:
    if more.get("becomes") == finding.kind:
        more["becomes"] = None
    mark = Mark(finding.kind, finding.start, finding.end)
    return _correction(finding.post, mark, finding.quote, verdict, now, by, **more)


def _correction(
    post: str, mark: Mark, quote: str, verdict: str, now: datetime, by: str | None, **more: Any
) -> Correction:
    given_: Any = {"verdict": verdict, "made": now, "by": by, **more}
    return Correction(post=post, kind=mark.kind, start=mark.start, end=mark.end, quote=quote, **given_)


def _unless_said_since(form: Given, here: Reviewed | None) -> Callable[[Mapping[Any, Correction]], None]:
    """Return what refuses a form that was filled in before somebody else said something of the same finding."""
    key = here.said.correction.key if here and here.said else None
    finding = here.finding or here.found if here else None
    if key is None and finding:
        key = (finding.post, finding.kind, finding.start, finding.end)

    def check(held: Mapping[Any, Correction]) -> None:
        one = held.get(key) if key else None
        now = _seen(one if one and one.verdict != "none" else None)
        if "seen" in form.fields and now != form.of("seen"):
            who = (one.by if one else None) or "somebody"
            raise BadOption(f"{who} said something of this meanwhile. Look at it, and say yours again.")

    return check


def _seen(correction: Correction | None) -> str:
    """Return what tells one thing that was said of a finding from the next."""
    return correction.made.isoformat() if correction else ""


# --- what a form names ------------------------------------------------------------------------------------------------


def _at(held: list[Reviewed], post: Post, mark: Mark) -> Reviewed | None:
    """Return what is held of a mark; None where nothing is found there, and nothing said."""
    return next((each for each in held if of_post(each) == post.id and mark_of(each) == mark), None)


def of_post(each: Reviewed) -> str:
    """Return the id of the post that a finding is in, or that something was said of."""
    return each.said.correction.post if each.said else each.finding.post if each.finding else ""


def _post(own: Thread, post_id: str) -> Post:
    post = next((one for one in own.posts() if one.id == post_id), None)
    if post is None:
        raise missing("no such post in this thread")
    return post


def _mark(text: str) -> Mark | None:
    """Return the mark that a text is; with an empty kind where it has none; None where it is empty.

    Raises:
        HTTPException: It is none.
    """
    if not text:
        return None
    found = _MARK.fullmatch(text)
    if found is None or (found[1] or KINDS[0]) not in KINDS or not int(found[2]) <= int(found[3]):
        raise missing("no such finding in this post")
    return Mark(found[1] or "", int(found[2]), int(found[3]))


def _kind(form: Given) -> str:
    return form.of("kind") if form.of("kind") in KINDS else ""


def _span(post: Post, mark: Mark | None, words: str) -> tuple[int, int]:
    """Return where words stand in a post: where they were selected, unless others were typed since.

    Raises:
        BadOption: They stand there nowhere, or there are none.
    """
    if mark and post.text[mark.start : mark.end].strip() == words:
        text = post.text[mark.start : mark.end]
        start = mark.start + len(text) - len(text.lstrip())
        return start, start + len(words)
    if not words:
        raise BadOption("say which words show it.")
    found = places([post], words)
    if not found:
        raise BadOption("these words do not stand in the post.")
    return found[0][1], found[0][2]


def _back(own: Thread, post: Post, form: Given) -> str:
    """Return the address of the post among the findings of its thread, with the kinds that were shown."""
    page, anchor = stretch_of(own, post.id) or (1, "")
    kinds = [("kind", kind) for kind in form.of("kinds").split() if kind in KINDS]
    query = urlencode([*([("page", page)] if page > 1 else []), *kinds])
    return f"/evidence/{in_path(own.id)}{'?' if query else ''}{query}#{anchor}"
