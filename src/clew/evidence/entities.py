"""What a name stands for, by keys that two names of one thing share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from clew.evidence.finding import Finding
from clew.evidence.joined import Entity, by_variant
from clew.evidence.study import Study
from clew.posts import Account, Post
from clew.threads import weave

__all__ = ["alike", "keys_of", "named", "names_in"]


def named(finding: Finding) -> Iterator[str]:
    """Yield the keys of what a finding names; none for dates, figures and the like.

    A country, and what is adjective of it, has its ISO code; all else its name in small letters.
    """
    value = finding.value
    if finding.kind == "place":
        plain = value["type"] in ("country", "union")
        yield f"country {value['country']}" if plain else f"name {_folded(value['name'])}"
    elif finding.kind in ("person", "organisation"):
        yield f"name {_folded(value['name'])}"
    elif finding.kind == "account":
        yield f"name {_folded(value['handle'])}"


def keys_of(text: str) -> set[str]:
    """Return the keys of the names in a text, such as a cell of a table; the whole text where none is known."""
    from clew.evidence import where, who

    post = Post(platform="unknown", id="1", author=Account(handle="table"), text=text)
    study = Study(next(iter(weave([post]))))
    found = {key for module in (who, where) for finding in module.extract(study) for key in named(finding)}
    return found or {f"name {_folded(text)}"}


def names_in(text: str) -> list[Finding]:
    """Return the people and organisations that a text names; the whole text as an organisation where there is none."""
    from clew.evidence import who

    post = Post(platform="unknown", id="1", author=Account(handle="table"), text=text)
    found = [*who.extract(Study(next(iter(weave([post])))))]
    whole = Finding(
        kind="organisation",
        thread="",
        post="1",
        start=0,
        end=len(text),
        quote=text,
        value={"name": text},
        certainty=0.5,
        why="a cell of a table",
        method="",
    )
    return found or [whole]


def alike(entities: Iterable[Entity]) -> dict[str, str]:
    """Return for each key of a name that of its entity, so that two names of one thing have the same."""
    return {f"name {name}": f"name {_folded(entity.name)}" for name, entity in by_variant(entities).items()}


def _folded(name: str) -> str:
    """Return a name as it is compared: small letters, one space, no sign at its ends.

    >>> _folded(" Rosatom  Corp. ")
    'rosatom corp'
    """
    return re.sub(r"\s+", " ", name).strip(" .,'’\"@#").casefold()
