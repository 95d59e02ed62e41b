"""One name, one entity: which names of people, organisations and accounts are those of one, with score and reason."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from clew.errors import BadOption, NotReadable
from clew.evidence.finding import Finding
from clew.evidence.gazetteer import stem
from clew.evidence.handles import bare

__all__ = [
    *("ALIASES", "BAR", "Aliases", "Entity", "Join"),
    *("aliases", "by_variant", "held_aliases", "joined", "read_aliases", "renamed"),
]

ALIASES = "aliases.txt"
"""Where an archive has what its users say of names."""
BAR = 0.8
"""From this score on names are joined; what lies below is only said."""
_KINDS = ("person", "organisation", "account")
_LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i yi ye g".split(),
        strict=True,
    )
)


class Join(NamedTuple):
    """Two names that may be those of one."""

    a: str
    b: str
    score: float
    why: str


class Entity(NamedTuple):
    """Who is meant by several names."""

    name: str
    """The longest of those used, accounts after names."""
    kind: str
    names: tuple[tuple[str, int], ...]
    """Each name and how often it stands, the most frequent first."""
    joins: tuple[Join, ...]
    """Why they are one."""
    possible: tuple[Join, ...]
    """What lies below the bar: other names that may be meant as well."""


class Aliases(NamedTuple):
    """What the user says: names that are one, and names that are not."""

    same: frozenset[frozenset[str]]
    other: frozenset[frozenset[str]]


def aliases(lines: Iterable[str], name: str) -> Aliases:
    """Return what a file of aliases says: `A = B = C` joins names, `A != B` keeps two apart; `#` begins a remark.

    Raises:
        BadOption: A line says neither.
    """
    same: set[frozenset[str]] = set()
    other: set[frozenset[str]] = set()
    for number, line in enumerate(lines, 1):
        told = line.partition("#")[0].strip()
        if not told:
            continue
        parts = [part.strip() for part in re.split(r"!=|=", told)]
        if len(parts) < 2 or not all(parts) or ("!=" in told and len(parts) != 2):
            raise BadOption(f"{name}: line {number} is neither `A = B` nor `A != B`.")
        pairs = {frozenset((_folded(a), _folded(b))) for a, b in combinations(parts, 2)}
        (other if "!=" in told else same).update(pairs)
    return Aliases(frozenset(same), frozenset(other))


def held_aliases(archive: Path | None) -> Aliases:
    """Return what the users of an archive say of names in its file of aliases; nothing where there is none.

    Raises:
        NotReadable: It can't be opened, or is no text.
        BadOption: A line says neither `A = B` nor `A != B`.
    """
    path = archive / ALIASES if archive else None
    return read_aliases(path) if path and path.exists() else Aliases(frozenset(), frozenset())


def read_aliases(path: Path) -> Aliases:
    """Return what a file of aliases says.

    Raises:
        NotReadable: It can't be opened, or is no text.
        BadOption: A line says neither `A = B` nor `A != B`.
    """
    try:
        return aliases(path.read_text(encoding="utf-8").splitlines(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "is no text in UTF-8"
        raise NotReadable(str(path), reason) from error


def joined(findings: Iterable[Finding], known: Aliases | None = None) -> list[Entity]:
    """Return who is named, those named most often first; nothing is joined below BAR unless the user says so."""
    counts: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        if finding.kind in _KINDS:
            name = finding.value.get("name") or f"@{finding.value['handle']}"
            counts[str(name), finding.kind] += 1
    joins = list(_joins([*counts], known or Aliases(frozenset(), frozenset())))
    groups = _groups([*counts], [join for join, _, _ in joins if join.score >= BAR], joins)
    return sorted(
        (
            _entity(group, counts, [(join, a, b) for join, a, b in joins if a in group or b in group])
            for group in groups
        ),
        key=lambda entity: (-sum(count for _, count in entity.names), entity.name),
    )


def by_variant(entities: Iterable[Entity]) -> dict[str, Entity]:
    """Return the entity of each of its names, in small letters and without `@`; a name of several has none."""
    held: dict[str, list[Entity]] = defaultdict(list)
    for entity in entities:
        for folded in {_folded(name) for name, _ in entity.names}:
            held[folded].append(entity)
    return {name: found[0] for name, found in held.items() if len(found) == 1}


def renamed(findings: Iterable[Finding], known: Aliases | None = None) -> Iterator[Finding]:
    """Yield the findings with one name for each entity at the ends of their relations; `said` keeps the other one."""
    held = list(findings)
    entities = by_variant(joined(held, known))
    for finding in held:
        if finding.kind == "relation":
            ends = {end: _renamed(finding.value[end], entities) for end in ("subject", "object")}
            yield msgspec.structs.replace(finding, value={**finding.value, **ends})
        else:
            yield finding


def _renamed(end: dict[str, Any], entities: dict[str, Entity]) -> dict[str, Any]:
    entity = entities.get(_folded(str(end["name"]))) if end["kind"] in _KINDS else None
    if entity is None or entity.name.removeprefix("@") == end["name"]:
        return end
    return {**end, "name": entity.name.removeprefix("@"), "kind": entity.kind, "said": end["name"]}


Named = tuple[str, str]
"""A name and its kind."""
Edge = tuple[Join, Named, Named]


def _groups(names: list[Named], kept: list[Join], joins: list[Edge]) -> list[frozenset[Named]]:
    parent = {name: name for name in names}

    def root(name: Named) -> Named:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for join, a, b in joins:
        if join in kept:
            parent[root(a)] = root(b)
    groups: dict[Named, set[Named]] = defaultdict(set)
    for name in names:
        groups[root(name)].add(name)
    return [frozenset(group) for group in groups.values()]


def _entity(group: frozenset[Named], counts: Counter[Named], joins: list[Edge]) -> Entity:
    best = max(group, key=lambda named: (named[1] != "account", named[0].isascii(), len(named[0]), named[0]))
    names = sorted(((name, counts[name, kind]) for name, kind in group), key=lambda pair: (-pair[1], pair[0]))
    inside = [join for join, a, b in joins if a in group and b in group and join.score >= BAR]
    possible = [join for join, _, _ in joins if 0 < join.score < BAR]
    return Entity(best[0], best[1], tuple(names), tuple(inside), tuple(possible))


def _joins(names: list[Named], known: Aliases) -> Iterator[Edge]:
    """Yield every two names that may be one, with the best reason for it."""
    surnames = Counter(_last(_folded(name)) for name, kind in names if kind == "person" and " " in _folded(name))
    for a, b in _candidates(names, known):
        pair = frozenset((_folded(a[0]), _folded(b[0])))
        if pair in known.other:
            continue
        score, why = (1.0, "the user says so") if pair in known.same else _score(a, b, surnames)
        if score:
            yield Join(a[0], b[0], score, why), a, b


def _candidates(names: list[Named], known: Aliases) -> list[tuple[Named, Named]]:
    """Return every two names that share something for which they could be one; the rest need not be compared."""
    shelves: dict[str, list[Named]] = defaultdict(list)
    for named in sorted(names):
        folded = _folded(named[0])
        plain = _plain(folded)
        signs = {plain, plain.replace(" ", ""), _last(plain), _stems(folded), _initials(folded)}
        if named[1] == "account":
            signs.add(bare(folded))
        signs |= {"|".join(sorted(pair)) for pair in known.same if folded in pair}
        for sign in signs - {""}:
            shelves[sign].append(named)
    return sorted({pair for shelf in shelves.values() for pair in combinations(shelf, 2)})


def _last(name: str) -> str:
    """Return the last word of a name; empty where it has none."""
    return name.rpartition(" ")[2]


def _initials(name: str) -> str:
    words = [word for word in name.split() if word not in ("of", "the", "and", "for")]
    return "".join(word[0] for word in words) if len(words) > 1 else name


def _score(a: Named, b: Named, surnames: Counter[str]) -> tuple[float, str]:
    """Return how likely two names are those of one, and why; 0 where nothing speaks for it."""
    one, two = _folded(a[0]), _folded(b[0])
    kinds = {a[1], b[1]}
    if "account" in kinds:
        if kinds == {"account"}:
            return (1.0, "the same handle") if one == two else (0.0, "")
        if one.replace(" ", "") == two.replace(" ", ""):
            return 0.9, "the handle is the name"
        if _plain(one).replace(" ", "") == _plain(two).replace(" ", ""):
            return 0.85, "the handle is the name in Latin letters"
        handle, name = (one, two) if a[1] == "account" else (two, one)
        if "organisation" in kinds and bare(handle) in (name.replace(" ", ""), _plain(name).replace(" ", "")):
            return 0.8, "the handle is the name with a country or a word such as `official`"
        if "person" in kinds and _last(name) == handle:
            return (0.85, "the handle is the surname of nobody else") if surnames[handle] == 1 else (0.5, "a surname")
        return 0.0, ""
    if len(kinds) > 1:
        return (0.5, "the same letters, but another kind") if one == two else (0.0, "")
    return _same_kind(one, two, a[1], surnames)


def _same_kind(one: str, two: str, kind: str, surnames: Counter[str]) -> tuple[float, str]:
    if one == two:
        return 1.0, "the same letters"
    if _plain(one) == _plain(two):
        return 0.85, "the same in Latin letters"
    if not one.isascii() and not two.isascii() and _stems(one) == _stems(two):
        return 0.85, "the same but for case endings"
    if kind == "person":
        short, long = sorted((one, two), key=len)
        if " " not in short and " " in long and _last(long) == short:
            return (0.85, "the surname of nobody else") if surnames[short] == 1 else (0.4, "the surname of several")
    elif kind == "organisation":
        short, long = sorted((one, two), key=len)
        if len(short) > 1 and " " not in short and short == _initials(long):
            return 0.7, "the initials of the other"
    return 0.0, ""


def _folded(name: str) -> str:
    """Return a name as it is compared.

    >>> _folded("@Huawei "), _folded("Ana  Ruiz’s")
    ('huawei', 'ana ruiz')
    """
    return re.sub(r"\s+", " ", re.sub(r"['’]s$", "", name.strip().removeprefix("@"))).strip(" .,").casefold()


def _plain(name: str) -> str:
    """Return a name in Latin letters, Russian and Ukrainian as most passports have them.

    >>> _plain("росатом"), _plain("алексей")
    ('rosatom', 'aleksei')
    """
    latin = "".join(_LETTERS.get(letter, letter) for letter in name).replace("_", "")
    return latin.replace("x", "ks").replace("iy", "i").replace("ey", "ei").replace("yy", "i")


def _stems(name: str) -> str:
    return " ".join(map(stem, name.split()))
