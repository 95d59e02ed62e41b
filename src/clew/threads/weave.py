"""From posts to threads: what belongs to a thread, in which order, with what is missing (DESIGN section 6)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice, pairwise

import msgspec

from clew import numbering
from clew.posts import Account, Item, Link, Notice, Post, Version, to_json
from clew.threads import gaps, infer, lines
from clew.threads.gaps import Known
from clew.threads.thread import Branch, Context, Edges, Entry, Gap, Label, Thread
from clew.threads.wordings import is_shortened, said

__all__ = ["CONTEXT_POSTS", "led", "once", "weave"]

_Key = tuple[str, str]

#: A branch is a later addition where it begins so many seconds after the post that it answers, and after the main line.
LATER = 3600.0
#: A thread whose middle post is absent is joined over the hole where the two sides lie within so many seconds.
NEAR = 900.0
#: An absent post whose author is not told is the author's own where he or she wrote another within so many seconds.
NEAR_PARENT = 3600.0
#: ... and where the author's numbers join them, within so many.
NUMBERED_NEAR = 86_400.0
#: So many posts of an author are looked at for the one that an absent post answered.
LOOK_BACK = 400
#: So many posts of a page are looked at for the one that another goes on with.
NEIGHBOURS = 20
#: How far back the context above a thread is followed.
CONTEXT_POSTS = 50


def weave(items: Iterable[Item], elsewhere: Iterable[Post] = ()) -> list[Thread]:
    """Return the threads that the posts form, oldest first, those without a time last, in order of id.

    Every post stands in exactly one thread, and a post that nothing joins is a thread of its own. The same post seen
    twice is one post. A circle of replies is cut at its oldest post. The order of the input is no matter.

    Posts from `elsewhere` form no threads and are only looked up, as context above threads and as quoted posts: so a
    part of a corpus can be woven on its own, as long as it holds all that its authors wrote.
    """
    posts, notices = _sorted(items)
    others, _ = _sorted(elsewhere)
    forest = _Forest([*posts, *others], notices, held=len(posts))
    forest.grow()
    index = _Notices(notices, forest)
    threads = [_thread(forest, root, index) for root in forest.roots()]
    return sorted(threads, key=lambda thread: infer.order(next(thread.posts())))


def _sorted(items: Iterable[Item]) -> tuple[list[Post], list[Notice]]:
    """Return each post once, in order of time and id, and the notices."""
    posts: list[Post] = []
    notices: list[Notice] = []
    for item in items:
        if isinstance(item, Post):
            posts.append(item)
        elif isinstance(item, Notice):
            notices.append(item)
    return once(posts), notices


def once(sightings: Iterable[Post]) -> list[Post]:
    """Return each post once, in order of time and id, out of all sightings of it: this decides what is shown.

    The fuller sighting is shown, with what only others know; other wordings are its versions. The order of the
    sightings is no matter.
    """
    posts: dict[_Key, Post] = {}
    again: dict[_Key, list[Post]] = {}
    for item in sightings:
        first = posts.setdefault((item.platform, item.id), item)
        if item != first:
            again.setdefault((item.platform, item.id), [first]).append(item)
    for key, seen in again.items():
        fullest_first = sorted(seen, key=lambda post: (_fullness(post), to_json(post)), reverse=True)
        posts[key] = reduce(merged, fullest_first)
    for post in sorted((post for post in posts.values() if post.versions), key=_last_id, reverse=True):
        if posts.get((post.platform, post.id)) is post:
            _absorb(post, posts)
    return sorted(posts.values(), key=infer.order)


def _absorb(post: Post, posts: dict[_Key, Post]) -> None:
    """Make one post of the wordings of an edited one that X gives as posts of their own: the last, which has all."""
    earlier = {
        version.id: other
        for version in post.versions
        if (other := posts.get((post.platform, version.id))) is not None
        and _last_id(other) < _last_id(post)
        and _same(other.author, post.author)
    }
    if not earlier:
        return
    versions = [
        Version(id=version.id, time=version.time or earlier[version.id].time, text=earlier[version.id].text)
        if version.id in earlier and not version.text
        else version
        for version in post.versions
    ]
    for own_id in earlier:
        del posts[post.platform, own_id]
    posts[post.platform, post.id] = msgspec.structs.replace(post, versions=tuple(versions))


def _last_id(post: Post) -> tuple[int, str]:
    return len(post.id), post.id


def merged(a: Post, b: Post) -> Post:
    """Return one post out of two sightings: the fuller one, with what only the other knows; its wording is kept too."""
    if a == b:
        return a
    best, other = (b, a) if _fullness(b) > _fullness(a) else (a, b)
    known = {name: getattr(other, name) for name in _FILLED if getattr(best, name) is None}
    if other.links and any(link.cut and link.url is None for link in best.links):
        known["links"] = led(best.links, other.links)
    versions = best.versions
    for version in _wordings(other, best):
        is_known = version in versions or (version.text and version.text in {one.text for one in versions})
        if version.text != best.text and not is_known:
            versions = (*versions, version)
    if versions != best.versions and all(version.time for version in versions):
        versions = tuple(sorted(versions, key=_age))
    return msgspec.structs.replace(best, versions=versions, edges_stated=a.edges_stated or b.edges_stated, **known)


def led(links: Iterable[Link], known: Iterable[Link]) -> tuple[Link, ...]:
    """Return links, those that are known only in their shortened form as other sightings of the post know them.

    >>> short = Link(start=0, end=12, shown="a.org/harbo…", url=None, cut=True)
    >>> led([short], [Link(start=3, end=9, shown="a.org/…", url="https://www.a.org/harbour")])[0].url
    'https://www.a.org/harbour'
    """
    full = [link.url for link in known if link.url]
    found: list[Link] = []
    for link in links:
        beginning = _bare(link.shown.rstrip("…."))
        fits = {url for url in full if link.cut and link.url is None and beginning and _bare(url).startswith(beginning)}
        found.append(msgspec.structs.replace(link, url=fits.pop(), cut=False) if len(fits) == 1 else link)
    return tuple(found)


def _bare(url: str) -> str:
    """Return an address as texts show it: without its scheme and `www.`."""
    return url.partition("://")[2].removeprefix("www.") if "://" in url else url.removeprefix("www.")


def _wordings(post: Post, best: Post) -> Iterator[Version]:
    """Yield the wordings that a sighting states, and its own where it is another one than that of a fuller sighting."""
    yield from post.versions
    if not is_shortened(post, [best]) and said(post) != said(best):
        yield Version(id=post.id, time=post.time, text=post.text)


def _age(version: Version) -> tuple[float, str, str]:
    return version.time.timestamp() if version.time else 0.0, version.id, version.text


_FILLED = (
    "time",
    "reply_to",
    "reply_to_author",
    "conversation",
    "quotes",
    "language",
    "edited",
    "deleted",
    "url",
    "community_note",
)


def _fullness(post: Post) -> tuple[bool, bool, int, int, str]:
    return not post.cut, post.edges_stated, len(post.text), len(post.links) + len(post.media), post.text


def authors(posts: Sequence[Post]) -> list[Hashable]:
    """Return a key for each post's author: permanent id, else handle; unknown authors are one only within a page."""
    ids: dict[tuple[str, str], set[str]] = {}
    for post in posts:
        if post.author.id and post.author.handle:
            ids.setdefault((post.platform, post.author.handle.casefold()), set()).add(post.author.id)
    keys: list[Hashable] = []
    for post in posts:
        handle = post.author.handle.casefold() if post.author.handle else None
        known = ids.get((post.platform, handle), ()) if handle else ()
        if post.author.id:
            keys.append((post.platform, "id", post.author.id))
        elif len(known) == 1:
            keys.append((post.platform, "id", *known))
        elif handle:
            keys.append((post.platform, "handle", handle))
        elif post.conversation:
            keys.append((post.platform, "page", post.conversation))
        else:
            keys.append((post.platform, "post", post.id))
    return keys


@dataclass(slots=True)
class _Forest:
    """Posts and absent posts as nodes, with the edges between posts of the same author."""

    posts: list[Post]
    notices: list[Notice]
    held: int
    """The first so many posts form threads; the others are only looked up."""
    authors: list[Hashable] = field(default_factory=list)
    index: dict[_Key, int] = field(default_factory=dict)
    parent: list[int] = field(default_factory=list)
    """By node: the held post that it answers, whoever wrote it; -1 for none."""
    own: list[int] = field(default_factory=list)
    """By node: the node of the same author before it; -1 for none."""
    absent: dict[int, str] = field(default_factory=dict)
    """Nodes of the author's own posts that are not held, with their ids."""
    inferred: set[int] = field(default_factory=set)
    """Nodes whose own edge is not stated."""
    loose: dict[Hashable, list[int]] = field(default_factory=dict)
    """By author: the posts whose source names no parents, in order."""
    children: dict[int, list[int]] = field(default_factory=dict)

    def grow(self) -> None:
        self.authors = [
            *authors(self.posts[: self.held]),
            *(("elsewhere", post.platform, post.id) for post in self.posts[self.held :]),
        ]
        for at, post in enumerate(self.posts):
            for version in post.versions:
                self.index[post.platform, version.id] = at
        for at, post in enumerate(self.posts):
            self.index[post.platform, post.id] = at
        self._state_edges()
        self._cut_circles()
        self._add_absent()
        free = self._free()
        for at in free:
            self.loose.setdefault(self.authors[at], []).append(at)
        for chain in infer.chains(self.posts, self.authors, free):
            for before, after in pairwise(chain):
                self.own[after] = before
                self.inferred.add(after)
        self._stitch_pages(free)
        self._stitch_numbers()
        self._stitch_absent()
        for node, before in enumerate(self.own):
            if before >= 0:
                self.children.setdefault(before, []).append(node)
        for before, group in self.children.items():
            if len(group) > 1:
                self.children[before] = sorted(group, key=self._order)

    def post(self, node: int) -> Post | None:
        return self.posts[node] if node < len(self.posts) else None

    def loose_beside(self, node: int, step: int) -> Post | None:
        """Return the author's loose post directly before (-1) or after (+1) one, where it is near and has no number."""
        loose = self.loose.get(self.authors[node], [])
        place = bisect_left(loose, node)
        if place == len(loose) or loose[place] != node or not 0 <= place + step < len(loose):
            return None
        beside = loose[place + step]
        near = self._within(min(node, beside), max(node, beside), NEAR_PARENT)
        return self.posts[beside] if near and not numbering.marks(self.posts[beside].text) else None

    def roots(self) -> Iterator[int]:
        looked_up = range(self.held, len(self.posts))
        return (node for node, before in enumerate(self.own) if before < 0 and node not in looked_up)

    def _order(self, node: int) -> tuple[bool, float, int, str]:
        while node >= len(self.posts):
            node = self.children[node][0]
        return infer.order(self.posts[node])

    def _state_edges(self) -> None:
        for at, post in enumerate(self.posts):
            found = -1
            if post.reply_to is not None and post.reposts is None:
                found = self.index.get((post.platform, post.reply_to), -1)
            self.parent.append(found if found != at else -1)
            same = found >= 0 and found != at and self.authors[found] == self.authors[at]
            self.own.append(found if same and self.posts[found].reposts is None else -1)

    def _cut_circles(self) -> None:
        """Cut each circle of replies at its oldest post: that one answers nobody."""
        state = bytearray(len(self.posts))
        for start in range(len(self.posts)):
            path: list[int] = []
            node = start
            while node >= 0 and state[node] == 0:
                state[node] = 1
                path.append(node)
                node = self.parent[node]
            if node >= 0 and state[node] == 1 and node in path:
                oldest = min(path[path.index(node) :], key=lambda at: infer.order(self.posts[at]))
                self.parent[oldest] = self.own[oldest] = -1
            for node in path:
                state[node] = 2

    def _add_absent(self) -> None:
        """Give a node to each absent post that its own author answered, so that its replies stay together."""
        nodes: dict[tuple[Hashable, str], int] = {}
        gone = {notice.post: notice for notice in self.notices if notice.kind == "gone" and notice.post}
        latest: dict[Hashable, int] = {}
        keeps_to_itself = self._keep_to_themselves()
        for at, post in enumerate(islice(self.posts, self.held)):
            before = latest.get(self.authors[at])
            latest[self.authors[at]] = at
            if post.reply_to is None or self.parent[at] >= 0 or post.reposts:
                continue
            if (post.platform, post.reply_to) in self.index:
                continue
            answers_itself = self._answers_itself(post, gone)
            if answers_itself is None:
                near = before is not None and self._within(before, at, NEAR_PARENT)
                known = keeps_to_itself.get(self.authors[at])
                answers_itself = near and known is not False if _names_first(post) or known is None else known
            if not answers_itself:
                continue
            key = (self.authors[at], post.reply_to)
            if key not in nodes:
                nodes[key] = len(self.own)
                self.absent[nodes[key]] = post.reply_to
                self.own.append(-1)
                self.authors.append(self.authors[at])
            self.own[at] = nodes[key]

    def _keep_to_themselves(self) -> dict[Hashable, bool]:
        """Return, by author of replies whose parents are held, whether hardly any of these answers somebody else."""
        counts: Counter[tuple[Hashable, bool]] = Counter()
        for at, found in enumerate(self.parent):
            if found >= 0:
                counts[self.authors[at], self.own[at] >= 0] += 1
        return {author: counts[author, True] >= 4 * counts[author, False] for author, _ in counts}

    def _answers_itself(self, post: Post, gone: Mapping[str, Notice]) -> bool | None:
        """Say whether a post answers one of its own author's; None where the source does not tell whom it answers."""
        if post.reply_to_author is not None:
            handle = post.author.handle.casefold() if post.author.handle else None
            return post.reply_to_author == post.author.id or post.reply_to_author.casefold() == handle
        notice = gone.get(post.reply_to or "")
        if notice is None or notice.author is None:
            return None
        return _same(notice.author, post.author)

    def _free(self) -> list[int]:
        """Return the posts whose source names no parents.

        Where a capture names the parents of some of an author's posts, the author's other posts answer nobody.
        """
        naming = {self._view(at) for at, post in enumerate(self.posts) if post.reply_to is not None}
        return [
            at
            for at, post in enumerate(self.posts)
            if post.reply_to is None
            and not post.edges_stated
            and post.reposts is None
            and not (post.platform != "telegram" and self._view(at) in naming)
        ]

    def _view(self, at: int) -> tuple[Hashable, str | None]:
        origin = self.posts[at].origin
        return self.authors[at], origin.capture if origin else None

    def _stitch_pages(self, free: Sequence[int]) -> None:
        """Put posts that a page shows behind what stands before them there, where others of it have stated edges.

        So a page that was unrolled fills what lacks between posts that another source gave.
        """
        loose = {at for at in free if self.posts[at].conversation is not None}
        pages = {self._page(at) for at in loose}
        groups: dict[Hashable, list[int]] = {}
        for at in range(self.held if loose else 0):
            if self.posts[at].reposts is None and (page := self._page(at)) in pages:
                groups.setdefault(page, []).append(at)
        for members in groups.values():
            if loose.issuperset(members):
                continue
            for place, at in enumerate(members):
                if at in loose and (before := self._before(at, members[max(0, place - NEIGHBOURS) : place])) >= 0:
                    self.own[at] = before
                    self.inferred.add(at)

    def _page(self, at: int) -> tuple[Hashable, str, str | None]:
        return self.authors[at], self.posts[at].platform, self.posts[at].conversation

    def _before(self, at: int, earlier: Sequence[int]) -> int:
        """Return which of some earlier posts one goes on with: by the author's numbers, else the latest; -1: none."""
        can = [before for before in reversed(earlier) if not self._is_below(before, at)]
        for mark in numbering.marks(self.posts[at].text)[:1]:
            for before in can:
                if any(one.number == mark.number - 1 for one in numbering.marks(self.posts[before].text)[:1]):
                    return before
        return can[0] if can else -1

    def _leaves(self) -> list[int]:
        answered = set(self.own)
        return [at for at in range(len(self.posts)) if at not in answered and self.posts[at].reposts is None]

    def _stitch_numbers(self) -> None:
        """Join numbered posts that were not posted as replies: 4/ that follows 3/ within a day."""
        starts = [
            (at, mark)
            for at, post in enumerate(self.posts)
            if self.own[at] < 0 and post.edges_stated and post.reply_to is None and post.reposts is None
            for mark in numbering.marks(post.text)[:1]
            if mark.weight >= 0.8 and mark.number >= 2
        ]
        if not starts:
            return
        ends: dict[tuple[Hashable, str, int], list[int]] = {}
        for at in self._leaves():
            for mark in numbering.marks(self.posts[at].text)[:1]:
                ends.setdefault((self.authors[at], mark.form, mark.number), []).append(at)
        taken: set[int] = set()
        for at, mark in starts:
            group = ends.get((self.authors[at], mark.form, mark.number - 1), [])
            before = group[bisect_left(group, at) - 1] if group and group[0] < at else None
            near = before is not None and before not in taken and self._within(before, at, NUMBERED_NEAR)
            if before is not None and near and not self._is_below(before, at):
                self.own[at] = before
                taken.add(before)
                self.inferred.add(at)

    def _stitch_absent(self) -> None:
        """Join what stands above an absent post to what stands below, where a sign tells that both belong together."""
        if not self.absent:
            return
        first_answers: dict[int, int] = {}
        for at, answered in enumerate(self.own[: len(self.posts)]):
            first_answers.setdefault(answered, at)
        earlier = _Earlier(first_answers)
        for at in range(self.held):
            if self.posts[at].reposts is None:
                earlier.add(at, self.authors[at], self.posts[at].conversation)
        gone = {notice.post: notice for notice in self.notices if notice.kind == "gone" and notice.post}
        for node, absent_id in self.absent.items():
            before = self._before_absent(first_answers[node], gone.get(absent_id), earlier)
            if before is not None and not self._is_below(before, node):
                self.own[node] = before
                self.inferred.add(node)

    def _before_absent(self, first: int, notice: Notice | None, earlier: _Earlier) -> int | None:
        """Return the post that an absent one most likely answered; `first` is the first post that answers it."""
        post, author = self.posts[first], self.authors[first]
        if notice is not None and notice.reply_to is not None:
            found = self.index.get((post.platform, notice.reply_to))
            return found if found is not None and self.authors[found] == author else None
        if post.conversation is not None:
            for at in earlier.open_at(first, author, post.conversation):
                return at
        numbered = numbering.marks(post.text)[:1]
        for at in islice(earlier.open_at(first, author), 20):
            for mark, other in zip(numbered, numbering.marks(self.posts[at].text)[:1], strict=False):
                near = self._within(at, first, NUMBERED_NEAR)
                if near and mark.form == other.form and 2 <= mark.number - other.number <= 6:
                    return at
        last = next(earlier.open_at(first, author), None)
        if last is not None and self._within(last, first, NEAR) and post.conversation is None:
            return last if self.posts[last].reply_to is None or self.own[last] >= 0 else None
        return None

    def _within(self, before: int, after: int, seconds: float) -> bool:
        a, b = infer.moment(self.posts[before]), infer.moment(self.posts[after])
        return a is not None and b is not None and 0 <= (b - a).total_seconds() <= seconds

    def _is_below(self, node: int, above: int) -> bool:
        while node >= 0:
            if node == above:
                return True
            node = self.own[node]
        return False


class _Earlier:
    """Each author's posts in order, for looking back from one of them."""

    def __init__(self, first_answers: Mapping[int, int]) -> None:
        self._first_answers = first_answers
        self._posts: dict[tuple[Hashable, str | None], list[int]] = {}

    def add(self, at: int, author: Hashable, conversation: str | None) -> None:
        self._posts.setdefault((author, None), []).append(at)
        if conversation is not None:
            self._posts.setdefault((author, conversation), []).append(at)

    def open_at(self, first: int, author: Hashable, conversation: str | None = None) -> Iterator[int]:
        """Yield, latest first, the author's posts that he or she had not answered yet when writing a post."""
        posts = self._posts.get((author, conversation), [])
        end = bisect_left(posts, first)
        for at in reversed(posts[max(0, end - LOOK_BACK) : end]):
            if self._first_answers.get(at, first) >= first:
                yield at


def _names_first(post: Post) -> bool:
    return post.text.startswith(("@", "＠"))


def _same(a: Account, b: Account) -> bool:
    if a.id and b.id:
        return a.id == b.id
    return bool(a.handle and b.handle and a.handle.casefold() == b.handle.casefold())


class _Notices:
    """The notices, arranged for looking up what concerns a thread."""

    def __init__(self, notices: Sequence[Notice], forest: _Forest) -> None:
        self.gone = {notice.post: notice for notice in notices if notice.kind == "gone" and notice.post}
        self._after: dict[_Key, list[Notice]] = {}
        for notice in self.gone.values():
            at = forest.index.get((notice.platform, notice.post or ""))
            held = at is not None and notice.author is not None and _same(notice.author, forest.posts[at].author)
            if notice.reply_to and not held:
                self._after.setdefault((notice.platform, notice.reply_to), []).append(notice)
        self._by: dict[tuple[str, str | None], list[Notice]] = {}
        for notice in notices:
            if notice.kind in ("count", "cut", "end", "complete", "borders"):
                self._by.setdefault(_about(notice), []).append(notice)

    def known(self, posts: Sequence[Post], last: Post) -> Known:
        """Return what is known of a thread with these posts on its main line and branches."""
        after = [
            notice
            for notice in self._after.get((last.platform, last.id), ())
            if notice.author and _same(notice.author, last.author)
        ]
        if not self._by:
            return Known(gone=self.gone, after=after)
        keys: dict[tuple[str, str | None], None] = {}
        for post in posts:
            keys["conversation", post.conversation] = None
            keys["author", post.author.id or post.author.handle] = None
            keys["capture", post.origin.capture if post.origin else None] = None
        found = [notice for key in keys if key[1] for notice in self._by.get(key, ())]
        found += self._by.get(("post", last.id), ())
        if any(_holds_all(notice, last) for notice in found):
            found = [notice for notice in found if notice.kind != "cut"]
        return Known(
            gone=self.gone,
            after=after,
            counts=[notice for notice in found if notice.kind == "count" and _is_counted(posts[0], notice)],
            cuts=[notice for notice in found if notice.kind == "cut" and _about(notice)[0] in ("conversation", "post")],
            limits=[notice for notice in found if notice.kind == "borders" or _is_wide_cut(notice)],
            ends=[notice for notice in found if notice.kind in ("end", "complete")],
        )


def _holds_all(notice: Notice, last: Post) -> bool:
    """Say whether all of the author's posts are held up to the last one, so that other views may be cut at will."""
    if notice.kind != "complete" or _about(notice)[0] != "author":
        return False
    return notice.time is None or (last.time is not None and last.time <= notice.time)


def _is_counted(first: Post, notice: Notice) -> bool:
    """Say whether a count of a conversation is one of the thread that begins with a post.

    Other people's posts in the conversation are not in it, nor what the same author answers to them.
    """
    if notice.conversation is None or notice.conversation == first.id:
        return notice.conversation is not None
    whose = notice.author
    if whose and (whose.id or whose.handle) and not _same(whose, first.author):
        return False
    return first.reply_to_author in (None, first.author.id, first.author.handle)


def _is_wide_cut(notice: Notice) -> bool:
    return notice.kind == "cut" and _about(notice)[0] in ("author", "capture")


def _about(notice: Notice) -> tuple[str, str | None]:
    if notice.post is not None:
        return "post", notice.post
    if notice.conversation is not None:
        return "conversation", notice.conversation
    if notice.author is not None:
        return "author", notice.author.id or notice.author.handle
    return "capture", notice.origin.capture


def _thread(forest: _Forest, root: int, notices: _Notices) -> Thread:
    found = lines.lines(lines.Tree(root, forest.children, forest.post))
    drawable = [_line(forest, line) for line in found]
    posts = [post for line in drawable for post in line.posts]
    main = drawable[0]
    known = notices.known(posts, main.posts[-1])
    numbers = frozenset(number.number for line in drawable[1:] for number in line.numbers if number)
    drawn = gaps.entries(main, known, numbers)
    tail = gaps.tail_gap(main, known, sum(e.count or 0 for e in drawn if isinstance(e, Gap)), len(main.posts))
    drawn = (*drawn, tail) if tail else drawn
    branches = tuple(
        _branch(forest, line, shape, main, known) for line, shape in zip(found[1:], drawable[1:], strict=True)
    )
    first = main.posts[0]
    moments = [moment for post in posts if (moment := infer.moment(post)) is not None]
    return Thread(
        id=f"{first.platform}:{main.missing.get(first.id, [first.id])[0]}",
        platform=first.platform,
        author=_fullest(posts),
        first=min(moments, default=None),
        last=max(moments, default=None),
        language=_language(posts),
        edges=_edges(forest, found),
        entries=drawn,
        branches=branches,
        context=_context(forest, first),
        completeness=gaps.completeness(main, drawn, (entry for branch in branches for entry in branch.entries), known),
        quoted=_quoted(forest, posts),
    )


def _line(forest: _Forest, line: lines.Line) -> gaps.Line:
    posts: list[Post] = []
    numbers: list[numbering.Number | None] = []
    missing: dict[str, list[str]] = {}
    absent: list[str] = []
    for node, number in zip(line.nodes, line.numbers, strict=True):
        post = forest.post(node)
        if post is None:
            absent.append(forest.absent[node])
            continue
        if absent:
            missing[post.id], absent = absent, []
        posts.append(post)
        numbers.append(number)
    first = posts[0]
    starts = line.after is None and not missing.get(first.id) and (first.edges_stated or first.reply_to is not None)
    if not any(numbers):
        return gaps.Line(posts, numbers, missing, starts)
    before = forest.loose_beside(line.nodes[0], -1) if line.after is None else None
    return gaps.Line(posts, numbers, missing, starts, before, forest.loose_beside(line.nodes[-1], 1))


def _branch(forest: _Forest, line: lines.Line, shape: gaps.Line, main: gaps.Line, known: Known) -> Branch:
    assert line.after is not None
    above = forest.post(line.after)
    a = infer.moment(above) if above else None
    b, end = infer.moment(shape.posts[0]), infer.moment(main.posts[-1])
    delay = (b - a).total_seconds() if a and b else None
    later = delay is not None and delay > LATER and b is not None and end is not None and b > end
    label: Label = "correction" if _corrects(shape.posts[0].text) else "later" if later else "aside"
    drawn = gaps.entries(gaps.Line(shape.posts, [None] * len(shape.posts), shape.missing), known)
    return Branch(
        after=above.id if above else forest.absent[line.after],
        label=label,
        delay=delay,
        entries=tuple(_numbered(drawn, shape.numbers)),
    )


def _numbered(drawn: Sequence[Entry], numbers: Sequence[numbering.Number | None]) -> Iterator[Entry]:
    rest = iter(numbers)
    for entry in drawn:
        if isinstance(entry, Gap):
            yield entry
        else:
            number = next(rest)
            yield msgspec.structs.replace(
                entry, number=number.number if number else None, total=number.total if number else None
            )


_CORRECTIONS = (
    "correction",
    "corrected",
    "erratum",
    "errata",
    "typo",
    "поправка",
    "исправление",
    "更正",
    "勘误",
    "corrección",
)


def _corrects(text: str) -> bool:
    start = text.lstrip(" *([\n").casefold()
    return start.startswith(_CORRECTIONS)


def _fullest(posts: Sequence[Post]) -> Account:
    """Return the account as the latest post that says most of it names it."""
    return max(
        (post.author for post in posts),
        key=lambda account: (bool(account.id), bool(account.handle), bool(account.name)),
    )


def _language(posts: Sequence[Post]) -> str | None:
    counts = Counter(post.language for post in posts if post.language and post.language != "und")
    return max(counts, key=lambda language: (counts[language], language)) if counts else None


def _edges(forest: _Forest, found: Sequence[lines.Line]) -> Edges:
    nodes = [node for line in found for node in line.nodes if forest.own[node] >= 0]
    if not nodes:
        first = forest.post(found[0].nodes[-1])
        return "stated" if first and (first.edges_stated or first.reply_to) else "inferred"
    guessed = sum(1 for node in nodes if node in forest.inferred)
    return "stated" if guessed == 0 else "inferred" if guessed == len(nodes) else "mixed"


def _context(forest: _Forest, first: Post) -> Context:
    at = forest.index[first.platform, first.id]
    if forest.own[at] >= 0:
        return Context()
    above: list[Post] = []
    node = forest.parent[at]
    while node >= 0 and len(above) < CONTEXT_POSTS:
        above.append(forest.posts[node])
        node = forest.parent[node]
    return Context(reply_to=first.reply_to, reply_to_author=first.reply_to_author, posts=tuple(reversed(above)))


def _quoted(forest: _Forest, posts: Sequence[Post]) -> tuple[Post, ...]:
    found = (forest.index.get((post.platform, post.quotes), -1) for post in posts if post.quotes)
    return tuple(dict.fromkeys(forest.posts[at] for at in found if at >= 0))
