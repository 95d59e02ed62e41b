"""Figures and comparisons against a table of the user's: agrees, disagrees, cannot tell, with the arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from clew.evidence.entities import alike, keys_of, named, names_in
from clew.evidence.finding import Finding
from clew.evidence.joined import Aliases, joined
from clew.evidence.passages import Passage, Sentence
from clew.evidence.table import Row
from clew.threads import Thread

__all__ = ["Checked", "Verdict", "checked"]

Verdict: TypeAlias = Literal["agrees", "disagrees", "cannot tell"]
ABOUT = 0.2
"""So far off may be what is said with `about`."""


class Checked(NamedTuple):
    """What a table says to a figure."""

    finding: Finding
    verdict: Verdict
    arithmetic: str
    """Which values were put against what was said; or why that can't be."""
    rows: tuple[Row, ...]
    """The rows that were used."""


def checked(
    thread: Thread, findings: Sequence[Finding], table: Sequence[Row], known: Aliases | None = None
) -> Iterator[Checked]:
    """Yield what the table says to each figure of a thread, in the order of the text.

    Names of the thread and of the table that are those of one (`@rosatom`, `Росатом`) are taken as one; `known` is
    what the user says of that.

    Figures in whose sentence no entity and no measure of the table stands are left out: the table is not about them.
    """
    one = alike(joined([*findings, *(name for row in table for name in names_in(row.entity))], known))
    entries = [(frozenset(one.get(key, key) for key in keys_of(row.entity)), row) for row in table]
    passages = {post.id: Passage(post) for post in thread.posts()}
    held: dict[str, list[Finding]] = {}
    for finding in findings:
        held.setdefault(finding.post, []).append(finding)
    for finding in findings:
        if finding.kind == "figure":
            asked = _Question.of(finding, passages[finding.post], held[finding.post], entries, one)
            if asked.about:
                yield asked.answered()


Entries: TypeAlias = list[tuple[frozenset[str], Row]]


class _Question(NamedTuple):
    """A figure, with all that is needed to look it up."""

    finding: Finding
    text: str
    """Its sentence."""
    within: tuple[Finding, ...]
    """What else was found in its sentence."""
    dates: tuple[Finding, ...]
    """The dates of its sentence; else the last one before it in the post."""
    about: Entries
    """The rows of the table that are about its sentence, by the words of their measure."""
    one: dict[str, str]
    """The key of its entity for each key of a name."""

    @classmethod
    def of(
        cls, finding: Finding, passage: Passage, held: Sequence[Finding], entries: Entries, one: dict[str, str]
    ) -> _Question:
        sentence = passage.sentence_at(finding.start)
        within = tuple(each for each in held if _is_in(each, sentence))
        dates = [each for each in within if each.kind == "date" and each.value["from"]]
        if not dates:
            dates = [
                each for each in held if each.kind == "date" and each.value["from"] and each.end <= sentence.start
            ][-1:]
        present = {one.get(key, key) for each in within for key in named(each)}
        about = [
            (keys, row)
            for keys, row in entries
            if _has_words(row.measure, sentence.text) and (keys & present or not keys)
        ]
        return cls(finding, sentence.text, within, tuple(dates), about, one)

    def answered(self) -> Checked:
        value = self.finding.value
        if "comparison" in value:
            return self._of_two(value["comparison"])
        if "ratio" in value or value["unit"] == "percent":
            return self._over_time()
        return self._value()

    # --- so many times as much as another

    def _of_two(self, compared: dict[str, Any]) -> Checked:
        """Return what becomes of `A is 5x of B`."""
        sides = [
            self._keys(compared["of_start"], compared["of_end"]),
            self._keys(compared["than_start"], compared["than_end"]),
        ]
        of, than = sides[0] - sides[1], sides[1] - sides[0]
        if not of or not than:
            return self._cannot("the sentence does not name two that the table tells apart")
        year = self._year()
        if year is None:
            return self._cannot("no single year is said")
        found = [self._row(own, sides[at], year) for at, own in enumerate((of, than))]
        for row in found:
            if isinstance(row, str):
                return self._cannot(row)
        a, b = (row for row in found if isinstance(row, Row))
        if a.unit != b.unit:
            return self._cannot(f"{a.entity} is in {a.unit}, {b.entity} in {b.unit}", a, b)
        if b.value == 0:
            return self._cannot(f"{b.entity} is 0 in {year}", a, b)
        return self._held_against(a.value / b.value, _division(a, b), "bigger" in self._after(), a, b)

    def _keys(self, start: int, end: int) -> set[str]:
        return self._named(each for each in self.within if start <= each.start and each.end <= end)

    def _named(self, found: Iterable[Finding]) -> set[str]:
        return {self.one.get(key, key) for each in found for key in named(each)}

    # --- so many times as much as before

    def _over_time(self) -> Checked:
        """Return what becomes of `it tripled since 2013` and `it fell by 12% in 2020`."""
        years = self._years()
        share = self.finding.value["unit"] == "percent"
        way = _WAY.search(self.text)
        if share and way is None:
            return self._value()
        if not years or (len(years) == 1 and not share):
            return self._cannot("it is not said from when to when")
        first, last = (years[0], years[-1]) if len(years) > 1 else (years[0] - 1, years[0])
        present = self._named(self.within)
        found = [self._row(present, present, year) for year in (last, first)]
        for row in found:
            if isinstance(row, str):
                return self._cannot(row)
        a, b = (row for row in found if isinstance(row, Row))
        if b.value == 0:
            return self._cannot(f"{b.entity} is 0 in {b.year}", a, b)
        if not share:
            return self._held_against(a.value / b.value, _division(a, b), False, a, b)
        assert way is not None
        change = (a.value / b.value - 1) * 100 * (-1 if way["down"] else 1)
        return self._held_against(
            change, f"({_division(a, b)} - 1) in percent{', downwards' if way['down'] else ''}", False, a, b
        )

    # --- a value by itself

    def _value(self) -> Checked:
        year = self._year()
        if year is None:
            return self._cannot("no single year is said")
        present = self._named(self.within)
        row = self._row(present, present, year)
        if isinstance(row, str):
            return self._cannot(row)
        unit = self.finding.value["unit"]
        if row.unit is None or (unit != "count" and unit != row.unit):
            return self._cannot(f"the post says {unit}, the table {row.unit or 'no unit'}", row)
        return self._held_against(row.value, _told(row), False, row)

    # --- what they share

    def _years(self) -> list[int]:
        """Return the years that are said, the earliest first: both ends of `from 2013 to 2020`; a decade is none."""
        kept = [each.value for each in self.dates if each.value["granularity"] not in ("decade", "century")]
        return sorted({int(value[end][:4]) for value in kept for end in ("from", "to")})

    def _year(self) -> int | None:
        years = self._years()
        return years[0] if len(years) == 1 else None

    def _row(self, own: set[str], allowed: set[str], year: int) -> Row | str:
        """Return the one row about entities in a year, or why there is none."""
        fitting = [(keys, row) for keys, row in self.about if keys & own and keys <= allowed]
        if not fitting:
            return "the table has none of those that the sentence names, for what it measures"
        best = max(len(keys) for keys, _ in fitting)
        found = [row for keys, row in fitting if len(keys) == best and row.year == year]
        if not found:
            return f"the table has {_listed(sorted({row.entity for _, row in fitting}))} for other years than {year}"
        if len({row.value for row in found}) > 1:
            return f"lines {_listed([str(row.line) for row in found])} of the table all fit"
        return found[0]

    def _after(self) -> str:
        at = self.text.find(self.finding.quote)
        return self.text[at : at + len(self.finding.quote) + 12]

    def _held_against(self, found: float, how: str, more: bool, *used: Row) -> Checked:
        value = self.finding.value
        said, most = float(value["amount"]), float(value.get("most", value["amount"]))
        verdict: Verdict = "agrees" if _fits(found, said, most, value.get("bound"), self.finding.quote) else "disagrees"
        shown = f"{how} = {_plain(found)}" if len(used) > 1 else how
        told = f"{shown}; said: {self._said()}"
        if more and verdict == "disagrees" and _fits(found, said + 1, most + 1, value.get("bound"), self.finding.quote):
            told += f"; it would agree if `{_plain(said)}x bigger` meant {_plain(said + 1)} times as much"
        return Checked(self.finding, verdict, told, used)

    def _said(self) -> str:
        value = self.finding.value
        range_ = f"{_plain(value['amount'])}" + (f" to {_plain(value['most'])}" if "most" in value else "")
        return f"{value['bound']} {range_}" if value.get("bound") else range_

    def _cannot(self, why: str, *used: Row) -> Checked:
        return Checked(self.finding, "cannot tell", why, used)


_WAY = re.compile(
    r"\b(?:(?P<up>r[io]se[ns]?|grew|grows?|grown|up|increas\w+|gain\w*|вырос\w*|рост\w*)"
    r"|(?P<down>fell|falls?|fallen|down|drop\w*|declin\w+|decreas\w+|lost|shrank|упал\w*|снизил\w*))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_SMALL = frozenset("the and with for from per its into between".split())


def _is_in(finding: Finding, sentence: Sentence) -> bool:
    return sentence.start <= finding.start and finding.end <= sentence.end


def _has_words(measure: str, text: str) -> bool:
    """Say whether a text has the first telling word of a measure: `trade` of `trade in goods, total`."""
    words = [word.casefold() for word in _WORD.findall(measure) if word.casefold() not in _SMALL]
    return bool(words) and re.search(rf"(?<![^\W\d_]){re.escape(words[0])}", text.casefold()) is not None


def _fits(found: float, said: float, most: float, bound: str | None, quote: str) -> bool:
    """Say whether a value is what was said, as exactly as it was said."""
    slack = _slack(said, quote)
    if bound == "at least":
        return found >= said - slack
    if bound == "at most":
        return found <= said + slack
    if bound == "about":
        slack = max(slack, ABOUT * abs(said))
    return said - slack <= found < most + slack or found == said


def _slack(said: float, quote: str) -> float:
    """Return half a unit of the last digit that was written, whatever the scale; zeros at the end count as digits.

    >>> _slack(5, "5x"), _slack(3.1e9, "$3.1b"), _slack(4.75e9, "$4.75b")
    (0.5, 50000000.0, 5000000.0)
    """
    digits = re.search(r"\d[\d ,]*(?:\.(?P<after>\d+))?", quote)
    if digits is None or said == 0:
        return 0.5
    written = float(re.sub(r"[ ,]", "", digits[0]).rstrip(".") or 1)
    scale = abs(said) / written if written else 1.0
    return 0.5 * 10.0 ** -len(digits["after"] or "") * scale


def _division(a: Row, b: Row) -> str:
    return f"{_told(a)} / {_told(b)}"


def _told(row: Row) -> str:
    """Return a row as arithmetic shows it: `88.8 USD billion (China, trade, 2013; line 4)`."""
    return f"{row.written} ({row.entity}, {row.measure}, {row.year}; line {row.line})"


def _plain(number: float) -> str:
    """Return a number with three digits that count, whole where it is whole.

    >>> _plain(4.7029), _plain(5.0), _plain(3_100_000_000)
    ('4.7', '5', '3 100 000 000')
    """
    if float(number).is_integer():
        return f"{int(number):,}".replace(",", " ")
    return f"{float(f'{number:.3g}'):,}".replace(",", " ")


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
