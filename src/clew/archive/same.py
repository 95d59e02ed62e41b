"""Posts that are known from unrolled pages, without ids, and again from a better source: one post, not two."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import msgspec

from clew.posts import Account, Notice, Post
from clew.threads import infer

__all__ = ["Joined", "is_unrolled", "joined", "renamed", "words", "words_hash"]

LONG = 25
"""Letters and digits of a text that hardly stands twice by chance."""
APART = 86_400.0
"""Seconds by which the times on a page and those of a source may differ: pages show local time."""


_SIGNS = re.compile(r"[\W_]+")


def words(post: Post) -> str | None:
    """Return what two sightings of the same words have in common; None where that is too little to go by.

    Letters and digits count, without case, and links not at all: each source shows these in its own way.
    """
    found = _plain(post)
    return found if len(found) >= LONG and post.reposts is None else None


def _plain(post: Post) -> str:
    """Return the words of a post without what sources show differently: links, signs, space, case."""
    text, at = "", 0
    for link in sorted(post.links, key=lambda link: link.start):
        if link.start >= at:
            text, at = text + post.text[at : link.start], max(at, link.end)
    return _words_of(text + post.text[at:])


def _words_of(text: str) -> str:
    """Return letters and digits without case.

    >>> _words_of("1/ The Port — sold!")
    '1theportsold'
    """
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold())


def words_hash(post: Post) -> int | None:
    """Return a number for a post's words, for an index; None as `words`."""
    found = words(post)
    if found is None:
        return None
    return int.from_bytes(hashlib.blake2b(found.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def is_unrolled(post_id: str) -> bool:
    """Say whether an id was made up because the source gave none."""
    return post_id.startswith("unrolled:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Posts after those of pages have found their better sources."""

    posts: Sequence[Post]
    other_ids: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """By platform and id as on the page: platform and id of the post that it is."""
    conversations: Mapping[str, str] = field(default_factory=dict)
    """By conversation of the page: that of the better source."""


@dataclass(slots=True)
class _Page:
    """The posts of one page, in its order, and what was found for each."""

    posts: list[Post]
    found: list[Post | None]


def joined(posts: Sequence[Post]) -> Joined:
    """Return the posts with those of unrolled pages taken for the posts that better sources give of them.

    Author and words must be the same; where the page does not name the author, or the words stand more than once, the
    order of the page decides. A post of the page between two that were found, and that is not held otherwise, keeps
    its words and takes its place: the id that the next one answers, where that is not held.
    """
    pages: dict[tuple[str, str], list[Post]] = {}
    for post in posts:
        if is_unrolled(post.id) and post.conversation is not None:
            pages.setdefault((post.platform, post.conversation), []).append(post)
    if not pages:
        return Joined(posts=posts)
    better: dict[str, list[Post]] = {}
    for post in posts:
        found = None if is_unrolled(post.id) else words(post)
        if found is not None:
            better.setdefault(found, []).append(post)
    held = {(post.platform, post.id) for post in posts}
    replaced: dict[tuple[str, str], Post | None] = {}
    other_ids: dict[tuple[str, str], tuple[str, str]] = {}
    conversations: dict[str, str] = {}
    for (_, conversation), members in pages.items():
        page = _matched(_once(members), better)
        if page is None:
            continue
        for post, own in _placed(page, held):
            key = own.platform, own.id
            replaced[post.platform, post.id] = None if key in held and key != (post.platform, post.id) else own
            other_ids[post.platform, post.id] = key
        real = {post.conversation for post in page.found if post is not None}
        if len(real) == 1 and (only := next(iter(real))) is not None:
            conversations[conversation] = only
    kept = [replaced.get((post.platform, post.id), post) for post in posts]
    return Joined(posts=[post for post in kept if post is not None], other_ids=other_ids, conversations=conversations)


def renamed(notices: Iterable[Notice], conversations: Mapping[str, str]) -> list[Notice]:
    """Return notices with what they say of a page said of the conversation that it shows."""
    return [
        msgspec.structs.replace(notice, conversation=conversations.get(notice.conversation or "", notice.conversation))
        for notice in notices
    ]


def _once(members: Iterable[Post]) -> list[Post]:
    return list({post.id: post for post in members}.values())


def _matched(posts: list[Post], better: Mapping[str, Sequence[Post]]) -> _Page | None:
    """Return the page with what was found for its posts; None where that is not enough to go by."""
    choices = [_choices(post, better) for post in posts]
    authors = {_author(choice) for options in choices for choice in options}
    unknown = posts[0].author.id is None and posts[0].author.handle is None
    pages = [
        _in_order(posts, [[option for option in options if _author(option) == author] for options in choices])
        for author in sorted(authors)
    ]
    best = max(pages, key=lambda page: sum(post is not None for post in page.found), default=None)
    if best is None or not any(best.found):
        return None
    count = sum(post is not None for post in best.found)
    if unknown and (count < 2 or count * 2 < sum(words(post) is not None for post in posts)):
        return None
    return best


def _choices(post: Post, better: Mapping[str, Sequence[Post]]) -> list[Post]:
    own = words(post)
    options = better.get(own, ()) if own is not None else ()
    unknown = post.author.id is None and post.author.handle is None
    return [
        option
        for option in {(option.platform, option.id): option for option in options}.values()
        if post.platform in (option.platform, "unknown")
        and (unknown or _same(post.author, option.author))
        and _near(post, option)
    ]


def _near(a: Post, b: Post) -> bool:
    one, other = infer.moment(a), infer.moment(b)
    return one is None or other is None or abs((one - other).total_seconds()) <= APART


def _same(a: Account, b: Account) -> bool:
    if a.id and b.id:
        return a.id == b.id
    return bool(a.handle and b.handle and a.handle.casefold() == b.handle.casefold())


def _author(post: Post) -> tuple[str, str]:
    return post.platform, post.author.id or (post.author.handle or "").casefold()


def _in_order(posts: list[Post], choices: Sequence[Sequence[Post]]) -> _Page:
    """Choose for each post what stands once, then what stands once between those that were found around it."""
    found: list[Post | None] = [options[0] if len(options) == 1 else None for options in choices]
    _drop_crossed(found)
    for at, options in enumerate(choices):
        if found[at] is None and len(options) > 1:
            before = next((post for post in reversed(found[:at]) if post), None)
            after = next((post for post in found[at + 1 :] if post), None)
            fitting = [option for option in options if _between(option, before, after)]
            if len(fitting) == 1:
                found[at] = fitting[0]
    return _Page(posts, found)


def _between(post: Post, before: Post | None, after: Post | None) -> bool:
    if before is None and after is None:
        return False
    own = infer.order(post)
    return (before is None or infer.order(before) < own) and (after is None or own < infer.order(after))


def _drop_crossed(found: list[Post | None]) -> None:
    """Take back what stands in another order than on the page."""
    known = [(at, post) for at, post in enumerate(found) if post is not None]
    for (_, first), (at, second) in pairwise(known):
        if infer.order(second) <= infer.order(first):
            found[at] = None


def _placed(page: _Page, held: set[tuple[str, str]]) -> list[tuple[Post, Post]]:
    """Return each post of the page that has its place, with the post that it is."""
    final = list(page.found)
    for at in range(len(final) - 1, -1, -1):
        if final[at] is None:
            final[at] = _left_over(page.posts[at], at, final, held)
    before: Post | None = None
    placed: list[tuple[Post, Post]] = []
    for post, found, own in zip(page.posts, page.found, final, strict=True):
        if own is not None and found is None and own.reply_to is None and before is not None:
            own = msgspec.structs.replace(
                own, reply_to=before.id, reply_to_author=before.author.id or before.author.handle
            )
        if own is not None:
            placed.append((post, own))
        before = own
    return placed


def _left_over(post: Post, at: int, final: Sequence[Post | None], held: set[tuple[str, str]]) -> Post | None:
    """Return a post that only the page holds as the author's that was found; None where its place is not known."""
    after = final[at + 1] if at + 1 < len(final) else None
    before = final[at - 1] if at else None
    near = after or before
    if near is None:
        return None
    own_id = post.id
    if after is not None and after.reply_to and (after.platform, after.reply_to) not in held and _answers_itself(after):
        own_id = after.reply_to
    elif before is None:
        return None
    return msgspec.structs.replace(
        post, id=own_id, platform=near.platform, author=near.author, conversation=near.conversation
    )


def _answers_itself(post: Post) -> bool:
    return post.reply_to_author is None or post.reply_to_author in (post.author.id, post.author.handle)
