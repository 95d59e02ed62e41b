"""What can be computed from a dossier: timeline, places, network, figures, sources, open questions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clew.dossier.gathered import Gathered
from clew.evidence import Finding
from clew.evidence.forms.text import says
from clew.evidence.joined import Aliases, renamed
from clew.publish.sentences import gap_sentence

__all__ = ["Edge", "Event", "Figure", "Publisher", "Question", "Spot", "Views", "views"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A day that a post mentions, or on which one was posted."""

    first: str
    """ISO 8601, as exact as it is known."""
    last: str
    granularity: str
    kind: str
    """posted | mentioned"""
    words: str
    post: str
    certainty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place and how often it is named."""

    name: str
    country: str | None
    lat: float | None
    lon: float | None
    count: int
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Who does what to whom, and which posts say so."""

    subject: str
    relation: str
    object: str
    negated: bool
    posts: tuple[str, ...]
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its words."""

    says: str
    quote: str
    post: str
    value: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who published what is linked, and how often it is."""

    name: str
    kind: str
    count: int
    urls: tuple[str, ...]
    posts: tuple[str, ...]
    gone: tuple[str, ...] = ()
    """Those of the addresses that do not answer any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a reader should look into."""

    kind: str
    """gap | no source | figures differ | not resolved | gone"""
    says: str
    post: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """All of them."""

    timeline: tuple[Event, ...]
    places: tuple[Spot, ...]
    network: tuple[Edge, ...]
    figures: tuple[Figure, ...]
    sources: tuple[Publisher, ...]
    questions: tuple[Question, ...]


def views(gathered: Gathered) -> Views:
    """Return all views of a dossier, each in a fixed order."""
    return Views(
        timeline=tuple(sorted(_events(gathered), key=lambda event: (event.first, event.kind, event.post))),
        places=tuple(_places(gathered.findings)),
        network=tuple(_edges(gathered.findings, gathered.known)),
        figures=tuple(
            Figure(says=says(each).removeprefix("= "), quote=each.quote, post=each.post, value=each.value)
            for each in gathered.findings
            if each.kind == "figure"
        ),
        sources=tuple(_publishers(gathered)),
        questions=tuple(_questions(gathered)),
    )


def _events(gathered: Gathered) -> Iterator[Event]:
    for post in gathered.posts.values():
        if post.time:
            day = _minute(post.time)
            words = " ".join(post.text.split())[:80]
            yield Event(
                first=day, last=day, granularity="minute", kind="posted", words=words, post=post.id, certainty=1.0
            )
    for finding in gathered.findings:
        value = finding.value
        if finding.kind == "date" and value["from"]:
            yield Event(
                first=value["from"],
                last=value["to"],
                granularity=value["granularity"],
                kind="mentioned",
                words=finding.quote,
                post=finding.post,
                certainty=finding.certainty,
            )


def _minute(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def _places(findings: tuple[Finding, ...]) -> Iterator[Spot]:
    """Yield places, those named most often first."""
    held: dict[tuple[str, str | None], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.kind == "place":
            held[finding.value["name"], finding.value.get("country_name")].append(finding)
    for (name, country), named in sorted(held.items(), key=lambda pair: (-len(pair[1]), pair[0][0])):
        value = named[0].value
        posts = tuple(dict.fromkeys(each.post for each in named))
        yield Spot(
            name=name, country=country, lat=value.get("lat"), lon=value.get("lon"), count=len(named), posts=posts
        )


def _edges(findings: tuple[Finding, ...], known: Aliases | None) -> Iterator[Edge]:
    """Yield relations, those that most posts state first; co-occurrence is none. Variants of a name are one."""
    held: dict[tuple[str, str, str, bool], list[Finding]] = defaultdict(list)
    for finding in renamed(findings, known):
        if finding.kind == "relation":
            value = finding.value
            key = (value["subject"]["name"], value["relation"], value["object"]["name"], value["negated"])
            held[key].append(finding)
    for (subject, relation, thing, negated), stated in sorted(held.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        yield Edge(
            subject=subject,
            relation=relation,
            object=thing,
            negated=negated,
            posts=tuple(dict.fromkeys(each.post for each in stated)),
            quote=stated[0].quote,
        )


def _publishers(gathered: Gathered) -> Iterator[Publisher]:
    """Yield publishers of links, those linked most often first; shortened links count as unknown."""
    held: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in gathered.findings:
        value = finding.value
        if finding.kind == "source" and value["type"] != "attribution":
            held[value["publisher"] or value["domain"] or "unknown", value["type"]].append(finding)
    for (name, kind), linked in sorted(held.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        urls = dict.fromkeys(each.value["url"] or each.value["shown"] for each in linked)
        posts = dict.fromkeys(each.post for each in linked)
        gone = tuple(url for url in urls if url in gathered.pages and gathered.pages[url].state == "gone")
        yield Publisher(name=name, kind=kind, count=len(linked), urls=tuple(urls), posts=tuple(posts), gone=gone)


# --- open questions ---------------------------------------------------------------------------------------------------


def _questions(gathered: Gathered) -> Iterator[Question]:
    for thread in gathered.threads:
        for gap in thread.gaps():
            yield Question(kind="gap", says=f"{thread.title}: {gap_sentence(gap)}", post=None)
    for item in gathered.gone:
        what = f"“{item.quote}” in {item.of}" if item.quote else item.of
        yield Question(kind="gone", says=f"{what} is not held any more", post=None)
    yield from _differing(gathered.findings)
    for finding in gathered.findings:
        if finding.kind == "claim" and finding.value["source"] == "none" and finding.value["speaker"]["author"]:
            yield Question(kind="no source", says=_short(finding.quote), post=finding.post)
        elif finding.kind == "date" and not finding.value["from"] and not finding.value.get("repeats"):
            yield Question(kind="not resolved", says=f"when is “{finding.quote}”?", post=finding.post)


def _differing(findings: tuple[Finding, ...]) -> Iterator[Question]:
    """Yield figures of the same thing in the same unit that are not the same."""
    held: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        of = finding.value.get("of") if finding.kind == "figure" else None
        if of and finding.value["unit"] != "times":
            held[str(of).casefold(), finding.value["unit"]].append(finding)
    for (of, unit), same in held.items():
        amounts = Counter(each.value["amount"] for each in same)
        if len(amounts) > 1 and len({each.post for each in same}) > 1:
            told = " and ".join(f"“{each.quote}”" for each in {each.value["amount"]: each for each in same}.values())
            yield Question(kind="figures differ", says=f"{told} {of} ({unit})", post=same[0].post)


def _short(words: str) -> str:
    line = " ".join(words.split())
    return f"{line[:160]}…" if len(line) > 160 else line
