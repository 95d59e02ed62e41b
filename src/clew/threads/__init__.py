"""Pure functions from posts to threads: numbering, weave, gaps."""

from clew.threads.thread import Branch as Branch
from clew.threads.thread import Completeness as Completeness
from clew.threads.thread import Context as Context
from clew.threads.thread import Entry as Entry
from clew.threads.thread import Gap as Gap
from clew.threads.thread import PostEntry as PostEntry
from clew.threads.thread import Reason as Reason
from clew.threads.thread import Thread as Thread
from clew.threads.thread import from_json as from_json
from clew.threads.thread import to_builtins as to_builtins
from clew.threads.thread import to_json as to_json
from clew.threads.weave import weave as weave

__all__ = [
    "Branch",
    "Completeness",
    "Context",
    "Entry",
    "Gap",
    "PostEntry",
    "Reason",
    "Thread",
    "from_json",
    "to_builtins",
    "to_json",
    "weave",
]
