"""A stretch of a text and the places that it can mean."""

from __future__ import annotations

from typing import NamedTuple

from clew.evidence.gazetteer import Place

__all__ = ["Spot"]


class Spot(NamedTuple):
    """A stretch of a text and the places that it can mean."""

    start: int
    end: int
    places: tuple[Place, ...]
    certainty: float
    why: str
    form: str
    """name | adjective | flag | hashtag | site | coordinates | unlisted."""
