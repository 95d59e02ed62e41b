"""Relations: who supplies, hires, builds, sanctions whom; from patterns, and with a model from parses too."""

from __future__ import annotations

from collections.abc import Iterator

from clew.evidence import where, who
from clew.evidence.finding import Finding, Found
from clew.evidence.passages import Passage, Sentence
from clew.evidence.relations.clauses import by_verbs
from clew.evidence.relations.nouns import burdens, by_contracts, by_links, in_chinese, side_by_side
from clew.evidence.relations.parses import from_parse, merged
from clew.evidence.relations.roles import roles
from clew.evidence.relations.standins import Recent
from clew.evidence.relations.subjects import unaddressed
from clew.evidence.study import Study

__all__ = ["METHOD", "NAME", "extract"]

NAME = "relations"
METHOD = "relations 3"


def extract(study: Study) -> Iterator[Finding]:
    """Yield relations between the people, organisations, accounts and places of a sentence.

    A subject that is not named there (`It has hired ...`) is looked for in the sentences before it.
    """
    ends: dict[str, list[Finding]] = {}
    for module in (who, where):
        for finding in study.once(module.NAME, module.extract):
            ends.setdefault(finding.post, []).append(finding)
    recent = Recent()
    for passage in study.passages:
        held = unaddressed(passage, sorted(ends.get(passage.post.id, []), key=lambda finding: finding.start))
        if not held and recent.is_empty:
            continue
        found = [item for sentence in passage.sentences for item in _sentence(passage, sentence, held, recent)]
        if study.parser is not None:
            triples = study.parser.triples(passage.text, passage.post.language or study.thread.language)
            found = merged(found, from_parse(passage, triples, held))
        yield from study.placed(passage, found, METHOD)


def _sentence(passage: Passage, sentence: Sentence, held: list[Finding], recent: Recent) -> list[Found]:
    """Return the relations of a sentence, each pair once."""
    inside = [end for end in held if sentence.start <= end.start < sentence.end and end.certainty >= 0.45]
    meant = recent.pronoun(passage, sentence)
    ends = [meant, *inside] if meant else inside
    found = list(by_contracts(passage, sentence, ends, recent))
    if ends:
        found += by_verbs(passage, sentence, recent.resolved(passage, ends))
        verbs = [(item.value["verb"]["start"], item.value["verb"]["end"]) for item in found]
        found += (
            item
            for item in by_links(passage, sentence, ends, recent)
            if not any(a < item.value["verb"]["end"] and item.value["verb"]["start"] < b for a, b in verbs)
        )
        found += roles(passage, sentence, inside)
    if len(inside) > 1:
        found += [*side_by_side(passage, inside), *burdens(passage, inside)]
        found += in_chinese(passage, inside) if passage.has_han else ()
    recent.note(passage, inside)
    once = {(item.value["subject"]["start"], item.value["object"]["start"]): item for item in reversed(found)}
    return sorted(once.values(), key=lambda item: (item.start, item.end))
