"""First names and surnames of people, from the lists of the United States census in the package `names`."""

from __future__ import annotations

from functools import cache

from clew.errors import needing

__all__ = ["firsts", "is_first", "is_last"]

MOST_SURNAMES = 20_000


def is_first(word: str) -> bool:
    """Say whether a word in small letters is a first name."""
    return word in firsts()


def is_last(word: str) -> bool:
    """Say whether a word in small letters is a surname."""
    return word in _last()


#: First names from elsewhere that the census does not list.
_MORE = frozenset(
    "xi vladimir dmitry dmitri sergei sergey alexei alexey aleksei aleksandr mikhail nikolai "
    "igor oleg boris yuri yury pavel andrei andrey ivan"
    " volodymyr olena petro angela emmanuel recep narendra imran benjamin mohammed muhammad "
    "ahmed abdullah hassan hussein ali kim wang li zhang"
    " ren liu chen yang huang zhao wu zhou hiroshi kenji shinzo jean pierre jacques hans klaus "
    "jens lars sven björn giuseppe luigi matteo silvio"
    " josé juan carlos luis jorge diego joão pedro lula jair evo hugo fidel raul andrés kofi "
    "nelson cyril robert emmerson barack donald hillary"
    " boris theresa keir rishi nigel jeremy bernie kamala mitch mitt newt elon satya sundar tim jeff zuckerberg".split()
)


@cache
def firsts() -> frozenset[str]:
    """Return all first names, in small letters."""
    return _MORE.union(word for which in ("first:male", "first:female") for word in _words(which) if len(word) > 2)


@cache
def _last() -> frozenset[str]:
    return frozenset(list(_words("last"))[:MOST_SURNAMES])


def _words(which: str) -> list[str]:
    with needing("finding people", "evidence"):
        import names
    with open(names.FILES[which], encoding="ascii") as stream:
        return [line.split(None, 1)[0].lower() for line in stream if line.strip()]
