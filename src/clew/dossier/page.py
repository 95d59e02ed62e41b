"""A dossier as one HTML file: its views with their plots, then its threads with their findings marked; nothing runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.resources import files

from clew.dossier.collection import Item
from clew.dossier.gathered import Gathered
from clew.dossier.marked import MARKED, Mark, marked, marks
from clew.dossier.plots import plot_map, plot_network, plot_timeline
from clew.dossier.views import Views
from clew.evidence import Finding
from clew.evidence.forms.text import says
from clew.evidence.forms.told import address_of
from clew.posts import Post
from clew.publish.html import escape
from clew.publish.links import web_address
from clew.publish.sentences import completeness_sentence, counted, gap_sentence, minute
from clew.publish.standings import standing_told
from clew.standing import Standing
from clew.threads import Gap, PostEntry

__all__ = ["page"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_SECTIONS = ("Contents", "Timeline", "Places", "Network", "Figures", "Sources", "Open questions", "Threads")


def page(gathered: Gathered, held: Views, made: datetime) -> Iterator[str]:
    """Yield the page in pieces; the same dossier with the same date gives the same page."""
    dossier = gathered.dossier
    yield _opening(dossier.title)
    held_words = f"{counted(len(gathered.threads), 'thread')} · {counted(len(gathered.posts), 'post')}"
    facts = f"A dossier: {held_words} · made {made:%Y-%m-%d} with clew. {_CAUTION}"
    yield f'<header><h1>{escape(dossier.title)}</h1>\n<p class="facts">{facts}</p></header>\n'
    links = (f'<li><a href="#{_anchor(name)}">{name}</a></li>' for name in _SECTIONS)
    yield f'<nav aria-label="Sections"><ul>{"".join(links)}</ul></nav>\n<main>\n'
    yield from _contents(gathered)
    yield from _views(held, gathered)
    yield from _threads(gathered)
    yield "</main>\n</body>\n</html>\n"


_CAUTION = "What rules found in posts may be wrong; every line leads to the words that show it."


def _opening(title: str) -> str:
    css = files("clew.dossier").joinpath("page.css").read_text(encoding="utf-8")
    lines = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{escape(title)}</title>\n<style>\n{css}</style>\n</head>\n<body>\n",
    )
    return "\n".join(lines)


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")


def _section(name: str, note: str = "") -> str:
    told = f'<p class="facts">{escape(note)}</p>\n' if note else ""
    return f'<h2 id="{_anchor(name)}">{name}</h2>\n{told}'


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a table; cells are HTML."""
    told = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows]
    if not told:
        yield "<p>None.</p>\n"
        return
    top = "".join(f"<th>{head}</th>" for head in heads)
    yield f'<div class="wide" tabindex="0"><table><thead><tr>{top}</tr></thead>\n<tbody>\n'
    yield from told
    yield "</tbody></table></div>\n"


def _link(post: str) -> str:
    return f'<a href="#post-{escape(post)}">{escape(post.rpartition(":")[2])}</a>'


def _links(posts: Iterable[str]) -> str:
    return " ".join(map(_link, posts))


# --- the views --------------------------------------------------------------------------------------------------------


def _contents(gathered: Gathered) -> Iterator[str]:
    yield _section("Contents", "What was put in, with notes and tags.")
    gone, titles = set(gathered.gone), {thread.id: thread.title for thread in gathered.threads}
    rows = (
        (
            item.kind + (" (gone)" if item in gone else ""),
            _item(item, titles, gathered),
            escape(item.note or ""),
            escape(", ".join(item.tags)),
        )
        for item in gathered.dossier.items
    )
    yield from _table(("kind", "of", "note", "tags"), rows)


def _item(item: Item, titles: Mapping[str, str], gathered: Gathered) -> str:
    """Return what an item is, with the way to it on the page: a title, the words of a passage, a search."""
    name = item.of.rpartition(":")[2] if item.of not in gathered.posts and item.of.count(":") == 1 else item.of
    if item.kind == "thread" and item.of in titles:
        return f'<a href="#thread-{escape(item.of)}">{escape(titles[item.of])}</a>'
    if name in gathered.posts:
        words = item.quote or " ".join(gathered.posts[name].text.split())[:80]
        return f'<a href="#post-{escape(name)}">“{escape(words)}”</a>'
    return f"“{escape(item.quote)}” in {escape(item.of)}" if item.quote else escape(item.of)


def _views(held: Views, gathered: Gathered) -> Iterator[str]:
    yield _section("Timeline", "When was posted against the days that are mentioned; UTC.")
    yield from _figure(plot_timeline(held.timeline))
    mentioned = [event for event in held.timeline if event.kind == "mentioned"]
    yield from _table(
        ("from", "to", "words", "post"),
        (
            (event.first, event.last if event.last != event.first else "", escape(event.words), _link(event.post))
            for event in mentioned
        ),
    )
    yield _section(
        "Places",
        "Countries stand in their middle, as squares; a name that could be several places stands at the likeliest.",
    )
    yield from _figure(plot_map(held.places))
    yield from _table(
        ("place", "country", "named", "posts"),
        ((escape(each.name), escape(each.country or ""), str(each.count), _links(each.posts)) for each in held.places),
    )
    yield _section("Network", "From stated relations alone; dashed lines are denied.")
    yield from _figure(plot_network(held.network))
    yield from _table(
        ("who", "does", "to whom", "words", "posts"),
        (
            (
                escape(each.subject),
                escape(("not: " if each.negated else "") + each.relation),
                escape(each.object),
                f"“{escape(each.quote)}”",
                _links(each.posts),
            )
            for each in held.network
        ),
    )
    yield _section("Figures")
    yield from _table(
        ("figure", "words", "post"),
        ((escape(each.says), f"“{escape(each.quote)}”", _link(each.post)) for each in held.figures),
    )
    yield _section("Sources", "Links by publisher, those cited most first, and what is known of their pages.")
    yield from _table(
        ("publisher", "kind", "cited", "addresses", "posts"),
        (
            (
                escape(each.name),
                each.kind,
                str(each.count),
                "<br>".join(_address(url, gathered.pages.get(url)) for url in each.urls),
                _links(each.posts),
            )
            for each in held.sources
        ),
    )
    yield _section(
        "Open questions", "Gaps, claims by the authors without a source, figures that differ, days not resolved."
    )
    yield from _table(
        ("what", "says", "post"),
        ((each.kind, escape(each.says), _link(each.post) if each.post else "") for each in held.questions),
    )


def _figure(svg: str) -> Iterator[str]:
    if svg:
        yield f'<figure tabindex="0">{svg}</figure>\n'


def _address(url: str, standing: Standing | None = None) -> str:
    """Return an address, and what is known of its page."""
    told = [one.whole for one in standing_told(standing)] if standing else []
    return _link_to(url) + (f" <small>{escape(' · '.join(told))}</small>" if told else "")


def _link_to(url: str) -> str:
    safe = web_address(url)
    return f'<a href="{escape(safe)}" rel="noopener nofollow">{escape(url)}</a>' if safe else escape(url)


# --- the threads ------------------------------------------------------------------------------------------------------


def _threads(gathered: Gathered) -> Iterator[str]:
    yield _section("Threads", "Hover over a mark for what was made of the words, how sure, and why.")
    boxes = (
        f'<label><input type="checkbox" id="k-{kind}" checked> <span class="{kind}">{kind}</span></label>'
        for kind in MARKED
    )
    yield f'<form aria-label="Marks">{"".join(boxes)}</form>\n'
    found: dict[str, list[Finding]] = {}
    for finding in gathered.findings:
        found.setdefault(finding.post, []).append(finding)
    for thread in gathered.threads:
        yield f'<article id="thread-{escape(thread.id)}">\n<header><h3>{escape(thread.title)}</h3>\n'
        facts = (thread.author.label, thread.id, completeness_sentence(thread))
        yield f'<p class="facts">{escape(" · ".join(facts))}</p></header>\n'
        for entries in (thread.entries, *(branch.entries for branch in thread.branches)):
            for entry in entries:
                if isinstance(entry, PostEntry):
                    yield from _post(entry.post, found.get(entry.post.id, []), gathered)
                elif isinstance(entry, Gap):
                    yield f'<p class="post facts">{escape(gap_sentence(entry))}</p>\n'
        yield "</article>\n"


def _post(post: Post, found: Sequence[Finding], gathered: Gathered) -> Iterator[str]:
    held = [*marks(found)]
    notes = []
    for passage in gathered.passages:
        if passage.post.id == post.id:
            end = passage.start + len(passage.item.quote or "")
            note = passage.item.note or "marked"
            held.append(Mark(passage.start, end, "passage", note))
            notes.append(f"note: {note}" + (" (the text was edited since)" if passage.moved else ""))
    when = f"{minute(post.time)} UTC · " if post.time else ""
    yield f'<section class="post" id="post-{escape(post.id)}"><div>\n<p class="facts">{when}{_named(post)}</p>\n'
    yield f'<p class="text" dir="auto">{marked(post.text, held)}</p>\n</div>\n<ul class="side">\n'
    for line in (*notes, *_beside(found)):
        yield f"<li>{escape(line)}</li>\n"
    yield "</ul></section>\n"


def _named(post: Post) -> str:
    """Return the id of a post, with the way to where it was published, where that is known."""
    address = web_address(address_of(post) or "")
    name = escape(post.id)
    return f'<a href="{escape(address)}" rel="noopener nofollow">{name}</a>' if address else name


def _beside(found: Sequence[Finding]) -> Iterator[str]:
    """Yield what stands beside a post: its claims and relations."""
    for each in found:
        if each.kind in ("claim", "relation"):
            words = " ".join(each.quote.split())
            yield f"{each.kind} {says(each)} — “{words[:80]}{'…' if len(words) > 80 else ''}”"
