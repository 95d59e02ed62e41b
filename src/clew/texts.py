"""Text and offsets, always in code points."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["Span", "clean", "cleaned", "first_span", "is_cut", "rewrite", "unescape"]

Span = tuple[int, int]
"""First code point and one past the last."""

_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#39|#x27|nbsp);")


def clean(text: str) -> str:
    """Return the text with lone surrogates and NULs, which no encoder takes, replaced by U+FFFD.

    >>> clean("a\\ud83d")
    'a�'
    """
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "�") if "\0" in text else text


def cleaned(value: Any) -> Any:
    """Return a value of JSON with every string in it clean, the keys of objects as well.

    >>> cleaned([{"a\\ud83d": "b\\ud83d"}])
    [{'a�': 'b�'}]
    """
    whole = [value]
    waiting: list[Any] = [whole]
    while waiting:
        held = waiting.pop()
        if isinstance(held, dict):
            inside: list[tuple[Any, Any]] = [(clean(key), inner) for key, inner in held.items()]
            held.clear()
        else:
            inside = list(enumerate(held))
        for key, inner in inside:
            held[key] = clean(inner) if isinstance(inner, str) else inner
            if isinstance(inner, dict | list):
                waiting.append(inner)
    return whole[0]


def unescape(text: str) -> str:
    """Return X's text with the entities that X writes decoded, once: `&amp;lt;` is `&lt;`.

    >>> unescape("Moscow&amp;Beijing &amp;lt;3")
    'Moscow&Beijing &lt;3'
    """
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def rewrite(text: str, edits: Iterable[tuple[int, int, str]]) -> tuple[str, list[Span]]:
    """Return escaped text with stretches replaced and the rest decoded, and where each replacement now stands.

    X counts the indices of its entities over the *escaped* text, so links are put in first and `&amp;` is decoded last
    (shared FORMATS, section 1). Edits that overlap an earlier one or leave the text are left out: their
    span is (-1, -1). The spans come in the order of the edits.

    >>> rewrite("R&amp;D: https://t.co/x", [(9, 23, "example.org/a…")])
    ('R&D: example.org/a…', [(5, 19)])
    """
    ordered: list[tuple[int, tuple[int, int, str]]] = sorted(enumerate(edits), key=lambda pair: pair[1][:2])
    spans: list[Span] = [(-1, -1)] * len(ordered)
    pieces: list[str] = []
    length = at = 0
    for index, (start, end, new) in ordered:
        if not at <= start <= end <= len(text):
            continue
        before = unescape(text[at:start])
        pieces += (before, new)
        spans[index] = (length + len(before), length + len(before) + len(new))
        length = spans[index][1]
        at = end
    pieces.append(unescape(text[at:]))
    return "".join(pieces), spans


def is_cut(shown: str) -> bool:
    """Say whether a link's words are a shortened form.

    >>> is_cut("asia_pac…"), is_cut("kommersant.ru/doc/4783658")
    (True, False)
    """
    return shown.endswith(("…", "..."))


def first_span(text: str, words: str, after: int = 0, taken: Sequence[Span] = ()) -> Span | None:
    """Return where words stand in the text, at or after a code point and outside what is taken; None where nowhere."""
    start = text.find(words, after) if words else -1
    while start >= 0:
        end = start + len(words)
        if all(end <= a or start >= b for a, b in taken):
            return start, end
        start = text.find(words, start + 1)
    return None
