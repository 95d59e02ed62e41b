"""Posts and threads for tests, made of their texts alone."""

from __future__ import annotations

from datetime import datetime

from clew.posts import Account, Post
from clew.sources._parts import found
from clew.threads import Thread, weave

__all__ = ["posted", "thread_of"]


def posted(text: str, own: str = "1", moment: datetime | None = None, reply_to: str | None = None) -> Post:
    """Return a post with the links, mentions and tags that its text shows."""
    parts = found(text)
    return Post(
        platform="x",
        id=own,
        author=Account(handle="ana", name="Ana"),
        text=text,
        time=moment,
        reply_to=reply_to,
        links=parts.links,
        mentions=parts.mentions,
        tags=parts.tags,
    )


def thread_of(*posts: Post) -> Thread:
    """Return the thread that posts are."""
    return next(iter(weave(posts)))
