"""Findings for other programs: one module per format, registered by its name in FORMS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Protocol, cast

from clew.evidence.forms.told import Told as Told

__all__ = ["FORMS", "Form", "Told", "by_name"]


class Form(Protocol):
    """A format that findings are written in."""

    SUFFIX: str

    def write(self, told: Iterable[Told]) -> Iterator[str]:
        """Yield the findings of threads in the format, in pieces."""
        ...


#: Their names, as `--to` takes them; each is a module here, imported when it is asked for.
FORMS = ("text", "jsonl", "csv", "ftm", "stix", "geojson", "gexf", "ical")


def by_name(name: str) -> Form:
    """Return the form of that name."""
    return cast("Form", import_module(f"clew.evidence.forms.{name}"))
