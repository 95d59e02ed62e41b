"""A table with a row for each finding; what a value holds beyond the columns is in `value`, as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from clew.evidence.finding import Finding
from clew.evidence.forms.told import Told, address_of

__all__ = ["COLUMNS", "SUFFIX", "write"]

SUFFIX = ".csv"
COLUMNS = (
    *("thread", "post", "url", "time", "author", "kind", "quote", "start", "end", "name", "country", "lat", "lon"),
    *("from", "to", "granularity", "amount", "unit", "of", "ratio", "certainty", "why", "method", "value"),
)


def write(told: Iterable[Told]) -> Iterator[str]:
    """Yield the heading, then a row for each finding.

    Text that a spreadsheet would run as a formula is led by an apostrophe, as OWASP has it; `value` is not touched.
    """
    yield _row(COLUMNS)
    for one in told:
        for finding in one.findings:
            yield _row([_cell(one, finding, column) for column in COLUMNS])


def _cell(one: Told, finding: Finding, column: str) -> object:
    value = finding.value
    post = one.post(finding)
    match column:
        case "url":
            return address_of(post)
        case "time":
            return post.time.isoformat() if post.time else None
        case "author":
            return _tame(post.author.label)
        case "value":
            return json.dumps(value, ensure_ascii=False)
        case "name":
            return _tame(
                str(value.get("name") or value.get("handle") or value.get("said_by") or value.get("publisher") or "")
            )
        case "country" | "lat" | "lon" | "from" | "to" | "granularity" | "amount" | "unit" | "of" | "ratio":
            return value.get(column)
        case _:
            held = getattr(finding, column)
            return _tame(held) if isinstance(held, str) else held


def _tame(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _row(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(["" if cell is None else cell for cell in cells])
    return line.getvalue()
