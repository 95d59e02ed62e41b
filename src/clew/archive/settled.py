"""What is shown of a post that was sighted more than once: the latest wording, with all that any sighting knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import msgspec

from clew.posts import Post, Version
from clew.threads.weave import led, once
from clew.threads.wordings import is_shortened, said, said_in

__all__ = ["Seen", "in_order", "settled", "shown"]

_CHANGING = ("text", "links", "mentions", "tags", "media", "warning", "origin", "cut")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One sighting of a post."""

    post: Post
    as_of: str | None
    """As of when the capture shows posts, where its source says so."""
    kept: str
    """When the capture was added."""
    number: int
    """Of the sighting."""


def settled(sightings: Iterable[Seen]) -> list[Post]:
    """Return each post once, as it is shown, in the order of their first sightings."""
    groups: dict[tuple[str, str], list[Seen]] = {}
    for seen in sightings:
        groups.setdefault((seen.post.platform, seen.post.id), []).append(seen)
    return [group[0].post if len(group) == 1 else shown(group) for group in groups.values()]


def in_order(sightings: Iterable[Seen]) -> list[Seen]:
    """Return sightings of a post, the one that shows its latest state last.

    The time of an edit tells, and as of when a source shows posts; where neither is known, when captures were added.
    """
    found = list(sightings)
    edits = any(seen.post.edited for seen in found)
    return sorted(found, key=lambda seen: (_known(seen) or ("" if edits else seen.kept), seen.kept, seen.number))


def _known(seen: Seen) -> str:
    edited = seen.post.edited.isoformat()[:19] if seen.post.edited else ""
    return max(edited, seen.as_of or "")


def shown(sightings: Sequence[Seen]) -> Post:
    """Return what is shown of one post: the one place that decides it.

    The latest wording that is whole is shown; what only other sightings know is added, and their wordings are its
    versions, oldest first. Two texts that differ in nothing but how links and space are shown are one wording, and the
    fuller of them stands for it.
    """
    ordered = in_order(sightings)
    (whole,) = once(seen.post for seen in ordered)
    every = [seen.post for seen in ordered]
    wholes = [post for post in every if not is_shortened(post, every)]
    latest = wholes[-1] if wholes else whole
    own = said(latest)
    same = [post for post in wholes if post.text == latest.text or said(post) == own]
    (best,) = once(same) if same else (whole,)
    versions = _versions(ordered, wholes, best, {own, *map(said, same)})
    changed = {name: getattr(best, name) for name in _CHANGING}
    if any(link.cut and link.url is None for link in best.links):
        changed["links"] = led(best.links, (link for seen in ordered for link in seen.post.links))
    return msgspec.structs.replace(whole, versions=versions, **changed)


def _versions(ordered: Sequence[Seen], wholes: Sequence[Post], best: Post, own: Set[str]) -> tuple[Version, ...]:
    """Return the other wordings: those that sources state, then those that were seen, each once."""
    stated = {version.id: version for seen in ordered for version in seen.post.versions if version.text != best.text}
    found = list(stated.values())
    known = own | {said_in(version.text) for version in found} | {version.text for version in found}
    for post in wholes:
        words = said(post)
        if known.isdisjoint((words, post.text)):
            known |= {words, post.text}
            found.append(Version(id=post.id, time=post.edited or post.time, text=post.text))
    return tuple(found)
