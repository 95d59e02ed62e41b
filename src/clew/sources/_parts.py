"""Links, mentions and tags of X in text that comes without them: notes, unrolled pages, tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from clew import extract
from clew.posts import Link, Mention, Tag

__all__ = ["Parts", "found"]


class Parts(NamedTuple):
    """What stands in a text, in its order."""

    links: tuple[Link, ...] = ()
    mentions: tuple[Mention, ...] = ()
    tags: tuple[Tag, ...] = ()


def found(text: str, known: Sequence[Link] = ()) -> Parts:
    """Return the known links, and what else X would have made a link, a mention or a tag outside of them.

    The address of a link is what stands in the text; of a shortened one (`asia_pac…`) it is not known.

    >>> [link.url for link in found("see example.org/a and ft.com/content/f36a55…").links]
    ['https://example.org/a', None]
    """
    parts = extract.find_parts(text)

    def free(part: extract.Found) -> bool:
        return all(part.end <= link.start or part.start >= link.end for link in known)

    links = [*known, *(_link(part) for part in parts.links if free(part))]
    tags = [part for part in (*parts.tags, *parts.cashtags) if free(part)]
    return Parts(
        tuple(sorted(links, key=lambda link: link.start)),
        tuple(Mention(start=part.start, end=part.end, handle=part.word) for part in parts.mentions if free(part)),
        tuple(Tag(start=part.start, end=part.end, tag=part.word) for part in sorted(tags)),
    )


def _link(part: extract.Found) -> Link:
    url = None if part.cut else part.word if "://" in part.word else f"https://{part.word}"
    return Link(start=part.start, end=part.end, shown=part.word, url=url, cut=part.cut)
