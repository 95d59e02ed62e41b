"""Threads to take away: documents in every form, references, citations of posts and passages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from clew.errors import ClewError
from clew.posts import Post
from clew.publish import BINDERS, binder, by_name
from clew.publish.annotations import annotate, places
from clew.publish.annotations import page as annotation_page
from clew.publish.citations import STYLES, Citation, bibtex, csl, of_post, of_thread, referenced, ris
from clew.publish.document import compose
from clew.publish.names import file_names
from clew.publish.text import Paper, render
from clew.threads import Thread, from_json
from clew.web.known import style_of
from clew.web.site import Site, missing, site_of
from clew.web.thread import kept_of

__all__ = ["REFERENCES", "cite", "export"]

_MEDIA = {
    "text": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "jsonld": "application/ld+json",
    "atom": "application/atom+xml",
    "epub": "application/epub+zip",
    "pdf": "application/pdf",
    "jsonl": "application/jsonl; charset=utf-8",
}
REFERENCES = {
    "bibtex": ("BibTeX", ".bib", "application/x-bibtex; charset=utf-8"),
    "ris": ("RIS", ".ris", "application/x-research-info-systems"),
    "csl": ("CSL-JSON", ".json", "application/vnd.citationstyles.csl+json"),
    "annotation": ("Web Annotation", ".jsonld", 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'),
}
"""Forms of references: what people call them, their suffix, their media type."""
#: A page that was made elsewhere is shown as if it came from nowhere: it can run nothing and reach nothing.
SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"}


def export(request: Request) -> Response:
    """A thread as a document, to be saved."""
    site = site_of(request)
    form = request.path_params["form"]
    if form not in _MEDIA:
        raise missing("no such form of a document")
    own = from_json(kept_of(site, request.path_params["id"]).record)
    suffix = ".jsonl" if form == "jsonl" else binder(form).SUFFIX if form in BINDERS else by_name(form).SUFFIX
    (name,) = file_names([own], suffix)
    headers = SANDBOX | {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return StreamingResponse(_pieces(site, own, form), media_type=_MEDIA[form], headers=headers)


def _pieces(site: Site, own: Thread, form: str) -> Iterator[bytes]:
    if form == "jsonl":
        from clew.threads import to_json

        yield f"{to_json(own)}\n".encode("utf-8", "replace")
        return
    now = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    style = replace(style_of(site, [own]), made=now, maker=f"clew {version('clew')}")
    documents = compose([own], style)
    if form in BINDERS:
        yield from binder(form).bind(documents, lambda says: None)
    else:
        texts = render(documents, Paper(width=80)) if form == "text" else by_name(form).render(documents)
        yield from (piece.encode("utf-8", "replace") for piece in texts)


def cite(request: Request) -> Response:
    """References to a thread, to a post of it, or to words in that; as a page, or as a file for other programs."""
    site = site_of(request)
    query = request.query_params
    own = from_json(kept_of(site, request.path_params["id"]).record)
    post, span = _cited(own, query.get("post"), query.get("words"), query.get("start"), query.get("end"))
    now = datetime.now(UTC)
    words = post.text[slice(*span)] if post and span else None
    copy = style_of(site, [own]).copy
    citation = of_post(own, post, now, words, copy) if post else of_thread(own, now, copy)
    form = query.get("to")
    if form is not None:
        return _reference(form, own, post, span, citation, now)
    style = query.get("style", "apa") if query.get("style", "apa") in STYLES else "apa"
    values: dict[str, Any] = {"own": own, "post": post, "span": span, "passage": words, "style": style}
    values |= {"reference": _styled(citation, style), "styles": STYLES, "forms": REFERENCES}
    return site.page(request, "cite.html", **values)


def _cited(
    own: Thread, post_id: str | None, words: str | None, start: str | None, end: str | None
) -> tuple[Post | None, tuple[int, int] | None]:
    """Return the post that is meant and the span of it; None each where the whole is meant.

    Raises:
        HTTPException: There is no such post, or the words do not stand in it.
    """
    post = next((one for one in own.posts() if one.id == post_id), None)
    if post_id and post is None:
        raise missing("no such post in this thread")
    if words and words.strip():
        found = places([post] if post else own.posts(), words)
        if not found:
            raise HTTPException(404, "these words do not stand in any post that is meant")
        return found[0][0], found[0][1:]
    if post is None or start is None or end is None:
        return post, None
    try:
        span = int(start[:9]), int(end[:9])
    except ValueError:
        return post, None
    return post, span if 0 <= span[0] < span[1] <= len(post.text) else None


def _reference(
    form: str, own: Thread, post: Post | None, span: tuple[int, int] | None, citation: Citation, now: datetime
) -> Response:
    if form == "text":
        return Response(_styled(citation, "apa"), media_type="text/plain; charset=utf-8")
    if form not in REFERENCES:
        raise missing("no such form of a reference")
    _, suffix, media = REFERENCES[form]
    if form == "annotation":
        body = annotation_page([annotate(one, now, span) for one in ([post] if post else own.posts())])
    else:
        body = {"bibtex": bibtex, "ris": ris, "csl": csl}[form]([citation])
    name = quote(f"{citation.key}{suffix}")
    headers = SANDBOX | {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(body.encode("utf-8", "replace"), media_type=media, headers=headers)


def _styled(citation: Citation, style: str) -> str:
    """Return the reference in a style; what stands in the way, where its library is not installed."""
    try:
        return "".join(referenced([citation], style)).strip()
    except ClewError as error:
        return str(error)
