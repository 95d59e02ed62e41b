"""Groups of accounts, and which account of some actions is in which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from clew.compare.actions import Actions, Codes
from clew.errors import BadOption

__all__ = ["Groups", "assign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Which account is in which group."""

    names: tuple[str, ...]
    """The largest first."""
    of: Codes
    """For each account, an index into `names`; -1: none."""
    absent: int
    """Accounts that are in a group and do nothing in the data."""

    def size(self, group: int) -> int:
        """Return how many accounts of a group act."""
        return int((self.of == group).sum())

    def number(self, name: str) -> int:
        """Return the number of a group.

        Raises:
            BadOption: There is none of that name.
        """
        if name not in self.names:
            raise BadOption(f"no group is called {name!r}; there are: {', '.join(self.names)}.")
        return self.names.index(name)


def assign(actions: Actions, pairs: Iterable[tuple[str, str]]) -> Groups:
    """Return the groups of the accounts, from pairs of account (id, or handle with or without @) and group.

    Raises:
        BadOption: An account is in two groups, or none of the accounts is in the data.
    """
    known = {name.casefold(): code for code, name in enumerate(actions.accounts)} | dict(actions.aliases)
    chosen: dict[int, str] = {}
    absent: set[str] = set()
    for account, group in pairs:
        name = account.removeprefix("@").casefold()
        code = known.get(name, known.get(account.casefold()))
        if code is None:
            absent.add(name)
        elif chosen.setdefault(code, group) != group:
            raise BadOption(f"{account} is in two groups, {chosen[code]} and {group}; an account can be in one.")
    if not chosen:
        raise BadOption("none of the accounts in the groups is in the data; are they written as the data writes them?")
    names = _ranked(list(chosen.values()))
    of = np.full(len(actions.accounts), -1, dtype=np.int32)
    for code, group in chosen.items():
        of[code] = names.index(group)
    return Groups(names=tuple(names), of=of, absent=len(absent))


def _ranked(groups: Sequence[str]) -> list[str]:
    return sorted(set(groups), key=lambda group: (-groups.count(group), group))
