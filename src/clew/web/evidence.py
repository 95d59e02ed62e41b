"""What a thread shows: its posts with their findings marked, beside what was made of them, and plots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from clew.dossier import Dossier, Shelf, gathered
from clew.dossier.gathered import Gathered, Passage
from clew.dossier.marked import Mark, marked, marks
from clew.dossier.plots import plot_map, plot_network, plot_timeline
from clew.dossier.views import views
from clew.evidence import KINDS, Finding
from clew.evidence.corrections import Reviewed
from clew.evidence.forms.text import says
from clew.evidence.joined import ALIASES, Aliases, held_aliases
from clew.evidence.kept import CORRECTIONS
from clew.publish.document import Aside, Block, Said, Style
from clew.threads import Thread, from_json
from clew.web.correcting import mark_of, of_post, of_thread
from clew.web.library import digest
from clew.web.reading import Reading, reading
from clew.web.site import Site, in_path, missing, site_of
from clew.web.thread import kept_of, page_of

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["KINDS", "evidence", "plots_of"]

NAMED = 15
"""Names of one kind that stand in the panel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A finding beside its post."""

    kind: str
    quote: str
    says: str
    """What was made of the words."""
    certainty: float
    why: str
    method: str
    mark: str
    """By what forms name it."""
    state: str
    """found | wrong | right | changed | added | stale"""
    by: str | None
    """Who said so; None: whoever could write to the archive, or nobody did."""
    made: datetime | None
    """When that was said."""
    instead: str
    """What the methods make of the words, where the user has something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A post with what it shows."""

    html: str
    """Its text, escaped and marked."""
    lines: tuple[Line, ...]
    notes: tuple[tuple[str, str], ...]
    """What users wrote to passages of it, each with the name of its dossier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What several findings name alike."""

    says: str
    count: int
    href: str
    """Where the first of them is."""


def evidence(request: Request) -> Response:
    """A thread with its findings marked, of all kinds or of those that are asked for."""
    site = site_of(request)
    name = request.path_params["id"]
    kept = kept_of(site, name)
    base = f"/evidence/{in_path(kept.id)}"
    if kept.id != name:
        return RedirectResponse(base, 302)
    page = page_of(request)
    asked = request.query_params.getlist("kind")
    kinds = tuple(kind for kind in KINDS if kind in asked) or KINDS
    key = digest(
        kept.record, *map(_stamp, (site.library.path / CORRECTIONS, site.library.path / ALIASES, *_dossier_files(site)))
    )
    return site.kept_page(
        request, "evidence.html", key, lambda: _values(site, from_json(kept.record), page, base, kinds)
    )


def _values(site: Site, own: Thread, page: int, base: str, kinds: Sequence[str]) -> dict[str, Any]:
    one = reading(own, page, base, Style())
    if one is None:
        raise missing("no such page of this thread")
    held = of_thread(site, own)
    found = [each.finding for each in held if each.finding]
    passages = [(dossier, each) for dossier in Shelf(site.library.path) for each in _passages(dossier, own)]
    return {
        "own": own,
        "one": one,
        "name": in_path(own.id),
        "base": base,
        "query": "".join(f"&kind={kind}" for kind in kinds) if len(kinds) < len(KINDS) else "",
        "kinds": kinds,
        "all_kinds": KINDS,
        "counts": Counter(finding.kind for finding in found),
        "panel": _panel(found, kinds, one),
        "shown_posts": dict(_posts(one, [each for each in held if _kind(each) in kinds], passages)),
        "plots": plots_of(_alone(own, found, held_aliases(site.library.path))) if page == 1 else {},
    }


def _alone(own: Thread, found: Sequence[Finding], known: Aliases) -> Gathered:
    """Return a thread as a dossier of its own, so that the same views can be computed of it."""
    dossier = Dossier(name="thread", title=own.title, made=datetime.now(UTC))
    return Gathered(dossier=dossier, threads=(own,), findings=tuple(found), passages=(), gone=(), known=known)


def plots_of(held: Gathered) -> dict[str, str]:
    """Return the plots of what is gathered, as SVG, by what they show; those that would be empty are left out."""
    own = views(held)
    plots = {
        "timeline": plot_timeline(own.timeline),
        "places": plot_map(own.places),
        "network": plot_network(own.network),
    }
    return {name: svg for name, svg in plots.items() if svg}


def _passages(dossier: Dossier, own: Thread) -> tuple[Passage, ...]:
    """Return the passages of a thread that a dossier holds, where they stand now."""
    names = {name for post in own.posts() for name in (post.id, f"{post.platform}:{post.id}")}
    items = tuple(item for item in dossier.items if item.kind == "passage" and item.of in names)
    part = Dossier(name=dossier.name, title=dossier.title, made=dossier.made, items=items)
    return gathered(part, lambda of: [own], lambda query: (), lambda thread: ()).passages if items else ()


def _posts(
    one: Reading, held: Sequence[Reviewed], passages: Sequence[tuple[Dossier, Passage]]
) -> Iterator[tuple[str, Shown]]:
    """Yield the posts of a page by their anchors."""
    by_post: dict[str, list[Reviewed]] = {}
    for each in held:
        by_post.setdefault(of_post(each), []).append(each)
    for said in _said(one.blocks):
        post = one.posts.get(said.anchor)
        if post is None:
            continue
        own = by_post.get(post.id, [])
        found = [each.finding for each in own if each.finding]
        noted = [(dossier, each) for dossier, each in passages if each.post.id == post.id]
        yield (
            said.anchor,
            Shown(
                html=marked(post.text, [*marks(found), *(_mark(each) for _, each in noted)]),
                lines=tuple(map(_line, own)),
                notes=tuple((dossier.name, _noted(each)) for dossier, each in noted),
            ),
        )


def _said(blocks: Sequence[Block]) -> Iterator[Said]:
    for block in blocks:
        for one in block.blocks if isinstance(block, Aside) else (block,):
            if isinstance(one, Said):
                yield one


def _mark(passage: Passage) -> Mark:
    return Mark(passage.start, passage.start + len(passage.item.quote or ""), "passage", _noted(passage))


def _noted(passage: Passage) -> str:
    item = passage.item
    return " ".join(filter(None, (item.note or f"“{item.quote}”", *(f"#{tag}" for tag in item.tags))))


def _kind(each: Reviewed) -> str:
    finding = each.finding or each.found
    return finding.kind if finding else mark_of(each).kind


def _line(each: Reviewed) -> Line:
    finding, said = each.finding or each.found, each.said.correction if each.said else None
    quote = finding.quote if finding else said.quote if said else ""
    state = "found" if not each.said else "stale" if each.said.state == "stale" else each.said.correction.verdict
    instead = says(each.found).removeprefix("= ") if each.found and state in ("changed", "added") else ""
    return Line(
        kind=_kind(each),
        quote=" ".join(quote.split()),
        says=says(finding).removeprefix("= ") if finding else "",
        certainty=finding.certainty if finding else 0.0,
        why=finding.why if finding else "",
        method=finding.method if finding else "",
        mark=str(mark_of(each)),
        state=state,
        by=said.by if said else None,
        made=said.made if said else None,
        instead=f"{each.found.kind} {instead}" if instead and each.found else "",
    )


def _panel(found: Sequence[Finding], kinds: Sequence[str], one: Reading) -> Mapping[str, list[Name]]:
    """Return by kind what is named most often, and where first; claims stand in the text alone."""
    anchors = {post.id: anchor for anchor, post in one.posts.items()}
    held: dict[str, dict[str, list[Finding]]] = {}
    for finding in found:
        if finding.kind in kinds and finding.kind != "claim":
            held.setdefault(finding.kind, {}).setdefault(says(finding).removeprefix("= "), []).append(finding)
    return {
        kind: [
            Name(says=words, count=len(same), href=one.addresses.get(anchors.get(same[0].post, ""), ""))
            for words, same in sorted(held[kind].items(), key=lambda pair: -len(pair[1]))[:NAMED]
        ]
        for kind in KINDS
        if kind in held
    }


def _dossier_files(site: Site) -> list[Path]:
    return sorted(Shelf(site.library.path).folder.glob("*.json"))


def _stamp(path: Path) -> str:
    """Return what tells one state of a file from the next."""
    try:
        known = path.stat()
    except OSError:
        return ""
    return f"{path.name} {known.st_mtime_ns} {known.st_size}"
