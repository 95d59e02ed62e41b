"""Relations from the parses of a language model, beside those that patterns find."""

from __future__ import annotations

from collections.abc import Iterator

from clew.evidence.finding import Finding, Found
from clew.evidence.models import Triple
from clew.evidence.passages import Passage
from clew.evidence.relations.ties import named, pattern
from clew.evidence.relations.told import Tie, relation

__all__ = ["from_parse", "merged"]


def from_parse(passage: Passage, triples: list[Triple], held: list[Finding]) -> Iterator[Found]:
    """Yield the relations of subjects, verbs and objects whose ends are known names."""
    for triple in triples:
        subject = next((end for end in held if end.start < triple.subject[1] and triple.subject[0] < end.end), None)
        thing = next((end for end in held if end.start < triple.object[1] and triple.object[0] < end.end), None)
        if subject is None or thing is None or subject is thing:
            continue
        found = pattern().search(passage.lower, *triple.verb)
        name = named(found) if found else triple.lemma
        item = relation(passage, subject, thing, Tie(*triple.verb, name))
        item.value["negated"] = triple.negated
        yield item._replace(
            certainty=round(0.85 * min(subject.certainty, thing.certainty), 2),
            why="subject and object of the verb, as a language model parses it",
        )


def merged(rules: list[Found], parsed: Iterator[Found]) -> list[Found]:
    """Return what the parse says, and of the patterns what it does not contradict."""
    told = list(parsed)
    ends = {(item.value["subject"]["start"], item.value["object"]["start"]) for item in told}
    verbs = {item.value["verb"]["start"] for item in told}
    kept = [
        item
        for item in rules
        if (item.value["subject"]["start"], item.value["object"]["start"]) not in ends
        and item.value["verb"]["start"] not in verbs
    ]
    return sorted([*told, *kept], key=lambda item: (item.start, item.end))
