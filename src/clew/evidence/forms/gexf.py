"""Who does what to whom as GEXF 1.3: nodes are the ends of relations, edges the relations; co-occurrence is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

from clew.evidence.forms.told import Told, entity_key

__all__ = ["SUFFIX", "write"]

SUFFIX = ".gexf"


def write(told: Iterable[Told]) -> Iterator[str]:
    """Yield the network; it is held in memory."""
    nodes: dict[str, tuple[str, str]] = {}
    edges: Counter[tuple[str, str, str]] = Counter()
    for one in told:
        for finding in one.findings:
            if finding.kind == "relation" and not finding.value["negated"]:
                ends = [finding.value["subject"], finding.value["object"]]
                keys = [entity_key(end["kind"], end["name"]) for end in ends]
                for key, end in zip(keys, ends, strict=True):
                    nodes.setdefault(key, (end["kind"], end["name"]))
                edges[keys[0], keys[1], finding.value["relation"]] += 1
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
    yield (
        '<graph mode="static" defaultedgetype="directed">\n<attributes class="node"><attribute '
        'id="kind" title="kind" type="string"/></attributes>\n<nodes>\n'
    )
    for key, (kind, name) in nodes.items():
        yield (
            f'<node id={_quoted(key)} label={_quoted(name)}><attvalues><attvalue for="kind" '
            f"value={_quoted(kind)}/></attvalues></node>\n"
        )
    yield "</nodes>\n<edges>\n"
    for at, ((source, target, label), count) in enumerate(edges.items()):
        yield (
            f'<edge id="{at}" source={_quoted(source)} target={_quoted(target)} label={_quoted(label)} '
            f'kind={_quoted(label)} weight="{count}"/>\n'
        )
    yield "</edges>\n</graph>\n</gexf>\n"


def _quoted(text: str) -> str:
    """Return an attribute's value; what XML 1.0 cannot hold becomes U+FFFD."""
    plain = "".join(letter if letter >= " " or letter in "\t\n" else "\ufffd" for letter in text)
    return quoteattr(plain, {"\n": "&#10;", "\t": "&#9;"})
