"""A thread as its page shows it: a stretch of its document with gaps, edits, sources, people and tags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clew.posts import Post
from clew.publish.document import Aside, Block, Document, Missing, Note, Said, Style, compose
from clew.threads import Thread

__all__ = ["STRETCH", "Reading", "Tagged", "reading", "stretch_of"]

STRETCH = 100
"""Posts and gaps that stand on one page of a thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A person or a tag that posts name, and how often."""

    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One page of a thread."""

    thread: Thread
    document: Document
    """The whole thread."""
    blocks: tuple[Block, ...]
    """Those of this page."""
    gaps: dict[int, int]
    """The number of each gap in the thread, by the identity of its block."""
    page: int
    pages: int
    people: tuple[Tagged, ...]
    tags: tuple[Tagged, ...]
    posts: dict[str, Post]
    """By anchor."""
    addresses: dict[str, str]
    """Where on which page each anchor stands."""
    notes: tuple[Note, ...]
    """The links of this page's posts."""

    @property
    def gap_count(self) -> int:
        """How many gaps the whole thread has."""
        return sum(anchor.startswith("gap-") for anchor in self.addresses)


def reading(thread: Thread, page: int, base: str, style: Style, *, whole: bool = False) -> Reading | None:
    """Return a page of a thread, from 1; None where it has no such page.

    `base` is the address of the first; `whole` puts all of the thread on it.
    """
    (document,) = compose([thread], style)
    stretches = [document.blocks] if whole else [*_stretches(document.blocks)]
    if not 1 <= page <= len(stretches):
        return None
    held = {post.id: post for post in thread.posts()}
    where = dict(_addresses(stretches, base, page))
    blocks = stretches[page - 1]
    return Reading(
        thread=thread,
        document=document,
        blocks=blocks,
        gaps=_numbered(stretches, page),
        page=page,
        pages=len(stretches),
        people=_counted(mention.handle for post in thread.posts() for mention in post.mentions),
        tags=_counted(tag.tag for post in thread.posts() for tag in post.tags),
        posts={said.anchor: held[said.id] for said in _said(document.blocks) if said.id in held},
        addresses=where,
        notes=tuple(dict.fromkeys(note for said in _said(blocks) for note in _notes(said))),
    )


def stretch_of(thread: Thread, post_id: str) -> tuple[int, str] | None:
    """Return the page that a post of the thread stands on, and its anchor there; None where it has no such post."""
    (document,) = compose([thread])
    for page, blocks in enumerate(_stretches(document.blocks), 1):
        for said in _said(blocks):
            if said.id == post_id:
                return page, said.anchor
    return None


def _stretches(blocks: Sequence[Block]) -> Iterator[tuple[Block, ...]]:
    """Yield blocks a page at a time; a branch is never cut, so that a page can be longer by one."""
    stretch: list[Block] = []
    size = 0
    for block in blocks:
        stretch.append(block)
        size += len(block.blocks) if isinstance(block, Aside) else 1
        if size >= STRETCH:
            yield tuple(stretch)
            stretch, size = [], 0
    if stretch:
        yield tuple(stretch)


def _addresses(stretches: Sequence[Sequence[Block]], base: str, own: int) -> Iterator[tuple[str, str]]:
    gap = 0
    for page, blocks in enumerate(stretches, 1):
        before = "" if page == own else base if page == 1 else f"{base}?page={page}"
        for block in blocks:
            for one in block.blocks if isinstance(block, Aside) else (block,):
                if isinstance(one, Said) and one.anchor:
                    yield one.anchor, f"{before}#{one.anchor}"
                elif isinstance(one, Missing):
                    gap += 1
                    yield f"gap-{gap}", f"{before}#gap-{gap}"


def _numbered(stretches: Sequence[Sequence[Block]], page: int) -> dict[int, int]:
    """Return the number of each gap of a page, by the identity of its block."""
    numbers: dict[int, int] = {}
    for blocks in stretches[:page]:
        for block in blocks:
            for one in block.blocks if isinstance(block, Aside) else (block,):
                if isinstance(one, Missing):
                    numbers[id(one)] = len(numbers) + 1
    return numbers


def _said(blocks: Sequence[Block]) -> Iterator[Said]:
    """Yield the posts of the thread itself."""
    for block in blocks:
        for one in block.blocks if isinstance(block, Aside) else (block,):
            if isinstance(one, Said):
                yield one


def _notes(said: Said) -> Iterator[Note]:
    yield from (run.note for run in said.runs if run.note)
    yield from said.loose
    if said.quoted and said.quoted.post:
        yield from _notes(said.quoted.post)


def _counted(names: Iterator[str]) -> tuple[Tagged, ...]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: -item[1])[:40]
    return tuple(Tagged(name=name, count=count) for name, count in ranked)
