"""A thread and what was found in it, as every form takes it."""

from __future__ import annotations

import uuid

from clew import addresses
from clew.evidence.finding import Finding
from clew.posts import Post
from clew.threads import Thread

__all__ = ["Told", "address_of", "entity_key", "made"]

_OWN = uuid.uuid5(uuid.NAMESPACE_URL, "clew/evidence")


class Told:
    """A thread and its findings, in the order of the posts."""

    def __init__(self, thread: Thread, findings: list[Finding]) -> None:
        self.thread = thread
        self.findings = findings
        self._posts = {post.id: post for post in thread.posts()}

    def post(self, finding: Finding) -> Post:
        """Return the post that shows a finding."""
        return self._posts[finding.post]


def address_of(post: Post) -> str | None:
    """Return a post's address for people; None where there is none."""
    return post.url or addresses.post_url(post.platform, post.author.handle, post.id)


def entity_key(kind: str, name: str) -> str:
    """Return what makes two entities one: kind and name, whatever the case of its letters."""
    return f"{kind}\t{name.casefold()}"


def made(*words: str) -> str:
    """Return an identifier that is always the same for the same words."""
    return str(uuid.uuid5(_OWN, "\t".join(words)))
