"""Compares what Clew and twitter-text find, text by text, and sorts the differences by their reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from benchmarks.twitter_text.peer import KINDS, Spans, ask
from clew import extract
from clew.extract import Found
from clew.tlds import TLDS

__all__ = ["MEANT", "Comparison", "compare"]

TOP = "a top-level domain that only one of them knows"
ALPHABET = "a host in another alphabet without a scheme"
FIRST = "a host that begins the text with a marked letter, which the peer leaves out"
LETTER = "a letter younger than the peer"
BESIDE = "in or beside such a link, or a shortened one"
OTHER = "not explained"
MEANT = frozenset({TOP, ALPHABET, FIRST, LETTER, BESIDE})


@dataclass(slots=True)
class Comparison:
    """How far the two agree in one kind of entity."""

    kind: str
    texts: int = 0
    same: int = 0
    same_but_meant: int = 0
    """Texts whose lists are the same, or differ only as it is meant."""
    ours: int = 0
    peers: int = 0
    shared: int = 0
    differences: list[tuple[str, str]] = field(default_factory=list)
    """Reason and the words that differ."""


def compare(texts: Sequence[str]) -> Iterator[Comparison]:
    """Yield a comparison for each kind of entity."""
    answers = ask(texts)
    for kind in KINDS:
        comparison = Comparison(kind)
        for text, answer in zip(texts, answers, strict=True):
            _add(comparison, text, OURS[kind](text), answer)
        yield comparison


def _whole(text: str) -> list[Found]:
    return sorted(item for items in extract.find_parts(text) for item in items)


OURS: dict[str, Callable[[str], list[Found]]] = {
    "links": extract.find_links,
    "mentions": extract.find_mentions,
    "tags": extract.find_tags,
    "cashtags": extract.find_cashtags,
    "whole": _whole,
}


def _add(comparison: Comparison, text: str, found: list[Found], answer: Spans) -> None:
    peers = set(answer[comparison.kind])
    ours = {_without_dots(item, peers) for item in found}
    comparison.texts += 1
    comparison.same += ours == peers
    comparison.ours += len(ours)
    comparison.peers += len(peers)
    comparison.shared += len(ours & peers)
    explained = [span for span in ours ^ peers if _reason(text, span) != OTHER] + list(_own_links(text))
    reasons = set()
    for span in sorted(ours ^ peers):
        reason = _reason(text, span)
        if reason == OTHER and any(start <= span[1] and span[0] <= end for start, end in explained):
            reason = BESIDE
        reasons.add(reason)
        whose = "ours" if span in ours else "theirs"
        near = text[max(0, span[0] - 12) : span[1] + 12]
        comparison.differences.append((reason, f"{whose} {text[slice(*span)]!r} in {near!r}"))
    comparison.same_but_meant += reasons <= MEANT


def _own_links(text: str) -> Iterator[tuple[int, int]]:
    """Yield the links that Clew alone takes, or takes further."""
    for link in extract.find_links(text):
        span = link.start, link.end
        if link.cut or _reason(text, span) != OTHER:
            yield span


def _without_dots(item: Found, peers: set[tuple[int, int]]) -> tuple[int, int]:
    """Return the span of a link; that of a shortened one as the peer has it, which leaves the dots to the text."""
    if item.cut:
        for start, end in peers:
            if start == item.start and end < item.end:
                return start, end
    return item.start, item.end


def _reason(text: str, span: tuple[int, int]) -> str:
    words = text[slice(*span)]
    if words[0] in "#＃":
        around = text[max(0, span[0] - 1) : span[0]] + words[1:] + text[span[1] : span[1] + 1]
        return OTHER if all(_goes_in_tags(character) for character in around) else LETTER
    if words[0] in "@＠$":
        return OTHER
    scheme = re.match(r"https?://", words, re.IGNORECASE)
    host = re.split(r"[/?:]", words[scheme.end() if scheme else 0 :])[0]
    if not _is_top(host.rpartition(".")[2].casefold()):
        return TOP
    if scheme or host.isascii():
        return OTHER
    return FIRST if span[0] == 0 and "LATIN" in unicodedata.name(host[0], "") else ALPHABET


@cache
def _is_top(name: str) -> bool:
    """Say whether twitter-text and Clew both take a name for a top-level domain, or neither does."""
    address = f"http://aa.{name}"
    peers = ask([address])[0]["links"] == [(0, len(address))]
    return peers == (name in TLDS or name.startswith("xn--"))


@cache
def _goes_in_tags(character: str) -> bool:
    """Say whether twitter-text and Clew both take a character into hashtags, or neither does."""
    tag = f"#a{character}b"
    ours = [(item.start, item.end) for item in extract.find_tags(tag)]
    return ask([tag])[0]["tags"] == ours
