"""A dossier as documents for the renderers of publish: its views as one, then each thread; and as data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import msgspec

from clew.dossier.collection import Item
from clew.dossier.drawing import WIDE, alone
from clew.dossier.gathered import Gathered
from clew.dossier.plots import plot_map, plot_network, plot_timeline
from clew.dossier.views import Views
from clew.evidence import to_json
from clew.publish.document import Colophon, Document, Enclosure, Head, Run, Said, Style, compose
from clew.publish.pictures import Picture
from clew.publish.sentences import counted
from clew.publish.standings import standing_told

__all__ = ["as_json", "documents"]


def documents(gathered: Gathered, held: Views, made: datetime, folder: Path | None = None) -> list[Document]:
    """Return the views as a document whose blocks are the sections, then the threads.

    Plots are written into `folder`, which must be there until the documents are bound; without one there are none.
    """
    threads = compose(gathered.threads, Style(made=made, standing=gathered.pages.get))
    return [_overview(gathered, held, made, _plots(held, folder) if folder else {}), *threads]


def _plots(held: Views, folder: Path) -> dict[str, Enclosure]:
    """Return the plots by the section that shows them, each as a file of its own."""
    drawn = {
        "timeline": (plot_timeline(held.timeline), "When posts were published against the days that they mention"),
        "places": (plot_map(held.places), "A map of the places that are named; countries are squares"),
        "network": (plot_network(held.network), "Who does what to whom, as the posts state it"),
    }
    return {name: _enclosed(drawing, alt, folder / f"{name}.svg") for name, (drawing, alt) in drawn.items() if drawing}


def _enclosed(drawing: str, alt: str, path: Path) -> Enclosure:
    content = alone(drawing).encode()
    path.write_bytes(content)
    high = int(drawing.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split(" ")[1])
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    picture = Picture(path=path, type="image/svg+xml", width=WIDE, height=high, digest=digest)
    return Enclosure(kind="picture", alt=alt, url=None, file=None, picture=picture)


def _overview(gathered: Gathered, held: Views, made: datetime, plots: dict[str, Enclosure]) -> Document:
    dossier = gathered.dossier
    blocks = tuple(
        Said(
            anchor=f"dossier-{at}",
            id=f"dossier-{at}",
            label=name,
            number=None,
            author=None,
            time=None,
            new_minute=False,
            runs=(Run(text="\n".join(lines) or "None."),),
            media=(plots[name],) if name in plots else (),
        )
        for at, (name, lines) in enumerate(_sections(gathered, held), 1)
    )
    held_words = f"{counted(len(gathered.threads), 'thread')}, {counted(len(gathered.posts), 'post')}"
    head = Head(
        title=dossier.title,
        author="a dossier",
        name=None,
        platform=None,
        first=None,
        last=None,
        when="",
        held=held_words,
        completeness=f"{held_words}; what was found in them by rules may be wrong.",
        verdict="nothing-known-missing",
        signals=(),
        order=None,
        language="en",
        url=None,
    )
    says = (f"Made on {made:%Y-%m-%d} with clew.",)
    return Document(
        id=f"dossier:{dossier.name}",
        anchor=f"dossier-{dossier.name}",
        head=head,
        blocks=blocks,
        notes=(),
        sources=(),
        colophon=Colophon(made=made, says=says),
        is_cover=True,
    )


def _sections(gathered: Gathered, held: Views) -> Iterator[tuple[str, list[str]]]:
    titles = {thread.id: f"“{thread.title}”" for thread in gathered.threads}
    yield "contents", [_item(item, titles) for item in gathered.dossier.items]
    mentioned = [event for event in held.timeline if event.kind == "mentioned"]
    yield (
        "timeline",
        [
            f"{each.first}{f' to {each.last}' if each.last != each.first else ''}: “{each.words}” ({each.post})"
            for each in mentioned
        ],
    )
    yield (
        "places",
        [
            f"{each.name}{f', {each.country}' if each.country not in (None, each.name) else ''}: "
            f"named {counted(each.count, 'time')}"
            for each in held.places
        ],
    )
    yield (
        "network",
        [
            f"{each.subject} {'not: ' if each.negated else ''}{each.relation} {each.object} (“{each.quote}”)"
            for each in held.network
        ],
    )
    yield "figures", [f"{each.says} (“{each.quote}”, {each.post})" for each in held.figures]
    yield (
        "sources",
        [
            f"{each.name}, {each.kind}: cited {counted(each.count, 'time')} "
            f"({', '.join(_page(url, gathered) for url in each.urls)})"
            for each in held.sources
        ],
    )
    yield "open questions", [f"{each.kind}: {each.says}" for each in held.questions]


def _item(item: Item, titles: Mapping[str, str]) -> str:
    words = f" “{item.quote}” in {item.of}" if item.quote else f" {titles.get(item.of, item.of)}"
    told = " ".join(filter(None, (item.note, *(f"#{tag}" for tag in item.tags))))
    return f"{item.kind}{words}{f': {told}' if told else ''}"


def _page(url: str, gathered: Gathered) -> str:
    """Return an address, and what is known of its page."""
    standing = gathered.pages.get(url)
    return " · ".join([url, *(one.whole for one in standing_told(standing))]) if standing else url


def as_json(gathered: Gathered, held: Views) -> str:
    """Return dossier, views and findings as one object of JSON."""
    value = {
        "schema": "clew/dossier-views/1",
        "dossier": json.loads(msgspec.json.encode(gathered.dossier)),
        "threads": [thread.id for thread in gathered.threads],
        "gone": [json.loads(msgspec.json.encode(item)) for item in gathered.gone],
        **asdict(held),
        "pages": {url: json.loads(msgspec.json.encode(one)) for url, one in gathered.pages.items()},
        "findings": [json.loads(to_json(finding)) for finding in gathered.findings],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
