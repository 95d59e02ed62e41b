"""`clew/finding/1`, a finding a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clew.evidence.finding import to_json
from clew.evidence.forms.told import Told

__all__ = ["SUFFIX", "write"]

SUFFIX = ".jsonl"


def write(told: Iterable[Told]) -> Iterator[str]:
    """Yield a line for each finding."""
    for one in told:
        for finding in one.findings:
            yield f"{to_json(finding)}\n"
