"""A post's text as the extractors read it: what is no prose blanked out, sentences, words, each at its own offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from clew import numbering
from clew.posts import Post
from clew.texts import Span
from clew.threads import PostEntry

__all__ = ["Passage", "Sentence", "matches", "sentences"]

#: Stands for each code point that is no prose; neither a letter nor white space, so that no pattern runs across it.
BLANK = "\x00"


class Sentence(NamedTuple):
    """A sentence of a text, without the white space around it."""

    start: int
    end: int
    text: str


class Passage:
    """The text of one post, with everything that several extractors need of it, worked out once and when asked for."""

    def __init__(self, post: Post, number: int | None = None) -> None:
        self.post = post
        self.text = post.text
        self.number = number
        """The author's own number of the post."""

    @classmethod
    def of(cls, entry: PostEntry) -> Passage:
        """Return the passage of an entry of a thread."""
        return cls(entry.post, entry.number)

    @cached_property
    def mark(self) -> Span | None:
        """Where the author's own number stands; None where there is none."""
        if self.number is None:
            return None
        found = next((mark for mark in numbering.marks(self.text) if mark.number == self.number), None)
        return (found.start, found.end) if found else None

    @cached_property
    def prose(self) -> str:
        """The text with links, mentions and the author's number blanked out; as long as the text.

        Posts made by hand may state spans that their text has not: those are left alone.
        """
        spans = [(link.start, link.end) for link in self.post.links]
        spans += [(mention.start, mention.end) for mention in self.post.mentions]
        if self.mark:
            spans.append(self.mark)
        return blanked(self.text, spans)

    @cached_property
    def lower(self) -> str:
        """The prose in small letters, letter for letter: as long as the prose."""
        low = self.prose.lower()
        return low if len(low) == len(self.prose) else "".join(map(_lower, self.prose))

    @cached_property
    def has_digit(self) -> bool:
        """Whether a digit stands in the prose."""
        return _DIGIT.search(self.prose) is not None

    @cached_property
    def has_cyrillic(self) -> bool:
        """Whether a Cyrillic letter stands in the prose: where none does, no rule for Russian need be tried."""
        return not self.prose.isascii() and _CYRILLIC.search(self.prose) is not None

    @cached_property
    def has_han(self) -> bool:
        """Whether a Chinese character stands in the prose."""
        return not self.prose.isascii() and _HAN.search(self.prose) is not None

    @cached_property
    def words(self) -> frozenset[str]:
        """The runs of letters of the prose, in small letters: a rule whose words are not here need not be tried."""
        letters = _ASCII_LETTERS if self.lower.isascii() else _LETTERS
        return frozenset(letters.findall(self.lower))

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences of the text; links, mentions and numbers are left in."""
        return list(sentences(self.text, self.prose))

    def sentence_at(self, at: int) -> Sentence:
        """Return the sentence that holds a code point; the last one before it where none does."""
        held = self.sentences
        for sentence in held:
            if at < sentence.end:
                return sentence
        return held[-1] if held else Sentence(0, len(self.text), self.text)


_LETTERS = re.compile(r"[^\W\d_]+")
_ASCII_LETTERS = re.compile("[a-z]+")
_DIGIT = re.compile(r"\d")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def _lower(letter: str) -> str:
    """Return a letter in small; itself where its small form is more than one code point."""
    low = letter.lower()
    return low if len(low) == 1 else letter


def matches(pattern: re.Pattern[str], text: str, starts: Iterable[int]) -> Iterator[re.Match[str]]:
    """Yield what a pattern finds that can begin at some places only, in their order, not overlapping.

    >>> [found[0] for found in matches(re.compile(r"\\d+ \\w+"), "12 of 34 men", (0, 1, 6, 7))]
    ['12 of', '34 men']
    """
    at = 0
    for start in starts:
        found = pattern.match(text, start) if start >= at else None
        if found:
            at = found.end()
            yield found


def blanked(text: str, spans: Sequence[Span]) -> str:
    """Return the text with stretches blanked out, as long as before.

    >>> blanked("by @ana", [(3, 7)]).replace(BLANK, "_")
    'by ____'
    """
    pieces: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if at <= start <= end <= len(text):
            pieces += (text[at:start], BLANK * (end - start))
            at = end
    return "".join([*pieces, text[at:]]) if pieces else text


#: What ends a sentence; its first sign is told by itself, which spares the engine three attempts at every letter.
_STOP = re.compile(
    r"[.!?…。！？\n](?:(?<=[.!?…])[.!?…]*[\"'”’»)\]]*(?=[\s\x00]|$)|(?<=[。！？])[。！？]*[”」』）]*|(?<=\n)\n*)"
)
#: What may stand before a full stop that ends no sentence.
_SHORT = re.compile(
    r"(?:^|[\s(\"“.])(?:[A-ZА-Я]|(?:[A-Za-z]\.)+[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|Sen|Rep"
    r"|Gov|Pres|St|Jr|Sr|Inc|Ltd|Co|Corp|No"
    r"|vs|etc|e\.g|i\.e|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Fig|Vol|al"
    r"|г|гг|им|ул|тыс|млн|млрд|трлн|руб|долл|т\.е|т\.д|т\.п|и\.о)$"
)
_GOES_ON = re.compile(r"[\s\x00]*[a-zа-яё]")


def sentences(text: str, prose: str | None = None) -> Iterator[Sentence]:
    """Yield the sentences of a text; `prose` is the same text with what is no prose blanked out.

    >>> [s.text for s in sentences("The U.S. left. Dr. Kim stayed!\\n那是真的。好")]
    ['The U.S. left.', 'Dr. Kim stayed!', '那是真的。', '好']
    """
    at = 0
    for stop in _STOP.finditer(prose or text):
        if stop[0][0] == "." and _is_short(text, at, stop):
            continue
        yield from _trimmed(text, at, stop.end())
        at = stop.end()
    yield from _trimmed(text, at, len(text))


def _is_short(text: str, at: int, stop: re.Match[str]) -> bool:
    """Say whether a full stop belongs to a short form, or the sentence goes on in small letters behind it."""
    if _GOES_ON.match(text, stop.end()):
        return True
    return len(stop[0]) == 1 and _SHORT.search(text, max(at, stop.start() - 10), stop.start()) is not None


def _trimmed(text: str, start: int, end: int) -> Iterator[Sentence]:
    piece = text[start:end]
    inner = piece.strip()
    if inner:
        start += len(piece) - len(piece.lstrip())
        yield Sentence(start, start + len(inner), inner)
