"""What a dossier holds, looked up: its threads with their findings, and what of it is not there any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from clew.dossier.collection import Dossier, Item
from clew.evidence import Finding, find
from clew.evidence.joined import Aliases
from clew.posts import Post
from clew.standing import Standing
from clew.threads import Thread

__all__ = ["Gathered", "Passage", "gathered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage of a post that the user marked."""

    item: Item
    post: Post
    start: int
    """Where it stands in the text as it is shown now."""
    moved: bool
    """True where the text was edited and the words stand elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A dossier with all that it is about."""

    dossier: Dossier
    threads: tuple[Thread, ...]
    """Each once, oldest first; a thread is there as a whole where any post of it is meant."""
    findings: tuple[Finding, ...]
    """Of these threads, in their order."""
    passages: tuple[Passage, ...]
    gone: tuple[Item, ...]
    """Items whose thread or post is not held any more, or whose words are in no text."""
    known: Aliases | None = None
    """Which names are one, as the users of the archive say."""
    pages: Mapping[str, Standing] = field(default_factory=dict)
    """How it stands with the pages that posts link to, by their addresses; without those that nobody asked for."""

    @property
    def posts(self) -> dict[str, Post]:
        """The posts of all threads by their ids."""
        return {post.id: post for thread in self.threads for post in thread.posts()}


def gathered(
    dossier: Dossier,
    look_up: Callable[[str], Sequence[Thread]],
    search: Callable[[str], Iterable[str]],
    study: Callable[[Thread], Iterable[Finding]] = find,
    pages: Callable[[Sequence[Thread]], Mapping[str, Standing]] = lambda threads: {},
    known: Aliases | None = None,
) -> Gathered:
    """Return what a dossier is about.

    `look_up` gives the threads of an id, `search` the ids of what answers a query, `pages` how it stands with links,
    `known` which names are one.
    """
    threads: dict[str, Thread] = {}
    passages: list[Passage] = []
    gone: list[Item] = []
    for item in dossier.items:
        ids = search(item.of) if item.kind == "search" else [item.of]
        found = [thread for each in ids for thread in look_up(each)]
        threads |= {thread.id: thread for thread in found}
        passage = _passage(item, found) if item.kind == "passage" else None
        if passage:
            passages.append(passage)
        elif item.kind != "search" and (not found or item.kind == "passage"):
            gone.append(item)
    ordered = sorted(threads.values(), key=lambda thread: (thread.first is None, str(thread.first), thread.id))
    return Gathered(
        dossier=dossier,
        threads=tuple(ordered),
        findings=tuple(finding for thread in ordered for finding in study(thread)),
        passages=tuple(passages),
        gone=tuple(gone),
        known=known,
        pages={url: one for url, one in pages(ordered).items() if one.state != "unasked"},
    )


def _passage(item: Item, threads: Iterable[Thread]) -> Passage | None:
    """Return where the words of a passage stand now; None where they stand nowhere."""
    own = item.of.rpartition(":")[2] if item.of.count(":") == 1 else item.of
    for post in (post for thread in threads for post in thread.posts() if post.id in (item.of, own)):
        words = item.quote or ""
        start = item.start if item.start is not None else post.text.find(words)
        if post.text.startswith(words, max(start, 0)) and start >= 0:
            return Passage(item=item, post=post, start=start, moved=False)
        if (moved := post.text.find(words)) >= 0:
            return Passage(item=item, post=post, start=moved, moved=True)
    return None
