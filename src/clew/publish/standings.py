"""Words for how it stands with a page that posts link to, each with the address that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, assert_never

from clew.publish.sentences import minute
from clew.standing import Memento, Standing

__all__ = ["Told", "copy_told", "standing_told"]


class Told(NamedTuple):
    """A clause, and the address that follows it."""

    says: str
    url: str | None = None

    @property
    def whole(self) -> str:
        """The clause with its address."""
        return f"{self.says} {self.url}" if self.url else self.says


def standing_told(standing: Standing) -> Iterator[Told]:
    """Yield where a link leads, what is held of its page, and which copy a web archive has.

    >>> [told.whole for told in standing_told(Standing(state="unasked"))]
    ['not kept']
    """
    if standing.leads_to:
        yield Told("leads to", standing.leads_to)
    if standing.state != "kept" or standing.kept != standing.asked:
        yield Told(_state(standing))
    if standing.memento:
        yield copy_told(standing.memento)
    if standing.capture and standing.kept:
        what = "the copy is kept" if standing.memento else "kept"
        yield Told(f"{what} since {minute(standing.kept)} UTC in {standing.capture}")


def copy_told(memento: Memento) -> Told:
    """Return when a web archive took a copy, and where it is."""
    return Told(f"web archive copy of {minute(memento.time)} UTC:", memento.url)


def _state(standing: Standing) -> str:
    when = f"on {minute(standing.asked)} UTC" if standing.asked else "when asked for"
    match standing.state:
        case "kept":
            return f"answered {when}"
        case "gone":
            return f"gone {when}: {standing.says}"
        case "refused":
            return f"not given {when}: {standing.says}"
        case "failed":
            return f"no answer {when}: {standing.says}"
        case "unasked":
            return "not kept"
        case _:
            assert_never(standing.state)
