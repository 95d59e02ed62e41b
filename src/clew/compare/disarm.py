"""DISARM techniques by their ids, for each trace the one that fits best; their names are the framework's own matter."""

from __future__ import annotations

__all__ = ["TECHNIQUES", "technique"]

#: By trace. What accounts do fits a technique by its outward form only; that it *is* one, a figure cannot say.
TECHNIQUES = {
    "repost": "T0049.003",
    "tag": "T0049.002",
    "tags": "T0049.002",
    "text": "T0084.001",
    "normal": "T0084.001",
    "near": "T0084.001",
    "media": "T0084",
    "reply": "T0116",
    "link": "T0049",
    "domain": "T0049",
    "mention": "T0049",
    "quote": "T0049",
}


def technique(trace: str) -> str:
    """Return the id for a trace; of unknown ones the general one for flooding.

    >>> technique("tag"), technique("object")
    ('T0049.002', 'T0049')
    """
    return TECHNIQUES.get(trace, "T0049")
