"""A set of ids that takes eight bytes for most of them, for formats that must know all ids of a file beforehand."""

from __future__ import annotations

from array import array
from bisect import bisect_left

__all__ = ["Ids"]

#: So many ids are sorted together.
_RUN = 1 << 16
_NUMBER = 1 << 64


class Ids:
    """Ids of posts: decimal numbers below 2**64 in sorted runs, others as they are.

    Runs that follow each other in time, as in an export, lie apart, so that an id is looked for in one of them.
    """

    def __init__(self) -> None:
        self._runs: list[array[int]] = []
        self._open: set[int] = set()
        self._others: set[str] = set()

    def add(self, own_id: str) -> None:
        """Take an id in."""
        number = _number(own_id)
        if number is None:
            self._others.add(own_id)
            return
        self._open.add(number)
        if len(self._open) == _RUN:
            self._runs.append(array("Q", sorted(self._open)))
            self._open.clear()

    def __contains__(self, own_id: object) -> bool:
        if not isinstance(own_id, str):
            return False
        number = _number(own_id)
        if number is None:
            return own_id in self._others
        return number in self._open or any(_holds(run, number) for run in self._runs)


def _number(own_id: str) -> int | None:
    """Return the id as a number where the number leads back to the same id."""
    if not own_id.isascii() or not own_id.isdecimal() or (own_id[0] == "0" and own_id != "0") or len(own_id) > 20:
        return None
    number = int(own_id)
    return number if number < _NUMBER else None


def _holds(run: array[int], number: int) -> bool:
    if not run[0] <= number <= run[-1]:
        return False
    return run[bisect_left(run, number)] == number
