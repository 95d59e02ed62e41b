"""A table of the user's: who or what, which measure, which year, which value; in CSV or TSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from clew.errors import BadOption
from clew.evidence.measures import currency, measure
from clew.evidence.numbers import scale_of

__all__ = ["COLUMNS", "Row", "rows"]

COLUMNS = ("entity", "measure", "year", "value")
_PLAIN = re.compile(r"[\s\u00a0\u202f',’_]")
_SCALED = re.compile(
    r"(?P<a>.*?)\b(?P<scale>k|thousand|m|mn|mln|million|b|bn|bln|billion|t|tn|trn|trillion)s?\b(?P<b>.*)", re.I
)


class Row(NamedTuple):
    """A line of the table."""

    line: int
    """Its number in the file, the heading being 1."""
    entity: str
    measure: str
    year: int
    value: float
    """Without its scale: 3.1 in `USD billion` is 3 100 000 000."""
    unit: str | None
    """ISO 4217 code, name of a measure, `percent`, or as it is written; None where the table has no unit."""
    written: str
    """The value as the table has it, with its unit."""


def rows(lines: Iterable[str], name: str) -> Iterator[Row | str]:
    """Yield each row, or what is amiss with it; comma, semicolon or tab between columns, which may stand in any order.

    Raises:
        BadOption: A column is missing.
    """
    held = iter(lines)
    heading = next(held, "")
    sign = max("\t;,", key=heading.count)
    columns = [column.strip().casefold() for column in next(csv.reader([heading], delimiter=sign), [])]
    columns[:1] = [column.removeprefix("\ufeff") for column in columns[:1]]
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        raise BadOption(
            f"{name}: has no column {' or '.join(missing)}. It needs {', '.join(COLUMNS)}; unit if it has units."
        )
    for line, cells in enumerate(csv.reader(held, delimiter=sign), 2):
        if any(cell.strip() for cell in cells):
            yield _row(line, dict(zip(columns, (cell.strip() for cell in cells), strict=False)))


def _row(line: int, cells: dict[str, str]) -> Row | str:
    year, value = cells.get("year", ""), _PLAIN.sub("", cells.get("value", ""))
    if not re.fullmatch(r"\d{4}", year):
        return f"line {line}: {year!r} is no year"
    try:
        number = float(value)
    except ValueError:
        return f"line {line}: {cells.get('value', '')!r} is no number"
    if not cells.get("entity") or not cells.get("measure"):
        return f"line {line}: entity or measure is empty"
    factor, unit = _unit(cells.get("unit", ""))
    written = " ".join(filter(None, (cells["value"], cells.get("unit", ""))))
    return Row(line, cells["entity"], cells["measure"], int(year), number * factor, unit, written)


def _unit(words: str) -> tuple[float, str | None]:
    """Return the scale and the unit that words say.

    >>> _unit("USD billion"), _unit("bn €"), _unit("%"), _unit("people"), _unit("")
    ((1000000000.0, 'USD'), (1000000000.0, 'EUR'), (1.0, 'percent'), (1.0, 'people'), (1.0, None))
    """
    factor, rest = 1.0, words
    if found := _SCALED.fullmatch(words):
        factor, rest = scale_of(found["scale"].lower()), f"{found['a']} {found['b']}"
    rest = rest.strip()
    if rest in ("%", "percent", "per cent"):
        return factor, "percent"
    return factor, currency(rest) or measure(rest) or rest.casefold() or None
