"""The words of a text as the index knows them: folded, in any script, with the place where each stands.

What is written without spaces (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese) is indexed as pairs of signs that
overlap, and the last sign alone: so a word of two signs is one term, and a single sign is the start of some term.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

__all__ = ["LONGEST", "Token", "fold", "is_paired", "line", "parted", "surface", "tokens"]

LONGEST = 100
"""Code points of a term; what is longer is cut, in posts and queries alike."""


class Token(NamedTuple):
    """A term, and the code points of the text that it stands for."""

    text: str
    start: int
    end: int


def _marks() -> tuple[str, str]:
    """Return the marks of the Basic Multilingual Plane, and those of them that searching passes over.

    Passed over are accents, points and vowel signs above and below letters, by their canonical combining class (Unicode
    Standard Annex 44, table 15). Signs that make other letters of Indic, Thai, Japanese ones stay (class 0, 8, 9 ...).
    """
    every, passed = [], []
    for code in range(0x300, 0x10000):
        sign = chr(code)
        if unicodedata.category(sign)[0] == "M":
            every.append(sign)
            rank = unicodedata.combining(sign)
            if rank in (1, 7) or 10 <= rank <= 35 or 200 <= rank <= 240 or 0xFE00 <= code <= 0xFE0F:
                passed.append(sign)
    return "".join(every), "".join(passed)


_FURTHER = "\U000101fd\U000102e0\U00010376-\U0001037a\U00010a01-\U00010a3f\U00010ae5\U00010ae6\U00010d24-\U00011fff"
_FURTHER += "\U00013440-\U00013455\U00016af0-\U00016fff\U0001bc9d\U0001bc9e\U0001cf00-\U0001cf46\U0001d165-\U0001d244"
_FURTHER += "\U0001da00-\U0001daaf\U0001e000-\U0001e94a"
_VARIANTS = "\U000e0100-\U000e01ef"
"""Blocks of other planes that hold marks; regexes are slow with more than a few ranges there."""
_MARKS, _PASSED = _marks()
_MARKS += _FURTHER + _VARIANTS
_PASSED += _VARIANTS
_BREVE = "\u0306"
_UNSEEN = "\u00ad\u0640\u180e\u200b-\u200f\u2060\ufeff"
"""Signs without width, and the Arabic lengthening stroke: they part no words and mean nothing."""
_RINGED = "\u24b6-\u24e9\U0001f130-\U0001f149"
"""Letters in rings and boxes."""
_PAIRED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1100-\u11ff\u1780-\u17d3\u2e80-\u2fd5\u3005-\u3007"
    "\u3041-\u30ff\u3105-\u318e\u31f0-\u31ff\u3400-\u9fff\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_EMOJI = "\u203c\u2049\u2139\u2194-\u21aa\u231a-\u23ff\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\U0001f000-\U0001faff"
_RICH = re.compile(rf"[{_RINGED}{_MARKS}{_UNSEEN}{_EMOJI}]")
"""Signs on which it matters how words are told apart."""
_PLAIN_WORD = re.compile(r"\w+")
_WORD = re.compile(rf"[\U0001f1e6-\U0001f1ff]{{2}}|[\w{_RINGED}{_MARKS}{_UNSEEN}]+|[{_EMOJI}]")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_STOP = re.compile("[\u2010-\u201f\u2022\u2026\u00a0\u00ab\u00bb\u00b7]")
"""Stops, dashes and quotation marks that part words in any script."""
_PASS_OVER = re.compile(rf"[{_UNSEEN}{_PASSED.replace(_BREVE, '')}]|(?<!и){_BREVE}")
_UNSEEN_SIGN = re.compile(f"[{_UNSEEN}]")
_RUN = re.compile(f"[{_PAIRED}]+")

_SAME = {
    **dict(zip("øłđħıðþœæ", ("o", "l", "d", "h", "i", "d", "th", "oe", "ae"), strict=True)),
    **dict(zip("ىةکیے", "يهكيي", strict=True)),
    **{chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966, 0x9E6) for digit in range(10)},
}
_SAME_SIGN = re.compile(f"[{''.join(_SAME)}]")


def fold(text: str) -> str:
    """Return a text as it is compared: without case, accents, width, and signs that are not seen.

    й stays apart from и, which are two letters; so do vowel signs of Indic scripts.

    >>> fold("Ａｎａ RUÍZ, Алёна Йод, قَلَم, Straße, Łódź, हिन्दी")
    'ana ruiz, алена йод, قلم, strasse, lodz, हिन्दी'
    """
    if text.isascii():
        return text.lower()
    whole = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    whole = _PASS_OVER.sub("", whole)
    if _SAME_SIGN.search(whole):
        whole = _SAME_SIGN.sub(lambda found: _SAME[found[0]], whole)
    return whole if whole.isascii() else unicodedata.normalize("NFC", whole)


_folded = lru_cache(maxsize=20_000)(fold)


def tokens(text: str, begin: str | None = None) -> Iterator[Token]:
    """Yield the terms of a text in order; those of one word that are pairs of signs overlap.

    With `begin`, words of ASCII that begin with none of these small letters and digits may be left out.

    >>> [token.text for token in tokens("The 田湾核电站 🇺🇦!")]
    ['the', '田湾', '湾核', '核电', '电站', '站', '🇺🇦']
    >>> [token.text for token in tokens("A port, a ship: 船", "p")]
    ['port', '船']
    """
    plain = text if text.isascii() else _STOP.sub(" ", text)
    if plain.isascii():
        for found in _beginning(begin)[0].finditer(plain.lower()):
            yield Token(found[0][:LONGEST], *found.span())
        return
    pattern = _WORD if _RICH.search(text) else _beginning(begin)[1]
    for found in pattern.finditer(text.replace("_", " ")):
        word, start = found[0], found.start()
        if word.isascii():
            yield Token(word.lower()[:LONGEST], start, start + len(word))
        else:
            yield from _terms(word, start)


@lru_cache(maxsize=256)
def _beginning(begin: str | None) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds the words of a text of ASCII in small letters, and what finds those of another text."""
    if begin is None:
        return _ASCII_WORD, _PLAIN_WORD
    small = "".join(sign for sign in begin if sign.isascii() and sign.isalnum())
    either = f"[{small}{small.upper()}]|" if small else ""
    plain = re.compile(f"(?<![a-z0-9])[{small}][a-z0-9]*" if small else "(?!)")
    return plain, re.compile(rf"(?<!\w)(?:{either}[A-Za-z0-9]*[^\W\x00-\x7f])\w*")


def line(text: str) -> str:
    """Return the terms of a text with a space between them: those of `tokens`, found faster.

    >>> line("It's #Port_of_Call 湾核电")
    'it s port of call 湾核 核电 电'
    """
    return " ".join(parted(text)[0])


def surface(text: str) -> str:
    """Return the words of a text with a space between them, in small letters, as a stemmer wants them.

    >>> surface("Корабли, ЁЛКИ; canción!")
    'корабли елки canción'
    """
    return " ".join(parted(text)[1])


def parted(text: str) -> tuple[list[str], list[str]]:
    """Return the terms of a text, and the words of its surface; the same list where they are the same."""
    plain = text if text.isascii() else _STOP.sub(" ", text)
    if plain.isascii():
        folded = _ASCII_WORD.findall(plain.lower())
        return _cut(folded), folded
    pattern = _WORD if _RICH.search(text) else _PLAIN_WORD
    words = " ".join(pattern.findall(text.replace("_", " ")))
    small = _UNSEEN_SIGN.sub("", unicodedata.normalize("NFC", words)).lower().replace("ё", "е")
    line = fold(words)
    if not line.isascii() and _RUN.search(line):
        line = _RUN.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", line)
    return _cut(line.split()), small.split()


def _cut(terms: list[str]) -> list[str]:
    """Return terms that are not too long; the same list where none is."""
    return [term[:LONGEST] for term in terms] if terms and len(max(terms, key=len)) > LONGEST else terms


def is_paired(term: str) -> bool:
    """Say whether a term is of a script that is written without spaces.

    >>> is_paired("核"), is_paired("port")
    (True, False)
    """
    return _RUN.match(term) is not None


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run))]


def _terms(word: str, start: int) -> Iterator[Token]:
    """Yield the terms of one word that is not of ASCII."""
    end = start + len(word)
    for part in _folded(word).split():
        at = 0
        for run in _RUN.finditer(part):
            if run.start() > at:
                yield Token(part[at : run.start()][:LONGEST], start, end)
            yield from _placed(run, start, end, part, word)
            at = run.end()
        if at < len(part):
            yield Token(part[at:][:LONGEST], start, end)


def _placed(run: re.Match[str], start: int, end: int, part: str, word: str) -> Iterator[Token]:
    """Yield the pairs of a run, each at its own signs where folding left as many as there were."""
    exact = len(part) == len(word) and all(fold(own) == sign for own, sign in zip(word, part, strict=True))
    for at, pair in enumerate(_pairs(run[0]), run.start()):
        yield Token(pair, start + at, start + at + len(pair)) if exact else Token(pair, start, end)
