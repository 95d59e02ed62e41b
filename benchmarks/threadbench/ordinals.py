"""The author's numbers of gold threads: a list checked by hand, and a plain reader of whole threads for the rest.

The reader knows what no scored tool does: which posts belong together and in which order. It decides which removed
posts were findable, and which threads jump as they were captured. It shares no code with clew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

__all__ = ["HAND_FILE", "Mark", "hand_checked", "is_numbered", "jumps", "marks", "rewritten", "total_of"]

HAND_FILE = Path(__file__).with_name("numbers.json")


class Mark(NamedTuple):
    """What the reader takes for a post's number."""

    number: int
    total: int | None
    start: int
    """First code point of the number and the signs around it."""
    end: int
    family: str
    """Where it stands: start, label (`Step 3`) or end."""


_TAIL = r"(?:https?://\S+|[\w-]+\.[a-z]{2,}/\S*|[^\w\s)\]}/\\?.]|\s)*$"
_OF = r"(?:\s?(?:/|of)\s?(?P<total>\d{1,3}|[nNxX?]|\.\.\.)?)?"
_FAMILIES = {
    "start": re.compile(
        rf"^(?:@\w+\s+)*[^\w\s(\[#]*\s*(?P<mark>[(\[#]?(?P<number>\d{{1,3}}){_OF}\s?(?:[)\]:.\\/•|-]|\ufe0f?\u20e3)*)"
        r"(?![\w%$])"
    ),
    "label": re.compile(r"^\W*(?P<mark>(?:[A-Za-z]{2,12}\s){1,2}#?(?P<number>\d{1,3}))\b(?![%,.]\d)"),
    "end": re.compile(
        rf"(?<![\w$.,])(?P<mark>[(\[]?/?(?P<number>\d{{1,3}})(?:\s?(?:/|of)\s?(?P<total>\d{{1,3}}|[nNxX?])?)?"
        rf"(?:, n = \d+)?[)\]]?){_TAIL}"
    ),
}
#: Numbers behind a word count less: where both stand, `Step 2 ... 4/` is the fourth post.
LABEL = 0.7
_BARE = re.compile(r"\d{1,3}")


def marks(texts: Sequence[str]) -> list[Mark | None]:
    """Return the number of each post of a whole thread in its order, None where it bears none.

    Of the places where a number may stand, the one wins at which most posts go on regularly; the others fill in where
    they go on from it.
    """
    found = {family: _of_family(texts, family) for family in _FAMILIES}
    runs = {family: _run(options) for family, options in found.items()}
    best = max(runs, key=lambda family: _worth(runs[family]) * (LABEL if family == "label" else 1.0))
    if _worth(runs[best]) < 1:
        return [None] * len(texts)
    chosen = list(runs[best])
    for family, options in found.items():
        if family not in (best, "label"):
            _fill(chosen, options)
    return chosen


def _of_family(texts: Sequence[str], family: str) -> list[Mark | None]:
    found: list[Mark | None] = []
    for text in texts:
        match = _FAMILIES[family].search(text)
        if match is None or (family == "end" and _BARE.fullmatch(match["mark"])):
            found.append(None)
            continue
        total = match.groupdict().get("total")
        number = int(match["number"])
        known = int(total) if total and total.isdecimal() else None
        found.append(Mark(number, known, match.start("mark"), match.end("mark"), family))
    return found


def _run(options: Sequence[Mark | None]) -> list[Mark | None]:
    """Return the marks that go on from another one, or are gone on from."""
    numbered = [(at, mark) for at, mark in enumerate(options) if mark]
    kept: list[Mark | None] = [None] * len(options)
    for (at, mark), (later, after) in pairwise(numbered):
        if _goes_on(later - at, after.number - mark.number):
            kept[at], kept[later] = mark, after
    return kept


def _goes_on(posts: int, up: int) -> bool:
    return 0 < up <= posts + 3 or (up == 0 and posts == 1)


def _worth(run: Sequence[Mark | None]) -> float:
    """Return how many steps of a run are regular: as many numbers as posts, or one."""
    numbered = [(at, mark.number) for at, mark in enumerate(run) if mark]
    return sum(
        1.0 if later - at == after - number else 0.6
        for (at, number), (later, after) in pairwise(numbered)
        if after - number in (1, later - at)
    )


def _fill(chosen: list[Mark | None], options: Sequence[Mark | None]) -> None:
    """Take a mark of another place where it lies exactly between its numbered neighbours, or beside the only one."""
    for at, mark in enumerate(options):
        if mark is None or chosen[at] is not None:
            continue
        before = next(((i, m) for i in range(at - 1, -1, -1) if (m := chosen[i])), None)
        after = next(((i, m) for i in range(at + 1, len(chosen)) if (m := chosen[i])), None)
        fits_before = before is None or mark.number - before[1].number == at - before[0]
        fits_after = after is None or after[1].number - mark.number == after[0] - at
        if fits_before and fits_after and (before or after):
            chosen[at] = mark


def hand_checked(path: Path = HAND_FILE) -> dict[str, int | None]:
    """Return the list that was made by reading: post id -> the author's number, None where there is none."""
    known: dict[str, int | None] = json.loads(path.read_text(encoding="utf-8"))
    return known


def is_numbered(numbers: Sequence[int | None]) -> bool:
    """Say whether at least half of a thread's posts bear a number, and two or more do."""
    count = sum(number is not None for number in numbers)
    return count >= 2 and count * 2 >= len(numbers)


def total_of(found: Sequence[Mark | None]) -> int | None:
    """Return the total that most marks state; None where none does."""
    totals = [mark.total for mark in found if mark and mark.total]
    return max(totals, key=totals.count) if totals else None


def jumps(numbers: Sequence[int | None], total: int | None = None) -> bool:
    """Say whether numbers are missing as captured: between two posts, before the first one, or up to the total.

    Unnumbered posts may bear the numbers between their neighbours. Numbers that come late or twice are no jump.
    """
    numbered = [(at, number) for at, number in enumerate(numbers) if number is not None]
    if not numbered:
        return False
    held = {number for _, number in numbered}
    first, last = numbered[0], numbered[-1]
    for (at, number), (later, after) in pairwise(numbered):
        absent = set(range(number + 1, after)) - held
        if len(absent) > later - at - 1:
            return True
    top = max(held)
    short = total is not None and total > top + (len(numbers) - 1 - last[0])
    return short or first[1] - 1 > first[0]


def rewritten(text: str, mark: Mark, form: str) -> str:
    """Return the text with its number written in another form, such as `{k}.`."""
    number = form.replace("{k}", str(mark.number)).replace("{n}", str(mark.total or "n"))
    before, after = text[: mark.start], text[mark.end :]
    if mark.family == "end":
        return f"{before}{number}{after}"
    return f"{before}{number} {after.lstrip()}"
