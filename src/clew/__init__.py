"""Clew turns social-media threads into whole, checkable, citable documents.

import clew

for thread in clew.read("outbox.json"):
    print(thread.title, thread.completeness.verdict)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clew.errors import ClewError as ClewError
    from clew.ingest import Reading as Reading
    from clew.ingest import read as read
    from clew.posts import Account as Account
    from clew.posts import Link as Link
    from clew.posts import Media as Media
    from clew.posts import Notice as Notice
    from clew.posts import Origin as Origin
    from clew.posts import Post as Post
    from clew.posts import Problem as Problem
    from clew.threads import Branch as Branch
    from clew.threads import Completeness as Completeness
    from clew.threads import Context as Context
    from clew.threads import Gap as Gap
    from clew.threads import PostEntry as PostEntry
    from clew.threads import Reason as Reason
    from clew.threads import Thread as Thread
    from clew.threads.weave import weave as weave

#: Where each name of the front door lives; a module is imported when one of its names is first used.
_HOMES = {
    "Account": "clew.posts",
    "Branch": "clew.threads",
    "ClewError": "clew.errors",
    "Completeness": "clew.threads",
    "Context": "clew.threads",
    "Gap": "clew.threads",
    "Link": "clew.posts",
    "Media": "clew.posts",
    "Notice": "clew.posts",
    "Origin": "clew.posts",
    "Post": "clew.posts",
    "PostEntry": "clew.threads",
    "Problem": "clew.posts",
    "Reading": "clew.ingest",
    "Reason": "clew.threads",
    "Thread": "clew.threads",
    "read": "clew.ingest",
    "weave": "clew.threads",
}

__all__ = [
    "Account",
    "Branch",
    "ClewError",
    "Completeness",
    "Context",
    "Gap",
    "Link",
    "Media",
    "Notice",
    "Origin",
    "Post",
    "PostEntry",
    "Problem",
    "Reading",
    "Reason",
    "Thread",
    "read",
    "weave",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'clew' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
