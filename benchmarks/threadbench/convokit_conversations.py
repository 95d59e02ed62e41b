"""ConvoKit as a tool for ThreadBench: its conversations as `clew/thread/1`, with any Python that has `convokit`.

Runs on its own, without clew: posts on standard input, threads on standard output.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from datetime import datetime
from importlib import import_module


def main() -> None:
    """Make a corpus, let ConvoKit say what its conversations are, and write each of them in order of time.

    It refuses replies to posts that are not held; those are given to it as if they answered nobody.
    """
    with redirect_stdout(sys.stderr):  # its first import says something
        convokit = import_module("convokit")
    posts = {post["id"]: post for post in map(json.loads, sys.stdin)}
    handles = dict.fromkeys(post["author"]["handle"] for post in posts.values())
    known = {handle: convokit.Speaker(id=handle) for handle in handles}
    corpus = convokit.Corpus(
        utterances=[
            convokit.Utterance(
                id=post["id"],
                speaker=known[post["author"]["handle"]],
                reply_to=post.get("reply_to") if post.get("reply_to") in posts else None,
                timestamp=datetime.fromisoformat(post["time"]).timestamp(),
                text=post["text"],
            )
            for post in posts.values()
        ]
    )
    for conversation in corpus.iter_conversations():
        said = sorted(conversation.iter_utterances(), key=lambda one: (one.timestamp, len(one.id), one.id))
        entries = [{"kind": "post", "id": one.id, "number": None} for one in said]
        print(json.dumps({"schema": "clew/thread/1", "entries": entries, "branches": []}))


if __name__ == "__main__":
    main()
