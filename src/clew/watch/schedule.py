"""How often a place is asked: often where much happens, rarely where nothing does, ever more rarely where it fails."""

from __future__ import annotations

import hashlib

__all__ = ["FIRST", "LONGEST", "SHORTEST", "next_interval", "spread"]

SHORTEST = 60.0
"""Seconds between two askings of the same place, at least."""
FIRST = 300.0
"""... to begin with."""
LONGEST = 86_400.0
"""... at most; a thread that is silent may be left alone for seven times as long."""
OLD = 30 * 86_400.0
"""From so many seconds of silence on a thread is old."""


def next_interval(interval: float, new: int, silence: float | None, *, failed: bool, is_thread: bool) -> float:
    """Return how many seconds to wait, after so many, and after what was found then.

    `silence` are the seconds since the last post that is known of; None where none is.

    >>> next_interval(600, 3, 10, failed=False, is_thread=True)
    240.0
    """
    longest = LONGEST * (7 if is_thread and silence is not None and silence > OLD else 1)
    if failed:
        wanted = interval * 2
    elif new:
        wanted = interval * 0.4
    else:
        wanted = interval * 1.5
    if is_thread and silence is not None and not new:
        wanted = max(wanted, silence / 20)
    return min(max(wanted, SHORTEST), longest)


def spread(name: str, interval: float) -> float:
    """Return an interval that differs by up to a tenth from place to place, so that not all are asked at once."""
    share = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=2).digest(), "big") / 65_535
    return interval * (0.9 + 0.2 * share)
