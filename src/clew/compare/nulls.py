"""What chance gives: worlds in which one thing is left to chance and all else is as it was.

Each null model is a function from actions to actions and takes its chance from the generator that it is given.

- `jitter` moves every post by up to some seconds: what is left of acting within a *narrow* window when only the wider
  time is given? The ups and downs of the day and of the news stay.
- `labels` deals the accounts of each object anew among its uses: what is left when only the object's own course is
  given? A burst that everybody takes part in stays a burst.
- `rewire` deals the authors of posts anew within each day: what is left when only the accounts' activity and the
  objects' use are given? Every account keeps its number of posts, every object its number of uses and their times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from clew.compare.actions import Actions, ordered

__all__ = ["NULLS", "Null", "jitter", "labels", "rewire"]

DAY = 86_400_000

Null = Callable[[Actions, int, np.random.Generator], Actions]
"""Takes the actions, the width of jitter in milliseconds, and where chance comes from."""


def jitter(actions: Actions, width: int, rng: np.random.Generator) -> Actions:
    """Return the actions with each post moved by up to the width, in steps of the grain of the times."""
    grain = actions.grain
    steps = max(1, width // grain)
    moved = rng.integers(-steps, steps + 1, len(actions.contents)) * grain
    return ordered(replace(actions, time=actions.time + moved[actions.content], left={}))


def labels(actions: Actions, width: int, rng: np.random.Generator) -> Actions:
    """Return the actions with the accounts of each object dealt anew among its uses."""
    order = np.lexsort((rng.random(len(actions)), actions.object))
    return replace(actions, account=actions.account[order])


def rewire(actions: Actions, width: int, rng: np.random.Generator) -> Actions:
    """Return the actions with the authors of posts dealt anew among the posts of each day."""
    author = np.full(len(actions.contents), -1, dtype=np.int32)
    day = np.zeros(len(actions.contents), dtype=np.int64)
    author[actions.content] = actions.account
    day[actions.content] = actions.time // DAY
    posts = np.flatnonzero(author >= 0)
    before = posts[np.argsort(day[posts], kind="stable")]
    after = posts[np.lexsort((rng.random(len(posts)), day[posts]))]
    dealt = author.copy()
    dealt[before] = author[after]
    return replace(actions, account=dealt[actions.content])


NULLS: dict[str, Null] = {"jitter": jitter, "labels": labels, "rewire": rewire}
