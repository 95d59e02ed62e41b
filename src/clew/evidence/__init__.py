"""What threads show, with the words that show it: one module per kind, registered by its name in EXTRACTORS."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from clew.evidence import claims, figures, relations, sources, when, where, who
from clew.evidence.finding import KINDS as KINDS
from clew.evidence.finding import Finding as Finding
from clew.evidence.finding import from_json as from_json
from clew.evidence.finding import to_json as to_json
from clew.evidence.models import Models as Models
from clew.evidence.models import Parser as Parser
from clew.evidence.study import Study as Study
from clew.threads import Thread

__all__ = ["EXTRACTORS", "KINDS", "Extractor", "Finding", "Models", "Parser", "Study", "find", "from_json", "to_json"]


class Extractor(Protocol):
    """A module that finds one kind of thing."""

    NAME: str
    METHOD: str

    def extract(self, study: Study) -> Iterator[Finding]:
        """Yield what a thread under study shows."""
        ...


EXTRACTORS: tuple[Extractor, ...] = (who, where, when, figures, sources, relations, claims)

#: Which extractor finds which kinds.
_MAKERS: dict[str, Extractor] = {
    "person": who,
    "organisation": who,
    "account": who,
    "place": where,
    "date": when,
    "figure": figures,
    "source": sources,
    "relation": relations,
    "claim": claims,
}


def find(thread: Thread, kinds: Collection[str] = KINDS, parser: Parser | None = None) -> list[Finding]:
    """Return the findings of a thread, in the order of its posts and of their text.

    Raises:
        MissingLibrary: A kind needs a library that is not installed.
    """
    study = Study(thread, parser)
    makers = dict.fromkeys(maker.NAME for kind, maker in _MAKERS.items() if kind in kinds)
    found = (
        finding
        for maker in EXTRACTORS
        if maker.NAME in makers
        for finding in study.once(maker.NAME, maker.extract)
        if finding.kind in kinds
    )
    return ordered(found, study)


def ordered(findings: Iterable[Finding], study: Study) -> list[Finding]:
    """Return findings by the order of the posts, then by where they start, the longest first."""
    places = {passage.post.id: at for at, passage in enumerate(study.passages)}
    return sorted(findings, key=lambda item: (places[item.post], item.start, -item.end, _RANKS.get(item.kind, 9)))


_RANKS = {kind: at for at, kind in enumerate(KINDS)}
