"""What is reckoned of an archive for pages: who acts together, and who follows whom; run in a process of its own."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

from clew import keeping
from clew.errors import BadOption, NothingFound, needing

if TYPE_CHECKING:
    from clew.archive import Archive
    from clew.compare.actions import Actions
    from clew.compare.coordinate import Coordination
    from clew.compare.network import Places
    from clew.compare.pages import Comparison
    from clew.finding import Finder
    from clew.posts import Post

__all__ = ["DRAWN", "MOST", "Following", "Groups", "Network", "Together"]

MOST = 300_000
"""Posts that are looked at."""
MOST_PAIRS = 2_000_000
"""Pairs of posts behind the edges that are kept for pages."""
DRAWN = 5_000
"""Accounts in a drawing; of more, those with the most partners."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Accounts that act together, and what leads back into the archive."""

    found: Coordination
    places: Places
    """Where accounts are drawn."""
    posts: int
    """How many posts were looked at."""
    keys: Mapping[str, str]
    """The key in the archive of each post behind an edge, by its name among the contents."""
    who: Mapping[int, tuple[str, str]]
    """Platform, and handle or id, of each account that is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Groups beside each other."""

    found: Comparison
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """The question who acts together."""

    traces: tuple[str, ...]
    window: float
    """Seconds."""
    least: int
    """The weight from which on edges are judged."""
    since: str = ""
    """The first day that is looked at; empty: from the first post."""
    until: str = ""
    """The last."""

    def reckoned(self, archive: Path) -> Network:
        """Return the answer.

        Raises:
            BadOption: There are too many posts, or too many pairs, or a day is none.
            NothingFound: No post does any such thing.
        """
        with needing("comparing accounts", "compare"):
            import numpy as np

            from clew.compare.coordinate import Settings, coordinate
            from clew.compare.edges import picked
            from clew.compare.network import layout
        with keeping.opened(archive, repair=False) as held:
            tally = _Tally()
            actions = _actions(tally.watch(_posts(held.connection, self.since, self.until)), self.traces)
        if not len(actions):
            raise NothingFound(f"no post here does any of this: {', '.join(self.traces)}.")
        found = coordinate(actions, Settings(window=self.window, min_weight=self.least))
        if len(found.found.pairs.left) > MOST_PAIRS:
            raise BadOption(
                f"{len(found.found.pairs.left):,} pairs of posts are behind these edges, more than a page can lead to;"
                " take fewer days, a smaller window, or `clew coordinate`."
            )
        drawn = np.array([member.account for member in found.members[:DRAWN]], dtype=np.int32)
        edges = found.found.edges
        shown = np.isin(edges.first, drawn) & np.isin(edges.second, drawn)
        rows = np.unique(np.concatenate(found.found.pairs))
        names = frozenset(actions.contents.take(np.unique(actions.content[rows])))
        return Network(
            found=found,
            places=layout(picked(edges, shown), found.settings.seed) if shown.any() else {},
            posts=tally.posts,
            keys={name: key for name, key in tally.keys.items() if name in names},
            who=_who(tally.authors, actions),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """The question who follows whom."""

    groups: tuple[tuple[str, str], ...]
    """The name of each, and its accounts: handles, find:QUERY or dossier:NAME."""
    control: str | None
    """The name of the one that shows what others do."""
    traces: tuple[str, ...]
    window: float

    def reckoned(self, archive: Path) -> Groups:
        """Return the answer.

        Raises:
            BadOption: The groups make no sense, or there are too many posts.
            NothingFound: No post does any such thing, or there is no such dossier.
        """
        with needing("comparing accounts", "compare"):
            from clew.compare.groups import assign
            from clew.compare.pages import Comparison
            from clew.compare.readings import Rules, evidence, read
            from clew.compare.spread import adoption, first_uses
        with keeping.opened(archive, repair=False) as held:
            tally = _Tally()
            actions = _actions(tally.watch(_posts(held.connection, "", "")), self.traces)
            pairs = [(account, name) for name, who in self.groups for account in _accounts(held, who)]
        if not len(actions):
            raise NothingFound(f"no post here does any of this: {', '.join(self.traces)}.")
        groups = assign(actions, pairs)
        absent = [name for name, _ in self.groups if name not in groups.names]
        if absent:
            raise BadOption(f"nobody of group {', '.join(absent)} does any of this in the archive.")
        rules = Rules(window=self.window)
        ends = permutations([name for name in groups.names if name != self.control], 2)
        return Groups(
            found=Comparison(
                actions=actions,
                groups=groups,
                rules=rules,
                curves=adoption(first_uses(actions, groups), groups),
                readings=[
                    read(evidence(actions, groups, a, b, self.control, rules), rules, actions.grain) for a, b in ends
                ],
            ),
            posts=tally.posts,
        )


@dataclass(slots=True)
class _Tally:
    """What the posts that passed by are called elsewhere."""

    posts: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    authors: dict[str, tuple[str, str]] = field(default_factory=dict)

    def watch(self, posts: Iterator[Post]) -> Iterator[Post]:
        """Yield the posts on."""
        from clew.archive.observe import key_of
        from clew.compare.traces import content_name

        for post in posts:
            self.posts += 1
            self.keys.setdefault(content_name(post), key_of(post.platform, post.id))
            name = post.author.handle or post.author.id
            for alias in (post.author.id, post.author.handle):
                if alias and name:
                    self.authors.setdefault(alias.casefold(), (post.platform, name))
            yield post


def _who(authors: Mapping[str, tuple[str, str]], actions: Actions) -> dict[int, tuple[str, str]]:
    return {code: authors[alias] for alias, code in actions.aliases.items() if alias in authors}


def _actions(posts: Iterator[Post], traces: Sequence[str]) -> Actions:
    from clew.compare.traces import gather

    return gather(posts, traces)


def _posts(connection: sqlite3.Connection, since: str, until: str) -> Iterator[Post]:
    """Yield the posts of an archive that were written on some days.

    Raises:
        BadOption: There are too many, or a day is none.
    """
    from clew.archive.holdings import every

    for day in (since, until):
        if day and not _DAY.fullmatch(day):
            raise BadOption(f"{day[:40]}: write a day as 2021-06-04.")
    first, last = since or "0000", f"{until}T99" if until else "9999"
    (count,) = connection.execute("SELECT count(*) FROM posts WHERE time >= ? AND time <= ?", (first, last)).fetchone()
    if count > MOST:
        raise BadOption(
            f"{count:,} posts lie in this time, and a page looks at {MOST:,} at most; take fewer days, or use"
            " `clew coordinate` and `clew compare`, which have no such limit."
        )
    for thread in every(connection):
        for post in thread.posts():
            if not (since or until) or (post.time is not None and first <= post.time.isoformat() <= last):
                yield post


def _accounts(held: Archive, who: str) -> Iterator[str]:
    """Yield the ids or handles that a reader means: handles parted by commas or blanks, a search, or a dossier."""
    way, _, name = who.strip().partition(":")
    if way == "find":
        from clew.search import grammar

        yield from (one.value for one in _finder(held).count(grammar.parse(name), "author", 1_000_000))
    elif way == "dossier":
        yield from _in_dossier(held, name.strip())
    else:
        yield from filter(None, re.split(r"[\s,;]+", who))


def _in_dossier(held: Archive, name: str) -> Iterator[str]:
    from clew.archive.holdings import found
    from clew.dossier import Shelf, gathered

    def search(query: str) -> list[str]:
        from clew.search import grammar

        return [hit.thread for hit in _finder(held).find(grammar.parse(query), "old", 10_000).hits]

    own = gathered(Shelf(held.path).get(name), lambda one: found(held.connection, one), search, lambda thread: ())
    yield from filter(None, (thread.author.id or thread.author.handle for thread in own.threads))


def _finder(held: Archive) -> Finder:
    """Return what searches the archive, as far as the server has brought its index.

    Raises:
        BadOption: There is none.
    """
    with needing("searching", "search"):
        from clew.finding import Finder
        from clew.following import INDEX
        from clew.search.index import Index
    index = Index.opened(held.path / INDEX)
    if index is None:
        raise BadOption("groups by a search need the search index, which is not there; `clew find` makes it.")
    return Finder(held, index)
